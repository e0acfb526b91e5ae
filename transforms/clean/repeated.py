"""Lines that repeat across a source: their masks, what a profile says of them, and which of a document's lines go.

A house's own furniture (tickers, labels, slogans, bylines of nobody) is known by no word; but it stands in many of
the house's documents, in the same place.  ``mask`` takes out of a line what changes from document to document,
``places`` says what of a text is counted and where it stands, ``judge`` decides for one document by what a profile
(``transforms.learn`` makes it) says of its source.  The thresholds were measured on invented sources: docs/learn.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from zlib import crc32

import regex

from transforms.clean.blocks import may_be_title
from transforms.clean.lines import Line
from transforms.fields.data import load_yaml

# A longer line is no house line; it is neither counted nor judged.
LONGEST = 600
# So many paragraphs may stand above a line of the top, and below one of the foot, where lines are counted: noise that
# reads like prose is among them.  Where they are judged it has gone, and the edge is sharp.
EDGE = 2

# What evidence takes: so many documents that are not versions of one story, such a share of the source's, and their
# product, so that a small source must be the more of one mind (3 of 12 documents, 5 of 50, 10 of 200).
LEAST_STORIES = 3
LEAST_SHARE = 0.05
LEAST_EVIDENCE = 0.5
# Sentences are content until most of the source says them, and always in the same place.
SENTENCE_SHARE = 0.5
SENTENCE_STORIES = 5
SENTENCE_STEADY = 0.8
# A line behind the first paragraph may be a subhead, and the only headline of a story the name of a column.
INNER_SHARE = 0.3
# A line with figures may be the score of a team that the source often writes of.
FIGURE_SHARE = 0.4
FIGURE_EVIDENCE = 2.0
# More lines than this together are a list (a recipe's, a table's): those with figures stay, and of the others all that
# most of the source's documents do not have.
MOST_FIGURES = 3
MOST_TOGETHER = 4
LIST_SHARE = 0.5
# With more other lines than this between the edge and the story, those among them belong to them.
MOST_OTHERS = 4
MOST_INNER_OTHERS = 2

_DIGIT = re.compile(r"\d")
_CURRENCY = "$€£¥₹₽₺₩₴₦₫฿"
_SIGNS = "+−–-"
# It begins with the digit, for speed; signs and currencies before it are looked for from there.
_NUMBER = re.compile(
    rf"\d+(?:[.,:/’'−–-]\d+)*(?:(?P<price>\s?[{_CURRENCY}])|(?P<noon>\s?(?:[AaPp]\.?[Mm]\b\.?))|(?:st|nd|rd|th)\b)?"
)
_LONG = 120
_FIGURES = regex.compile(r"\d+(?:[.,:/’'−–-]\d+)*")  # over twice as fast as with re
_DATE = re.compile(r"\d{1,4}([./−–-])\d{1,2}\1\d{2,4}")
_ARROWS = re.compile(r"[▲▼△▽↑↓]")
# A quotation's name in capitals, where letters differ from document to document; and what makes the line a quotation.
_SYMBOL = re.compile(r"(?<![\w<&.'’-])[A-Z][A-Z0-9]{1,5}(?:[.:/][A-Z]{1,5})?(?![\w&'’-])")
_QUOTED = re.compile(rf"\d[.,]\d|[{_CURRENCY}%▲▼△▽↑↓]")
_LONGEST_QUOTED = 48
_WORD_EDGES = " .,;:()[]|·•-–—"
NAME_ALONE = "<ticker>"
_FIGURES_ALONE = re.compile(r"(?:<n>|<price>|[%\s()/|·]|[A-Z]{3}\b)+")


def mask(text: str) -> str:
    """A line with what changes from day to day replaced by ``<n>``, ``<price>``, ``<time>``, ``<date>``, ``<month>``, …

    Names of months and weekdays count beside a number only, and in a long line nothing but numbers (for speed).
    Masking a mask changes nothing.
    """
    if not _DIGIT.search(text):
        return text
    if len(text) > _LONG:
        return _FIGURES.sub("<n>", text)
    words = _without_numbers(text).split(" ")
    names = _calendar()
    for index, word in enumerate(words):
        if "<" in word:
            for place in (index - 2, index - 1, index + 1, index + 2):
                if 0 <= place < len(words) and "<" not in words[place]:
                    bare = words[place].strip(_WORD_EDGES)
                    name = names.get(_fold(bare)) if bare else None
                    if name:
                        words[place] = words[place].replace(bare, name)
    text = " ".join(words)
    return _ARROWS.sub("", text).strip() if _ARROWS.search(text) else text


def _without_numbers(text: str) -> str:
    parts = []
    end = 0
    for match in _NUMBER.finditer(text):
        start = match.start()
        before = text[end:start]
        price = match["price"]
        bare = before.rstrip(" ")
        if bare and bare[-1] in _CURRENCY:
            price, before = bare[-1], bare[:-1]
        if before and before[-1] in _SIGNS and not (before[-2:-1] or text[max(end - 1, 0) : end]).isalnum():
            before = before[:-1]
        parts += [before, "<price>" if price else _token(match)]
        end = match.end()
    return "".join([*parts, text[end:]])


def _token(match: re.Match[str]) -> str:
    text = match[0]
    if ":" in text or match["noon"]:
        return "<time>"
    return "<date>" if _DATE.fullmatch(text) else "<n>"


def quotation_mask(text: str) -> str | None:
    """The mask of a quotation whatever its name: ``<ticker> <n>``; None where ``text`` is none.

    Of lines that are a name alone the mask is ``<ticker>``; whether they are a quotation's, the next line tells.
    """
    if len(text) > _LONGEST_QUOTED or not (_QUOTED.search(text) or _SYMBOL.fullmatch(text)):
        return None
    named, count = _SYMBOL.subn(NAME_ALONE, text)
    return mask(named) if count else None


@cache
def _calendar() -> Mapping[str, str]:
    """Names of months and weekdays in all languages of dates.yaml, folded, with their masks."""
    data = load_yaml("dates.yaml")
    names: dict[str, str] = {}
    for entry in data["languages"].values():
        names.update((_fold(name), "<day>") for name in entry.get("weekdays", ()))
    months = [name for entry in data["languages"].values() for names in entry["months"] for name in names.split()]
    months += [name for names in data["solar_hijri"] for name in names.split()]
    names.update((_fold(name), "<month>") for name in months if "_" not in name)
    return {name: token for name, token in names.items() if len(name) > 2 or not name.isascii()}


def _fold(word: str) -> str:
    word = word.lower()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not "\u0300" <= c <= "\u036f")


# --- what is counted ---------------------------------------------------------------------------------------------


class Place(NamedTuple):
    """Where a pattern stands in one document.

    Attributes:
        pattern: the mask.
        example: the line.
        above: paragraphs above it, up to ``EDGE``; ``EDGE + 1`` where it is not at the top.
        below: paragraphs below it, in the same way.
        from_top, from_foot: lines above and below it.
    """

    pattern: str
    example: str
    above: int
    below: int
    from_top: int
    from_foot: int


NOWHERE = EDGE + 1


class Seen(NamedTuple):
    """What counts of one document.

    Attributes:
        places: its patterns, each once, with the places nearest to the edges.
        story: two numbers that versions of one story likely share, see :func:`look_at`.
    """

    places: list[Place]
    story: tuple[int, int]


def look_at(rows: Sequence[str]) -> Seen:
    """What counts of a document.

    A line is at the top if at most ``EDGE`` paragraphs stand above it and no fewer below; at the foot the other way
    round; in a text without a paragraph nothing is at either.  Paragraphs that are at neither do not count.

    The story's numbers are the least and the greatest hash of its inner paragraphs (min-wise hashing, Broder 1997: two
    texts agree in such a number with the probability of their resemblance).  Paragraphs at the edges are left out, as
    far as others are left: a slogan in every document would make one story of all.

    Args:
        rows: lines of N(raw).
    """
    prose = [_is_prose(row) for row in rows]
    paragraphs, last = sum(prose), len(rows) - 1
    found: dict[str, Place] = {}
    above = 0
    for index, row in enumerate(rows):
        is_prose = prose[index]
        below = paragraphs - above - is_prose
        top = above if above <= EDGE and above <= below and paragraphs else NOWHERE
        foot = below if below <= EDGE and below < above else NOWHERE
        if len(row) <= LONGEST and not (is_prose and top == foot == NOWHERE):
            pattern = mask(row)
            place = Place(pattern, row, top, foot, index, last - index)
            found[pattern] = _nearer(found[pattern], place) if pattern in found else place
            quoted = quotation_mask(row) if top == 0 and not is_prose else None
            if quoted and quoted not in found:
                found[quoted] = place._replace(pattern=quoted)
        above += is_prose
    return Seen(list(found.values()), _story([row for row, flag in zip(rows, prose, strict=True) if flag] or rows))


def _is_prose(row: str) -> bool:
    if len(row) < 30:  # sixty, where a character is as wide as two
        return False
    line = Line(0, row)
    line.look()
    return line.prose


def _nearer(known: Place, place: Place) -> Place:
    """One place of a pattern that the document has twice: the first from the top, the last from the foot."""
    return known._replace(
        above=min(known.above, place.above), below=min(known.below, place.below), from_foot=place.from_foot
    )


def _story(prose: Sequence[str]) -> tuple[int, int]:
    inner = prose[1:-2] if len(prose) > 4 else prose[1:-1] if len(prose) > 2 else prose
    hashes = [crc32(row.encode()) for row in inner]
    return (min(hashes), max(hashes)) if hashes else (0, 0)


# --- what goes ---------------------------------------------------------------------------------------------------


class Pattern(NamedTuple):
    """What a profile says of a pattern in one source.

    Attributes:
        documents: that have it.
        stories: different stories among them, an estimate.
        top, foot: the share of the source's documents that have it there, 0 to 1.
        steady_top, steady_foot: the share of ``documents`` that have it below (above) the same number of paragraphs.
        share: the share of the source's documents that have it anywhere.
        rule: id for removed/.
    """

    documents: int
    stories: int
    top: float
    foot: float
    steady_top: float
    steady_foot: float
    share: float
    rule: str


Known = Mapping[str, Pattern]


def has_known(rows: Iterable[str], known: Known) -> bool:
    """Whether any line of a document has a pattern of its source's: of others there is nothing to judge."""
    return any(len(row) <= LONGEST and (_masked(row) in known or (quotation_mask(row) or "") in known) for row in rows)


def is_quotation(text: str) -> bool:
    """Whether a line has the form of a quotation, or of its name or its price alone."""
    return quotation_mask(text) is not None or _FIGURES_ALONE.fullmatch(_masked(text)) is not None


# Lines are judged more than once, while rules lay others bare.
_masked = lru_cache(maxsize=1024)(mask)


def judge(lines: Sequence[Line], known: Known, *, titled: bool = False) -> dict[int, Pattern]:
    """The lines of a document that its source repeats, by index into ``lines``, with what the profile says of them.

    Lines between the second paragraph and the last but one stay, whatever the profile says, and so does a document
    without a paragraph.

    Args:
        lines: what the rules left.
        known: patterns of the document's source.
        titled: whether the document has a title that is not among the lines.
    """
    rest = [(index, line) for index, line in enumerate(lines)]
    found: dict[int, Pattern] = {}
    while True:
        taken = _at_edge(rest, known, top=True, titled=titled)
        taken |= _at_edge([place for place in rest[::-1] if place[0] not in taken], known, top=False, titled=True)
        if not taken:
            return found
        found |= taken
        rest = [place for place in rest if place[0] not in found]


_Places = Sequence[tuple[int, Line]]


def _at_edge(rest: _Places, known: Known, *, top: bool, titled: bool) -> dict[int, Pattern]:
    """What goes at one edge; ``rest`` begins there."""
    prose = [place for place, (_, line) in enumerate(rest) if line.prose]
    if not prose:
        return {}
    first = prose[0]
    taken = _in_block(rest[:first], known, top, outer=True)
    if top and not titled:
        taken = _but_title(rest[:first], taken)
    if len(prose) > 2:
        taken |= _in_block(rest[first + 1 : prose[1]], known, top, outer=False)
    if len(prose) > 1:
        index, line = rest[first]
        pattern = known.get(_masked(line.text)) if len(line.text) <= LONGEST else None
        if pattern is not None and _goes(pattern, line, top, LEAST_SHARE):
            taken[index] = pattern
    return taken


def _in_block(block: _Places, known: Known, top: bool, *, outer: bool) -> dict[int, Pattern]:
    """What goes of the lines between the edge and the first paragraph (``outer``), or between that and the second."""
    least, most_others = (LEAST_SHARE, MOST_OTHERS) if outer else (INNER_SHARE, MOST_INNER_OTHERS)
    taken: dict[int, Pattern] = {}
    figures = []
    for place, (index, line) in enumerate(block):
        text = _masked(line.text) if len(line.text) <= LONGEST else ""
        pattern = known.get(text)
        if pattern is None or not _goes(pattern, line, top, least, figures="<" in text):
            pattern = _quotation(block, place, known) if top else None
        if pattern is not None:
            taken[index] = pattern
        if "<" in text:
            figures.append(index)
    if len(figures) > MOST_FIGURES:
        taken = {index: pattern for index, pattern in taken.items() if index not in figures}
    if len(taken) > MOST_TOGETHER:
        taken = {index: pattern for index, pattern in taken.items() if pattern.share >= LIST_SHARE}
    if len(block) - len(taken) > most_others:
        first = next((place for place, (index, _) in enumerate(block) if index not in taken), len(block))
        taken = {index: taken[index] for index, _ in block[:first]} if outer else {}
    return taken


def _goes(pattern: Pattern, line: Line, top: bool, least: float, *, figures: bool = False) -> bool:
    share = pattern.top if top else pattern.foot
    if not is_evidence(pattern.stories, share):
        return False
    if figures and (share < FIGURE_SHARE or pattern.stories * share < FIGURE_EVIDENCE):
        return False
    if line.prose or line.final:
        steady = pattern.steady_top if top else pattern.steady_foot
        return share >= SENTENCE_SHARE and pattern.stories >= SENTENCE_STORIES and steady >= SENTENCE_STEADY
    return share >= least


def is_evidence(stories: int, share: float) -> bool:
    """Whether so many different stories, and such a share of the source's documents, show a habit of the house."""
    return stories >= LEAST_STORIES and share >= LEAST_SHARE and stories * share >= LEAST_EVIDENCE


def _quotation(block: _Places, place: int, known: Known) -> Pattern | None:
    """The pattern of a quotation whose name alone is not known; a name without its price needs the price below it."""
    line = block[place][1]
    name = quotation_mask(line.text)
    pattern = known.get(name) if name else None
    if pattern is None or not _goes(pattern, line, True, INNER_SHARE):
        return None
    if name == NAME_ALONE:
        below = block[place + 1][1].text if place + 1 < len(block) else ""
        price = known.get(_masked(below)) if _FIGURES_ALONE.fullmatch(_masked(below)) else None
        if price is None or not _goes(price, block[place + 1][1], True, INNER_SHARE):
            return None
    return pattern


def _but_title(block: _Places, taken: dict[int, Pattern]) -> dict[int, Pattern]:
    """Without the line that is likely the document's only headline: the name of a column is one."""
    if any(index not in taken and may_be_title(line) for index, line in block):
        return taken
    for index, line in reversed(block):
        if index in taken and taken[index].top < INNER_SHARE and may_be_title(line):
            return {other: pattern for other, pattern in taken.items() if other != index}
    return taken
