"""Sentences that call upon the reader, told by their words and not by a rule: at the foot, in the head, beside noise.

The cues and word lists of the rules are the words with which papers speak to their readers: subscribe, article,
account, comment, cookies.  Without those that stories use as well (``calls.yaml``), some of them in a sentence of few
other words tell such a call, whichever way it is put.  Of 4,500 lines of the sample corpus' stories one has.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path

from transforms.clean.blocks import Taken
from transforms.clean.lines import Line, lower
from transforms.clean.rules import Hit, load_rules, rule_book

CALLS = Path(__file__).parent / "calls.yaml"
# fmt: off
KINDS = ("newsletter", "paywall", "share", "comments", "consent", "advert", "player", "related", "legal", "navigation")
# fmt: on
# So many different words, and so large a share of all words of three letters and more: at the foot, any of these.
BELOW = ((5, 0.3), (4, 0.38), (3, 0.45))
# In the head and amid the story: more.
SURE = ((4, 0.45), (3, 0.6))
_WORD = re.compile(r"[^\W\d_]{3,}")
_QUOTED = re.compile('["“”»„「]')
# Lines at the top that may be the head's.
LONGEST_HEAD = 12
LONGEST_CALL = 300
# So many lines may be a story without any prose: verse, a list.
SHORTEST_STORY = 3


def take_calls(lines: list[Line], taken: Taken) -> None:
    """Sentences to the reader below the story, above it, and beside other noise of their kind within it."""
    for index in range(len(lines) - 1, 0, -1):
        if index not in taken and not _take(lines, taken, index, *BELOW):
            break
    for index, line in enumerate(lines[:LONGEST_HEAD]):
        if index not in taken and line.final and not _take(lines, taken, index, *SURE) and line.prose:
            break
    for index in [place for place, hit in taken.items() if hit.kind in _NEIGHBOURS]:
        for beside in (index - 1, index + 1):
            if 0 <= beside < len(lines) and beside not in taken:
                _take(lines, taken, beside, *SURE)
    _take_boxes(lines, taken)


def _take_boxes(lines: list[Line], taken: Taken) -> None:
    """A line or two between two of an invitation, as those of a box amid the story: what it offers."""
    for index in [place for place, hit in taken.items() if hit.kind in _NEIGHBOURS]:
        below = next((place for place in range(index + 1, index + 2 + MOST_BOXED) if place in taken), None)
        inside = range(index + 1, below) if below is not None else ()
        if inside and taken[below].kind in _NEIGHBOURS and not any(lines[place].prose for place in inside):  # type: ignore[index]
            for place in inside:
                text = lines[place].text
                taken[place] = Hit("newsletter/box", "newsletter", "any", 0, len(text), 0.85)


MOST_BOXED = 2
_NEIGHBOURS = frozenset(["newsletter", "paywall", "consent", "advert"])


def _take(lines: list[Line], taken: Taken, index: int, *least: tuple[int, float]) -> bool:
    text = lines[index].text
    kind = kind_of_call(text, *least) if len(text) <= LONGEST_CALL else None
    left = [line for place, line in enumerate(lines) if place != index and place not in taken] if kind else []
    if kind is None or not (any(line.prose for line in left) or len(left) >= SHORTEST_STORY):
        return False
    taken[index] = Hit(f"{kind}/words", kind, "edge", 0, len(text), 0.85)
    return True


@lru_cache(maxsize=512)  # each round asks again
def kind_of_call(text: str, *least: tuple[int, float]) -> str | None:
    """What kind of noise the words of a sentence are, where it calls upon the reader; None where it does not.

    Args:
        least: pairs of how many words it must have that are the rules' and no story's, and which share of its words;
            one pair is enough.
    """
    known = _words()
    words = _WORD.findall(lower(text))
    ours = {word for word in words if word in known}
    if not any(
        len(ours) >= count and sum(word in ours for word in words) >= share * len(words) for count, share in least
    ):
        return None
    if _QUOTED.search(text) or _said().search(text):
        return None
    kinds = Counter(kind for word in sorted(ours) for kind in known[word])
    return max(KINDS, key=lambda kind: kinds[kind])


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """The words of the rules' cues and lists that stories do not have, and the kinds of their rules."""
    found: dict[str, dict[str, None]] = {}
    for rule in rule_book().rules:
        if rule.kind in KINDS:
            needs = (*sorted(rule.needs.words), *rule.needs.phrases) if rule.needs else ()
            for cue in (*rule.cues, *needs):
                for word in _WORD.findall(lower(cue)):
                    found.setdefault(word, {})[rule.kind] = None
    data = load_rules(CALLS)
    for kind, more in data["more"].items():
        for word in more:
            found.setdefault(word, {})[kind] = None
    common = frozenset(data["common"])
    return {word: tuple(kinds) for word, kinds in found.items() if word not in common}


@cache
def _said() -> re.Pattern[str]:
    """Who says that it is not the paper that speaks."""
    return re.compile(r"[,–—]\s" + rule_book().lists["newsletter"]["said"])
