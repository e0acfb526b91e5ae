"""Parquet: rows as records, a row group at a time, a few rows of it in memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.model import Place, Record, Rejection
from transforms.read.columns import ARROW_ERRORS, batch_records, first_line, mapped_columns
from transforms.read.json_lines import compile_fields
from transforms.read.model import BrokenRecord, InputFile, ReadOptions, Slice, broken_record, raw_of
from transforms.read.stored import opened_seekable
from transforms.read.streams import BrokenStream, OpenFile, unreadable

# Rows that are in memory at a time: so many, or as many as have about so many bytes.
_BATCH_ROWS = 512
_BATCH_BYTES = 1 << 18
# read at a time of each column, so that no column of a row group is held as a whole
_BUFFER = 1 << 18

Item = Record | BrokenRecord


class _Group(NamedTuple):
    """A row group: its number, its first byte in the file, the number of its first row, rows, bytes unpacked."""

    number: int
    start: int
    first: int
    rows: int
    size: int


def read_parquet(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    """The rows of the row groups that begin in a slice.

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
    inside = [
        group for group in groups if slice.start <= group.start and (slice.end is None or group.start < slice.end)
    ]
    if slice.start and not inside:
        raise Rejection("unreadable", "the file has fewer row groups than when the run was planned")
    for group in inside:
        done = 0
        try:
            rows = max(1, min(_BATCH_ROWS, _BATCH_BYTES * group.rows // max(group.size, 1)))
            for batch in table.iter_batches(rows, row_groups=[group.number], columns=columns, use_threads=False):
                yield from batch_records(batch, paths, path, group.first + done, options)
                done += len(batch)
            if done != group.rows:
                raise ValueError("rows are missing")
        except ARROW_ERRORS as error:
            refuse_io_errors(error)
            detail = f"row group {group.number}: {first_line(error)}; {done} of its {group.rows} rows were read"
            place = Place(path, group.first + done)
            yield broken_record(place, Rejection("bad-parquet", detail), raw_of(b"", options))


def _row_groups(table: pq.ParquetFile) -> list[_Group]:
    """The row groups that have rows, by where they begin: never before the one before."""
    groups, first, start = [], 0, 0
    for number in range(table.metadata.num_row_groups):
        group = table.metadata.row_group(number)
        if group.num_rows and group.num_columns:
            column = group.column(0)
            pages = column.data_page_offset, column.dictionary_page_offset if column.has_dictionary_page else None
            start = max(start, min(page for page in pages if page is not None))
            groups.append(_Group(number, start, first, group.num_rows, group.total_byte_size))
        first += group.num_rows
    return groups


def cut_parquet(
    file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> list[Slice]:
    """Slices of whole row groups, of about ``slice_bytes``; one of a file that is compressed as a whole, or broken.

    ``start`` and ``end`` are bytes of the file: a row group belongs to the slice in which it begins.
    """
    whole = [Slice(file, format, "")]
    try:
        with open_file(file.url) as stored:
            if not stored.seekable() or stored.read(4) != b"PAR1":
                return whole
            groups = _row_groups(_open(stored))
    except (ConnectionError, TimeoutError):
        raise
    except ARROW_ERRORS:
        return whole
    cuts = [(0, 0)]
    for group in groups[1:]:
        if group.start - cuts[-1][0] >= slice_bytes:
            cuts.append((group.start, group.first))
    ends = [start for start, _ in cuts[1:]]
    return [Slice(file, format, "", start, end, first) for (start, first), end in itertools.zip_longest(cuts, ends)]
