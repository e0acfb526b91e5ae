"""No line keeps the rules busy: lines are cut before a pattern sees them, and no pattern explodes within the cut."""

import pytest

from transforms.clean import clean_text, normal_lines, rebuild

UNITS = [
    "a ",
    "By ",
    "( ",
    "1.",
    "12.",
    "a/",
    "Photo: ",
    "| ",
    "--",
    "Facebook ",
    "Reporting by ",
    "2024-05-25 ",
    "记者",
    "기자 ",
]
OPENINGS = ["", "By ", "Read more: ", "Sign up for ", "We use cookies ", "FILE PHOTO: ", "(Reporting by "]


@pytest.mark.parametrize("unit", UNITS)
def test_lines_of_a_megabyte(unit: str) -> None:
    raw = unit * (1_000_000 // len(unit))
    cleaned = clean_text(raw)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)


@pytest.mark.parametrize("unit", UNITS)
def test_lines_as_long_as_patterns_see(unit: str) -> None:
    raw = "\n".join((opening + unit * 600)[:length] for opening in OPENINGS for length in (150, 199, 599))
    cleaned = clean_text(raw)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)


@pytest.mark.parametrize(
    "line", ["By Anna Sample", "Related articles", "CMSC", "Share", "12 March 2024", "Anna Sample"]
)
def test_many_lines(line: str) -> None:
    raw = "\n".join([line] * 3000 + ["The council of Harlow voted on Friday to rebuild the bridge over the river."])
    cleaned = clean_text(raw)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)
