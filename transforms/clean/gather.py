"""The fields of a document, from what the taken lines and the dateline say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from transforms.model import Fields, StatedDate

# A place beside a date or an agency on a line that went is as good as a dateline; ``dated`` is a date in a dateline.
_LISTS = ("authors", "agencies", "photo_credits")


def gather(found: Iterable[tuple[str, Any]]) -> Fields:
    """The fields out of (name, value) pairs in the order of the text: the first value counts, lists take all once."""
    single: dict[str, Any] = {}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    for name, value in found:
        if name in lists:
            lists[name].append(value)
        else:
            single.setdefault(name, value)
    published: StatedDate | None = single.get("published") or single.get("dated")
    return Fields(
        title=single.get("title"),
        description=single.get("description"),
        section=single.get("section"),
        dateline=single.get("dateline") or single.get("place"),
        published=published,
        modified=single.get("modified"),
        authors=_once(lists["authors"]),
        agencies=_once(lists["agencies"]),
        photo_credits=_once(lists["photo_credits"]),
    )


def _once(values: list[str]) -> tuple[str, ...]:
    """Each value once, in order, whatever its case."""
    unique = {value.casefold(): value for value in reversed(values)}
    return tuple(unique[key] for key in dict.fromkeys(value.casefold() for value in values))
