"""Input from web addresses: whole runs against a server on this machine, with all that servers do."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import plan
from tests.conftest import published, rows, story
from transforms import storage

ROWS = [{"id": str(n), "text": story(n)} for n in range(40)]
LINES = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


class _Site(ThreadingHTTPServer):
    """A server of ``files``.  The first folder of a path says how it behaves; ``asked`` counts the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Site

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        behaviour, _, name = self.path[1:].partition("/")
        self.server.asked[f"{self.command} {self.path}"] += 1
        times = self.server.asked[f"{self.command} {self.path}"]
        head, data = self.command == "HEAD", self.server.files.get(name.partition("?")[0])
        if behaviour == "moved":
            self.refuse(302, Location=f"/parts/{name}")
        elif data is None:
            self.refuse(404)
        elif behaviour == "private" or (behaviour == "signed" and head):
            self.refuse(403)
        elif behaviour == "busy" and times == 1:
            self.refuse(503)
        else:
            self.give(behaviour, data, times, head)

    def refuse(self, status, **headers):
        self.send_response(status)
        for header in {"Content-Length": "0", **headers}.items():
            self.send_header(*header)
        self.end_headers()

    def give(self, behaviour, data, times, head):
        start = 0
        if behaviour not in ("whole", "stream") and (wanted := self.headers.get("Range")):
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                self.refuse(416, **{"Content-Range": f"bytes */{len(data)}"})
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        if behaviour != "stream":
            self.send_header("Content-Length", str(len(data) - start))
        self.send_header("ETag", f'"{times}"' if behaviour == "changing" and not head else '"1"')
        self.end_headers()
        if not head:
            breaks = behaviour in ("breaking", "changing") and times % 3
            end = len(data) // 4 if behaviour == "never" else start + len(data) // 4 if breaks else None
            self.wfile.write(data[start:end])


@pytest.fixture
def site():
    with _Site() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def parquet(table: list[dict]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(table), out, row_group_size=10)
    return out.getvalue()


FILES = {"a.jsonl": LINES, "a.jsonl.gz": gzip.compress(LINES), "a.parquet": parquet(ROWS)}


@pytest.mark.parametrize(
    ("behaviour", "name"),
    [
        *itertools.product(("parts", "whole", "breaking"), FILES),
        *itertools.product(("stream", "signed", "moved", "busy"), ["a.jsonl.gz"]),
    ],
)
def test_a_run_over_an_address_gives_what_a_run_over_the_file_gives(run, site, tmp_path, behaviour, name):
    site.files[name] = FILES[name]
    (tmp_path / name).write_bytes(FILES[name])
    cut = ("--set", "output.unit_bytes=2000")
    run("--input", tmp_path / name, "--output", tmp_path / "disk", *cut)
    summary = run("--input", f"{site.url}/{behaviour}/{name}", "--output", tmp_path / "web", *cut)
    assert summary["documents"] == 40
    assert published(tmp_path / "web") == published(tmp_path / "disk")


def test_a_list_of_addresses_may_stand_on_the_web_and_a_second_run_reads_what_is_new(run, site, tmp_path):
    for number in range(12):
        site.files[f"day/{number}.txt"] = story(number).encode()
    site.files["day.txt"] = b"".join(b"day/%d.txt\n" % number for number in range(11))
    given = ("--input", f"@{site.url}/parts/day.txt", "--output", tmp_path / "out")
    assert run(*given)["documents"] == 11
    assert run(*given)["status"] == "nothing-new"
    site.files["day.txt"] += f"{site.url}/parts/day/11.txt?page=1\n".encode()
    site.files["day/3.txt"] = story(33).encode()
    assert run(*given)["documents"] == 2
    paths = {row["input_path"] for row in rows(tmp_path / "out", "documents")}
    assert paths == {f"{n}.txt" for n in range(11)} | {"11.txt?page=1"}


@pytest.mark.parametrize(
    ("path", "told"),
    [("/parts/none.txt", "matches no file"), ("/private/a.txt", "HTTP 403 Forbidden"), ("", "matches no file")],
)
def test_what_the_server_refuses_is_told(run, site, tmp_path, path, told):
    site.files["a.txt"] = b"x"
    said = run("--input", f"{site.url}{path}", "--output", tmp_path / "out", expect=2)["stderr"]
    assert said == f"newsloom: input {site.url}{path}: {told}\n"


def test_a_server_that_is_not_there_is_told(run, tmp_path):
    said = run("--input", "http://127.0.0.1:9/a.txt", "--output", tmp_path / "out", expect=2)["stderr"]
    assert said.startswith("newsloom: input http://127.0.0.1:9/a.txt: ") and said.endswith("Connection refused\n")


def test_the_web_is_no_place_for_output(run, site, tmp_path):
    (tmp_path / "a.txt").write_text(story(1))
    said = run("--input", tmp_path / "a.txt", "--output", f"{site.url}/out", expect=2)["stderr"]
    assert said == f"newsloom: --output {site.url}/out: web addresses can be read from, but not written to\n"


def test_a_file_that_changes_while_it_is_read_is_a_reject_and_its_good_part_stays(run, site, tmp_path):
    site.files["a.jsonl"] = LINES
    run("--input", f"{site.url}/changing/a.jsonl", "--output", tmp_path / "out")
    (reject,) = rows(tmp_path / "out", "rejects")
    assert reject["reason"] == "unreadable" and "it changed on the server while it was read" in reject["detail"]


def test_a_server_that_always_breaks_off_makes_no_reject_but_fails_the_run(run, site, tmp_path):
    site.files["a.txt"] = story(1).encode()
    failed = run("--input", f"{site.url}/never/a.txt", "--output", tmp_path / "out", expect=1)
    assert failed["stderr"].startswith("newsloom: the run failed: ")
    assert not (tmp_path / "out" / "documents").exists()


def test_a_page_whose_size_nobody_tells_is_counted(site):
    site.files["a.txt"] = b"x" * 300_000
    assert storage.size(f"{site.url}/stream/a.txt") == 300_000
    assert storage.size(f"{site.url}/stream/none.txt") is None


def test_behind_the_end_there_is_nothing(site):
    site.files |= {"a.txt": b"abc", "empty.txt": b""}
    with storage.open_raw(f"{site.url}/parts/a.txt") as handle:
        assert handle.seek(0, io.SEEK_END) == 3
        assert handle.read() == b"" and handle.seek(1) == 1 and handle.read() == b"bc"
    with storage.open_raw(f"{site.url}/parts/empty.txt") as handle:
        assert handle.read() == b""


def test_addresses_of_several_servers_keep_their_host_in_the_path(site):
    site.files["a.txt"] = b"x"
    other = site.url.replace("127.0.0.1", "localhost")
    inputs, problems = plan.find_inputs([f"{site.url}/parts/a.txt", f"{other}/parts/a.txt"], "", "")
    assert problems == [] and inputs.root == "http://"
    hosts = [url.removeprefix("http://") for url in (site.url, other)]
    assert [found.file.path for found in inputs.files] == [f"{host}/parts/a.txt" for host in hosts]
