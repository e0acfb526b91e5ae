"""What is seen of each line of a whole page: the line, its neighbours, where it stands, and the page's layout.

The second pass sees besides what the first made of the lines, and of those about them (``second_columns``).

Every feature is a count, a distance or the ratio of two integers, so that its value is the same on every machine.
Nothing of a page's own words is kept: only how many are function words, or words of page_words.yaml.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter, defaultdict
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

STOP_WORDS = Path(__file__).parents[1] / "quality" / "stopwords.yaml"
PAGE_WORDS = Path(__file__).parent / "page_words.yaml"
THEMES = ("site", "more", "about", "talk", "person", "when")

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
# Words of at least so many letters, function words left out, are what two lines may have in common.
SHORTEST_TERM = 4
# A word is told again nearby within so many lines; lines begin alike nearby within so many.
NEARBY = 10
BEAT = 6
# A line with a date or a word of comments is one about a story, if shorter than this.
REMARK = 60
# Probabilities of the first pass are seen in thousandths.
THOUSAND = 1000
# A line counts as prose as the rules have it: a sentence of this size, or this long.
SENTENCE = 60
LONG = 140


class Ratio(NamedTuple):
    """A feature that is the ratio of two counts, the second taken for at least 1."""

    part: npt.NDArray[Any] | int
    whole: npt.NDArray[Any] | int


# A number alone is that of all lines.
Columns = list[tuple[str, npt.NDArray[Any] | Ratio | int]]


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
STOP_WORD, SITE, MORE, ABOUT, TALK, PERSON, WHEN, LINE_END = (1 << bit for bit in range(8))
_THEME_BITS = (SITE, MORE, ABOUT, TALK, PERSON, WHEN)
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
    for bit, theme in zip(_THEME_BITS, THEMES, strict=True):
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


class Terms(NamedTuple):
    """Which words the lines have in common: the pairs of a line and a word that it has, in the order of the lines.

    Attributes:
        line: the line of each pair.
        word: the number of its word.
        words: how many words there are.
        first, last: the number of the first word of each line and of the last, of shape (lines,).
    """

    line: Ints
    word: Ints
    words: int
    first: Ints
    last: Ints


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
    terms: Terms


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
    themes, stops, terms = _words(bare, rows, classes[:, WIDE])
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
        terms=terms,
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


def _words(bare: str, rows: list[str], wide: Ints) -> tuple[Ints, Ints, Terms]:
    """For each line the number of words of each theme, of shape (lines, themes), and of function words; the words
    that lines have in common."""
    n = len(rows)
    tokens = bare.replace("\n", f" {_LINE_END} ").split()
    bits = np.frombuffer(bytes(map(_vocabulary()[0].get, tokens, repeat(0))), np.uint8)
    line = np.cumsum(bits == LINE_END)
    stops, *themes = (np.bincount(line[bits & bit > 0], minlength=n)[:n] for bit in (STOP_WORD, *_THEME_BITS))
    for number in np.flatnonzero(wide).tolist():
        if len(rows[number]) < MOST_UNSPACED:
            for theme, pattern in zip(themes, _unspaced(), strict=True):
                theme[number] += len(pattern.findall(rows[number]))
    return np.stack(themes, axis=1), stops, _terms(tokens, bits, line, n)


def _terms(tokens: list[str], bits: npt.NDArray[np.uint8], line: Ints, n: int) -> Terms:
    numbers: dict[str, int] = defaultdict(itertools.count().__next__)
    number = np.fromiter(map(numbers.__getitem__, tokens), np.int64, len(tokens))
    words = len(numbers)
    long = np.fromiter(map(len, numbers), np.int64, words) >= SHORTEST_TERM
    pairs = np.sort((line * words + number)[(bits & (STOP_WORD | LINE_END) == 0) & long[number]])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    ends = np.flatnonzero(bits == LINE_END)
    starts = np.concatenate(([0], ends[:-1] + 1))
    # Lines of signs alone are like no other: their numbers are beyond those of the words, and all different.
    none = words + np.arange(n)
    first = np.where(starts < ends, number[starts], none)
    last = np.where(starts < ends, number[ends - 1], none)
    return Terms(pairs // words, pairs % words, words, first, last)


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
    return first_table(count(rows), layout)


def first_table(c: Counts, layout: Layout | None) -> Floats:
    """The features of the first pass, of shape (lines, features); ``layout`` None where it is not known."""
    return _table(_columns(c, layout), len(c.size))


def second_table(c: Counts, first: Floats, probability: Floats) -> Floats:
    """The features of the second pass: those of the first, and what its probabilities, of shape (lines,), tell."""
    return np.concatenate([first, _table(_of_first_pass(c, probability), len(c.size))], axis=1)


def _table(columns: Columns, n: int) -> Floats:
    """The columns side by side, of shape (lines, features); made in few steps, since single small arrays are slow."""
    ratios = [place for place, (_, column) in enumerate(columns) if isinstance(column, Ratio)]
    parts = [column.part if isinstance(column, Ratio) else column for _, column in columns]
    matrix = _rows(parts, n)
    whole = _rows([column.whole for _, column in columns if isinstance(column, Ratio)], n)
    matrix[ratios] /= np.maximum(whole, 1)
    return matrix.T


def _rows(values: list[npt.NDArray[Any] | int], n: int) -> Floats:
    arrays = [value if isinstance(value, np.ndarray) else np.full(n, value) for value in values]
    return np.concatenate(arrays, dtype=np.float64).reshape(len(values), n)


@cache
def feature_names() -> list[str]:
    """The names of the features of the first pass, in the order of the columns."""
    return [name for name, _ in _columns(count(["x"]), None)]


@cache
def second_names() -> list[str]:
    """The names of the features of the second pass, in the order of the columns."""
    return feature_names() + [name for name, _ in _of_first_pass(count(["x"]), np.zeros(1))]


def _columns(c: Counts, layout: Layout | None) -> Columns:
    n = len(c.size)
    return [
        *_of_line(c),
        *_of_neighbours(c),
        *_of_place(c, n),
        *_of_layout(c, layout, n),
        *_of_remarks(c),
        *_of_terms(c, n),
        *_of_rhythm(c, n),
    ]


def _of_line(c: Counts) -> Columns:
    k = c.classes
    letters = k[:, LOWER] + k[:, UPPER] + k[:, LETTER] + k[:, WIDE]
    cut = np.minimum(c.size, CUT)
    found: Columns = [
        ("size", c.size),
        ("runs", c.runs),
        ("run-length", Ratio(letters, c.runs)),
        ("upper", Ratio(k[:, UPPER], letters)),
        ("capitals", Ratio(c.capitals, c.runs)),
        ("digits", Ratio(k[:, DIGIT], cut)),
        ("signs", Ratio(k[:, SIGN] + k[:, OTHER] + k[:, CLOSE], cut)),
        ("commas", Ratio(k[:, COMMA], cut)),
        ("quotes", k[:, QUOTE]),
        ("blanks", Ratio(k[:, BLANK], cut)),
        ("final", c.final),
        ("sentences", c.sentences),
        ("stops", c.stops),
        ("stop-share", Ratio(c.stops, c.runs + k[:, WIDE])),
        ("head", c.head),
        ("last", c.last),
        ("same", c.same),
    ]
    for theme, name in enumerate(THEMES):
        found += [(name, c.themes[:, theme]), (f"{name}-share", Ratio(c.themes[:, theme], c.runs))]
    return found


def _of_neighbours(c: Counts) -> Columns:
    found: Columns = []
    for step in (-3, -2, -1, 1, 2, 3):
        found += [(f"size{step:+}", _shifted(c.size, step)), (f"prose{step:+}", _shifted(c.prose, step))]
        if abs(step) < 3:
            found += [(f"final{step:+}", _shifted(c.final, step)), (f"head{step:+}", _shifted(c.head, step))]
            found.append((f"same{step:+}", _shifted(c.same, step)))
    digits = c.classes[:, DIGIT]
    window = _windows(np.stack([c.prose, c.size, c.same > 0, *c.themes[:, :3].T, digits, c.stops, c.runs]))
    for before, after in ((2, 2), (5, 5), (12, 12), (5, -1), (-1, 5), (12, -1), (-1, 12), (30, -1), (-1, 30)):
        name = f"{before}:{after}"
        prose, size, same, site, more, about, digits, stops, runs = window(before, after)
        found += [(f"prose-{name}", prose), (f"prose-share-{name}", Ratio(prose, size))]
        if max(before, after) < 13:
            found += [(f"same-{name}", same), (f"site-{name}", site), (f"more-{name}", more)]
            found += [(f"about-{name}", about), (f"digits-{name}", digits), (f"stops-{name}", Ratio(stops, runs))]
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
    total = int(prose[-1])
    mass = np.cumsum(c.size)
    start, end = _best_prose(c)
    sentence_sizes = np.sort(c.prose[c.prose > 0])
    usual = int(sentence_sizes[len(sentence_sizes) // 2]) if len(sentence_sizes) else 0
    inside = (places >= start) & (places < end)
    return [
        ("place", places),
        ("from-end", n - 1 - places),
        ("place-share", Ratio(places, n)),
        ("mass-share", Ratio(mass, int(mass[-1]))),
        ("prose-above", prose - c.prose),
        ("prose-below", total - prose),
        ("prose-above-share", Ratio(prose - c.prose, total)),
        ("lines", n),
        ("prose-of-page", Ratio(total, int(mass[-1]))),
        ("prose-total", total),
        ("to-usual", Ratio(c.size, usual)),
        ("inside", inside),
        ("from-start", places - start),
        ("to-stop", end - places),
        ("segment-share", Ratio(int(c.prose[start:end].sum()), total)),
        ("segment-place", Ratio(places - start, end - start)),
    ]


def _best_prose(c: Counts) -> tuple[int, int]:
    """The page's best run of sentences."""
    return best_segment(np.where(c.prose > 0, c.size, -20 - np.minimum(c.size, 60)))


def _of_layout(c: Counts, layout: Layout | None, n: int) -> Columns:
    if layout is None:
        return [(name, -1) for name in _LAYOUT]
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
        Ratio(sums[0][block], sums[1][block]),
        _windows((gaps > 0).astype(np.int64)[None, :])(6, 6)[0],
        int((gaps > 0).sum()) * 1000 // n,
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


def _of_remarks(c: Counts) -> Columns:
    """Lines about: comments and their heads, dates, and who speaks to whom."""
    talk, person, when = (c.themes[:, THEMES.index(theme)] for theme in ("talk", "person", "when"))
    small = c.size < REMARK
    talks, dates = (((words > 0) & small).astype(np.int64) for words in (talk, when))
    window = _windows(np.stack([person, c.runs, talks, dates]))
    found: Columns = []
    for before, after in ((5, 5), (12, 12), (30, -1), (-1, 30)):
        name = f"{before}:{after}"
        persons, runs, talks_near, dates_near = window(before, after)
        found += [(f"person-{name}", Ratio(persons, runs)), (f"talk-{name}", talks_near), (f"when-{name}", dates_near)]
    for theme, values in (("person", person), ("talk", talks), ("when", dates)):
        sums = np.cumsum(values)
        found += [(f"{theme}-above", sums - values), (f"{theme}-below", sums[-1] - sums)]
    for theme, marks in (("talk", talks > 0), ("when", dates > 0)):
        found += [(f"since-{theme}", _since(marks)), (f"to-{theme}", _since(marks[::-1])[::-1])]
    return found


def _of_terms(c: Counts, n: int) -> Columns:
    """The share of a line's words, and of those of the lines about it, that other lines of some kind tell, too."""
    line, word, words = c.terms[:3]
    total = np.bincount(line, minlength=n)
    prose = c.prose > 0
    start, end = _best_prose(c)
    core = prose & (np.arange(n) >= start) & (np.arange(n) < end)
    found: Columns = []
    for name, lines in (("core", core), ("prose", prose), ("menu", ~prose)):
        marked = lines[line]
        told = np.bincount(word[marked], minlength=words)[word] - marked > 0
        hits = np.bincount(line[told], minlength=n)
        found += [(f"told-{name}", hits), (f"told-{name}-share", Ratio(hits, total))]
        window = _windows(np.stack([hits, total]))
        for before, after in ((3, 3), (8, 8), (8, -1), (-1, 8)):
            found.append((f"told-{name}-{before}:{after}", Ratio(*window(before, after))))
    distance = _distances(line, word)
    near, alone = (np.bincount(line[which], minlength=n) for which in (distance <= NEARBY, distance > n))
    found += [("told-near", near), ("told-near-share", Ratio(near, total)), ("alone-share", Ratio(alone, total))]
    window = _windows(np.stack([near, alone, total]))
    for reach in (3, 8):
        near, alone, total = window(reach, reach)
        found += [(f"told-near-{reach}", Ratio(near, total)), (f"alone-{reach}", Ratio(alone, total))]
    return found


def _distances(line: Ints, word: Ints) -> Ints:
    """For each pair of a line and a word the lines to the nearest other line with the word; very many if none has."""
    order = np.argsort(word, kind="stable")
    lines, words = line[order], word[order]
    step = np.where(words[1:] == words[:-1], lines[1:] - lines[:-1], 1 << 40)
    far = np.full(1, 1 << 40)
    result = np.empty(len(line), np.int64)
    result[order] = np.minimum(np.concatenate((far, step)), np.concatenate((step, far)))[: len(line)]
    return result


def _of_rhythm(c: Counts, n: int) -> Columns:
    """Lines that begin or end with the same word: lists, heads of comments, the times of a live blog."""
    found: Columns = []
    for name, edge in (("first", c.terms.first), ("last", c.terms.last)):
        beat = np.zeros(n, np.int64)
        for step in range(1, min(BEAT + 1, n)):
            equal = edge[step:] == edge[:-step]
            beat[step:] += equal
            beat[:-step] += equal
        found += [(f"{name}-near", beat), (f"{name}-page", np.bincount(edge)[edge] - 1)]
        found.append((f"{name}-8:8", _windows((beat > 0).astype(np.int64)[None, :])(8, 8)[0]))
    return found


def _of_first_pass(c: Counts, probability: Floats) -> Columns:
    """What the probabilities of the first pass tell of a line, those about it, and the whole."""
    n = len(probability)
    sure = np.rint(probability * THOUSAND).astype(np.int64)
    mass = np.maximum(c.runs, 1)
    expected = sure * mass
    found: Columns = [("sure", sure)]
    found += [(f"sure{step:+}", _shifted(sure, step)) for step in (-3, -2, -1, 1, 2, 3)]
    window = _windows(np.stack([expected, mass]))
    for before, after in (
        *((1, 1), (2, 2), (5, 5), (12, 12)),
        *((4, -1), (-1, 4), (12, -1), (-1, 12), (30, -1), (-1, 30)),
    ):
        hits, words = window(before, after)
        found.append((f"sure-share-{before}:{after}", Ratio(hits, words)))
        if max(before, after) > 4:
            found.append((f"sure-{before}:{after}", hits))
    found += _of_likely_part(sure, mass, expected, n)
    return found + _of_likely_terms(c.terms, sure, n)


def _of_likely_part(sure: Ints, mass: Ints, expected: Ints, n: int) -> Columns:
    """Where a line stands to what is likely the story."""
    sums = np.cumsum(expected)
    total = int(sums[-1])
    start, end = best_segment((sure - THOUSAND // 2) * mass)
    inside = int(expected[start:end].sum())
    places = np.arange(n)
    likely = sure >= min(THOUSAND // 2, int(sure.max()))
    return [
        ("sure-above", sums - expected),
        ("sure-below", total - sums),
        ("sure-above-share", Ratio(sums - expected, total)),
        ("sure-total", total),
        ("sure-most", int(sure.max())),
        ("sure-of-page", Ratio(total, int(mass.sum()))),
        ("sure-from-start", places - start),
        ("sure-to-stop", end - places),
        ("sure-inside", (places >= start) & (places < end)),
        ("sure-segment-share", Ratio(inside, total)),
        ("sure-segment", Ratio(inside, int(mass[start:end].sum()))),
        ("since-sure", _since(likely)),
        ("to-sure", _since(likely[::-1])[::-1]),
        ("from-surest", places - int(np.argmax(sure))),
    ]


def _of_likely_terms(terms: Terms, sure: Ints, n: int) -> Columns:
    """The share of a line's words that likely lines tell, too, and unlikely ones; how likely lines of its shape are."""
    line, word, words = terms[:3]
    total = np.bincount(line, minlength=n)
    told = _sums(word, sure[line], words)[word] - sure[line]
    others = (np.bincount(word, minlength=words)[word] - 1) * THOUSAND
    found: Columns = [
        ("sure-told", Ratio(np.bincount(line[told > THOUSAND // 2], minlength=n), total)),
        ("sure-told-mean", Ratio(_sums(line, np.minimum(told, 2 * THOUSAND), n), total)),
        ("sure-elsewhere", Ratio(np.bincount(line[others - told > THOUSAND // 2], minlength=n), total)),
    ]
    for name, edge in (("first", terms.first), ("last", terms.last)):
        alike = _sums(edge, sure)[edge] - sure
        found.append((f"sure-same-{name}", Ratio(alike, np.bincount(edge)[edge] - 1)))
    return found


def _sums(groups: Ints, values: Ints, count: int = 0) -> Ints:
    """The sum of the values of each group; exact, as all of them are whole and below 2 to the power 53."""
    return np.bincount(groups, weights=values, minlength=count).astype(np.int64)
