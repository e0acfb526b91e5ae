"""What becomes of each kind of file, and of each kind of bad input."""

import gzip
import io
import json
import tracemalloc
from hashlib import blake2b
from pathlib import Path

import pytest

from tests.transforms.read.files import read_file
from transforms.model import Place, Record
from transforms.read import BrokenRecord, InputFile, ReadOptions, Slice, cut_file, read_slice
from transforms.read.model import JoinedBytes
from transforms.reasons import REASONS


def read_bytes(data: bytes, name: str = "a/x.txt", **options):
    """All that comes out of a file with these bytes."""
    file = InputFile(name, f"/data/{name}", len(data))
    settings = ReadOptions(**options)

    def open_file(url):
        assert url == file.url
        return io.BytesIO(data)

    slices = cut_file(file, settings, open_file, slice_bytes=1 << 26)
    return [item for part in slices for item in read_slice(part, settings, open_file)]


def read_path(path: Path, **options):
    settings = ReadOptions(**options)
    file = InputFile(path.name, str(path), 100)
    return list(read_slice(cut_file(file, settings, open_binary, 1 << 20)[0], settings, open_binary))


def open_binary(url):
    return Path(url).open("rb")


def checksum(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()


def reasons(items) -> list[str]:
    """Reason codes of broken records, and ``ok`` for the others."""
    for item in items:
        assert isinstance(item, Record) or item.reason in REASONS
    return [item.reason if isinstance(item, BrokenRecord) else "ok" for item in items]


def test_text_file_is_one_document():
    raw = "Der Fluss stieg über Nacht.\r\nNiemand wurde verletzt.\n".encode()
    assert read_bytes(raw) == [Record(Place("a/x.txt"), raw, "text", raw.decode())]


def test_text_loses_its_byte_order_mark_and_raw_keeps_it():
    raw = b"\xef\xbb\xbfOne."
    (record,) = read_bytes(raw)
    assert (record.content, record.raw) == ("One.", raw)


def test_html_stays_bytes_with_the_declared_charset():
    raw = "<html><p>Ökobauern</p></html>".encode("cp1252")
    assert read_bytes(raw, "p.html") == [Record(Place("p.html"), raw, "html", raw)]
    assert read_bytes(raw, "p.html", charset="cp1252")[0].charset == "cp1252"


def test_lines_are_numbered_with_blank_ones():
    raw = b"\nFirst story.\r\n \t\r\nSecond story.\nThird"
    found = [(r.place.record, r.place.offset, r.raw, r.content) for r in read_bytes(raw, documents="line")]
    assert found == [
        (1, 1, b"First story.\r", "First story.\r"),
        (3, 19, b"Second story.", "Second story."),
        (4, 33, b"Third", "Third"),
    ]


def test_documents_between_separator_lines():
    raw = b"One.\nMore of one.\n  -----\t\r\n\n \n-----\nTwo ----- is not at its end\n------\n-----"
    found = [(r.place.record, r.place.offset, r.content) for r in read_bytes(raw, documents="separator")]
    assert found == [(0, 0, "One.\nMore of one.\n"), (2, 37, "Two ----- is not at its end\n------\n")]


def test_separator_of_other_characters():
    raw = "Alpha\n§§\nBeta\n".encode("cp1252")
    found = read_bytes(raw, documents="separator", separator="§§", charset="cp1252")
    assert [r.content for r in found] == ["Alpha\n", "Beta\n"]


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declared", [True, False])
def test_files_in_utf_16_and_32_are_cut_at_their_own_line_feeds(charset, declared):
    # U+0A00 and U+0D0A have the byte of a line feed in them
    text = "Första raden \u0a00\u0100.\n\r\nZweite Zeile \u0d0a.\nthird"
    raw = text.encode(charset)
    options = {"charset": charset} if declared else {}
    lines = read_bytes(raw, documents="line", **options)
    assert [r.content.rstrip("\r") for r in lines] == ["Första raden \u0a00\u0100.", "Zweite Zeile \u0d0a.", "third"]
    assert [raw[r.place.offset :][: len(r.raw)] for r in lines] == [r.raw for r in lines]
    parts = read_bytes("Ein\n-----\nZwei\n".encode(charset), documents="separator", **options)
    assert [r.content for r in parts] == ["Ein\n", "Zwei\n"]
    objects = read_bytes('{"text": "Ein"}\n{"text": "Ж"}\n'.encode(charset), "x.jsonl", **options)
    assert [r.content for r in objects] == ["Ein", "Ж"]


@pytest.mark.parametrize("name", ["x.jsonl.gz", "x.jsonl"])
def test_gzip_of_many_members_is_told_by_its_bytes(name):
    rows = [json.dumps({"text": f"Story {n}"}).encode() + b"\n" for n in range(5)]
    members = b"".join(gzip.compress(row[:7]) + gzip.compress(row[7:]) for row in rows)
    items = read_bytes(members + b"\0" * 600, name)
    assert [r.content for r in items] == [f"Story {n}" for n in range(5)]
    assert [r.place.offset for r in items] == [n * len(rows[0]) for n in range(5)]


def test_a_plain_file_with_gzips_name_is_read_as_it_is():
    assert [r.content for r in read_bytes(b"Plain after all.", "x.txt.gz")] == ["Plain after all."]


# bad input -------------------------------------------------------------------------------------------------


JSON_ROWS = b"".join(json.dumps({"id": n, "text": f"Story {n} of many."}).encode() + b"\n" for n in range(300))


def test_truncated_gzip_keeps_what_stood_before():
    packed = gzip.compress(JSON_ROWS)
    items = read_bytes(packed[: len(packed) // 2], "x.jsonl.gz")
    *good, last = items
    assert reasons(good) == ["ok"] * len(good)
    assert 10 < len(good) < 300
    whole = sum(len(r.raw) + 1 for r in good)
    assert last == BrokenRecord(
        place=Place("x.jsonl.gz", len(good), whole),
        reason="bad-compression",
        detail=f"the gzip data is cut short; {whole + last.raw_bytes} bytes and {len(good)} whole lines were read"
        " before it",
        raw=JSON_ROWS[whole : whole + last.raw_bytes],
        raw_bytes=last.raw_bytes,
        checksum=checksum(last.raw),
    )


def test_gzip_broken_in_the_middle_keeps_all_that_can_be_had():
    rows = [json.dumps({"text": "".join(chr(97 + (n * k * k) % 26) for k in range(90))}) for n in range(3000)]
    data = "\n".join(rows).encode()
    packed = bytearray(gzip.compress(data))
    at = len(packed) * 3 // 4
    packed[at : at + 40] = b"\xff" * 40
    items = read_bytes(bytes(packed), "x.jsonl.gz")
    assert items[-1].reason == "bad-compression"
    assert "before it" in items[-1].detail
    good = [r.raw.decode() for r in items[:-1] if isinstance(r, Record)]
    assert len(good) > 1500
    assert good[:1500] == rows[:1500]


def test_gzip_with_a_wrong_checksum_keeps_the_records():
    packed = bytearray(gzip.compress(JSON_ROWS))
    packed[-6] ^= 255
    items = read_bytes(bytes(packed), "x.jsonl.gz")
    assert reasons(items) == ["ok"] * 300 + ["bad-compression"]
    assert "incorrect data check" in items[-1].detail


@pytest.mark.parametrize("name, count", [("x.jsonl.gz", 300), ("x.txt.gz", 1)])
def test_garbage_behind_gzip_is_left_out_and_told(name, count):
    items = read_bytes(gzip.compress(JSON_ROWS.rstrip()) + b"\0\0not gzip", name)
    assert reasons(items) == ["ok"] * count + ["bad-compression"]
    assert items[-1].raw == b"not gzip"
    assert items[-1].detail.startswith("8 bytes of garbage behind the gzip data were left out")


def test_a_truncated_gzip_of_one_document_is_one_reject():
    text = "".join(f"Sentence {n * n} of the story. " for n in range(2000)).encode()
    packed = gzip.compress(text)
    (item,) = read_bytes(packed[: len(packed) // 2], "x.txt.gz", reject_raw_bytes=100)
    assert reasons([item]) == ["bad-compression"]
    assert item.place == Place("x.txt.gz")
    assert item.raw == text[:100]
    assert item.checksum == checksum(text[: item.raw_bytes])


@pytest.mark.parametrize("name", ["x.txt.gz", "x.jsonl.gz", "x.html.gz", "unknown"])
@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0", b"\x1f\x8bnot gzip at all"])
def test_gzip_broken_from_its_beginning(name, data):
    (item,) = read_bytes(data, name)
    assert (item.reason, item.place, item.raw) == ("bad-compression", Place(name), b"")


@pytest.mark.parametrize("documents", ["file", "line", "separator"])
@pytest.mark.parametrize("data", [b"", gzip.compress(b"")])
def test_empty_file(documents, data):
    for name in ("x.txt", "x.html", "x.jsonl", "unknown"):
        (item,) = read_bytes(data, name, documents=documents)
        assert (item.reason, item.place, item.raw_bytes) == ("empty", Place(name), 0)


@pytest.mark.parametrize(
    "name, data, reason",
    [
        ("x.txt", b" \n\t\r\n", "empty"),
        ("x.txt", "\u3000\u00a0\n".encode(), "empty"),
        ("x.html", b" \n", "empty"),
        ("x.txt", b"Good words \xc3\xa9\xc3\xa8 and \xc3 bad", "bad-encoding"),
        ("x.txt", b"Some text\0with a NUL", "binary"),
        ("x.html", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\2\3\4\5\6\7" * 9, "binary"),
        ("x.jsonl", b'{"text": "cut', "bad-json"),
        ("x.jsonl", b"[1, 2]", "bad-json"),
        ("x.jsonl", b'{"title": "No text"}', "missing-field"),
        ("x.jsonl", b'{"text": "\xff"}', "bad-encoding"),
        ("x.jsonl", b"\0\0\0\0", "binary"),
    ],
)
def test_bad_documents_keep_their_bytes(name, data, reason):
    (item,) = read_bytes(data, name)
    assert (item.reason, item.raw, item.raw_bytes, item.checksum) == (reason, data, len(data), checksum(data))
    assert item.detail


@pytest.mark.parametrize("name, documents", [("x.jsonl", "file"), ("x.txt", "line")])
def test_a_line_of_50_mb_is_one_reject_and_the_next_goes_on(name, documents):
    long = b'{"text": "' + b"0123456789" * 5_000_000 + b'"}'
    short = b'{"text": "Short."}'
    items = read_bytes(b"\n".join([short, long, short]), name, documents=documents)
    assert reasons(items) == ["ok", "too-large", "ok"]
    assert items[1] == BrokenRecord(
        place=Place(name, 1, len(short) + 1),
        reason="too-large",
        detail=f"{len(long)} bytes; allowed: 33554432 (max_record_bytes)",
        raw=long[: 64 * 1024],
        raw_bytes=len(long),
        checksum=checksum(long),
    )
    assert items[2].place == Place(name, 2, len(short) + len(long) + 2)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name, documents", [("x.txt", "file"), ("x.html", "file"), ("x.txt", "separator")])
def test_a_document_over_the_limit(name, documents, pack):
    data = b"More of the same story. " * 100_000
    item = read_bytes(pack(data), name, documents=documents, max_record_bytes=1_000_000, reject_raw_bytes=10)[0]
    assert (item.reason, item.raw, item.raw_bytes) == ("too-large", data[:10], len(data))
    assert item.checksum == checksum(data)


def test_a_folder_a_vanished_file_and_a_forbidden_one(tmp_path):
    (tmp_path / "folder.txt").mkdir()
    for name in ("folder.txt", "gone.txt"):
        for documents in ("file", "line"):
            (item,) = read_path(tmp_path / name, documents=documents)
            reason = "not-a-file" if name == "folder.txt" else "unreadable"
            assert (item.reason, item.place, item.raw) == (reason, Place(name), b"")
            assert str(tmp_path) not in item.detail

    def forbidden(url):
        raise PermissionError(13, "Permission denied", url)

    part = Slice(InputFile("x.txt", "/x.txt", 5), "text", "")
    (item,) = read_slice(part, ReadOptions(), forbidden)
    assert (item.reason, item.detail) == ("unreadable", "PermissionError: Permission denied")
    assert cut_file(InputFile("x", "/x", 5), ReadOptions(), forbidden, 1)[0].format == "text"


class _BreaksOff(io.BytesIO):
    """A file on a disk that fails after the first bytes."""

    def read(self, size=-1):
        data = super().read(min(size, 30))
        if not data:
            raise OSError(5, "Input/output error")
        return data


def test_a_disk_error_in_the_middle_keeps_what_stood_before():
    part = Slice(InputFile("x.jsonl", "/x.jsonl", 200), "jsonl", "")
    items = list(read_slice(part, ReadOptions(), lambda _: _BreaksOff(JSON_ROWS[:100])))
    assert reasons(items) == ["ok", "ok", "unreadable"]
    assert items[2].raw == JSON_ROWS[:100].split(b"\n")[2]


@pytest.mark.parametrize("error", [ConnectionResetError("reset"), TimeoutError("slow")])
def test_a_failing_network_makes_no_reject(error):
    def unreachable(url):
        raise error

    file = InputFile("x", "gs://example/x", 5)
    with pytest.raises(type(error)):
        list(read_slice(Slice(file, "text", ""), ReadOptions(), unreachable))
    with pytest.raises(type(error)):
        cut_file(file, ReadOptions(), unreachable, 1)


@pytest.mark.parametrize("seekable", [True, False])
def test_a_file_that_shrank_after_the_plan(seekable):
    part = Slice(InputFile("x.jsonl", "/x.jsonl", 9999), "jsonl", "", 2000, 4000, 50)
    (item,) = read_slice(part, ReadOptions(), lambda _: io.BytesIO(JSON_ROWS[:1000]))
    assert (item.reason, item.place) == ("unreadable", Place("x.jsonl", 50, 2000))
    assert "it was longer when the run was planned" in item.detail


@pytest.mark.parametrize("format", ["lines", "jsonl", "separated", "text"])
def test_memory_is_bounded_whatever_the_file_expands_to(format):
    """60 MB without a line feed, out of some 60 kB."""
    packed = gzip.compress(bytes(1_000_000), 9) * 60 + gzip.compress(b"\n \n", 9)
    part = Slice(InputFile("x", "/x", len(packed)), format, "gzip")
    tracemalloc.start()
    items = list(read_slice(part, ReadOptions(max_record_bytes=1_000_000), lambda _: io.BytesIO(packed)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reasons(items) == ["too-large"]
    assert peak < 5_000_000


@pytest.mark.parametrize(
    "odd", ["", "\ufeffmarked", "\x01\x02\x03", "\x1b$B", "\u3000", " ", "tab\tand \x7f", "\udcff"]
)
@pytest.mark.parametrize(
    ("documents", "gap"), [("line", "\n"), ("separator", "\n-----\n"), ("separator", "\n ----- \n")]
)
def test_a_text_among_many_is_read_as_it_is_by_itself(odd, documents, gap):
    texts = [*(f"Story {number}: the goose of Dunmere is back." for number in range(40)), odd, "The last story."]
    data = gap.join([*texts, ""]).encode("utf-8", "surrogateescape")
    many = read_file(data, "a.txt", documents=documents)
    single = read_file(data, "a.txt", documents=documents, max_record_bytes=1000)
    assert many == single and len(many) >= 41


def test_the_raw_bytes_of_a_page_are_joined_when_they_are_asked_for():
    raw = JoinedBytes(b"head ", b"body")
    assert bytes(raw) == raw == b"head body" and len(raw) == 9 and raw[:6] == b"head b"
    assert raw == JoinedBytes(b"head", b" body") and hash(raw) == hash(b"head body") and repr(raw) == repr(bytes(raw))
