"""The sample corpus through the whole job, against what was written down when it was written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

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
    "sample/formats": (),
    "broken": (),
}
COLUMNS = ["input_path", "input_record", "language", "text", "title", "url", "authors", "published_at"]
# Parts of the crawl and the archives that are no documents.
SKIPPED = {
    "skipped/folder": 2,
    "skipped/hidden": 1,
    "skipped/link": 1,
    "skipped/metadata": 1,
    "skipped/not-html": 2,
    "skipped/request": 1,
    "skipped/revisit": 1,
    "skipped/status": 1,
    "skipped/warcinfo": 2,
}

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
        parts = [*summary["rejects"].values(), *summary["skipped"].values()]
        assert summary["read"] == summary["documents"] + sum(parts)
        assert summary["skipped"] == (SKIPPED if name == "sample/formats" else {})
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
    entries = expected("expected") + expected("expected_formats")
    said = {(e["path"], e["record"]): e["language"] for e in entries}
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


def test_every_format_gives_its_documents_with_their_fields_and_no_others(found):
    documents, rejects = found
    entries = {(e["path"], e["record"]): e for e in expected("expected_formats")}
    assert {place for place in documents if place[0].startswith("sample/formats/")} == entries.keys()
    named = {(e["path"], e.get("record")) for e in expected("expected_rejects") if "path" in e}
    assert {place for place in rejects if place[0].startswith("sample/formats/")} <= named
    right = total = 0
    for place, entry in entries.items():
        row, noise = documents[place], [r["text"] for r in entry["removed"]]
        assert (row["url"], row["authors"]) == (entry["url"], entry["authors"]), place
        assert row["published_at"] == instant(entry["published"]), place
        # a title that stands in the text alone may be missed, as noise may
        assert row["title"] in ([entry["title"]] if entry["title"] not in noise else [entry["title"], None]), place
        lines = set(row["text"].split("\n"))
        checks = [line in lines for line in entry["text"].split("\n")] + [line not in lines for line in noise]
        right, total = right + sum(checks), total + len(checks)
    assert right / total > 0.95


def instant(iso: str | None) -> datetime | None:
    """A date or a time as a column of UTC has it."""
    if iso is None:
        return None
    found = datetime.fromisoformat(iso)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
