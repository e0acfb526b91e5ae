"""Zip and tar: what becomes of each kind of member, of broken archives, and of those that are made to do harm."""

import gzip
import io
import json
import stat
import struct
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.read.packed import CODECS
from transforms.model import Record
from transforms.read import InputFile, ReadOptions, SkippedPart, cut_file, read_slice

STORY = b"The ferry of Brackwater sails again.\n"
ROWS = b"".join(json.dumps({"id": n, "text": f"Story {n} of many."}).encode() + b"\n" for n in range(40))
MEMBERS = {
    "one.txt": STORY,
    "asia/two.html": b"<html><body><p>A page.</p></body></html>",
    "asia/rows.jsonl": ROWS,
    "asia/packed.jsonl.gz": gzip.compress(ROWS, mtime=0),
    "noname": b'{"text": "By its content."}\n',
}


def zip_of(members, method=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


def tar_of(members, **options) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", **options) as archive:
        for name, data in members.items():
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


ARCHIVES = {
    "a.zip": zip_of,
    "a.tar": tar_of,
    "a.tar.gz": lambda members: CODECS["gzip"](tar_of(members)),
    "a.tgz": lambda members: CODECS["gzip"](tar_of(members)),
    "a.tar.bz2": lambda members: CODECS["bzip2"](tar_of(members)),
    "a.tar.xz": lambda members: CODECS["xz"](tar_of(members)),
    "a.tar.zst": lambda members: CODECS["zstd"](tar_of(members)),
}


def read(data: bytes, name: str = "a.zip", slice_bytes: int = 1 << 26, **options):
    file, chosen = InputFile(name, f"/data/{name}", len(data)), ReadOptions(**options)
    parts = cut_file(file, chosen, lambda _: io.BytesIO(data), slice_bytes)
    return [item for part in parts for item in read_slice(part, chosen, lambda _: io.BytesIO(data))]


def told(items) -> list[tuple[str, str]]:
    """Path and reason (of records: kind) of each."""
    return [(i.place.path, i.kind if isinstance(i, Record) else i.reason) for i in items]


@pytest.mark.parametrize("name", ARCHIVES)
def test_each_member_is_read_by_its_own_name_or_content(name):
    items = read(ARCHIVES[name](MEMBERS), name)
    assert told(items) == [
        (f"{name}/one.txt", "text"),
        (f"{name}/asia/two.html", "html"),
        *[(f"{name}/asia/rows.jsonl", "text")] * 40,
        *[(f"{name}/asia/packed.jsonl.gz", "text")] * 40,
        (f"{name}/noname", "text"),
    ]
    assert items[0].raw == STORY
    assert [i.source_id for i in items[2:42]] == [str(n) for n in range(40)]
    assert [i.place.record for i in items[42:82]] == list(range(40))
    assert read(ARCHIVES[name](MEMBERS), "content-tells")[2:42] == [
        type(i)(
            **{f: getattr(i, f) for f in i.__struct_fields__}
            | {"place": i.place.__class__(i.place.path.replace(name, "content-tells"), i.place.record, i.place.offset)}
        )
        for i in items[2:42]
    ]


@pytest.mark.parametrize("name", ARCHIVES)
def test_the_format_option_is_for_the_members(name):
    archive = ARCHIVES[name]({"a.log": ROWS, "b": ROWS})
    assert len(read(archive, name, format="jsonl")) == 80
    assert len(read(archive, name, format="text", documents="line")) == 80
    assert told(read(archive, name, format=name.replace("tgz", "tar").split(".")[1]))[-1] == (f"{name}/b", "text")


@pytest.mark.parametrize("name", ARCHIVES)
def test_members_that_are_no_documents_are_skipped_or_rejected_by_reason(name):
    members = {
        "folder/": b"",
        ".hidden.txt": STORY,
        "a/.git/config": STORY,
        "__MACOSX/a/._one.txt": b"\0\5\26\7",
        "photo.jpg": b"\xff\xd8\xff\xe0 and so on",
        "inner.zip": zip_of({"x.txt": STORY}),
        "inner.tar.gz": gzip.compress(tar_of({"x.txt": STORY})),
        "nameless": zip_of({"x.txt": STORY}),
        "empty.txt": b"",
        "last.txt": STORY,
    }
    if name != "a.zip":
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        members = {folder: b""} | {k: v for k, v in members.items() if k != "folder/"}
    items = read(ARCHIVES[name](members), name)
    assert told(items) == [
        (f"{name}/folder", "skipped/folder"),
        (f"{name}/.hidden.txt", "skipped/hidden"),
        (f"{name}/a/.git/config", "skipped/hidden"),
        (f"{name}/__MACOSX/a/._one.txt", "skipped/hidden"),
        (f"{name}/photo.jpg", "unknown-format"),
        (f"{name}/inner.zip", "archive/nested"),
        (f"{name}/inner.tar.gz", "archive/nested"),
        (f"{name}/nameless", "archive/nested"),
        (f"{name}/empty.txt", "empty"),
        (f"{name}/last.txt", "text"),
    ]
    assert [isinstance(item, SkippedPart) for item in items] == [True] * 4 + [False] * 6
    assert items[4].detail == "a JPEG image"


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
@pytest.mark.parametrize(
    "inner, path",
    [
        ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd"),
        ("/etc/news.txt", "etc/news.txt"),
        ("./a//b.txt", "a/b.txt"),
        ("línea\n.txt", "línea%0A.txt"),
        ("x/" * 120 + "long.txt", "x/" * 120 + "long.txt"),
    ],
)
def test_names_lead_nowhere_else(name, inner, path):
    assert told(read(ARCHIVES[name]({inner: STORY}), name)) == [(f"{name}/{path}", "text")]


@pytest.mark.parametrize("inner, pack", [("a.warc.wet", bytes), ("a.warc.wet.gz", gzip.compress)])
@pytest.mark.parametrize("archive, name", [(zip_of, "a.zip"), (tar_of, "a.tar")])
def test_every_record_of_a_crawl_in_an_archive_is_read(archive, name, inner, pack):
    records = (
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:x:%d>\r\nContent-Type: text/plain\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (n, len(STORY) + 2, STORY + b"%d" % n)
        for n in range(10, 20)
    )
    data = archive({inner: b"".join(map(pack, records))})
    options = ReadOptions()
    (part,) = cut_file(InputFile(name, "/a", len(data)), options, lambda _: io.BytesIO(data), 1 << 40)
    items = list(read_slice(part, options, lambda _: io.BytesIO(data)))
    assert [type(item) for item in items] == [Record] * 10


def test_links_are_skipped():
    link = zipfile.ZipInfo("link.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert told(read(stream.getvalue())) == [("a.zip/link.txt", "skipped/link")]
    members = {}
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        info = tarfile.TarInfo(f"{kind.decode()}.txt")
        info.type, info.linkname = kind, "/etc/passwd"
        members[info] = b""
    assert [reason for _, reason in told(read(tar_of(members), "a.tar"))] == ["skipped/link"] * 4


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_dialects_of_tar(format):
    names = ["short.txt", "d/" * 40 + "long.txt", "wörter.txt"]
    items = read(tar_of(dict.fromkeys(names, STORY), format=format), "a.tar")
    assert told(items) == [(f"a.tar/{name}", "text") for name in names]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@settings(deadline=None)
@given(
    members=st.dictionaries(st.text("abc/.é", min_size=1, max_size=8), st.binary(max_size=600), max_size=12),
    slice_bytes=st.integers(1, 20_000),
)
def test_the_cut_changes_nothing_and_all_that_zipfile_reads_is_read(method, members, slice_bytes):
    data = zip_of(members, method)
    whole = read(data, format="text")
    assert read(data, slice_bytes=slice_bytes, format="text") == whole
    if members:
        assert len(whole) == len(members)
    for item in whole:
        if isinstance(item, Record) or (not isinstance(item, SkippedPart) and item.reason == "binary"):
            assert item.raw in members.values()


def test_a_large_zip_is_cut_into_slices_of_members():
    data = zip_of({f"{n:05d}.txt": STORY for n in range(5000)})
    file = InputFile("a.zip", "/a.zip", len(data))
    parts = cut_file(file, ReadOptions(), lambda _: io.BytesIO(data), 100_000)
    assert len(parts) > 50 and parts[-1].end is None
    assert [p.start for p in parts[1:]] == [p.end for p in parts[:-1]]
    items = [i for p in parts for i in read_slice(p, ReadOptions(), lambda _: io.BytesIO(data))]
    assert told(items) == [(f"a.zip/{n:05d}.txt", "text") for n in range(5000)]


def test_zip64_and_what_stands_before_the_archive():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("big.txt", "w", force_zip64=True) as member:
        member.write(STORY)
    assert told(read(stream.getvalue())) == [("a.zip/big.txt", "text")]
    assert told(read(b"#!/bin/sh\n" * 9 + zip_of(MEMBERS)))[0] == ("a.zip/one.txt", "text")


def streamed_zip() -> bytes:
    """As written to a pipe: sizes stand behind the data of each member."""

    class Pipe(io.RawIOBase):
        data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
    return pipe.data


# bad archives ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ARCHIVES, "streamed.zip"])
def test_truncated_anywhere_the_good_members_stay_and_one_reject_tells(name):
    data = streamed_zip() if name == "streamed.zip" else ARCHIVES[name](MEMBERS)
    whole = read(data, name)
    kept = []
    end = len(data.rstrip(b"\0")) + 1 if name == "a.tar" else len(data) - 1  # what tar has behind is padding
    for at in [*range(1, end, len(data) // 60), end]:
        items = read(data[:at], name)
        bad = [item for item in items if not isinstance(item, Record)]
        assert [item.reason for item in bad] == ["bad-compression"], at
        assert items[-1] == bad[0]
        assert items[:-1] == whole[: len(items) - 1]
        kept.append(len(items))
    assert kept == sorted(kept)
    assert kept[-1] >= len(whole) - (85 if name == "a.tar.bz2" else 1)


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
@settings(deadline=None)
@given(at=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_corrupt_byte_raises_nothing(name, at, flip):
    data = bytearray(ARCHIVES[name](MEMBERS))
    data[int(at * len(data))] ^= flip
    assert read(bytes(data), name)


def test_a_zip_with_a_wrong_checksum_keeps_its_other_members():
    data = bytearray(zip_of({"a.txt": STORY, "b.jsonl": ROWS, "c.txt": STORY}, zipfile.ZIP_STORED))
    data[data.index(STORY)] ^= 1
    data[data.index(b"many", data.index(b"Story 7"))] ^= 1
    items = read(bytes(data))
    assert told(items) == [
        ("a.zip/a.txt", "bad-compression"),
        *[("a.zip/b.jsonl", "text")] * 40,
        ("a.zip/b.jsonl", "bad-compression"),
        ("a.zip/c.txt", "text"),
    ]
    assert "CRC-32" in items[0].detail
    assert "40 whole lines were read before it" in items[41].detail


def test_an_encrypted_member_and_a_method_that_is_not_read():
    data = bytearray(zip_of({"a.txt": STORY, "b.txt": STORY}, zipfile.ZIP_STORED))
    first, second = (at for at in range(len(data)) if data[at : at + 4] == b"PK\1\2")
    data[first + 8] |= 1
    data[second + 10] = 19
    items = read(bytes(data))
    assert told(items) == [("a.zip/a.txt", "archive/encrypted"), ("a.zip/b.txt", "unknown-format")]
    assert "method 19" in items[1].detail


def test_a_member_that_expands_too_much():
    data = zip_of({"bomb.txt": bytes(70_000_000), "good.txt": STORY})
    items = read(data)
    assert told(items) == [("a.zip/bomb.txt", "archive/bomb"), ("a.zip/good.txt", "text")]
    assert "allowed: 250 times (max_ratio)" in items[0].detail
    packed = gzip.compress(tar_of({"good.txt": STORY, "bomb.txt": bytes(70_000_000)}))
    assert told(read(packed, "a.tgz")) == [("a.tgz/good.txt", "text"), ("a.tgz/bomb.txt", "archive/bomb")]


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_an_archive_that_holds_too_much(name):
    items = read(ARCHIVES[name](MEMBERS), name, max_archive_bytes=1500)
    assert told(items)[-1] == (name, "archive/bomb")
    assert "allowed: 1500 (max_archive_bytes)" in items[-1].detail


def test_overlapping_members_are_a_bomb():
    data = bytearray(zip_of({f"{n}.txt": STORY * 50 for n in range(60)}, zipfile.ZIP_STORED))
    for at in range(len(data)):
        if data[at : at + 4] == b"PK\1\2":  # each says that it is the first, and twice as long
            data[at + 20 : at + 28] = struct.pack("<2L", 2 * len(STORY) * 50, 2 * len(STORY) * 50)
            data[at + 42 : at + 46] = bytes(4)
    (item,) = read(bytes(data))
    assert item.reason == "archive/bomb" and "overlap" in item.detail


def test_a_member_that_lies_about_its_size():
    data = bytearray(zip_of({"a.txt": STORY * 1000}))
    at = data.index(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    assert told(read(bytes(data))) == [("a.zip/a.txt", "bad-compression")]


def test_a_header_that_would_take_the_memory():
    huge = tarfile.TarInfo("x")
    huge.type, huge.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    data = tar_of({"good.txt": STORY})[:1024] + huge.tobuf(tarfile.GNU_FORMAT) + bytes(100_000)
    items = read(data, "a.tar")
    assert told(items) == [("a.tar/good.txt", "text"), ("a.tar", "bad-compression")]
    assert items[1].detail == "a header of 8589934592 bytes in the tar archive; 1 members were read before it"


def test_what_stands_behind_the_end_of_a_tar_archive_is_told():
    items = read(tar_of(MEMBERS) + tar_of({"more.txt": STORY}), "a.tar")
    assert items[-1].reason == "bad-compression"
    assert "bytes behind the end of the tar archive were left out; 5 members were read before it" in items[-1].detail


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_what_is_no_archive(name):
    (item,) = read(b"Not an archive at all, but words. " * 40, name)
    assert (item.place.path, item.reason) == (name, "bad-compression")
    (item,) = read(b"", name)
    assert item.place.path == name


def test_a_zip_on_a_filesystem_that_cannot_seek():
    class NoSeek(io.BytesIO):
        def seekable(self):
            return False

    file = InputFile("a.zip", "/a.zip", 100)
    (part,) = cut_file(file, ReadOptions(), lambda _: NoSeek(zip_of(MEMBERS)), 10)
    (item,) = read_slice(part, ReadOptions(), lambda _: NoSeek(zip_of(MEMBERS)))
    assert item.reason == "unreadable" and "cannot seek" in item.detail


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_many_members_take_no_memory(name):
    data = ARCHIVES[name](dict.fromkeys((f".{n:06d}.txt" for n in range(5_000)), b""))
    file = InputFile(name, f"/{name}", len(data))
    tracemalloc.start()
    count = 0
    for part in cut_file(file, ReadOptions(), lambda _: io.BytesIO(data), 1 << 20):
        count += sum(1 for _ in read_slice(part, ReadOptions(), lambda _: io.BytesIO(data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 2_500_000
