"""Whole runs over tables and JSON: the same documents as from JSON Lines, and exact accounting of what is broken."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import ingest
from tests.conftest import rows, story, write_jsonl

RECORDS = [
    {
        "id": f"n-{n}",
        "url": f"https://news.example/{n % 7}/{n}",
        "title": f'Storm "{n}" över Dunmere',
        "text": story(n, 2 + n % 3),
        "author": "Ada Example and Carl Orchard" if n % 2 else None,
        "date": f"2031-05-{n % 28 + 1:02d}T07:08:09+02:00",
    }
    for n in range(60)
]


def as_csv(records=RECORDS, **dialect: Any) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(records[0]), **dialect)
    writer.writeheader()
    writer.writerows(records)
    return file.getvalue().encode()


def as_parquet(records=RECORDS) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records), file, row_group_size=8)
    return file.getvalue()


def as_arrow(records=RECORDS, new=pa.ipc.new_file) -> bytes:
    table, file = pa.Table.from_pylist(records), io.BytesIO()
    with new(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=8)
    return file.getvalue()


FILES = {
    "a.csv": as_csv(),
    "a.tsv.gz": gzip.compress(as_csv(delimiter="\t")),
    "b.csv": as_csv(delimiter=";").decode().encode("utf-16"),
    "a.parquet": as_parquet(),
    "a.arrow": as_arrow(),
    "a.arrows": as_arrow(new=pa.ipc.new_stream),
    "a.json": json.dumps(RECORDS, indent=2, ensure_ascii=False).encode(),
    "b.json": json.dumps(RECORDS).encode(),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> list[dict]:
    folder = tmp_path_factory.mktemp("lines")
    write_jsonl(folder / "in" / "a.jsonl", RECORDS)
    return documents(folder / "in" / "a.jsonl", folder / "out")


def documents(path: Path, output: Path, *settings: str) -> list[dict]:
    """The rows of documents/ without what tells the file from another, sorted."""
    arguments = ["--input", str(path), "--output", str(output), "--set", "output.unit_bytes=4000"]
    ingest.run(ingest.check([*arguments, *settings]))
    found = sorted(rows(output, "documents"), key=lambda row: row["doc_id"])
    return [{key: row[key] for key in row if key not in ("input_path", "input_offset", "pipeline")} for row in found]


@pytest.mark.parametrize("name", FILES)
def test_the_same_records_give_the_same_documents(name, tmp_path, expected):
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_bytes(FILES[name])
    assert len(expected) == 60
    assert documents(path, tmp_path / "out") == expected
    assert rows(tmp_path / "out", "rejects") == []


def test_what_is_broken_in_a_folder_of_tables_is_accounted_for(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    parts = {f"{n}.csv": as_csv(RECORDS[n * 5 : n * 5 + 5]) for n in range(4)}
    parts["1.csv"] = parts["1.csv"].replace(b"text", b"body", 1)
    parts["2.csv"] = parts["2.csv"].rstrip() + b"\r\n1,2,3\r\n"
    parts["4.csv"] = as_csv(RECORDS[20:25])[:-200]
    parts["5.parquet"] = as_parquet(RECORDS[25:30])
    parts["6.parquet"] = as_parquet([{"id": "x", "body": "A"}, {"id": "y", "body": "B"}])
    parts["7.parquet"] = as_parquet(RECORDS[30:35])[:-30]
    parts["8.arrow"] = as_arrow(RECORDS[35:45])[:-100]
    parts["9.json"] = json.dumps(RECORDS[45:50]).encode()[:-300]
    for name, data in parts.items():
        (folder / name).write_bytes(data)
    summary = run("--input", folder, "--output", tmp_path / "out", "--set", "output.unit_bytes=2000")
    rejects = sorted((r["input_path"], r["reason"]) for r in rows(tmp_path / "out", "rejects"))
    assert rejects == [
        ("1.csv", "missing-field"),
        ("2.csv", "bad-csv"),
        ("4.csv", "bad-csv"),
        ("6.parquet", "missing-field"),
        ("7.parquet", "bad-parquet"),
        ("8.arrow", "bad-arrow"),
        ("9.json", "bad-json"),
    ]
    kept = {row["source_id"] for row in rows(tmp_path / "out", "documents")}
    numbers = [
        *range(5),
        *range(10, 15),
        *range(15, 20),
        *range(20, 24),
        *range(25, 30),
        *range(35, 45),
        *range(45, 49),
    ]
    assert kept == {f"n-{n}" for n in numbers}
    assert summary["read"] == len(numbers) + len(rejects)


def test_a_row_that_a_later_step_rejects_is_kept_as_json(run, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.parquet").write_bytes(as_parquet([{"id": 7, "html": "<html><body></body></html>", "x": 1}]))
    run("--input", tmp_path / "in", "--output", tmp_path / "out")
    (reject,) = rows(tmp_path / "out", "rejects")
    assert (reject["reason"], reject["source_id"]) == ("extract/empty", "7")
    assert reject["raw"] == b'{"id":7,"html":"<html><body></body></html>"}'
    assert reject["raw_bytes"] == len(reject["raw"])
