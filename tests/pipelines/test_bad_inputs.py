"""Guarantee 5: bad input is a row in rejects/, not a crash, and the rest of the run is unharmed."""

from __future__ import annotations

import gzip
import json
import os
import random
import sys

import pytest

from tests.conftest import rows, story

GOOD = {"id": "good", "text": story(1)}


def line(record: object) -> bytes:
    return json.dumps(record).encode() + b"\n"


def page(body: str) -> bytes:
    return f"<html><body><article>{body}</article></body></html>".encode()


def noise(size: int) -> str:
    """Text that does not compress away, so that cutting its gzip in half cuts the text."""
    letters = random.Random(1)
    return " ".join(f"word{letters.randrange(10**9)}" for _ in range(size // 14))


TRUNCATED = gzip.compress(line(GOOD) + line({"id": "cut", "text": noise(200_000)}))[:40_000]

BAD = {
    "truncated.jsonl.gz": (TRUNCATED, "bad-compression"),
    "latin.txt": (story(2).encode() + b"\nThe caf\xe9 \xff\xfe\x81 \xc3\x28 of na\xc3\xafve people\n", "bad-encoding"),
    "nul.txt": (b"A story\x00with\x00NUL\x00bytes\n" * 20, "binary"),
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n\n", "empty"),
    "line.jsonl": (b'{"id": "x", "text": "' + b"a" * 50_000_000 + b'"}\n' + line(GOOD), "too-large"),
    "broken.jsonl": (line(GOOD) + b'{"id": "x", "text": \n', "bad-json"),
    "list.jsonl": (b"[1, 2]\n" + line(GOOD), "bad-json"),
    "missing.jsonl": (line({"id": "x", "title": "no text"}) + line(GOOD), "missing-field"),
    "types.jsonl": (line({"id": "x", "text": {"a": 1}}) + line(GOOD), "bad-field"),
    "nested.html": (page("<div>" * 100_000 + f"<p>{story(3)}</p>" + "</div>" * 100_000), "extract/limit"),
    "blank.html": (page(""), "extract/empty"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_is_a_reject_and_its_neighbours_are_documents(run, tmp_path, name):
    content, reason = BAD[name]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(content)
    (tmp_path / "in" / "neighbour.txt").write_text(story(4))
    summary = run("--input", tmp_path / "in", "--output", tmp_path / "out")
    rejects = rows(tmp_path / "out", "rejects")
    assert [(r["reason"], r["input_path"]) for r in rejects] == [(reason, name)]
    assert rejects[0]["detail"] and rejects[0]["raw_bytes"] is not None
    texts = [d["text"] for d in rows(tmp_path / "out", "documents")]
    assert story(4) in texts
    assert len(texts) == summary["read"] - 1 == (2 if line(GOOD) in content or name == "truncated.jsonl.gz" else 1)


def test_a_page_that_hangs_the_extractor_is_stopped(run, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hang.html").write_bytes(page("<p>a</p>" * 200_000))
    (tmp_path / "in" / "page.html").write_bytes(page(f"<p>{story(3)}</p>"))
    limits = ("--set", "extract.timeout_s=2", "--set", "extract.max_tags=1000000")
    run("--input", tmp_path / "in", "--output", tmp_path / "out", *limits)
    assert [(r["reason"], r["input_path"]) for r in rows(tmp_path / "out", "rejects")] == [
        ("extract/timeout", "hang.html")
    ]
    assert [d["text"].replace(" ", "\n") for d in rows(tmp_path / "out", "documents")] == [story(3).replace(" ", "\n")]


def test_a_folder_named_like_a_file_and_one_without_permission(run, tmp_path):
    folder = tmp_path / "in"
    (folder / "folder.txt").mkdir(parents=True)
    (folder / "good.txt").write_text(story(1))
    os.mkfifo(folder / "pipe.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    run("--input", folder / "*.txt", "--output", tmp_path / "out")
    rejects = {r["input_path"]: r["reason"] for r in rows(tmp_path / "out", "rejects")}
    assert rejects == {"folder.txt": "not-a-file", "pipe.txt": "not-a-file", "gone.txt": "unreadable"}
    assert len(rows(tmp_path / "out", "documents")) == 1


def test_a_step_that_fails_unforeseen_gives_a_reject_that_names_it(run, tmp_path, monkeypatch):
    from transforms import document

    assess = document.assess_quality

    def fails_on_one(text: str, language: str):
        if story(1) in text:
            raise ZeroDivisionError("a defect")
        return assess(text, language)

    monkeypatch.setattr(document, "assess_quality", fails_on_one)
    (tmp_path / "in").mkdir()
    for i in (1, 2):
        (tmp_path / "in" / f"{i}.txt").write_text(story(i))
    run("--input", tmp_path / "in", "--output", tmp_path / "out")
    (reject,) = rows(tmp_path / "out", "rejects")
    assert reject["reason"] == "error" and "ZeroDivisionError: a defect" in reject["detail"]
    assert reject["raw"].decode() == story(1)


def test_an_extractor_that_cannot_start_fails_the_run_and_rejects_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (tmp_path / "page.html").write_bytes(page(f"<p>{story(3)}</p>"))
    failed = run("--input", tmp_path / "*.html", "--output", tmp_path / "out", expect=1)
    assert "does not start" in failed["stderr"]
    assert not (tmp_path / "out" / "rejects").exists()
