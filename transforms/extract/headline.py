"""The title of a page: which heading readers see, and what most of the page's statements agree on."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any

from lxml.html import HtmlElement

from transforms.extract.structured import (
    META,
    Structured,
    meta_value,
    microdata_value,
    named_pattern,
    string_of,
    text_of,
)
from transforms.fields.titles import same_title, tidy_title

_PATH_MARK = named_pattern("path-mark")
_ROOT = named_pattern("root-address")
# Characters: a shorter heading or title may stand at the beginning of another by chance.
_SHORTEST_WITHIN = 12
_SUFFIX_START = re.compile(r"\s+[|–—·-]|[-|ㅣ：|]")
_HAS_LETTER = re.compile(r"[^\W_]")
_MOST_HEADINGS = 50
# How far around a heading its path is looked for, and how far below it the heading that readers see.
_LEVELS = 4
_NEXT_HEADINGS = 5
# Links in a path, and elements in one of its steps.
_MOST_STEPS = 8
_LONGEST_MARK = 500

# Weights of the statements.  Where they differ on the gold pages, the heading is right most often, then JSON-LD, then
# OpenGraph; the others repeat one of these or are written for search engines, as is a heading that ends a path.
_HEADING, _JSON_LD, _OPENGRAPH, _PATH_END, _MICRODATA, _OTHER = 1.0, 0.9, 0.8, 0.6, 0.4, 0.3


Candidate = tuple[str, str, float]


def headings_of(tree: HtmlElement, site_name: str | None) -> list[HtmlElement]:
    """The headings of the first level but the site's own; for a page without them, others that its title holds."""
    headings = [h for h in tree.iter("h1") if (text := text_of(h)) and not _names_site(h, text, site_name)]
    if headings:
        return headings
    title = next((text_of(t) for t in tree.iter("title")), "").casefold()
    others = ((h, text_of(h)) for h in itertools.islice(tree.iter("h2", "h3"), _MOST_HEADINGS))
    return [h for h, text in others if len(text) >= _SHORTEST_WITHIN and text.casefold() in title]


def _names_site(heading: HtmlElement, text: str, site_name: str | None) -> bool:
    """Whether a heading is the site's name, or a link to the site's first page."""
    if site_name and same_title(text, site_name):
        return True
    around = itertools.islice(heading.iterancestors(), 2)
    return any(_ROOT.search(a.get("href", "-")) for a in (*heading.iter("a"), *(e for e in around if e.tag == "a")))


def title_candidates(
    tree: HtmlElement,
    structured: Structured,
    article: dict[str, Any],
    headings: list[HtmlElement],
    site_name: str | None,
    url: str | None,
) -> list[Candidate]:
    """What the page gives as its title, without the site's name: (evidence, title, weight), the better first."""
    stated = (
        ("opengraph", meta_value(structured, ("og:title",)), _OPENGRAPH),
        ("json-ld", string_of(article.get("headline")) or string_of(article.get("name")), _JSON_LD),
        ("meta", meta_value(structured, ("twitter:title",)), _OTHER),
        ("microdata", microdata_value(structured, "headline") or meta_value(structured, META["title"]), _MICRODATA),
        ("title", next((t for t in map(text_of, tree.iter("title")) if t), None), _OTHER),
        ("json-ld", string_of(article.get("alternativeHeadline")), _OTHER),
    )
    candidates = _tidy(stated, site_name, url)
    if not headings:
        return candidates
    heading = headings[0]
    shown = _shown_heading(heading, [title for _, title, _ in candidates]) if _ends_path(heading) else None
    if shown is not None:
        candidates += _tidy([("h1", text_of(heading), _PATH_END)], site_name, url)
        heading = shown
    first = _tidy([("h1" if shown is None else "h2", text_of(heading), _HEADING)], site_name, url)
    return _as_opengraph(first + candidates, _without_kicker(heading))


def _tidy(stated: Iterable[tuple[str, str | None, float]], site_name: str | None, url: str | None) -> list[Candidate]:
    tidied = ((source, tidy_title(value, site_name, url), weight) for source, value, weight in stated if value)
    return [(source, title, weight) for source, title, weight in tidied if title]


def vote(candidates: list[Candidate]) -> tuple[str | None, str]:
    """The title that most others agree with, and its evidence; see ``transforms.extract.metadata``."""
    best: tuple[str | None, str] = (None, "")
    most = 0.0
    weights: dict[str, float] = {}
    for _, title, weight in candidates:
        weights[title] = weights.get(title, 0.0) + weight
    for source, title, _ in candidates:
        others = ((weight, other) for other, weight in weights.items() if other != title)
        votes = weights[title] + sum(w for w, other in others if same_title(title, other) or _within(title, other))
        if votes > most + 1e-9:
            best, most = (title, source), votes
    return best


def _within(title: str, longer: str) -> bool:
    """Whether ``longer`` is the title and behind it a name or section, set off by a mark."""
    return len(title) >= _SHORTEST_WITHIN and longer.startswith(title) and bool(_SUFFIX_START.match(longer, len(title)))


# --- the heading that readers see -------------------------------------------------------------------------------


def _ends_path(heading: HtmlElement) -> bool:
    """Whether a heading is the last step of the path to the page (Home / News / …)."""
    around = [heading, *itertools.islice(heading.iterancestors(), _LEVELS)]
    return any(e.tag == "nav" or _is_marked_as_path(e) or _follows_link_to_root(e) for e in around)


def _is_marked_as_path(element: HtmlElement) -> bool:
    values = (element.get(name) for name in ("class", "id", "aria-label", "itemtype"))
    return any(_PATH_MARK.search(value, 0, _LONGEST_MARK) for value in values if value)


def _follows_link_to_root(element: HtmlElement) -> bool:
    """Whether only links stand before a small element, two or more and the first of them to the site's root."""
    before = list(itertools.islice(element.itersiblings(preceding=True), _MOST_STEPS))
    if not all(map(_is_small, (element, *before))):
        return False
    steps = [step for step in before if _HAS_LETTER.search(text_of(step))]
    links = [step if step.tag == "a" else next(step.iter("a"), None) for step in steps]
    if len(steps) < 2 or any(a is None or text_of(a) != text_of(s) for a, s in zip(links, steps, strict=True)):
        return False
    return any(_ROOT.search(link.get("href") or "") for link in links[-1:] if link is not None)


def _is_small(element: HtmlElement) -> bool:
    return sum(1 for _ in itertools.islice(element.iter(), _MOST_STEPS)) < _MOST_STEPS


def _shown_heading(heading: HtmlElement, titles: list[str]) -> HtmlElement | None:
    """The heading that readers see in place of one that ends a path: a next one that the page also states."""
    after = itertools.dropwhile(lambda h: h is not heading, heading.getroottree().getroot().iter("h1", "h2"))
    for other in itertools.islice(after, 1, _NEXT_HEADINGS):
        text, main = text_of(other), _without_kicker(other)
        if any(same_title(text, title) or (main and same_title(main, title)) for title in titles):
            return other
    return None


def _without_kicker(heading: HtmlElement) -> str | None:
    """The last part of a heading all whose parts have elements of their own; None for a heading in one part."""
    own = (heading.text, *(child.tail for child in heading))
    parts = [text for text in map(text_of, heading) if _HAS_LETTER.search(text)]
    return parts[-1] if len(parts) > 1 and not any(t and _HAS_LETTER.search(t) for t in own) else None


def _as_opengraph(candidates: list[Candidate], main: str | None) -> list[Candidate]:
    """The candidates with or without the heading's kicker, as OpenGraph has it."""
    opengraph = next((title for source, title, _ in candidates if source == "opengraph"), None)
    if not main or not opengraph:
        return candidates
    full = candidates[0][1]
    if not same_title(opengraph, main) and not same_title(opengraph, full):
        return candidates
    return [(source, opengraph if same_title(title, full) else title, weight) for source, title, weight in candidates]
