"""Staging: work units of input become Arrow files in the work folder, each with a done-marker.

A unit is the smallest thing that a run repeats.  Its files depend on nothing but its input, the options
and the code, so staging it twice gives the same, and a run that resumes skips it by its marker.  Rows are
cut by bucket (of doc_id) and language into sections, one record batch each, so that publishing reads just
the sections that it merges.  Arrow IPC, not Parquet: a section costs microseconds there, not milliseconds,
and this is read once.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import apache_beam as beam
import pyarrow as pa

from transforms import storage
from transforms.document import DocumentSteps, Rejected, StepOptions
from transforms.identity import bucket_of
from transforms.read import ReadOptions, SkippedPart, Slice, read_slice
from transforms.schema import PREPARED, REJECTS

# Rows are handed to Arrow when they hold this much, so that a unit's memory does not grow with the unit.
_FLUSH_CHARACTERS = 8 * 1024 * 1024
_FLUSH_ROWS = 4096
_SPAN_COST = 200  # what a removed span takes beside its text
_IPC = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the input that is staged as a whole.

    Attributes:
        unit_id: fingerprint of the slices (with size and time stamp of their files), options and versions.
        slices: what to read, in order.
        size: bytes of input, for the progress bar.
    """

    unit_id: str
    slices: tuple[Slice, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one bucket (and language) in a unit's staged file.

    Attributes:
        unit_id: the unit.
        table: ``prepared`` or ``rejects``.
        bucket: of their doc_ids.
        language: of their texts; empty for rejects.
        batch: number of the record batch in the file.
        rows: how many.
    """

    unit_id: str
    table: str
    bucket: int
    language: str
    batch: int
    rows: int


def unit_folder(work: str, unit_id: str) -> str:
    return storage.join(work, "units", unit_id)


def marker_path(work: str, unit_id: str) -> str:
    return storage.join(unit_folder(work, unit_id), "done.json")


def read_section(work: str, section: Section, columns: list[str] | None = None) -> pa.Table:
    """The rows of a section; only ``columns``, where given, are read."""
    path = storage.join(unit_folder(work, section.unit_id), f"{section.table}.arrow")
    table = pa.Table.from_batches([_open_staged(path, section.table, tuple(columns or ())).get_batch(section.batch)])
    return table if columns is None else table.select(columns)


@lru_cache(maxsize=64)
def _open_staged(path: str, table: str, columns: tuple[str, ...]) -> pa.ipc.RecordBatchFileReader:
    """A staged file, kept open: its sections are read one by one.  What is staged under a name never changes."""
    schema = PREPARED if table == "prepared" else REJECTS
    options = pa.ipc.IpcReadOptions(use_threads=False)
    if columns:
        options.included_fields = [schema.get_field_index(name) for name in columns]
    return pa.ipc.open_file(storage.open_arrow(path), options=options)


def stage_unit(unit: Unit, read: ReadOptions, steps: DocumentSteps, work: str, buckets: int) -> dict:
    """Reads a unit, prepares its records and writes them; nothing is done where the marker stands.

    Args:
        unit: what to read.
        read: how.
        steps: one document's way.
        work: the work folder of the output.
        buckets: how many buckets doc_ids are cut into.

    Returns:
        The marker: ``unit_id``, ``size``, ``records`` read, ``documents``, ``rejects`` and ``skipped``
        (counts by reason), ``languages`` (documents by language), ``files`` (the same for each input file),
        ``sections`` (fields of :class:`Section` but for the unit).
    """
    done = storage.read_json(marker_path(work, unit.unit_id))
    if done is not None:
        return done
    with (
        _SectionWriter(work, unit.unit_id, "prepared", PREPARED, buckets) as prepared,
        _SectionWriter(work, unit.unit_id, "rejects", REJECTS, buckets) as rejects,
    ):
        files = [_stage_slice(part, read, steps, prepared, rejects) for part in unit.slices]
    marker = {
        "unit_id": unit.unit_id,
        "size": unit.size,
        "records": sum(f["records"] for f in files),
        "documents": sum(f["documents"] for f in files),
        "rejects": _sum(f["rejects"] for f in files),
        "skipped": _sum(f["skipped"] for f in files),
        "languages": _sum(f["languages"] for f in files),
        "files": files,
        "sections": prepared.sections + rejects.sections,
    }
    storage.write_json(marker_path(work, unit.unit_id), marker)
    return marker


def _stage_slice(part: Slice, read: ReadOptions, steps: DocumentSteps, prepared, rejects) -> dict:
    documents = 0
    reasons: Counter = Counter()
    skipped: Counter = Counter()
    languages: Counter = Counter()
    for item in read_slice(part, read, storage.open_raw):
        if isinstance(item, SkippedPart):
            skipped[item.reason] += 1
            continue
        outcome = steps.prepare(item)
        if isinstance(outcome, Rejected):
            rejects.add(outcome.row(), "", len(outcome.broken.raw))
            reasons[outcome.broken.reason] += 1
        else:
            removed = sum(len(span.text) + _SPAN_COST for span in outcome.cleaned.removed)
            prepared.add(outcome.row(), outcome.language.code, len(outcome.cleaned.text) + removed)
            documents += 1
            languages[outcome.language.code] += 1
    return {
        "path": part.file.path,
        "records": documents + reasons.total() + skipped.total(),
        "documents": documents,
        "rejects": dict(sorted(reasons.items())),
        "skipped": dict(sorted(skipped.items())),
        "languages": dict(sorted(languages.items())),
    }


def _sum(counts: Iterator[dict[str, int]]) -> dict[str, int]:
    total: Counter = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


class _SectionWriter:
    """Collects rows and writes them by bucket and language; the file appears when the block ends."""

    def __init__(self, work: str, unit_id: str, table: str, schema: pa.Schema, buckets: int):
        self._path = storage.join(unit_folder(work, unit_id), f"{table}.arrow")
        self._table, self._schema, self._buckets = table, schema, buckets
        self._rows: dict[tuple[int, str], list[dict]] = {}
        self._held_rows = self._held_characters = 0
        self._writing = ExitStack()
        self._file: pa.ipc.RecordBatchFileWriter | None = None
        self.sections: list[list] = []

    def __enter__(self) -> "_SectionWriter":
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if kind is None:
                self._flush()
            if self._file is not None and kind is None:
                self._file.close()
        except BaseException:
            self._writing.__exit__(*sys.exc_info())
            raise
        self._writing.__exit__(kind, error, trace)

    def add(self, row: dict[str, Any], language: str, characters: int) -> None:
        section = (bucket_of(row["doc_id"], self._buckets), language)
        self._rows.setdefault(section, []).append(row)
        self._held_rows += 1
        self._held_characters += characters
        if self._held_rows >= _FLUSH_ROWS or self._held_characters >= _FLUSH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        if self._file is None:  # a unit without such rows has no such file
            handle = self._writing.enter_context(storage.writing(self._path))
            self._file = pa.ipc.new_file(handle, self._schema, options=_IPC)
        sections = sorted(self._rows.items())
        batch = pa.RecordBatch.from_pylist([row for _, rows in sections for row in rows], schema=self._schema)
        start = 0
        for (bucket, language), rows in sections:
            self._file.write_batch(batch.slice(start, len(rows)))
            self.sections.append([self._table, bucket, language, len(self.sections), len(rows)])
            start += len(rows)
        self._rows = {}
        self._held_rows = self._held_characters = 0


class _StageUnit(beam.DoFn):
    def __init__(self, read: ReadOptions, steps: StepOptions, work: str, buckets: int):
        self._read, self._options, self._work, self._buckets = read, steps, work, buckets

    def setup(self) -> None:
        self._steps = DocumentSteps(self._options)

    def teardown(self) -> None:
        self._steps.close()

    def process(self, keyed: tuple[int, Iterable[Unit]]) -> Iterator[tuple[int, list[Section]]]:
        for unit in keyed[1]:
            marker = stage_unit(unit, self._read, self._steps, self._work, self._buckets)
            by_bucket: dict[int, list[Section]] = {}
            for table, bucket, language, batch, rows in marker["sections"]:
                section = Section(unit.unit_id, table, bucket, language, batch, rows)
                by_bucket.setdefault(bucket, []).append(section)
            yield from by_bucket.items()


@dataclass
class StageUnits(beam.PTransform):
    """Units, keyed by anything that spreads them over workers, to the sections that they became, by bucket.

    Attributes:
        read: how input is read.
        steps: one document's way.
        work: the work folder of the output, reachable from every worker.
        buckets: how many buckets doc_ids are cut into.
    """

    read: ReadOptions
    steps: StepOptions
    work: str
    buckets: int = field(default=4)

    def expand(self, units: beam.PCollection) -> beam.PCollection:
        return (
            units
            | "Spread" >> beam.GroupByKey()
            | "StageUnit" >> beam.ParDo(_StageUnit(self.read, self.steps, self.work, self.buckets))
        )
