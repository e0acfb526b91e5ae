"""The records of a stream of WARC data: headers, and a block of as many bytes as they say.

The grammar is that of ISO 28500 (WARC 1.0 and 1.1), read as crawlers write it: line feeds alone, names of fields in any
case, folded lines, and missing blank lines behind a block are all taken.  What stands behind a block tells whether its
length is right, so a record is given only when that was seen.

Libraries that read WARC do not say enough to account for every byte: FastWARC 2.0 and warcio 1.8 give a record that the
file's end cuts short like a whole one, and end, or go on without a word, at the first that is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from transforms.model import Rejection
from transforms.read.model import Gathered, Raw, ReadOptions, raw_of
from transforms.read.streams import BrokenStream

# the longest headers that a record may have; crawlers write less than 2 kB, FastWARC takes up to 32 KiB
MAX_HEADERS = 1 << 16
# how much of a record over max_record_bytes is held, to tell whether it was to be a document
HELD = 1 << 16
# A block whose length is too great took the next record's beginning with it: so far back it is looked for.
_LOOK_BACK = 1 << 16

_VERSION = b"WARC/"
_VERSION_LINE = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n")
_START = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n(?=warc-|content-)", re.IGNORECASE)
_START_BYTES = 32  # the longest match of it
_BLANK_LINE = re.compile(rb"\r?\n[ \t]{0,60}\r?\n")
_BLANK_LINE_BYTES = 64
_NEWLINES = re.compile(rb"[\r\n]*")
_BLANK_LINES = b"\r\n\r\n"
_FOLLOWED = _BLANK_LINES + _VERSION
_FOLDED = re.compile(rb"\r?\n[ \t]+")
# digits of a Content-Length
_LONGEST_LENGTH = 18
# enough to see a blank line behind a block, and what comes then
_BEHIND = 16


class Headers(msgspec.Struct, frozen=True, gc=False):
    """The fields of a record that are asked for: the first of each name, with blanks around it; empty where missing.

    They are in the order in which crawlers write them.
    """

    warc_type: bytes = b""
    warc_date: bytes = b""
    warc_record_id: bytes = b""
    content_length: bytes = b""
    content_type: bytes = b""
    warc_target_uri: bytes = b""
    warc_identified_content_language: bytes = b""


NO_HEADERS = Headers()
_NAMES = [name.replace("_", "-").encode() for name in Headers.__struct_fields__]
# Headers of which each line is just a name, a colon and a value; the first of each of these fields is a group.
_REGULAR = re.compile(
    rb"WARC/\d\.\d{1,2}[ \t]*\r?\n(?:%s|[A-Za-z-]++:[^\n]*+\n)*+\r\n"
    % b"|".join(rb"(?i:%s):(?(%d)(?!)|([^\n]*+)\n)" % (name, group) for group, name in enumerate(_NAMES, 1))
)


class WarcRecord(msgspec.Struct, frozen=True, gc=False):
    """A record, or a stretch of bytes that is none.

    Attributes:
        offset: of its first byte in the stream.
        headers: None for bytes that are no record.
        raw: all of it, without the blank lines behind; of a record over ``max_record_bytes`` the first ``HELD`` bytes.
            A view of the stream's bytes, where they are at hand: not to be kept, as all of them would be.
        block: where in ``raw`` the block begins.
        whole: all of it, where ``raw`` is not.
        problem: why it cannot be used.
    """

    offset: int
    headers: Headers | None
    raw: bytes | memoryview
    block: int = 0
    whole: Raw | None = None
    problem: Rejection | None = None


def read_records(chunks: Iterator[bytes], options: ReadOptions, start: int = 0) -> Iterator[WarcRecord]:
    """The records of a stream that begins at offset ``start``, and what stands between them.

    An empty chunk says that those before it are sound, whatever breaks those behind it (a gzip member has a checksum).
    Where records end there, what is behind it is not asked for.

    Nothing is raised for what is in the stream, and all its bytes but line ends between records are in one of those
    that are given.  Each broken stretch is one: from the beginning of a record that is broken, or the end of the last,
    to the next beginning of a record, or to where the stream breaks off.
    """
    stream = _Stream(chunks, start)
    if stream.has(1):
        stream.skip_newlines()
    while stream.held() or (not stream.is_done() and stream.has(1)):
        if record := _next_whole(stream, options):
            yield record
        elif stream.begins_record():
            yield _read_record(stream, options)
        else:
            yield _stretch(stream, options, None, "", 0)
        if not stream.data.startswith(_VERSION, stream.at):
            stream.skip_newlines()
    if stream.broken and not stream.told:
        raw = stream.broken.behind or raw_of(b"", options)
        yield WarcRecord(stream.offset, None, b"", 0, raw, stream.broken)


class _Stream:
    """Decompressed bytes as they come in.  What breaks them is their end."""

    def __init__(self, chunks: Iterator[bytes], start: int):
        self._chunks, self._ended = chunks, False
        self.data, self.at, self._base = b"", 0, start
        self._received = self.checked = start  # offsets up to which bytes came in, and are known to be sound
        self.broken: BrokenStream | None = None
        self.told = False  # whether a record says that the stream is broken

    @property
    def offset(self) -> int:
        return self._base + self.at

    def held(self) -> int:
        return len(self.data) - self.at

    def has(self, count: int) -> bool:
        """Whether ``count`` bytes are there; they are held then, and all there are otherwise."""
        return self.look(count, 0)

    def look(self, count: int, behind: int) -> bool:
        """Whether ``count`` bytes are there and ``behind`` more, or the former up to where the stream is sound."""
        missing = count + behind - self.held()
        if missing <= 0 or self._ended:
            return missing <= 0
        parts = [self.data[self.at :]]
        while missing > 0 and not self._ended and not (missing <= behind and self.checked == self._received):
            chunk = self._next()
            parts.append(chunk)
            missing -= len(chunk)
        self._base += self.at
        self.data, self.at = b"".join(parts), 0
        return missing <= behind and (missing <= 0 or self.checked == self._received)

    def _next(self) -> bytes:
        try:
            chunk = next(self._chunks, None)
        except BrokenStream as error:
            self.broken, chunk = error, None
        self._ended = chunk is None
        if not chunk:
            if chunk is not None:
                self.checked = self._received
            return b""
        self._received += len(chunk)
        return chunk

    def is_done(self) -> bool:
        """Whether nothing is left of the data that is known as sound, and nothing else was asked for."""
        return self.checked == self._received and not self.held()

    def take(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        self.at += len(taken)
        return taken

    def take_across(self, size: int) -> bytes:
        """A record of more bytes than are held, if another is seen to follow it; else none, and nothing is taken.

        What comes in with its end is not copied, as :meth:`look` would.
        """
        parts, missing = [self.data[self.at :]], size - self.held()
        while missing > 0 and not self._ended:
            parts.append(self._next())
            missing -= len(parts[-1])
        last = parts.pop()
        rest = len(last) + missing
        self._base += self.at
        if missing > 0 or last[rest : rest + len(_FOLLOWED)] != _FOLLOWED:
            self.data, self.at = b"".join([*parts, last]), 0
            return b""
        self._base += size - rest
        self.data, self.at = last, rest + len(_BLANK_LINES)
        return b"".join([*parts, memoryview(last)[:rest]])

    def skip_newlines(self) -> None:
        while True:
            self.at = _NEWLINES.match(self.data, self.at).end()  # type: ignore[union-attr]
            if self.held() or self.is_done() or not self.look(0, 1):
                return

    def begins_record(self) -> bool:
        while not (found := _VERSION_LINE.match(self.data, self.at)) and self.held() < _START_BYTES:
            if not self.has(self.held() + 1):
                break
        return found is not None

    @property
    def damage(self) -> BrokenStream | None:
        """What broke the stream's own data, as opposed to what stands behind it."""
        return self.broken if self.broken and self.broken.behind is None else None

    def tell(self) -> BrokenStream | None:
        """The damage, which is told once."""
        self.told = self.damage is not None
        return self.damage


def whole_record(data: bytes, options: ReadOptions) -> WarcRecord | None:
    """The record that ``data`` is, if it is one as the standard has it and nothing else: the usual gzip member."""
    found = _extent(data, 0, options)
    if not found:
        return None
    headers, block, end = found
    return WarcRecord(0, headers, data[:end], block) if data[end:] == _BLANK_LINES else None


def _extent(data: bytes, start: int, options: ReadOptions) -> tuple[Headers, int, int] | None:
    """The headers at ``start``, where the block begins, and where they say that it ends.

    Only if they are as the standard has them; None for what has to be looked at.
    """
    block = data.find(_BLANK_LINES, start, start + MAX_HEADERS) + len(_BLANK_LINES)
    if block < len(_BLANK_LINES):
        return None
    if regular := _REGULAR.fullmatch(data, start, block):
        headers = Headers(*regular.groups(b""))
    elif _VERSION_LINE.match(data, start) and _BLANK_LINE.search(data, start, block).end() == block:  # type: ignore[union-attr]
        headers = parse_headers(data[start:block])
    else:
        return None
    length = content_length(headers)
    if length is None or length > options.max_record_bytes:
        return None
    return headers, block, block + length


def _next_whole(stream: _Stream, options: ReadOptions) -> WarcRecord | None:
    """The next record, if it is as the standard has it; None for what has to be looked at."""
    data, start, offset = stream.data, stream.at, stream.offset
    found = _extent(data, start, options)
    if not found:
        return None
    headers, block, end = found
    if not data.startswith(_FOLLOWED, end):
        size = end - start
        if size > stream.held() and (raw := stream.take_across(size)):
            return WarcRecord(offset, headers, raw, block - start)
        if size + len(_FOLLOWED) > stream.held() and not stream.look(size, len(_FOLLOWED)) and stream.damage:
            return None
        data, end, block, start = stream.data, stream.at + size, stream.at + block - start, stream.at
        if data[end : end + len(_FOLLOWED)] not in (_FOLLOWED, _BLANK_LINES):
            return None
    stream.at = end + len(_BLANK_LINES)
    return WarcRecord(offset, headers, memoryview(data)[start:end], block - start)


def _read_record(stream: _Stream, options: ReadOptions) -> WarcRecord:
    start = stream.offset
    end = _headers_end(stream)
    if not end:
        why = f"no end of the record's headers in {min(stream.held(), MAX_HEADERS)} bytes"
        return _stretch(stream, options, NO_HEADERS, why, len(_VERSION))
    headers = parse_headers(stream.data[stream.at : stream.at + end])
    length = content_length(headers)
    if length is None:
        why = f"Content-Length: {headers.content_length.strip()[:40].decode('latin-1')!r}; allowed: a number of bytes"
        return _stretch(stream, options, headers, why, end)
    size = end + length
    if length > options.max_record_bytes:
        return _read_large(stream, options, headers, end, size)
    if not stream.has(size):
        why = _missing(stream.held() - end, length)
        return _stretch(stream, options, headers, why, max(end, stream.held() - _LOOK_BACK))
    if not stream.look(size, _BEHIND) and stream.damage:
        return _stretch(stream, options, headers, "all of the block is there", size)
    if not _ends_at(stream.data, stream.at + size):
        return _stretch(stream, options, headers, _wrong_length(length), max(end, size - _LOOK_BACK))
    return WarcRecord(start, headers, stream.take(size), end)


def _headers_end(stream: _Stream) -> int:
    """How many bytes a record's headers take with the blank line behind them; 0 where none is found."""
    seen = 0
    while not (found := _BLANK_LINE.search(stream.data, stream.at + seen, stream.at + MAX_HEADERS)):
        seen = max(stream.held() - _BLANK_LINE_BYTES, 0)
        if stream.held() >= MAX_HEADERS or not stream.has(stream.held() + 1):
            return 0
    return found.end() - stream.at


def parse_headers(headers: bytes) -> Headers:
    """What the lines behind the first say, however they are written."""
    if b"\n " in headers or b"\n\t" in headers:
        headers = _FOLDED.sub(b" ", headers)
    fields: dict[bytes, bytes] = {}
    for line in headers.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        name = name.strip().lower()
        if colon and name not in fields:
            fields[name] = value
    return Headers(*(fields.get(name, b"") for name in _NAMES))


def _ends_at(data: bytes, end: int) -> bool:
    """Whether what stands behind a block is what belongs there: the stream's end, a blank line, or a record."""
    behind = data[end : end + _BEHIND]
    if not behind or behind.startswith((b"\r\n\r\n", b"\n\n", _VERSION)):
        return True
    following = behind.lstrip(b"\r\n")
    return not following or following.startswith(_VERSION)


def content_length(headers: Headers) -> int | None:
    """Bytes of the block, as the headers say; None where that is no number."""
    stated = headers.content_length.strip()
    return int(stated) if stated.isdigit() and len(stated) <= _LONGEST_LENGTH else None


def _wrong_length(stated: int) -> str:
    return f"Content-Length: {stated}, and no end of a record there"


def _missing(there: int, stated: int) -> str:
    return f"{max(there, 0)} of {stated} bytes of the record's block are there"


def looked_at(headers: Headers | None) -> int:
    """How many bytes, at most, were looked at to find that a record with these headers is broken."""
    return 2 * MAX_HEADERS + ((content_length(headers) or 0) if headers else 0)


def _read_large(stream: _Stream, options: ReadOptions, headers: Headers, block: int, size: int) -> WarcRecord:
    """A record of which no more is held than tells what it is."""
    offset, gathered = stream.offset, Gathered(0, options.reject_raw_bytes)
    stream.has(block + HELD)
    raw = stream.data[stream.at : stream.at + min(size, block + HELD)]
    while gathered.size < size and stream.has(1):
        gathered.add(stream.take(size - gathered.size))
    there = gathered.size
    if there < size or (not stream.look(0, _BEHIND) and stream.damage):
        problem = _problem(stream.tell(), _missing(there - block, size - block))
    elif not _ends_at(stream.data, stream.at):
        problem = _problem(_gather_stretch(stream, gathered), _wrong_length(size - block))
    else:
        problem = None
    return WarcRecord(offset, headers, raw, block, gathered.take_raw(), problem)


def _stretch(stream: _Stream, options: ReadOptions, headers: Headers | None, why: str, certain: int) -> WarcRecord:
    """What is no record, from here to the next beginning of one behind the first ``certain`` bytes."""
    offset, gathered = stream.offset, Gathered(0, options.reject_raw_bytes)
    gathered.add(stream.take(certain))
    broken = _gather_stretch(stream, gathered)
    raw = gathered.take_raw()
    why = why or f"{raw.size} bytes that are no WARC record"
    return WarcRecord(offset, headers, b"", 0, raw, _problem(broken, why))


def _problem(broken: BrokenStream | None, why: str) -> Rejection:
    return Rejection(broken.reason, f"{broken.detail}; {why}") if broken else Rejection("bad-warc", why)


def _gather_stretch(stream: _Stream, gathered: Gathered) -> BrokenStream | None:
    """Takes all up to the next beginning of a record; gives what broke the stream, where it ends before."""
    while True:
        found = _START.search(stream.data, stream.at)
        if found:
            gathered.add(stream.take(found.start() - stream.at))
            return None
        gathered.add(stream.take(max(stream.held() - _START_BYTES, 0)))
        if not stream.has(_START_BYTES + 1):
            gathered.add(stream.take(stream.held()))
            return stream.tell()
