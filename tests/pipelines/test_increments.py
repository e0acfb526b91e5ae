"""Guarantee 3: several increments give the rows of one run over everything, and its bytes once compacted."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import ingest
from tests.conftest import published, rows, story, write_jsonl

COMPACT = ("--set", "output.compact_files=1", "--set", "output.buckets=2")

record = st.fixed_dictionaries(
    {"id": st.sampled_from("abcd"), "text": st.integers(0, 2).map(lambda i: "CMSC 0.0578\n" + story(i))},
    optional={"date": st.sampled_from(["2024-05-01", "2024-05-02"]), "title": st.just("The storm")},
)
# Each increment writes some of the files f0 to f2, over what they held.
increments = st.lists(
    st.dictionaries(st.sampled_from(["f0", "f1", "f2"]), st.lists(record, max_size=3), min_size=1, max_size=3),
    min_size=2,
    max_size=3,
)


def ingest_folder(folder: Path, output: Path, *more: str) -> None:
    ingest.run(ingest.check(["--input", str(folder), "--output", str(output), *more]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(increments)
def test_increments_give_what_one_run_gives(steps):
    with tempfile.TemporaryDirectory() as scratch:
        folder, out, at_once = Path(scratch, "in"), Path(scratch, "out"), Path(scratch, "once")
        for number, files in enumerate(steps):
            for name, records in files.items():
                # A record says which increment wrote it, so that a file that changes has another size, too.
                write_jsonl(folder / f"{name}.jsonl", [r | {"note": "x" * number} for r in records])
            ingest_folder(folder, out, "--set", "output.buckets=2")
        ingest_folder(folder, out, *COMPACT)
        ingest_folder(folder, at_once, *COMPACT)
        for table in ("documents", "removed", "rejects"):
            assert sorted(map(repr, rows(out, table))) == sorted(map(repr, rows(at_once, table)))
        assert published(out) == published(at_once)
