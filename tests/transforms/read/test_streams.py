"""Codecs: what comes out of whole, cut and broken data, and how much memory that takes."""

import gzip
import io
import itertools
import random
import tracemalloc

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.read.files import read_file
from tests.transforms.read.packed import CODECS, SUFFIXES, skippable_frame, zstd_frame
from transforms.model import Record
from transforms.read import InputFile, ReadOptions, Slice, cut_file, read_slice, streams
from transforms.read.streams import BrokenStream, codec_of, decompress, read_chunks

_WORDS = random.Random(7)
# 300 lines that compress to about a third
LINES = b"".join(b'{"id": %d, "text": "Word %d of many"}\n' % (n, _WORDS.randrange(10**9)) for n in range(300))


def unpack(packed: bytes, sizes: int = 1 << 18) -> tuple[bytes, BrokenStream | None]:
    """All that comes out, and what broke it off."""
    pieces = []
    try:
        for piece in decompress(iter([packed[at : at + sizes] for at in range(0, len(packed), sizes)]), 100):
            pieces.append(piece)
    except BrokenStream as error:
        return b"".join(pieces), error
    return b"".join(pieces), None


def read(packed: bytes, name: str, **options):
    file, chosen = InputFile(name, f"/data/{name}", len(packed)), ReadOptions(**options)
    parts = cut_file(file, chosen, lambda _: io.BytesIO(packed), 1 << 26)
    return [item for part in parts for item in read_slice(part, chosen, lambda _: io.BytesIO(packed))]


@pytest.mark.parametrize("codec", CODECS)
@settings(deadline=None)
@given(members=st.lists(st.binary(max_size=300), min_size=1, max_size=5), sizes=st.integers(1, 400))
def test_members_come_out_however_they_are_read(codec, members, sizes):
    packed = b"".join(map(CODECS[codec], members))
    assert codec_of(packed) == codec
    assert unpack(packed, sizes) == (b"".join(members), None)
    assert unpack(packed + bytes(8), sizes) == (b"".join(members), None)  # padding


@settings(deadline=None)
@given(st.binary(max_size=2000), st.integers(1, 300))
def test_frames_of_zstd_without_data_are_passed_over(data, sizes):
    packed = skippable_frame(b"index") + zstd_frame(data) + skippable_frame(data) + skippable_frame(b"")
    assert unpack(packed, sizes) == (data, None)


@pytest.mark.parametrize("level", [-5, 1, 19])
@pytest.mark.parametrize("kind", ["text", "zeros", "random", "empty"])
@pytest.mark.parametrize("known_size", [True, False])
def test_every_kind_of_block_of_zstd(level, kind, known_size):
    data = {"text": LINES * 30, "zeros": bytes(400_000), "random": random.Random(1).randbytes(400_000), "empty": b""}[
        kind
    ]
    compressor = zstandard.ZstdCompressor(level=level, write_content_size=known_size, write_checksum=not known_size)
    assert unpack(compressor.compress(data)) == (data, None)


@pytest.mark.parametrize("codec", CODECS)
def test_truncated_anywhere_the_good_part_stays_and_one_reject_tells(codec):
    packed, lines = CODECS[codec](LINES), LINES.splitlines()
    places = [*range(12, 40), *range(40, len(packed), len(packed) // 40), *range(len(packed) - 12, len(packed))]
    kept = []
    for at in places:
        *good, last = read(packed[:at], "x.jsonl" + SUFFIXES[codec])
        assert last.reason == "bad-compression", at
        assert "cut short" in last.detail
        assert [record.raw for record in good] == lines[: len(good)]
        if good:
            assert f"{len(good)} whole lines were read before it" in last.detail
        kept.append(len(good))
    assert kept == sorted(kept)
    assert kept[-1] == (300 if codec != "bzip2" else kept[-1])


@pytest.mark.parametrize("codec", CODECS)
@settings(max_examples=60, deadline=None)
@given(at=st.floats(0.01, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_corrupt_byte_gives_records_and_at_most_one_reject_of_the_file(codec, at, flip):
    packed = bytearray(CODECS[codec](LINES))
    packed[int(at * len(packed))] ^= flip
    items = read(bytes(packed), "x.jsonl" + SUFFIXES[codec])
    files = [item for item in items if not isinstance(item, Record) and item.reason == "bad-compression"]
    assert len(files) <= 1
    if files:
        assert items[-1] == files[0]


@pytest.mark.parametrize("codec", CODECS)
def test_a_broken_second_member_keeps_the_first(codec):
    first, second = CODECS[codec](LINES), bytearray(CODECS[codec](LINES * 9))
    second[len(second) // 2] ^= 0x55
    data, error = unpack(first + bytes(second))
    assert data[: len(LINES)] == LINES
    assert error.reason == "bad-compression" and error.behind is None


@pytest.mark.parametrize("codec", CODECS)
def test_garbage_behind_the_data_is_left_out_and_told(codec):
    for size in (5, 300_000):
        packed = CODECS[codec](LINES) + b"no more" * (size // 5)
        *good, last = read(packed, "x.jsonl" + SUFFIXES[codec])
        assert len(good) == 300 and all(isinstance(record, Record) for record in good)
        assert last.reason == "bad-compression"
        assert last.raw_bytes == 7 * (size // 5)
        assert f"{last.raw_bytes} bytes of garbage behind the {codec} data were left out" in last.detail


@pytest.mark.parametrize("codec, other", [*itertools.permutations(CODECS, 2)])
def test_a_wrong_suffix_is_told_by_the_content(codec, other):
    assert len(read(CODECS[codec](LINES), "x.jsonl" + SUFFIXES[other])) == 300
    assert len(read(CODECS[codec](LINES), "x.jsonl")) == 300
    assert len(read(CODECS[codec](LINES), "x")) == 300
    assert len(read(LINES, "x.jsonl" + SUFFIXES[other])) == 300


def test_text_that_begins_like_a_codec_is_text():
    for head in (b"BZh91 is a postcode.", b"(\xb5 no", b"P*M", b"\xfd7z"):
        assert codec_of(head) == ""


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("members", [1, 60])
def test_memory_is_bounded_whatever_the_ratio(codec, members):
    packed = CODECS[codec](bytes(60_000_000 // members)) * members
    part = Slice(InputFile("x", "/x", len(packed)), "lines", codec)
    options = ReadOptions(max_record_bytes=1_000_000)
    tracemalloc.start()
    items = list(read_slice(part, options, lambda _: io.BytesIO(packed)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.reason for item in items] == ["too-large"]
    assert peak < (16_000_000 if codec == "xz" else 6_000_000)  # xz -6 takes a dictionary of 8 MiB


@pytest.mark.parametrize("codec", CODECS)
def test_a_bomb_is_stopped(codec):
    packed = CODECS[codec](bytes(1_000_000)) * 70
    for format in ("text", "lines"):
        part = Slice(InputFile("x", "/x", len(packed)), format, codec)
        (item,) = read_slice(part, ReadOptions(max_ratio=100), lambda _: io.BytesIO(packed))
        assert item.reason == "archive/bomb"
        assert "allowed: 100 times (max_ratio)" in item.detail


def test_a_part_that_expands_more_than_its_file_is_no_bomb(monkeypatch):
    monkeypatch.setattr(streams, "BOMB_BYTES", 10_000)
    lines = [b"%d\n" % number for number in range(20_000)] + [b"a" * 99 + b"\n"] * 2_000
    packed = gzip.compress(b"".join(lines[:20_000])) + gzip.compress(b"".join(lines[20_000:]))
    whole = read_file(packed, "a.txt.gz", documents="line", max_ratio=20)
    assert len(whole) == len(lines) and all(isinstance(item, Record) for item in whole)
    assert read_file(packed, "a.txt.gz", 1000, documents="line", max_ratio=20) == whole
    whole = read_file(packed, "a.txt.gz", documents="line", max_ratio=4)
    assert whole[-1].reason == "archive/bomb"
    assert read_file(packed, "a.txt.gz", 1000, documents="line", max_ratio=4) == whole


def test_windows_that_would_take_too_much_memory_are_refused():
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=28)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data, error = unpack(compressor.compress(LINES) + compressor.flush())
    assert (data, error.reason) == (b"", "bad-compression")


def test_what_is_appended_after_the_plan_is_left_to_the_next_run():
    file = InputFile("x", "/x", 100)
    assert b"".join(read_chunks(file, lambda _: io.BytesIO(LINES), 0)) == LINES[:100]
    packed = CODECS["gzip"](LINES)
    file = InputFile("x", "/x", len(packed))
    assert b"".join(read_chunks(file, lambda _: io.BytesIO(packed + CODECS["gzip"](b"later")), 0)) == LINES
    with pytest.raises(BrokenStream, match="the file ends at byte 90; it was longer when the run was planned"):
        list(read_chunks(InputFile("x", "/x", 100), lambda _: io.BytesIO(LINES[:90]), 0))
