"""What a person meets who types the command: errors, exit statuses, what is printed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY, published, rows, story, write_jsonl


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(3):
        (folder / f"{i}.txt").write_text(story(i))
    return folder


def test_everything_that_is_wrong_is_told_at_once(run, tmp_path):
    config = tmp_path / "bad.yaml"
    config.write_text("input:\n  charst: utf-8\noutput:\n  buckets: many\nlanguage:\n  keep: [de, no]\n")
    (tmp_path / "file").write_text("x")
    said = run(
        "--config", config, "--input", tmp_path / "*.nothing", "--output", tmp_path / "file", "--ouput=x", expect=2
    )["stderr"]
    for part in ("input.charst: no such option; did you mean charset?", "output.buckets", "--ouput", "matches no file",
                 "file is a file, not a folder", "unquoted no"):  # fmt: skip
        assert part in said
    assert "Traceback" not in said
    assert all(line.startswith("newsloom: ") for line in said.splitlines())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--config", "nowhere.yaml"), "nowhere.yaml: cannot be read: No such file or directory"),
        (("--set", "output.buckets=0"), "output.buckets is 0; allowed: 1 to 256"),
        (("--set", "output.bucket=2"), "output.bucket: no such option; did you mean buckets?"),
        (("--set", "buckets"), "--set buckets: expected key=value"),
        (("--set", "limits.reject=0.5"), "limits.reject: no such reason or stage; did you mean rejected?"),
        (("--direct_num_workers=two",), "--direct_num_workers"),
        (("--set", "deduplicate.exact=mark"), "deduplicate.exact"),
    ],
)
def test_a_wrong_option_is_one_clear_line(run, source, tmp_path, arguments, message):
    said = run("--input", source, "--output", tmp_path / "out", *arguments, expect=2)["stderr"]
    assert message in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_missing_output_and_missing_input(run):
    said = run("--set", "input.paths=[]", expect=2)["stderr"]
    assert "--output is missing" in said and "--input" in said


def test_another_root_or_namespace_or_cut_on_the_same_output_is_refused(run, source, tmp_path):
    run("--input", source, "--output", tmp_path / "out")
    said = run(
        "--input", source, "--output", tmp_path / "out", "--set", f"input.root={tmp_path}",
        "--set", "input.namespace=other", "--set", "output.buckets=8", expect=2,
    )["stderr"]  # fmt: skip
    assert all(name in said for name in ("input.root", "input.namespace", "output.buckets"))


def test_a_run_says_one_line_of_json_and_nothing_else(source, tmp_path):
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.ingest", "--input", source, "--output", out, f"--direct_num_workers={workers}"],  # noqa: E501
            cwd=REPOSITORY, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1
        assert json.loads(done.stdout)["documents"] == 3


def test_a_limit_passed_is_an_alarm_and_an_expectation_broken_holds_the_run(run, source, tmp_path):
    write_jsonl(source / "a.jsonl", [{"id": "x"}])
    limits = ("--set", "limits.rejected=0.1")
    said = run("--input", source, "--output", tmp_path / "out", *limits, expect=3)
    assert said["documents"] == 3 and "25.0% of the run's records" in said["alarms"][0]
    before = published(tmp_path / "out")
    (source / "new.txt").write_text("")
    held = run("--input", source, "--output", tmp_path / "out", "--set", "expect.max_rejected=0.5", expect=4)
    assert "expect.max_rejected" in held["stderr"] and published(tmp_path / "out") == before
    run("--input", source, "--output", tmp_path / "out2", "--set", "expect.min_documents=10", expect=4)
    assert not (tmp_path / "out2" / "documents").exists()


def test_a_wrong_list_of_languages_drops_nothing_unseen(run, source, tmp_path):
    said = run("--input", source, "--output", tmp_path / "out", "--set", "language.keep=[de]", expect=3)
    assert said["rejects"] == {"language/not-wanted": 3} and "language: 100.0%" in said["alarms"][0]
    for reject in rows(tmp_path / "out", "rejects"):
        assert reject["raw"] is None and reject["raw_checksum"] and reject["input_path"]
    run("--input", source, "--output", tmp_path / "out2", "--set", "language.keep=[de]", "--set", "limits.language=1")
    said = run("--input", source, "--output", tmp_path / "out3", "--set", "language.keep=[gr]", expect=2)["stderr"]
    assert "el" in said and said.count("\n") == 1


def test_accounts_that_do_not_add_up_fail_the_run(run, source, tmp_path, monkeypatch):
    from transforms import stage

    add = stage._SectionWriter.add

    def loses_one(self, row, language, characters):
        if row["input_path"] != "1.txt":
            add(self, row, language, characters)

    monkeypatch.setattr(stage._SectionWriter, "add", loses_one)
    said = run("--input", source, "--output", tmp_path / "out", expect=1)["stderr"]
    assert "the counts do not add up" in said and "3 against 2" in said
    assert not (tmp_path / "out" / "documents").exists()


def test_dry_run_shows_the_plan_and_writes_nothing(run, source, tmp_path):
    plan = run("--input", source, "--output", tmp_path / "out", "--dry-run")["plan"]
    assert plan == {"inputs": 3, "new": 3, "changed": 0, "units": 1, "bytes": sum(len(story(i)) for i in range(3))}
    assert not (tmp_path / "out").exists()


def test_a_failed_run_is_one_line_and_debug_shows_the_traceback(run, source, tmp_path, monkeypatch):
    from transforms import stage

    def fails(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stage, "stage_unit", fails)
    said = run("--input", source, "--output", tmp_path / "out", expect=1)["stderr"]
    assert "No space left on device" in said and said.count("\n") == 1
    assert "Traceback" in run("--input", source, "--output", tmp_path / "out", "--debug", expect=1)["stderr"]


def test_output_inside_the_input_folder_is_not_read(run, source):
    run("--input", source, "--output", source / "out")
    assert run("--input", source, "--output", source / "out")["status"] == "nothing-new"
    assert len(rows(source / "out", "documents")) == 3
