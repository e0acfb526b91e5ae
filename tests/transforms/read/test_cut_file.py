"""How a file is cut, and that the cut changes nothing."""

import gzip
import io
import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.read.packed import CODECS
from transforms.model import Record
from transforms.read import InputFile, ReadOptions, Slice, cut_file, read_slice
from transforms.read.charset import wide_charset
from transforms.read.split import RawRecord, one_by_one, split_chunks
from transforms.read.streams import codec_of

LINE_FORMATS = {
    "lines": ReadOptions(format="text", documents="line", max_record_bytes=60, reject_raw_bytes=1000),
    "separated": ReadOptions(format="text", documents="separator", max_record_bytes=60, reject_raw_bytes=1000),
    "jsonl": ReadOptions(format="jsonl", max_record_bytes=60, reject_raw_bytes=1000),
}

FRAGMENTS = [
    b"\n",
    b"\n",
    b"\r\n",
    b"-----\n",
    b"-----",
    b" -----\t\r\n",
    b"---",
    b" ",
    b"A story of the day.",
    b'{"text": "A story.", "id": 7}',
    b'{"title": "No text"}\n',
    b'{"text": "',
    "Überschwemmung".encode(),
    "Überschwemmung".encode("cp1252"),
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"x" * 45,
    b"\x1f\x8b",
]
contents = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=6)), max_size=25).map(b"".join)


def open_bytes(data: bytes):
    return lambda url: io.BytesIO(data)


def read_all(slices: list[Slice], options: ReadOptions, data: bytes) -> list:
    return [item for part in slices for item in read_slice(part, options, open_bytes(data))]


@pytest.mark.parametrize("format", LINE_FORMATS)
@settings(deadline=None)
@given(data=contents, slice_bytes=st.integers(1, 80))
@example(data=b"\n\n\n", slice_bytes=1)
@example(data=b"-----\n" * 3, slice_bytes=6)
@example(data=b"a\n-----", slice_bytes=1)
def test_the_cut_changes_no_record(format, data, slice_bytes):
    options, file = LINE_FORMATS[format], InputFile("a/x", "/a/x", len(data))
    slices = cut_file(file, options, open_bytes(data), slice_bytes)
    assert slices == cut_file(file, options, open_bytes(data), slice_bytes)
    assert read_all(slices, options, data) == read_all([Slice(file, format, "")], options, data)
    assert [part.start for part in slices[1:]] == [part.end for part in slices[:-1]]
    assert slices[-1].end is None
    assert all(part.end - part.start >= slice_bytes for part in slices[:-1])


@pytest.mark.parametrize("format", LINE_FORMATS)
@given(data=contents)
def test_nothing_is_lost(format, data):
    """The bytes that are in no record are line feeds, separator lines and blank records."""
    options, file = LINE_FORMATS[format], InputFile("a/x", "/a/x", len(data))
    if codec_of(data):
        return
    between, position = [], 0
    for item in read_all([Slice(file, format, "")], options, data):
        offset = item.place.offset or 0
        size = len(item.raw) if isinstance(item, Record) else item.raw_bytes
        assert item.raw == data[offset : offset + size]
        between.append(data[position:offset])
        position = offset + size
    between.append(data[position:])
    left = b"".join(between).decode(wide_charset(data) or "utf-8", "replace")
    assert set("".join(left.replace("\ufeff", "").split())) <= ({"-"} if format == "separated" else set())


@pytest.mark.parametrize("format", LINE_FORMATS)
@given(data=contents, cuts=st.lists(st.integers(0, 200), max_size=12))
def test_the_size_of_what_is_read_at_a_time_changes_nothing(format, data, cuts):
    options, part = LINE_FORMATS[format], Slice(InputFile("x", "/x", len(data)), format, "")
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    chunks = [data[start:end] for start, end in itertools.pairwise(places)]
    whole = [data] if data else []
    assert list(one_by_one(split_chunks(iter(chunks), part, options))) == list(
        one_by_one(split_chunks(iter(whole), part, options))
    )


@given(data=contents, at=st.integers(0, 400))
def test_the_records_before_a_break_are_those_of_the_whole(data, at):
    options = LINE_FORMATS["lines"]
    packed = gzip.compress(data, mtime=0)
    part = Slice(InputFile("x", "/x", len(packed)), "lines", "gzip")
    whole = read_all([part], options, packed)
    *before, last = read_all([part], options, packed[: min(at, len(packed) - 1)])
    assert last.reason in ("bad-compression", "unreadable", "empty")
    assert before == whole[: len(before)]


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
@pytest.mark.parametrize("format", LINE_FORMATS)
@settings(deadline=None)
@given(members=st.lists(contents, min_size=1, max_size=8), slice_bytes=st.integers(1, 120))
@example(members=[b"A story.\n" * 9, b"B", b"C\n" * 60], slice_bytes=20)
def test_the_cut_at_compressed_members_changes_no_record(codec, format, members, slice_bytes):
    options = LINE_FORMATS[format]
    packed = b"".join(CODECS[codec](member) for member in members)
    file = InputFile("a/x", "/a/x", len(packed))
    slices = cut_file(file, options, open_bytes(packed), slice_bytes)
    assert slices == cut_file(file, options, open_bytes(packed), slice_bytes)
    assert read_all(slices, options, packed) == read_all([Slice(file, format, codec)], options, packed)
    assert [part.start for part in slices[1:]] == [part.end for part in slices[:-1]]


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_compressed_members_are_cut_near_their_starts(codec):
    text = b"".join(b'{"id": %d, "text": "A story of many words"}\n' % n for n in range(40_000))
    members = [text[at : at + 50_001] for at in range(0, len(text), 50_001)]  # in the middle of lines
    packed = b"".join(map(CODECS[codec], members))
    file = InputFile("x.jsonl", "/x.jsonl", len(packed))
    slices = cut_file(file, ReadOptions(), open_bytes(packed), 20_000)
    assert len(slices) > 20
    assert all(0 <= part.start - part.entry[1] <= 5_000 for part in slices[1:])
    read = [item.source_id for part in slices for item in read_slice(part, ReadOptions(), open_bytes(packed))]
    assert read == [str(n) for n in range(40_000)]
    single = CODECS[codec](text).ljust(30_000, b"\0")
    (whole,) = cut_file(InputFile("x.jsonl", "/x", len(single)), ReadOptions(), open_bytes(single), 20_000)
    assert (whole.start, whole.end, whole.entry) == (0, None, None)


def test_numbers_and_offsets_of_slices():
    data = b"".join(b"%05d\n" % n for n in range(100_000))
    file = InputFile("x.jsonl", "/x.jsonl", len(data))
    slices = cut_file(file, ReadOptions(), open_bytes(data), 100_000)
    assert [(s.start, s.end, s.first_record) for s in slices[:2]] == [(0, 100_002, 0), (100_002, 200_004, 16667)]
    assert len(slices) == 6
    assert all(int(data[s.start : s.start + 5]) == s.first_record for s in slices)


def test_what_is_one_slice():
    data = b"A story.\n" * 1000
    packed = gzip.compress(data)

    def slices(name, data, **options):
        return cut_file(InputFile(name, "/" + name, len(data)), ReadOptions(**options), open_bytes(data), 100)

    assert len(slices("x.txt", data, documents="line")) > 50
    for parts in (
        slices("x.txt", data),
        slices("x.html", data),
        slices("x.txt.gz", packed, documents="line"),
        slices("x.txt", data.decode().encode("utf-16"), documents="line"),
        slices("x.txt", data.decode().encode("utf-16-le"), documents="line"),
    ):
        assert len(parts) == 1
        assert (parts[0].start, parts[0].end) == (0, None)
    (hidden,) = slices("x.txt", gzip.compress(data + bytes(range(256)) * 10), documents="line")
    assert hidden.compression == "gzip"


@pytest.mark.parametrize(
    "name, data, expected",
    [
        ("a.txt", b"{", ("text", "")),
        ("a.TXT", b"", ("text", "")),
        ("a.md", b"", ("text", "")),
        ("b/a.txt.gz", b"", ("text", "gzip")),
        ("a.html", b"", ("html", "")),
        ("a.htm.gz", b"", ("html", "gzip")),
        ("a.xhtml", b"", ("html", "")),
        ("a.jsonl", b"", ("jsonl", "")),
        ("a.ndjson.gz", b"", ("jsonl", "gzip")),
        ("a.json", b"", ("json", "")),
        ("v1.2/part-00000", b'{"text": "a"}\n', ("jsonl", "")),
        ("part", b'\xef\xbb\xbf {\n "text": 1', ("json", "")),
        ("part", b"{}", ("jsonl", "")),
        ("part", b"{not json}", ("text", "")),
        ("part", b"\n<!DOCTYPE HTML>", ("html", "")),
        ("part", b"<?xml version='1.0'?>\n<!-- x -->\n<html lang='en'>", ("html", "")),
        ("part", "<html>".encode("utf-16"), ("html", "")),
        ("part", b"Some words on <html>", ("text", "")),
        ("part", b"", ("text", "")),
        ("part", gzip.compress(b'{"text": "a"}\n'), ("jsonl", "gzip")),
        ("part.gz", gzip.compress(b"<html>"), ("html", "gzip")),
        ("part.gz", b"<html>", ("html", "")),
        ("part", gzip.compress(b"<html>" * 1000)[:-3], ("html", "gzip")),
    ],
)
def test_format_by_name_then_by_content(name, data, expected):
    opened = []

    def open_file(url):
        opened.append(url)
        return io.BytesIO(data)

    (part,) = cut_file(InputFile(name, "/" + name, len(data)), ReadOptions(), open_file, 1 << 20)
    assert (part.format, part.compression) == expected
    assert bool(opened) == name.startswith(("part", "v1"))


def test_the_options_go_before_the_name():
    file = InputFile("a.html", "/a.html", 3)
    (part,) = cut_file(file, ReadOptions(format="text", documents="separator"), open_bytes(b"abc"), 10)
    assert part.format == "separated"


class _NoSeek(io.BytesIO):
    def seekable(self):
        return False

    def seek(self, *args):
        raise io.UnsupportedOperation("seek")


def test_a_filesystem_that_cannot_seek():
    data = b"".join(b"Story %d.\n" % n for n in range(40_000))
    options = ReadOptions(documents="line")
    part = Slice(InputFile("x.txt", "/x.txt", len(data)), "lines", "", data.index(b"Story 39998"), None, 39998)
    items = list(read_slice(part, options, lambda _: _NoSeek(data)))
    assert [(r.content, r.place.record, r.place.offset) for r in items] == [
        ("Story 39998.", 39998, part.start),
        ("Story 39999.", 39999, part.start + 13),
    ]


def test_too_small_a_slice():
    with pytest.raises(ValueError, match="slice_bytes: 0"):
        cut_file(InputFile("x", "/x", 1), ReadOptions(), open_bytes(b""), 0)


def test_wide_text_is_split_the_same_however_it_is_read():
    raw = "Rad ett \u0a00\n-----\nRad två\n".encode("utf-16")
    part = Slice(InputFile("x", "/x", len(raw)), "separated", "")
    whole = list(one_by_one(split_chunks(iter([raw]), part, ReadOptions())))
    assert [type(item) for item in whole] == [RawRecord, RawRecord]
    for size in range(1, 9):
        chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
        assert list(one_by_one(split_chunks(iter(chunks), part, ReadOptions()))) == whole
