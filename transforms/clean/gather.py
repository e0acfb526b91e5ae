"""The fields of a document, from what the taken lines and the dateline say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from transforms.clean.dateline import dateline_alone
from transforms.model import Fields, StatedDate

# A dateline on a line of its own stands above the story.
FIRST_ROWS = 6
_LISTS = ("authors", "agencies", "photo_credits")


def gather(found: Iterable[tuple[str, Any]], rows: Sequence[str] = ()) -> Fields:
    """The fields out of (name, value) pairs in the order of the text: the first value counts, lists take all once.

    ``rows`` are the lines of the text, which tell Turkish, where the small letter of I is ı.
    """
    found = list(found)
    if not any(name == "dateline" for name, _ in found):
        alone = next((dateline for row in rows[:FIRST_ROWS] if (dateline := dateline_alone(row))), ())
        found += alone or _place_said_again(rows)
    single: dict[str, Any] = {}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    for name, value in found:
        if name in lists:
            lists[name].append(value)
        else:
            single.setdefault(name, value)
    # ``dated`` is the date in a dateline.
    published: StatedDate | None = single.get("published") or single.get("dated")
    return Fields(
        title=single.get("title"),
        description=single.get("description"),
        section=single.get("section"),
        dateline=single.get("dateline"),
        published=published,
        modified=single.get("modified"),
        authors=_once([_in_turkish(name, rows) for name in lists["authors"]]),
        agencies=_once(lists["agencies"]),
        photo_credits=_once(lists["photo_credits"]),
    )


def _place_said_again(rows: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The place before a full stop or colon with which the story opens, if it stands alone above, or again in it.

    ``Harlow`` and ``Harlow: The council met``; ``Harlow. The market of Harlow is closed``.
    """
    for index, row in enumerate(rows[:LAST_ROW]):
        match = _PLACE_FIRST.match(row) if len(row) >= SHORTEST_STORY else None
        if match:
            place = match["place"]
            if any(other == place for other in rows[:index]):
                return (("dateline", place),)
            # Within sentences it has its capital, too.
            again = re.compile(rf"(?<=[^\W\d_A-ZÀ-ÞА-Я])\s{re.escape(place)}(?!\w)")
            if _CASED.match(place) and any(again.search(other) for other in rows[: index + 3]):
                return (("dateline", place),)
    return ()


LAST_ROW = 14
SHORTEST_STORY = 60
_PLACE_FIRST = re.compile(
    r"(?P<place>[^\s\W\d_a-zß-öø-ÿа-яё][^\s.।:,;!?()\d]{2,20}"
    r"(?:[ -][^\s\W\d_a-zß-öø-ÿа-яё][^\s.।:,;!?()\d]{2,20})?)[.।:]\s(?=[^\W\d_a-zß-öø-ÿа-яё]\w)"
)
_CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ]")


def _in_turkish(name: str, rows: Sequence[str]) -> str:
    """A name that stood in capitals, in Turkish lower case where the text is Turkish: ``Kıraç`` for ``KIRAÇ``."""
    if "i" not in name[1:] or not any("ı" in row or "ğ" in row for row in rows):
        return name
    parts = name.split()
    for index, part in enumerate(parts):
        if "i" in part[1:] and any(part.upper() in row for row in rows) and not any(part in row for row in rows):
            parts[index] = part[0] + part[1:].replace("i", "ı")
    return " ".join(parts)


def _once(values: list[str]) -> tuple[str, ...]:
    """Each value once, in order, whatever its case."""
    unique = {value.casefold(): value for value in reversed(values)}
    return tuple(unique[key] for key in dict.fromkeys(value.casefold() for value in values))
