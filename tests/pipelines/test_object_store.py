"""S3 as input and output, against a server on the loopback address: what of the guarantees holds there."""

from __future__ import annotations

import contextlib
import gzip
import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pyarrow.dataset as ds
import pyarrow.fs as fs
import pyarrow.parquet as pq
import pytest
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines import plan
from pipelines.progress import Progress
from tests.conftest import REPOSITORY, published, story
from transforms import leases, s3, storage
from transforms.leases import Lease, Locked
from transforms.snapshots import ObjectStore
from transforms.stage import Unit

OPTIONS = ("--set", "output.unit_bytes=4096", "--set", "output.buckets=2")
# Names that are something else in URLs, globs or XML, and none that a local disk does not know.
ODD_NAMES = ("a b+c.txt", "100%25.txt", "sub/déjà #1?.txt", "sub/[x] & <y>.txt", "sub/~=@$;,:.txt")


_numbers = itertools.count(1)


class Bucket:
    """A bucket of its own on the server, and what a run needs to reach it."""

    def __init__(self, port: int, name: str):
        self.name, self.url = name, f"s3://{name}"
        self.endpoint = f"http://127.0.0.1:{port}"
        keys = {"s3_access_key_id": "test", "s3_secret_access_key": "test", "s3_region_name": "us-east-1"}
        self.options = tuple(f"--{k}={v}" for k, v in {"s3_endpoint_url": self.endpoint, **keys}.items())
        names = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
        self.client = boto3.client("s3", endpoint_url=self.endpoint, **names)
        self.client.create_bucket(Bucket=name)

    def put(self, key: str, data: bytes | str) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=data.encode() if isinstance(data, str) else data)

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def keys(self, prefix: str = "") -> list[str]:
        return [o["Key"] for o in self.client.list_objects_v2(Bucket=self.name, Prefix=prefix).get("Contents", ())]

    def manifest(self, output: str) -> dict[str, Any]:
        """The manifest of the run that readers see, as docs/object_stores.md tells readers to find it."""
        run = json.loads(self.get(f"{output}/_current.json"))["run"]
        return json.loads(self.get(f"{output}/_runs/{run}/manifest.json"))

    def rows(self, output: str, table: str) -> list[dict[str, Any]]:
        files = [f for f in self.manifest(output)["files"] if f["path"].startswith(f"{table}/")]
        return [r for f in files for r in pq.read_table(io.BytesIO(self.get(f"{output}/{f['path']}"))).to_pylist()]

    def check(self, output: str) -> dict[str, str]:
        """The checksums of the files that the manifest lists; each file is there, whole."""
        files = self.manifest(output)["files"]
        for file in files:
            data = self.get(f"{output}/{file['path']}")
            assert (len(data), blake2b(data, digest_size=16).hexdigest()) == (file["size"], file["checksum"])
        return {f["path"]: f["checksum"] for f in files}

    def fail(self, method: str, status: int, after: int = 0, count: int = 1) -> None:
        query = f"method={method}&status={status}&after={after}&count={count}"
        urlopen(Request(f"{self.endpoint}/-/fail?{query}", method="PUT")).close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.pipelines.s3_server"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()  # which ends it, as the end of this process does
            server.wait(timeout=20)


@pytest.fixture
def bucket(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    bucket = Bucket(port, f"news-{next(_numbers)}")
    FileSystems.set_options(PipelineOptions(list(bucket.options)))
    yield bucket
    bucket.fail("GET", 200, count=0)
    FileSystems.set_options(None)


def checksums(output: Path) -> dict[str, str]:
    files = published(output)
    names = {name.removeprefix("_current/"): data for name, data in files.items()}
    return {name: blake2b(data, digest_size=16).hexdigest() for name, data in names.items()}


def twin_inputs(bucket: Bucket, folder: Path) -> None:
    """The same input files in the bucket and in a folder: ODD_NAMES, and one of JSON Lines, compressed."""
    lines = [json.dumps({"id": str(i), "text": f"CMSC 0.0578\n{story(i)}"}) for i in range(6)]
    files = {name: story(20 + i).encode() for i, name in enumerate(ODD_NAMES)}
    files["lines.jsonl.gz"] = gzip.compress("\n".join(lines).encode(), mtime=0)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        bucket.put(f"in/{name}", data)
    bucket.put("in/empty/", b"")  # as consoles and tools make it to show a folder
    bucket.put("in/.hidden.txt", story(50))
    bucket.put("elsewhere/x.txt", story(51))


def test_the_dataset_is_that_of_a_local_run_and_grows_as_it_does(run, bucket, tmp_path):
    twin_inputs(bucket, tmp_path / "in")
    local = ("--input", tmp_path / "in", "--output", tmp_path / "out", *OPTIONS)
    remote = ("--input", f"{bucket.url}/in", "--output", f"{bucket.url}/out", *OPTIONS, *bucket.options)
    run(*local)
    # Two workers, forked: they reach the same server, and one worker makes the same files.
    first = subprocess.run(
        [sys.executable, "-m", "pipelines.ingest", *remote, "--direct_num_workers=2"],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert first.stderr == "" and json.loads(first.stdout)["documents"] == 11
    assert bucket.check("out") == checksums(tmp_path / "out")
    assert {d["input_path"] for d in bucket.rows("out", "documents")} == {*ODD_NAMES, "lines.jsonl.gz"}

    # As docs/object_stores.md tells readers to.
    names = {"access_key": "test", "secret_key": "test", "region": "us-east-1", "scheme": "http"}
    store = fs.S3FileSystem(endpoint_override=bucket.endpoint.removeprefix("http://"), **names)
    documents = [f"{bucket.name}/out/{name}" for name in bucket.check("out") if name.startswith("documents/")]
    assert ds.dataset(documents, filesystem=store, format="parquet").count_rows() == 11

    before = bucket.keys("out/")
    assert run(*remote)["status"] == "nothing-new" and bucket.keys("out/") == before

    for name in ("new.txt", ODD_NAMES[0]):  # a new one, and one that changes: its size says so
        (tmp_path / "in" / name).write_text(story(70, 6))
        bucket.put(f"in/{name}", story(70, 6))
    bucket.put("out/documents/lang=en/left-by-a-dead-run.parquet", b"?")
    run(*local)
    second = run(*remote, "--set", "output.keep_snapshots=1")
    assert (second["read"], second["replaced"]) == (2, 1)
    assert bucket.check("out") == checksums(tmp_path / "out")
    # With one snapshot kept, a plain listing sees what the manifest lists, and nothing else.
    listed = {k.removeprefix("out/") for k in bucket.keys("out/") if k.endswith(".parquet") and "/_runs/" not in k}
    assert listed == set(bucket.check("out"))
    assert {k.split("/")[1] for k in bucket.keys("out/")} - {"documents", "removed", "rejects", "_held"} == {
        "README.md",
        "_current.json",
        "_runs",
    }


def command(bucket: Bucket, *arguments: object) -> list[str]:
    start = ["--input", f"{bucket.url}/in/**", "--output", f"{bucket.url}/out", *OPTIONS, *bucket.options]
    return [str(a) for a in (*arguments, *start)]


def test_killed_at_any_step_the_last_state_stays_and_the_next_run_finishes(run, bucket, tmp_path):
    (tmp_path / "in").mkdir()
    for i in range(5):
        (tmp_path / "in" / f"{i}.txt").write_text(story(i))
        bucket.put(f"in/{i}.txt", story(i) if i else story(30, 5))
    run(*command(bucket))
    before = bucket.check("out")
    bucket.put("in/0.txt", story(0))
    # While units are staged; between two files that are copied to their places; at the commit (the lease is the
    # first object that is written so, _current.json the second).  Each run finds what the one before it left.
    for step, number in (("put", 4), ("copy", 2), ("commit", 2)):
        killed = command(bucket, sys.executable, "-m", "tests.pipelines.faults", number, step, "--direct_num_workers=1")
        done = subprocess.run(killed, cwd=REPOSITORY, capture_output=True, timeout=120)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert "out/_lock.json" in bucket.keys("out/") and bucket.check("out") == before
    compact = ("--set", "output.compact_files=1")
    run(*command(bucket), *compact)
    run("--input", tmp_path / "in", "--output", tmp_path / "out", *OPTIONS, *compact)
    assert bucket.check("out") == checksums(tmp_path / "out")
    assert not [k for k in bucket.keys("out/") if "/_work/" in k or "_lock" in k]


def test_a_store_that_fails_midway_fails_the_run_in_one_line_and_the_next_goes_on(run, bucket):
    for i in range(5):
        bucket.put(f"in/{i}.txt", story(i))
    bucket.fail("PUT", 403, after=4, count=-1)
    failed = run(*command(bucket), expect=1)
    assert failed["stderr"].count("\n") == 1 and "PermissionError" in failed["stderr"]
    assert "PutObject" in failed["stderr"] and f"{bucket.url}/out/_work/units" in failed["stderr"]
    bucket.fail("PUT", 200, count=0)
    assert run(*command(bucket))["documents"] == 5
    assert len(bucket.rows("out", "documents")) == 5


# --- what is wrong is told in one line, before anything runs ---------------------------------------------------------


def test_a_bucket_that_is_not_there_is_told_for_input_and_output(run, bucket):
    said = run("--input", "s3://no-such/in", "--output", "s3://nor-this/out", *bucket.options, expect=2)["stderr"]
    assert said.splitlines() == [
        "newsloom: --output s3://nor-this/out: there is no bucket nor-this",
        "newsloom: input s3://no-such/in: there is no bucket no-such",
    ]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://Not Valid!/in", "Not Valid! cannot be the name of a bucket"),
        ("s3:///in", "names no bucket; S3 paths are s3://BUCKET/PATH"),
        ("s3a://Not Valid!/in", "Not Valid! cannot be the name of a bucket"),
        ("file:///none/in", "matches no file"),
        (
            "abfss://box@acct.dfs.core.windows.net/x",
            'no filesystem for azfs:// is installed; pip install "newsloom[azure]"',
        ),
        (
            "abfs://box/x",
            "no filesystem for abfs:// is installed; "
            "Azure's storage is abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH or azfs://ACCOUNT/CONTAINER/PATH",
        ),
        ("azfs://acct/box/x", 'no filesystem for azfs:// is installed; pip install "newsloom[azure]"'),
        ("hdfs://x/y", 'no filesystem for hdfs:// is installed; pip install "newsloom[hdfs]"'),
    ],
)
def test_addresses_that_cannot_be_are_told(bucket, url, told, monkeypatch):
    monkeypatch.setattr(storage, "_is_installed", lambda module: module == "boto3")
    assert plan.find_inputs([url], "", "")[1] == [f"input {url}: {told}"]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("s3a://b/a/*.gz", "s3://b/a/*.gz"),
        ("s3n://b", "s3://b"),
        ("gcs://b/a", "gs://b/a"),
        ("file:///data/a b.txt", "/data/a b.txt"),
        ("abfs://box@acct.dfs.core.windows.net/a/b", "azfs://acct/box/a/b"),
        ("abfss://box@acct.dfs.core.windows.net", "azfs://acct/box/"),
        ("abfs://box/a", "abfs://box/a"),
        ("https://news.example/a@b.txt", "https://news.example/a@b.txt"),
        ("data/a:b.txt", "data/a:b.txt"),
        ("-", "-"),
    ],
)
def test_names_of_other_tools_are_known(written, known):
    assert storage.canonical(written) == known and storage.canonical(known) == known


def test_a_missing_library_is_told_with_the_command_that_installs_it(bucket, monkeypatch):
    monkeypatch.setattr(storage, "_is_installed", lambda module: False)
    wanted = 'no filesystem for s3:// is installed; pip install "newsloom[s3]"'
    assert plan.find_inputs(["s3://b/x"], "", "")[1] == [f"input s3://b/x: {wanted}"]


def test_missing_credentials_are_told(run, bucket, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    endpoint = f"--s3_endpoint_url={bucket.endpoint}"
    said = run("--input", f"{bucket.url}/in", "--output", tmp_path / "out", endpoint, expect=2)["stderr"]
    assert said == f"newsloom: input {bucket.url}/in: S3 cannot be used: Unable to locate credentials\n"


def test_a_server_that_does_not_answer_is_told(run, bucket, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    options = ("--s3_endpoint_url=http://127.0.0.1:9", *bucket.options[1:])
    said = run("--input", f"{bucket.url}/in", "--output", f"{bucket.url}/out", *options, expect=2)["stderr"]
    assert said.count("Could not connect") == 2 and said.count("\n") == 2


def test_denied_access_is_told(run, bucket):
    bucket.fail("HEAD", 403)
    said = run("--input", f"{bucket.url}/in", "--output", f"{bucket.url}/out", *bucket.options, expect=2)["stderr"]
    assert f"--output {bucket.url}/out: access to the bucket {bucket.name} was denied" in said


def test_an_output_that_cannot_be_listed_is_refused(run, bucket, monkeypatch):
    bucket.put("in/a.txt", "x")
    given = ("--input", f"{bucket.url}/in", *bucket.options, "--output")
    assert "wildcards" in run(*given, f"{bucket.url}/out[1]", expect=2)["stderr"]
    local = run(*given, f"{bucket.url}/out", "--set", "output.store=local", expect=2)["stderr"]
    assert "is not on a disk of this machine" in local
    monkeypatch.setattr(storage, "_is_installed", lambda module: True)
    assert "not written to" in run(*given, "hdfs://out", expect=2)["stderr"]


# --- what patterns match ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "root", "paths"),
    [
        ("in", "in", ["a.txt", "sub/b.txt", "sub/deep/c.html"]),
        ("in/", "in", ["a.txt", "sub/b.txt", "sub/deep/c.html"]),
        ("in/*.txt", "in", ["a.txt"]),
        ("in/**/*.txt", "in", ["a.txt", "sub/b.txt"]),
        ("in/**", "in", ["a.txt", "sub/b.txt", "sub/deep/c.html"]),
        ("in/sub/b.txt", "in/sub", ["b.txt"]),
        ("in/.hidden/*", "in/.hidden", ["d.txt"]),
        ("odd/we[ird].txt", "odd", ["we[ird].txt"]),
    ],
)
def test_patterns_match_what_they_match_on_a_local_disk(bucket, pattern, root, paths):
    for key in ("in/a.txt", "in/sub/b.txt", "in/sub/deep/c.html", "in/.hidden/d.txt", "odd/we[ird].txt", "in/sub/"):
        bucket.put(key, "x")
    inputs, problems = plan.find_inputs([f"{bucket.url}/{pattern}"], "", "")
    assert problems == [] and inputs.root == f"{bucket.url}/{root}"
    assert [f.file.path for f in inputs.files] == paths


def test_a_whole_bucket_without_its_output_is_an_input(bucket):
    for key in ("a.txt", "out/documents/x.parquet"):
        bucket.put(key, "x")
    inputs, _ = plan.find_inputs([bucket.url], "", f"{bucket.url}/out")
    assert [f.file.path for f in inputs.files] == ["a.txt"]


def test_two_names_that_read_the_same_are_told(bucket):
    for key in ("in/a\x07.txt", "in/a%07.txt"):
        bucket.put(key, "x")
    _, problems = plan.find_inputs([f"{bucket.url}/in"], "", "")
    assert len(problems) == 1 and "has the path a%07.txt under input.root" in problems[0]


def test_more_objects_than_a_page_of_the_listing_holds(bucket):
    for i in range(8):
        bucket.put(f"in/{i}.txt", "x")
    client = s3._boto()
    paged = ("provide-client-params.s3.ListObjectsV2", lambda params, **_: params | {"MaxKeys": 3})
    client.meta.events.register(*paged)
    try:
        inputs, _ = plan.find_inputs([f"{bucket.url}/in/*.txt"], "", "")
    finally:
        client.meta.events.unregister(*paged)
    assert len(inputs.files) == 8
    storage.delete_tree(f"{bucket.url}/in")
    assert bucket.keys() == []


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 9 * 1024 * 1024])
def test_what_is_written_is_read(bucket, size):
    data = os.urandom(size)
    with storage.writing(f"{bucket.url}/x/file") as handle:
        handle.write(data)
    with storage.open_raw(f"{bucket.url}/x/file") as stored:
        assert stored.read() == data
        stored.seek(size // 2)
        assert stored.read(10) == data[size // 2 :][:10]
    storage.move_data(f"{bucket.url}/x/file", f"{bucket.url}/y/file")
    assert bucket.keys() == ["y/file"] and storage.size(f"{bucket.url}/y/file") == size


def test_what_was_not_written_to_its_end_is_not_there(bucket):
    with pytest.raises(RuntimeError), storage.writing(f"{bucket.url}/file") as handle:
        handle.write(b"half")
        raise RuntimeError
    dropped = storage.create(f"{bucket.url}/dropped")
    dropped.write(b"half")
    del dropped
    assert bucket.keys() == []


def test_errors_are_those_of_a_local_disk(bucket):
    with pytest.raises(FileNotFoundError):
        storage.open_raw(f"{bucket.url}/none")
    with pytest.raises(FileNotFoundError):
        storage.copy(f"{bucket.url}/none", f"{bucket.url}/copy")
    bucket.put("a", "x")
    bucket.fail("HEAD", 403)
    with pytest.raises(PermissionError):
        storage.open_raw(f"{bucket.url}/a")
    bucket.fail("PUT", 400)
    with (
        pytest.raises(ConnectionError, match=f"{bucket.url}/b: .*PutObject"),
        storage.writing(f"{bucket.url}/b") as handle,
    ):
        handle.write(b"x")
    assert storage.read_json(f"{bucket.url}/none") is None and not storage.exists(f"{bucket.url}/none")
    storage.delete(f"{bucket.url}/none")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_server_that_fails_once_is_asked_again(bucket, method):
    bucket.put("a", "x")
    bucket.fail(method, 503)
    with storage.open_raw(f"{bucket.url}/a") as stored:
        assert stored.read() == b"x"
    storage.write_json(f"{bucket.url}/b", {})
    assert storage.list_files(bucket.url) == [f"{bucket.url}/a", f"{bucket.url}/b"]


def test_parts_that_a_killed_writer_left_are_taken_away(bucket):
    for key in ("out/x", "other/x"):
        begun = bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
        bucket.client.upload_part(
            Bucket=bucket.name, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"x" * (5 << 20)
        )
    storage.drop_unfinished(f"{bucket.url}/out")
    left = bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
    assert [u["Key"] for u in left] == ["other/x"]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_time_stamps_do_not_depend_on_the_time_zone_of_the_machine(bucket, zone, monkeypatch):
    bucket.put("a", "x")
    modified = bucket.client.head_object(Bucket=bucket.name, Key="a")["LastModified"]
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert storage.status(f"{bucket.url}/a").stamp == modified.timestamp()
    finally:
        monkeypatch.undo()
        time.tzset()


def test_progress_looks_at_an_object_store_by_one_listing(bucket):
    storage.write_json(f"{bucket.url}/_work/units/1/done.json", {"records": 7})
    progress = Progress(f"{bucket.url}/_work", f"{bucket.url}/_work/m", [Unit("1", (), 10), Unit("2", (), 5)], 2, True)
    with progress:
        progress.update()
        bucket.fail("GET", 500, count=-1)  # the next look is not due yet
        progress.update()
        assert progress._documents == 7


def test_a_small_file_is_replaced_only_where_it_is_as_it_was_read(bucket):
    path = f"{bucket.url}/a"
    assert storage.write_tagged(path, b"1", "")
    assert not storage.write_tagged(path, b"2", "")  # there is one now
    data, tag = storage.read_tagged(path)
    assert data == b"1" and storage.write_tagged(path, b"3", tag)
    assert not storage.write_tagged(path, b"4", tag)
    # What was written, though the answer got lost on its way, counts as written when it is asked for again.
    assert storage.write_tagged(path, b"3", tag)
    assert storage.read_tagged(path)[0] == b"3" and storage.read_tagged(f"{bucket.url}/none") == (None, "")


# --- one run at a time -----------------------------------------------------------------------------------------------


def other_run(bucket: Bucket, **changes: Any) -> None:
    """The lease of another run, which was at work a moment ago."""
    lease = json.loads(Lease(bucket.url)._text())
    bucket.put("_lock.json", json.dumps(lease | changes))


def test_another_run_is_refused_while_one_holds_the_lease(run, bucket):
    bucket.put("in/a.txt", story(1))
    with Lease(f"{bucket.url}/out").held():
        refused = run(*command(bucket), expect=75)["stderr"]
    assert refused.count("\n") == 1 and f"process {os.getpid()} on" in refused
    assert bucket.keys("out/") == []


@pytest.mark.parametrize(
    ("changes", "stale_seconds", "refused"),
    [
        ({}, 900, True),  # at work
        ({"began": "1"}, 900, False),  # a process of this machine that is gone; its number is another's now
        ({"machine": "another", "began": "1"}, 900, True),  # who knows
        ({"machine": "another", "began": "1"}, -1, False),  # has said nothing for too long
    ],
)
def test_the_lease_of_a_dead_run_is_taken(bucket, changes, stale_seconds, refused, monkeypatch):
    monkeypatch.setattr(leases, "STALE_SECONDS", stale_seconds)
    other_run(bucket, **changes)
    with pytest.raises(Locked) if refused else contextlib.nullcontext(), Lease(bucket.url).held():
        assert bucket.keys() == ["_lock.json"]
    assert bucket.keys() == (["_lock.json"] if refused else [])


def test_a_lease_is_renewed_and_its_loss_is_noticed(bucket, monkeypatch):
    monkeypatch.setattr(leases, "RENEWED_SECONDS", 0)
    with pytest.raises(Locked, match="nothing was published"), Lease(bucket.url).held():
        leases.renew_held()
        assert json.loads(bucket.get("_lock.json"))["renewals"] == 1
        other_run(bucket)
        leases.renew_held()
    assert bucket.keys() == ["_lock.json"]  # which is the other's


def test_of_two_runs_that_go_on_from_one_state_the_first_commits(bucket):
    with Lease(bucket.url).held():
        first, second = ObjectStore(bucket.url), ObjectStore(bucket.url)
        for store in (first, second):
            assert store.current() is None
            store._lease.check = lambda: ""  # both believe that they hold the lease
        first.commit("000001-a", [], "card", bucket.url, None)
        with pytest.raises(Locked, match="has published"):
            second.commit("000001-b", [], "card", bucket.url, None)
        assert second.current() == "000001-a"
        second.commit("000002-b", [], "card", bucket.url, None)
    assert json.loads(bucket.get("_current.json")) == {"run": "000002-b"}
