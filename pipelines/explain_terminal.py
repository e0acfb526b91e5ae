"""An Explanation for a terminal, in colour; plain where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from pipelines.commands import safe
from pipelines.explain import Explanation, ShownLine, found_rows, headline, reject_rows
from transforms.clean import KINDS
from transforms.model import RemovedSpan

_COLOURS = ("yellow", "cyan", "magenta", "green", "blue", "red")
_LONGEST_LABEL = 34
_LONGEST_EVIDENCE = 36
_LONGEST_VALUE = 60


def print_rows(rows: Callable[[Console], Iterable[Text]]) -> None:
    """Prints the rows that are made for standard output: in colour on a terminal, unless NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR"))
    console = Console(file=sys.stdout, highlight=False, color_system=None if plain else "auto")
    with console.capture() as captured:
        for row in rows(console):
            console.print(row, soft_wrap=True)
    sys.stdout.write(captured.get())


def colour_of(kind: str) -> str:
    return _COLOURS[KINDS.index(kind) % len(_COLOURS)] if kind in KINDS else "white"


def render(explanation: Explanation, title: str, console: Console) -> Iterator[Text]:
    """The rows to print, which fit the console's width where it is a terminal; elsewhere a line is a row."""
    yield from wrap(Text(safe(title), "bold"), console.width, console)
    yield from wrap(Text(headline(explanation), "dim"), console.width, console)
    yield Text()
    if explanation.rejected:
        rows = [(name, text, "") for name, text in reject_rows(explanation.rejected)]
        yield from _columns(rows, console, "bold red")
        yield Text()
    if explanation.lines:
        yield from _lines(explanation.lines, console)
        yield Text()
    for row in explanation.excerpt.splitlines():
        yield from wrap(Text(safe(row), "dim"), console.width, console)
    yield from _columns(found_rows(explanation), console, "bold")


def _lines(lines: tuple[ShownLine, ...], console: Console) -> Iterator[Text]:
    """Number, mark (``-`` where the line goes, ``~`` where a part does), rule and score, text."""
    digits = len(str(len(lines) - 1))
    labels = [label_of(span) for line in lines for span in line.spans]
    margin = max(map(cell_len, labels), default=0)
    if console.is_terminal:
        margin = min(margin, _LONGEST_LABEL, console.width // 3)
    for line in lines:
        mark = "-" if line.gone else "~" if line.spans else " "
        head = Text.assemble((f"{line.number:>{digits}} ", "dim"), f"{mark} ")
        yield from _beside(head, _margin(line.spans, margin), _body(line, console), console)


def label_of(span: RemovedSpan) -> str:
    """Kind, rule id and score; the kind once, where the rule's id begins with it."""
    rule = span.rule if span.rule.startswith(f"{span.kind}/") else f"{span.kind} {span.rule}"
    return f"{safe(rule)} {span.score:.2f}"


def _margin(spans: Iterable[RemovedSpan], width: int) -> list[Text]:
    cells = []
    for span in spans:
        label, _, score = label_of(span).rpartition(" ")
        if cell_len(label) + 5 > width:
            label = set_cell_size(label, width - 6) + "…"
        cells.append(Text(f"{set_cell_size(label, width - 5)} {score}", colour_of(span.kind)))
    return cells or [Text(" " * width)]


def _body(line: ShownLine, console: Console) -> Text:
    """The line's text; what goes is struck, and bracketed where nothing can be struck."""
    body = Text()
    for text, span in line.pieces():
        if span is None:
            body.append(safe(text))
        elif console.color_system is None and not line.gone:
            body.append(f"[-{safe(text)}-]")
        else:
            body.append(safe(text), "strike dim" if line.gone else f"strike {colour_of(span.kind)}")
    return body


def _beside(head: Text, margin: list[Text], body: Text, console: Console) -> Iterator[Text]:
    """The body wrapped to the right of the margin, which may have more rows."""
    blank, empty = Text(" " * head.cell_len), Text(" " * margin[0].cell_len)
    room = console.width - head.cell_len - empty.cell_len - 2
    rows = wrap(body, room, console)
    for number, (cell, row) in enumerate(zip_longest(margin, rows)):
        yield Text.assemble(blank if number else head, cell or empty, "  ", row or "")


def wrap(text: Text, width: int, console: Console) -> list[Text]:
    """Rows of at most ``width`` cells on a terminal; all in one elsewhere, for what reads line by line."""
    if not console.is_terminal:
        return [text]
    return list(text.wrap(console, max(width, 8), overflow="fold")) or [Text()]


def _columns(rows: list[tuple[str, str, str]], console: Console, style: str) -> Iterator[Text]:
    """Names, values and what states them; the values wrapped between the two."""
    names = max((len(name) for name, _, _ in rows), default=0)
    longest = max((cell_len(safe(evidence)) for _, _, evidence in rows), default=0)
    aside = min(longest, _LONGEST_EVIDENCE, console.width // 3)
    widest = max((cell_len(safe(value)) for _, value, evidence in rows if evidence), default=0)
    room = min(widest, console.width - names - aside - 4 if console.is_terminal else _LONGEST_VALUE)
    before = ""
    for name, value, evidence in rows:
        shown = Text(f"{name if name != before else '':<{names}}  ", style)
        before = name
        values = wrap(Text(safe(value)), room if evidence else console.width - names - 2, console)
        beside = wrap(Text(safe(evidence), "dim"), aside, console) if evidence else []
        for row, cell in zip_longest(values, beside):
            row = row or Text()
            pad = " " * max(room + 2 - row.cell_len, 2)
            yield Text.assemble(shown, row, pad, cell) if cell else Text.assemble(shown, row)
            shown = Text(" " * (names + 2))
