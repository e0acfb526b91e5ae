"""Explanations as one page of HTML that needs nothing else and runs nothing.

Whatever comes from a document is text of an element or of nothing: escaped, never in an attribute, a link or a style.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from pipelines.explain import Explanation, ShownLine, found_rows, headline, reject_rows
from pipelines.explain_terminal import label_of, safe
from transforms.clean import KINDS

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --faint: #6b7075; --rule: #dfe2e6; --alarm: #b3261e;
  --light: 26%; --tint: 93% }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e9; --paper: #17191c; --faint: #969ca3; --rule: #33373c;
  --alarm: #ff8a80; --light: 72%; --tint: 20% } }
body { margin: 2rem auto; max-width: 78rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.25rem; overflow-wrap: anywhere } h2 { font-size: 1rem; margin-top: 1.5rem }
section + section { margin-top: 3rem; border-top: 2px solid var(--rule) }
.facts { color: var(--faint) }
table { border-collapse: collapse; width: 100% }
td, th { padding: .15rem .6rem; vertical-align: top; text-align: left; font-weight: normal }
.lines tr + tr td { border-top: 1px solid var(--rule) }
.n { width: 1%; text-align: right; color: var(--faint); font-variant-numeric: tabular-nums; user-select: none }
.why { width: 1%; white-space: nowrap; font-size: .85rem; line-height: 1.75 }
.text { overflow-wrap: anywhere; unicode-bidi: isolate; text-align: start; white-space: pre-wrap }
.name { width: 1%; white-space: nowrap; font-weight: 600 } .from { color: var(--faint); font-size: .85rem }
.alarm { color: var(--alarm) }
del { border-radius: .2em; text-decoration-thickness: 1px }
pre { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--faint) }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem .8rem; padding: 0; font-size: .85rem }
.legend li, .why span { border-radius: .3em; padding: 0 .4em }
.why span { display: block; width: fit-content }
@media (max-width: 50rem) { .why { white-space: normal } }
del, .legend li, .why span { color: hsl(var(--hue) 65% var(--light)); background: hsl(var(--hue) 60% var(--tint)) }
""" + "\n".join(
    f".k{number} {{ --hue: {number * 137 % 360} }}" for number in range(len(KINDS) + 1)
)  # the golden angle keeps neighbours apart


def page(shown: Sequence[tuple[str, Explanation]]) -> str:
    """The page for (title, explanation) of each document."""
    # Should anything get through the escaping after all, the browser is told to run and load nothing.
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = shown[0][1].path + (f" and {len(shown) - 1:,} more" if len(shown) > 1 else "")
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>newsloom inspect: {_text(title)}</title>",
            f"<style>{_STYLE}</style>\n</head>\n<body>",
            *(part for title, explanation in shown for part in _section(title, explanation)),
            "</body>\n</html>\n",
        ]
    )


def _text(text: str) -> str:
    """For what is no line of N(raw): control characters and such as a terminal shows them, and escaped."""
    return escape(safe(text))


def _section(title: str, explanation: Explanation) -> Iterator[str]:
    yield f'<section>\n<h1>{_text(title)}</h1>\n<p class="facts">{_text(headline(explanation))}</p>'
    if explanation.rejected:
        yield "<table>"
        for name, text in reject_rows(explanation.rejected):
            yield (
                f'<tr class="alarm"><th class="name">{_text(name)}</th>'
                f'<td class="text" dir="auto">{_text(text)}</td></tr>'
            )
        yield "</table>"
    if explanation.excerpt:
        excerpt = "\n".join(_text(row) for row in explanation.excerpt.splitlines())
        yield f"<h2>The beginning of the record</h2>\n<pre>{excerpt}</pre>"
    if explanation.lines:
        yield from _legend(explanation)
        yield '<table class="lines">'
        yield from map(_line, explanation.lines)
        yield "</table>"
    rows = found_rows(explanation)
    if rows:
        yield "<h2>Found in it</h2>\n<table>"
        for name, value, evidence in rows:
            yield (
                f'<tr><th class="name">{_text(name)}</th><td class="text" dir="auto">{_text(value)}</td>'
                f'<td class="from">{_text(evidence)}</td></tr>'
            )
        yield "</table>"
    yield "</section>"


def _legend(explanation: Explanation) -> Iterator[str]:
    kinds = Counter(span.kind for line in explanation.lines for span in line.spans)
    if kinds:
        ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
        items = "".join(f'<li class="{_class(kind)}">{_text(kind)} {count:,}</li>' for kind, count in ordered)
        yield f'<ul class="legend">{items}</ul>'


def _class(kind: str) -> str:
    return f"k{KINDS.index(kind) if kind in KINDS else len(KINDS)}"


def _line(line: ShownLine) -> str:
    why = "".join(f'<span class="{_class(span.kind)}">{_text(label_of(span))}</span>' for span in line.spans)
    text = "".join(
        escape(text) if span is None else f'<del class="{_class(span.kind)}">{escape(text)}</del>'
        for text, span in line.pieces()
    )
    gone = ' class="gone"' if line.gone else ""
    return (
        f'<tr{gone}><td class="n">{line.number}</td><td class="why">{why}</td>'
        f'<td class="text" dir="auto">{text}</td></tr>'
    )
