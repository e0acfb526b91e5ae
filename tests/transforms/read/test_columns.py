"""Parquet and Arrow: rows as the records that the same objects in JSON Lines are."""

import gzip
import io
import json
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.transforms.read.files import outcome, read_file
from tests.transforms.read.packed import CODECS, SUFFIXES
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, Slice, cut_file, read_slice

ROWS = [
    {
        "id": n,
        "url": f"https://news.example/{n}",
        "title": f"Harbour {n} öpened",
        "text": f"The harbour of Dunmere, number {n}, is open again. " * (n % 5 + 1),
        "author": ["Ada Example", "Carl Orchard"],
        "date": "2031-05-02T07:08:09+00:00",
        "views": [[n]] * 3,
    }
    for n in range(40)
]
LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


def parquet(rows, groups=7, schema=None, **options) -> bytes:
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema)
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=groups, **options)
    return file.getvalue()


def arrow(rows, groups=7, schema=None, new=pa.ipc.new_file, **options) -> bytes:
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(rows, schema)
    file = io.BytesIO()
    with new(file, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=groups)
    return file.getvalue()


def stream(rows, **options) -> bytes:
    return arrow(rows, new=pa.ipc.new_stream, **options)


WRITERS = {"parquet": parquet, "arrow": arrow, "arrows": stream}
writers = pytest.mark.parametrize("suffix", WRITERS)


@writers
@pytest.mark.parametrize("slice_bytes", [1, 1500, 1 << 40])
@pytest.mark.parametrize("seekable", [True, False])
def test_rows_are_what_lines_of_json_are(suffix, slice_bytes, seekable):
    data = WRITERS[suffix](ROWS)
    items = read_file(data, f"a.{suffix}", slice_bytes, seekable)
    assert list(map(outcome, items)) == list(map(outcome, read_file(LINES, "a.jsonl")))
    assert [item.place for item in items] == [Place(f"a.{suffix}", n) for n in range(40)]
    wanted = [key for key in ROWS[0] if key != "views"]
    assert [json.loads(bytes(item.raw)) for item in items] == [{key: row[key] for key in wanted} for row in ROWS]


@writers
def test_told_by_content(suffix):
    assert [item.source_id for item in read_file(WRITERS[suffix](ROWS), "a")] == [str(n) for n in range(40)]


@writers
@pytest.mark.parametrize("codec", CODECS)
def test_compressed_as_a_whole(suffix, codec):
    data = WRITERS[suffix](ROWS)
    packed = CODECS[codec](data)
    name = f"a.{suffix}{SUFFIXES[codec]}"
    assert read_file(packed, name) == read_file(data, name)
    last = read_file(packed[: len(packed) // 2], name)[-1]
    assert (last.reason, "cut short" in last.detail) == ("bad-compression", True)


@writers
def test_in_an_archive(suffix):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"a.{suffix}", WRITERS[suffix](ROWS))
    items = read_file(packed.getvalue(), "b.zip")
    assert list(map(outcome, items)) == list(map(outcome, read_file(LINES, "a.jsonl")))


@pytest.mark.parametrize(
    "values, kind",
    [
        (["A", None, "ö"], pa.string()),
        (["A", None, "ö"], pa.large_string()),
        (["A", None, "ö"], pa.string_view()),
        (["A", None, "ö"], pa.dictionary(pa.int8(), pa.string())),
        ([b"A", None, "ö".encode()], pa.binary()),
        ([b"A", None, "ö".encode()], pa.large_binary()),
    ],
)
@writers
def test_types_of_text(suffix, values, kind):
    try:
        data = WRITERS[suffix](pa.table({"text": pa.array(values, kind)}))
    except pa.ArrowNotImplementedError as error:  # views, in Parquet, before pyarrow 21
        pytest.skip(str(error))
    found = [outcome(item)[:2] for item in read_file(data, f"a.{suffix}")]
    assert found == [("text", "A"), ("missing-field", None), ("text", "ö")]


@pytest.mark.parametrize(
    "values, kind, expected",
    [
        ([7, None], pa.int64(), ["7", None]),
        ([7, None], pa.uint8(), ["7", None]),
        ([Decimal(7), Decimal(10) ** 30], pa.decimal128(38, 0), ["7", str(10**30)]),
        (["a", ""], pa.string(), ["a", None]),
        (["a", "b"], pa.dictionary(pa.int32(), pa.string()), ["a", "b"]),
        ([bytes(range(16)), None], pa.uuid(), ["00010203-0405-0607-0809-0a0b0c0d0e0f", None]),
    ],
)
def test_types_of_ids(values, kind, expected):
    table = pa.table({"text": ["A", "B"], "id": pa.array(values, kind)})
    assert [item.source_id for item in read_file(arrow(table), "a.arrow")] == expected


_AT = datetime(2031, 5, 2, 7, 8, 9)


@pytest.mark.parametrize(
    "value, kind, raw",
    [
        (date(2031, 5, 2), pa.date32(), "2031-05-02"),
        (date(1931, 5, 2), pa.date64(), "1931-05-02"),
        (_AT, pa.timestamp("s"), "2031-05-02T07:08:09"),
        (_AT, pa.timestamp("ms"), "2031-05-02T07:08:09"),
        (_AT.replace(microsecond=5), pa.timestamp("us"), "2031-05-02T07:08:09.000005"),
        (_AT, pa.timestamp("ns"), "2031-05-02T07:08:09"),
        (_AT.replace(tzinfo=UTC), pa.timestamp("ms", "UTC"), "2031-05-02T07:08:09+00:00"),
        (_AT.replace(tzinfo=timezone(timedelta(hours=2))), pa.timestamp("us", "+02:00"), "2031-05-02T05:08:09+00:00"),
        (_AT.replace(tzinfo=UTC), pa.timestamp("us", "Nowhere/Zone"), "2031-05-02T07:08:09+00:00"),
        (1935478800, pa.int64(), "1935478800"),
        (1935478800.0, pa.float64(), "1935478800.0"),
        (Decimal("1935478800"), pa.decimal128(20, 3), "1935478800"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_types_of_dates(suffix, value, kind, raw):
    array = (
        pa.array([int(value.timestamp() * 1e6)], pa.int64()).cast(pa.timestamp("us", "Nowhere/Zone"))
        if ("Nowhere" in str(kind))
        else pa.array([value], kind)
    )
    (item,) = read_file(WRITERS[suffix](pa.table({"text": ["A"], "date": array})), f"a.{suffix}")
    assert item.fields.published.raw == raw


def test_dates_that_no_calendar_has_are_unknown():
    table = pa.table({"text": ["A", "B"], "date": pa.array([2**62, -(2**62)], pa.int64()).cast(pa.timestamp("s"))})
    assert [item.fields.published for item in read_file(arrow(table), "a.arrow")] == [None, None]
    table = pa.table({"text": ["A"], "date": pa.array([2**31 - 1], pa.int32()).cast(pa.date32())})
    assert read_file(arrow(table), "a.arrow")[0].fields.published is None
    table = pa.table({"text": ["A"], "date": pa.array([float("nan")])})
    assert read_file(arrow(table), "a.arrow")[0].fields.published is None


NESTED = pa.table(
    {
        "page": [{"text": "A", "junk": "x" * 1000}, None, {"text": None, "junk": "y"}],
        "people": [[{"name": "Ada Example"}, {"name": None}], None, []],
        "tags": pa.array([[("k", "v")], None, [("text", "From a map.")]], pa.map_(pa.string(), pa.string())),
        "a.b": ["Dotted.", None, None],
    }
)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize(
    "text, expected",
    [
        ("page.text", ["A", "missing-field", "missing-field"]),
        ("people.0.name", ["Ada Example", "missing-field", "missing-field"]),
        ("tags.text", ["missing-field", "missing-field", "From a map."]),
        ("a.b", ["Dotted.", "missing-field", "missing-field"]),
        (["page.text", "tags.text"], ["A", "missing-field", "From a map."]),
    ],
)
def test_paths(suffix, text, expected):
    items = read_file(WRITERS[suffix](NESTED), f"a.{suffix}", fields={"text": text, "author": "people"})
    assert [getattr(item, "reason", None) or item.content for item in items] == expected
    assert isinstance(items[0], BrokenRecord) or items[0].fields.authors == ("Ada Example",)


def test_only_what_is_mapped_is_read():
    (item, *_) = read_file(parquet(NESTED), "a.parquet", fields={"text": "page.text"})
    assert bytes(item.raw) == b'{"page":{"text":"A"}}'


def test_pages_in_a_column_of_bytes_stay_bytes():
    page = "<html><meta charset=windows-1252><p>Ökobauern</p></html>".encode("cp1252")
    table = pa.table({"html": pa.array([page, b"", b"\x89PNG\r\n\x1a\n" + bytes(40)], pa.binary())})
    record, empty, binary = read_file(parquet(table), "a.parquet")
    assert (record.kind, record.content) == ("html", page)
    assert (empty.reason, binary.reason) == ("empty", "binary")


@writers
def test_strings_that_are_no_utf_8_cost_their_row(suffix):
    held = pa.array([b"A", b"\xe9t\xe9", b"B"], pa.binary())
    strings = pa.Array.from_buffers(pa.string(), 3, held.buffers())
    items = read_file(WRITERS[suffix](pa.table({"text": strings, "id": [1, 2, 3]})), f"a.{suffix}")
    assert [outcome(item)[0] for item in items] == ["text", "bad-encoding", "text"]
    assert b'"id":2' in items[1].raw


# ways to hold a string for each row
NESTS = {
    "struct": lambda strings: pa.StructArray.from_arrays([strings], ["name"]),
    "list": lambda strings: pa.ListArray.from_arrays(range(len(strings) + 1), strings),
    "large list": lambda strings: pa.LargeListArray.from_arrays(range(len(strings) + 1), strings),
    "fixed list": lambda strings: pa.FixedSizeListArray.from_arrays(strings, 1),
    "map": lambda strings: pa.MapArray.from_arrays(range(len(strings) + 1), ["name"] * len(strings), strings),
    "dictionary": lambda strings: pa.DictionaryArray.from_arrays(range(len(strings)), strings),
}
nests = st.lists(st.sampled_from(list(NESTS)), min_size=1, max_size=3)


@writers
@settings(deadline=None)
@given(
    names=nests,
    held=st.lists(st.sampled_from([b"Ada", b"\xe9t\xe9", b"\xff", b"\xff" * 30, None]), min_size=1, max_size=8),
    view=st.booleans(),
)
@example(names=["struct"], held=[b"Ada", b"\xff", b"Ada"], view=False)
@example(names=["map"], held=[b"Ada", b"\xff", b"Ada"], view=False)
@example(names=["list"], held=[b"Ada", b"\xff", b"\xff" * 30], view=True)
def test_a_nested_string_that_is_no_utf_8_costs_its_row(suffix, names, held, view):
    # Arrow gives nothing of a dictionary of Parquet with one in it, and decodes none of dictionaries
    assume(names.count("dictionary") <= (suffix != "parquet"))
    names = [] if view else names  # Arrow writes no nested views
    array = pa.array(held, pa.binary())
    array = array.cast(pa.binary_view()).view(pa.string_view()) if view else array.view(pa.string())
    for name in names:
        array = NESTS[name](array)
    table = pa.table({"text": ["A story."] * len(held), "nested": array})
    data = WRITERS[suffix](table)
    items = read_file(data, f"a.{suffix}", fields={"author": "nested"})
    bad = [value is not None and not value.isascii() for value in held]
    assert [getattr(item, "reason", "") == "bad-encoding" for item in items] == bad


@writers
@pytest.mark.parametrize("slice_bytes", [1, 1 << 40])
def test_another_schema_is_one_reject_that_names_the_columns(suffix, slice_bytes):
    table = pa.table({"body": ["A", "B"] * 20, "text": [1, 2] * 20})
    (item,) = read_file(WRITERS[suffix](table), f"a.{suffix}", slice_bytes)
    assert (item.place, item.reason) == (Place(f"a.{suffix}"), "missing-field")
    assert item.detail == (
        "no column text or html that holds text; present: 'body' (string), 'text' (int64); 40 rows were left out"
    )


def test_names_that_are_no_utf_8_are_one_reject_however_the_file_is_cut():
    data = arrow(ROWS).replace(b"author", b"auth\xffr")
    (item,) = read_file(data, "a.arrow")
    assert item.reason == "bad-arrow" and read_file(data, "a.arrow", 1) == [item]


def test_a_broken_row_group_costs_no_other():
    data = bytearray(parquet(ROWS, groups=10, compression="zstd", write_page_checksum=True, use_dictionary=False))
    text = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(1).column(3)
    at = text.data_page_offset + text.total_compressed_size - 20
    data[at : at + 10] = b"\xff" * 10
    items = read_file(bytes(data), "a.parquet")
    assert [getattr(item, "reason", "ok") for item in items] == ["ok"] * 10 + ["bad-parquet"] + ["ok"] * 20
    assert items[10].place == Place("a.parquet", 10)
    assert items[10].detail.startswith("row group 1: ")
    assert items[10].detail.endswith("; 0 of its 10 rows were read")
    assert [item.source_id for item in items[11:]] == [str(n) for n in range(20, 40)]
    assert read_file(bytes(data), "a.parquet", 1) == items


LARGE = pa.table({"id": range(5000), "text": [f"Story {n} of Dunmere. " * (3 + n % 5) for n in range(5000)]})


@pytest.mark.parametrize("groups", [5000, 1700, 600])
@pytest.mark.parametrize("broken", [False, True])
def test_a_cut_within_a_row_group_changes_nothing(groups, broken):
    options = {"data_page_size": 8000, "write_page_checksum": True, "use_dictionary": False}
    data = bytearray(parquet(LARGE, groups, **options))
    if broken:
        text = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(1)
        data[text.data_page_offset + text.total_compressed_size // 2] ^= 255
    whole = read_file(bytes(data), "a.parquet")
    assert len([item for item in whole if isinstance(item, BrokenRecord)]) == broken
    assert broken or len(whole) == 5000
    for slice_bytes in (1, 20_000, 70_000, 200_000):
        assert read_file(bytes(data), "a.parquet", slice_bytes) == whole


@pytest.mark.parametrize("groups", [5000, 1100, 10])
def test_slices_are_of_one_size_in_unpacked_data_whatever_the_row_groups(groups):
    data = parquet(LARGE, groups, compression="zstd", use_dictionary=False)
    file = InputFile("a.parquet", "/a", len(data))
    metadata = pq.ParquetFile(io.BytesIO(data)).metadata
    unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
    slices = cut_file(file, ReadOptions(), lambda _: io.BytesIO(data), unpacked // 5)
    rows = [(part.end or 5000) - part.start for part in slices]
    assert sum(rows) == 5000 and 5 <= len(slices) <= 6
    assert max(rows[:-1]) < 1.3 * min(rows[:-1])
    assert [part.first_record for part in slices] == [part.start for part in slices]


def test_a_large_row_group_is_cut_a_bounded_number_of_times():
    data = parquet(pa.table({"text": ["A" * 300_000] * 100}), 100, use_dictionary=False)
    slices = cut_file(InputFile("a.parquet", "/a", len(data)), ReadOptions(), lambda _: io.BytesIO(data), 1)
    assert [part.start for part in slices] == list(range(0, 100, 7))


def test_a_broken_batch_costs_no_other():
    data = bytearray(arrow(ROWS, groups=10, compression="zstd"))
    magic = b"\x28\xb5\x2f\xfd"
    frames = [at for at in range(len(data)) if data[at : at + 4] == magic]
    at = frames[len(frames) * 3 // 8]  # a buffer of the second of four batches
    data[at : at + 12] = b"\xff" * 12
    items = read_file(bytes(data), "a.arrow")
    reasons = [getattr(item, "reason", "ok") for item in items]
    assert reasons == ["ok"] * 10 + ["bad-arrow"] + ["ok"] * 20
    assert [item.source_id for item in items[11:]] == [str(n) for n in range(20, 40)]
    assert read_file(bytes(data), "a.arrow", 1) == items


@writers
def test_truncated_anywhere(suffix):
    data, whole = WRITERS[suffix](ROWS), read_file(WRITERS[suffix](ROWS), f"a.{suffix}")
    kept = []
    for size in range(0, len(data) - 8, 97):
        for slice_bytes in (1, 1 << 40):
            items = read_file(data[:size], f"a.{suffix}", slice_bytes)
            good = [item for item in items if isinstance(item, Record)]
            assert good == whole[: len(good)]
            # at the end of a batch nothing says that a stream should go on
            assert len(items) - len(good) == 1 or (suffix == "arrows" and len(good) % 7 == 0)
        kept.append(len(good))
    assert kept == sorted(kept)
    assert kept[-1] == (0 if suffix == "parquet" else 40 if suffix == "arrow" else 35)


@settings(deadline=None, max_examples=250)
@given(data=st.data())
def test_corrupt_bytes_raise_nothing(data):
    suffix = data.draw(st.sampled_from(["parquet", "arrow", "arrows"]))
    kind, path = data.draw(st.sampled_from(list(_PATHS.items())))
    held = bytearray(_WHOLE[suffix, kind])
    for _ in range(data.draw(st.integers(1, 3))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    slice_bytes = data.draw(st.sampled_from([1, 1 << 40]))
    for item in read_file(bytes(held), f"a.{suffix}", slice_bytes, fields={"title": path}):
        assert isinstance(item, Record | BrokenRecord)
        assert bytes(item.raw) is not None


_PATHS = {
    "struct": "meta.name",
    "list": "meta.0",
    "large list": "meta.0",
    "fixed list": "meta.0",
    "map": "meta.name",
    "dictionary": "meta",
}
_TITLES = pa.array([row["title"] for row in ROWS[:8]])
_WHOLE = {
    (suffix, kind): write(pa.Table.from_pylist(ROWS[:8]).append_column("meta", NESTS[kind](_TITLES)))
    for suffix, write in WRITERS.items()
    for kind in _PATHS
}


@writers
def test_files_of_nothing(suffix):
    (item,) = read_file(b"", f"a.{suffix}")
    assert (item.place, item.reason) == (Place(f"a.{suffix}"), "empty")
    assert read_file(WRITERS[suffix](pa.table({"text": pa.array([], pa.string())})), f"a.{suffix}") == []


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_what_is_no_such_file(name):
    (item,) = read_file(b"FEA1 or something else" * 9, name)
    assert item.reason in ("bad-parquet", "bad-arrow")


def test_a_row_that_is_too_large_is_one_reject():
    table = pa.table({"text": ["A", "B" * 200, "C\\" * 40]})
    items = read_file(parquet(table), "a.parquet", max_record_bytes=100, reject_raw_bytes=20)
    assert [outcome(item)[0] for item in items] == ["text", "too-large", "too-large"]
    assert (items[1].raw, items[1].raw_bytes) == (b'{"text":"BBBBBBBBBBB', 211)


def test_the_file_has_changed_since_the_plan():
    data = parquet(ROWS)
    file = InputFile("a.parquet", "/a", len(data))
    part = Slice(file, "parquet", "", 500_000, None, 1000)
    (item,) = read_slice(part, ReadOptions(), lambda _: io.BytesIO(data))
    assert (item.reason, item.detail) == ("unreadable", "the file has fewer rows than when the run was planned")


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("slice_bytes", [1, 1 << 40])
def test_a_file_that_grows_or_shrinks_after_the_plan(suffix, slice_bytes):
    data, options = WRITERS[suffix](ROWS), ReadOptions()
    file = InputFile(f"a.{suffix}", "/a", len(data))
    slices = cut_file(file, options, lambda _: io.BytesIO(data), slice_bytes)

    def read(held: bytes) -> list:
        return [item for part in slices for item in read_slice(part, options, lambda _: io.BytesIO(held))]

    assert read(data + b"more" * 1000) == read(data) == read_file(data, f"a.{suffix}")
    broken = [item for item in read(data[:-500]) if isinstance(item, BrokenRecord)]
    assert {item.reason for item in broken} == {"unreadable"}
    assert "when the run was planned" in broken[0].detail


@writers
@pytest.mark.parametrize(
    "error", [ConnectionResetError("reset"), TimeoutError("slow"), OSError(5, "Input/output error")]
)
def test_a_failing_network_makes_no_reject_and_a_failing_disk_one(suffix, error):
    data = WRITERS[suffix](ROWS * 200)

    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 1000 and self.tell() < len(data) * 9 // 10:
                raise error
            return super().read(size)

    part = Slice(InputFile(f"a.{suffix}", "/a", len(data)), suffix.rstrip("s"), "")
    items = read_slice(part, ReadOptions(), lambda _: Failing(data))
    if isinstance(error, ConnectionError | TimeoutError):
        with pytest.raises(type(error)):
            list(items)
    else:
        assert list(items)[-1].reason == "unreadable"


def test_memory_is_bounded_in_one_large_row_group():
    text = [f"{n} " * 2000 for n in range(4000)]
    data = parquet(pa.table({"text": text}), groups=10**6, compression="gzip", use_dictionary=False)
    pool = pa.default_memory_pool()
    before, peak = pool.bytes_allocated(), 0
    tracemalloc.start()
    part = Slice(InputFile("a.parquet", "/a", len(data)), "parquet", "")
    for item in read_slice(part, ReadOptions(), lambda _: io.BytesIO(data)):
        assert isinstance(item, Record)
        peak = max(peak, pool.bytes_allocated() - before)
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(map(len, text)) > 30_000_000
    assert peak < 12_000_000
    assert python < 4_000_000


def test_gzip_of_a_stream_is_read_in_one_pass():
    assert len(read_file(gzip.compress(stream(ROWS)), "a.arrows.gz", seekable=False)) == 40
