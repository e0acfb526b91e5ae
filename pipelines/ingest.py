"""``newsloom ingest``: raw text in, a Parquet dataset out."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines import commands, engine, inputs, learn, plan, state
from pipelines.config import Config, ConfigError
from pipelines.progress import Progress, is_terminal
from pipelines.summary import print_summary
from transforms import publish, stage, storage
from transforms.datafiles import DataFile, write_empty_file
from transforms.document import StepOptions
from transforms.identity import fingerprint, source_fingerprint
from transforms.publish import PublishBuckets, PublishOptions
from transforms.read import ReadOptions
from transforms.schema import DOCUMENTS, REJECTS, REMOVED
from transforms.snapshots import Locked, Store, open_store
from transforms.stage import StageUnits, Unit


class Held(Exception):
    """Expectations that the run did not meet; nothing was published."""


@dataclass(frozen=True)
class Job:
    """A job that was checked and can run.

    Attributes:
        config: what to do.
        inputs: the files that were found.
        output: the output folder.
        beam_options: for the engine.
        beam_arguments: as they were typed.
        debug: whether to show the engine's logs and tracebacks.
        dry_run: whether to stop after the plan.
        preview: how many records to try instead of running; 0: run.
    """

    config: Config
    inputs: plan.Inputs
    output: str
    beam_options: PipelineOptions
    beam_arguments: tuple[str, ...] = ()
    debug: bool = False
    dry_run: bool = False
    preview: int = 0


@dataclass(frozen=True)
class Plan:
    """What a run will do.

    Attributes:
        plan_id: fingerprint of all that follows.
        changed: input files to read.
        units: work units that they are cut into.
        replaced: paths of input files whose earlier rows go.
        pipeline: version and fingerprint that go into the rows.
        profile: of repeated lines, if the job goes by one.
    """

    plan_id: str
    changed: list[plan.FoundFile]
    units: list[Unit]
    replaced: list[str]
    pipeline: str
    profile: learn.UsedProfile | None

    @property
    def size(self) -> int:
        return sum(u.size for u in self.units)


def arguments_parser() -> argparse.ArgumentParser:
    parser = commands.options_parser(
        "ingest",
        "Turns raw news and web text into a Parquet dataset: clean, language-tagged, without duplicates.",
        "Any option of Apache Beam may follow, e.g. --direct_num_workers=2 or --runner=FlinkRunner. "
        "Exit status: 0 done; 1 failed; 2 usage or config; 3 published, with alarms; 4 held by an expectation; "
        "75 another run holds the output; 130, 143 stopped.",
    )
    parser.add_argument(
        "--output", metavar="FOLDER", type=storage.canonical, help="folder of the dataset; made where missing"
    )
    parser.add_argument(
        "--preview", metavar="N", nargs="?", type=_sample_size, const=200, default=0,
        help="try the job on about N records (200) and show what it takes out; writes nothing, needs no --output",
    )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="check everything, show the plan, run nothing")
    return parser


def _sample_size(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from 1 to 1000000")
    return int(text)


def check(arguments: list[str]) -> Job:
    """A job out of a command line.

    Raises:
        ConfigError: with all that is wrong: options, config, inputs, output.
    """
    given, rest = arguments_parser().parse_known_args(arguments)
    beam_options, problems = engine.parse_beam_options(rest)
    config, wrong = commands.config_of(given, {"input": {"paths": given.input}} if given.input else {})
    problems += wrong
    if given.preview:
        problems += ["--preview and --dry-run exclude each other"] if given.dry_run else []
    elif given.output:
        problems += _unwritable(given.output)
        if config and config.output.store == "local" and not storage.is_local(given.output):
            problems.append(f"output.store is local, but --output {given.output} is not on a disk of this machine")
    else:
        problems.append("--output is missing: the folder where the dataset goes")
    found, wrong = commands.inputs_of(given, config, given.output or "", None if problems else _spool(given))
    problems += wrong
    if problems or config is None:
        raise ConfigError(problems)
    return Job(
        config, found, given.output, beam_options, tuple(rest), given.debug, given.dry_run, given.preview
    )  # fmt: skip


def _spool(given: argparse.Namespace) -> str:
    """The folder where standard input is kept."""
    return "" if given.preview or given.dry_run else storage.join(storage.absolute(given.output), "_work", "stdin")


def _unwritable(output: str) -> list[str]:
    """What keeps a dataset from being written to a folder."""
    if problem := storage.problem_of(output, writing=True):
        return [f"--output {output}: {problem}"]
    if not storage.is_local(output):
        return []
    folder = os.path.abspath(output)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        return [f"--output {output}: {folder} is a file, not a folder"]
    if not os.access(folder, os.W_OK | os.X_OK):
        return [f"--output {output}: no permission to write to {folder}"]
    return []


def run(job: Job) -> dict[str, Any]:
    """Runs a checked job and returns its summary.

    Raises:
        Locked, Held, ConfigError, AccountingError: see there; nothing was published.
    """
    resumes = not (job.preview or job.dry_run)
    try:
        return _preview(job) if job.preview else _run_in_output(job)
    except ConfigError:
        resumes = False
        raise
    finally:
        if job.inputs.spooled and not resumes:
            inputs.forget(job.inputs.spooled)


def _preview(job: Job) -> dict[str, Any]:
    from pipelines.preview import preview

    return preview([found.file for found in job.inputs.files], job.config, job.preview, is_terminal())


def _run_in_output(job: Job) -> dict[str, Any]:
    output = storage.absolute(job.output)
    store = open_store(output, job.config.output.store)
    if conflict := store.conflict():
        raise ConfigError([f"--output {job.output}: {conflict}"])
    with contextlib.nullcontext() if job.dry_run else store.lock():
        return _run_locked(job, output, store)


def _run_locked(job: Job, output: str, store: Store) -> dict[str, Any]:
    started = time.monotonic()
    last = state.load_state(output, store)
    if problems := state.conflicts(last, job.config, job.inputs):
        raise ConfigError(problems)
    work = storage.join(output, "_work")
    profile = None
    if not job.dry_run and state.changed_files(last, job.inputs, job.config.input.reprocess):
        learning = learn.Learning(job.config, job.inputs, job.beam_options, job.beam_arguments, job.debug)
        profile = learn.profile_of_run(learning, output, last, storage.join(work, "learn"))
    planned = _make_plan(job, last, profile)
    summary = {"output": output, "documents_folder": storage.join(output, "documents"), "run": last.run_id}
    if job.dry_run:
        return summary | {"status": "dry-run", "plan": _describe(planned, job.inputs)}
    if not planned.changed and not _needs_publishing(last, job.config):
        storage.delete_tree(work)
        return summary | {"status": "nothing-new", "inputs": len(job.inputs.files), "dataset": _dataset(last.manifest)}
    run_id = f"{last.number + 1:06d}-{planned.plan_id[:8]}"
    merged = storage.join(work, "merged", planned.plan_id)
    storage.write_json(publish.replaced_path(merged), {"paths": planned.replaced})
    _run_pipeline(job, planned, last, work, merged, store)
    manifest, ledger = _account(job, planned, last, work, merged, run_id)
    files = [DataFile(**f) for f in manifest["files"]]
    # From here on it is a matter of moments, and what is said of the run must be true.
    with commands.ignoring_signals():
        _forget_uncommitted_runs(output, last)
        state.write_run(output, manifest, ledger)
        store.commit(run_id, files, state.dataset_card(manifest), storage.join(merged, "files"), last.run_id)
        seconds = time.monotonic() - started
        storage.write_json(
            storage.join(state.run_folder(output, run_id), "timing.json"), {"seconds": round(seconds, 3)}
        )
        _clean(job.config, output, store, manifest, work)
    counts = manifest["counts"]
    return summary | {
        "status": "done",
        "run": run_id,
        **counts,
        "dataset": _dataset(manifest),
        "alarms": state.alarms(state.RunCounts(**counts), job.config),
        "seconds": round(seconds, 2),
    }


def _dataset(manifest: dict[str, Any]) -> dict[str, int]:
    return manifest.get("dataset", {}).get("rows", {})


def _make_plan(job: Job, last: state.State, profile: learn.UsedProfile | None) -> Plan:
    config = job.config
    changed = state.changed_files(last, job.inputs, config.input.reprocess)
    code = source_fingerprint()
    made_by = [config.rows_fingerprint(), code, state.versions(config), profile.checksum if profile else None]
    pipeline = f"{state.newsloom_version()}+{fingerprint(*made_by)}"
    staged_by = f"{pipeline}/{config.output.buckets}"
    units = plan.cut_units(changed, config.read_options(), config.output.unit_bytes, staged_by)
    replaced = [f.file.path for f in changed if f.file.path in last.ledger]
    plan_id = fingerprint(
        [u.unit_id for u in units], replaced, last.run_id, asdict(config.output), config.deduplicate.exact
    )
    return Plan(plan_id, changed, units, replaced, pipeline, profile)


def _describe(planned: Plan, inputs: plan.Inputs) -> dict[str, Any]:
    return {
        "inputs": len(inputs.files),
        "new": len(planned.changed) - len(planned.replaced),
        "changed": len(planned.replaced),
        "units": len(planned.units),
        "bytes": planned.size,
    }


def _needs_publishing(last: state.State, config: Config) -> bool:
    """Whether the config asks for another dataset of the same inputs: fewer files, or other duplicates."""
    if last.run_id is None:
        return False
    series: dict[tuple[str, int], set[str]] = {}
    for file in last.files:
        series.setdefault((file.folder, file.bucket), set()).add(file.series)
    crowded = any(len(found) > config.output.compact_files for found in series.values())
    return crowded or last.manifest["config"]["deduplicate"]["exact"] != config.deduplicate.exact


def build_pipeline(
    pipeline: beam.Pipeline,
    read: ReadOptions,
    steps: StepOptions,
    units: list[Unit],
    options: PublishOptions,
    files: list[DataFile],
) -> None:
    """The whole job: units to staged sections, sections and the last snapshot's files to published files."""
    by_bucket = tuple((b, tuple(f for f in files if f.bucket == b and f.rows)) for b in range(options.buckets))
    (
        pipeline
        | "Units" >> beam.Create(engine.deal_units(units), reshuffle=False)
        | "StageUnits" >> StageUnits(read, steps, options.work, options.buckets)
        | "PublishBuckets" >> PublishBuckets(options, by_bucket)
    )


def _run_pipeline(job: Job, planned: Plan, last: state.State, work: str, merged: str, store: Store) -> None:
    config = job.config
    options = PublishOptions(
        work=work,
        merged=merged,
        previous=store.folder(last.run_id) if last.run_id else "",
        buckets=config.output.buckets,
        exact=config.deduplicate.exact,
        compact_files=config.output.compact_files,
        limits=config.file_limits(),
    )
    workers = engine.local_workers(job.beam_options, list(job.beam_arguments), planned.size)
    with engine.open_pipeline(job.beam_options, workers, job.debug) as pipeline:
        steps = config.step_options(planned.pipeline)
        if planned.profile:
            steps = planned.profile.steps(steps)
        build_pipeline(pipeline, config.read_options(), steps, planned.units, options, last.files)
        with Progress(work, merged, planned.units, options.buckets, is_terminal()) as progress:
            engine.run(pipeline, progress.update)


def _account(
    job: Job, planned: Plan, last: state.State, work: str, merged: str, run_id: str
) -> tuple[dict[str, Any], list[dict]]:
    """Manifest and ledger out of the markers, when the counts add up and the expectations are met."""
    units = [_marker(stage.marker_path(work, u.unit_id)) for u in planned.units]
    buckets = [_marker(publish.marker_path(merged, b)) for b in range(job.config.output.buckets)]
    files = [DataFile(**f) for b in buckets for f in b["files"]]
    counts = state.count_run(units, buckets)
    ledger = state.next_ledger(last, planned.changed, units, planned.pipeline, run_id)
    state.check_accounts(last, counts, ledger, files)
    if broken := state.broken_expectations(counts, files, job.config):
        raise Held("; ".join(broken))
    # A table without a row still has a file, so that whatever reads the folder finds the columns.
    for table, folder, schema in (
        ("documents", "documents/lang=und", DOCUMENTS),
        ("removed", "removed", REMOVED),
        ("rejects", "rejects/records", REJECTS),
    ):
        if not any(f.table == table for f in files):
            files.append(write_empty_file(folder, storage.join(merged, "files"), schema))
    manifest = state.make_manifest(last, run_id, job.config, job.inputs, counts, files, planned.pipeline)
    manifest["profile"] = learn.manifest_entry(planned.profile, last)
    return manifest, ledger


def _marker(path: str) -> dict[str, Any]:
    marker = storage.read_json(path)
    if marker is None:
        raise state.AccountingError(f"{path} is missing: the engine reported success, but this part was not done")
    return marker


def _forget_uncommitted_runs(output: str, last: state.State) -> None:
    """Removes what a run that was killed before its commit left in _runs/."""
    runs = storage.join(output, "_runs")
    for name in sorted({path[len(runs) :].lstrip("/").split("/")[0] for path in storage.list_files(runs)}):
        number = name.partition("-")[0]
        if number.isdecimal() and int(number) > last.number:
            storage.delete_tree(storage.join(runs, name))


def _clean(config: Config, output: str, store: Store, manifest: dict[str, Any], work: str) -> None:
    """Removes the work folder, the snapshots that are too old, and their ledgers."""
    storage.delete_tree(work)
    keep: list[tuple[str, list[DataFile]]] = []
    kept: dict[str, Any] | None = manifest
    while kept and len(keep) < config.output.keep_snapshots:
        keep.append((kept["run"], [DataFile(**f) for f in kept["files"]]))
        folder = state.run_folder(output, kept["previous"]) if kept["previous"] else ""
        kept = storage.read_json(storage.join(folder, "manifest.json")) if folder else None
    if kept:  # the first that is too old
        storage.delete(storage.join(state.run_folder(output, kept["run"]), "inputs.parquet"))
    store.clean(keep)


# --- the command ---------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and returns the exit status of DESIGN.md, section 5."""
    arguments = sys.argv[1:] if argv is None else argv
    previewed = any(argument.startswith("--preview") for argument in arguments)
    return commands.attempt(
        arguments,
        work=lambda: _run_unless_held(arguments),
        show=_show,
        failed="the run failed",
        stopped="nothing was written" if previewed else "the dataset is as it was, and the next run goes on from here",
    )


def _run_unless_held(arguments: list[str]) -> dict[str, Any]:
    try:
        return run(check(arguments))
    except Locked as error:
        return {"status": "locked", "problem": str(error)}
    except Held as error:
        return {"status": "held", "problem": f"held, nothing was published: {error}"}


def _show(outcome: dict[str, Any]) -> int:
    status = {"locked": commands.BUSY, "held": commands.HELD}.get(outcome["status"])
    if status is not None:
        commands.complain(outcome["problem"])
        return status
    if outcome["status"] == "preview":
        from pipelines.preview import print_preview

        print_preview(outcome)
    else:
        print_summary(outcome)
    return commands.ALARMS if outcome.get("alarms") else commands.DONE


def command() -> None:
    """The entry point of ``newsloom ingest`` and ``python -m pipelines.ingest``."""
    commands.run_as_process(main)


if __name__ == "__main__":
    command()
