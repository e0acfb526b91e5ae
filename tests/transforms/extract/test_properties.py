"""What holds for any page: it is an article in good form or a rejection with a listed reason."""

import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.extract.pages import SENTENCE, story
from transforms.extract import extract_article
from transforms.extract.page import mend_references
from transforms.model import Article, Rejection
from transforms.reasons import REASONS

TAGS = (
    "p",
    "div",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "h1",
    "h2",
    "br",
    "hr",
    "blockquote",
    "article",
    "span",
    "a",
    "time",
)
TEXTS = (
    SENTENCE,
    "&#1;",
    "&nbsp;",
    "&#150;",
    "\x00",
    "\ud800",
    "\uffff",
    "|",
    "---",
    "é" * 40,
    "漢字。" * 20,
    "<",
    "&",
)
PIECES = st.one_of(
    st.sampled_from(TEXTS),
    st.builds("<{}>".format, st.sampled_from(TAGS)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.builds('<{} class="{}">'.format, st.sampled_from(TAGS), st.text(max_size=20)),
    st.text(max_size=30),
)


def check(page):
    try:
        article = extract_article(page)
    except Rejection as rejection:
        assert rejection.reason in REASONS
        assert rejection.reason != "extract/error", rejection.detail
        return
    assert isinstance(article, Article)
    assert article.text
    for line in article.text.split("\n"):
        assert line == line.strip() != ""
        assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\t" for c in line)


@settings(max_examples=120, deadline=None)
@given(st.lists(PIECES, max_size=40))
@example(["<table>", "<tr>", "<td>", "|", "</td>"])
@example(["<article>", SENTENCE, "<br>", SENTENCE, "</article>"])
def test_any_string_is_an_article_or_a_rejection(pieces):
    check("".join(pieces))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(min_value=0, max_value=1_000))
def test_any_bytes_in_a_page_are_an_article_or_a_rejection(junk, where):
    page = story().encode()
    check(page[:where] + junk + page[where:])


@given(st.text())
def test_references_are_mended_once_and_text_without_them_stays(text):
    mended = mend_references(text)
    assert mended == text or "&#" in text
    assert len(mended) <= len(text)
