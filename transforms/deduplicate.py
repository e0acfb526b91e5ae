"""Which candidate of each document is published: versions of one doc_id, and exact duplicates.

Both rules are total orders on what the rows say, so the answer does not depend on which candidates came
first or in which run: several increments keep the same rows as one run over everything.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

# What the rules look at, and what a reject of this step needs to say where the record stands.
KEY_COLUMNS = [
    "doc_id",
    "content_id",
    "modified_at",
    "published_at",
    "fetched_at",
    "input_path",
    "input_record",
    "input_offset",
]

DUPLICATE, SUPERSEDED = "duplicate/exact", "superseded"
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def resolve_versions(keys: pa.Table) -> pa.Array:
    """Of all candidates with one doc_id, one stays.

    Those with the same content are one: its newest copy stands for it, the others are ``duplicate/exact``.
    Of different contents the newest stays, the others are ``superseded``.  Newest: by modified, published,
    fetched (one that is unknown is the oldest), then path and position.

    Args:
        keys: columns ``KEY_COLUMNS``; all candidates of each doc_id that occurs.

    Returns:
        For each row the reason why it does not stay; null for those that do.
    """
    reasons: list[str | None] = [None] * keys.num_rows
    for rows in _groups(keys, "doc_id"):
        newest_of: dict[str, dict] = {}
        for row in sorted(rows, key=_age):
            previous = newest_of.get(row["content_id"])
            if previous is not None:
                reasons[previous["index"]] = DUPLICATE
            newest_of[row["content_id"]] = row
        for row in sorted(newest_of.values(), key=_age)[:-1]:
            reasons[row["index"]] = SUPERSEDED
    return pa.array(reasons, pa.string())


def find_exact_duplicates(keys: pa.Table) -> list[str]:
    """The doc_ids that do not stay because another document has the same content_id.

    The first publication stays: earliest published, then fetched (one that is unknown is the latest), then
    path and position.

    Args:
        keys: columns ``KEY_COLUMNS``; each doc_id once; all documents of each content_id that occurs.
    """
    losers = []
    for rows in _groups(keys, "content_id"):
        losers += [row["doc_id"] for row in sorted(rows, key=_precedence)[1:]]
    return losers


def _groups(keys: pa.Table, column: str) -> list[list[dict]]:
    """The rows that share a value of ``column`` with another row, by value, each with its ``index``."""
    counts = pc.value_counts(keys[column])
    shared = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    if not len(shared):
        return []
    indices = pc.indices_nonzero(pc.is_in(keys[column], value_set=shared))
    groups: dict[str, list[dict]] = {}
    for index, row in zip(indices.to_pylist(), keys.take(indices).to_pylist(), strict=True):
        groups.setdefault(row[column], []).append(row | {"index": index})
    return list(groups.values())


def _position(row: dict) -> tuple:
    record, offset = row["input_record"], row["input_offset"]
    return row["input_path"], -1 if record is None else record, -1 if offset is None else offset


def _age(row: dict) -> tuple:
    return (*(row[name] or _EARLIEST for name in ("modified_at", "published_at", "fetched_at")), *_position(row))


def _precedence(row: dict) -> tuple:
    return row["published_at"] or _LATEST, row["fetched_at"] or _LATEST, *_position(row), row["doc_id"]
