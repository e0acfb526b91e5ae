"""Decide on a page's fields: structured data first, each with the evidence it came from.

Where statements contradict each other:

- title: the candidates (heading, JSON-LD, OpenGraph, Twitter, ``<title>``) vote, after site names have left them;
  equal votes go by that order.  Of the headings, the one that readers see counts: an ``h1`` that ends the path to the
  page (Home / News / …) is there for search engines, and the heading below it that another statement confirms takes
  its place.  A kicker with an element of its own is part of the title where OpenGraph has it;
- dates: JSON-LD before meta before microdata before ``<time>`` before the address; a later statement of the same
  day takes its place where it is more precise or has the offset that the first lacks;
- authors: JSON-LD before meta before microdata before visible bylines before a name below the text: the first that
  names people.  Organisations are no authors beside people.  Where nobody is named, the organisation that the page's
  structured data gives as its author is (``collective_authors``).  Wire services are agencies in any case;
- all others: the first source that says anything, in the order of ``_SOURCES``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from transforms.extract.bylines import find_authors
from transforms.extract.headline import headings_of, title_candidates, vote
from transforms.extract.options import ExtractOptions
from transforms.extract.pictures import read_pictures
from transforms.extract.structured import (
    META,
    Structured,
    clean_string,
    meta_value,
    microdata_value,
    microdata_values,
    named_pattern,
    read_structured,
    resolve,
    string_of,
    text_of,
    vocabulary,
)
from transforms.fields.dates import find_date, parse_date
from transforms.fields.titles import same_title
from transforms.fields.urls import canonical_url
from transforms.model import Fields, StatedDate

_URL_DATE = named_pattern("url-date")
_ROOT = named_pattern("root-address")
_HAS_OFFSET = re.compile(r"(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$", re.IGNORECASE)
_UNIX_TIME = re.compile(r"[1-9]\d{9}(?:\d{3})?")
_LONGEST_DATE_LINE = 90
_MOST_DATE_LINES = 400


@dataclass(frozen=True, slots=True)
class Found:
    """The fields of a page, the evidence for each, and what its images are captioned."""

    fields: Fields
    evidence: tuple[tuple[str, str], ...]
    captions: tuple[str, ...]
    titles: tuple[str, ...]
    descriptions: tuple[str, ...]


def find_fields(tree: HtmlElement, url: str | None, options: ExtractOptions) -> Found:
    """Read the fields of a parsed page; the tree stays as it is."""
    structured = read_structured(tree, options.max_json_ld_bytes)
    headings = headings_of(tree, meta_value(structured, META["site_name"]))
    article = _own_article(structured, headings, url)
    page = structured.pages[0] if structured.pages else {}
    evidence: dict[str, str] = {}

    def take(name: str, *sources: tuple[str, Any]) -> Any:
        for source, value in sources:
            if value:
                evidence[name] = source
                return value
        return None

    language = take(
        "declared_language",
        ("html", tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang")),
        ("json-ld", string_of(article.get("inLanguage"))),
        ("meta", meta_value(structured, META["language"])),
    )
    site_name = take(
        "site_name",
        ("opengraph", meta_value(structured, META["site_name"][:1])),
        ("json-ld", string_of(resolve(article.get("publisher"), structured))),
        ("meta", meta_value(structured, META["site_name"][1:])),
    )
    address = take("url", *_addresses(structured, article, url))
    heading = headings[0] if headings else None
    published = _date(_published(tree, structured, article, page, address or url, heading), language)
    modified = _date(_modified(structured, article, page), language)
    if published:
        evidence["published"] = published.evidence
    if modified:
        evidence["modified"] = modified.evidence
    authors, agencies, evidence_of_authors = find_authors(
        tree, structured, article, heading, options.collective_authors
    )
    evidence.update(evidence_of_authors)
    captions, credits = read_pictures(tree)
    if credits:
        evidence["photo_credits"] = "caption"
    titles = title_candidates(tree, structured, article, headings, site_name, address or url)
    title, evidence_of_title = vote(titles)
    if title:
        evidence["title"] = evidence_of_title
    fields = Fields(
        title=title,
        url=address,
        site_name=site_name,
        description=take(
            "description",
            ("opengraph", meta_value(structured, META["description"][:1])),
            ("meta", meta_value(structured, META["description"][1:])),
            ("json-ld", string_of(article.get("description"))),
        ),
        section=take(
            "section",
            ("json-ld", string_of(article.get("articleSection"))),
            ("opengraph", meta_value(structured, META["section"][:2])),
            ("meta", meta_value(structured, META["section"][2:])),
            ("microdata", microdata_value(structured, "articleSection")),
        ),
        declared_language=language,
        paywalled=_paywalled(structured, article, page, evidence),
        published=published,
        modified=modified,
        authors=authors,
        agencies=agencies,
        photo_credits=credits,
        tags=take("tags", *_tags(structured, article)) or (),
    )
    descriptions = (
        *(clean_string(text) for name in META["description"] for text in structured.meta.get(name, ())),
        string_of(article.get("description")),
    )
    return Found(
        fields,
        tuple(sorted(evidence.items())),
        captions,
        tuple(dict.fromkeys((*(t for _, t, _ in titles), *map(text_of, headings)))),
        tuple(dict.fromkeys(d for d in descriptions if d)),
    )


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [s for s in map(string_of, values[:200]) if s]


def _own_article(structured: Structured, headings: list[HtmlElement], url: str | None) -> dict[str, Any]:
    """Of several articles in a page's JSON-LD, the one that the page is about."""
    if len(structured.articles) < 2:
        return structured.articles[0] if structured.articles else {}
    titles = [t for t in (*map(text_of, headings[:1]), meta_value(structured, ("og:title",))) if t]
    addresses = {
        a.split("?")[0].rstrip("/")
        for a in (url, meta_value(structured, ("og:url",)), *structured.links.get("canonical", ()))
        if a
    }

    def score(node: dict[str, Any]) -> int:
        headline = string_of(node.get("headline")) or string_of(node.get("name")) or ""
        own = {
            a.split("?")[0].split("#")[0].rstrip("/")
            for a in (
                node.get("url"),
                node.get("@id"),
                node.get("mainEntityOfPage"),
                _identity(node.get("mainEntityOfPage")),
            )
            if isinstance(a, str)
        }
        return (
            4 * bool(own & addresses)
            + 4 * any(same_title(headline, title) for title in titles if headline)
            + 2 * ("datePublished" in node)
            + ("author" in node)
        )

    return max(structured.articles[:50], key=score)


def _identity(value: Any) -> Any:
    return value.get("@id") if isinstance(value, dict) else None


def _addresses(structured: Structured, article: dict[str, Any], url: str | None) -> Iterator[tuple[str, str | None]]:
    for source, value in (
        ("canonical", next(iter(structured.links.get("canonical", ())), None)),
        ("opengraph", meta_value(structured, ("og:url",))),
        ("json-ld", string_of(article.get("url")) or _identity(article.get("mainEntityOfPage"))),
        ("record", url),
    ):
        whole = _absolute(value, url) if isinstance(value, str) else None
        # Pages that all state the site's first page as their address must not become one document.
        if whole and (source == "record" or not _ROOT.search(whole)):
            yield source, canonical_url(whole)


def _absolute(address: str, url: str | None) -> str | None:
    """An address as one that stands alone; None where it is relative to one that is not known, or none at all."""
    if address.startswith("//"):
        return f"https:{address}"
    try:
        return urljoin(url or "", address) if url or address[:4].lower() == "http" else None
    except ValueError:
        return None


def _published(
    tree: HtmlElement,
    structured: Structured,
    article: dict[str, Any],
    page: dict[str, Any],
    url: str | None,
    heading: HtmlElement | None,
) -> Iterator[tuple[str, str]]:
    """Statements of when the page was published, (evidence, string), best first."""
    for node in (article, page):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            if value := _time_of(node.get(key)):
                yield "json-ld", value
    for name in META["published"]:
        for content in structured.meta.get(name, ()):
            yield vocabulary(name), content
    for prop in ("datePublished", "dateCreated"):
        for value in microdata_values(structured, prop):
            yield "microdata", value
    times = [t for t in tree.iter("time") if t.get("datetime")]
    for time in sorted(times[:20], key=lambda t: not _is_publication(t)):
        yield "time", time.get("datetime", "")
    if url and (match := _URL_DATE.search(url)):
        year, month, day = (int(g) for g in match.groups() if g)
        yield "url", f"{year:04d}-{month:02d}-{day:02d}"
    for time in tree.iter("time"):
        yield "time", text_of(time)
    for line in _date_lines(tree, heading):
        yield "text", line


def _date_lines(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[str]:
    """Short lines with digits, from the page's heading on: where a date stands for the reader alone."""
    lines = 0
    after = heading is None
    for element in tree.iter("h1", "h2", "h3", "div", "span", "p", "li", "em", "i", "small", "td", "h5", "h6"):
        after = after or element is heading
        text = element.text
        if not after or not text or len(text) > 1_000 or element.tag in ("h1", "h2", "h3"):
            continue
        text = " ".join(text.split())
        if 6 <= len(text) <= _LONGEST_DATE_LINE and any(c.isdigit() for c in text):
            yield text
            lines += 1
            if lines > _MOST_DATE_LINES:
                return


def _is_publication(time: HtmlElement) -> bool:
    marks = f"{time.get('class', '')} {time.get('itemprop', '')} {time.get('pubdate', '-')}".lower()
    return "publish" in marks or "pubdate" in marks or time.get("pubdate") is not None


def _modified(structured: Structured, article: dict[str, Any], page: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for node in (article, page):
        if value := _time_of(node.get("dateModified")):
            yield "json-ld", value
    for name in META["modified"]:
        for content in structured.meta.get(name, ()):
            yield vocabulary(name), content
    for value in microdata_values(structured, "dateModified"):
        yield "microdata", value


def _date(statements: Iterator[tuple[str, str]], language: str | None) -> StatedDate | None:
    """The first statement that is a date; a better one of the same day in its place."""
    best: StatedDate | None = None
    for evidence, text in itertools.islice(statements, _MOST_DATE_LINES):
        if evidence == "text":
            found = None if best else find_date(text, language=language, evidence=evidence)
            date = found[0] if found else None
        else:
            date = _since_1970(text, evidence) or parse_date(clean_string(text), language=language, evidence=evidence)
        if date is None:
            continue
        if best is None or (_goodness(date) > _goodness(best) and abs((date.at - best.at).total_seconds()) < 86_400):
            best = date
        if _goodness(best) >= (2, True):
            break
    return best


def _time_of(value: Any) -> str | None:
    """A time of JSON-LD as a string; some give the seconds since 1970 as a number."""
    return str(int(value)) if type(value) in (int, float) and 0 < value < 10**14 else string_of(value)


def _since_1970(text: str, evidence: str) -> StatedDate | None:
    """The time that ten digits (seconds since 1970) or thirteen (milliseconds) stand for."""
    if not _UNIX_TIME.fullmatch(text):
        return None
    at = datetime.fromtimestamp(int(text[:10]), UTC)
    return StatedDate(at=at, precision="second", raw=text, evidence=evidence)


def _goodness(date: StatedDate) -> tuple[int, bool]:
    has_offset = _HAS_OFFSET.search(date.raw) or _UNIX_TIME.fullmatch(date.raw)
    return ("day", "minute", "second").index(date.precision), bool(has_offset)


def _tags(structured: Structured, article: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    keywords = article.get("keywords")
    yield "json-ld", _split_tags(_strings(keywords) if isinstance(keywords, list) else [keywords])
    for name in META["tags"]:
        yield (
            vocabulary(name),
            _split_tags(structured.meta.get(name, [])),
        )


def _split_tags(values: Sequence[Any]) -> tuple[str, ...]:
    tags: dict[str, None] = {}
    for value in values:
        text = string_of(value)
        if not text:
            continue
        parts = re.split(r"\s*[,;]\s*", text) if len(values) == 1 else [text]
        tags.update((part, None) for part in parts if part and len(part) <= 100)
    return tuple(tags)[:100]


def _free_part(article: dict[str, Any]) -> Any:
    """Whether the part of an article that has a statement of its own is free: how a paywall is marked for search."""
    parts = article.get("hasPart")
    parts = parts if isinstance(parts, list) else [parts]
    stated = (part.get("isAccessibleForFree") for part in parts if isinstance(part, dict))
    return next((value for value in stated if value is not None), None)


def _paywalled(
    structured: Structured, article: dict[str, Any], page: dict[str, Any], evidence: dict[str, str]
) -> bool | None:
    for source, value in (
        ("json-ld", article.get("isAccessibleForFree")),
        ("json-ld", page.get("isAccessibleForFree")),
        ("json-ld", _free_part(article)),
        ("microdata", microdata_value(structured, "isAccessibleForFree")),
    ):
        free = {"true": True, "false": False}.get(str(value).strip().rsplit("/", 1)[-1].lower())
        if free is not None:
            evidence["paywalled"] = source
            return not free
    tier = (meta_value(structured, META["access"]) or "").lower()
    if tier in ("free", "metered", "locked"):
        evidence["paywalled"] = "opengraph"
        return tier == "locked"
    return None
