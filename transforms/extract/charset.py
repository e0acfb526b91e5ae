"""The characters of a page that comes as bytes.

As browsers do it where they agree with each other: byte order mark, UTF-8 where the bytes are valid in it, what HTTP
or the page declares, and last the detector that plain text has too (:func:`transforms.read.charset.detect_charset`).
Unlike a file of text, a page with a stray byte is read all the same.
"""

from __future__ import annotations

import codecs
import re

from transforms.model import Rejection
from transforms.read.charset import detect_charset

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The declaration stands in the first kilobyte by the standard, in the first few in practice.
_HEAD_BYTES = 4_096
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE
)
# Names under which pages declare a smaller set than they use (WHATWG Encoding Standard, "labels").
_LARGER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Their bytes are all valid UTF-8, so these declarations go first.
_SEVEN_BIT = frozenset(("iso2022_jp", "iso2022_kr", "hz", "utf-7"))
_WIDE = ("utf-16", "utf-32")
_JAPANESE_ESCAPE = b"\x1b$"
_MARKUP = re.compile(rb"<script.*?</script>|<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_ASCII = re.compile(rb"[\x00-\x7f]+")
# A page with fewer bytes beyond ASCII than this is read whatever they are: signs of copyright and the like.
_FEW = 0.002


def decode_page(page: bytes, charset: str | None = None) -> tuple[str, str]:
    """A page's characters, and the name of the encoding that gave them.

    Args:
        page: the bytes as received.
        charset: what the container or HTTP declares.

    Raises:
        Rejection: ``bad-encoding`` where no encoding reads the bytes as text.
    """
    for mark, name in _MARKS:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace"), name
    declared = [name for name in (python_name(charset), python_name(_meta_charset(page))) if name]
    if page.isascii() and _JAPANESE_ESCAPE in page:
        declared.append("iso2022_jp")
    for name in declared:
        first = name in _SEVEN_BIT or name.startswith(_WIDE)
        if first and (text := _strict(page, name)) is not None:
            return text, name
    try:
        return page.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return page[: error.start].decode("utf-8"), "utf-8"
    if _nearly_utf8(page):
        return page.decode("utf-8", "replace"), "utf-8"
    return _legacy(page, declared)


def python_name(label: str | None) -> str | None:
    """Python's name for a declared encoding, widened as browsers do; None where there is none such."""
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name)


def _legacy(page: bytes, declared: list[str]) -> tuple[str, str]:
    """As the page declares, but for ISO-8859-1 and Windows-1252; else as detected."""
    for name in declared:
        if (text := _strict(page, name)) is None:
            continue
        if name == "cp1252":
            # What servers declare that were never told another; the bytes know better.
            detected = detect_charset(_MARKUP.sub(b" ", page))
            if detected and (other := _strict(page, detected)) is not None:
                return other, detected
        return text, name
    detected = detect_charset(_MARKUP.sub(b" ", page))
    if detected is None and _beyond_ascii(page) < _FEW * len(page):
        detected = "cp1252"
    if detected and (text := _strict(page, detected)) is not None:
        return text, detected
    raise Rejection("bad-encoding", f"declared {', '.join(declared) or 'nothing'}; no encoding reads the page")


def _meta_charset(page: bytes) -> str | None:
    match = _DECLARED.search(page, 0, _HEAD_BYTES)
    return match[1].decode("ascii") if match else None


def _strict(page: bytes, name: str) -> str | None:
    try:
        text = page.decode(name)
    except (UnicodeDecodeError, LookupError):
        if not name.startswith("cp125"):
            return None
        # Five bytes of Windows code pages stand for nothing; browsers read them as control characters.
        text = page.decode(name, "ignore")
    return None if "\x00" in text[:_HEAD_BYTES] else text


def _beyond_ascii(page: bytes) -> int:
    return len(page) - sum(map(len, _ASCII.findall(page)))


def _nearly_utf8(page: bytes) -> bool:
    """Whether a page is UTF-8 but for a stray byte here and there: one in twenty bytes beyond ASCII at most."""
    return page.decode("utf-8", "replace").count("\ufffd") * 20 < _beyond_ascii(page)
