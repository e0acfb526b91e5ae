"""From bytes to text: what is declared, then what the bytes say, and never a guess that makes mojibake.

The order, in which the first that decides is the end:

1. A byte order mark (UTF-8, UTF-16, UTF-32).
2. The declared charset.  Where the bytes are not valid in it, but are valid UTF-8, they are UTF-8: files
   that were converted without their declaration are common, and other text is hardly ever valid UTF-8.
3. UTF-16 or UTF-32 without a mark, where NUL bytes fit it.  Other NUL bytes: ``binary``.
4. Strict UTF-8.
5. UTF-8 with broken sequences: ``bad-encoding``.  Decoding it as anything else would give mojibake.
6. A legacy charset that a detector finds and that gives plausible text; else ``bad-encoding``.

The names ISO-8859-1, Shift_JIS, GB2312, EUC-KR and their like are read as the Windows charsets that hold
them (WHATWG Encoding Standard): that is what people who write these names have in their files.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

import numpy as np
from resiliparse.parse.encoding import detect_encoding

from transforms.model import Rejection
from transforms.read.latin import latin_charset

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BOM_STARTS = frozenset(bom[:1] for bom, _ in _BOMS)

# switches to JIS X 0208; all bytes of this charset are ASCII, so it would pass as UTF-8
_ISO_2022_JP = b"\x1b$B"
_PLAIN = 'Ab\n{"-+&}'
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

# charsets by Python's name, and the superset that is meant by them (WHATWG Encoding Standard, section 4.2;
# koi8-r: the few places where koi8-u has other characters are line drawing)
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "iso8859-13": "cp1257",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "koi8-r": "koi8-u",
}

# bytes that no text has: control characters without white space and escape (WHATWG MIME Sniffing, 3.)
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
_CONTROLS_MARKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_CONTROL_SAMPLE = 4096
_MAX_CONTROLS = 2
_MAX_CONTROL_SHARE = 0.02

# what text in UTF-16 or UTF-32 without a mark has little of: all but alphabets, their punctuation and emoji
_NO_ALPHABET = re.compile(r"[^\t\n\r -\u20ff\ufb00-\ufeff\U0001f300-\U0001faff]")
_MAX_STRANGE = 0.1

# the part of a text that detection looks at
_SAMPLE = 1 << 16

_PUNCTUATION = "\u00a0-\u00bf\u2010-\u203a\u20a0-\u20bf\u2116\u2122"
_NON_ASCII = re.compile(rf"[^\x00-\x7f{_PUNCTUATION}]")


def _script(ranges: str, *charsets: str) -> dict[str, re.Pattern[str]]:
    return dict.fromkeys(charsets, re.compile(f"[{ranges}]"))


# what the text is made of in charsets for scripts other than Latin
_SCRIPTS = {
    **_script("\u0400-\u04ff", "cp1251", "koi8-u", "cp866", "cp855", "iso8859-5"),
    **_script("\u0370-\u03ff", "cp1253", "iso8859-7"),
    **_script("\u0590-\u05ff", "cp1255", "iso8859-8"),
    **_script("\u0600-\u06ff\u200c-\u200f", "cp1256", "iso8859-6"),
    **_script("\u0e00-\u0e7f", "cp874"),
    **_script(
        "\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef", "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_tw", "hz"
    ),
    **_script("\u3000-\u303f\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffef", "cp949", "johab", "iso2022_kr"),
}
_MIN_FIT = 0.9


def decode_text(raw: bytes, declared: str | None = None) -> str:
    """The text that ``raw`` is, without a byte order mark.

    Args:
        raw: one document's bytes.
        declared: the charset that the user or the container states; one that :func:`is_charset` does not know
            counts as none, as in browsers.

    Raises:
        Rejection: ``empty`` (nothing but white space), ``binary`` (NUL bytes, many control characters) or
            ``bad-encoding``; the detail gives the offset of the first bad byte and what was tried.
    """
    text = _decode_utf_8(raw) if declared == "utf-8" else ""
    text = text or _decode(raw, declared)
    if not text or text.isspace():
        raise Rejection("empty", f"{len(raw)} bytes, nothing but white space")
    return text


def wide_charset(head: bytes, declared: str | None = None) -> str:
    """The byte order of text in UTF-16 or UTF-32, as a Python codec name; empty for all other text.

    Args:
        head: the beginning of the file.
        declared: as for :func:`decode_text`.
    """
    marked = _marked(head)
    if marked:
        return marked if marked in _WIDE else ""
    if declared and is_charset(declared):
        name = codec_name(declared)
        return name if name in _WIDE else f"{name}-le" if name in ("utf-16", "utf-32") else ""
    return _unmarked_wide(head)


@lru_cache(maxsize=64)
def is_charset(name: str) -> bool:
    """Whether Python has a codec of this name in which text can be cut at line feeds.

    That is UTF-16, UTF-32 and what holds ASCII as it is; not EBCDIC, UTF-7 or codecs that are no charsets.
    """
    try:
        codec = codecs.lookup(name)
        wide = codec.name.startswith(("utf-16", "utf-32"))
        return wide or _PLAIN.encode(name).removeprefix(codecs.BOM_UTF8) == _PLAIN.encode("ascii")
    except (LookupError, UnicodeError, ValueError):
        return False


def decode_declared(raw: bytes, declared: str, why: str = "declared") -> str:
    """Steps 1 and 2 of :func:`decode_text`: by a byte order mark, else as declared, else as UTF-8.

    Raises:
        Rejection: ``bad-encoding``, or ``binary`` for NUL characters; ``why`` goes into the detail.
    """
    marked = _marked(raw)
    if marked:
        return _decode_as(raw, marked, "byte order mark").removeprefix("\ufeff")
    charset = codec_name(declared)
    try:
        return _decode_as(raw, charset, why)
    except Rejection as rejection:
        if rejection.reason == "binary" or charset == "utf-8":
            raise
        try:
            return _decode_as(raw, "utf-8", f"{charset} does not fit")
        except Rejection:
            raise rejection from None


def _decode_utf_8(raw: bytes) -> str:
    """What :func:`decode_declared` gives of nearly all that is declared as UTF-8, sooner; else nothing."""
    try:
        return "" if raw[:1] in _BOM_STARTS or b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return ""


def _decode(raw: bytes, declared: str | None) -> str:
    known = declared if declared and is_charset(declared) else ""
    if known or _marked(raw):
        return decode_declared(raw, known or "utf-8")
    if b"\0" in raw:
        wide = _unmarked_wide(raw)
        if not wide:
            raise Rejection("binary", f"NUL byte at offset {raw.index(0)}; {raw.count(0)} of {len(raw)} bytes are NUL")
        text = _decode_as(raw, wide, "NUL bytes as in it")
        _refuse_controls(text.encode())
        return text
    _refuse_controls(raw)
    if b"\x1b" in raw and _ISO_2022_JP in raw:
        return _decode_as(raw, "iso2022_jp", "its escape sequences")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_legacy(raw, error)


def _marked(raw: bytes) -> str:
    if raw[:1] not in _BOM_STARTS:
        return ""
    return next((name for bom, name in _BOMS if raw.startswith(bom)), "")


@lru_cache(maxsize=64)
def codec_name(name: str) -> str:
    """The codec for a charset's name, as Python spells it."""
    name = codecs.lookup(name).name
    return _SUPERSETS.get(name, name)


def _decode_as(raw: bytes, charset: str, why: str) -> str:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError as error:
        raise Rejection("bad-encoding", f"{_describe(error)}; tried {charset} ({why})") from error
    if "\0" in text:
        raise Rejection("binary", f"NUL character at character {text.index(chr(0))} of {charset} ({why})")
    return text


def _describe(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at offset {error.start}: {error.reason}"


def _refuse_controls(raw: bytes) -> None:
    sample = raw[:_CONTROL_SAMPLE]
    if sample.translate(_CONTROLS_MARKED) == sample:  # takes 0.7 of the time that deleting them does
        return
    count = len(sample) - len(sample.translate(None, _CONTROLS))
    if count > _MAX_CONTROLS and count > len(sample) * _MAX_CONTROL_SHARE:
        raise Rejection("binary", f"{count} of the first {len(sample)} bytes are control characters")


def has_controls(data: bytes, line_feeds: int) -> bool:
    """Whether there are control characters, escape among them, in many texts of 64 KB or more together.

    ``bytes.translate`` takes four times as long for so much, but less for 4 KB (timeit).

    Args:
        line_feeds: how many there are in it, where that is known; else -1.
    """
    values = np.frombuffer(data, np.uint8)
    if line_feeds < 0:
        line_feeds = int(np.count_nonzero(values == 10))
    if b"\x7f" in data:
        return True
    if np.count_nonzero(values < 32) == line_feeds:
        return False
    # the difference wraps, so that what is less than 14 is large
    return bool(np.count_nonzero(values < 9) + np.count_nonzero(values - np.uint8(14) < 18))


def _unmarked_wide(raw: bytes) -> str:
    """UTF-16 or UTF-32 without a mark; empty where the bytes are neither.

    Two ASCII letters are the bytes of one character of Han in UTF-16, so text of Han or Hangul that has no
    mark is not told from 8-bit text with NUL bytes in it, and is ``binary``.
    """
    size = min(_SAMPLE, len(raw) // 4 * 4 or 2)
    if raw.find(b"\0", 0, size) < 0:
        return ""
    sample = raw[:size]
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = sample.decode(name, "replace")
        if len(_NO_ALPHABET.findall(text)) <= _MAX_STRANGE * len(text):
            return name
    return ""


def _decode_legacy(raw: bytes, utf8_error: UnicodeDecodeError) -> str:
    if _is_broken_utf8(raw):
        raise Rejection("bad-encoding", f"{_describe(utf8_error)}; UTF-8 otherwise")
    charset = detect_charset(raw)
    if not charset:
        raise Rejection("bad-encoding", f"{_describe(utf8_error)}; tried utf-8 and legacy charsets")
    return _decode_as(raw, charset, "detected")


def _is_broken_utf8(raw: bytes) -> bool:
    """Whether bytes that are no valid UTF-8 were meant as UTF-8.

    Legacy charsets have few valid sequences by chance: at most .49 for each invalid one in the texts of
    ``test_legacy_charsets_of_real_texts``, the most in Thai and Japanese (482 texts, 16 charsets).  A text that
    ends inside a sequence of three or four bytes was cut.
    """
    text = raw.decode("utf-8", "replace")
    bad = text.count("\ufffd") - raw.count("\ufffd".encode())
    valid = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    return valid >= max(bad, 2) or (bad == 1 and _CUT_SEQUENCE.search(raw) is not None)


_CUT_SEQUENCE = re.compile(rb"[\xe0-\xef][\x80-\xbf]\Z|[\xf0-\xf4][\x80-\xbf]{1,2}\Z")


def detect_charset(raw: bytes) -> str | None:
    """The legacy charset of bytes that are not valid UTF-8, as a Python codec name; None where none fits.

    The detector is uchardet (Mozilla's, as resiliparse wraps it).  Its word is taken for scripts other than
    Latin, if the text is of the script that the charset is for; Latin charsets differ in so few letters that
    it is often wrong, and languages decide (see ``charsets.yaml``).

    ``pytest -s -k legacy_charsets_of_real tests/transforms/read/test_charset.py`` gives the figures: the right
    text for 480 of 482 texts of 100 to 1000 characters in 16 charsets.
    """
    sample = raw[:_SAMPLE]
    found = detect_encoding(sample, max_len=0, html5_compatible=False)
    try:
        charset = codec_name(found) if found else ""
        text = sample.decode(charset, "ignore") if charset else ""
    except LookupError:
        charset = ""
    if charset in _SCRIPTS:
        strange = _NON_ASCII.findall(text)
        if len(_SCRIPTS[charset].findall(text)) >= _MIN_FIT * len(strange):
            return charset
    return latin_charset(sample)


def refuse_binary_page(raw: bytes) -> None:
    """Refuse what is no page in any charset; a few stray NUL bytes are common in pages, and browsers skip them.

    Raises:
        Rejection: ``empty`` or ``binary``.
    """
    if not raw or raw.isspace():
        raise Rejection("empty", f"{len(raw)} bytes, nothing but white space")
    if not _marked(raw) and not _unmarked_wide(raw):
        _refuse_controls(raw)
