"""WARC files, and WET and WAT, which are WARC files too: what becomes of each record.

- A ``response`` with a page of HTML (status 200 or 203), and a ``resource`` that is one, is a Record of HTML.
- A ``conversion`` to plain text, as WET files have it, is a Record of text.
- All other records are SkippedParts.  What cannot be read is a BrokenRecord.

A record's number counts all of the file's WARC records.  In a file of gzip members these are the members that begin a
record; where one holds more than one record, those behind the first have the numbers that follow.  What is no WARC
record has the number of the next that is.  ``offset`` is the stored byte offset of the member, as in a CDX index; in a
file that is not compressed the byte offset of the record, and under other codecs that of the decompressed data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache, partial
from pathlib import Path

import yaml

from transforms.fields.dates import parse_date
from transforms.model import Fields, Place, Record, Rejection, StatedDate
from transforms.read.charset import decode_text, refuse_binary_page
from transforms.read.formats import by_content
from transforms.read.http_response import decode_body, media_type, parse_response
from transforms.read.model import (
    BrokenRecord,
    InputFile,
    JoinedBytes,
    ReadOptions,
    SkippedPart,
    Slice,
    broken_record,
    raw_of,
    too_large,
)
from transforms.read.streams import HEAD, BrokenStream, OpenFile, codec_of, peek, read_chunks
from transforms.read.warc_members import Members, Reopen, cut_members, read_stored, segment_data
from transforms.read.warc_records import NO_HEADERS, Headers, WarcRecord, looked_at, read_records, whole_record

# status of responses that hold what was asked for: 203 is 200 by way of a proxy that changed it, 206 a part of it
_WHOLE = (None, 200, 203)
_HTML = ("text/html", "application/xhtml+xml")
# types that servers give to what they know nothing of; the bytes tell
_VAGUE = ("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/xml", "text/xml")
_UNTOLD = (*_VAGUE, "unk", "unknown", "unknown/unknown", "application/unknown", "*/*", "no-type")

_SKIPPED_TYPES = {
    type.encode(): f"skipped/{type}" for type in ("warcinfo", "request", "metadata", "revisit", "continuation")
}
_WIDE_CHARSET = re.compile(r"utf-?(?:16|32)", re.IGNORECASE)

Item = Record | BrokenRecord | SkippedPart


def read_warc(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Item]:
    """The records of a WARC file.

    A file of gzip members goes on behind a broken one with the next that begins a record.  So does one that is not
    compressed, but other codecs break for good.
    """
    empty = slice.start == 0 and slice.end is None
    for number, offset, record in _numbered(slice, options, open_file):
        unread = not offset and record.problem and record.problem.reason in ("unreadable", "not-a-file")
        place = Place(slice.file.path) if unread else Place(slice.file.path, number, offset)
        empty = False
        yield _read_item(record, place, options)
    if empty:
        yield broken_record(Place(slice.file.path), Rejection("empty", "no WARC record"), raw_of(b"", options))


def cut_warc(file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """The slices of a WARC file: parts of a gzip file by stored bytes, of one that is not compressed by records.

    A gzip file is cut at members that begin a record, which are found without decompressing it.
    """
    codec = _codec(file, open_file)
    cuts: list[tuple[int, int]] = []
    try:
        if codec == "gzip":
            cuts = list(cut_members(Members(read_stored(file, open_file)), slice_bytes))
        elif not codec:
            cuts = list(_record_cuts(file, options, open_file, slice_bytes))
    except BrokenStream:
        cuts = []
    starts = [(0, 0), *cuts]
    ends = [*(offset for offset, _ in cuts), None]
    return [Slice(file, format, codec, start, end, first) for (start, first), end in zip(starts, ends, strict=True)]


def _codec(file: InputFile, open_file: OpenFile) -> str:
    try:
        return codec_of(peek(read_stored(file, open_file), HEAD)[0])
    except BrokenStream:
        return ""


def _record_cuts(
    file: InputFile, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> Iterator[tuple[int, int]]:
    """Offset and number of the records with which slices but the first begin."""
    number = last = reached = 0
    for record in read_records(read_chunks(file, open_file, 0), options):
        if record.offset - last >= slice_bytes and record.offset >= reached:
            last = record.offset
            yield record.offset, number
        number += record.headers is not None
        if record.problem:
            reached = max(reached, record.offset + looked_at(record.headers))


def _numbered(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[tuple[int, int, WarcRecord]]:
    """Records with their number and offset in the file."""
    file, keep = slice.file, options.reject_raw_bytes
    # a member of an archive is opened once, so it is read in one pass as what has another codec
    if file.size >= 0 and (slice.compression if slice.start else _codec(file, open_file)) == "gzip":
        reopen = partial(read_stored, file, open_file)
        members = Members(reopen(slice.start, slice.end), slice.start, slice.first_record)
        yield from _of_members(members, reopen, options)
        return
    chunks = read_chunks(file, open_file, keep, slice.start, slice.end, max_ratio=options.max_ratio)
    number = slice.first_record
    for record in read_records(chunks, options, slice.start):
        yield number, record.offset, record
        number += record.headers is not None


def _of_members(members: Members, reopen: Reopen, options: ReadOptions) -> Iterator[tuple[int, int, WarcRecord]]:
    """The same of gzip members, with the offset of the member that a record is in."""
    ended = False
    while not ended:
        offset, number = members.position, members.number
        data = members.whole_member()
        if data and (record := whole_record(data, options)):
            yield number, offset, record
            continue
        if not data:
            members.skip_padding()
            offset, number = members.position, members.number
            ended = not members.unread()
            if ended and not members.broken:
                return
        for record in read_records(segment_data(members, reopen, options.reject_raw_bytes, data), options):
            yield number, offset, record
            number += record.headers is not None


def _read_item(record: WarcRecord, place: Place, options: ReadOptions) -> Item:
    headers = record.headers or NO_HEADERS
    try:
        if record.problem:
            raise record.problem
        found = _document(record, headers, options)
        if isinstance(found, str):
            return SkippedPart(place, found)
        raw, kind, content, charset = found
        return Record(place, raw, kind, content, charset, _source_id(headers), _fields(headers))
    except Rejection as rejection:
        raw = record.whole or raw_of(bytes(record.raw), options)
        return broken_record(place, rejection, raw, _source_id(headers))


def _source_id(headers: Headers) -> str | None:
    return _text(headers.warc_record_id) or None


def _document(record: WarcRecord, headers: Headers, options: ReadOptions):
    """Raw bytes, kind, content and charset of the document that a record is; or why it is none, a code of SKIPPED.

    Raises:
        Rejection: ``too-large``, ``bad-http``, ``empty``, ``binary`` or ``bad-encoding``.
    """
    type = headers.warc_type.strip().lower()
    if type in _SKIPPED_TYPES:
        return _SKIPPED_TYPES[type]
    http: dict[bytes, bytes] = {}
    start, content_type = record.block, headers.content_type.strip()
    if type == b"response":
        if content_type and not content_type.lower().startswith(b"application/http"):
            return "skipped/not-http"
        status, http, start = parse_response(record.raw, start)
        if status not in _WHOLE:
            return "skipped/status"
        content_type = http.get(b"content-type", b"")
    elif type not in (b"resource", b"conversion"):
        return "skipped/record-type"
    media, charset = media_type(content_type)
    is_text = type == b"conversion" and media in ("", "text/plain")
    if media not in _HTML and media not in _UNTOLD:
        return "skipped/not-html"
    body = bytes(record.raw[start:])
    if media not in _HTML and not is_text and not _looks_like_html(body, http):
        return "skipped/not-html"
    if record.whole:
        raise too_large(options, record.whole)
    if is_text:
        return bytes(record.raw), "text", decode_text(body, charset or "utf-8"), None
    raw = JoinedBytes(bytes(record.raw[:start]), body)
    body = decode_body(body, http, options.max_record_bytes)
    refuse_binary_page(body)
    if charset and _WIDE_CHARSET.match(charset) and b"\0" not in body[:HEAD]:
        charset = None  # any bytes are characters in it, but a page's markup has NUL bytes
    return raw, "html", body, options.charset or charset


def _looks_like_html(body: bytes, http: dict[bytes, bytes]) -> bool:
    try:
        return by_content(decode_body(body[: 16 * HEAD], http, 16 * HEAD)[:HEAD])[0] == "html"
    except Rejection:
        return False


def _fields(headers: Headers) -> Fields:
    url = _text(headers.warc_target_uri).removeprefix("<").removesuffix(">") or None
    language = _language(headers.warc_identified_content_language)
    return Fields(url=url, fetched=_fetched(_text(headers.warc_date)), declared_language=language)


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


@lru_cache(maxsize=1024)
def _language(stated: bytes) -> str | None:
    """The first of the languages of a text, most first, as ISO 639-1 where it has a code there."""
    language = _text(stated).partition(",")[0].strip().lower()
    return _short_codes().get(language, language) or None


def _fetched(text: str) -> StatedDate | None:
    try:
        if text.endswith("Z") and len(text) >= len("2026-01-31T23:59:59Z"):
            return StatedDate(datetime.fromisoformat(text), "second", text, "warc-date")
    except ValueError:
        pass
    return parse_date(text, evidence="warc-date") if text else None


@cache
def _short_codes() -> dict[str, str]:
    """ISO 639-1 codes by those of ISO 639-3."""
    table = yaml.safe_load((Path(__file__).parent / "iso639.yaml").read_text(encoding="utf-8"))
    return {long: short for short, longs in table.items() for long in longs}
