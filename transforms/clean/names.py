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


# Some people are called so.
_SECTIONS_AND_NAMES = frozenset(["france", "bola", "justice"])


# Anna Sample HC: the paper's initials
_PAPER_LAST = re.compile(r"(?<=[a-zß-ÿ])\s(?!II|III|IV|VI|JR|SR|AP\b|AA\b|TT\b|PA\b)[A-ZÅÄÖ]{2}$")


@lru_cache(maxsize=512)
def bare_names(text: str) -> Found:
    """Authors and agencies, where ``text`` is names of people and what stands behind them.

    ``Anna Sample - Harlow Courier``, ``Anna Sample in Easton``, ``Anna Sample, dpa``.
    """
    if text[0] in "©ⓒ" or text.count("(") > 1 or lower(text) in _sections() or _OF_PAPER.match(text):
        # Anna Sample (Left) and Bob Test (Right) are in the story.
        return ()
    first = lower(text.split()[0])
    if first in place_words() or (first in _sections() and first not in _SECTIONS_AND_NAMES):
        # Cronaca Valle d'Esempio
        return ()
    text = _JOINED.sub("", text)
    text = _HOUSE_LAST.sub(r"\1", text)
    stop = _STOP_AND_PLACE.fullmatch(text)
    if stop and (names := listed_names(stop[1])):
        # Ana Ejemplo. Villa Muestra
        return _authors(names)
    text = _PAPER_LAST.sub("", text)
    brackets = _BRACKETS.fullmatch(text)
    if brackets and (names := listed_names(brackets[1])):
        return _authors(names) + _agencies(brackets[2])
    first, *behind = (part.strip(" ()-–—*") for part in BEHIND.split(text))
    names = listed_names(first)
    if not names and _UNCASED.match(text) and (match := _PLACE_AND_NAME.fullmatch(text)):
        # أسيوط: أحمد المثال: of a town or a paper that no list knows
        authors = listed_names(match[2])
        return _authors(authors) if 1 < len(match[2].split()) <= 3 else ()
    if not names and len(behind) == 1 and first.casefold() in places() and (authors := listed_names(behind[0])):
        # القاهرة - أحمد المثال
        return _authors(authors)
    if not names and len(behind) == 1 and (agency := canonical_agency(first)) and (authors := listed_names(behind[0])):
        # ČTK, Anna Vzorová
        return (*_authors(authors), ("agencies", agency))
    if not names:
        name, *place = _prepositions()[0].split(first, maxsplit=1)
        behind_name = place[0] if place else ""
        told = 1 <= len(behind_name.split()) <= 4 and not _NETWORK.match(behind_name)
        names = listed_names(name) if told and len(name.split()) > 1 else ()
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
        elif (
            (listed or _INITIAL.match(part))
            and names
            and len(found) < MOST_NAMES
            and part.split()[0].casefold() not in place_words()
        ):
            found += _authors(names)
        elif not _is_affiliation(part):
            return ()
        else:
            found += _agencies(part)
    return tuple(found)


# Do Esporte Exemplo, em Vila Nova
_OF_PAPER = re.compile(r"(?:D[oae]s?|Del|Della|Dalla|Du|Pour|Para|Für|For)\s[^,]{3,40},\s(?:em|en|in|à|a|no|na|para)\s")
# Article rédigé par Claire Exemple: some words, the last for `by`
_BY_CLAUSE = re.compile(
    r"[^\W\d_]{2,20}(?:\s[^\W\d_A-ZÀ-ÞА-Я]+){0,3}\s(?:by|von|par|por|door|av|af|przez|oleh)\s(?P<names>[^\W\d_a-z][^.!?:;]{3,80})"
)


def by_clause(text: str) -> Found:
    """The authors behind some words of which the last is one for ``by``, where nothing else follows."""
    match = _BY_CLAUSE.fullmatch(text)
    found: Found = ()
    for part in _COMMA.split(match["names"]) if match else ():
        names = bare_names(part)
        if not names:
            return ()
        found += names
    return found


_COMMA = re.compile(r",\s|،\s?")
# ByAnna Sample
_JOINED = re.compile(r"^(?:By|Por|Par|Von|Oleh)(?=[^\W\d_a-zß-ÿ][a-zß-ÿ]{2,20}\s[^\W\d_a-zß-ÿ])")
# Anna Sample HC: the house's letters behind the name, without vowels
_HOUSE_LAST = re.compile(r"^((?:[^\W\d_a-zß-ÿ][a-zß-ÿ'’-]{1,20}\s?){2,3})\s(?!JR|SR|MD)[BCDFGHJKLMNPQRSTVWXZ]{2,4}$")
_STOP_AND_PLACE = re.compile(r"([^.]{5,50}[^\W\d_]{3})\.\s([^\W\d_a-zß-ÿ][^.!?:;\d]{2,30})\.?")


_UNCASED = re.compile("[\u0590-\u06ff\u0900-\u0d7f]")
_PLACE_AND_NAME = re.compile(r"([^\s:()،,-]{3,14}(?:\s[^\s:()،,-]{3,14})?)(?:\s?:\s?|\s[-–—ـ]\s)([^:()،,؟!.]{5,40})")


# A. Sample
_INITIAL = re.compile(r"(?:[^\W\d_a-zß-ÿ]\.\s?){1,2}[^\W\d_a-zß-ÿ]")


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
    parts = AND.split(text)
    if len(parts) > 1 and any(map(str.islower, parts)) and not text.islower():
        # Anna Sample and three goats
        return ()
    names = tuple(map(tidy_name, parts))
    if len(names) <= MOST_NAMES and all(map(looks_like_name, names)):
        return names
    if len(names) == 1 and _HAN_NAMES.fullmatch(text):
        # 見本花子 見本太郎
        names = tuple(text.split())
        return names if all(map(looks_like_name, names)) else ()
    # José Prueba y Muestra is one, Norte y Sur is none.
    return (tidy_name(text),) if len(names) == 2 and len(text.split()) > 3 and looks_like_name(text) else ()


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
    if len(words) == 5 and words[0] not in _prepositions()[1] and roles().isdisjoint(lower(text).split()):
        # Harlow votes, Mayor Sells His Goat Today
        return False
    if not text[0].islower() or len(words) == 1 or text[1:2].isupper():
        return True
    return words[0] in _prepositions()[1] or words[0] in roles() or words[0] in newsroom()


@cache
def newsroom() -> frozenset[str]:
    """What people of a newsroom are."""
    return frozenset(load_rules(WORDS)["newsroom"])


# On Facebook nobody writes, but is to be liked.
_NETWORK = re.compile(
    r"(?i:facebook|twitter|instagram|youtube|google|whatsapp|telegram|tiktok|linkedin|discover|apple|spotify)"
)
