"""Cutting a stream of bytes into records: at line feeds, or at separator lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from transforms.model import Place, Rejection
from transforms.read.build import new_place
from transforms.read.charset import wide_charset
from transforms.read.model import BrokenRecord, Gathered, Raw, ReadOptions, Slice, broken_record, raw_of, too_large
from transforms.read.streams import HEAD, BrokenStream, OpenFile, peek, read_chunks

# a longer line is no separator, whatever is on it, so that no long line has to be held to find out
_MAX_SEPARATOR_LINE = 4096

# the bytes of a record, and how many stand between it and the next
Piece = tuple[bytes | Raw, int]


class RawRecord(NamedTuple):
    """A record that is not blank and not too large.

    Attributes:
        place: where it stands.
        raw: its bytes, without the line feed or separator line behind it.
        charset: that it is in, as far as it is declared or the file's beginning tells; else empty.
    """

    place: Place
    raw: bytes
    charset: str


def split_records(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[RawRecord | BrokenRecord]:
    """The records of a slice of a file of many, whose format is ``lines``, ``jsonl`` or ``separated``."""
    chunks = read_chunks(
        slice.file, open_file, options.reject_raw_bytes, slice.start, slice.end, slice.entry, options.max_ratio
    )
    return split_chunks(chunks, slice, options)


def split_chunks(chunks: Iterator[bytes], slice: Slice, options: ReadOptions) -> Iterator[RawRecord | BrokenRecord]:
    """The records of a slice whose bytes are given.

    Those of nothing but white space are left out, but counted in the numbers.
    What cannot be had is a BrokenRecord: each record over ``max_record_bytes``, and one for the rest of a
    file that breaks off.  A file without any byte is one, too (``empty``).

    How the bytes are cut into chunks changes nothing.
    """
    path, number, offset = slice.file.path, slice.first_record, slice.start
    gathered = Gathered(options.max_record_bytes, options.reject_raw_bytes)
    try:
        head, chunks = peek(chunks, HEAD)
        uncut = slice.start == 0 and slice.end is None
        wide = wide_charset(head, options.charset) if uncut else ""
        charset, limit = wide or options.charset, options.max_record_bytes
        for record, gap in _split(chunks, slice.format, options, wide, gathered):
            if type(record) is bytes and (size := len(record)) <= limit:
                if not (_is_blank(record, wide) if wide else not record or record.isspace()):
                    # half the time of RawRecord(...)
                    yield tuple.__new__(RawRecord, (new_place(path, number, offset), record, charset))
            else:
                raw = raw_of(record, options) if isinstance(record, bytes) else record
                size = raw.size
                yield broken_record(Place(path, number, offset), too_large(options, raw), raw)
            number += 1
            offset += size + gap
    except BrokenStream as error:
        yield _rest_of_file(error, slice, number, offset, gathered)
        return
    if offset == 0:
        yield broken_record(Place(path), Rejection("empty", "0 bytes"), gathered.take_raw())


def _is_blank(record: bytes, wide: str) -> bool:
    return not record.decode(wide, "replace").removeprefix("\ufeff").strip()


def _rest_of_file(error: BrokenStream, slice: Slice, number: int, offset: int, gathered: Gathered) -> BrokenRecord:
    """The one reject that stands for what could not be read, with the part of a record before the break."""
    path = slice.file.path
    if offset == gathered.size == 0:
        return broken_record(Place(path), error, error.behind or gathered.take_raw())
    unit = "documents" if slice.format == "separated" else "lines"
    detail = f"{error.detail}; {offset + gathered.size} bytes and {number} whole {unit} were read before it"
    return broken_record(
        Place(path, number, offset), Rejection(error.reason, detail), error.behind or gathered.take_raw()
    )


def _split(
    chunks: Iterator[bytes], format: str, options: ReadOptions, wide: str, gathered: Gathered
) -> Iterator[Piece]:
    newline = "\n".encode(wide or "ascii")
    if wide:
        chunks = _aligned(chunks, len(newline))
    if format != "separated":
        return _split_lines(chunks, newline, gathered)
    return _gather_documents(document_pieces(chunks, options.separator, wide or options.charset), gathered)


def _aligned(chunks: Iterator[bytes], width: int) -> Iterator[bytes]:
    """The same bytes in chunks that hold whole characters of ``width`` bytes."""
    held = b""
    try:
        for chunk in chunks:
            chunk = held + chunk
            whole = len(chunk) // width * width
            held = chunk[whole:]
            yield chunk[:whole]
    except BrokenStream:
        yield held
        raise
    if held:
        yield held


def _split_lines(chunks: Iterator[bytes], newline: bytes, gathered: Gathered) -> Iterator[Piece]:
    """The lines of a stream; the part of a line at which it breaks off stays in ``gathered``."""
    gap = len(newline)
    try:
        for chunk in chunks:
            start, end = 0, _find_whole(chunk, newline, 0)
            if end >= 0 and gathered.size:
                gathered.add(chunk[:end])
                yield gathered.take(), gap
                start, end = end + gap, _find_whole(chunk, newline, end + gap)
            # one line at a time: bytes.split on the chunk is slower, as it touches new memory for all of it
            while end >= 0:
                yield chunk[start:end], gap
                start = end + gap
                end = chunk.find(newline, start) if gap == 1 else _find_whole(chunk, newline, start)
            gathered.add(chunk[start:])
    except BrokenStream as error:
        if error.behind and gathered.size:
            yield gathered.take(), 0
        raise
    if gathered.size:
        yield gathered.take(), 0


def _find_whole(buffer: bytes, character: bytes, start: int) -> int:
    at = buffer.find(character, start)
    while at > 0 and at % len(character):
        at = buffer.find(character, at + 1)
    return at


def _gather_documents(pieces: Iterator[tuple[bytes, int]], gathered: Gathered) -> Iterator[Piece]:
    try:
        for piece, gap in pieces:
            gathered.add(piece)
            if gap:
                yield gathered.take(), gap
    except BrokenStream as error:
        if error.behind and gathered.size:
            yield gathered.take(), 0
        raise
    if gathered.size:
        yield gathered.take(), 0


def document_pieces(chunks: Iterator[bytes], separator: str, charset: str) -> Iterator[tuple[bytes, int]]:
    """A stream cut at its separator lines: parts of documents, each with the bytes of the line behind it.

    A part with 0 bytes behind it is continued by the next.  ``chunks`` hold whole characters.
    """
    charset = charset or "utf-8"
    newline = "\n".encode(charset) if charset.startswith(("utf-16", "utf-32")) else b"\n"
    held, at_line_start = b"", True
    try:
        for chunk in chunks:
            buffer, position = held + chunk, 0
            for start, end in _separator_lines(buffer, at_line_start, separator, charset, newline):
                yield buffer[position:start], end - start
                position = end
            # what may be the beginning of a separator line waits for the next chunk
            line = _line_start(buffer, len(buffer), newline)
            at_line_start = (line > 0 or at_line_start) and len(buffer) - line <= _MAX_SEPARATOR_LINE
            end = line if at_line_start else len(buffer)
            held = buffer[end:]
            yield buffer[position:end], 0
    except BrokenStream:
        yield held, 0
        raise
    if at_line_start and _is_separator(held, separator, charset):
        yield b"", len(held)
    else:
        yield held, 0


def _separator_lines(
    buffer: bytes, at_line_start: bool, separator: str, charset: str, newline: bytes
) -> Iterator[tuple[int, int]]:
    """Start and end (behind the line feed) of the separator lines that are whole in ``buffer``."""
    needle = separator.encode(charset).removeprefix("".encode(charset))
    at = buffer.find(needle)
    while at >= 0:
        start, end = _line_start(buffer, at, newline), _find_whole(buffer, newline, at)
        if end < 0:
            return
        end += len(newline)
        whole = (start > 0 or at_line_start) and end - start <= _MAX_SEPARATOR_LINE
        if whole and _is_separator(buffer[start:end], separator, charset):
            yield start, end
        at = buffer.find(needle, end)


def _line_start(buffer: bytes, at: int, newline: bytes) -> int:
    found = buffer.rfind(newline, 0, at)
    while found > 0 and found % len(newline):
        found = buffer.rfind(newline, 0, found + len(newline) - 1)
    return found + len(newline) if found >= 0 else 0


def _is_separator(line: bytes, separator: str, charset: str) -> bool:
    return line.decode(charset, "replace").removeprefix("\ufeff").strip() == separator
