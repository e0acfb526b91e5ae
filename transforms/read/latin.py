"""Telling apart the legacy charsets of Latin script, by what languages look like in them.

They differ in a few letters, so that statistics of bytes say little; but the most common words of a language
are mostly ASCII, and with the wrong charset its other letters become symbols, capitals inside words, or letters that
it does not have.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

# of a text, the part that is looked at: this many bytes around the first bytes that are not ASCII
_SAMPLE = 8192

_WORDS = re.compile(rb"(?<![\w\x80-\xff])[a-z]+(?![\w\x80-\xff])")
_NON_ASCII = re.compile(r"(?s)(.?)([^\x00-\x7f])(?=(.?))")
_QUOTES = frozenset("«»“”„‘’‚‹›–—…•·\u00a0\u00ad")
_SYMBOLS = frozenset("°§€£©®™¿¡ªº½¼¾×²³")
_BEFORE_WORDS = frozenset("§£€¿¡©")

# what counts, from 1 for a character in its place to -1 for one that is nowhere in a text
_OTHER_LETTER = -0.5
_WORD_WEIGHT = 2.0
_MIN_SCORE = 0.5
_TIE = 1e-9
# a text of so many words that has hardly one of a language's is not in it
_ENOUGH_WORDS = 15
_MIN_WORD_SHARE = 0.03
_NO_WORDS = -0.6


class _Language(NamedTuple):
    letters: frozenset[str]
    words: frozenset[bytes]
    charsets: tuple[str, ...]


@cache
def _languages() -> tuple[tuple[str, ...], tuple[_Language, ...]]:
    data = yaml.safe_load(Path(__file__).with_name("charsets.yaml").read_text("utf-8"))
    languages = tuple(
        _Language(
            frozenset(entry["letters"]) | frozenset(entry["letters"].upper()),
            frozenset(word.encode() for word in entry["words"] if word.isascii()),
            tuple(entry["charsets"]),
        )
        for entry in data["languages"].values()
    )
    return tuple(data["order"]), languages


def latin_charset(raw: bytes) -> str | None:
    """The charset of text in Latin script, as a Python codec name; None where it is like none of the languages.

    Args:
        raw: the beginning of a text that has bytes over 0x7f.
    """
    first = next((at for at, byte in enumerate(raw) if byte > 127), 0)
    sample = raw[max(first - _SAMPLE // 2, 0) :][:_SAMPLE]
    words = Counter(_WORDS.findall(sample.lower()))
    total = sum(words.values())
    order, languages = _languages()
    best, chosen = _MIN_SCORE, None
    for charset in order:
        try:
            found = _found(sample.decode(charset))
            raw.decode(charset)
        except UnicodeDecodeError:
            continue
        for language in languages:
            if charset in language.charsets:
                share = sum(words[word] for word in language.words) / max(total, 1)
                strange = total >= _ENOUGH_WORDS and share < _MIN_WORD_SHARE and _has_letters(found)
                fit = _fit(found, language.letters)
                score = fit + (_NO_WORDS if strange else _WORD_WEIGHT * share)
                if fit >= _MIN_SCORE and score > best + _TIE:
                    best, chosen = score, charset
    return chosen


def _found(text: str) -> Counter[tuple[str, str]]:
    """The characters that are not ASCII, each with what it is where it stands."""
    return Counter((char, _role(before, char, after)) for before, char, after in _NON_ASCII.findall(text))


def _role(before: str, char: str, after: str) -> str:
    if char in _QUOTES:
        return "right"
    if char in _SYMBOLS:
        return "wrong" if after.isalpha() and (before.isalpha() or char not in _BEFORE_WORDS) else "right"
    if char.isalpha() or "\u0300" <= char <= "\u036f":
        return "wrong" if char.isupper() and before.islower() else "letter"
    return "wrong"


def _has_letters(found: Counter[tuple[str, str]]) -> bool:
    return any(role == "letter" for _, role in found)


def _fit(found: Counter[tuple[str, str]], letters: frozenset[str]) -> float:
    """The mean of what the characters count, for a language with these letters."""
    values = {"right": 1.0, "wrong": -1.0}
    fit = sum(
        count * (values.get(role) or (1.0 if char in letters else _OTHER_LETTER))
        for (char, role), count in found.items()
    )
    return fit / max(sum(found.values()), 1)
