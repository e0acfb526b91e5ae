"""``newsloom ingest --preview N``: what the job would take out and reject, from a sample, with nothing written."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from pipelines.config import Config
from pipelines.explain import ADVICE, STAGE_ADVICE, counted
from pipelines.explain_terminal import colour_of, print_rows, safe, wrap
from pipelines.sample import sample
from transforms.document import DocumentSteps, Rejected
from transforms.model import Place, Record, RemovedSpan
from transforms.read import BrokenRecord, InputFile
from transforms.reasons import REASONS

EXAMPLES = 3
_EXAMPLE_CHARACTERS = 300
# Of the rules, a person is shown this many, the most frequent; JSON has all.
_SHOWN_RULES = 30
_LONGEST_RULE = 28
_DIGITS = re.compile(r"\d+")


@dataclass
class _Removals:
    """What one rule took out of the sample."""

    spans: int = 0
    documents: int = 0
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)  # by what makes them differ

    def add(self, spans: list[RemovedSpan], place: Place) -> None:
        self.spans += len(spans)
        self.documents += 1
        if len(self.examples) < EXAMPLES:  # one of each document, so that they show the range
            text = spans[0].text
            self.examples.setdefault(
                _DIGITS.sub("0", text.casefold()), {"text": text[:_EXAMPLE_CHARACTERS], **_where(place)}
            )


@dataclass
class _Tally:
    """What became of the records of a sample."""

    records: int = 0
    documents: int = 0
    kept: int = 0
    removed: int = 0
    files: set[str] = field(default_factory=set)
    languages: Counter = field(default_factory=Counter)
    rejects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    rules: dict[tuple[str, str], _Removals] = field(default_factory=dict)


def preview(files: list[InputFile], config: Config, count: int, shown: bool) -> dict[str, Any]:
    """The summary of a preview.

    Args:
        files: the input.
        config: of the job.
        count: how many records to try.
        shown: whether there is anybody to look at a progress bar.
    """
    tally = _Tally()
    items = sample(files, config.read_options(), count)
    with DocumentSteps(config.step_options("")) as steps:
        for item in _with_progress(items, count, shown):
            _try(item, steps, tally)
    summary = _summary(tally, len(files))
    if config.clean.learn:
        summary["notes"] = ["clean.learn: lines that repeat were not learnt; --set clean.profile=FILE uses a profile"]
    return summary


def _try(item: Record | BrokenRecord, steps: DocumentSteps, tally: _Tally) -> None:
    outcome = steps.prepare(item)
    tally.records += 1
    tally.files.add(item.place.path)
    if isinstance(outcome, Rejected):
        detail = {"detail": outcome.broken.detail, **_where(item.place)}
        tally.rejects.setdefault(outcome.broken.reason, []).append(detail)
        return
    tally.documents += 1
    tally.languages[outcome.language.code] += 1
    tally.kept += len(outcome.cleaned.text)
    by_rule: dict[tuple[str, str], list[RemovedSpan]] = {}
    for span in outcome.cleaned.removed:
        tally.removed += len(span.text)
        by_rule.setdefault((span.kind, span.rule), []).append(span)
    for rule, spans in by_rule.items():
        tally.rules.setdefault(rule, _Removals()).add(spans, item.place)
    for kind, number in Counter(span.kind for span in outcome.cleaned.removed).items():
        of_kind = tally.kinds.setdefault(kind, [0, 0])
        of_kind[0] += number
        of_kind[1] += 1


def _where(place: Place) -> dict[str, Any]:
    """The record's number, or the byte where it begins where the number is not known."""
    where: dict[str, Any] = {"path": place.path}
    if place.record is not None:
        return where | {"record": place.record}
    return where if place.offset is None else where | {"offset": place.offset}


def _summary(tally: _Tally, inputs: int) -> dict[str, Any]:
    def share(documents: int) -> float:
        return round(documents / tally.documents, 4) if tally.documents else 0.0

    def rules_of(kind: str) -> list[dict[str, Any]]:
        found = [(rule, removals) for (of, rule), removals in tally.rules.items() if of == kind]
        return [
            {
                "rule": rule,
                "spans": removals.spans,
                "documents": removals.documents,
                "share": share(removals.documents),
                "examples": list(removals.examples.values()),
            }
            for rule, removals in sorted(found, key=lambda entry: (-entry[1].spans, entry[0]))
        ]

    kinds = sorted(tally.kinds.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return {
        "status": "preview",
        "records": tally.records,
        "files": len(tally.files),
        "inputs": inputs,
        "documents": tally.documents,
        "rejects": {
            reason: {"records": len(examples), "examples": examples[:EXAMPLES]}
            for reason, examples in sorted(tally.rejects.items(), key=lambda entry: (-len(entry[1]), entry[0]))
        },
        "languages": dict(sorted(tally.languages.items())),
        "characters": tally.kept + tally.removed,
        "characters_kept": tally.kept,
        "removed": [
            {"kind": kind, "spans": spans, "documents": documents, "share": share(documents), "rules": rules_of(kind)}
            for kind, (spans, documents) in kinds
        ],
    }


def _with_progress(items: Iterable[Record | BrokenRecord], count: int, shown: bool) -> Iterator[Record | BrokenRecord]:
    if not shown:
        yield from items
        return
    columns = (TextColumn("trying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count)
        for item in items:
            yield item
            bar.advance(task)


def print_preview(summary: dict[str, Any]) -> None:
    """For a person on a terminal, or as one line of JSON."""
    if not sys.stdout.isatty():
        print(json.dumps(summary, ensure_ascii=False))
        return
    print_rows(partial(render, summary))


def render(summary: dict[str, Any], console: Console) -> Iterator[Text]:
    """The rows to print, none wider than the console."""
    for row in (*_overview(summary), Text(), *_removals(summary, console.width), Text()):
        row.truncate(console.width, overflow="ellipsis")
        yield row
    yield from _rejects(summary, console)


def _overview(summary: dict[str, Any]) -> Iterator[Text]:
    kept = summary["characters_kept"] / summary["characters"] if summary["characters"] else 1
    languages = sorted(summary["languages"].items(), key=lambda item: (-item[1], item[0]))
    files = f"{summary['files']:,} of {counted(summary['inputs'], 'file')}"
    for name, number, meaning in (
        ("tried", f"{summary['records']:,}", f"records, from {files}; nothing was written"),
        ("documents", f"{summary['documents']:,}", ", ".join(f"{code} {number:,}" for code, number in languages)),
        ("kept", f"{kept:.1%}", f"of {summary['characters']:,} characters"),
    ):
        yield Text.assemble((f"{name:<10}", "bold"), f"{number:>7}  ", (meaning, "dim"))
    for note in summary.get("notes", ()):
        yield Text(note, "yellow")


def _removals(summary: dict[str, Any], width: int) -> Iterator[Text]:
    """Kinds and their rules: how many spans, in which share of the documents, and examples beside."""
    rules = [(kind["kind"], rule) for kind in summary["removed"] for rule in kind["rules"]]
    rules.sort(key=lambda entry: (-entry[1]["spans"], entry[0], entry[1]["rule"]))
    frequent = {(kind, rule["rule"]) for kind, rule in rules[:_SHOWN_RULES]}
    names = min(max((len(name) for _, name in frequent), default=0), _LONGEST_RULE, width // 3)
    if frequent:
        yield Text(f"{'taken out':<{names + 2}}{'times':>7}{'of docs':>9}", "bold")
    else:
        yield Text("Nothing is taken out.")
    for kind in summary["removed"]:
        colour = colour_of(kind["kind"])
        shown = [rule for rule in kind["rules"] if (kind["kind"], rule["rule"]) in frequent]
        if shown:
            yield _counts(kind["kind"], names + 2, kind, f"bold {colour}")
        for rule in shown:
            name = rule["rule"] if len(rule["rule"]) <= names else rule["rule"][: names - 1] + "…"
            head = _counts(f"  {name}", names + 2, rule, colour)
            for example in rule["examples"]:
                yield Text.assemble(head, "  ", (safe(example["text"]), "dim"))
                head = Text(" " * head.cell_len)
    rest = [rule["spans"] for _, rule in rules[_SHOWN_RULES:]]
    if rest:
        yield Text(f"and {counted(len(rest), 'more rule')}: {counted(sum(rest), 'removal')}")


def _counts(name: str, width: int, counts: dict[str, Any], style: str) -> Text:
    return Text.assemble((f"{name:<{width}}", style), f"{counts['spans']:>7,}", f"{counts['share']:>9.1%}")


def _rejects(summary: dict[str, Any], console: Console) -> Iterator[Text]:
    """Reasons with examples and advice."""
    if not summary["rejects"]:
        yield Text("Nothing is rejected.")
    aside = " " * 19
    for reason, found in summary["rejects"].items():
        yield Text.assemble((f"{'rejected':<10}", "bold red"), f"{found['records']:>7,}  ", reason)
        for example in found["examples"]:
            row = Text(f"{aside}{safe(_place(example))}: {safe(example['detail'])}", "dim")
            row.truncate(console.width, overflow="ellipsis")
            yield row
        for row in wrap(Text(ADVICE.get(reason) or STAGE_ADVICE[REASONS[reason].stage]), console.width - 19, console):
            yield Text.assemble(aside, row)


def _place(example: dict[str, Any]) -> str:
    numbered = [f"{name} {example[key]}" for key, name in (("record", "record"), ("offset", "byte")) if key in example]
    return ", ".join([example["path"], *numbered])
