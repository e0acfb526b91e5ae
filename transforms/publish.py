"""Publishing: staged sections and the last snapshot's files to the next snapshot's files, bucket by bucket.

A snapshot has four tables: documents (by language), removed, rejects, and held: the candidates that lost
against a newer version or an exact duplicate, whole, with their spans.  Held rows are not for readers (they
are in rejects/ with their reason), but they let a later run bring a document back when what it lost against
is gone, with nothing read again.

Files are immutable.  A run adds files for what is new, writes anew only those that lose rows, and merges
the files of a bucket and language when they become many.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from transforms import storage
from transforms.datafiles import DataFile, FileLimits, sort_rows, write_files
from transforms.deduplicate import DUPLICATE, KEY_COLUMNS, SUPERSEDED, find_exact_duplicates, resolve_versions
from transforms.identity import bucket_of
from transforms.reasons import REASONS
from transforms.schema import DOCUMENTS, PREPARED, REJECTS, REMOVED
from transforms.stage import Section, read_section

_READ_ROWS = 2048
_BLOCK_ROWS = 65_536


@dataclass(frozen=True)
class PublishOptions:
    """Where a run publishes from and to.

    Attributes:
        work: the work folder, with the staged units.
        merged: folder for this plan's new files and markers.
        previous: folder of the last snapshot, where its files are read; empty on the first run.
        buckets: how many buckets doc_ids are cut into.
        exact: ``drop`` exact duplicates, or ``keep`` them.
        compact_files: a bucket and language with more series of files than this is merged into one.
        limits: sizes of row groups and files.
    """

    work: str
    merged: str
    previous: str = ""
    buckets: int = 4
    exact: str = "drop"
    compact_files: int = 8
    limits: FileLimits = field(default_factory=FileLimits)


def marker_path(merged: str, bucket: int) -> str:
    return storage.join(merged, f"bucket-{bucket:03d}.json")


def replaced_path(merged: str) -> str:
    """The list of input files whose earlier rows go in this run: they changed, or are read again."""
    return storage.join(merged, "replaced.json")


# Fates of a candidate beside the reasons for which it loses: it stays, or it goes with its input.
STAYS, REPLACED = "", "replaced"


@dataclass(frozen=True)
class _Source:
    """Where candidates stand: a file of the last snapshot, or a section that this run staged.

    Attributes:
        table: ``documents``, ``_held`` or ``prepared``.
        language: of a section's texts.
        place: the file or section.
        keys: KEY_COLUMNS of all rows.
    """

    table: str
    language: str
    place: DataFile | Section
    keys: pa.Table


class BucketCandidates:
    """All that a bucket may publish, old and new, with the fate of each candidate.

    Args:
        bucket: number of the bucket.
        sections: what this run staged for it.
        files: what the last snapshot has of it.
        options: where to read them.
    """

    def __init__(self, bucket: int, sections: Iterable[Section], files: Iterable[DataFile], options: PublishOptions):
        self.bucket, self.options = bucket, options
        self.sections = sorted(sections, key=lambda s: (s.table, s.unit_id, s.batch))
        self.files = sorted(files, key=lambda f: f.path)
        replaced = storage.read_json(replaced_path(options.merged))
        if replaced is None:
            raise OSError(f"{replaced_path(options.merged)} is missing or broken")
        self.replaced = pa.array(replaced["paths"], pa.string())
        old = [_Source(f.table, "", f, self._read_keys(f)) for f in self.files if f.table in ("documents", "_held")]
        new = [
            _Source("prepared", s.language, s, read_section(options.work, s, KEY_COLUMNS)) for s in self.of("prepared")
        ]
        self._sources = old + new
        self.keys = pa.concat_tables([_KEYS.empty_table(), *(s.keys.cast(_KEYS) for s in self._sources)])
        # Rows of replaced inputs are no candidates; what is staged is what replaces them.
        replaced_rows = np.zeros(self.keys.num_rows, dtype=bool)
        old_rows = sum(s.keys.num_rows for s in old)
        replaced_rows[:old_rows] = _is_gone(self.keys["input_path"].slice(0, old_rows), self.replaced).to_numpy()
        self.fates = np.full(self.keys.num_rows, REPLACED, dtype=object)
        candidates = np.flatnonzero(~replaced_rows)
        reasons = resolve_versions(self.keys.take(candidates))
        self.fates[candidates] = pc.fill_null(reasons, STAYS).to_numpy(zero_copy_only=False)

    def of(self, table: str) -> list[Section]:
        return [s for s in self.sections if s.table == table]

    def _read_keys(self, file: DataFile) -> pa.Table:
        with storage.open_raw(storage.join(self.options.previous, file.path)) as handle:
            return pq.read_table(handle, columns=KEY_COLUMNS)

    def survivors(self) -> pa.Table:
        """Keys of the candidates that stay as far as the bucket alone can tell."""
        return self.keys.filter(pa.array(self.fates == STAYS))

    def drop_duplicates(self, doc_ids: list[str]) -> None:
        """Marks the survivors with these doc_ids as exact duplicates."""
        losing = pc.is_in(self.keys["doc_id"], value_set=pa.array(doc_ids, pa.string())).to_numpy()
        self.fates[losing & (self.fates == STAYS)] = DUPLICATE

    def parts(self) -> Iterator[tuple[_Source, np.ndarray]]:
        """Each source with the fates of its rows."""
        start = 0
        for source in self._sources:
            end = start + source.keys.num_rows
            yield source, self.fates[start:end]
            start = end


def _is_gone(values: pa.ChunkedArray, gone: pa.Array) -> pa.ChunkedArray:
    """Which values are among ``gone``: doc_ids, or paths of input files and of members of archives below them."""
    found = pc.is_in(values, value_set=gone)
    while len(gone) and pc.any(pc.match_substring(values, "/")).as_py():
        values = pc.replace_substring_regex(values, pattern="/[^/]*$", replacement="")
        found = pc.or_(found, pc.is_in(values, value_set=gone))
    return found


_KEYS = pa.schema([DOCUMENTS.field(name).remove_metadata() for name in KEY_COLUMNS])


def publish_bucket(candidates: BucketCandidates) -> dict:
    """Writes the bucket's new files and its marker.

    Returns:
        The marker: ``files`` (all files that the bucket has from now on), and counts of this run's rows:
        ``published``, ``languages`` (published by language), ``held`` (by reason), and of earlier rows:
        ``displaced`` (from documents to held, by reason), ``restored`` (from held to documents), ``replaced``
        (documents whose input changed).
    """
    bucket = _BucketWriter(candidates)
    files = bucket.documents() + bucket.removed() + bucket.rejects() + bucket.held()
    marker = {
        "bucket": candidates.bucket,
        "files": [dataclasses.asdict(f) for f in sorted(files, key=lambda f: f.path)],
        **bucket.counts(),
    }
    storage.write_json(marker_path(candidates.options.merged, candidates.bucket), marker)
    return marker


class _BucketWriter:
    """The four tables of one bucket."""

    def __init__(self, candidates: BucketCandidates):
        self._bucket, self._options = candidates.bucket, candidates.options
        self._files, self._replaced = candidates.files, candidates.replaced
        self._rejected = candidates.of("rejects")
        self._parts = list(candidates.parts())
        leaving = [s.keys["doc_id"].filter(pa.array(f != STAYS)) for s, f in self._parts if s.table == "documents"]
        self._leaving = pa.array([i for column in leaving for i in column.to_pylist()], pa.string())
        # Sources of rows that become documents in this run.
        self._incoming = [(s, f == STAYS) for s, f in self._parts if s.table != "documents" and (f == STAYS).any()]

    def counts(self) -> dict[str, Any]:
        published: Counter = Counter()
        held: Counter = Counter()
        displaced: Counter = Counter()
        restored = replaced = 0
        for source, fates in self._parts:
            fate = Counter(fates.tolist())
            lost = Counter({reason: n for reason, n in fate.items() if reason not in (STAYS, REPLACED)})
            if source.table == "prepared":
                published[source.language] += fate[STAYS]
                held += lost
            elif source.table == "documents":
                displaced += lost
                replaced += fate[REPLACED]
            else:
                restored += fate[STAYS]
        return {
            "published": published.total(),
            "languages": dict(sorted((+published).items())),
            "held": dict(sorted(held.items())),
            "displaced": dict(sorted(displaced.items())),
            "restored": restored,
            "replaced": replaced,
        }

    def documents(self) -> list[DataFile]:
        files: list[DataFile] = []
        languages = {s.language for s, _ in self._incoming if s.table == "prepared"}
        languages |= set(self._restored_languages())
        languages |= {_language(f) for f in self._files if f.table == "documents"}
        for language in sorted(languages):
            old = [f for f in self._files if f.table == "documents" and _language(f) == language]
            incoming = self._incoming_rows(DOCUMENTS.names, language)
            files += self._next_files(f"documents/lang={language}", DOCUMENTS, ["doc_id"], old, incoming)
        return files

    def _restored_languages(self) -> list[str]:
        held = [(s, stays) for s, stays in self._incoming if s.table == "_held"]
        tables = [t for s, stays in held for t in self._read(s, ["language"], stays)]
        return pc.unique(pa.concat_tables(tables)["language"]).to_pylist() if tables else []

    def removed(self) -> list[DataFile]:
        old = [f for f in self._files if f.table == "removed"]
        rows = (_spans(table) for table in self._incoming_rows(["doc_id", "removed"], None))
        return self._next_files("removed", REMOVED, ["doc_id", "line", "start"], old, rows)

    def rejects(self) -> list[DataFile]:
        old = [f for f in self._files if f.folder == "rejects/records"]
        new = (read_section(self._options.work, s) for s in self._rejected)
        order = ["doc_id", "input_path", "input_record", "input_offset", "reason"]
        return self._next_files("rejects/records", REJECTS, order, old, new, leaving="input_path")

    def _next_files(
        self,
        folder: str,
        schema: pa.Schema,
        order: list[str],
        old: list[DataFile],
        incoming: Iterator[pa.Table],
        leaving: str = "doc_id",
    ) -> list[DataFile]:
        """The old files, written anew where rows leave them, and one for what comes in; merged if they are many."""
        gone = self._replaced if leaving == "input_path" else self._leaving
        first = next(incoming, None)
        if len({file.series for file in old}) + (first is not None) > self._options.compact_files:
            rows = (t for file in old for t in self._read_old(file, schema, leaving, gone))
            return self._write(folder, schema, order, _chain(rows, first, incoming))
        files: list[DataFile] = []
        for file in old:
            if self._loses_rows(file, leaving, gone):
                files += self._write(folder, schema, order, self._read_old(file, schema, leaving, gone))
            else:
                files.append(file)
        return files + (self._write(folder, schema, order, _chain((), first, incoming)) if first is not None else [])

    def _write(self, folder: str, schema: pa.Schema, order: list[str], rows: Iterator[pa.Table]) -> list[DataFile]:
        work = storage.join(self._options.merged, "files")
        return write_files(sort_rows(rows, order), folder, work, self._bucket, self._options.limits, schema)

    def _loses_rows(self, file: DataFile, column: str, gone: pa.Array) -> bool:
        if not len(gone):
            return False
        return any(pc.any(_is_gone(t[column], gone)).as_py() for t in _batches(self._old_path(file), [column]))

    def _read_old(self, file: DataFile, schema: pa.Schema, column: str, gone: pa.Array) -> Iterator[pa.Table]:
        for table in _batches(self._old_path(file), schema.names):
            yield table.filter(pc.invert(_is_gone(table[column], gone))).cast(schema)

    def _old_path(self, file: DataFile) -> str:
        return storage.join(self._options.previous, file.path)

    def _incoming_rows(self, columns: list[str], language: str | None) -> Iterator[pa.Table]:
        """Rows that become documents in this run: staged, or held until now."""
        for source, stays in self._incoming:
            if source.table == "prepared" and language in (None, source.language):
                yield from self._read(source, columns, stays)
            elif source.table == "_held":
                for table in self._read(source, columns, stays):
                    chosen = table if language is None else table.filter(pc.equal(table["language"], language))
                    if chosen.num_rows:
                        yield chosen

    def _read(self, source: _Source, columns: list[str], mask: np.ndarray) -> Iterator[pa.Table]:
        if isinstance(source.place, Section):
            table = read_section(self._options.work, source.place, columns)
            yield table if mask.all() else table.filter(pa.array(mask))  # most often all of them, and no copy is made
            return
        start = 0
        for table in _batches(self._old_path(source.place), columns):
            chosen = table.filter(pa.array(mask[start : start + table.num_rows]))
            start += table.num_rows
            if chosen.num_rows:
                yield chosen

    def held(self) -> list[DataFile]:
        """held/ and the rows of rejects/ that say why: both made anew from all that is held."""
        old = [f for f in self._files if f.folder in ("_held", "rejects/duplicates")]
        if all(self._as_before(source, fates) for source, fates in self._parts):
            return old
        order = ["doc_id", "input_path", "input_record"]
        held = self._write("_held", PREPARED, order, self._held_rows())
        losses = (self._losses(source, fates, lost) for source, fates, lost in self._lost())
        return held + self._write("rejects/duplicates", REJECTS, order, losses)

    def _as_before(self, source: _Source, fates: np.ndarray) -> bool:
        """Whether all rows of a source have the fate that they had after the last run."""
        before = fates == STAYS if source.table == "documents" else _lost(fates)
        return source.table != "prepared" and bool(before.all())

    def _lost(self) -> Iterator[tuple[_Source, np.ndarray, np.ndarray]]:
        """Sources of candidates that lost, with all fates, and a mask of those rows."""
        for source, fates in self._parts:
            if (lost := _lost(fates)).any():
                yield source, fates, lost

    def _held_rows(self) -> Iterator[pa.Table]:
        for source, _, lost in self._lost():
            if source.table == "documents":
                yield from self._displaced_rows(source, lost)
            else:
                yield from (t.cast(PREPARED) for t in self._read(source, PREPARED.names, lost))

    def _displaced_rows(self, source: _Source, lost: np.ndarray) -> Iterator[pa.Table]:
        """Documents of the last snapshot that go to held, with their spans out of removed/."""
        wanted = source.keys["doc_id"].filter(pa.array(lost)).combine_chunks()
        spans: dict[str, list[dict]] = {i: [] for i in wanted.to_pylist()}
        for file in self._files:
            if file.table == "removed":
                for table in _batches(self._old_path(file), REMOVED.names):
                    for row in table.filter(pc.is_in(table["doc_id"], value_set=wanted)).to_pylist():
                        spans[row.pop("doc_id")].append(row)
        for table in self._read(source, DOCUMENTS.names, lost):
            column = pa.array([spans[i] for i in table["doc_id"].to_pylist()], PREPARED.field("removed").type)
            yield table.append_column(PREPARED.field("removed"), column).cast(PREPARED)

    def _losses(self, source: _Source, fates: np.ndarray, lost: np.ndarray) -> pa.Table:
        """Rows of rejects/ for the candidates of a source that are held."""
        source_ids = [i for t in self._read(source, ["source_id"], lost) for i in t["source_id"].to_pylist()]
        keys = source.keys.filter(pa.array(lost)).to_pylist()
        rows = [
            row | {"source_id": i, "stage": REASONS[reason].stage, "reason": reason, "detail": _winner(reason, row)}
            for row, i, reason in zip(keys, source_ids, fates[lost], strict=True)
        ]
        return pa.Table.from_pylist(rows, schema=REJECTS)


def _lost(fates: np.ndarray) -> np.ndarray:
    return (fates != STAYS) & (fates != REPLACED)


def _winner(reason: str, row: dict) -> str:
    """Where to find what stayed, in words that stay true when another takes its place."""
    if reason == SUPERSEDED:
        return "a newer version has this doc_id"
    return f"a document has the content_id {row['content_id']}"


def _language(file: DataFile) -> str:
    return file.folder.rpartition("=")[2]


def _chain(before: Iterable[pa.Table], first: pa.Table | None, rest: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield from before
    if first is not None:
        yield first
    yield from rest


def _batches(path: str, columns: list[str]) -> Iterator[pa.Table]:
    with storage.open_raw(path) as handle:
        parquet = pq.ParquetFile(handle)
        for batch in parquet.iter_batches(batch_size=_READ_ROWS, columns=columns, use_threads=False):
            yield pa.Table.from_batches([batch])


def _spans(table: pa.Table) -> pa.Table:
    """Rows of removed/ for documents with their list of spans."""
    removed = table["removed"].combine_chunks()
    parents = pc.list_parent_indices(removed)
    spans = pc.list_flatten(removed)
    columns = [table["doc_id"].take(parents)] + [spans.field(name) for name in REMOVED.names[1:]]
    return pa.Table.from_arrays(columns, schema=REMOVED)


class _CandidatesOf(beam.DoFn):
    """What the two passes over a bucket share: making its candidates from the grouped element."""

    def __init__(self, options: PublishOptions):
        self._options = options

    def _candidates(self, bucket: int, grouped: dict) -> BucketCandidates:
        sections = [s for part in grouped["sections"] for s in part]
        files = [f for part in grouped["files"] for f in part]
        return BucketCandidates(bucket, sections, files, self._options)


class _Survivors(_CandidatesOf):
    """Keys of a bucket's survivors as blocks of Arrow IPC, by partition of content_id."""

    def process(self, element: tuple[int, dict]) -> Iterator[tuple[int, bytes]]:
        keys = self._candidates(*element).survivors()
        partitions = np.array([bucket_of(i, self._options.buckets) for i in keys["content_id"].to_pylist()])
        for partition in range(self._options.buckets):
            chosen = keys.filter(pa.array(partitions == partition)) if keys.num_rows else keys
            for start in range(0, chosen.num_rows, _BLOCK_ROWS):
                yield partition, _to_bytes(chosen.slice(start, _BLOCK_ROWS))


class _Losers(beam.DoFn):
    """doc_ids that lose as exact duplicates, by the bucket that they are in."""

    def __init__(self, buckets: int):
        self._buckets = buckets

    def process(self, element: tuple[int, Iterable[bytes]]) -> Iterator[tuple[int, list[str]]]:
        keys = pa.concat_tables([_from_bytes(block) for block in element[1]])
        by_bucket: dict[int, list[str]] = {}
        for doc_id in sorted(find_exact_duplicates(keys)):
            by_bucket.setdefault(bucket_of(doc_id, self._buckets), []).append(doc_id)
        yield from by_bucket.items()


class _PublishBucket(_CandidatesOf):
    def process(self, element: tuple[int, dict]) -> Iterator[tuple[int, int]]:
        bucket, grouped = element
        marker = storage.read_json(marker_path(self._options.merged, bucket))
        if marker is None:
            candidates = self._candidates(bucket, grouped)
            candidates.drop_duplicates([i for part in grouped["losers"] for i in part])
            marker = publish_bucket(candidates)
        yield bucket, marker["published"]


def _to_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _from_bytes(block: bytes) -> pa.Table:
    return pa.ipc.open_stream(block).read_all()


@dataclass
class PublishBuckets(beam.PTransform):
    """Sections by bucket to published files; what it gives is one (bucket, documents published) each.

    The global step, exact duplicates, groups blocks of keys: about 150 bytes a document.

    Attributes:
        options: where to publish from and to.
        files: the last snapshot's files by bucket, one entry for each bucket.
    """

    options: PublishOptions
    files: tuple[tuple[int, tuple[DataFile, ...]], ...]

    def expand(self, sections: beam.PCollection) -> beam.PCollection:
        files = sections.pipeline | "LastSnapshot" >> beam.Create(self.files)
        losers = sections.pipeline | "NoLosers" >> beam.Create([], reshuffle=False)
        if self.options.exact == "drop":
            losers = (
                {"sections": sections, "files": files}
                | "CandidatesByBucket" >> beam.CoGroupByKey()
                | "Survivors" >> beam.ParDo(_Survivors(self.options))
                | "KeysByContent" >> beam.GroupByKey()
                | "ExactDuplicates" >> beam.ParDo(_Losers(self.options.buckets))
            )
        return (
            {"sections": sections, "files": files, "losers": losers}
            | "Buckets" >> beam.CoGroupByKey()
            | "PublishBucket" >> beam.ParDo(_PublishBucket(self.options))
        )
