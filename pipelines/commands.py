"""What the commands of newsloom share: options, exit statuses, signals, and errors in one line each."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from pipelines import plan
from pipelines.config import Config, ConfigError, InputOptions, load_config, shipped_configs

DONE, FAILED, USAGE, ALARMS, HELD, BUSY = 0, 1, 2, 3, 4, 75

# What would move the cursor, colour the screen or turn the order of what follows: shown by its number.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_Outcome = TypeVar("_Outcome")


class Stopped(BaseException):
    """A signal asked the command to end; no step may take it for an error of its record.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError([message])  # one line, as for every other mistake


def options_parser(name: str, description: str, epilog: str, files: bool = True) -> argparse.ArgumentParser:
    """A parser with the options that every command has.

    Args:
        name: of the command.
        description: what it does.
        epilog: what stands below the options: exit statuses.
        files: whether it has ``--input`` beside them.
    """
    parser = _Parser(prog=f"newsloom {name}", description=description, epilog=epilog, allow_abbrev=False)
    shipped = ", ".join(shipped_configs())
    parser.add_argument("--config", metavar="FILE", help=f"YAML file, or the name of one that comes along: {shipped}")
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="an option over the config")
    if files:
        parser.add_argument(
            "--input", metavar="PATTERN", nargs="+", action="extend", help="files, folders, globs, @LIST; - is stdin"
        )
    parser.add_argument("--debug", action="store_true", help="show tracebacks and the engine's logs")
    return parser


def config_of(
    given: argparse.Namespace, overrides: dict[str, dict[str, Any]] | None = None
) -> tuple[Config | None, list[str]]:
    """The config that the options name, with ``overrides`` over it, and what is wrong with it."""
    try:
        return load_config(given.config, given.set, overrides), []
    except ConfigError as error:
        return None, error.problems


def inputs_of(
    given: argparse.Namespace, config: Config | None, output: str, spool: str | None
) -> tuple[plan.Inputs, list[str]]:
    """The files that ``--input`` or the config names, but for those below ``output``, and what is wrong with them.

    What can be said of ``--input`` is said where the config cannot be read, too.  For ``spool`` see
    :func:`pipelines.plan.find_inputs`.
    """
    if config is None and not given.input:
        return plan.Inputs("", ()), []
    options = config.input if config else InputOptions(paths=tuple(given.input))
    return plan.find_inputs(options.paths, options.root, output, spool)


def attempt(
    arguments: list[str],
    work: Callable[[], _Outcome],
    show: Callable[[_Outcome], int],
    failed: str,
    stopped: str,
) -> int:
    """Does a command's work, shows what came of it, and returns the exit status.

    Args:
        arguments: the command line.
        work: what may be stopped by a signal.
        show: prints the outcome and tells the status; a reader that has seen enough may close the pipe.
        failed: what to say before an error that nobody foresaw.
        stopped: what became of everything when a signal came.
    """
    debug = "--debug" in arguments
    try:
        with _stopping_on_signals():
            outcome = work()
    except ConfigError as error:
        for problem in error.problems:
            complain(problem)
        return USAGE
    except Stopped as signalled:
        complain(f"stopped; {stopped}")
        return 128 + signalled.number
    except Exception as error:
        if debug:
            traceback.print_exc()
        complain(f"{failed}: {_last_line(error)}" + ("" if debug else " (--debug shows more)"))
        return FAILED
    try:
        return show(outcome)
    except BrokenPipeError:
        return DONE


def complain(problem: str) -> None:
    """Says in one line on standard error what is wrong."""
    print(f"newsloom: {safe(problem)}", file=sys.stderr)


def safe(text: str) -> str:
    """``text`` with nothing in it that a terminal would obey."""
    return _UNSAFE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def _last_line(error: BaseException) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1].strip()}" if lines else type(error).__name__


@contextlib.contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise Stopped(number)

    with _handling_signals(stop):
        yield


@contextlib.contextmanager
def ignoring_signals() -> Iterator[None]:
    """A block that Ctrl-C and SIGTERM do not interrupt."""
    with _handling_signals(signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _handling_signals(handler: Any) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # which alone is told of signals
        yield
        return
    after = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Stopped:
        after = dict.fromkeys(after, signal.SIG_IGN)  # the process is about to end: a second Ctrl-C has no more to stop
        raise
    finally:
        for number, next_handler in after.items():
            signal.signal(number, next_handler)


def run_as_process(main: Callable[[], int]) -> NoReturn:
    """Runs a command as the whole of this process, which ends with its status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal that is not UTF-8 must not fail a run
    status = main()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    # Now: threads of the engine may wait for a network peer that is gone.
    os._exit(status)
