"""The sample corpus agrees with itself: raw files, expected results and the promises of tests/data/README.md.

Nothing here runs the project's own steps: what is checked is the yardstick, not what it measures.
"""

from __future__ import annotations

import gzip
import json
import unicodedata
import zlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from tests.data import make_formats
from tests.transforms.read.files import outcome, read_file
from transforms.read import SkippedPart
from transforms.reasons import REASONS

DATA = Path(__file__).parent / "data"
KINDS = {
    "ticker",
    "byline",
    "caption",
    "credit",
    "sign-off",
    "navigation",
    "share",
    "related",
    "legal",
    "date-line",
    "title",
    "newsletter",
    "cookie",
    "player",
    "reading-time",
}
TEXT_KEYS = {
    "path",
    "record",
    "language",
    "title",
    "authors",
    "agencies",
    "photo_credits",
    "dateline",
    "published",
    "modified",
    "removed",
    "text",
}
FORMAT_KEYS = {"path", "record", "language", "url", "title", "authors", "published", "removed", "text"}
HTML_KEYS = {
    "path",
    "url",
    "title",
    "authors",
    "published",
    "modified",
    "language",
    "site_name",
    "agencies",
    "photo_credits",
    "paywalled",
    "present",
    "absent",
}
SEPARATOR = "\n-----\n"


def read_objects(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


SAMPLE = read_objects(DATA / "expected.jsonl")
LIGHT = read_objects(DATA / "light" / "expected.jsonl")
FRESH = read_objects(DATA / "fresh" / "expected.jsonl")
UNSEEN = read_objects(DATA / "unseen" / "expected.jsonl")
LATER = read_objects(DATA / "later" / "expected.jsonl")
PAGES = read_objects(DATA / "expected_html.jsonl")
FORMATS = read_objects(DATA / "expected_formats.jsonl")
REJECTS = read_objects(DATA / "expected_rejects.jsonl")


def name(expected: dict) -> str:
    return f"{expected['path']}#{expected['record']}" if expected.get("record") is not None else expected["path"]


def decoded(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig").replace("\r\n", "\n")


def normal_lines(text: str) -> list[str]:
    """Lines in NFC, trimmed, runs of blanks collapsed, blank lines out: what cleaning accounts for."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return [line for line in lines if line]


def raw_text(expected: dict) -> str:
    content = decoded(DATA / expected["path"])
    if expected["record"] is None:
        return content
    kind = Path(expected["path"]).parts[1]
    if kind == "separated":
        return content.split(SEPARATOR)[expected["record"]]
    line = content.split("\n")[expected["record"]]
    return json.loads(line)["text"] if kind == "jsonl" else line


def assert_dates(expected: dict) -> None:
    published, modified = (expected[k] and datetime.fromisoformat(expected[k]) for k in ("published", "modified"))
    assert not (published and modified) or published.date() <= modified.date()


def is_interleaving(whole: list[str], left: list[str], right: list[str]) -> bool:
    """Whether ``whole`` is made of ``left`` and ``right``, each in its own order and nothing else."""
    reachable = {0}  # numbers of lines of ``left`` that may have been used so far
    for i, line in enumerate(whole):
        step = {n + 1 for n in reachable if n < len(left) and left[n] == line}
        step |= {n for n in reachable if i - n < len(right) and right[i - n] == line}
        reachable = step
    return len(left) in reachable and len(whole) == len(left) + len(right)


def test_interleaving_is_told_from_what_is_none():
    assert is_interleaving(["a", "b", "a"], ["a"], ["b", "a"])
    assert is_interleaving(["a", "a", "b"], ["a", "b"], ["a"])
    assert not is_interleaving(["a", "b"], ["a"], [])
    assert not is_interleaving(["a", "b", "c"], ["b", "a"], ["c"])


@pytest.mark.parametrize("expected", SAMPLE + LIGHT + FRESH + UNSEEN + LATER, ids=name)
def test_removed_and_text_lines_are_the_raw_lines(expected):
    removed = [r["text"] for r in expected["removed"]]
    assert is_interleaving(normal_lines(raw_text(expected)), expected["text"].split("\n"), removed)


@pytest.mark.parametrize("expected", SAMPLE + LIGHT + FRESH + UNSEEN + LATER, ids=name)
def test_expected_text_is_well_formed(expected):
    assert set(expected) - {"shares_copy_with", "source_id"} == TEXT_KEYS
    assert {r["kind"] for r in expected["removed"]} <= KINDS
    assert normal_lines(expected["text"]) == expected["text"].split("\n")
    if expected["title"] and not expected["path"].startswith("sample/jsonl/"):
        assert {"text": expected["title"], "kind": "title"} in expected["removed"]
    if expected["dateline"]:
        assert expected["dateline"] in expected["text"]
    assert_dates(expected)
    for other in expected.get("shares_copy_with", []):
        assert (DATA / other).is_file()


def folded(name: str) -> str:
    """Lower case, the Turkish letters I as one (KIRAÇ is Kıraç), initials without their stop."""
    return name.replace(".", " ").casefold().replace("i\u0307", "i").replace("ı", "i")


@pytest.mark.parametrize("expected", SAMPLE + LIGHT + FRESH + UNSEEN + LATER, ids=name)
def test_names_stand_in_the_document(expected):
    raw = raw_text(expected) if not expected["path"].startswith("sample/jsonl/") else decoded(DATA / expected["path"])
    for person in expected["authors"]:
        assert all(part in folded(raw) for part in folded(person).split()), person


@pytest.mark.parametrize("folder", ["sample/text", "light", "fresh", "unseen", "later"])
def test_every_text_has_an_expected_result_and_only_one(folder):
    expected = [e["path"] for e in SAMPLE + LIGHT + FRESH + UNSEEN + LATER if e["path"].startswith(folder + "/")]
    assert sorted(expected) == sorted(p.relative_to(DATA).as_posix() for p in (DATA / folder).rglob("*.txt"))


def test_every_record_of_the_containers_has_an_expected_result():
    known = {(e["path"], e["record"]) for e in SAMPLE}
    known |= {(r["path"], r["record"]) for r in REJECTS if "record" in r}
    for path in sorted(DATA.glob("sample/lines/*.txt")):
        records = decoded(path).rstrip("\n").split("\n")
        assert {(path.relative_to(DATA).as_posix(), i) for i in range(len(records))} <= known
    for path in sorted(DATA.glob("sample/separated/*.txt")):
        records = decoded(path).split(SEPARATOR)
        assert {(path.relative_to(DATA).as_posix(), i) for i in range(len(records))} <= known
    for path in sorted(DATA.glob("sample/jsonl/*")):
        for i, line in enumerate(decoded(path).rstrip("\n").split("\n")):
            assert (path.relative_to(DATA).as_posix(), i) in known or "html" in json.loads(line)


def test_sample_is_as_wide_as_promised():
    texts = [e for e in SAMPLE if e["path"].startswith("sample/text/")]
    assert len(texts) >= 60
    assert len({e["language"] for e in texts}) >= 20
    assert len({Path(e["path"]).parent for e in texts}) >= 15
    assert sum(6 <= len(e["text"].split("\n")) <= 15 for e in texts) >= 30
    assert {r["kind"] for e in texts for r in e["removed"]} == KINDS
    assert any(e["dateline"] for e in texts) and any(e["photo_credits"] for e in texts)


def test_light_texts_are_as_many_as_promised():
    by_language = Counter(e["language"] for e in LIGHT)
    assert len(LIGHT) >= 150
    assert sum(n >= 10 for n in by_language.values()) >= 15
    assert {r["kind"] for e in LIGHT for r in e["removed"]} == KINDS


def test_unseen_texts_are_as_many_as_promised():
    assert len(UNSEEN) >= 165
    assert len({e["language"] for e in UNSEEN}) >= 24
    assert {r["kind"] for e in UNSEEN for r in e["removed"]} == KINDS


def test_no_paragraph_stands_in_two_documents_unless_they_share_copy():
    seen: dict[str, dict] = {}
    for e in (e for e in SAMPLE + LIGHT + FRESH + UNSEEN + LATER if not e["path"].startswith("sample/jsonl/")):
        for line in e["text"].split("\n"):
            if len(line) > 80 and line in seen:
                assert e["path"] in seen[line].get("shares_copy_with", []), (e["path"], line)
            seen[line] = e


@pytest.mark.parametrize("page", PAGES, ids=lambda page: Path(page["path"]).name)
def test_expected_page_is_well_formed(page):
    assert set(page) == HTML_KEYS
    assert (DATA / page["path"]).is_file()
    assert page["present"] and not set(page["present"]) & set(page["absent"])
    assert_dates(page)


def test_every_page_has_an_expected_result():
    assert len(PAGES) >= 12
    assert {p["path"] for p in PAGES} == {p.relative_to(DATA).as_posix() for p in DATA.glob("sample/html/*.html")}


MADE = make_formats.make_files()


def test_there_is_a_file_of_each_format_and_the_script_makes_them():
    assert {p.name for p in (DATA / "sample/formats").iterdir()} == MADE.keys()
    assert make_formats.expected(MADE) == FORMATS
    text = "python -m tests.data.make_formats makes them anew"
    for file, made in MADE.items():
        committed = read_file((DATA / "sample/formats" / file).read_bytes(), file)
        assert list(map(_told, committed)) == list(map(_told, read_file(made.data, file))), text


def _told(item):
    """What an item says, without its bytes and their places: some are the libraries', whose versions differ."""
    if isinstance(item, SkippedPart):
        return item.place.record, item.reason
    return item.place.record, outcome(item)


@pytest.mark.parametrize("expected", FORMATS, ids=name)
def test_expected_documents_of_formats_are_well_formed(expected):
    assert set(expected) == FORMAT_KEYS
    assert {r["kind"] for r in expected["removed"]} <= KINDS
    assert normal_lines(expected["text"]) == expected["text"].split("\n")
    assert expected["published"] is None or datetime.fromisoformat(expected["published"]).year == 2024
    assert stored(expected["path"]).is_file()


def test_formats_are_as_wide_as_promised():
    assert len({e["language"] for e in FORMATS}) >= 25
    assert len({(e["path"], e["record"]) for e in FORMATS}) == len(FORMATS) >= 40


def charset_of(page: dict) -> str:
    return {"cp1252": "cp1252", "cp1251": "cp1251", "jis": "shift_jis", "gb2312": "gb18030"}.get(
        Path(page["path"]).stem.split("-")[-1], "utf-8"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: Path(page["path"]).name)
def test_phrases_stand_in_the_page(page):
    html = (DATA / page["path"]).read_bytes().decode(charset_of(page))
    for phrase in page["present"] + page["absent"]:
        assert phrase in html, phrase


@pytest.mark.parametrize(
    "file, mark",
    [
        ("courrier-ecluse-cp1252.html", "charset=windows-1252"),
        ("severny-banya-cp1251.html", "charset=windows-1251"),
        ("kaigan-kane-shift-jis.html", "charset=Shift_JIS"),
        ("jiangnan-san-gb2312.html", "charset=gb2312"),
    ],
)
def test_legacy_pages_declare_their_charset_and_are_no_utf_8(file, mark):
    data = (DATA / "sample/html" / file).read_bytes()
    assert mark.encode() in data
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_rejects_name_files_and_reasons_that_exist():
    for r in REJECTS:
        assert r["reason"] is None or set(r["reason"].split(", ")) <= REASONS.keys()
        for place in [r] if "path" in r else r["one_of"]:
            assert stored(place["path"]).is_file()


def stored(path: str) -> Path:
    """The file that a path names; of an archive's member, the archive."""
    place = DATA / path
    return place if place.exists() else next(p for p in place.parents if p.exists())


def test_exact_duplicates_in_the_jsonl_are_exact():
    clean = {(e["path"], e["record"]): (e["title"], e["text"]) for e in SAMPLE}
    groups = [r["one_of"] for r in REJECTS if "one_of" in r]
    assert groups
    for group in groups:
        assert len({clean[p["path"], p["record"]] for p in group}) == 1


def test_superseded_records_have_the_same_id_and_an_older_date():
    by_place = {(e["path"], e["record"]): e for e in SAMPLE}
    pairs = [(r, r["by"]) for r in REJECTS if r["reason"] == "superseded"]
    assert pairs
    for old, new in pairs:
        a, b = by_place[old["path"], old["record"]], by_place[new["path"], new["record"]]
        assert a["source_id"] == b["source_id"] and a["published"] < b["published"] and a["text"] != b["text"]


BROKEN = DATA / "broken"


def test_every_broken_file_is_named():
    assert {r["path"] for r in REJECTS if r.get("path", "").startswith("broken/")} == {
        f"broken/{p.name}" for p in BROKEN.iterdir()
    }


@pytest.mark.parametrize(
    "file, error",
    [
        ("truncated.jsonl.gz", EOFError),
        ("bad-crc.jsonl.gz", gzip.BadGzipFile),
        ("not-gzip.txt.gz", gzip.BadGzipFile),
    ],
)
def test_broken_gzip_is_broken(file, error):
    with pytest.raises(error):
        gzip.decompress((BROKEN / file).read_bytes())


def test_truncated_gzip_still_holds_whole_records():
    text = zlib.decompressobj(31).decompress((BROKEN / "truncated.jsonl.gz").read_bytes()).decode("utf-8", "ignore")
    assert len(text.split("\n")) > 5


@pytest.mark.parametrize("file", ["invalid-utf8.txt", "binary.txt", "cut-in-character.html", "wrong-charset.html"])
def test_broken_text_is_no_utf_8(file):
    with pytest.raises(UnicodeDecodeError):
        (BROKEN / file).read_bytes().decode("utf-8")


def test_wrong_charset_declares_what_it_is_not():
    data = (BROKEN / "wrong-charset.html").read_bytes()
    assert b'charset="utf-8"' in data and "Brötchen" in data.decode("cp1252")


def test_empty_nul_and_control_files_are_what_they_say():
    assert (BROKEN / "empty.txt").read_bytes() == b""
    assert not (BROKEN / "blank.txt").read_text("utf-8").strip()
    assert b"\x00" in (BROKEN / "nul.txt").read_bytes()
    assert b"&#1;" in (BROKEN / "control-reference.html").read_bytes()
    assert not (BROKEN / "cut-in-character.html").read_bytes().rstrip().endswith(b">")


def test_corpus_is_small():
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 2_000_000
