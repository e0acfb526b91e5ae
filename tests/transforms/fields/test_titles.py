"""Titles: the examples of the data file, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fields.data import load_yaml
from transforms.fields.titles import same_title, tidy_title

DATA = load_yaml("titles.yaml")


@pytest.mark.parametrize(("title", "site", "url", "tidy"), DATA["examples"])
def test_tidy_title(title, site, url, tidy):
    assert tidy_title(title, site, url) == tidy


@pytest.mark.parametrize(("a", "b", "same"), DATA["same"])
def test_same_title(a, b, same):
    assert same_title(a, b) is same
    assert same_title(b, a) is same


@given(st.text(max_size=80), st.one_of(st.none(), st.text(max_size=20)))
def test_tidy_title_is_idempotent_and_never_empty(title, site):
    tidy = tidy_title(title, site)
    assert tidy is None or (tidy.strip() and tidy_title(tidy, site) == tidy)


_PIECES = ["Council votes", "Sample Times", " | ", " - ", ": ", "News", "…", "Bridge", " "]


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join))
def test_tidy_title_is_idempotent_on_titles(title):
    tidy = tidy_title(title, "Sample Times", "https://www.sampletimes.com/a")
    assert tidy is None or tidy_title(tidy, "Sample Times", "https://www.sampletimes.com/a") == tidy


@given(st.text(max_size=60), st.text(max_size=60))
def test_same_title_is_symmetric(a, b):
    assert same_title(a, b) == same_title(b, a)
