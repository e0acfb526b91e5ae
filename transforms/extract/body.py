"""The main text of a page: trafilatura's steps in its precision mode, and its other modes where that finds little.

The steps and their order are trafilatura's (``core.trafilatura_sequence`` with ``fast`` and ``favor_precision``);
its functions do the work on elements.  What is done here in its place is the search by class and id, which takes
half of its time (see :mod:`transforms.extract.marks`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.core import trafilatura_sequence
from trafilatura.htmlprocessing import convert_tags, delete_by_link_density, link_density_test_tables, tree_cleaning
from trafilatura.main_extractor import handle_textelem
from trafilatura.settings import TAG_CATALOG
from trafilatura.settings import Extractor as Settings
from trafilatura.xml import delete_element, xmltotxt

from transforms.extract.marks import BIT, frame_marks, story_marks

_NO_TEXT = (
    "script", "style", "svg", "noscript", "iframe", "template", "link", "meta", "canvas", "video", "audio", "object",
    "embed", "button", "select", "textarea", "head",
)  # fmt: skip
_PRECISE = Settings(comments=False, output_format="python", fast=True, precision=True)
_FAST = Settings(comments=False, output_format="python", fast=True)

# Rule B of the study: the precise text is kept where it is long, in itself and beside the page's paragraphs.
_SHORT = 600
_SHARE_OF_WIDER = 0.5

# As trafilatura writes tables: cells between bars, bars within them escaped, dashes under the heading.
_CELL_END = re.compile(r"(?<!\\)\|")
_TABLE_RULE = re.compile("-{3,}")
_NO_LETTERS = re.compile(r"[\W_]+")
_TITLE_WITHIN = 4
_SAME_START = 60
_SHORTEST_STANDFIRST = 30
_LONGEST_STANDFIRST = 700
_SAME_WORDS = 8
_LONGEST_PLACE = 30
_NO_STANDFIRST = ("figure", "figcaption", "nav", "aside", "footer", "a", "li")
_TEXTS_STARTING = etree.XPath("//text()[starts-with(normalize-space(.), $start)]")
_STANDFIRST_TAGS = ("p", "div", "h2", "h3", "h4", "section", "header")

_OUTWEIGHED = 3.0
_SENTENCE = 80
_LONGEST_DATUM = 600

_FRAMES = frozenset(("article", "div", "main", "section"))
_CONTAINERS = BIT["container-1"] | BIT["container-3"] | BIT["container-4"] | BIT["container-5"]
_MARKED_FOR_JUNK = frozenset(("div", "item", "list", "p", "section", "span"))
_TAGS = frozenset((*TAG_CATALOG, "table", "td", "th", "tr"))
_WILD = ("code", "p", "quote", "table")


def main_text(
    tree: HtmlElement, again: Callable[[], HtmlElement], titles: Sequence[str] = (), descriptions: Sequence[str] = ()
) -> str:
    """The main text, a line for each paragraph, subhead, list item and table row.

    Args:
        tree: the page; taken apart.
        again: gives the page's tree once more, where another mode is tried.
        titles: what the page gives as its title; left out where the text begins with it.
        descriptions: what the page gives as its description; where it stands on the page as a standfirst, it is
            the text's first line.
    """
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    standfirst = _standfirst(tree, descriptions)
    lines = _without_title(_best_text(tree, again).split("\n"), titles)
    if standfirst:
        letters, text = _letters(standfirst), _letters(" ".join(lines))
        if letters[:_SAME_START] not in text or letters[-_SAME_START:] not in text:
            lines.insert(0, standfirst)
    return "\n".join(lines)


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()


def _without_title(lines: list[str], titles: Sequence[str]) -> list[str]:
    """The lines without a repeated title among the first of them."""
    known = {_letters(title) for title in titles if title}
    head = [line for line in lines[:_TITLE_WITHIN] if _letters(line) not in known]
    return head + lines[_TITLE_WITHIN:]


def _standfirst(tree: HtmlElement, descriptions: Sequence[str]) -> str | None:
    """The paragraph between title and text: what the page also gives as its description, else what is marked so."""
    wanted: dict[str, list[str]] = {}
    for description in descriptions:
        if len(description) >= _SHORTEST_STANDFIRST:
            wanted.setdefault(description[:_SAME_WORDS], []).append(_letters(description)[:_SAME_START])
    for start, wants in wanted.items():
        for found in _TEXTS_STARTING(tree, start=start):
            parent = found.getparent().getparent() if found.is_tail else found.getparent()
            block = parent if parent.tag in _STANDFIRST_TAGS else next(parent.iterancestors(*_STANDFIRST_TAGS), parent)
            text = " ".join(block.text_content().split())
            if len(text) > _LONGEST_STANDFIRST or not _may_stand(block):
                continue
            # A place may stand before it: "Lower Marrow. The bridge is …"
            letters = _letters(text)
            if any(-1 < letters.find(want) <= _LONGEST_PLACE for want in wants):
                return text
    return _marked_standfirst(tree)


def _may_stand(block: HtmlElement) -> bool:
    """Whether an element stands where a standfirst may: not in a caption, a list, a link or the page's margins."""
    return block.tag not in _NO_STANDFIRST and next(block.iterancestors(*_NO_STANDFIRST), None) is None


def _marked_standfirst(tree: HtmlElement) -> str | None:
    """What is marked as a standfirst beside the page's one heading."""
    headings = [h for h in tree.iter("h1") if h.text_content().strip()]
    if len(headings) != 1:
        return None
    for beside in itertools.islice(headings[0].iterancestors(), 2):
        if beside.tag in ("body", "html"):
            break
        after = False
        for block in beside.iterdescendants("h1", "p", "h2", "div", "span"):
            after = after or block is headings[0]
            if (
                after
                and story_marks(block) & BIT["standfirst"]
                and next(block.iter("h1", "img", "picture"), None) is None
            ):
                text = " ".join(block.text_content().split())
                if _SHORTEST_STANDFIRST <= len(text) <= _LONGEST_STANDFIRST and _may_stand(block):
                    return text
    return None


def _best_text(tree: HtmlElement, again: Callable[[], HtmlElement]) -> str:
    """The text of the mode that fits the page."""
    text = _precise(tree)
    if len(text) >= _SHORT:
        return text
    wider = _sequence(again(), _FAST)
    return wider if len(text) < _SHARE_OF_WIDER * len(wider) else text


def _sequence(tree: HtmlElement, settings: Settings) -> str:
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    return _lines(trafilatura_sequence(tree, settings)[0])


def _lines(body: etree._Element) -> str:
    lines = (_cells(line) if line.startswith("|") else line.strip() for line in xmltotxt(body, False).splitlines())
    return "\n".join(line for line in lines if line)


def _cells(row: str) -> str:
    """A table row as its cells that hold something, with a bar between two; the rule under a heading is nothing."""
    cells = [cell.replace("\\|", "|") for cell in map(str.strip, _CELL_END.split(row)) if cell]
    return "" if all(_TABLE_RULE.fullmatch(cell) for cell in cells) else " | ".join(cells)


def _precise(tree: HtmlElement) -> str:
    remove = BIT["comments"] | BIT["appended"]
    for element in [e for e in tree.iter("div", "section", "ul", "ol", "details", "aside") if frame_marks(e) & remove]:
        delete_element(element)
    _unfold_layout_tables(tree)
    tree_cleaning(tree, _PRECISE)
    convert_tags(tree, _PRECISE)
    result = etree.Element("body")
    for frame in _frames(tree):
        _fill(result, frame)
        if sum(1 for e in result if e.tag != "graphic") > 1:
            break
    if sum(map(len, result.itertext())) < _PRECISE.min_extracted_size:
        for head in [h for h in tree.iter("head") if h.getnext() is None or h.getnext().tag not in _WILD]:
            delete_element(head)
        _fill(result, tree, "head", "lb", *_WILD)
    etree.strip_elements(result, "done")
    etree.strip_tags(result, "div")
    return _lines(result)


def _unfold_layout_tables(tree: HtmlElement) -> None:
    """Make plain blocks of tables that hold parts of the page, not data: pages of the time before style sheets."""
    for table in list(tree.iter("table")):
        cells = table.iter("td")
        if table.find(".//table") is None and not any(
            len(cell.findall("p")) > 1 or len(cell.text_content()) > _LONGEST_DATUM for cell in cells
        ):
            continue
        for part in table.iterdescendants("tbody", "thead", "tfoot", "tr", "td", "th", "caption"):
            if next(part.iterancestors("table")) is table:
                part.tag = "div"
        table.tag = "div"


def _frames(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Where the story's text may be, best first."""
    first: dict[int, HtmlElement] = {}
    for element in tree.iter(*_FRAMES):
        marks = frame_marks(element) & _CONTAINERS
        tag = element.tag
        if element.get("itemprop") == "articleBody":
            first.setdefault(0, element)
        if marks:
            if marks & BIT["container-1"]:
                first.setdefault(0, element)
            if marks & BIT["container-3"]:
                first.setdefault(2, element)
            if marks & BIT["container-4"]:
                first.setdefault(3, element)
            if marks & BIT["container-5"] and tag != "main":
                first.setdefault(4, element)
        if tag == "article":
            first.setdefault(1, element)
        elif tag == "main":
            first.setdefault(4, element)
        role = element.get("role")
        if role == "article":
            first.setdefault(2, element)
        elif role == "main" and tag != "main":
            first.setdefault(4, element)
    for stage in sorted(first):
        yield _wide_enough(first[stage]) if stage == 0 else first[stage]


def _wide_enough(frame: HtmlElement) -> HtmlElement:
    """The frame, or the article around it where most of that one's paragraphs stand outside: live coverage, serials."""
    around = next(frame.iterancestors("article", "main"), None)
    if around is None:
        return frame
    inside, all_of_it = _prose(frame), _prose(around)
    return around if all_of_it > _OUTWEIGHED * max(inside, _SHORT) else frame


def _prose(element: HtmlElement) -> int:
    """Characters in the paragraphs of an element that are long enough to be sentences."""
    lengths = (len(p.text_content()) for p in element.iter("p"))
    return sum(length for length in lengths if length >= _SENTENCE)


def _fill(result: etree._Element, frame: HtmlElement, *only: str) -> None:
    """Append those elements of a frame that are text, as trafilatura writes them."""
    _prune(frame)
    if len(frame) == 0:
        return
    tags = set(_TAGS)
    if not _has_paragraphs(frame):
        tags.add("div")
    for element in list(frame.iterdescendants(only or "*")):
        if element.getroottree().getroot() is result:
            continue
        if only and element.tag == "lb" and not _is_bare_paragraph(element):
            continue
        processed = handle_textelem(element, tags, _PRECISE)
        if processed is not None:
            result.append(processed)
            element.tag = "done" if processed is not element else element.tag
    while len(result) > 0 and result[-1].tag in ("head", "ref"):
        delete_element(result[-1], keep_tail=False)


def _has_paragraphs(frame: HtmlElement) -> bool:
    """Whether enough of a frame's text is in paragraphs."""
    missing = _PRECISE.min_extracted_size
    for text in itertools.chain.from_iterable(p.itertext() for p in frame.iter("p")):
        missing -= len(text)
        if missing <= 0:
            return True
    return False


def _is_bare_paragraph(line_break: HtmlElement) -> bool:
    """Whether text behind a break or rule is a paragraph that lacks its tag, among others that have theirs."""
    parent = line_break.getparent()
    return len(line_break.tail or "") >= _SENTENCE and parent is not None and parent.find("p") is not None


def _prune(frame: HtmlElement) -> None:
    """Take what is not the story's text out of its frame."""
    surely, perhaps = [], []
    drop = BIT["caption"] | BIT["teaser"] | BIT["margin"]
    for element in frame.iterdescendants("*"):
        marks = story_marks(element)
        style = element.get("style") or ""
        if (
            marks & BIT["hidden"]
            or element.get("aria-hidden") == "true"
            or (style and ("hidden" in style or "display:none" in style or "display: none" in style))
        ):
            perhaps.append(element)
        elif element.tag in _MARKED_FOR_JUNK:
            if marks & BIT["junk"] or "nav" in (element.get("role") or "").lower():
                perhaps.append(element)
            elif marks & drop or "border" in style:
                surely.append(element)
        elif element.tag == "header":
            surely.append(element)
    _remove_unless_most(frame, perhaps)
    for element in surely:
        delete_element(element)
    for _ in range(2):
        for tag in ("div", "list", "p"):
            delete_by_link_density(frame, tag, backtracking=tag == "div", favor_precision=True)
    for table in [t for t in frame.iter("table") if link_density_test_tables(t)]:
        delete_element(table, keep_tail=False)
    while len(frame) > 0 and frame[-1].tag == "head":
        delete_element(frame[-1], keep_tail=False)
    for tag in ("head", "quote"):
        delete_by_link_density(frame, tag, favor_precision=True)
    etree.strip_tags(frame, "span", "ref")


def _remove_unless_most(frame: HtmlElement, elements: list[HtmlElement]) -> None:
    """Delete elements, unless that leaves less than a seventh of the text (trafilatura's guard)."""
    chosen = set(elements)
    outer = [e for e in elements if not any(a in chosen for a in e.iterancestors())]
    whole = len(frame.text_content())
    if whole - sum(len(e.text_content()) for e in outer) > whole / 7:
        for element in outer:
            delete_element(element)
