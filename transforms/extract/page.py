"""From a page's characters to its element tree: limits, illegal characters, nesting."""

from __future__ import annotations

import re
from functools import lru_cache

import ftfy
from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction

from transforms.extract.options import ExtractOptions
from transforms.model import Rejection

# Python's and trafilatura's recursion end long before the parser does: nesting beyond this is flattened.
_FLATTEN_BEYOND = 200

# A tag shorter than this many characters cannot hold enough attributes to matter.
_LONG_TAG = 4_000
_TAG = re.compile(rb"<[A-Za-z][^\s>/]*+((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)")
# "<" in a script is no tag; a tag that looks like a script is still refused before it takes seconds to parse.
_CODE = re.compile(rb"[(){};]")
_MOST_WORDS = 20_000
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")

# Control characters are no text in HTML, and lxml refuses to write them back.
_CONTROL = bytes((*range(9), 11, 12, *range(14, 32), 127))
# References to the same, to surrogates and noncharacters, and to 128-159, which HTML reads as Windows-1252 (WHATWG,
# "numeric character reference end state").
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:0*([0-8]|1[124-9]|2[0-9]|3[01]|12[7-9]|1[345][0-9]|6553[45]"
    r"|5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]))(?![0-9])"
    r"|[xX]0*([0-8bBcCeEfF]|1[0-9a-fA-F]|7[fF]|[89][0-9a-fA-F]|[fF]{3}[eEfF]|[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"(?![0-9a-fA-F]));?"
)
# The controls between 128 and 159 stand in UTF-8 that was read as Latin-1 or Windows-1252 and saved as UTF-8 again; the
# parser would take them out, and what is left cannot be mended.
_UPPER_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
_MOJIBAKE_WITH_CONTROL = re.compile(
    "[\u00c2-\u00f4](?=[\u0080-\u00bf\u0152-\u2122]{0,2}[\u0080-\u009f])[\u0080-\u00bf\u0152-\u2122]{1,3}"
)
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")
_XML_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*>")

_IS_DEEP = etree.XPath("boolean(" + "/*" * _FLATTEN_BEYOND + "/*)")
_DEEP = etree.XPath("/*" * _FLATTEN_BEYOND)
# Blocks within blocks that are left when the wrappers are out.
_IS_STILL_DEEP = etree.XPath("boolean(" + "/*" * (_FLATTEN_BEYOND + 50) + ")")
# What may go from a deep part without joining two paragraphs.
_WRAPPERS = ("div", "span", "section", "article", "main", "center", "font", "b", "i", "em", "strong", "u", "a", "form")
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "blockquote", "br", "div", "section", "td", "dd", "dt")


def _new_parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    # lxml.html's own lookup calls Python for each element; this one does not (0.1 of parse and walk).
    parser.set_element_class_lookup(
        etree.ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser


def parse_page(html: str, options: ExtractOptions) -> HtmlElement:
    """Parse a decoded page into its element tree, every character of text in it.

    Raises:
        Rejection: ``extract/limit`` for a page over a limit, ``extract/empty`` where no element is found.
    """
    if len(html) > options.max_bytes:
        raise Rejection("extract/limit", f"{len(html)} characters; extract.max_bytes is {options.max_bytes}")
    page = mend_references(html).encode("utf-8", "replace").translate(None, _CONTROL)
    if _UPPER_CONTROL.search(page):
        page = _MOJIBAKE_WITH_CONTROL.sub(_mend_sequence, page.decode()).encode()
    if b"\xef\xbf" in page:
        page = _NONCHARACTERS.sub(b"", page)
    _check_attributes(page, options.max_attributes)
    try:
        tree = etree.fromstring(_XML_DECLARATION.sub(b"", page, count=1), _new_parser())
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        tree = None
    if tree is None or len(tree) == 0:
        raise Rejection("extract/empty", "no element in the page")
    tags = int(_COUNT(tree))
    if tags > options.max_tags:
        raise Rejection("extract/limit", f"{tags} elements; extract.max_tags is {options.max_tags}")
    if _IS_DEEP(tree):
        _flatten(tree, options.max_depth)
    return tree


_COUNT = etree.XPath("count(//*)")


def mend_references(html: str) -> str:
    """Take references to control characters out; read those to 128-159 as browsers do, in Windows-1252."""

    def mend(match: re.Match[str]) -> str:
        code = int(match[1]) if match[1] else int(match[2], 16)
        return bytes([code]).decode("cp1252", "ignore") if 128 <= code < 160 else ""

    return _ILLEGAL_REFERENCE.sub(mend, html) if "&#" in html else html


def _mend_sequence(found: re.Match[str]) -> str:
    return _meant(found[0])


@lru_cache(maxsize=10_000)
def _meant(sequence: str) -> str:
    return ftfy.fix_encoding(sequence)


def _check_attributes(page: bytes, most: int) -> None:
    """Refuse a tag with too many attributes before the parser sees it: it takes the square of their number."""
    start = 0
    while start + _LONG_TAG < len(page):
        # From one "<" to the last one in reach: looks at few bytes of an ordinary page.
        step = page.rfind(b"<", start + 1, start + _LONG_TAG)
        if step < 0:
            tag = _TAG.match(page, start)
            if tag and len(tag[1]) > _LONG_TAG // 2:
                unquoted = _QUOTED.sub(b"", tag[1])
                attributes = len(unquoted.split())
                if attributes > (_MOST_WORDS if _CODE.search(unquoted) else most):
                    raise Rejection(
                        "extract/limit", f"a tag with {attributes} attributes; extract.max_attributes is {most}"
                    )
            step = page.find(b"<", start + _LONG_TAG)
            if step < 0:
                return
        start = step


def _flatten(tree: HtmlElement, max_depth: int) -> None:
    """Take wrappers out below a depth, so that later steps can walk the tree; their text stays, a block to a line."""
    depth = _depth(tree)
    if depth > max_depth:
        raise Rejection("extract/limit", f"elements nested {depth} deep or more; extract.max_depth is {max_depth}")
    for top in _DEEP(tree):
        for block in top.iterdescendants(*_BLOCKS):
            block.text, block.tail = f"\n{block.text or ''}", f"\n{block.tail or ''}"
        etree.strip_tags(top, *_WRAPPERS)
    if _IS_STILL_DEEP(tree):
        for top in _DEEP(tree):
            etree.strip_tags(top, "*")


def _depth(tree: HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
