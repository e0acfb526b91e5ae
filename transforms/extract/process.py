"""Extraction in a child process that can be killed: a page that hangs or crashes is one rejection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any

from transforms.extract import pipes
from transforms.extract.options import ExtractOptions
from transforms.model import Article, Rejection

# The child ends a page by processor time.  If it does not answer for this much longer by the clock (it starts,
# it waits for a processor, it is stopped), this process loses patience and ends the child.
_PATIENCE = 10
_GRACE_S = 60.0
_NO_START = "the extractor's child process does not start; what it wrote to standard error says why"


class ExtractorUnavailable(RuntimeError):
    """No child process can be had on this machine: no fault of any page, so no rejection."""


class Extractor:
    """``extract_article`` in one persistent child, for a worker that must go on whatever the page.

    The child starts with the first page (about half a second) and serves until :meth:`close`.  It is a new program
    and not a fork of this process, so threads and locks here do not matter; it has a session of its own, so
    Ctrl-C reaches this process alone; it ends when this process does, however that ends.

    One page at a time: threads that share an Extractor wait for each other.

    Example::

        with Extractor(ExtractOptions(timeout_s=5)) as extractor:
            article = extractor.extract(html, url)
    """

    def __init__(self, options: ExtractOptions | None = None):
        self.options = options or ExtractOptions()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._fresh = True
        self._ready = False
        self._number = 0
        self._stop: Any = None

    def __enter__(self) -> Extractor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def extract(self, html: str | bytes, url: str | None = None, charset: str | None = None) -> Article:
        """As :func:`transforms.extract.extract_article`, within the limits of time and memory.

        Raises:
            Rejection: what extract_article rejects, and ``extract/timeout`` or ``extract/crash``.
        """
        if len(html) > self.options.max_bytes:
            # Not worth the copy: the child would say the same.
            raise Rejection("extract/limit", f"{len(html)} bytes; extract.max_bytes is {self.options.max_bytes}")
        with self._lock:
            fresh = self._fresh or self._child is None
            kind, answer = self._ask(html, url, charset)
            if kind == "crash" and not fresh:
                # What earlier pages left in the worker's memory must not decide about this one.
                kind, answer = self._ask(html, url, charset)
            self._fresh = kind in ("crash", "timeout")
        if kind == "article":
            return answer
        if kind == "rejection":
            raise Rejection(*answer)
        if kind == "timeout":
            raise Rejection(
                "extract/timeout", f"more than {self.options.timeout_s:g} s of processor time; extract.timeout_s"
            )
        raise Rejection("extract/crash", answer)

    def close(self) -> None:
        """End the child, and leave no zombie.  The next page starts another."""
        if self._stop is not None:
            self._stop()
        self._child = self._stop = None

    def start(self) -> None:
        """Start the child now, where the first page is not to wait for it."""
        if self._child is not None and self._owner == os.getpid():
            return
        if self._stop is not None:
            self._stop.detach()  # a fork of the owner: the child is not ours to end
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_import_path()), "PYTHONHASHSEED": "0"}
        child = subprocess.Popen(
            [sys.executable, "-m", "transforms.extract.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            bufsize=0,
        )
        assert child.stdin and child.stdout
        os.set_blocking(child.stdin.fileno(), False)
        os.set_blocking(child.stdout.fileno(), False)
        self._child, self._owner, self._fresh, self._ready = child, os.getpid(), True, False
        self._stop = weakref.finalize(self, _end, child)
        try:
            pipes.send(child.stdin.fileno(), pipes.encode(self.options), time.monotonic() + _GRACE_S)
        except (pipes.Broken, pipes.Late) as error:
            self.close()
            raise ExtractorUnavailable(_NO_START) from error

    def _await_ready(self, answers: int, deadline: float) -> None:
        """Wait for the imports of a new child; one that cannot import is a defect, not a page's."""
        try:
            self._ready = pipes.receive(answers, deadline) == (0, "ready", None)
        except (pipes.Broken, pipes.Late) as error:
            self.close()
            raise ExtractorUnavailable(_NO_START) from error
        if not self._ready:
            self.close()
            raise ExtractorUnavailable(_NO_START)

    def _ask(self, *page: str | bytes | None) -> tuple[str, Any]:
        """One page's answer from the child; a child that does not give one is ended."""
        self.start()
        assert self._child and self._child.stdin and self._child.stdout
        deadline = time.monotonic() + _PATIENCE * self.options.timeout_s + _GRACE_S
        if not self._ready:
            self._await_ready(self._child.stdout.fileno(), deadline)
        self._number += 1
        try:
            pipes.send(self._child.stdin.fileno(), pipes.encode((self._number, *page)), deadline)
            while (answer := pipes.receive(self._child.stdout.fileno(), deadline)) is not None:
                number, kind, result = answer
                if number == self._number:
                    return kind, result
        except pipes.Late:
            self.close()
            return "timeout", ""
        except pipes.Broken as error:
            self.close()
            return "crash", f"the extractor's child process is gone ({error})"
        except BaseException:
            self.close()  # half a message may be on the way
            raise
        self.close()
        return "crash", "the extractor's child process is gone (the pipe ended)"


def _import_path() -> list[str]:
    """Where this process imports from, first of all this package: the child must see the same."""
    root = str(Path(__file__).resolve().parents[2])
    return [root, *(str(Path(entry).resolve()) for entry in sys.path if entry and Path(entry).exists())]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let a child go: end its input, then end the whole of its session."""
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
    try:
        child.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        # A worker in the middle of a page.  The keeper is not reaped yet, so its number is still its own.
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
