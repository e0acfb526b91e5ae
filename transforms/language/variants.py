"""Simplified or traditional Chinese, told by the characters that only one of the two uses."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from transforms.fields.data import load_yaml


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    pairs = load_yaml("variants.yaml", Path(__file__).parent)["pairs"].split()
    simplified, traditional = ("".join(sorted({pair[side] for pair in pairs})) for side in (0, 1))
    return re.compile(f"[{simplified}]"), re.compile(f"[{traditional}]")


def chinese_script(text: str) -> str:
    """``Hans`` or ``Hant`` by the majority of telling characters; ``Hani`` where there are none, or as many."""
    simplified, traditional = (len(pattern.findall(text)) for pattern in _patterns())
    if simplified == traditional:
        return "Hani"
    return "Hans" if simplified > traditional else "Hant"
