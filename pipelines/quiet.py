"""Importing Beam without the warnings that a user cannot act on."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_imports() -> Iterator[None]:
    """No log output while the block imports; Beam warns of missing Google libraries, which nothing here uses.

    Such a warning also installs a handler on the root logger; it is taken out again.  Ctrl-C meanwhile ends the
    process at once, without the traceback of a half-done import.  The engine's network library reads from the
    environment what it may log: unset, it tells on standard error of each connection that ends.
    """
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    main = threading.current_thread() is threading.main_thread()
    interrupt = signal.signal(signal.SIGINT, signal.SIG_DFL) if main else None
    root = logging.getLogger()
    handlers, disabled = list(root.handlers), logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(disabled)
        root.handlers[:] = handlers
        if interrupt is not None:
            signal.signal(signal.SIGINT, interrupt)
