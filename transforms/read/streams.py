"""A file's bytes in pieces of bounded size, decompressed."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from transforms.model import Rejection
from transforms.read.model import Gathered, InputFile, Raw

OpenFile = Callable[[str], BinaryIO]

# read and decompressed at a time; more is slower, as it does not stay in a core's cache
CHUNK = 1 << 18
# of a file, for what is told from its first bytes
HEAD = 4096

GZIP_MAGIC = b"\x1f\x8b"

_GZIP = 31  # zlib's window bits for data with a gzip header
_NO_FILE_ERRORS = (errno.EISDIR, errno.ENXIO, errno.ENODEV)


class BrokenStream(Rejection):
    """A file that cannot be read to its end.

    Attributes:
        behind: bytes that stand behind data which is itself complete; None where the data is broken or cut short.
    """

    def __init__(self, reason: str, detail: str, behind: Raw | None = None):
        super().__init__(reason, detail)
        self.behind = behind


def read_chunks(
    file: InputFile, open_file: OpenFile, keep: int, start: int = 0, end: int | None = None
) -> Iterator[bytes]:
    """The bytes of a file from ``start`` to ``end``, decompressed, in pieces of at most ``CHUNK`` bytes.

    A file that begins with gzip's magic bytes is decompressed, whatever its name; ``start`` and ``end``
    make sense for others only.  ``keep`` is how much of garbage behind the data goes into the error.

    Raises:
        BrokenStream: after all that could be read, with ``not-a-file``, ``unreadable`` or ``bad-compression``.
        ConnectionError, TimeoutError: as they come. They say nothing of the file, so no reject may be made
            of them: the work unit fails, and is run again.
    """
    try:
        with open_file(file.url) as stored:
            head, pieces = peek(_stored_chunks(stored, start, end), len(GZIP_MAGIC))
            compressed = start == 0 and head.startswith(GZIP_MAGIC)
            yield from _inflate(pieces, keep) if compressed else pieces
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        reason = "not-a-file" if error.errno in _NO_FILE_ERRORS else "unreadable"
        raise BrokenStream(reason, f"{type(error).__name__}: {error.strerror or error}") from error


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes of a stream, or all there are, and the stream with nothing missing.

    What breaks the stream is raised by the iterator, in its place.
    """
    held, broken = b"", None
    try:
        while len(held) < size and (chunk := next(chunks, b"")):
            held += chunk
    except BrokenStream as error:
        broken = error
    return held[:size], _resume(held, broken, chunks)


def _resume(held: bytes, broken: BrokenStream | None, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if held:
        yield held
    if broken:
        raise broken
    yield from chunks


def _stored_chunks(stored: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    position = 0
    if start and stored.seekable():
        position = stored.seek(start)
    while end is None or position < end:
        # a filesystem that cannot seek is read up to the start
        want = CHUNK if position >= start else min(CHUNK, start - position)
        chunk = stored.read(want if end is None else min(want, end - position))
        if not chunk:
            break
        if position >= start:
            yield chunk
        position += len(chunk)
    if end is not None and position < end:
        raise BrokenStream("unreadable", f"the file ends at byte {position}; it was longer when the run was planned")


def _inflate(stored: Iterator[bytes], keep: int) -> Iterator[bytes]:
    """The data of all members of a gzip file, in pieces of at most ``CHUNK`` bytes whatever the ratio.

    As with gzip(1), zeros behind a member are padding, and other bytes there are left out with a warning:
    here a BrokenStream with those bytes.
    """
    inflater = zlib.decompressobj(_GZIP)
    for held in stored:
        while held:
            if inflater.eof:
                held = held.lstrip(b"\0")
                if not held:
                    break
                if held[0] != GZIP_MAGIC[0]:
                    raise _trailing_garbage(held, stored, keep)
                inflater = zlib.decompressobj(_GZIP)
            before = inflater.copy()
            try:
                data = inflater.decompress(held, CHUNK)
            except zlib.error as error:
                if data := _up_to_error(before, held):
                    yield data
                raise BrokenStream("bad-compression", str(error).rpartition(": ")[2]) from error
            if data:
                yield data
            held = inflater.unconsumed_tail or inflater.unused_data
    if not inflater.eof:
        if data := inflater.flush():
            yield data
        raise BrokenStream("bad-compression", "the gzip data is cut short")


def _up_to_error(inflater: zlib._Decompress, held: bytes) -> bytes:
    """What stands before a broken place: zlib gives nothing of a call that fails, so it gets single bytes."""
    good = []
    for at in range(len(held)):
        try:
            good.append(inflater.decompress(held[at : at + 1]))
        except zlib.error:
            break
    return b"".join(good)


def _trailing_garbage(held: bytes, stored: Iterator[bytes], keep: int) -> BrokenStream:
    garbage = Gathered(limit=0, keep=keep)
    garbage.add(held)
    for piece in stored:
        garbage.add(piece)
    raw = garbage.take_raw()
    return BrokenStream("bad-compression", f"{raw.size} bytes of garbage behind the gzip data were left out", raw)
