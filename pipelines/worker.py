"""A worker process of the local engine: Beam's SDK harness, without its chatter on the terminal."""

from __future__ import annotations

import logging
import os
import signal
import sys

from apache_beam.runners.worker import sdk_worker_main


def main() -> None:
    # Ctrl-C reaches the whole process group; the main process decides, and workers end with its channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    debug = os.environ.get("NEWSLOOM_DEBUG") == "1"
    if not debug:
        logging.disable(logging.CRITICAL)
        # gRPC's threads write their tracebacks here when the main process goes away first.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the life of the process
    try:
        sdk_worker_main.main(sys.argv)
    except BaseException:
        if debug:
            raise
        sys.stdout.flush()
        os._exit(1)


if __name__ == "__main__":
    main()
