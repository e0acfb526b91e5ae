"""News agencies by their canonical short names: whole strings, and the credits and sign-offs that name several.

The agencies stand in ``agencies.yaml``, with their names in their own scripts, the lines with which their desks sign
off and the form of their datelines (which ``transforms.clean`` uses).  Only strings that credit somebody are to be
given to :func:`find_agencies`: in a story's sentences an agency is mentioned, not credited.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.fields.data import load_yaml

_EDGES = " \t\n.,;:|/()[]{}<>«»\"'“”‘’*_=–—-©®™~·•、，。：（）【】"
# What stands beside an agency's name in the picture's credit: not part of the name.
_PICTURE_WORDS = re.compile(
    r"(?i)\b(?:photos?|pictures?|images?|fotos?|bild(?:er)?|file|handout|via|pool|video|grafik|graphics?|pic|wire|newswire)\b"
)


_WORD = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[/,;|&+·•、（）()\s]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af]")
# Longer strings are no credits.
MAX_CHARS = 1000


class Agency(NamedTuple):
    """An agency as ``agencies.yaml`` has it; see there for the meaning of each field."""

    name: str
    kind: str
    country: str
    languages: tuple[str, ...]
    names: tuple[str, ...]
    short: tuple[str, ...]
    sign_off: tuple[str, ...]
    dateline: str | None


class _Index(NamedTuple):
    """What finds names: agencies by their keys; for the first word of each name, in lower case, the patterns of the
    names that begin with it, as written and in any case; and the names in scripts without blanks between words."""

    folded: dict[str, Agency]
    by_first_word: dict[str, tuple[str, str]]
    unspaced: re.Pattern[str]


@cache
def agencies() -> tuple[Agency, ...]:
    """All agencies of ``agencies.yaml``, in its order."""
    return tuple(
        Agency(
            name=entry["name"],
            kind=entry.get("kind", "wire"),
            country=entry["country"],
            languages=tuple(entry["languages"]),
            names=tuple(entry["names"]),
            short=tuple(entry["short"]),
            sign_off=tuple(entry.get("sign_off", ())),
            dateline=entry.get("dateline"),
        )
        for entry in load_yaml("agencies.yaml")
    )


@lru_cache(maxsize=8192)
def canonical_agency(text: str) -> str | None:
    """The short name of the wire service that ``text`` names (and nothing else), or None.

    ``Agence France-Presse`` and ``(AFP)`` give ``AFP``, ``新华社`` gives ``Xinhua``.
    """
    agency = _named(text)
    return agency.name if agency and agency.kind == "wire" else None


@lru_cache(maxsize=8192)
def canonical_credit(text: str) -> str | None:
    """As :func:`canonical_agency`, for picture credits: picture agencies count, ``AP Photo`` is ``AP``."""
    agency = _named(text) or _named(_PICTURE_WORDS.sub(" ", text))
    return agency.name if agency else None


def find_agencies(text: str, *, photo: bool = False) -> tuple[str, ...]:
    """The wire services in a credit or sign-off, each once, in the order in which they stand there.

    ``Reuters/AP`` gives both, ``mit Material von dpa`` and ``(AP PHOTO)`` one.  Short names count only as they are
    written officially or in capitals, in any case where the string has nothing else (``ap/dpa``).

    Args:
        text: a line; of a longer one than ``MAX_CHARS`` only the beginning is looked at.
        photo: whether to include agencies that supply pictures only (``Getty Images``).
    """
    text = text[:MAX_CHARS]
    index = _index()
    # Most strings have not even the first word of a name, which is far cheaper to see than that they have no name.
    starts = [(w.start(), names) for w in _WORD.finditer(text) if (names := index.by_first_word.get(w[0].casefold()))]
    found: list[tuple[int, str]] = []
    if starts:
        form = 1 if _is_list_of_names(text) else 0
        end = 0
        for start, patterns in starts:
            match = _compiled(patterns[form]).match(text, start) if start >= end else None
            if match:
                end = match.end()
                found.append((start, match[0]))
    if _UNSPACED.search(text):
        found = sorted(found + [(match.start(), match[0]) for match in index.unspaced.finditer(text)])
    known = (index.folded.get(_key(name)) for _, name in found)
    return tuple(dict.fromkeys(a.name for a in known if a and (photo or a.kind == "wire")))


def _is_list_of_names(text: str) -> bool:
    """Whether the string is nothing but agencies: several, or one in parentheses or after ``©``."""
    parts = [part for part in _PARTS.split(text) if part.strip(_EDGES)]
    listed = len(parts) > 1 or text.lstrip().startswith(("(", "©"))
    return listed and len(parts) <= 6 and all(_key(part) in _index().folded for part in parts)


def _named(text: str) -> Agency | None:
    return _index().folded.get(_key(text))


def _key(text: str) -> str:
    """What two spellings of one agency's name have in common."""
    text = " ".join(text.strip(_EDGES).casefold().replace("-", " ").split())
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")


@cache
def _index() -> _Index:
    folded: dict[str, Agency] = {}
    spaced: dict[str, tuple[set[str], set[str]]] = {}
    unspaced: set[str] = set()
    for agency in agencies():
        for name in (agency.name, *agency.names, *agency.short):
            folded.setdefault(_key(name), agency)
        as_written = {form for short in agency.short for form in (short, short.upper())}
        for name in as_written.union(agency.names):
            if _UNSPACED.search(name):
                unspaced.add(name)
            elif match := _WORD.search(name):
                case, any_case = spaced.setdefault(match[0].casefold(), (set(), set()))
                (any_case if name in agency.names else case).add(name[match.start() :])
    return _Index(
        folded,
        {
            word: (
                rf"(?:{_any(as_written)}|(?i:{_any(any_case)}))(?![^\W_])",
                rf"(?i:{_any(as_written | any_case)})(?![^\W_])",
            )
            for word, (as_written, any_case) in spaced.items()
        },
        re.compile(_any(unspaced)),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: all of them would take a fifth of a second of each start."""
    return re.compile(pattern)


def _any(names: set[str]) -> str:
    """A pattern for each of the names, the longest first; one that matches nothing for none."""
    return "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n))) or r"(?!)"
