"""The options of the language step."""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.language.codes import check_code

ENGINES = ("exact", "langdetect")
UNDETERMINED_ACTIONS = ("keep", "reject")


@dataclass(frozen=True)
class LanguageOptions:
    """How languages are told, and which documents are kept for theirs.

    Raises:
        ValueError: for values that are not allowed, all of them told together.
    """

    engine: str = field(
        default="exact",
        metadata={
            "help": "exact: langdetect's profiles evaluated exactly, joined with a second engine; "
            "langdetect: the package as it is, with a fixed seed"
        },
    )
    keep: tuple[str, ...] = field(
        default=(), metadata={"help": "codes of the languages to keep, the others go to rejects/; empty: all"}
    )
    min_confidence: float = field(
        default=0.0, metadata={"help": "documents whose language is less sure than this go to rejects/; 0 to 1"}
    )
    undetermined: str = field(
        default="keep", metadata={"help": "documents whose language cannot be told (und): keep or reject"}
    )
    min_letters: int = field(
        default=20,
        metadata={"help": "texts with fewer letters are und; a Chinese, Japanese or Korean character counts as three"},
    )
    mixed_share: float = field(
        default=0.2,
        metadata={"help": "a text is mixed where a second language has this share of its letters; 0 to 0.5"},
    )

    def __post_init__(self) -> None:
        problems = []
        if self.engine not in ENGINES:
            problems.append(f"engine: {self.engine!r} is not one of {', '.join(ENGINES)}")
        if self.undetermined not in UNDETERMINED_ACTIONS:
            problems.append(f"undetermined: {self.undetermined!r} is not one of {', '.join(UNDETERMINED_ACTIONS)}")
        problems += _number_problems("min_confidence", self.min_confidence, 0, 1)
        problems += _number_problems("mixed_share", self.mixed_share, 0, 0.5)
        if not isinstance(self.min_letters, int) or isinstance(self.min_letters, bool) or self.min_letters < 1:
            problems.append(f"min_letters: {self.min_letters!r} is not a whole number from 1 on")
        problems += self._keep_problems()
        if problems:
            raise ValueError("; ".join(problems))
        object.__setattr__(self, "keep", tuple(self.keep))

    def _keep_problems(self) -> list[str]:
        if isinstance(self.keep, str) or not isinstance(self.keep, (list, tuple)):
            return [f"keep: {self.keep!r} is not a list of codes: write ['en', 'de']"]
        problems = []
        for number, code in enumerate(self.keep):
            try:
                check_code(code)
            except ValueError as error:
                problems.append(f"keep[{number}]: {error}")
        return problems


def _number_problems(name: str, value: object, low: float, high: float) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        return [f"{name}: {value!r} is not a number from {low} to {high}"]
    return []
