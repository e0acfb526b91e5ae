"""Titles, names and sections above a story."""

import pytest

from transforms.clean import clean_text
from transforms.clean.blocks import may_be_title
from transforms.clean.heads import bare_names
from transforms.clean.lines import Line

FIRST = "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away."
SECOND = "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million."
STORY = f"{FIRST}\n{SECOND}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anna Sample", [("authors", "Anna Sample")]),
        ("ANNA SAMPLE/dpa", [("authors", "Anna Sample"), ("agencies", "dpa")]),
        ("Anna Sample - Harlow Courier", [("authors", "Anna Sample")]),
        ("Anna Beispiel und Bernd Muster", [("authors", "Anna Beispiel"), ("authors", "Bernd Muster")]),
        ("Anna Sample, Bob Test", [("authors", "Anna Sample"), ("authors", "Bob Test")]),
        ("Anna Beispiel, Bern", [("authors", "Anna Beispiel")]),
        ("Анна ПРИМЕРОВА", [("authors", "Анна Примерова")]),
        ("Anna Sample in Easton", [("authors", "Anna Sample")]),
        ("Anna Sample - harlowcourier.example", [("authors", "Anna Sample")]),
        ("Anna Sample Transport correspondent", [("authors", "Anna Sample")]),
        ("Anna Sample (with AFP)", [("authors", "Anna Sample"), ("agencies", "AFP")]),
        ("Anna Sample, 14 May, 17:05", [("authors", "Anna Sample")]),
        ("Harbour Reopens", []),
        ("Bridge to be rebuilt", []),
    ],
)
def test_bare_names(text: str, found: list[tuple[str, str]]) -> None:
    assert list(bare_names(text)) == found


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Bridge to be rebuilt by June", True),
        ("News > Local", False),
        ("3 May 2024 – 12:40", False),
        ("The bridge is to be rebuilt.", False),
        ("- Deal 'still possible' -", False),
    ],
)
def test_form_of_a_title(text: str, is_one: bool) -> None:
    line = Line(0, text)
    line.look()
    assert may_be_title(line) is is_one


@pytest.mark.parametrize(
    ("above", "title", "authors"),
    [
        ("Bridge to be rebuilt by June\nAnna Sample", "Bridge to be rebuilt by June", ("Anna Sample",)),
        ("Bridge to be rebuilt by June\nANNA SAMPLE/dpa", "Bridge to be rebuilt by June", ("Anna Sample",)),
        ("Sport\nFootball\n3 May 2024\nBridge to be rebuilt", "Bridge to be rebuilt", ()),
        ("Local news\nBridge to be rebuilt by June\n3 May 2024", "Bridge to be rebuilt by June", ()),
        ("Anna Beispiel und Bernd Muster\n3 May 2024", None, ("Anna Beispiel", "Bernd Muster")),
        ("3 May 2024\nBridge to be rebuilt by June", "Bridge to be rebuilt by June", ()),
        ("Recipe by Anna Sample", None, ("Anna Sample",)),
        ("2 Min.\nBridge: two years of work\nAnna Sample, dpa", "Bridge: two years of work", ("Anna Sample",)),
        ("3 May 2024 in SPORT\nBridge to be rebuilt by June", "Bridge to be rebuilt by June", ()),
    ],
)
def test_what_stands_above_a_story(above: str, title: str | None, authors: tuple[str, ...]) -> None:
    cleaned = clean_text(f"{above}\n{STORY}")
    assert (cleaned.text, cleaned.fields.title, cleaned.fields.authors) == (STORY, title, authors)


def test_a_title_above_a_dateline() -> None:
    cleaned = clean_text(f"Bridge to be rebuilt by June\nHARLOW, May 3 (Reuters) - {STORY}")
    assert cleaned.fields.title == "Bridge to be rebuilt by June"
    assert cleaned.fields.dateline == "HARLOW"


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("HARLOW. ", "HARLOW"),
        ("Harlow - ", "Harlow"),
        ("Harlow (ots) - ", "Harlow"),
        ("HARLOW, Ont. — ", "HARLOW, Ont."),
        ("HARLOW: ", "HARLOW"),
        ("UPDATE: ", None),
        ("Sport - ", None),
        ("NATO - ", None),
    ],
)
def test_datelines_of_a_place_alone(start: str, place: str | None) -> None:
    assert clean_text(f"{start}{STORY}").fields.dateline == place


@pytest.mark.parametrize(
    ("below", "taken"),
    [
        ("(Reporting by Anna Sample)\nA line that nobody knows\nAnd a sentence.", 3),
        ("Share on Facebook\nOld ferries", 2),
        ("Easton 3 Harlow 1\nShare on Facebook", 1),
        ("___\nEaston 3 Harlow 1", 1),
    ],
)
def test_what_stands_below_the_end(below: str, taken: int) -> None:
    assert len(clean_text(f"{STORY}\n{below}").removed) == taken


def test_a_name_in_turkish_capitals() -> None:
    story = (
        "Köprünün yapımı haziran ayında başlayacak ve iki yıl sürecek, dedi belediye başkanı cuma günü ilçede.\n" * 2
    )
    cleaned = clean_text(f"Köprü yeniden yapılacak\nAYŞE KIRMIZI\n{story}")
    assert cleaned.fields.authors == ("Ayşe Kırmızı",)


@pytest.mark.parametrize(
    "text",
    [
        f"A deck without a full stop, as papers have them\n{STORY}",
        f"{FIRST}\nAnna Sample\n{SECOND}\n{FIRST[4:]}",
        f"{FIRST}\nSport\n{SECOND}\n{FIRST[4:]}",
        "«Wolf» — «Lamb» 2:1\n" + STORY,
        f"{FIRST}\n«Wolf» — «Lamb» 2:1\n«Hawk» — «Dove» 0:0\n{SECOND}",
    ],
)
def test_lines_that_stay(text: str) -> None:
    assert clean_text(text).text == text
