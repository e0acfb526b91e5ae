"""Noise that only several lines together tell: tickers, captions with their alternative text, lists of links.

Each function looks at the lines of a document and at what was taken so far, and takes more.  ``taken`` maps the index
of a line to the :class:`Hit` that takes it whole; lines of which a span goes are not in it.
"""

from __future__ import annotations

import re
from functools import cache

from transforms.clean import credits
from transforms.clean.lines import UNSPACED, Line, lower
from transforms.clean.rules import WORDS, Hit, load_rules
from transforms.fields.authors import looks_like_name
from transforms.fields.dates import find_date

Taken = dict[int, Hit]

_SYMBOL = (
    r"(?:[A-Z][A-Z0-9]{0,5}(?:[.:/ -][A-Z0-9]{1,5})?|(?:NASDAQ|NYSE|LSE|JSE|ASX|TSX|BSE|NSE)\s?:\s?[A-Z0-9.]{1,6}"
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
# Whatever the name, a price and an arrow or a change in per cent: Harlow Salt 12,450 ▲350
_ANY_NAME = (
    r"[^\W\d][^\d:!?]{0,28}\s[$€£¥₩₹]?\s?\d[\d.,]{0,9}\s?(?:[A-Z]{3}|[$€£¥₩₹원円元])?\s?"
    r"(?:[▲▼△▽↑↓]\s?\d[\d.,]{0,9}\s?%?|\(?[+−–-]\d{1,2}[.,]\d{1,2}\s?%\)?)(?:\s?\(?[+−–-]?\d{1,2}[.,]\d{1,2}\s?%\)?)?"
)
_TEMPERATURE = re.compile(r"(?:[^\W\d_][^\d:!?]{0,28}\s)?[+−–-]?\d{1,2}(?:[.,]\d)?\s?°\s?[CFcf]?")
_WHOLE_PRICE = re.compile(r"[A-Z]{2,6}\s\d{1,6}")
# Above a story stand a few quotations; a table of them is a text.
MOST_TICKERS = 8


@cache
def _ticker_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A ticker on one line, and the name alone that stands above its price."""
    name = rf"{_SYMBOL}|(?i:{'|'.join(load_rules(WORDS)['quoted'])})"
    return re.compile(rf"(?:{name})[\s:]\s?{_PRICES}|{_ANY_NAME}"), re.compile(name)


def take_tickers(lines: list[Line], taken: Taken) -> None:
    """Quotations at the top: ``CMSC 0.0578``, ``CMSC`` above ``0.0578``; not where the text is a table of them."""
    found: list[int] = []
    index = labels = 0
    while index < len(lines) and (index in taken or len(lines[index].text) <= 60):
        if index in taken:
            index += 1
            continue
        width = _ticker_width(lines, index, taken) or _beside_particulars(lines, taken, index)
        if not width and found and index - 1 in (found[-1], *taken) and _beside_quotation(lines[index].text):
            width = 1
        if not width and labels < MOST_LABELS and _is_button(lines[index]):
            # The section may stand above them.
            labels += 1
            index += 1
            continue
        if not width:
            break
        found.extend(range(index, index + width))
        index += width
    if not found or len(found) > 2 * MOST_TICKERS or not any(line.prose for line in lines[index:]):
        return
    for place in found:
        taken[place] = Hit("ticker/quotation", "ticker", "head", 0, len(lines[place].text), 0.97)


# Harlow Salt 9,42; Harlow Salt +3,1 %
_NAME_AND_PRICE = re.compile(
    r"(?:[^\W\d_a-zß-ÿ][\w&.’'-]{0,20}\s){1,3}(?:\d{1,5}[.,]\d\d|[+−–-]\d{1,2}(?:[.,]\d{1,2})?\s?%)"
)


def _beside_particulars(lines: list[Line], taken: Taken, index: int) -> int:
    """1 for a name with its price alone or its change alone, beside a date or byline; else 0."""
    beside = any(place in taken and taken[place].kind in _PARTICULARS for place in (index - 1, index + 1))
    return int(beside and _NAME_AND_PRICE.fullmatch(lines[index].text) is not None)


_PARTICULARS = frozenset(["date-line", "byline"])


def _beside_quotation(text: str) -> bool:
    """Whole numbers, and a change without the name: below another quotation only."""
    return _WHOLE_PRICE.fullmatch(text) is not None or _TICKER_PRICE.fullmatch(text) is not None


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

    With the blank lines known, it stands in the caption's own paragraph.  Without, it shares words with the caption,
    or is longer than subheads are, within the story or below what stands under titles.
    """
    pairs = [
        index - 1
        for index, hit in taken.items()
        if hit.kind in PICTURES and index > 0 and index - 1 not in taken and may_be_alternative(lines[index - 1])
    ]
    if layout:
        pairs = [
            index for index in pairs if not lines[index + 1].after_blank and (index == 0 or lines[index].after_blank)
        ]
    else:
        # The first line above all prose is the title, unless what stands above titles is above it.
        pairs = [
            index
            for index in pairs
            if (_longer_than_subheads(lines[index]) or _same_picture(lines[index].text, lines[index + 1].text))
            and (any(lines[place].prose for place in range(index)) or _below_title(taken, index))
            and not _is_only_title(lines, taken, index)
        ]
    for index in [*pairs, *_sentences(lines, taken), *_below_credits(lines, taken)]:
        taken[index] = Hit("caption/alternative-text", "caption", "any", 0, len(lines[index].text), 0.9)


def _sentences(lines: list[Line], taken: Taken) -> list[int]:
    """Short sentences between noise and a caption, both above the story, that tell of the caption's picture."""
    found = []
    for index in range(1, min(_first_paragraph(lines, taken), len(lines) - 1)):
        line, below = lines[index], taken.get(index + 1)
        if (
            line.final
            and index not in taken
            and index - 1 in taken
            and below is not None
            and below.kind == "caption"
            and _same_picture(line.text, lines[index + 1].text, STEM)
        ):
            found.append(index)
    return found


def _first_paragraph(lines: list[Line], taken: Taken) -> int:
    return next((index for index, line in enumerate(lines) if line.prose and index not in taken), 0)


def _below_credits(lines: list[Line], taken: Taken) -> list[int]:
    """The caption below a credit that stands above it, above the story and below its title."""
    found = []
    for index in sorted(place for place, hit in taken.items() if hit.kind == "credit"):
        after = index + 1
        above = [place for place in range(index) if place not in taken]
        if (
            after < len(lines) - 1
            and after not in taken
            and not lines[after].prose
            and 12 <= lines[after].size <= 120
            and len(above) == 1
            and may_be_title(lines[above[0]])
            and (lines[after + 1].prose or after + 1 in taken)
        ):
            found.append(after)
    return found


def _is_only_title(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether the line above a caption that it has no words in common with is all that may be the title."""
    return (
        taken[index + 1].kind == "caption"  # above a credit alone it is the caption
        and may_be_title(lines[index])
        and not _same_picture(lines[index].text, lines[index + 1].text, STEM)
        and not any(place not in taken for place in range(index))
        and index + 2 < len(lines)
        and not any(taken[place].kind == "title" for place in range(index))
        and (lines[index + 2].prose or index + 2 in taken)
    )


PICTURES = frozenset(["caption", "credit"])


def _longer_than_subheads(line: Line) -> bool:
    return line.size >= 20 and (line.size > len(line.text) or len(line.text.split()) >= 4)


_LONG_WORD = re.compile(r"\w{4,}")
_ABOVEPICTURES = frozenset(["byline", "date-line", "reading-time", "title"])


# So many letters of a word are the same whatever its ending.
STEM = 5


def _same_picture(alternative: str, caption: str, stem: int | None = None) -> bool:
    """Whether two words of some length stand in both, or their first ``stem`` letters."""
    words = [{word[:stem] for word in _LONG_WORD.findall(text.casefold())} for text in (alternative, caption)]
    return len(words[0] & words[1]) > 1


def _below_title(taken: Taken, index: int) -> bool:
    above = [taken[place].kind for place in range(index) if place in taken]
    return len(above) > 1 and not _ABOVEPICTURES.isdisjoint(above)


def may_be_alternative(line: Line) -> bool:
    return (
        not line.final
        and not line.prose
        and 12 <= line.size <= 160
        and line.text[0] not in "-–—•*"
        and line.text[-1] not in ":;,"
    )


# --- the form of a title ---------------------------------------------------------------------------------------

# A title's length: the longest of 1,000 news headlines rarely pass 110 characters; a deck or a paragraph does.
LONGEST_TITLE = 150
_TWO_SENTENCES = re.compile(r"[a-zà-ÿа-я]{3}[.!?]\s[A-ZÀ-ÝА-Я]|[。！？].")
# Harlow. Bridge to be rebuilt
_PLACE_FIRST = re.compile(r"(?:[^\W\d_a-z][\w’'-]{2,20}(?:\s[^\W\d_a-z][\w’'-]{2,20})?\.\s)?")
_LIST_MARK = re.compile(r"[-–—•*▪●#>]|\d{1,2}[.)]\s")
_DATE = re.compile(r"(?:19|20)\d\d(?:[./-]\d|年\d)|\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|\d{1,2}:\d\d\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20|14)\d\d(?!\d)")
TRAIL = re.compile(r"[^>»›<«/|]{1,24}(?:(?:\s?[>»›<«|]\s?|\s/\s)[^>»›<«/|]{1,24}){1,4}")


def is_trail(text: str) -> bool:
    """Whether ``text`` is ``Home > News > Harlow``; words between « and » are no parts of one."""
    return TRAIL.fullmatch(text) is not None and not ("«" in text and "»" in text)


# From here on scripts have no capitals, or, as Georgian, do not begin with one.
_UNCASED = "\u0530"


def may_be_title(line: Line, longest: int = LONGEST_TITLE, *, sentences: bool = False) -> bool:
    """Whether a line has the form of a headline: some words, no full stop, no list item, date or subhead in dashes.

    With ``sentences`` it may be two: ``The bridge is shut. The ferry is not``.
    """
    text = line.text
    shortest = 12 if line.size == len(text) else 8
    if (line.prose and text[-1] != "?") or not shortest <= line.size <= longest:
        return False
    if not sentences and _TWO_SENTENCES.search(text, _PLACE_FIRST.match(text).end()):  # type: ignore[union-attr]
        return False
    if text[-1] in ".。:：;,،।။" and not text.endswith(("U.S.", "U.N.", "...", "a.m.", "p.m.")):
        return False
    if (
        _LIST_MARK.match(text)
        or (text[0] in "【[(（" and text[-1] in "】])）")
        or (text[0].islower() and (text.isascii() or (text[0] < _UNCASED and text[1].islower())))
    ):
        return False
    if _DATE.search(text) or is_trail(text) or (_YEAR.search(text) and find_date(text) is not None):
        return False
    return " " in text or line.size > len(text) or UNSPACED.search(text) is not None


# Buttons below a picture's caption and credit.
_HIDES = frozenset(["hide caption", "toggle caption"])


def take_hidden_captions(lines: list[Line], taken: Taken) -> None:
    """The credit above such a button, and the caption above that."""
    for index in range(2, len(lines)):
        text, credit, caption = lines[index].text, lines[index - 1], lines[index - 2]
        if text[-7:] != "caption" or lower(text) not in _HIDES or index - 1 in taken or credit.prose or credit.final:
            continue
        found = credits.credit(credit.text, labelled=True)
        taken[index - 1] = Hit("credit/above-button", "credit", "any", 0, len(credit.text), 0.95, found)
        if index > 2 and index - 2 not in taken and len(caption.text) <= LONGEST_CAPTION:
            taken[index - 2] = Hit("caption/above-button", "caption", "any", 0, len(caption.text), 0.95)


LONGEST_CAPTION = 500


# --- lists of links ---------------------------------------------------------------------------------------------------

_HEADERS = frozenset(
    ["related/header", "related/header-word", "related/header-more", "related/more-from", "comments/count"]
)
_BULLET = re.compile(r"[•*▪●►▶>»→·–—-]\s?\S")
MOST_LINKS = 12
# Amid a story so many lines without a mark are the links below a header; what follows may be a subhead.
MOST_BARE_LINKS = 2


def take_link_lists(lines: list[Line], taken: Taken, layout: bool) -> None:
    """What follows the header of a list of links: all of it where no prose follows, else its bulleted or next lines."""
    last_prose = _last_told(lines, taken)
    take_skipped(lines, taken)
    _take_headed_links(lines, taken, last_prose)
    ended = [
        index
        for index, hit in taken.items()
        if hit.rule == "related/skipped" and _LIST_END.fullmatch(lines[index].text)
    ]
    for header in sorted(
        index for index, hit in taken.items() if hit.rule in _HEADERS or hit.rule == "related/strong-cue"
    ):
        if any(header < index < header + MOST_SKIPPED for index in ended):
            continue
        bare = taken[header].rule in _HEADERS or len(lines[header].text) <= 30
        if not bare or last_prose < 0:
            continue
        last = len(lines) if header > last_prose else min(header + 1 + MOST_LINKS, len(lines))
        for index in range(header + 1, last):
            if index in taken:
                continue
            near = index - header <= MOST_BARE_LINKS and _may_be_bare_link(lines[index])
            if header < last_prose and not (near or _is_link(lines, index, layout)):
                break
            taken[index] = Hit("related/list", "related", "foot", 0, len(lines[index].text), 0.85)
        if header > last_prose:
            # All below it has gone.
            return


def _last_told(lines: list[Line], taken: Taken) -> int:
    """Index of the last line that stays and is prose, or a short sentence as headlines are not; -1 where none is."""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if index not in taken and (
            line.prose or (line.size >= SHORTEST_SENTENCE and line.final and _STOP.search(line.text))
        ):
            return index
    return -1


_STOP = re.compile(r"[.。।։۔።][\"'”’»」』)]*$")
_LIST_END = re.compile("end of list")
# An insertion of links begins and ends with a line that says so; so many lines it has at most.
MOST_SKIPPED = 16


def take_skipped(lines: list[Line], taken: Taken) -> None:
    """What stands between ``Skip Most read and continue reading`` and ``End of Most read``, but for paragraphs."""
    for first in sorted(index for index, hit in taken.items() if hit.rule == "related/skip"):
        last = next(
            (
                index
                for index in range(first + 1, min(first + MOST_SKIPPED, len(lines)))
                if any(hit.rule == "related/skip-end" for hit in lines[index].hits or ())
            ),
            first,
        )
        for index in range(first + 1, last + 1):
            if not lines[index].prose:
                taken[index] = Hit("related/skipped", "related", "any", 0, len(lines[index].text), 0.9)


def _take_headed_links(lines: list[Line], taken: Taken, end: int) -> None:
    """Amid the story a header of one word, which may be a subhead, where a headline stands between it and prose."""
    for index in range(1, end - 1):
        hit = next((hit for hit in lines[index].hits or () if hit.rule == "related/header-word"), None)
        link = lines[index + 1]
        if (
            hit is not None
            and index not in taken
            and index + 1 not in taken
            and _may_be_bare_link(link)
            and len(link.text.split()) >= SHORTEST_HEADLINE
            and lines[index - 1].prose
            and lines[index + 2].prose
        ):
            for place in (index, index + 1):
                taken[place] = Hit("related/headed", "related", "any", 0, len(lines[place].text), 0.85)


SHORTEST_HEADLINE = 4


def _may_be_link(line: Line) -> bool:
    return not line.prose and not line.final and line.size <= 140


def _may_be_bare_link(line: Line) -> bool:
    """A headline; neither a subhead of one word nor a result."""
    return line.size >= 12 and _may_be_link(line) and line.text[-1] not in ":：" and not _FIGURE.search(line.text)


def _is_link(lines: list[Line], index: int, layout: bool) -> bool:
    line = lines[index]
    if not _may_be_link(line):
        return False
    return bool(_BULLET.match(line.text)) or (layout and not line.after_blank)


# --- what stands among noise -------------------------------------------------------------------------------------

_CLOSES = frozenset(["sign-off", "legal", "comments", "share", "consent", "paywall"])
# Within the story these stand too; what has no figures in it goes below them.
_MAY_CLOSE = frozenset(["related", "newsletter", "navigation", "source", "byline", "date-line"])
# Below these not even a sentence belongs to the story.
_ENDS = frozenset(["sign-off", "legal"])
_LAST_WORDS = frozenset(["sign-off", "comments"])
_DIVIDERS = frozenset(["sign-off/line", "sign-off/general"])
# Notes on the text itself: another paragraph may follow.
_NOTES = frozenset(["legal/this-text", "legal/correction", "legal/opinion", "legal/licence"])
_BUTTONS = frozenset(["share", "player"])


def take_leftovers(lines: list[Line], taken: Taken, top: int) -> None:
    """Lines that no rule knows, at the foot below noise that closes a story, and beside buttons at the top."""
    _take_below_the_end(lines, taken)
    labels: list[int] = []
    for index in range(min(top, len(lines) - 1)):
        if index in taken:
            continue
        line = lines[index]
        if names_speaker(lines, index):
            break
        if index - 1 in taken and taken[index - 1].kind in _BUTTONS and _is_button(line):
            _take_as(lines, taken, index, index - 1)
        elif line.final and (line.prose or line.size >= SHORTEST_SENTENCE):
            break
        else:
            labels.append(index)
    if len(labels) <= MOST_LABELS and all(map(_may_be_label, (lines[index] for index in labels))):
        _take_labels(lines, taken, labels)


def names_speaker(lines: list[Line], index: int) -> bool:
    """Whether a line in brackets says who speaks in the next: ``[앵커]``."""
    text = lines[index].text
    return text[0] in "[【" and text[-1] in "]】" and index + 1 < len(lines) and lines[index + 1].final


# Sections, places, names of columns: so many stand between noise and a story that begins; more are a list.
MOST_LABELS = 2
SHORTEST_SENTENCE = 24


def _may_be_label(line: Line) -> bool:
    return not line.final and line.text[-1] not in ":：" and not _FIGURE.search(line.text)


def _in_story(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether a label is a name that the story has, or stands above it as other labels do above its parts."""
    text, below = lines[index].text, index + 1
    prose = [line for place, line in enumerate(lines) if line.prose and place not in taken]
    if looks_like_name(text):
        return any(text.split()[-1] in line.text for line in prose)
    if below >= len(lines) or not lines[below].prose or below in taken:
        return False
    return any(
        _is_button(line) and place not in taken and lines[place - 1].prose and lines[place + 1].prose
        for place, line in enumerate(lines[below + 1 : -1], below + 1)
    )


def _take_labels(lines: list[Line], taken: Taken, labels: list[int]) -> None:
    """A few words among noise above the story; not a name of somebody in it, nor the first of its subheads."""
    if any(_in_story(lines, taken, index) for index in labels):
        return
    for index in labels:
        if _is_button(lines[index]) and lines[index].text[0].isalnum():
            beside = next((other for other in (index - 1, index + 1) if other in taken), None)
            if beside is not None and taken[beside].kind not in PICTURES:
                text = lines[index].text
                taken[index] = Hit("navigation/label", "navigation", "head", 0, len(text), 0.82)


def _take_below_the_end(lines: list[Line], taken: Taken) -> None:
    """Below the first closing noise under the last paragraph: lines without a full stop, and, once somebody has
    signed or claimed the copyright, sentences too."""
    last_prose = _last_paragraph(lines, taken)
    if last_prose < 0:
        return
    end = None
    ended = closed = False
    for index in range(last_prose + 1, len(lines)):
        hit, line = taken.get(index), lines[index]
        if hit is None:
            if end is not None and (
                ended
                or (not line.final and (closed or not _FIGURE.search(line.text)))
                or (index - 1 in taken and _calls(lines, index, taken[index - 1]))
            ):
                _take_as(lines, taken, index, end)
        elif hit.rule not in _DIVIDERS and (hit.kind in _CLOSES or (end is None and hit.kind in _MAY_CLOSE)):
            end = index
            closed = closed or hit.kind in _CLOSES
            ended = ended or (hit.kind in _ENDS and hit.rule not in _NOTES)


def _calls(lines: list[Line], index: int, above: Hit) -> bool:
    """Whether an exclamation or a question just below noise that calls upon the reader does so, too."""
    line = lines[index]
    return line.text[-1] in "!?！？" and line.size <= LONGEST_CALL and above.kind in _CALLS and line.text[0].isalpha()


_CALLS = frozenset(["share", "comments", "newsletter", "paywall", "advert", "legal", "sign-off"])
LONGEST_CALL = 80
_FIGURE = re.compile(r"\d")


def _last_paragraph(lines: list[Line], taken: Taken) -> int:
    """Index of the story's last paragraph: the last prose, but for one sentence below a line that ends the story."""
    last = last_left(lines, taken)
    above = last_left(lines[: max(last, 0)], taken)
    if above < 0:
        return last
    between = [
        taken[index].kind
        for index in range(above + 1, last)
        if index in taken and taken[index].rule not in _DIVIDERS | _NOTES
    ]
    sure = "legal" in between or (len(between) > 1 and not _LAST_WORDS.isdisjoint(between))
    return above if sure and lines[last].size <= LONGEST_LAST else last


def last_left(lines: list[Line], taken: Taken) -> int:
    """Index of the last prose that stays; -1 where none does."""
    for index in range(len(lines) - 1, -1, -1):
        if lines[index].prose and index not in taken:
            return index
    return -1


# A bio or a notice at the foot; a longer line is rather a paragraph.
LONGEST_LAST = 240


def _is_button(line: Line) -> bool:
    text = line.text
    return line.size <= 24 and len(text.split()) <= 3 and not line.final and not any(char.isdigit() for char in text)


def _take_as(lines: list[Line], taken: Taken, index: int, other: int) -> None:
    hit = taken[other]
    taken[index] = Hit(f"{hit.kind}/beside", hit.kind, "edge", 0, len(lines[index].text), 0.85)
