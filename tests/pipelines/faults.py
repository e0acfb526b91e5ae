"""Runs ``newsloom ingest`` and kills it, as ``kill -9`` does, at its n-th step on the disk.

    python -m tests.pipelines.faults N STEP [arguments of ingest]

STEP is the function whose n-th call is the last thing that the process does.  Everything runs in one
process (``--direct_num_workers=1``), so that nothing outlives it.
"""

from __future__ import annotations

import os
import signal
import sys

from pipelines import ingest
from transforms import snapshots, stage, storage

STEPS = {
    "sync": (storage, "sync"),
    "link": (snapshots, "_link"),
    "swap": (snapshots, "_swap_link"),
    "stage": (stage, "_stage_slice"),
    "delete": (storage, "delete_tree"),
    "put": (storage, "_put"),
    "copy": (storage, "copy"),
    "commit": (storage, "write_tagged"),
}


def main() -> None:
    remaining, step = int(sys.argv[1]), sys.argv[2]
    module, name = STEPS[step]
    original = getattr(module, name)

    def counted(*args, **kwargs):
        nonlocal remaining
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(module, name, counted)
    sys.exit(ingest.main(sys.argv[3:]))


if __name__ == "__main__":
    main()
