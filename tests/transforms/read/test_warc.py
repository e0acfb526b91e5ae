"""What becomes of WARC and WET files: each kind of record, each kind of breakage, and every byte."""

import gzip
import io
import itertools
import os
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.read.files import read_file
from tests.transforms.read.warc_files import URL, http, packed, page, record, response, small_file
from transforms.extract.charset import decode_page
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, SkippedPart, Slice, cut_file, read_slice
from transforms.read.warc_members import Members
from transforms.read.warc_records import parse_headers, whole_record
from transforms.reasons import REASONS, SKIPPED

WARC_DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "warc"


def read_cut(data: bytes, slice_bytes: int = 1 << 40, name: str = "crawl.warc", **options):
    """The slices of a file with these bytes, and all that comes out of them."""
    settings, file = ReadOptions(**options), InputFile(name, "/" + name, len(data))
    slices = cut_file(file, settings, lambda url: io.BytesIO(data), slice_bytes)
    return slices, [item for part in slices for item in read_slice(part, settings, lambda url: io.BytesIO(data))]


def read(data: bytes, **options):
    return read_cut(data, **options)[1]


def fates(items) -> list[str]:
    """Reason codes, and ``html`` or ``text`` for records."""
    return [item.kind if isinstance(item, Record) else item.reason for item in items]


def numbers(items) -> list[int | None]:
    return [item.place.record for item in items]


# what becomes of each kind of record ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data, fate",
    [
        (response(), "html"),
        (response(content_type="text/html; charset=utf-8"), "html"),
        (response(content_type="TEXT/HTML"), "html"),
        (response(content_type="application/xhtml+xml"), "html"),
        (response(status="HTTP/1.1 203 Non-Authoritative Information"), "html"),
        (response(status="HTTP/2 200"), "html"),
        (response(content_type="None"), "html"),
        (response(content_type="application/octet-stream"), "html"),
        (response(content_type="text/plain"), "html"),
        (response(body=b"User-agent: *\n", content_type="text/plain"), "skipped/not-html"),
        (response(body=b'{"a": 1}', content_type="None"), "skipped/not-html"),
        (response(body=b"\xff\xd8\xff", content_type="image/jpeg"), "skipped/not-html"),
        (response(body=b"{}", content_type="application/json"), "skipped/not-html"),
        (response(status="HTTP/1.1 301 Moved Permanently"), "skipped/status"),
        (response(body=b"", status="HTTP/1.1 304 Not Modified"), "skipped/status"),
        (response(status="HTTP/1.1 206 Partial Content"), "skipped/status"),
        (response(status="HTTP/1.1 404 Not Found"), "skipped/status"),
        (response(status="HTTP/1.0 500"), "skipped/status"),
        (response(body=b""), "empty"),
        (response(body=b"%PDF-1.4\n\1\2\3\4\5\6" * 100), "binary"),
        (record("response", b"20260301 news.example. 300 A 192.0.2.1", content_type="text/dns"), "skipped/not-http"),
        (record("response", page()), "html"),
        (record("response", http(page()), content_type=None), "html"),
        (record("Response", http(page())), "html"),
        (record("resource", page(), content_type="text/html"), "html"),
        (record("resource", b"\x89PNG", content_type="image/png"), "skipped/not-html"),
        (record("conversion", b"A story."), "text"),
        (record("conversion", b"A story.", content_type=None), "text"),
        (record("conversion", page(), content_type="text/html"), "html"),
        (record("conversion", b"%PDF-", content_type="application/pdf"), "skipped/not-html"),
        (record("conversion", b"\xe5ngstr\xf6m"), "bad-encoding"),
        (record("conversion", b" \n"), "empty"),
        (record("warcinfo", b""), "skipped/warcinfo"),
        (record("request", b"GET / HTTP/1.1\r\n\r\n"), "skipped/request"),
        (record("metadata", b"{}"), "skipped/metadata"),
        (record("revisit", http(b"")), "skipped/revisit"),
        (record("continuation", b"more"), "skipped/continuation"),
        (record("novelty", b"?"), "skipped/record-type"),
        (record("response", http(page()), warc_type=None), "skipped/record-type"),
    ],
)
def test_what_becomes_of_a_record(data, fate):
    (item,) = read(data)
    assert fates([item]) == [fate]
    assert isinstance(item, Record) or fate in (SKIPPED if isinstance(item, SkippedPart) else REASONS)
    assert fates(read(gzip.compress(data))) == [fate]


def test_what_a_response_says_of_its_document():
    raw = response(7, content_type="text/html; charset=ISO-8859-2")
    (item,) = read(raw)
    assert item.place == Place("crawl.warc", 0, 0)
    assert (item.kind, item.content, item.charset) == ("html", page(7), "ISO-8859-2")
    assert item.raw == raw[:-4]
    assert item.source_id == "<urn:uuid:00000000-0000-4000-8000-000000000007>"
    assert item.fields.url == URL.format(7)
    assert item.fields.fetched.at == datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert item.fields.declared_language is None


@pytest.mark.parametrize(
    "languages, expected", [("spa", "es"), ("nob,eng", "no"), ("zho", "zh"), ("ast", "ast"), ("", None)]
)
def test_what_a_wet_record_says_of_its_document(languages, expected):
    raw = record("conversion", "Två rader.\nAndra raden.".encode(), warc_identified_content_language=languages)
    (item,) = read(raw, name="crawl.warc.wet")
    assert (item.kind, item.content) == ("text", "Två rader.\nAndra raden.")
    assert item.fields.declared_language == expected
    assert item.fields.url == URL.format(0)


@pytest.mark.parametrize(
    "date, expected",
    [
        ("2026-03-08T06:30:00Z", datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        ("2026-03-08T06:30:00.123456789Z", datetime(2026, 3, 8, 6, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-08", datetime(2026, 3, 8, tzinfo=UTC)),
        ("2026-13-41T06:30:00Z", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_dates(date, expected):
    (item,) = read(record("conversion", b"A story.", warc_date=date))
    assert (item.fields.fetched and item.fields.fetched.at) == expected


def test_a_target_in_angle_brackets():
    (item,) = read(record("conversion", b"A story.", warc_target_uri="<https://news.example/a>"))
    assert item.fields.url == "https://news.example/a"


# bodies ---------------------------------------------------------------------------------------------------------


def spoilt(data: bytes) -> bytes:
    return data[:500] + b"\xff" * 5000 + data[5500:]


def chunked(body: bytes, size: int = 100, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + end


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


LONG = page(more="".join(f"<p>Ferry {n * n * 7919 % 10007} left at {n}.</p>" for n in range(2000)))


@pytest.mark.parametrize(
    "body, fields",
    [
        (chunked(LONG), {"transfer_encoding": "chunked"}),
        (chunked(LONG, end=b"0\r\nExpires: never\r\n\r\n"), {"transfer_encoding": "Chunked"}),
        (chunked(LONG).replace(b"\r\n", b"\n"), {"transfer_encoding": "chunked"}),
        (chunked(LONG, end=b""), {"transfer_encoding": "chunked"}),
        (LONG, {"transfer_encoding": "chunked"}),
        (gzip.compress(LONG), {"content_encoding": "gzip"}),
        (gzip.compress(LONG), {"content_encoding": "X-GZIP"}),
        (gzip.compress(LONG), {"content_encoding": "deflate"}),
        (gzip.compress(LONG), {}),
        (gzip.compress(LONG) + b"garbage", {"content_encoding": "gzip"}),
        (gzip.compress(LONG[:999]) + gzip.compress(LONG[999:]), {"content_encoding": "gzip"}),
        (gzip.compress(gzip.compress(LONG)), {"content_encoding": "gzip, gzip"}),
        (chunked(gzip.compress(LONG)), {"content_encoding": "gzip", "transfer_encoding": "chunked"}),
        (zlib.compress(LONG), {"content_encoding": "deflate"}),
        (raw_deflate(LONG), {"content_encoding": "deflate"}),
        (brotli.compress(LONG), {"content_encoding": "br"}),
        (zstandard.compress(LONG), {"content_encoding": "zstd"}),
        (brotli.compress(gzip.compress(LONG)), {"content_encoding": "gzip, br"}),
        *((LONG, {"content_encoding": name}) for name in ("gzip", "deflate", "br", "zstd", "identity", "utf-8", "")),
    ],
)
def test_bodies_are_decoded_by_what_they_are(body, fields):
    (item,) = read(response(body=body, **fields))
    assert item.content == LONG


@pytest.mark.parametrize(
    "body, coding",
    [(gzip.compress(LONG), "gzip"), (zlib.compress(LONG), "deflate"), (brotli.compress(LONG), "br")],
)
def test_a_body_that_is_cut_short_is_read_as_far_as_it_goes(body, coding):
    (item,) = read(response(body=body[:-200], content_encoding=coding))
    assert len(item.content) > 20_000 and LONG.startswith(item.content)


@pytest.mark.parametrize(
    "body, fields, detail",
    [
        (spoilt(gzip.compress(LONG)), {"content_encoding": "gzip"}, "compressed data is broken"),
        (gzip.compress(LONG)[:-8] + bytes(8), {"content_encoding": "gzip"}, "compressed data is broken"),
        (spoilt(brotli.compress(LONG)), {"content_encoding": "br"}, "brotli data is broken"),
        (spoilt(zstandard.compress(LONG)), {"content_encoding": "zstd"}, "zstd data is broken"),
        (chunked(LONG)[:300] + b"no size\r\n" + LONG, {"transfer_encoding": "chunked"}, "no size of a chunk at byte"),
        (LONG, {"content_encoding": "gzip, gzip, gzip, gzip"}, "4 content encodings; allowed: 3"),
    ],
)
def test_broken_bodies(body, fields, detail):
    (item,) = read(response(body=body, **fields))
    assert item.reason == "bad-http" and detail in item.detail
    assert item.source_id == "<urn:uuid:00000000-0000-4000-8000-000000000000>"


@pytest.mark.parametrize(
    "pack, name",
    [(gzip.compress, "gzip"), (zlib.compress, "deflate"), (zstandard.compress, "zstd"), (brotli.compress, "br")],
)
def test_a_bomb_in_a_body(pack, name):
    bomb = pack(b"<p>" * 4_000_000)
    tracemalloc.start()
    (item,) = read(response(body=bomb, content_encoding=name), max_record_bytes=100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert item.reason == "too-large"
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-TYPE:text/html\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type:\r\n  text/html;\r\n\tcharset=utf-8\r\nX: y\r\n z\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nContent-Type: image/png\r\n\r\n",
        b"HTTP/1.0 200\r\n\r\n",
        b"HTTP/1.1 200 " + b"OK" * 20_000 + b"\r\nContent-Type: text/html\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Noise: noise\r\n" * 20_000 + b"Content-Type: text/html\r\n\r\n",
    ],
)
def test_heads_of_responses_as_servers_write_them(head):
    (item,) = read(record("response", head + page()))
    assert (item.kind, item.content) == ("html", page())


@pytest.mark.parametrize("actual", ["utf-8", "cp1252", "cp1251", "shift_jis", "utf-16"])
@pytest.mark.parametrize(
    "declared", ["utf-8", "ISO-8859-1", "utf-16", "utf-16le", "UTF-32", "x-unknown", "'windows-1251'"]
)
def test_a_wrong_charset_loses_no_page(actual, declared):
    text = {
        "cp1251": "Паром отошёл от причала утром, и никто не возражал против него. ",
        "shift_jis": "フェリーは月曜日の朝に港を出た。反対する人は誰もいなかった。",
    }.get(actual, "Färjan lade ut på måndagen, och ingen hade något emot den. ")
    body = f"<html><head><title>x</title></head><body><p>{text * 8}</p></body></html>".encode(actual)
    (item,) = read(response(body=body, content_type=f"text/html; charset={declared}"))
    single_byte = declared in ("ISO-8859-1", "'windows-1251'")
    if actual in ("utf-8", "utf-16") or not single_byte or (actual, declared) == ("cp1251", "'windows-1251'"):
        assert text in decode_page(item.content, item.charset)[0]
    else:
        assert "<p>" in decode_page(item.content, item.charset)[0]


def test_the_option_goes_before_the_header():
    (item,) = read(response(content_type="text/html; charset=utf-8"), charset="cp1252")
    assert item.charset == "cp1252"


# broken files ---------------------------------------------------------------------------------------------------


def test_numbers_and_offsets():
    records = small_file()
    for parts in (records, packed(records)):
        items = read(b"".join(parts))
        assert numbers(items) == list(range(len(records)))
        assert [item.place.offset for item in items] == [0, *itertools.accumulate(map(len, parts[:-1]))]


@pytest.mark.parametrize("pack", [lambda records: records, packed, lambda records: packed([b"".join(records)])])
def test_a_truncated_file_keeps_its_good_part(pack):
    parts = pack(small_file(30))
    data, whole = b"".join(parts), read(b"".join(parts))
    ends = set(itertools.accumulate(map(len, parts)))
    for at in range(1, len(data), 997 if len(data) > 20_000 else 97):
        items = read(data[:at])
        if at in ends:
            continue
        *good, last = items
        assert good == whole[: len(good)]
        assert isinstance(last, BrokenRecord) or data[at - 4 : at + 4].strip(b"\r\n") != data[at - 4 : at + 4]
        if isinstance(last, BrokenRecord):
            assert last.reason in ("bad-warc", "bad-compression")
            assert numbers(items) == list(range(len(items)))
            assert last.reason == "bad-compression" or last.place.offset + last.raw_bytes == at


def with_length(one: bytes, stated: str) -> bytes:
    head, _, rest = one.partition(b"Content-Length: ")
    return head + b"Content-Length: " + stated.encode() + rest[rest.index(b"\r\n") :]


@pytest.mark.parametrize(
    "stated",
    ["0", "10", "600", "0x10", "-5", "", "9" * 18, "9" * 30, "1 2", "1e3"],
)
@pytest.mark.parametrize("compressed", [True, False])
def test_a_wrong_content_length_costs_one_record(stated, compressed):
    records = small_file(4)
    records[2] = with_length(records[2], stated)
    items = read(b"".join(packed(records) if compressed else records))
    others = [*range(2), *range(3, 9)] if compressed or len(stated) < 18 or len(stated) == 30 else [0, 1]
    assert [item.place.record for item in items if not isinstance(item, BrokenRecord)] == others
    (broken,) = [item for item in items if isinstance(item, BrokenRecord)]
    assert broken.reason == "bad-warc"
    assert "ength" in broken.detail or "of the record's block" in broken.detail
    assert broken.place.record == 2
    assert broken.source_id == "<urn:uuid:00000000-0000-4000-8000-000000000001>"
    if others != [0, 1]:
        assert broken.raw.rstrip() == records[2].rstrip() and broken.raw_bytes in (len(broken.raw), len(records[2]))


@pytest.mark.parametrize("garbage", [b"garbage", b"garbage\r\n\r\n", b"\0" * 700, b"WARC", b"WARC/1.0 is a format\r\n"])
def test_garbage_between_records_is_one_reject(garbage):
    records = small_file(3)
    items = read(b"".join([*records[:3], garbage, *records[3:]]))
    assert fates(items).count("bad-warc") == 1
    (broken,) = [item for item in items if isinstance(item, BrokenRecord)]
    assert (broken.raw, broken.place.offset) == (garbage, sum(map(len, records[:3])))
    assert len(items) == len(records) + 1


@pytest.mark.parametrize("garbage", [b"garbage", b"\x1f\x8b\x08garbage", b"\x1f\x8b", os.urandom(0) + b"\xff" * 3000])
def test_garbage_between_members_is_one_reject(garbage):
    parts = packed(small_file(3))
    items = read(b"".join([*parts[:3], garbage, *parts[3:]]))
    (broken,) = [item for item in items if isinstance(item, BrokenRecord)]
    assert (broken.reason, broken.place) == ("bad-compression", Place("crawl.warc", 3, sum(map(len, parts[:3]))))
    assert [item for item in items if item is not broken][3:] == [
        item._replace(place=Place("crawl.warc", item.place.record, item.place.offset + len(garbage)))
        if isinstance(item, SkippedPart)
        else Record(
            Place("crawl.warc", item.place.record, item.place.offset + len(garbage)),
            item.raw, item.kind, item.content, item.charset, item.source_id, item.fields,
        )
        for item in read(b"".join(parts))[3:]
    ]  # fmt: skip


def test_zeros_between_members_are_padding():
    parts = packed(small_file(3))
    assert fates(read((b"\0" * 70_000).join(parts))) == fates(read(b"".join(parts)))


def test_a_member_that_is_no_warc_record():
    parts = packed(small_file(2))
    items = read(b"".join([parts[0], gzip.compress(page()), *parts[1:]]))
    assert fates(items) == ["skipped/warcinfo", "bad-warc", *["skipped/request", "html"] * 2]
    assert items[1].raw == page()
    assert numbers(items) == [0, 1, 1, 2, 3, 4]


@pytest.mark.parametrize("level", [0, 6])
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9, 1.0])
def test_a_broken_member_costs_one_record_and_says_what_was_read(level, where):
    records = [response(n, page(n, "".join(chr(97 + (n * k * k) % 26) for k in range(4000)))) for n in range(5)]
    parts = packed(records, level)
    at = min(int(len(parts[2]) * where), len(parts[2]) - 6)
    broken_part = parts[2][:at] + bytes(byte ^ 0xFF for byte in parts[2][at : at + 4]) + parts[2][at + 4 :]
    items = read(b"".join([*parts[:2], broken_part, *parts[3:]]))
    *_, last = items
    assert fates(items)[:2] == ["html", "html"] and fates(items)[2] == "bad-compression"
    assert last.source_id == f"<urn:uuid:00000000-0000-4000-8000-{4:012d}>"
    start = sum(map(len, parts[:2]))
    assert f"the gzip data from byte {start} to" in items[2].detail
    assert items[2].raw[:60] == records[2][: min(60, len(items[2].raw))] or where < 0.5
    assert items[2].place == Place("crawl.warc", 2, start)
    # at most the next member goes with it, where chance leaves its start in doubt
    assert len(items) >= 4


def test_many_records_in_one_member():
    records = small_file()
    items = read(gzip.compress(b"".join(records)))
    assert fates(items) == fates(read(b"".join(records)))
    assert numbers(items) == list(range(len(records)))
    assert {item.place.offset for item in items} == {0}


def test_members_that_begin_in_the_middle_of_records():
    data = b"".join(small_file())
    blocks = [gzip.compress(data[at : at + 700]) for at in range(0, len(data), 700)]
    assert fates(read(b"".join(blocks))) == fates(read(data))


@pytest.mark.parametrize("pack", [zstandard.compress, lambda data: __import__("bz2").compress(data)])
def test_other_codecs(pack):
    data = b"".join(small_file())
    assert read(pack(data)) == read(data)
    broken = read(pack(data)[:-40])
    assert broken[-1].reason == "bad-compression" and broken[:-1] == read(data)[: len(broken) - 1]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(one[:-4] for one in small_file(3)),
        b"".join(one[:-2] for one in small_file(3)),
        b"\r\n\r\n" + b"\r\n\r\n\r\n".join(small_file(3)),
        b"".join(small_file(3)).rstrip(),
        b"".join(small_file(3)).replace(b"WARC-Type", b"warc-type").replace(b"Content-Length", b"content-LENGTH"),
        b"".join(small_file(3)).replace(b"WARC-Type:", b"WARC-Type:\r\n ").replace(b"Length:", b"Length:\r\n\t"),
        b"".join(one.replace(b"WARC/1.0", b"WARC/1.1", 1) for one in small_file(3)),
        b"".join(one.replace(b"WARC-Type", b"X-Huge: " + b"x" * 50_000 + b"\r\nWARC-Type") for one in small_file(3)),
    ],
    ids=["no blank lines", "half of them", "more of them", "none at the end", "lower case", "folded", "1.1", "huge"],
)  # fmt: skip
def test_records_as_crawlers_write_them(data):
    assert fates(read(data)) == ["skipped/warcinfo", *["skipped/request", "html"] * 3]
    assert fates(read(gzip.compress(data))) == ["skipped/warcinfo", *["skipped/request", "html"] * 3]


def test_line_feeds_alone():
    records = [record("conversion", b"Story %d\r\n\nEnd." % n, number=n, newline=b"\n") for n in range(3)]
    assert [item.content for item in read(b"".join(records))] == [f"Story {n}\r\n\nEnd." for n in range(3)]


@pytest.mark.parametrize("blank", [b"\r\n\n", b"\n\n", b"\n\r\n"])
def test_headers_end_at_the_first_blank_line_however_they_are_read(blank):
    data = b"".join(small_file(2)).replace(b"\r\nWARC-Date", blank + b"WARC-Date", 2)
    whole = read_file(data, "a.warc")
    assert "bad-warc" in fates(whole)
    assert read_file(data, "a.warc", at_once=7) == whole
    assert read_file(gzip.compress(data), "a.warc.gz", at_once=7) == read_file(gzip.compress(data), "a.warc.gz")


def test_headers_without_end_are_one_reject():
    records = small_file(2)
    huge = b"WARC/1.0\r\nWARC-Type: response\r\n" + b"X-Noise: noise\r\n" * 10_000
    for parts in ([*records[:1], huge, *records[1:]], packed([*records[:1], huge, *records[1:]])):
        items = read(b"".join(parts))
        assert fates(items) == ["skipped/warcinfo", "bad-warc", *["skipped/request", "html"] * 2]
        assert items[1].raw_bytes == len(huge)
        assert numbers(items) == list(range(6))


def test_a_record_twice_is_two_records():
    items = read(response(1) * 2)
    assert fates(items) == ["html", "html"] and items[0].source_id == items[1].source_id


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", gzip.compress(b""), b"\0"])
def test_files_without_a_record(data):
    (item,) = read(data)
    assert isinstance(item, BrokenRecord)
    assert item.reason in ("empty", "bad-warc")


def test_a_file_that_cannot_be_read():
    def open_file(url):
        raise PermissionError(13, "Permission denied")

    file = InputFile("a.warc.gz", "/a.warc.gz", 10)
    for slice_bytes in (1, 100):
        (part,) = cut_file(file, ReadOptions(), open_file, slice_bytes)
        (item,) = read_slice(part, ReadOptions(), open_file)
        assert (item.reason, item.place) == ("unreadable", Place("a.warc.gz"))


def test_a_file_that_is_shorter_than_planned():
    data = b"".join(packed(small_file(3)))
    file = InputFile("a.warc.gz", "/a.warc.gz", len(data) + 10)
    items = list(read_slice(Slice(file, "warc", "gzip"), ReadOptions(), lambda url: io.BytesIO(data)))
    assert fates(items) == [*fates(read(data)), "unreadable"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda one: gzip.compress(one, 0)])
def test_a_file_that_shrinks_is_one_reject_behind_what_could_be_read(pack):
    members = [pack(one) for one in small_file(3)]
    data, starts = b"".join(members), [0, *itertools.accumulate(map(len, members))]
    file = InputFile("a.warc.gz", "/a.warc.gz", len(data))
    (part,) = cut_file(file, ReadOptions(), lambda url: io.BytesIO(data), 1 << 30)
    good = fates(read(data))
    for end in [*range(0, len(data), 41), *(at + near for at in starts[1:-1] for near in range(-9, 10))]:
        items = list(read_slice(part, ReadOptions(), lambda url, end=end: io.BytesIO(data[:end])))
        # of a record that is not compressed the next one's beginning has to be seen
        whole = sum(at + (5 if pack is bytes else 0) <= end for at in starts[1:])
        assert fates(items) == [*good[:whole], "unreadable"]


def test_a_network_that_fails_is_no_broken_file():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        list(read_slice(Slice(InputFile("a", "/a", 10), "warc", "gzip"), ReadOptions(), lambda url: Failing()))


def test_large_records_are_held_no_longer_than_they_are_needed():
    video = record("response", http(os.urandom(1 << 18) * 80, content_type="video/mp4"), number=1)
    large = record("response", http(page() + b"x" * (20 << 20)), number=2)
    data = b"".join(packed([video, large, response(3)], 1))
    tracemalloc.start()
    items = read(data, max_record_bytes=1 << 20, reject_raw_bytes=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fates(items) == ["skipped/not-html", "too-large", "html"]
    assert items[1].raw == large[:1000] and items[1].raw_bytes == len(large) - 4
    assert peak < 8 << 20


# cutting --------------------------------------------------------------------------------------------------------


def test_a_large_file_is_cut_at_members():
    parts = packed(small_file(200))
    data = b"".join(parts)
    slices, items = read_cut(data, 5000)
    assert len(slices) > len(data) / 5000 / 2
    starts = [0, *itertools.accumulate(map(len, parts))]
    assert all(part.start in starts and starts.index(part.start) == part.first_record for part in slices)
    assert items == read(data)


def inner_archive(level: int = 6) -> bytes:
    """A WARC file that somebody had a crawler fetch."""
    forged = [record("response", http(page(n)), number=n, warc_target_uri="https://trusted.example/") for n in (90, 91)]
    return b"".join(packed(forged, level))


@pytest.mark.parametrize("noise", [0, 100, 70_000])
def test_members_in_a_body_are_not_taken_for_the_files_own(noise):
    random = bytes(n * n * 31 >> 3 & 0xFF for n in range(noise))
    body = random + inner_archive() + random
    outer = record("response", http(body, content_type="application/gzip"), number=50)
    parts = [*packed(small_file(3)), gzip.compress(outer, 0, mtime=0), *packed(small_file(3))]
    data = b"".join(parts)
    whole = read(data)
    around = fates(read(b"".join(packed(small_file(3)))))
    assert fates(whole) == [*around, "skipped/not-html", *around]
    assert [item.place.offset for item in whole] == [0, *itertools.accumulate(map(len, parts[:-1]))]
    for slice_bytes in (1, 300, 1000):
        assert read_cut(data, slice_bytes)[1] == whole


FRAGMENTS = [
    *packed(small_file(2)),
    *packed([response(7)], 0),
    gzip.compress(record("response", http(inner_archive(0)), number=50), 0),
    gzip.compress(b"".join(small_file(2))),
    gzip.compress(page()),
    packed([response(8)])[0][:-30],
    packed([response(8)])[0][:40],
    with_length(response(9), "5"),
    with_length(response(9), "99999"),
    *small_file(2),
    b"WARC/1.0\r\n",
    b"\r\n\r\n",
    b"\x1f\x8b\x08",
    b"\0\0",
    b"garbage",
]
files = st.tuples(
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=12).map(b"".join),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=3),
)


def changed(data: bytes, changes) -> bytes:
    result = bytearray(data)
    for at, bits in changes:
        if at < len(result):
            result[at] ^= bits
    return bytes(result)


@settings(deadline=None)
@given(made=files, slice_bytes=st.integers(1, 3000), limit=st.sampled_from([200, 1 << 20]))
def test_the_cut_changes_nothing(made, slice_bytes, limit):
    data = changed(*made)
    options = {"max_record_bytes": limit, "reject_raw_bytes": 500, "format": "warc"}
    whole, (slices, parts) = read(data, **options), read_cut(data, slice_bytes, **options)
    assert parts == whole
    assert slices == read_cut(data, slice_bytes, **options)[0]
    assert [part.start for part in slices[1:]] == [part.end for part in slices[:-1]]
    assert all(item.reason in REASONS for item in whole if isinstance(item, BrokenRecord))


@settings(deadline=None)
@given(made=files)
def test_every_byte_of_a_plain_file_is_accounted_for(made):
    """What stands between items is line ends."""
    data = changed(*made)
    if data.startswith((b"\x1f\x8b", b"BZh", b"\xfd7z", b"\x28\xb5", b"PK")):
        return
    sizes = []
    for slice in cut_file(InputFile("x.warc", "/x", len(data)), ReadOptions(), lambda url: io.BytesIO(data), 1 << 30):
        for item in read_slice(slice, ReadOptions(), lambda url: io.BytesIO(data)):
            if isinstance(item, SkippedPart):
                sizes.append((item.place.offset, None))
            else:
                sizes.append(
                    (item.place.offset or 0, item.raw_bytes if isinstance(item, BrokenRecord) else len(item.raw))
                )
    assert [offset for offset, _ in sizes] == sorted(offset for offset, _ in sizes)
    for (offset, size), (following, _) in itertools.pairwise([*sizes, (len(data), 0)]):
        if size is not None:
            assert not data[offset + size : following].strip(b"\r\n")
    assert not data[: sizes[0][0]].strip(b"\r\n")


def test_what_a_member_begins_with_is_told_however_the_file_is_read():
    data = b"".join(packed(small_file(40)))
    whole = list(Members(iter([data])).starts())
    for size in (1, 7, 512, 1000):
        assert list(Members(iter(data[at : at + size] for at in range(0, len(data), size))).starts()) == whole
    assert len(whole) == 81


# beside other readers, and on real files ------------------------------------------------------------------------


def test_the_same_records_as_fastwarc():
    warc = pytest.importorskip("fastwarc.warc")
    records = [
        *small_file(20),
        record("conversion", b"En saga.", number=70),
        record("resource", page(), content_type="text/html"),
    ]
    for data in (b"".join(records), b"".join(packed(records))):
        theirs = [
            (found.record_id, found.stream_pos, found.headers["WARC-Type"], found.reader.read())
            for found in warc.ArchiveIterator(io.BytesIO(data))
        ]
        ours = read(data)
        assert [item.place.offset for item in ours] == [offset for _, offset, _, _ in theirs]
        assert [
            (i.source_id, i.content.encode() if i.kind == "text" else i.content) for i in ours if isinstance(i, Record)
        ] == [(id, body) for id, _, type, body in theirs if type in ("response", "conversion", "resource")]


@pytest.mark.skipif(not WARC_DATA.is_dir(), reason="no shared data")
def test_real_files():
    found = {}
    for path in sorted(WARC_DATA.iterdir()):
        items = read(path.read_bytes(), name=path.name)
        assert numbers(items) == list(range(len(items)))
        found[path.name] = items
    warc, wet = found["whirlwind.warc.gz"], found["whirlwind.warc.wet.gz"]
    assert fates(warc) == ["skipped/warcinfo", "skipped/request", "html", "skipped/metadata"]
    assert fates(wet) == ["skipped/warcinfo", "text"]
    assert warc[2].fields.url == wet[1].fields.url
    assert warc[2].fields.fetched == wet[1].fields.fetched


@given(st.lists(st.sampled_from([b"WARC-Type", b"warc-type", b"Content-Length", b"X"]), max_size=5), st.data())
def test_headers_of_regular_lines_are_those_that_are_parsed(names, data):
    value = st.text(" a:\t", max_size=4).map(str.encode)
    fields = [b"%b:%b" % (name, data.draw(value)) for name in [*names, b"Content-Type"]]
    text = b"\r\n".join([b"WARC/1.0", b"Content-Length: 0", *fields, b"", b""])
    found = whole_record(text + b"\r\n\r\n", ReadOptions())
    assert found.headers == parse_headers(text)
