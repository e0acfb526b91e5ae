"""What a text is made of: letters by script, white space, the signs that source code is full of."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from transforms.fields.data import load_yaml

# Classes of characters beside the scripts, in the same table.  Refused is what cld2 takes for broken UTF-8 (measured
# for every code point, pycld2 0.42).
_OTHER, _SPACE, _SIGN, _DIGIT, _REFUSED = range(5)
_FIRST_SCRIPT = _LATIN = 5  # Latin is the first in the table and in _CASED
_CONTROLS = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))
_REFUSED_CODES = (*_CONTROLS, *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF)
_LOW_SURROGATES = slice(0xDC00, 0xE000)
_CODE_SIGNS = "{}[]();:=<>_\\&$#@*`"
_CASED = ("Latn", "Grek", "Cyrl", "Armn")
# One character of these says as much as some three letters of an alphabet.
_DENSE = ("Hani", "Hang", "Hira", "Kana")
# From this share of capitals on, they are no evidence of sentences or names.
MOSTLY_CAPITALS = 0.6


class Letters(NamedTuple):
    """The census of a text.

    Attributes:
        scripts: ISO 15924 code -> number of letters and marks, only those that occur.
        letters: all of them.
        weight: letters, where a Chinese, Japanese or Korean character counts as three.
        visible: characters that are no white space.
        signs: characters that source code is full of.
        digits: decimal digits of any script.
        refused: control and other characters that must not reach cld2.
        cased: letters of scripts that have capitals.
        capitals: capital letters of those scripts.
    """

    scripts: dict[str, int]
    letters: int
    weight: int
    visible: int
    signs: int
    digits: int
    refused: int
    cased: int
    capitals: int


@cache
def _script_table() -> dict[str, dict]:
    return load_yaml("scripts.yaml", Path(__file__).parent)


@cache
def _classes() -> tuple[tuple[str, ...], np.ndarray]:
    """The scripts' codes, those with capitals but Latin once more, and the class of every UTF-16 unit."""
    names = (*_script_table(), *_CASED[1:])
    table = np.zeros(0x10000, np.uint8)
    kinds = [unicodedata.category(chr(code)) for code in range(0x10000)]
    table[[code for code, kind in enumerate(kinds) if kind == "Nd"]] = _DIGIT
    for number, (name, script) in enumerate(_script_table().items(), _FIRST_SCRIPT):
        for start, end in script["ranges"]:
            table[[code for code in range(start, end + 1) if kinds[code][0] in "LM"]] = number
            if name in _CASED:
                capitals = [code for code in range(start, end + 1) if kinds[code] in ("Lu", "Lt")]
                table[capitals] = _FIRST_SCRIPT + len(_script_table()) + _CASED.index(name)
    table[list(_REFUSED_CODES)] = _REFUSED
    table[[code for code, kind in enumerate(kinds) if kind[0] == "Z" or chr(code) in "\t\n\r"]] = _SPACE
    table[_LOW_SURROGATES] = _SPACE  # so that a character beyond the basic plane counts once
    table[[ord(sign) for sign in _CODE_SIGNS]] = _SIGN
    return names, table


def code_units(text: str) -> np.ndarray:
    """The text's UTF-16 units (uint16): code points, and two surrogates beyond the basic plane."""
    return np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)


def is_letter(units: np.ndarray) -> np.ndarray:
    """Which of a text's UTF-16 units are letters or marks of a known script: bool, as many."""
    return _classes()[1].take(units) >= _FIRST_SCRIPT


def count_letters(units: np.ndarray) -> Letters:
    """Take the census of a text, given as UTF-16 units."""
    names, table = _classes()
    counts = np.bincount(table.take(units), minlength=_FIRST_SCRIPT + len(names) + 1).tolist()
    other, _, signs, digits, refused = counts[:_FIRST_SCRIPT]
    latin = counts[_LATIN] + counts[-len(_CASED)]
    scripts = {"Latn": latin} if latin else {}
    if latin + sum(counts[:_FIRST_SCRIPT]) == len(units):  # most texts: no need to look for the other scripts
        letters = weight = cased = latin
    else:
        for name, count in zip(names[1:], counts[_LATIN + 1 : -len(_CASED)] + counts[1 - len(_CASED) :], strict=True):
            if count:
                scripts[name] = scripts.get(name, 0) + count
        letters = sum(scripts.values())
        weight = letters + 2 * sum([scripts[script] for script in _DENSE if script in scripts])
        cased = sum([scripts[script] for script in _CASED if script in scripts])
    visible = letters + other + signs + digits
    return Letters(scripts, letters, weight, visible, signs, digits, refused, cased, sum(counts[-len(_CASED) :]))


def main_script(letters: Letters) -> tuple[str | None, float]:
    """The script with most letters and its share; kana and Han together are ``Jpan``, Hangul with Han ``Kore``.

    Japanese is a mix of three scripts and Korean may be of two; ISO 15924 has codes for both mixes.  A tenth of
    the letters in kana makes Han Japanese (in Japanese prose it is half of them or more).
    """
    if not letters.letters:
        return None, 0.0
    if letters.scripts.keys() <= {"Latn"}:
        return "Latn", 1.0
    scripts = dict(letters.scripts)
    kana, han, hangul = scripts.pop("Hira", 0) + scripts.pop("Kana", 0), scripts.pop("Hani", 0), scripts.pop("Hang", 0)
    if kana * 10 > kana + han:
        scripts["Jpan"], scripts["Kore"] = kana + han, hangul
    elif hangul * 10 > hangul + han:
        scripts["Kore"], scripts["Jpan"] = hangul + han, kana
    else:
        scripts["Hani"], scripts["Kore"], scripts["Jpan"] = han, hangul, kana
    name = max(scripts, key=lambda script: (scripts[script], script))
    return name, scripts[name] / letters.letters


@cache
def only_language(script: str) -> str | None:
    """The language that (nearly) all text in a script is in, where there is one."""
    if script in _MIXES:
        return _MIXES[script]
    return _script_table()[script].get("language")


_MIXES = {"Jpan": "ja", "Kore": "ko", "Hani": "zh"}
