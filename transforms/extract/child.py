"""The extractor's child process: ``python -m transforms.extract.child``, started by ``Extractor`` alone.

Two processes, so that a page that kills one costs a fork and not a start of Python:

- the *keeper* imports everything once, forks a worker, and waits for it to end.  It has one thread, so that
  forking is safe.  When a worker is killed it says why on the pipe and forks the next.
- the *worker* reads pages from standard input and writes articles to standard output.  A timer of
  its processor time (not of the clock: a busy machine must not decide what is rejected), with the signal's default
  action, which the kernel carries out whatever C code is running, ends it when a page takes too long; RLIMIT_AS
  makes a page that asks for too much memory fail.

Both end when standard input does, so neither outlives the process that started them.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import sys
from typing import Any

from transforms.extract import pipes
from transforms.extract.options import ExtractOptions
from transforms.model import Rejection

# Exit codes of a worker: nothing more to do; wants to be replaced, to give its memory back; cannot tell where the
# next message begins (the worker before it died while it read one).
_DONE, _RENEW, _LOST = 0, 10, 11
_NUMBER = struct.Struct("<Q")
# A worker that has grown beyond this is replaced between pages: what it frees does not all go back to the system.
_RENEW_ABOVE_BYTES = 400_000_000


def main() -> int:
    """Keep one worker running until standard input ends."""
    options = pipes.receive(0)
    if not isinstance(options, ExtractOptions):
        return 2
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not get between the messages
    # trafilatura imports it where it is installed, and numpy with it: a quarter of the start, for nothing used here.
    sys.modules["py3langid"] = None  # type: ignore[assignment]
    from transforms.extract.article import extract_page, warm_up

    warm_up()
    # The number of the page that the worker has in hand, 0 for none; it outlives the worker.
    in_hand = mmap.mmap(-1, _NUMBER.size)
    pipes.send(answers, pipes.encode((0, "ready", None)))
    while True:
        worker = os.fork()
        if worker == 0:
            code = 70
            try:
                code = _serve(answers, in_hand, options, extract_page)
            finally:
                os._exit(code)
        _, status = os.waitpid(worker, 0)
        code = os.waitstatus_to_exitcode(status)
        if code in (_DONE, _LOST):
            return code
        (number,) = _NUMBER.unpack(in_hand[:])
        in_hand[:] = _NUMBER.pack(0)
        if number:
            kind, detail = ("timeout", "") if code == -signal.SIGPROF else ("crash", _how_it_died(code))
            try:
                pipes.send(answers, pipes.encode((number, kind, detail)))
            except pipes.Broken:
                return _DONE


def _serve(answers: int, in_hand: mmap.mmap, options: ExtractOptions, extract_page: Any) -> int:
    """Answer pages until the pipe ends or the worker wants to be replaced."""
    _limit_memory(options.max_memory_bytes)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        try:
            page = pipes.receive(0)
        except (MemoryError, pipes.Broken):
            return _LOST
        if page is None:
            return _DONE
        number, html, url, charset = page
        in_hand[:] = _NUMBER.pack(number)
        signal.setitimer(signal.ITIMER_PROF, options.timeout_s)
        try:
            kind, answer = "article", extract_page(html, url, charset, options)
        except Rejection as rejection:
            kind, answer = "rejection", (rejection.reason, rejection.detail)
        except MemoryError:
            kind, answer = "crash", f"more than {options.max_memory_bytes} bytes of memory"
        signal.setitimer(signal.ITIMER_PROF, 0)
        del html, page
        try:
            pipes.send(answers, pipes.encode((number, kind, answer)))
        except pipes.Broken:
            return _DONE
        in_hand[:] = _NUMBER.pack(0)
        if kind == "crash" or _most_memory() > _RENEW_ABOVE_BYTES:
            return _RENEW


def _limit_memory(most: int) -> None:
    """Allow ``most`` bytes beyond what the imports took, on systems that can limit it."""
    try:
        import resource
        from pathlib import Path

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        taken = pages * os.sysconf("SC_PAGE_SIZE")
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = taken + most
        resource.setrlimit(resource.RLIMIT_AS, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, OSError, ValueError):
        return


def _most_memory() -> int:
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _how_it_died(code: int) -> str:
    if code >= 0:
        return f"the extractor's process ended with status {code}"
    try:
        return f"the extractor's process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the extractor's process was ended by signal {-code}"


if __name__ == "__main__":
    sys.exit(main())
