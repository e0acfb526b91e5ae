"""Speed of each step by itself, in this process, one after the other over the same documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.plan import cut_units, find_inputs
from transforms import storage
from transforms.clean import clean_text
from transforms.deduplicate import find_exact_duplicates
from transforms.document import Document, DocumentSteps, StepOptions
from transforms.extract import ExtractOptions, extract_article
from transforms.language import LanguageOptions, detect_language
from transforms.model import Fields, Record
from transforms.normalise import normalise_fields
from transforms.publish import BucketCandidates, PublishOptions, publish_bucket, replaced_path
from transforms.quality import assess_quality
from transforms.read import ReadOptions, read_slice
from transforms.stage import Section, Unit, stage_unit

_BUCKETS = 4
# Documents that load rules and profiles before anything is timed.
_WARM_UP = 10
_UNIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StepSpeed:
    """How fast a step is: per second of processor time, of this process alone."""

    step: str
    documents_per_s: float
    mb_per_s: float
    share: float


class _Prepared:
    """Stands for DocumentSteps where the outcomes are there already, so that staging is measured alone."""

    def __init__(self, outcomes: Iterator[Any]):
        self._outcomes = outcomes

    def prepare(self, item: object) -> Any:
        return next(self._outcomes)


def measure_steps(folder: Path, size: int, scratch: Path) -> list[dict[str, Any]]:
    """Rates of each step over all documents of a folder; MB are those of its files.

    ``extract`` is there for pages only, and runs in this process (a job runs it in a child).  ``prepare`` is all
    from extract to quality, with ids; ``stage`` makes rows and writes them, without reading and preparing;
    ``publish`` finds duplicates, sorts and writes the dataset.  ``share`` is of the sum of read, prepare, stage and
    publish.

    Args:
        folder: of input files.
        size: bytes of them.
        scratch: a folder for what the steps write.
    """
    found, problems = find_inputs([str(folder)], "", str(scratch))
    if problems:
        raise ValueError("; ".join(problems))
    units = cut_units(found.files, ReadOptions(), _UNIT_BYTES, "")
    records, seconds = _timed(lambda: [record for unit in units for record in _read(unit)])
    times = {"read": seconds}
    assert all(isinstance(record, Record) for record in records), "the corpus has records that cannot be read"
    with DocumentSteps(StepOptions()) as steps:
        for record in records[:_WARM_UP]:
            steps.prepare(record)
        times |= _measure_functions(records)
        outcomes, times["prepare"] = _timed(lambda: [steps.prepare(record) for record in records])
    assert all(isinstance(outcome, Document) for outcome in outcomes), "the corpus has documents that are rejected"
    work = str(scratch / "work")
    times |= _measure_writing(units, outcomes, work, times["read"])
    whole = sum(times[step] for step in ("read", "prepare", "stage", "publish"))
    count = len(records)
    return [
        asdict(StepSpeed(step, count / seconds, size / 1e6 / seconds, seconds / whole))
        for step, seconds in times.items()
    ]


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = call()
    return result, max(time.process_time() - started, 1e-6)


def _read(unit: Unit) -> Iterator[Any]:
    for part in unit.slices:
        yield from read_slice(part, ReadOptions(), storage.open_raw)


def _measure_functions(records: list[Record]) -> dict[str, float]:
    """Seconds of the pure functions of one document, by step."""
    times, articles = {}, [None] * len(records)
    if any(record.kind == "html" for record in records):
        options = ExtractOptions()
        extract_article(records[0].content, url=None, options=options)  # the steps above extract in a child
        articles, times["extract"] = _timed(
            lambda: [extract_article(r.content, url=r.fields.url, charset=r.charset, options=options) for r in records]
        )
    known = [article.fields if article else Fields() for article in articles]
    texts = [a.text if a else r.content for a, r in zip(articles, records, strict=True)]
    titles = [r.fields.title or k.title for r, k in zip(records, known, strict=True)]
    cleaned, times["clean"] = _timed(
        lambda: [clean_text(text, title=title) for text, title in zip(texts, titles, strict=True)]
    )
    _, times["normalise"] = _timed(
        lambda: [
            normalise_fields(record.fields, fields, clean.fields)
            for record, fields, clean in zip(records, known, cleaned, strict=True)
        ]
    )
    options = LanguageOptions()
    languages, times["language"] = _timed(
        lambda: [
            detect_language(c.text, title=title, options=options) for c, title in zip(cleaned, titles, strict=True)
        ]
    )
    _, times["quality"] = _timed(
        lambda: [assess_quality(c.text, spoken.code) for c, spoken in zip(cleaned, languages, strict=True)]
    )
    return times


def _measure_writing(units: list[Unit], outcomes: list[Document], work: str, reading: float) -> dict[str, float]:
    """Seconds of staging (without reading) and of publishing."""
    steps = _Prepared(iter(outcomes))
    markers, seconds = _timed(lambda: [stage_unit(u, ReadOptions(), steps, work, _BUCKETS) for u in units])
    sections: dict[int, list[Section]] = {}
    for marker in markers:
        for table, bucket, language, batch, rows in marker["sections"]:
            section = Section(marker["unit_id"], table, bucket, language, batch, rows)
            sections.setdefault(bucket, []).append(section)
    options = PublishOptions(work, storage.join(work, "merged"), buckets=_BUCKETS)
    storage.write_json(replaced_path(options.merged), {"paths": []})

    def publish() -> None:
        for bucket, parts in sections.items():
            find_exact_duplicates(BucketCandidates(bucket, parts, [], options).survivors())
        for bucket, parts in sections.items():
            publish_bucket(BucketCandidates(bucket, parts, [], options))

    _, publishing = _timed(publish)
    return {"stage": max(seconds - reading, 1e-6), "publish": publishing}
