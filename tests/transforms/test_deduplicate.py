"""Which candidate stays: tables of cases, and that the order of arrival does not matter."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.deduplicate import DUPLICATE, KEY_COLUMNS, SUPERSEDED, find_exact_duplicates, resolve_versions
from transforms.schema import DOCUMENTS

KEYS = pa.schema([DOCUMENTS.field(name) for name in KEY_COLUMNS])


def day(number: int | None) -> datetime | None:
    return None if number is None else datetime(2024, 5, number, tzinfo=UTC)


def key(doc_id, content_id, path, modified=None, published=None, fetched=None, record=None):
    values = (doc_id, content_id, day(modified), day(published), day(fetched), path, record, None)
    return dict(zip(KEY_COLUMNS, values, strict=True))


def table(rows: list[dict]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=KEYS)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([key("a", "x", "1"), key("b", "x", "2")], [None, None]),
        ([key("a", "x", "1"), key("a", "x", "2")], [DUPLICATE, None]),
        ([key("a", "x", "1"), key("a", "y", "2")], [SUPERSEDED, None]),
        ([key("a", "x", "1", published=2), key("a", "y", "2", published=1)], [None, SUPERSEDED]),
        ([key("a", "x", "1", modified=1), key("a", "y", "2", published=9)], [None, SUPERSEDED]),
        ([key("a", "x", "1", fetched=2), key("a", "y", "2", fetched=1)], [None, SUPERSEDED]),
        ([key("a", "x", "1", record=2), key("a", "y", "1", record=10)], [SUPERSEDED, None]),
        # Copies of an old version are duplicates of it; the old version is superseded.
        ([key("a", "x", "1"), key("a", "x", "2"), key("a", "y", "3")], [DUPLICATE, SUPERSEDED, None]),
    ],
)
def test_of_one_doc_id_the_newest_stays(rows, reasons):
    assert resolve_versions(table(rows)).to_pylist() == reasons


@pytest.mark.parametrize(
    ("rows", "losers"),
    [
        ([key("a", "x", "1"), key("b", "y", "2")], []),
        ([key("a", "x", "2"), key("b", "x", "1")], ["a"]),
        ([key("a", "x", "1"), key("b", "x", "2", published=1)], ["a"]),
        ([key("a", "x", "1", published=2), key("b", "x", "2", published=1)], ["a"]),
        ([key("a", "x", "1", fetched=2), key("b", "x", "2", fetched=1)], ["a"]),
        ([key(i, "x", str(n)) for n, i in enumerate("abcd")], ["b", "c", "d"]),
    ],
)
def test_of_one_content_the_first_publication_stays(rows, losers):
    assert sorted(find_exact_duplicates(table(rows))) == losers


candidates = st.lists(
    st.builds(
        key,
        st.sampled_from("ab"),
        st.sampled_from("xyz"),
        st.just("p"),
        *[st.one_of(st.none(), st.integers(1, 3))] * 3,
        record=st.integers(0, 99),
    ),
    max_size=8,
    unique_by=lambda r: r["input_record"],
)


@given(candidates, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(rows, rng: random.Random):
    def decided(rows):
        return {r["input_record"]: why for r, why in zip(rows, resolve_versions(table(rows)).to_pylist(), strict=True)}

    shuffled = list(rows)
    rng.shuffle(shuffled)
    assert decided(rows) == decided(shuffled)
    staying = [r for r, why in decided(rows).items() if why is None]
    assert len(staying) == len({r["doc_id"] for r in rows})
