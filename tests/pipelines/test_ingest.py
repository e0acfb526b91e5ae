"""Whole runs, read back from disk: what the main job promises its users."""

from __future__ import annotations

import gzip
import json
import os
from hashlib import blake2b
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import published, rows, story, write_jsonl
from transforms.schema import DOCUMENTS, REJECTS, REMOVED

SMALL = ("--set", "output.unit_bytes=4096")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Text, pages and JSON Lines, with duplicates, versions and broken ones among them."""
    folder = tmp_path / "in"
    for i in range(6):
        path = folder / "gazette" / f"{i}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"CMSC\n0.0578\n{story(i)}\n", encoding="utf-8")
    (folder / "page.html").write_text(
        f"<html lang=en><head><title>Storm</title></head><body><article><p>{story(20)}</p></article></body></html>"
    )
    records = [{"id": f"r{i}", "text": story(30 + i), "date": f"2024-05-{i + 1:02d}"} for i in range(8)]
    records += [{"id": "copy", "text": story(30), "date": "2024-06-01"}]  # says what r0 said
    records += [{"id": "r1", "text": story(60), "date": "2024-07-01"}]  # a newer r1
    write_jsonl(folder / "wire.jsonl", records)
    with (folder / "wire.jsonl").open("a") as handle:
        handle.write("this is no JSON\n")
    (folder / "empty.txt").write_text("")
    return folder


def test_every_record_is_in_documents_or_in_rejects(run, inputs, tmp_path):
    summary = run("--input", inputs, "--output", tmp_path / "out")
    documents, rejects = rows(tmp_path / "out", "documents"), rows(tmp_path / "out", "rejects")
    assert summary["read"] == 6 + 1 + 10 + 1 + 1
    assert summary["rejects"] == {"bad-json": 1, "duplicate/exact": 1, "empty": 1, "superseded": 1}
    assert len(documents) == summary["documents"] == 15
    assert len(rejects) == 4
    assert {(r["source_id"], r["reason"]) for r in rejects} == {
        (None, "bad-json"),
        (None, "empty"),
        ("copy", "duplicate/exact"),
        ("r1", "superseded"),
    }
    assert next(d for d in documents if d["source_id"] == "r1")["text"] == story(60)


def test_removed_lines_and_text_are_the_raw_lines_again(run, inputs, tmp_path):
    run("--input", inputs / "gazette", "--output", tmp_path / "out")
    removed = rows(tmp_path / "out", "removed")
    for document in rows(tmp_path / "out", "documents"):
        lines = document["text"].split("\n")
        for span in sorted((r for r in removed if r["doc_id"] == document["doc_id"]), key=lambda r: r["line"]):
            lines.insert(span["line"], span["text"])
        assert "\n".join(lines) + "\n" == (inputs / "gazette" / document["input_path"]).read_text()


def test_tables_have_the_columns_of_the_contract_even_when_nothing_fills_them(run, tmp_path):
    (tmp_path / "in.txt").write_text("")
    run("--input", tmp_path / "in.txt", "--output", tmp_path / "out")
    for table, schema in (("documents", DOCUMENTS), ("removed", REMOVED), ("rejects", REJECTS)):
        files = sorted((tmp_path / "out" / table).rglob("*.parquet"))
        assert files
        for file in files:
            assert pq.read_schema(file).equals(schema), file


def test_files_are_as_the_contract_says(run, inputs, tmp_path):
    run("--input", inputs, "--output", tmp_path / "out")
    for file in sorted((tmp_path / "out" / "documents").rglob("*.parquet")):
        parquet = pq.ParquetFile(file)
        column = parquet.metadata.row_group(0).column(0)
        assert parquet.schema_arrow.metadata[b"newsloom.contract_version"] == b"1"
        assert column.compression == "ZSTD" and column.is_stats_set and column.has_column_index
        ids = parquet.read(columns=["doc_id"])["doc_id"].to_pylist()
        assert ids == sorted(ids)
        assert set(parquet.read(columns=["language"])["language"].to_pylist()) == {
            file.parent.name.removeprefix("lang=")
        }


def test_small_row_groups_and_files_are_cut_between_rows(run, inputs, tmp_path):
    sizes = ("--set", "output.row_group_bytes=1500", "--set", "output.file_bytes=3000", "--set", "output.buckets=1")
    run("--input", inputs, "--output", tmp_path / "out", *sizes)
    files = sorted((tmp_path / "out" / "documents" / "lang=en").iterdir())
    assert len(files) > 2
    assert max(pq.ParquetFile(f).num_row_groups for f in files) == 2
    ids = [i for f in files for i in pq.read_table(f, columns=["doc_id"])["doc_id"].to_pylist()]
    assert ids == sorted(ids) and len(ids) == 15


@pytest.mark.parametrize("more", [("--direct_num_workers=2",), (*SMALL, "--direct_num_workers=1"), SMALL])
def test_workers_and_work_units_do_not_change_a_byte(run, inputs, tmp_path, more):
    run("--input", inputs, "--output", tmp_path / "one", "--direct_num_workers=1")
    run("--input", inputs, "--output", tmp_path / "other", *more)
    assert published(tmp_path / "one") == published(tmp_path / "other")


def test_order_of_patterns_and_of_files_in_a_folder_does_not_change_a_byte(run, inputs, tmp_path):
    patterns = [str(p) for p in (inputs / "gazette", inputs / "*.jsonl", inputs / "page.html", inputs / "*.txt")]
    root = ("--set", f"input.root={inputs}")
    given = [a for p in patterns for a in ("--input", p)]
    reverse = [a for p in reversed(patterns) for a in ("--input", p)]
    run(*given, *root, "--output", tmp_path / "one")
    run(*reverse, *root, "--output", tmp_path / "other")
    assert published(tmp_path / "one") == published(tmp_path / "other")


def test_a_second_run_on_the_same_inputs_changes_nothing(run, inputs, tmp_path):
    run("--input", inputs, "--output", tmp_path / "out")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.parquet")}
    summary = run("--input", inputs, "--output", tmp_path / "out")
    assert summary["status"] == "nothing-new"
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "out").rglob("*.parquet")} == before
    touched = inputs / "gazette" / "0.txt"
    os.utime(touched, (1, 1))  # looks changed, and is read again, but says the same
    summary = run("--input", inputs, "--output", tmp_path / "out")
    assert (summary["read"], summary["documents"], summary["replaced"]) == (1, 1, 1)
    assert len(rows(tmp_path / "out", "documents")) == 15


def test_new_files_are_added_and_changed_files_replace_their_documents(run, inputs, tmp_path):
    out = tmp_path / "out"
    run("--input", inputs, "--output", out)
    (inputs / "gazette" / "new.txt").write_text(story(90))
    (inputs / "gazette" / "0.txt").write_text(story(91))
    summary = run("--input", inputs, "--output", out)
    assert (summary["read"], summary["documents"], summary["replaced"]) == (2, 2, 1)
    texts = {d["input_path"]: d["text"] for d in rows(out, "documents")}
    assert texts["gazette/new.txt"] == story(90) and texts["gazette/0.txt"] == story(91)
    assert story(0) not in texts.values()
    lines = {r["doc_id"] for r in rows(out, "removed")}
    assert lines <= {d["doc_id"] for d in rows(out, "documents")}


def test_a_duplicate_comes_back_when_what_it_repeated_is_gone(run, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write_jsonl(folder / "a.jsonl", [{"id": "first", "text": "CMSC\n0.0578\n" + story(1), "date": "2024-05-01"}])
    write_jsonl(folder / "b.jsonl", [{"id": "second", "text": "CMSC\n0.0578\n" + story(1), "date": "2024-05-02"}])
    run("--input", folder, "--output", out)
    assert [d["source_id"] for d in rows(out, "documents")] == ["first"]
    assert [(r["source_id"], r["reason"]) for r in rows(out, "rejects")] == [("second", "duplicate/exact")]
    write_jsonl(folder / "a.jsonl", [{"id": "first", "text": story(2), "date": "2024-05-03"}])
    summary = run("--input", folder, "--output", out)
    assert summary["restored"] == 1
    assert {d["source_id"]: d["text"] for d in rows(out, "documents")} == {"first": story(2), "second": story(1)}
    assert rows(out, "rejects") == []
    assert {r["text"] for r in rows(out, "removed")} == {"CMSC", "0.0578"}


def test_an_earlier_document_gives_way_to_one_that_was_published_before_it(run, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    write_jsonl(folder / "a.jsonl", [{"id": "late", "text": "CMSC\n0.0578\n" + story(1), "date": "2024-05-02"}])
    run("--input", folder, "--output", out)
    write_jsonl(folder / "b.jsonl", [{"id": "early", "text": story(1), "date": "2024-05-01"}])
    summary = run("--input", folder, "--output", out)
    assert summary["displaced"] == {"duplicate/exact": 1}
    assert [d["source_id"] for d in rows(out, "documents")] == ["early"]
    assert rows(out, "removed") == []
    (folder / "b.jsonl").write_text("")
    run("--input", folder, "--output", out)
    assert [d["source_id"] for d in rows(out, "documents")] == ["late"]
    assert [r["text"] for r in rows(out, "removed")] == ["CMSC", "0.0578"]


def test_reprocessing_reads_everything_again_with_the_config_of_today(run, inputs, tmp_path):
    out = tmp_path / "out"
    run("--input", inputs, "--output", out)
    before = {d["doc_id"] for d in rows(out, "documents")}
    summary = run("--input", inputs, "--output", out, "--set", "input.reprocess=true")
    assert summary["read"] == 19 and summary["replaced"] == summary["documents"] == 15
    assert {d["doc_id"] for d in rows(out, "documents")} == before


def test_gzip_and_plain_give_the_same_texts(run, tmp_path):
    records = [{"id": str(i), "text": story(i)} for i in range(5)]
    plain = write_jsonl(tmp_path / "plain" / "a.jsonl", records)
    (tmp_path / "zipped").mkdir()
    (tmp_path / "zipped" / "a.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes()))
    run("--input", tmp_path / "plain", "--output", tmp_path / "one")
    run("--input", tmp_path / "zipped", "--output", tmp_path / "two")
    columns = ["doc_id", "text", "input_offset", "input_record"]
    key = lambda r: r["doc_id"]  # noqa: E731
    assert sorted(rows(tmp_path / "one", "documents", columns), key=key) == sorted(
        rows(tmp_path / "two", "documents", columns), key=key
    )


def test_lines_and_separated_documents_by_config(run, tmp_path):
    (tmp_path / "l.txt").write_text("\n".join(story(i, 1) for i in range(4)) + "\n")
    (tmp_path / "s.txt").write_text("\n-----\n".join(story(i) for i in range(10, 13)) + "\n")
    run("--input", tmp_path / "l.txt", "--output", tmp_path / "lines", "--set", "input.documents=line")
    run("--input", tmp_path / "s.txt", "--output", tmp_path / "separated", "--set", "input.documents=separator")
    assert {d["text"] for d in rows(tmp_path / "lines", "documents")} == {story(i, 1) for i in range(4)}
    assert {d["text"] for d in rows(tmp_path / "separated", "documents")} == {story(i) for i in range(10, 13)}


def test_field_mapping_names_the_keys_of_a_record(run, tmp_path):
    record = {
        "meta": {"key": "k1", "link": "https://www.example.com/a?utm_source=x"},
        "body": story(1),
        "head": "A storm",
    }
    write_jsonl(tmp_path / "a.jsonl", [record])
    mapping = "{id: meta.key, url: meta.link, text: body, title: head}"
    run("--input", tmp_path / "a.jsonl", "--output", tmp_path / "out", "--set", f"input.fields={mapping}")
    document = rows(tmp_path / "out", "documents")[0]
    assert (document["source_id"], document["title"], document["source"]) == ("k1", "A storm", "example.com")
    assert document["url"] == "https://www.example.com/a"


def test_manifest_says_what_was_read_and_written(run, inputs, tmp_path):
    out = tmp_path / "out"
    summary = run("--input", inputs, "--output", out)
    manifest = json.loads((out / "_runs" / summary["run"] / "manifest.json").read_text())
    assert manifest["counts"]["read"] == 19 and manifest["dataset"]["rows"]["documents"] == 15
    assert manifest["config"]["input"]["paths"] == [str(inputs)]
    assert {"newsloom", "apache-beam", "langdetect", "trafilatura", "python"} <= set(manifest["versions"])
    assert {"pycld2", "py3langid"} & set(manifest["versions"])  # whichever engine this machine has
    for file in manifest["files"]:
        data = (out / "_current" / file["path"]).read_bytes()
        assert (len(data), blake2b(data, digest_size=16).hexdigest()) == (file["size"], file["checksum"])
        assert pq.ParquetFile(out / "_current" / file["path"]).metadata.num_rows == file["rows"]
    ledger = pq.read_table(out / "_runs" / summary["run"] / "inputs.parquet").to_pylist()
    assert sum(e["records"] for e in ledger) == 19


def test_object_store_form_commits_by_manifest(run, inputs, tmp_path):
    """The form for filesystems without links, here over the local one: same rows, no link, nothing left over."""
    form = ("--set", "output.store=object")
    run("--input", inputs, "--output", tmp_path / "linked")
    run("--input", inputs, "--output", tmp_path / "out", *form)
    assert not any(p.is_symlink() for p in (tmp_path / "out").rglob("*"))
    texts = {d["text"] for d in rows(tmp_path / "linked", "documents")}
    assert {d["text"] for d in rows(tmp_path / "out", "documents")} == texts
    (inputs / "gazette" / "0.txt").write_text(story(91))
    summary = run("--input", inputs, "--output", tmp_path / "out", *form, "--set", "output.keep_snapshots=1")
    assert json.loads((tmp_path / "out" / "_current.json").read_text())["run"] == summary["run"]
    assert len(rows(tmp_path / "out", "documents")) == 15
    assert not (tmp_path / "out" / "_lock.json").exists()


def test_a_run_that_was_held_goes_on_with_other_buckets(run, inputs, tmp_path):
    """What is staged is cut by buckets: another number of them must stage anew, or duplicates are missed."""
    run("--input", inputs, "--output", tmp_path / "out", "--set", "expect.min_documents=99", expect=4)
    run("--input", inputs, "--output", tmp_path / "out", "--set", "output.buckets=8")
    assert len(rows(tmp_path / "out", "documents")) == 15


def test_another_rule_for_duplicates_changes_the_dataset_without_new_input(run, inputs, tmp_path):
    out = tmp_path / "out"
    run("--input", inputs, "--output", out)
    summary = run("--input", inputs, "--output", out, "--set", "deduplicate.exact=keep")
    assert summary["restored"] == 1 and "copy" in {d["source_id"] for d in rows(out, "documents")}
    assert run("--input", inputs, "--output", out, "--set", "deduplicate.exact=keep")["status"] == "nothing-new"


def test_compaction_ends(run, inputs, tmp_path):
    small = (
        "--set",
        "output.row_group_bytes=1500",
        "--set",
        "output.file_bytes=1500",
        "--set",
        "output.compact_files=1",
    )
    run("--input", inputs, "--output", tmp_path / "out", *small)
    assert len(list((tmp_path / "out" / "documents" / "lang=en").iterdir())) > 4
    assert run("--input", inputs, "--output", tmp_path / "out", *small)["status"] == "nothing-new"


def test_what_could_not_be_read_is_tried_again(run, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text(story(1))
    (folder / "b.txt").symlink_to(tmp_path / "later.txt")
    run("--input", folder, "--output", out)
    assert [r["reason"] for r in rows(out, "rejects")] == ["unreadable"]
    (tmp_path / "later.txt").write_text(story(2))
    run("--input", folder, "--output", out)
    assert len(rows(out, "documents")) == 2 and rows(out, "rejects") == []


def test_file_names_that_are_no_text_are_read_all_the_same(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/caf\xe9 [1].txt", "w") as handle:
        handle.write(story(1))
    run("--input", folder, "--output", tmp_path / "out [new]")
    assert [d["input_path"] for d in rows(tmp_path / "out [new]", "documents")] == ["caf%E9 [1].txt"]
    assert not (tmp_path / "out [new]" / "_work").exists()


def test_links_below_a_folder_are_followed_once(run, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text(story(2))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(story(1))
    (folder / "loop").symlink_to(folder)
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    for pattern in (folder, f"{folder}/**/*.txt"):
        assert run("--input", pattern, "--output", tmp_path / "out", "--dry-run")["plan"]["inputs"] == 2


def test_what_is_not_newslooms_own_is_never_replaced(run, inputs, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "README.md").write_text("mine")
    said = run("--input", inputs, "--output", out, expect=2)["stderr"]
    assert "README.md" in said and (out / "README.md").read_text() == "mine"
    run("--input", inputs, "--output", tmp_path / "local")
    said = run("--input", inputs, "--output", tmp_path / "local", "--set", "output.store=object", expect=2)["stderr"]
    assert "output.store=local" in said
