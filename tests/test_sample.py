"""The sample corpus through the whole job, against what was written down when it was written."""

from __future__ import annotations

import json

import pytest

from pipelines import ingest
from tests.conftest import REPOSITORY, rows

DATA = REPOSITORY / "tests" / "data"
FOLDERS = {
    "sample/text": (),
    "sample/html": (),
    "sample/jsonl": (),
    "sample/lines": ("--set", "input.documents=line"),
    "sample/separated": ("--set", "input.documents=separator"),
    "broken": (),
}
COLUMNS = ["input_path", "input_record", "language", "text"]

Place = tuple[str, int | None]


def expected(name: str) -> list[dict]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> tuple[dict[Place, dict], dict[Place, str]]:
    """Documents and reasons of rejects by place, with paths as under tests/data."""
    output = tmp_path_factory.mktemp("sample")
    documents, rejects = {}, {}
    for name, options in FOLDERS.items():
        out = output / name.replace("/", "-")
        summary = ingest.run(ingest.check(["--input", str(DATA / name), "--output", str(out), *options]))
        assert summary["read"] == summary["documents"] + sum(summary["rejects"].values())
        for row in rows(out, "documents", COLUMNS):
            documents[f"{name}/{row['input_path']}", row["input_record"]] = row
        for row in rows(out, "rejects", ["input_path", "input_record", "reason"]):
            rejects[f"{name}/{row['input_path']}", row["input_record"]] = row["reason"]
    return documents, rejects


def test_what_must_be_rejected_is_rejected_for_its_reason(found):
    documents, rejects = found
    assert not set(documents) & set(rejects)
    for entry in expected("expected_rejects"):
        if "one_of" in entry:
            places = [(e["path"], e["record"]) for e in entry["one_of"]]
            assert sum(p in documents for p in places) == entry["kept"]
            assert {rejects[p] for p in places if p not in documents} == {entry["reason"]}
            continue
        place = entry["path"], entry.get("record")
        if entry["reason"] is None:
            assert place in documents or "or bad-encoding" in entry.get("note", ""), place
        else:
            # What stands before the break is the text of another file, too.
            of_file = [r for (path, record), r in rejects.items() if path == place[0] and place[1] in (None, record)]
            assert set(of_file) - {"duplicate/exact"} <= set(entry["reason"].split(", ")), place
            assert of_file, place


def test_languages_are_right(found):
    said = {(e["path"], e["record"]): e["language"] for e in expected("expected")}
    wrong = {p: (row["language"], said[p]) for p, row in found[0].items() if p in said and row["language"] != said[p]}
    assert wrong == {}
    assert len(set(said.values())) >= 15


def test_pages_give_their_story_without_what_stands_around_it(found):
    right = total = 0
    for entry in expected("expected_html"):
        text = found[0][entry["path"], None]["text"]
        checks = [p in text for p in entry["present"]] + [p not in text for p in entry["absent"]]
        right, total = right + sum(checks), total + len(checks)
    assert right / total > 0.95
