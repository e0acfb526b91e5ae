"""Learning: a sketch that is never too low, counts that do not depend on order, and memory that does not grow."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clean.repeated import NOWHERE, is_evidence
from transforms.learn import (
    LEAST_CELLS,
    LINES,
    MOST_CELLS,
    CountKeys,
    Habit,
    HabitCounter,
    MeasureSources,
    MergeHabits,
    Size,
    Sketch,
    Stories,
    cells_for,
    fewest_documents,
    least_documents,
    profile_row,
)
from transforms.profile import SCHEMA, ProfileError, profile_bytes, read_profile, rule_of

LINE = {
    "pattern": "QXZT <n>",
    "example": "QXZT 1",
    "above": 0,
    "below": NOWHERE,
    "from_top": 0,
    "from_foot": 9,
    "story_low": 1,
    "story_high": 1,
}


def line(story: int, **columns: object) -> dict:
    return LINE | {"story_low": story, "story_high": story} | columns


def keys(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint64)


def many_keys(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**64 - 1, count, np.uint64, endpoint=True)


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(0, 60))
def test_a_sketch_is_never_too_low_and_does_not_mind_how_it_is_cut(numbers, cut):
    fn = CountKeys(8)  # so few cells that most keys share one
    at_once = fn.add_input(fn.create_accumulator(), keys(*numbers))
    parts = [fn.add_input(fn.create_accumulator(), keys(*part)) for part in (numbers[cut:], numbers[:cut])]
    merged = fn.extract_output(fn.merge_accumulators(parts))
    assert (merged.counts == at_once.counts).all()
    for number in set(numbers):
        assert merged.count(keys(number))[0] >= numbers.count(number)


def test_a_sketch_stops_at_its_greatest_count_and_survives_the_way_to_a_worker():
    sketch, other = Sketch(LEAST_CELLS), Sketch(LEAST_CELLS)
    sketch.add(np.full(60_000, 7, np.uint64))
    other.add(np.full(50_000, 7, np.uint64))
    sketch.merge(other)
    sketch.merge(other)
    assert sketch.count(keys(7, 8)).tolist() == [65_535, 0]
    assert (pickle.loads(pickle.dumps(sketch)).counts == sketch.counts).all()


def test_the_sketch_grows_with_the_input_between_two_bounds():
    assert [cells_for(size) for size in (0, 10**6, 10**12)] == [LEAST_CELLS, LEAST_CELLS, MOST_CELLS]
    assert cells_for(10**8) == 1 << 22


def test_of_too_many_lines_those_in_most_documents_pass():
    sketch = Sketch(LEAST_CELLS)
    for often in range(1, 6):
        sketch.add(np.repeat(many_keys(100, often), often))
    assert sketch.floor(10**6) == 0
    assert sketch.floor(250) == 4
    assert fewest_documents(sketch) == 3


@pytest.mark.parametrize("documents", [3, 5, 6, 7, 12, 50, 199, 1000, 12_345])
def test_no_line_that_is_evidence_is_lost_to_the_first_count(documents):
    least = next(number for number in range(1, documents + 1) if is_evidence(number, number / documents))
    assert least_documents(documents) <= least <= least_documents(documents) + 1


@pytest.mark.parametrize("count", [1, 5, 31, 200, 5000])
def test_stories_are_told_apart_within_a_third(count):
    stories = Stories()
    for _ in range(3):  # three documents each
        for number in range(count):
            stories.add(number, 7)  # a paragraph of the house is the last of all
    assert abs(stories.count() - count) <= (count // 3 if count > 31 else 0)


lines = st.builds(
    line,
    st.integers(0, 99),
    above=st.integers(0, NOWHERE),
    from_top=st.integers(0, 15),
    example=st.sampled_from(["", "QXZT 1", "QXZT 2", "QXZT 3"]),
)


def counted(some: list[dict]) -> Habit:
    habit = Habit()
    for one in some:
        habit.add(one)
    return habit


@settings(max_examples=40)
@given(st.lists(lines, min_size=1, max_size=40), st.integers(0, 40), st.randoms(use_true_random=False))
def test_neither_order_nor_workers_change_what_is_counted(some, cut, chance):
    fn, shuffled = MergeHabits(), chance.sample(some, len(some))
    parts = [fn.add_input(fn.create_accumulator(), counted(part)) for part in (shuffled[:cut], shuffled[cut:])]
    merged = fn.extract_output(fn.merge_accumulators(parts))
    size = Size(len(some) + 1, 1)
    assert profile_row("s", "QXZT <n>", merged, size) == profile_row("s", "QXZT <n>", counted(some), size)


def test_a_row_says_how_often_and_where():
    some = [line(n, from_top=n % 3, example=f"QXZT {n}") for n in range(10)]
    some += [line(99, above=NOWHERE, below=1, from_top=15, from_foot=2)]
    row = profile_row("news.example", "QXZT <n>", counted(some), Size(22, 22))
    assert row is not None and set(row) == set(SCHEMA.names)
    assert row | {"examples": 2} == {
        "source": "news.example", "pattern": "QXZT <n>", "rule": rule_of("news.example", "QXZT <n>"),
        "documents": 11, "share": 0.5, "position": "top", "lines_from_top": 1.0, "lines_from_foot": 9.0, "examples": 2,
        "top": 0.4545, "foot": 0.0455, "steady_top": 0.9091, "steady_foot": 0.0909, "stories": 11,
        "source_documents": 22,
    }  # fmt: skip
    assert len(row["examples"]) == 2


def test_versions_of_a_few_stories_are_no_habit_of_the_house():
    some = [line(n % 4) for n in range(20)]
    assert profile_row("s", "p", counted(some), Size(40, 24)) is None
    assert profile_row("s", "p", counted(some), Size(40, 8)) is not None  # where every story comes five times
    fn = MeasureSources()
    parts = [fn.add_input(fn.create_accumulator(), (10, Stories([n], [n]))) for n in (1, 2)]
    assert fn.extract_output(fn.merge_accumulators(parts)) == Size(20, 2)


def batch(line_keys: np.ndarray, sources: np.ndarray) -> pa.RecordBatch:
    columns = {name: np.zeros(len(line_keys), LINES.field(name).type.to_pandas_dtype()) for name in LINES.names[4:]}
    texts = pa.array(line_keys.astype(str))
    columns |= {"key": line_keys, "source": sources, "pattern": texts, "example": texts}
    return pa.RecordBatch.from_pydict({name: columns[name] for name in LINES.names}, schema=LINES)


def test_of_a_million_different_lines_only_those_that_repeat_are_held():
    once, house = many_keys(1_000_000), many_keys(5, seed=1)
    often = np.tile(house, 20_000)  # five lines of the house in each of 20,000 documents
    sketch, counter_sizes = Sketch(cells_for(100_000_000)), {"news.example": Size(20_000, 20_000)}
    for part in np.array_split(np.concatenate([once, often]), 8):
        sketch.add(part)
    counter = HabitCounter(sketch, counter_sizes, fewest_documents(sketch))
    held = 0
    for part in np.array_split(once, 4):
        counter.add(batch(part, np.zeros(len(part), np.int32)), ["news.example"])
        held = max(held, len(counter.habits))
    counter.add(batch(often[:500], np.zeros(500, np.int32)), ["news.example"])
    assert held == 0
    assert {pattern: habit.documents for (_, pattern), habit in counter.take()} == {str(key): 100 for key in house}
    assert counter.habits == {}


def test_lines_of_sources_that_are_too_small_are_not_counted():
    sketch = Sketch(LEAST_CELLS)
    sketch.add(np.full(70_000, 3, np.uint64))  # more than a cell can tell
    counter = HabitCounter(sketch, {"large": Size(90_000, 90_000)})
    counter.add(batch(keys(3, 3), np.array([0, 1], np.int32)), ["large", "small"])
    assert list(counter.habits) == [("large", "3")]


ROWS = [
    dict.fromkeys(SCHEMA.names, 1)
    | {"source": source, "pattern": pattern, "rule": "r", "position": "top", "examples": ["x"], "documents": documents}
    for source, pattern, documents in (("a", "x", 5), ("a", "y", 9), ("b", "x", 5), ("a", "z", 5))
]


@settings(max_examples=10)
@given(st.permutations(ROWS))
def test_the_rows_in_any_order_give_the_same_file(rows):
    data = profile_bytes(rows, 3)
    assert data == profile_bytes(ROWS, 3)
    profile = read_profile(data)
    assert profile.patterns == 4 and list(profile.sources["a"]) == ["y", "x", "z"]
    assert profile.sources["b"]["x"].documents == 5 and profile.fewest == 3


def test_what_is_no_profile_is_told():
    other = pa.BufferOutputStream()
    pa.parquet.write_table(pa.table({"a": [1]}), other)
    with pytest.raises(ProfileError, match="is no profile"):
        read_profile(other.getvalue().to_pybytes())
    with pytest.raises(ProfileError, match="no Parquet file"):
        read_profile(profile_bytes(ROWS, 3)[:-9])
    with pytest.raises(ProfileError, match="no Parquet file"):
        read_profile(random.Random(0).randbytes(500))
