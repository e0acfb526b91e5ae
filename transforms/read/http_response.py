"""An HTTP response as a WARC record holds it: its status and headers, and its body without its encodings.

Crawlers store bodies as they came over the line, or decoded with the headers left as they were, or with headers that
they changed; so headers say what to try, and the bytes decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import brotli

from transforms.model import Rejection
from transforms.read.inflate import BARE, GZIP, ZLIB, InflateError, new_inflater
from transforms.read.streams import CHUNK, BrokenStream, Zstd, decompress

# A head of which each line is just a name, a colon and a value; the first of each of the fields that count is a group.
_COUNTED = (b"content-type", b"content-encoding", b"transfer-encoding")
_REGULAR = re.compile(
    rb"HTTP/\d(?:\.\d)?[ \t]++(\d{3})(?!\d)[^\n]*+\n(?:%s|[A-Za-z0-9-]++:[^\n]*+\n)*+\r\n"
    % b"|".join(rb"(?i:%s):(?(%d)(?!)|([^\n]*+)\n)" % (name, group) for group, name in enumerate(_COUNTED, 2))
)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
# the lines of a head: the status, fields, and what continues them; a blank line behind, unless it is missing
_HEAD = re.compile(
    rb"[^\n]*+\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++[ \t]*+:[^\n]*+\n|[ \t]++[^\s][^\n]*+\n)*+(?:[ \t]*\r?\n)?"
)
_FIELDS = re.compile(rb"\n(content-type|content-encoding|transfer-encoding)[ \t]*:([^\n]*)", re.IGNORECASE)
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,4096})?\r?\n")
_CHUNK_END = re.compile(rb"\r?\n")

# servers apply one encoding, at most two by mistake
_MAX_CODINGS = 3
_NO_CODING = ("", "identity", "none")
_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?A-Za-z]")


class Response(NamedTuple):
    """The head of a response.

    Attributes:
        status: None where there is no status line.
        headers: content-type, content-encoding and transfer-encoding, as far as they are there.
        body: offset of the body.
    """

    status: int | None
    headers: dict[bytes, bytes]
    body: int


def parse_response(raw: bytes | memoryview, start: int) -> Response:
    """The head of the response that begins at ``start``.

    Where the blank line behind the fields is missing, the body begins with the first line that is no field.
    """
    if regular := _REGULAR.match(raw, start):
        fields = zip(_COUNTED, regular.groups()[1:], strict=True)
        return Response(
            int(regular[1]), {name: value.strip() for name, value in fields if value is not None}, regular.end()
        )
    status = _STATUS.match(raw, start)
    if not status:
        return Response(None, {}, start)
    head = _HEAD.match(raw, start)
    end = head.end() if head else len(raw)
    return Response(int(status[1]), _fields(bytes(raw[start:end])), end)


def _fields(head: bytes) -> dict[bytes, bytes]:
    if b"\n " in head or b"\n\t" in head:
        head = _FOLDED.sub(b" ", head)
    return {name.lower(): value.strip() for name, value in reversed(_FIELDS.findall(head))}


@lru_cache(maxsize=1024)
def media_type(content_type: bytes) -> tuple[str, str | None]:
    """Type (``text/html``, in lower case) and charset of a Content-Type; empty and None where it has none."""
    text = content_type.decode("latin-1")
    name, _, parameters = text.partition(";")
    charset = _CHARSET.search(parameters)
    return name.partition(",")[0].strip().lower(), charset[1] if charset else None


def decode_body(body: bytes, headers: dict[bytes, bytes], limit: int) -> bytes:
    """A body without its transfer and content encodings.

    An encoding that is declared and that the bytes do not have is passed over, as is one that is not known.  gzip is
    told by its first bytes, declared or not.  What is cut short is given as far as it goes, as a body that is not
    encoded would be.

    Args:
        limit: bytes that it may have at any stage.

    Raises:
        Rejection: ``bad-http`` where the data is broken, ``too-large``.
    """
    if b"transfer-encoding" not in headers and b"content-encoding" not in headers and body[:3] != _GZIP_MAGIC:
        return body
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        body = _dechunked(body)
    declared = headers.get(b"content-encoding", b"").decode("latin-1").lower().split(",")
    codings = [name for part in reversed(declared) if (name := part.strip()) not in _NO_CODING]
    if len(codings) > _MAX_CODINGS:
        raise Rejection("bad-http", f"{len(codings)} content encodings; allowed: {_MAX_CODINGS}")
    if not codings and body.startswith(_GZIP_MAGIC):
        codings = ["gzip"]
    for name in codings:
        decode = _DECODERS.get(name)
        if decode and body:
            body = decode(body, limit)
            if len(body) > limit:
                raise Rejection("too-large", f"a body of more than {limit} bytes ({name}); allowed: max_record_bytes")
    return body


def _dechunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        if not (count := int(size[1], 16)):
            return b"".join(parts)
        at = size.end() + count
        parts.append(body[size.end() : at])
        at = end.end() if (end := _CHUNK_END.match(body, at)) else at
    if not parts:
        return body  # as the crawler decoded it
    if at < len(body) - 1 and not _CHUNK_SIZE.match(body[at:] + b"\r\n"):
        raise Rejection("bad-http", f"no size of a chunk at byte {at} of a chunked body")
    return b"".join(parts)


def _gunzip(body: bytes, limit: int) -> bytes:
    return _inflated(body, GZIP, limit) if body.startswith(_GZIP_MAGIC) else body


def _inflate(body: bytes, limit: int) -> bytes:
    """``deflate``: with zlib's header as the standard has it, without as some servers send it."""
    if body.startswith(_GZIP_MAGIC):
        return _inflated(body, GZIP, limit)
    if body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0:
        return _inflated(body, ZLIB, limit)
    return body if _MARKUP.match(body) else _inflated(body, BARE, limit)


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    inflater = new_inflater(bits)
    try:
        data = inflater.decompress(body, limit + 1)
        if inflater.unused_data.startswith(_GZIP_MAGIC):
            return _members(body, limit)
        return data
    except (InflateError, BrokenStream) as error:
        raise Rejection("bad-http", "the body's compressed data is broken") from error


def _members(body: bytes, limit: int) -> bytes:
    """The data of gzip members, as of a body that was sent in parts."""
    parts, size = [], 0
    for part in decompress((body[at : at + CHUNK] for at in range(0, len(body), CHUNK)), keep=0):
        parts.append(part)
        size += len(part)
        if size > limit:
            break
    return b"".join(parts)


def _unbrotli(body: bytes, limit: int) -> bytes:
    decoder, parts, size = brotli.Decompressor(), [], 0
    try:
        data = decoder.process(body, output_buffer_limit=_STEP)
        while size <= limit:
            parts.append(data)
            size += len(data)
            if decoder.is_finished() or decoder.can_accept_more_data():
                break
            data = decoder.process(b"", output_buffer_limit=_STEP)
        return b"".join(parts)
    except brotli.error as error:
        # brotli has no first bytes by which it is told
        if _MARKUP.match(body):
            return body
        raise Rejection("bad-http", f"the body's brotli data is broken: {error}") from error


_STEP = 1 << 20


def _unzstd(body: bytes, limit: int) -> bytes:
    if not body.startswith(_ZSTD_MAGIC):
        return body
    frame, parts, size = Zstd(), [], 0
    try:
        for at in range(0, len(body), CHUNK):
            for part in frame.feed(body[at : at + CHUNK]):
                parts.append(part)
                size += len(part)
                if size > limit:
                    return b"".join(parts)
    except BrokenStream as error:
        raise Rejection("bad-http", f"the body's zstd data is broken: {error.detail}") from error
    return b"".join(parts)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
