"""Arrow IPC: files (Feather version 2 among them) and streams, a record batch at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.types as pt

from transforms.model import Place, Record, Rejection
from transforms.read.columns import ARROW_ERRORS, batch_records, first_line, mapped_columns
from transforms.read.json_lines import FieldPaths, compile_fields
from transforms.read.model import BrokenRecord, InputFile, ReadOptions, Slice, broken_record, raw_of
from transforms.read.parquet import file_rejection, refuse_io_errors
from transforms.read.stored import ChunkFile, planned
from transforms.read.streams import CHUNK, HEAD, BrokenStream, OpenFile, peek, read_chunks

# Rows that become records at a time: so many, or as many as have about so many bytes, which stay in a core's cache.
# The batch that they are of is in memory as a whole.
_PART_ROWS = 512
_PART_BYTES = 1 << 18

_FILE = b"ARROW1\0\0"
_FILE_END = b"ARROW1"
_FEATHER_1 = b"FEA1"

Item = Record | BrokenRecord


def read_arrow(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    """The rows of a file or a stream.

    A file that is neither compressed as a whole nor in an archive is read by its directory, so that a broken batch
    costs nothing but its rows.  Everything else is read as the stream that a file holds, up to where it is broken.
    """
    path = slice.file.path
    if slice.file.size == 0:
        yield broken_record(Place(path), Rejection("empty", "0 bytes"), raw_of(b"", options))
        return
    try:
        with open_file(slice.file.url) as stored:
            if stored.seekable() and stored.read(len(_FILE)) == _FILE:
                file = planned(stored, slice.file)
                if table := _open(file, []):
                    yield from _read_file(table, file, slice, options)
                    return
        if slice.start or slice.end is not None:
            raise Rejection("unreadable", "the file has no directory any more, unlike when the run was planned")
        yield from _read_stream(slice, options, open_file)
    except (ConnectionError, TimeoutError):
        raise
    except (Rejection, *ARROW_ERRORS) as error:
        yield broken_record(Place(path), file_rejection(error, "bad-arrow"), raw_of(b"", options))


def _read_file(
    table: pa.ipc.RecordBatchFileReader, stored: BinaryIO, slice: Slice, options: ReadOptions
) -> Iterator[Item]:
    paths = compile_fields(options.fields)
    try:
        columns = mapped_columns(table.schema, paths)
    except Rejection as rejection:
        if not slice.start:  # once for the file
            rows = sum(_rows_in(_counter(table, stored), number) for number in range(table.num_record_batches))
            raise Rejection(rejection.reason, f"{rejection.detail}; {rows} rows were left out") from rejection
        return
    table = _open(stored, _roots(table.schema, columns)) or table
    first, counter = slice.first_record, None
    for number in _inside(slice, table.num_record_batches):
        rows = done = 0
        try:
            batch = table.get_batch(number)
            rows = len(batch)
            for part in _parts(batch):
                yield from batch_records(part, paths, slice.file.path, first + done, options)
                done += len(part)
        except ARROW_ERRORS as error:
            refuse_io_errors(error)
            counter = counter or _counter(table, stored)
            rows = rows or _rows_in(counter, number)
            of = rows or "unknown number of"
            detail = f"record batch {number}: {first_line(error)}; {done} of its {of} rows were read"
            place = Place(slice.file.path, first + done)
            yield broken_record(place, Rejection("bad-arrow", detail), raw_of(b"", options))
        first += rows


def _open(stored: BinaryIO, columns: list[int]) -> pa.ipc.RecordBatchFileReader | None:
    """The file with some of its columns, all for an empty list; None where its directory, at the end, is broken."""
    options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=columns)
    try:
        stored.seek(0)
        return pa.ipc.open_file(pa.PythonFile(stored, mode="r"), options=options)
    except BrokenStream:  # it ends before its directory
        return None
    except ARROW_ERRORS as error:
        refuse_io_errors(error)
        return None


def _roots(schema: pa.Schema, columns: list[str]) -> list[int]:
    """Numbers of the columns; of a part of a struct, that of the struct."""
    names = schema.names
    roots = {names.index(name if name in names else name.partition(".")[0]) for name in columns}
    return sorted(roots)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The rows of a batch, a few at a time, once it is sure that all in them lies where it says.

    Strings that are no UTF-8 are left to the rows that have them.

    Raises:
        pa.ArrowInvalid: otherwise; to read it then could end the process.
    """
    for array in batch.columns:
        array.validate()
        if not _bytes_type(array.type):  # else it is done part by part
            array.view(_without_text(array.type)).validate(full=True)
    rows = max(1, min(_PART_ROWS, _PART_BYTES * len(batch) // max(batch.get_total_buffer_size(), 1)))
    for at in range(0, len(batch), rows):
        part = batch.slice(at, rows)
        for array in part.columns:
            if kind := _bytes_type(array.type):
                pa.Array.from_buffers(kind, len(array), array.buffers(), offset=array.offset).validate(full=True)
        yield part


def _bytes_type(kind: pa.DataType) -> pa.DataType | None:
    """For a column of strings, the type that has its bytes, which need not be UTF-8."""
    return {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(kind)


def _without_text(kind: pa.DataType) -> pa.DataType:
    """The type with the bytes of strings where it has strings."""
    if plain := _bytes_type(kind):
        return plain
    if pt.is_string_view(kind):
        return pa.binary_view()
    if pt.is_struct(kind):
        return pa.struct([_field_without_text(field) for field in kind])
    if pt.is_map(kind):
        return pa.map_(_field_without_text(kind.key_field), _field_without_text(kind.item_field), kind.keys_sorted)
    if pt.is_list(kind):
        return pa.list_(_field_without_text(kind.value_field))
    if pt.is_large_list(kind):
        return pa.large_list(_field_without_text(kind.value_field))
    if pt.is_fixed_size_list(kind):
        return pa.list_(_field_without_text(kind.value_field), kind.list_size)
    if pt.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _without_text(kind.value_type), kind.ordered)
    return kind


def _field_without_text(field: pa.Field) -> pa.Field:
    return field.with_type(_without_text(field.type))


def _inside(slice: Slice, batches: int) -> list[int]:
    """Numbers of the batches that belong to a slice: they count as if each took the same share of the file."""
    size, end = slice.file.size, slice.end
    starts = ((number, size * number // batches) for number in range(batches))
    return [number for number, at in starts if slice.start <= at and (end is None or at < end)]


def _read_stream(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    paths, path = compile_fields(options.fields), slice.file.path
    chunks = read_chunks(slice.file, open_file, options.reject_raw_bytes, max_ratio=options.max_ratio)
    head, chunks = peek(chunks, HEAD)
    if head.startswith(_FEATHER_1):
        raise Rejection("bad-arrow", "Feather version 1 is not read; write it again as version 2")
    stored, is_file = ChunkFile(chunks), head.startswith(_FILE)
    if is_file:
        stored.read(len(_FILE))  # what follows is a stream, up to the directory
    done = 0
    try:
        table = pa.ipc.open_stream(pa.PythonFile(stored, mode="r"), options=pa.ipc.IpcReadOptions(use_threads=False))
        columns = _stream_columns(table, paths)
        for batch in table:
            for part in _parts(batch.select(columns)):
                yield from batch_records(part, paths, path, done, options)
                done += len(part)
        tail = b""
        while piece := stored.read(CHUNK):  # to the end, where compressed data is checked
            tail = (tail + piece)[-len(_FILE_END) :]
        if is_file and tail != _FILE_END:
            raise ValueError("the file has no whole directory at its end")
    except ARROW_ERRORS as error:
        refuse_io_errors(error)
        raise Rejection("bad-arrow", f"{first_line(error)}; {done} rows were read before it") from error
    except Rejection as rejection:
        detail = f"{rejection.detail}; {done} rows were read before it" if done else rejection.detail
        raise Rejection(rejection.reason, detail) from rejection


def _stream_columns(table: pa.ipc.RecordBatchStreamReader, paths: FieldPaths) -> list[int]:
    try:
        return _roots(table.schema, mapped_columns(table.schema, paths))
    except Rejection as rejection:
        rows = sum(len(batch) for batch in table)
        raise Rejection(rejection.reason, f"{rejection.detail}; {rows} rows were left out") from rejection


def cut_arrow(file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """Slices of whole record batches of an Arrow file, of about ``slice_bytes``; one of everything else.

    ``start`` and ``end`` are bytes, of which each batch counts as many as the others.
    """
    whole = [Slice(file, format, "")]
    try:
        with open_file(file.url) as stored:
            if not stored.seekable() or stored.read(len(_FILE)) != _FILE:
                return whole
            seeking = planned(stored, file)
            table = _open(seeking, [])
            if not table:
                return whole
            counter = _counter(table, seeking)
            rows = [_rows_in(counter, number) for number in range(table.num_record_batches)]
            _ = table.schema.names  # they may be no UTF-8, which is told once for the file
    except (ConnectionError, TimeoutError):
        raise
    except ARROW_ERRORS:
        return whole
    cuts, first = [(0, 0)], 0
    for number, count in enumerate(rows):
        start = file.size * number // len(rows)
        if start - cuts[-1][0] >= slice_bytes:
            cuts.append((start, first))
        first += count
    ends = [start for start, _ in cuts[1:]]
    return [Slice(file, format, "", start, end, at) for (start, at), end in itertools.zip_longest(cuts, ends)]


def _counter(table: pa.ipc.RecordBatchFileReader, stored: BinaryIO) -> pa.ipc.RecordBatchFileReader:
    """The file with the column that costs least to read."""
    widths = [field.type.bit_width if pa.types.is_primitive(field.type) else 1 << 30 for field in table.schema]
    return _open(stored, [widths.index(min(widths))] if widths else []) or table


def _rows_in(table: pa.ipc.RecordBatchFileReader, number: int) -> int:
    """Rows of a batch; 0 of one that cannot be told."""
    try:
        return len(table.get_batch(number))
    except ARROW_ERRORS as error:
        refuse_io_errors(error)
        return 0
