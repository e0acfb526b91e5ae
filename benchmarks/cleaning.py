"""Cleaning measured on the sample corpus: noise removed, content kept, fields; and its speed.

    python -m benchmarks.cleaning [--texts sample|fresh|unseen|later] [--half even|odd|all] [--misses] [--rounds 5]

A line of noise counts as removed if a span that was taken is the whole line; a line of content as kept if it stands in
the clean text as it is.  A document's fields are right if title, authors, agencies, photo_credits and dateline are
equal to the expected ones, and the day of publication is.  ``--texts`` says which part of tests/data: ``sample`` (with
``light/``), ``fresh``, ``unseen`` or ``later``; ``--half`` takes of them those whose path's MD5 begins with an even or
odd digit.  Rules were written in view of all but the even half of ``unseen``, which tells how well they do on other
texts.  For the speed, texts are made as long as 5 kB with paragraphs of the corpus in the same language, put where the
story is; times are processor time, the best of ``--rounds`` for each text, the median over the texts; the ratio is to
stripping each line and joining them again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transforms.clean import clean_text
from transforms.model import CleanedText

DATA = Path(__file__).parents[1] / "tests" / "data"
FIELDS = ("title", "authors", "agencies", "photo_credits", "dateline")
TEXTS = {
    "sample": ("expected.jsonl", "light/expected.jsonl"),
    "fresh": ("fresh/expected.jsonl",),
    "unseen": ("unseen/expected.jsonl",),
    "later": ("later/expected.jsonl",),
}
SIZE = 5000


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", choices=TEXTS, default="sample")
    parser.add_argument("--half", choices=("even", "odd", "all"), default="all")
    parser.add_argument("--misses", action="store_true", help="print each miss to standard error")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(argv)
    documents = list(corpus(args.texts, args.half))
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for expected, raw in documents:
        counts, misses = compare(expected, clean_text(raw))
        for group in ("all", expected["language"]):
            totals[group].update(counts)
        if args.misses:
            for miss in misses:
                print(expected["path"], *miss, sep="\t", file=sys.stderr)
    result = {
        "accuracy": {group: shares(totals[group]) for group in sorted(totals, key=lambda g: (g != "all", g))},
        "speed": speed(documents, args.rounds),
    }
    print(json.dumps(result, indent=1))
    return 0


def corpus(texts: str, half: str = "all") -> Iterator[tuple[dict[str, Any], str]]:
    """The expected results of whole-file texts, each with its raw text."""
    for name in TEXTS[texts]:
        for line in (DATA / name).read_text("utf-8").splitlines():
            expected = json.loads(line)
            even = int(hashlib.md5(expected["path"].encode()).hexdigest()[0], 16) % 2 == 0
            if expected["record"] is None and half in ("all", "even" if even else "odd"):
                yield expected, (DATA / expected["path"]).read_text("utf-8-sig")


def compare(expected: dict[str, Any], cleaned: CleanedText) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Counts of what was to be and what was, and the misses as (what, text)."""
    noise = Counter(entry["text"] for entry in expected["removed"])
    taken = Counter(span.text for span in cleaned.removed)
    content = Counter(expected["text"].split("\n"))
    left = Counter(cleaned.text.split("\n"))
    counts = Counter(
        documents=1,
        noise=noise.total(),
        removed=(noise & taken).total(),
        content=content.total(),
        kept=(content & left).total(),
    )
    misses = [("not removed", text) for text in (noise - taken).elements()]
    misses += [("wrongly removed", text) for text in (content - left).elements()]
    wrong = [(name, f"{expected[name]} is {found}") for name, found in fields_of(cleaned) if found != expected[name]]
    date = cleaned.fields.published
    stated = _day(expected["published"], in_utc=bool(date and date.precision != "day"))
    published = date.at.date().isoformat() if date else None
    if stated != published:
        wrong.append(("published", f"{stated} is {published}"))
    counts["fields"] = not wrong
    counts.update({name: name not in dict(wrong) for name in (*FIELDS, "published")})
    return counts, misses + wrong


def _day(stated: str | None, *, in_utc: bool) -> str | None:
    """The day of a date with or without time and offset: as it is written, or in UTC."""
    if not stated or not in_utc:
        return stated and stated[:10]
    at = datetime.fromisoformat(stated)
    return (at.astimezone(UTC) if at.tzinfo else at).date().isoformat()


def fields_of(cleaned: CleanedText) -> Iterator[tuple[str, Any]]:
    for name in FIELDS:
        value = getattr(cleaned.fields, name)
        yield name, list(value) if isinstance(value, tuple) else value


def shares(counts: Counter[str]) -> dict[str, float]:
    """Shares in per cent."""
    found = {name: counts[name] / counts["documents"] for name in ("fields", *FIELDS, "published")}
    lines = {
        "noise removed": counts["removed"] / max(counts["noise"], 1),
        "content kept": counts["kept"] / max(counts["content"], 1),
    }
    numbers = {name: counts[name] for name in ("documents", "noise", "content")}
    return numbers | {name: round(100 * share, 2) for name, share in (lines | found).items()}


def speed(documents: list[tuple[dict[str, Any], str]], rounds: int) -> dict[str, float]:
    """Milliseconds for a text of 5 kB, and how often the time of stripping its lines."""
    texts = lengthened(documents)
    own, strip = timed(clean_text, texts, rounds), timed(stripped, texts, rounds)
    ratios = [a / b for a, b in zip(own, strip, strict=True)]
    return {
        "texts": len(texts),
        "median_ms": round(statistics.median(own) * 1e3, 3),
        "strip_ms": round(statistics.median(strip) * 1e3, 4),
        "median_ratio": round(statistics.median(ratios), 1),
    }


def lengthened(documents: list[tuple[dict[str, Any], str]]) -> list[str]:
    """The raw texts, made as long as ``SIZE`` bytes in the middle of the story."""
    paragraphs: dict[str, list[str]] = defaultdict(list)
    for expected, _ in documents:
        paragraphs[expected["language"]] += [line for line in expected["text"].split("\n") if len(line) > 60]
    texts = []
    for expected, raw in documents:
        lines = raw.split("\n")
        story = expected["text"].split("\n")
        middle = next((i for i, line in enumerate(lines) if line.strip() == story[len(story) // 2]), len(lines) // 2)
        size, more = len(raw.encode()), []
        for line in paragraphs[expected["language"]]:
            if size > SIZE:
                break
            if line not in story:
                more.append(line)
                size += len(line.encode()) + 1
        texts.append("\n".join(lines[:middle] + more + lines[middle:]))
    return texts


def stripped(text: str) -> str:
    """What the speed is compared with."""
    return "\n".join(line.strip() for line in text.split("\n"))


def timed(function: Callable[[str], Any], texts: list[str], rounds: int) -> list[float]:
    """Seconds for each text, the best of some rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(rounds):
        for index, text in enumerate(texts):
            start = time.process_time()
            function(text)
            best[index] = min(best[index], time.process_time() - start)
    return best


if __name__ == "__main__":
    sys.exit(main())
