"""From a document to the text that language is told by: prose before menus, windows of long texts, no links."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from transforms.language.letters import MOSTLY_CAPITALS, Letters, code_units, count_letters
from transforms.language.not_language import SENTENCE_ENDS, is_row

# A first look is at small windows, spread so that a fifth of the text in another language cannot hide between them;
# where that does not settle it, a second is at more of the text.  STUDIES: 8 windows of 125 characters do as well as
# all of a text of 5,000 (.982 against .986 on whole pages).
FIRST_LOOK = (6, 30)
SECOND_LOOK = (16, 125)
# A line this long (in bytes of UTF-8, so that 27 Chinese characters count as 80 Latin ones) is prose, a shorter one
# may be a menu's.
PROSE_LINE_BYTES = 80
PROSE_CHARS = 100
SENTENCE_CHARS = 60  # what a table's rows must leave, so that it is one sentence
ITEM_CHARS = 28  # a menu's items are shorter, verses mostly longer
PROSE_SHARE = 0.25

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
    """The lines that are long enough to be prose, where they are a fair part of the text; else all but a table's rows.

    Names and numbers say little of a language, so two sentences beside a table count for more than it.
    """
    if "\n" not in text:
        return text
    lines = text.split("\n")
    prose = [line for line in lines if len(line) * 3 >= PROSE_LINE_BYTES and _is_long(line)]
    prose = [line for line in prose if line[-1] in SENTENCE_ENDS or not is_row(line)]
    length = sum(map(len, prose))
    if length >= PROSE_CHARS and (
        length >= PROSE_SHARE * len(text) or length >= PROSE_SHARE * _length_without_items(text)
    ):
        return "\n".join(prose)
    prose = [line for line in lines if line and not is_row(line)]
    return "\n".join(prose) if sum(map(len, prose)) >= SENTENCE_CHARS else text


def _length_without_items(text: str) -> int:
    """The length of a text without lines so short that they can be a menu's items, but a twentieth of these."""
    verses = sum([len(line) for line in text.split("\n") if len(line) >= ITEM_CHARS])
    return verses + (len(text) - verses) // 20


def _is_long(line: str) -> bool:
    return len(line) >= PROSE_LINE_BYTES or len(line.encode("utf-8", "surrogatepass")) >= PROSE_LINE_BYTES


def _windows(text: str, number: int, length: int) -> str:
    """Windows spread evenly over a long text, each of whole words where words have spaces, filled up to one length."""
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
        windows.append(text[start : end if space < 0 else space].ljust(length) + "\n")
    return "".join(windows)


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
