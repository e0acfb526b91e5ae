"""JSON by elements: arrays, an array under a key, objects one behind the other."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.transforms.read.files import outcome, read_file
from tests.transforms.read.packed import CODECS, SUFFIXES
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, cut_file

ROWS = [
    {
        "id": n,
        "text": f'Harbour {n} öpened; "so {{it}} is", [they] said \\ wrote. ' * (n % 5 + 1),
        "author": [{"name": "Ada Example"}, {"name": "Carl Orchard"}],
        "more": {"a": [1, {"b": "]}, {"}, [], {}]},
    }
    for n in range(60)
]
SPREAD = json.dumps(ROWS, indent=2, ensure_ascii=False).encode()
COMPACT = json.dumps(ROWS, separators=(",", ":")).encode()
BEHIND = "\n".join(json.dumps(row, indent=1) for row in ROWS).encode()
LINES = "\n".join(json.dumps(row) for row in ROWS).encode()
UNDER_KEY = json.dumps({"meta": {"x": [1, "]"]}, "found": {"a": 1, "articles": ROWS, "z": 0}, "next": None}).encode()
SHAPES = [SPREAD, COMPACT, BEHIND, LINES, SPREAD.decode().encode("utf-8-sig")]


def told(items) -> list[tuple]:
    return [
        (item.place.record, item.reason if isinstance(item, BrokenRecord) else item.content, item.raw) for item in items
    ]


@pytest.mark.parametrize("data", SHAPES)
@pytest.mark.parametrize("slice_bytes", [1, 700, 5000, 1 << 40])
def test_the_same_records_whatever_the_shape_and_the_cut(data, slice_bytes):
    items = read_file(data, "a.json", slice_bytes)
    assert list(map(outcome, items)) == list(map(outcome, read_file(LINES, "a.jsonl")))
    assert [item.place.record for item in items] == list(range(60))
    for item in items:
        assert data[item.place.offset :].startswith(item.raw)


@pytest.mark.parametrize("slice_bytes", [1, 700, 1 << 40])
def test_an_array_under_a_key(slice_bytes):
    items = read_file(UNDER_KEY, "a.json", slice_bytes, json_path="found.articles")
    assert list(map(outcome, items)) == list(map(outcome, read_file(LINES, "a.jsonl")))
    assert items == read_file(UNDER_KEY, "a.json", json_path="found.articles")


@pytest.mark.parametrize(
    "data, path, detail",
    [
        (b'{"a": 1, "b": [{}]}', "c", "no c (json_path); present: 'a', 'b'"),
        (b'{"a": 1}', "a", "no array at byte 6, for a (json_path)"),
        (b"[{}]", "a", "no object at byte 0, for a (json_path)"),
        (b'{"a": tru, "b": []}', "b", "Expecting value: byte 6"),
        (b'{"a', "b", "no b (json_path); present: no key"),
    ],
)
def test_no_array_under_the_key(data, path, detail):
    (item,) = read_file(data, "a.json", json_path=path)
    assert (item.place, item.reason, item.detail) == (Place("a.json"), "bad-json", detail)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-be", "utf-32"])
def test_wide_charsets(charset):
    data = SPREAD.decode().encode(charset)
    items = read_file(data, "a.json")
    assert list(map(outcome, items)) == list(map(outcome, read_file(LINES, "a.jsonl")))
    for item in items:
        assert data[item.place.offset :].startswith(item.raw)


def test_a_stated_charset():
    data = json.dumps([{"text": "Übergänge öffnen."}], ensure_ascii=False).encode("cp1252")
    assert read_file(data, "a.json", charset="iso-8859-1")[0].content == "Übergänge öffnen."
    assert told(read_file(data, "a.json")) == [(0, "bad-encoding", data[1:-1])]


@pytest.mark.parametrize(
    "begin",
    [
        b'{"more": [1], "much": "',
        b'{"found": {"articles": {"much": "',
        b'{"found": q, "much": "',
        b'["',
        b'{"found": "',
    ],
)
def test_a_file_without_the_array_is_one_reject_with_all_of_its_bytes(begin):
    data = begin + b"z" * 900_000 + b'"' + b"}" * 3
    (item,) = read_file(data, "a.json", json_path="found.articles", reject_raw_bytes=100)
    assert (item.place, item.reason, item.raw, item.raw_bytes) == (Place("a.json"), "bad-json", data[:100], len(data))
    (item,) = read_file(CODECS["gzip"](data)[:-20], "a.json", json_path="found.articles", reject_raw_bytes=100)
    assert item.raw == data[:100]


@pytest.mark.parametrize("broken", [b"\x87\x90,", b'"\x87\x90" x', b"\x81 "])
def test_bytes_are_as_received_in_a_stated_charset(broken):
    first, second, third = b'{"text": "\x87\x90 and \x81\xe0"}', b'{"text": ' + broken + b"}", b'{"text": "\x93\xfa"}'
    data = b"[" + b", ".join([first, second, third]) + b"]"
    one, bad, two = read_file(data, "a.json", charset="cp932")
    assert (one.content, one.raw, two.raw) == ("\u2252 and \u2252", first, third)
    assert bad.reason == "bad-json" and bad.raw.startswith(second) and data[bad.place.offset :].startswith(bad.raw)
    assert data[two.place.offset :].startswith(third)


@pytest.mark.parametrize(
    "data, expected",
    [
        (b'[{"text":"a "b" c"},{"text":"d"}]', [(0, "bad-json", b'{"text":"a "b" c"},'), (1, "d", b'{"text":"d"}')]),
        (b'[{"text":"a\nb"}, {"text":"d"}]', [(0, "bad-json", b'{"text":"a\nb"}, '), (1, "d", b'{"text":"d"}')]),
        (b'[{"text":"a" "b":1}\n{"text":"d"}]', [(0, "bad-json", b'{"text":"a" "b":1}\n'), (1, "d", b'{"text":"d"}')]),
        (
            b'[{"text":"a"},7,{"text":"d"}]',
            [(0, "a", b'{"text":"a"}'), (1, "bad-json", b"7"), (2, "d", b'{"text":"d"}')],
        ),
        (b'["x",null]', [(0, "bad-json", b'"x"'), (1, "bad-json", b"null")]),
        (b'[[{"text":"a"}],{"text":"d"}]', [(0, "a", b'{"text":"a"}'), (1, "d", b'{"text":"d"}')]),
        (b'[{"text":"a"},{"text":"d"', [(0, "a", b'{"text":"a"}'), (1, "bad-json", b'{"text":"d"')]),
        (b'[{"text":"a"},{"text":"d', [(0, "a", b'{"text":"a"}'), (1, "bad-json", b'{"text":"d')]),
        (b'[{"text":"a"},', [(0, "a", b'{"text":"a"}'), (1, "bad-json", b"")]),
        (b'[{"text":"a"}', [(0, "a", b'{"text":"a"}'), (1, "bad-json", b"")]),
        (
            b'[{"text":"\\ud800"},{"id":5}]',
            [(0, "bad-encoding", b'{"text":"\\ud800"}'), (1, "missing-field", b'{"id":5}')],
        ),
        (
            b'[{"text":"' + b"x" * 99 + b'"},{"text":"d"}]',
            [(0, "too-large", b'{"text":"' + b"x" * 31), (1, "d", b'{"text":"d"}')],
        ),
        (b'[{"text":"' + b"x" * 99, [(0, "too-large", b'{"text":"' + b"x" * 31)]),
        (b'[{"text":NaN,"html":"<p>b"}]', [(0, "bad-field", b'{"text":NaN,"html":"<p>b"}')]),
        (b"[]", []),
        (b"[ \n ]", []),
    ],
)
def test_broken_elements_cost_no_others(data, expected):
    for slice_bytes in (1, 1 << 40):
        items = read_file(data, "a.json", slice_bytes, max_record_bytes=60, reject_raw_bytes=40)
        assert told(items) == expected


def test_a_deeply_nested_element():
    data = b'[{"text":"a"},{"x":' + b"[" * 100_000 + b"]" * 100_000 + b'},{"text":"b"}]'
    assert [reason for _, reason, _ in told(read_file(data, "a.json"))] == ["a", "bad-json", "b"]


def test_an_object_spread_over_lines_that_is_no_record_names_its_keys():
    (item,) = read_file(json.dumps({"meta": 1, "articles": ROWS}, indent=1).encode(), "a.json")
    assert (item.reason, item.detail) == ("missing-field", "no text or html; present: 'meta', 'articles'")


@pytest.mark.parametrize("codec", CODECS)
def test_compressed_whole_and_cut_short(codec):
    packed = CODECS[codec](SPREAD)
    assert read_file(packed, "a.json" + SUFFIXES[codec]) == read_file(SPREAD, "a.json" + SUFFIXES[codec])
    *good, last = read_file(packed[: len(packed) * 9 // 10], "a.json" + SUFFIXES[codec])
    assert all(isinstance(item, Record) for item in good)
    assert last.reason == "bad-compression"
    assert "cut short" in last.detail


def test_compressed_members_are_cut():
    packed = b"".join(CODECS["gzip"](SPREAD[at : at + 3000]) for at in range(0, len(SPREAD), 3000))
    assert read_file(packed, "a.json.gz", 1000) == read_file(SPREAD, "a.json.gz")


@pytest.mark.parametrize(
    "data, format",
    [(SPREAD, "json"), (COMPACT, "json"), (BEHIND, "json"), (LINES, "jsonl"), (b"[Update] A story.", "text")],
)
def test_by_content(data, format):
    import io

    (part,) = cut_file(InputFile("a", "/a", len(data)), ReadOptions(), lambda _: io.BytesIO(data), 1 << 40)
    assert part.format == format


PIECES = [b"{", b"}", b"[", b"]", b",", b'"', b":", b" ", b"\n", b"\\", b"1", b"null", "ö".encode(), b"\xff", b'"text"']
contents = st.lists(
    st.sampled_from(PIECES) | st.sampled_from([b'{"text":"a"}', b',{"text":"b","x":{"y":[1]}}', b'},{"text":"c"}']),
    max_size=30,
).map(b"".join)


@given(data=contents, slice_bytes=st.integers(1, 40), path=st.sampled_from(["", "", "text"]))
@example(data=b'{"text":"a"},{"text":"b","x":{"y":[1]}}{"text":"a"}{"text":"a"}', slice_bytes=1, path="text")
@example(data=b'[{"text":"a"},{"text":"b","x":{"y":[1]}}{"text":"a"}{"text":"a"}', slice_bytes=1, path="text")
def test_the_cut_changes_nothing_and_every_byte_is_somewhere(data, slice_bytes, path):
    data = (b"[" if not path else b'{"text":[') + data
    options = {"max_record_bytes": 30, "reject_raw_bytes": 1000, "json_path": path}
    whole = read_file(data, "a.json", **options)
    assert read_file(data, "a.json", slice_bytes, **options) == whole
    at = 0
    for item in whole:
        if item.place.offset is not None:
            assert path or data[at : item.place.offset].strip(b" \r\n,[]") == b""
            assert data[item.place.offset :].startswith(item.raw)
            at = item.place.offset + len(item.raw)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["text", "id", "x", "{"]),
            st.recursive(
                st.text('"{}[],:\\ö\n', max_size=5) | st.integers(),
                lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text('"},{', max_size=3), v, max_size=3),
            ),
            max_size=3,
        ),
        max_size=6,
    ),
    st.sampled_from([None, 1]),
    st.integers(1, 50),
)
def test_any_array_gives_what_its_lines_give(rows, indent, slice_bytes):
    data = json.dumps(rows, indent=indent, ensure_ascii=False).encode()
    lines = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)
    expected = list(map(outcome, read_file(lines, "a.jsonl"))) if rows else []
    assert list(map(outcome, read_file(data, "a.json", slice_bytes))) == expected
