"""Speed of reading, for each format and codec, beside the loop that one would write with the library that reads it.

    python -m benchmarks.reading [--bytes 20000000] [--characters 300,3000] [--only jsonl,zip] [--repeat 3]

Each file holds the same invented stories.  The loop hands on, as a tuple for each document, what newsloom hands on as a
Record, so that both end with the same in hand: the decoded text (of WARC the page's bytes and their charset, as a page
is decoded with the help of what stands in it) and the fields that the format has, else the number by which the document
is found again.  What newsloom does beyond that is what is measured: offsets, the bytes as received, and the checks that
put what is broken into rejects.  The loops are those of the libraries' own manuals:

- lines, separated, text files: ``open``, and a pass over its lines, decoded; zip, tar: ``zipfile``, ``tarfile``
- JSON: ``json.loads`` of each line, ``json.load`` of an array;  CSV: ``csv.reader``
- Parquet, Arrow: ``to_pylist`` of each batch of pyarrow
- WARC, WET: FastWARC's iterator over the records of pages (by status and type), with the encodings of HTTP undone.
  newsloom finds records by code of its own (docs/formats.md says why)

newsloom cuts the file into one slice and reads it to records.  Both run in this process, taking turns; times are
processor time, the least of ``--repeat``; ``ratio`` is the loop's over newsloom's (more is better).
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import io
import json
import lzma
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from benchmarks.corpus import make_stories
from transforms import storage
from transforms.model import Record
from transforms.read import InputFile, ReadOptions, Slice, cut_file, read_slice

_SEPARATOR = "-----"

CODECS: dict[str, tuple[str, Callable[[bytes], bytes], Callable[[Path], BinaryIO]]] = {
    "": ("", bytes, lambda path: path.open("rb")),
    "gzip": (".gz", lambda data: gzip.compress(data, 6), gzip.open),
    "bzip2": (".bz2", bz2.compress, bz2.open),
    "xz": (".xz", lambda data: lzma.compress(data, preset=1), lzma.open),
    "zstd": (".zst", zstandard.compress, lambda path: io.BufferedReader(zstandard.open(path, "rb"), 1 << 17)),
}


Loop = Callable[[Path], Iterator[tuple]]


@dataclass(frozen=True)
class Format:
    """How a format is written and read by its own library.

    Attributes:
        write: makes files of it in a folder, out of the stories' texts.
        loop: reads one of them as anybody would; gives a tuple for each document.
        options: newsloom's, where the format needs some.
    """

    write: Callable[[list[str], Path], None]
    loop: Loop
    options: ReadOptions = field(default_factory=ReadOptions)


def _json_line(number: int, text: str) -> bytes:
    record = {"id": f"story-{number}", "url": f"https://news.example/{number}", "title": text[:40], "text": text}
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _json_lines(texts: list[str]) -> bytes:
    return b"".join(_json_line(number, text) for number, text in enumerate(texts))


def _lines(texts: list[str]) -> bytes:
    return b"".join(text.replace("\n", " ").encode() + b"\n" for text in texts)


def _separated(texts: list[str]) -> bytes:
    return "".join(f"{text}\n{_SEPARATOR}\n" for text in texts).encode()


def _write_files(texts: list[str], folder: Path) -> None:
    for number, text in enumerate(texts):
        (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8")


def _write_zip(texts: list[str], folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number:06d}.txt", text)


def _write_tar(texts: list[str], folder: Path) -> None:
    with tarfile.open(folder / "a.tar.gz", "w:gz", compresslevel=6) as archive:
        for number, text in enumerate(texts):
            data = text.encode()
            info = tarfile.TarInfo(f"{number:06d}.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def _loop_file(path: Path) -> Iterator[tuple]:
    if text := path.read_text(encoding="utf-8"):
        yield path.name, text


def _loop_zip(path: Path) -> Iterator[tuple]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if text := archive.read(info).decode():
                yield info.filename, text


def _loop_tar(path: Path) -> Iterator[tuple]:
    with tarfile.open(path, "r|*") as archive:
        for info in archive:
            member = archive.extractfile(info)
            if member and (text := member.read().decode()):
                yield info.name, text


def _writer(encode: Callable[[list[str]], bytes], pack: Callable[[bytes], bytes], name: str) -> Callable[..., None]:
    return lambda texts, folder: (folder / name).write_bytes(pack(encode(texts))) and None


def _loop_json(open_file: Callable[[Path], BinaryIO]) -> Loop:
    def loop(path: Path) -> Iterator[tuple]:
        with io.TextIOWrapper(open_file(path), encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield row["id"], row["url"], row["title"], row["text"]

    return loop


def _loop_lines(open_file: Callable[[Path], BinaryIO]) -> Loop:
    def loop(path: Path) -> Iterator[tuple]:
        with open_file(path) as lines:
            for number, line in enumerate(lines):
                if text := line.decode().strip():
                    yield number, text

    return loop


def _loop_separated(open_file: Callable[[Path], BinaryIO]) -> Loop:
    def loop(path: Path) -> Iterator[tuple]:
        number, document = 0, []
        with open_file(path) as lines:
            for line in lines:
                if line.strip() == _SEPARATOR.encode():
                    if text := b"".join(document).decode():
                        yield number, text
                    number, document = number + 1, []
                else:
                    document.append(line)

    return loop


def _stream_formats() -> Iterator[tuple[str, Format]]:
    lines, separated = ReadOptions(documents="line"), ReadOptions(documents="separator")
    for codec, (suffix, pack, open_file) in CODECS.items():
        name = f" {codec}" if codec else ""
        yield f"jsonl{name}", Format(_writer(_json_lines, pack, f"a.jsonl{suffix}"), _loop_json(open_file))
        yield f"lines{name}", Format(_writer(_lines, pack, f"a.txt{suffix}"), _loop_lines(open_file), lines)
    pack, open_file = CODECS[""][1:]
    yield "separated", Format(_writer(_separated, pack, "a.txt"), _loop_separated(open_file), separated)


_COLUMNS = ["id", "url", "title", "text"]


def _rows(texts: list[str]) -> list[dict[str, str]]:
    return [json.loads(_json_line(number, text)) for number, text in enumerate(texts)]


def _write_csv(texts: list[str], folder: Path) -> None:
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(_rows(texts))


def _write_parquet(texts: list[str], folder: Path) -> None:
    pq.write_table(pa.Table.from_pylist(_rows(texts)), folder / "a.parquet")


def _write_arrow(texts: list[str], folder: Path) -> None:
    table = pa.Table.from_pylist(_rows(texts))
    with pa.ipc.new_file(folder / "a.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=1000)


def _write_array(texts: list[str], folder: Path) -> None:
    (folder / "a.json").write_text(json.dumps(_rows(texts), ensure_ascii=False, indent=1), encoding="utf-8")


def _loop_csv(path: Path) -> Iterator[tuple]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        yield from map(itemgetter(*map(next(rows).index, _COLUMNS)), rows)


def _rows_of(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple]:
    for batch in batches:
        for row in batch.to_pylist():
            yield row["id"], row["url"], row["title"], row["text"]


def _loop_parquet(path: Path) -> Iterator[tuple]:
    return _rows_of(pq.ParquetFile(path).iter_batches(512, columns=_COLUMNS))


def _loop_arrow(path: Path) -> Iterator[tuple]:
    with pa.ipc.open_file(path) as file:
        yield from _rows_of(map(file.get_batch, range(file.num_record_batches)))


def _loop_array(path: Path) -> Iterator[tuple]:
    with path.open(encoding="utf-8") as file:
        for row in json.load(file):
            yield row["id"], row["url"], row["title"], row["text"]


def _page(number: int, text: str) -> bytes:
    """A story between 700 links: 80 kB, of which gzip makes a fifth, as of pages of news."""
    links = "".join(
        f'<li class="item item-{n % 7}" data-key="{_key(number, n)}"><a href="https://news.example/{_key(n, number)}">'
        f"Story {number + n}</a></li>\n"
        for n in range(700)
    )
    paragraphs = "".join(f"<p>{line}</p>\n" for line in text.split("\n"))
    return f"<!DOCTYPE html><html><body><ul>{links}</ul><article>{paragraphs}</article></body></html>".encode()


def _key(*values: int) -> str:
    return md5(repr(values).encode(), usedforsecurity=False).hexdigest()[:12]


def _warc_record(type: str, number: int, content_type: str, block: bytes) -> bytes:
    return (
        f"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Date: 2026-03-01T06:30:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\nContent-Type: {content_type}\r\n"
        f"WARC-Target-URI: https://news.example/{number}\r\nContent-Length: {len(block)}\r\n\r\n"
    ).encode() + (block + b"\r\n\r\n")


def _warc_records(texts: list[str]) -> Iterator[bytes]:
    """A request, a response and a record of metadata for each text, as Common Crawl has them."""
    for number, text in enumerate(texts):
        page = _page(number, text)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Length: {len(page)}\r\n\r\n"
        request = b"GET / HTTP/1.1\r\nHost: news.example\r\n\r\n"
        yield _warc_record("request", 3 * number, "application/http; msgtype=request", request)
        yield _warc_record("response", 3 * number + 1, "application/http; msgtype=response", head.encode() + page)
        yield _warc_record("metadata", 3 * number + 2, "application/warc-fields", b"fetchTimeMs: 100\r\n")


def _wet_records(texts: list[str]) -> Iterator[bytes]:
    return (_warc_record("conversion", number, "text/plain", text.encode()) for number, text in enumerate(texts))


def _warc_writer(
    records: Callable[[list[str]], Iterator[bytes]], pack: Callable[[bytes], bytes], name: str
) -> Callable[..., None]:
    return lambda texts, folder: (folder / name).write_bytes(b"".join(map(pack, records(texts)))) and None


_PAGES = ("text/html", "application/xhtml+xml")


def _loop_warc(path: Path) -> Iterator[tuple]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response, auto_decode="all"):
            head = record.http_headers
            whole = head and head.status_code in (200, 203)
            if whole and record.http_content_type in _PAGES and (body := record.reader.read()):
                yield *_of_record(record), record.http_charset, body


def _loop_wet(path: Path) -> Iterator[tuple]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.conversion):
            if text := record.reader.read().decode():
                yield *_of_record(record), text


def _of_record(record: WarcRecord) -> tuple:
    return record.record_id, record.headers["WARC-Target-URI"], record.record_date


# one entry a format
FORMATS: dict[str, Format] = {
    **dict(_stream_formats()),
    "text files": Format(_write_files, _loop_file),
    "zip": Format(_write_zip, _loop_zip),
    "tar gzip": Format(_write_tar, _loop_tar),
    "csv": Format(_write_csv, _loop_csv),
    "parquet": Format(_write_parquet, _loop_parquet),
    "arrow": Format(_write_arrow, _loop_arrow),
    "json array": Format(_write_array, _loop_array),
    "warc": Format(_warc_writer(_warc_records, bytes, "a.warc"), _loop_warc),
    "warc gzip": Format(_warc_writer(_warc_records, gzip.compress, "a.warc.gz"), _loop_warc),
    "wet gzip": Format(_warc_writer(_wet_records, gzip.compress, "a.warc.wet.gz"), _loop_wet),
}


def main(argv: list[str] | None = None) -> int:
    """Runs the benchmark and prints one line of JSON for each format and length of document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=20_000_000, help="of text, in each file")
    parser.add_argument("--characters", default="300,3000", help="of a document, one or more")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(FORMATS)}; or how they begin")
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args(argv)
    wanted = tuple(given.only.split(","))
    for characters in map(int, given.characters.split(",")):
        texts = [story.text for story in make_stories(max(given.bytes // characters, 1), characters)]
        for name, format in FORMATS.items():
            if name.startswith(wanted):
                print(json.dumps({"format": name, "characters": characters, **measure(format, texts, given.repeat)}))
                sys.stdout.flush()
    return 0


def measure(format: Format, texts: list[str], repeat: int = 1) -> dict[str, Any]:
    """Documents and MB of text a second, of the loop and of newsloom, and the ratio."""
    folder = Path(tempfile.mkdtemp(prefix="newsloom-reading-"))
    try:
        format.write(texts, folder)
        paths = sorted(folder.iterdir())
        files = [InputFile(path.name, str(path), path.stat().st_size) for path in paths]
        times: dict[str, list[float]] = {"loop": [], "newsloom": []}
        for _ in range(repeat):
            times["loop"].append(_timed((row for path in paths for row in format.loop(path)), len(texts)))
            slices = _slices(files, format.options)
            records = (item for part in slices for item in read_slice(part, format.options, storage.open_raw))
            times["newsloom"].append(_timed(records, len(texts)))
    finally:
        shutil.rmtree(folder)
    size = sum(len(text.encode()) for text in texts)
    best = {name: max(min(seconds), 1e-9) for name, seconds in times.items()}
    return {
        "documents": len(texts),
        **{f"{name}_documents_per_s": round(len(texts) / seconds) for name, seconds in best.items()},
        **{f"{name}_mb_per_s": round(size / 1e6 / seconds, 1) for name, seconds in best.items()},
        "ratio": round(best["loop"] / best["newsloom"], 2),
    }


def _timed(read: Iterator[Any], documents: int) -> float:
    started = time.process_time()
    found = sum(1 for item in read if type(item) in (tuple, Record))
    seconds = time.process_time() - started
    if found != documents:
        raise RuntimeError(f"{found} documents were read of {documents}")
    return seconds


def _slices(files: list[InputFile], options: ReadOptions) -> Iterator[Slice]:
    return (part for file in files for part in cut_file(file, options, storage.open_raw, sys.maxsize))


if __name__ == "__main__":
    sys.exit(main())
