"""One large file beside many small ones: whether it keeps all workers as busy, and what memory it takes.

    python -m benchmarks.large [--bytes 100000000] [--workers 2] [--characters 11000] [--repeat 1]

The same invented documents are written as one file of JSON Lines of about so many bytes, as one Parquet file, and as
64 files of JSON Lines; the job runs on each in turn, ``--repeat`` times.  It prints a line of JSON for each:
``ratio`` is its documents a second over those of the 64 files, ``busy`` the processors that it kept busy (processor
seconds over seconds), ``peak_mb`` the memory of all processes together; of several runs the medians, and the highest
peak.  The Parquet file is as pandas writes it: one row group up to a million rows, so that it has to be cut within
that.  Temporary files, two and a half times the bytes, go to TMPDIR, and are removed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import statistics
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corpus import make_stories
from benchmarks.processes import Failed, Watched, memory_measure, python, watch

ROOT = Path(__file__).resolve().parents[1]
FILES = 64
MB = 1e6
_BATCH = 500
_SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "url", "title", "text")])


def main(argv: list[str] | None = None) -> int:
    """Runs the command line; 0 when done, 1 when a run failed, 130 when stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.large", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bytes", type=int, default=100_000_000, metavar="N", help="of JSON Lines; default: 100 MB")
    parser.add_argument("--characters", type=int, default=11_000, metavar="C", help="of each text; default: 11000")
    parser.add_argument("--workers", type=int, default=2, metavar="W", help="processes of each run; default: 2")
    parser.add_argument("--repeat", type=int, default=1, metavar="R", help="rounds; default: 1")
    args = parser.parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="newsloom-benchmark-") as folder:
            documents = write_shapes(Path(folder), args.bytes, args.characters)
            print(json.dumps({"documents": documents, "memory_measure": memory_measure()}), flush=True)
            measure(Path(folder), documents, args.workers, args.repeat)
    except Failed as error:
        print(f"large: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def write_shapes(folder: Path, size: int, characters: int) -> int:
    """Writes the same documents to ``lines``, ``parquet`` and ``files`` below a folder, and tells how many they are.

    Args:
        folder: is there.
        size: bytes of the file of JSON Lines; the document that reaches it is the last.
        characters: of each text.
    """
    for name in ("lines", "parquet", "files"):
        (folder / name).mkdir()
    documents = 0
    with contextlib.ExitStack() as opened:
        whole = opened.enter_context((folder / "lines" / "all.jsonl").open("wb"))
        table = opened.enter_context(pq.ParquetWriter(folder / "parquet" / "all.parquet", _SCHEMA))
        parts = cycle([opened.enter_context((folder / f"files/{n:02d}.jsonl").open("wb")) for n in range(FILES)])
        kept: list[dict[str, str]] = []
        for record, part in zip(_records(characters), parts, strict=False):
            line = json.dumps(record, ensure_ascii=False).encode() + b"\n"
            whole.write(line)
            part.write(line)
            kept.append(record)
            documents += 1
            last = whole.tell() >= size
            if last or len(kept) == _BATCH:
                table.write_batch(pa.RecordBatch.from_pylist(kept, _SCHEMA))  # goes on in the row group that is open
                kept = []
            if last:
                break
    return documents


def _records(characters: int) -> Iterator[dict[str, str]]:
    for story in make_stories(sys.maxsize, characters):
        url = f"https://news.example/{story.language}/story-{story.number}"
        yield {"id": f"story-{story.number}", "url": url, "title": story.title, "text": story.text}


def measure(folder: Path, documents: int, workers: int, repeat: int) -> None:
    """Runs the job on each shape in turn and prints what it took."""
    runs: dict[str, list[Watched]] = {"files": [], "lines": [], "parquet": []}
    for _ in range(repeat):
        for shape, taken in runs.items():
            taken.append(_run(folder / shape, folder, documents, workers))
    of_files = statistics.median(run.seconds for run in runs["files"])
    for shape, taken in runs.items():
        seconds = statistics.median(run.seconds for run in taken)
        print(json.dumps(_report(folder / shape, taken, documents, seconds) | {"ratio": round(of_files / seconds, 3)}))


def _run(source: Path, folder: Path, documents: int, workers: int) -> Watched:
    with tempfile.TemporaryDirectory(dir=folder) as output:
        watched = watch(
            python("pipelines.ingest", "--input", str(source), "--output", output, f"--direct_num_workers={workers}"),
            ROOT,
        )
    found = json.loads(watched.output)["documents"]
    if found != documents:
        raise Failed(f"{source.name}: {found} of {documents} documents came out; all should")
    return watched


def _report(source: Path, taken: list[Watched], documents: int, seconds: float) -> dict[str, Any]:
    files = list(source.iterdir())
    cpu = [run.cpu_seconds for run in taken if run.cpu_seconds is not None]
    peaks = [run.peak_bytes for run in taken if run.peak_bytes is not None]
    return {
        "shape": source.name,
        "files": len(files),
        "mb": round(sum(file.stat().st_size for file in files) / MB, 1),
        "seconds": round(seconds, 2),
        "documents_per_s": round(documents / seconds, 1),
        "cpu_seconds": round(statistics.median(cpu), 2) if cpu else None,
        "busy": round(statistics.median(cpu) / seconds, 2) if cpu else None,
        "peak_mb": round(max(peaks) / MB, 1) if peaks else None,
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
