"""Every rule takes its examples and leaves its near misses; every cue is reachable."""

import re
from dataclasses import replace

import pytest

from transforms.clean.clean import KINDS
from transforms.clean.evidence import hits_of
from transforms.clean.lines import Line
from transforms.clean.rules import RULES, compiled, load_rules, rule_book

FILES = sorted(RULES.glob("*.yaml"))
ENTRIES = [(data["kind"], entry) for data in map(load_rules, FILES) for entry in data["rules"]]
# Kinds that every news site has, with cues in the words of its language.
COMMON = {
    "byline": ["by", "written-by"],
    "caption": ["file-photo"],
    "comments": ["count"],
    "consent": ["cookies", "buttons"],
    "credit": ["label"],
    "date-line": ["ago"],
    "legal": ["all-rights"],
    "navigation": ["jump"],
    "newsletter": ["sign-up"],
    "paywall": ["offer"],
    "player": ["listen"],
    "reading-time": ["label-first"],
    "related": ["cue-with-mark", "header"],
    "share": ["share-this"],
    "sign-off": ["editor"],
    "source": ["label"],
    "advert": ["mark"],
}


def rules_of(text: str) -> set[str]:
    line = Line(0, text)
    line.look()
    return {hit.rule for hit in hits_of(line)}


def name_of(value: object) -> str:
    return value["id"] if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(("kind", "entry"), ENTRIES, ids=name_of)
def test_rule_takes_its_examples_and_leaves_its_near_misses(kind: str, entry: dict) -> None:
    rule = f"{kind}/{entry['id']}"
    assert entry["match"] and entry["near_misses"], rule
    missed = [text for text in entry["match"] if rule not in rules_of(text)]
    taken = [text for text in entry["near_misses"] if rule in rules_of(text)]
    assert (missed, taken) == ([], [])


@pytest.mark.parametrize(
    ("kind", "entry"), [(kind, entry) for kind, entry in ENTRIES if "example" in entry], ids=name_of
)
def test_every_cue_is_found_in_the_rules_example(kind: str, entry: dict) -> None:
    rule = f"{kind}/{entry['id']}"
    missed = {
        language: wrong
        for language, cues in entry["cues"].items()
        if (wrong := [cue for cue in cues if rule not in rules_of(entry["example"].replace("{cue}", cue))])
    }
    assert missed == {}


@pytest.mark.parametrize("kind", COMMON)
def test_common_kinds_have_cues_in_25_languages(kind: str) -> None:
    found = {
        language
        for entry_kind, entry in ENTRIES
        if entry_kind == kind and entry["id"] in COMMON[kind]
        for language in entry["cues"]
    }
    assert len(found) >= 25, sorted(found)


def test_kinds_and_languages_are_known() -> None:
    for kind, entry in ENTRIES:
        assert kind in KINDS
        assert all(re.fullmatch("[a-z]{2,3}", language) for language in entry.get("cues", {})), entry["id"]


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in rule_book().rules]
    assert len(ids) == len(set(ids))


def test_no_rule_matches_a_line_without_its_cues() -> None:
    # Such a line is not even asked.
    examples = {f"{kind}/{entry['id']}": entry["match"] for kind, entry in ENTRIES}
    wrong = []
    for rule in rule_book().rules:
        if "{cue}" in rule.pattern:
            form = compiled(replace(rule, cues=(), pattern=rule.pattern.replace("{cue}", "(?!)")), ())
            others = [text for text in examples[rule.id] if not any(cue in text for cue in rule.cues)]
            wrong += [(rule.id, text) for text in others if form.search(text)]
    assert wrong == []
