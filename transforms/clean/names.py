"""Lines that are people's names and what papers write behind them: paper, place, role, agency, address."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import canonical_agency, find_agencies
from transforms.fields.authors import looks_like_name, roles, tidy_name
from transforms.fields.dates import find_date

Found = tuple[tuple[str, str], ...]

BEHIND = re.compile(r"\s[-–—|·•]\s|\s?[|·•]\s?|\s?/\s?|\s--\s?|,\s?|،\s?|、|\s(?=\()|\s(?=[\w.+-]{1,40}@)")
AND = re.compile(r"\s(?:and|und|et|y|e|i|och|og|ja|en|a|și|и|та|і|ve|és|και|dan|và|&|va|và)\s", re.IGNORECASE)
_ADDRESS = re.compile(r"@\w{2,30}|[\w.+-]{1,40}@[\w.-]{3,40}|[\w-]{2,40}(?:\.[\w-]{2,20}){1,3}")
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


@lru_cache(maxsize=512)
def bare_names(text: str) -> Found:
    """Authors and agencies, where ``text`` is names of people and what stands behind them.

    ``Anna Sample - Harlow Courier``, ``Anna Sample in Easton``, ``Anna Sample, dpa``.
    """
    brackets = _BRACKETS.fullmatch(text)
    if brackets and (people := _people(brackets[1])):
        found = [("authors", name) for name in people]
        return (*found, *(("agencies", name) for name in find_agencies(brackets[2])))
    first, *behind = (part.strip(" ()-–—*") for part in BEHIND.split(text))
    people = _people(first)
    if not people:
        name, *place = _prepositions()[0].split(first, maxsplit=1)
        people = _people(name) if place and len(place[0].split()) <= 4 and len(name.split()) > 1 else ()
        if people:
            return (*(("authors", name) for name in people), *(("agencies", name) for name in find_agencies(text)))
    if not people:
        people, role = _name_and_role(first)
        behind = [role, *behind]
    if not people:
        return ()
    found = [("authors", name) for name in people]
    listed = "|" not in text and " - " not in text and " – " not in text and " — " not in text and "/" not in text
    for part in filter(None, behind):
        agency = canonical_agency(part)
        names = _people(part)
        if agency:
            found.append(("agencies", agency))
        elif listed and names and len(found) < MOST_NAMES:
            found += [("authors", name) for name in names]
        elif not _is_affiliation(part):
            return ()
        else:
            found += [("agencies", name) for name in find_agencies(part)]
    return tuple(found)


def _name_and_role(text: str) -> tuple[tuple[str, ...], str]:
    """``Anna Sample Transport correspondent`` taken apart, where the words behind the name tell a role."""
    words = text.split()
    for size in (3, 2):
        behind = [word.casefold().strip(".,") for word in words[size:]]
        if len(behind) <= 5 and not roles().isdisjoint(behind) and (people := _people(" ".join(words[:size]))):
            return people, " ".join(words[size:]).capitalize()
    return (), ""


def _people(text: str) -> tuple[str, ...]:
    """The names that ``text`` lists; empty where it lists anything else."""
    names = tuple(tidy_name(name) for name in AND.split(text))
    return names if len(names) <= MOST_NAMES and all(map(looks_like_name, names)) else ()


def _is_affiliation(text: str) -> bool:
    """Whether ``text`` may be what stands behind a name: a few words, the first with a capital; a site; an address."""
    if _ADDRESS.fullmatch(text) or _CLOCK.fullmatch(text):
        return True
    if len(text) <= 24 and text[0].isdigit() and find_date(f"{text} 2000") is not None:
        # 14 May, without its year
        return True
    words = text.split()
    if not _AFFILIATION.fullmatch(text) or len(words) > 5:
        return False
    return not text[0].islower() or len(words) == 1 or words[0] in _prepositions()[1] or text[1:2].isupper()
