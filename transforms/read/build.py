"""Making the frozen dataclasses of the data model, of which readers make many, in a fifth of the time.

A frozen dataclass sets each of its fields through ``object.__setattr__``, which looks the field up by name: 1.0 µs for
one of seven fields (timeit, Python 3.11).  Here a value is made as one of a class with the same slots that is not
frozen, and then given its own class: .21 µs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from transforms.model import NO_FIELDS, Fields, Place, Record, StatedDate
from transforms.read.model import InputFile, Slice

T = TypeVar("T")

__all__ = ["NO_FIELDS"]


def builder(kind: type[T], *given: str) -> Callable[..., T]:
    """A function that makes a ``kind`` out of the values of the fields ``given``, in their order.

    The other fields have their defaults.  Like ``__init__`` of a dataclass, it is written for the
    kind, so that a call runs no loop.
    """
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    draft = type(f"{kind.__name__}Draft", (), {"__slots__": tuple(names)})
    known: dict[str, Any] = {"_draft": draft, "_kind": kind}
    known |= {f"default_{f.name}": f.default for f in fields(kind)}  # type: ignore[arg-type]
    lines = [f"def build({', '.join(given)}):", " _made = _draft()"]
    lines += [f" _made.{name} = {name if name in given else f'default_{name}'}" for name in names]
    exec("\n".join([*lines, " _made.__class__ = _kind", " return _made"]), known)
    return known["build"]  # type: ignore[return-value]


new_place = Place
new_record = Record
new_date = builder(StatedDate, "at", "precision", "raw", "evidence")
new_file = builder(InputFile, "path", "url", "size")
new_slice = builder(Slice, "file", "format", "compression")


def new_captured(url: Any, fetched: Any, declared_language: Any) -> Fields:
    return Fields(url=url, fetched=fetched, declared_language=declared_language)
