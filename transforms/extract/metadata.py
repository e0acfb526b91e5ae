"""Decide on a page's fields: structured data first, each with the evidence it came from.

Where statements contradict each other:

- title: the candidates (h1, JSON-LD, OpenGraph, Twitter, ``<title>``) vote, after site names have left them;
  equal votes go by that order;
- dates: JSON-LD before meta before microdata before ``<time>`` before the address; a later statement of the same
  day takes its place where it is more precise or has the offset that the first lacks;
- authors: the first source that names people; organisations are agencies or nothing;
- all others: the first source that says anything, in the order of ``_SOURCES``.
"""

from __future__ import annotations

import html as html_entities
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from lxml import etree
from lxml.html import HtmlElement

from transforms.extract.options import ExtractOptions
from transforms.extract.structured import Structured, read_structured
from transforms.fields.agencies import canonical_agency, find_agencies
from transforms.fields.authors import looks_like_name, split_authors
from transforms.fields.dates import find_date, parse_date
from transforms.fields.titles import same_title, tidy_title
from transforms.fields.urls import canonical_url, registered_domain
from transforms.model import Fields, StatedDate

_RULES = yaml.safe_load((resources.files(__package__) / "metadata.yaml").read_text(encoding="utf-8"))
_META: dict[str, tuple[str, ...]] = {kind: tuple(names) for kind, names in _RULES["meta"].items()}


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_RULES["patterns"][name]["pattern"], re.IGNORECASE)


_URL_DATE = _pattern("url-date")
_BYLINE_MARK = _pattern("byline-mark")
_BYLINE_ADDRESS = _pattern("byline-address")
_STAFF_NAME = _pattern("staff-name")
_CREDIT_MARK = _pattern("credit-mark")
_HAS_OFFSET = re.compile(r"(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*$", re.IGNORECASE)
_NO_BYLINE_WITHIN = frozenset(("footer", "nav", "aside", "figure", "figcaption", "form"))
_LONGEST_BYLINE = 250
_MOST_CAPTIONS = 200
_LONGEST_CREDIT = 60
_MOST_HEADINGS = 50
_MOST_BYLINES = 25
_LONGEST_DATE_LINE = 90
_MOST_DATE_LINES = 400
_CAPTIONS = etree.XPath("//figcaption | //figure//*[contains(@class,'caption')][not(ancestor::figcaption)]")
_SHORTEST_WITHIN = 12
_SUFFIX_START = re.compile(r"\s+[|–—·-]|[-|ㅣ：|]")


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
    headings = [text for text in map(_text, tree.iter("h1")) if text] or _headings_in_title(tree)
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
        ("json-ld", _string(article.get("inLanguage"))),
        ("meta", _meta(structured, _META["language"])),
    )
    site_name = take(
        "site_name",
        ("opengraph", _meta(structured, _META["site_name"][:1])),
        ("json-ld", _name(article.get("publisher"), structured)),
        ("meta", _meta(structured, _META["site_name"][1:])),
    )
    address = take("url", *_addresses(structured, article, url))
    published = _date(_published(tree, structured, article, page, address or url), language)
    modified = _date(_modified(structured, article, page), language)
    if published:
        evidence["published"] = published.evidence
    if modified:
        evidence["modified"] = modified.evidence
    authors, agencies, evidence_of_authors = _authors(
        tree, structured, article, site_name, address or url, options.collective_authors
    )
    evidence.update(evidence_of_authors)
    captions, credits = _pictures(tree)
    if credits:
        evidence["photo_credits"] = "caption"
    titles = _titles(tree, structured, article, headings, site_name, address or url)
    title, evidence_of_title = _vote(titles)
    if title:
        evidence["title"] = evidence_of_title
    fields = Fields(
        title=title,
        url=address,
        site_name=site_name,
        description=take(
            "description",
            ("opengraph", _meta(structured, _META["description"][:1])),
            ("meta", _meta(structured, _META["description"][1:])),
            ("json-ld", _string(article.get("description"))),
        ),
        section=take(
            "section",
            ("json-ld", _string(article.get("articleSection"))),
            ("opengraph", _meta(structured, _META["section"][:2])),
            ("meta", _meta(structured, _META["section"][2:])),
            ("microdata", _microdata(structured, "articleSection")),
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
        *(_clean(text) for name in _META["description"] for text in structured.meta.get(name, ())),
        _string(article.get("description")),
    )
    return Found(
        fields,
        tuple(sorted(evidence.items())),
        captions,
        tuple(dict.fromkeys((*(t for _, t, _ in titles), *headings))),
        tuple(dict.fromkeys(d for d in descriptions if d)),
    )


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _clean(value: str) -> str:
    """A string of structured data as text: entities that were escaped once too often, blanks."""
    if "&" in value:
        value = html_entities.unescape(html_entities.unescape(value))
    if "<" in value:
        value = re.sub(r"</?[a-zA-Z][^<>]*>", "", value)
    return " ".join(value.split())


def _string(value: Any) -> str | None:
    """The first string in a JSON-LD value."""
    if isinstance(value, list):
        return next((s for s in map(_string, value[:20]) if s), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return _clean(value) or None if isinstance(value, str) else None


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [s for s in map(_string, values[:200]) if s]


def _meta(structured: Structured, names: tuple[str, ...]) -> str | None:
    for name in names:
        for content in structured.meta.get(name, ()):
            if text := _clean(content):
                return text
    return None


def _vocabulary(name: str) -> str:
    """The evidence that a meta element of a name is."""
    return "opengraph" if name.startswith(("article:", "og:")) else "meta"


def _microdata_values(structured: Structured, prop: str) -> Iterator[str]:
    for name, element in structured.microdata:
        if prop in name.split():
            value = element.get("content") or element.get("datetime") or _text(element)
            if value:
                yield _clean(value)


def _microdata(structured: Structured, prop: str) -> str | None:
    return next(_microdata_values(structured, prop), None)


def _resolve(value: Any, structured: Structured) -> Any:
    """A JSON-LD node in place of a reference to it."""
    if isinstance(value, dict) and len(value) <= 2 and "name" not in value and isinstance(value.get("@id"), str):
        return structured.others.get(value["@id"], value)
    return value


def _name(value: Any, structured: Structured) -> str | None:
    return _string(_resolve(value, structured))


def _own_article(structured: Structured, headings: list[str], url: str | None) -> dict[str, Any]:
    """Of several articles in a page's JSON-LD, the one that the page is about."""
    if len(structured.articles) < 2:
        return structured.articles[0] if structured.articles else {}
    titles = [t for t in (*headings[:1], _meta(structured, ("og:title",))) if t]
    addresses = {
        a.split("?")[0].rstrip("/")
        for a in (url, _meta(structured, ("og:url",)), *structured.links.get("canonical", ()))
        if a
    }

    def score(node: dict[str, Any]) -> int:
        headline = _string(node.get("headline")) or _string(node.get("name")) or ""
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
        ("opengraph", _meta(structured, ("og:url",))),
        ("json-ld", _string(article.get("url")) or _identity(article.get("mainEntityOfPage"))),
        ("record", url),
    ):
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            yield source, canonical_url(value)


def _headings_in_title(tree: HtmlElement) -> list[str]:
    """For a page without h1: other headings that its title holds."""
    title = next((_text(t) for t in tree.iter("title")), "").casefold()
    texts = map(_text, itertools.islice(tree.iter("h2", "h3"), _MOST_HEADINGS))
    return [text for text in texts if len(text) >= _SHORTEST_WITHIN and text.casefold() in title]


def _titles(
    tree: HtmlElement,
    structured: Structured,
    article: dict[str, Any],
    headings: list[str],
    site_name: str | None,
    url: str | None,
) -> list[tuple[str, str, float]]:
    """The candidates for the title without the site's name: (evidence, title, weight), the better first."""
    candidates = (
        ("h1", headings[0] if headings else None, 1.0),
        ("opengraph", _meta(structured, ("og:title",)), 0.8),
        ("json-ld", _string(article.get("headline")) or _string(article.get("name")), 0.9),
        ("meta", _meta(structured, ("twitter:title",)), 0.3),
        ("microdata", _microdata(structured, "headline"), 0.4),
        ("title", next((t for t in map(_text, tree.iter("title")) if t), None), 0.3),
    )
    tidied = ((source, tidy_title(value, site_name, url), weight) for source, value, weight in candidates if value)
    return [(source, title, weight) for source, title, weight in tidied if title]


def _vote(titles: list[tuple[str, str, float]]) -> tuple[str | None, str]:
    """The candidate that most others agree with; see the module."""
    best: tuple[str | None, str] = (None, "")
    most = 0.0
    weights: dict[str, float] = {}
    for _, title, weight in titles:
        weights[title] = weights.get(title, 0.0) + weight
    for source, title, _ in titles:
        others = ((weight, other) for other, weight in weights.items() if other != title)
        votes = weights[title] + sum(w for w, other in others if same_title(title, other) or _within(title, other))
        if votes > most + 1e-9:
            best, most = (title, source), votes
    return best


def _within(title: str, longer: str) -> bool:
    """Whether ``longer`` is the title and behind it a name or section, set off by a mark."""
    return len(title) >= _SHORTEST_WITHIN and longer.startswith(title) and bool(_SUFFIX_START.match(longer, len(title)))


def _published(
    tree: HtmlElement, structured: Structured, article: dict[str, Any], page: dict[str, Any], url: str | None
) -> Iterator[tuple[str, str]]:
    """Statements of when the page was published, (evidence, string), best first."""
    for node in (article, page):
        for key in ("datePublished", "dateCreated", "uploadDate"):
            if value := _string(node.get(key)):
                yield "json-ld", value
    for name in _META["published"]:
        for content in structured.meta.get(name, ()):
            yield _vocabulary(name), content
    for prop in ("datePublished", "dateCreated"):
        for value in _microdata_values(structured, prop):
            yield "microdata", value
    times = [t for t in tree.iter("time") if t.get("datetime")]
    for time in sorted(times[:20], key=lambda t: not _is_publication(t)):
        yield "time", time.get("datetime", "")
    if url and (match := _URL_DATE.search(url)):
        year, month, day = (int(g) for g in match.groups() if g)
        yield "url", f"{year:04d}-{month:02d}-{day:02d}"
    for time in tree.iter("time"):
        yield "time", _text(time)
    for line in _date_lines(tree):
        yield "text", line


def _date_lines(tree: HtmlElement) -> Iterator[str]:
    """Short lines with digits, from the page's heading on: where a date stands for the reader alone."""
    lines = 0
    heading = next((h for h in tree.iter("h1") if _text(h)), None)
    after = heading is None
    for element in tree.iter("h1", "div", "span", "p", "li", "em", "i", "small", "td", "h5", "h6"):
        after = after or element is heading
        text = element.text
        if not after or not text or len(text) > 1_000 or element.tag == "h1":
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
        if value := _string(node.get("dateModified")):
            yield "json-ld", value
    for name in _META["modified"]:
        for content in structured.meta.get(name, ()):
            yield _vocabulary(name), content
    for value in _microdata_values(structured, "dateModified"):
        yield "microdata", value


def _date(statements: Iterator[tuple[str, str]], language: str | None) -> StatedDate | None:
    """The first statement that is a date; a better one of the same day in its place."""
    best: StatedDate | None = None
    for evidence, text in itertools.islice(statements, _MOST_DATE_LINES):
        if evidence == "text":
            found = None if best else find_date(text, language=language, evidence=evidence)
            date = found[0] if found else None
        else:
            date = parse_date(_clean(text), language=language, evidence=evidence)
        if date is None:
            continue
        if best is None or (_goodness(date) > _goodness(best) and abs((date.at - best.at).total_seconds()) < 86_400):
            best = date
        if _goodness(best) >= (2, True):
            break
    return best


def _goodness(date: StatedDate) -> tuple[int, bool]:
    return ("day", "minute", "second").index(date.precision), bool(_HAS_OFFSET.search(date.raw))


def _authors(
    tree: HtmlElement,
    structured: Structured,
    article: dict[str, Any],
    site_name: str | None,
    url: str | None,
    collective: bool,
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """(authors, agencies, evidence): authors of the first source that names people, agencies of the first with any.

    With ``collective``, the first source that names anyone counts, and organisations stay among the authors; the
    site's own name only where nobody else is named.
    """
    own_names = {"".join(name.split()).casefold() for name in (site_name, registered_domain(url or "")) if name}
    authors: tuple[str, ...] = ()
    site: tuple[tuple[str, ...], str] = ((), "")
    agencies: tuple[str, ...] = ()
    evidence: dict[str, str] = {}
    for source, names in _author_sources(tree, structured, article):
        if source == "byline" and agencies:
            break  # a wire's story: the next byline on the page is another story's
        people, wires, others = _sort_names(names)
        if wires and not agencies:
            agencies, evidence["agencies"] = wires, source
        if collective and source != "byline":
            people = others
            if not site[0] and others and all("".join(name.split()).casefold() in own_names for name in others):
                people, site = (), (others, source)
        if people:
            authors, evidence["authors"] = people, source
            break
    if not authors and site[0]:
        authors, evidence["authors"] = site
    return authors, agencies, evidence


def _sort_names(names: list[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(people, agencies, all of them as stated)."""
    people: dict[str, None] = {}
    wires: dict[str, None] = {}
    stated: dict[str, None] = {}
    for name in names:
        if agency := canonical_agency(name):
            wires[agency] = None
            stated[name] = None
            continue
        found = split_authors(name) or ((name,) if looks_like_name(name) else ())
        people.update(dict.fromkeys(found))
        wires.update(dict.fromkeys(find_agencies(name)))
        stated.update(dict.fromkeys(found or ((name,) if _STAFF_NAME.search(name) else ())))
    return tuple(people), tuple(wires), tuple(stated)


def _author_sources(
    tree: HtmlElement, structured: Structured, article: dict[str, Any]
) -> Iterator[tuple[str, list[str]]]:
    for key in ("author", "creator"):
        value = article.get(key)
        values = value if isinstance(value, list) else [value]
        yield "json-ld", [name for v in values[:50] if (name := _name(v, structured))]
    for name in _META["author"]:
        stated = structured.meta.get(name, ())
        yield _vocabulary(name), [_clean(v) for v in stated if not v.startswith(("http://", "https://", "//", "@"))]
    # Only the first: further ones are those of teasers.
    yield "microdata", list(itertools.islice(_microdata_values(structured, "author"), 1))
    for names in _bylines(tree):
        yield "byline", names


@lru_cache(maxsize=20_000)
def _marks_byline(value: str) -> bool:
    return bool(_BYLINE_MARK.search(value, 0, 500))


def _bylines(tree: HtmlElement) -> Iterator[list[str]]:
    """The texts in each element that is marked as a byline, outermost first, in document order."""
    seen: set[HtmlElement] = set()
    for element in tree.iter("*"):  # custom elements too
        marked = (
            element.get("rel") == "author"
            or _marks_byline(element.get("class") or "")
            or _marks_byline(element.get("id") or "")
            or (element.tag == "a" and _BYLINE_ADDRESS.search(element.get("href") or ""))
        )
        if not marked:
            continue
        around = set(element.iterancestors())
        if around & seen or any(a.tag in _NO_BYLINE_WITHIN for a in around):
            continue
        texts = [text for text in (" ".join(t.split()) for t in element.itertext()) if text]
        if texts and sum(map(len, texts)) <= _LONGEST_BYLINE and max(map(len, texts)) <= _LONGEST_DATE_LINE:
            seen.add(element)
            yield texts
            if len(seen) >= _MOST_BYLINES:
                return


def _tags(structured: Structured, article: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    keywords = article.get("keywords")
    yield "json-ld", _split_tags(_strings(keywords) if isinstance(keywords, list) else [keywords])
    for name in _META["tags"]:
        yield (
            _vocabulary(name),
            _split_tags(structured.meta.get(name, [])),
        )


def _split_tags(values: Sequence[Any]) -> tuple[str, ...]:
    tags: dict[str, None] = {}
    for value in values:
        text = _string(value)
        if not text:
            continue
        parts = re.split(r"\s*[,;]\s*", text) if len(values) == 1 else [text]
        tags.update((part, None) for part in parts if part and len(part) <= 100)
    return tuple(tags)[:100]


def _paywalled(
    structured: Structured, article: dict[str, Any], page: dict[str, Any], evidence: dict[str, str]
) -> bool | None:
    for source, value in (
        ("json-ld", article.get("isAccessibleForFree")),
        ("json-ld", page.get("isAccessibleForFree")),
        ("microdata", _microdata(structured, "isAccessibleForFree")),
    ):
        free = {"true": True, "false": False}.get(str(value).strip().rsplit("/", 1)[-1].lower())
        if free is not None:
            evidence["paywalled"] = source
            return not free
    tier = (_meta(structured, _META["access"]) or "").lower()
    if tier in ("free", "metered", "locked"):
        evidence["paywalled"] = "opengraph"
        return tier == "locked"
    return None


def _pictures(tree: HtmlElement) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(captions, credits) of the page's images; a credit with an element of its own is left out of the caption.

    A credit is given by the agencies that it names, as everywhere; as it stands where it names none.
    """
    captions: dict[str, None] = {}
    credits: dict[str, None] = {}
    for element in _CAPTIONS(tree)[:_MOST_CAPTIONS]:
        caption = _text(element)
        marked = [p for p in element.iterdescendants("*") if _marks_credit(p.get("class") or p.get("itemprop") or "")]
        for credit in filter(None, map(_text, marked)):
            if credit in caption:
                caption = caption.replace(credit, " ", 1)
                credits.update(dict.fromkeys(find_agencies(credit, photo=True) or (credit,)))
        if not marked:
            credits.update(dict.fromkeys(find_agencies(caption[-_LONGEST_CREDIT:], photo=True)))
        caption = " ".join(caption.split())
        if caption:
            captions[caption] = None
    return tuple(captions), tuple(credits)


@lru_cache(maxsize=20_000)
def _marks_credit(value: str) -> bool:
    return bool(_CREDIT_MARK.search(value, 0, 500))
