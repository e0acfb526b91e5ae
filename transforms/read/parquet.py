"""Parquet: rows as records, a row group at a time, a few rows of it in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.model import Place, Record, Rejection
from transforms.read.columns import ARROW_ERRORS, batch_records, first_line, mapped_columns
from transforms.read.json_lines import FieldPaths, compile_fields
from transforms.read.model import BrokenRecord, InputFile, ReadOptions, Slice, broken_record, raw_of
from transforms.read.stored import opened_seekable, planned
from transforms.read.streams import BrokenStream, OpenFile, unreadable

# Rows that are in memory at a time: so many, or as many as have about so many bytes.
_BATCH_ROWS = 512
_BATCH_BYTES = 1 << 18
# read at a time of each column, so that no column of a row group is held as a whole
_BUFFER = 1 << 18
# A row group gives so many slices at most, as each decodes what stands before it (50 MB in 0.06 s): with 16, 4 % of the
# processor time of a run at 300 documents of 11 kB a second.  A file of many groups, which gives many slices anyhow, is
# cut within them less often.
_GROUP_SLICES = 16
_FILE_SLICES = 64

Item = Record | BrokenRecord


class _Group(NamedTuple):
    """A row group: its number, the number of its first row, rows, bytes unpacked, rows that are read at a time."""

    number: int
    first: int
    rows: int
    size: int
    batch: int


def read_parquet(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    """The rows of a slice.

    Of a row group that is broken the rows before the break stay, and one reject stands for the others; so it does for
    a file that is broken as a whole, or that has no column for text or html.
    """
    file = slice.file
    if file.size == 0:
        yield broken_record(Place(file.path), Rejection("empty", "0 bytes"), raw_of(b"", options))
        return
    try:
        with opened_seekable(file, open_file, options.max_ratio) as stored:
            yield from _read_groups(_open(stored), slice, options)
    except (ConnectionError, TimeoutError):
        raise
    except (Rejection, *ARROW_ERRORS) as error:
        yield broken_record(Place(file.path), file_rejection(error, "bad-parquet"), raw_of(b"", options))


def _open(stored: BinaryIO) -> pq.ParquetFile:
    file = pa.PythonFile(stored, mode="r")
    return pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True)


def file_rejection(error: Exception, reason: str) -> Rejection:
    """What an error says of a whole file; ``reason`` for one that comes from what is in it."""
    if isinstance(error, Rejection):
        return error
    if isinstance(error, OSError) and error.errno is not None:
        return unreadable(error)
    return Rejection(reason, f"nothing could be read: {first_line(error)}")


def refuse_io_errors(error: Exception) -> None:
    """Raises again what comes from reading, not from what was read: Arrow's own errors have no number."""
    if isinstance(error, BrokenStream | ConnectionError | TimeoutError):
        raise error
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _read_groups(table: pq.ParquetFile, slice: Slice, options: ReadOptions) -> Iterator[Item]:
    paths, path = compile_fields(options.fields), slice.file.path
    try:
        groups = _row_groups(table)
        columns = mapped_columns(table.schema_arrow, paths)
    except Rejection as rejection:
        if not slice.start:  # once for the file
            detail = f"{rejection.detail}; {table.metadata.num_rows} rows were left out"
            yield broken_record(Place(path), Rejection(rejection.reason, detail), raw_of(b"", options))
        return
    if slice.start and slice.start >= table.metadata.num_rows:
        raise Rejection("unreadable", "the file has fewer rows than when the run was planned")
    for group in groups:
        if (slice.end is None or group.first < slice.end) and group.first + group.rows > slice.start:
            yield from _read_group(table, group, columns, paths, slice, options)


def _read_group(
    table: pq.ParquetFile, group: _Group, columns: list[str], paths: FieldPaths, slice: Slice, options: ReadOptions
) -> Iterator[Item]:
    """The rows of a group that are in a slice.  Those before them are decoded for nothing, as pages have no numbers."""
    skipped = max(slice.start - group.first, 0)
    last = group.rows if slice.end is None else min(slice.end - group.first, group.rows)
    path, done = slice.file.path, 0
    try:
        for batch in table.iter_batches(group.batch, row_groups=[group.number], columns=columns, use_threads=False):
            inside = batch[max(skipped - done, 0) : None if last == group.rows else last - done]
            yield from batch_records(inside, paths, path, group.first + max(done, skipped), options)
            done += len(batch)
            if last <= done < group.rows:
                return
        if done != group.rows:
            raise ValueError("rows are missing")
    except ARROW_ERRORS as error:
        refuse_io_errors(error)
        if done < skipped:
            return  # the slice in which it breaks says so
        detail = f"row group {group.number}: {first_line(error)}; {done} of its {group.rows} rows were read"
        yield broken_record(Place(path, group.first + done), Rejection("bad-parquet", detail), raw_of(b"", options))


def _row_groups(table: pq.ParquetFile) -> list[_Group]:
    """The row groups that have rows."""
    groups, first = [], 0
    for number in range(table.metadata.num_row_groups):
        group = table.metadata.row_group(number)
        rows, size = group.num_rows, max(group.total_byte_size, 1)
        if rows < 0:
            raise ValueError(f"row group {number} has {rows} rows")
        if rows and group.num_columns:
            groups.append(_Group(number, first, rows, size, max(1, min(_BATCH_ROWS, _BATCH_BYTES * rows // size))))
        first += rows
    return groups


def cut_parquet(
    file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> list[Slice]:
    """Slices of about ``slice_bytes`` of unpacked data; one of a file that is compressed as a whole, or broken.

    ``start`` and ``end`` are rows.  Files of few row groups are cut within them, between batches, so that a break in a
    group costs the same rows however it is cut.
    """
    whole = [Slice(file, format, "")]
    try:
        with open_file(file.url) as stored:
            if not stored.seekable() or stored.read(4) != b"PAR1":
                return whole
            groups = _row_groups(_open(planned(stored, file)))
    except (ConnectionError, TimeoutError):
        raise
    except (BrokenStream, *ARROW_ERRORS):
        return whole
    cuts, held = [0], 0
    most = min(_GROUP_SLICES, -(-_FILE_SLICES // max(len(groups), 1)))
    for group in groups:
        if held and held + group.size > slice_bytes:
            cuts.append(group.first)
            held = 0
        pieces = max(1, min(most, group.size // slice_bytes))
        step = -(-group.rows // (pieces * group.batch)) * group.batch
        inner = range(step, group.rows, step)
        cuts += [group.first + row for row in inner]
        held = group.size * (group.rows - inner[-1]) // group.rows if inner else held + group.size
    return [Slice(file, format, "", start, end, start) for start, end in itertools.zip_longest(cuts, cuts[1:])]
