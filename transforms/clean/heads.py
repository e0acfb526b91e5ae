"""What stands above a story, without a word that gives it away: title, names of authors, names of sections.

As in ``blocks``, each function looks at the lines and at what was taken so far, and takes more.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import Any

from transforms.clean.blocks import TRAIL, Taken, last_left, may_be_title
from transforms.clean.dateline import dateline_alone, find_dateline
from transforms.clean.headblock import authors_elsewhere, is_known_name, is_role, is_role_label, may_be_person
from transforms.clean.lines import UNSPACED, Line, lower
from transforms.clean.names import AND, BEHIND, bare_names, newsroom
from transforms.clean.rules import WORDS, Hit, load_rules
from transforms.fields.authors import looks_like_name
from transforms.fields.titles import same_title, tidy_title

LONGEST_BARE_TITLE = 110
# Shorter lines with a full stop are answers and exclamations, not the beginning of a story.
SENTENCE = 24
_TITLE_NEIGHBOURS = frozenset(
    ["byline", "date-line", "reading-time", "share", "player", "caption", "credit", "source", "sign-off", "comments"]
)
_MARKS = re.compile(r"[>»›<«/|]")


def sentence(line: Line) -> bool:
    """Whether a line is prose or a short sentence."""
    return line.prose or (line.final and line.size >= SENTENCE)


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
    """The headline at the top, and the names of sections and kickers above it.

    The first line with the form of a headline is one if a byline, a date or the like follows before the story begins,
    or a blank line, or a dateline, or the story at once.  The last only in a text that has noise (``noisy``): else a
    deck at the top of clean text would go as well.
    """
    free = _free_above_story(lines, taken)
    for place, index in enumerate(free[:-1]):
        if place and lines[index].size <= max(lines[other].size for other in free[:place]):
            # What stands above a headline is shorter.
            return
        below = free[place + 1]
        is_title = _is_title(lines, taken, index, below, layout, noisy)
        if (
            below != free[-1]
            and _may_be_section(lines[index])
            and lines[below].size > lines[index].size
            and _is_title(lines, taken, below, free[place + 2], layout, noisy)
            and (not is_title or _is_section(lines, taken, index))
        ):
            continue
        if is_title and _is_label(lines[index]) and _headline_below(lines, taken, free[place:], layout, noisy):
            continue
        if is_title and not place and _is_kicker(lines, taken, free):
            continue
        if is_title:
            _lift(lines, taken, index)
            for other in free[:place]:
                _take_section(lines, taken, other)
            _take_again(lines, taken, index, free[-1])
            return
        if not _may_stand_above(lines[index]):
            return


def _is_kicker(lines: list[Line], taken: Taken, free: list[int]) -> bool:
    """Whether the first of ``free`` is a kicker: few words, above a headline, its deck and what stands below decks."""
    if len(free) < 3:
        return False
    first, headline, deck = (lines[index] for index in free[:3])
    below = taken.get(free[2] + 1)
    return (
        first.size <= LONGEST_KICKER
        and len(first.text.split()) <= 4
        and headline.size >= SHORTEST_HEADLINE
        and headline.size > first.size
        and may_be_title(headline)
        and headline.size < deck.size <= LONGEST_DECK
        and below is not None
        and below.kind in _TITLE_NEIGHBOURS
    )


LONGEST_KICKER = 30
LONGEST_DECK = 220
# The name of the paper or of a column above a headline, and how long that is at least.
LONGEST_LABEL = 20
SHORTEST_HEADLINE = 24


def _is_label(line: Line) -> bool:
    return line.size <= LONGEST_LABEL and _may_be_section(line)


def _headline_below(lines: list[Line], taken: Taken, free: list[int], layout: bool, noisy: bool) -> bool:
    """Whether a headline twice as long as the first of ``free`` is among those that follow."""
    least = max(SHORTEST_HEADLINE, 2 * lines[free[0]].size)
    return any(
        lines[index].size >= least and _is_title(lines, taken, index, below, layout, noisy)
        for index, below in pairwise(free[1:])
    )


def _free_above_story(lines: list[Line], taken: Taken) -> list[int]:
    """The first lines that are left, down to the first sentence: five at most."""
    free: list[int] = []
    for index in range(min(len(lines), 60)):
        if index not in taken:
            free.append(index)
            if len(free) == 5 or sentence(lines[index]):
                break
    return free


def _may_stand_above(line: Line) -> bool:
    """Whether a line may be a kicker, a mark or some figure above a headline: short, and no sentence."""
    return line.size <= 40 and not sentence(line) and not _LIST_MARK.match(line.text)


_LIST_MARK = re.compile(r"[-–—•*▪●#]|\d{1,2}[.)]\s")


def _lift(lines: list[Line], taken: Taken, index: int) -> None:
    text = lines[index].text
    taken[index] = Hit("title/top-line", "title", "head", 0, len(text), 0.9, (("title", tidy_title(text) or text),))


def _take_again(lines: list[Line], taken: Taken, title: int, end: int) -> None:
    """The title's other lines above the story: repeated, or at the end of the way to it."""
    text = lines[title].text
    for index, line in enumerate(lines[:end]):
        if index in taken or len(line.text) < len(text):
            continue
        if same_title(line.text, text):
            taken[index] = Hit("title/again", "title", "head", 0, len(line.text), 0.95)
        elif line.text.endswith(text) and _MARKS.search(line.text, 0, len(line.text) - len(text)):
            taken[index] = Hit("navigation/trail-to-title", "navigation", "head", 0, len(line.text), 0.93)


# Anna Sample (head of sport)
_NAME_FIRST = re.compile(r"(?:[^\W\d_][\w.'’-]*\s){1,3}\(")


def _is_title(lines: list[Line], taken: Taken, index: int, following: int, layout: bool, noisy: bool) -> bool:
    line, after = lines[index], lines[following]
    if (
        not may_be_title(line, sentences=index == 0 and 1 in taken)
        or (_NAME_FIRST.match(line.text) and bare_names(line.text))
        or (is_role(lines[index + 1]) and bare_names(line.text))
        or dateline_alone(line.text)
        or _is_labelled_name(line.text)
        or not (_story_follows(lines, taken, following) or _headed(lines, taken, index))
        or (_below_authors(taken, index) and (_is_label(line) or _is_verse(lines, taken, index)))
        or (_is_label(line) and _is_paper(taken, index))
    ):
        return False
    end = min(_second_paragraph(lines), following + 4)
    if any(place in taken and taken[place].kind in _TITLE_NEIGHBOURS for place in range(index + 1, end)):
        return True
    if (layout and after.after_blank) or (find_dateline(after.text) if after.prose else dateline_alone(after.text)):
        return True
    between = noisy and not after.final and following + 1 < len(lines) and following + 1 not in taken
    if between and bare_names(after.text) and may_be_person(after.text, lines):
        # The author's name stands between.
        after = lines[following + 1]
    return noisy and after.final and sentence(after) and may_be_title(line, LONGEST_BARE_TITLE)


_LABELLED = re.compile(r"[^\W\d][^\d:：,.!?]{1,20}?\s?[:：]\s?(?P<name>.{4,50})")


def _is_labelled_name(text: str) -> bool:
    """Whether a line is a name behind a label, known or not: ``Penulis: Anna Contoh``."""
    match = _LABELLED.fullmatch(text)
    return match is not None and match["name"][0].isupper() and looks_like_name(match["name"])


def _headed(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether a date or a byline stands just below, and more below that: a poem or a list may follow a title, too."""
    text = lines[index].text
    if len(text.split()) < 3 and not UNSPACED.search(text):
        return False
    for place in range(index + 1, min(index + 4, len(lines) - 3)):
        hit = taken.get(place)
        if hit is None and not bare_names(lines[place].text):
            return False
        if hit is not None and hit.found and hit.kind in ("byline", "date-line"):
            return True
    return False


def _is_paper(taken: Taken, index: int) -> bool:
    """Whether a few words stand between the authors and the date: the paper's name."""
    above, below = taken.get(index - 1), taken.get(index + 1)
    return above is not None and below is not None and above.kind == "byline" and below.kind == "date-line"


def _below_authors(taken: Taken, index: int) -> bool:
    """Whether authors stand above, on other lines than the next: a few words below them are a button's."""
    return any(place in taken and taken[place].kind in _NO_TITLE_ABOVE for place in range(index)) and any(
        name == "authors" for place in range(index) if place in taken for name, _ in taken[place].found
    )


def _is_verse(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether two short lines follow at once: verse, ingredients, results."""
    below = range(index + 1, index + 3)
    return below[-1] < len(lines) and all(
        place not in taken and not lines[place].final and lines[place].size <= LONGEST_LINK for place in below
    )


_NO_TITLE_ABOVE = frozenset(["date-line", "reading-time", "share", "player", "comments"])


def _second_paragraph(lines: list[Line]) -> int:
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
        if sentence(lines[index]):
            return True
        seen += 1
        if seen > 3:
            return _QUANTITY.match(lines[index].text) is not None
    return False


# 200 g of flour: a list without a word before it
_QUANTITY = re.compile(r"(?:\d{1,4}|½|¼|¾|\d[.,/]\d)\s?[^\W\d_]{1,12}\s[^\W\d]")


# --- sections ----------------------------------------------------------------------------------------------------


@cache
def _sections() -> frozenset[str]:
    return frozenset(lower(word) for words in load_rules(WORDS)["sections"].values() for word in words)


def _may_be_section(line: Line) -> bool:
    text = line.text
    return (
        # Without blanks between words that is a headline.
        line.size <= (28 if line.size == len(text) or " " in text else LONGEST_WIDE_SECTION)
        and len(text.split()) <= 3
        and not line.final
        and text[-1] not in ":,;"
        and not any(char.isdigit() for char in text)
    )


LONGEST_WIDE_SECTION = 16


def _is_section(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether a short line names a section by its words, or by the menu just above it."""
    if index - 1 in taken and taken[index - 1].kind == "navigation":
        return True
    return not _sections().isdisjoint([lower(lines[index].text), *lower(lines[index].text).split()])


def _take_section(lines: list[Line], taken: Taken, index: int) -> None:
    text = lines[index].text
    found = (("section", text.strip(" |/>»›")),)
    taken[index] = Hit("navigation/section", "navigation", "head", 0, len(text), 0.85, found)


def take_menu(lines: list[Line], taken: Taken) -> None:
    """Names of sections above the story: a run of short lines, one of which at least is a section of any paper."""
    run: list[int] = []
    for index, line in enumerate(lines[:60]):
        if index in taken:
            continue
        if (
            TRAIL.fullmatch(line.text) and any(lower(part.strip()) in _sections() for part in _MARKS.split(line.text))
        ) or _lists_sections(line):
            _take_section(lines, taken, index)
            continue
        if _may_be_section(line) and (run or not looks_like_name(line.text)):
            run.append(index)
            continue
        if run and any(lower(lines[place].text) in _sections() for place in run):
            for place in run:
                if len(lines[place].text.split()) <= 2:
                    _take_section(lines, taken, place)
        run = []
        if line.prose:
            return


def _lists_sections(line: Line) -> bool:
    """Whether a line is names of sections alone: ``Crime - Courts``."""
    parts = _DASHES.split(lower(line.text)) if line.size <= LONGEST_LINK else ()
    return len(parts) > 1 and all(part.strip() in _sections() for part in parts)


_DASHES = re.compile(r"\s[–—|&-]\s|,\s")

# --- names of authors --------------------------------------------------------------------------------------------

_NAME_NEIGHBOURS = frozenset(["date-line", "reading-time", "byline", "share", "player"])
_BUTTONS = frozenset(["share", "player"])
_FOOT_NEIGHBOURS = frozenset(["sign-off", "byline", "source", "comments", "legal"])
_HANDLE = re.compile(r"@\w{2,30}|[\w.+-]{1,40}@[\w.-]{3,40}")
_CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿԱ-֏Ა-ᲿḀ-ỿ]")


def take_bare_names(lines: list[Line], taken: Taken, top: int, foot: int, *, titled: bool) -> None:
    """Names on a line of their own, perhaps with paper or agency (``Anna Sample - Harlow Courier``).

    They stand near the top beside a date or the like, or under what may be the title, or at the foot beside a
    sign-off; and are not of somebody in the story.
    """
    last_prose = last_left(lines, taken)
    above: list[int] = []
    for index in range(min(top, len(lines))):
        if index in taken:
            continue
        if lines[index].prose:
            break
        named = _may_be_names(lines[index]) and _named_at_top(lines, taken, index, above, titled)
        named = named and not authors_elsewhere(taken, index, index + 3)
        if not (named and _take_name(lines, taken, index)):
            above.append(index)
    for index in range(max(foot, last_prose + 1), len(lines)):
        if index not in taken and _may_be_names(lines[index]) and _named_at_foot(lines, taken, index):
            _take_name(lines, taken, index)


def _may_be_names(line: Line) -> bool:
    return not line.final and line.size <= 80


def _take_name(lines: list[Line], taken: Taken, index: int) -> bool:
    """Take a line of names, if the first is not of somebody in the story."""
    line = lines[index]
    found = bare_names(line.text)
    if not found or not may_be_person(line.text, lines) or _in_story(lines, taken, index, found):
        return False
    taken[index] = Hit("byline/bare-name", "byline", "edge", 0, len(line.text), 0.85, found)
    return True


# A headline of so few characters is none; in scripts with blanks a line of a name is longer.
LONGEST_HAN_NAME = 5


def _named_at_top(lines: list[Line], taken: Taken, index: int, above: list[int], titled: bool) -> bool:
    text = lines[index].text
    cased = _CASED.match(text) is not None
    if not cased and len(BEHIND.split(text)[0].split()) > 3:
        return False
    beside = any(taken[place].kind in _NAME_NEIGHBOURS for place in (index - 1, index + 1) if place in taken)
    beside = beside or (index + 1 < len(lines) and _HANDLE.fullmatch(lines[index + 1].text) is not None)
    first = not titled and not above
    if beside and not cased and not is_known_name(text):
        # Beside buttons stand others.
        beside = any(taken[place].kind not in _BUTTONS for place in (index - 1, index + 1) if place in taken)
    if beside and not cased:
        return not first or len(text) <= LONGEST_HAN_NAME or BEHIND.search(text) is not None or is_known_name(text)
    if not beside and not (cased and _story_follows(lines, taken, index + 1)):
        return False
    # The first line of a text is rather its title, so it must be a name beyond doubt.
    if first:
        two_words = all(len(name.split()) == 2 for name in AND.split(BEHIND.split(text)[0]))
        named_below = index + 1 < len(lines) and bool(bare_names(lines[index + 1].text))
        return (beside and two_words) or not (named_below or _capitals_in_titles(lines))
    return beside or _under_title(lines, above, titled)


def _under_title(lines: list[Line], above: list[int], titled: bool) -> bool:
    return (
        1 <= len(above) <= 2
        and not titled
        and may_be_title(lines[above[-1]])
        and not bare_names(lines[above[-1]].text)
        and (len(above) == 1 or _may_be_section(lines[above[0]]))
    )


def _named_at_foot(lines: list[Line], taken: Taken, index: int) -> bool:
    beside = (taken[place].kind for place in (index - 1, index + 1) if place in taken)
    return _CASED.match(lines[index].text) is not None and any(kind in _FOOT_NEIGHBOURS for kind in beside)


def _capitals_in_titles(lines: list[Line]) -> bool:
    """Whether headlines may have a capital at every word: in English, Malay, and German where all are nouns."""
    return any(word in line.text for line in lines[:12] for word in (" the ", " der ", " die ", " yang ", " untuk "))


def _in_story(lines: list[Line], taken: Taken, index: int, found: tuple[tuple[str, Any], ...]) -> bool:
    """Whether the first of the names is of somebody in the story."""
    last = found[0][1].split()[-1]
    return any(
        last in line.text
        for place, line in enumerate(lines)
        if place != index
        and place not in taken
        and not (line.text.startswith(lines[index].text) and len(line.text) < 80)
    )


# --- what stands below a story -----------------------------------------------------------------------------------

# What is told of an author below a story, at most.
LONGEST_BIO = 300
_HASHTAG = re.compile(r"[#＃]\s?[^\W\d][^.!?:#]{1,40}")


def take_bios(lines: list[Line], taken: Taken, authors: tuple[str, ...]) -> None:
    """Below the story, lines that tell of the authors by their full names, and words of subjects behind a #."""
    first = next((index for index, line in enumerate(lines) if line.prose and index not in taken), len(lines))
    for index in range(len(lines) - 1, max(first, last_left(lines, taken)), -1):
        if index not in taken and lines[index].text in authors:
            taken[index] = Hit("byline/again", "byline", "foot", 0, len(lines[index].text), 0.85)
            if index - 1 not in taken and index - 1 > first and is_role_label(lines[index - 1].text):
                taken[index - 1] = Hit("byline/again", "byline", "foot", 0, len(lines[index - 1].text), 0.85)
    for index in range(len(lines) - 1, first, -1):
        if index in taken:
            continue
        text = lines[index].text
        if _HASHTAG.fullmatch(text):
            taken[index] = Hit("navigation/hashtag", "navigation", "foot", 0, len(text), 0.85)
        elif len(text) <= LONGEST_BIO and (
            _tells_of(text.lstrip("(（*[- "), authors) or _below_name(lines, taken, index, first, authors)
        ):
            taken[index] = Hit("byline/bio", "byline", "foot", 0, len(text), 0.85)
        else:
            return


def _below_name(lines: list[Line], taken: Taken, index: int, first: int, authors: tuple[str, ...]) -> bool:
    """Whether a line at the foot begins with what the person is whose name alone, or whose label, stands above it."""
    above = taken.get(index - 1)
    named = lines[index - 1].text in authors or (above is not None and above.kind == "byline")
    if not named or index - 1 <= first:
        return False
    words = [word.strip(".,;:") for word in lower(lines[index].text).split()[:3]]
    return any(word in newsroom() for word in words)


def _tells_of(text: str, authors: tuple[str, ...]) -> bool:
    return any(text == name or text.startswith((f"{name} ", f"{name}, ")) for name in authors if " " in name)


# So many lines without a full stop stand below the last sentence of a story and are none of it; more are a list.
MOST_LAST = 2
LONGEST_LINK = 60
SENTENCES = 3


def take_last_words(lines: list[Line], taken: Taken) -> None:
    """A line or two below the last sentence, when no word tells more: prose does not end so.

    Not where a figure, a list's mark, a quotation's or a colon says that they are results, items, verse or speech.
    """
    place = len(lines) - 1
    while place >= 0 and not (lines[place].final and place not in taken):
        place -= 1
        if len(lines) - place > MOST_LAST + 8:
            return
    found = [index for index in range(place + 1, len(lines)) if index not in taken]
    headed = _is_list_of_links(lines, found)
    if not (1 <= len(found) <= MOST_LAST or headed) or lines[place].text[-1] in ":：":
        return
    if not (headed or all(_ends_none(lines[index]) for index in found)):
        return
    if any(_signed(lines[index].text) for index in found):
        return
    sentences = sum(line.final and line.size >= SENTENCE for line in lines)
    others = sum(not line.final and line.size > LONGEST_LINK for line in lines)
    if sentences < max(SENTENCES, 4 * others):
        # Prose that does without full stops ends without one, too.
        return
    for index in found:
        text = lines[index].text
        names = bare_names(text) if _CASED.match(text) else ()
        if not names:
            taken[index] = Hit("navigation/last-words", "navigation", "foot", 0, len(text), 0.82)
        elif "," not in text and not _in_story(lines, taken, index, names):
            taken[index] = Hit("byline/last-words", "byline", "foot", 0, len(text), 0.82, names)


def _is_list_of_links(lines: list[Line], found: list[int]) -> bool:
    """Whether lines are a few words with a colon, and below them headlines alone: no figures, no marks."""
    if not 2 <= len(found) <= MOST_LINKS:
        return False
    header, *links = (lines[index] for index in found)
    return (
        header.text[-1] in ":："
        and len(header.text.split()) <= 4
        and _ends_none(header, colon=True)
        and all(_ends_none(line) and len(line.text.split()) >= SHORTEST_LINK for line in links)
    )


MOST_LINKS = 6
SHORTEST_LINK = 3


def _signed(text: str) -> bool:
    """Whether a line is a letter's signature: ``A. Sample, Upper Wick``."""
    return ", " in text and all(word[0].isupper() for word in text.split())


def _ends_none(line: Line, *, colon: bool = False) -> bool:
    text = line.text
    return (
        line.size <= LONGEST_LINK
        and text[0].isalnum()
        and (colon or text[-1] not in ":：")
        and text[-1] not in ",，、;-–—"
        and not any(map(str.isdigit, text))
    )
