"""Files of one compressed member: cut where the caller says that it pays, and the cut changes nothing."""

import io
import json

import pytest

from tests.transforms.read.packed import CODECS, SUFFIXES
from transforms.read import InputFile, ReadOptions, cut_file, read_slice

RECORDS = [
    {"id": str(n), "text": f"The ferry number {n} is late again, and nobody minds it. {n * 7919}"} for n in range(3000)
]
LINES = b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS)
TEXTS = b"".join(record["text"].encode() + b"\n" for record in RECORDS)
FILES = {
    "a.jsonl": (LINES, {}),
    "a.json": (json.dumps(RECORDS).encode(), {}),
    "a.csv": (b"id,text\r\n" + b"".join(f'{r["id"]},"{r["text"]}"\r\n'.encode() for r in RECORDS), {}),
    "a.txt": (TEXTS, {"documents": "line"}),
    "b.txt": (TEXTS.replace(b"\n", b"\n-----\n"), {"documents": "separator"}),
}
CUT = ("gzip", "zstd", "xz")


def cut_and_read(data: bytes, name: str, slice_bytes: int, thorough: bool, options: dict) -> tuple[int, list]:
    file, chosen = InputFile(name, "/a", len(data)), ReadOptions(**options)
    slices = cut_file(file, chosen, lambda _: io.BytesIO(data), slice_bytes, thorough)
    items = [item for part in slices for item in read_slice(part, chosen, lambda _: io.BytesIO(data))]
    return len(slices), items


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("codec", CODECS)
def test_the_cut_of_one_member_changes_nothing(name, codec):
    data, options = FILES[name]
    packed, name = CODECS[codec](data), name + SUFFIXES[codec]
    count, whole = cut_and_read(packed, name, 5000, False, options)
    assert (count, len(whole)) == (1, 3000)
    assert cut_and_read(packed, name, 5000, True, options) == (8 if codec in CUT else 1, whole)
    count, items = cut_and_read(packed, name, len(packed) - 1, True, options)
    assert (count > 1, items) == (codec in CUT, whole)
    assert cut_and_read(packed, name, len(packed), True, options) == (1, whole)


@pytest.mark.parametrize("codec", CUT)
def test_slices_of_one_member_are_of_about_one_size(codec):
    packed = CODECS[codec](LINES)
    file = InputFile("a.jsonl" + SUFFIXES[codec], "/a", len(packed))
    slices = cut_file(file, ReadOptions(), lambda _: io.BytesIO(packed), 1000, thorough=True)
    sizes = [(part.end or len(LINES)) - part.start for part in slices]
    assert sum(sizes) == len(LINES) and max(sizes) < 1.1 * min(sizes)


@pytest.mark.parametrize("codec", CODECS)
def test_a_broken_member_is_one_slice(codec):
    packed = CODECS[codec](LINES)[:-20]
    count, items = cut_and_read(packed, "a.jsonl" + SUFFIXES[codec], 5000, True, {})
    assert count == 1
    assert [item.reason for item in items if hasattr(item, "reason")] == ["bad-compression"]


def test_wide_text_and_other_formats_are_one_slice():
    wide = CODECS["gzip"](LINES.decode().encode("utf-16"))
    assert cut_and_read(wide, "a.jsonl.gz", 1000, True, {})[0] == 1
    assert cut_and_read(CODECS["gzip"](b"<html>" + TEXTS), "a.html.gz", 1000, True, {})[0] == 1
