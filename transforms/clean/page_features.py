"""What is seen of each line of a whole page: the line, its neighbours, where it stands, and the page's layout.

Every feature is a count, a distance or the ratio of two integers, so that its value is the same on every machine.
Nothing of a page's own words is kept: only how many are function words, or words of page_words.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml

from transforms.clean.lines import FINAL
from transforms.clean.text import visible

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Columns = list[tuple[str, npt.NDArray[Any]]]

STOP_WORDS = Path(__file__).parents[1] / "quality" / "stopwords.yaml"
PAGE_WORDS = Path(__file__).parent / "page_words.yaml"
THEMES = ("site", "more", "about")

# Classes of characters; the columns of a line's counts.
OTHER, BLANK, LOWER, UPPER, LETTER, MARK, DIGIT, STOP, COMMA, QUOTE, SIGN, BREAK, WIDE, CLOSE = range(14)
CLASSES = 16
_BULLETS = frozenset("•*▪●►▶>»→·–—-‣◦■□✓+#○◆▸›")
_UNSPACED = re.compile("[\u0e01-\u0edf\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff]")
# Characters of a line that are looked at for words: what a longer one is, its beginning and length tell.
CUT = 1000
TAIL = 8
# Lines of the widest window on either side.
FARTHEST = 30
# Lines in scripts without blanks are searched for words of the themes up to this length.
MOST_UNSPACED = 80
# A line counts as prose as the rules have it: a sentence of this size, or this long.
SENTENCE = 60
LONG = 140


class Layout(NamedTuple):
    """What N(raw) no longer shows of the lines: for each, the number of blank lines above and its indent."""

    gaps: list[int]
    indents: list[int]


def layout_of(text: str, rows: list[str], after_blank: frozenset[int]) -> Layout:
    """The layout of the lines ``rows`` of N(raw) in ``text``; ``after_blank`` as ``split_lines`` gives it."""
    gaps: list[int] = []
    indents: list[int] = []
    gap = 0
    for row in text.splitlines():
        stripped = row.lstrip()
        if not stripped or (not stripped[0].isalnum() and not visible(stripped)):
            gap += 1
            continue
        gaps.append(gap if gaps else 0)
        indents.append(len(row) - len(stripped))
        gap = 0
    if len(gaps) != len(rows):
        return Layout([int(number in after_blank) for number in range(len(rows))], [0] * len(rows))
    return Layout(gaps, indents)


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """The class of each character of the basic plane."""
    table = np.zeros(0x10000, np.uint8)
    by_category = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER, "Lo": LETTER, "Lm": LETTER, "Nd": DIGIT, "No": DIGIT}
    by_initial = {"M": MARK, "Z": BLANK, "P": SIGN}
    for code in range(0x10000):
        category = unicodedata.category(chr(code))
        table[code] = by_category.get(category, by_initial.get(category[0], OTHER))
    for first, last in ((0x3041, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3)):
        letters = table[first : last + 1]
        letters[letters == LETTER] = WIDE
    for code in map(ord, FINAL):
        table[code] = STOP
    for code in map(ord, ",،、，;；"):
        table[code] = COMMA
    for code in map(ord, "\"'”’“«»„‘「」『』"):
        table[code] = QUOTE
    for code in map(ord, ")]）】》〉"):
        table[code] = CLOSE
    table[ord("\n")] = BREAK
    return table


# What a word is of, as bits: a function word, or of the themes.
STOP_WORD, SITE, MORE, ABOUT, LINE_END = 1, 2, 4, 8, 16
_LINE_END = "\x00"


@cache
def _vocabulary() -> tuple[dict[str, int], npt.NDArray[np.bool_]]:
    """What each word of the lists is of; and for scripts without blanks the function words of one character."""
    data = yaml.load(STOP_WORDS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    table = np.zeros(0x10000, bool)
    for code in data["unspaced"]:
        for word in data["languages"].get(code, "").split():
            if len(word) == 1 and _UNSPACED.match(word):
                table[ord(word)] = True
    words = {word: STOP_WORD for text in data["languages"].values() for word in text.split()}
    for bit, theme in zip((SITE, MORE, ABOUT), THEMES, strict=True):
        for word in _theme_words()[theme]:
            words[word] = words.get(word, 0) | bit
    words[_LINE_END] = LINE_END
    return words, table


@cache
def _theme_words() -> dict[str, frozenset[str]]:
    data = yaml.load(PAGE_WORDS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {theme: frozenset(word for words in data[theme].values() for word in words) for theme in THEMES}


@cache
def _unspaced() -> tuple[re.Pattern[str], ...]:
    """For each theme an expression for its words in scripts without blanks."""
    return tuple(
        re.compile("|".join(sorted(word for word in _theme_words()[theme] if _UNSPACED.match(word))))
        for theme in THEMES
    )


def page_words_of(text: str, theme: str = "site") -> list[str]:
    """The words of a line, or strings of it, that are of the theme."""
    words = _theme_words()[theme]
    found = [token for token in (part.strip(_EDGES) for part in text.lower().split()) if token in words]
    return found + _unspaced()[THEMES.index(theme)].findall(text) if _UNSPACED.search(text) else found


_EDGES = ".,:;!?\"'()[]{}<>«»„“”‘’|/…·•*#→›>©"


class Counts(NamedTuple):
    """Counts of each line, all of shape (lines,) unless said; what the features are made of."""

    classes: Ints  # (lines, CLASSES)
    runs: Ints
    capitals: Ints
    sentences: Ints
    size: Ints
    final: Ints
    prose: Ints
    stops: Ints
    themes: Ints  # (lines, themes)
    head: Ints
    last: Ints
    same: Ints


def count(rows: list[str]) -> Counts:
    """The counts of the lines ``rows``, none of them empty."""
    n = len(rows)
    text = "\n".join([row if len(row) <= CUT else row[: CUT - TAIL] + row[-TAIL:] for row in rows]) + "\n"
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    codes = np.where(codes < 0x10000, codes, 0)
    kinds = _classes()[codes]
    breaks = kinds == BREAK
    ends = np.flatnonzero(breaks)
    starts = np.concatenate(([0], ends[:-1] + 1))
    line = np.repeat(np.arange(n), ends - starts + 1)
    classes = np.bincount(line * CLASSES + kinds, minlength=n * CLASSES).reshape(n, CLASSES)
    in_word = ((kinds >= LOWER) & (kinds <= DIGIT)) | (kinds == WIDE)
    first = in_word.copy()
    first[1:] &= ~in_word[:-1]
    closes = kinds == STOP
    after = kinds[1:]
    closes[:-1] &= (after == BLANK) | (after == BREAK) | (after == QUOTE) | (codes[:-1] > 0x3000)
    size = np.array(list(map(len, rows))) + classes[:, WIDE]
    final = _final(kinds, starts, ends)
    bare = _bare(codes, kinds, in_word | breaks)
    themes, stops = _words(bare, rows, classes[:, WIDE])
    return Counts(
        classes,
        runs=np.bincount(line[first], minlength=n),
        capitals=np.bincount(line[first & (kinds == UPPER)], minlength=n),
        sentences=np.bincount(line[closes], minlength=n),
        size=size,
        final=final,
        prose=np.where((size >= SENTENCE) & (final > 0) | (size >= LONG), size, 0),
        stops=stops + np.bincount(line[_vocabulary()[1][codes]], minlength=n),
        themes=themes,
        head=_heads()[codes[starts]],
        last=_lasts()[codes[ends - 1]],
        same=_repeated(bare),
    )


def _final(kinds: npt.NDArray[np.uint8], starts: Ints, ends: Ints) -> Ints:
    """Whether each line ends as a sentence does, with at most two quotation marks or brackets behind it."""
    final = kinds[ends - 1] == STOP
    closing = np.ones(len(ends), bool)
    for back in (1, 2):
        last = kinds[ends - back]
        closing &= (last == QUOTE) | (last == CLOSE)
        inside = ends - back - 1 >= starts
        final |= inside & closing & (kinds[np.where(inside, ends - back - 1, 0)] == STOP)
    return final.astype(np.int64)


def _bare(codes: npt.NDArray[np.uint32], kinds: npt.NDArray[np.uint8], keep: npt.NDArray[np.bool_]) -> str:
    """The text in lower case, its digits all 0, and blanks for what is to be left out."""
    codes = np.where(keep, np.where(kinds == DIGIT, ord("0"), codes), ord(" "))
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass").lower()


def _words(bare: str, rows: list[str], wide: Ints) -> tuple[Ints, Ints]:
    """For each line the number of words of each theme, of shape (lines, themes), and of function words."""
    n = len(rows)
    tokens = bare.replace("\n", f" {_LINE_END} ").split()
    bits = np.frombuffer(bytes(map(_vocabulary()[0].get, tokens, repeat(0))), np.uint8)
    line = np.cumsum(bits == LINE_END)
    stops, *themes = (np.bincount(line[bits & bit > 0], minlength=n)[:n] for bit in (STOP_WORD, SITE, MORE, ABOUT))
    for number in np.flatnonzero(wide).tolist():
        if len(rows[number]) < MOST_UNSPACED:
            for theme, pattern in zip(themes, _unspaced(), strict=True):
                theme[number] += len(pattern.findall(rows[number]))
    return np.stack(themes, axis=1), stops


@cache
def _heads() -> npt.NDArray[np.int64]:
    """How a line begins, by its first character: 0 other, 1 lower case, 2 capital, 3 figure, 4 bullet, 5 quotation,
    6 letter without case."""
    table = np.zeros(0x10000, np.int64)
    for kind, head in ((LOWER, 1), (UPPER, 2), (DIGIT, 3), (LETTER, 6), (WIDE, 6), (QUOTE, 5)):
        table[_classes() == kind] = head
    table[[ord(char) for char in _BULLETS]] = 4
    return table


@cache
def _lasts() -> npt.NDArray[np.int64]:
    """How a line ends, by its last character: 0 in no way of its own."""
    table = np.zeros(0x10000, np.int64)
    for number, chars in enumerate((":：", ",،、，", "…", "|", "?？؟", "!！", "»›>", ")）", "-", '”"“'), 1):
        table[[ord(char) for char in chars]] = number
    return table


def _repeated(bare: str) -> Ints:
    """How many other lines have the same words and signs in the same places, whatever the figures, bullets and case."""
    rows = [row.strip() for row in bare.split("\n")[:-1]]
    total = Counter(rows)
    return np.array([total[row] for row in rows]) - 1


def _windows(values: Ints) -> Callable[[int, int], Ints]:
    """Sums over the lines from some lines above to some below each, itself included.

    Args:
        values: of shape (rows, lines).

    The function that is returned takes the numbers of lines above and below and gives sums of the same shape.
    """
    n = values.shape[1]
    sums = np.zeros((len(values), n + 1 + 2 * FARTHEST), np.int64)
    np.cumsum(values, axis=1, out=sums[:, FARTHEST + 1 : FARTHEST + 1 + n])
    sums[:, FARTHEST + 1 + n :] = sums[:, FARTHEST + n, None]

    def window(before: int, after: int) -> Ints:
        high, low = FARTHEST + after + 1, FARTHEST - before
        return sums[:, high : high + n] - sums[:, low : low + n]

    return window


def _shifted(values: Ints, step: int) -> Ints:
    """The value of the line ``step`` lines below (above where negative); -1 beyond the page."""
    result = np.full(len(values), -1, np.int64)
    if abs(step) < len(values):
        if step > 0:
            result[:-step] = values[step:]
        else:
            result[-step:] = values[:step]
    return result


def _since(marks: npt.NDArray[np.bool_]) -> Ints:
    """Lines since the last mark above (0 on the mark itself), 999 where there is none; at most 999."""
    n = len(marks)
    last = np.maximum.accumulate(np.where(marks, np.arange(n), -999))
    return np.minimum(np.arange(n) - last, 999)


def best_segment(values: Ints) -> tuple[int, int]:
    """The contiguous part of the largest sum, as (first, one past the last); the first of several."""
    sums = np.concatenate(([0], np.cumsum(values)))
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums[1:] - lowest[:-1])) + 1
    start = int(np.argmax(sums[:end] == lowest[end - 1]))
    return start, end


def features(rows: list[str], layout: Layout | None) -> Floats:
    """The features of the lines, of shape (lines, features); ``layout`` None where it is not known."""
    c = count(rows)
    columns = _columns(c, layout)
    matrix = np.empty((len(columns), len(rows)))
    for place, (_, column) in enumerate(columns):
        matrix[place] = column
    return matrix.T


@cache
def feature_names() -> list[str]:
    """The names of the features, in the order of the columns."""
    return [name for name, _ in _columns(count(["x"]), None)]


def _columns(c: Counts, layout: Layout | None) -> Columns:
    n = len(c.size)
    return [*_of_line(c), *_of_neighbours(c), *_of_place(c, n), *_of_layout(c, layout, n)]


def _ratio(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Floats:
    return np.asarray(a / np.maximum(b, 1), np.float64)


def _of_line(c: Counts) -> Columns:
    k = c.classes
    letters = k[:, LOWER] + k[:, UPPER] + k[:, LETTER] + k[:, WIDE]
    cut = np.minimum(c.size, CUT)
    found: Columns = [
        ("size", c.size),
        ("runs", c.runs),
        ("run-length", _ratio(letters, c.runs)),
        ("upper", _ratio(k[:, UPPER], letters)),
        ("capitals", _ratio(c.capitals, c.runs)),
        ("digits", _ratio(k[:, DIGIT], cut)),
        ("signs", _ratio(k[:, SIGN] + k[:, OTHER] + k[:, CLOSE], cut)),
        ("commas", _ratio(k[:, COMMA], cut)),
        ("quotes", k[:, QUOTE]),
        ("blanks", _ratio(k[:, BLANK], cut)),
        ("final", c.final),
        ("sentences", c.sentences),
        ("stops", c.stops),
        ("stop-share", _ratio(c.stops, c.runs + k[:, WIDE])),
        ("head", c.head),
        ("last", c.last),
        ("same", c.same),
    ]
    for theme, name in enumerate(THEMES):
        found += [(name, c.themes[:, theme]), (f"{name}-share", _ratio(c.themes[:, theme], c.runs))]
    return found


def _of_neighbours(c: Counts) -> Columns:
    found: Columns = []
    for step in (-3, -2, -1, 1, 2, 3):
        found += [(f"size{step:+}", _shifted(c.size, step)), (f"prose{step:+}", _shifted(c.prose, step))]
        if abs(step) < 3:
            found += [(f"final{step:+}", _shifted(c.final, step)), (f"head{step:+}", _shifted(c.head, step))]
            found.append((f"same{step:+}", _shifted(c.same, step)))
    digits = c.classes[:, DIGIT]
    window = _windows(np.stack([c.prose, c.size, c.same > 0, *c.themes.T, digits, c.stops, c.runs]))
    for before, after in ((2, 2), (5, 5), (12, 12), (5, -1), (-1, 5), (12, -1), (-1, 12), (30, -1), (-1, 30)):
        name = f"{before}:{after}"
        prose, size, same, site, more, about, digits, stops, runs = window(before, after)
        found += [(f"prose-{name}", prose), (f"prose-share-{name}", _ratio(prose, size))]
        if max(before, after) < 13:
            found += [(f"same-{name}", same), (f"site-{name}", site), (f"more-{name}", more)]
            found += [(f"about-{name}", about), (f"digits-{name}", digits), (f"stops-{name}", _ratio(stops, runs))]
    prose = c.prose > 0
    found += [("since-prose", _since(prose)), ("to-prose", _since(prose[::-1])[::-1])]
    turn = (c.themes[:, 1] > 0) & (c.size < 40) & ~prose
    found += [("since-more", _since(turn)), ("to-more", _since(turn[::-1])[::-1])]
    about = (c.themes[:, 2] > 0) & (c.size < 60)
    found += [("since-about", _since(about)), ("to-about", _since(about[::-1])[::-1])]
    site = (c.themes[:, 0] > 0) & (c.size < 60)
    found += [("since-site", _since(site)), ("to-site", _since(site[::-1])[::-1])]
    return found


def _of_place(c: Counts, n: int) -> Columns:
    places = np.arange(n)
    prose = np.cumsum(c.prose)
    total = np.full(n, prose[-1])
    mass = np.cumsum(c.size)
    start, end = best_segment(np.where(c.prose > 0, c.size, -20 - np.minimum(c.size, 60)))
    sentence_sizes = np.sort(c.prose[c.prose > 0])
    usual = int(sentence_sizes[len(sentence_sizes) // 2]) if len(sentence_sizes) else 0
    inside = (places >= start) & (places < end)
    return [
        ("place", places),
        ("from-end", n - 1 - places),
        ("place-share", _ratio(places, np.full(n, n))),
        ("mass-share", _ratio(mass, np.full(n, mass[-1]))),
        ("prose-above", prose - c.prose),
        ("prose-below", total - prose),
        ("prose-above-share", _ratio(prose - c.prose, total)),
        ("lines", np.full(n, n)),
        ("prose-of-page", _ratio(total, np.full(n, mass[-1]))),
        ("prose-total", total),
        ("to-usual", _ratio(c.size, np.full(n, usual))),
        ("inside", inside),
        ("from-start", places - start),
        ("to-stop", end - places),
        ("segment-share", _ratio(np.full(n, c.prose[start:end].sum()), total)),
        ("segment-place", _ratio(places - start, np.full(n, end - start))),
    ]


def _of_layout(c: Counts, layout: Layout | None, n: int) -> Columns:
    if layout is None:
        unknown = np.full(n, -1, np.int64)
        return [(name, unknown) for name in _LAYOUT]
    gaps = np.minimum(np.array(layout.gaps, np.int64), 9)
    indents = np.minimum(np.array(layout.indents, np.int64), 40)
    below = np.append(gaps[1:], 9)
    block = np.cumsum(gaps > 0)
    lines = np.bincount(block)
    sums = [np.bincount(block, weights=values).astype(np.int64) for values in (c.prose, c.size)]
    first = np.searchsorted(block, block)
    columns = [
        gaps,
        below,
        indents,
        _shifted(indents, -1),
        _shifted(indents, 1),
        lines[block],
        np.arange(n) - first,
        sums[0][block],
        _ratio(sums[0][block], sums[1][block]),
        _windows((gaps > 0).astype(np.int64)[None, :])(6, 6)[0],
        np.full(n, int((gaps > 0).sum()) * 1000 // n),
        np.where(block > 0, lines[np.maximum(block - 1, 0)], 0),
        np.where(block < len(lines) - 1, lines[np.minimum(block + 1, len(lines) - 1)], 0),
        np.where(block > 0, sums[0][np.maximum(block - 1, 0)], 0),
    ]
    return list(zip(_LAYOUT, columns, strict=True))


_LAYOUT = (
    "gap",
    "gap-below",
    "indent",
    "indent-1",
    "indent+1",
    "block-lines",
    "block-place",
    "block-prose",
    "block-prose-share",
    "gaps-near",
    "gaps-share",
    "block-lines-1",
    "block-lines+1",
    "block-prose-1",
)
