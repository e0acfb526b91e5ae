"""The head of a text judged as a whole: what stands above the story, between and beside lines that are surely noise.

Where a date, a byline or a reading time makes sure that there is a head, the short lines left in it get their roles by
form and place: the title, authors with what they are, and what else stands between.  ``names_button`` keeps buttons
from being taken for people, here and in ``heads``.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize

from transforms.clean.blocks import LONGEST_TITLE, PICTURES, Taken, is_trail, may_be_alternative
from transforms.clean.credits import has_photo_word
from transforms.clean.dateline import find_dateline
from transforms.clean.lines import UNSPACED, Line, lower
from transforms.clean.names import AND, BEHIND, bare_names, by_clause
from transforms.clean.rules import WORDS, Hit, load_rules, rule_book
from transforms.fields.titles import tidy_title

# These make a head; the others only belong to one.
_SURE = frozenset(["byline", "date-line", "reading-time"])
# fmt: off
_OTHERS = frozenset([
    "share", "player", "comments", "navigation", "source", "credit", "caption", "sign-off", "consent", "newsletter",
    "advert", "paywall", "ticker", "legal", "title",
])
# fmt: on
# Lines looked at from the top.
LONGEST_HEAD = 40
# A deck may read like prose; a longer line is a paragraph of the story.
LONGEST_DECK = 220
# Kickers and sections: so many words and characters; a headline of as few counts where there is no other.
LABEL_WORDS = 3
LONGEST_LABEL = 28
LONGEST_NAME = 60
# Names in scripts without capitals: longer words are several, more words a headline.
LONGEST_PART = 16
MOST_PARTS = 4
# So many words, all with capitals, are a headline.
LONGEST_CASED = 5
# What stands between two lines of noise in a head, and how many such lines on end.
LONGEST_BETWEEN = 60
BETWEEN_WORDS = 8
MOST_BETWEEN = 3


def take_head(lines: list[Line], taken: Taken, *, titled: bool) -> None:
    """Give the lines of the head that no rule knows their roles, if it is surely a head and a story follows."""
    end = _end(lines, taken)
    if not end:
        return
    title = _known_title(taken, end)
    if not titled:
        title = _take_title(lines, taken, end, title)
    _take_labelled(lines, taken, end)
    _take_names(lines, taken, end, title)
    _take_photographers(lines, taken, end)
    _take_between(lines, taken, end, title)
    _take_notes(lines, taken, end)
    if title is not None:
        _take_alternative_texts(lines, taken, end, title)
    _take_place(lines, taken)


def _end(lines: list[Line], taken: Taken) -> int:
    """Index behind the last line of the head; 0 where nothing makes sure that there is one, or no story follows."""
    end = prose = 0
    sure = False
    for index, line in enumerate(lines[:LONGEST_HEAD]):
        hit = taken.get(index)
        if hit is None and _DAY_AND_TIME.fullmatch(line.text):
            hit = taken[index] = Hit("date-line/figures", "date-line", "head", 0, len(line.text), 0.85)
        if hit is None:
            if line.prose:
                prose += 1
                if line.size > LONGEST_DECK or (prose > 1 and not _goes_on(taken, index)):
                    break
        elif hit.kind in _SURE or (hit.kind in _OTHERS and not prose):
            end = index + 1
            if hit.kind in _SURE:
                # What reads like prose above is a deck.
                sure, prose = True, 0
    return end if sure and any(map(_tells, lines[end:])) else 0


def _goes_on(taken: Taken, index: int) -> bool:
    """Whether the date stands on one of the next lines: what reads like a second paragraph is a note on the author."""
    return any(place in taken and taken[place].kind == "date-line" for place in (index + 1, index + 2))


# Without the year, no date: 3.5. 14:32
_DAY_AND_TIME = re.compile(
    r"\d{1,2}[./]\s?\d{1,2}\.?,?\s(?:kl\.?\s|klo\s)?\d{1,2}[:.h]\d\d|\d{1,2}月\d{1,2}日\s?\d{1,2}[時时]\d\d分"
)
# Scripts in which sentences have no full stop; so many characters are no label there.
_NO_STOPS = re.compile("[\u0e01-\u0edf\u1000-\u109f\u1780-\u17ff]")
SHORTEST_STORY = 40


def _tells(line: Line) -> bool:
    """Whether a line below the head may be the story's."""
    if line.prose:
        return True
    return line.size >= SHORTEST_STORY and (line.final or _NO_STOPS.match(line.text) is not None)


# --- the title -----------------------------------------------------------------------------------------------------


def _known_title(taken: Taken, end: int) -> int | None:
    return next((index for index in range(end) if index in taken and taken[index].kind == "title"), None)


def _take_title(lines: list[Line], taken: Taken, end: int, known: int | None) -> int | None:
    """The first line with the form of a headline, if there is no title, or what passes for one names a section."""
    if known is not None and not (
        _is_label(lines[known]) and (_names_section(lines[known].text) or _in_menu(lines, taken, known))
    ):
        return known
    first = _first_prose(lines, taken)
    found = [index for index in range(min(end, first)) if index not in taken and _may_be_headline(lines, index)]
    index = next((index for index in found if not _is_label(lines[index])), None)
    if known is None and not found:
        index = _headline_below(lines, taken, end, first)
    if index is None:
        index = found[0] if known is None and found and _is_long(lines[found[0]]) else None
    if index is None and known is None:
        return None
    if index is None:
        below = taken.get(known + 1)  # type: ignore[operator]
        if len(lines[known].text.split()) > 1 and below is not None and below.kind in _SURE:  # type: ignore[index]
            _take_section(lines, taken, known)  # type: ignore[arg-type]
            return None
        return known
    text = lines[index].text
    taken[index] = Hit("title/head", "title", "head", 0, len(text), 0.88, (("title", tidy_title(text) or text),))
    for above in range(index):
        if above == known or (above not in taken and _is_label(lines[above])):
            _take_section(lines, taken, above)
    return index


def _in_menu(lines: list[Line], taken: Taken, index: int) -> bool:
    """Whether a label stands in a row of such, which a headline more than twice as long closes."""
    below = index + 1
    while below < len(lines) and _is_label(lines[below]) and (below not in taken or taken[below].kind == "navigation"):
        below += 1
    if below == index + 1 or below >= len(lines) or below in taken:
        return False
    return lines[below].size > 2 * lines[index].size and _may_be_headline(lines, below)


def _headline_below(lines: list[Line], taken: Taken, end: int, first: int) -> int | None:
    """The headline just below the noise, if one line alone stands between it and the story."""
    if end >= len(lines) or end in taken or not 1 < first - end <= 2 or not _may_be_headline(lines, end):
        return None
    return end if _is_long(lines[end]) and _may_stand_between(lines[end + 1], brief=True) else None


def _first_prose(lines: list[Line], taken: Taken) -> int:
    return next((index for index, line in enumerate(lines) if line.prose and index not in taken), len(lines))


_NO_TITLE = re.compile(r"[-–—•*▪●#>(（\[【@|]|\d{1,2}[.)]\s|\W*\d[\d\W]*$|.*\d[./-]\d\d?[./-]\d|.*\d年\d|.*\d:\d\d")


def _may_be_headline(lines: list[Line], index: int) -> bool:
    """Whether a line has the form of a headline; one of two sentences may, in a head."""
    line = lines[index]
    text = line.text
    shortest = 15 if line.size == len(text) else 8
    return not (
        line.prose
        or not shortest <= line.size <= LONGEST_TITLE
        or text[-1] in ".。:：;,،।۔|"
        or _NO_TITLE.match(text)
        or text[0].islower()
        or is_trail(text)
        or not (len(text.split()) > 2 or UNSPACED.search(text))
        or names_button(text, any_word=False)
        or (bare_names(text) and may_be_person(text, lines))
        or (index + 1 < len(lines) and is_role(lines[index]))
    )


def _is_label(line: Line) -> bool:
    return line.size <= LONGEST_LABEL and len(line.text.split()) <= LABEL_WORDS and not line.final


def _is_long(line: Line) -> bool:
    return len(line.text.split()) >= LABEL_WORDS and line.size >= 20


@cache
def _sections() -> frozenset[str]:
    return frozenset(lower(word) for words in load_rules(WORDS)["sections"].values() for word in words)


def _names_section(text: str) -> bool:
    return not _sections().isdisjoint([lower(text), *lower(text).split()])


def _take_section(lines: list[Line], taken: Taken, index: int) -> None:
    text = lines[index].text
    found = (("section", text.strip(" |/>»›")),)
    taken[index] = Hit("navigation/section", "navigation", "head", 0, len(text), 0.85, found)


# --- people ----------------------------------------------------------------------------------------------------------


def _take_labelled(lines: list[Line], taken: Taken, end: int) -> None:
    """A role above the name: ``Reporter``, ``Anna Sample``, ``Editor``, ``Bob Test``; editors did not write."""
    for index in range(min(end, len(lines) - 1)):
        label, line = lines[index], lines[index + 1]
        above = taken.get(index - 1)
        if (
            label.size > LONGEST_ROLE
            or (index in taken and taken[index].rule != "byline/role")
            or not is_role_label(label.text)
            or (
                above is not None
                and any(name == "authors" for name, _ in above.found)
                and above.rule != "byline/labelled"
            )
            or line.final
            or (index + 1 in taken and taken[index + 1].kind != "byline")
        ):
            continue
        found = bare_names(line.text)
        if not found or not may_be_person(line.text, lines) or (above is None and bare_names(lines[index - 1].text)):
            continue
        if lower(label.text).rstrip(":") in _edited():
            found = ()
        elif has_photo_word(label.text):
            found = tuple(("photo_credits", name) for _, name in found)
        for place, pairs in ((index, ()), (index + 1, found)):
            taken[place] = Hit("byline/labelled", "byline", "head", 0, len(lines[place].text), 0.85, pairs)


LONGEST_ROLE = 24


def is_role_label(text: str) -> bool:
    word = lower(text).rstrip(":：")
    return word in _people() or word in _wrote() or (" " not in word and has_photo_word(word))


@cache
def _edited() -> frozenset[str]:
    return frozenset(["editor", "redaktur", "penyunting", "editör", "editora", "redaktor", "editores", "editors"])


def _take_names(lines: list[Line], taken: Taken, end: int, title: int | None) -> None:
    """Lines of a name beside dates, roles, addresses or each other, and what these people are."""
    start = 0 if title is None else title + 1
    _take_by_clauses(lines, taken, end)
    _take_continued(lines, taken, end)
    for index in range(start, min(end + 2, len(lines) - 1)):
        line = lines[index]
        if index in taken or line.final or line.size > LONGEST_NAME or not (index or title is not None):
            continue
        with_role = is_role(lines[index + 1]) and (index + 1 not in taken or not taken[index + 1].found)
        beside = index <= end and _beside_particulars(lines, taken, index)
        if not (with_role or beside or _first_between(lines, taken, index, end)):
            continue
        found = bare_names(line.text)
        if not found or not may_be_person(line.text, lines) or _in_prose(lines, taken, found[0][1]):
            continue
        if not (with_role or beside or _has_capitals(line.text) or is_known_name(line.text)):
            continue
        if not with_role and authors_elsewhere(taken, index, end):
            continue
        kind = "byline"
        if with_role and _tells_of_pictures(lines[index + 1].text):
            kind, found = "credit", tuple(("photo_credits", name) for _, name in found)
        taken[index] = Hit(f"{kind}/head", kind, "head", 0, len(line.text), 0.85, found)
        if with_role:
            taken[index + 1] = Hit("byline/head-role", "byline", "head", 0, len(lines[index + 1].text), 0.85)
            end = max(end, index + 2)


def _take_photographers(lines: list[Line], taken: Taken, end: int) -> None:
    """Names of photographers: in capitals just above the author's, or with a paper where authors are named."""
    named = any(name == "authors" for place in range(end) if place in taken for name, _ in taken[place].found)
    for index in range(1, min(end + 2, len(lines) - 1)):
        text = lines[index].text
        if named and index not in taken and _WITH_BODY.fullmatch(text) and (found := bare_names(text)):
            found = tuple(("photo_credits", name) for field, name in found if field == "authors")
            place = index - 1
            if found and place not in taken and place - 1 in taken and _describes(lines[place]):
                taken[place] = Hit("caption/alternative-text", "caption", "head", 0, len(lines[place].text), 0.85)
            if found:
                taken[index] = Hit("credit/head", "credit", "head", 0, len(text), 0.85, found)
    for index in range(end):
        above, below = taken.get(index), taken.get(index + 1)
        if (
            above is not None
            and below is not None
            and above.rule in _NAMES_ALONE
            and below.rule in _NAMES_ALONE
            and lines[index].text.isupper()
            and not lines[index + 1].text.isupper()
            and all(name == "authors" for name, _ in above.found)
        ):
            found = tuple(("photo_credits", name) for _, name in above.found)
            taken[index] = Hit("credit/head", "credit", "head", 0, len(lines[index].text), 0.85, found)


# Anna Sample / Harlow Courier
_WITH_BODY = re.compile(r"[^/|]{4,40}\s?[/|]\s?[^\W\d_a-zß-ÿ][^/|.!?]{2,40}")
_NAMES_ALONE = frozenset(["byline/bare-name", "byline/head"])


def _take_by_clauses(lines: list[Line], taken: Taken, end: int) -> None:
    """``Article rédigé par Claire Exemple``, whatever the words before."""
    for index in range(min(end + 1, len(lines))):
        line = lines[index]
        if index in taken:
            continue
        found = _paper_and_name(lines, index) if line.final else by_clause(line.text)
        if found:
            taken[index] = Hit("byline/clause", "byline", "head", 0, len(line.text), 0.88, found)


def _paper_and_name(lines: list[Line], index: int) -> tuple[tuple[str, str], ...]:
    """The name behind that of the paper, which stands elsewhere in the text, too: ``Easton-Post Anna SAMPLE.``"""
    match = _PAPER_AND_NAME.fullmatch(lines[index].text)
    if match is None:
        return ()
    paper = match["paper"].casefold()
    if not any(paper in line.text.casefold() for place, line in enumerate(lines) if place != index):
        return ()
    return bare_names(match["name"])


_PAPER_AND_NAME = re.compile(
    r"(?P<paper>[^\W\d_a-zß-ÿ][\w’'-]{3,30}(?:\s[^\W\d_a-zß-ÿ][\w’'-]+){0,2})\s"
    r"(?P<name>[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-Þ][\w’'-]*(?:\s[^\W\d_a-zß-ÿ]{2,20}(?:[-'’][^\W\d_a-zß-ÿ]{2,20})?){1,3})\."
)


def _take_continued(lines: list[Line], taken: Taken, end: int) -> None:
    """Authors on two lines: ``Anna Sample`` and ``and Bob Test``."""
    for index in range(1, min(end + 1, len(lines))):
        above, line = lines[index - 1], lines[index]
        text = _AND_FIRST.sub("", line.text)
        if text == line.text or line.final or index in taken or line.size > LONGEST_NAME:
            continue
        first, second = bare_names(above.text), bare_names(text)
        if first and second and may_be_person(text, lines) and (index - 1 not in taken or taken[index - 1].found):
            for place, found in ((index - 1, first), (index, second)):
                if place not in taken:
                    taken[place] = Hit("byline/continued", "byline", "head", 0, len(lines[place].text), 0.88, found)


_AND_FIRST = re.compile(r"^(?:and|und|et|y|e|i|och|og|ja|en|a|și|и|та|і|ve|és|και|dan|và|&|va)\s", re.IGNORECASE)


def _first_between(lines: list[Line], taken: Taken, index: int, end: int) -> bool:
    """Whether a line is the first of some short ones below noise and above a date or the like: its place, its role."""
    if index - 1 not in taken:
        return False
    for place in range(index + 1, min(end, index + MOST_BETWEEN)):
        if place in taken:
            return taken[place].kind in _SURE
        if not _may_stand_between(lines[place], brief=False):
            return False
    return False


def _tells_of_pictures(text: str) -> bool:
    return has_photo_word(text.strip("()（）").split()[0])


def authors_elsewhere(taken: Taken, index: int, end: int) -> bool:
    """Whether the authors stand elsewhere, so that a lone name is somebody else or a button."""
    named = [
        place for place in range(end) if place in taken and any(name == "authors" for name, _ in taken[place].found)
    ]
    if not named or index in named:
        return False
    nearest = min(named, key=lambda place: abs(place - index))
    between = range(min(nearest, index) + 1, max(nearest, index))
    return len(between) > 1 or any(place in taken and taken[place].kind in _APART for place in between)


# Between one author and the next none of these stands.
_APART = frozenset(["date-line", "reading-time", "share", "player", "comments", "newsletter", "navigation", "advert"])


def _beside_particulars(lines: list[Line], taken: Taken, index: int) -> bool:
    for place in (index - 1, index + 1):
        hit = taken.get(place)
        if hit is not None and (hit.kind in _SURE or hit.rule == "row/particulars"):
            return True
        if hit is None and 0 <= place < len(lines) and _ADDRESS.fullmatch(lines[place].text):
            return True
    return False


_ADDRESS = re.compile(r"@\w{2,30}|[\w.+-]{1,40}@[\w.-]{3,40}")
_BRACKETED = re.compile(r"[(（]\s?([^()（）]{3,24}?)\s?[)）]")


def is_role(line: Line) -> bool:
    """Whether a line is what an author is, or what of the text is theirs: ``reporter, Harlow``, ``(text)``."""
    if line.final and not line.text.endswith((")", "）")):
        return False
    inside = _BRACKETED.fullmatch(line.text)
    if inside or " " not in line.text:
        word = lower(inside[1] if inside else line.text)
        if word in _wrote() or has_photo_word(word):
            return True
    words = [word.casefold().strip(".,()") for word in line.text.split()]
    if not 1 <= len(words) <= 6 or line.size > LONGEST_NAME:
        return False
    if any(hit.rule == "byline/role" for hit in line.hits or ()):
        return True
    return words[0] in _people() or words[-1] in _people() or line.text.split(",")[0].casefold() in _people()


@cache
def _people() -> frozenset[str]:
    """Roles that are people of a newsroom: those that are nouns."""
    return frozenset(load_rules(WORDS)["newsroom"])


@cache
def _wrote() -> frozenset[str]:
    return frozenset(["text", "tekst", "texto", "testo", *map(lower, load_rules(WORDS)["wrote"])])


def _in_prose(lines: list[Line], taken: Taken, name: str) -> bool:
    """Whether the story tells of somebody of that name."""
    last = name.split()[-1]
    return any(last in line.text for index, line in enumerate(lines) if line.prose and index not in taken)


_CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿԱ-֏Ა-ᲿḀ-ỿ]")


def _has_capitals(text: str) -> bool:
    return _CASED.match(text) is not None


def may_be_person(text: str, lines: list[Line]) -> bool:
    """Whether what has the form of a name may be one in a text of ``lines``: neither a button nor a headline."""
    if names_button(text) or is_role_label(text) or _OUTLET.match(text):
        return False
    if _has_capitals(text):
        # A headline may have a capital at every word.
        return all(map(_is_short, AND.split(BEHIND.split(text)[0])))
    if _FOUR_HAN.fullmatch(text):
        # Names of four characters are Japanese, or begin with one of the few family names of two.
        return text[:2] in _TWO_HAN or any(_KANA.search(line.text) for line in lines)
    words = BEHIND.split(text)[0].split()
    return len(words) <= MOST_PARTS and all(len(word) <= LONGEST_PART for word in words)


# HBC Harlow: letters that spell no name, before words that are not in capitals
_OUTLET = re.compile(r"[B-DF-HJ-NP-TV-Z]{3,4}\s[^\W\d_][^\W\d_A-Z]")


def _is_short(name: str) -> bool:
    words = name.split()
    return len(words) < LONGEST_CASED or any(word[0].islower() for word in words)


def is_known_name(text: str) -> bool:
    """Whether one of two to four words is a part of many people's names, in a script without capitals."""
    words = text.split()
    return 2 <= len(words) <= MOST_PARTS and not _known_names().isdisjoint(words)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(normalize("NFC", word) for word in load_rules(WORDS)["known_names"])


_FOUR_HAN = re.compile("[\u3400-\u9fff]{4}")
_KANA = re.compile("[\u3041-\u30ff]")
# fmt: off
_TWO_HAN = frozenset([
    "歐陽", "欧阳", "司馬", "司马", "諸葛", "诸葛", "上官", "夏侯", "東方", "东方",
    "皇甫", "尉遲", "尉迟", "公孫", "公孙", "慕容", "令狐", "司徒", "張簡", "范姜",
])
# fmt: on


# --- buttons --------------------------------------------------------------------------------------------------------

# fmt: off
_BUTTON_KINDS = frozenset([
    "share", "comments", "newsletter", "player", "navigation", "advert", "consent", "paywall", "related",
    "reading-time",
])
# fmt: on
_WORD = re.compile(r"[^\s,.:;!?()|/«»“”\"'…]+")


@cache
def _button_words() -> frozenset[str]:
    """The words of the cues and covers of what is pressed, opened, read and shared, in small letters."""
    found: set[str] = set()
    for rule in rule_book().rules:
        if rule.kind in _BUTTON_KINDS:
            for cue in (*rule.cues, *rule.cover):
                found.update(_WORD.findall(lower(cue)))
    return frozenset(word for word in found if len(word) > 2)


@cache
def _both() -> frozenset[str]:
    """Names of people among the words of buttons."""
    return frozenset(load_rules(WORDS)["button_names"])


def names_button(text: str, *, any_word: bool = True) -> bool:
    """Whether what has the form of a name is of the words of buttons: all of them, or any in scripts without capitals.

    Args:
        any_word: whether one word tells in scripts without capitals, too.
    """
    words = [word for word in _WORD.findall(lower(text)) if len(word) > 2]
    known = [word in _button_words() for word in words]
    if not any(known):
        return False
    if all(known):
        return not _both().issuperset(words)
    return any_word and not _has_capitals(text)


# --- what else stands there ------------------------------------------------------------------------------------------


def _take_between(lines: list[Line], taken: Taken, end: int, title: int | None) -> None:
    """Short lines between noise above and noise below, but for a deck, which stands below the title; marks alone."""
    for index in range(end):
        if index not in taken and _MARK.fullmatch(lines[index].text):
            taken[index] = Hit("navigation/mark", "navigation", "head", 0, len(lines[index].text), 0.9)
        elif index not in taken and index - 1 in taken and _COUNT.fullmatch(lines[index].text):
            taken[index] = Hit("comments/figure", "comments", "head", 0, len(lines[index].text), 0.82)
    run: list[int] = []
    for index in range(end):
        if index not in taken:
            run.append(index)
            continue
        above = run[0] - 1 if run else -1
        # Above the title, and below the first line of a text without one, stand others.
        known = above >= title if title is not None else above > 0
        low = above >= 0 and taken[above].kind in _BELOW_DECKS
        short = all(_may_stand_between(lines[place], brief=above == title, sentences=low) for place in run)
        if above >= 0 and known and short and len(run) <= MOST_BETWEEN:
            for place in run:
                size = len(lines[place].text)
                taken[place] = Hit("navigation/between", "navigation", "head", 0, size, 0.82)
        run = []


# What separates links.
_MARK = re.compile(r"[|/\\•·►▶▸>›»–—-]{1,3}")


def _take_alternative_texts(lines: list[Line], taken: Taken, end: int, title: int) -> None:
    """Between the particulars below a title and a picture's caption or credit, what describes the picture."""
    for index in range(title + 1, end - 1):
        above, below = taken.get(index - 1), taken.get(index + 1)
        if index in taken or above is None or below is None or below.kind not in PICTURES:
            continue
        if below.rule in _SOURCES:
            # Above `Image source, Anna Sample` always stands what the picture shows, below a title, too.
            taken[index] = Hit("caption/alternative-text", "caption", "head", 0, len(lines[index].text), 0.9)
        if above.kind in _SURE | _BELOW_DECKS and (may_be_alternative(lines[index]) or _describes(lines[index])):
            size = len(lines[index].text)
            taken[index] = Hit("caption/alternative-text", "caption", "head", 0, size, 0.85)


_SOURCES = frozenset(["credit/source-comma", "credit/image-source", "credit/image-source-joined"])


def _describes(line: Line) -> bool:
    """Whether a line may be a picture's description in a sentence."""
    return line.final and line.text[0] not in '-–—"“„«»‘' and line.size <= LONGEST_DESCRIPTION


LONGEST_DESCRIPTION = 120


def _take_notes(lines: list[Line], taken: Taken, end: int) -> None:
    """A sentence on the author amid the head, and figures below it that count readers and comments."""
    names = [value for place in range(end) if place in taken for name, value in taken[place].found if name == "authors"]
    for index in range(1, end):
        text = lines[index].text
        if index not in taken and text in names:
            taken[index] = Hit("byline/again", "byline", "head", 0, len(text), 0.85)
            if index + 1 not in taken and _AFFILIATION.fullmatch(lines[index + 1].text):
                taken[index + 1] = Hit("byline/head-role", "byline", "head", 0, len(lines[index + 1].text), 0.85)
        if not names and index not in taken and (name := _tells_who(lines[index])):
            names = [name]
            taken[index] = Hit("byline/note", "byline", "head", 0, len(text), 0.85, (("authors", name),))
        if index not in taken and len(text) <= LONGEST_NOTE and any(text.startswith(f"{name} ") for name in names):
            taken[index] = Hit("byline/note", "byline", "head", 0, len(text), 0.85)
    index = end
    while index < len(lines) and index not in taken and _COUNT.fullmatch(lines[index].text):
        index += 1
    if any(_COUNT.fullmatch(line.text) for line in lines[index:]):
        # They number the parts of the story.
        return
    letters = index
    while letters < len(lines) and letters not in taken and len(lines[letters].text) <= LONGEST_SIZE:
        letters += 1
    if letters - index > 1:
        # Sizes of letters: A A A
        index = letters
    for place in range(end, index):
        taken[place] = Hit("comments/figure", "comments", "head", 0, len(lines[place].text), 0.82)


def _tells_who(line: Line) -> str:
    """The name in a sentence that tells what its bearer is at the paper: ``Anna Sample is a reporter for …``."""
    match = _WHO.match(line.text) if line.final and line.size <= LONGEST_WHO else None
    if match is None or not (found := bare_names(match[1])) or len(found) > 1:
        return ""
    words = lower(match[2]).rstrip(".").replace(",", " ").split()
    return found[0][1] if any(word.endswith(tuple(_people())) for word in words[:6]) else ""


_WHO = re.compile(
    r"((?:[^\W\d_a-zß-ÿа-яё][\w.’'-]*\s|(?i:van|van der|van den|de|der|den|von|di|da|la|af|al|el|bin)\s){2,5})"
    r"(?:is|was|ist|war|est|es|è|é|är|er|on|jest|je|är|este|—|–|-)\s(.{6,110})"
)
LONGEST_WHO = 150
# Senior Lecturer in Salt, University of Harlow
_AFFILIATION = re.compile(r"[^\W\d_a-z][^.!?:;]{3,50}, [^\W\d_a-z][^.!?:;]{3,60}")
LONGEST_NOTE = 90
LONGEST_SIZE = 2
_COUNT = re.compile(r"\d{1,3}(?:[., ]?\d{3}){0,2}")


# Below these stands no deck; what does, may be a sentence of a button's.
_BELOW_DECKS = frozenset(
    ["share", "player", "comments", "newsletter", "consent", "paywall", "advert", "caption", "credit"]
)


def _may_stand_between(line: Line, *, brief: bool, sentences: bool = False) -> bool:
    words = len(line.text.split())
    if line.text[0] in '-–—•*▪●„“«"' or (
        line.final and not sentences and not (line.text[-1] in "!！" and words <= LABEL_WORDS)
    ):
        return False
    return line.size <= (20 if brief else LONGEST_BETWEEN) and words <= (2 if brief else BETWEEN_WORDS)


def _take_place(lines: list[Line], taken: Taken) -> None:
    """The place that the dateline just below says again."""
    index = _first_prose(lines, taken)
    if not 0 < index < len(lines) or index - 1 in taken or index - 2 not in taken:
        return
    line = lines[index - 1]
    if line.size > LONGEST_LABEL or line.final:
        return
    for name, value in find_dateline(lines[index].text) or ():
        if name == "dateline" and lower(str(value)) == lower(line.text):
            taken[index - 1] = Hit("navigation/place", "navigation", "head", 0, len(line.text), 0.85)


# --- authors among what went ------------------------------------------------------------------------------------------

_NAMELESS = frozenset(["navigation/between", "navigation/label"])


def name_authors(lines: list[Line], taken: Taken) -> None:
    """Where nothing names an author, the one line of a name that went for its place, or that a role stands below."""
    if any(name == "authors" for hit in taken.values() for name, _ in hit.found):
        return
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for index, hit in taken.items():
        line = lines[index]
        if hit.found or line.final or line.size > LONGEST_NAME:
            continue
        with_role = index + 1 in taken and index + 1 < len(lines) and is_role(lines[index + 1])
        if not (with_role if hit.kind == "related" or hit.rule.endswith("/beside") else hit.rule in _NAMELESS):
            continue
        names = bare_names(line.text)
        if (
            names
            and names[0][0] == "authors"
            and may_be_person(line.text, lines)
            and not _in_prose(lines, taken, names[0][1])
            and not _names_section(line.text)
        ):
            found[index] = names
    if len(found) == 1:
        ((index, names),) = found.items()
        taken[index] = Hit("byline/name-left", "byline", taken[index].where, 0, len(lines[index].text), 0.82, names)
