"""How the options of a step are declared: a frozen dataclass whose fields have a default and one line of help."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def option(default: Any, meaning: str) -> Any:
    """A field with its line for the reference of options; a callable default makes a new value each time."""
    if callable(default):
        return field(default_factory=default, metadata={"help": meaning})
    return field(default=default, metadata={"help": meaning})
