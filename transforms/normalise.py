"""One set of fields for a document, out of what its record, its page and its text say of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from msgspec.structs import replace

from transforms.fields.agencies import canonical_agency, canonical_credit, find_agencies
from transforms.fields.authors import looks_like_name, split_authors, tidy_name
from transforms.fields.dates import MAX_YEAR, MIN_YEAR
from transforms.fields.titles import tidy_title
from transforms.fields.urls import canonical_url
from transforms.model import Fields, StatedDate

_SPACE = re.compile(r"\s+")
# Control and format characters, but for the joiners that some scripts spell with (ZWNJ, ZWJ); and noncharacters.
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\ud800-\udfff]"
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_](?:[a-z0-9]{1,8}))*\Z")
# Codes that ISO 639 has withdrawn, collective ones, and country codes that pages declare by mistake.
_LANGUAGE_ALIASES = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "nb": "no", "nn": "no", "tl": "fil",
    "cmn": "zh", "cz": "cs", "gr": "el", "jp": "ja", "kr": "ko", "cn": "zh", "dk": "da", "ua": "uk",
}  # fmt: skip
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx"})


def normalise_fields(record: Fields, article: Fields | None, cleaned: Fields) -> Fields:
    """The fields of a document in their final form.

    For each field the first that has it wins, in the order of trust: the record's own, the page's structured data,
    what cleaning lifted out of the text.  Agencies and picture credits are all of them, in that order.

    Strings are NFC, without control characters, blanks collapsed, None where empty; the URL canonical; the title
    without the site's name; authors single names, agencies and credits by their canonical names, none twice (in any
    case); dates outside 1600 to 2200 left out; the declared language the primary subtag in lower case.

    Args:
        record: what the container says.
        article: what extraction found in the page; None for plain text.
        cleaned: what cleaning found in the text.
    """
    sources = [_tidy(source, source is article) for source in (record, article, cleaned) if source is not None]
    merged = sources[0]
    for source in sources[1:]:
        merged = merged.or_else(source)
    authors = merged.authors
    if article is not None and cleaned.authors and not any(split_authors(name, marked=True) for name in authors):
        authors = sources[-1].authors  # a person whom the text names, before an organisation that the page does
    return replace(
        merged,
        authors=authors,
        title=tidy_title(merged.title, merged.site_name, merged.url) if merged.title else None,
        agencies=unique(name for source in sources for name in source.agencies),
        photo_credits=unique(name for source in sources for name in source.photo_credits),
    )


def _tidy(source: Fields, is_article: bool) -> Fields:
    """The fields of one source, each in its final form but for the title, which needs the site's name.

    Extraction has decided already who a page's authors are, organisations among them.
    """
    tidied = (tidy_string(name) for name in source.authors)
    authors, agencies = (unique(filter(None, tidied)), []) if is_article else _authors(source.authors)
    return replace(
        source,
        title=tidy_string(source.title),
        url=canonical_url(source.url) if source.url else None,
        site_name=tidy_string(source.site_name),
        description=tidy_string(source.description),
        section=tidy_string(source.section),
        declared_language=language_tag(source.declared_language),
        dateline=tidy_string(source.dateline),
        published=plausible(source.published),
        modified=plausible(source.modified),
        fetched=plausible(source.fetched),
        authors=authors,
        agencies=unique([*(name for text in source.agencies for name in _agency(text)), *agencies]),
        photo_credits=unique(credit for text in source.photo_credits if (credit := _credit(text))),
        tags=unique(tag for text in source.tags if (tag := tidy_string(text))),
    )


def tidy_string(text: str | None) -> str | None:
    """``text`` in NFC, without control characters, blanks collapsed; None where nothing is left."""
    if not text:
        return None
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _CONTROL.sub("", text))
    return _SPACE.sub(" ", text).strip() or None


def language_tag(text: str | None) -> str | None:
    """The primary subtag of a language tag, in lower case (``en_US`` gives ``en``); None where it is none.

    Norwegian is ``no`` in each of its forms, as it is in the column ``language``.
    """
    match = _LANGUAGE.match(text.strip().lower()) if text else None
    if not match or match[1] in _NO_LANGUAGE:
        return None
    return _LANGUAGE_ALIASES.get(match[1], match[1])


def plausible(date: StatedDate | None) -> StatedDate | None:
    """``date``, or None where its year is before 1600 or after 2200: no date of a document."""
    return date if date and MIN_YEAR <= date.at.year <= MAX_YEAR else None


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items, each once in any case, in their order and in the form that came first."""
    first: dict[str, str] = {}
    for item in items:
        first.setdefault(item.casefold(), item)
    return tuple(first.values())


def _authors(texts: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names of people, and the agencies that stood among them."""
    names: list[str] = []
    agencies: list[str] = []
    for text in texts:
        tidy = tidy_string(text)
        if not tidy:
            continue
        if looks_like_name(tidy):
            names.append(tidy_name(tidy))
        else:
            names.extend(split_authors(tidy))
            agencies.extend(find_agencies(tidy))
    return unique(names), agencies


def _agency(text: str) -> tuple[str, ...]:
    """Canonical names of the agencies in ``text``; the text itself where we know none."""
    tidy = tidy_string(text)
    if not tidy:
        return ()
    name = canonical_agency(tidy)
    return (name,) if name else find_agencies(tidy) or (tidy,)


def _credit(text: str) -> str | None:
    tidy = tidy_string(text)
    return (canonical_credit(tidy) or tidy) if tidy else None
