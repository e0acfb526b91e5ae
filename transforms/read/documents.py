"""Records that are text: a file, a line, or what stands between separators; and pages of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from transforms.model import Place, Record, Rejection
from transforms.read.charset import decode_text, has_controls, refuse_binary_page
from transforms.read.formats import by_content
from transforms.read.model import (
    BrokenRecord,
    Gathered,
    InputFile,
    ReadOptions,
    Slice,
    broken_record,
    raw_of,
    too_large,
)
from transforms.read.split import Block, RawRecord, one_by_one, split_records
from transforms.read.streams import CHUNK, HEAD, BrokenStream, OpenFile, codec_of, peek, read_chunks

# A text that begins with a byte order mark is not less than this; few others are.
_MARK = "\ufeff"


def read_text(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """A file that is one document's text."""
    for item in _whole_file(slice, options, open_file):
        yield item if isinstance(item, BrokenRecord) else _text_record(item, options)


def read_texts(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """Lines, or what stands between separator lines, each a document's text."""
    for item in split_records(slice, options, open_file):
        if type(item) is Block:
            yield from _text_records(item, options)
        else:
            yield item if isinstance(item, BrokenRecord) else _text_record(cast(RawRecord, item), options)


def read_html(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """A file that is one page; extraction decodes it, as the page itself may say how."""
    for item in _whole_file(slice, options, open_file):
        yield item if isinstance(item, BrokenRecord) else _html_record(item, options)


def read_unknown(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[BrokenRecord]:
    """The one reject for a file of no format that is read, with what it looks like, and its first bytes."""
    chunks = read_chunks(slice.file, open_file, options.reject_raw_bytes, max_ratio=options.max_ratio)
    head, _ = peek(chunks, HEAD)
    looks = by_content(head)[1] or "a file that changed since the run was planned"
    rejection = Rejection("unknown-format", f"{looks}, of {slice.file.size} bytes")
    yield broken_record(Place(slice.file.path), rejection, raw_of(head, options))


def _text_record(item: RawRecord, options: ReadOptions) -> Record | BrokenRecord:
    place, raw, charset = item
    try:
        return Record(place, raw, "text", decode_text(raw, charset or None))
    except Rejection as rejection:
        return broken_record(place, rejection, raw_of(raw, options))


def _text_records(block: Block, options: ReadOptions) -> Iterator[Record | BrokenRecord]:
    """The same as :func:`_text_record` for each, at a third of the time for texts of 300 characters."""
    path, number, offset, records, gap, data, line_feeds, charset = block
    if charset or has_controls(data, line_feeds):
        for item in one_by_one([block]):
            yield item if isinstance(item, BrokenRecord) else _text_record(item, options)
        return
    for raw in records:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = ""
        if text and not text.isspace() and text < _MARK:
            yield Record(Place(path, number, offset), raw, "text", text)
        elif raw and not raw.isspace():
            yield _text_record(RawRecord(Place(path, number, offset), raw, charset), options)
        number += 1
        offset += len(raw) + gap


def _html_record(item: RawRecord, options: ReadOptions) -> Record | BrokenRecord:
    place, raw, charset = item
    try:
        refuse_binary_page(raw)
        return Record(place, raw, "html", raw, charset or None)
    except Rejection as rejection:
        return broken_record(place, rejection, raw_of(raw, options))


def _whole_file(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[RawRecord | BrokenRecord]:
    """A file that is one record, and one more for bytes behind its compressed data, where there are any."""
    place = Place(slice.file.path)
    if whole := _read_at_once(slice.file, options, open_file):
        yield RawRecord(place, whole, options.charset)
        return
    gathered = Gathered(options.max_record_bytes, options.reject_raw_bytes)
    behind = None
    try:
        for chunk in read_chunks(slice.file, open_file, options.reject_raw_bytes, max_ratio=options.max_ratio):
            gathered.add(chunk)
    except BrokenStream as error:
        if error.behind is None:
            detail = f"{error.detail}; {gathered.size} bytes were read before it" if gathered.size else error.detail
            yield broken_record(place, Rejection(error.reason, detail), gathered.take_raw())
            return
        behind = broken_record(place, error, error.behind)
    taken = gathered.take()
    if isinstance(taken, bytes):
        yield RawRecord(place, taken, options.charset)
    else:
        yield broken_record(place, too_large(options, taken), taken)
    if behind:
        yield behind


def _read_at_once(file: InputFile, options: ReadOptions, open_file: OpenFile) -> bytes:
    """A small file that is not compressed, as most are; nothing of what has to be looked at."""
    if not 0 < file.size <= min(CHUNK, options.max_record_bytes):
        return b""
    try:
        with open_file(file.url) as stored:
            whole = stored.read(file.size)
    except OSError:  # is told when it is opened again
        return b""
    return whole if len(whole) == file.size and not codec_of(whole) else b""
