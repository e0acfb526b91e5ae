"""Fields of pages: which statement wins, and what it is called."""

import json
from datetime import UTC, datetime

import pytest

from tests.transforms.extract.pages import json_ld, story
from transforms.extract import ExtractOptions, extract_article


def fields(head="", body="", url=None, **options):
    return extract_article(story(head, body), url, options=ExtractOptions(**options)).fields


def evidence(head="", body=""):
    return dict(extract_article(story(head, body)).evidence)


def article(**values):
    return json_ld(json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **values}))


def meta(name, content):
    return f'<meta {"property" if ":" in name else "name"}="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("", "Bridge to be mended"),
        (
            meta("og:site_name", "Marrow Times") + meta("og:title", "Bridge to be mended | Marrow Times"),
            "Bridge to be mended",
        ),
        (article(headline="Bridge&#039;s end") + meta("og:title", "Bridge's end"), "Bridge's end"),
    ],
)
def test_title_is_what_most_statements_agree_on(head, title):
    assert fields(head).title == title


def test_page_without_h1_takes_the_heading_that_its_title_holds():
    html = story().replace("h1>", "h2>").replace("<title>", "<title>Marrow Times : ")
    assert extract_article(html).fields.title == "Bridge to be mended"


@pytest.mark.parametrize(
    ("head", "at", "precision", "source"),
    [
        (article(datePublished="2024-05-25T18:30:00+02:00"), "2024-05-25T16:30:00", "second", "json-ld"),
        # structured data before meta
        (
            article(datePublished="2024-05-25T18:30:00Z") + meta("article:published_time", "2023-01-01T00:00:00Z"),
            "2024-05-25T18:30:00",
            "second",
            "json-ld",
        ),
        # the same day, but with time and offset
        (
            article(datePublished="2024-05-25") + meta("article:published_time", "2024-05-25T18:30:00+02:00"),
            "2024-05-25T16:30:00",
            "second",
            "opengraph",
        ),
        (meta("DC.date.issued", "2024-05-25"), "2024-05-25T00:00:00", "day", "meta"),
    ],
)
def test_published(head, at, precision, source):
    published = fields(head).published
    assert published.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (published.precision, published.evidence) == (precision, source)
    assert evidence(head)["published"] == source


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ('<span itemprop="datePublished" content="2024-05-25">Saturday</span>', "microdata"),
        ('<time datetime="2024-05-25">Saturday</time>', "time"),
        ("<div>25 May 2024, a Saturday</div>", "text"),
    ],
)
def test_published_from_the_page_itself(body, source):
    published = fields(body=body).published
    assert (published.at.date().isoformat(), published.evidence) == ("2024-05-25", source)


def test_published_from_the_address():
    published = fields(url="https://news.example/2024/05/25/bridge").published
    assert (published.at.date().isoformat(), published.precision, published.evidence) == ("2024-05-25", "day", "url")


def test_modified_is_not_published():
    found = fields(article(datePublished="2024-05-25T18:30:00Z", dateModified="2024-05-26T08:00:00Z"))
    assert found.modified.at == datetime(2024, 5, 26, 8, tzinfo=UTC)
    assert found.published.at == datetime(2024, 5, 25, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        (article(author={"@type": "Person", "name": "Ada Example"}), ("Ada Example",)),
        (article(author=[{"name": "Ada Example"}, {"name": "Bo Sample"}]), ("Ada Example", "Bo Sample")),
        (article(author="By Ada Example and Bo Sample"), ("Ada Example", "Bo Sample")),
        (
            json_ld(
                json.dumps(
                    {
                        "@graph": [
                            {"@type": "NewsArticle", "headline": "x", "author": {"@id": "#ada"}},
                            {"@type": "Person", "@id": "#ada", "name": "Ada Example"},
                        ]
                    }
                )
            ),
            ("Ada Example",),
        ),
        (
            json_ld(
                json.dumps({"@type": "WebPage", "mainEntity": {"@type": "Article", "author": {"name": "Ada Example"}}})
            ),
            ("Ada Example",),
        ),
        (meta("author", "Ada Example"), ("Ada Example",)),
        (meta("article:author", "https://social.example/ada"), ()),
    ],
)
def test_authors(head, authors):
    assert fields(head).authors == authors


def test_author_from_a_visible_byline():
    byline = '<div class="article__byline">By <a href="/people/ada">Ada Example</a></div>'
    assert fields(body=byline).authors == ("Ada Example",)
    assert evidence(body=byline)["authors"] == "byline"


def test_agency_is_no_author_unless_organisations_are_wanted():
    head = article(author={"@type": "Organization", "name": "Reuters"})
    assert (fields(head).authors, fields(head).agencies) == ((), ("Reuters",))
    assert fields(head, collective_authors=True).authors == ("Reuters",)
    staff = article(author={"@type": "Organization", "name": "Marrow Times Staff"})
    assert fields(staff).authors == ()
    assert fields(staff, collective_authors=True).authors == ("Marrow Times Staff",)


def test_of_several_articles_the_page_s_own_counts():
    others = [{"@type": "NewsArticle", "headline": f"Other {n}", "author": "Bo Sample"} for n in range(3)]
    own = {"@type": "NewsArticle", "headline": "Bridge to be mended", "author": "Ada Example"}
    assert fields(json_ld(json.dumps([*others, own]))).authors == ("Ada Example",)


@pytest.mark.parametrize(
    ("head", "paywalled"),
    [
        (article(isAccessibleForFree=False), True),
        (article(isAccessibleForFree="False"), True),
        (article(isAccessibleForFree="http://schema.org/True"), False),
        (meta("article:content_tier", "locked"), True),
        (meta("article:content_tier", "metered"), False),
        ("", None),
    ],
)
def test_paywalled(head, paywalled):
    assert fields(head).paywalled is paywalled


def test_the_other_fields_and_their_evidence():
    head = (
        '<link rel="canonical" href="https://news.example/bridge?utm_source=x">'
        + meta("og:site_name", "Marrow Times")
        + meta("og:description", "All about the bridge &amp;amp; its end")
        + article(articleSection=["Local", "News"], keywords="bridge, winter", inLanguage="en")
    )
    found = fields(head)
    assert found.url == "https://news.example/bridge"
    assert found.site_name == "Marrow Times"
    assert found.description == "All about the bridge & its end"
    assert (found.section, found.tags, found.declared_language) == ("Local", ("bridge", "winter"), "en")
    assert evidence(head) == {
        "declared_language": "html",
        "description": "opengraph",
        "section": "json-ld",
        "site_name": "opengraph",
        "tags": "json-ld",
        "title": "h1",
        "url": "canonical",
    }


def test_captions_and_credits_stand_apart_from_the_text():
    figure = (
        "<figure><img src=x.jpg><figcaption>The bridge in May. "
        '<span class="caption__credit">AP PHOTO</span></figcaption></figure>'
    )
    found = extract_article(story(body=figure))
    assert found.captions == ("The bridge in May.",)
    assert found.fields.photo_credits == ("AP",)
    assert "in May" not in found.text


@pytest.mark.parametrize(
    "broken",
    [
        '<!-- {"@type": "NewsArticle", "author": "Ada Example"} -->',
        '{"@type": "NewsArticle", "author": "Ada Example",}',
        '{"@type": "NewsArticle",\n "author": "Ada Example", "description": "two\nlines"};',
        '//<![CDATA[\n{"@type": "NewsArticle", "author": "Ada Example"}\n//]]>',
    ],
)
def test_json_ld_with_the_usual_mistakes_is_read(broken):
    assert fields(json_ld(broken)).authors == ("Ada Example",)


def test_json_ld_over_the_limit_is_passed_over():
    head = article(author="Ada Example", description="x" * 2_000)
    assert fields(head, max_json_ld_bytes=1_000).authors == ()
