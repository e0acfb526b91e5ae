"""What class and id say of an element's part in a page, looked up once for each distinct value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

import yaml
from lxml.html import HtmlElement

# What is asked of every block of a page, and what of the elements of a story alone.
FRAME_KINDS = ("container-1", "container-3", "container-4", "container-5", "comments", "appended")
STORY_KINDS = ("junk", "hidden", "teaser", "caption", "margin", "standfirst")
BIT: Mapping[str, int] = {kind: 1 << number for number, kind in enumerate(FRAME_KINDS + STORY_KINDS)}
# Bounded: classes with generated parts must not fill memory in a run of many million pages.
_REMEMBERED = 50_000
# Characters of a class that count; what is longer was not written to be read.
_LONGEST = 500


@cache
def load_marks() -> dict[str, list[dict]]:
    """``marks.yaml`` as it stands: kind to entries."""
    return yaml.safe_load((resources.files(__package__) / "marks.yaml").read_text(encoding="utf-8"))


@cache
def _patterns(attribute: str, kinds: tuple[str, ...]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    joined: dict[str, list[str]] = {}
    for kind in kinds:
        for entry in load_marks()[kind]:
            if attribute in entry["in"] or "both" in entry["in"]:
                joined.setdefault(kind, []).append(entry["pattern"])
    return tuple((BIT[kind], re.compile("|".join(patterns))) for kind, patterns in joined.items())


@lru_cache(maxsize=_REMEMBERED)
def _marks_of(attribute: str, value: str, kinds: tuple[str, ...]) -> int:
    return sum(bit for bit, pattern in _patterns(attribute, kinds) if pattern.search(value, 0, _LONGEST))


def frame_marks(element: HtmlElement) -> int:
    """The kinds of ``FRAME_KINDS`` that an element's class and id speak of, as bits of ``BIT``."""
    return _marks(element, FRAME_KINDS)


def story_marks(element: HtmlElement) -> int:
    """The kinds of ``STORY_KINDS`` that an element's class and id speak of, as bits of ``BIT``."""
    return _marks(element, STORY_KINDS)


def _marks(element: HtmlElement, kinds: tuple[str, ...]) -> int:
    value = element.get("class")
    marks = _marks_of("class", value, kinds) if value else 0
    value = element.get("id")
    return marks | _marks_of("id", value, kinds) if value else marks
