"""Texts in two languages: which, and how much of each."""

from __future__ import annotations

from transforms.language import second
from transforms.language.codes import UNDETERMINED
from transforms.language.decide import rank_profiles
from transforms.language.letters import code_units, count_letters
from transforms.language.profiles import Profiles, find_ngrams, load_profiles, score_ngrams
from transforms.language.related import groups
from transforms.language.sample import Sample
from transforms.language.second import Opinion
from transforms.model import Share

# A second language with fewer letters than this in the sample is a quotation or a list of names.
MIN_LETTERS = 60


def find_shares(sample: Sample, code: str, opinion: Opinion, least: float, engine: str) -> tuple[Share, ...]:
    """The languages of a mixed text with their shares of its letters, largest first; empty where it is in one.

    Args:
        sample: the text.
        code: the language that was decided on.
        opinion: the second engine's, which says whether a closer look pays.
        least: the share from which a second language counts.
        engine: the second engine.
    """
    profiles = load_profiles()
    if engine == "pycld2":
        if not opinion.others or opinion.share > 1 - least / 2:
            return ()
        parts = second.spans(sample.text)
    else:
        parts = [(_by_profiles(line, profiles), line) for line in sample.text.split("\n")]
    letters: dict[str, int] = {}
    texts: dict[str, list[str]] = {}
    for name, part in parts:
        letters[name] = letters.get(name, 0) + count_letters(code_units(part)).letters
        texts.setdefault(name, []).append(part)
    total = sum(letters.values())
    counted = {
        name: count
        for name, count in letters.items()
        if name != UNDETERMINED and count >= max(MIN_LETTERS, least * total) and _holds(name, texts[name], profiles)
    }
    if len(counted) < 2 or code not in counted or _all_near(counted):
        return ()
    shares = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Share(name, round(count / total, 4)) for name, count in shares)


def _by_profiles(text: str, profiles: Profiles) -> str:
    ranking = rank_profiles(score_ngrams(find_ngrams(code_units(text), profiles), profiles), profiles, UNDETERMINED)
    return ranking.code if ranking else UNDETERMINED


def _holds(code: str, parts: list[str], profiles: Profiles) -> bool:
    """Whether the profiles, where they know the language, say the same of its parts taken together."""
    ranking = rank_profiles(score_ngrams(find_ngrams(code_units(" ".join(parts)), profiles), profiles), profiles, code)
    return ranking is None or ranking.gap is None or ranking.code == code


def _all_near(codes: dict[str, int]) -> bool:
    group = groups().get(next(iter(codes)))
    return group is not None and all(code in group.codes for code in codes)
