"""What is seen of a line once and used by every rule: its words, its length, whether it reads like a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Sentence ends of the scripts in Unicode that have one of their own, and what may close after them.
FINAL = frozenset(".!?…。！？｡．։۔؟।॥።፧၊။។៕᠃᠉༎")
CLOSING = "\"'”’“»«›‹)]」』）】〉》*_ \u200f\u200e"

# Scripts written without blanks between words; keys of cues and of lines are pairs of characters there.
UNSPACED = re.compile("[\u0e01-\u0edf\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")
_TOKEN = re.compile(r"\w+|--|[©ⓒ℗®＞/|@#→»›>…=＝•·▲△▼◀▶►◆■●★✉☎📷🔴▪📸（(\[【〔［)）\]】%°−–—+*]|-")
_OPENED_BY = {")": "(", "]": "[", "）": "（", "】": "【"}

# A line is looked at in full up to here, beyond it at its two ends only: a rule's cost does not grow with the line.
WHOLE = 200
HEAD = 96
TAIL = 64
PROSE_HEAD = 48
# A line of prose up to here may be noise throughout; a longer one is a paragraph, of which the ends alone tell.
DEEP = 260
# No pattern sees more characters of a line than this.
CUT = 600


@dataclass(slots=True, eq=False)
class Line:
    """One line of N(raw) while rules look at it.

    Attributes:
        number: in N(raw).
        text: what is left of it; shorter than the line in N(raw) once a span was taken.
        after_blank: it followed a blank line in the raw text.
        segments: the (start, end) in N(raw)'s line that ``text`` consists of; empty until a span was taken.
        size: length in characters, one of an ideographic or kana script counting double (as wide as two).
        final: it ends as a sentence does.
        hits, words: what the rules say of it, and the keys by which they were found, once they were asked.
        prose: it reads like running text: a sentence of some length, or long.
        inner: it is prose with paragraphs above and below; rules of the edges do not count there.
    """

    number: int
    text: str
    after_blank: bool = False
    segments: Sequence[tuple[int, int]] = ()
    hits: list[Any] | None = None
    words: list[str] | None = None
    size: int = 0
    final: bool = False
    prose: bool = False
    inner: bool = False

    def look(self) -> None:
        """Fill in what follows from ``text``."""
        text = self.text
        self.hits = self.words = None
        length = len(text)
        self.size = size = length if length > 300 or text.isascii() else length + _wide(text)
        last = text[-1]
        self.final = last in FINAL or (last in CLOSING and _final_inside(text))
        self.prose = size >= 60 if self.final else size >= 140


def _final_inside(text: str) -> bool:
    """Whether a sentence ends before the quotation marks and brackets that close the line."""
    if text[-12:].rstrip(CLOSING)[-1:] in FINAL:
        return True
    start = max(text.rfind(mark, -60) for mark in "([（")
    return start > 0 and text[:start].rstrip()[-1:] in FINAL


def _wide(text: str) -> int:
    """How many characters stand for a syllable or more: all or none, by the first of them."""
    return len(text) if _WIDE.search(text, 0, 8) else 0


_WIDE = re.compile("[\u3041-\u9fff\uac00-\ud7a3]")


def keys(line: Line) -> list[str]:
    """The words and signs, in lower case, by which the rules of a line are found: those of its :func:`ends`."""
    return keys_of(ends(line))


def ends(line: Line) -> str:
    """What is looked at of a line for keys.

    A short line; the two ends of a long one; of prose its beginning, and its end where it ends as a caption or a
    sign-off does: with brackets, or without a full stop.
    """
    text = line.text
    if line.prose:
        return f"{text[:PROSE_HEAD]} {_caption_end(text, line.final)}"
    return text if len(text) <= WHOLE else f"{text[:HEAD]} {text[-TAIL:]}"


def keys_of(text: str) -> list[str]:
    """Words in small letters; of scripts without spaces every pair of characters and the last one, too."""
    return keys_of_each([text])[0]


def keys_of_each(texts: Sequence[str]) -> list[list[str]]:
    """The keys of each text: far sooner found for many at once.  No text may hold a line feed."""
    if not texts:
        return []
    joined = "\n".join(texts)
    unspaced = not joined.isascii() and UNSPACED.search(joined) is not None
    found = [_tokens_of(text) for text in without_marks(joined).split("\n")]
    if unspaced:
        for words, text in zip(found, lower(joined).split("\n"), strict=True):
            if UNSPACED.search(text):
                words.extend(map("".join, pairwise(text)))
                words.append(text[-1])
    return found


def _caption_end(text: str, final: bool) -> str:
    last = text[-1] if text[-1] in _OPENED_BY else text[-2]
    if last in _OPENED_BY:
        start = text.rfind(_OPENED_BY[last], max(len(text) - CUT, 0))
        return f"{text[start : start + TAIL]} {last}" if start >= 0 else ""
    return "" if final else text[-TAIL:]


def tokens(text: str) -> list[str]:
    """The words and signs of ``text``, in lower case."""
    return _tokens_of(without_marks(text))


# Neither a word's nor a sign of their own.
_MARKS = ",.:;!?\"'’“”«"


def without_marks(text: str) -> str:
    """``text`` in lower case with blanks for the marks that are no tokens: most words are nothing but letters then."""
    text = lower(text)
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return text


def _tokens_of(text: str) -> list[str]:
    """The tokens of a text without marks as the expression alone would find them; of letters alone it is far sooner."""
    words = text.split()
    if "".join(words).isalnum():
        return words
    found: list[str] = []
    for word in words:
        if word.isalnum():
            found.append(word)
        else:
            found += _TOKEN.findall(word)
    return found


def opening(text: str, words: list[str]) -> list[str]:
    """Those of a line's keys with which it opens: its first word or sign, and the first word that is no figure."""
    if not words:
        return []
    first = words[0]
    if first.isascii() and first.isalpha():
        return [first, f"{first} {words[1]}"] if first in COMMON and len(words) > 1 else [first]
    found = [first]
    place = 0
    if not first.isalpha():
        place = next((i for i, word in enumerate(words[:8]) if word.isalpha()), 0)
        if place:
            found.append(words[place])
    if words[place] in COMMON and place + 1 < len(words):
        found.append(f"{words[place]} {words[place + 1]}")
    match = UNSPACED.search(text, 0, 6)
    if match:
        found.append(text[match.start() : match.start() + 2])
    return found


# So many lines begin with these that a cue is found by the next word, too.
# fmt: off
COMMON = frozenset([
    "a", "the", "an", "to", "we", "my", "you", "this", "that", "from", "for", "in", "on", "all", "with", "la", "le",
    "les", "el", "los", "las", "de", "du", "des", "das", "der", "die", "den", "dem", "un", "una", "une", "um", "uma",
    "ein", "eine", "en", "il", "lo", "gli", "i", "o", "os", "as", "se", "no", "da", "do", "di", "av", "af", "på",
    "som", "det", "w", "z", "na", "v", "po", "por", "con", "com", "avec", "mit", "nach", "bei", "vor", "sie", "wir",
    "vous", "nous", "ne", "te", "az", "egy", "et", "van", "het", "een", "op", "met", "este", "esta", "по", "в", "на",
    "и", "о", "с", "за", "и", "в", "של", "את", "في", "من", "على", "از", "به", "در",
])
# fmt: on


def opening_key(cue: str) -> str:
    """The key of a cue that opens the line: its first word or sign; with the next, where the first is ``COMMON``."""
    key = key_of(cue, opens=True)
    found = _TOKEN.findall(lower(cue)) if key in COMMON else ()
    return f"{key} {found[1]}" if len(found) > 1 else key


def key_of(cue: str, *, opens: bool) -> str:
    """The key under which a cue is indexed.

    Args:
        opens: whether the cue opens the line: then its first word or sign; else its longest, which is seldom met.

    In scripts without blanks between words it is the first two characters.
    """
    text = lower(cue)
    if UNSPACED.match(text) and len(text) > 1:
        return text[:2]
    found = _TOKEN.findall(text)
    if not found:
        raise ValueError(f"cue {cue!r} has neither a word nor a known sign")
    return found[0] if opens else max(found, key=len)


def lower(text: str) -> str:
    """Lower case in which the Turkish dotted capital I is an i."""
    text = text.lower()
    return text.replace("i\u0307", "i") if "\u0307" in text else text
