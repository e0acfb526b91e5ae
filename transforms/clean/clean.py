"""Plain text without any HTML, cleaned by rules that read: ``clean_text``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from transforms.clean import whole_page
from transforms.clean.dateline import find_dateline
from transforms.clean.decide import Evidence, decide
from transforms.clean.gather import gather
from transforms.clean.lines import Line
from transforms.clean.page_features import layout_of
from transforms.clean.repeated import Known, Pattern, has_known, is_quotation, judge
from transforms.clean.rules import Hit
from transforms.clean.text import split_lines, visible
from transforms.fields.authors import looks_like_name
from transforms.fields.titles import tidy_title
from transforms.model import CleanedText, RemovedSpan

KINDS = (
    "advert",
    "boilerplate",
    "byline",
    "caption",
    "comments",
    "consent",
    "credit",
    "date-line",
    "legal",
    "navigation",
    "newsletter",
    "paywall",
    "player",
    "reading-time",
    "related",
    "repeated",
    "share",
    "sign-off",
    "source",
    "ticker",
    "title",
)
WHOLE_PAGE = ("auto", "always", "never")
# Rules this sure may together take a whole document; others may not.
EVIDENT = 0.95
# Lines looked at for a dateline: prose, from the top.
DATELINES = 2
# Each round takes what the rounds before laid bare; news needs two or three.
MOST_ROUNDS = 64


@dataclass(frozen=True)
class CleanOptions:
    """How text is cleaned."""

    keep: tuple[str, ...] = field(
        default=(), metadata={"help": "kinds of noise that stay in the text and feed no field, such as caption"}
    )
    min_score: float = field(default=0.8, metadata={"help": "how sure a rule must be to take a line, 0 to 1"})
    whole_page: Literal["auto", "always", "never"] = field(
        default="auto",
        metadata={
            "help": "when the trained classifier looks for the story among menus and the like: auto is on texts "
            "that have the shape of a whole page, as those of WET files"
        },
    )

    profile: str = field(
        default="",
        metadata={"help": "file of `newsloom learn`: lines that a document's source repeats at its edges go, too"},
    )
    learn: bool = field(
        default=False,
        metadata={
            "help": "learn that profile from the run's own inputs first; later runs into the same output go by it, "
            "until input.reprocess learns anew"
        },
    )

    def __post_init__(self) -> None:
        unknown = sorted(set(self.keep) - set(KINDS))
        if unknown:
            raise ValueError(f"clean.keep has {unknown}; allowed are {list(KINDS)}")
        if not 0 <= self.min_score <= 1:
            raise ValueError(f"clean.min_score is {self.min_score}; allowed is 0 to 1")
        if self.whole_page not in WHOLE_PAGE:
            raise ValueError(f"clean.whole_page is {self.whole_page!r}; allowed are {list(WHOLE_PAGE)}")
        if self.learn and self.profile:
            raise ValueError("clean.learn and clean.profile are both set; allowed is one of them")


def clean_text(
    text: str, *, title: str | None = None, options: CleanOptions = CleanOptions(), known: Known | None = None
) -> CleanedText:
    """News text without its noise, what was taken, and what that said of the document.

    Args:
        text: plain text with its line breaks; blank lines, where it has any, are evidence.
        title: the record's own title, if known: lines at the top that repeat it go.
        options: what to take.
        known: what a profile says of the document's source; lines that it repeats go with those that the rules take.

    The text is looked at in rounds until nothing more goes, the rounds after the first as if it had never had blank
    lines; so cleaning clean text changes nothing.  If all would go, with the blank lines and without, and not every
    rule was sure of it, all stays.
    """
    rows, after_blank = split_lines(text)
    given = _Given(text, rows, after_blank, title, options, Evidence())
    if not known or "repeated" in options.keep or not has_known(rows, known):
        cleaned = _clean(given, {})
        return cleaned or CleanedText("\n".join(rows))
    repeated = _surely_repeated(given, known)
    cleaned = _clean(given, repeated)
    if repeated and (cleaned is None or not cleaned.text):
        repeated, cleaned = {}, _clean(given, {})
    while cleaned is not None:
        more = _repeated(rows, cleaned, known)
        if more.keys() <= repeated.keys():
            break
        repeated |= more
        again = _clean(given, repeated)
        if again is None or not again.text:  # what a house repeats may be all that a document says
            break
        cleaned = again
    return cleaned or CleanedText("\n".join(rows))


class _Given(NamedTuple):
    """What a document is cleaned by.

    Attributes:
        text: as it came.
        rows: the lines of N(raw).
        after_blank: the numbers of those that followed a blank line.
        title: the record's own.
        options: what to take.
        evidence: what was found out of lines so far.
    """

    text: str
    rows: list[str]
    after_blank: frozenset[int]
    title: str | None
    options: CleanOptions
    evidence: Evidence


def _clean(given: _Given, repeated: dict[int, Hit]) -> CleanedText | None:
    """What the rules make of a text from which some lines go anyway; None where all would go, and must not."""
    for layout in (True, False) if given.after_blank else (False,):
        rest, removed, found = _in_rounds(given, repeated, layout)
        if rest or not any(span.score < EVIDENT or span.kind == "boilerplate" for span in removed):
            fields = gather([*found, *_dateline(rest)], given.rows)
            return CleanedText("\n".join([line.text for line in rest]), tuple(removed), fields)
    return None


# Titles by their form alone: what the source repeats is none.
_TITLES_BY_FORM = frozenset(["title/top-line", "whole-page/title"])


def _surely_repeated(given: _Given, known: Known) -> dict[int, Hit]:
    """Hits on lines that the source repeats and that no rule could have a say on: names and particulars feed fields."""
    lines = [_line(number, row, False) for number, row in enumerate(given.rows)]
    found = judge(lines, known, titled=given.title is not None)
    if not found:
        return {}
    given.evidence.fill(lines)
    return {
        index: _repeated_hit(lines[index], pattern)
        for index, pattern in found.items()
        if not (lines[index].hits or given.evidence.row(lines[index]) or _may_be_read(lines[index].text))
    }


def _may_be_read(text: str) -> bool:
    """Whether a line may be names or a quotation, which the rules tell by where they stand."""
    return is_quotation(text) or any(looks_like_name(part.strip()) for part in _NAME_ENDS.split(text))


_NAME_ENDS = re.compile(r"[|,،、/·•()–—-]| (?=\W)")


def _repeated_hit(line: Line, pattern: Pattern) -> Hit:
    return Hit(pattern.rule, "repeated", "any", 0, len(line.text), pattern.share)


def _repeated(rows: list[str], cleaned: CleanedText, known: Known) -> dict[int, Hit]:
    """Hits on the lines, by number, that the rules left or took for a title, and that the source repeats."""
    taken: dict[int, int] = {}  # characters of each line
    for span in cleaned.removed:
        if span.rule not in _TITLES_BY_FORM:
            taken[span.line] = taken.get(span.line, 0) + span.end - span.start
    gone = {number for number, characters in taken.items() if characters >= len(rows[number])}
    titled = any(span.kind == "title" and span.line in gone for span in cleaned.removed)
    lines = [_line(number, row, False) for number, row in enumerate(rows) if number not in gone]
    return {
        lines[index].number: _repeated_hit(lines[index], pattern)
        for index, pattern in judge(lines, known, titled=titled).items()
        if lines[index].number not in taken  # of those that were cut the rules have had their part
    }


def _in_rounds(
    given: _Given, repeated: dict[int, Hit], layout: bool
) -> tuple[list[Line], list[RemovedSpan], list[Any]]:
    """The lines that stay, the spans that go and what they say, in the order of the text.

    ``layout`` tells whether the blank lines count in the first round.
    """
    options = given.options
    after_blank = given.after_blank if layout else frozenset()
    rest = [_line(number, row, number in after_blank) for number, row in enumerate(given.rows)]
    removed: list[RemovedSpan] = []
    found: list[tuple[int, Any]] = []
    given.evidence.forget()
    for _ in range(MOST_ROUNDS):
        if _has_boilerplate(rest, options):
            page = whole_page.choose_lines(rest, layout_of(given.text, given.rows, after_blank) if layout else None)
        else:
            page = None
        near = rest if page is None else [line for line, near in zip(rest, page.near, strict=True) if near]
        taken = _among(repeated, near)
        taken = _wanted(decide(near, given.evidence, layout=layout, title=given.title, taken=taken), options)
        if page is not None:
            taken = _with_boilerplate(rest, taken, page)
            # What the source repeats goes wherever it stands, and is no title.
            taken |= _among(repeated, rest)
        if not taken and not layout:
            break
        rest = _without(rest, taken, removed, found)
        layout = False
    removed.sort(key=lambda span: (span.line, span.start))
    found.sort(key=lambda pair: pair[0])
    return rest, removed, [pair for _, pair in found]


def _among(repeated: dict[int, Hit], lines: list[Line]) -> dict[int, Hit]:
    """The hits on lines by number, by index into ``lines``."""
    if not repeated:
        return {}
    return {index: repeated[line.number] for index, line in enumerate(lines) if line.number in repeated}


def _has_boilerplate(lines: list[Line], options: CleanOptions) -> bool:
    if options.whole_page == "never" or "boilerplate" in options.keep:
        return False
    return bool(lines) and (options.whole_page == "always" or whole_page.is_whole_page(lines))


def _with_boilerplate(lines: list[Line], taken: dict[int, Hit], page: whole_page.Chosen) -> dict[int, Hit]:
    """The hits on lines near the story, by their place on the page, and one on each line that is not the story's."""
    hits: dict[int, Hit] = {}
    place = 0
    for index, line in enumerate(lines):
        hit = None
        if page.near[index]:
            hit = taken.get(place)
            place += 1
        if page.keep[index] or (hit is not None and hit.end - hit.start == len(line.text)):
            if hit is not None:
                hits[index] = hit
            continue
        found = hit.found if hit is not None else ()
        hits[index] = Hit("whole-page", "boilerplate", "any", 0, len(line.text), page.score[index], found)
    _add_fields(lines, hits, page)
    return hits


def _add_fields(lines: list[Line], hits: dict[int, Hit], page: whole_page.Chosen) -> None:
    """Title and date of the story, where the rules found none."""
    title = page.title
    if title is not None and not any(hit.kind == "title" for hit in hits.values()):
        text = lines[title].text
        found: tuple[tuple[str, Any], ...] = (("title", tidy_title(text) or text),)
        hits[title] = Hit("whole-page/title", "title", "any", 0, len(text), 0.8, found)
    if not any(name == "published" for hit in hits.values() for name, _ in hit.found):
        date = whole_page.date_beside(lines, page)
        if date is not None and date[0] in hits:
            hits[date[0]] = hits[date[0]]._replace(found=hits[date[0]].found + date[1])


def _line(number: int, text: str, after_blank: bool) -> Line:
    line = Line(number, text, after_blank)
    line.look()
    return line


def _wanted(taken: dict[int, Hit], options: CleanOptions) -> dict[int, Hit]:
    return {
        index: hit
        for index, hit in taken.items()
        if (hit.score >= options.min_score or hit.kind == "repeated") and hit.kind not in options.keep
    }


def _without(
    lines: list[Line], taken: dict[int, Hit], removed: list[RemovedSpan], found: list[tuple[int, Any]]
) -> list[Line]:
    """The lines that stay, what went being written down."""
    rest = []
    for index, line in enumerate(lines):
        line.after_blank = False
        hit = taken.get(index)
        if hit is None:
            rest.append(line)
            continue
        if hit.found:
            found.extend((line.number, pair) for pair in hit.found)
        start, end = hit.start, hit.end
        if end - start == len(line.text) and len(line.segments) < 2:
            first, last = line.segments[0] if line.segments else (0, len(line.text))
            removed.append(RemovedSpan(line.number, first, last, line.text, hit.kind, hit.rule, hit.score))
            continue
        if not visible(line.text[:start] + line.text[end:]):
            start, end = 0, len(line.text)
        _cut(line, start, end, hit, removed)
        if line.text:
            rest.append(line)
    return rest


def _cut(line: Line, start: int, end: int, hit: Hit, removed: list[RemovedSpan]) -> None:
    """Take ``start`` to ``end`` out of what is left of the line; written down in the places of N(raw)."""
    position = 0
    left: list[tuple[int, int]] = []
    for first, last in line.segments or ((0, len(line.text)),):
        low = max(start - position, 0)
        high = min(end - position, last - first)
        if low < high:
            text = line.text[position + low : position + high]
            removed.append(RemovedSpan(line.number, first + low, first + high, text, hit.kind, hit.rule, hit.score))
            left += [(a, b) for a, b in ((first, first + low), (first + high, last)) if a < b]
        else:
            left.append((first, last))
        position += last - first
    line.segments = left
    line.text = line.text[:start] + line.text[end:]
    if line.text:
        line.look()


def _dateline(lines: list[Line]) -> list[Any]:
    looked = 0
    for line in lines[:12]:
        if not line.prose:
            continue
        pairs = find_dateline(line.text)
        if pairs:
            return list(pairs)
        looked += 1
        if looked == DATELINES:
            break
    return []
