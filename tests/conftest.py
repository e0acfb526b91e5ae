"""What tests of whole runs share: running the command in this process, and reading the dataset from disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from pipelines import ingest

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared"
SAMPLE = REPOSITORY / "tests" / "data" / "sample"

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``newsloom ingest``; gives the line of JSON that it printed, with ``status`` and ``stderr`` beside it."""

    def ingest_with(*arguments: object, expect: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        exit_status = ingest.main([str(a) for a in arguments])
        printed = capsys.readouterr()
        assert exit_status == expect, printed.err
        summary = json.loads(printed.out) if printed.out else {}
        return summary | {"exit": exit_status, "stderr": printed.err}

    return ingest_with


def rows(output: Path, table: str, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """All rows of documents/, removed/ or rejects/, as a reader of the folder sees them."""
    return ds.dataset(output / table, format="parquet").to_table(columns=columns).to_pylist()


def published(output: Path) -> dict[str, bytes]:
    """The bytes of every file that readers see, and of the candidates held back."""
    found = {}
    for table in ("documents", "removed", "rejects", "_current/_held"):
        for path in sorted((output / table).rglob("*.parquet")):
            found[str(path.relative_to(output))] = path.read_bytes()
    return found


def write_jsonl(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


def story(number: int, sentences: int = 4) -> str:
    """A few sentences of plain news prose, different for each number."""
    towns = ("Aldermouth", "Brackwater", "Caldwick", "Dunmere", "Eastvale", "Fernhollow", "Garrowby")
    things = ("bridge", "library", "harbour", "school", "railway", "market", "reservoir", "theatre")
    lines = []
    for i in range(sentences):
        town, thing = towns[(number + i) % len(towns)], things[(number * 3 + i) % len(things)]
        lines.append(
            f"The council of {town} voted on Tuesday to repair the {thing} after storm number {number} "
            f"damaged {number * 7 + i + 2} of its windows, the mayor told residents."
        )
    return "\n".join(lines)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names bytes that cannot be read by their argument: a gzip header holds the time, and every worker of
    pytest-xdist has to collect the same names.
    """
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return argname
    return None
