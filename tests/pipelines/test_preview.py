"""``ingest --preview``: it shows what a run would do, the same each time, and writes nothing."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import pty
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from pipelines import sample as sampling
from pipelines.preview import render
from pipelines.sample import sample
from tests.conftest import REPOSITORY, rows, story, write_jsonl
from transforms.read import InputFile, ReadOptions


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Eleven records in six files: three stories with noise, one Chinese, JSON Lines good and bad, and one empty."""
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(3):
        (folder / f"{i}.txt").write_text(f"By Ada Example\n{story(i)}\nShare on Facebook\n© 2024 Harbour Gazette.\n")
    (folder / "zh.txt").write_text(
        "作者：林一鸣\n梅雨一到，石桥下的修伞摊就排起了队。摊主今年七十六岁，在桥洞里修了五十一年伞。\n"
    )
    (folder / "empty.txt").write_text("")
    write_jsonl(
        folder / "feed.jsonl", [*({"text": story(i) + "\nShare on Facebook"} for i in range(3, 7)), {"id": "x"}]
    )
    with (folder / "feed.jsonl").open("a") as feed:
        feed.write('{"text": \n')
    return folder


def _files(folder: Path) -> set[tuple[str, int]]:
    return {(str(path), path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_it_says_what_a_run_does(run, source, tmp_path):
    tried = run("--input", source, "--preview")
    done = run("--input", source, "--output", tmp_path / "out")
    assert (tried["status"], tried["records"], tried["files"], tried["inputs"]) == ("preview", 11, 6, 6)
    assert tried["documents"] == done["documents"] and tried["languages"] == done["languages"]
    assert {reason: found["records"] for reason, found in tried["rejects"].items()} == done["rejects"]
    removed = rows(tmp_path / "out", "removed")
    assert {kind["kind"]: kind["spans"] for kind in tried["removed"]} == Counter(row["kind"] for row in removed)
    rules = {rule["rule"]: rule for kind in tried["removed"] for rule in kind["rules"]}
    assert {name: rule["spans"] for name, rule in rules.items()} == Counter(row["rule"] for row in removed)
    texts = {row["text"] for row in removed}
    for rule in rules.values():
        assert rule["examples"] and {example["text"] for example in rule["examples"]} <= texts
        assert rule["share"] == round(rule["documents"] / tried["documents"], 4)
    kept = rows(tmp_path / "out", "documents", ["text"])
    assert tried["characters_kept"] == sum(len(row["text"]) for row in kept)
    assert tried["characters"] - tried["characters_kept"] == sum(len(row["text"]) for row in removed)
    example = tried["rejects"]["bad-json"]["examples"][0]
    assert (example["path"], example["record"]) == ("feed.jsonl", 5)


def test_nothing_is_written(run, source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = _files(tmp_path)
    run("--input", source, "--output", tmp_path / "out", "--preview", 5)
    run("--input", source, "--output", source / "0.txt", "--preview", 5)
    assert _files(tmp_path) == before


def test_the_config_holds(run, source):
    tried = run("--input", source, "--preview", "--set", "language.keep=[zh]", "--set", "clean.keep=[share]")
    assert tried["rejects"]["language/not-wanted"]["records"] == 7
    assert "share" not in {kind["kind"] for kind in tried["removed"]}
    assert "learnt" in run("--input", source, "--preview", "--set", "clean.learn=true")["notes"][0]


def test_mistakes_are_told_before_anything_is_read(run, source):
    for arguments, message in (
        (("--preview", "--dry-run"), "--preview and --dry-run exclude each other"),
        (("--preview", "--set", "clean.kep=1"), "did you mean keep?"),
        (("--preview", "--input", source / "*.nothing"), "matches no file"),
    ):
        assert message in run("--input", source, *arguments, expect=2)["stderr"]
    for wrong in ("0", "-3", "many"):
        assert f"argument --preview: '{wrong}'" in run("--input", source, "--preview", wrong, expect=2)["stderr"]


def test_the_sample_is_the_same_each_time_and_in_any_order_of_the_files(source):
    files = [InputFile(p.name, str(p), p.stat().st_size) for p in sorted(source.iterdir())]
    for count in (1, 4, 100):
        once = [item.place for item in sample(files, ReadOptions(), count)]
        assert len(once) == len(set(once)) == min(count, 11)
        assert [item.place for item in sample(files[::-1], ReadOptions(), count)] == once


def _large(path: Path, records: int) -> InputFile:
    write_jsonl(path, [{"id": str(i), "text": story(i)} for i in range(records)])
    return InputFile(path.name, str(path), path.stat().st_size)


def test_a_large_file_is_sampled_all_over_without_being_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sampling, "_SPOT_BYTES", 4096)
    file = _large(tmp_path / "large.jsonl", 4000)
    taken = list(sample([file], ReadOptions(), 40))
    assert len({item.place.offset for item in taken}) == 40
    quarters = Counter(item.place.offset * 4 // file.size for item in taken)
    assert len(quarters) == 4 and max(quarters.values()) < 25
    data = Path(file.url).read_bytes()
    for item in taken:  # each is a whole line, found where it says
        end = data.index(b"\n", item.place.offset)
        assert data[item.place.offset : end] == item.raw and data[item.place.offset - 1 : item.place.offset] in (
            b"",
            b"\n",
        )


def test_of_a_compressed_file_the_beginning_is_sampled(tmp_path):
    file = _large(tmp_path / "large.jsonl", 3000)
    packed = tmp_path / "named-as-if-plain.jsonl"
    packed.write_bytes(gzip.compress(Path(file.url).read_bytes()))
    taken = list(sample([InputFile(packed.name, str(packed), packed.stat().st_size)], ReadOptions(), 40))
    assert len(taken) == 40 and {item.source_id is not None for item in taken} == {True}


def test_files_count_by_their_size_and_small_ones_fill_up(tmp_path):
    large = _large(tmp_path / "large.jsonl", 3000)
    small = [_large(tmp_path / f"small-{i}.jsonl", 2) for i in range(3)]
    by_file = Counter(item.place.path for item in sample([large, *small], ReadOptions(), 3000))
    assert by_file["large.jsonl"] > 500 and all(by_file[file.path] == 2 for file in small)
    assert len(list(sample(small, ReadOptions(), 100))) == 6


def test_a_file_without_line_breaks_does_not_hold_it_up(tmp_path, monkeypatch):
    monkeypatch.setattr(sampling, "_SPOT_BYTES", 4096)
    monkeypatch.setattr(sampling, "_LONGEST_SEARCH", 4096)
    path = tmp_path / "endless.jsonl"
    path.write_bytes(b'{"text": "' + b"on and on " * 40_000)
    taken = list(sample([InputFile(path.name, str(path), path.stat().st_size)], ReadOptions(), 10))
    assert [item.reason for item in taken] in ([], ["bad-json"])


@settings(max_examples=40, deadline=None)
@example(lines=["0" * 80], spot=1, count=1)
@given(
    lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40), max_size=30),
    spot=st.integers(1, 60),
    count=st.integers(1, 40),
)
def test_every_record_of_a_sample_is_one_of_the_file(tmp_path_factory, lines, spot, count):
    path = tmp_path_factory.getbasetemp() / "lines.txt"
    path.write_bytes("\n".join(lines).encode())
    file = InputFile(path.name, str(path), path.stat().st_size)
    options = ReadOptions(documents="line", charset="utf-8")
    whole = {(item.place.offset, item.raw) for item in sampling._from_beginning(file, options)}
    before = sampling._SPOT_BYTES
    sampling._SPOT_BYTES = spot
    try:
        taken = [(item.place.offset, item.raw) for item in sample([file], options, count)]
    finally:
        sampling._SPOT_BYTES = before
    assert len(taken) == len(set(taken)) <= count and set(taken) <= whole
    assert count < len(whole) or set(taken) == whole


def test_rows_fit_the_terminal(run, source):
    summary = run("--input", source, "--preview")
    for width in (60, 80, 120):
        console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system="standard")
        shown = list(render(summary, console))
        assert all(cell_len(row.plain.rstrip()) <= width for row in shown)
        text = "\n".join(row.plain for row in shown)
        for part in ("tried", "byline/", "By Ada Example", "林一鸣", "rejected", "bad-json", "feed.jsonl, record 5"):
            assert part in text


def test_ctrl_c_ends_it_and_says_that_nothing_was_written(tmp_path):
    _large(tmp_path / "large.jsonl", 3000)
    main, side = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "pipelines.main", "ingest", "--input", tmp_path / "large.jsonl", "--preview", "3000"],
        cwd=REPOSITORY, stdin=side, stdout=side, stderr=side, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(side)
    shown, asked = b"", False
    with contextlib.suppress(OSError):  # so Linux says that the other side is closed
        while chunk := os.read(main, 65536):
            shown += chunk
            if b"trying" in shown and not asked:
                child.send_signal(signal.SIGINT)
                asked = True
    os.close(main)
    assert child.wait(120) == 130
    assert b"stopped; nothing was written" in shown and b"Traceback" not in shown


def test_without_a_terminal_it_is_one_line_of_json(run, source):
    first, second = (json.dumps(run("--input", source, "--preview", 4)) for _ in range(2))
    assert first == second
