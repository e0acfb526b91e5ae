"""Whole pages as plain text (what WET files hold): which lines are the story, by trained trees and a decoder.

``is_whole_page`` tells by its shape whether a text is a whole page; on others the classifier is never asked.
``score_lines`` gives the probability of each line to belong to the story, in two passes, of which the second sees what
the first made of the lines about; ``choose`` makes one decision a line out of them.  How the weights were made and what
they reach is in docs/whole_page.md; ``transforms.clean.train`` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.clean.evidence import particulars
from transforms.clean.lines import Line
from transforms.clean.page_features import (
    Layout,
    best_segment,
    count,
    first_table,
    page_words_of,
    second_names,
    second_table,
)
from transforms.clean.trees import Trees, probabilities

WEIGHTS = Path(__file__).parent / "whole_page.npz"

# A line shorter than this that does not end as a sentence does is one of a menu, a list or a table.
SHORT = 60
# A whole page has so many short lines, among them so many different words of accounts, law and sharing, and one short
# line in every so many at least.
PAGE_SHORT = 15
PAGE_WORDS = 3
PAGE_SHARE = 4
# Or, in languages with few such words in the list, it has so many short lines, most of its lines, and with the words
# of related stories and comments so many words; or so many lines above and below the prose.
MENU_SHORT = 30
MENU_SHARE = 2
MENU_WORDS = 5
MENUS = ((8, 4), (10, 1))

# Outside of the best segment a line's probability is multiplied by this many tenths.
DAMPING = 3
# In millionths: probabilities above count for the segment, those below against it.
NEUTRAL = 500_000
MILLION = 1_000_000
_WORD = re.compile(r"\w+")

# A headline's length.
SHORTEST_TITLE = 16
LONGEST_TITLE = 160
# A title is looked for so many lines above the story, its words in so many characters of it; what a line must reach in
# ``_title_score``.
MOST_ABOVE = 40
TITLE_STORY = 3000
LEAST_TITLE = 45
LONG_TITLE = 120
# A date is looked for so many lines below the story.
MOST_FOOT = 12
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d|\d[./-]\d\d?[./-]\d")
# Lines above a story without a title, and below any story, that may say who wrote it and when.
MOST_PARTICULARS = 12
MOST_BELOW = 4


class Weights(NamedTuple):
    """The trees of the first pass, and those of the second, which see the first's probabilities, too."""

    first: Trees
    second: Trees


class Chosen(NamedTuple):
    """What becomes of the lines of a whole page.

    Attributes:
        keep: whether each line is the story's.
        score: 1 − the probability that it is, for each line.
        near: whether each line may speak of the story (title, byline, date, sign-off): those from its title on.
        title: the line above the story that is likely its title.
    """

    keep: list[bool]
    score: list[float]
    near: list[bool]
    title: int | None


def is_whole_page(lines: Sequence[Line]) -> bool:
    """Whether ``lines`` are a whole page, menus and all, rather than a text with a little noise.

    By the document's shape: many short lines that are no sentences, and among them words of menus, accounts, law and
    sharing; or so many of them above and below the prose that only a page has them.  Poems, recipes, tables and
    lists of scores have the short lines without the rest.
    """
    if len(lines) < PAGE_SHORT:
        return False
    short = [line for line in lines if line.size < SHORT and not line.final]
    if len(short) < PAGE_SHORT or len(short) * PAGE_SHARE < len(lines):
        return False
    words: set[str] = set()
    for line in short:
        words.update(page_words_of(line.text))
        if len(words) >= PAGE_WORDS:
            return True
    if len(short) < MENU_SHORT or len(short) * MENU_SHARE < len(lines):
        return False
    for line in short:
        words.update(page_words_of(line.text, "more"))
    return len(words) >= MENU_WORDS or _between_menus(lines)


def _between_menus(lines: Sequence[Line]) -> bool:
    prose = [index for index, line in enumerate(lines) if line.prose]
    if len(prose) < 2:
        return False
    above, below = prose[0], len(lines) - 1 - prose[-1]
    return any(above >= most_above and below >= most_below for most_above, most_below in MENUS)


def score_lines(rows: Sequence[str], layout: Layout | None = None) -> npt.NDArray[np.float64]:
    """The probability of each line of N(raw) to belong to the story, of shape (lines,), rounded to 6 places.

    Args:
        rows: the lines, none of them empty.
        layout: blank lines and indents, as ``page_features.layout_of`` gives them; None where they are not known.
    """
    return _score(rows, layout)[0]


def _score(rows: Sequence[str], layout: Layout | None) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The probabilities, and what each line weighs: its words, at least one."""
    if not rows:
        return np.zeros(0), np.zeros(0, np.int64)
    counts = count(list(rows))
    table = first_table(counts, layout)
    first, second = weights()
    table = second_table(counts, table, probabilities(first, table))
    return probabilities(second, table), np.maximum(counts.runs, 1)


@cache
def weights() -> Weights:
    """The trained trees of the package.

    Raises:
        ValueError: the file was made for other features than this version has.
    """
    return load_weights(WEIGHTS)


def load_weights(path: Path) -> Weights:
    """The trees in a file that ``save_weights`` wrote."""
    with np.load(path, allow_pickle=False) as file:
        names = file["features"].tolist()
        if names != second_names():
            raise ValueError(f"{path.name} was made for the features {names}; this version has {second_names()}")
        arrays = {name: file[name] for name in file.files}
    return Weights(*(Trees(*(arrays[f"{part}-{name}"] for name in Trees._fields)) for part in Weights._fields))


def choose(probability: npt.NDArray[np.float64], mass: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which lines stay: at least one, where there is any.

    Probabilities outside the contiguous part of the page with the largest sum of mass × (probability − ½) are
    damped; then, of the lines sorted by probability, as many stay as make the expected F of the words largest.
    All of it in whole numbers, so that no machine decides otherwise.
    """
    sure = np.rint(probability * MILLION).astype(np.int64)
    keep = np.zeros(len(sure), bool)
    if not len(sure):
        return keep
    damped = damp(sure, mass)
    order = np.argsort(-damped, kind="stable")
    hits = np.cumsum(damped[order] * mass[order])
    kept = np.cumsum(mass[order]) * MILLION
    # Half the expected F: hits over the sum of what is kept and what is expected to be the story's.
    expected = hits / (kept + hits[-1])
    keep[order[: int(np.argmax(expected)) + 1]] = True
    return keep


def damp(sure: npt.NDArray[np.int64], mass: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Probabilities in millionths, those outside the best segment damped."""
    start, end = best_segment((sure - NEUTRAL) * mass)
    damped = sure * DAMPING // 10
    damped[start:end] = sure[start:end]
    return damped


def choose_lines(lines: Sequence[Line], layout: Layout | None) -> Chosen:
    """What becomes of the lines of a whole page; ``layout`` None where blank lines are not known."""
    rows = [line.text for line in lines]
    probability, mass = _score(rows, layout)
    keep = choose(probability, mass).tolist()
    score = np.round(1 - probability, 6).tolist()
    first, last = keep.index(True), len(keep) - 1 - keep[::-1].index(True)
    title = _title_above(lines, keep, first)
    return Chosen(keep, score, _near(len(lines), first, last, title), title)


def _near(count: int, first: int, last: int, title: int | None) -> list[bool]:
    """Which lines may speak of the story: from its title (else some lines above) to a few lines below."""
    top = max(first - MOST_PARTICULARS, 0) if title is None else title
    return [top <= index <= last + MOST_BELOW for index in range(count)]


def _title_above(lines: Sequence[Line], keep: list[bool], first: int) -> int | None:
    """The line above the story that is most likely its title; None where none is likely."""
    story = "\n".join([line.text for line, kept in zip(lines, keep, strict=True) if kept])[:TITLE_STORY].lower()
    everything = "\n".join([line.text for line in lines])
    best: int | None = None
    best_score: float = LEAST_TITLE
    for index in range(first - 1, max(first - 1 - MOST_ABOVE, -1), -1):
        line = lines[index]
        if _has_title_form(line):
            score = _title_score(line, lines[index + 1].after_blank, story, everything)
            if score > best_score:
                best, best_score = index, score
    return best


def _title_score(line: Line, before_blank: bool, story: str, everything: str) -> float:
    """How like the story's title a line is: of some length, told again in the story, on the page twice, set apart.

    Ten times the weights of a logistic regression over such lines of the 115 pages with a known title, rounded.
    """
    text = line.text
    words = text.split()
    capitals = sum(word[0].isupper() for word in words) > 0.7 * len(words)
    return (
        25 * _share_told(text, story)
        + 27 * min(line.size, 80) / 80
        + 15 * (everything.count(text) > 1)
        + 17 * line.after_blank
        + 14 * before_blank
        + 11 * line.final
        - 18 * sum(map(str.isdigit, text)) / len(text)
        - 20 * (line.size > LONG_TITLE)
        - 12 * capitals
        - 19 * bool(page_words_of(text, "site"))
        - 8 * bool(page_words_of(text, "more"))
        - 3 * bool(page_words_of(text, "about"))
    )


def date_beside(lines: Sequence[Line], page: Chosen) -> tuple[int, tuple[tuple[str, Any], ...]] | None:
    """The line of particulars with a date that is nearest to the story, above it or below, and what it says."""
    first, last = page.keep.index(True), len(lines) - 1 - page.keep[::-1].index(True)
    top = first if page.title is None else page.title
    places = [
        *range(first - 1, max(first - 1 - MOST_ABOVE, -1), -1),
        *range(last + 1, min(last + MOST_FOOT, len(lines))),
    ]
    for index in sorted(
        places, key=lambda place: min(abs(place - first), abs(place - top), abs(place - last) + MOST_FOOT)
    ):
        if not page.keep[index] and _YEAR.search(lines[index].text):
            row = particulars(lines[index].text)
            found = tuple(pair for pair in row.found if pair[0] in ("published", "modified")) if row else ()
            if found:
                return index, found
    return None


def _share_told(text: str, story: str) -> float:
    """The share of the words of ``text`` that the story has, 0 to 1; pairs of characters where no blanks part words."""
    words = [word for word in _WORD.findall(text.lower()) if len(word) > 3]
    if len(words) * 12 < len(text):
        joined = "".join(_WORD.findall(text.lower()))
        words = [joined[place : place + 2] for place in range(len(joined) - 1)]
    return sum(word in story for word in words) / max(len(words), 1)


def _has_title_form(line: Line) -> bool:
    first, last = line.text[0], line.text[-1]
    if not SHORTEST_TITLE <= line.size <= LONGEST_TITLE or (line.final and last not in "?!\"'”’»)」』"):
        return False
    return (first.isalnum() or first in "\"'“‘„«‚「『【¿¡") and last not in ":：,;|›»"
