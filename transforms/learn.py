"""Learning which lines a source repeats: from work units to a profile, in memory that does not grow with the input.

Each unit is read once and leaves a file of its lines, masked (``transforms.clean.repeated``), with where they stand.
Counting them exactly would hold every line of the input, nearly all of which stand in one document.  So they are
counted twice: first in a sketch of fixed size (count-min, Cormode and Muthukrishnan 2005; its counts are never too
low, and merging is a sum, so that neither order nor workers matter), then exactly, but only those that the sketch
lets pass.  What crosses a shuffle is the sketch, the number of documents of each source, and the lines that pass.
"""

import functools
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

import apache_beam as beam
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from apache_beam import pvalue
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.windowed_value import WindowedValue

from transforms import storage
from transforms.clean.repeated import (
    EDGE,
    LEAST_EVIDENCE,
    LEAST_SHARE,
    LEAST_STORIES,
    NOWHERE,
    Seen,
    is_evidence,
    look_at,
)
from transforms.clean.text import normal_lines
from transforms.document import DocumentSteps, StepOptions
from transforms.profile import profile_bytes, rule_of
from transforms.read import ReadOptions, read_slice
from transforms.stage import Unit, marker_path, unit_folder

# Lines are handed to Arrow in batches of this many rows.
BATCH_ROWS = 16_384
# The sketch has two rows of cells of two bytes: one cell for so many bytes of input, between the two bounds.
BYTES_A_CELL = 32
LEAST_CELLS, MOST_CELLS = 1 << 16, 1 << 24
_FULL = np.iinfo(np.uint16).max
# A line's documents are of so many different stories for their number as the source's documents are, or nearly: else
# they are versions of a few, which share more than the house's lines.
INDEPENDENT = 0.6
# Stories are counted by so many of their numbers.
_STORIES = 32
# So many different lines may pass the sketch; if more would, the fewest documents that a line needs are raised.
MOST_PASSING = 50_000
# A worker hands on what it counted when it holds so many different lines.
MOST_HELD = 20_000
# Lines from the edge are told up to here.
_FAR = 15
_EXAMPLES = 2

LINES = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("source", pa.int32(), nullable=False),
        pa.field("pattern", pa.string(), nullable=False),
        pa.field("example", pa.string(), nullable=False),
        pa.field("above", pa.uint8(), nullable=False),
        pa.field("below", pa.uint8(), nullable=False),
        pa.field("from_top", pa.uint8(), nullable=False),
        pa.field("from_foot", pa.uint8(), nullable=False),
        pa.field("story_low", pa.uint32(), nullable=False),
        pa.field("story_high", pa.uint32(), nullable=False),
    ]
)
_IPC = pa.ipc.IpcWriteOptions(compression="lz4")


# --- a unit's lines ------------------------------------------------------------------------------------------------


def read_lines(unit: Unit, read: ReadOptions, steps: DocumentSteps, work: str) -> dict[str, Any]:
    """Reads a unit and writes its lines; nothing is done where the marker stands.

    Args:
        unit: what to read.
        read: how.
        steps: gives the text of a page.
        work: the work folder of learning.

    Returns:
        The marker: ``unit_id``, ``records`` read, and ``sources``: name, documents and the two sets of
        :class:`Stories` of each, in the order of the numbers that the file's rows give them.
    """
    done = storage.read_json(marker_path(work, unit.unit_id))
    if done is not None:
        return done
    numbers: dict[str, int] = {}
    documents: Counter[int] = Counter()
    stories: list[Stories] = []
    records = 0
    with _LineWriter(_lines_path(work, unit.unit_id)) as lines:
        for part in unit.slices:
            for item in read_slice(part, read, storage.open_raw):
                records += 1
                known = steps.read_text(item)
                if known is None:
                    continue
                number = numbers.setdefault(known.source, len(numbers))
                seen = look_at(normal_lines(known.text))
                documents[number] += 1
                stories += [Stories()] * (number == len(stories))
                stories[number].add(*seen.story)
                lines.add(number, known.source, seen)
    marker = {
        "unit_id": unit.unit_id,
        "records": records,
        "sources": [[source, documents[number], *stories[number].trimmed()] for source, number in numbers.items()],
    }
    storage.write_json(marker_path(work, unit.unit_id), marker)
    return marker


def _lines_path(work: str, unit_id: str) -> str:
    return storage.join(unit_folder(work, unit_id), "lines.arrow")


class _LineWriter:
    """Collects lines and writes them in batches; the file appears when the block ends."""

    def __init__(self, path: str):
        self._path = path
        self._columns: dict[str, list] = {name: [] for name in LINES.names}
        self._writing = ExitStack()

    def __enter__(self) -> "_LineWriter":
        handle = self._writing.enter_context(storage.writing(self._path))
        self._file = self._writing.enter_context(pa.ipc.new_file(handle, LINES, options=_IPC))
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self._flush()
        self._writing.__exit__(kind, error, trace)

    def add(self, number: int, source: str, seen: Seen) -> None:
        columns, salt = self._columns, blake2b(source.encode("utf-8", "replace"), digest_size=16).digest()
        low, high = seen.story
        for place in seen.places:
            digest = blake2b(place.pattern.encode(), digest_size=8, key=salt).digest()
            columns["key"].append(int.from_bytes(digest, "big"))
            columns["source"].append(number)
            columns["pattern"].append(place.pattern)
            columns["example"].append("" if place.example == place.pattern else place.example)
            columns["above"].append(place.above)
            columns["below"].append(place.below)
            columns["from_top"].append(min(place.from_top, _FAR))
            columns["from_foot"].append(min(place.from_foot, _FAR))
            columns["story_low"].append(low)
            columns["story_high"].append(high)
        if len(columns["key"]) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._columns["key"]:
            self._file.write_batch(pa.RecordBatch.from_pydict(self._columns, schema=LINES))
            self._columns = {name: [] for name in LINES.names}


def _batches(work: str, unit_id: str, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    options = pa.ipc.IpcReadOptions(use_threads=False)
    if columns:
        options.included_fields = [LINES.get_field_index(name) for name in columns]
    with storage.open_arrow(_lines_path(work, unit_id)) as handle:
        file = pa.ipc.open_file(handle, options=options)
        for number in range(file.num_record_batches):
            yield file.get_batch(number)


# --- the sketch ----------------------------------------------------------------------------------------------------

Keys = npt.NDArray[np.uint64]


class Sketch:
    """Counts of keys that are never too low: the least of two cells, each shared by the keys that fall into it.

    Args:
        cells: in each of the two rows; a power of two.
    """

    def __init__(self, cells: int):
        self.counts = np.zeros((2, cells), np.uint16)

    def add(self, keys: Keys) -> None:
        """Counts each key once for each time that it is given; cells stop at 65,535."""
        for row, cells in zip(self.counts, self._cells(keys), strict=True):
            places, more = np.unique(cells, return_counts=True)
            row[places] = np.minimum(row[places].astype(np.int64) + more, _FULL)

    def merge(self, other: "Sketch") -> None:
        """Adds what another sketch of the same size has counted."""
        self.counts += other.counts
        self.counts[self.counts < other.counts] = _FULL  # it ran over

    def count(self, keys: Keys) -> npt.NDArray[np.uint16]:
        """How often each key was given, or more."""
        first, second = self._cells(keys)
        return np.minimum(self.counts[0][first], self.counts[1][second])

    def floor(self, most: int) -> int:
        """The least count that at most so many cells of a row reach."""
        reached = np.bincount(self.counts[0], minlength=_FULL + 1)[::-1].cumsum()[::-1]
        return int(np.searchsorted(-reached, -most))

    def _cells(self, keys: Keys) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        most = np.uint64(self.counts.shape[1] - 1)
        return keys & most, (keys >> np.uint64(32)) & most

    def __reduce__(self) -> tuple:
        return _sketch_from, (self.counts.shape[1], zlib.compress(self.counts.tobytes(), 1))


def _sketch_from(cells: int, data: bytes) -> Sketch:
    sketch = Sketch(cells)
    sketch.counts[:] = np.frombuffer(zlib.decompress(data), np.uint16).reshape(2, cells)
    return sketch


def cells_for(size: int) -> int:
    """Cells of a row of the sketch for so many bytes of input: a power of two from 65,536 to 16.8 million."""
    return min(max(1 << max(size // BYTES_A_CELL, 1).bit_length(), LEAST_CELLS), MOST_CELLS)


class CountKeys(beam.CombineFn):
    """Arrays of keys to one sketch.

    Args:
        cells: in each of its rows.
    """

    def __init__(self, cells: int):
        self._size = cells

    def create_accumulator(self) -> Sketch:
        return Sketch(self._size)

    def add_input(self, sketch: Sketch, keys: Keys) -> Sketch:
        sketch.add(keys)
        return sketch

    def merge_accumulators(self, sketches: Iterable[Sketch]) -> Sketch:
        merged, *others = sketches
        for sketch in others:
            merged.merge(sketch)
        return merged

    def extract_output(self, sketch: Sketch) -> Sketch:
        return sketch


# --- exact counts --------------------------------------------------------------------------------------------------


class Stories:
    """How many different stories a set of documents tells: an estimate in bounded memory, whatever the order.

    Of the two numbers of each document (``repeated.look_at``) the least different hashes are kept; the last of them
    tells how many there are (k minimum values, Bar-Yossef and others 2002; the error is about 18 % for 32).
    """

    def __init__(self, low: Iterable[int] = (), high: Iterable[int] = ()):
        self.low, self.high = set(low), set(high)

    def add(self, low: int, high: int) -> None:
        """Adds the numbers of a document; hashes of them, which are spread evenly."""
        self.low.add(crc32(low.to_bytes(4, "big")))
        self.high.add(crc32(high.to_bytes(4, "big")))
        if len(self.low) > 2 * _STORIES or len(self.high) > 2 * _STORIES:
            self.trim()

    def merge(self, other: "Stories") -> None:
        self.low |= other.low
        self.high |= other.high
        self.trim()

    def trim(self) -> None:
        """Lets go of all but the least hashes."""
        self.low, self.high = map(set, self.trimmed())

    def trimmed(self) -> tuple[list[int], list[int]]:
        return sorted(self.low)[:_STORIES], sorted(self.high)[:_STORIES]

    def count(self) -> int:
        """How many: the greater of the two estimates, since a line of the house may be in one of the numbers."""
        self.trim()
        return max(_distinct(self.low), _distinct(self.high))


def _distinct(hashes: set[int]) -> int:
    return len(hashes) if len(hashes) < _STORIES else (_STORIES - 1) * 2**32 // max(hashes)


@dataclass(slots=True)
class Habit:
    """What is counted of a line in one source; a sum that does not depend on order.

    Attributes:
        documents: that have it.
        above, below: of them, by the number of paragraphs above it at the top, below it at the foot, and elsewhere.
        from_top, from_foot: of them, by the number of lines above and below it, up to ``_FAR``.
        stories: of the documents.
        examples: the two lines with the least hashes.
    """

    documents: int = 0
    above: list[int] = field(default_factory=lambda: [0] * (NOWHERE + 1))
    below: list[int] = field(default_factory=lambda: [0] * (NOWHERE + 1))
    from_top: list[int] = field(default_factory=lambda: [0] * (_FAR + 1))
    from_foot: list[int] = field(default_factory=lambda: [0] * (_FAR + 1))
    stories: Stories = field(default_factory=Stories)
    examples: set[str] = field(default_factory=set)

    def add(self, line: dict[str, Any]) -> None:
        """Counts a row of ``LINES``."""
        self.documents += 1
        self.above[line["above"]] += 1
        self.below[line["below"]] += 1
        self.from_top[line["from_top"]] += 1
        self.from_foot[line["from_foot"]] += 1
        self.stories.add(line["story_low"], line["story_high"])
        self.examples.add(line["example"] or line["pattern"])
        if self.documents % 64 == 0:
            self.trim()

    def merge(self, other: "Habit") -> None:
        self.documents += other.documents
        for name in ("above", "below", "from_top", "from_foot"):
            setattr(self, name, [a + b for a, b in zip(getattr(self, name), getattr(other, name), strict=True)])
        self.stories.merge(other.stories)
        self.examples |= other.examples
        self.trim()

    def trim(self) -> None:
        """Lets go of all examples but two."""
        self.examples = set(sorted(self.examples, key=lambda text: (crc32(text.encode()), text))[:_EXAMPLES])


class _Merging(beam.CombineFn):
    """Inputs and accumulators are of one kind: counts that several workers made, to be added up."""

    def merge_accumulators(self, counts: Iterable[Any]) -> Any:
        return functools.reduce(self.add_input, counts)

    def extract_output(self, counted: Any) -> Any:
        return counted


class MergeHabits(_Merging):
    """The habits of one line, counted by several workers, to one."""

    def create_accumulator(self) -> Habit:
        return Habit()

    def add_input(self, habit: Habit, more: Habit) -> Habit:
        habit.merge(more)
        return habit


class Size(NamedTuple):
    """How large a source is: its documents, and how many different stories they tell."""

    documents: int
    stories: int


class MeasureSources(_Merging):
    """Documents and stories of one source, counted by several workers, to its :class:`Size`."""

    def create_accumulator(self) -> tuple[int, Stories]:
        return 0, Stories()

    def add_input(self, counted: tuple[int, Stories], more: tuple[int, Stories]) -> tuple[int, Stories]:
        counted[1].merge(more[1])
        return counted[0] + more[0], counted[1]

    def extract_output(self, counted: tuple[int, Stories]) -> Size:
        documents, stories = counted
        return Size(documents, min(stories.count(), documents))


def fewest_documents(sketch: Sketch) -> int:
    """The fewest documents that a line needs in any source, so that no more than ``MOST_PASSING`` pass the sketch."""
    return max(LEAST_STORIES, sketch.floor(MOST_PASSING))


def least_documents(documents: int) -> int:
    """The fewest documents of a source with so many in which a line must stand to be a habit of its house."""
    share, evidence = LEAST_SHARE * documents, math.sqrt(LEAST_EVIDENCE * documents)
    return max(LEAST_STORIES, math.ceil(share - 1e-6), math.ceil(evidence - 1e-6))


class HabitCounter:
    """Counts the lines that pass a sketch.

    Args:
        sketch: of all lines of the input.
        sizes: of the sources; those that it does not have are too small.
        fewest: documents that a line needs in any source.
    """

    def __init__(self, sketch: Sketch, sizes: dict[str, Size], fewest: int = LEAST_STORIES):
        self._sketch, self._sizes, self._fewest = sketch, sizes, fewest
        self.habits: dict[tuple[str, str], Habit] = {}

    def add(self, lines: pa.RecordBatch, sources: list[str]) -> None:
        """Counts a batch of ``LINES``; ``sources`` are the names behind the numbers in its column."""
        least = np.array([self._least(source) for source in sources], np.int64)
        passing = self._sketch.count(lines["key"].to_numpy()) >= least[lines["source"].to_numpy()]
        if passing.any():
            for line in lines.filter(pa.array(passing)).to_pylist():
                habit = self.habits.setdefault((sources[line["source"]], line["pattern"]), Habit())
                habit.add(line)

    def _least(self, source: str) -> int:
        size = self._sizes.get(source)
        return _FULL + 1 if size is None else min(max(self._fewest, least_documents(size.documents)), _FULL)

    def take(self) -> Iterator[tuple[tuple[str, str], Habit]]:
        """What was counted; the counter is empty then."""
        for habit in self.habits.values():
            habit.trim()
            habit.stories.trim()
        yield from self.habits.items()
        self.habits = {}


def profile_row(source: str, pattern: str, habit: Habit, size: "Size") -> dict[str, Any] | None:
    """The row of a profile for a line; None where it is no habit of the source, which has the size ``size``."""
    habit.trim()
    documents = size.documents
    stories = min(habit.stories.count(), habit.documents)
    independent = stories * documents >= INDEPENDENT * size.stories * habit.documents
    if not independent or not is_evidence(stories, habit.documents / documents):
        return None
    top, foot = habit.documents - habit.above[NOWHERE], habit.documents - habit.below[NOWHERE]
    counts = {"top": top, "foot": foot, "middle": habit.documents - top - foot}
    return {
        "source": source,
        "pattern": pattern,
        "rule": rule_of(source, pattern),
        "documents": habit.documents,
        "share": round(habit.documents / documents, 4),
        "position": max(counts, key=lambda name: counts[name]),
        "lines_from_top": _median(habit.from_top),
        "lines_from_foot": _median(habit.from_foot),
        "examples": sorted(habit.examples),
        "top": round(top / documents, 4),
        "foot": round(foot / documents, 4),
        "steady_top": round(max(habit.above[: EDGE + 1]) / habit.documents, 4),
        "steady_foot": round(max(habit.below[: EDGE + 1]) / habit.documents, 4),
        "stories": stories,
        "source_documents": documents,
    }


def _median(counts: list[int]) -> float:
    """The median of the numbers 0, 1, … that occur so often."""
    below = np.cumsum(counts)
    middle = [int(np.searchsorted(below, place, side="right")) for place in ((below[-1] - 1) // 2, below[-1] // 2)]
    return sum(middle) / 2


# --- the pipeline --------------------------------------------------------------------------------------------------

_SOURCES, _KEYS = "sources", "keys"


class _ReadLines(beam.DoFn):
    """Ids of the units; documents and stories by source, and the keys of their lines, beside them."""

    def __init__(self, read: ReadOptions, steps: StepOptions, work: str):
        self._read, self._options, self._work = read, steps, work

    def setup(self) -> None:
        self._steps = DocumentSteps(self._options)

    def teardown(self) -> None:
        self._steps.close()

    def process(self, keyed: tuple[int, Iterable[Unit]]) -> Iterator[Any]:
        for unit in keyed[1]:
            marker = read_lines(unit, self._read, self._steps, self._work)
            for source, documents, low, high in marker["sources"]:
                yield pvalue.TaggedOutput(_SOURCES, (source, (documents, Stories(low, high))))
            for batch in _batches(self._work, unit.unit_id, ["key"]):
                yield pvalue.TaggedOutput(_KEYS, batch["key"].to_numpy())
            yield unit.unit_id


class _CountLines(beam.DoFn):
    def __init__(self, work: str):
        self._work = work

    def start_bundle(self) -> None:
        self._counter: HabitCounter | None = None

    def process(self, unit_id: str, sketch: Sketch, sizes: dict[str, Size], fewest: int) -> Iterator[Any]:
        if self._counter is None:
            self._counter = HabitCounter(sketch, sizes, fewest)
        marker = storage.read_json(marker_path(self._work, unit_id))
        assert marker is not None, f"unit {unit_id} has left no marker"
        sources = [source for source, *_ in marker["sources"]]
        for batch in _batches(self._work, unit_id):
            self._counter.add(batch, sources)
            if len(self._counter.habits) >= MOST_HELD:
                yield from self._counter.take()

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = GlobalWindow()
        for counted in self._counter.take() if self._counter else ():
            yield WindowedValue(counted, window.max_timestamp(), (window,))


class _MakeRows(beam.DoFn):
    def process(self, counted: tuple[tuple[str, str], Habit], sizes: dict[str, Size]) -> Iterator[dict[str, Any]]:
        (source, pattern), habit = counted
        row = profile_row(source, pattern, habit, sizes[source])
        if row is not None:
            yield row


class _WriteProfile(beam.DoFn):
    def __init__(self, path: str):
        self._path = path

    def process(self, rows: list[dict[str, Any]], fewest: int) -> None:
        with storage.writing(self._path) as handle:
            handle.write(profile_bytes(rows, fewest))


@dataclass
class LearnProfile(beam.PTransform):
    """Units, keyed by anything that spreads them over workers, to the profile of their lines, at ``path``.

    Attributes:
        read: how input is read.
        steps: how pages become text, and documents without a URL get their source.
        work: the work folder, reachable from every worker.
        path: where the profile is written.
        cells: of a row of the sketch, as ``cells_for`` gives them.
    """

    read: ReadOptions
    steps: StepOptions
    work: str
    path: str
    cells: int

    def expand(self, units: pvalue.PCollection) -> pvalue.PCollection:
        lines = (
            units
            | "Spread" >> beam.GroupByKey()
            | "ReadLines"
            >> beam.ParDo(_ReadLines(self.read, self.steps, self.work)).with_outputs(_SOURCES, _KEYS, main="units")
        )
        sketch = lines[_KEYS] | "SketchLines" >> beam.CombineGlobally(CountKeys(self.cells))
        sizes = pvalue.AsDict(
            lines[_SOURCES]
            | "MeasureSources" >> beam.CombinePerKey(MeasureSources())
            | "LeaveSmallSources" >> beam.Filter(_is_large)
        )
        fewest = pvalue.AsSingleton(sketch | "FewestDocuments" >> beam.Map(fewest_documents))
        return (
            lines.units
            | "CountLines" >> beam.ParDo(_CountLines(self.work), pvalue.AsSingleton(sketch), sizes, fewest)
            | "MergeHabits" >> beam.CombinePerKey(MergeHabits())
            | "MakeRows" >> beam.ParDo(_MakeRows(), sizes)
            | "Collect" >> beam.CombineGlobally(beam.combiners.ToListCombineFn())
            | "WriteProfile" >> beam.ParDo(_WriteProfile(self.path), fewest)
        )


def _is_large(measured: tuple[str, Size]) -> bool:
    return measured[1].documents >= LEAST_STORIES
