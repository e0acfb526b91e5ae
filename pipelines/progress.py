"""What a person sees while a run works: a bar with rates on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from transforms import publish, stage, storage
from transforms.stage import Unit

# A look at an object store is paid for, by the request.
_LOOK_SECONDS = 10


class Progress:
    """Reads the markers that units and buckets leave, since the engine shows nothing until a stage ends.

    Args:
        work: the work folder.
        merged: folder of this plan's merge.
        units: the plan.
        buckets: how many there are.
        shown: whether there is anybody to look.
    """

    def __init__(self, work: str, merged: str, units: Iterable[Unit], buckets: int, shown: bool):
        self._work, self._merged, self._buckets, self._shown = work, merged, buckets, shown
        self._waiting = {u.unit_id: u.size for u in units}
        self._documents = self._done_bytes = 0
        self._total = sum(self._waiting.values())
        self._next_look = 0.0

    def __enter__(self) -> Progress:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("reading", total=self._total or 1, rate="")
        return self

    def __exit__(self, *exception: object) -> None:
        if self._shown:
            self._bar.stop()

    def update(self) -> None:
        """Looks at the markers once."""
        if not self._shown:
            return
        if not storage.is_local(self._work):
            if time.monotonic() < self._next_look:
                return
            self._next_look = time.monotonic() + _LOOK_SECONDS
        for unit_id in self._perhaps_done():
            marker = storage.read_json(stage.marker_path(self._work, unit_id))
            if marker is not None:
                self._done_bytes += self._waiting.pop(unit_id)
                self._documents += marker["records"]
        if self._waiting:
            elapsed = self._bar.tasks[0].elapsed or 0
            rate = f"{self._documents / elapsed:,.0f} records/s" if elapsed and self._documents else ""
            self._bar.update(self._task, completed=self._done_bytes, rate=rate)
            return
        ready = sum(storage.exists(publish.marker_path(self._merged, b)) for b in range(self._buckets))
        self._bar.update(
            self._task, completed=self._total, description="publishing", rate=f"bucket {ready} of {self._buckets}"
        )

    def _perhaps_done(self) -> list[str]:
        """Units whose markers are worth a look: on an object store, one listing tells which are there."""
        if storage.is_local(self._work) or not self._waiting:
            return list(self._waiting)
        there = set(storage.list_files(storage.join(self._work, "units")))
        return [unit_id for unit_id in self._waiting if stage.marker_path(self._work, unit_id) in there]


def is_terminal() -> bool:
    return sys.stderr.isatty()
