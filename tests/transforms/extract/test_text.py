"""The main text of pages."""

import json
from pathlib import Path

import pytest
import trafilatura
from lxml.html import Element

from tests.transforms.extract.pages import SENTENCE, story
from transforms.extract import extract_article
from transforms.extract.marks import BIT, frame_marks, load_marks, story_marks
from transforms.extract.structured import _RULES as METADATA
from transforms.extract.structured import named_pattern

DATA = Path(__file__).parents[2] / "data"
# One sample is a layout table, which trafilatura takes for data: navigation and all.
SAMPLE = sorted(p for p in (DATA / "sample" / "html").glob("*.html") if p.name != "courrier-ecluse-cp1252.html")


def lines(body):
    return extract_article(story(body=body)).text.split("\n")[:-12]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            f"<p>{SENTENCE}</p><h2>What was said</h2><p>{SENTENCE} Again.</p>",
            [SENTENCE, "What was said", SENTENCE + " Again."],
        ),
        ("<ul><li>Ten beams of oak</li><li>Two tons of sand</li></ul>", ["- Ten beams of oak", "- Two tons of sand"]),
        (
            "<table><tr><th>Place</th><th>Votes</th></tr><tr><td>Marrow</td><td>12</td></tr></table>",
            ["Place | Votes", "Marrow | 12"],
        ),
        (f"<p>{SENTENCE}<br><br>{SENTENCE} Again.</p>", [SENTENCE, SENTENCE + " Again."]),
        ("<table><tr><td>Either|or</td><td></td><td>12</td></tr></table>", ["Either|or | 12"]),
        ("<blockquote><p>We shall cross it yet, he said.</p></blockquote>", ["We shall cross it yet, he said."]),
        ("<figure><img src=x.jpg><figcaption>The bridge</figcaption></figure>", []),
        ('<div class="share-buttons">Share this</div><div class="newsletter-signup">Sign up</div>', []),
        ("<script>document.write('x')</script><style>p {}</style><noscript>Turn it on</noscript>", []),
    ],
)
def test_lines(body, expected):
    assert lines(body) == expected


def test_title_leaves_the_text_and_a_standfirst_comes_first():
    standfirst = "Two old masons are asked to come back, and the mayor is to carry the sand herself."
    html = (
        f'<html><head><meta name="description" content="{standfirst}"><title>Bridge to be mended</title></head><body>'
        f'<header><h1>Bridge to be mended</h1><p class="dek">{standfirst}</p></header>'
        f'<div class="article-body"><h2>Bridge to be mended</h2>' + f"<p>{SENTENCE} One.</p><p>{SENTENCE} Two.</p>" * 5
    )
    text = extract_article(html).text.split("\n")
    assert text[0] == standfirst
    assert "Bridge to be mended" not in text


def test_description_that_is_no_standfirst_is_not_text():
    assert (
        "All about" not in extract_article(story('<meta name="description" content="All about bridges and such">')).text
    )


def test_live_coverage_is_taken_whole():
    posts = "".join(
        f'<div class="post"><h3>At {n} o\'clock</h3><div class="article-body"><p>{SENTENCE} Post {n}.</p></div></div>'
        for n in range(20)
    )
    text = extract_article(f"<html><body><main><h1>Bridge, as it happened</h1>{posts}</main></body></html>").text
    assert [f"Post {n}." in text for n in range(20)] == [True] * 20


def test_layout_table_is_no_table():
    cell = "".join(f"<p>{SENTENCE} Point {n}.</p>" for n in range(9))
    html = f'<table><tr><td class="menu"><a href="a">Home</a></td><td>{cell}</td></tr></table>'
    text = extract_article(f"<html><body>{html}</body></html>").text.split("\n")
    assert text == [f"{SENTENCE} Point {n}." for n in range(9)]


def test_references_to_windows_1252_are_read_as_browsers_do():
    assert lines("<p>A bridge &#150; or &#x93;bridge&#x94; &#8211; of oak</p>") == ["A bridge – or “bridge” – of oak"]


@pytest.mark.parametrize(("kind", "entry"), [(kind, e) for kind, entries in load_marks().items() for e in entries])
def test_marks_hold_for_their_examples(kind, entry):
    for attribute in ("class", "id"):
        if {attribute, "both"} & set(entry["in"]):
            elements = {text: Element("div", {attribute: text}) for text in entry["match"] + entry["not"]}
            found = [text for text, e in elements.items() if (frame_marks(e) | story_marks(e)) & BIT[kind]]
            assert found == entry["match"]


@pytest.mark.parametrize("name", METADATA["patterns"])
def test_patterns_hold_for_their_examples(name):
    rule = METADATA["patterns"][name]
    assert [bool(named_pattern(name).search(text)) for text in rule["match"]] == [True] * len(rule["match"])
    assert [bool(named_pattern(name).search(text)) for text in rule["not"]] == [False] * len(rule["not"])


def shingles(text):
    words = text.split()
    return {tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))}


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_text_is_that_of_trafilatura_in_its_precision_mode_or_more(path):
    """Holds trafilatura's inner functions to its public one: another version that works otherwise fails here."""
    article = extract_article(path.read_bytes())
    public = trafilatura.extract(path.read_bytes(), favor_precision=True, fast=True, include_comments=False) or ""
    title = article.fields.title or "-"
    apart = (title, *article.captions)
    kept = (line for line in public.split("\n") if not line.strip("|- ").startswith(apart))
    theirs = shingles("\n".join(kept).replace("|", " "))
    missing = [s for s in theirs - shingles(article.text.replace("|", " ")) if not all(w in title for w in s)]
    assert len(missing) <= 0.1 * len(theirs)


@pytest.mark.skipif(not (DATA / "expected_html.jsonl").exists(), reason="no sample corpus")
def test_sample_pages_have_the_phrases_that_they_must_have():
    pages = [json.loads(line) for line in (DATA / "expected_html.jsonl").read_text(encoding="utf-8").splitlines()]
    for page in pages:
        text = extract_article((DATA / page["path"]).read_bytes()).text
        assert [phrase for phrase in page["present"] if phrase not in text] == []


@pytest.mark.skipif(not (DATA / "expected_html.jsonl").exists(), reason="no sample corpus")
def test_sample_pages_have_the_fields_that_the_page_states():
    for line in (DATA / "expected_html.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        found = extract_article((DATA / page["path"]).read_bytes()).fields
        assert (page["path"], found.title, found.site_name) == (page["path"], page["title"], page["site_name"])
        assert found.paywalled is page["paywalled"]
