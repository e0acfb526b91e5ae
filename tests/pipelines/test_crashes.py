"""Guarantee 2: a run that dies at any moment leaves the last good state, and the next finishes its work."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, published, rows, story

OPTIONS = ("--set", "output.unit_bytes=4096", "--set", "output.buckets=2")


@pytest.fixture
def before(run, tmp_path: Path) -> dict[str, bytes]:
    """A dataset of one run in ``out``, its twin in ``calm``, and more and changed input for the next run.

    Returns what readers see until then.
    """
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(4):
        (folder / f"{i}.txt").write_text(f"CMSC 0.0578\n{story(i)}\n")
    for name in ("out", "calm"):
        run("--input", folder, "--output", tmp_path / name, *OPTIONS)
    for i in range(3, 12):
        (folder / f"{i}.txt").write_text(f"CMSC 0.0578\n{story(i + 20)}\n")
    (folder / "copy.txt").write_text(story(0))
    return published(tmp_path / "out")


def killed_run(tmp_path: Path, step: str, number: int) -> int:
    command = [sys.executable, "-m", "tests.pipelines.faults", str(number), step]
    command += ["--input", str(tmp_path / "in"), "--output", str(tmp_path / "out"), "--direct_num_workers=1", *OPTIONS]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, timeout=120).returncode


# Staging: after one unit and after several; merging: between data files and before a marker; committing:
# while files are linked, between the links, at the last link; cleaning up after the commit.
@pytest.mark.parametrize(
    ("step", "number"),
    [
        *[("stage", 1), ("stage", 5), ("sync", 4), ("sync", 12), ("sync", 22), ("link", 1), ("link", 5)],
        *[("swap", 1), ("swap", 5), ("delete", 1)],
    ],
)
def test_killed_at_any_step_the_next_run_gives_the_same_bytes(run, before, tmp_path, step, number):
    assert killed_run(tmp_path, step, number) == -signal.SIGKILL
    after = undisturbed(run, tmp_path)
    assert published(tmp_path / "out") == (after if step == "delete" else before)
    run("--input", tmp_path / "in", "--output", tmp_path / "out", *OPTIONS)
    assert published(tmp_path / "out") == after
    assert len(rows(tmp_path / "out", "documents")) == 12
    leftovers = {p.name for p in (tmp_path / "out").iterdir()} - {"documents", "removed", "rejects", "README.md"}
    assert leftovers == {"_current", "_lock", "_runs", "_snapshots"}
    assert len(list((tmp_path / "out" / "_runs").iterdir())) == 2


def undisturbed(run, tmp_path: Path) -> dict[str, bytes]:
    """What the run gives where nothing dies."""
    run("--input", tmp_path / "in", "--output", tmp_path / "calm", *OPTIONS)
    return published(tmp_path / "calm")


def test_staged_units_are_not_staged_again(run, before, tmp_path):
    assert killed_run(tmp_path, "sync", 22) == -signal.SIGKILL
    staged = {p: p.stat().st_mtime_ns for p in (tmp_path / "out" / "_work" / "units").rglob("done.json")}
    assert staged
    seen = {}

    from pipelines import ingest

    account = ingest._account

    def look(*arguments):
        seen.update({p: p.stat().st_mtime_ns for p in staged})
        return account(*arguments)

    ingest._account = look
    try:
        run("--input", tmp_path / "in", "--output", tmp_path / "out", *OPTIONS)
    finally:
        ingest._account = account
    assert seen == staged


def test_another_run_at_the_same_time_is_refused(run, before, tmp_path):
    with (tmp_path / "out" / "_lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        refused = run("--input", tmp_path / "in", "--output", tmp_path / "out", *OPTIONS, expect=75)
    assert refused["stderr"].count("\n") == 1 and "another run" in refused["stderr"]
    assert published(tmp_path / "out") == before


def start_long_run(tmp_path: Path) -> subprocess.Popen[str]:
    """A run with two workers that has staged something and has more to do."""
    for i in range(400):
        (tmp_path / "in" / f"more-{i}.txt").write_text(story(i + 100, 60))
    command = [sys.executable, "-m", "pipelines.ingest", "--input", str(tmp_path / "in")]
    command += ["--output", str(tmp_path / "out"), "--direct_num_workers=2", *OPTIONS]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, start_new_session=True)
    units = tmp_path / "out" / "_work" / "units"
    while process.poll() is None and not (units.exists() and any(units.rglob("done.json"))):
        time.sleep(0.02)
    return process


def test_killed_with_its_workers_at_work_the_output_is_free_at_once(before, tmp_path):
    process = start_long_run(tmp_path)
    process.kill()
    process.wait()
    with (tmp_path / "out" / "_lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    process.communicate(timeout=60)  # standard error ends when the last worker does
    assert published(tmp_path / "out") == before


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_a_run_cleanly(before, tmp_path, number, status):
    process = start_long_run(tmp_path)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == status, stderr
    assert stderr.count("\n") == 1 and "stopped" in stderr
    assert published(tmp_path / "out") == before
    with (tmp_path / "out" / "_lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
