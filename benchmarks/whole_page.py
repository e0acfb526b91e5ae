"""How well the story is found in whole pages as plain text, by cross-validation over sites, and how fast.

    python -m benchmarks.whole_page --pages articles.jsonl.gz --pages silver.jsonl.gz [--shipped | --rules] [--deal b]

The files are those that ``transforms.clean.train`` reads; pages with gold are scored, the others only learned from.
Each page is cleaned by ``clean_text`` as users call it (shape, classifier and rules), as it is (layout) and without
blank lines and indents (flat), with weights from other sites alone: the sites are parted into 5 folds.  The score is
the mean F of 4-word shingles over all gold pages, an empty page scoring 0; where the gold says them, title (whatever
case and signs), day of publication and authors (all of them, in any order) are scored, too.

``--shipped`` scores the package's own weights, which HAVE SEEN THESE PAGES (what they reach here says little), and
needs no training extra; ``--rules`` what the rules do alone (``whole_page: never``).  ``--deal`` parts the sites into
other folds: what changes with it is chance.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from transforms.clean import CleanOptions, clean_text, normal_lines, rebuild, whole_page
from transforms.clean.train import Sample, Training, fold_of, grow, sample, save_weights, to_page
from transforms.language import detect_language
from transforms.model import Fields

FOLDS = 5
# Speed is told for the pages of about 11,000 characters, the size of the median page, scaled to it.
PAGE_CHARS = 11_000
NEAR = (8_000, 14_000)
_WORD = re.compile(r"\w+")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(len(words) - 3, min(len(words), 1))))


def f_score(text: str, gold: str) -> float:
    """F of the multisets of 4-word shingles, 0 to 1."""
    have, want = shingles(text), shingles(gold)
    hits = (have & want).total()
    return 2 * hits / (have.total() + want.total()) if hits else 0.0


def read(paths: list[Path]) -> list[dict[str, Any]]:
    pages = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            pages += [json.loads(line) for line in file]
    return pages


def folds(pages: list[dict[str, Any]], deal: str) -> Iterator[tuple[int, Path]]:
    """Each fold with the file of the weights that the other folds' pages make."""
    training = Training()
    parsed = [page for page in (to_page(data, training) for data in pages) if page is not None]
    samples: list[Sample] = [sample(page, number) for number, page in enumerate(parsed)]
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            file = Path(folder) / f"{fold}.npz"
            save_weights(grow([one for one in samples if fold_of(deal + one.site, FOLDS) != fold], training), file)
            yield fold, file


def plain(text: str | None) -> str:
    """What is the same whatever case and signs."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def score_fields(fields: Fields, gold: dict[str, Any], found: dict[str, list[float]]) -> None:
    if gold.get("title"):
        found["title"].append(plain(fields.title) == plain(gold["title"]))
    if gold.get("published"):
        stated = datetime.fromisoformat(gold["published"])
        at = fields.published.at if fields.published else None
        day = at.astimezone(stated.tzinfo) if at and at.tzinfo and stated.tzinfo else at
        found["day of publication"].append(bool(day) and day.date() == stated.date())
    if gold.get("authors"):
        found["authors"].append({*map(plain, fields.authors)} == {*map(plain, gold["authors"])})


def score(data: dict[str, Any], found: dict[str, list[float]], options: CleanOptions) -> None:
    """Adds what ``clean_text`` makes of one gold page, under the names of the report."""
    language = "English" if detect_language(data["gold"]["body"]).code == "en" else "other languages"
    for name, text in (("layout", data["wet"]), ("flat", "\n".join(normal_lines(data["wet"])))):
        cleaned = clean_text(text, options=options)
        value = f_score(cleaned.text, data["gold"]["body"])
        found[name].append(value)
        found[f"{name}, {language}"].append(value)
        found["clean once cleaned"].append(clean_text(cleaned.text, options=options).text == cleaned.text)
        found["can be rebuilt"].append(rebuild(cleaned.text, cleaned.removed) == normal_lines(text))
        if name == "layout":
            score_fields(cleaned.fields, data["gold"], found)


def milliseconds(work: Callable[[str], object], texts: list[str]) -> float:
    """Median over the texts of the best of 5, scaled to ``PAGE_CHARS``."""
    best = []
    for text in texts:
        times = []
        for _ in range(5):
            start = time.process_time()
            work(text)
            times.append(time.process_time() - start)
        best.append(min(times) * 1000 * PAGE_CHARS / len(text))
    return statistics.median(best)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole_page", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, action="append", required=True)
    parser.add_argument("--shipped", action="store_true", help="score the package's weights, which have seen the pages")
    parser.add_argument("--rules", action="store_true", help="score the rules without any classifier")
    parser.add_argument("--deal", default="", help="any word: the sites are parted into other folds")
    options = parser.parse_args(argv)
    pages = read(options.pages)
    gold = [data for data in pages if "gold" in data]
    found: dict[str, list[float]] = defaultdict(list)
    if options.shipped or options.rules:
        print("the rules alone" if options.rules else "the package's own weights: THESE HAVE SEEN THE PAGES")
        for data in gold:
            score(data, found, CleanOptions(whole_page="never" if options.rules else "auto"))
    else:
        print(f"{FOLDS}-fold cross-validation over {len({data['site'] for data in gold})} sites")
        try:
            _cross_validate(pages, gold, found, options.deal)
        except ModuleNotFoundError as error:
            print(error, file=sys.stderr)
            return 2
    for name, values in found.items():
        print(f"{name:<28}{statistics.fmean(values):.4f}   n {len(values)}")
    texts = [data["wet"] for data in gold if NEAR[0] < len(data["wet"]) < NEAR[1]][:60]
    print(
        f"clean_text, whole page       {milliseconds(clean_text, texts):.2f} ms of one core for {PAGE_CHARS} characters"
    )
    print(f"scores alone                 {milliseconds(_scores, texts):.2f} ms")
    return 0


def _cross_validate(
    pages: list[dict[str, Any]], gold: list[dict[str, Any]], found: dict[str, list[float]], deal: str
) -> None:
    shipped = whole_page.WEIGHTS
    try:
        for fold, file in folds(pages, deal):
            whole_page.WEIGHTS = file
            whole_page.weights.cache_clear()
            for data in gold:
                if fold_of(deal + data["site"], FOLDS) == fold:
                    score(data, found, CleanOptions())
    finally:
        whole_page.WEIGHTS = shipped
        whole_page.weights.cache_clear()


def _scores(text: str) -> object:
    return whole_page.score_lines(normal_lines(text))


if __name__ == "__main__":
    sys.exit(main())
