"""The gzip members of a WARC file, and where reading may enter it.

By the standard each record is a gzip member of its own, so a file can be cut before any of them.  To find them all is
to decompress the file.  To find them fast, one looks for gzip's magic bytes and decompresses what begins ``WARC/``;
that must not find the members of a WARC file that is itself the body of a record, as anybody can have a crawler fetch
one.  Deflate leaves bytes as they are only in stored blocks (RFC 1951, 3.2.4), whose length stands before them twice,
so a start that no such length before it can reach is the file's own.  One in eight is left in doubt by chance; the
file is cut at others.

Reading holds to the same: data that is still going on at a start that is not in doubt is broken, and ends there.  So
where a file is cut changes nothing that is read, broken data included.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterator

import numpy as np

from transforms.read.inflate import GZIP, InflateError, new_inflater
from transforms.read.model import Gathered, InputFile
from transforms.read.streams import CHUNK, BrokenStream, Inflate, OpenFile, stored_chunks, unreadable

_MAGIC = b"\x1f\x8b\x08"
_RECORD = b"WARC/"
# stored bytes in which a member shows what it begins with
_PROBE = 512
# from the length of a stored block to its last byte
_STORED_REACH = 4 + 0xFFFF
# stored bytes that are fed at a time
_PIECE = 1 << 16
# of data, that a member gives in one piece
_WHOLE = 1 << 20


def read_stored(file: InputFile, open_file: OpenFile, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The stored bytes of a file from ``start`` to ``end``, or to where it ended when the run was planned.

    Raises:
        BrokenStream, ConnectionError, TimeoutError: as ``transforms.read.streams.read_chunks``.
    """
    try:
        with open_file(file.url) as stored:
            yield from stored_chunks(stored, start, (None if file.size < 0 else file.size) if end is None else end)
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise unreadable(error) from error


class Members:
    """Stored bytes as they come in, with the starts of members that begin a WARC record among them.

    Args:
        chunks: the stored bytes from ``start`` on.
        start: offset of the first of them; the file's beginning, or a start that is not in doubt.
        number: of starts in the file before that.

    Attributes:
        position: offset up to which bytes were taken.
        number: how many starts stand before ``position``.
        broken: what ended the stored bytes before their end, if anything did, until it is told.
    """

    def __init__(self, chunks: Iterator[bytes], start: int = 0, number: int = 0):
        self.position, self.number = start, number
        self.broken: BrokenStream | None = None
        self._chunks, self._ended = chunks, False
        self._data, self._base = b"", start
        self._seen = start  # all before it was looked through for starts
        self._starts: deque[int] = deque()  # those from position on

    def unread(self) -> bytes:
        """Some of the bytes from ``position`` on, at most up to the next start; none at the end."""
        # the first bytes of a member have to be seen together
        while self.position + len(_MAGIC) > self._seen and self._refill():
            pass
        if self.position >= self._seen:
            return b""
        starts = self._starts
        stop = min(self._seen, self.position + _PIECE)
        if starts:
            following = starts[0] if starts[0] > self.position else starts[1] if len(starts) > 1 else stop
            stop = min(stop, following)
        return self._data[self.position - self._base : stop - self._base]

    def tell(self) -> BrokenStream | None:
        """What ended the stored bytes before their end, where all others are taken.  It is told once."""
        if not self.broken or self.unread():
            return None
        error, self.broken = self.broken, None
        return error

    def take(self, count: int) -> None:
        """Moves ``position`` on."""
        self.position += count
        starts = self._starts
        while starts and starts[0] < self.position:
            starts.popleft()
            self.number += 1

    def whole_member(self) -> bytes:
        """The data of the member here, if it is small, begins a record, and ends where the next may begin.

        So are nearly all of them; none, and nothing taken, for those that have to be looked at. It has no magic
        bytes but its first, so that no other start is in it, and its data tells what a probe would.
        """
        held = self._to_magic()
        inflater = new_inflater()
        try:
            data = inflater.decompress(held, _WHOLE)
        except InflateError:
            return b""
        if not data.startswith(_RECORD) or not inflater.eof or inflater.unused_data:
            return b""
        if held[3] and not _begins_record(held[:_PROBE]):  # a name or a comment may be longer
            return b""
        self.position += len(held)
        self.number += 1
        if self._seen < self.position:
            self._seen = self.position
        while self._starts and self._starts[0] < self.position:
            self._starts.popleft()
        return data

    def _to_magic(self) -> bytes:
        """The bytes up to the next magic bytes, or to the end; none where these are too far."""
        at = self.position - self._base
        while (end := self._data.find(_MAGIC, at + 1, at + _PIECE)) < 0 and not self._ended:
            if len(self._data) - at > _PIECE:
                return b""
            self._receive()
            at = self.position - self._base
        return self._data[at : end if end >= 0 else at + _PIECE]

    def at_start(self) -> bool:
        """Whether a member that begins a record begins here."""
        return bool(self.unread()) and bool(self._starts) and self._starts[0] == self.position

    def in_doubt(self, since: int) -> bool:
        """Whether the start here may be bytes in a stored block that began behind ``since``."""
        at = self.position - self._base
        before = np.frombuffer(self._data, np.uint8)[max(at - _STORED_REACH - 1, since - self._base, 0) : at]
        if len(before) < 5:
            return False
        # a stored block begins with two zero bits and the rest of their byte, its length, and that inverted
        low, high, low_inverted, high_inverted = (before[n : len(before) - 4 + n] for n in range(1, 5))
        header = (low ^ low_inverted == 255) & (high ^ high_inverted == 255) & (before[:-4] < 64)
        places = np.flatnonzero(header)
        ends = places + 5 + low[places] + high[places].astype(np.int64) * 256
        return bool((ends > len(before)).any())

    def skip_padding(self) -> None:
        """Zeros behind a member are padding, as for gzip(1)."""
        while (held := self.unread()) and not held.strip(b"\0"):
            self.take(len(held))
        self.take(len(held) - len(held.lstrip(b"\0")))

    def skip_to_start(self, since: int) -> Iterator[bytes]:
        """The bytes up to the next start that is not in doubt, or to the end."""
        while held := self.unread():
            yield held
            self.take(len(held))
            if self.at_start() and not self.in_doubt(since):
                return

    def starts(self) -> Iterator[int]:
        """Moves from start to start."""
        while True:
            while not self._starts:
                self.position = self._seen
                if not self._refill():
                    return
            self.position = self._starts[0]
            yield self.position
            self.take(1)

    def _refill(self) -> bool:
        """Looks on for starts, in some of what is held, else in what comes next."""
        if self._seen >= self._unlooked():
            if self._ended:
                return False
            self._receive()
        end = max(min(self._seen + _PIECE, self._unlooked()), self._seen)
        data, last = self._data, end - self._base + len(_MAGIC) - 1
        at = data.find(_MAGIC, self._seen - self._base, last)
        while at >= 0:
            if _begins_record(data[at : at + _PROBE]):
                self._starts.append(self._base + at)
            at = data.find(_MAGIC, at + 1, last)
        self._seen = end
        return True

    def _unlooked(self) -> int:
        """Where the bytes end that can be looked through, as what a member begins with is there."""
        return self._base + len(self._data) - (0 if self._ended else _PROBE)

    def _receive(self) -> None:
        kept = max(min(self.position, self._seen) - _STORED_REACH - 1 - self._base, 0)
        try:
            chunk = next(self._chunks, b"")
        except BrokenStream as error:
            self.broken, chunk = error, b""
        self._ended = not chunk
        self._data, self._base = self._data[kept:] + chunk, self._base + kept


def _begins_record(stored: bytes) -> bool:
    try:
        return zlib.decompressobj(GZIP).decompress(stored, len(_RECORD)) == _RECORD
    except zlib.error:
        return False


def cut_members(members: Members, slice_bytes: int) -> Iterator[tuple[int, int]]:
    """Offset and number of starts that are not in doubt, each the first at ``slice_bytes`` or more behind another."""
    last = members.position
    for start in members.starts():
        if start - last >= slice_bytes and not members.in_doubt(0):
            last = start
            yield start, members.number


Reopen = Callable[[int, int], Iterator[bytes]]


def segment_data(members: Members, reopen: Reopen, keep: int, first: bytes = b"") -> Iterator[bytes]:
    """The data of the member here, and of those behind it as far as its last record goes on in them.

    Args:
        reopen: gives the stored bytes from one offset to another, anew.
        keep: how much of what is no gzip data goes into the error.
        first: the data of the first member, where that was taken.

    Yields:
        data, and an empty chunk behind each member.  What is not asked for is left to the next segment.

    Raises:
        BrokenStream: where it breaks off.
    """
    if not first and not (held := members.unread()).startswith(_MAGIC):
        raise (None if held else members.tell()) or _no_gzip(members, keep)
    while True:
        if first:
            yield first
        else:
            yield from _member_data(members, reopen)
        first = b""
        yield b""
        members.skip_padding()
        if members.at_start() or not members.unread().startswith(_MAGIC):
            return


def _no_gzip(members: Members, keep: int) -> BrokenStream:
    start, garbage = members.position, Gathered(limit=0, keep=keep)
    for held in members.skip_to_start(start):
        garbage.add(held)
    raw = garbage.take_raw()
    detail = f"{raw.size} stored bytes from byte {start} on are no gzip data"
    if error := members.tell():
        return BrokenStream(error.reason, f"{error.detail}; {detail}", raw)
    return BrokenStream("bad-compression", detail, raw)


def _member_data(members: Members, reopen: Reopen) -> Iterator[bytes]:
    start, given = members.position, 0
    inflater = new_inflater()
    try:
        while held := members.unread():
            if members.position > start and members.at_start() and not members.in_doubt(start):
                break
            data = inflater.decompress(held, CHUNK)
            members.take(len(held) - len(inflater.unused_data if inflater.eof else inflater.unconsumed_tail))
            if data:
                given += len(data)
                yield data
            if inflater.eof:
                return
    except InflateError:
        for _ in members.skip_to_start(start):
            pass
    broken = yield from _readable(reopen(start, members.position), given)
    if error := members.tell():
        raise error
    why = "is broken" if broken else "is cut short"
    detail = f"the gzip data from byte {start} to {members.position} of the file {why}"
    raise BrokenStream("bad-compression", detail)


def _readable(stored: Iterator[bytes], given: int) -> Generator[bytes, None, bool]:
    """What can be had of a broken member, up to the very byte, without the first ``given`` bytes of it.

    Returns:
        False if all of it can be read, but the member goes on.
    """
    inflater = Inflate()

    def data() -> Iterator[bytes]:
        for held in stored:
            yield from inflater.feed(held)
        yield inflater.flush()

    try:
        for piece in data():
            if new := piece[given:]:
                yield new
            given = max(given - len(piece), 0)
    except BrokenStream:
        return True
    return inflater.eof
