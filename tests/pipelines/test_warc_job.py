"""WARC and WET files through the whole job."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY, SHARED, rows
from tests.transforms.read.warc_files import packed, small_file

WARC_DATA = SHARED / "data" / "warc"


def test_records_become_documents_and_the_rest_is_counted(run, tmp_path):
    """The pages of the file say the same but for a number in the title."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.warc.gz").write_bytes(b"".join(packed(small_file(40))) + b"garbage")
    config = REPOSITORY / "configs" / "warc.yaml"
    summary = run("--config", config, "--input", tmp_path / "in", "--output", tmp_path / "out")
    assert (summary["read"], summary["documents"]) == (82, 40)
    assert summary["skipped"] == {"skipped/request": 40, "skipped/warcinfo": 1}
    assert summary["rejects"] == {"bad-compression": 1}
    documents = rows(tmp_path / "out", "documents", ["source_id", "url", "fetched_at", "input_record", "title"])
    assert all(row["source_id"].startswith("<urn:uuid:") and row["fetched_at"] for row in documents)
    assert {row["input_record"] for row in documents} == set(range(2, 82, 2))
    assert {row["title"] for row in documents} == {f"Ferry number {n} is coming" for n in range(1, 41)}


@pytest.mark.skipif(not WARC_DATA.is_dir(), reason="no shared data")
def test_the_page_of_a_real_warc_file_and_the_text_of_its_wet_file_agree(run, tmp_path):
    summary = run("--input", WARC_DATA, "--output", tmp_path / "out")
    assert (summary["read"], summary["documents"], summary["rejects"]) == (6, 2, {})
    assert summary["skipped"] == {"skipped/metadata": 1, "skipped/request": 1, "skipped/warcinfo": 2}
    page, text = sorted(
        rows(tmp_path / "out", "documents", ["doc_id", "input_path", "text", "url", "fetched_at", "source"]),
        key=lambda row: row["input_path"],
    )
    assert page["url"] == text["url"] and page["fetched_at"] == text["fetched_at"] and page["source"] == "wikipedia.org"
    words = re.findall(r"\w+", page["text"])
    assert len(words) > 100
    lines = {row["line"]: row["text"] for row in rows(tmp_path / "out", "removed") if row["doc_id"] == text["doc_id"]}
    kept = iter(text["text"].split("\n"))
    numbers = range(len(lines) + text["text"].count("\n") + 1)
    whole = " ".join(re.findall(r"\w+", " ".join(lines.get(n) or next(kept, "") for n in numbers)))
    phrases = [" ".join(words[at : at + 5]) for at in range(0, len(words) - 5, 5)]
    # cleaning a whole page takes some of it for noise, and removed/ has that
    assert sum(phrase in whole for phrase in phrases) >= 0.95 * len(phrases)
    kept_words = re.findall(r"\w+", text["text"])
    spoken = set(words)
    assert sum(word in spoken for word in kept_words) >= 0.9 * len(kept_words) > 90
