"""Credits, sign-offs and datelines: what they say, and what says nothing of the kind."""

import pytest

from transforms.clean import credits
from transforms.clean.dateline import find_dateline
from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import agencies

EXAMPLES = load_rules(WORDS)["examples"]


@pytest.mark.parametrize(("text", "names"), EXAMPLES["agencies"].items())
def test_only_agencies(text: str, names: list[str]) -> None:
    assert list(credits.only_agencies(text, desks=True)) == names


@pytest.mark.parametrize(("text", "names"), EXAMPLES["authors"].items())
def test_clauses_name_those_who_wrote(text: str, names: list[str]) -> None:
    assert [name for _, name in credits.clauses(text)] == names


@pytest.mark.parametrize(("text", "names"), EXAMPLES["photo"].items())
def test_photo_credits(text: str, names: list[str]) -> None:
    assert [name for _, name in credits.photo(text)] == names
    assert [name for _, name in credits.credit(text, labelled=True)] == names


@pytest.mark.parametrize("text", ["and voted", "2-1", "dpa/AFP", "Harlow/Easton", "the mayor", "AP", "sic"])
def test_brackets_without_a_credit(text: str) -> None:
    assert credits.credit(text, labelled=False) == ()


SIGNED = [
    (agency.name, line)
    for entry, agency in zip(load_rules(WORDS.parents[1] / "fields" / "agencies.yaml"), agencies(), strict=True)
    for line in entry.get("signed", ())
]
OPENED = [
    (agency.name, line)
    for entry, agency in zip(load_rules(WORDS.parents[1] / "fields" / "agencies.yaml"), agencies(), strict=True)
    for line in entry.get("datelines", ())
]


def test_agencies_sign_off() -> None:
    missed = [(name, line) for name, line in SIGNED if credits.signed_by(line, name) is None]
    assert missed == []


def test_agencies_have_datelines() -> None:
    right = {name for name, line in OPENED if ("agencies", name) in find_dateline(line)}
    missed = sorted({name for name, _ in OPENED} - right)
    assert len(right) >= 40
    assert len(missed) <= 3, missed


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("NAIROBI, March 12 (Reuters) - The council met.", "NAIROBI"),
        ("NAIROBI, Kenya, March 12 (Xinhua) -- The council met.", "NAIROBI, Kenya"),
        ("Madrid, 3 may (EFE).- El consejo se reunió.", "Madrid"),
        ("BEISPIELSTADT (dpa/lsw) - Der Rat tagte.", "BEISPIELSTADT"),
        ("HARLOW — The council met on Friday.", "HARLOW"),
        ("МОСКВА, 3 мая. /ТАСС/. Совет собрался.", "МОСКВА"),
        ("新华社样城5月3日电（记者安例）议会开会。", "样城"),
        ("(서울=연합뉴스) 김예시 기자 = 의회가 열렸다.", "서울"),
        ("【見本町共同】議会が開かれた。", "見本町"),
    ],
)
def test_places(line: str, place: str) -> None:
    assert ("dateline", place) in find_dateline(line)


@pytest.mark.parametrize(
    "line",
    [
        "The council met on Friday (and voted) - at last.",
        "Reuters said on Friday that the bridge had fallen.",
        "The agency (AFP) - which was first - reported it.",
        "NATO - the alliance of 32 - met on Friday.",
        "The bridge - built in 1804 - is to be rebuilt.",
        "Anna Sample (37) - a fisher - said no.",
        "In March 2024 – two years on – nothing had changed.",
        "“No,” he said.",
    ],
)
def test_sentences_without_a_dateline(line: str) -> None:
    assert find_dateline(line) == ()
