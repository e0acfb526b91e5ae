"""The merge of fields: order of trust, canonical forms, idempotence."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from transforms.model import Fields, StatedDate
from transforms.normalise import language_tag, normalise_fields, tidy_string

DAY = StatedDate(datetime(2024, 3, 14, tzinfo=UTC), "day", "14 March 2024", "text")
NONE = Fields()


def test_the_records_own_fields_win_then_the_pages_then_the_texts():
    record = Fields(title="From the record")
    article = Fields(title="From the page", section="Town")
    cleaned = Fields(title="From the text", section="Country", dateline="SAMPLETON")
    merged = normalise_fields(record, article, cleaned)
    assert (merged.title, merged.section, merged.dateline) == ("From the record", "Town", "SAMPLETON")


def test_agencies_and_credits_are_a_union_in_order_of_trust():
    merged = normalise_fields(
        Fields(agencies=("Associated Press",), photo_credits=("AP PHOTO",)),
        Fields(agencies=("AFP", "ap"), photo_credits=("Bob Test",)),
        Fields(agencies=("Reuters/dpa",), photo_credits=("bob test", "Getty")),
    )
    assert merged.agencies == ("AP", "AFP", "Reuters", "dpa")
    assert merged.photo_credits == ("AP", "Bob Test", "Getty Images")


def test_authors_are_split_and_agencies_among_them_moved():
    merged = normalise_fields(Fields(authors=("By ANNA EXAMPLE and Bob Test", "anna example", "dpa")), None, NONE)
    assert merged.authors == ("Anna Example", "Bob Test")
    assert merged.agencies == ("dpa",)


def test_authors_that_are_nobody_leave_the_place_to_the_next_source():
    merged = normalise_fields(Fields(authors=("Staff",)), Fields(authors=("Anna Example",)), NONE)
    assert merged.authors == ("Anna Example",)


def test_organisation_of_a_page_is_its_author_unless_the_text_names_a_person():
    page = Fields(authors=("Sample Times Staff",), agencies=("dpa",))
    assert normalise_fields(NONE, page, NONE).authors == ("Sample Times Staff",)
    assert normalise_fields(NONE, page, Fields(authors=("Anna Example",))).authors == ("Anna Example",)
    assert normalise_fields(Fields(authors=("Bob Test",)), page, Fields(authors=("Anna Example",))).authors == (
        "Bob Test",
    )
    both = Fields(authors=("Anna Read", "dpa"))
    assert normalise_fields(NONE, both, Fields(authors=("Bob Test",))).authors == ("Anna Read", "dpa")


def test_invalid_url_leaves_the_place_to_the_next_source():
    merged = normalise_fields(Fields(url="story-17"), Fields(url="https://m.example.com/a?utm_source=x"), NONE)
    assert merged.url == "https://www.example.com/a"


def test_title_loses_the_sites_name():
    merged = normalise_fields(Fields(title="Council votes – Sample Times", site_name="Sample Times"), None, NONE)
    assert merged.title == "Council votes"


def test_implausible_date_leaves_the_place_to_the_next_source():
    old = replace(DAY, at=datetime(1, 1, 1, tzinfo=UTC))
    assert normalise_fields(Fields(published=old), Fields(published=DAY), NONE).published == DAY
    assert normalise_fields(Fields(published=old), None, NONE).published is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en-US", "en"), ("EN_us", "en"), ("de", "de"), ("iw", "he"), ("nb-NO", "no"), ("zh-Hant-TW", "zh"), ("und", None),
     ("english", None), ("", None), (None, None), ("  fr ", "fr"), ("e", None)],
)  # fmt: skip
def test_language_tag(tag, code):
    assert language_tag(tag) == code


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("a  b\n c", "a b c"),
        ("\x00\x07", None),
        ("", None),
        (None, None),
        ("e\u0301", "é"),
        ("a\u200bb\ufeff", "ab"),
        ("\u00a0x", "x"),
    ],
)
def test_tidy_string(text, tidy):
    assert tidy_string(text) == tidy


TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "By Anna Example",
            "AP PHOTO",
            "Council votes | Sample Times",
            "https://m.example.com/a/?b=1#c",
            "Sample Times",
            "en-US",
            "&amp;amp;",
            "Reuters",
            "Bob Test/AFP",
        ]
    ),
)
MAYBE = st.one_of(st.none(), TEXTS)
MANY = st.lists(TEXTS, max_size=3).map(tuple)
FIELDS = st.builds(
    Fields, title=MAYBE, url=MAYBE, site_name=MAYBE, description=MAYBE, section=MAYBE, declared_language=MAYBE,
    dateline=MAYBE, published=st.sampled_from([None, DAY]), authors=MANY, agencies=MANY, photo_credits=MANY, tags=MANY,
)  # fmt: skip


@given(FIELDS, st.one_of(st.none(), FIELDS), FIELDS)
def test_normalise_is_idempotent(record, article, cleaned):
    once = normalise_fields(record, article, cleaned)
    assert normalise_fields(NONE, once, NONE) == once
