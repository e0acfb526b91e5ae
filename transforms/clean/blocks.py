"""Noise that only several lines together tell: tickers, captions with their alternative text, titles, lists of links.

Each function looks at the lines of a document and at what was taken so far, and takes more.  ``taken`` maps the index
of a line to the :class:`Hit` that takes it whole; lines of which a span goes are not in it.
"""

from __future__ import annotations

import re
from functools import cache

from transforms.clean.lines import Line
from transforms.clean.rules import WORDS, Hit, load_rules
from transforms.fields.authors import looks_like_name
from transforms.fields.titles import same_title, tidy_title

Taken = dict[int, Hit]

_SYMBOL = (
    r"(?:[A-Z][A-Z0-9]{0,5}(?:[.:/-][A-Z0-9]{1,5})?|(?:NASDAQ|NYSE|LSE|JSE|ASX|TSX|BSE|NSE)\s?:\s?[A-Z0-9.]{1,6}"
    r"|[A-Z]{3}/[A-Z]{3}|\^[A-Z]{2,6})"
)
# A quotation: decimals, a sign with per cent, or a currency.  Whole numbers alone are scores and counts.
_PRICE = (
    r"(?:[+−–-]?[$€£¥₹₽₺₩R]?\s?\d{1,3}(?:[,. ]?\d{3})*[.,]\d{1,5}|[$€£¥₹₽₺₩]\s?\d[\d,.]*)"
    r"(?:\s?(?:[A-Z]{3}|[$€£¥₹₽₺₩%]|\(?[+−–-]?\d+[.,]\d+\s?%\)?|[▲▼△▽↑↓]))*"
    r"|[▲▼△▽↑↓]?\s?[+−–-]?\d+(?:[.,]\d+)?\s?%"
)
_PRICES = rf"[▲▼△▽↑↓]?\s?(?:{_PRICE})(?:\s[▲▼△▽↑↓]?\s?\(?(?:{_PRICE})\)?){{0,3}}\s?[▲▼△▽↑↓]?"
_TICKER_PRICE = re.compile(_PRICES)
_TEMPERATURE = re.compile(r"(?:[^\W\d_][^\d:!?]{0,28}\s)?[+−–-]?\d{1,2}(?:[.,]\d)?\s?°\s?[CFcf]?")
# Above a story stand a few quotations; a table of them is a text.
MOST_TICKERS = 8


@cache
def _ticker_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A ticker on one line, and the name alone that stands above its price."""
    name = rf"{_SYMBOL}|(?i:{'|'.join(load_rules(WORDS)['quoted'])})"
    return re.compile(rf"(?:{name})[\s:]\s?{_PRICES}"), re.compile(name)


def take_tickers(lines: list[Line], taken: Taken) -> None:
    """Quotations at the top: ``CMSC 0.0578``, ``CMSC`` above ``0.0578``; not where the text is a table of them."""
    found: list[int] = []
    index = 0
    while index < len(lines) and (index in taken or len(lines[index].text) <= 60):
        if index in taken:
            index += 1
            continue
        width = _ticker_width(lines, index, taken)
        if not width:
            break
        found.extend(range(index, index + width))
        index += width
    if not found or len(found) > 2 * MOST_TICKERS or not any(line.prose for line in lines[index:]):
        return
    for place in found:
        taken[place] = Hit("ticker/quotation", "ticker", "head", 0, len(lines[place].text), 0.97)


def _ticker_width(lines: list[Line], index: int, taken: Taken) -> int:
    """How many lines from ``index`` on are one quotation: 0 for none."""
    text = lines[index].text
    if _ticker_forms()[0].fullmatch(text) or _TEMPERATURE.fullmatch(text):
        return 1
    if not _ticker_forms()[1].fullmatch(text) or index + 1 >= len(lines) or index + 1 in taken:
        return 0
    if not _TICKER_PRICE.fullmatch(lines[index + 1].text):
        return 0
    width = 2
    while width < 4 and index + width < len(lines) and _TICKER_PRICE.fullmatch(lines[index + width].text):
        width += 1
    return width


def take_alternative_texts(lines: list[Line], taken: Taken, layout: bool) -> None:
    """The short line above a caption that is the picture's alternative text: both describe one picture.

    With the blank lines known, it stands in the caption's own paragraph.  Without, every caption of the text
    must have such a line, and there must be two at least: one alone may be a subhead.
    """
    pairs = [
        index - 1
        for index, hit in taken.items()
        if hit.kind == "caption" and index > 0 and index - 1 not in taken and _may_be_alternative(lines[index - 1])
    ]
    if layout:
        pairs = [
            index for index in pairs if not lines[index + 1].after_blank and (index == 0 or lines[index].after_blank)
        ]
    elif len(pairs) < 2 or len(pairs) < sum(hit.kind == "caption" for hit in taken.values()):
        return
    for index in pairs:
        taken[index] = Hit("caption/alternative-text", "caption", "any", 0, len(lines[index].text), 0.9)


def _may_be_alternative(line: Line) -> bool:
    return (
        not line.final
        and not line.prose
        and 12 <= line.size <= 160
        and line.text[0] not in "-–—•*"
        and line.text[-1] not in ":;,"
    )


# --- the title ---------------------------------------------------------------------------------------------------

_TITLE_NEIGHBOURS = frozenset(
    ["byline", "date-line", "reading-time", "share", "player", "caption", "credit", "source", "sign-off", "comments"]
)
# A title's length: the longest of 1,000 news headlines rarely pass 110 characters; a deck or a paragraph does.
LONGEST_TITLE = 150
LONGEST_BARE_TITLE = 110
_TWO_SENTENCES = re.compile(r"[a-zà-ÿа-я]{3}[.!?]\s[A-ZÀ-ÝА-Я]|[。！？].")
_LIST_MARK = re.compile(r"[-–—•*▪●#>]|\d{1,2}[.)]\s")


def may_be_title(line: Line, longest: int = LONGEST_TITLE) -> bool:
    """Whether a line has the form of a headline: some words, no full stop, neither list item nor subhead in dashes."""
    text = line.text
    shortest = 12 if line.size == len(text) else 8
    if (line.prose and text[-1] != "?") or not shortest <= line.size <= longest or _TWO_SENTENCES.search(text):
        return False
    if text[-1] in ".。:：;,،।။" and not text.endswith(("U.S.", "U.N.", "...", "a.m.", "p.m.")):
        return False
    if (
        _LIST_MARK.match(text)
        or (text[0] in "【[(（" and text[-1] in "】])）")
        or (text[0].islower() and text.isascii())
    ):
        return False
    return " " in text or line.size > len(text)


def take_known_title(lines: list[Line], taken: Taken, title: str) -> None:
    """Lines at the top that repeat the record's own title."""
    prose = 0
    for index, line in enumerate(lines[:40]):
        if index not in taken and len(line.text) <= 300 and same_title(line.text, title):
            taken[index] = Hit("title/known", "title", "top", 0, len(line.text), 0.99, (("title", title),))
            continue
        prose += line.prose
        if prose > 1:
            return


def take_title(lines: list[Line], taken: Taken, layout: bool, *, noisy: bool) -> None:
    """The headline at the top, and the section's name above it.

    The first line that stays is a headline if it has the form of one and a byline, a date or the like follows before
    the story begins, or a blank line, or the story at once.  The last only in a text that has noise (``noisy``): else
    a deck at the top of clean text would go as well.
    """
    free = [index for index in range(min(len(lines), 60)) if index not in taken][:5]
    if len(free) < 2:
        return
    first, second = free[0], free[1]
    if _is_title(lines, taken, first, second, layout, noisy):
        _lift(lines, taken, first)
    elif len(free) > 2 and _may_be_section(lines[first]) and _is_title(lines, taken, second, free[2], layout, noisy):
        text = lines[first].text
        taken[first] = Hit(
            "title/section", "navigation", "head", 0, len(text), 0.85, (("section", text.strip(" |/>»›")),)
        )
        _lift(lines, taken, second)


def _lift(lines: list[Line], taken: Taken, index: int) -> None:
    text = lines[index].text
    taken[index] = Hit("title/top-line", "title", "head", 0, len(text), 0.9, (("title", tidy_title(text) or text),))


def _is_title(lines: list[Line], taken: Taken, index: int, following: int, layout: bool, noisy: bool) -> bool:
    line, after = lines[index], lines[following]
    if not may_be_title(line) or not _story_follows(lines, taken, following):
        return False
    if any(
        taken[place].kind in _TITLE_NEIGHBOURS and place > index
        for place in taken
        if place <= following + 3 and place < _third_prose(lines)
    ):
        return True
    if layout and after.after_blank:
        return True
    return noisy and after.prose and after.final and after.size >= 80 and may_be_title(line, LONGEST_BARE_TITLE)


def _third_prose(lines: list[Line]) -> int:
    """Index of the story's second paragraph: what stands further down does not tell a title."""
    seen = 0
    for index, line in enumerate(lines[:60]):
        seen += line.prose
        if seen > 1:
            return index
    return min(len(lines), 60)


def _story_follows(lines: list[Line], taken: Taken, start: int) -> bool:
    """Whether prose begins within three lines that stay (a deck and a standfirst may come first)."""
    seen = 0
    for index in range(start, min(len(lines), start + 40)):
        if index in taken:
            continue
        if lines[index].prose:
            return True
        seen += 1
        if seen > 2:
            return False
    return False


def _may_be_section(line: Line) -> bool:
    text = line.text
    return (
        len(text) <= 28
        and len(text.split()) <= 3
        and not line.final
        and text[-1] not in ":,;"
        and not any(char.isdigit() for char in text)
    )


_NAME_NEIGHBOURS = frozenset(["date-line", "reading-time", "byline", "share", "player"])


_AFFILIATION = re.compile(r"(?:\s[-–—|·•/]\s|,\s)[^.!?:;]{2,40}$")
_CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿԱ-֏Ა-Ჿ]")


def take_bare_names(lines: list[Line], taken: Taken, limit: int, *, titled: bool) -> None:
    """A name on a line of its own near the top, perhaps with the paper behind it (``Anna Sample - Harlow Courier``).

    It stands beside a date or the like, and is not of somebody in the story.  The first line of a text is rather
    its title; so is, in scripts without capitals, any that more than three words make.
    """
    beside = {place + step for place, hit in taken.items() if hit.kind in _NAME_NEIGHBOURS for step in (-1, 1)}
    for index in sorted(beside):
        if not 0 <= index < min(limit, len(lines)) or index in taken:
            continue
        line = lines[index]
        if line.final or line.size > 70:
            continue
        name = _AFFILIATION.sub("", line.text)
        words = name.split()
        cased = _CASED.match(name)
        first = not titled and not any(place not in taken for place in range(index))
        if not looks_like_name(name) or len(words) > (4 if cased else 3) or (first and (not cased or len(words) > 2)):
            continue
        others = (other.text for place, other in enumerate(lines) if place != index and place not in taken)
        if not any(words[-1] in text for text in others):
            taken[index] = Hit("byline/bare-name", "byline", "top", 0, len(line.text), 0.85, (("authors", name),))


# --- lists of links ---------------------------------------------------------------------------------------------------

_HEADERS = frozenset(["related/header", "related/header-word", "comments/count"])
_BULLET = re.compile(r"[•*▪●►▶>»→·–—-]\s?\S")
MOST_LINKS = 12


def take_link_lists(lines: list[Line], taken: Taken, layout: bool) -> None:
    """What follows the header of a list of links: all of it where no prose follows, else its bulleted or next lines."""
    last_prose = max((index for index, line in enumerate(lines) if line.prose and index not in taken), default=-1)
    for header in sorted(
        index for index, hit in taken.items() if hit.rule in _HEADERS or hit.rule == "related/strong-cue"
    ):
        bare = taken[header].rule in _HEADERS or len(lines[header].text) <= 30
        if not bare or last_prose < 0:
            continue
        last = len(lines) if header > last_prose else min(header + 1 + MOST_LINKS, len(lines))
        for index in range(header + 1, last):
            if index in taken:
                continue
            if header < last_prose and not _is_link(lines, index, layout):
                break
            taken[index] = Hit("related/list", "related", "foot", 0, len(lines[index].text), 0.85)
        if header > last_prose:
            # All below it has gone.
            return


def _is_link(lines: list[Line], index: int, layout: bool) -> bool:
    line = lines[index]
    if line.prose or line.final or line.size > 140:
        return False
    return bool(_BULLET.match(line.text)) or (layout and not line.after_blank)
