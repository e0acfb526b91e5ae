"""Lines that are people's names and what papers write behind them: paper, place, role, agency, address."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transforms.clean.credits import has_photo_word, place_words
from transforms.clean.lines import lower
from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import canonical_agency, find_agencies
from transforms.fields.authors import looks_like_name, places, roles, tidy_name
from transforms.fields.dates import find_date

Found = tuple[tuple[str, str], ...]

BEHIND = re.compile(r"\s[-–—|·•ـ]\s|\s?[|·•]\s?|\s?/\s?|\s--\s?|,\s?|،\s?|、|\s(?=\()|\s(?=[\w.+-]{1,40}@)")
AND = re.compile(
    r"\s(?:and|und|et|y|e|i|och|og|ja|en|a|și|и|та|і|ve|és|και|dan|và|&|va|và)\s|\s[ו](?=[\u05d0-\u05ea]{2,}\s)|\sو(?=[\u0620-\u064a]{3,}\s)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"@\w{2,30}|[\w.+-]{1,40}@[\w.-]{3,40}|[\w-]{0,39}[^\W\d](?:\.[\w-]{2,20}){1,3}")
_BRACKETS = re.compile(r"([^()]{4,60}?)\s\(([^()]{2,70})\)")
_CLOCK = re.compile(r"(?:[^\W\d]{1,6}\s)?\d{1,2}[:.]\d\d")
_AFFILIATION = re.compile(r"[^.!?:;]{2,60}")
MOST_NAMES = 4


@cache
def _prepositions() -> tuple[re.Pattern[str], frozenset[str]]:
    """What stands between a name and its place or paper; and the words alone."""
    words = load_rules(WORDS)["from"]
    either = "|".join(map(re.escape, words))
    return re.compile(rf"\s(?:{either})\s(?=[^\W\d_a-z])"), frozenset(words)


@cache
def _sections() -> frozenset[str]:
    return frozenset(lower(word) for words in load_rules(WORDS)["sections"].values() for word in words)


@lru_cache(maxsize=512)
def bare_names(text: str) -> Found:
    """Authors and agencies, where ``text`` is names of people and what stands behind them.

    ``Anna Sample - Harlow Courier``, ``Anna Sample in Easton``, ``Anna Sample, dpa``.
    """
    if text.count("(") > 1 or lower(text) in _sections() or lower(text.split()[0]) in place_words():
        # Anna Sample (Left) and Bob Test (Right) are in the story.
        return ()
    brackets = _BRACKETS.fullmatch(text)
    if brackets and (names := listed_names(brackets[1])):
        return _authors(names) + _agencies(brackets[2])
    first, *behind = (part.strip(" ()-–—*") for part in BEHIND.split(text))
    names = listed_names(first)
    if not names and len(behind) == 1 and first.casefold() in places() and (authors := listed_names(behind[0])):
        # القاهرة - أحمد المثال
        return _authors(authors)
    if not names:
        name, *place = _prepositions()[0].split(first, maxsplit=1)
        names = listed_names(name) if place and len(place[0].split()) <= 4 and len(name.split()) > 1 else ()
        if names:
            return _authors(names) + _agencies(text)
    if not names:
        names, role = _name_and_role(first)
        behind = [role, *behind]
    if not names:
        return ()
    found = list(_authors(names))
    listed = "|" not in text and " - " not in text and " – " not in text and " — " not in text and "/" not in text
    for part in filter(None, behind):
        agency = canonical_agency(part)
        names = listed_names(part)
        if agency:
            found.append(("agencies", agency))
        elif listed and names and len(found) < MOST_NAMES and part.split()[0].casefold() not in place_words():
            found += _authors(names)
        elif not _is_affiliation(part):
            return ()
        else:
            found += _agencies(part)
    return tuple(found)


def _authors(names: tuple[str, ...]) -> Found:
    return tuple(("authors", name) for name in names)


def _agencies(text: str) -> Found:
    return tuple(("agencies", name) for name in find_agencies(text))


def _name_and_role(text: str) -> tuple[tuple[str, ...], str]:
    """``Anna Sample Transport correspondent`` taken apart, and ``Korrespondentin Anna Beispiel``."""
    words = text.split()
    for size in (3, 2):
        behind = [word.casefold().strip(".,") for word in words[size:]]
        if len(behind) <= 5 and not roles().isdisjoint(behind) and (names := listed_names(" ".join(words[:size]))):
            return names, " ".join(words[size:]).capitalize()
    first = 0
    while first < len(words) and words[first].casefold() in roles():
        first += 1
    return (listed_names(" ".join(words[first:])), "") if 0 < first <= 3 else ((), "")


def listed_names(text: str) -> tuple[str, ...]:
    """The names of people that ``text`` lists; empty where it lists anything else."""
    if has_photo_word(text):
        # Fot. Jan Próba
        return ()
    names = tuple(tidy_name(name) for name in AND.split(text))
    if len(names) <= MOST_NAMES and all(map(looks_like_name, names)):
        return names
    if len(names) == 1 and _HAN_NAMES.fullmatch(text):
        # 見本花子 見本太郎
        names = tuple(text.split())
        return names if all(map(looks_like_name, names)) else ()
    # José Prueba y Muestra is one.
    return (tidy_name(text),) if len(names) == 2 and looks_like_name(text) else ()


_HAN_NAMES = re.compile(r"[\u3400-\u9fff々]{3,4}(?: [\u3400-\u9fff々]{3,4}){1,3}")


_KANA = re.compile("[\u3041-\u309f]")


def _is_affiliation(text: str) -> bool:
    """Whether ``text`` may be what stands behind a name: a few words, the first with a capital; a site; an address."""
    if _ADDRESS.fullmatch(text) or _CLOCK.fullmatch(text):
        return True
    if _KANA.search(text) and len(text) > 6:
        return False
    if len(text) <= 24 and text[0].isdigit() and find_date(f"{text} 2000") is not None:
        # 14 May, without its year
        return find_date(text) is None
    words = text.split()
    if not _AFFILIATION.fullmatch(text) or len(words) > 5:
        return False
    return not text[0].islower() or len(words) == 1 or words[0] in _prepositions()[1] or text[1:2].isupper()
