"""Agencies: the examples of the data file, for names, mentions, sign-offs and datelines."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fields.agencies import agencies, canonical_agency, canonical_credit, find_agencies
from transforms.fields.data import load_yaml

ENTRIES = load_yaml("agencies.yaml")


def each(field):
    return [pytest.param(e, text, id=f"{e['name']}-{text[:30]}") for e in ENTRIES for text in e.get(field, ())]


@pytest.mark.parametrize(("entry", "text"), each("match"))
def test_found_in_credit(entry, text):
    assert entry["name"] in find_agencies(text, photo=True)


@pytest.mark.parametrize(("entry", "text"), each("other"))
def test_not_found_in_other_text(entry, text):
    assert entry["name"] not in find_agencies(text, photo=True)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["name"])
def test_every_name_is_its_agencys(entry):
    for text in entry["names"] + entry["short"]:
        assert canonical_credit(text) == entry["name"], text


@pytest.mark.parametrize(("entry", "line"), each("signed"))
def test_sign_off_matches_its_examples(entry, line):
    assert any(re.fullmatch(pattern, line) for pattern in entry["sign_off"])


@pytest.mark.parametrize(("entry", "start"), each("datelines"))
def test_dateline_matches_its_examples(entry, start):
    assert re.search(entry["dateline"], start)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["name"])
def test_entry_is_complete(entry):
    assert entry["country"] and entry["languages"] and entry["match"] and entry["other"]
    assert bool(entry.get("sign_off")) == bool(entry.get("signed"))
    assert bool(entry.get("dateline")) == bool(entry.get("datelines"))


def test_at_least_60_wire_services_each_once():
    names = [a.name for a in agencies() if a.kind == "wire"]
    assert len(names) >= 60
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Agence France-Presse", "AFP"),
        ("AGENCE FRANCE PRESSE", "AFP"),
        ("(AFP)", "AFP"),
        ("新华社", "Xinhua"),
        ("Thomson Reuters", "Reuters"),
        ("The Associated Press", "AP"),
        ("Getty Images", None),
        ("Sampleton Gazette", None),
        ("", None),
    ],
)
def test_canonical_agency(text, name):
    assert canonical_agency(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("AP PHOTO", "AP"), ("AP Photo", "AP"), ("Getty Images", "Getty Images"), ("EPA", "EPA"), ("Bob Test", None)],
)
def test_canonical_credit(text, name):
    assert canonical_credit(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Reuters/AP", ("Reuters", "AP")),
        ("dpa/AFP", ("dpa", "AFP")),
        ("ap/dpa", ("AP", "dpa")),
        ("mit Material von dpa", ("dpa",)),
        ("(AP PHOTO)", ("AP",)),
        ("AFP, AFP", ("AFP",)),
        ("With inputs from PTI, ANI", ("PTI", "ANI")),
        ("AFP via Getty Images", ("AFP",)),
        ("来源：新华社", ("Xinhua",)),
        ("the map of apps", ()),
        ("", ()),
    ],
)
def test_find_agencies(text, names):
    assert find_agencies(text) == names


@given(st.text(max_size=100))
def test_any_text_is_survived(text):
    found = find_agencies(text)
    assert len(set(found)) == len(found)
    assert canonical_agency(text) is None or canonical_agency(canonical_agency(text)) == canonical_agency(text)
