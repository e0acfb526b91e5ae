"""Makes the files of ``sample/formats``, one of each format that is read, out of the stories in ``formats.yaml``.

    python -m tests.data.make_formats

writes them, and ``expected_formats.jsonl`` with what each of their documents should become.  The same stories give the
same records; the bytes of Parquet, and of compressed files, are those of the libraries at hand.  What else is in the
files (what is rejected, and parts that are no documents) is in ``expected_rejects.jsonl`` and ``tests/test_corpus.py``.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import html
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
import zstandard

from tests.transforms.read.warc_files import http, packed, record

DATA = Path(__file__).parent
FOLDER = "sample/formats"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
NAVIGATION, FOOTER = "Start · Archive · Weather · Contact", "Printed on the boat, all rights reserved"


class Made(NamedTuple):
    """A file, and where its stories are: member (empty for the file itself) and record, by the story's key."""

    data: bytes
    stories: dict[str, tuple[str, int | None]]


def read_stories() -> dict[str, dict[str, Any]]:
    """Stories by key: ``text`` and ``noise`` are lines, ``lines`` all of them as (kind or empty, line)."""
    stories = yaml.safe_load((DATA / "formats.yaml").read_text("utf-8"))
    for story in stories.values():
        story["lines"] = [next(iter(e.items())) if isinstance(e, dict) else ("", e) for e in story["lines"]]
    return stories


def raw_text(story: dict[str, Any]) -> str:
    return "\n".join(line for _, line in story["lines"]) + "\n"


def row(story: dict[str, Any]) -> dict[str, str]:
    """A record of strings, as tables and JSON Lines have it."""
    return {
        "id": story["id"],
        "url": story["url"],
        "title": story["title"],
        "text": raw_text(story),
        "author": ", ".join(story["authors"]),
        "date": story["date"],
    }


def page(story: dict[str, Any]) -> bytes:
    title, charset = html.escape(story["title"]), story.get("charset", "utf-8")
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for _, line in story["lines"])
    # a page in a legacy charset says so in its HTTP header alone
    declared = '<meta charset="utf-8">' if charset == "utf-8" else ""
    return f"""<!DOCTYPE html>
<html lang="{story["language"]}"><head>{declared}<title>{title}</title>
<link rel="canonical" href="{story["url"]}">
<meta name="author" content="{html.escape(", ".join(story["authors"]))}">
<meta property="article:published_time" content="{story["date"]}">
</head><body>
<nav><a href="/">{NAVIGATION}</a></nav>
<article><h1>{title}</h1>
{paragraphs}
</article>
<footer><p>{FOOTER}</p></footer>
</body></html>
""".encode(charset)


def json_lines(stories: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row(story), ensure_ascii=False).encode() + b"\n" for story in stories)


def csv_rows(stories: Iterable[dict[str, Any]], delimiter: str = ",") -> str:
    """A header and a row for each story, whose text has line breaks."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["id", "url", "title", "text", "author", "date"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(map(row, stories))
    return file.getvalue()


def chunked(body: bytes, size: int = 300) -> bytes:
    """A body in HTTP's chunked transfer coding."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def fetched(story: dict[str, Any], number: int, body: bytes | None = None, **headers: str) -> bytes:
    """A story's page as a record of a crawl; the number decides its id and its date."""
    body = page(story) if body is None else body
    return record("response", http(body, **headers), number=number, warc_target_uri=story["url"])


def make_crawl(stories: dict[str, dict[str, Any]]) -> Made:
    """Pages among all else that a crawl has; the last record has a wrong length."""
    english, swedish = stories["en-lighthouse"], stories["sv-farja"]
    about = b"software: an invented crawler\r\nformat: WARC File Format 1.0\r\n"
    gzipped = chunked(gzip.compress(page(english), mtime=0))
    broken = http(page(english | {"title": "A page whose record has a wrong length"}))
    profile = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
    records = [
        record("warcinfo", about, warc_target_uri=None, content_type="application/warc-fields"),
        record("request", b"GET /nyheter HTTP/1.1\r\nHost: skargardsbladet.example\r\n\r\n", number=1),
        fetched(stories["sv-farja"], 2),
        record("metadata", b"fetchTimeMs: 120\r\n", number=3, content_type="application/warc-fields"),
        fetched(stories["ru-maslo"], 4, content_type="text/html; charset=windows-1251"),
        fetched(stories["en-lighthouse"], 5, gzipped, content_encoding="gzip", transfer_encoding="chunked"),
        record("response", http(PDF, content_type="application/pdf"), number=6),
        record("response", http(b"", "HTTP/1.1 301 Moved Permanently", location=english["url"]), number=7),
        record("revisit", http(b""), number=8, warc_target_uri=swedish["url"], warc_profile=profile),
        fetched(stories["pt-moinho"], 9),
        record("response", http(b"User-agent: *\nDisallow: /archive\n", content_type="text/plain"), number=10),
        fetched(stories["el-vivliothiki"], 11),
        record("response", broken, number=12, content_length=str(len(broken) - 200)),
    ]
    places = {"sv-farja": 2, "ru-maslo": 4, "en-lighthouse": 5, "pt-moinho": 9, "el-vivliothiki": 11}
    return Made(b"".join(packed(records)), {key: ("", number) for key, number in places.items()})


def make_recrawl(stories: dict[str, dict[str, Any]]) -> Made:
    """The same crawler two days on: a page that is as it was, and one that is not."""
    records = [fetched(stories["sv-farja"], 14), fetched(stories["pt-moinho-later"], 15)]
    return Made(b"".join(packed(records)), {"pt-moinho-later": ("", 1)})


def make_wet(stories: dict[str, dict[str, Any]]) -> Made:
    languages = {"it-campana": "ita", "fi-hirvi": "fin", "pl-tramwaj": "pol,eng"}
    records = [
        record("warcinfo", b"description: text of an invented crawl\r\n", content_type="application/warc-fields")
    ]
    for number, (key, language) in enumerate(languages.items(), 20):
        told = {"warc_target_uri": stories[key]["url"], "warc_identified_content_language": language}
        records.append(record("conversion", raw_text(stories[key]).encode(), number=number, **told))
    return Made(b"".join(packed(records)), {key: ("", number) for number, key in enumerate(languages, 1)})


def make_parquet(stories: dict[str, dict[str, Any]], keys: list[str]) -> Made:
    """Nested columns, two row groups, and a last row without text."""
    people = pa.list_(pa.struct([("name", pa.string()), ("mail", pa.string())]))
    columns = {
        "id": pa.array([*(int(stories[key]["id"]) for key in keys), 7099], pa.int64()),
        "url": [*(stories[key]["url"] for key in keys), "https://www.hangang-ilbo.example/7099"],
        "title": [*(stories[key]["title"] for key in keys), "사진만 있는 기사"],
        "text": [*(raw_text(stories[key]) for key in keys), None],
        "authors": pa.array([*([{"name": n} for n in stories[key]["authors"]] for key in keys), None], people),
        "published_at": pa.array(
            [*(datetime.fromisoformat(stories[key]["date"]) for key in keys), None], pa.timestamp("ms", "+09:00")
        ),
        "section": [{"name": "동네", "pages": [3, 4]}] * (len(keys) + 1),
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=3, compression="zstd")
    return numbered(file.getvalue(), keys)


def arrow_table(stories: Iterable[dict[str, Any]]) -> pa.Table:
    rows = [row(story) | {"section": "local"} for story in stories]
    table = pa.Table.from_pylist(rows)
    columns = {name: table[name] for name in table.column_names}
    columns["text"] = table["text"].cast(pa.large_string())
    columns["section"] = table["section"].dictionary_encode()
    columns["date"] = pa.array([date.fromisoformat(one["date"]) for one in rows])
    return pa.table(columns)


def make_arrow(stories: dict[str, dict[str, Any]], keys: list[str], new: Any = pa.ipc.new_file) -> Made:
    table, file = arrow_table(stories[key] for key in keys), io.BytesIO()
    with new(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return numbered(file.getvalue(), keys)


def make_json(stories: dict[str, dict[str, Any]], keys: list[str]) -> Made:
    """An array over many lines, whose last element but one is no JSON."""
    elements = [json.dumps(row(stories[key]), ensure_ascii=False, indent=2) for key in keys]
    elements.insert(-1, '{"id": "bp-9", "title": "Without quotes", "text": nobody put quotes around this}')
    places = {key: ("", number) for number, key in enumerate(keys[:-1])} | {keys[-1]: ("", len(keys))}
    return Made(("[\n" + ",\n".join(elements) + "\n]\n").encode(), places)


def make_zip(stories: dict[str, dict[str, Any]]) -> Made:
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr(_zip_entry("one.txt"), "Packed twice.")
    members = {
        "norden/": b"",
        "norden/komp.txt": raw_text(stories["hu-hid"]).encode(),
        "norden/livada.html": page(stories["ro-livada"]),
        "rows/vesti.jsonl.gz": gzip.compress(json_lines([stories["bg-chitalishte"], stories["zh-chezhan"]]), mtime=0),
        "__MACOSX/norden/._komp.txt": b"\0\5\x16\7",
        "older.zip": nested.getvalue(),
        "map.pdf": PDF,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(_zip_entry(name), data)
    places: dict[str, tuple[str, int | None]] = {
        "hu-hid": ("norden/komp.txt", None),
        "ro-livada": ("norden/livada.html", None),
        "bg-chitalishte": ("rows/vesti.jsonl.gz", 0),
        "zh-chezhan": ("rows/vesti.jsonl.gz", 1),
    }
    return Made(file.getvalue(), places)


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def make_tar(stories: dict[str, dict[str, Any]]) -> Made:
    table = csv_rows([stories["hr-ribari"], stories["en-allotment"]])
    members = {"week/tho.txt": raw_text(stories["vi-cho"]).encode(), "week/tables/monday.csv": table.encode()}
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        folder = tarfile.TarInfo("week")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("week/latest.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "tho.txt"
        archive.addfile(link)
    places: dict[str, tuple[str, int | None]] = {
        "vi-cho": ("week/tho.txt", None),
        "hr-ribari": ("week/tables/monday.csv", 0),
        "en-allotment": ("week/tables/monday.csv", 1),
    }
    return Made(gzip.compress(file.getvalue(), mtime=0), places)


def numbered(data: bytes, keys: Iterable[str]) -> Made:
    return Made(data, {key: ("", number) for number, key in enumerate(keys)})


def make_files() -> dict[str, Made]:
    """Every file by its name."""
    stories = read_stories()
    german, french = ["de-turm", "de-bus", "de-pilze", "de-chor"], ["fr-pont", "fr-abeilles", "fr-phare"]
    spanish, nordic = ["es-reloj", "es-tren", "es-cabras"], ["da-fyr", "nb-ski", "en-geese"]
    late = make_arrow(stories, ["uk-mlyn", "cs-vlak"], pa.ipc.new_stream)

    def of(keys: list[str]) -> list[dict[str, Any]]:
        return [stories[key] for key in keys]

    briefing = raw_text(stories["en-briefing"]).encode()
    short = "gb-105,https://www.gemeindebote.example/kurz,Eine Zeile mit drei Zellen\r\n"
    return {
        "crawl.warc.gz": make_crawl(stories),
        "recrawl.warc.gz": make_recrawl(stories),
        "crawl.warc.wet.gz": make_wet(stories),
        "gemeinde.csv": numbered((csv_rows(of(german)) + short).encode("utf-8-sig"), german),
        "courrier.csv.gz": numbered(gzip.compress(csv_rows(of(french), ";").encode("cp1252"), mtime=0), french),
        "boletin.tsv.xz": numbered(lzma.compress(csv_rows(of(spanish), "\t").encode()), spanish),
        "hangang.parquet": make_parquet(stories, ["ko-seojeom", "ko-gamnamu", "ja-senro", "ja-fune"]),
        "desk.json": make_json(stories, ["tr-simit", "nl-klok", "id-pasar"]),
        "wire.arrow": make_arrow(stories, ["ar-souq", "he-gesher", "en-clock"]),
        "late.arrows.zst": late._replace(data=zstandard.compress(late.data)),
        "notes.jsonl.bz2": numbered(bz2.compress(json_lines(of(nordic))), nordic),
        "briefing.txt.zst": Made(zstandard.compress(briefing), {"en-briefing": ("", None)}),
        "bundle.zip": make_zip(stories),
        "week.tar.gz": make_tar(stories),
        "report.pdf": Made(PDF, {}),
    }


def expected(files: dict[str, Made]) -> list[dict[str, Any]]:
    """An object for each document, as ``tests/data/README.md`` says."""
    objects, stories = [], read_stories()
    for name, made in files.items():
        for key, (member, number) in made.stories.items():
            story = stories[key]
            removed = [{"text": line, "kind": kind} for kind, line in story["lines"] if kind]
            titles = [line for kind, line in story["lines"] if kind == "title"]
            if member.endswith(".html") or name.endswith("crawl.warc.gz"):
                removed = [{"text": NAVIGATION, "kind": "navigation"}, {"text": FOOTER, "kind": "legal"}]
            objects.append(
                {
                    "path": "/".join(filter(None, [FOLDER, name, member])),
                    "record": number,
                    "language": story["language"],
                    "url": story.get("url"),
                    "title": story.get("title") or titles[0],
                    "authors": story.get("authors", []),
                    "published": story.get("date"),
                    "removed": removed,
                    "text": "\n".join(line for kind, line in story["lines"] if not kind),
                }
            )
    return objects


def main() -> None:
    files = make_files()
    (DATA / FOLDER).mkdir(exist_ok=True)
    for name, made in files.items():
        (DATA / FOLDER / name).write_bytes(made.data)
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in expected(files))
    (DATA / "expected_formats.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
