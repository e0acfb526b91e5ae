"""``newsloom inspect``: it shows what ingest does, on a terminal, as a page and as JSON, and is safe to look at."""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import json
import os
import pty
import re
import signal
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import transforms.quality
from pipelines import inspect
from pipelines.explain import ADVICE, PRESETS, STAGE_ADVICE, Explanation, Finding, ShownLine, explain, reject_rows
from pipelines.explain_page import page
from pipelines.explain_terminal import render, safe
from tests.conftest import REPOSITORY, rows, story, write_jsonl
from transforms.clean import KINDS
from transforms.document import Rejected, StepOptions
from transforms.language import LanguageOptions
from transforms.model import Place, Record, RemovedSpan
from transforms.quality import QualityOptions
from transforms.read import BrokenRecord
from transforms.reasons import REASONS

STORY = f"""By Ada Example
{story(1)}
Share on Facebook
(Reporting by Bo Sample; Editing by Cy Test)
© 2024 Harbour Gazette. All rights reserved.
"""
COMMAND = [sys.executable, "-m", "pipelines.main", "inspect"]
PAGE = """<!DOCTYPE html><html lang="en"><head><title>A bridge opens | Gazette</title>
<meta property="article:published_time" content="2024-03-05T08:00:00Z"></head>
<body><article><h1>A bridge opens</h1><p>{}</p></article></body></html>"""


@pytest.fixture
def run(capsysbinary):
    """Runs ``newsloom inspect`` in this process; gives what it printed."""

    def inspect_with(*arguments: object, expect: int = 0) -> tuple[str, str]:
        capsysbinary.readouterr()
        status = inspect.main([str(argument) for argument in arguments])
        printed = capsysbinary.readouterr()
        assert status == expect, printed.err
        return printed.out.decode(), printed.err.decode()

    return inspect_with


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, encoding="utf-8")
    return path


def test_every_line_in_order_with_mark_kind_rule_and_score(run, text_file):
    out, _ = run(text_file)
    shown = [line for line in out.splitlines() if re.match(r"\d+ ", line)]
    assert len(shown) == len(STORY.splitlines())
    for line, text in zip(shown, STORY.splitlines(), strict=True):
        assert line.endswith(text)
    assert re.match(r"0 - byline/\S+ +[01]\.\d\d  By Ada Example", shown[0])
    assert re.match(r"1 {10,}The council", shown[1])
    assert "\x1b" not in out


def test_what_it_shows_is_what_ingest_writes(run, tmp_path):
    from pipelines import ingest

    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(STORY, encoding="utf-8")
    (source / "b.html").write_text(PAGE.format("</p><p>".join(story(2).splitlines())), encoding="utf-8")
    write_jsonl(source / "c.jsonl", [{"id": "x", "text": STORY.replace(story(1), story(5)), "author": "Di Known"}])
    assert ingest.main(["--input", str(source), "--output", str(tmp_path / "out")]) == 0
    documents = {row["input_path"]: row for row in rows(tmp_path / "out", "documents")}
    removed = rows(tmp_path / "out", "removed")
    out, _ = run("--json", "--set", f"input.root={source}", source / "*")
    shown = [json.loads(line) for line in out.splitlines()]
    assert [Path(one["path"]).name for one in shown] == ["a.txt", "b.html", "c.jsonl"]
    for one in shown:
        row = documents[Path(one["path"]).name]
        kept = [_kept(line) for line in one["lines"]]
        assert "\n".join(text for text in kept if text is not None) == row["text"]
        spans = [(line["line"], s["start"], s["rule"]) for line in one["lines"] for s in line["removed"]]
        written = [(r["line"], r["start"], r["rule"]) for r in removed if r["doc_id"] == row["doc_id"]]
        assert sorted(spans) == sorted(written)
        assert one["source"] == row["source"] and one["language"]["code"] == row["language"]
        for name in ("authors", "agencies", "photo_credits", "tags"):
            assert [f["value"] for f in one["fields"] if f["name"] == name] == row[name]
        assert [f["value"] for f in one["fields"] if f["name"] == "title"] == [row["title"]] * bool(row["title"])


def _kept(line: dict) -> str | None:
    """What stays of a line; None where all of it goes."""
    text = line["text"]
    for span in reversed(line["removed"]):
        text = text[: span["start"]] + text[span["end"] :]
    return text or None


def test_fields_name_what_states_them(run, tmp_path, text_file):
    found = json.loads(run("--json", text_file)[0])["fields"]
    authors = [(f["value"], f["evidence"].partition(",")[0]) for f in found if f["name"] == "authors"]
    assert authors == [("Ada Example", "line 0"), ("Bo Sample", "line 6")]
    (tmp_path / "page.html").write_text(PAGE.format("</p><p>".join(story(2).splitlines())), encoding="utf-8")
    found = {f["name"]: f for f in json.loads(run("--json", tmp_path / "page.html")[0])["fields"]}
    assert found["declared_language"] == {"name": "declared_language", "value": "en", "evidence": "html"}
    assert found["published_at"]["value"].startswith("2024-03-05 08:00:00 UTC")
    assert found["published_at"]["evidence"] == "opengraph"
    (tmp_path / "wire.txt").write_text("LISBON, March 5 (Reuters) - " + story(3), encoding="utf-8")
    found = {f["name"]: f for f in json.loads(run("--json", tmp_path / "wire.txt")[0])["fields"]}
    assert found["dateline"]["evidence"] == "line 0, dateline"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [((), "record 0 (one of 5;"), (("--record", 1), "record 1 (one of 5;"), (("--record", 4), "record 4 (one of 5;")],
)
def test_the_record_is_chosen_by_its_number_in_the_file(run, tmp_path, arguments, expected):
    path = tmp_path / "many.jsonl.gz"
    lines = [json.dumps({"id": str(i), "text": story(i)}) for i in range(5)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    number = arguments[1] if arguments else 0
    out, _ = run(path, *arguments)
    assert expected in out
    assert f"storm number {number} damaged" in out and f"storm number {number + 1} damaged" not in out


def test_a_record_far_into_a_file_is_found_behind_the_slices_before_it(tmp_path, monkeypatch):
    monkeypatch.setattr(inspect, "_SLICE_BYTES", 1000)
    path = write_jsonl(tmp_path / "many.jsonl", [{"id": str(i), "text": story(i)} for i in range(40)])
    file = inspect.InputFile("many.jsonl", str(path), path.stat().st_size)
    for number in (0, 1, 17, 39):
        chosen = inspect.choose_record(inspect.Named("many.jsonl", file), inspect.ReadOptions(), number)
        assert chosen.item.source_id == str(number)
        assert (chosen.records, chosen.all_counted) == (40, True)


def test_a_member_of_an_archive_is_named_by_its_path(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "feeds.zip", "w") as archive:
        for i in range(3):
            archive.writestr(f"asia/{i}.txt", story(i))
        archive.writestr("two.jsonl", "".join(json.dumps({"text": story(i)}) + "\n" for i in (7, 8)))
    out, _ = run(tmp_path / "feeds.zip")
    assert "feeds.zip/asia/0.txt (one of 5;" in out and "storm number 0 damaged" in out
    out, _ = run(tmp_path / "feeds.zip" / "asia" / "2.txt")
    assert out.startswith(f"{tmp_path}/feeds.zip/asia/2.txt\n") and "storm number 2 damaged" in out
    out, _ = run(tmp_path / "feeds.zip" / "two.jsonl", "--record", 1)
    assert "two.jsonl, record 1 (one of 2;" in out and "storm number 8 damaged" in out
    assert "no record in it" in run(tmp_path / "feeds.zip" / "asia" / "9.txt", expect=2)[1]


def test_records_are_not_counted_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(inspect, "_COUNT_RECORDS", 3)
    path = write_jsonl(tmp_path / "many.jsonl", [{"id": str(i), "text": story(i)} for i in range(9)])
    file = inspect.InputFile("many.jsonl", str(path), path.stat().st_size)
    chosen = inspect.choose_record(inspect.Named("many.jsonl", file), inspect.ReadOptions(), None)
    assert "one of more than 4;" in chosen.title


def test_mistakes_are_one_line_each_and_exit_with_2(run, tmp_path, text_file):
    lines = write_jsonl(tmp_path / "two.jsonl", [{"text": story(1)}, {"text": story(2)}])
    lines.write_text(lines.read_text().replace("\n", "\n\n", 1))
    (tmp_path / "blank.jsonl").write_text("\n\n")
    for arguments, message in (
        ((tmp_path / "none.txt",), "none.txt: matches no file"),
        ((tmp_path,), "is a folder; name its files"),
        ((lines, "--record", 7), "no record 7; the last is 2"),
        ((lines, "--record", 1), "no record 1; it is blank, the next is 2"),
        ((text_file, "--record", 1), "no record 1; the file is one document"),
        ((tmp_path / "blank.jsonl",), "no record in it"),
        ((text_file, "--record", -1), "allowed are whole numbers from 0 on"),
        ((text_file, "--record", "x"), "invalid int value"),
        ((text_file, "--config", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        ((text_file, "--set", "clean.kep=[caption]"), "no such option; did you mean keep?"),
        ((text_file, "--html", tmp_path / "no" / "out.html"), "there is no folder"),
        ((text_file, "--html", tmp_path), "is a folder"),
        ((text_file, "--html", tmp_path / "out.html", "--json"), "exclude each other"),
        ((), "required: FILE"),
    ):
        out, err = run(*arguments, expect=2)
        assert message in err and err.count("\n") == 1 and not out, arguments


def test_one_file_without_the_record_does_not_hide_the_others(run, tmp_path, text_file):
    lines = write_jsonl(tmp_path / "two.jsonl", [{"text": story(1)}, {"text": story(2)}])
    out, err = run(text_file, lines, "--record", 1, expect=2)
    assert "storm number 2 damaged" in out and "story.txt: no record 1" in err


def _explained(text: str, **options) -> Explanation:
    record = Record(Place("a.txt"), text.encode(), "text", text)
    return explain(record, StepOptions(**options), "a.txt")


def test_a_reject_by_choice_shows_its_lines_the_reason_and_what_to_do():
    shown = _explained(STORY, language=LanguageOptions(keep=("de",)))
    assert shown.rejected is not None and shown.rejected.broken.reason == "language/not-wanted"
    assert [line.text for line in shown.lines] == STORY.splitlines()
    assert shown.language is not None and shown.language.code == "en"
    shown = _explained(STORY, quality=QualityOptions(min_words=5000))
    told = dict(reject_rows(shown.rejected))
    assert "quality/length" in told["rejected"] and "min_words 5000" in told["detail"] and told["what to do"]
    assert shown.quality is not None and shown.findings


def test_where_all_is_noise_every_line_is_shown_as_taken():
    shown = _explained("Share on Facebook\n© 2024 Harbour Gazette. All rights reserved.")
    assert shown.rejected is not None and shown.rejected.broken.reason == "clean/empty"
    assert [line.gone for line in shown.lines] == [True, True]


def test_a_record_that_cannot_be_read_shows_how_it_begins(run, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "cut sho\n')
    out, _ = run(path)
    assert "bad-json" in out and "what to do" in out and '{"text": "cut sho' in out
    (tmp_path / "bad.txt").write_bytes(b"\x00\x01\x02\x1b[2J" * 30)
    out, _ = run(tmp_path / "bad.txt")
    assert "binary" in out and "\x1b" not in out


def test_there_is_advice_for_every_reason():
    assert set(ADVICE) <= set(REASONS)
    assert {reason.stage for reason in REASONS.values()} <= set(STAGE_ADVICE)


def test_the_published_filters_are_all_tried():
    presets = Path(transforms.quality.__file__).with_name("presets.yaml").read_text(encoding="utf-8")
    assert set(PRESETS) == set(yaml.safe_load(presets))
    shown = _explained("A short text about a bridge that opened in Dunmere on Tuesday, the mayor told residents.")
    assert ("gopher", "word_count 16 is less than min_words 50") in shown.filters


def test_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STORY.encode())))
    out, err = run("-")
    assert out.startswith("standard input\n") and "By Ada Example" in out and not err


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path):
    (tmp_path / "long.txt").write_text("\n".join(story(i) for i in range(20)))
    child = subprocess.Popen(
        [*COMMAND, tmp_path / "long.txt"], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout and child.stderr
    child.stdout.read(10)
    child.stdout.close()
    assert (child.stderr.read(), child.wait(120)) == (b"", 0)
    child.stderr.close()


def test_ctrl_c_ends_it_without_a_traceback():
    main, side = pty.openpty()
    child = subprocess.Popen([*COMMAND, "-"], cwd=REPOSITORY, stdin=side, stdout=side, stderr=side)
    os.close(side)
    shown = b""
    with contextlib.suppress(OSError):  # so Linux says that the other side is closed
        while chunk := os.read(main, 65536):
            shown += chunk
            if b"Ctrl-D ends it" in shown:
                child.send_signal(signal.SIGINT)
    os.close(main)
    assert child.wait(120) == 130 and b"Traceback" not in shown


def test_colour_on_a_terminal_and_none_with_no_color(run, text_file, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in run(text_file)[0]
    monkeypatch.setenv("NO_COLOR", "1")
    plain, _ = run(text_file)
    assert "\x1b" not in plain and "\n0 - byline/" in plain


PIECES = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30),
    st.sampled_from(
        ["<script>alert(1)</script>", "</td></table><img src=x onerror=alert(1)>", "\"'><svg/onload=x>", "&lt;b&gt;",
         "<!--", "]]>", "</style>", "ميناء المرسى", "船長は言った。", "javascript:alert(1)", "e\u0301", "\u202eabc"]
    ),
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=6).map(" ".join)


@st.composite
def explanations(draw) -> Explanation:
    """Whatever text in whatever place, taken or not; names of kinds and rules among it."""
    lines = []
    for number in range(draw(st.integers(0, 4))):
        text = draw(TEXTS)
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)) | {0, len(text)})
        spans = [
            RemovedSpan(number, a, b, text[a:b], draw(st.sampled_from([*KINDS, "<b>"])), draw(TEXTS), 0.9)
            for a, b in itertools.pairwise(cuts)
            if draw(st.booleans())
        ]
        lines.append(ShownLine(number, text, tuple(spans)))
    broken = BrokenRecord(Place("x"), draw(st.sampled_from(sorted(REASONS))), draw(TEXTS), b"", 0, "")
    return Explanation(
        path=draw(TEXTS),
        record=draw(st.none() | st.integers(0)),
        kind="text",
        source=draw(TEXTS),
        lines=tuple(lines),
        findings=tuple(Finding("title", value, draw(TEXTS)) for value in draw(st.lists(TEXTS, max_size=2))),
        rejected=Rejected("", broken) if draw(st.booleans()) else None,
        excerpt=draw(TEXTS),
    )


class _Reader(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.lines: list[str] = []
        self.open: list[str] = []
        self.other: list[str] = []
        self._in_lines = False

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag == "table":
            self._in_lines = dict(attributes).get("class") == "lines"
        if tag == "td" and self._in_lines and dict(attributes).get("class") == "text":
            self.lines.append("")
            self.open.append(tag)
        elif tag == "del":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in ("td", "del") and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.lines[-1] += data

    def handle_comment(self, data):
        self.other.append(data)

    handle_pi = unknown_decl = handle_comment


_TAGS = re.compile("html|head|meta|title|style|body|section|h1|h2|p|table|tr|th|td|ul|li|pre|span|del")
_CLASSES = re.compile(r"facts|alarm|name|text|from|lines|n|why|gone|legend|k\d+")


@settings(max_examples=60, deadline=None)
@given(explanations(), TEXTS)
def test_a_page_holds_every_line_and_nothing_of_a_document_becomes_markup(explanation, title):
    written = page([(title, explanation)])
    reader = _Reader()
    reader.feed(written)
    reader.close()
    assert reader.lines == [line.text for line in explanation.lines]
    assert not reader.other
    for tag, attributes in reader.found:
        assert _TAGS.fullmatch(tag)
        for name, value in attributes.items():
            assert name in ("class", "dir", "lang", "charset", "http-equiv", "content", "name")
            assert name != "class" or _CLASSES.fullmatch(value)
    metas = sum(tag == "meta" for tag, _ in reader.found)
    assert (metas, sum(tag == "style" for tag, _ in reader.found)) == (3, 1)
    assert "default-src 'none'" in written and "http:" not in written.split("<body>")[0].replace("http-equiv", "")


def test_the_page_is_written_whole_for_several_documents(run, tmp_path, text_file):
    (tmp_path / "b<i>.txt").write_text("<script>alert('x')</script> " + story(4))
    out, _ = run(tmp_path / "*.txt", "--html", tmp_path / "out.html")
    assert out == f"{tmp_path}/out.html: 2 documents\n"
    written = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert written.count("<section>") == 2 and "<script" not in written and "b&lt;i&gt;.txt" in written


@settings(max_examples=40, deadline=None)
@given(explanations(), st.sampled_from([60, 80, 120]))
@example(
    Explanation("a", None, "text", "source", findings=(Finding("title", "0 0 0 00 00000000 " + "0" * 25, "\u202a"),)),
    60,
)
def test_rows_fit_the_terminal_whatever_the_script(explanation, width):
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system="standard")
    for row in render(explanation, "a.txt", console):
        assert cell_len(row.plain.rstrip()) <= width
        assert safe(row.plain) == row.plain


def test_a_learnt_rule_in_wide_characters_fits_beside_the_line():
    span = RemovedSpan(0, 0, 6, "编辑：<n>", "repeated", "repeated/xinwen.example/编辑：" + "字" * 20, 0.9)
    shown = Explanation("a.txt", None, "text", "a", (ShownLine(0, "编辑：<n>", (span,)),), (), rejected=None)
    console = Console(file=io.StringIO(), force_terminal=True, width=60)
    assert max(cell_len(row.plain.rstrip()) for row in render(shown, "a.txt", console)) <= 60


def test_nothing_in_a_name_or_detail_is_obeyed_by_the_terminal():
    assert safe("a\x1b[2Jb\u202ec\r\n") == "a<U+001B>[2Jb<U+202E>c<U+000D><U+000A>"
    assert safe("zwnj\u200cis\u200dkept ميناء 船") == "zwnj\u200cis\u200dkept ميناء 船"
