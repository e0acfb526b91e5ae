"""The members of a zip archive: its directory read in passing, so that a million members take no memory.

The zipfile module holds the whole directory, and gives nothing of a member that breaks off.  The format is that
of PKWARE's APPNOTE.TXT 6.3.10, whose sections the comments name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from transforms.read.model import InputFile, ReadOptions, Slice
from transforms.read.streams import (
    CHUNK,
    BrokenStream,
    Inflate,
    OpenFile,
    Zstd,
    check_ratio,
    new_bzip2,
    new_xz,
    stored_chunks,
    unreadable,
)

# 4.3.7, 4.3.12, 4.3.16, 4.3.14 and 4.3.15, 4.3.9: behind their signatures
_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_LOCAL_MARK, _ENTRY_MARK, _END_MARK = b"PK\3\4", b"PK\1\2", b"PK\5\6"
_END64_MARK, _LOCATOR64_MARK, _DATA_MARK = b"PK\6\6", b"PK\6\7", b"PK\7\x08"
_MAX_COMMENT = 0xFFFF

_ENCRYPTED, _SIZES_BEHIND, _UTF_8 = 1 | 1 << 6 | 1 << 13, 1 << 3, 1 << 11
_UNIX, _FILE_TYPE, _SYMLINK = 3, 0o170000, 0o120000

# read with a member's header, so that most members are had by one read
_NAME_AND_EXTRA = 256
# A member costs about as much as this many stored bytes; a slice has no more members than this.
_MEMBER_COST = 4096
_SLICE_MEMBERS = 1000


class NoDirectory(Exception):
    """The archive's end is missing, or says nothing that can be; its members may be there."""


class Entry(NamedTuple):
    """What the directory (or, without it, the member's own header) says of a member.

    Attributes:
        at: where the entry stands in the file.
        name: as it is there.
        method: of compression.
        encrypted, is_link: what it is.
        crc: CRC-32 of the data.
        stored, size: bytes of the data, compressed and not; size is -1 where a cut archive does not tell.
        header: where the member's own header stands.
    """

    at: int
    name: str
    method: int
    encrypted: bool
    is_link: bool
    crc: int
    stored: int
    size: int
    header: int

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


@contextmanager
def opened(file: InputFile, open_file: OpenFile) -> Iterator[BinaryIO]:
    """The archive, open.

    Raises:
        BrokenStream: ``unreadable`` or ``not-a-file``.
    """
    try:
        with open_file(file.url) as stored:
            if not stored.seekable():
                raise BrokenStream("unreadable", "a zip archive on a filesystem that cannot seek")
            yield stored
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise unreadable(error) from error


def cut_zip(file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """Slices of the archive's directory, each of members of about ``slice_bytes``; one of a broken archive.

    ``start`` and ``end`` are offsets of entries in the directory, so that reading a slice reads no other entries.
    """
    starts: list[tuple[int, int]] = []
    held = members = 0
    try:
        with opened(file, open_file) as stored:
            for number, entry in enumerate(read_entries(stored, file.size, 0, None, options.max_archive_bytes)):
                if not starts or held >= slice_bytes or members >= _SLICE_MEMBERS:
                    starts.append((entry.at, number))
                    held = members = 0
                held += entry.stored + _MEMBER_COST
                members += 1
    except (BrokenStream, NoDirectory):
        starts = []
    if len(starts) < 2:
        return [Slice(file, format, "")]
    ends = [*(at for at, _ in starts[1:]), None]
    return [Slice(file, format, "", at, end, first) for (at, first), end in zip(starts, ends, strict=True)]


def read_entries(stored: BinaryIO, size: int, start: int, end: int | None, max_bytes: int) -> Iterator[Entry]:
    """The entries of the directory from ``start`` to ``end``; of all of it where these are 0 and None.

    All of it is looked through before the first is given.

    Raises:
        NoDirectory: there is none, or it is broken.
        BrokenStream: ``archive/bomb``, where the members hold more than ``max_bytes``, or overlap.
    """
    first, behind, shift = _find_directory(stored, size)
    if start == 0 and end is None:
        total = packed = 0
        for entry in _entries(stored, first, behind, shift):
            total, packed = total + max(entry.size, 0), packed + entry.stored
            if total > max_bytes:
                raise too_much(total, max_bytes)
            if packed > size:
                raise BrokenStream("archive/bomb", f"members overlap: they hold more than the archive's {size} bytes")
    yield from _entries(stored, start or first, behind if end is None else end, shift)


def too_much(total: int, allowed: int) -> BrokenStream:
    return BrokenStream(
        "archive/bomb", f"the members hold {total} bytes and more; allowed: {allowed} (max_archive_bytes)"
    )


def _find_directory(stored: BinaryIO, size: int) -> tuple[int, int, int]:
    """Where the directory begins and ends, and how many bytes stand before the archive in the file."""
    tail_at = max(0, size - _MAX_COMMENT - _END.size)
    tail = _read_at(stored, tail_at, size - tail_at)
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise NoDirectory("the zip archive has no directory at its end: it is cut short")
    *_, length, offset, _ = _END.unpack_from(tail, at)
    end = tail_at + at
    locator = _read_at(stored, end - _LOCATOR64.size, _LOCATOR64.size)
    if locator[:4] == _LOCATOR64_MARK:
        end -= _LOCATOR64.size + _END64.size
        record = _read_at(stored, end, _END64.size)
        if record[:4] != _END64_MARK or len(record) < _END64.size:
            raise NoDirectory("the end of the zip archive's directory is broken")
        *_, length, offset = _END64.unpack(record)
    first = end - length
    if first < 0 or first < offset:
        raise NoDirectory("the zip archive's directory does not stand where its end says")
    return first, end, first - offset


def _read_at(stored: BinaryIO, at: int, size: int) -> bytes:
    if at < 0:
        return b""
    stored.seek(at)
    return stored.read(size)


def _entries(stored: BinaryIO, start: int, end: int, shift: int) -> Iterator[Entry]:
    buffer, at, read = b"", 0, start
    while read - len(buffer) + at < end:
        entry = _parse_entry(buffer, at, read - len(buffer) + at, shift)
        if entry is None:  # not all of it is there
            more = _read_at(stored, read, min(CHUNK, end - read))
            if not more:
                raise NoDirectory("the zip archive's directory breaks off")
            buffer, at, read = buffer[at:] + more, 0, read + len(more)
            continue
        found, at = entry
        yield found


def _parse_entry(buffer: bytes, at: int, place: int, shift: int) -> tuple[Entry, int] | None:
    if len(buffer) - at < _ENTRY.size:
        return None
    mark, made, _, flags, method, _, _, crc, stored, size, *lengths, _, _, attributes, header = _ENTRY.unpack_from(
        buffer, at
    )
    if mark != _ENTRY_MARK:
        raise NoDirectory("the zip archive's directory is broken")
    name_at, name_bytes, extra_bytes = at + _ENTRY.size, lengths[0], lengths[1]
    end = name_at + sum(lengths)
    if end > len(buffer):
        return None
    extra_at = name_at + name_bytes
    size, stored, header = _zip64(buffer[extra_at : extra_at + extra_bytes], size, stored, header)
    is_link = made >> 8 == _UNIX and attributes >> 16 & _FILE_TYPE == _SYMLINK
    name = _name(buffer[name_at:extra_at], flags)
    return Entry(place, name, method, bool(flags & _ENCRYPTED), is_link, crc, stored, size, header + shift), end


def _zip64(extra: bytes, *values: int) -> list[int]:
    """4.5.3: for each value that is all ones the next of eight bytes in the extra field."""
    found = list(values)
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra[4 : 4 + length].ljust(length, b"\0")))
            return [next(wide, value) if value == 0xFFFFFFFF else value for value in found]
        extra = extra[4 + length :]
    return found


def _name(raw: bytes, flags: int) -> str:
    """UTF-8 as many write it without saying so, else as the format has it: code page 437."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF_8 else raw.decode("cp437")


def read_data(stored: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The stored bytes of a member.

    Raises:
        BrokenStream: ``bad-compression``, where the archive does not have them all.
    """
    begin = _read_at(stored, entry.header, min(_LOCAL.size + _NAME_AND_EXTRA + entry.stored, CHUNK))
    if begin[:4] != _LOCAL_MARK or len(begin) < _LOCAL.size:
        raise BrokenStream("bad-compression", f"no member begins at byte {entry.header}, where the directory says")
    data_at = _LOCAL.size + sum(_LOCAL.unpack_from(begin)[-2:])
    at, end = entry.header + data_at, entry.header + data_at + entry.stored
    if piece := begin[data_at : data_at + entry.stored]:
        at += len(piece)
        yield piece
    while at < end:
        piece = _read_at(stored, at, min(CHUNK, end - at))
        if not piece:
            raise BrokenStream("bad-compression", "the zip archive is cut short")
        at += len(piece)
        yield piece


# by 4.4.5
_METHODS: dict[int, Callable[[], Any]] = {8: lambda: Inflate(-15), 12: new_bzip2, 93: Zstd, 95: new_xz}


def checked(data: Iterator[bytes], entry: Entry, max_ratio: int) -> Iterator[bytes]:
    """A member's data, out of its stored bytes.

    Raises:
        BrokenStream: ``bad-compression``, also for another size or checksum than the directory has;
            ``archive/bomb``; ``unknown-format`` for a method that is not read.
    """
    if entry.method and entry.method not in _METHODS:
        raise BrokenStream("unknown-format", f"method {entry.method} of compression in a zip archive")
    crc = given = 0
    for piece in _unpacked(data, entry, max_ratio):
        given += len(piece)
        if 0 <= entry.size < given:
            raise BrokenStream("bad-compression", f"the member holds more than the {entry.size} bytes that it should")
        crc = zlib.crc32(piece, crc)
        yield piece
    if given != entry.size or crc != entry.crc:
        raise BrokenStream("bad-compression", "the member's size or checksum (CRC-32) is not that of the directory")


def _unpacked(data: Iterator[bytes], entry: Entry, max_ratio: int) -> Iterator[bytes]:
    if not entry.method:
        yield from data
        return
    member, taken, given = _METHODS[entry.method](), 0, 0
    for held in data:
        taken += len(held)
        for piece in member.feed(held):
            given += len(piece)
            check_ratio(given, taken, max_ratio)
            yield piece
        if member.eof:
            return
    if piece := member.flush():
        yield piece
    if not member.eof:
        raise BrokenStream("bad-compression", "the member is cut short")


def read_local_entries(stored: BinaryIO, size: int) -> Iterator[Entry]:
    """The members of an archive without a directory, by the headers before each, as far as they go."""
    at = 0
    while len(header := _read_at(stored, at, _LOCAL.size)) == _LOCAL.size and header[:4] == _LOCAL_MARK:
        _, _, flags, method, _, _, crc, packed, length, name_bytes, extra_bytes = _LOCAL.unpack(header)
        name = stored.read(name_bytes)
        length, packed = _zip64(stored.read(extra_bytes), length, packed)
        data_at = at + _LOCAL.size + name_bytes + extra_bytes
        if flags & _SIZES_BEHIND and not packed:
            if method not in _METHODS:
                return
            packed, length, crc = _measure(stored, data_at, size, method)
        if data_at + packed > size:
            length = -1
        yield Entry(at, _name(name, flags), method, bool(flags & _ENCRYPTED), False, crc, packed, length, at)
        at = data_at + packed
        if flags & _SIZES_BEHIND:
            at += _descriptor_bytes(_read_at(stored, at, 28))


def _measure(stored: BinaryIO, at: int, size: int, method: int) -> tuple[int, int, int]:
    """Stored bytes, size (-1 for one that is cut short) and CRC-32 of a member that is written without them."""
    member, length, crc, start = _METHODS[method](), 0, 0, at
    try:
        for piece in stored_chunks(stored, at, size):
            at += len(piece)
            for data in member.feed(piece):
                length, crc = length + len(data), zlib.crc32(data, crc)
            if member.eof:
                return at - len(member.rest) - start, length, crc
    except BrokenStream:
        pass
    return size - start, -1, 0


def _descriptor_bytes(behind: bytes) -> int:
    """4.3.9: with or without a mark, sizes of four or eight bytes."""
    if not behind.startswith(_DATA_MARK):
        return 20 if behind[20:22] == b"PK" else 12
    return 24 if behind[24:26] == b"PK" else 16
