"""A file's format: by its name, else by its first bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from functools import lru_cache

from transforms.read.charset import wide_charset
from transforms.read.model import DOCUMENTS, ReadOptions

# what holds files: told by name or content whatever input.format says, which is for what is in them
ARCHIVES = ("zip", "tar")

# Formats by suffix, once those of compression are off.  What is in none of these tables is told by its content.
SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".warc": "warc",
    ".wet": "warc",
    ".wat": "warc",
    ".zip": "zip",
    ".tar": "tar",
}
COMPRESSIONS = {
    ".gz": "gzip",
    ".gzip": "gzip",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
}
SHORT_SUFFIXES = {
    ".tgz": ".tar.gz",
    ".tbz": ".tar.bz2",
    ".tbz2": ".tar.bz2",
    ".txz": ".tar.xz",
    ".tzst": ".tar.zst",
}

_UNPRINTABLE = re.compile("[\0-\x1f\x7f\udc80-\udcff]")

# (first bytes, what they are): no format that is read, whatever the rest is
FOREIGN = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"\xff\xd8\xff", "a JPEG image"),
        (rb"\x89PNG\r\n", "a PNG image"),
        (rb"GIF8[79]a", "a GIF image"),
        (rb"RIFF.{4}WEBP", "a WebP image"),
        (rb"II\*\x00|MM\x00\*", "a TIFF image"),
        (rb"BM.{4}\x00\x00\x00\x00", "a BMP image"),
        (rb"\x00\x00\x01\x00.\x00", "an icon"),
        (rb"%PDF-", "a PDF document"),
        (rb"%!PS", "a PostScript document"),
        (rb"\{\\rtf", "an RTF document"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Microsoft Office document"),
        (rb"PK\x03\x04.{26}(?:\[Content_Types\]|_rels/|docProps/|mimetype)", "an office document or e-book"),
        (rb"PK\x03\x04.{26}META-INF/", "a Java archive"),
        (rb"\x7fELF", "an ELF executable"),
        (rb"MZ.[\x00\x01].\x00", "a Windows executable"),
        (rb"\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe", "an executable"),
        (rb"\x00asm", "a WebAssembly module"),
        (rb"ID3[\x02-\x04]\x00|\xff[\xfb\xf3\xf2]", "an MP3 recording"),
        (rb"OggS\x00|fLaC\x00|RIFF.{4}WAVE", "a sound recording"),
        (rb"\x00\x00\x00.ftyp|\x1a\x45\xdf\xa3|RIFF.{4}AVI ", "a video"),
        (rb"SQLite format 3\x00", "an SQLite database"),
        (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07", "a 7-Zip or RAR archive"),
        (rb"\x04\x22\x4d\x18|\x1f\x9d|LZIP", "a file of a compression that is not read (lz4, compress or lzip)"),
        (rb"Obj\x01", "an Avro file"),
        (rb"\x89HDF\r\n", "an HDF5 file"),
        (rb"wOF[F2]|\x00\x01\x00\x00\x00|OTTO\x00", "a font"),
    )
)

# (first bytes, format), the first that matches
CONTENTS = tuple(
    (re.compile(pattern, re.DOTALL), format)
    for pattern, format in (
        (rb"PK(?:\x03\x04|\x05\x06)", "zip"),
        (rb".{257}ustar", "tar"),
        (rb"WARC/\d\.\d", "warc"),
        (rb"PAR1", "parquet"),
        # an Arrow file; Feather version 1; a stream, which begins with the length of its schema
        (rb"ARROW1\0\0|FEA1|\xff\xff\xff\xff..[\0-\x0f]\0\x10\0\0\0", "arrow"),
    )
)
# the same for text: in UTF-8, without a byte order mark and white space before it
TEXT_CONTENTS = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), format)
    for pattern, format in (
        (rb"\[\s*\{|\{[ \t]*\r?\n", "json"),
        (rb'\{\s*["}]', "jsonl"),
        (rb"(?=<).*?<(?:!doctype\s+html|html[\s>])", "html"),
    )
)


def format_of(format: str, options: ReadOptions, head: Callable[[], bytes]) -> str:
    """A key of ``transforms.read.READERS``, or ``unknown``: by the options (but for archives), else by name or content.

    Args:
        format: what :func:`by_name` tells, or empty.
        head: gives the first bytes of the data; asked only where the name does not tell.
    """
    if options.format != "auto" and format not in ARCHIVES:
        format = options.format
    if not format:
        format, _ = by_content(head())
    return DOCUMENTS[options.documents] if format == "text" else format


def by_name(path: str) -> tuple[str, str]:
    """Format and compression that a name tells, each empty where it tells none."""
    stem, suffix = _split_suffix(path.rpartition("/")[2].lower())
    return _by_suffixes(_split_suffix(stem)[1], suffix)


@lru_cache(maxsize=256)
def _by_suffixes(inner: str, suffix: str) -> tuple[str, str]:
    suffix = SHORT_SUFFIXES.get(suffix, suffix)
    if suffix.startswith(".tar."):
        return "tar", COMPRESSIONS[suffix.removeprefix(".tar")]
    compression = COMPRESSIONS.get(suffix, "")
    return SUFFIXES.get(inner if compression else suffix, ""), compression


def _split_suffix(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem else (name, "")


def by_content(head: bytes) -> tuple[str, str]:
    """The format of what begins with ``head``, decompressed; or ``unknown``, and what it looks like."""
    if foreign := next((name for pattern, name in FOREIGN if pattern.match(head)), ""):
        return "unknown", foreign
    if found := next((format for pattern, format in CONTENTS if pattern.match(head)), ""):
        return found, ""
    wide = wide_charset(head)
    if b"\0" in head and not wide:
        return "unknown", "binary data: NUL bytes"
    text = (head.decode(wide, "replace").encode() if wide else head).removeprefix(codecs.BOM_UTF8).lstrip()
    if found := next((format for pattern, format in TEXT_CONTENTS if pattern.match(text)), ""):
        return found, ""
    return ("unknown", "XML that is no page") if text.startswith(b"<?xml") else ("text", "")


def printable_path(path: str) -> str:
    """A path as text: control characters, and bytes of a name that are no UTF-8, as ``%`` and two hex digits."""
    return _UNPRINTABLE.sub(lambda found: f"%{ord(found[0]) % 0xDC00:02X}", path)
