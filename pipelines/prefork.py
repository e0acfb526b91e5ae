"""Worker processes of a local run that are forked when everything is loaded, instead of started anew.

A worker that starts by itself imports Beam and loads the language profiles: about three seconds of processor time
each.  A forked one has both, and shares their memory.  The engine starts workers by a shell command, so the command
is a launcher: it hands its environment to a waiting fork through a socket, and ends when that ends, with its status.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import select
import shlex
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator

from apache_beam.runners.worker import sdk_worker_main

from transforms.document import DocumentSteps, StepOptions
from transforms.model import Fields, Place, Record

_LAUNCHER = """
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(json.dumps(dict(os.environ)).encode())
s.shutdown(socket.SHUT_WR)
sys.exit(s.recv(1) != b"0")
"""
_WARM_TEXT = """By Mara Ellison
The council of Harlow Ferry voted on Tuesday to repair the old bridge before the winter, officials said.
(Reporting by Tom Reuter)"""


_engine_has_run = False


def engine_has_run() -> None:
    """To be called behind every run: the engine's network library leaves threads that a fork would not have."""
    global _engine_has_run
    _engine_has_run = True


def can_fork() -> bool:
    """Forking is safe while no other thread runs: one that holds a lock would hold it in the fork for ever."""
    return sys.platform == "linux" and not _engine_has_run and threading.active_count() == 1


@contextlib.contextmanager
def forked_workers(count: int, debug: bool) -> Iterator[str]:
    """Forks workers, and gives the command that starts one of them.

    Args:
        count: how many.
        debug: whether their logs go to standard error.
    """
    _load_everything()
    with tempfile.TemporaryDirectory(prefix="newsloom-workers-") as folder:
        path = os.path.join(folder, "socket")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen(count)
            # The forks read from this pipe; its end tells them that this process is gone, or done.
            alive, hold = os.pipe()
            children = [_fork(listening, alive, debug) for _ in range(count)]
            os.close(alive)
            try:
                yield " ".join(shlex.quote(c) for c in ("exec", sys.executable, "-I", "-S", "-c", _LAUNCHER, path))
            finally:
                os.close(hold)
                for child in children:
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(child, 0)


def _load_everything() -> None:
    """What the first document makes a process load, before it is copied; kept out of the collector's sight."""
    with DocumentSteps(StepOptions()) as steps:
        known = Fields(title="The bridge", url="https://news.example/bridge")
        steps.prepare(Record(Place("warm"), b"", "text", _WARM_TEXT, fields=known))
    gc.collect()
    gc.freeze()


def _fork(listening: socket.socket, alive: int, debug: bool) -> int:
    child = os.fork()
    if child == 0:
        try:
            _serve(listening, alive, debug)
        except BaseException:
            if debug:
                sys.excepthook(*sys.exc_info())
        finally:
            os._exit(1)
    return child


def _serve(listening: socket.socket, alive: int, debug: bool) -> None:
    """Waits for a launcher and becomes the worker that it was to start."""
    _close_all_but(0, 1, 2, listening.fileno(), alive)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ready, _, _ = select.select([listening.fileno(), alive], [], [])
    if listening.fileno() not in ready:
        os._exit(0)
    launcher, _ = listening.accept()
    listening.close()
    with launcher.makefile("rb") as sent:
        os.environ.update(json.loads(sent.read()))
    become_worker(debug)
    launcher.sendall(b"0")
    os._exit(0)


def _close_all_but(*kept: int) -> None:
    """The lock of the output among others: it must be free as soon as the main process is gone."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            with contextlib.suppress(OSError):
                os.close(int(name))


def become_worker(debug: bool) -> None:
    """Runs Beam's worker in this process, without its chatter on the terminal."""
    if not debug:
        logging.disable(logging.CRITICAL)
        # gRPC's threads write their tracebacks here when the main process goes away first.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the life of the process
    sdk_worker_main.main(sys.argv)
