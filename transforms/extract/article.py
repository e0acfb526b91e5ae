"""One page of HTML to one Article."""

from __future__ import annotations

import re
from typing import Any

import ftfy
import ftfy.badness
from msgspec.structs import replace

from transforms.extract.body import main_text
from transforms.extract.charset import decode_page
from transforms.extract.metadata import find_fields
from transforms.extract.options import ExtractOptions
from transforms.extract.page import parse_page
from transforms.model import Article, Fields, Rejection

# Two characters that are one in UTF-8 when they are taken for the bytes of Windows-1252.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_MENDED = "mojibake mended"
_READ_BY_PEOPLE = ("title", "site_name", "description", "section", "authors", "photo_credits", "tags")


def extract_page(html: str | bytes, url: str | None, charset: str | None, options: ExtractOptions) -> Article:
    """See :func:`transforms.extract.extract_article`."""
    encoding = None
    if isinstance(html, bytes):
        if len(html) > options.max_bytes:
            raise Rejection("extract/limit", f"{len(html)} bytes; extract.max_bytes is {options.max_bytes}")
        html, encoding = decode_page(html, charset)
    try:
        return _extract(html, url, encoding, options)
    except (Rejection, MemoryError):
        raise
    except Exception as error:
        raise Rejection("extract/error", f"{type(error).__name__}: {error}") from error


def _extract(html: str, url: str | None, encoding: str | None, options: ExtractOptions) -> Article:
    tree = parse_page(html, options)
    found = find_fields(tree, url, options)
    text = main_text(tree, lambda: parse_page(html, options), found.titles, found.descriptions)
    if len(text) < options.min_chars:
        raise Rejection("extract/empty", f"{len(text)} characters of main text")
    evidence = dict(found.evidence)
    if encoding and encoding != "utf-8":
        evidence["encoding"] = encoding
    if _MOJIBAKE.search(text):
        mended = "\n".join(map(_mend, text.split("\n")))
        if mended != text:
            text, evidence["text"] = mended, _MENDED
    fields = _mend_fields(found.fields, evidence)
    captions = tuple(map(_mend, found.captions))
    return Article(text=text, fields=fields, evidence=tuple(sorted(evidence.items())), captions=captions)


def _mend(line: str) -> str:
    """A line read in a wrong encoding as it was meant, where ftfy finds that certain."""
    return ftfy.fix_encoding(line) if _MOJIBAKE.search(line) and ftfy.badness.is_bad(line) else line


def _mend_fields(fields: Fields, evidence: dict[str, str]) -> Fields:
    """Fields that are read by people as they were meant; which ones were mended is added to their evidence."""
    mended: dict[str, Any] = {}
    for name in _READ_BY_PEOPLE:
        value = getattr(fields, name)
        better = _mend(value) if isinstance(value, str) else tuple(map(_mend, value or ()))
        if value and better != value:
            mended[name] = better
            evidence[name] = f"{evidence[name]}, {_MENDED}"
    return replace(fields, **mended) if mended else fields


def warm_up() -> None:
    """Load everything that the first page would load: rules for dates, names, agencies and titles among it."""
    head = '<title>Fine | Example</title><meta property="og:title" content="Fine"><link rel=canonical href="https://a.example/b">'
    body = "<h1>Fine</h1><div class=byline>By Ada Example and Bo Sample, Reuters</div><div>Monday, 3 June 2024</div>"
    figure = "<figure><figcaption>Fine (AP Photo)</figcaption></figure>"
    text = "<p>All is well.</p>"
    extract_page(f"<html><head>{head}<body><article>{body}{figure}{text}", None, None, ExtractOptions())
