"""From a document to the text that language is told by: prose before menus, windows of long texts, no links."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transforms.language.letters import Letters, code_units, count_letters

# A first look is at small windows, spread so that a fifth of the text in another language cannot hide between them;
# where that does not settle it, a second is at more of the text.  STUDIES: 8 windows of 125 characters do as well as
# all of a text of 5,000 (.982 against .986 on whole pages).
FIRST_LOOK = (6, 30)
SECOND_LOOK = (16, 125)
# A line this long (in bytes of UTF-8, so that 27 Chinese characters count as 80 Latin ones) is prose, a shorter one
# may be a menu's.
PROSE_LINE_BYTES = 80
PROSE_CHARS = 100
ITEM_CHARS = 28  # a menu's items are shorter, verses mostly longer
PROSE_SHARE = 0.25
# From this share of capitals on, they are no evidence of sentences or names: the text is lower-cased.
MOSTLY_CAPITALS = 0.6

# Base64 is one sixth digits, other encodings more; prose is one fiftieth.
DATA_SHARE = 0.04

REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_LINK = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]+\.[^\s@]+")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_]{12,}")


class Sample(NamedTuple):
    """The part of a text that its language is told by.

    Attributes:
        text: prepared text.
        units: its UTF-16 units.
        letters: its census.
        removed: how many characters of links and encoded data were taken out of it.
        is_part: whether there is more of the text than these windows.
    """

    text: str
    units: np.ndarray
    letters: Letters
    removed: int
    is_part: bool


def take_sample(prose: str, look: tuple[int, int] = SECOND_LOOK) -> Sample:
    """Prepare the text that the language of a document is told by.

    Args:
        prose: from :func:`choose_prose`.
        look: number and length (in characters) of the windows that a longer text is told by.
    """
    text = _windows(prose, *look)
    is_part = text is not prose
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    units = code_units(text)
    letters = count_letters(units)
    bare = _without_data(text, letters)
    if bare != text:
        units = code_units(bare)
        letters = count_letters(units)
    if letters.capitals > MOSTLY_CAPITALS * letters.cased:
        bare = bare.lower()
        units = code_units(bare)
    return Sample(bare, units, letters, len(text) - len(bare), is_part)


def choose_prose(text: str) -> str:
    """The lines that are long enough to be prose, where they are a fair part of the text; else all of it."""
    if "\n" not in text:
        return text
    prose = [line for line in text.split("\n") if len(line) * 3 >= PROSE_LINE_BYTES and _is_long(line)]
    length = sum(map(len, prose))
    if length < PROSE_CHARS:
        return text
    if length >= PROSE_SHARE * len(text) or length >= PROSE_SHARE * _length_without_items(text):
        return "\n".join(prose)
    return text


def _length_without_items(text: str) -> int:
    """The length of a text without lines so short that they can be a menu's items, but a twentieth of these."""
    verses = sum([len(line) for line in text.split("\n") if len(line) >= ITEM_CHARS])
    return verses + (len(text) - verses) // 20


def _is_long(line: str) -> bool:
    return len(line) >= PROSE_LINE_BYTES or len(line.encode("utf-8", "surrogatepass")) >= PROSE_LINE_BYTES


def _windows(text: str, number: int, length: int) -> str:
    """Windows spread evenly over a long text, each of whole words where words have spaces."""
    if len(text) <= number * length * 5 // 4:
        return text
    step = (len(text) - length) / (number - 1)
    windows = []
    for place in range(number):
        start = int(place * step)
        if place:
            start = max(start, text.find(" ", start, start + 16))
        end = start + length
        space = text.rfind(" ", end - 16, end + 1) if end < len(text) else -1
        windows.append(text[start : end if space < 0 else space])
    return "\n".join(windows)


def _without_data(text: str, letters: Letters) -> str:
    """The text without links, addresses and encoded data, and with spaces for control characters."""
    if "http" in text or "@" in text or "www." in text:
        text = _LINK.sub("", text)
    if letters.digits + letters.signs >= DATA_SHARE * letters.visible:
        text = _TOKEN.sub(_keep_words, text)
    return REFUSED.sub(" ", text) if letters.refused else text


def _keep_words(match: re.Match[str]) -> str:
    """A long run of letters and digits if it can be a word, nothing if it is encoded data or an identifier."""
    token = match[0]
    humps = sum(before.islower() and after.isupper() for before, after in pairwise(token))
    is_data = len(token) >= 40 or humps > 1 or (any(map(str.isdigit, token)) and any(map(str.isalpha, token)))
    return "" if is_data else token
