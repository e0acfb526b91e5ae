"""What newsloom is measured against: a plain loop in one process over the same pure functions.

    python -m benchmarks.loop INPUT OUTPUT.parquet

It reads with plain Python, prepares each document as newsloom does, and writes one Parquet file.  It looks for no
duplicates, sorts nothing, resumes nothing, and takes on trust that every file can be read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.document import Document, DocumentSteps, StepOptions
from transforms.model import Fields, Place, Record
from transforms.schema import PREPARED

_BATCH_ROWS = 1000


def main(source: str, target: str) -> None:
    """Runs the loop and prints one JSON object: ``documents`` written, and ``seconds`` without imports."""
    started = time.perf_counter()
    rows: list[dict] = []
    written = 0
    with DocumentSteps(StepOptions()) as steps, pq.ParquetWriter(target, PREPARED, compression="zstd") as parquet:
        for record in read_records(Path(source)):
            outcome = steps.prepare(record)
            if isinstance(outcome, Document):
                rows.append(outcome.row())
            if len(rows) == _BATCH_ROWS:
                parquet.write_table(pa.Table.from_pylist(rows, schema=PREPARED))
                written, rows = written + len(rows), []
        if rows:
            parquet.write_table(pa.Table.from_pylist(rows, schema=PREPARED))
            written += len(rows)
    print(json.dumps({"documents": written, "seconds": time.perf_counter() - started}))


def read_records(folder: Path) -> Iterator[Record]:
    """The records of a folder that :func:`benchmarks.corpus.write_corpus` wrote."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        place = path.relative_to(folder).as_posix()
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines):
                    found = json.loads(line)
                    fields = Fields(title=found["title"], url=found["url"])
                    yield Record(Place(place, number), b"", "text", found["text"], None, found["id"], fields)
        elif path.suffix == ".txt":
            yield Record(Place(place), b"", "text", path.read_text(encoding="utf-8"))
        else:
            yield Record(Place(place), b"", "html", path.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
