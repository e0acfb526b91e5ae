"""Texts in two languages: which, and how much of each.

A text is cut into segments, each scored by the profiles.  The best path through two states (this language, another)
with a price for each change says which segments belong together; what the rule says of the two parts are the
languages, if it is sure of both.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from transforms.language import second
from transforms.language.codes import UNDETERMINED
from transforms.language.decide import columns_of
from transforms.language.letters import Letters, code_units, count_letters, is_letter, main_script
from transforms.language.profiles import UNITS_PER_NAT, Scores, find_ngrams_at, load_profiles
from transforms.language.related import groups
from transforms.language.sample import Sample
from transforms.model import Share

# A second language with fewer letters than this is a quotation; and in a text with fewer than that, too.
MIN_LETTERS = 60
MIN_TEXT_LETTERS = 250
# What the second engine's own cut must find of a text in the two languages.
BOTH_SHARE = 0.8
# Shares are measured on samples, and cut at segments: they are this far off (docs/language.md).
TOLERANCE = 0.03
SEGMENT_CHARS = 120
# What a change of language costs, and how much better the best of 54 other languages does in a segment by chance, in
# nats: little where the profiles know the text's language, much where they do not.
CHANGE = 8.0
CHANCE = 4.0
CHANCE_OUTSIDE = 70.0
# How much a segment in the other of two scripts weighs.
SCRIPT_GAIN = 60.0
MAIN_SCRIPT_SHARE = 0.92
# How sure the rule must be of each part.
SURE = 0.8
# How much better another language must do in one window of a first look for a second look to pay, in nats.
FOREIGN_WINDOW = 20.0
FOREIGN_WINDOW_OUTSIDE = 45.0

# The rule: a text -> its language and how sure that is.
Judge = Callable[[str], tuple[str, float]]


class Segments(NamedTuple):
    """A text, cut.

    Attributes:
        texts: the segments.
        letters: int64 (segments,), how many letters each has.
        totals: float64 (segments, languages), their log-likelihoods in nats.
        foreign: bool (segments,), whether a segment is in another script than most of the text.
    """

    texts: list[str]
    letters: np.ndarray
    totals: np.ndarray
    foreign: np.ndarray


def has_foreign_window(scores: Scores, code: str) -> bool:
    """Whether one of a text's windows looks like another language than all of it, which is in ``code``."""
    first = int(scores.totals.argmax())
    least = FOREIGN_WINDOW if columns_of(code) else FOREIGN_WINDOW_OUTSIDE
    gains = np.maximum.reduce(scores.windows, axis=1) - scores.windows[:, first]
    return max(gains.tolist()) >= least * UNITS_PER_NAT


def find_shares(sample: Sample, code: str, least: float, judge: Judge) -> tuple[tuple[Share, ...], float]:
    """The languages of a mixed text with their shares of its letters, largest first; empty where it is in one.

    Args:
        sample: of the text, its paragraphs or windows on lines.
        code: the language that all of it seems to be in.
        least: the share from which a second language counts.
        judge: the rule.

    Returns:
        The shares, and how sure the first language is.
    """
    segments = cut(sample.text, sample.letters)
    if len(segments.texts) < 2:
        return (), 0.0
    chances = (CHANCE,) if columns_of(code) else (CHANCE_OUTSIDE,) if code != UNDETERMINED else (CHANCE, CHANCE_OUTSIDE)
    for chance in chances:
        other, parts = _part(segments, chance, least, judge)
        if parts:
            break
    else:
        return (), 0.0
    share = float(segments.letters[other].sum() / segments.letters.sum())
    shares = sorted(((1 - share, *parts[0]), (share, *parts[1])), key=lambda item: (-item[0], item[1]))
    return tuple(Share(name, round(part, 4)) for part, name, _ in shares), shares[0][2]


def _part(segments: Segments, chance: float, least: float, judge: Judge) -> tuple[np.ndarray, list[tuple[str, float]]]:
    """Which segments are in another language, and what both parts are; nothing where they are not two languages."""
    first = int(segments.totals.sum(axis=0).argmax())
    gains = _best_but(segments.totals, [first]) - segments.totals[:, first] - chance
    other = best_path(np.where(segments.foreign, SCRIPT_GAIN, gains))
    if not _is_fair(segments, other, least):
        return other, []
    parts = _judge_parts(segments, other, judge)
    if parts[0][0] != parts[1][0]:  # now that they have names, once more
        other = best_path(_gains_between(segments, parts[0][0], parts[1][0]))
        parts = _judge_parts(segments, other, judge) if _is_fair(segments, other, least) else []
    return other, parts if parts and _are_two(*parts) else []


def _are_two(part: tuple[str, float], other: tuple[str, float]) -> bool:
    return part[0] != other[0] and min(part[1], other[1]) >= SURE and not _are_near(part[0], other[0])


def cut(text: str, letters: Letters) -> Segments:
    """Cut a text (and its census) at its lines, and long lines into pieces of about ``SEGMENT_CHARS``."""
    texts = [piece for line in text.split("\n") for piece in _pieces(line) if not piece.isspace()]
    if len(texts) < 2:
        return Segments(texts, np.zeros(len(texts)), np.zeros((len(texts), 1)), np.zeros(len(texts), bool))
    joined, profiles = "\n".join(texts), load_profiles()
    units = code_units(joined)
    lengths = [len(piece) + 1 if len(units) == len(joined) else len(code_units(piece)) + 1 for piece in texts]
    starts = [0, *accumulate(lengths[:-1])]
    rows = find_ngrams_at(units, profiles)
    sums = np.add.reduceat(profiles.table.take(rows, axis=0), starts, axis=0, dtype=np.int32)[:, :-1]
    return Segments(
        texts,
        np.add.reduceat(is_letter(units), starts, dtype=np.int64),
        sums / UNITS_PER_NAT,
        _foreign_scripts(texts, letters),
    )


def _pieces(line: str) -> list[str]:
    number = round(len(line) / SEGMENT_CHARS)
    if number <= 1:
        return [line] if line else []
    edges = [len(line) * place // number for place in range(number + 1)]
    return [line[start:end] for start, end in pairwise(edges)]


def _foreign_scripts(texts: list[str], letters: Letters) -> np.ndarray:
    script, share = main_script(letters)
    if share >= MAIN_SCRIPT_SHARE:
        return np.zeros(len(texts), bool)
    return np.array([main_script(count_letters(code_units(text)))[0] not in (script, None) for text in texts])


def best_path(gains: np.ndarray) -> np.ndarray:
    """Which segments belong to the other language (Viterbi with two states): bool (segments,).

    Args:
        gains: how much better the other language does in each segment, in nats.
    """
    here, there, steps = 0.0, 0.0, []
    for gain in gains.tolist():
        from_there, from_here = there - CHANGE > here, here - CHANGE > there
        here, there = max(here, there - CHANGE), max(there, here - CHANGE) + gain
        steps.append((from_there, from_here))
    is_there, path = there > here, []
    for from_there, from_here in reversed(steps):
        path.append(is_there)
        is_there = not from_here if is_there else from_there
    return np.array(path[::-1], bool)


def _gains_between(segments: Segments, code: str, other: str) -> np.ndarray:
    """How much better each segment fits the other language; all others stand for one that the profiles lack."""
    ours, theirs = columns_of(code), columns_of(other)
    totals = segments.totals
    if not ours and not theirs:
        return np.where(segments.foreign, SCRIPT_GAIN, -SCRIPT_GAIN)
    if ours and theirs:
        gains = totals[:, theirs].max(axis=1) - totals[:, ours].max(axis=1)
    elif ours:
        gains = _best_but(totals, ours) - totals[:, ours].max(axis=1) - CHANCE
    else:
        gains = totals[:, theirs].max(axis=1) - _best_but(totals, theirs) + CHANCE
    return np.where(segments.foreign, SCRIPT_GAIN, gains)


def _best_but(totals: np.ndarray, columns: list[int]) -> np.ndarray:
    """How well the best of the other languages does in each segment."""
    others = totals.copy()
    others[:, columns] = -np.inf
    return np.maximum.reduce(others, axis=1)


def _is_fair(segments: Segments, other: np.ndarray, least: float) -> bool:
    """Whether both parts are large enough."""
    total, part = int(segments.letters.sum()), int(segments.letters[other].sum())
    smaller = min(part, total - part)
    return total >= MIN_TEXT_LETTERS and smaller >= max(MIN_LETTERS, (least - TOLERANCE) * total)


def _judge_parts(segments: Segments, other: np.ndarray, judge: Judge) -> list[tuple[str, float]]:
    sides = other.tolist()
    parts = [[text for text, at in zip(segments.texts, sides, strict=True) if at is side] for side in (False, True)]
    return [judge("\n".join(part)) for part in parts]


def find_spans(text: str, least: float, judge: Judge) -> tuple[tuple[Share, ...], float]:
    """As :func:`find_shares`, by the second engine's own cut: for two languages that the profiles lack."""
    letters: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    for name, part in second.spans(text):
        letters[name] = letters.get(name, 0) + count_letters(code_units(part)).letters
        texts.setdefault(name, []).append(part)
    total = sum(letters.values())
    counted = [
        (count / total, name)
        for name, count in letters.items()
        if name != UNDETERMINED and count >= max(MIN_LETTERS, (least - TOLERANCE) * total)
    ]
    shares = sorted(counted, key=lambda item: (-item[0], item[1]))
    if len(shares) != 2 or total < MIN_TEXT_LETTERS or shares[0][0] + shares[1][0] < BOTH_SHARE:
        return (), 0.0
    judged = [judge("\n".join(texts[name])) for _, name in shares]
    if [code for code, _ in judged] != [name for _, name in shares]:
        return (), 0.0
    if not _are_two(*judged):
        return (), 0.0
    return tuple(Share(name, round(share, 4)) for share, name in shares), judged[0][1]


def _are_near(code: str, other: str) -> bool:
    group = groups().get(code)
    return group is not None and other in group.codes
