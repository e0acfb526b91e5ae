"""The signals by which others have filtered web text for quality, of one text at a time.

Gopher: Rae et al. 2021, Scaling Language Models, appendix A.1.  C4: Raffel et al. 2020, Exploring the Limits of
Transfer Learning, section 2.2.  FineWeb: Penedo et al. 2024, The FineWeb Datasets, section 3.6.
Where the papers leave a detail open, it is as in datatrove (which made FineWeb) unless a field says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.fields.data import load_yaml
from transforms.quality.words import Words, parts_of, split_words

SHORT_LINE_CHARS = 30
_BULLETS = ("•", "‣", "▪", "●", "◦", "○", "■", "–", "—", "-", "*", "·", "►", "▶", "➤", "✓")
_ELLIPSES = ("...", "…", "。。。", "……")
_CLOSING = "\"'”’»«›)]}）】」』〉》*_ \t"
# Sentence terminals of Unicode (Sentence_Terminal), as far as scripts of news in use have them.
TERMINALS = frozenset(".!?…。！？．｡؟۔।॥։՜՞።፧፨။၊។៕᙮᠃᠉܀꓿︒！？‼⁇⁈⁉;")
_SPACED_TERMINAL = re.compile(r"[.!?]['\"’”»)]* ")
# Terminals that need no blank behind them, within a line.
_UNSPACED_TERMINALS = "。！？؟۔।։።။"
_UNSPACED_TERMINAL = re.compile(f"[{_UNSPACED_TERMINALS}](?=[^\n])")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
# Odd multiplier of a polynomial hash modulo 2^64 over words (Steele and Vigna 2021, table of 64-bit multipliers).
_MULTIPLIER = np.uint64(0xD1342543DE82EF95)
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _signal(help: str) -> Any:
    return field(metadata={"help": help})


@dataclass(frozen=True, slots=True)
class Quality:
    """Signals of a text's quality; fractions are 0 to 1, and 0 for a text without words or lines.

    Lines are the lines with text in them; paragraphs what blank lines part, or the lines where there are none.
    A repeated line, paragraph or n-gram counts from its second occurrence on.
    """

    word_count: int = _signal("words by Unicode segmentation (Gopher)")
    mean_word_length: float = _signal("mean length of words in characters (Gopher)")
    symbol_word_ratio: float = _signal("number signs and ellipses for each word (Gopher); at most 1000")
    bullet_lines: float = _signal("fraction of lines that begin with a bullet (Gopher)")
    ellipsis_lines: float = _signal("fraction of lines that end with an ellipsis (Gopher)")
    alphabetic_words: float = _signal("fraction of words with a letter in them (Gopher)")
    stop_words: int | None = _signal("how many of the language's most common words occur (Gopher); null without a list")
    duplicate_lines: float = _signal("fraction of lines that stand further up already (Gopher)")
    duplicate_line_chars: float = _signal("fraction of characters in such lines (Gopher, FineWeb)")
    duplicate_paragraphs: float = _signal("fraction of paragraphs that stand further up already (Gopher)")
    duplicate_paragraph_chars: float = _signal("fraction of characters in such paragraphs (Gopher)")
    top_2gram_chars: float = _signal("fraction of words' characters in the commonest 2-gram, if it repeats (Gopher)")
    top_3gram_chars: float = _signal("fraction of words' characters in the commonest 3-gram, if it repeats (Gopher)")
    top_4gram_chars: float = _signal("fraction of words' characters in the commonest 4-gram, if it repeats (Gopher)")
    duplicate_5gram_chars: float = _signal("fraction of words' characters in repeated 5-grams, none twice (Gopher)")
    duplicate_6gram_chars: float = _signal("the same for 6-grams (Gopher)")
    duplicate_7gram_chars: float = _signal("the same for 7-grams (Gopher)")
    duplicate_8gram_chars: float = _signal("the same for 8-grams (Gopher)")
    duplicate_9gram_chars: float = _signal("the same for 9-grams (Gopher)")
    duplicate_10gram_chars: float = _signal("the same for 10-grams (Gopher)")
    terminal_lines: float = _signal("fraction of lines that end as sentences do, in any script (FineWeb, C4)")
    short_lines: float = _signal("fraction of lines of fewer than 30 characters (FineWeb)")
    newlines_per_word: float = _signal("line ends for each word (FineWeb); at most 1000")
    sentences: int = _signal("terminal punctuation at line ends and before blanks: about the sentences (C4)")
    lorem_ipsum: bool = _signal("whether it says `lorem ipsum` (C4)")
    curly_brackets: bool = _signal("whether it has a curly bracket (C4)")
    javascript: bool = _signal("whether it says `javascript` (C4)")


def assess_quality(text: str, language: str = "und") -> Quality:
    """The quality signals of a text.

    Args:
        text: clean text, lines parted by newlines.
        language: ISO 639 code, for the list of stop words; lists are in ``stopwords.yaml``.

    Of a text of more than a million characters all signals but ``word_count`` look at about the first million.
    """
    parts = parts_of(text)
    text = next(parts)
    words = split_words(text)
    further_words = sum(split_words(part).word_count for part in parts)
    lines = [line for raw in text.split("\n") if (line := raw.strip())]
    grams = _ngram_signals(words)
    terminal = sum(_ends_sentence(line) for line in lines)
    line_repeats = _repeats(lines)
    paragraphs = _repeats([p for p in _PARAGRAPHS.split(text) if p.strip()]) if "\n\n" in text else line_repeats
    symbols = text.count("#") + sum(text.count(e) for e in ("...", "…"))
    return Quality(
        word_count=words.word_count + further_words,
        mean_word_length=_ratio(len("".join(words.tokens)), words.word_count),
        symbol_word_ratio=_ratio(symbols, words.word_count, 1000.0),
        bullet_lines=_ratio(sum(line.startswith(_BULLETS) for line in lines), len(lines)),
        ellipsis_lines=_ratio(sum(line.endswith(_ELLIPSES) for line in lines), len(lines)),
        alphabetic_words=_ratio(_alphabetic(words), len(words.tokens)),
        stop_words=_stop_words(words, text, language),
        duplicate_lines=line_repeats[0],
        duplicate_line_chars=line_repeats[1],
        duplicate_paragraphs=paragraphs[0],
        duplicate_paragraph_chars=paragraphs[1],
        **grams,
        terminal_lines=_ratio(terminal, len(lines)),
        short_lines=_ratio(sum(len(line) < SHORT_LINE_CHARS for line in lines), len(lines)),
        newlines_per_word=_ratio(text.count("\n"), words.word_count, 1000.0),
        sentences=_sentences(text, terminal),
        lorem_ipsum="lorem" in words.forms and "ipsum" in words.forms and "lorem ipsum" in text.lower(),
        curly_brackets="{" in text or "}" in text,
        javascript="javascript" in words.forms,
    )


def _ratio(part: float, whole: float, most: float | None = None) -> float:
    if not whole:
        return 0.0
    ratio = part / whole
    return round(ratio if most is None else min(ratio, most), 4)


def _ends_sentence(line: str) -> bool:
    last = line[-1]
    if last in TERMINALS:
        return True
    stripped = line.rstrip(_CLOSING) if last in _CLOSING else ""
    return bool(stripped) and stripped[-1] in TERMINALS


def _sentences(text: str, terminal_lines: int) -> int:
    inside = len(_SPACED_TERMINAL.findall(text))
    if not text.isascii() and any(mark in text for mark in _UNSPACED_TERMINALS):
        inside += len(_UNSPACED_TERMINAL.findall(text))
    return terminal_lines + inside


def _alphabetic(words: Words) -> int:
    """Number of words with a letter in them."""
    without = [words.forms[word] for word in words.not_letters if not any(map(str.isalpha, word))]
    if not without:
        return len(words.tokens)
    counts = np.bincount(words.ids)
    return len(words.tokens) - int(counts[without].sum())


def _stop_words(words: Words, text: str, language: str) -> int | None:
    stops = _stop_lists().get(language)
    if stops is None:
        return None
    unspaced, common = stops
    return sum(word in text for word in common) if unspaced else len(words.forms.keys() & common)


def _repeats(parts: Sequence[str]) -> tuple[float, float]:
    """Fraction of the parts that repeat an earlier one, and of their characters."""
    chars = sum(map(len, parts))
    unique = dict.fromkeys(parts)
    if len(unique) == len(parts):
        return 0.0, 0.0
    return _ratio(len(parts) - len(unique), len(parts)), _ratio(chars - sum(map(len, unique)), chars)


# --- n-grams ---------------------------------------------------------------------------------------------------

_GRAM_FIELDS = {2: "top_2gram_chars", 3: "top_3gram_chars", 4: "top_4gram_chars"} | {
    n: f"duplicate_{n}gram_chars" for n in range(5, 11)
}


def _ngram_signals(words: Words) -> dict[str, float]:
    """The fractions of characters in repeated n-grams.

    N-grams are told apart by a 64-bit hash of their words' numbers.  An n-gram can only repeat where the (n-1)-gram
    at its beginning does, so each round looks at the places that the last one left.
    """
    signals = dict.fromkeys(_GRAM_FIELDS.values(), 0.0)
    total = len(words.tokens)
    if len(words.forms) == total:
        return signals
    lengths = np.fromiter(map(len, words.forms), dtype=np.int64, count=len(words.forms))
    ends = np.zeros(total + 1, dtype=np.int64)
    lengths[words.ids].cumsum(out=ends[1:])
    keys = (words.ids.astype(np.uint64) + np.uint64(1)) * _MIX
    hashes, places = keys, np.arange(total)
    for n, name in _GRAM_FIELDS.items():
        fits = places <= total - n
        places = places[fits]
        if not len(places):
            break
        hashes = hashes[fits] * _MULTIPLIER + keys[places + (n - 1)]
        hashes, places, starts, sizes = _repeated(hashes, places)
        if not len(places):
            break
        if n <= 4:
            covered = _top(places, ends[places[starts] + n] - ends[places[starts]], starts, sizes)
        else:
            covered = places[places != np.minimum.reduceat(places, starts).repeat(sizes)]
        signals[name] = round(_covered_chars(covered, n, ends) / int(ends[-1]), 4)
    return signals


_Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]


def _repeated(hashes: _Hashes, places: _Ints) -> tuple[_Hashes, _Ints, _Ints, _Ints]:
    """The n-grams that occur more than once.

    Returns:
        Hashes and places, equal ones together; where each group of equal ones starts, and its size.
    """
    order = hashes.argsort()
    hashes = hashes[order]
    bounds = np.empty(len(hashes) + 1, dtype=bool)
    bounds[0] = bounds[-1] = True
    np.not_equal(hashes[1:], hashes[:-1], out=bounds[1:-1])
    edges = bounds.nonzero()[0]
    sizes = edges[1:] - edges[:-1]
    repeated = sizes > 1
    chosen = repeated.repeat(sizes)
    sizes = sizes[repeated]
    return hashes[chosen], places[order[chosen]], sizes.cumsum() - sizes, sizes


def _top(places: _Ints, chars: _Ints, starts: _Ints, sizes: _Ints) -> _Ints:
    """Places of the n-gram that occurs most often; of several, of one with the most characters."""
    best = int((sizes * 1_000_000 + chars).argmax())
    return places[starts[best] : starts[best] + sizes[best]]


def _covered_chars(places: _Ints, n: int, ends: _Ints) -> int:
    """Number of characters of the words in n-grams at these places, each word counted once."""
    places = np.sort(places)
    stops = places + n
    stops[:-1] = np.minimum(stops[:-1], places[1:])
    return int((ends[stops] - ends[places]).sum())


@cache
def _stop_lists() -> dict[str, tuple[bool, frozenset[str]]]:
    """For each language: whether its words are parts of strings (no blanks between words), and the words."""
    data = load_yaml("stopwords.yaml", Path(__file__).parent)
    unspaced = frozenset(data["unspaced"])
    return {
        code: (code in unspaced, frozenset(unicodedata.normalize("NFC", words).split()))
        for code, words in data["languages"].items()
    }
