"""From a line of JSON to a record."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.model import Fields, Place, Record, StatedDate
from transforms.read import BrokenRecord, ReadOptions
from transforms.read.json_lines import compile_fields, json_record
from transforms.read.split import RawRecord

PLACE = Place("x.jsonl", 3, 77)


def read_line(line: bytes, charset: str = "", **fields):
    options = ReadOptions(fields=fields)
    return json_record(compile_fields(options.fields), RawRecord(PLACE, line, charset), options)


def read_object(value, **fields):
    return read_line(json.dumps(value).encode(), **fields)


def test_all_fields():
    value = {
        "id": "n-1",
        "url": " https://news.example/1 ",
        "text": "The harbour is open.",
        "title": " Harbour open ",
        "author": "Ada Example and Carl Orchard",
        "date": "2031-05-02T07:08:09+02:00",
        "views": 12,
    }
    line = json.dumps(value).encode()
    assert read_line(line) == Record(
        PLACE,
        line,
        "text",
        "The harbour is open.",
        None,
        "n-1",
        Fields(
            title="Harbour open",
            url="https://news.example/1",
            published=StatedDate(
                datetime(2031, 5, 2, 5, 8, 9, tzinfo=UTC), "second", "2031-05-02T07:08:09+02:00", "record"
            ),
            authors=("Ada Example", "Carl Orchard"),
        ),
    )


@pytest.mark.parametrize(
    "value, kind, content",
    [
        ({"text": "A", "html": "<p>B"}, "text", "A"),
        ({"text": " ", "html": "<p>B"}, "html", "<p>B"),
        ({"text": None, "html": "<p>B"}, "html", "<p>B"),
        ({"html": "<p>B"}, "html", "<p>B"),
    ],
)
def test_text_goes_before_html(value, kind, content):
    record = read_object(value)
    assert (record.kind, record.content, record.charset) == (kind, content, None)


def test_text_mapped_to_null_gives_html():
    assert read_object({"text": "A", "html": "<p>B"}, text=None).kind == "html"


@pytest.mark.parametrize(
    "keys, value",
    [
        ("body", {"body": "A story."}),
        ("content.body", {"content": {"body": "A story."}}),
        ("content.body", {"content.body": "A story."}),
        ("parts.1.body", {"parts": [{"body": "No."}, {"body": "A story."}]}),
        (["long", "short"], {"short": "A story.", "long": ""}),
        (["content.long", "content.short"], {"content": {"short": "A story.", "long": None}}),
    ],
)
def test_keys_paths_and_alternatives(keys, value):
    assert read_object(value, text=keys).content == "A story."


@pytest.mark.parametrize("path", ["parts.5", "parts.x", "parts.0.x.y", "none.x"])
def test_a_path_that_leads_nowhere(path):
    assert read_object({"parts": ["A"], "none": None}, text=path).reason == "missing-field"


@pytest.mark.parametrize(
    "value, expected", [("a", "a"), (17, "17"), (0, "0"), (10**30, str(10**30)), ("", None), (None, None)]
)
def test_id(value, expected):
    assert read_object({"text": "A", "id": value}).source_id == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        ("Ada Example", ("Ada Example",)),
        (["Ada Example", "Carl Orchard", "Ada Example"], ("Ada Example", "Carl Orchard")),
        ({"name": "Ada Example", "url": "/ada"}, ("Ada Example",)),
        ([{"name": "Ada Example"}, {"url": "/x"}, None, "Carl Orchard"], ("Ada Example", "Carl Orchard")),
        ([], ()),
        (None, ()),
        ("", ()),
    ],
)
def test_author(value, expected):
    assert read_object({"text": "A", "author": value}).fields.authors == expected


@pytest.mark.parametrize("number", [1935478800, 1935478800000, 1935478800123.0, "1935478800", "1935478800000"])
def test_epoch_seconds_and_milliseconds(number):
    found = read_object({"text": "A", "date": number}).fields.published
    assert found == StatedDate(datetime(2031, 5, 2, 9, 0, tzinfo=UTC), "second", str(number), "record")


def test_a_number_that_is_a_day():
    found = read_object({"text": "A", "date": 20310502}).fields.published
    assert found == StatedDate(datetime(2031, 5, 2, tzinfo=UTC), "day", "20310502", "record")


@pytest.mark.parametrize("value", ["soon", 0, 2031, 20319999, 10**40, 1e300, 5e10, -1, 99999999.5])
def test_a_date_that_cannot_be_read_loses_no_document(value):
    record = read_object({"text": "A", "date": value})
    assert (record.content, record.fields.published) == ("A", None)


def test_nan_and_infinity_and_very_long_integers():
    line = b'{"text": "A", "date": NaN, "x": [-Infinity, 1e999]}'
    assert read_line(line).fields.published is None
    for digits in (4299, 4300, 4301, 6000):
        for line in (b'{"text": "A", "id": %s}', b'{"text": "A", "id": -%s}', b'{"text": "A", "id": %s, "x": NaN}'):
            assert read_line(line % (b"7" * digits)).source_id.endswith("7" * digits)


@pytest.mark.parametrize(
    "line, reason, detail",
    [
        (b'{"text": "A" "id": 1}', "bad-json", "Expecting ',' delimiter: column 14"),
        (b'{"text": "A"', "bad-json", "Expecting ',' delimiter: column 13"),
        (b'{"text": "A"} {"text": "B"}', "bad-json", "Extra data: column 15"),
        (b'{"text": "A\tB"}', "bad-json", "Invalid control character at: column 12"),
        (b"[" * 100_000, "bad-json", "nested too deeply"),
        (b'{"x":' * 100_000 + b"1" + b"}" * 100_000, "bad-json", "nested too deeply"),
        (b'["text"]', "bad-json", "a list where an object should be"),
        (b"null", "bad-json", "null where an object should be"),
        (b"17", "bad-json", "a number where an object should be"),
        (b"NaN", "bad-json", "a number where an object should be"),
        (b'{"text": "A\0B"}', "binary", "NUL character at character 11 of utf-8 (as JSON is)"),
        (
            b'{"text": "\xe9"}',
            "bad-encoding",
            "byte 0xe9 at offset 10: invalid continuation byte; tried utf-8 (as JSON is)",
        ),
        (
            b'{"body": "A", "url": "u", "1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1, "7": 1}',
            "missing-field",
            "no text or html; present: 'body', 'url', '1', '2', '3', '4', '5', '6', …",
        ),
        (b"{}", "missing-field", "no text or html; present: no key"),
        (b'{"text": " \\n", "html": ""}', "empty", "nothing but white space in text or html"),
        (b'{"text": ["A"]}', "bad-field", "text: a list; allowed: a string"),
        (b'{"text": 5}', "bad-field", "text: a number; allowed: a string"),
        (b'{"text": "A", "title": {}}', "bad-field", "title: an object; allowed: a string"),
        (b'{"text": "A", "url": false}', "bad-field", "url: a bool; allowed: a string"),
        (b'{"text": "A", "id": true}', "bad-field", "id: a bool; allowed: a string or a whole number"),
        (b'{"text": "A", "id": 1.5}', "bad-field", "id: a number; allowed: a string or a whole number"),
        (
            b'{"text": "A", "author": [7]}',
            "bad-field",
            "author or authors or byline: a number; allowed: a string, an object with a name, or a list of these",
        ),
        (
            b'{"text": "A", "date": [2031]}',
            "bad-field",
            "date or published or published_at: a list; allowed: a string, or a number of seconds or milliseconds"
            " since 1970",
        ),
        (b'{"text": "A \\ud83d"}', "bad-encoding", "lone surrogate U+D83D at character 2 of 'A \\ud83d'"),
        (b'{"text": "A", "title": "\\ude00"}', "bad-encoding", "lone surrogate U+DE00 at character 0 of '\\ude00'"),
    ],
)
def test_bad_lines(line, reason, detail):
    item = read_line(line)
    assert (item.reason, item.detail) == (reason, detail)
    assert (item.place, item.raw, item.raw_bytes) == (PLACE, line[: 64 * 1024], len(line))


def test_a_broken_record_tells_its_id():
    assert read_object({"id": 17, "title": "No text"}).source_id == "17"
    assert read_line(b'{"id": "a\\ud800", "text": "A"}').source_id == "a\\ud800"


def test_surrogates_that_are_no_fault():
    assert read_line(b'{"text": "A \\ud83d\\ude00", "x": "y"}').content == "A \U0001f600"
    assert read_line(b'{"text": "A", "comments": ["\\ud83d"]}').content == "A"
    assert read_line(b'{"text": "A \\\\ud83d"}').content == "A \\ud83d"


def test_mark_and_charset():
    assert read_line(b'\xef\xbb\xbf{"text": "A"}').content == "A"
    assert read_line('{"text": "Über"}'.encode("cp1252"), charset="cp1252").content == "Über"
    assert read_line(b'{"text": "\x80 5"}', charset="iso-8859-1").content == "€ 5"
    assert read_line('{"text": "Ý“"}'.encode(), charset="cp1252").content == "Ý“"
    assert read_line('{"text": "Ü"}'.encode(), charset="UTF-8").content == "Ü"
    assert read_line(b'{"text": "\x98"}', charset="shift_jis").reason == "bad-encoding"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.sampled_from("aÜ\ud83d\ude00 \0\n\u3000"), max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "x", "\ud83d"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(
    value=st.dictionaries(
        st.sampled_from(["id", "text", "html", "title", "url", "author", "date", "x"]), json_values, max_size=6
    ),
    ascii_only=st.booleans(),
)
def test_any_object_gives_what_parquet_can_hold(value, ascii_only):
    line = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    item = read_line(line)
    if isinstance(item, BrokenRecord):
        assert item.raw == line
        strings = [item.detail, item.source_id or ""]
    else:
        known = item.fields
        strings = [item.content, item.source_id or "", known.title or "", known.url or "", *known.authors]
    assert all(string.encode() is not None for string in strings)


@given(st.one_of(json_values.map(lambda v: json.dumps(v).encode()), st.binary(max_size=8)))
def test_the_fast_parser_accepts_nothing_that_json_reads_otherwise(line):
    try:
        fast = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    assert repr(fast) == repr(json.loads(line.decode()))
