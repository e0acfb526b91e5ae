"""Memory that goes back to the system as soon as it is free."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

import pyarrow as pa

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 256 * 1024


def return_free_memory() -> None:
    """Sets the C library's allocator up, and lets Arrow use it; before threads and workers start, which inherit it.

    Left alone, glibc keeps an arena for each thread (the engine has some 35), and it and Arrow's own allocators keep
    most of what was once used: row groups of 64 MiB come and go in every worker.  Here what is large is mapped by
    itself, and unmapped when it is free.  It costs a fifth more time in publishing, which is a twentieth of a run.
    What ``ARROW_DEFAULT_MEMORY_POOL`` names is left.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _LARGE)
        if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
            pa.set_memory_pool(pa.system_memory_pool())
