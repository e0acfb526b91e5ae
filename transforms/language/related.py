"""Written standards too near each other for n-grams, told apart by the words that only some of them use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from transforms.fields.data import load_yaml

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of near standards.

    Attributes:
        codes: its members.
        script: the script in which the markers are written.
        markers: (pattern for whole words, the standards that write so), for each kind of evidence.
        silent: (standard, another, letters): a text of so many letters without a word that only the first writes
            is taken for the second.
    """

    codes: tuple[str, ...]
    script: str
    markers: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    silent: tuple[str, str, int] | None


@cache
def groups() -> dict[str, Group]:
    """The group of each code that is in one."""
    found = {}
    for entry in load_yaml("related.yaml", Path(__file__).parent):
        markers = tuple((re.compile(marker["words"]), frozenset(marker["standards"])) for marker in entry["markers"])
        silent = entry.get("silent")
        group = Group(
            tuple(entry["group"]),
            entry["script"],
            markers,
            (silent["standard"], silent["then"], silent["letters"]) if silent else None,
        )
        found.update(dict.fromkeys(group.codes, group))
    return found


def count_evidence(text: str, group: Group) -> dict[str, int]:
    """For each member how many of the text's words it does not write so (0 for all: no evidence)."""
    against = dict.fromkeys(group.codes, 0)
    for word in _WORD.findall(text.lower()):
        for code in _strangers(word, group.codes):
            against[code] += 1
    return against


@lru_cache(maxsize=20_000)
def _strangers(word: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The members of a group that do not write a word, once for each marker that says so."""
    markers = groups()[codes[0]].markers
    found = [standards for pattern, standards in markers if pattern.fullmatch(word)]
    return tuple(code for standards in found for code in codes if code not in standards)


# How much likelier a standard becomes with each word that the other does not write, and how much likelier the one
# that an engine named is to begin with.  A word stands in a quotation or a name often enough to ask for two.
ODDS_OF_A_WORD = 3.0
ODDS_OF_THE_ENGINE = 5.0
MOST_WORDS = 6


def choose_standard(code: str, text: str, letters: int, script: str | None) -> list[tuple[float, str]]:
    """The members of a language's group with their probabilities within it, most probable first.

    Args:
        code: the language that the engines decided on; returned alone where it is in no group.
        text: the text.
        letters: how many letters it has.
        script: its main script: the markers of Bosnian, Croatian and Serbian are in Latin script.
    """
    group = groups().get(code)
    if group is None or script != group.script:
        return [(1.0, code)]
    against = count_evidence(text, group)
    if group.silent and letters >= group.silent[2] and code == group.silent[0]:
        standard, other, _ = group.silent
        if against[other] == against[standard]:
            code = other
    least = min(against.values())
    odds = {
        member: (ODDS_OF_THE_ENGINE if member == code else 1.0) / ODDS_OF_A_WORD ** min(count - least, MOST_WORDS)
        for member, count in against.items()
    }
    total = sum(odds.values())
    return sorted(((value / total, member) for member, value in odds.items()), key=lambda item: (-item[0], item[1]))
