"""The plan of a file: its format, and the slices that work units read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from transforms.read.charset import wide_charset
from transforms.read.model import DOCUMENTS, InputFile, ReadOptions, Slice
from transforms.read.split import document_pieces
from transforms.read.streams import GZIP_MAGIC, HEAD, BrokenStream, OpenFile, peek, read_chunks

_SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_JSON_OBJECT = re.compile(rb'\{\s*["}]')


def cut_file(file: InputFile, options: ReadOptions, open_file: OpenFile, slice_bytes: int) -> list[Slice]:
    """The slices of a file, in order; reading them one after the other is reading the file.

    Files of lines, JSON Lines and separated documents that are larger than ``slice_bytes`` and not compressed
    are cut behind the first record that ends at or behind each multiple of it (counted from the slice's
    start), in one pass that counts the records.  All others are one slice.  The same bytes give the same
    slices.  A file is opened only to be cut, or where its name does not tell its format.

    Nothing is raised for a broken file: it is one slice, and :func:`read_slice` says what is wrong.

    Args:
        file: its ``size`` decides whether it may need a cut.
        open_file: gives the stored bytes for ``file.url``.
        slice_bytes: least size of a slice (but the last), in bytes.

    Raises:
        ValueError: for ``slice_bytes`` under 1.
        ConnectionError, TimeoutError: as they come from ``open_file``.
    """
    if slice_bytes < 1:
        raise ValueError(f"slice_bytes: {slice_bytes!r}; allowed: 1 or more")
    format, compression = _format_of(file, options, open_file)
    whole = [Slice(file, format, compression)]
    if format in ("text", "html") or compression or file.size <= slice_bytes:
        return whole
    compression = _compression(file, open_file)
    if compression:
        return [Slice(file, format, compression)]
    try:
        boundaries = list(_boundaries(file, format, options, open_file, slice_bytes))
    except BrokenStream:
        return whole
    if boundaries and boundaries[-1][0] >= file.size:
        boundaries.pop()  # nothing stands behind it
    starts = [(0, 0), *boundaries]
    ends = [*(offset for offset, _ in boundaries), None]
    return [Slice(file, format, "", start, end, first) for (start, first), end in zip(starts, ends, strict=True)]


def _format_of(file: InputFile, options: ReadOptions, open_file: OpenFile) -> tuple[str, str]:
    """A slice's format and compression: by the options, else by name, else by the first bytes."""
    name = PurePosixPath(file.path.lower())
    compression = "gzip" if name.suffix in (".gz", ".gzip") else ""
    if compression:
        name = name.with_suffix("")
    format = options.format if options.format != "auto" else _SUFFIXES.get(name.suffix, "")
    if not format:
        format, compression = _sniff(file, open_file)
    return DOCUMENTS[options.documents] if format == "text" else format, compression


def _compression(file: InputFile, open_file: OpenFile) -> str:
    """By the first bytes; empty for a file that cannot be read."""
    try:
        with open_file(file.url) as stored:
            return "gzip" if stored.read(len(GZIP_MAGIC)) == GZIP_MAGIC else ""
    except (ConnectionError, TimeoutError):
        raise
    except OSError:
        return ""


def _sniff(file: InputFile, open_file: OpenFile) -> tuple[str, str]:
    compression = _compression(file, open_file)
    head, _ = peek(read_chunks(file, open_file, 0), HEAD)
    wide = wide_charset(head)
    if wide:
        head = head.decode(wide, "replace").encode()
    head = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _JSON_OBJECT.match(head):
        return "jsonl", compression
    return ("html" if head.startswith(b"<") and _HTML.search(head) else "text"), compression


def _boundaries(
    file: InputFile, format: str, options: ReadOptions, open_file: OpenFile, slice_bytes: int
) -> Iterator[tuple[int, int]]:
    """Byte offset and number of the record with which each slice but the first begins."""
    head, chunks = peek(read_chunks(file, open_file, 0), HEAD)
    if wide_charset(head, options.charset):
        return
    separated = format == "separated"
    yield from _separator_ends(chunks, options, slice_bytes) if separated else _line_ends(chunks, slice_bytes)


def _line_ends(chunks: Iterator[bytes], slice_bytes: int) -> Iterator[tuple[int, int]]:
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
    offset, documents, target = 0, 0, slice_bytes
    for piece, gap in document_pieces(chunks, options.separator, options.charset):
        offset += len(piece) + gap
        documents += gap > 0
        if gap and offset >= target:
            target = offset + slice_bytes
            yield offset, documents
