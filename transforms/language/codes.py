"""Language codes: one table for the engines' codes, ours, and those that people write."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from transforms.fields.data import load_yaml

UNDETERMINED = "und"


@cache
def _table() -> dict[str, dict[str, str]]:
    return load_yaml("codes.yaml", Path(__file__).parent)


@cache
def language_names() -> dict[str, str]:
    """The codes that a document can have, but ``und``, and their English names."""
    return dict(_table()["languages"])


@cache
def from_engine(code: str) -> str:
    """Our code for an engine's code: ISO 639-1, else 639-3; ``und`` for what is no language in our table."""
    code = _table()["engines"].get(code, code)
    return code if code in language_names() else UNDETERMINED


def check_code(code: object) -> str:
    """``code`` if it is one of ours.

    Raises:
        ValueError: with the nearest code, or, for a boolean, what YAML did to an unquoted ``no``.
    """
    if isinstance(code, bool):
        raise ValueError(
            f"{str(code).lower()} is not a language code: YAML reads an unquoted no as false. "
            "For Norwegian write it in quotes: 'no'"
        )
    if isinstance(code, str) and code in language_names():
        return code
    nearest = _nearest(code) if isinstance(code, str) else None
    hint = f"; did you mean {nearest!r} ({language_names()[nearest]})?" if nearest else ""
    raise ValueError(f"{code!r} is not a language code (ISO 639-1, else ISO 639-3){hint}")


def _nearest(code: str) -> str | None:
    """The code of ours that somebody who wrote ``code`` may have meant."""
    names, table = language_names(), _table()
    plain = code.strip().replace("_", "-")
    for guess in (plain, plain.lower(), plain.lower().split("-")[0]):
        meant = table["engines"].get(guess) or table["mistaken"].get(guess) or guess
        if meant in names:
            return meant
    by_name = {name.lower(): key for key, name in names.items()}
    close = get_close_matches(plain.lower(), by_name, n=1, cutoff=0.75)
    if close:
        return by_name[close[0]]
    close = get_close_matches(plain.lower(), [*names, *table["mistaken"]], n=1, cutoff=0.5)
    return table["mistaken"].get(close[0], close[0]) if close else None
