"""The plan of a file: its format, and the slices that work units read."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from msgspec.structs import replace

from transforms.read.arrow import cut_arrow
from transforms.read.charset import codec_name, wide_charset
from transforms.read.csv_rows import csv_options, row_starts
from transforms.read.formats import by_name, format_of
from transforms.read.json_array import element_starts, holds_elements
from transforms.read.model import InputFile, ReadOptions, Slice
from transforms.read.parquet import cut_parquet
from transforms.read.split import separated_ends
from transforms.read.streams import (
    HEAD,
    BrokenStream,
    OpenFile,
    codec_of,
    peek,
    read_chunks,
    stored_chunks,
    unreadable,
)
from transforms.read.warc import cut_warc
from transforms.read.zip_members import cut_zip

# A large compressed file is looked through for members to cut at if another seems to begin in this many bytes of it:
# to find that there is none takes as long as to read it, where a folder may hold a thousand such files.
_PROBE = 64 << 20
# How a member begins: by RFC 1952 (deflate; no reserved flag; a known level and system), and by RFC 8878.
_MAX_MEMBER_START = 9
_MEMBER_STARTS = {
    "gzip": (b"\x1f\x8b\x08", re.compile(rb"\x1f\x8b\x08[\x00-\x1f].{4}[\x00\x02\x04][\x00-\x0d\xff]", re.DOTALL)),
    "zstd": (b"\x28\xb5\x2f\xfd", re.compile(rb"\x28\xb5\x2f\xfd")),
}
# Slices of Parquet are counted in unpacked data, of which a file may hold so many times its size.
_UNPACKED = {"parquet": 8}
# A file of one compressed member gives so many slices at most, as each decompresses what stands before it. bzip2 is so
# slow that with four of them a run took 1.6 times the processor time.
_PREFIX_SLICES = {"gzip": 8, "zstd": 8, "xz": 8}
# for slices of one size, places to cut at are so much closer to each other
_FINENESS = 4
# decoded as a stream, not record by record
_DECODED = ("json", "csv")
_PREFIX_FORMATS = ("lines", "separated", "jsonl", "json", "csv")
# Of a slice of compressed members this share may be read for nothing: it belongs to the slice before.
_SKIPPED_SHARE = 4


def cut_file(
    file: InputFile, options: ReadOptions, open_file: OpenFile, slice_bytes: int, thorough: bool = False
) -> list[Slice]:
    """The slices of a file, in order; reading them one after the other is reading the file.

    Files of lines, JSON Lines and separated documents that are larger than ``slice_bytes`` are cut behind the first
    record that ends at or behind each multiple of it (counted from the slice's start), in one pass that counts the
    records; if they are compressed, near the starts of members (gzip) or frames (zstd), or ``thorough``.  Other formats
    as their ``_CUTTERS`` say; what has none is one slice.  The same bytes give the same slices.  A file is opened only
    to be cut, or where its name does not tell its format.

    Nothing is raised for a broken file: it is one slice, and :func:`read_slice` says what is wrong.

    Args:
        file: its ``size`` decides whether it may need a cut.
        open_file: gives the stored bytes for ``file.url``.
        slice_bytes: least size of a slice (but the last), in bytes; for Parquet its size, in bytes of unpacked data.
        thorough: whether to decompress a file of one member, so that it can be cut, too; for few and large files.

    Raises:
        ValueError: for ``slice_bytes`` under 1.
        ConnectionError, TimeoutError: as they come from ``open_file``.
    """
    if slice_bytes < 1:
        raise ValueError(f"slice_bytes: {slice_bytes!r}; allowed: 1 or more")
    format, compression = _tell(file, options, open_file)
    cutter = _CUTTERS.get(format)
    if not cutter or file.size * _UNPACKED.get(format, 1) <= slice_bytes:
        return [Slice(file, format, compression)]
    slices = cutter(file, format, options, open_file, slice_bytes)
    one = len(slices) == 1 and slices[0].compression in _PREFIX_SLICES and slices[0].format in _PREFIX_FORMATS
    return _prefix_slices(slices[0], options, open_file, slice_bytes) if thorough and one else slices


def _tell(file: InputFile, options: ReadOptions, open_file: OpenFile) -> tuple[str, str]:
    """A file's format, and its codec; by content only where the name does not tell the format."""
    format, codec = by_name(file.path)

    def head() -> bytes:
        nonlocal codec
        first = _stored_head(file, open_file)
        codec = codec_of(first)
        return peek(read_chunks(file, open_file, 0), HEAD)[0] if codec else first

    return format_of(format, options, head), codec


def _stored_head(file: InputFile, open_file: OpenFile) -> bytes:
    """The first bytes as stored; none of a file that cannot be read."""
    try:
        with open_file(file.url) as stored:
            return stored.read(min(HEAD, file.size))
    except (ConnectionError, TimeoutError):
        raise
    except OSError:
        return b""


def _cut_records(
    file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> list[Slice]:
    """The slices of a file of lines or of separated documents."""
    compression = codec_of(_stored_head(file, open_file))
    cuts: list[tuple[int, int, tuple[int, int] | None]]
    try:
        if _has_members(file, compression, open_file):
            cuts = [*_member_cuts(file, format, options, open_file, slice_bytes)]
        elif compression:
            cuts = []
        else:
            cuts = [(*at, None) for at in _boundaries(file, format, options, open_file, slice_bytes, None)]
            if cuts and cuts[-1][0] >= file.size:
                cuts.pop()  # nothing stands behind it
    except BrokenStream:
        cuts = []
    if not cuts:
        return [Slice(file, format, compression)]
    starts = [(0, 0, (0, 0) if compression else None), *cuts]
    ends = [*(offset for offset, _, _ in cuts), None]
    return [
        Slice(file, format, compression, start, end, first, entry=entry)
        for (start, first, entry), end in zip(starts, ends, strict=True)
    ]


def _prefix_slices(whole: Slice, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """A few slices of a compressed file, all of which are read from its beginning on; one of a file that is broken."""
    if whole.format == "csv":
        options = csv_options(whole.file.path, options)
    fine = max(slice_bytes // _FINENESS, 1)
    try:
        cuts = [(0, 0), *_boundaries(whole.file, whole.format, options, open_file, fine, None)]
    except BrokenStream:
        return [whole]
    count = min(_PREFIX_SLICES[whole.compression], len(cuts) // _FINENESS)
    if count <= 1:
        return [whole]
    starts = [cuts[len(cuts) * number // count] for number in range(count)]
    ends = [*(offset for offset, _ in starts[1:]), None]
    return [
        replace(whole, start=start, end=end, first_record=first, entry=(0, 0))
        for (start, first), end in zip(starts, ends, strict=True)
    ]


def _cut_json(file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """The slices of a file of JSON, which may be one of lines."""
    head, _ = peek(read_chunks(file, open_file, 0), HEAD)
    return _cut_records(file, format if holds_elements(head, options) else "jsonl", options, open_file, slice_bytes)


def _cut_csv(file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    return _cut_records(file, format, csv_options(file.path, options), open_file, slice_bytes)


_CUTTERS: dict[str, Callable[[InputFile, str, ReadOptions, OpenFile, int], list[Slice]]] = {
    "lines": _cut_records,
    "separated": _cut_records,
    "jsonl": _cut_records,
    "json": _cut_json,
    "csv": _cut_csv,
    "zip": cut_zip,
    "parquet": cut_parquet,
    "arrow": cut_arrow,
    "warc": cut_warc,
}


def _has_members(file: InputFile, codec: str, open_file: OpenFile) -> bool:
    """Whether a file seems to have more than one compressed member, of a codec that is cut at them."""
    if codec not in _MEMBER_STARTS:
        return False
    mark, start = _MEMBER_STARTS[codec]
    size, buffer = min(file.size, _PROBE), b""
    try:
        with open_file(file.url) as stored:
            for chunk in stored_chunks(stored, 1, size):
                buffer = buffer[-_MAX_MEMBER_START:] + chunk
                at = buffer.find(mark)
                while at >= 0:
                    if start.match(buffer, at):
                        return True
                    at = buffer.find(mark, at + 1)
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        raise unreadable(error) from error
    return False


def _member_cuts(
    file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """As :func:`_boundaries`, in a file of compressed members, with the member where reading enters the file.

    Only those that are near the start of a member, so that little is decompressed for nothing.
    """
    members: list[tuple[int, int]] = []
    near = max(slice_bytes // _SKIPPED_SHARE, 1)
    last = 0
    for offset, number in _boundaries(file, format, options, open_file, max(near // 2, 1), members):
        at = bisect_right(members, offset, key=lambda member: member[1]) - 1
        del members[:at]
        if offset - last >= slice_bytes and offset - members[0][1] <= near:
            last = offset
            yield offset, number, members[0]


def _boundaries(
    file: InputFile,
    format: str,
    options: ReadOptions,
    open_file: OpenFile,
    slice_bytes: int,
    members: list[tuple[int, int]] | None,
) -> Iterator[tuple[int, int]]:
    """Byte offset and number of the record with which each slice but the first begins."""
    chunks = read_chunks(file, open_file, 0, max_ratio=options.max_ratio, members=members)
    head, chunks = peek(chunks, HEAD)
    if wide_charset(head, options.charset) or (format in _DECODED and _has_state(options.charset)):
        return
    yield from _STARTS.get(format, _line_ends)(chunks, options, slice_bytes)


def _has_state(charset: str) -> bool:
    """Whether what a byte means depends on those far before it."""
    return codec_name(charset or "utf-8").startswith(("iso2022", "hz"))


def _line_ends(chunks: Iterator[bytes], options: ReadOptions, slice_bytes: int) -> Iterator[tuple[int, int]]:
    offset, lines, target = 0, 0, slice_bytes
    for chunk in chunks:
        position = 0
        while (end := chunk.find(b"\n", max(position, target - 1 - offset)) + 1) > 0:
            lines += chunk.count(b"\n", position, end)
            position, target = end, offset + end + slice_bytes
            yield offset + end, lines
        lines += chunk.count(b"\n", position)
        offset += len(chunk)


def _separator_ends(chunks: Iterator[bytes], options: ReadOptions, slice_bytes: int) -> Iterator[tuple[int, int]]:
    target = slice_bytes
    for documents, offset in enumerate(separated_ends(chunks, options.separator, options.charset), 1):
        if offset >= target:
            target = offset + slice_bytes
            yield offset, documents


_STARTS: dict[str, Callable[[Iterator[bytes], ReadOptions, int], Iterator[tuple[int, int]]]] = {
    "separated": _separator_ends,
    "json": element_starts,
    "csv": row_starts,
}
