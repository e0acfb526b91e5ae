"""Requests and seconds of a job from S3 to S3, against a server on the loopback address, beside one on the local disk.

    python -m benchmarks.object_store [--documents 4000]

It prints a line of JSON for a run on the disk, one on S3, and a second on S3 that finds nothing new.  One worker, as
requests are counted in this process; the server is that of the tests.
"""

from __future__ import annotations

import argparse
import collections
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3

from benchmarks.corpus import write_corpus
from pipelines import ingest
from transforms import s3

_BUCKET = "newsloom-benchmark"


def count_requests(counts: collections.Counter) -> None:
    """Lets every S3 client that this process makes from now on count what it sends, by operation."""
    make = s3._Client.__init__

    def make_counting(self: Any, options: Any) -> None:
        known = len(s3._clients)
        make(self, options)
        if len(s3._clients) > known:
            self.client.meta.events.register(
                "before-send.s3", lambda event_name, **_: counts.update([event_name.rpartition(".")[2]])
            )

    s3._Client.__init__ = make_counting  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--characters", type=int, default=3000)
    given = parser.parse_args()
    command = [sys.executable, "-m", "tests.pipelines.s3_server"]
    counts: collections.Counter = collections.Counter()
    count_requests(counts)
    with (
        tempfile.TemporaryDirectory() as scratch,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"  # type: ignore[union-attr]
        secrets = {"access_key_id": "test", "secret_access_key": "test"}
        options = [f"--s3_{name}={value}" for name, value in secrets.items()]
        options += [f"--s3_endpoint_url={endpoint}", "--s3_region_name=us-east-1", "--direct_num_workers=1"]
        names = {f"aws_{name}": value for name, value in secrets.items()}
        client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **names)
        client.create_bucket(Bucket=_BUCKET)
        folder = write_corpus(Path(scratch, "in"), given.documents, given.characters, "jsonl", seed=1).folder
        for path in folder.rglob("*.jsonl"):
            client.upload_file(str(path), _BUCKET, f"in/{path.name}")
        there = (f"s3://{_BUCKET}/in", f"s3://{_BUCKET}/out")
        for name, place in (("disk", (str(folder), f"{scratch}/out")), ("s3", there), ("s3, nothing new", there)):
            counts.clear()
            started = time.perf_counter()
            done = ingest.run(ingest.check(["--input", place[0], "--output", place[1], *options]))
            seconds = round(time.perf_counter() - started, 2)
            report = {"run": name, "documents": done.get("documents", 0), "seconds": seconds}
            print(json.dumps(report | {"requests": counts.total(), **dict(sorted(counts.items()))}), flush=True)
        server.stdin.close()  # type: ignore[union-attr]  # which ends it


if __name__ == "__main__":
    main()
