"""What can be set about extraction."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from transforms.options import option

COLLECTIVE_AUTHORS = ("never", "alone", "always")


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """Limits and choices of extraction; a page over a limit becomes a Rejection, never a hang."""

    max_bytes: int = option(10_000_000, "Largest page, in bytes (characters where the page is decoded already).")
    max_tags: int = option(100_000, "Most elements in a page.")
    max_depth: int = option(2_000, "Deepest nesting of elements; beyond 200 they are flattened, with no loss of text.")
    max_attributes: int = option(1_000, "Most attributes of one element.")
    max_json_ld_bytes: int = option(
        1_000_000, "Largest JSON-LD block that is read for fields; larger ones are passed over."
    )
    timeout_s: float = option(10.0, "Most processor time for one page, in seconds; Extractor only.")
    max_memory_bytes: int = option(1_000_000_000, "Most memory that one page may take, in bytes; Extractor only.")
    collective_authors: Literal["never", "alone", "always"] = option(
        "alone",
        "When an organisation that a page names as its author is one (the publication, its staff, an agency): never, "
        "alone (where no person is named), always.",
    )
    min_chars: int = option(1, "Shortest main text, in characters; a page with less is extract/empty.")

    def __post_init__(self) -> None:
        for known in fields(self):
            value = getattr(self, known.name)
            if known.name == "collective_authors":
                if value not in COLLECTIVE_AUTHORS:
                    allowed = ", ".join(COLLECTIVE_AUTHORS)
                    raise ValueError(f"extract.{known.name} is {value!r}: must be one of {allowed}")
            elif isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"extract.{known.name} is {value!r}: must be a number greater than 0")
        if self.max_depth > DEEPEST:
            raise ValueError(f"extract.max_depth is {self.max_depth}: must be at most {DEEPEST}, where the parser cuts")


# libxml2 stops at 2048 levels even with its "huge" option, and leaves the text below out without a word.
DEEPEST = 2_000
