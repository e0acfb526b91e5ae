"""Lists of inputs, standard input, and files that change between the plan and the reading."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tempfile

import pytest
import zstandard

from pipelines import ingest, plan
from pipelines.plan import find_inputs
from tests.conftest import published, rows, story, write_jsonl


@pytest.fixture
def folder(tmp_path):
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/d.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def found(*patterns, root="", output=""):
    inputs, problems = find_inputs([str(p) for p in patterns], root, output)
    return [f.file.path for f in inputs.files], problems


def test_a_list_names_paths_globs_and_folders(folder):
    (folder / "list.txt").write_text(f"\ufeff# what to read\n\nb.txt\r\nsub/*.txt\n{folder}/a.txt\n")
    assert found(f"@{folder}/list.txt") == (["a.txt", "b.txt", "sub/c.txt"], [])
    (folder / "sub" / "list").write_text("../sub\n")
    assert found(f"@{folder}/sub/list", folder / "a.txt", root=str(folder))[0] == [
        "a.txt",
        "sub/c.txt",
        "sub/d.html",
        "sub/list",
    ]


def test_what_is_wrong_with_a_list_is_told_by_line(folder):
    (folder / "list.txt").write_text("a.txt\nnone.txt\n\n@other\n-\nftp://news.example/a.gz\n")
    named = f"input @{folder}/list.txt"
    assert found(f"@{folder}/list.txt")[1] == [
        f"{named} line 4: @other: a list holds paths, globs and URLs only",
        f"{named} line 5: -: a list holds paths, globs and URLs only",
        f"{named} line 2: none.txt: matches no file",
        f"{named} line 6: ftp://news.example/a.gz: no filesystem for ftp:// is installed; known are gs://, s3://, azfs://,"
        " hdfs://, http://, https:// and paths of this machine",
    ]


def test_a_list_that_is_none(folder):
    (folder / "empty").write_text("# nothing\n")
    (folder / "bytes").write_bytes(b"\xff\xfe\xfd")
    assert found(f"@{folder}/none")[1] == [f"input @{folder}/none: No such file or directory"]
    assert found(f"@{folder}/empty")[1] == [f"input @{folder}/empty: names nothing"]
    assert "utf-8" in found(f"@{folder}/bytes")[1][0]


def test_of_many_wrong_lines_the_first_are_told(folder):
    (folder / "list").write_text("".join(f"{n}.none\n" for n in range(50)))
    problems = found(f"@{folder}/list")[1]
    assert len(problems) == 21 and problems[-1] == "and 30 more of this kind"


@pytest.mark.parametrize("url", ["gs://bucket/x", "ftp://host/x", "abfs://x/y"])
def test_a_filesystem_that_is_missing_is_told(url):
    assert f"input {url}: no filesystem for {url.split(':')[0]}:// is installed" in found(url)[1][0]


class _Piped:
    """Standard input with bytes in it."""

    def __init__(self, data: bytes, terminal: bool = False):
        self.buffer, self._terminal = io.BytesIO(data), terminal

    def isatty(self) -> bool:
        return self._terminal


ROWS = b"".join(b'{"id": "%d", "text": "%s"}\n' % (n, story(n).replace("\n", " ").encode()) for n in range(5))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_standard_input_is_read_by_its_content(run, tmp_path, monkeypatch, pack):
    monkeypatch.setattr(sys, "stdin", _Piped(pack(ROWS)))
    run("--input", "-", "--output", tmp_path / "out")
    documents = rows(tmp_path / "out", "documents")
    assert {d["source_id"] for d in documents} == set("01234")
    assert {d["source"] for d in documents} == {"stdin"}
    assert not (tmp_path / "out" / "_work").exists()


def test_the_same_bytes_on_standard_input_add_nothing_and_others_are_added(run, tmp_path, monkeypatch):
    for data, status, count in ((story(1), "done", 1), (story(1), "nothing-new", 1), (story(2), "done", 2)):
        monkeypatch.setattr(sys, "stdin", _Piped(data.encode()))
        summary = run("--input", "-", "--output", tmp_path / "out", "--set", "input.format=text")
        assert summary["status"] == status
        assert len(rows(tmp_path / "out", "documents")) == count


def test_standard_input_is_added_to_files_and_files_to_standard_input(run, tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(story(1))
    for number, (out, order) in enumerate({"one": ["in", "-"], "two": ["-", "in"], "three": ["-", "in", "-"]}.items()):
        for step, name in enumerate(order):
            monkeypatch.setattr(sys, "stdin", _Piped(story(10 * number + step + 2).encode()))
            path = "-" if name == "-" else tmp_path / name
            run("--input", path, "--output", tmp_path / out, "--set", "input.format=text")
        assert len(rows(tmp_path / out, "documents")) == len(order)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text(story(99))
    said = run("--input", tmp_path / "other", "--output", tmp_path / "three", expect=2)["stderr"]
    assert "input.root is" in said and str(tmp_path / "in") in said


@pytest.mark.parametrize("wrong", [[], ["none.txt"]])
def test_a_dry_run_and_a_mistake_leave_nothing_of_standard_input(run, tmp_path, monkeypatch, wrong):
    (tmp_path / "in.txt").write_text(story(1))
    for output in ("new", "old"):
        if output == "old":
            run("--input", tmp_path / "in.txt", "--output", tmp_path / "old")
        before = sorted(tmp_path.rglob("*"))
        monkeypatch.setattr(sys, "stdin", _Piped(story(2).encode()))
        dry = [] if wrong else ["--dry-run"]
        run("--input", "-", *wrong, *dry, "--output", tmp_path / output, expect=2 if wrong else 0)
        assert sorted(tmp_path.rglob("*")) == before


def test_standard_input_that_cannot_be(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", _Piped(b"", terminal=True))
    assert "standard input is a terminal" in find_inputs(["-"], "", "", str(tmp_path))[1][0]


def test_an_empty_path_and_closed_standard_input_are_told(monkeypatch):
    assert found("") == ([], ["input: an empty path, as of a variable that is not set"])
    monkeypatch.setattr(sys, "stdin", None)
    assert find_inputs(["-"], "", "", "")[1] == ["input -: standard input is closed"]


def test_a_preview_of_standard_input_needs_no_output_and_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", _Piped(ROWS))
    assert run("--input", "-", "--preview", "3")["records"] == 3
    assert not list(tmp_path.iterdir())


def test_a_mixed_folder_is_read_file_by_file(run, tmp_path):
    (tmp_path / "in").mkdir()
    for number, (name, pack) in enumerate(
        {"a.txt": bytes, "b.txt.gz": gzip.compress, "c.txt.xz": lzma.compress, "d": bz2.compress}.items()
    ):
        (tmp_path / "in" / name).write_bytes(pack(story(number).encode()))
    write_jsonl(tmp_path / "in" / "e.jsonl", [{"text": story(9)}])
    (tmp_path / "in" / "f.jsonl.zst").write_bytes(zstandard.compress(ROWS[: ROWS.index(b"\n")]) + b"garbage")
    (tmp_path / "in" / ".hidden").write_bytes(b"\0")
    run("--input", tmp_path / "in", "--output", tmp_path / "out")
    read = {d["input_path"] for d in rows(tmp_path / "out", "documents")}
    assert read == {"a.txt", "b.txt.gz", "c.txt.xz", "d", "e.jsonl", "f.jsonl.zst"}
    (reject,) = [r for r in rows(tmp_path / "out", "rejects") if r["stage"] == "read"]
    assert (reject["input_path"], reject["reason"], reject["raw"]) == ("f.jsonl.zst", "bad-compression", b"garbage")


def _change_after_the_plan(monkeypatch, change):
    cut_units = plan.cut_units

    def changed(*arguments):
        units = cut_units(*arguments)
        change()
        return units

    monkeypatch.setattr(ingest.plan, "cut_units", changed)


@pytest.mark.parametrize("cut", [[], ["--set", "output.unit_bytes=300"]])
def test_a_file_that_vanishes_after_the_plan_is_a_reject_and_is_read_when_it_is_back(run, tmp_path, monkeypatch, cut):
    path = write_jsonl(tmp_path / "in" / "a.jsonl", [{"text": story(n)} for n in range(6)])
    (tmp_path / "in" / "b.txt").write_text(story(9))
    content = path.read_bytes()
    arguments = ("--input", tmp_path / "in", "--output", tmp_path / "out", *cut)
    with monkeypatch.context() as patched:
        _change_after_the_plan(patched, path.unlink)
        run(*arguments)
    rejects = rows(tmp_path / "out", "rejects")
    assert {(r["input_path"], r["reason"]) for r in rejects} == {("a.jsonl", "unreadable")}
    assert [d["text"] for d in rows(tmp_path / "out", "documents")] == [story(9)]
    path.write_bytes(content)
    run(*arguments)
    assert not rows(tmp_path / "out", "rejects")
    assert len(rows(tmp_path / "out", "documents")) == 7


@pytest.mark.parametrize("cut", [[], ["--set", "output.unit_bytes=300"]])
def test_of_a_file_that_grows_after_the_plan_the_planned_part_is_read_and_the_rest_by_the_next_run(
    run, tmp_path, monkeypatch, cut
):
    path = write_jsonl(tmp_path / "in" / "a.jsonl", [{"text": story(n)} for n in range(6)])
    arguments = ("--input", tmp_path / "in", *cut, "--output")
    run(*arguments, tmp_path / "plain")

    def grow():
        with path.open("ab") as file:
            file.write(b'{"text": "%s"}\n' % story(7).replace("\n", " ").encode())

    with monkeypatch.context() as patched:
        _change_after_the_plan(patched, grow)
        run(*arguments, tmp_path / "out")
    assert published(tmp_path / "out") == published(tmp_path / "plain")
    run(*arguments, tmp_path / "out")
    assert len(rows(tmp_path / "out", "documents")) == 7


def test_of_a_file_that_shrinks_after_the_plan_the_good_part_stays(run, tmp_path, monkeypatch):
    path = write_jsonl(tmp_path / "in" / "a.jsonl", [{"text": story(n)} for n in range(6)])
    content = path.read_bytes()
    arguments = ("--input", tmp_path / "in", "--output", tmp_path / "out")
    with monkeypatch.context() as patched:
        _change_after_the_plan(patched, lambda: path.write_bytes(content[: len(content) // 2]))
        run(*arguments)
    (reject,) = rows(tmp_path / "out", "rejects")
    assert reject["reason"] == "unreadable"
    assert "it was longer when the run was planned" in reject["detail"]
    assert "whole lines were read before it" in reject["detail"]
    assert 0 < len(rows(tmp_path / "out", "documents")) < 6
    path.write_bytes(content)
    run(*arguments)
    assert len(rows(tmp_path / "out", "documents")) == 6


@pytest.mark.parametrize("name, pack", [("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstandard.compress)])
def test_the_cut_of_a_file_of_compressed_members_changes_no_byte(run, tmp_path, name, pack):
    (tmp_path / "in").mkdir()
    content = b"".join(b'{"text": "%s"}\n' % story(n).replace("\n", " ").encode() for n in range(40))
    members = [content[at : at + 1001] for at in range(0, len(content), 1001)]  # in the middle of lines
    (tmp_path / "in" / name).write_bytes(b"".join(map(pack, members)))
    made = []
    for unit_bytes in (1000, 3000, 4_000_000):
        out = tmp_path / f"out{unit_bytes}"
        run("--input", tmp_path / "in", "--output", out, "--set", f"output.unit_bytes={unit_bytes}")
        assert len(rows(out, "documents")) == 40
        made.append(published(out))
    assert made[0] == made[1] == made[2]
