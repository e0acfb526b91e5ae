"""Gradient-boosted trees of at most 16 leaves, evaluated with numpy in whole numbers: the same on every machine.

The leaf that a row of features ends in is found as QuickScorer does (Lucchese et al., SIGIR 2015): each split that
says "right" strikes out the leaves of its left side, and the first leaf that is left counts.  Leaf values are whole
multiples of ``1 / UNIT``, whose sum has no order; the probability is looked up in a table.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MOST_LEAVES = 16
# The unit of leaf values, and of the table of the logistic function, which ends at ±LIMIT.
UNIT = 1024
LIMIT = 12
# Rows at a time: what bounds the memory, about 10 kB a row.
ROWS = 256


class Trees(NamedTuple):
    """A model: ``trees`` trees, each with ``splits`` places for splits (unused ones never strike out a leaf).

    Attributes:
        feature: column that each split looks at, of shape (splits, trees).
        threshold: a value up to it goes left, of shape (splits, trees).
        left: bits of the leaves on each split's left side, of shape (splits, trees).
        value: value of each leaf in units of ``1 / UNIT``, of shape (trees, MOST_LEAVES).
        base: the value before any tree, in the same unit.
    """

    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.uint16]
    value: npt.NDArray[np.int32]
    base: int


def probabilities(trees: Trees, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The model's probability for each row, rounded to 6 places.

    Args:
        rows: features, of shape (rows, features).
    """
    scores = [_scores(trees, rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]
    score = np.concatenate(scores) if scores else np.zeros(0, np.int64)
    return _logistic()[np.clip(score, -LIMIT * UNIT, LIMIT * UNIT) + LIMIT * UNIT]


def _scores(trees: Trees, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    columns = np.ascontiguousarray(rows.T, np.float32)
    shape = (trees.feature.shape[1], len(rows))
    struck = np.zeros(shape, np.uint16)
    value, right, bits = np.empty(shape, np.float32), np.empty(shape, np.bool_), np.empty(shape, np.uint16)
    for feature, threshold, left in zip(trees.feature, trees.threshold, trees.left, strict=True):
        np.take(columns, feature, axis=0, out=value, mode="clip")
        np.greater(value, threshold[:, None], out=right)
        np.multiply(right, left[:, None], out=bits)
        np.bitwise_or(struck, bits, out=struck)
    leaf = np.take(_first_left(), struck)
    leaf += np.arange(0, trees.value.size, MOST_LEAVES)[:, None]
    return np.take(trees.value, leaf).sum(axis=0, dtype=np.int64) + trees.base


@cache
def _first_left() -> npt.NDArray[np.intp]:
    """The first of 16 leaves that is not struck out, for each set of those that are (0 for all, which no tree does)."""
    struck = np.arange(1 << MOST_LEAVES)
    lowest = ~struck & (struck + 1)
    table = np.zeros(1 << MOST_LEAVES, np.intp)
    for leaf in range(MOST_LEAVES):
        table[lowest == 1 << leaf] = leaf
    return table


@cache
def _logistic() -> npt.NDArray[np.float64]:
    return np.array([round(1 / (1 + math.exp(-step / UNIT)), 6) for step in range(-LIMIT * UNIT, LIMIT * UNIT + 1)])


def from_nodes(structure: list[dict[str, object]], base: float) -> Trees:
    """The model out of nested nodes: ``{feature, threshold, left, right}``, leaves ``{value}``."""
    count = len(structure)
    feature = np.zeros((MOST_LEAVES - 1, count), np.int16)
    threshold = np.full((MOST_LEAVES - 1, count), np.inf, np.float32)
    left = np.zeros((MOST_LEAVES - 1, count), np.uint16)
    value = np.zeros((count, MOST_LEAVES), np.int32)
    for tree, root in enumerate(structure):
        splits: list[tuple[int, float, int]] = []
        leaves: list[float] = []
        _flatten(root, splits, leaves)
        if len(leaves) > MOST_LEAVES:
            raise ValueError(f"a tree has {len(leaves)} leaves; at most {MOST_LEAVES} are allowed")
        for place, (column, limit, bits) in enumerate(splits):
            feature[place, tree], threshold[place, tree], left[place, tree] = column, limit, bits
        value[tree, : len(leaves)] = [round(leaf * UNIT) for leaf in leaves]
    return Trees(feature, threshold, left, value, round(base * UNIT))


def _flatten(node: dict, splits: list[tuple[int, float, int]], leaves: list[float]) -> None:  # type: ignore[type-arg]
    if "value" in node:
        leaves.append(node["value"])
        return
    first = len(leaves)
    _flatten(node["left"], splits, leaves)
    splits.append((node["feature"], node["threshold"], (1 << len(leaves)) - (1 << first)))
    _flatten(node["right"], splits, leaves)
