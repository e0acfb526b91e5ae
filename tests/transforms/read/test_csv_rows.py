"""CSV: rows, dialects, and what is left of rows that are broken."""

import csv
import gzip
import io
import random
from hashlib import blake2b

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.transforms.read.files import read_file
from tests.transforms.read.packed import CODECS, SUFFIXES
from transforms.model import Place, Record
from transforms.read import BrokenRecord
from transforms.read.csv_rows import _dialect, _split

HEADER = b"id,title,text\n"
ROWS = [
    {"id": str(n), "title": f'The "big" one, {n}', "text": f'Harbour {n} öpened.\nSecond, "line".\r\n' * (n % 7 + 1)}
    for n in range(60)
]


def write(rows=ROWS, **dialect) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), **dialect)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def found(items) -> list[dict]:
    assert all(isinstance(item, Record) for item in items), items
    return [{"id": item.source_id, "title": item.fields.title, "text": item.content} for item in items]


def told(items) -> list[tuple]:
    """Number, offset and reason of rejects; number, offset and text of records."""
    return [
        (item.place.record, item.place.offset, item.reason if isinstance(item, BrokenRecord) else item.content)
        for item in items
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects_are_told(delimiter, quoting, end):
    data = write(delimiter=delimiter, quoting=quoting, lineterminator=end)
    items = read_file(data, "a.csv")
    assert found(items) == ROWS
    assert [item.place.record for item in items] == list(range(60))
    for item in items:
        assert data[item.place.offset :].startswith(item.raw)
    assert found(read_file(data, "a.txt", format="csv", delimiter=delimiter)) == ROWS


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_charsets_that_are_told(charset):
    data = write().decode().encode(charset)
    items = read_file(data, "a.csv")
    assert found(items) == ROWS
    for item in items:
        assert data[item.place.offset :].startswith(item.raw)


@pytest.mark.parametrize("charset", ["cp1252", "utf-8", "UTF-16", "iso-8859-1"])
def test_charsets_that_are_stated(charset):
    data = write().decode().encode(charset)
    assert found(read_file(data, "a.csv", charset=charset)) == ROWS


def test_a_row_in_another_charset_than_the_others():
    text = "Der Fluss stieg über Nacht, und niemand wurde verletzt; die Brücke ist für Fußgänger gesperrt."
    rows = [f'{n},x,"{text}"\n'.encode("cp1252" if n else "utf-8") for n in range(2)]
    assert [item.content for item in read_file(HEADER + b"".join(rows), "a.csv")] == [text, text]


def test_tabs_by_name_although_there_are_more_commas():
    data = b"text\tid\na, b, c, d\t7\ne, f, g, h\t8\n"
    assert [item.source_id for item in read_file(data, "a.tsv.gz")] == ["7", "8"]
    assert [item.source_id for item in read_file(gzip.compress(data), "a.tsv.gz", 1)] == ["7", "8"]


def test_columns_by_config():
    items = read_file(b"7,One.\n8,Two.\n", "a.csv", columns=["id", "text"])
    assert [(item.place.record, item.source_id, item.content) for item in items] == [(0, "7", "One."), (1, "8", "Two.")]


def test_no_quotes_by_config():
    data = b'text\tid\n"Well," she said\t7\n"\t8\n'
    assert [i.content for i in read_file(data, "a.tsv", quote="")] == ['"Well," she said', '"']


def test_other_quotes_by_config():
    assert read_file(b"text,id\n'a, ''b''',7\n", "a.csv", quote="'")[0].content == "a, 'b'"


def test_fields_are_mapped_and_the_first_of_two_columns_counts():
    data = b"text,body, nr ,nr,author,date\nNo,A story.,7,8,Ada Example and Carl Orchard,2031-05-02\n"
    (item,) = read_file(data, "a.csv", fields={"text": "body", "id": "nr"})
    assert (item.content, item.source_id) == ("A story.", "7")
    assert (item.fields.authors, item.fields.published.raw) == (("Ada Example", "Carl Orchard"), "2031-05-02")


@pytest.mark.parametrize(
    "rows, expected",
    [
        (b"1,a\n2,b,c,d\n3,b,c,\n4,x,y", [(0, 14, "bad-csv"), (1, 18, "bad-csv"), (2, 26, "c"), (3, 33, "y")]),
        (b"\n1,a,b\n \n\r\n2,c,d\n", [(1, 15, "b"), (4, 25, "d")]),
        (b'1,5" disk,fine\n', [(0, 14, "fine")]),
        (b'1,"a" ,b\n', [(0, 14, "b")]),
        (b'1,"Unbalanced,foo\n2,"Proper",bar\n3,x,y\n', [(0, 14, "bad-csv"), (1, 32, "bar"), (2, 47, "y")]),
        (b'1,"He said "hi"\nand left",x\n2,a,b\n', [(0, 14, "bad-csv"), (1, 42, "b")]),
        (b'1,a,"no end\n2,c,d\n', [(0, 14, "bad-csv"), (1, 26, "d")]),
        (b'1,a,"no end', [(0, 14, "bad-csv")]),
        (b"1,\0,a\n2,b,c", [(0, 14, "binary"), (1, 20, "c")]),
        (b"1,a,\n2,b,c", [(0, 14, "empty"), (1, 19, "c")]),
        (b"1,a,\xc3\xa9\xc3\xa8 and \xc3 bad\n2,b,c", [(0, 14, "bad-encoding"), (1, 33, "c")]),
        (b"1,a,b" + b"x" * 100 + b"\n2,b,c", [(0, 14, "too-large"), (1, 120, "c")]),
        (b'1,a,"' + b"x\n" * 100 + b"\n2,b,c", [(0, 14, "bad-csv"), (1, 220, "c")]),
        (b'1,a,"' + b"x" * 90 + b'"\n2,b,c', [(0, 14, "too-large"), (1, 111, "c")]),
        (b"", []),
    ],
)
def test_broken_rows_cost_no_others(rows, expected):
    assert told(read_file(HEADER + rows, "a.csv", max_record_bytes=80)) == expected


def test_a_broken_row_keeps_its_bytes_and_says_what_is_wrong():
    ragged, open_quote = read_file(HEADER + b'1,a\n2,"b\n3,\n', "a.csv")
    assert (ragged.raw, ragged.detail) == (b"1,a", "2 cells; the header has 3")
    assert open_quote.raw == b'2,"b\n3,\n'
    assert open_quote.detail.endswith("; 2 lines were left out")


def test_a_quote_without_end_swallows_no_more_than_its_line():
    data = HEADER + b"".join(b'%d,a,"A\n' % n if n == 3 else b"%d,a,A story %d.\n" % (n, n) for n in range(5000))
    items = read_file(data, "a.csv", max_record_bytes=2000)
    assert [item.place.record for item in items if isinstance(item, BrokenRecord)] == [3]
    assert len(items) == 5000


def test_a_file_without_a_column_for_text_is_one_reject():
    for slice_bytes in (1, 1000):
        (item,) = read_file(b"id,body\n1,a\n2,b\n", "a.csv", slice_bytes)
        assert (item.place, item.reason, item.raw) == (Place("a.csv"), "missing-field", b"id,body\n1,a\n2,b\n")
        assert item.detail == "no column text or html; present: 'id', 'body'; 2 rows were left out"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n \n"])
def test_nothing_in_it(data):
    (item,) = read_file(data, "a.csv")
    assert (item.place, item.reason) == (Place("a.csv"), "empty")


def test_a_header_that_is_broken():
    (item,) = read_file(b'id,"text\n1,a\n', "a.csv")
    assert item.reason == "bad-csv"
    assert item.detail.startswith("the header: ")


@pytest.mark.parametrize("codec", CODECS)
def test_compressed_whole_and_cut_short(codec):
    data = write()
    packed = CODECS[codec](data)
    assert read_file(packed, "a.csv" + SUFFIXES[codec]) == read_file(data, "a.csv" + SUFFIXES[codec])
    *good, last = read_file(packed[: len(packed) * 9 // 10], "a.csv" + SUFFIXES[codec])
    assert found(good) == ROWS[: len(good)]
    assert last.reason == "bad-compression"
    assert "cut short" in last.detail


def test_compressed_members_are_cut():
    data = write(ROWS * 5)
    packed = b"".join(CODECS["gzip"](data[at : at + 3000]) for at in range(0, len(data), 3000))
    assert read_file(packed, "a.csv.gz", 1000) == read_file(packed, "a.csv.gz") == read_file(data, "a.csv.gz")


PIECES = [
    b",",
    b",",
    b"\n",
    b"\n",
    b"\r\n",
    b"\r",
    b'"',
    b'""',
    b'","',
    b'"\n"',
    b"a",
    b" ",
    b";",
    "ö".encode(),
    b"\xff",
    b"\0",
]
contents = st.lists(st.sampled_from(PIECES) | st.just(b"word") | st.just(b"1,a,b\n"), max_size=40).map(b"".join)


@given(data=contents, slice_bytes=st.integers(1, 40), header=st.booleans())
@example(data=b'1,a,"b\n', slice_bytes=1, header=True)
@example(data=b"\n\n1,a,b\n\n", slice_bytes=1, header=True)
@example(data=b"\0\nword", slice_bytes=1, header=False)
def test_the_cut_changes_nothing(data, slice_bytes, header):
    data = HEADER + data if header else data
    options = {"max_record_bytes": 30, "reject_raw_bytes": 1000, "columns": () if header else ("id", "title", "text")}
    whole = read_file(data, "a.csv", delimiter=",", **options)
    assert read_file(data, "a.csv", slice_bytes, delimiter=",", **options) == whole
    assert read_file(data, "a.csv", at_once=slice_bytes, delimiter=",", **options) == whole
    numbers = [item.place.record for item in whole if item.place.record is not None]
    assert numbers == sorted(set(numbers))


@given(data=contents, slice_bytes=st.integers(1, 40))
@example(data=b"1,a,b\n1;2\n" + b"1;2;3;4\n" * 9, slice_bytes=1)
def test_the_cut_changes_no_delimiter(data, slice_bytes):
    data = b"text;title,id\n" + data
    assert read_file(data, "a.csv", slice_bytes) == read_file(data, "a.csv")


@given(data=contents)
def test_every_byte_is_in_a_record_a_reject_or_a_line_break(data):
    items = read_file(HEADER + data, "a.csv", delimiter=",", reject_raw_bytes=1000)
    left, at = HEADER + data, len(HEADER)
    for item in items:
        assert left[at : item.place.offset].strip() == b""
        assert left[item.place.offset :].startswith(item.raw)
        at = item.place.offset + len(item.raw)
    assert left[at:].strip() == b""


# of the last three of each charset the first is written otherwise, the second is half of a character
STATED = {"cp932": [b"\x93\xfa", b"\x87\x90", b"\x81", b"\xff"], "big5": [b"\xa4\xe9", b"\xa1\xc3", b"\xa4", b"\xff"]}


@pytest.mark.parametrize("charset", STATED)
@given(data=st.data(), slice_bytes=st.integers(1, 40))
def test_bytes_are_as_received_in_a_stated_charset(charset, data, slice_bytes):
    pieces = [b",", b"\n", b'"', b"a", b"1,a,b\n", *STATED[charset]]
    rows = HEADER + data.draw(st.lists(st.sampled_from(pieces), max_size=40).map(b"".join))
    items = read_file(rows, "a.csv", charset=charset)
    assert read_file(rows, "a.csv", slice_bytes, charset=charset) == items
    for item in items:
        raw = bytes(item.raw)
        assert rows[item.place.offset or 0 :].startswith(raw)
        if isinstance(item, BrokenRecord):
            assert item.checksum == blake2b(raw, digest_size=16).hexdigest() and item.raw_bytes == len(raw)


@pytest.mark.parametrize(
    "header, charset",
    [
        (b"id,body\n", ""),
        (b"id,body\n", "cp932"),
        (b'id,"text"s\n', ""),
        (b'id,"text"s\n', "cp932"),
        (b"id,text,t\xc3\xa9\xc3\xa8\xff\n", ""),
        (b"\xef\xbb\xbfid\n", ""),
    ],
)
def test_a_file_that_cannot_be_begun_is_one_reject_with_all_of_its_bytes(header, charset):
    data = b"\n \n" + header + b"1,a,b\n" * 60_000
    for packed in (data, gzip.compress(data, 1)):
        (item,) = read_file(packed, "a.csv", charset=charset, reject_raw_bytes=100)
        assert item.place == Place("a.csv") and item.reason in ("missing-field", "bad-csv", "bad-encoding")
        assert (item.raw, item.raw_bytes) == (data[:100], len(data))
        assert item.checksum == blake2b(data, digest_size=16).hexdigest()


def test_bytes_that_a_charset_decodes_and_does_not_encode():
    row = b"1,a,t\x1b\xe6\xff"
    first, second = read_file(HEADER + row + b"\n2,b,c\n", "a.csv", charset="iso2022_jp")
    assert (first.raw, second.raw, second.place.offset) == (row, b"2,b,c", len(HEADER + row) + 1)


def test_charsets_with_shifts_are_not_cut():
    data = HEADER + b"1,a,\x1b$B\n" * 5 + b"2,b,\x1b(Bc\n" * 5  # none of these lines begins in the state that it should
    assert read_file(data, "a.csv", 1, charset="iso2022_jp") == read_file(data, "a.csv", charset="iso2022_jp")


cells = st.text(st.sampled_from('a",;\n\r ö|'), max_size=6)


@given(rows=st.lists(st.lists(cells, min_size=2, max_size=4), max_size=8), delimiter=st.sampled_from(",;|\t"))
def test_rows_are_those_of_the_csv_module(rows, delimiter):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    dialect, data, at = _dialect(delimiter, '"'), file.getvalue().encode(), 0
    read = []
    while at < len(data):
        end = dialect.last.match(data, at).end()
        read.append(_split(data[at:end].decode().rstrip("\r\n"), dialect))
        at = end
    assert read == list(csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=delimiter)) == rows


def test_large_cells():
    text = "".join(random.Random(5).choices('abc "\n,ö', k=300_000))
    (item,) = read_file(write([{"id": "1", "title": "x", "text": text}]), "a.csv")
    assert item.content == text


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("charset, stated", [("utf-16", "auto"), ("cp932", "cp932")])
def test_a_broken_row_in_another_charset_ends_within_no_character(charset, stated, before):
    data = ("text,title\n" + '"a" b' + "x" * before + "日" * 300_000 + ",c\nlast,one\n").encode(charset)
    *_, last = read_file(data, "a.csv", **({} if stated == "auto" else {"charset": stated}))
    assert isinstance(last, Record) and last.content == "last"
