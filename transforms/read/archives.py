"""Archives: zip and tar, read member by member; nothing is ever unpacked to a disk.

A member's path is the archive's and its own (``feeds/may.zip/asia/one.txt``), so that its name works as that of a file
in a folder does.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from transforms.model import Place, Record, Rejection
from transforms.read import zip_members
from transforms.read.formats import ARCHIVES, by_content, by_name, format_of, printable_path
from transforms.read.model import BrokenRecord, InputFile, ReadOptions, SkippedPart, Slice, broken_record, raw_of
from transforms.read.streams import CHUNK, HEAD, BrokenStream, OpenFile, codec_of, decompress, peek, read_chunks

Item = Record | BrokenRecord | SkippedPart
ReadMember = Callable[[Slice, ReadOptions, OpenFile], Iterator[Item]]

# No header of a member is longer; one that says so would be held in memory.
_MAX_HEADER_BYTES = 1 << 20
# of a compressed member whose name does not tell its format: a block of bzip2, and what it is in
_PACKED_HEAD = 1 << 20
_TAR_ERRORS = (tarfile.TarError, ValueError, OverflowError, KeyError, IndexError)


class Member(NamedTuple):
    """What both kinds of archive tell of a member.

    Attributes:
        path: of the archive and the member.
        skipped: a code of ``transforms.reasons.SKIPPED``, or empty.
    """

    path: str
    skipped: str = ""


def read_zip(slice: Slice, options: ReadOptions, open_file: OpenFile, read_member: ReadMember) -> Iterator[Item]:
    """The records of some or all members of a zip archive, in the order of its directory.

    Of an archive whose directory is missing (it is at the end) the members are read one behind the other.
    """
    file, number = slice.file, 0
    try:
        with zip_members.opened(file, open_file) as stored:
            try:
                bounds = slice.start, slice.end, options.max_archive_bytes
                for entry in zip_members.read_entries(stored, file.size, *bounds):
                    yield from _read_zip_entry(stored, entry, file, options, read_member)
                    number += 1
            except zip_members.NoDirectory as error:
                if slice.start:  # it had one when the run was planned
                    raise BrokenStream("unreadable", f"{error}, unlike when the run was planned") from error
                for entry in zip_members.read_local_entries(stored, file.size):
                    yield from _read_zip_entry(stored, entry, file, options, read_member)
                    number += 1
                    if entry.size < 0:  # the archive is cut short in this member, whose reject says so
                        return
                raise BrokenStream("bad-compression", str(error)) from error
    except BrokenStream as error:
        yield _rest_of_archive(file, error, number)


def _read_zip_entry(
    stored: BinaryIO, entry: zip_members.Entry, file: InputFile, options: ReadOptions, read_member: ReadMember
) -> Iterator[Item]:
    skipped = "skipped/folder" if entry.is_folder else "skipped/link" if entry.is_link else ""
    member = _member(file, entry.name, skipped)
    if entry.encrypted and not member.skipped:
        yield _reject(member, Rejection("archive/encrypted", "the member is encrypted"), b"", options)
        return
    data = zip_members.checked(zip_members.read_data(stored, entry), entry, options.max_ratio)
    yield from _read_member(member, data, options, read_member)


def read_tar(slice: Slice, options: ReadOptions, open_file: OpenFile, read_member: ReadMember) -> Iterator[Item]:
    """The records of all members of a tar archive, compressed or not, in one pass."""
    file, number = slice.file, 0
    stream = _Forward(read_chunks(file, open_file, options.reject_raw_bytes, max_ratio=options.max_ratio))
    try:
        for info in _tar_members(stream, options.max_archive_bytes):
            skipped = "skipped/folder" if info.isdir() else "" if info.isreg() else "skipped/link"
            member = _member(file, info.name, skipped)
            if info.issparse():
                yield _reject(member, Rejection("unknown-format", "a sparse file in a tar archive"), b"", options)
            else:
                yield from _read_member(member, stream.take(info.size), options, read_member)
            number += 1
            if stream.broken:  # the member's reject says so
                return
        stream.refuse_more()
    except BrokenStream as error:
        yield _rest_of_archive(file, error, number)


def _tar_members(stream: _Forward, max_bytes: int) -> Iterator[tarfile.TarInfo]:
    total = 0
    try:
        with tarfile.TarFile(fileobj=stream, mode="r", errors="surrogateescape", encoding="utf-8") as archive:  # type: ignore[arg-type]
            while (info := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # it would keep all of them
                total += info.size
                if total > max_bytes:
                    raise zip_members.too_much(total, max_bytes)
                yield info
    except _TAR_ERRORS as error:
        raise BrokenStream("bad-compression", f"the tar archive is broken: {error}") from error
    # tarfile takes a broken header for the archive's end, which is a block of zeros
    if not stream.last:
        raise BrokenStream("bad-compression", "the tar archive is cut short: its end mark is missing")
    if any(stream.last):
        raise BrokenStream("bad-compression", f"the tar archive is broken at byte {stream.position}")


def _member(file: InputFile, name: str, skipped: str) -> Member:
    """A member under a name that leads nowhere else: neither from the root nor to the folder above."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not skipped and any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts):
        skipped = "skipped/hidden"
    inner = "/".join("%2E%2E" if part == ".." else part for part in parts)
    return Member(f"{file.path}/{printable_path(inner)}", skipped)


def _read_member(
    member: Member, data: Iterator[bytes], options: ReadOptions, read_member: ReadMember
) -> Iterator[Item]:
    if member.skipped:
        yield SkippedPart(Place(member.path), member.skipped)
        return
    head, data = peek(data, HEAD)
    codec = codec_of(head)
    named = by_name(member.path)[0]
    if codec and not named:
        head, data = peek(data, _PACKED_HEAD)
    inner = replace(options, format="auto") if options.format in ARCHIVES else options
    inflated = peek(decompress(iter([head]), 0), HEAD)[0] if codec else head
    format = format_of(named, inner, lambda: inflated)
    if format in ARCHIVES:
        rejection = Rejection(
            "archive/nested", f"{format} in an archive; unpack it, and name it as an input of its own"
        )
        yield _reject(member, rejection, head, options)
        return
    if format == "unknown":
        yield _reject(member, Rejection("unknown-format", by_content(inflated)[1]), head, options)
        return
    # Its size is not said, so that it is read until it ends, where its checksum is compared.
    part = Slice(InputFile(member.path, member.path, -1), format, codec)
    yield from read_member(part, inner, lambda url: _Sequential(data))  # type: ignore[arg-type, return-value]


def _reject(member: Member, rejection: Rejection, head: bytes, options: ReadOptions) -> BrokenRecord:
    return broken_record(Place(member.path), rejection, raw_of(head, options))


def _rest_of_archive(file: InputFile, error: BrokenStream, number: int) -> BrokenRecord:
    detail = f"{error.detail}; {number} members were read before it" if number else error.detail
    empty = raw_of(b"", ReadOptions())
    return broken_record(Place(file.path), Rejection(error.reason, detail), error.behind or empty)


class _Sequential:
    """A stream of bytes as a file that cannot seek."""

    def __init__(self, chunks: Iterator[bytes]):
        self._chunks, self._held, self._at = chunks, b"", 0

    def __enter__(self) -> _Sequential:
        return self

    def __exit__(self, *exception: object) -> None:
        """The stream is the archive's, which goes on behind it."""

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        """What is at hand, so that nothing is lost where the stream breaks off behind it."""
        if size < 0:
            return b"".join([self._held[self._at :], *self._chunks])
        if self._at == len(self._held):
            self._held, self._at = next(self._chunks, b""), 0
        piece = self._held[self._at : self._at + size]
        self._at += len(piece)
        return piece


class _Forward:
    """A stream for tarfile, which reads headers and passes over data; members' data is taken beside it.

    Attributes:
        position: bytes read.
        last: what tarfile read last: at the end of an archive its end mark.
        broken: whether the stream broke off in a member's data.
    """

    def __init__(self, chunks: Iterator[bytes]):
        self._stream = _Sequential(chunks)
        self.position, self.last, self.broken = 0, b"", False

    def tell(self) -> int:
        return self.position

    def read(self, size: int) -> bytes:
        if size > _MAX_HEADER_BYTES:
            raise BrokenStream("bad-compression", f"a header of {size} bytes in the tar archive")
        self.last = b""
        while len(self.last) < size and (piece := self._stream.read(size - len(self.last))):
            self.last += piece
            self.position += len(piece)
        return self.last

    def seek(self, position: int) -> None:
        while self.position < position:
            passed = len(self._stream.read(min(position - self.position, CHUNK)))
            self.position += passed
            if not passed:
                return

    def take(self, size: int) -> Iterator[bytes]:
        """The data of a member, whose ``size`` bytes come next."""
        try:
            while size:
                piece = self._stream.read(min(size, CHUNK))
                if not piece:
                    raise BrokenStream("bad-compression", "the tar archive is cut short")
                self.position += len(piece)
                size -= len(piece)
                yield piece
        except BrokenStream:
            self.broken = True
            raise

    def refuse_more(self) -> None:
        """Reads on to the end, where compressed data is checked.

        Raises:
            BrokenStream: with what stands behind the archive's end; zeros do not count.
        """
        behind = 0
        while piece := self._stream.read(CHUNK):
            behind += len(piece) if behind else len(piece.lstrip(b"\0"))
        if behind:
            raise BrokenStream("bad-compression", f"{behind} bytes behind the end of the tar archive were left out")
