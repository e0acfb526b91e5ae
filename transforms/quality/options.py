"""Which texts are kept for their quality: nothing is left out until an option says so."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from transforms.fields.data import load_yaml
from transforms.model import Rejection
from transforms.quality.signals import Quality

# Which reason a signal's filter gives; the first word is the stage.
_REASONS = {
    "word_count": "quality/length",
    "stop_words": "quality/stop-words",
    "terminal_lines": "quality/prose",
    "short_lines": "quality/prose",
    "newlines_per_word": "quality/prose",
    "sentences": "quality/prose",
    "lorem_ipsum": "quality/prose",
    "mean_word_length": "quality/symbols",
    "symbol_word_ratio": "quality/symbols",
    "bullet_lines": "quality/symbols",
    "ellipsis_lines": "quality/symbols",
    "alphabetic_words": "quality/symbols",
    "curly_brackets": "quality/symbols",
    "javascript": "quality/symbols",
}
_REPETITION = "quality/repetition"
_SIGNAL_OF = {"words": "word_count"}


def _filter(help: str) -> Any:
    return field(default=None, metadata={"help": help})


@dataclass(frozen=True, slots=True)
class QualityOptions:
    """Filters by quality.  All are off by default; a single value goes before that of a preset.

    Of two presets with the same filter the stricter value holds.  Sources of the presets: ``presets.yaml``.
    """

    presets: tuple[str, ...] = field(
        default=(), metadata={"help": "published sets of filters to turn on: gopher, c4, fineweb"}
    )
    min_words: int | None = _filter("fewest words")
    max_words: int | None = _filter("most words")
    min_mean_word_length: float | None = _filter("least mean length of words, in characters")
    max_mean_word_length: float | None = _filter("greatest mean length of words, in characters")
    max_symbol_word_ratio: float | None = _filter("most number signs and ellipses for each word")
    max_bullet_lines: float | None = _filter("greatest fraction of lines that begin with a bullet")
    max_ellipsis_lines: float | None = _filter("greatest fraction of lines that end with an ellipsis")
    min_alphabetic_words: float | None = _filter("least fraction of words with a letter in them")
    min_stop_words: int | None = _filter("fewest different stop words; languages without a list pass")
    max_duplicate_lines: float | None = _filter("greatest fraction of repeated lines")
    max_duplicate_line_chars: float | None = _filter("greatest fraction of characters in repeated lines")
    max_duplicate_paragraphs: float | None = _filter("greatest fraction of repeated paragraphs")
    max_duplicate_paragraph_chars: float | None = _filter("greatest fraction of characters in repeated paragraphs")
    max_top_2gram_chars: float | None = _filter("greatest fraction of characters in the commonest 2-gram")
    max_top_3gram_chars: float | None = _filter("greatest fraction of characters in the commonest 3-gram")
    max_top_4gram_chars: float | None = _filter("greatest fraction of characters in the commonest 4-gram")
    max_duplicate_5gram_chars: float | None = _filter("greatest fraction of characters in repeated 5-grams")
    max_duplicate_6gram_chars: float | None = _filter("greatest fraction of characters in repeated 6-grams")
    max_duplicate_7gram_chars: float | None = _filter("greatest fraction of characters in repeated 7-grams")
    max_duplicate_8gram_chars: float | None = _filter("greatest fraction of characters in repeated 8-grams")
    max_duplicate_9gram_chars: float | None = _filter("greatest fraction of characters in repeated 9-grams")
    max_duplicate_10gram_chars: float | None = _filter("greatest fraction of characters in repeated 10-grams")
    min_terminal_lines: float | None = _filter("least fraction of lines that end as sentences do")
    max_short_lines: float | None = _filter("greatest fraction of lines of fewer than 30 characters")
    max_newlines_per_word: float | None = _filter("most line ends for each word")
    min_sentences: int | None = _filter("fewest sentences")
    lorem_ipsum: bool | None = _filter("false: no text that says lorem ipsum")
    curly_brackets: bool | None = _filter("false: no text with a curly bracket")
    javascript: bool | None = _filter("false: no text that says JavaScript")

    def __post_init__(self) -> None:
        presets = (self.presets,) if isinstance(self.presets, str) else tuple(self.presets)
        object.__setattr__(self, "presets", presets)
        for preset in presets:
            if preset not in _presets():
                raise ValueError(f"presets: {preset!r} is none of {', '.join(_presets())}")
        for name, value in self._values():
            _check_value(name, value)
            if name.startswith("min_"):
                most = getattr(self, "max_" + name[4:], None)
                if most is not None and value > most:
                    raise ValueError(f"{name}: {value} is more than max_{name[4:]}, {most}")

    def _values(self) -> list[tuple[str, Any]]:
        own = ((f.name, getattr(self, f.name)) for f in fields(self) if f.name != "presets")
        return [(name, value) for name, value in own if value is not None]

    def thresholds(self) -> dict[str, Any]:
        """The filters that are on: option and value, those of the presets included."""
        return dict(_thresholds(self))


def check_quality(quality: Quality, options: QualityOptions) -> None:
    """Raises the Rejection of the first filter that the signals do not pass; its detail gives value and threshold."""
    for name, threshold in _thresholds(options):
        signal = _signal_of(name)
        value = getattr(quality, signal)
        if value is None:
            continue
        if isinstance(threshold, bool):
            passed, relation = value <= threshold, "not allowed by"
        elif name.startswith("min_"):
            passed, relation = value >= threshold, "is less than"
        else:
            passed, relation = value <= threshold, "is more than"
        if not passed:
            raise Rejection(_REASONS.get(signal, _REPETITION), f"{signal} {value} {relation} {name} {threshold}")


def _signal_of(option: str) -> str:
    name = option[4:] if option[:4] in ("min_", "max_") else option
    return _SIGNAL_OF.get(name, name)


def _check_value(name: str, value: Any) -> None:
    if name in ("lorem_ipsum", "curly_brackets", "javascript"):
        if not isinstance(value, bool):
            raise ValueError(f"{name}: {value!r} is neither true nor false")
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}: {value!r} is no number")
    counts = ("min_words", "max_words", "min_stop_words", "min_sentences")
    if name in counts and (value != int(value) or value < 0):
        raise ValueError(f"{name}: {value!r} is no number of things: 0 or more, whole")
    bounded = name not in counts and "mean" not in name and not name.endswith(("_ratio", "_per_word"))
    if not 0 <= value <= (1 if bounded else float("inf")):
        raise ValueError(f"{name}: {value!r} is not {'within 0 to 1' if bounded else '0 or more'}")


@cache
def _thresholds(options: QualityOptions) -> tuple[tuple[str, Any], ...]:
    values: dict[str, Any] = {}
    for preset in options.presets:
        for name, value in _presets()[preset].items():
            stricter = max if name.startswith("min_") else min
            values[name] = stricter(values[name], value) if name in values else value
    values.update(options._values())
    return tuple((f.name, values[f.name]) for f in fields(options) if f.name in values)


@cache
def _presets() -> dict[str, dict[str, Any]]:
    presets: dict[str, dict[str, Any]] = load_yaml("presets.yaml", Path(__file__).parent)
    return presets
