"""Speed of HTML extraction beside trafilatura's, in one run on one core; and a file for the accuracy.

    python -m benchmarks.extract --pages pages.jsonl.gz [--documents out.parquet] [--collective-authors always]

``pages.jsonl.gz`` has one JSON object a line with ``id``, ``url`` and ``html`` (decoded).  The Parquet file has the
columns that a scorer needs: source_id, title, text, authors, published_at.  Times are processor time of this process
and, for ``Extractor``, of the clock; pages are taken in turn by all three, so that a busy machine hits them alike.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import trafilatura

from transforms.extract import ExtractOptions, Extractor, extract_article
from transforms.extract.article import warm_up
from transforms.extract.options import COLLECTIVE_AUTHORS
from transforms.model import Article, Rejection

WARM_UP = "<html><body><article>" + "<p>Nothing to see here, said the officer.</p>" * 30 + "</article></body></html>"


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", required=True, type=Path)
    parser.add_argument("--documents", type=Path, help="write what was extracted to this Parquet file")
    parser.add_argument("--collective-authors", default=ExtractOptions().collective_authors, choices=COLLECTIVE_AUTHORS)
    args = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    with gzip.open(args.pages, "rt", encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    options = ExtractOptions(collective_authors=args.collective_authors)
    times, articles, rejects = measure(pages, options)
    if args.documents:
        write(args.documents, pages, articles)
    base, own = sum(times["trafilatura"]), sum(times["newsloom"])
    result = {
        "pages": len(pages),
        "trafilatura_ms": round(base / len(pages) * 1e3, 2),
        "newsloom_ms": round(own / len(pages) * 1e3, 2),
        "ratio": round(base / own, 2),
        "slowest_trafilatura_ms": round(max(times["trafilatura"]) * 1e3, 1),
        "slowest_newsloom_ms": round(max(times["newsloom"]) * 1e3, 1),
        "in_process_wall_ms": round(statistics.mean(times["newsloom wall"]) * 1e3, 2),
        "extractor_wall_ms": round(statistics.mean(times["extractor wall"]) * 1e3, 2),
        "rejects": dict(rejects),
    }
    print(json.dumps(result))
    return 0


def measure(
    pages: list[dict], options: ExtractOptions
) -> tuple[dict[str, list[float]], list[Article | None], Counter[str]]:
    """Seconds for each page by what did it, what newsloom made of it, and rejections by reason."""
    times: dict[str, list[float]] = {k: [] for k in ("trafilatura", "newsloom", "newsloom wall", "extractor wall")}
    articles: list[Article | None] = []
    rejects: Counter[str] = Counter()
    with Extractor(options) as extractor:
        warm_up()
        extractor.extract(WARM_UP)
        trafilatura.bare_extraction(WARM_UP, with_metadata=True, include_comments=False)
        for page in pages:
            start = time.process_time()
            trafilatura.bare_extraction(page["html"], url=page["url"], with_metadata=True, include_comments=False)
            times["trafilatura"].append(time.process_time() - start)
            article = None
            start, wall = time.process_time(), time.perf_counter()
            try:
                article = extract_article(page["html"], page["url"], options=options)
            except Rejection as rejection:
                rejects[rejection.reason] += 1
            times["newsloom"].append(time.process_time() - start)
            times["newsloom wall"].append(time.perf_counter() - wall)
            articles.append(article)
            wall = time.perf_counter()
            try:
                same = extractor.extract(page["html"], page["url"])
            except Rejection:
                same = None
            times["extractor wall"].append(time.perf_counter() - wall)
            if same != article:
                raise AssertionError(f"{page['id']}: the child gives another article than this process")
    return times, articles, rejects


def write(path: Path, pages: list[dict], articles: list[Article | None]) -> None:
    """What was extracted, as one Parquet file."""
    rows = [
        {
            "source_id": page["id"],
            "title": article.fields.title,
            "text": article.text,
            "authors": list(article.fields.authors),
            "published_at": article.fields.published.at if article.fields.published else None,
        }
        for page, article in zip(pages, articles, strict=True)
        if article
    ]
    schema = pa.schema(
        [
            ("source_id", pa.string()),
            ("title", pa.string()),
            ("text", pa.string()),
            ("authors", pa.list_(pa.string())),
            ("published_at", pa.timestamp("us", "UTC")),
        ]
    )
    pq.write_table(pa.Table.from_pylist(rows, schema), path)


if __name__ == "__main__":
    sys.exit(main())
