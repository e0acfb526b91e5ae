"""Throughput and memory of the whole job, beside a plain loop over the same functions in the same run.

    python -m benchmarks.throughput [--documents 10000] [--characters 11000] [--format jsonl] [--workers 1,2]
    python -m benchmarks.throughput --memory           memory for N documents and for 8N
    python -m benchmarks.throughput --small            memory for each of a million documents of 300 characters

The documents are made for the run, the same each time.  The loop (benchmarks/loop.py) and the job with each number of
workers take turns, ``--repeat`` times, so that a busy machine hits them alike; figures are medians.  ``ratio`` is the
loop's seconds over the job's: ``whole`` of the two processes from start to end, ``work`` without what each needs to
start (Python and imports).  Temporary files go to TMPDIR, and are removed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import FORMATS, Corpus, write_corpus
from benchmarks.processes import Failed, Watched, memory_measure, python, watch

ROOT = Path(__file__).resolve().parents[1]
SMALL_CHARACTERS = 300
MB = 1e6


@dataclass(frozen=True, slots=True)
class Timed:
    """One run of the loop or the job.

    Attributes:
        work_s: seconds without the start of Python and imports, as the run itself says.
        watched: the process from outside.
    """

    work_s: float
    watched: Watched


def main(argv: list[str] | None = None) -> int:
    """Runs the command line; 0 when done, 1 when a run failed, 130 when stopped."""
    args = _arguments(argv)
    try:
        report = measure(args)
    except Failed as error:
        print(f"throughput: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if args.json or not sys.stdout.isatty():
        print(json.dumps(report, indent=1))
    else:
        print_report(report)
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--documents", type=_positive, default=10_000, metavar="N", help="default: 10000")
    parser.add_argument("--characters", type=_positive, default=11_000, metavar="C", help="of each; default: 11000")
    parser.add_argument("--format", choices=FORMATS, default="jsonl")
    parser.add_argument("--workers", type=_numbers, default=(1, 2), metavar="W,W", help="processes; default: 1,2")
    parser.add_argument("--repeat", type=_positive, default=3, metavar="R", help="rounds; default: 3")
    parser.add_argument("--sample", type=_positive, default=1000, metavar="N", help="documents for the steps alone")
    parser.add_argument("--memory", action="store_true", help="memory for N and 8N documents, instead of speed")
    parser.add_argument(
        "--small",
        type=_positive,
        nargs="?",
        const=1_000_000,
        metavar="N",
        help=f"memory for each of N (a million) documents of {SMALL_CHARACTERS} characters, instead of speed",
    )
    parser.add_argument("--seed", type=int, default=0, help="other documents for another number")
    parser.add_argument("--json", action="store_true", help="JSON, as when standard output is no terminal")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}; allowed: 1 or more")
    return number


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_positive(part) for part in text.split(","))


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All that was asked for, as one JSON object."""
    report: dict[str, Any] = {
        "machine": {"processors": _processors(), "python": platform.python_version(), "system": platform.system()},
        "memory_measure": memory_measure(),
    }
    with tempfile.TemporaryDirectory(prefix="newsloom-benchmark-") as folder:
        place = Path(folder)
        if args.memory:
            report["memory"] = measure_memory(args, place)
        if args.small:
            report["small"] = measure_small(args, place)
        if not (args.memory or args.small):
            report |= measure_speed(args, place)
    return report


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# Speed


def measure_speed(args: argparse.Namespace, place: Path) -> dict[str, Any]:
    """``input``, ``runs`` (the loop first, then the job by number of workers) and ``steps``."""
    corpus = write_corpus(place / "input", args.documents, args.characters, args.format, args.seed)
    runs: dict[str, Callable[[], Timed]] = {"loop": lambda: run_loop(corpus, place)}
    for workers in args.workers:
        runs[f"newsloom, {workers} worker" + "s" * (workers > 1)] = lambda w=workers: run_job(corpus, place, w)
    taken: dict[str, list[Timed]] = {name: [] for name in runs}
    for number in range(args.repeat):
        for name, run in runs.items():
            _say(f"round {number + 1} of {args.repeat}: {name}")
            taken[name].append(run())
    _say("steps")
    sample = write_corpus(place / "sample", min(args.sample, args.documents), args.characters, args.format, args.seed)
    # Imported late: a parent that holds Beam in memory would be copied to each process that it starts.
    from benchmarks.steps import measure_steps

    return {
        "input": describe(corpus, args),
        "runs": [_summarise(name, taken[name], taken["loop"], corpus) for name in runs],
        "steps": measure_steps(sample.folder, sample.bytes, place / "steps"),
    }


def describe(corpus: Corpus, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "documents": corpus.documents,
        "characters": corpus.characters,
        "bytes": corpus.bytes,
        "format": args.format,
        "seed": args.seed,
    }


def run_loop(corpus: Corpus, place: Path) -> Timed:
    target = place / "loop.parquet"
    watched = watch(python("benchmarks.loop", str(corpus.folder), str(target)), ROOT)
    target.unlink()
    said = json.loads(watched.output)
    _expect(said["documents"], corpus)
    return Timed(said["seconds"], watched)


def run_job(corpus: Corpus, place: Path, workers: int) -> Timed:
    """One run of the job on a corpus into a new dataset, which is removed."""
    with tempfile.TemporaryDirectory(dir=place) as output:
        arguments = ["--input", str(corpus.folder), "--output", output, f"--direct_num_workers={workers}"]
        watched = watch(python("pipelines.ingest", *arguments), ROOT)
    said = json.loads(watched.output)
    _expect(said["documents"], corpus)
    return Timed(said["seconds"], watched)


def _expect(documents: int, corpus: Corpus) -> None:
    if documents != corpus.documents:
        raise Failed(f"{documents} of {corpus.documents} documents came out; all should")


def _summarise(name: str, runs: list[Timed], loop: list[Timed], corpus: Corpus) -> dict[str, Any]:
    whole, work = _median(r.watched.seconds for r in runs), _median(r.work_s for r in runs)
    cpu = _median(r.watched.cpu_seconds for r in runs)
    loop_cpu = _median(r.watched.cpu_seconds for r in loop)
    return {
        "name": name,
        "seconds": whole,
        "work_seconds": work,
        "cpu_seconds": cpu,
        "documents_per_s": corpus.documents / whole,
        "mb_per_s": corpus.bytes / MB / whole,
        "peak_mb": _in_mb(max(r.watched.peak_bytes or 0 for r in runs)),
        "ratio_whole": _median(r.watched.seconds for r in loop) / whole,
        "ratio_work": _median(r.work_s for r in loop) / work,
        "ratio_cpu": loop_cpu / cpu if cpu and loop_cpu else None,
        "all_seconds": [round(r.watched.seconds, 2) for r in runs],
    }


def _median(values: Any) -> Any:
    values = list(values)
    return None if None in values else statistics.median(values)


def _in_mb(size: int | None) -> float | None:
    return size / MB if size else None


# Memory


def measure_memory(args: argparse.Namespace, place: Path) -> list[dict[str, Any]]:
    """Peaks for N and for 8N documents, by number of workers, and how much they grow."""
    peaks: dict[int, list[int | None]] = {workers: [] for workers in args.workers}
    for documents in (args.documents, 8 * args.documents):
        corpus = write_corpus(place / str(documents), documents, args.characters, args.format, args.seed)
        for workers in args.workers:
            _say(f"{documents} documents, {workers} workers")
            peaks[workers].append(run_job(corpus, place, workers).watched.peak_bytes)
    return [
        {
            "workers": workers,
            "documents": [args.documents, 8 * args.documents],
            "peak_mb": [_in_mb(few), _in_mb(many)],
            "growth": many / few if few and many else None,
        }
        for workers, (few, many) in peaks.items()
    ]


def measure_small(args: argparse.Namespace, place: Path) -> dict[str, Any]:
    """What N small documents add to memory: the difference of two peaks, of N and of N/10 documents, over 0.9 N.

    ``main`` is the main process, where the engine groups what the global steps need; ``all`` adds the workers, which
    hold the keys of one bucket at a time.  The job runs with the last number of ``--workers``: with one worker there
    is no other process, and the two are the same.
    """
    counts = [max(1, args.small // 10), args.small]
    runs = []
    for count in counts:
        _say(f"{count} small documents")
        corpus = write_corpus(place / f"small-{count}", count, SMALL_CHARACTERS, args.format, args.seed)
        runs.append(run_job(corpus, place, args.workers[-1]))
    added = max(1, counts[1] - counts[0])
    few, many = (run.watched for run in runs)

    def per_document(small: int | None, large: int | None) -> float | None:
        return (large - small) / added if small and large else None

    return {
        "documents": counts,
        "workers": args.workers[-1],
        "seconds": [run.watched.seconds for run in runs],
        "main_peak_mb": [_in_mb(run.watched.main_peak_bytes) for run in runs],
        "all_peak_mb": [_in_mb(run.watched.peak_bytes) for run in runs],
        "main_bytes_per_document": per_document(few.main_peak_bytes, many.main_peak_bytes),
        "all_bytes_per_document": per_document(few.peak_bytes, many.peak_bytes),
    }


# Telling


def _say(what: str) -> None:
    if sys.stderr.isatty():
        print(f"{what} …", file=sys.stderr)


def print_report(report: dict[str, Any]) -> None:
    """The report as aligned tables, for a terminal."""
    print(f"memory: {report['memory_measure']}")
    if "runs" in report:
        print(f"input: {report['input']['documents']:,} documents, {report['input']['bytes'] / MB:,.1f} MB")
        _print_table("runs", report["runs"], leave_out=("all_seconds",))
        _print_table("steps (one process, processor time)", report["steps"])
    if "memory" in report:
        _print_table("memory", report["memory"])
    if "small" in report:
        _print_table("small documents", [{"what": k, "value": v} for k, v in report["small"].items()])


def _print_table(title: str, rows: list[dict[str, Any]], leave_out: tuple[str, ...] = ()) -> None:
    names = [name for name in rows[0] if name not in leave_out]
    cells = [names] + [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    print(f"\n{title}")
    for line in cells:
        print(
            "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True)))
        )


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
