"""Read what a page says of itself in its structured data: JSON-LD, meta elements, microdata, links.

Nothing here decides between contradicting statements; ``transforms.extract.metadata`` does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

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
