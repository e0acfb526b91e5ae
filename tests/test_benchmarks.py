"""The benchmarks run and report everything, at sizes that take no time; nothing here looks at a speed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import loop, throughput
from benchmarks.corpus import LANGUAGES, make_stories, write_corpus
from benchmarks.loop import read_records
from benchmarks.processes import Failed, Watched, memory_measure, watch
from benchmarks.steps import measure_steps
from transforms.schema import PREPARED

ROOT = Path(__file__).parents[1]
STEPS = ["read", "clean", "normalise", "language", "quality", "prepare", "stage", "publish"]
RATES = {"step", "documents_per_s", "mb_per_s", "share"}


@pytest.mark.parametrize("format", ["jsonl", "text", "html"])
def test_same_arguments_give_the_same_files(tmp_path, format):
    first, second = (write_corpus(tmp_path / name, 10, 500, format, seed=3) for name in ("a", "b"))
    other = write_corpus(tmp_path / "c", 10, 500, format, seed=4)
    assert _bytes_of(first.folder) == _bytes_of(second.folder) != _bytes_of(other.folder)
    assert first.documents == len(list(read_records(first.folder))) == 10
    assert first.bytes == sum(map(len, _bytes_of(first.folder).values()))


def _bytes_of(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_stories_differ_and_have_about_the_size_that_was_asked_for():
    stories = list(make_stories(200, 2000))
    assert len({story.text for story in stories}) == 200
    assert {story.language for story in stories} == set(LANGUAGES)
    assert all(2000 <= len(story.text) + 1 < 2300 for story in stories)


@pytest.mark.parametrize(("format", "steps"), [("jsonl", STEPS), ("html", ["read", "extract", *STEPS[1:]])])
def test_every_step_is_measured(tmp_path, format, steps):
    corpus = write_corpus(tmp_path / "input", 5, 900, format)
    rows = measure_steps(corpus.folder, corpus.bytes, tmp_path / "scratch")
    assert [row["step"] for row in rows] == steps
    assert all(set(row) == RATES and row["documents_per_s"] > 0 for row in rows)


def test_report_is_complete(monkeypatch, capsys):
    # Processes that start take seconds; here the job and the loop are told in their own words.
    monkeypatch.setattr(throughput, "watch", _watch_nothing)
    assert throughput.main(["--documents", "5", "--characters", "400", "--repeat", "2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report) == {"machine", "memory_measure", "input", "runs", "steps"}
    assert [run["name"] for run in report["runs"]] == ["loop", "newsloom, 1 worker", "newsloom, 2 workers"]
    assert [len(run["all_seconds"]) for run in report["runs"]] == [2, 2, 2]
    assert report["runs"][1]["ratio_whole"] == report["runs"][1]["ratio_work"] == 1
    assert (
        throughput.main(["--documents", "5", "--memory", "--small", "50", "--workers", "2", "--characters", "9"]) == 0
    )
    report = json.loads(capsys.readouterr().out)
    assert report["memory"] == [{"workers": 2, "documents": [5, 40], "peak_mb": [3.0, 3.0], "growth": 1}]
    assert report["small"]["main_bytes_per_document"] == 0
    throughput.print_report(report)
    assert "growth" in capsys.readouterr().out


def _watch_nothing(command, folder):
    source = Path(command[command.index("--input") + 1] if "--input" in command else command[3])
    documents = len(list(read_records(source)))
    if "--input" not in command:
        Path(command[4]).write_bytes(b"")
    return Watched(json.dumps({"documents": documents, "seconds": 1.0}), 2.0, 1.5, 3_000_000, 2_000_000)


def test_loop_writes_every_document(tmp_path, capsys):
    corpus = write_corpus(tmp_path / "input", 3, 400, "jsonl")
    loop.main(str(corpus.folder), str(tmp_path / "out.parquet"))
    assert json.loads(capsys.readouterr().out)["documents"] == 3
    assert pq.read_table(tmp_path / "out.parquet").schema.names == PREPARED.names


def test_a_process_is_watched_with_its_children():
    child = "x = bytearray(50_000_000); import time; time.sleep(0.4)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    watched = watch([sys.executable, "-c", parent], ROOT)
    assert watched.output == "done\n"
    if "PSS" in memory_measure():
        assert watched.peak_bytes > 50_000_000 > watched.main_peak_bytes > 0


def test_a_process_that_fails_is_told():
    with pytest.raises(Failed, match=r"status 3: so it is"):
        watch([sys.executable, "-c", "import sys; print('so it is', file=sys.stderr); sys.exit(3)"], ROOT)


def test_stopping_ends_the_child_and_removes_the_files(tmp_path):
    command = [sys.executable, "-m", "benchmarks.throughput", "--documents", "20000", "--characters", "300"]
    process = subprocess.Popen(command, cwd=ROOT, env={"TMPDIR": str(tmp_path), "PATH": ""})
    while not list(tmp_path.iterdir()):
        time.sleep(0.02)
    process.terminate()
    assert process.wait(timeout=30) == 130
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["--documents", "0"], ["--workers", "1,x"], ["--format", "pdf"], ["--doc", "5"]])
def test_wrong_arguments_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        throughput.main(arguments)
    assert stopped.value.code == 2 and "usage" in capsys.readouterr().err
