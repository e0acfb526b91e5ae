"""What names and first bytes tell of a format."""

import io
import zipfile

import pytest

from transforms.read import READERS, InputFile, ReadOptions, cut_file, read_slice
from transforms.read.formats import COMPRESSIONS, CONTENTS, SHORT_SUFFIXES, SUFFIXES, TEXT_CONTENTS, by_content, by_name
from transforms.read.model import DOCUMENTS, FORMATS


def office_document() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    "data, looks",
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG image"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"GIF89a", "a GIF image"),
        (b"RIFF\1\2\3\4WEBPVP8 ", "a WebP image"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a Microsoft Office document"),
        (office_document(), "an office document or e-book"),
        (b"\x7fELF\2\1\1", "an ELF executable"),
        (b"MZ\x90\0\3\0\0\0", "a Windows executable"),
        (b"ID3\3\0\0", "an MP3 recording"),
        (b"\0\0\0\x20ftypisom", "a video"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip or RAR archive"),
        (b"\x04\x22\x4d\x18", "a file of a compression that is not read (lz4, compress or lzip)"),
        (b"Words, and then a NUL\0 and more", "binary data: NUL bytes"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "XML that is no page"),
    ],
)
@pytest.mark.parametrize("name", ["file", "file.bin"])
def test_what_is_no_format_is_rejected_by_what_it_looks_like(data, looks, name):
    file = InputFile(name, f"/{name}", len(data))
    (part,) = cut_file(file, ReadOptions(), lambda _: io.BytesIO(data), 1 << 20)
    (item,) = read_slice(part, ReadOptions(), lambda _: io.BytesIO(data))
    assert (item.reason, item.detail, item.raw) == ("unknown-format", f"{looks}, of {len(data)} bytes", data)


@pytest.mark.parametrize(
    "text",
    [
        "MZ Hovedgade was closed.", "OTTO von Brack", "ORCHARDS bloom", "ID3 tags explained", "BM and the rest of it",
        "II* and III", "PK Dons won", "RIFF raff", "Obj 1", "<p>A loose paragraph", "<b>Bold</b> words", "(µ/ý", "",
    ],
)  # fmt: skip
def test_text_that_begins_like_something_else_is_text(text):
    assert by_content(text.encode()) == ("text", "")


@pytest.mark.parametrize(
    "name, told",
    [
        ("a.txt", ("text", "")),
        ("A.TXT.GZ", ("text", "gzip")),
        ("b.c/a.jsonl.zst", ("jsonl", "zstd")),
        ("a.tgz", ("tar", "gzip")),
        ("a.tar.bz2", ("tar", "bzip2")),
        ("a.tzst", ("tar", "zstd")),
        ("a.tar", ("tar", "")),
        ("a.gz", ("", "gzip")),
        (".gz", ("", "")),
        (".txt", ("", "")),
        ("b.txt/a", ("", "")),
        ("a.", ("", "")),
    ],
)
def test_what_names_tell(name, told):
    assert by_name(name) == told


def test_every_format_that_is_told_is_read():
    told = {*SUFFIXES.values(), *(f for _, f in CONTENTS + TEXT_CONTENTS), *FORMATS}
    assert told - {"text"} <= set(READERS) and set(DOCUMENTS.values()) <= set(READERS)
    assert {suffix.removeprefix(".tar") for suffix in SHORT_SUFFIXES.values()} <= set(COMPRESSIONS)
