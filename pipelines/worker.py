"""A worker process of the local engine that starts by itself, where forking is not safe."""

from __future__ import annotations

import os
import signal

from pipelines.prefork import become_worker


def main() -> None:
    # Ctrl-C reaches the whole process group; the main process decides, and workers end with its channel.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    debug = os.environ.get("NEWSLOOM_DEBUG") == "1"
    try:
        become_worker(debug)
    except BaseException:
        if debug:
            raise
        os._exit(1)


if __name__ == "__main__":
    main()
