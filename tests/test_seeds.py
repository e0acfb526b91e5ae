"""The five real texts that the project was asked for, through the whole job; skipped where they are not at hand."""

from __future__ import annotations

import json

import pytest

from tests.conftest import SHARED, rows

SEEDS = SHARED / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.exists(), reason="the shared texts are not beside the repository")


def test_seeds_come_out_exactly(run, tmp_path):
    run("--config", "news", "--input", SEEDS / "*.txt", "--output", tmp_path / "out")
    documents = {d["input_path"]: d for d in rows(tmp_path / "out", "documents")}
    removed = rows(tmp_path / "out", "removed")
    expected = json.loads((SEEDS / "expected.json").read_text())
    assert set(documents) == set(expected)
    for name, want in expected.items():
        document = documents[name]
        assert document["text"] == (SEEDS / "expected" / name).read_text().rstrip("\n"), name
        for field in ("language", "title", "authors", "agencies", "photo_credits", "dateline"):
            assert document[field] == want[field], (name, field)
        published = document["published_at"] and document["published_at"].date().isoformat()
        assert published == want["published"], name
        lines = sorted((r for r in removed if r["doc_id"] == document["doc_id"]), key=lambda r: r["line"])
        gone = [r["text"] for r in lines if r["kind"] != "title"]
        assert gone == want["removed_lines"], name


def test_a_ticker_on_one_line_goes_as_on_two(run, tmp_path):
    raw = (SEEDS / "002_04fa0c1fecb0a6ea.txt").read_text()
    (tmp_path / "one.txt").write_text(raw.replace("CMSC\n0.0578", "CMSC 0.0578"))
    run("--input", tmp_path / "one.txt", "--output", tmp_path / "out")
    (document,) = rows(tmp_path / "out", "documents")
    assert document["text"] == (SEEDS / "expected" / "002_04fa0c1fecb0a6ea.txt").read_text().rstrip("\n")
