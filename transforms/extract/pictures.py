"""What a page says below its pictures, and whose they are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from transforms.extract.marks import BIT, story_marks
from transforms.extract.structured import named_pattern, text_of
from transforms.fields.agencies import find_agencies

_CREDIT_MARK = named_pattern("credit-mark")
_CREDIT_TAIL = named_pattern("credit-tail")
_MOST_CAPTIONS = 200
_LONGEST_CREDIT = 60
_LONGEST_CAPTION = 2_000
_LONGEST_MARK = 500
_CAPTION_TAGS = ("figcaption", "p", "div", "span", "small", "em")
# How far around what is marked as a caption its picture is looked for.
_LEVELS = 2
_NEAR = 8


def read_pictures(tree: HtmlElement) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(captions, credits) of a page's pictures, each once; what is known to be a credit is left out of the caption.

    A credit is given by the agencies that it names, as everywhere; as it stands where it names none.
    """
    captions: dict[str, None] = {}
    credits: dict[str, None] = {}
    for element in itertools.islice(_captions(tree), _MOST_CAPTIONS):
        caption, stated = _caption_and_credits(element)
        for credit in stated:
            credits.update(dict.fromkeys(find_agencies(credit, photo=True) or (credit,)))
        if not stated:
            credits.update(dict.fromkeys(find_agencies(caption[-_LONGEST_CREDIT:], photo=True)))
        if caption:
            captions[caption] = None
    return tuple(captions), tuple(credits)


def _captions(tree: HtmlElement) -> Iterator[HtmlElement]:
    """What is a caption or is marked as one and has a picture near it, the outermost element of each."""
    outer: HtmlElement | None = None
    for element in tree.iter(*_CAPTION_TAGS):
        if element.tag != "figcaption" and not (_is_marked(element) and _is_of_picture(element)):
            continue
        if outer is None or outer not in element.iterancestors():
            outer = element
            yield element


def _is_marked(element: HtmlElement) -> bool:
    marks = element.get("class")
    # A paragraph may be marked with other words too; to look at each block of a page for them takes long.
    return bool(marks) and ("aption" in marks or (element.tag == "p" and bool(story_marks(element) & BIT["caption"])))


def _is_of_picture(element: HtmlElement) -> bool:
    if next(element.iterancestors("figure"), None) is not None:
        return True
    around = itertools.islice(element.iterancestors(), _LEVELS)
    return any(part.tag in ("img", "picture") for e in around for part in itertools.islice(e.iter(), _NEAR))


def _caption_and_credits(element: HtmlElement) -> tuple[str, list[str]]:
    caption = text_of(element)[:_LONGEST_CAPTION]
    credits: list[str] = []
    for part in itertools.islice(element.iterdescendants("*"), _MOST_CAPTIONS):
        if _marks_credit(part.get("class") or part.get("itemprop") or ""):
            credit = text_of(part)
            if credit and credit in caption:
                caption = caption.replace(credit, " ", 1)
                credits.append(credit)
    tail = None if credits else _CREDIT_TAIL.search(caption, max(0, len(caption) - _LONGEST_CREDIT))
    if tail:
        caption = caption[: tail.start()]
        credits.append(tail[1].strip())
    return " ".join(caption.split()), credits


@lru_cache(maxsize=20_000)
def _marks_credit(value: str) -> bool:
    return bool(_CREDIT_MARK.search(value, 0, _LONGEST_MARK))
