"""Data files: Parquet that is sorted by doc_id, immutable and named by its content.

The bytes of a file depend on its rows alone: not on how they were cut into batches, units or runs.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms import storage
from transforms.schema import file_metadata

# What sorting holds in memory before it spills to the worker's scratch folder, and how many spilled runs
# are merged at a time: together they bound memory whatever the size of a bucket.
SORT_BYTES = 16 * 1024 * 1024
FAN_IN = 32
_RUN_BATCH_BYTES = 1024 * 1024
_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of the dataset.

    Attributes:
        path: under the snapshot, e.g. ``documents/lang=en/0a1b2c3d-….parquet``.
        bucket: of its doc_ids.
        rows: how many.
        size: bytes.
        checksum: 32 hex digits, BLAKE2b-128 of the file.
        series: files with the same series are one sorted sequence, cut where files are full.
    """

    path: str
    bucket: int
    rows: int
    size: int
    checksum: str
    series: str = ""

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def table(self) -> str:
        return self.path.partition("/")[0]


def sort_rows(tables: Iterable[pa.Table], keys: list[str]) -> Iterator[pa.Table]:
    """All rows of ``tables`` in the order of ``keys`` (the first is ``doc_id``).

    Rows of one doc_id come in one table.  Memory is about three times ``SORT_BYTES``, and that of the rows of one
    doc_id; what is beyond goes
    through a scratch folder of the worker (external merge sort, Knuth, TAOCP volume 3, section 5.4).
    """
    with tempfile.TemporaryDirectory(prefix="newsloom-sort-") as scratch:
        runs: list[Path] = []
        for chunk, full in _chunks(tables):
            ordered = _sorted(chunk, keys)
            del chunk
            if not runs and not full:  # the only chunk
                yield ordered
                return
            runs.append(_spill(iter([ordered]), Path(scratch) / f"{len(runs)}-0"))
            del ordered  # while the next chunk is gathered, and while the runs are merged
        level = 1
        while len(runs) > FAN_IN:
            groups = [runs[i : i + FAN_IN] for i in range(0, len(runs), FAN_IN)]
            runs = [_spill(_merge(g, keys), Path(scratch) / f"{i}-{level}") for i, g in enumerate(groups)]
            level += 1
        if runs:
            yield from _merge(runs, keys)


def _chunks(tables: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, bool]]:
    """Concatenations of about SORT_BYTES, and whether they have as much: only the last may not."""
    held: list[pa.Table] = []
    size = 0
    for table in tables:
        if table.num_rows:
            held.append(table)
            size += table.nbytes
        if size >= SORT_BYTES:
            chunk, held, size = pa.concat_tables(held), [], 0
            yield chunk, True
            del chunk
    if held:
        chunk, held = pa.concat_tables(held), []
        yield chunk, False


def _sorted(table: pa.Table, keys: list[str]) -> pa.Table:
    return table.sort_by([(key, "ascending") for key in keys])


def _spill(tables: Iterable[pa.Table], path: Path) -> Path:
    """Sorted tables as one run: batches of about _RUN_BATCH_BYTES that never part the rows of a doc_id."""
    writer = None
    with path.open("wb") as handle:
        for table in tables:
            if writer is None:
                writer = pa.ipc.new_stream(handle, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
            for batch in _cut_between_documents(table):
                writer.write_table(batch)
        if writer is not None:
            writer.close()
    return path


def _cut_between_documents(table: pa.Table) -> Iterator[pa.Table]:
    ends = pc.run_end_encode(table["doc_id"].combine_chunks()).run_ends.to_numpy()
    step = max(1, table.num_rows * _RUN_BATCH_BYTES // max(1, table.nbytes))
    start = 0
    while start < table.num_rows:
        end = int(ends[np.searchsorted(ends, min(start + step, table.num_rows))])
        yield table.slice(start, end - start)
        start = end


def _merge(runs: list[Path], keys: list[str]) -> Iterator[pa.Table]:
    """One sorted sequence out of several runs: again and again all rows up to where the first batch ends."""
    with ExitStack() as stack:
        readers = [pa.ipc.open_stream(stack.enter_context(path.open("rb"))) for path in runs]
        heads = {number: head for number, reader in enumerate(readers) if (head := _next_batch(reader)) is not None}
        while heads:
            bound = min(head["doc_id"][-1].as_py() for head in heads.values())
            ready = []
            for number, head in list(heads.items()):
                count = pc.sum(pc.less_equal(head["doc_id"], bound)).as_py()
                ready.append(head.slice(0, count))
                rest = head.slice(count) if count < head.num_rows else _next_batch(readers[number])
                if rest is None:
                    del heads[number]
                else:
                    heads[number] = rest
            yield _sorted(pa.concat_tables(ready), keys)


def _next_batch(reader: pa.RecordBatchReader) -> pa.Table | None:
    try:
        return pa.Table.from_batches([reader.read_next_batch()])
    except StopIteration:
        return None


def write_files(
    tables: Iterable[pa.Table], folder: str, work: str, bucket: int, limits: FileLimits, schema: pa.Schema
) -> list[DataFile]:
    """Writes sorted rows as data files below ``work``/``folder``.

    Row groups and files are cut where the running size of the rows passes a multiple of the limits, so the
    cut depends on the rows alone.

    Args:
        tables: sorted rows, in any cut.
        folder: under the snapshot, e.g. ``documents/lang=en``.
        work: where the snapshot's new files are made.
        bucket: of their doc_ids.
        limits: sizes of row groups and files.
        schema: what the file holds; other columns of ``tables`` are left out.
    """
    files: list[DataFile] = []
    writer: _FileWriter | None = None
    for number, table in _row_groups(tables, limits.row_group_bytes, schema):
        file_number = number // limits.row_groups
        if writer is None or writer.number != file_number:
            if writer is not None:
                files.append(writer.close())
            writer = _FileWriter(file_number, folder, work, bucket, schema, table["doc_id"][0].as_py())
        writer.write(table)
        del table  # while the next one is made
    if writer is not None:
        files.append(writer.close())
    return [replace(file, series=files[0].checksum[:16]) for file in files]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large row groups and files become, in bytes before encoding and compression."""

    row_group_bytes: int = 64 * 1024 * 1024
    file_bytes: int = 512 * 1024 * 1024

    @property
    def row_groups(self) -> int:
        return max(1, self.file_bytes // self.row_group_bytes)


def write_empty_file(folder: str, work: str, schema: pa.Schema) -> DataFile:
    """A data file without rows, for a table that has none yet: readers still find its columns."""
    return _FileWriter(0, folder, work, 0, schema, "empty").close()


def _row_groups(tables: Iterable[pa.Table], limit: int, schema: pa.Schema) -> Iterator[tuple[int, pa.Table]]:
    """(number, rows) of each row group."""
    held: list[pa.Table] = []
    current = 0
    for number, piece in _pieces(tables, limit, schema):
        if number != current and held:
            yield current, pa.concat_tables(held)
            held = []
        current = number
        held.append(piece)
    if held:
        yield current, pa.concat_tables(held)


def _pieces(tables: Iterable[pa.Table], limit: int, schema: pa.Schema) -> Iterator[tuple[int, pa.Table]]:
    """Rows in pieces of about a megabyte, each with the number of its row group.

    The bytes of a Parquet file depend on how its rows are cut into chunks.  Pieces are cut by the rows alone and
    are one chunk each; a row group of them is never copied whole.
    """
    held: list[pa.Table] = []
    current = (0, 0)
    total = 0
    for table in tables:
        if not table.num_rows:
            continue
        table = table.select(schema.names)
        before = total + np.concatenate(([0], np.cumsum(_row_bytes(table))))
        total = int(before[-1])
        numbers = np.stack((before[:-1] // limit, before[:-1] // _PIECE_BYTES), axis=1)
        changes = np.flatnonzero((numbers[1:] != numbers[:-1]).any(axis=1)) + 1
        for start, end in itertools.pairwise([0, *changes.tolist(), table.num_rows]):
            here = tuple(numbers[start].tolist())
            if here != current and held:
                yield current[0], _one_chunk(held, schema)
                held = []
            current = here
            held.append(table.slice(start, end - start))
    if held:
        yield current[0], _one_chunk(held, schema)


def _one_chunk(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    joined = pa.concat_tables(tables).cast(schema)
    # What is a slice is copied too: it would hold all of the table that it was cut from.
    return joined.combine_chunks() if len(tables) > 1 else joined.take(np.arange(joined.num_rows))


def _row_bytes(table: pa.Table) -> np.ndarray:
    """Bytes of each row, near enough: its strings, a hundred for each item of a list, eight for other values."""
    sizes = np.full(table.num_rows, 8 * table.num_columns, dtype=np.int64)
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            sizes += pc.fill_null(pc.binary_length(column), 0).to_numpy()
        elif pa.types.is_list(column.type):
            sizes += 100 * pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    return sizes


class _FileWriter:
    """One Parquet file on its way: written under a temporary name, renamed to its content's at the end."""

    def __init__(self, number: int, folder: str, work: str, bucket: int, schema: pa.Schema, first: str):
        self.number, self._folder, self._work, self._bucket, self._first = number, folder, work, bucket, first
        self._temporary = storage.temporary_name(storage.join(work, folder, f"{bucket:02x}-{number}"))
        self._handle = _Hashing(storage.create(self._temporary))
        self._rows = 0
        self._parquet = pq.ParquetWriter(
            self._handle,
            schema.with_metadata(file_metadata()),
            compression="zstd",
            write_page_index=True,
            use_dictionary=True,
        )

    def write(self, row_group: pa.Table) -> None:
        self._parquet.write_table(row_group, row_group_size=row_group.num_rows)
        self._rows += row_group.num_rows

    def close(self) -> DataFile:
        self._parquet.close()
        checksum = self._handle.hexdigest()
        path = f"{self._folder}/{self._first[:8]}-{checksum[:16]}.parquet"
        self._handle.close_as(self._temporary, storage.join(self._work, path))
        return DataFile(path, self._bucket, self._rows, self._handle.size, checksum)


class _Hashing:
    """A file to write that knows the checksum and the size of what went through it."""

    closed = False

    def __init__(self, handle: BinaryIO):
        self._handle, self._digest, self.size = handle, blake2b(digest_size=16), 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.size += memoryview(data).nbytes
        self._handle.write(data)
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._handle.flush()

    def close_as(self, path: str, target: str) -> None:
        self.closed = True
        storage.close_as(self._handle, path, target)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
