"""What class and id say of an element's part in a page, looked up once for each distinct value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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


def _marks_of(attribute: str, kinds: tuple[str, ...]) -> Callable[[str], int]:
    """What gives the marks of a value of an attribute."""

    @lru_cache(maxsize=_REMEMBERED)
    def marks(value: str) -> int:
        return sum(bit for bit, pattern in _patterns(attribute, kinds) if pattern.search(value, 0, _LONGEST))

    return marks


_FRAME_OF_CLASS, _FRAME_OF_ID = _marks_of("class", FRAME_KINDS), _marks_of("id", FRAME_KINDS)
_STORY_OF_CLASS, _STORY_OF_ID = _marks_of("class", STORY_KINDS), _marks_of("id", STORY_KINDS)


def frame_marks(element: HtmlElement) -> int:
    """The kinds of ``FRAME_KINDS`` that an element's class and id speak of, as bits of ``BIT``."""
    value = element.get("class")
    marks = _FRAME_OF_CLASS(value) if value else 0
    value = element.get("id")
    return marks | _FRAME_OF_ID(value) if value else marks


def story_marks(element: HtmlElement) -> int:
    """The kinds of ``STORY_KINDS`` that an element's class and id speak of, as bits of ``BIT``."""
    value = element.get("class")
    marks = _STORY_OF_CLASS(value) if value else 0
    value = element.get("id")
    return marks | _STORY_OF_ID(value) if value else marks
