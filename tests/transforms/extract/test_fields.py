"""Fields of pages: which statement wins, and what it is called."""

import json
from datetime import UTC, datetime

import pytest

from tests.transforms.extract.pages import json_ld, story
from transforms.extract import ExtractOptions, extract_article
from transforms.fields.agencies import find_agencies


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


PATH = '<nav><a href="/">Home</a> <a href="/local">Local</a> <h1>Marrow Bridge news: Bridge to be mended</h1></nav>'
BARE_PATH = '<div><a href="/">Home</a><a href="/local">Local</a><h1>Marrow Bridge news: Bridge to be mended</h1></div>'
MARKED_PATH = '<div class="breadcrumb"><h1>Marrow Bridge news: Bridge to be mended</h1></div>'
KICKER = "<h2><span>Winter works</span> <span>Mayor carries sand</span></h2>"


@pytest.mark.parametrize(
    ("top", "head", "title"),
    [
        (PATH + "<h2>Mayor carries sand</h2>", meta("og:title", "Mayor carries sand"), "Mayor carries sand"),
        (BARE_PATH + "<h2>Mayor carries sand</h2>", meta("og:title", "Mayor carries sand"), "Mayor carries sand"),
        (MARKED_PATH + "<h2>Mayor carries sand</h2>", article(headline="Mayor carries sand"), "Mayor carries sand"),
        # nothing else says that the heading below is the title
        (PATH + "<h2>Mayor carries sand</h2>", "", "Marrow Bridge news: Bridge to be mended"),
        # a kicker is part of the title where OpenGraph has it
        (PATH + KICKER, meta("og:title", "Winter works: Mayor carries sand"), "Winter works: Mayor carries sand"),
        (PATH + KICKER, meta("og:title", "Mayor carries sand"), "Mayor carries sand"),
        (KICKER.replace("h2", "h1"), meta("og:title", "Mayor carries sand"), "Mayor carries sand"),
        # a heading of the whole site is none
        ('<h1><a href="/">The Marrow</a></h1><h1>Mayor carries sand</h1>', "", "Mayor carries sand"),
        ("<h1>The Marrow</h1><h1>Mayor carries sand</h1>", meta("og:site_name", "The Marrow"), "Mayor carries sand"),
    ],
)
def test_title_is_the_heading_that_readers_see(top, head, title):
    html = story(head).replace("<h1>Bridge to be mended</h1>", top).replace("<title>", "<title>Marrow Bridge news: ")
    assert extract_article(html).fields.title == title


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
        # seconds and milliseconds since 1970
        (article(datePublished=1716654600), "2024-05-25T16:30:00", "second", "json-ld"),
        (meta("pubdate", "1716654600000"), "2024-05-25T16:30:00", "second", "meta"),
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
        (article(author={"givenName": "Ada", "familyName": "Example"}), ("Ada Example",)),
        (meta("author", "Ada Example"), ("Ada Example",)),
        (meta("author", "By ROBERT READ, AP National Security Writer"), ("Robert Read",)),
        (meta("article:author", "https://social.example/ada"), ()),
    ],
)
def test_authors(head, authors):
    assert fields(head).authors == authors


def test_author_from_a_visible_byline():
    byline = '<div class="article__byline">By <a href="/people/ada">Ada Example</a></div>'
    assert fields(body=byline).authors == ("Ada Example",)
    assert evidence(body=byline)["authors"] == "byline"


@pytest.mark.parametrize(
    ("stated", "never", "alone", "always"),
    [
        (["Reuters"], (), ("Reuters",), ("Reuters",)),
        (["By Marrow Times Staff"], (), ("Marrow Times Staff",), ("Marrow Times Staff",)),
        (["Ada Example", "Reuters"], ("Ada Example",), ("Ada Example",), ("Ada Example", "Reuters")),
        (["Ada Example and Bo Sample, dpa"], *[("Ada Example", "Bo Sample")] * 2, ("Ada Example", "Bo Sample", "dpa")),
        (["admin"], (), (), ()),
        (["mtnews2"], (), (), ()),
    ],
)
def test_organisation_is_an_author_where_it_is_the_only_one(stated, never, alone, always):
    head = article(author=[{"@type": "Organization", "name": name} for name in stated])
    found = {kind: fields(head, collective_authors=kind) for kind in ("never", "alone", "always")}
    assert {kind: f.authors for kind, f in found.items()} == {"never": never, "alone": alone, "always": always}
    assert fields(head) == found["alone"]
    assert {f.agencies for f in found.values()} == {find_agencies(stated[-1])}


def test_person_whom_a_later_source_names_comes_before_an_organisation():
    head = article(author={"@type": "NewsMediaOrganization", "name": "Marrow Times"}) + meta("author", "Ada Example")
    assert fields(head).authors == ("Ada Example",)
    assert evidence(head)["authors"] == "meta"


def test_account_with_which_a_site_was_set_up_is_no_author():
    head = article(author={"name": "Marrow D", "url": "https://marrow.example/author/admin/"})
    assert fields(head, '<span class="author"><a href="/author/admin/">Marrow D</a></span>').authors == ()


@pytest.mark.parametrize(
    ("body", "authors"),
    [
        ('<div class="byline">By <a href="/people/ada">Ada Example</a>, <b>Bo Sample</b></div>', 2),
        ('<div class="byline"><span>By</span> <span>ada example</span></div>', 1),
        ('<div class="author-box"><b>Genes here?</b> <i>these are</i></div>', 0),
        # who edited did not write, in whatever element the name stands
        ('<p class="byline">Redaktion: Bo Sample und <a href="/people/ada">Ada Example</a></p>', 0),
        ('<div class="byline"><span>Dr. Ada Example</span><span>Science correspondent</span></div>', 1),
        # of another story
        ('<article><a class="author" href="/people/ada">Ada Example</a></article>', 0),
        ('<span itemprop="author">Ada Example</span><span itemprop="author">Bo Sample</span>', 2),
        ('<span itemprop="author">Ada Example</span><div><span itemprop="author">Bo Sample</span></div>', 1),
        ("<div>25 May 2024 | Author: Ada Example</div>", 1),
        ("<div><b>Autor:</b> <span>Ada Example, Bo Sample</span></div>", 2),
        ("<p><b>Ada Example</b></p>", 1),
        ("<p><b>Ada Example</b></p><p>She rows.</p><p><b>Bo Sample</b></p><p>He swims.</p>", 0),
    ],
)
def test_visible_bylines(body, authors):
    found = fields(body=body).authors
    assert [name.removeprefix("Dr. ") for name in found] == ["Ada Example", "Bo Sample"][:authors]


def test_chinese_line_of_source_and_author():
    assert fields(body="<div>2024-05-25 来源：样城日报 作者：王小样 字号：大 中 小</div>").authors == ("王小样",)


def test_name_to_the_right_below_the_story_signs_it():
    html = story().replace("</article>", '<p style="text-align:right"><strong>Lý Thí Dụ</strong></p></article>')
    assert extract_article(html).fields.authors == ("Lý Thí Dụ",)


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
        (article(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "False"}), True),
        (article(isAccessibleForFree=True, hasPart=[{"isAccessibleForFree": False}]), False),
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


@pytest.mark.parametrize(
    ("canonical", "url", "found"),
    [
        ("https://m.news.example:443/bridge?utm_source=x#top", None, "https://www.news.example/bridge"),
        ("HTTPS://news.example/amp/bridge", None, "https://news.example/bridge"),
        ("//news.example/bridge", None, "https://news.example/bridge"),
        ("/bridge", "https://news.example/old?id=1", "https://news.example/bridge"),
        ("/bridge", None, None),
        ("javascript:alert(1)", None, None),
        # all pages of a site that says so would be one document
        ("https://news.example/", None, None),
        ("https://news.example", "https://news.example/old?id=1", "https://news.example/old?id=1"),
    ],
)
def test_address(canonical, url, found):
    assert fields(f'<link rel="canonical" href="{canonical}">', url=url).url == found


@pytest.mark.parametrize(
    ("caption", "text", "credits"),
    [
        ("The bridge. Photo: Bo Sample / Reuters", "The bridge.", ("Reuters",)),
        ("The bridge (Foto: Bo Sample)", "The bridge", ("Bo Sample",)),
        ("The bridge © Bo Sample", "The bridge", ("Bo Sample",)),
        ("The bridge, a photo from May", "The bridge, a photo from May", ()),
    ],
)
def test_credit_at_the_end_of_a_caption(caption, text, credits):
    for figure in (
        f"<figure><figcaption>{caption}</figcaption></figure>",
        f'<img><p class="bildunterschrift">{caption}</p>',
    ):
        found = extract_article(story(body=figure))
        assert (found.captions, found.fields.photo_credits) == ((text,), credits)
        assert "The bridge" not in found.text


def test_mojibake_is_mended_in_text_and_fields():
    wrong = "CafÃ© â€“ â€œfineâ€\x9d"
    found = extract_article(story(meta("og:description", wrong), f"<p>{wrong}, she said.</p>"))
    assert found.text.startswith("Café – “fine”, she said.\n")
    assert found.fields.description == "Café – “fine”"
    assert dict(found.evidence)["text"] == "mojibake mended"
    assert dict(found.evidence)["description"] == "opengraph, mojibake mended"
    fine = "IRMÃ\xa0MAIS Â, Ångström"
    assert extract_article(story(body=f"<p>{fine}.</p>")).text.startswith("IRMÃ MAIS Â, Ångström.\n")


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
