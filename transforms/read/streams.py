"""A file's bytes in pieces of bounded size, decompressed."""

from __future__ import annotations

import bz2
import errno
import itertools
import lzma
import re
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, BinaryIO

import zstandard

from transforms.model import Rejection
from transforms.read.model import Gathered, InputFile, Raw

OpenFile = Callable[[str], BinaryIO]

# read and decompressed at a time; more is slower, as it does not stay in a core's cache
CHUNK = 1 << 18
# of a file, for what is told from its first bytes
HEAD = 4096

# Data that expands more than ReadOptions.max_ratio is a bomb only from this many bytes on: short data may well.
BOMB_BYTES = 64 << 20

# Window (zstd) and dictionary (xz) that a file may ask for: what `zstd -d` allows, and twice what `xz -9` takes.
_WINDOW = 128 << 20

# bzip2 and xz give nothing of a call that fails, so that this much of what stood before may be lost
_STEP = 1 << 13

_GZIP = 31  # zlib's window bits for data with a gzip header
_NO_FILE_ERRORS = (errno.EISDIR, errno.ENXIO, errno.ENODEV)

_SKIPPABLE = b"\x2a\x4d\x18"  # behind the first byte of a zstd frame that holds no data

# The first bytes of each codec; of bzip2 those of a block, too, as text may begin with BZh.
_MAGIC = re.compile(
    rb"(?P<gzip>\x1f\x8b)|(?P<bzip2>BZh[1-9](?:1AY&SY|\x17rE8P\x90))|(?P<xz>\xfd7zXZ\x00)"
    rb"|(?P<zstd>\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)"
)
_MAGIC_BYTES = 10


class BrokenStream(Rejection):
    """A file that cannot be read to its end.

    Attributes:
        behind: bytes that stand behind data which is itself complete; None where the data is broken or cut short.
    """

    def __init__(self, reason: str, detail: str, behind: Raw | None = None):
        super().__init__(reason, detail)
        self.behind = behind


def codec_of(head: bytes) -> str:
    """The codec of a file that begins with ``head``: gzip, bzip2, xz or zstd; empty for none of them."""
    found = _MAGIC.match(head)
    return found.lastgroup or "" if found else ""


def read_chunks(
    file: InputFile,
    open_file: OpenFile,
    keep: int,
    start: int = 0,
    end: int | None = None,
    entry: tuple[int, int] | None = None,
    max_ratio: int = 0,
    members: list[tuple[int, int]] | None = None,
) -> Iterator[bytes]:
    """The bytes of a file from ``start`` to ``end``, decompressed, in pieces of at most ``CHUNK`` bytes.

    No more than ``file.size`` stored bytes are read: what was appended since the plan is left to the next run.

    Args:
        keep: how much of garbage behind the data goes into the error.
        start, end: for a compressed file without ``entry`` the whole of it is read.
        entry: for a part of a file of compressed members: the stored offset of a member that begins at or before
            ``start``, and the offset of its first byte in the decompressed file.
        max_ratio: how many times its stored size a file may expand to, from ``BOMB_BYTES`` on; 0: any.
        members: gets the offset of each compressed member, stored and decompressed, before its first bytes come.

    Raises:
        BrokenStream: after all that could be read, with ``not-a-file``, ``unreadable``, ``bad-compression`` or
            ``archive/bomb``.
        ConnectionError, TimeoutError: as they come. They say nothing of the file, so no reject may be made
            of them: the work unit fails, and is run again.
    """
    try:
        with open_file(file.url) as stored:
            size = None if file.size < 0 else file.size
            if entry is not None:
                pieces = stored_chunks(stored, entry[0], size)
                # max_ratio is for the file, and the plan, which looked through all of it, saw that it holds
                inflated = decompress(pieces, keep, 0, members)
                yield from _part(inflated, start - entry[1], None if end is None else end - entry[1])
                return
            pieces = stored_chunks(stored, start, size if end is None else end)
            yield from pieces if start else decompress(pieces, keep, max_ratio, members)
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise unreadable(error) from error


def unreadable(error: OSError) -> BrokenStream:
    reason = "not-a-file" if error.errno in _NO_FILE_ERRORS else "unreadable"
    return BrokenStream(reason, f"{type(error).__name__}: {error.strerror or error}")


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes of a stream, or all there are, and the stream with nothing missing.

    What breaks the stream is raised by the iterator, in its place.
    """
    held = b""
    try:
        while len(held) < size and (chunk := next(chunks, b"")):
            held += chunk
    except BrokenStream as error:
        return held[:size], itertools.chain((held,) if held else (), _broken(error))
    return held[:size], itertools.chain((held,), chunks) if held else chunks


def _broken(error: BrokenStream) -> Iterator[bytes]:
    raise error
    yield b""


def stored_chunks(stored: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    """The bytes of an open file from ``start`` to ``end``; None: as far as it goes.

    Raises:
        BrokenStream: ``unreadable``, where it ends before ``end``.
    """
    position = 0
    if start and stored.seekable():
        position = stored.seek(start)
    while end is None or position < end:
        # a filesystem that cannot seek is read up to the start
        left = start - position if position < start else CHUNK if end is None else end - position
        chunk = stored.read(min(CHUNK, left))
        if not chunk:
            if end is None:
                return
            raise BrokenStream(
                "unreadable", f"the file ends at byte {position}; it was longer when the run was planned"
            )
        if position >= start:
            yield chunk
        position += len(chunk)


def decompress(
    stored: Iterator[bytes], keep: int, max_ratio: int = 0, members: list[tuple[int, int]] | None = None
) -> Iterator[bytes]:
    """The data of a stored stream: as it is, or of all its compressed members, as its first bytes say.

    Arguments and errors are those of :func:`read_chunks`.
    """
    head, stored = peek(stored, _MAGIC_BYTES)
    codec = codec_of(head)
    if not codec:
        return stored
    taken = [0]
    data = _decode(_counted(stored, taken), codec, keep, [] if members is None else members)
    return _within_ratio(data, taken, max_ratio) if max_ratio else data


def _counted(stored: Iterator[bytes], taken: list[int]) -> Iterator[bytes]:
    for piece in stored:
        taken[0] += len(piece)
        yield piece


def _within_ratio(data: Iterator[bytes], taken: list[int], max_ratio: int) -> Iterator[bytes]:
    given = 0
    for piece in data:
        given += len(piece)
        check_ratio(given, taken[0], max_ratio)
        yield piece


def check_ratio(given: int, taken: int, max_ratio: int) -> None:
    """Refuses data that expands more than news does.

    Raises:
        BrokenStream: ``archive/bomb``.
    """
    if given > BOMB_BYTES and given > max_ratio * taken:
        raise BrokenStream(
            "archive/bomb", f"{taken} stored bytes expand to {given} and more; allowed: {max_ratio} times (max_ratio)"
        )


def _part(chunks: Iterator[bytes], start: int, end: int | None) -> Iterator[bytes]:
    position = 0
    for chunk in chunks:
        wanted = chunk[max(start - position, 0) : None if end is None else max(end - position, 0)]
        position += len(chunk)
        if wanted:
            yield wanted
        if end is not None and position >= end:
            return
    if end is not None:
        raise BrokenStream("unreadable", "the file has less data than when the run was planned")


def _decode(stored: Iterator[bytes], codec: str, keep: int, members: list[tuple[int, int]]) -> Iterator[bytes]:
    """The data of all members of a file, in pieces of at most ``CHUNK`` bytes whatever the ratio.

    As with gzip(1), zeros behind a member are padding, and other bytes there are left out with a warning:
    here a BrokenStream with those bytes.
    """
    new_member, first_bytes = _CODECS[codec]
    member, taken, given = None, 0, 0
    window = CHUNK
    for held in stored:
        taken += len(held)
        while held:
            if member is None or member.eof:
                if member is not None:
                    held = held.lstrip(b"\0")
                    if not held:
                        break
                    if held[0] not in first_bytes:
                        raise _trailing_garbage(codec, held, stored, keep)
                members.append((taken - len(held), given))
                member = new_member()
            # What a member leaves is copied, so that a file of small ones is fed to them in small pieces.
            fed, held = held[:window], held[window:]
            for data in member.feed(fed):
                given += len(data)
                yield data
            window = max(2 * (len(fed) - len(member.rest)), _STEP) if member.eof else min(2 * window, CHUNK)
            held = member.rest + held if held else member.rest
    if member is not None and not member.eof:
        if data := member.flush():
            given += len(data)
            yield data
        behind = "" if given else f"; its first {taken} bytes give nothing"
        raise BrokenStream("bad-compression", f"the {codec} data is cut short{behind}")


def _trailing_garbage(codec: str, held: bytes, stored: Iterator[bytes], keep: int) -> BrokenStream:
    garbage = Gathered(limit=0, keep=keep)
    garbage.add(held)
    for piece in stored:
        garbage.add(piece)
    raw = garbage.take_raw()
    return BrokenStream("bad-compression", f"{raw.size} bytes of garbage behind the {codec} data were left out", raw)


class Inflate:
    """A member of a gzip file, or with ``bits`` of -15 the bare data of a zip archive's member.

    Like the others below: ``feed`` takes stored bytes and gives data, ``eof`` says that the member is complete,
    ``rest`` what stood behind it, and ``flush`` gives what is left of one that is cut short.
    """

    def __init__(self, bits: int = _GZIP):
        self._bits, self._begun = bits, False
        self._inflater = zlib.decompressobj(bits)
        self.eof, self.rest = False, b""

    def feed(self, held: bytes) -> Iterator[bytes]:
        while held and not self.eof:
            before = self._inflater.copy() if self._begun else None  # it takes longer than a short member
            self._begun = True
            try:
                data = self._inflater.decompress(held, CHUNK)
            except zlib.error as error:
                if data := _up_to_error(before or zlib.decompressobj(self._bits), held):
                    yield data
                raise BrokenStream("bad-compression", str(error).rpartition(": ")[2]) from error
            held, self.eof, self.rest = self._inflater.unconsumed_tail, self._inflater.eof, self._inflater.unused_data
            if data:
                yield data

    def flush(self) -> bytes:
        return self._inflater.flush()


def _up_to_error(inflater: zlib._Decompress, held: bytes) -> bytes:
    """What stands before a broken place: zlib gives nothing of a call that fails, so it gets single bytes."""
    good = []
    for at in range(len(held)):
        try:
            good.append(inflater.decompress(held[at : at + 1]))
        except zlib.error:
            break
    return b"".join(good)


class Stepwise:
    """A stream of bzip2 or xz, as ``decoder`` reads it."""

    def __init__(self, decoder: Any):
        self._decoder = decoder
        self.eof, self.rest = False, b""

    def feed(self, held: bytes) -> Iterator[bytes]:
        parts: list[bytes] = []
        while True:
            try:
                parts.append(self._decoder.decompress(held, _STEP))
            except (OSError, ValueError, lzma.LZMAError) as error:
                if data := b"".join(parts):
                    yield data
                raise BrokenStream("bad-compression", str(error)[:1].lower() + str(error)[1:]) from error
            held, self.eof = b"", self._decoder.eof
            done = self.eof or self._decoder.needs_input
            if (done or len(parts) >= CHUNK // _STEP) and (data := b"".join(parts)):
                yield data
                parts = []
            if done:
                self.rest = self._decoder.unused_data
                return

    def flush(self) -> bytes:
        return b""


class Zstd:
    """A frame of zstd, or a skippable one (RFC 8878).

    It is fed part by part (header, blocks, checksum), as the library has no call that bounds what it gives, and does
    not say that a frame is cut short.  A block holds at most 128 KiB, and often no more than 8; then several are given
    as one, as each piece costs its readers some time.
    """

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self._skippable = False
        self._parts = self._part_sizes()
        self._wanted, self._held = next(self._parts), b""
        self.eof, self.rest = False, b""

    def feed(self, held: bytes) -> Iterator[bytes]:
        held, at = self._held + held, 0
        parts: list[bytes] = []
        size = 0
        while not self.eof and at + self._wanted <= len(held):
            part = held[at : at + self._wanted]
            at += self._wanted
            try:
                self._wanted = self._parts.send(part)
            except StopIteration:
                self.eof = True
            try:
                data = b"" if self._skippable or self._frame.eof else self._frame.decompress(part)
            except zstandard.ZstdError as error:
                if parts:
                    yield b"".join(parts)
                raise BrokenStream("bad-compression", str(error).removeprefix("zstd decompress error: ")) from error
            if data:
                parts.append(data)
                size += len(data)
            if size >= CHUNK // 2:
                yield b"".join(parts)
                parts, size = [], 0
        if parts:
            yield b"".join(parts)
        self._held, self.rest = (b"", held[at:]) if self.eof else (held[at:], b"")

    def _part_sizes(self) -> Generator[int, bytes, None]:
        """How many bytes come next; takes them to tell how many follow."""
        head = yield 5
        self._skippable = head[1:4] == _SKIPPABLE
        if self._skippable:
            left = int.from_bytes(head[4:] + (yield 3), "little")
            while left:
                left -= len((yield min(left, _STEP)))
            return
        flags = head[4]
        single = flags >> 5 & 1
        yield 1 - single + (0, 1, 2, 4)[flags & 3] + (single, 2, 4, 8)[flags >> 6]
        last = False
        while not last:
            block = int.from_bytes((yield 3), "little")
            last, repeated = bool(block & 1), block >> 1 & 3 == 1
            yield 1 if repeated else block >> 3
        if flags & 4:
            yield 4

    def flush(self) -> bytes:
        return b""


def new_bzip2() -> Stepwise:
    return Stepwise(bz2.BZ2Decompressor())


def new_xz() -> Stepwise:
    return Stepwise(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * _WINDOW))


# what reads a member, and the first bytes that a further one may have
_CODECS: dict[str, tuple[Callable[[], Any], bytes]] = {
    "gzip": (Inflate, b"\x1f"),
    "bzip2": (new_bzip2, b"B"),
    "xz": (new_xz, b"\xfd"),
    "zstd": (Zstd, b"\x28" + bytes(range(0x50, 0x60))),
}
