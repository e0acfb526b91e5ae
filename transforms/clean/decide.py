"""From evidence for each line to one decision a line, in view of where it stands."""

from __future__ import annotations

import re
from functools import cache

from transforms.clean import blocks, calls, credits, headblock, heads
from transforms.clean.evidence import LONGEST_PARTICULARS, TIME, Particulars, hits_of, particulars
from transforms.clean.lines import Line, key_of, keys
from transforms.clean.names import bare_names
from transforms.clean.rules import Hit, candidates_of
from transforms.fields.agencies import agencies, canonical_agency, canonical_credit

# How many lines that are neither prose nor noise may stand above a line of the top (section, title, deck, …).
MOST_ABOVE = 8
# A text with more lines than this is a whole page: its menus stand above the story, without limit.
PAGE = 60
# What a line of particulars has, if no agency's name: a year or date in figures, a bar at its end, a bar and a figure.
_FIGURE = re.compile(
    r"(?<!\d)(?:1[34]|19|20|25)\d\d|\d[./-]\d\d?[./-]\d|\d[:.h]\d\d(?!\d)|[०-९০-৯٠-٩۰-۹]{4}|[|｜·•]$|\d.*[|｜·•●▪–—-]|[|｜·•●▪–—-].*\d|年"
)
# So many lines of prose from above and below are asked for rules of the edges.  Two are the edge; the others may be so
# once noise that reads like prose is gone.
EDGE_PROSE = 3
# Published and modified in one line may have the size of a sentence.
_TWO_YEARS = re.compile(r"(?<!\d)20\d\d\b.*\s[/|·•–-]\s.*(?<!\d)20\d\d\b")


class Evidence:
    """The evidence for the lines of one document, each line looked at once."""

    def __init__(self) -> None:
        # Of lines at the edges, and within.
        self.hits: tuple[dict[str, list[Hit]], dict[str, list[Hit]]] = {}, {}
        self.rows: dict[str, Particulars | None] = {}
        self.forget()

    def forget(self) -> None:
        """Begin anew with the lines: no round has found anything."""
        # Whether an earlier round found the title, and the authors.
        self.titled = False
        self.authors: tuple[str, ...] = ()

    def fill(self, lines: list[Line]) -> None:
        """Give each line its hits."""
        prose = [index for index, line in enumerate(lines) if line.prose]
        inner = prose[EDGE_PROSE:-EDGE_PROSE]
        first, last = (inner[0], inner[-1]) if inner else (0, -1)
        new = []
        for index, line in enumerate(lines):
            within = line.prose and first <= index <= last
            if line.hits is None or line.inner != within:
                line.inner = within
                line.hits = self.hits[within].get(line.text)
                if line.hits is None:
                    new.append(line)
        for line, candidates in zip(new, candidates_of(new), strict=True):
            line.hits = self.hits[line.inner][line.text] = hits_of(line, candidates)

    def row(self, line: Line) -> Particulars | None:
        if line.text not in self.rows:
            self.rows[line.text] = particulars(line.text) if _may_be_row(line) else None
        return self.rows[line.text]


def _may_be_row(line: Line) -> bool:
    if line.size > LONGEST_PARTICULARS or (line.prose and (line.size > 100 or not _TWO_YEARS.search(line.text))):
        return False
    return _FIGURE.search(line.text) is not None or not _agency_words().isdisjoint(line.words or keys(line))


@cache
def _agency_words() -> frozenset[str]:
    """Words that open the agencies' names, articles apart: a line without any names none (unspaced scripts apart)."""
    names = [name for agency in agencies() for name in (agency.name, *agency.names, *agency.short)]
    articles = credits.articles()
    return frozenset(key_of(name, opens=key_of(name, opens=True) not in articles) for name in names)


def decide(
    lines: list[Line],
    evidence: Evidence,
    *,
    layout: bool,
    title: str | None = None,
    taken: dict[int, Hit] | None = None,
) -> dict[int, Hit]:
    """The hits that take lines (or spans of them), by index into ``lines``.

    Args:
        lines: what stands of the document.
        evidence: the evidence for its lines, filled as needed.
        layout: whether ``lines`` know of the blank lines in the raw text.
        title: the record's own title.
        taken: lines that go anyway.
    """
    taken = dict(taken or {})
    evidence.fill(lines)
    if title:
        heads.take_known_title(lines, taken, title)
    top = _take_top(lines, taken, evidence)
    foot = _take_foot(lines, taken, evidence)
    for index, line in enumerate(lines):
        if line.hits and index not in taken:
            hit = _best(line, _ANYWHERE)
            if hit:
                taken[index] = hit
    spans = {index: hit for index, hit in taken.items() if hit.end - hit.start < len(lines[index].text)}
    for index in spans:
        del taken[index]
    blocks.take_tickers(lines, taken)
    _take_beside(lines, taken, top, foot)
    heads.take_bare_names(lines, taken, top, foot, titled=title is not None)
    _take_beside(lines, taken, top, foot)
    blocks.take_alternative_texts(lines, taken, layout)
    blocks.take_hidden_captions(lines, taken)
    blocks.take_link_lists(lines, taken, layout)
    heads.take_menu(lines, taken)
    if not (taken or spans):
        heads.take_last_words(lines, taken)
    noisy = bool(taken or spans)
    # Below the title amid noise that is left stands a deck; without noise it must be as in clean text.
    titled = title is not None or (evidence.titled and noisy)
    if not titled:
        heads.take_title(lines, taken, layout, noisy=noisy)
    headblock.take_head(lines, taken, titled=titled)
    _remember(evidence, taken)
    calls.take_calls(lines, taken)
    heads.take_bios(lines, taken, evidence.authors)
    _take_beside(lines, taken, top, foot)
    blocks.take_leftovers(lines, taken, top)
    if not evidence.authors:
        headblock.name_authors(lines, taken)
    for index, hit in taken.items():
        if hit.rule == "byline/ja-brackets" and not headblock.may_be_person(lines[index].text.strip(_BRACKETS), lines):
            taken[index] = hit._replace(found=())
    for index, hit in spans.items():
        taken.setdefault(index, hit)
    return taken


_BRACKETS = "【】（）［］"


def _remember(evidence: Evidence, taken: dict[int, Hit]) -> None:
    """Keep for the rounds that follow whether there is a title, and who the authors are."""
    evidence.titled = evidence.titled or any(hit.kind == "title" for hit in taken.values())
    names = [value for hit in taken.values() for name, value in hit.found if name == "authors"]
    evidence.authors = (*evidence.authors, *names)


_ANYWHERE = ("any",)
_TOP = ("any", "top", "edge")
_HEAD = (*_TOP, "head")
_FOOT = ("any", "foot", "edge")
_TAIL = (*_FOOT, "tail")


def _best(line: Line, where: tuple[str, ...]) -> Hit | None:
    """The first hit (longest span, then surest) of those that count there."""
    for hit in line.hits or ():
        if not hit.beside and hit.where in where:
            return hit
    return None


def _take_top(lines: list[Line], taken: dict[int, Hit], evidence: Evidence) -> int:
    """Noise at the top, down to the second paragraph; returns the index where the top ends."""
    limit = len(lines) if len(lines) > PAGE else MOST_ABOVE
    prose = others = 0
    for index, line in enumerate(lines):
        if others > limit or (prose > 1 and not _goes_on(lines, index, prose, evidence)):
            return index
        if index in taken:
            continue
        hit = _best(line, _TOP if prose else _HEAD) or _row_hit(line, evidence, "top")
        if hit:
            if hit.rule == "credit/bare":
                hit = _as_byline(lines, index, evidence, taken) or hit
            taken[index] = hit
            if hit.end - hit.start == len(line.text):
                continue
        prose += line.prose
        others += not line.prose
    return len(lines)


def _goes_on(lines: list[Line], index: int, prose: int, evidence: Evidence) -> bool:
    """Whether the head goes on below what reads like two paragraphs, a deck and a note: to a date with its year."""
    if prose > MOST_DECKS or lines[0].prose or any(line.size > headblock.LONGEST_DECK for line in lines[:index]):
        return False
    for place in range(index, min(index + 2, len(lines))):
        row = None if lines[place].prose else evidence.row(lines[place])
        if row is not None and row.found and "date-line" in row.kinds:
            return True
    return False


def _names_authors(hit: Hit) -> bool:
    return hit.kind == "byline" and any(name == "authors" for name, _ in hit.found)


# Deck, note on the author and caption.
MOST_DECKS = 3


def _as_byline(lines: list[Line], index: int, evidence: Evidence, taken: dict[int, Hit]) -> Hit | None:
    """``Anna Sample/AFP`` beside a date is a byline, and a picture's credit elsewhere."""
    text = lines[index].text
    found = bare_names(text)
    if not found or found[0][0] != "authors":
        # ISNA/Golestan: the agency and its office
        first, _, office = text.partition("/")
        agency = None if not office or " " in office or canonical_credit(office) else canonical_agency(first)
        if agency is None:
            return None
        found = (("agencies", agency),)
    if found[0][0] == "authors" and any(_names_authors(hit) for hit in taken.values()):
        # The author is named above.
        return None
    for place in (index - 1, index + 1):
        row = evidence.row(lines[place]) if 0 <= place < len(lines) else None
        if row is not None and "date-line" in row.kinds:
            return Hit("byline/bare-name", "byline", "top", 0, len(text), 0.85, found)
    return None


def _take_foot(lines: list[Line], taken: dict[int, Hit], evidence: Evidence) -> int:
    """Noise at the foot, up to the last paragraph but one; returns the index where the foot begins."""
    limit = len(lines) if len(lines) > PAGE else MOST_ABOVE
    prose = others = 0
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if prose > 1 or others > limit:
            return index + 1
        hit = taken.get(index)
        if hit is None:
            hit = _best(line, _FOOT if prose else _TAIL)
            if hit is None and not prose:
                hit = _desk_hit(line, lines, others, taken) or _second_line(lines, index)
                if hit is None:
                    hit = _row_hit(line, evidence, "foot")
                    if hit is not None and _in_listing(lines, index, evidence):
                        hit = None
            if hit is None:
                prose += line.prose
                others += not line.prose
                continue
            taken[index] = hit
        if hit.end - hit.start < len(line.text):
            prose += line.prose
    return 0


def _desk_hit(line: Line, lines: list[Line], others: int, taken: dict[int, Hit]) -> Hit | None:
    """A desk's sign-off, in the style of an agency of ``agencies.yaml``: the last line, or nearly."""
    if others > 2 or len(line.text) > 300 or not any(other.prose for other in lines):
        return None
    initials = credits.INITIALS.fullmatch(line.text)
    desks = initials or _DESK_AND_AGENCIES.fullmatch(line.text)
    names = credits.only_agencies(line.text, desks=True) if desks else None
    if not names:
        text = "\n".join(other.text for other in lines) if credits.are_initials(line.text) else ""
        names = credits.signed_by(line.text, text)
        if initials and names and names[0] not in text and _are_of_author(line.text, taken):
            names = ()
    bracketed = _INITIALS_AND_AGENCIES.fullmatch(line.text)
    if names is None and bracketed:
        names = credits.only_agencies(bracketed[1], desks=line.text[0] == "(") or None
    by_words = _AGENCY_AND_INITIALS.fullmatch(line.text)
    if names is None and by_words and (name := canonical_agency(by_words[1])):
        names = (name,)
    if names is None:
        return None
    found = tuple(("agencies", name) for name in names)
    return Hit("sign-off/desk", "sign-off", "tail", 0, len(line.text), 0.95, found)


# abc/dpa/Reuters
_DESK_AND_AGENCIES = re.compile(r"[a-zäöü]{2,4}(?:/[\w-]{2,10}){1,4}")


def _are_of_author(initials: str, taken: dict[int, Hit]) -> bool:
    """Whether initials begin with those of an author named above: a paper's own people sign so (``asa/bte``)."""
    first = initials.split("/")[0]
    names = [name.casefold().split() for hit in taken.values() for field, name in hit.found if field == "authors"]
    return any(len(name) > 1 and (name[0][0] + name[-1]).startswith(first) for name in names)


def _in_listing(lines: list[Line], index: int, evidence: Evidence) -> bool:
    """Whether a line is one of several dated rows, as of a calendar: those are the text's own."""
    run = 0
    for place in range(max(index - LISTING + 1, 0), min(index + LISTING, len(lines))):
        row = evidence.row(lines[place])
        run = run + 1 if row is not None and "date-line" in row.kinds else 0
        if run == LISTING:
            return True
    return False


# Below a story stand its date and the time of its update; more dates are a list.
LISTING = 4

# abc/de (afp, dpa); (dpa, abc)
_INITIALS_AND_AGENCIES = re.compile(r"(?:[a-zA-Z]{2,4}(?:/[a-zA-Z]{2,4}){0,3}\s?)?\(([^()]{2,40})\)")
# epd abc de
_AGENCY_AND_INITIALS = re.compile(r"(\w{2,12})(?: [a-z]{2,4}){1,4}")


def _second_line(lines: list[Line], index: int) -> Hit | None:
    """Initials and names of editors that go on below the line with which an agency signs."""
    text = lines[index].text
    if index == 0 or not _EDITORS.fullmatch(text) or not credits.signed_by(lines[index - 1].text, ""):
        return None
    return Hit("sign-off/second-line", "sign-off", "tail", 0, len(text), 0.9)


_EDITORS = re.compile(r"[\u0900-\u0dff]{2,12}(?: [\u0900-\u0dff]{2,12}){0,2}|[a-z]{2,4}(?:[/-][a-z]{2,4}){0,3}")


def _row_hit(line: Line, evidence: Evidence, where: str) -> Hit | None:
    """A line of particulars: a date, a name behind a bar, an agency alone, or several of them in a row."""
    row = evidence.row(line)
    if row is None:
        return None
    kinds = set(row.kinds)
    if line.text[0] in "|｜—–" and not (where == "top" and kinds == {"date-line"}):
        # Rows of tables, and the authors of quoted posts.
        return None
    if kinds <= {"name", "place"} and not (where == "top" and "name" in kinds and line.text[-1] in "|｜·•"):
        return None
    if "rest" in kinds and (line.size > 60 or where == "foot"):
        return None
    if TIME in kinds and where == "foot":
        return None
    kind = next((kind for kind in row.kinds if kind not in ("place", "name", TIME)), "byline")
    return Hit("row/particulars", kind, where, 0, len(line.text), 0.93, row.found)


def _take_beside(lines: list[Line], taken: dict[int, Hit], top: int, foot: int) -> None:
    """Lines that count only beside others of some kinds: roles and addresses under a byline, times under a date."""
    places = [*range(min(top, len(lines))), *range(max(top, foot), len(lines))]
    for index in places:
        if index in taken:
            continue
        for hit in lines[index].hits or ():
            if (
                hit.beside
                and (_is_kind(taken, index - 1, hit.beside) or _is_kind(taken, index + 1, hit.beside))
                and not (hit.where == "head" and _below_prose(lines, taken, index))
                and not blocks.names_speaker(lines, index)
            ):
                taken[index] = hit
                break


def _below_prose(lines: list[Line], taken: dict[int, Hit], index: int) -> bool:
    return any(line.prose and place not in taken for place, line in enumerate(lines[:index]))


def _is_kind(taken: dict[int, Hit], index: int, kinds: tuple[str, ...]) -> bool:
    return index in taken and taken[index].kind in kinds
