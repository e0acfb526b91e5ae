"""Makes the weights of ``transforms.clean.whole_page`` anew:

    python -m transforms.clean.train --pages pages.jsonl.gz [--pages more.jsonl.gz] --output whole_page.npz

Needs the extra ``train`` (``pip install 'newsloom[train]'``).  The pages are JSON Lines, plain or gzip, an object each:

    wet                  the whole page as plain text, blank lines and indents kept if it has any
    site                 what pages of one site share; cross-validation never parts them
    gold {body}          the story, made by people; or
    silver               the story as an extractor finds it in the page's HTML, when tuned for precision
    silver_recall        the same when tuned for recall: where the two differ, the line counts little
    present, absent      phrases that people marked as being of the story, or not (optional, beside silver)

Nothing of the pages enters the weights but thresholds of generic features (see ``page_features``).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.clean.page_features import Counts, Layout, count, first_table, layout_of, second_names, second_table
from transforms.clean.text import split_lines
from transforms.clean.trees import Trees, from_nodes, probabilities
from transforms.clean.whole_page import WEIGHTS, Weights

_TOKEN = re.compile(r"\w+")
SHINGLE = 4
# Lines of a page beyond these teach nothing new.
MOST_LINES = 3000
# Words of the median page: lines of such a page weigh the same whatever ``page_power``.
USUAL_WORDS = 1200
# Shorter marked phrases stand in too many lines.
SHORTEST_PHRASE = 9


@dataclass(frozen=True)
class Training:
    """How the trees are grown; the defaults were chosen by cross-validation (docs/whole_page.md)."""

    trees: int = 120
    # Of the second pass, and the parts of the sites whose lines the first pass judges without having seen them.
    second_trees: int = 80
    parts: int = 4
    leaves: int = 15
    learning_rate: float = 0.08
    least_lines: int = 200
    feature_share: float = 0.3
    l2: float = 5.0
    # A line counts as much as its number of words to this power.
    mass_power: float = 0.7
    # And all lines of a page together as much as their number of words to this power, since pages are scored alike.
    page_power: float = 0.5
    silver_weight: float = 0.4
    unsure_weight: float = 0.2
    marked_weight: float = 2.0
    seed: int = 1


class Page(NamedTuple):
    """A page to learn from.

    Attributes:
        site: what it must not be parted from.
        rows, layout: its lines in N(raw), and their layout (None where the text has none).
        label: the share of each line that is the story's.
        weight: what each line counts.
        gold: the story, where people made it.
    """

    site: str
    rows: list[str]
    layout: Layout | None
    label: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    gold: str | None


def read_pages(paths: Iterable[Path], training: Training) -> Iterator[Page]:
    """The pages of the files, with labels; those without lines or story are left out.

    Raises:
        ValueError: a line of a file lacks ``wet`` or ``site``, or has neither ``gold`` nor ``silver``.
    """
    for path in paths:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                data = json.loads(line)
                if not {"wet", "site"} <= data.keys() or not {"gold", "silver"} & data.keys():
                    raise ValueError(f"{path}:{number} has {sorted(data)}; wet, site, and gold or silver are needed")
                page = to_page(data, training)
                if page is not None:
                    yield page


def _open(path: Path) -> IO[str]:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def to_page(data: dict[str, Any], training: Training) -> Page | None:
    """A page with labels out of its JSON object; None where there is nothing to learn."""
    rows, after_blank = split_lines(data["wet"])
    layout = layout_of(data["wet"], rows, after_blank) if after_blank else None
    rows = rows[:MOST_LINES]
    if layout is not None:
        layout = Layout(layout.gaps[:MOST_LINES], layout.indents[:MOST_LINES])
    gold = data["gold"]["body"] if "gold" in data else None
    story = gold or data.get("silver")
    if not rows or not story:
        return None
    label = share_of_story(rows, story)
    words = np.array([max(len(_TOKEN.findall(row)), 1) for row in rows], np.float64)
    weight = words**training.mass_power * (words.sum() / USUAL_WORDS) ** (training.page_power - 1)
    if gold is None:
        weight *= training.silver_weight
        marked_weight = weight * training.marked_weight
        other = share_of_story(rows, data.get("silver_recall") or story)
        weight[np.abs(label - other) >= 0.5] *= training.unsure_weight
        label = (label + other) / 2
        for value, phrases in ((0.0, data.get("absent", ())), (1.0, data.get("present", ()))):
            marked = _with_phrase(rows, phrases)
            label[marked] = value
            weight[marked] = marked_weight[marked]
    return Page(data["site"], rows, layout, label, weight, gold)


def _with_phrase(rows: list[str], phrases: Iterable[str]) -> list[int]:
    wanted = [phrase for phrase in phrases if len(phrase) >= SHORTEST_PHRASE]
    return [number for number, row in enumerate(rows) if any(phrase in row for phrase in wanted)]


def share_of_story(rows: list[str], story: str) -> npt.NDArray[np.float64]:
    """For each line the share of its words that stand in a run of 4 words of the page that the story has too.

    The runs cross the ends of lines: so a subhead of one word is known by its neighbours.
    """
    words: list[str] = []
    place: list[int] = []
    for number, row in enumerate(rows):
        found = _TOKEN.findall(row)
        words += found
        place += [number] * len(found)
    told = _TOKEN.findall(story)
    known = {tuple(told[i : i + SHINGLE]) for i in range(max(len(told) - SHINGLE + 1, 1))}
    inside = np.zeros(len(words), bool)
    for start in range(len(words) - SHINGLE + 1):
        if tuple(words[start : start + SHINGLE]) in known:
            inside[start : start + SHINGLE] = True
    numbers = np.array(place, np.intp)
    total = np.bincount(numbers, minlength=len(rows))
    return np.bincount(numbers[inside], minlength=len(rows)) / np.maximum(total, 1)


class View(NamedTuple):
    """What is seen of a page's lines, with its layout or without."""

    counts: Counts
    table: npt.NDArray[np.float32]


class Sample(NamedTuple):
    """The lines of a page as they are learned from: seen once or twice, labels and weights to match."""

    site: str
    views: list[View]
    label: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]


def sample(page: Page, number: int) -> Sample:
    """A gold page teaches with its layout and without; a silver one in turn one way or the other."""
    if page.gold is not None:
        layouts = [page.layout, None] if page.layout is not None else [None]
    else:
        layouts = [page.layout if number % 2 else None]
    counts = count(page.rows)
    views = [View(counts, first_table(counts, layout).astype(np.float32)) for layout in layouts]
    return Sample(page.site, views, page.label, page.weight)


def grow(samples: list[Sample], training: Training) -> Weights:
    """Trees of both passes, grown with LightGBM on one thread, the same on every run.

    The second pass learns from probabilities of pages that the first pass had not seen, as it has not seen those to
    come: for that the first pass is grown besides without each part of the sites.

    Raises:
        ModuleNotFoundError: the extra ``train`` is not installed.
    """
    parts = [fold_of(f"part {one.site}", training.parts) for one in samples]
    second = list(samples)
    for part in sorted(set(parts)):
        unseen = [number for number, other in enumerate(parts) if other == part]
        seen = [one for one, other in zip(samples, parts, strict=True) if other != part]
        trees = _grow(seen or samples, training, training.trees)
        for number in unseen:
            views = [_second_view(view, trees) for view in samples[number].views]
            second[number] = samples[number]._replace(views=views)
    return Weights(_grow(samples, training, training.trees), _grow(second, training, training.second_trees))


def _second_view(view: View, trees: Trees) -> View:
    table = view.table.astype(np.float64)
    return view._replace(table=second_table(view.counts, table, probabilities(trees, table)).astype(np.float32))


def _grow(samples: list[Sample], training: Training, trees: int) -> Trees:
    lightgbm = _lightgbm()
    rows = np.concatenate([view.table for one in samples for view in one.views])
    label = np.concatenate([one.label for one in samples for _ in one.views])
    weight = np.concatenate([one.weight for one in samples for _ in one.views])
    parameters = {
        "objective": "cross_entropy",
        "learning_rate": training.learning_rate,
        "num_leaves": training.leaves,
        "min_data_in_leaf": training.least_lines,
        "feature_fraction": training.feature_share,
        "lambda_l2": training.l2,
        "max_bin": 63,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "seed": training.seed,
        "verbose": -1,
    }
    booster = lightgbm.train(parameters, lightgbm.Dataset(rows, label, weight=weight), trees)
    nodes = [_node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return from_nodes(nodes, 0.0)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("training needs LightGBM: pip install 'newsloom[train]'") from error
    return lightgbm


def _node(node: dict[str, Any]) -> dict[str, Any]:
    if "leaf_value" in node:
        return {"value": node["leaf_value"]}
    return {
        "feature": node["split_feature"],
        "threshold": node["threshold"],
        "left": _node(node["left_child"]),
        "right": _node(node["right_child"]),
    }


def save_weights(weights: Weights, path: Path) -> None:
    """The trees as a file that ``whole_page.load_weights`` reads; the same bytes for the same trees."""
    arrays = {"features": np.array(second_names())}
    for part, trees in weights._asdict().items():
        arrays |= {f"{part}-{name}": np.asarray(array) for name, array in trees._asdict().items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            data = io.BytesIO()
            np.save(data, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED
            )


def fold_of(site: str, folds: int) -> int:
    """The fold of cross-validation that all pages of the site are in; the same on every run."""
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % folds


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m transforms.clean.train", description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, action="append", required=True, help="JSON Lines; may be given again")
    parser.add_argument("--output", type=Path, default=WEIGHTS, help="default: the package's own weights")
    parser.add_argument("--trees", type=int, default=Training.trees, help="of the first pass")
    parser.add_argument("--second-trees", type=int, default=Training.second_trees)
    options = parser.parse_args(argv)
    training = Training(trees=options.trees, second_trees=options.second_trees)
    samples = [sample(page, number) for number, page in enumerate(read_pages(options.pages, training))]
    if not samples:
        parser.error(f"no page with a story in {[str(path) for path in options.pages]}")
    save_weights(grow(samples, training), options.output)
    trees = f"{training.trees} + {training.second_trees} trees"
    print(f"{options.output}: {trees} from {len(samples)} pages", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
