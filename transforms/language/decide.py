"""The rule that joins the two engines, and how sure its answer is.

What the engines say of a text falls into one of a few cases; in each, one or two languages are candidates.  How
often a candidate is right in its case is a logistic function of a few figures, fitted once (calibration.yaml, by
``benchmarks/language.py fit``).  The likelier candidate is the answer and its probability the confidence; under one
half the answer is ``und``.
"""

from __future__ import annotations

import math
from functools import cache
from operator import mul
from pathlib import Path
from typing import NamedTuple

from transforms.fields.data import load_yaml
from transforms.language.codes import UNDETERMINED, from_engine
from transforms.language.profiles import UNITS_PER_NAT, Profiles, Scores, load_profiles
from transforms.language.second import Opinion

CASES = ("agree", "alone", "inside/c", "inside/t", "outside/c", "outside/t")
USUAL_FIT = 5.3  # text in one of the profiles' languages has about -5.3 nats an n-gram
_LEAST = -(1 << 62)
FEATURES = ("one", "length", "reliable", "margin", "gap", "english", "english_length", "share", "fit")


class Ranking(NamedTuple):
    """What the profiles say, in our codes.

    Attributes:
        code: the likeliest language.
        margin: how far it leads before the next one, in nats.
        gap: how far it leads before the language that the second engine names, in nats; None where the profiles
            lack that one.
        fit: mean log-probability of a known n-gram under the likeliest, in nats.
    """

    code: str
    margin: float
    gap: float | None
    fit: float


class Candidate(NamedTuple):
    """A language in question.

    Attributes:
        code: our code.
        case: how the engines stand to each other, and which of them says this; one of ``CASES``: they agree; the
            profiles are alone; the second engine names another of the profiles' languages (``inside``) or one
            that the profiles lack (``outside``), as said by it (``c``) or by the profiles (``t``).
        figures: one for each of ``FEATURES``.
    """

    code: str
    case: str
    figures: tuple[float, ...]


@cache
def _columns(codes: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, list[int]]]:
    """Our code for each column, and the columns of each of our codes (Chinese has two)."""
    ours = tuple(map(from_engine, codes))
    return ours, {code: [column for column, other in enumerate(ours) if other == code] for code in ours}


def columns_of(code: str) -> list[int]:
    """The profiles' columns of one of our codes; empty where they lack it."""
    return _columns(load_profiles().codes)[1].get(code, [])


def rank_profiles(scores: Scores, profiles: Profiles, other: str) -> Ranking | None:
    """The profiles' answer; None where no n-gram is known.

    Args:
        scores: of the text.
        profiles: that gave them.
        other: our code of the language that the second engine names.
    """
    if not scores.known:
        return None
    codes, columns = _columns(profiles.codes)
    totals = scores.totals.tolist()
    best = max(totals)
    code = codes[totals.index(best)]
    gap = (best - max([totals[column] for column in columns[other]])) / UNITS_PER_NAT if other in columns else None
    for column in columns[code]:
        totals[column] = _LEAST
    return Ranking(code, (best - max(totals)) / UNITS_PER_NAT, gap, best / UNITS_PER_NAT / scores.known)


def find_candidates(ranking: Ranking | None, opinion: Opinion, letters: int) -> list[Candidate]:
    """The languages that the two engines put in question.

    Args:
        ranking: what the profiles say.
        opinion: what the second engine says.
        letters: how many letters the text has (``Letters.weight``).
    """
    figures = _figures(ranking, opinion, letters)
    if ranking is None:
        return [Candidate(opinion.code, "outside/c", figures)] if opinion.code != UNDETERMINED else []
    if opinion.code == ranking.code:
        return [Candidate(ranking.code, "agree", figures)]
    if opinion.code == UNDETERMINED:
        return [Candidate(ranking.code, "alone", figures)]
    case = "outside" if ranking.gap is None else "inside"
    return [Candidate(opinion.code, f"{case}/c", figures), Candidate(ranking.code, f"{case}/t", figures)]


def _figures(ranking: Ranking | None, opinion: Opinion, letters: int) -> tuple[float, ...]:
    margin = gap = fit = 0.0
    if ranking is not None:
        margin, gap, fit = math.log1p(ranking.margin), math.log1p(ranking.gap or 0.0), ranking.fit + USUAL_FIT
    length, english = math.log(max(letters, 1) / 100), float(opinion.code == "en")
    # What an engine does not know it takes for English more than for another language, if it is short.
    return (1.0, length, float(opinion.reliable), margin, gap, english, english * length, opinion.share, fit)


Weights = dict[str, tuple[float, ...]]  # of each case, one for each of FEATURES


@cache
def load_weights(engine: str) -> Weights:
    """The fitted weights of the rule with the given second engine."""
    cases = load_yaml("calibration.yaml", Path(__file__).parent)[engine]
    return {case: tuple(weights.get(name, 0.0) for name in FEATURES) for case, weights in cases.items()}


def probability(candidate: Candidate, engine: str) -> float:
    """How often a candidate like this one is right, 0 to 1, with the given second engine."""
    weights = load_weights(engine)[candidate.case]
    total = sum(map(mul, weights, candidate.figures))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
