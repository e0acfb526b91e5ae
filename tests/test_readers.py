"""OUT/documents as it is, read by whatever reads a folder of Parquet."""

from __future__ import annotations

import pytest

from pipelines import ingest
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    output = tmp_path_factory.mktemp("readers") / "out"
    ingest.run(ingest.check(["--input", str(SAMPLE / "text"), "--output", str(output)]))
    return output


@pytest.fixture(scope="module")
def count(out) -> int:
    return sum(1 for p in (SAMPLE / "text").rglob("*.txt"))


def test_pyarrow(out, count):
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    for partitioning in (None, "hive"):
        table = pq.read_table(out / "documents", partitioning=partitioning)
        assert table.num_rows == count
        assert ("lang" in table.column_names) == (partitioning == "hive")
        assert ds.dataset(out / "documents", partitioning=partitioning).count_rows() == count
    german = ds.dataset(out / "documents", partitioning="hive").to_table(filter=ds.field("lang") == "de")
    assert set(german["language"].to_pylist()) == {"de"}


def test_pandas(out, count):
    import pandas

    frame = pandas.read_parquet(out / "documents")
    assert len(frame) == count and frame["doc_id"].is_unique
    assert str(frame["published_at"].dtype).startswith("datetime64[us, UTC")


def test_polars(out, count):
    import polars

    assert polars.read_parquet(out / "documents").height == count
    lazy = polars.scan_parquet(out / "documents" / "**/*.parquet", hive_partitioning=True)
    assert lazy.filter(polars.col("lang") == "en").select("text").collect().height > 5


def test_duckdb(out, count):
    import duckdb

    for pattern in ("documents/*/*.parquet", "documents/**/*.parquet"):
        sql = f"SELECT count(*), count(DISTINCT doc_id) FROM read_parquet('{out}/{pattern}', hive_partitioning = true)"
        assert duckdb.sql(sql).fetchall() == [(count, count)]


def test_datasets(out, count, tmp_path):
    datasets = pytest.importorskip("datasets")
    files = str(out / "documents" / "**" / "*.parquet")
    assert datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))["train"].num_rows == count
    by_card = datasets.load_dataset(str(out), "documents", cache_dir=str(tmp_path))
    assert by_card["train"].num_rows == count


def test_the_other_tables(out):
    import pyarrow.parquet as pq

    assert set(pq.read_table(out / "removed")["kind"].to_pylist()) >= {"ticker", "byline", "caption", "sign-off"}
    assert pq.read_table(out / "rejects").num_rows == 0
