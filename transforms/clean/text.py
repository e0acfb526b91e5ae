"""N(raw): the lines that cleaning accounts for, and the way back to them from what cleaning left and took."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from unicodedata import combining, is_normalized, normalize

from transforms.model import RemovedSpan

# Control characters that are neither blanks nor line separators (str.split and str.splitlines know those), the byte
# order mark, and halves of surrogate pairs, which no UTF-8 file can hold.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")

# A line of nothing but these is blank to the eye.
_INVISIBLE = (
    " \u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069"
)


def normal_lines(text: str) -> list[str]:
    """The lines of N(raw): what the removed lines and the clean text add up to.

    NFC, control characters out, split at every Unicode line separator, lines trimmed, runs of blanks (tabs, no-break
    and ideographic spaces too) collapsed to one space, lines without anything to see out.  Joined with newlines and
    given again, the lines stay as they are.
    """
    return split_lines(text)[0]


def split_lines(text: str) -> tuple[list[str], frozenset[int]]:
    """The lines of N(raw), and the numbers of those that followed a blank line in ``text``."""
    # Nothing in it but line feeds, spaces and what is seen: the way of most texts, and three times as fast.
    plain = text.replace("\n", "").isprintable()
    if not plain:
        text = _CONTROLS.sub("", text)
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    lines: list[str] = []
    after_blank = []
    blank = False
    for row in text.split("\n") if plain else text.splitlines():
        tidy = "  " not in row and (plain or row.isprintable())
        line = row.strip() if tidy else " ".join(row.split())
        if not line or (line[0] in _INVISIBLE and not visible(line)):
            blank = True
            continue
        if blank:
            after_blank.append(len(lines))
            blank = False
        lines.append(line)
    return lines, frozenset(after_blank)


def safe_cut(line: str, start: int, end: int) -> tuple[int, int] | None:
    """The span to take so that the rest of ``line`` stays a line of N, or None where there is no such span.

    The span takes the blanks beside it: those before it where it ends the line, those after it elsewhere, and then
    there must be one (else the way back could not tell a beginning from a whole line, and in the middle two
    halves would grow together).  It neither begins nor ends before a combining mark.
    """
    while start and line[start - 1] == " ":
        start -= 1
    while end < len(line) and line[end] == " ":
        end += 1
    if end < len(line):
        if line[end - 1] != " ":
            return None
        if start:
            start += 1
            if line[start - 1] != " ":
                return None
    for edge in (start, end):
        if 0 < edge < len(line) and combining(line[edge]):
            return None
    return (start, end) if start < end else None


def rebuild(text: str, removed: Iterable[RemovedSpan]) -> list[str]:
    """The lines of N(raw), from clean text and what was removed.

    Args:
        text: clean text, as ``CleanedText.text``.
        removed: every span that was taken out, in any order.

    A line of which a part stays is told from one that is gone by its spans: they are gone whole where the spans join
    from the line's beginning on and do not end with a blank (a span that opens a line takes the blank after it).
    """
    kept = iter(text.split("\n") if text else ())
    lines: list[str] = []
    for number, group in groupby(sorted(removed, key=lambda span: (span.line, span.start)), key=lambda span: span.line):
        lines.extend(next(kept) for _ in range(number - len(lines)))
        spans = list(group)
        lines.append("".join(span.text for span in spans) if _is_whole(spans) else _filled(next(kept), spans))
    lines.extend(kept)
    return lines


def _is_whole(spans: list[RemovedSpan]) -> bool:
    reached = 0
    for span in spans:
        if span.start != reached:
            return False
        reached = span.end
    return not spans[-1].text.endswith(" ")


def _filled(rest: str, spans: list[RemovedSpan]) -> str:
    for span in spans:
        rest = rest[: span.start] + span.text + rest[span.start :]
    return rest


def visible(text: str) -> bool:
    """Whether there is anything to see in ``text``."""
    return bool(text.strip(_INVISIBLE))
