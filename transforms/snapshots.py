"""Snapshots: how a run's files become the dataset in one step, and how a run keeps others out.

Two forms of one small interface.  A local disk has links: a snapshot is a folder, its files are hard links
where they are older, and one rename of the link ``_current`` shows documents/, removed/, rejects/ and the
card of the new state at once.  An object store has none: files stand at their final names, and the small
object ``_current.json`` is the commit; a plain listing of documents/ may also see files of the runs before,
until they are deleted.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from transforms import storage
from transforms.datafiles import DataFile
from transforms.leases import Lease, Locked

__all__ = ["CARD", "TABLES", "LocalStore", "Locked", "ObjectStore", "Store", "open_store"]

TABLES = ("documents", "removed", "rejects")
_STORED = (*TABLES, "_held")
CARD = "README.md"


class Store(Protocol):
    """What publishing needs of the place where the dataset is."""

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """Keeps other runs out while the block runs; raises Locked where one is at work."""

    def conflict(self) -> str | None:
        """Why this form of store cannot work on the output: what stands there is not its own."""

    def current(self) -> str | None:
        """The run id of the snapshot that readers see; None before the first."""

    def folder(self, run_id: str) -> str:
        """Where the files of a snapshot are read: data files stand below it by their ``path``."""

    def commit(self, run_id: str, files: list[DataFile], card: str, new_files: str, previous: str | None) -> None:
        """Makes a snapshot out of the files below ``new_files`` and the previous one's, and shows it."""

    def clean(self, keep: list[tuple[str, list[DataFile]]]) -> None:
        """Removes all snapshots but those of the run ids in ``keep``, given with their files."""


class LocalStore:
    """A folder on a local disk."""

    def __init__(self, output: str):
        self._output = Path(output)
        self._link = self._output / "_current"
        self._snapshots = self._output / "_snapshots"

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        self._output.mkdir(parents=True, exist_ok=True)
        with (self._output / "_lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked(f"another run is writing to {self._output}; wait for it, or stop it") from None
            yield

    def conflict(self) -> str | None:
        if (self._output / "_current.json").exists():
            return "the dataset was made with output.store=object; set it so"
        ours = {name: self._output / name for name in (*TABLES, CARD)}
        foreign = [name for name, path in ours.items() if os.path.lexists(path) and not path.is_symlink()]
        return (
            f"{self._output} holds {', '.join(foreign)} that newsloom did not make; take another --output"
            if foreign
            else None
        )

    def current(self) -> str | None:
        try:
            return self._link.readlink().name
        except OSError:
            return None

    def folder(self, run_id: str) -> str:
        return str(self._snapshots / run_id)

    def commit(self, run_id: str, files: list[DataFile], card: str, new_files: str, previous: str | None) -> None:
        partial = self._snapshots / f".{run_id}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        for table in TABLES:
            (partial / table).mkdir(parents=True)
        for file in files:
            made = Path(new_files, file.path)
            target = partial / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(made if made.exists() else Path(self.folder(previous or ""), file.path), target)
        (partial / CARD).write_text(card, encoding="utf-8")
        shutil.rmtree(self._snapshots / run_id, ignore_errors=True)
        partial.rename(self._snapshots / run_id)
        for name in (*TABLES, CARD):
            _swap_link(self._output / name, f"_current/{name}")
        _sync_folder(self._snapshots)
        _swap_link(self._link, f"_snapshots/{run_id}")
        _sync_folder(self._output)

    def clean(self, keep: list[tuple[str, list[DataFile]]]) -> None:
        kept = {run_id for run_id, _ in keep}
        for folder in self._snapshots.glob("*") if self._snapshots.exists() else ():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self._snapshots.glob(".*.partial") if self._snapshots.exists() else ():
            shutil.rmtree(folder, ignore_errors=True)


class ObjectStore:
    """A folder of any Beam filesystem, without links: an object store above all."""

    def __init__(self, output: str):
        self._output = output
        self._pointer = storage.join(output, "_current.json")
        self._seen = ""  # the tag of the pointer that this run goes on from
        self._lease = Lease(output)

    def lock(self) -> contextlib.AbstractContextManager[None]:
        return self._lease.held()

    def conflict(self) -> str | None:
        if storage.is_local(self._output) and Path(self._output, "_current").is_symlink():
            return "the dataset was made with output.store=local; set it so"
        return None

    def current(self) -> str | None:
        data, self._seen = storage.read_tagged(self._pointer)
        if data is None:
            return None
        try:
            return json.loads(data)["run"]
        except (ValueError, KeyError, TypeError):
            raise OSError(f"{self._pointer} is broken; it names the run that readers see") from None

    def folder(self, run_id: str) -> str:
        return self._output

    def commit(self, run_id: str, files: list[DataFile], card: str, new_files: str, previous: str | None) -> None:
        there = {path: size for table in _STORED for path, size in self._listed(table)}
        for file in files:
            target = storage.join(self._output, file.path)
            if there.get(target) != file.size:
                storage.copy(storage.join(new_files, file.path), target)
                if (size := storage.size(target)) != file.size:
                    raise OSError(f"{target} has {size} bytes after it was copied, not {file.size}")
            self._lease.renew()
        self._lease.check()
        with storage.writing(storage.join(self._output, CARD)) as handle:
            handle.write(card.encode())
        if not storage.write_tagged(self._pointer, storage.to_json({"run": run_id}), self._seen):
            raise Locked(f"another run has published to {self._output} meanwhile; nothing was published by this one")

    def clean(self, keep: list[tuple[str, list[DataFile]]]) -> None:
        wanted = {storage.join(self._output, file.path) for _, files in keep for file in files}
        unwanted = [path for table in _STORED for path, _ in self._listed(table) if path not in wanted]
        # A run that took the lease before this list was made may count on what is in it.
        self._lease.check()
        storage.delete_files(unwanted)
        storage.drop_unfinished(self._output)

    def _listed(self, table: str) -> Iterable[tuple[str, int]]:
        return storage.list_sizes(storage.join(self._output, table)).items()


def open_store(output: str, form: str = "auto") -> Store:
    """The form of store for an output folder; ``form`` chooses ``local`` or ``object`` by hand."""
    if form == "local" or (form == "auto" and storage.is_local(output)):
        return LocalStore(output)
    return ObjectStore(output)


def _link(source: Path, target: Path) -> None:
    """A hard link, or a copy on disks that have none."""
    try:
        os.link(source, target)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        shutil.copy2(source, target)


def _swap_link(link: Path, target: str) -> None:
    """Points ``link`` to ``target`` in one rename; nothing is done where it points there."""
    if link.is_symlink() and str(link.readlink()) == target:
        return
    temporary = link.with_name(f".{link.name}.{uuid.uuid4().hex}")
    temporary.symlink_to(target)
    temporary.replace(link)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
