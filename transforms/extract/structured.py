"""Read what a page says of itself in its structured data: JSON-LD, meta elements, microdata, links.

Nothing here decides between contradicting statements; ``metadata``, ``headline`` and ``bylines`` do.
"""

from __future__ import annotations

import html as html_entities
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import yaml
from lxml import etree
from lxml.html import HtmlElement

_RULES = yaml.safe_load((resources.files(__package__) / "metadata.yaml").read_text(encoding="utf-8"))
# Names of meta elements by what they state, best first.
META: dict[str, tuple[str, ...]] = {kind: tuple(names) for kind, names in _RULES["meta"].items()}

# schema.org's Article and what descends from it, and the types that publishers use in its place.
_ARTICLE_TYPE = re.compile(
    r"Article|BlogPosting|^Report$|Review$|^CreativeWork$|^Recipe$|LiveBlogPosting|SocialMediaPosting"
)
_PAGE_TYPE = re.compile(r"WebPage$|VideoObject$")
# Where publishers put nodes inside other nodes.
_NESTED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "item", "about", "subjectOf")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
_MICRODATA = etree.XPath("//*[@itemprop]")
_MOST_NODES = 2_000


@dataclass(frozen=True, slots=True)
class Structured:
    """What a page's head and attributes state, as found.

    Attributes:
        articles: JSON-LD nodes that describe an article, in document order; then those that describe a page.
        pages: JSON-LD nodes that describe the page.
        others: the other JSON-LD nodes by their ``@id``, for references.
        meta: contents of meta elements by lower-case name, property or itemprop.
        links: addresses of link elements by lower-case rel.
        microdata: (itemprop, element) of the body.
    """

    articles: list[dict[str, Any]] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    others: dict[str, dict[str, Any]] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    microdata: list[tuple[str, HtmlElement]] = field(default_factory=list)


def read_structured(tree: HtmlElement, max_json_ld_bytes: int) -> Structured:
    """Collect a page's structured data; blocks of JSON-LD that are too large or broken are passed over."""
    found = Structured()
    for element in tree.iter("meta", "link", "script"):
        if element.tag == "script":
            if "ld+json" in element.get("type", "").lower():
                text = element.text or ""
                if len(text) <= max_json_ld_bytes:
                    _sort_nodes(_load(text), found)
        elif element.tag == "meta":
            content = (element.get("content") or "").strip()
            if content:
                for key in ("property", "name", "itemprop"):
                    if name := element.get(key):
                        found.meta.setdefault(name.strip().lower(), []).append(content)
        elif href := element.get("href"):
            for rel in element.get("rel", "").lower().split():
                found.links.setdefault(rel, []).append(href.strip())
    found.microdata.extend(
        (e.get("itemprop", ""), e) for e in _MICRODATA(tree) if e.tag not in ("meta", "link") or e.get("content")
    )
    return found


def _load(text: str) -> Any:
    """One block of JSON-LD; None where it is broken beyond the usual mistakes."""
    for attempt in (lambda t: t, _mended):
        try:
            return json.loads(attempt(text), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _mended(text: str) -> str:
    text = _TRAILING_COMMA.sub("", _WRAPPING.sub("", text.strip()))
    return text.rstrip(";")


def _sort_nodes(data: Any, found: Structured) -> None:
    for node in _nodes(data):
        types = types_of(node)
        if any(_ARTICLE_TYPE.search(t) for t in types):
            found.articles.append(node)
        elif any(_PAGE_TYPE.search(t) for t in types):
            found.pages.append(node)
        if (identity := node.get("@id")) and isinstance(identity, str) and len(node) > 1:
            found.others.setdefault(identity, node)


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every node of a JSON-LD block, outer before inner, in document order; without recursion."""
    queue = [data]
    seen = 0
    while queue and seen < _MOST_NODES:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue[:0] = item
        elif isinstance(item, dict):
            yield item
            queue.extend(item[key] for key in _NESTED if isinstance(item.get(key), dict | list))


def types_of(node: dict[str, Any]) -> list[str]:
    """The ``@type`` of a node as a list of names without their address."""
    types = node.get("@type", ())
    types = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return [t.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for t in types if isinstance(t, str)]


def named_pattern(name: str) -> re.Pattern[str]:
    """The pattern of that name in ``metadata.yaml``."""
    return re.compile(_RULES["patterns"][name]["pattern"], re.IGNORECASE)


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def clean_string(value: str) -> str:
    """A string of structured data as text: entities that were escaped once too often, blanks."""
    if "&" in value:
        value = html_entities.unescape(html_entities.unescape(value))
    if "<" in value:
        value = re.sub(r"</?[a-zA-Z][^<>]*>", "", value)
    return " ".join(value.split())


def string_of(value: Any) -> str | None:
    """The first string in a JSON-LD value."""
    if isinstance(value, list):
        return next((s for s in map(string_of, value[:20]) if s), None)
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return clean_string(value) or None if isinstance(value, str) else None


def meta_value(structured: Structured, names: tuple[str, ...]) -> str | None:
    """What the first of the meta elements with one of the names says."""
    for name in names:
        for content in structured.meta.get(name, ()):
            if text := clean_string(content):
                return text
    return None


def vocabulary(name: str) -> str:
    """The evidence that a meta element of a name is."""
    return "opengraph" if name.startswith(("article:", "og:")) else "meta"


def microdata_values(structured: Structured, prop: str) -> Iterator[str]:
    """What the page's elements say of a property of microdata, in document order."""
    for name, element in structured.microdata:
        if prop in name.split() and (value := stated_by(element)):
            yield value


def stated_by(element: HtmlElement) -> str:
    """What an element of microdata says."""
    return clean_string(element.get("content") or element.get("datetime") or text_of(element))


def microdata_value(structured: Structured, prop: str) -> str | None:
    """The first of :func:`microdata_values`."""
    return next(microdata_values(structured, prop), None)


def resolve(value: Any, structured: Structured) -> Any:
    """A JSON-LD node in place of a reference to it."""
    if isinstance(value, dict) and len(value) <= 2 and "name" not in value and isinstance(value.get("@id"), str):
        return structured.others.get(value["@id"], value)
    return value
