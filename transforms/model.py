"""The data model: what the steps hand to each other.

Everything here is immutable, imports no Beam, and may be made in a notebook.  A step that finds that a
record cannot become a document raises :class:`Rejection`; nothing else ends a record's way.

What readers make for each record is a frozen ``msgspec.Struct``, as a frozen dataclass takes as long to make as a short
line to read: 0.5 µs for a Place, 1.0 for a Record, 2.2 for Fields, against 0.05, 0.06 and 0.07 (timeit, Python 3.11).
``gc=False``: they refer to what is older than they are, so that no cycle can come about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

Precision = Literal["day", "minute", "second"]


class Rejection(Exception):
    """A record that is not to become a document, with one of the codes of :mod:`transforms.reasons`.

    Args:
        reason: a code listed in ``transforms.reasons.REASONS``.
        detail: one line for the person who reads rejects/: what was found, and what is allowed.
    """

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a record stands in the input.

    Attributes:
        path: the file, relative to ``input.root``, with forward slashes.
        record: number of the record in its file, from 0; None where the file is the record.
        offset: byte offset of the record in the (decompressed) file, where the format has one; of a record of WARC in a
            compressed file, of the stored member that it is in.
    """

    path: str
    record: int | None = None
    offset: int | None = None


class StatedDate(msgspec.Struct, frozen=True, gc=False):
    """A date as something states it.

    Attributes:
        at: the instant in UTC (an aware datetime); midnight UTC of the day as written for precision ``day``.
        precision: what the evidence gives: ``day``, ``minute`` or ``second``.
        raw: the string as found, with its offset.
        evidence: what stated it, e.g. ``record``, ``json-ld``, ``meta``, ``text``, ``url``.
    """

    at: datetime
    precision: Precision
    raw: str
    evidence: str = ""


class Fields(msgspec.Struct, frozen=True, gc=False):
    """What is known of a document beside its text.  Records, extraction and cleaning each give one."""

    title: str | None = None
    url: str | None = None
    site_name: str | None = None
    description: str | None = None
    section: str | None = None
    declared_language: str | None = None
    dateline: str | None = None
    paywalled: bool | None = None
    published: StatedDate | None = None
    modified: StatedDate | None = None
    fetched: StatedDate | None = None
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    photo_credits: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def or_else(self, other: Fields) -> Fields:
        """These fields, and for each that is empty here the one of ``other``."""
        names = self.__struct_fields__
        missing = {name: getattr(other, name) for name in names if getattr(self, name) in (None, ())}
        return replace(self, **missing)


NO_FIELDS = Fields()


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as a reader hands it on.

    Attributes:
        place: where it stands in the input.
        raw: the bytes as received (of this record alone); what rejects/ keeps.
        kind: ``text`` (a document's own text, perhaps with noise) or ``html`` (a page).
        content: the text or the page; bytes where no container has decoded it yet.
        charset: the encoding that the container declares, for bytes.
        source_id: the record's own id, where it has one.
        fields: what the container says of the document (columns, keys, headers).
    """

    place: Place
    raw: bytes
    kind: Literal["text", "html"]
    content: str | bytes
    charset: str | None = None
    source_id: str | None = None
    fields: Fields = NO_FIELDS


@dataclass(frozen=True, slots=True)
class RemovedSpan:
    """A line, or a part of one, that cleaning took out of N(raw).

    Attributes:
        line: number of the line in N(raw), from 0.
        start, end: characters in that line; ``0, len(line)`` where all of it goes.
        text: ``line[start:end]``.
        kind: what it is, one of ``transforms.clean.KINDS``.
        rule: id of the rule that took it.
        score: how sure the rule is, 0 to 1.
    """

    line: int
    start: int
    end: int
    text: str
    kind: str
    rule: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class CleanedText:
    """The result of ``transforms.clean.clean_text``.

    Attributes:
        text: clean text, paragraphs separated by one newline.
        removed: what was taken out, in the order of N(raw); with ``text`` it gives N(raw) back.
        fields: what the removed lines said (and the dateline, which stays in the text).
    """

    text: str
    removed: tuple[RemovedSpan, ...] = ()
    fields: Fields = field(default_factory=Fields)


@dataclass(frozen=True, slots=True)
class Share:
    """One of a text's languages.

    Attributes:
        code: as ``Language.code``.
        share: of the text's letters, 0 to 1.
    """

    code: str
    share: float


@dataclass(frozen=True, slots=True)
class Language:
    """The result of ``transforms.language.detect_language``.

    Attributes:
        code: ISO 639-1, else 639-3, or ``und``.
        confidence: calibrated probability that ``code`` is right, 0 to 1.
        script: ISO 15924 code of the text's main script, None where it has no letters.
        mixed: the languages with their shares, where the text is in more than one; else empty.
        alternatives: other codes that were in question, most probable first, with their probabilities.
        note: why ``und``; None otherwise.
    """

    code: str
    confidence: float
    script: str | None = None
    mixed: tuple[Share, ...] = ()
    alternatives: tuple[Share, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The result of ``transforms.extract.extract_article``: what a page's HTML says.

    Attributes:
        text: the main text; paragraphs, subheads, list items and table rows as lines.
        fields: the fields, structured data first.
        evidence: (field name, what it came from) for each field that was found.
        captions: image captions, kept apart from the text.
    """

    text: str
    fields: Fields = field(default_factory=Fields)
    evidence: tuple[tuple[str, str], ...] = ()
    captions: tuple[str, ...] = ()
