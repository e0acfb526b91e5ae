"""A sample of an input's records: spread over all of it, always the same, and read without reading everything.

The input is cut into spots of equal size, at least one a file, which are visited in the order of a hash of path and
number until there are enough records; of those at the beginning of a spot, again a hash chooses.  So a file counts by
its size, and the sample of the same files is the same.  Only files of lines (JSON Lines among them) that are not
compressed can be read from the middle; of any other the records are taken from its beginning, as many as for all its
spots together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from transforms import storage
from transforms.identity import hash_hex
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, SkippedPart, Slice, cut_file, read_slice
from transforms.read.charset import wide_charset
from transforms.read.streams import CHUNK, HEAD, BrokenStream, peek, read_chunks

# A spot is this large, or more where that would make too many of them.
_SPOT_BYTES = 256 * 1024
_MOST_SPOTS = 20_000
# A sample comes from so many spots at least, where there are so many.
_SPREAD = 64
# At a spot, so many times the records that are wanted of it are read for the hash to choose from, and never less than
# this number.
_CHOICE = 4
_LEAST_CHOICE = 64
# No line break within this distance behind a spot's beginning: the spot gives nothing.  After so many spots that give
# nothing, as no line begins there, the file is read from its beginning.
_LONGEST_SEARCH = 1024 * 1024
_MOST_BARREN = 32
# Of records that were not chosen, so much is held for the case that there are not enough others.
_SPARE_BYTES = 64 * 1024 * 1024
# Of a container, so many parts are looked at, documents or not.
_MOST_PARTS = 100_000

Item = Record | BrokenRecord


def sample(files: Sequence[InputFile], options: ReadOptions, count: int) -> Iterator[Item]:
    """Records of the files, ``count`` of them where there are so many.

    A record out of the middle of a file has no number in its place, but its byte offset.

    Args:
        files: the input, in any order.
        options: how it is read.
        count: at least 1.

    Raises:
        ConnectionError, TimeoutError: as they come from reading.
    """
    spot_bytes = max(_SPOT_BYTES, sum(file.size for file in files) // _MOST_SPOTS)
    spots = sorted(
        (hash_hex(file.path, str(spot)), number, spot)
        for number, file in enumerate(files)
        for spot in range(_spots(file, spot_bytes))
    )
    each = math.ceil(count / min(len(spots) or 1, _SPREAD))
    lines_of: dict[int, Slice | None] = {}
    barren: Counter[int] = Counter()
    seen: set[str] = set()
    spare: list[Item] = []
    spare_bytes = 0
    left = count
    for _, number, spot in spots:
        file, several = files[number], _spots(files[number], spot_bytes)
        if number not in lines_of:
            lines_of[number] = _lines_of(file, options) if several > 1 else None
        elif lines_of[number] is None:
            continue
        elif barren[number] == _MOST_BARREN:
            lines_of[number] = None
        lines = lines_of[number]
        if lines is None:
            wanted, items = each * several, _from_beginning(file, options)
        else:
            wanted, items = each, _from_middle(lines, options, spot * spot_bytes, (spot + 1) * spot_bytes)
        choice = islice(items, max(wanted * _CHOICE, _LEAST_CHOICE))
        found = sorted((item for item in choice if _order(item) not in seen), key=_order)
        seen.update(map(_order, found))
        barren[number] += not found
        yield from found[: min(wanted, left)]
        left -= min(wanted, len(found), left)
        if not left:
            return
        for item in found[wanted:]:
            spare_bytes += len(item.raw)
            if spare_bytes <= _SPARE_BYTES:
                spare.append(item)
    yield from sorted(spare, key=_order)[:left]


def _spots(file: InputFile, spot_bytes: int) -> int:
    return max(1, math.ceil(file.size / spot_bytes))


def _order(item: Item) -> str:
    place = item.place
    return hash_hex(place.path, str(place.record if place.offset is None else place.offset))


def _lines_of(file: InputFile, options: ReadOptions) -> Slice | None:
    """The slice that is all of a file of lines which can be read from its middle; None for any other file."""
    slices = cut_file(file, options, storage.open_raw, file.size)
    if len(slices) != 1 or slices[0].format not in ("lines", "jsonl"):
        return None
    try:
        with storage.open_raw(file.url) as stored:
            head = stored.read(HEAD)
            seekable = stored.seekable()
        read, _ = peek(read_chunks(file, storage.open_raw, 0), HEAD)
    except (OSError, BrokenStream):
        return None
    same = seekable and head == read  # and so not compressed
    return slices[0] if same and not wide_charset(head, options.charset) else None


def _from_beginning(file: InputFile, options: ReadOptions) -> Iterator[Item]:
    slices = cut_file(file, options, storage.open_raw, max(file.size, 1))
    parts = (item for part in slices for item in read_slice(part, options, storage.open_raw))
    for item in islice(parts, _MOST_PARTS):
        if not isinstance(item, SkippedPart):
            yield item


def _from_middle(lines: Slice, options: ReadOptions, start: int, end: int) -> Iterator[Item]:
    """The records that begin from ``start`` to ``end`` of a file of lines."""
    begin = _next_line(lines.file, start) if start else 0
    if begin is None or begin >= end:
        return
    for item in read_slice(msgspec.structs.replace(lines, start=begin), options, storage.open_raw):
        offset = item.place.offset
        if offset is None or offset >= end:
            return
        if not isinstance(item, SkippedPart):
            place = Place(item.place.path, None, offset)
            yield msgspec.structs.replace(item, place=place) if start else item


def _next_line(file: InputFile, start: int) -> int | None:
    """Where the first line begins at or behind ``start``."""
    with storage.open_raw(file.url) as stored:
        position = stored.seek(start - 1)
        while position < start + _LONGEST_SEARCH and (chunk := stored.read(CHUNK)):
            found = chunk.find(b"\n")
            if found >= 0:
                return position + found + 1
            position += len(chunk)
    return None
