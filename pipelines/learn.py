"""``newsloom learn``: lines that sources repeat, as a profile that ingest uses; and the profile of an ingest run."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from pipelines import commands, engine, plan, state
from pipelines.config import Config, ConfigError
from pipelines.progress import Progress, is_terminal
from transforms import storage
from transforms.clean.repeated import LEAST_STORIES
from transforms.document import StepOptions
from transforms.identity import fingerprint, source_fingerprint
from transforms.learn import LearnProfile, cells_for
from transforms.profile import Profile, load_profile, problem_of, read_profile

PROFILES = "_profiles"


@dataclass(frozen=True)
class Learning:
    """A profile to be learnt.

    Attributes:
        config: of the job; of its sections those that say what is read and how pages become text count.
        inputs: the files.
        beam_options: for the engine.
        beam_arguments: as they were typed.
        debug: whether to show the engine's logs.
    """

    config: Config
    inputs: plan.Inputs
    beam_options: PipelineOptions
    beam_arguments: tuple[str, ...] = ()
    debug: bool = False


def learn_profile(learning: Learning, work: str) -> str:
    """Learns a profile and returns the path of its file, below ``work``.

    The units that an interrupted call has read, and a profile that it has finished, are not made again.
    """
    config = learning.config
    steps = replace(config.step_options(""), clean=StepOptions().clean)
    made_by = [source_fingerprint(), state.versions(config), asdict(config.read_options()), asdict(steps.extract)]
    units = plan.cut_units(
        learning.inputs.files,
        config.read_options(),
        config.output.unit_bytes,
        fingerprint("learn", *made_by, steps.source),
    )
    path = storage.join(work, f"{fingerprint([u.unit_id for u in units])}.parquet")
    if storage.exists(path):
        return path
    size = sum(u.size for u in units)
    workers = engine.local_workers(learning.beam_options, list(learning.beam_arguments), size)
    with engine.open_pipeline(learning.beam_options, workers, learning.debug) as pipeline:
        (
            pipeline
            | "Units" >> beam.Create(engine.deal_units(units), reshuffle=False)
            | "LearnProfile" >> LearnProfile(config.read_options(), steps, work, path, cells_for(size))
        )
        with Progress(work, work, units, 0, is_terminal()) as progress:
            engine.run(pipeline, progress.update)
    if not storage.exists(path):
        raise state.AccountingError(f"{path} is missing: the engine reported success, but this part was not done")
    return path


# --- the profile of an ingest run ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class UsedProfile:
    """The profile that a run goes by, kept in its output.

    Attributes:
        path: the file, named by its content.
        checksum: of it; part of the fingerprint of the rows.
        learnt: whether it was made from inputs of this output, and is to be used again.
        patterns: how many it has.
    """

    path: str
    checksum: str
    learnt: bool
    patterns: int

    def steps(self, steps: StepOptions) -> StepOptions:
        """One document's way by this profile."""
        return replace(steps, clean=replace(steps.clean, profile=self.path, learn=False))


def profile_of_run(learning: Learning, output: str, last: state.State, work: str) -> UsedProfile | None:
    """The profile that the config asks for: a given one, the one that the output has learnt, or a new one.

    Args:
        learning: what to learn from, if need be.
        output: the output folder; the profile is copied to it.
        last: what the output remembers.
        work: the work folder of learning.

    Raises:
        ConfigError: the profile that the output has learnt is gone, or of another version.
    """
    clean = learning.config.clean
    learnt = (last.manifest.get("profile") or {}).get("learnt")
    if clean.profile:
        return _keep(clean.profile, output, False)
    if not clean.learn:
        return None
    if learnt and not learning.config.input.reprocess:
        path = profile_path(output, learnt)
        if problem := problem_of(path):
            raise ConfigError([f"{problem}; --set input.reprocess=true learns it anew"])
        return UsedProfile(path, learnt, True, load_profile(path).patterns)
    return _keep(learn_profile(learning, work), output, True)


def _keep(path: str, output: str, learnt: bool) -> UsedProfile:
    """Copies a profile to the output, where it stays: it says how rows were made."""
    checksum = load_profile(path).checksum
    kept = profile_path(output, checksum)
    return UsedProfile(kept, checksum, learnt, _copy(path, kept).patterns)


def _copy(path: str, target: str) -> Profile:
    with storage.open_raw(path) as handle:
        data = handle.read()
    with storage.writing(target) as handle:
        handle.write(data)
    return read_profile(data)


def profile_path(output: str, checksum: str) -> str:
    return storage.join(output, PROFILES, f"{checksum}.parquet")


def manifest_entry(used: UsedProfile | None, last: state.State) -> dict[str, Any]:
    """What the manifest says of profiles: the one that this run's rows went by, and the one that the output learnt."""
    learnt = used.checksum if used and used.learnt else (last.manifest.get("profile") or {}).get("learnt")
    return {"used": used.checksum if used else None, "learnt": learnt, "patterns": used.patterns if used else 0}


# --- the command ---------------------------------------------------------------------------------------------------


def arguments_parser() -> argparse.ArgumentParser:
    parser = commands.options_parser(
        "learn",
        "Counts the lines that stand in many documents of one source and writes them as a profile, "
        "which ingest uses: --set clean.profile=noise.parquet.",
        "Any option of Apache Beam may follow, e.g. --direct_num_workers=2. "
        "Exit status: 0 done; 1 failed; 2 usage or config; 130, 143 stopped.",
    )
    parser.add_argument(
        "--output", metavar="FILE", type=storage.canonical, help="the profile, a Parquet file; replaced where it exists"
    )
    return parser


def check(arguments: list[str]) -> tuple[Learning, str]:
    """What to learn, and the file for it, out of a command line.

    Raises:
        ConfigError: with all that is wrong.
    """
    given, rest = arguments_parser().parse_known_args(arguments)
    beam_options, problems = engine.parse_beam_options(rest)
    overrides: dict[str, dict[str, Any]] = {"clean": {"profile": "", "learn": False}}  # it may be the one to be learnt
    if given.input:
        overrides["input"] = {"paths": given.input}
    config, wrong = commands.config_of(given, overrides)
    problems += [*wrong, *_unwritable(given.output)]
    work = work_of(given.output) if given.output else ""
    inputs, wrong = commands.inputs_of(given, config, work, None if problems else storage.join(work, "stdin"))
    problems += wrong
    # An earlier profile among the inputs is none of them.
    files = tuple(f for f in inputs.files if given.output and f.file.url != storage.absolute(given.output))
    inputs = replace(inputs, files=files)
    if problems or config is None:
        raise ConfigError(problems)
    return Learning(config, inputs, beam_options, tuple(rest), given.debug), given.output


def work_of(output: str) -> str:
    """The hidden folder beside a profile where what is read so far is kept until it is there."""
    folder, _, name = storage.absolute(output).rpartition("/")
    return f"{folder}/.{name}.work"


def _unwritable(output: str | None) -> list[str]:
    if not output:
        return ["--output is missing: the file for the profile, as in --output noise.parquet"]
    if problem := storage.problem_of(output.rpartition("/")[0], writing=True):
        return [f"--output {output}: {problem}"]
    if not storage.is_local(output):
        return []
    if os.path.isdir(output):
        return [f"--output {output}: is a folder; name a file, as in --output noise.parquet"]
    folder = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(folder):
        return [f"--output {output}: there is no folder {folder}"]
    return [] if os.access(folder, os.W_OK | os.X_OK) else [f"--output {output}: no permission to write to {folder}"]


def run(learning: Learning, output: str) -> dict[str, Any]:
    """Learns, writes the profile to ``output`` and returns the summary."""
    started = time.monotonic()
    work = work_of(output)
    used = _copy(learn_profile(learning, work), storage.absolute(output))
    storage.delete_tree(work)
    return {
        "status": "done",
        "profile": output,
        "inputs": len(learning.inputs.files),
        "sources": len(used.sources),
        "patterns": used.patterns,
        "fewest_documents": used.fewest,
        "seconds": round(time.monotonic() - started, 2),
    }


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and returns the exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    return commands.attempt(
        arguments,
        work=lambda: run(*check(arguments)),
        show=_show,
        failed="learning failed",
        stopped="no profile was written, and the next run goes on from here",
    )


def _show(summary: dict[str, Any]) -> int:
    if not sys.stdout.isatty():
        print(json.dumps(summary, ensure_ascii=False))
        return commands.DONE
    counts = f"{summary['patterns']:,} patterns of {summary['sources']:,} sources"
    print(f"{summary['profile']}: {counts} in {summary['seconds']:.1f} s")
    if summary["fewest_documents"] > LEAST_STORIES:
        print(f"lines of fewer than {summary['fewest_documents']} documents were not counted, to keep memory bounded")
    return commands.DONE


def command() -> None:
    """The entry point of ``newsloom learn`` and ``python -m pipelines.learn``."""
    commands.run_as_process(main)


if __name__ == "__main__":
    command()
