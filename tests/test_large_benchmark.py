"""The benchmark of large files writes the same documents in each shape and reports all of them."""

import json

import pyarrow.parquet as pq

from benchmarks import large
from benchmarks.processes import Watched


def test_the_shapes_hold_the_same_documents(tmp_path):
    documents = large.write_shapes(tmp_path, 60_000, 400)
    lines = (tmp_path / "lines" / "all.jsonl").read_text("utf-8").splitlines()
    files = [line for path in (tmp_path / "files").iterdir() for line in path.read_text("utf-8").splitlines()]
    table = pq.ParquetFile(tmp_path / "parquet" / "all.parquet")
    assert len(lines) == len(set(files)) == documents > large.FILES
    assert set(lines) == set(files)
    assert table.read().to_pylist() == [json.loads(line) for line in lines]
    assert table.num_row_groups == 1


def test_report(monkeypatch, capsys):
    monkeypatch.setattr(large, "watch", _watch_nothing)
    monkeypatch.setattr(large, "write_shapes", lambda folder, *_: _make(folder))
    assert large.main(["--repeat", "3"]) == 0
    head, *lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert head["documents"] == 10
    assert [(line["shape"], line["ratio"], line["busy"]) for line in lines] == [
        ("files", 1.0, 1.5),
        ("lines", 1.0, 1.5),
        ("parquet", 1.0, 1.5),
    ]
    assert lines[0] | {"seconds": 2.0, "documents_per_s": 5.0, "peak_mb": 3.0} == lines[0]


def test_a_run_that_loses_documents_fails(monkeypatch, capsys):
    monkeypatch.setattr(large, "watch", _watch_nothing)
    monkeypatch.setattr(large, "write_shapes", lambda folder, *_: _make(folder) + 1)
    assert large.main([]) == 1
    assert "10 of 11 documents" in capsys.readouterr().err


def _make(folder) -> int:
    for name in ("files", "lines", "parquet"):
        (folder / name).mkdir()
    return 10


def _watch_nothing(command, folder):
    return Watched(json.dumps({"documents": 10}), 2.0, 3.0, 3_000_000, 2_000_000)
