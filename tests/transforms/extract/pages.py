"""Pages that the tests share: fictional news, and pages made to do harm."""

from __future__ import annotations

SENTENCE = "The council of Lower Marrow met on Tuesday and agreed to mend the bridge before the winter comes."


def story(head: str = "", body: str = "", paragraphs: int = 12) -> str:
    """A page with a story of numbered paragraphs."""
    text = "".join(f"<p>{SENTENCE} That was point {number}.</p>" for number in range(paragraphs))
    return (
        f"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Bridge to be mended</title>{head}</head>"
        f"<body><article><h1>Bridge to be mended</h1>{body}{text}</article></body></html>"
    )


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def hostile() -> dict[str, tuple[str | bytes, str]]:
    """Name to (page, what it must become: ``story``, ``any`` text, or a reason)."""
    deep = "".join(f"<div><p>{SENTENCE} Level {level}.</p>" for level in range(900)) + "</div>" * 900
    return {
        "200k tiny paragraphs": ("<html><body>" + "<p>a</p>" * 200_000 + "</body></html>", "extract/limit"),
        "tag with 200k attributes": (
            "<html><body><p " + " ".join(f"a{n}=1" for n in range(200_000)) + ">x</p></body></html>",
            "extract/limit",
        ),
        "100k nested divs": ("<div>" * 100_000 + SENTENCE + "</div>" * 100_000, "extract/limit"),
        "1500 wrappers around a story": ("<div>" * 1_500 + story() + "</div>" * 1_500, "story"),
        "900 levels, a paragraph in each": (f"<html><body>{deep}</body></html>", "any"),
        "20 MB": ("<html><body>" + f"<p>{SENTENCE}</p>" * 200_000, "extract/limit"),
        "JSON-LD of 200k <": (story(json_ld('{"headline": "' + "<" * 200_000 + '"}')), "story"),
        "JSON-LD nested 100k deep": (story(json_ld('{"@graph":[' * 100_000)), "story"),
        "JSON-LD that is no object": (story(json_ld('[null, 1, "x", [[]], {"@type": 7, "author": [[1]]}]')), "story"),
        "20k blocks of JSON-LD": (story(json_ld('{"@type":"NewsArticle"}') * 20_000), "story"),
        "entity bomb": (
            '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            + story(body="<p>&b;</p>"),
            "story",
        ),
        "illegal character references": (
            story(body=f"<p>{SENTENCE}&#1;&#x0;&#xFFFF;&#xD800;&#99999999999;</p>"),
            "story",
        ),
        "NULs": (story().replace("winter", "win\x00ter"), "story"),
        "NULs in bytes": (story().replace("winter", "win\x00ter").encode(), "story"),
        "cut inside a character": (story().encode().replace(b"</article>", b"")[:-14] + b"\xe2\x82", "story"),
        "cut inside a tag": (story()[:-30] + '<a href="', "story"),
        "UTF-16 that says UTF-8": (story().encode("utf-16"), "story"),
        "every byte": (bytes(range(256)) * 100, "bad-encoding"),
        "class of 3 MB": (story().replace("<article>", f'<article class="{"a b " * 750_000}">'), "story"),
        "nothing": ("", "extract/empty"),
        "nothing but tags": ("<html><body><p></p></body></html>", "extract/empty"),
        "cp1252 that says UTF-8": (story(body="<p>Café, naïve – “fine”.</p>" * 9).encode("cp1252"), "story"),
        "UTF-8 that says Shift_JIS": (story(body="<p>Café</p>").replace("utf-8", "shift_jis").encode(), "story"),
        "30k paragraphs": ("<html><body>" + "<p>Ada Example</p>" * 30_000 + story(), "story"),
        "30k headings": (story(body="<h1>Not this one</h1>" * 30_000), "story"),
        "30k bylines": (story(body='<div class="byline">By nobody at all</div>' * 30_000), "story"),
        "30k captions": (story(body='<img><span class="caption">Photo: Ada</span>' * 30_000), "story"),
        "30k links before a heading": (f"<div>{'<a href=/>Home</a>' * 30_000}<h1>News</h1></div>{story()}", "story"),
        "150 authors around 30k links": ("<div class=author>" * 150 + "<a href=a>b</a>" * 30_000 + story(), "story"),
        "mojibake of 300 kB": (story(body=f"<p>{'â€' + chr(0x9D)}</p>" * 30_000), "story"),
        "600 nested tables": ("<table><tr><td>" * 600 + story() + "</td></tr></table>" * 600, "story"),
    }
