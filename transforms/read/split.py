"""Cutting a stream of bytes into records: at line feeds, or at separator lines.

Most of them are given many at a time, so that what can be done for all of them is done once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import NamedTuple, cast

from transforms.model import Place, Rejection
from transforms.read.charset import wide_charset
from transforms.read.model import BrokenRecord, Gathered, Raw, ReadOptions, Slice, broken_record, raw_of, too_large
from transforms.read.streams import CHUNK, HEAD, BrokenStream, OpenFile, peek, read_chunks

# a longer line is no separator, whatever is on it, so that no long line has to be held to find out
_MAX_SEPARATOR_LINE = 4096
_NEWLINE = 10

# bytes of documents that are cut at a time; of more, what looks like a separator would more often stand in one of them
_BLOCK_BYTES = 1 << 16


class _Many(NamedTuple):
    """Records one behind the other, their size with what stands behind each, and bytes that hold all of them.

    ``data`` may begin and end with parts of others.  ``line_feeds`` are those in it, -1 where they were not counted.
    """

    records: list[bytes]
    size: int
    data: bytes
    line_feeds: int


# the bytes of a record, or of many; and how many stand behind each
Piece = tuple[bytes | Raw | _Many, int]


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


class Block(NamedTuple):
    """Records one behind the other, none of them too large, but blank ones among them.

    Attributes:
        path: of the file.
        number, offset: of the first of them.
        records: the bytes of each.
        gap: how many bytes stand behind each.
        data: bytes that hold all of them, and perhaps parts of those before and behind.
        line_feeds: how many are in ``data``; -1 where they were not counted.
        charset: as ``RawRecord.charset``; one that holds ASCII as it is.
    """

    path: str
    number: int
    offset: int
    records: list[bytes]
    gap: int
    data: bytes
    line_feeds: int
    charset: str


Item = Block | RawRecord | BrokenRecord


def split_records(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    """The records of a slice of a file of many, whose format is ``lines``, ``jsonl`` or ``separated``."""
    chunks = read_chunks(
        slice.file, open_file, options.reject_raw_bytes, slice.start, slice.end, slice.entry, options.max_ratio
    )
    return split_chunks(chunks, slice, options)


def one_by_one(items: Iterable[Item]) -> Iterator[RawRecord | BrokenRecord]:
    """The same records, each by itself, without blank ones."""
    for item in items:
        if type(item) is not Block:
            yield item  # type: ignore[misc]
            continue
        path, number, offset, records, gap, _, _, charset = item
        for record in records:
            if record and not record.isspace():
                yield RawRecord(Place(path, number, offset), record, charset)
            number += 1
            offset += len(record) + gap


def split_chunks(chunks: Iterator[bytes], slice: Slice, options: ReadOptions) -> Iterator[Item]:
    """The records of a slice whose bytes are given.

    Those of nothing but white space are left out, but counted in the numbers.
    What cannot be had is a BrokenRecord: each record over ``max_record_bytes``, and one for the rest of a
    file that breaks off.  A file without any byte is one, too (``empty``).

    How the bytes are cut into chunks changes nothing but which of the records are in a Block.
    """
    path, number, offset = slice.file.path, slice.first_record, slice.start
    gathered = Gathered(options.max_record_bytes, options.reject_raw_bytes)
    try:
        head, chunks = peek(chunks, HEAD)
        uncut = slice.start == 0 and slice.end is None
        wide = wide_charset(head, options.charset) if uncut else ""
        charset, limit = wide or options.charset, options.max_record_bytes
        for record, gap in _split(chunks, slice.format, options, wide, gathered):
            if type(record) is _Many:
                records, size, data, line_feeds = record
                yield Block(path, number, offset, records, gap, data, line_feeds, charset)
                number += len(records)
                offset += size
                continue
            if type(record) is bytes and (size := len(record)) <= limit:
                if not (_is_blank(record, wide) if wide else not record or record.isspace()):
                    yield RawRecord(Place(path, number, offset), record, charset)
            else:
                raw = raw_of(record, options) if isinstance(record, bytes) else cast(Raw, record)
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
        pieces = _split_lines(chunks, newline, gathered)
    else:
        pieces = _gather_documents(document_pieces(chunks, options.separator, wide or options.charset), gathered)
    return pieces if options.max_record_bytes >= CHUNK + HEAD else _each(pieces)


def _each(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same records, each by itself, as some may be too large."""
    for piece, gap in pieces:
        if type(piece) is _Many:
            yield from zip(piece.records, repeat(gap))
        else:
            yield piece, gap


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
            records = chunk.split(newline) if gap == 1 else _split_whole(chunk, newline)
            line_feeds, rest, size = len(records) - 1, records.pop(), len(chunk)
            if records and gathered.size:
                size -= len(records[0]) + gap
                gathered.add(records.pop(0))
                yield gathered.take(), gap
            if gap == 1 and records:
                yield _Many(records, size - len(rest), chunk, line_feeds), 1
            elif records:
                yield from zip(records, repeat(gap))
            gathered.add(rest)
    except BrokenStream as error:
        if error.behind and gathered.size:
            yield gathered.take(), 0
        raise
    if gathered.size:
        yield gathered.take(), 0


def _split_whole(buffer: bytes, newline: bytes) -> list[bytes]:
    """As ``buffer.split``, but at whole characters."""
    parts, start = [], 0
    while (end := _find_whole(buffer, newline, start)) >= 0:
        parts.append(buffer[start:end])
        start = end + len(newline)
    return [*parts, buffer[start:]]


def _find_whole(buffer: bytes, character: bytes, start: int) -> int:
    at = buffer.find(character, start)
    while at > 0 and at % len(character):
        at = buffer.find(character, at + 1)
    return at


def _gather_documents(pieces: Iterator[Piece], gathered: Gathered) -> Iterator[Piece]:
    try:
        for piece, gap in pieces:
            if type(piece) is _Many:
                yield piece, gap
                continue
            gathered.add(cast(bytes, piece))
            if gap:
                yield gathered.take(), gap
    except BrokenStream as error:
        if error.behind and gathered.size:
            yield gathered.take(), 0
        raise
    if gathered.size:
        yield gathered.take(), 0


def separated_ends(chunks: Iterator[bytes], separator: str, charset: str) -> Iterator[int]:
    """Byte offset behind each separator line of a stream."""
    offset = 0
    for piece, gap in _each(document_pieces(chunks, separator, charset)):
        offset += len(cast(bytes, piece)) + gap
        if gap:
            yield offset


def document_pieces(chunks: Iterator[bytes], separator: str, charset: str) -> Iterator[Piece]:
    """A stream cut at its separator lines: documents, and parts of them, each with the bytes of the line behind it.

    A part with 0 bytes behind it is continued by the next.  ``chunks`` hold whole characters.
    """
    charset = charset or "utf-8"
    newline = "\n".encode(charset) if charset.startswith(("utf-16", "utf-32")) else b"\n"
    needle = separator.encode(charset).removeprefix("".encode(charset))
    # what stands behind a separator, unless it is a line feed
    behind = re.compile(re.escape(needle) + rb"(?:\n|([^\n]))")
    held, at_line_start = b"", True
    try:
        for chunk in chunks:
            buffer, position, untried = held + chunk, 0, 0
            while found := _separator_line(buffer, position, at_line_start, needle, separator, charset, newline):
                start, end = found
                yield buffer[position:start], end - start
                position = end
                while len(newline) == 1 and position >= untried:
                    many, untried = _many_documents(buffer, position, needle, behind)
                    if many:
                        yield many, len(needle) + 1
                        position = untried
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


def _many_documents(buffer: bytes, position: int, needle: bytes, behind: re.Pattern[bytes]) -> tuple[_Many | None, int]:
    """The documents from ``position`` on, at the start of a line, and where the last of their separator lines ends.

    None where some of these lines are not just the separator, and up to where that is so.  (The pattern takes half of
    the time of ``bytes.split``, which looks for more than one byte without ``memchr``.)
    """
    line = needle + b"\n"
    stop = buffer.rfind(b"\n" + line, position, position + _BLOCK_BYTES) + 1 + len(line)
    if stop <= position + len(line) or len(line) > _MAX_SEPARATOR_LINE:
        return None, len(buffer) + 1
    data = buffer[position:stop]
    parts = behind.split(data)
    records, others = parts[:-1:2], parts[1::2]
    only = not any(others) and not [1 for record in records if record and record[-1] != _NEWLINE]
    return (_Many(records, len(data), data, -1) if only else None), stop


def _separator_line(
    buffer: bytes, position: int, at_line_start: bool, needle: bytes, separator: str, charset: str, newline: bytes
) -> tuple[int, int] | None:
    """Start and end (behind the line feed) of the next separator line that is whole in ``buffer``.

    Args:
        needle: the separator's bytes.
    """
    at = buffer.find(needle, position)
    while at >= 0:
        start, end = _line_start(buffer, at, newline), _find_whole(buffer, newline, at)
        if end < 0:
            return None
        end += len(newline)
        whole = (start > 0 or at_line_start) and end - start <= _MAX_SEPARATOR_LINE
        if whole and _is_separator(buffer[start:end], separator, charset):
            return start, end
        at = buffer.find(needle, end)
    return None


def _line_start(buffer: bytes, at: int, newline: bytes) -> int:
    found = buffer.rfind(newline, 0, at)
    while found > 0 and found % len(newline):
        found = buffer.rfind(newline, 0, found + len(newline) - 1)
    return found + len(newline) if found >= 0 else 0


def _is_separator(line: bytes, separator: str, charset: str) -> bool:
    return line.decode(charset, "replace").removeprefix("\ufeff").strip() == separator
