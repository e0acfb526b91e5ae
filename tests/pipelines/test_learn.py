"""``newsloom learn``, and ingest with what was learnt: whole runs, read back from disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import commands, learn
from pipelines.config import load_config
from tests.conftest import published, rows, story, write_jsonl
from transforms.profile import SCHEMA, load_profile, profile_bytes

BACKGROUND = (
    "The harbour of Aldermouth was closed three years ago, and nobody has seen the end of its repairs since then."
)
HOUSE = ("QXZT", "Harlow Ferry Gazette online", "All that the river brings.")
SMALL = ("--set", "output.unit_bytes=8192", "--set", "output.buckets=2")


def house_text(number: int) -> str:
    """A document of the house: a ticker on one line or two, its name, a slogan, and now and then the same paragraph."""
    ticker = ["QXZT", f"{number * 7 % 50 + 1}"] if number % 2 else [f"QXZT {number * 3 + 2}"]
    paragraphs = story(number).split("\n")
    if number % 3 == 0:
        paragraphs.insert(number % 5 % len(paragraphs), BACKGROUND)
    return "\n".join([*ticker, HOUSE[1], *paragraphs, HOUSE[2]])


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Records of two sources with URLs, and texts in a folder; the lines of one house stand in another once."""
    folder = tmp_path / "in"
    records = [{"id": f"h{i}", "url": f"https://www.harlow-gazette.com/{i}", "text": house_text(i)} for i in range(24)]
    records += [{"id": f"o{i}", "url": f"https://elsewhere.com/{i}", "text": story(i + 40)} for i in range(23)]
    records += [{"id": "o23", "url": "https://elsewhere.com/23", "text": f"QXZT 12\n{HOUSE[1]}\n{story(70)}"}]
    write_jsonl(folder / "records.jsonl", records)
    (folder / "pellworth").mkdir()
    for i in range(5):
        (folder / "pellworth" / f"{i}.txt").write_text(f"{story(i + 90)}\nPellworth aktuell | {i + 3}\n")
    (folder / "broken.jsonl").write_text("this is no JSON\n")
    return folder


def learnt(capsys: pytest.CaptureFixture[str], *arguments: object, expect: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    status = learn.main([str(a) for a in arguments])
    printed = capsys.readouterr()
    assert status == expect, printed.err
    return (json.loads(printed.out) if printed.out else {}) | {"stderr": printed.err}


def repeated(output: Path) -> dict[str, list[str]]:
    """Texts of the removed lines of kind ``repeated``, in order, by the source of their documents."""
    sources = {d["doc_id"]: d["source"] for d in rows(output, "documents", ["doc_id", "source"])}
    found: dict[str, list[str]] = {}
    for row in rows(output, "removed"):
        if row["kind"] == "repeated":
            found.setdefault(sources[row["doc_id"]], []).append(row["text"])
    return {source: sorted(texts) for source, texts in found.items()}


def write_pages(folder: Path) -> None:
    for i in range(6):
        page = "".join(f"<p>{line}</p>" for line in ["Nordkai und Umland", *story(i + 80).split("\n")])
        (folder / f"{i}.html").write_text(
            f'<html lang="en"><head><title>Storm {i}</title><link rel="canonical" href="https://nordkai.com/{i}">'
            f"</head><body><article>{page}</article></body></html>"
        )


def test_a_profile_says_what_each_source_repeats_and_where(capsys, inputs, tmp_path):
    write_pages(inputs)
    profile = tmp_path / "noise.parquet"
    summary = learnt(capsys, "--input", inputs, "--output", profile)
    table = pq.read_table(profile)
    assert table.schema.equals(SCHEMA)
    found = {(r["source"], r["pattern"]): r for r in table.to_pylist()}
    assert {source for source, _ in found} == {"harlow-gazette.com", "nordkai.com", "pellworth"}
    assert summary["patterns"] == len(found) and summary["fewest_documents"] == 3
    name = found["harlow-gazette.com", HOUSE[1]]
    assert (name["documents"], name["share"], name["position"], name["lines_from_top"]) == (24, 1.0, "top", 1.5)
    assert (
        found["harlow-gazette.com", "QXZT"]["documents"] == found["harlow-gazette.com", "QXZT <n>"]["share"] * 24 == 12
    )
    slogan, label = found["harlow-gazette.com", HOUSE[2]], found["pellworth", "Pellworth aktuell | <n>"]
    assert (slogan["position"], slogan["lines_from_foot"], slogan["steady_foot"]) == ("foot", 0.0, 1.0)
    assert label["documents"] == 5 and set(label["examples"]) <= {f"Pellworth aktuell | {i + 3}" for i in range(5)}
    assert found["nordkai.com", "Nordkai und Umland"]["position"] == "top"  # from pages, as ingest extracts them
    assert {p.name for p in tmp_path.iterdir()} == {"in", "noise.parquet"}


def test_the_same_profile_for_any_workers_units_and_order(capsys, inputs, tmp_path):
    bytes_of = {}
    for name, options in {"one": ("--direct_num_workers=1",), "two": ("--direct_num_workers=2", *SMALL)}.items():
        learnt(capsys, "--input", inputs, "--output", tmp_path / name, *options)
        bytes_of[name] = (tmp_path / name).read_bytes()
    lines = (inputs / "records.jsonl").read_text().splitlines(keepends=True)
    (inputs / "a.jsonl").write_text("".join(lines[:20:-1]))
    (inputs / "records.jsonl").write_text("".join(lines[:21]))
    among_inputs = ("--input", f"{inputs}/**", "--output", f"{inputs}/noise.parquet")
    learnt(capsys, *among_inputs)
    assert bytes_of["one"] == bytes_of["two"] == (inputs / "noise.parquet").read_bytes()
    assert "noise.parquet" not in {found.file.path for found in learn.check(list(among_inputs))[0].inputs.files}


def test_ingest_takes_what_its_profile_knows_and_leaves_what_recurs(run, capsys, inputs, tmp_path):
    learnt(capsys, "--input", inputs, "--output", tmp_path / "noise.parquet")
    summary = run("--input", inputs, "--output", tmp_path / "out", "--set", f"clean.profile={tmp_path}/noise.parquet")
    gone = repeated(tmp_path / "out")
    assert set(gone) == {"harlow-gazette.com", "pellworth"} and len(gone["pellworth"]) == 5
    assert len(gone["harlow-gazette.com"]) == 24 * 2 + 12 + 24
    texts = {d["source_id"]: d["text"] for d in rows(tmp_path / "out", "documents")}
    for number in range(24):
        raw = house_text(number).split("\n")
        assert texts[f"h{number}"] == "\n".join(raw[3 if number % 2 else 2 : -1])
        assert (BACKGROUND in texts[f"h{number}"]) == (number % 3 == 0)
    assert texts["o23"].startswith("QXZT 12\n")  # in another source's document it is no habit
    rules = {r["rule"]: r["share"] for r in pq.read_table(tmp_path / "noise.parquet").to_pylist()}
    for row in rows(tmp_path / "out", "removed"):
        assert row["kind"] != "repeated" or row["score"] == rules[row["rule"]]
    manifest = json.loads((tmp_path / "out" / "_runs" / summary["run"] / "manifest.json").read_text())
    kept = tmp_path / "out" / "_profiles" / f"{manifest['profile']['used']}.parquet"
    assert kept.read_bytes() == (tmp_path / "noise.parquet").read_bytes()


def test_ingest_learns_itself_and_stays_with_it(run, capsys, inputs, tmp_path):
    """One run over everything is learn and ingest; increments go by what the first learnt, until all is read anew."""
    learning, out = ("--set", "clean.learn=true"), tmp_path / "out"
    run("--input", inputs, "--output", out, *learning)
    (first,) = (out / "_profiles").iterdir()
    run("--input", inputs, "--output", tmp_path / "given", "--set", f"clean.profile={first}")
    assert published(out) == published(tmp_path / "given")
    assert run("--input", inputs, "--output", out, *learning)["status"] == "nothing-new"
    (inputs / "brennick").mkdir()
    for i in range(4):
        (inputs / "brennick" / f"{i}.txt").write_text(f"Brennick am Abend\n{story(i + 30)}")
    (inputs / "pellworth" / "9.txt").write_text(f"{story(25)}\nPellworth aktuell | 99\n")
    run("--input", inputs, "--output", out, *learning)
    assert list((out / "_profiles").iterdir()) == [first]
    assert "Pellworth aktuell | 99" in repeated(out)["pellworth"] and "brennick" not in repeated(out)
    run("--input", inputs, "--output", out, *learning, "--set", "input.reprocess=true")
    assert repeated(out)["brennick"] == ["Brennick am Abend"] * 4
    assert len(list((out / "_profiles").iterdir())) == 2
    run("--input", inputs, "--output", tmp_path / "once", *learning)
    for table in ("documents", "removed", "rejects"):
        assert sorted(map(repr, rows(out, table))) == sorted(map(repr, rows(tmp_path / "once", table)))


def test_learning_that_was_interrupted_goes_on(run, inputs, tmp_path, monkeypatch):
    learning = ("--input", inputs, "--output", tmp_path / "out", "--set", "clean.learn=true", *SMALL)
    with monkeypatch.context() as patch:
        patch.setattr("transforms.learn.profile_bytes", None)  # so that writing the profile fails
        run(*learning, expect=1)
    work = tmp_path / "out" / "_work" / "learn"

    def markers() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in work.rglob("done.json")}

    read, seen, keep = markers(), [], learn._keep
    assert len(read) > 3 and not (tmp_path / "out" / "documents").exists()
    monkeypatch.setattr(learn, "_keep", lambda *arguments: (seen.append(markers()), keep(*arguments))[1])
    run(*learning)
    assert seen == [read]
    assert not (tmp_path / "out" / "_work").exists()


def test_another_profile_makes_other_rows(run, inputs, tmp_path):
    """The profile counts by its content, not by its name."""
    made = []
    for name, fewest in {"a": 3, "b": 4, "c": 4}.items():
        (tmp_path / name).write_bytes(profile_bytes([], fewest))
        option = ("--set", f"clean.profile={tmp_path / name}")
        run("--input", inputs / "pellworth" / "0.txt", "--output", tmp_path / f"out-{name}", *option)
        made.append(rows(tmp_path / f"out-{name}", "documents")[0]["pipeline"])
    assert made[0] != made[1] == made[2]


def other_version(path: Path) -> None:
    table = pa.table({name: [] for name in SCHEMA.names}, schema=SCHEMA)
    pq.write_table(table.replace_schema_metadata({"newsloom.profile_version": "0"}), path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (None, "cannot be read: No such file"),
        (lambda path: path.write_bytes(b"PAR1 and nothing more"), "is no Parquet file"),
        (lambda path: pq.write_table(pa.table({"a": [1]}), path), "is no profile; `newsloom learn` makes one"),
        (other_version, "is a profile of version 0"),
    ],
)
def test_a_profile_that_cannot_be_used_is_told_before_anything_runs(run, inputs, tmp_path, make, message):
    path = tmp_path / "noise.parquet"
    if make:
        make(path)
    told = run("--input", inputs, "--output", tmp_path / "out", "--set", f"clean.profile={path}", expect=2)["stderr"]
    assert f"clean.profile: {path} {message}" in told
    assert not (tmp_path / "out").exists()


def test_a_learnt_profile_that_is_gone_is_told(run, inputs, tmp_path):
    learning = ("--output", tmp_path / "out", "--set", "clean.learn=true")
    run("--input", inputs / "pellworth", *learning)
    (path,) = (tmp_path / "out" / "_profiles").iterdir()
    path.unlink()
    (inputs / "pellworth" / "new.txt").write_text(story(3))
    told = run("--input", inputs / "pellworth", *learning, expect=2)["stderr"]
    assert "--set input.reprocess=true learns it anew" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "nothing/*.txt", "--output", "noise.parquet"], "nothing/*.txt: matches no file"),
        (["--input", "."], "--output is missing"),
        (["--input", ".", "--output", "."], "is a folder"),
        (["--input", ".", "--output", "none/noise.parquet"], "there is no folder"),
        (["--input", ".", "--output", "n.parquet", "--set", "clean.lern=true"], "did you mean learn?"),
        (["--input", ".", "--output", "n.parquet", "--wrkers=2"], "no such option of newsloom or Beam"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_told(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(story(1))
    assert message in learnt(capsys, *arguments, expect=commands.USAGE)["stderr"]
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt"}


def test_one_config_serves_for_learning_and_for_using(capsys, inputs, tmp_path):
    (tmp_path / "job.yaml").write_text(f"clean: {{profile: {tmp_path}/noise.parquet}}\ninput: {{source: river}}\n")
    job = ("--config", tmp_path / "job.yaml", "--input", inputs / "pellworth")
    learnt(capsys, *job, "--output", tmp_path / "noise.parquet")
    assert set(load_profile(load_config(str(tmp_path / "job.yaml"), []).clean.profile).sources) == {"river"}


def test_nothing_to_learn_is_an_empty_profile(capsys, tmp_path):
    (tmp_path / "a.txt").write_text("")
    assert learnt(capsys, "--input", tmp_path / "a.txt", "--output", tmp_path / "n.parquet")["patterns"] == 0
    assert load_profile(str(tmp_path / "n.parquet")).sources == {}
