"""Bylines: the examples of the data file, and that any string is survived."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fields.authors import is_unfinished, looks_like_name, split_authors, tidy_name
from transforms.fields.data import load_yaml

DATA = load_yaml("authors.yaml")


@pytest.mark.parametrize(("byline", "names"), DATA["examples"], ids=lambda v: str(v)[:40])
def test_byline_gives_its_authors(byline, names):
    assert list(split_authors(byline)) == names


@pytest.mark.parametrize("text", DATA["names"])
def test_name_looks_like_a_name(text):
    assert looks_like_name(text)


@pytest.mark.parametrize("text", DATA["not_names"])
def test_other_text_does_not_look_like_a_name(text):
    assert not looks_like_name(text)


@pytest.mark.parametrize("word", DATA["surnames"])
def test_word_is_a_surname_where_an_author_is_named(word):
    name = f"Anna {word.capitalize()}"
    assert split_authors(name, marked=True) == split_authors(f"By {name}") == (name,)
    assert split_authors(name) == ()


def test_part_of_a_byline_is_whole_or_goes_on():
    assert [text for text in DATA["unfinished"] if not is_unfinished(text)] == []
    assert [text for text in DATA["finished"] if is_unfinished(text)] == []


def test_prefixes_in_at_least_25_languages():
    assert len(DATA["prefixes"]) >= 25


@pytest.mark.parametrize("word", [w for words in DATA["prefixes"].values() for w in words if w[-1].isalpha()])
def test_every_prefix_is_taken_off(word):
    assert split_authors(f"{word}: Анна Примерова") == ("Анна Примерова",)


@pytest.mark.parametrize("word", [w for w in DATA["conjunctions"] if w.isascii() and w.isalpha()])
def test_every_conjunction_parts_authors(word):
    assert split_authors(f"By Anna Example {word} Bob Test") == ("Anna Example", "Bob Test")


def test_names_are_given_once_in_any_case():
    assert split_authors("By Anna Example and ANNA EXAMPLE") == ("Anna Example",)


@given(st.text(max_size=120))
def test_any_text_gives_names_that_are_not_empty(text):
    assert all(name.strip() for name in split_authors(text))


_PIECES = [
    "By ",
    "Von ",
    "Anna",
    "Bob",
    "TEST",
    " ",
    ", ",
    " and ",
    "(",
    ")",
    "|",
    "/",
    "van ",
    "Dr. ",
    "Reuters",
    "记者",
    "@",
    "2024",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=10).map("".join))
def test_found_names_look_like_names_and_are_tidy(text):
    for name in split_authors(text):
        assert looks_like_name(name, marked=True)
        assert tidy_name(name) == name
