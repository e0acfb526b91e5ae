"""Words of a text by Unicode segmentation (UAX 29), with a stated approximation where no blanks part them.

A word is a run of letters, marks and digits, with an apostrophe, full stop or middle dot between letters and one of
``' . ,`` between digits (rules WB5 to WB12).  Underscores and colons part words here, semicolons in numbers too, and
the rules for Hebrew quotes are left out.  Emoji and punctuation are no words.

Scripts without blanks between words need a dictionary, which UAX 29 leaves to implementations.  Here each character
(with its marks) is a unit, and the number of words is taken as the number of units divided by the usual length of a
word: 1.6 for Han and Hiragana, 3 for Thai, Lao, Khmer and Myanmar.  A run of Katakana is one word, as in UAX 29.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

_HAN = r"\p{Han}\p{Hiragana}"
_SOUTH_EAST = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
HAN_UNITS_PER_WORD = 1.6
SOUTH_EAST_UNITS_PER_WORD = 3.0

PART_CHARS = 1_000_000
_BLANK = re.compile(r"\s")

# The blocks of those scripts, for a quick look whether a text has any.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
# Most of the words that have such a mark: `don't`, `u.s`.
_LETTERS = re.compile(r"[^\W\d_]+(?:['.·][^\W\d_]+)+")
_APOSTROPHES = "'‘’"
# Of what is not a letter or digit, only these may stand in a word; beside a blank they do not.  The order takes off
# several of them (`word.'`).
_INNER = "'.,·\u00ad"
_BESIDE_BLANKS = (b"' ", b". ", b", ", b"' ", b". ", b" '")
_STRIP = ".,:;!?\"'()[]{}<>«»„“”‘’‚‹›*_-–—/|…·•。，、！？：；（）「」『』《》〈〉【】،؛؟।॥"


def _western_table() -> bytes:
    """For each byte of Windows-1252: lower case, blank for what parts words."""
    table = bytearray(256)
    for code in range(256):
        char = bytes([code]).decode("cp1252", errors="replace")
        char = "'" if char in _APOSTROPHES else char.lower() if char.isalnum() or char in _INNER else " "
        table[code] = char.encode("cp1252")[0]
    return bytes(table)


_WESTERN = _western_table()


class Words(NamedTuple):
    """The words of a text, in lower case.

    Attributes:
        tokens: words and, in scripts without blanks, units, in the order of the text.
        forms: each different one with its number, from 0, in the order of first occurrence.
        ids: the numbers of the tokens, of shape (tokens,).
        word_count: number of words, units being divided by their usual number in a word.
        not_letters: the forms with other characters than letters in them.
    """

    tokens: list[str]
    forms: dict[str, int]
    ids: npt.NDArray[np.int64]
    word_count: int
    not_letters: list[str]


def count_words(text: str) -> int:
    """Number of words of ``text`` (see the module for what counts as one)."""
    return sum(split_words(part).word_count for part in parts_of(text))


def parts_of(text: str) -> Iterator[str]:
    """``text`` in parts of about ``PART_CHARS`` characters, cut at blanks, so that a huge one needs little memory."""
    start = 0
    while len(text) - start > PART_CHARS:
        blank = _BLANK.search(text, start + PART_CHARS, start + 2 * PART_CHARS)
        end = blank.end() if blank else start + PART_CHARS
        yield text[start:end]
        start = end
    yield text[start:] if start else text


def split_words(text: str) -> Words:
    """The words of ``text`` in lower case, counted."""
    western = _western_tokens(text)
    tokens = _other_tokens(text) if western is None else western
    forms, ids = _numbered(tokens)
    unspaced = western is None and _UNSPACED.search(text) is not None
    not_letters = [form for form in forms if not form.isalpha()]
    # Words in letters and digits are done; only the others, each form once, need the full rules.
    doubtful = forms if unspaced else [form for form in not_letters if not (form.isalnum() or _LETTERS.fullmatch(form))]
    full = {form: words for form in doubtful if (words := _word().findall(form)) != [form]}
    if full:
        tokens = [word for token in tokens for word in full.get(token, (token,))]
        forms, ids = _numbered(tokens)
        not_letters = [form for form in forms if not form.isalpha()]
    return Words(tokens, forms, ids, _count_of_units(forms, ids) if unspaced else len(tokens), not_letters)


def _numbered(tokens: list[str]) -> tuple[dict[str, int], npt.NDArray[np.int64]]:
    """The different tokens with their numbers, and the numbers of all."""
    forms: defaultdict[str, int] = defaultdict(count().__next__)
    ids = np.fromiter(map(forms.__getitem__, tokens), dtype=np.int64, count=len(tokens))
    forms.default_factory = None
    return forms, ids


def _western_tokens(text: str) -> list[str] | None:
    """The text between blanks, nearly all of it words already; None where Windows-1252 lacks one of its characters.

    One table for lower case and separators is far faster than any rule by character, and most texts in the Latin
    script fit into that code with their typographic quotes.
    """
    data = _encode_western(text)
    if data is None:
        return None
    data = data.translate(_WESTERN) + b" "
    for pair in _BESIDE_BLANKS:
        data = data.replace(pair, b"  ")  # of the same length, which is done in place
    return data.decode("cp1252").split()


def _encode_western(text: str) -> bytes | None:
    """``text`` in Windows-1252, up to eight different signs that it lacks (an emoji, an arrow) left out as blanks."""
    for _ in range(8):
        try:
            return text.encode("cp1252")
        except UnicodeEncodeError as error:
            sign = text[error.start]
            if sign.isalnum() or unicodedata.category(sign)[0] in "LMNC":
                return None
            text = text.replace(sign, " ")
    return None


def _other_tokens(text: str) -> list[str]:
    text = text.lower().replace("’", "'").replace("‘", "'").replace("-", " ")
    return [token for word in text.split() if (token := word.strip(_STRIP))]


def _count_of_units(forms: dict[str, int], ids: npt.NDArray[np.int64]) -> int:
    counts = np.bincount(ids, minlength=len(forms)).tolist()
    han = south_east = 0
    for form, number in forms.items():
        if _UNSPACED.match(form):
            if "\u0e00" <= form[0] < "\u1800":
                south_east += counts[number]
            else:
                han += counts[number]
    spaced = len(ids) - han - south_east
    return spaced + round(han / HAN_UNITS_PER_WORD) + round(south_east / SOUTH_EAST_UNITS_PER_WORD)


@cache
def _word() -> regex.Pattern[str]:
    letter = rf"[[\p{{Alphabetic}}\p{{M}}\p{{N}}]--[{_HAN}{_SOUTH_EAST}]]"
    inner = r"(?:(?<=[\p{L}\p{M}])['.·](?=\p{L})|(?<=\d)['.,](?=\d)|[\u200c\u200d\u00ad]+)"
    unit = rf"[[{_HAN}{_SOUTH_EAST}]--[\p{{P}}]][\p{{M}}\u200c\u200d]*"
    return regex.compile(rf"{unit}|{letter}+(?:{inner}{letter}+)*", regex.V1)
