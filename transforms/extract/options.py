"""What can be set about extraction."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


def _option(default, help_text: str):
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """Limits and choices of extraction; a page over a limit becomes a Rejection, never a hang."""

    max_bytes: int = _option(10_000_000, "Largest page, in bytes (characters where the page is decoded already).")
    max_tags: int = _option(100_000, "Most elements in a page.")
    max_depth: int = _option(2_000, "Deepest nesting of elements; beyond 200 they are flattened, with no loss of text.")
    max_attributes: int = _option(1_000, "Most attributes of one element.")
    max_json_ld_bytes: int = _option(
        1_000_000, "Largest JSON-LD block that is read for fields; larger ones are passed over."
    )
    timeout_s: float = _option(10.0, "Most processor time for one page, in seconds; Extractor only.")
    max_memory_bytes: int = _option(1_000_000_000, "Most memory that one page may take, in bytes; Extractor only.")
    collective_authors: bool = _option(
        False, "Keep organisations among the authors, as pages name them: agencies, the publication, its staff."
    )
    min_chars: int = _option(1, "Shortest main text, in characters; a page with less is extract/empty.")

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            if option.name == "collective_authors":
                if not isinstance(value, bool):
                    raise ValueError(f"extract.{option.name} is {value!r}: must be true or false")
            elif isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"extract.{option.name} is {value!r}: must be a number greater than 0")
        if self.max_depth > DEEPEST:
            raise ValueError(f"extract.max_depth is {self.max_depth}: must be at most {DEEPEST}, where the parser cuts")


# libxml2 stops at 2048 levels even with its "huge" option, and leaves the text below out without a word.
DEEPEST = 2_000
