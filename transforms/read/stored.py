"""A file's bytes as the libraries that read binary tables want them: a file that seeks, or one that only reads on."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from transforms.read.model import InputFile
from transforms.read.streams import HEAD, BrokenStream, OpenFile, codec_of, read_chunks


@contextmanager
def opened_seekable(file: InputFile, open_file: OpenFile, max_ratio: int) -> Iterator[BinaryIO]:
    """A file that seeks, at its beginning: as it is stored, where that can be; else unpacked to a temporary file.

    What is compressed as a whole, or a member of an archive, cannot seek as it is stored.

    Raises:
        BrokenStream, ConnectionError, TimeoutError: as ``read_chunks`` does.
        OSError: as ``open_file`` does.
        RuntimeError: there is no room for the temporary file.
    """
    with open_file(file.url) as stored:
        if stored.seekable():
            packed = codec_of(stored.read(HEAD))
            stored.seek(0)
            if not packed:
                yield planned(stored, file)
                return
        with tempfile.TemporaryFile() as unpacked:
            for chunk in read_chunks(file, open_file, 0, max_ratio=max_ratio):
                try:
                    unpacked.write(chunk)
                except OSError as error:  # says nothing of the file
                    raise RuntimeError(f"no room to unpack {file.path}: {error.strerror}") from error
            unpacked.seek(0)
            yield unpacked  # type: ignore[misc]


def planned(stored: BinaryIO, file: InputFile) -> BinaryIO:
    """A file that seeks as it was when the run was planned: what was appended since is not there."""
    return stored if file.size < 0 else cast(BinaryIO, _PlannedFile(stored, file.size))


class _PlannedFile(io.RawIOBase):
    """The first ``size`` bytes of a file.

    Raises:
        BrokenStream: ``unreadable``, when it has fewer.
    """

    def __init__(self, stored: BinaryIO, size: int):
        self._stored, self._size = stored, size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stored.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            offset, whence = self._size + offset, io.SEEK_SET
        return self._stored.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        left = max(self._size - self._stored.tell(), 0)
        wanted = left if size < 0 else min(size, left)
        data = self._stored.read(wanted)
        while len(data) < wanted:
            piece = self._stored.read(wanted - len(data))
            if not piece:
                end = self._stored.seek(0, io.SEEK_END)
                raise BrokenStream("unreadable", f"the file ends at byte {end}; it was longer when the run was planned")
            data += piece
        return data


class ChunkFile(io.RawIOBase):
    """Chunks of bytes as a file that only reads on."""

    def __init__(self, chunks: Iterator[bytes]):
        self._chunks, self._held = chunks, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts: list[bytes] = []
        while size != 0 and (piece := self._held or next(self._chunks, b"")):
            self._held = piece[size:] if 0 < size < len(piece) else b""
            piece = piece[:size] if size > 0 else piece
            size -= len(piece) if size > 0 else 0
            parts.append(piece)
        return b"".join(parts)
