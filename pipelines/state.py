"""What an output remembers between runs, and how a run adds to it: manifest, ledger of inputs, card."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.config import DEFAULT_LIMITS, Config
from pipelines.plan import FoundFile, Inputs
from transforms import storage
from transforms.datafiles import DataFile
from transforms.language import engines
from transforms.reasons import REASONS
from transforms.schema import CONTRACT_VERSION
from transforms.snapshots import Store

LEDGER = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("size", pa.int64(), nullable=False),
        pa.field("stamp", pa.float64(), nullable=False),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),
        pa.field("rejects", pa.int64(), nullable=False),
        pa.field("skipped", pa.int64(), nullable=False),
        pa.field("pipeline", pa.string(), nullable=False),
        pa.field("run", pa.string(), nullable=False),
    ]
)
_LIBRARIES = ("apache-beam", "pyarrow", "trafilatura", "lxml", "langdetect")


class AccountingError(Exception):
    """Records that are neither in documents nor in rejects nor skipped: a defect; nothing is published."""


@dataclass(frozen=True)
class State:
    """The last snapshot.

    Attributes:
        run_id: of the run that made it; None before the first.
        manifest: its manifest.
        ledger: rows of ``LEDGER`` by path: every input file that the dataset holds.
    """

    run_id: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict)
    ledger: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.manifest.get("number", 0)

    @property
    def files(self) -> list[DataFile]:
        return [DataFile(**f) for f in self.manifest.get("files", [])]


def run_folder(output: str, run_id: str) -> str:
    return storage.join(output, "_runs", run_id)


def load_state(output: str, store: Store) -> State:
    """The state that the output's last committed run left.

    Raises:
        OSError: its manifest or ledger is missing or broken.
    """
    run_id = store.current()
    if run_id is None:
        return State()
    folder = run_folder(output, run_id)
    manifest = storage.read_json(storage.join(folder, "manifest.json"))
    if manifest is None:
        raise OSError(f"{folder}/manifest.json is missing or broken; the dataset cannot be continued without it")
    with storage.open_raw(storage.join(folder, "inputs.parquet")) as handle:
        ledger = {row["path"]: row for row in pq.read_table(handle).to_pylist()}
    return State(run_id, manifest, ledger)


def conflicts(state: State, config: Config, inputs: Inputs) -> list[str]:
    """What this run would do otherwise than the runs that made the output: doc_ids depend on it."""
    if state.run_id is None:
        return []
    then = state.manifest["fixed"]
    now = fixed_settings(state, config, inputs)
    if not then["input.root"]:  # so far only standard input, whose path has no root
        then = then | {"input.root": now["input.root"]}
    return [
        f"{name} is {now[name]!r}, but the dataset was made with {then[name]!r}: set it so, or take another --output"
        for name in sorted(now)
        if now[name] != then[name]
    ]


def fixed_settings(state: State, config: Config, inputs: Inputs) -> dict[str, Any]:
    """What may not change from run to run; a run on standard input alone has no root, and leaves it as it was."""
    return {
        "input.root": inputs.root or state.manifest.get("fixed", {}).get("input.root", ""),
        "input.namespace": config.input.namespace,
        "output.buckets": config.output.buckets,
    }


def changed_files(state: State, inputs: Inputs, reprocess: bool) -> list[FoundFile]:
    """The input files that the dataset does not hold yet, or holds in another version."""
    return [f for f in inputs.files if reprocess or not _known(state.ledger.get(f.file.path), f)]


def _known(entry: dict[str, Any] | None, found: FoundFile) -> bool:
    return entry is not None and (entry["size"], entry["stamp"]) == (found.file.size, found.stamp)


@dataclass(frozen=True)
class RunCounts:
    """What a run did, by the markers of its units and buckets.

    Attributes:
        read: records read.
        documents: of them, published.
        rejects: of them, rejected, by reason; duplicates and old versions among them.
        skipped: of them, parts of containers that are no documents, by reason.
        languages: published by language.
        displaced: earlier documents that went to rejects, by reason.
        restored: earlier duplicates or old versions that became documents again.
        replaced: earlier documents whose input changed.
    """

    read: int
    documents: int
    rejects: dict[str, int]
    skipped: dict[str, int]
    languages: dict[str, int]
    displaced: dict[str, int]
    restored: int
    replaced: int


def count_run(units: Iterable[dict], buckets: Iterable[dict]) -> RunCounts:
    units, buckets = list(units), list(buckets)
    return RunCounts(
        read=sum(u["records"] for u in units),
        documents=sum(b["published"] for b in buckets),
        rejects=_total([u["rejects"] for u in units] + [b["held"] for b in buckets]),
        skipped=_total(u["skipped"] for u in units),
        languages=_total(b["languages"] for b in buckets),
        displaced=_total(b["displaced"] for b in buckets),
        restored=sum(b["restored"] for b in buckets),
        replaced=sum(b["replaced"] for b in buckets),
    )


def _total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def next_ledger(state: State, planned: list[FoundFile], units: list[dict], pipeline: str, run_id: str) -> list[dict]:
    """The ledger with this run's files: those read anew replace their earlier entries."""
    counts: dict[str, Counter] = {f.file.path: Counter() for f in planned}
    for unit in units:
        for file in unit["files"]:
            counts[file["path"]].update(
                records=file["records"],
                documents=file["documents"],
                rejects=sum(file["rejects"].values()),
                skipped=sum(file["skipped"].values()),
                unreadable=file["rejects"].get("unreadable", 0),
            )
    ledger = dict(state.ledger)
    for found in planned:
        path = found.file.path
        ledger[path] = {
            "path": path,
            "size": found.file.size,
            # What could not be read may be readable next time: no file has this stamp.
            "stamp": -1.0 if counts[path]["unreadable"] else found.stamp,
            **{name: counts[path][name] for name in ("records", "documents", "rejects", "skipped")},
            "pipeline": pipeline,
            "run": run_id,
        }
    return [ledger[path] for path in sorted(ledger)]


def check_accounts(state: State, counts: RunCounts, ledger: list[dict], files: list[DataFile]) -> None:
    """Every record of every input file is in documents, in rejects or skipped: of this run, and of the dataset.

    Raises:
        AccountingError: where the sums differ; with both sides.
    """
    rows: Counter = Counter()
    for file in files:
        rows.update(dict.fromkeys({file.table, file.folder}, file.rows))
    before = sum(f.rows for f in state.files if f.table == "documents")
    after = before + counts.documents + counts.restored - counts.replaced - sum(counts.displaced.values())
    equations = [
        (
            "records read in this run",
            counts.read,
            counts.documents + sum(counts.rejects.values()) + sum(counts.skipped.values()),
        ),
        (
            "records of all input files",
            sum(e["records"] for e in ledger),
            rows["documents"] + rows["rejects"] + sum(e["skipped"] for e in ledger),
        ),
        ("documents before and after the run", after, rows["documents"]),
        ("duplicates and old versions", rows["_held"], rows["rejects/duplicates"]),
    ]
    wrong = [f"{name}: {left} against {right}" for name, left, right in equations if left != right]
    if wrong:
        raise AccountingError("the counts do not add up, nothing was published; " + "; ".join(wrong))


def share_of(counts: RunCounts, name: str) -> float:
    """The share of the run's records that were rejected for a reason, by a stage, or at all (``rejected``).

    Duplicates and old versions are no failures: they count for their own names alone.
    """

    def counted(reason: str) -> bool:
        stage = REASONS[reason].stage
        return name in (reason, stage) or (name == "rejected" and stage != "deduplicate")

    return sum(n for reason, n in counts.rejects.items() if counted(reason)) / max(1, counts.read)


def alarms(counts: RunCounts, config: Config) -> list[str]:
    """The limits that the run passed, one line each."""
    limits = DEFAULT_LIMITS | config.limits
    shares = {name: share_of(counts, name) for name in limits}
    return [
        f"{name}: {shares[name]:.1%} of the run's records, over limits.{name} of {limit:.1%}"
        for name, limit in sorted(limits.items())
        if shares[name] > limit
    ]


def broken_expectations(counts: RunCounts, files: list[DataFile], config: Config) -> list[str]:
    """The expectations that the run did not meet, one line each."""
    documents = sum(f.rows for f in files if f.table == "documents")
    expect, rejected = config.expect, share_of(counts, "rejected")
    problems = []
    if documents < expect.min_documents:
        problems.append(f"the dataset would hold {documents} documents; expect.min_documents is {expect.min_documents}")
    if rejected > expect.max_rejected:
        problems.append(
            f"{rejected:.1%} of the records were rejected; expect.max_rejected is {expect.max_rejected:.1%}"
        )
    return problems


def versions(config: Config) -> dict[str, str]:
    """newsloom, the language engines and the libraries that rows or bytes depend on, with their versions."""
    found = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {"newsloom": newsloom_version(), "python": platform.python_version(), **found, **engines(config.language)}


def newsloom_version() -> str:
    try:
        return importlib.metadata.version("newsloom")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout
        return "0+unknown"


def make_manifest(
    state: State, run_id: str, config: Config, inputs: Inputs, counts: RunCounts, files: list[DataFile], pipeline: str
) -> dict[str, Any]:
    """What the run read and wrote; no clock in it, so that the same run gives the same manifest."""
    totals: Counter = Counter()
    languages: Counter = Counter()
    for file in files:
        totals[file.table.lstrip("_")] += file.rows
        if file.table == "documents":
            languages[file.folder.rpartition("=")[2]] += file.rows
    return {
        "run": run_id,
        "number": state.number + 1,
        "previous": state.run_id,
        "contract_version": CONTRACT_VERSION,
        "pipeline": pipeline,
        "versions": versions(config),
        "config": dataclasses.asdict(config),
        "fixed": fixed_settings(state, config, inputs),
        "counts": dataclasses.asdict(counts),
        "dataset": {"rows": dict(sorted(totals.items())), "languages": dict(sorted((+languages).items()))},
        "files": [dataclasses.asdict(f) for f in sorted(files, key=lambda f: f.path)],
    }


def write_run(output: str, manifest: dict[str, Any], ledger: list[dict]) -> None:
    folder = run_folder(output, manifest["run"])
    with storage.writing(storage.join(folder, "inputs.parquet")) as handle:
        pq.write_table(pa.Table.from_pylist(ledger, schema=LEDGER), handle, compression="zstd")
    storage.write_json(storage.join(folder, "manifest.json"), manifest)


def dataset_card(manifest: dict[str, Any]) -> str:
    """README.md of the dataset, with the front matter that the ``datasets`` library reads."""
    rows, languages = manifest["dataset"]["rows"], manifest["dataset"]["languages"]
    tagged = "".join(f"- {code}\n" for code in languages if code != "und")
    table = "\n".join(f"| {code} | {count} |" for code, count in sorted(languages.items(), key=lambda x: (-x[1], x[0])))
    return f"""---
{f"language:{chr(10)}{tagged}" if tagged else ""}configs:
- config_name: documents
  default: true
  data_files: documents/*/*.parquet
- config_name: removed
  data_files: removed/*.parquet
---
# Documents

Made by newsloom {manifest["versions"]["newsloom"]}, run {manifest["run"]}, data contract version {CONTRACT_VERSION}.

| table | rows | what |
|---|---|---|
| documents/ | {rows.get("documents", 0)} | one row a document: clean text and fields; folders by language |
| removed/ | {rows.get("removed", 0)} | every line or span that cleaning took out, and why |
| rejects/ | {rows.get("rejects", 0)} | every record that is not in documents, with stage, reason and detail |

Whatever reads a folder of Parquet reads `documents/` as it is:

    duckdb -c "SELECT title, language, source FROM 'documents/*/*.parquet'"
    python -c "import pandas; print(pandas.read_parquet('documents'))"

The meaning of each column stands in the files' schema (field metadata `meaning`).

| language | documents |
|---|---|
{table}
"""
