"""Who wrote a page: the names in its structured data, its visible bylines, and the line below its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from lxml.html import HtmlElement

from transforms.extract.structured import (
    META,
    Structured,
    clean_string,
    named_pattern,
    resolve,
    stated_by,
    string_of,
    text_of,
    vocabulary,
)
from transforms.fields.agencies import canonical_agency, find_agencies
from transforms.fields.authors import is_unfinished, looks_like_name, split_authors

_MARK = named_pattern("byline-mark")
_ADDRESS = named_pattern("byline-address")
_ACCOUNT = named_pattern("account-address")
_LABEL = named_pattern("byline-label")
_STAFF_NAME = named_pattern("staff-name")
_BY = re.compile(r"^(?:by|von|par|por)\s+", re.IGNORECASE)
_NEXT_LABEL = re.compile(r"\s+\S{1,8}[:：].*$")
_RIGHT = re.compile(r"text-align:\s*(?:right|end)", re.IGNORECASE)
_NOT_WITHIN = frozenset(("footer", "nav", "aside", "figure", "figcaption", "form"))
_LONGEST_BYLINE = 250
_LONGEST_PART = 90
_MOST_BYLINES = 25
_LONGEST_LABELLED = 120
_MOST_LINES = 60
_MOST_NAMES = 50
_LONGEST_SIGNATURE = 60
_MOST_PARTS = 3
_BOLD = frozenset(("b", "strong", "em", "i"))
_LONGEST_MARK = 500

Collective = Literal["never", "alone", "always"]


class Names(NamedTuple):
    """Who is named: people, wire services by their canonical names, and all of them as the page states them."""

    people: tuple[str, ...]
    agencies: tuple[str, ...]
    stated: tuple[str, ...]


def find_authors(
    tree: HtmlElement,
    structured: Structured,
    article: dict[str, Any],
    heading: HtmlElement | None,
    collective: Collective,
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """(authors, agencies, evidence): see ``transforms.extract.metadata``.

    Args:
        tree: the page.
        structured: what it states.
        article: the JSON-LD node of its article.
        heading: the one that readers see; tells the page's own bylines from those of other stories on it.
        collective: when an organisation counts as an author.
    """
    authors: tuple[str, ...] = ()
    organisation: tuple[tuple[str, ...], str] = ((), "")
    agencies: tuple[str, ...] = ()
    evidence: dict[str, str] = {}
    for source, strings in _sources(tree, structured, article, heading):
        if source == "byline" and agencies:
            break  # a wire's story: the next byline on the page is another story's
        if source == "byline" and strings and strings[0] in organisation[0]:
            continue  # the organisation's own byline, with its topics and links
        names = read_names(strings, marked=source != "byline")
        if names.agencies and not agencies:
            agencies, evidence["agencies"] = names.agencies, source
        if names.people:
            authors, evidence["authors"] = names.stated if collective == "always" else names.people, source
            break
        if source != "byline" and not organisation[0]:
            organisation = names.stated, source
    if not authors and organisation[0] and collective != "never":
        authors, evidence["authors"] = organisation
    return authors, agencies, evidence


def read_names(strings: list[str], *, marked: bool) -> Names:
    """The names in the strings of one statement, each once; ``marked`` as in ``split_authors``."""
    people: dict[str, None] = {}
    wires: dict[str, None] = {}
    stated: dict[str, None] = {}
    for string in strings:
        if agency := canonical_agency(string):
            wires[agency] = None
            stated[string] = None
            continue
        found = split_authors(string, marked=marked) or ((string,) if looks_like_name(string) else ())
        also = find_agencies(string)
        people.update(dict.fromkeys(found))
        wires.update(dict.fromkeys(also))
        whole = _BY.sub("", string)
        stated.update(dict.fromkeys((*found, *also) if found else (whole,) if _STAFF_NAME.search(whole) else ()))
    return Names(tuple(people), tuple(wires), tuple(stated))


def _sources(
    tree: HtmlElement, structured: Structured, article: dict[str, Any], heading: HtmlElement | None
) -> Iterator[tuple[str, list[str]]]:
    """Statements of who wrote the page, (evidence, strings), best first."""
    for key in ("author", "creator"):
        value = article.get(key)
        nodes = [resolve(v, structured) for v in (value if isinstance(value, list) else [value])[:_MOST_NAMES]]
        yield "json-ld", [name for node in nodes if not _is_account(node) and (name := _name_of(node))]
    for name in META["author"]:
        stated = (v for v in structured.meta.get(name, ()) if not v.startswith(("http://", "https://", "//", "@")))
        yield vocabulary(name), [clean_string(v) for v in stated]
    yield "microdata", _microdata(structured)
    for texts in _bylines(tree, heading):
        yield "byline", texts
    if label := _labelled(tree, heading):
        yield "byline", [label]
    yield "byline", _signature(tree)


def _microdata(structured: Structured) -> list[str]:
    """The first author of the page's microdata and those beside it; further ones are those of teasers."""
    elements = [element for prop, element in structured.microdata if "author" in prop.split()]
    return [
        value
        for element in elements
        if element.getparent() is elements[0].getparent() and (value := stated_by(element))
    ]


def _name_of(node: Any) -> str | None:
    """The name of a JSON-LD author, in one string or two."""
    if isinstance(node, dict) and not node.get("name"):
        parts = [string_of(node.get(part)) for part in ("givenName", "familyName")]
        return " ".join(part for part in parts if part) or None
    return string_of(node)


def _is_account(node: Any) -> bool:
    """Whether a JSON-LD author is the account with which a system was set up, whatever it was renamed to."""
    addresses = (node.get("url"), node.get("@id")) if isinstance(node, dict) else ()
    return any(isinstance(a, str) and _ACCOUNT.search(a) for a in addresses)


@lru_cache(maxsize=20_000)
def _is_marked(value: str) -> bool:
    return bool(_MARK.search(value, 0, _LONGEST_MARK))


def _bylines(tree: HtmlElement, heading: HtmlElement | None) -> Iterator[list[str]]:
    """The texts in each element that is marked as a byline, outermost first, in document order."""
    own = set(heading.iterancestors("article")) if heading is not None else set()
    seen: set[HtmlElement] = set()
    for element in tree.iter("*"):  # custom elements too
        address = element.get("href") or "" if element.tag == "a" else ""
        marked = (
            element.get("rel") == "author"
            or _is_marked(element.get("class") or "")
            or _is_marked(element.get("id") or "")
            or (address and _ADDRESS.search(address))
        )
        texts = _short_texts(element) if marked else []
        if not texts or any(_ACCOUNT.search(a.get("href") or "") for a in element.iter("a")):
            continue
        around = set(element.iterancestors())
        if around & seen or any(a.tag in _NOT_WITHIN for a in around):
            continue
        if own and any(a.tag == "article" and a not in own for a in around):
            continue
        seen.add(element)
        yield _join_unfinished(texts)
        if len(seen) >= _MOST_BYLINES:
            return


def _short_texts(element: HtmlElement) -> list[str]:
    """The texts in an element; empty where they are too long for a byline, however much there is."""
    texts: list[str] = []
    length = 0
    for text in element.itertext():
        text = " ".join(text.split())
        length += len(text)
        if length > _LONGEST_BYLINE or len(text) > _LONGEST_PART:
            return []
        if text:
            texts.append(text)
    return texts


def _join_unfinished(texts: list[str]) -> list[str]:
    """The texts of a byline, those that the next one goes on with as one; without words in lower case."""
    joined: list[str] = []
    for text in texts:
        if joined and is_unfinished(joined[-1]):
            joined[-1] = f"{joined[-1]} {text}"
        elif not (text[0].islower() and text.islower()) or is_unfinished(text):
            joined.append(text)
    return joined


def _labelled(tree: HtmlElement, heading: HtmlElement | None) -> str | None:
    """What stands behind a word for author and a colon, in a short line from the heading on."""
    after = heading is None
    lines = 0
    for element in tree.iter("h1", "h2", "h3", "div", "span", "p", "li", "td", "em", "b", "strong", "small"):
        after = after or element is heading
        text = element.text
        if not after or not text or len(text) > _LONGEST_LABELLED or not (text := text.strip()):
            continue
        if found := _LABEL.search(text):
            name = _NEXT_LABEL.sub("", found[1] or "")
            # The label may have an element of its own.
            return name or (text_of(element.getnext()) if element.getnext() is not None else None)
        lines += 1
        if lines > _MOST_LINES:
            return None
    return None


def _signature(tree: HtmlElement) -> list[str]:
    """A name on a line of its own: to the right below the story, or set off in bold or italics above it."""
    for paragraph in tree.iter("p"):
        if len(paragraph) > _MOST_PARTS or not (_stands_right(paragraph) or _is_set_off(paragraph)):
            continue
        if not (text := _bare_name(paragraph)):
            continue
        after = next(paragraph.itersiblings("p"), None)
        before = next(paragraph.itersiblings("p", preceding=True), None)
        if _stands_right(paragraph) and after is None and before is not None:
            return [text]
        if before is None and after is not None:
            # Several such lines are the heads of a list of people.
            others = (other for other in paragraph.itersiblings("p") if _is_set_off(other))
            return [] if any(map(_bare_name, others)) else [text]
    return []


def _bare_name(paragraph: HtmlElement) -> str | None:
    text = text_of(paragraph)
    return text if len(text) <= _LONGEST_SIGNATURE and looks_like_name(text) else None


def _stands_right(paragraph: HtmlElement) -> bool:
    return paragraph.get("align") == "right" or bool(_RIGHT.search(paragraph.get("style") or ""))


def _is_set_off(paragraph: HtmlElement) -> bool:
    """Whether the whole of a paragraph is in bold or italics."""
    inside = paragraph[0] if len(paragraph) == 1 else None
    return inside is not None and inside.tag in _BOLD and not (paragraph.text or inside.tail or "").strip()
