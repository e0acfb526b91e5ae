"""What a run says at its end: aligned for a person on a terminal, one line of JSON otherwise."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_summary(summary: dict[str, Any]) -> None:
    for alarm in summary.get("alarms", []):
        print(f"newsloom: alarm: {alarm}", file=sys.stderr)
    if sys.stdout.isatty():
        _print_for_person(summary)
    else:
        print(json.dumps(summary, ensure_ascii=False))


def _print_for_person(summary: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for row in _rows(summary):
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console.print(table)


def _rows(summary: dict[str, Any]) -> list[tuple[str, str, str]]:
    if summary["status"] == "dry-run":
        return [(name, f"{value:,}", "") for name, value in summary["plan"].items()]
    rows: list[tuple[str, str, str]] = []
    if summary["status"] == "nothing-new":
        rows.append(("nothing new", f"{summary['inputs']:,}", "input files, all in the dataset already"))
    else:
        rate = f"records in {summary['seconds']:.1f} s"
        rows.append(("read", f"{summary['read']:,}", rate))
        rows.append(("documents", f"{summary['documents']:,}", _listed(summary["languages"])))
        rows += [("rejected", f"{count:,}", reason) for reason, count in summary["rejects"].items()]
        rows += [("skipped", f"{count:,}", reason) for reason, count in summary["skipped"].items()]
        rows += [
            ("displaced", f"{count:,}", f"earlier documents: {why}") for why, count in summary["displaced"].items()
        ]
        for name, meaning in (
            ("replaced", "earlier documents whose input changed"),
            ("restored", "earlier duplicates or old versions that are documents again"),
        ):
            if summary[name]:
                rows.append((name, f"{summary[name]:,}", meaning))
    rows.append(("dataset", f"{summary['dataset'].get('documents', 0):,}", summary["documents_folder"]))
    return rows


def _listed(counts: dict[str, int], most: int = 12) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count:,}" for name, count in ordered[:most])
    return shown + (f" and {len(ordered) - most} more" if len(ordered) > most else "")
