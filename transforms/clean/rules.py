"""The rules that read a line, from the YAML files in rules/: loading, the index that finds them, and matching.

A file holds the rules of one kind.  A rule has

    id            its name within the kind; ``kind/id`` is what removed/ records
    pattern       a regular expression over the line; ``{cue}`` stands for the rule's cues in any case, the names of the
                  file's word lists for their words, and the named groups (author, credits, agency,
                  source, photo) feed fields
    cues          by language, the words by which the rule is found; or
    keys          single words or signs, for a rule that has no cues
    cover         instead of a pattern: words, of which (with the cues) the whole line must consist
    at            where in the line a cue stands: start (the default; marks and figures may come before it) or any
    take          line (the default: the pattern matches all of it), start or end (the span that matches there)
    where         any; head: no prose above; top: one prose line above at most; tail and foot: the same below;
                  edge: top or foot
    beside        kinds of which a neighbouring line must be
    prose         true where it may take a line that reads like prose
    needs         the name of one of the file's word lists, of which the line must hold a word too
    deep          true where its cues are looked for in all of such a line, not only at its ends, if it is no paragraph
    open          true where it takes no line that ends as a sentence does
    inline        true where it may also stand within a line of other particulars (``date … reading time …``)
    longest       characters of the longest line that it takes, or of the longest span at the end
    score         how sure it is
    match         lines that it must take, near_misses lines that it must leave; ``example`` is tried with every cue
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from transforms.clean.lines import (
    CUT,
    DEEP,
    PROSE_HEAD,
    UNSPACED,
    Line,
    ends,
    key_of,
    keys_of_each,
    lower,
    opening,
    opening_key,
    tokens,
)

RULES = Path(__file__).parent / "rules"
WORDS = Path(__file__).parent / "words.yaml"
WHERE = ("any", "head", "top", "foot", "tail", "edge")
AT = ("start", "any")
TAKE = ("line", "start", "end")
COMPOUND = 9
_BOOL = "tag:yaml.org,2002:bool"


class _WordLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which ``no``, ``on`` and ``yes`` are words (Norwegian, ``share on``), not booleans."""


_WordLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != _BOOL or first in "tTfF"]
    for first, forms in _WordLoader.yaml_implicit_resolvers.items()
}


class Needs(NamedTuple):
    """Words of which a line must hold one: those that are one token, and those that are more or less than one."""

    words: frozenset[str]
    phrases: tuple[str, ...]

    def met(self, text: str) -> bool:
        """Whether ``text`` holds one of the words."""
        text = lower(text)
        return not self.words.isdisjoint(tokens(text)) or any(map(text.__contains__, self.phrases))


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule of a YAML file; see the module."""

    id: str
    kind: str
    pattern: str
    cues: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    cover: frozenset[str] = frozenset()
    at: str = "start"
    take: str = "line"
    where: str = "any"
    beside: tuple[str, ...] = ()
    prose: bool = False
    needs: Needs | None = None
    deep: bool = False
    open: bool = False
    inline: bool = False
    longest: int = 160
    score: float = 0.95


class Hit(NamedTuple):
    """Evidence that a line, or a span of it, is noise.

    ``found`` holds (field, text) pairs: what the span says of the document.
    """

    rule: str
    kind: str
    where: str
    start: int
    end: int
    score: float
    found: tuple[tuple[str, Any], ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Candidate:
    """A rule that a key of a line leads to.

    Attributes:
        rule: the same for other keys.
        cues: those that the key stands for (all, where it stands for none), folded: a line that the rule matches has
            one of them.
        pattern: the rule's expression with these cues, once it was asked for.
    """

    rule: Rule
    cues: tuple[str, ...]
    pattern: re.Pattern[str] | None = None

    def match(self, text: str) -> re.Match[str] | None:
        """The match of the rule with a line."""
        rule = self.rule
        if rule.take == "line" and len(text) > rule.longest:
            return None
        pattern = self.pattern
        if pattern is None:
            pattern = self.pattern = compiled(rule, self.cues)
        if rule.take == "line":
            match = pattern.fullmatch(text)
            return match if match is None or rule.needs is None or rule.needs.met(text) else None
        if rule.take == "start":
            return pattern.match(text, 0, CUT)
        return pattern.search(text, max(0, len(text) - rule.longest))


Index = dict[str, list[Candidate]]


class RuleBook(NamedTuple):
    """All rules, found by key: those whose cue opens the line, and those whose cue stands anywhere.

    Each index is there three times: for all lines, for prose, with the rules alone that may take prose, and for prose
    far from the edges, with those that may take it anywhere.
    """

    rules: tuple[Rule, ...]
    opening: tuple[Index, Index, Index]
    anywhere: tuple[Index, Index, Index]
    lists: dict[str, dict[str, str]]
    deep: set[str]


@lru_cache(maxsize=1)
def rule_book() -> RuleBook:
    """The rules of the files in rules/, loaded once."""
    rules: list[Rule] = []
    lists: dict[str, dict[str, str]] = {}
    for path in sorted(RULES.glob("*.yaml")):
        data = load_rules(path)
        lists[data["kind"]] = {name: _any(_flat(words)) for name, words in data.get("lists", {}).items()}
        rules.extend(_rule(data["kind"], entry, data.get("lists", {})) for entry in data["rules"])
    book = RuleBook(tuple(rules), ({}, {}, {}), ({}, {}, {}), lists, set())
    for rule in rules:
        indexes = book.opening if rule.at == "start" else book.anywhere
        for key, candidate in sorted(_candidates(rule).items()):
            for index in indexes[: 1 + rule.prose + (rule.prose and rule.where == "any")]:
                index.setdefault(key, []).append(candidate)
            if rule.deep:
                book.deep.add(key)
    return book


@lru_cache(maxsize=2)  # several modules ask for words.yaml, one after the other
def load_rules(path: Path) -> dict[str, Any]:
    """A rule file as it is written, examples included."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_WordLoader)


def _rule(kind: str, entry: dict[str, Any], lists: dict[str, Any]) -> Rule:
    cues = _flat(entry.get("cues", {}))
    rule = Rule(
        id=f"{kind}/{entry['id']}",
        kind=kind,
        pattern=entry.get("pattern", "{cue}"),
        cues=tuple(cues),
        keys=tuple(dict.fromkeys(_key(key) for key in entry.get("keys", ()))),
        cover=_cover(entry),
        at=entry.get("at", "start"),
        take=entry.get("take", "line"),
        where=entry.get("where", "any"),
        beside=tuple(entry.get("beside", ())),
        prose=entry.get("prose", False) or entry.get("deep", False),
        needs=_needs(_flat(lists[entry["needs"]])) if "needs" in entry else None,
        deep=entry.get("deep", False),
        open=entry.get("open", False),
        inline=entry.get("inline", False),
        longest=min(entry.get("longest", 160), CUT),
        score=entry.get("score", 0.95),
    )
    if rule.where not in WHERE or rule.take not in TAKE or rule.at not in AT or not (rule.cues or rule.keys):
        raise ValueError(
            f"rule {rule.id}: where {rule.where!r} of {WHERE}, take {rule.take!r} of {TAKE}, at {rule.at!r} of {AT}; "
            "cues or keys must be given"
        )
    return rule


def _cover(entry: dict[str, Any]) -> frozenset[str]:
    """The words of the cover, and the keys where it has any."""
    cover = {token for word in _flat(entry.get("cover", {})) for token in tokens(word)}
    return frozenset(cover | {_key(key) for key in entry.get("keys", ())} if cover else ())


def _needs(words: list[str]) -> Needs:
    lowered = [lower(word) for word in words]
    # A long word also counts at the end of another: kooknieuwsbrief.
    single = {word for word in lowered if len(word) < COMPOUND and tokens(word) == [word] and not UNSPACED.search(word)}
    return Needs(frozenset(single), tuple(dict.fromkeys(word for word in lowered if word not in single)))


def _key(word: str) -> str:
    """A key as lines have it: of words that the tokens cut at their marks (Devanagari), the longest part."""
    return key_of(word, opens=False) if any(map(str.isalpha, word)) else word


def _flat(words: Any) -> list[str]:
    """The words of a list, or of a mapping from languages to lists."""
    if isinstance(words, dict):
        return [word for part in words.values() for word in part]
    return list(words)


def _any(words: list[str]) -> str:
    """An expression for any of the words, whatever their case, as whole words where the script has such."""
    return "(?i:" + "|".join(_bounded(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) + ")"


def _bounded(word: str) -> str:
    text = re.escape(word).replace(r"\ ", r"\s")
    if not word[-1].isalnum() or UNSPACED.match(word[-1]) or "\uac00" <= word[-1] <= "\ud7a3":
        # Korean particles follow the word without a blank.
        return text
    return text + ("(?![A-Za-z0-9])" if UNSPACED.search(word) else r"(?!\w)")


def _candidates(rule: Rule) -> dict[str, Candidate]:
    """What each key of the rule leads to."""
    cues: dict[str, list[str]] = {}
    for cue in rule.cues:
        key = opening_key(cue) if rule.at == "start" else key_of(cue, opens=False)
        cues.setdefault(key, []).append(_folded(cue))
    found = {key: Candidate(rule, tuple(some)) for key, some in cues.items()}
    return dict.fromkeys(rule.keys, Candidate(rule, tuple(map(_folded, rule.cues)))) | found


def _folded(text: str) -> str:
    """Small letters, those alike that an expression takes for the same, whatever their case."""
    folded = lower(text)
    if not folded.isascii():
        folded = folded.replace("ı", "i").replace("ς", "σ")
    return text if folded == text else folded  # most cues are: one string for both saves a megabyte


def compiled(rule: Rule, cues: tuple[str, ...]) -> re.Pattern[str]:
    """The expression of ``rule`` with some of its cues."""
    text = rule.pattern
    for name, words in rule_book().lists[rule.kind].items():
        text = text.replace("{" + name + "}", words)
    if rule.cues:
        text = text.replace("{cue}", _any(list(cues)))
    return re.compile(text)


def candidates_of(lines: Sequence[Line]) -> list[list[Candidate]]:
    """For each line the rules to which its words lead; these stay in the line."""
    _find_words(lines)
    book = rule_book()
    found: list[list[Candidate]] = []
    for line in lines:
        words = line.words or []
        which = line.prose + line.inner
        anywhere, opens = book.anywhere[which], book.opening[which]
        candidates: list[Candidate] = []
        for word in opening(line.text, words):
            if word in opens:
                candidates += opens[word]
        if not anywhere.keys().isdisjoint(words):
            for word in sorted(anywhere.keys() & words):
                candidates += anywhere[word]
        found.append(candidates)
    return found


def _find_words(lines: Sequence[Line]) -> None:
    """Give each line the words by which its rules are found: those of its ends, and deep ones of prose at the edges."""
    for line, words in zip(lines, keys_of_each([ends(line) for line in lines]), strict=True):
        line.words = words
    edges = [line for line in lines if line.prose and not line.inner and len(line.text) <= DEEP]
    deep = rule_book().deep
    for line, words in zip(edges, keys_of_each([line.text[PROSE_HEAD - 16 :] for line in edges]), strict=True):
        if not deep.isdisjoint(words):
            line.words = [*(line.words or []), *(word for word in words if word in deep)]


def matches_of(line: Line, candidates: list[Candidate]) -> list[tuple[Rule, re.Match[str] | None]]:
    """Those of the candidates that match the line, each once, with the match (None for a cover)."""
    hits: list[tuple[Rule, re.Match[str] | None]] = []
    text, final, words = line.text, line.final, line.words or []
    folded = _folded(text)
    for candidate in dict.fromkeys(candidates):
        rule = candidate.rule
        if rule.cover:
            if text[-1] not in ",;." and _covers(rule.cover, words):
                hits.append((rule, None))
        elif not (final and rule.open) and _holds(folded, candidate.cues):
            match = candidate.match(text)
            if match:
                hits.append((rule, match))
    return hits


def _holds(folded: str, cues: tuple[str, ...]) -> bool:
    """Whether a line holds one of the cues, if there are any: far sooner told than that no expression matches."""
    for cue in cues:
        if cue in folded:
            return True
    return not cues


def _covers(cover: frozenset[str], words: list[str]) -> bool:
    """Whether all words are of ``cover``; signs and figures may stand among them."""
    for word in words:  # noqa: SIM110 (a generator costs twice as much)
        if word not in cover and word.isalpha():
            return False
    return True
