"""Sorting and writing: order, bounded memory by spilling, and bytes that depend on the rows alone."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms import datafiles
from transforms.datafiles import FileLimits, sort_rows, write_files

SCHEMA = pa.schema(
    [pa.field("doc_id", pa.string(), False), pa.field("line", pa.int32(), False), pa.field("text", pa.string(), False)]
)
ORDER = ["doc_id", "line"]

row = st.tuples(st.integers(0, 400).map(lambda i: f"{i:03x}"), st.integers(0, 9), st.text(max_size=30))


def tables(rows: list[tuple], cut: int) -> list[pa.Table]:
    parts = [rows[i : i + cut] for i in range(0, len(rows), cut)]
    return [pa.Table.from_pylist([dict(zip(SCHEMA.names, r, strict=True)) for r in p], schema=SCHEMA) for p in parts]


@pytest.fixture(autouse=True)
def small_memory(monkeypatch):
    """Everything spills, in several levels."""
    monkeypatch.setattr(datafiles, "SORT_BYTES", 600)
    monkeypatch.setattr(datafiles, "FAN_IN", 2)
    monkeypatch.setattr(datafiles, "_RUN_BATCH_BYTES", 150)


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=150, unique_by=lambda r: r[:2]), st.integers(1, 40))
def test_sorting_gives_every_row_once_in_order(rows, cut):
    found = [tuple(r.values()) for t in sort_rows(tables(rows, cut), ORDER) for r in t.to_pylist()]
    assert found == sorted(rows, key=lambda r: r[:2])


@settings(max_examples=20, deadline=None)
@given(st.lists(row, min_size=1, max_size=120, unique_by=lambda r: r[:2]), st.integers(1, 40), st.integers(1, 40))
def test_the_cut_of_the_input_does_not_change_a_byte(tmp_path_factory, rows, cut, other):
    found = []
    for size in (cut, other):
        folder = tmp_path_factory.mktemp("files")
        limits = FileLimits(row_group_bytes=400, file_bytes=1200)
        files = write_files(sort_rows(tables(rows, size), ORDER), "removed", str(folder), 0, limits, SCHEMA)
        found.append({f.path: (folder / f.path).read_bytes() for f in files})
        assert sum(f.rows for f in files) == len(rows)
        assert not list(folder.rglob("*.tmp"))
    assert found[0] == found[1]


def test_rows_of_one_document_come_in_one_table():
    rows = [("a", i, "x" * 40) for i in range(30)] + [("b", i, "y") for i in range(3)]
    found = [t["doc_id"].to_pylist() for t in sort_rows(tables(rows, 7), ORDER)]
    assert sum("a" in ids for ids in found) == 1


def test_row_groups_follow_the_limit(tmp_path):
    rows = [(f"{i:03x}", 0, "x" * 100) for i in range(100)]
    limits = FileLimits(row_group_bytes=1240, file_bytes=3720)
    files = write_files(sort_rows(tables(rows, 9), ORDER), "removed", str(tmp_path), 0, limits, SCHEMA)
    groups = [pq.ParquetFile(tmp_path / f.path).num_row_groups for f in files]
    assert groups == [3, 3, 3, 2]
    assert [f.path for f in files] == sorted(f.path for f in files)


def test_every_row_comes_out_wherever_memory_is_full(monkeypatch):
    """Sorted rows may take less memory than the tables that they came in; that is not the end of the input."""
    schema = pa.schema([SCHEMA.field("doc_id"), pa.field("text", pa.string())])
    rows = [{"doc_id": f"{i * 37 % 60:03x}", "text": None if i % 2 else "x"} for i in range(60)]
    parts = [pa.Table.from_pylist([row], schema=schema) for row in rows]
    for limit in range(100, 700, 4):
        monkeypatch.setattr(datafiles, "SORT_BYTES", limit)
        assert sum(t.num_rows for t in sort_rows(parts, ["doc_id"])) == len(rows), limit
