"""The engine that runs a pipeline, chosen explicitly.

``DirectRunner`` in Beam 2.77 is a switch: with network access it downloads and runs another engine (Prism)
than without.  Here it always is the FnApiRunner, so that a command does the same on every machine.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import logging
import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.job.utils import dict_to_struct
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.runner import create_runner
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipelines.memory import return_free_memory
from pipelines.prefork import can_fork, engine_has_run, forked_workers
from transforms.leases import renew_held
from transforms.stage import Unit

_LOCAL_RUNNERS = ("directrunner", "fnapirunner", "switchingdirectrunner", "bundlebaseddirectrunner", "direct")
# Under this much input one process is done before others have started (measured: 2.2 s).
_ONE_WORKER_BYTES = 8 * 1024 * 1024


def parse_beam_options(arguments: list[str]) -> tuple[PipelineOptions, list[str]]:
    """Beam's options out of the rest of a command line, and what is wrong with it.

    Beam itself passes over what it does not know; a mistyped option would then do nothing.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    for known in _subclasses(PipelineOptions):
        adder = vars(known).get("_add_argparse_args")
        if adder is not None:
            adder.__get__(None, known)(parser)
    try:
        _, unknown = parser.parse_known_args(arguments)
    except ValueError as error:
        return PipelineOptions([]), [f"Beam option: {error}"]
    problems = [f"{a}: no such option of newsloom or Beam" for a in unknown if a.startswith("-")]
    problems += [f"{a}: what is this? options begin with --" for a in unknown if not a.startswith("-")]
    if problems:
        return PipelineOptions([]), problems
    options = PipelineOptions(arguments)
    FileSystems.set_options(options)  # inputs are looked for before there is a pipeline
    return options, _problems(options)


def _problems(options: PipelineOptions) -> list[str]:
    problems = []
    workers = options.view_as(DirectOptions).direct_num_workers
    if workers < 0:
        problems.append(f"--direct_num_workers is {workers}; allowed: 0 (all cores) or more")
    if not is_local(options):
        name = options.view_as(StandardOptions).runner
        try:
            create_runner(name)
        except (ValueError, ImportError, AttributeError) as error:
            problems.append(f"--runner={name}: {str(error).splitlines()[0]}")
    return problems


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise ValueError(message)

    def add_value_provider_argument(self, *args, **kwargs):
        kwargs.pop("default", None)
        return self.add_argument(*args, **kwargs)

    def add_argument(self, *args, **kwargs):
        try:
            return super().add_argument(*args, **kwargs)
        except argparse.ArgumentError:  # two of Beam's own classes share an option
            return None


def _subclasses(cls: type) -> list[type]:
    found: list[type] = []
    for subclass in cls.__subclasses__():  # type: ignore[var-annotated]
        found += [subclass, *_subclasses(subclass)]
    return found


def is_local(options: PipelineOptions) -> bool:
    runner = options.view_as(StandardOptions).runner
    return runner is None or runner.lower().rpartition(".")[2] in _LOCAL_RUNNERS


def local_workers(options: PipelineOptions, arguments: list[str], size: int) -> int:
    """How many processes a local run uses: what ``--direct_num_workers`` says (0: all cores), else what pays."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if any(a.split("=")[0] == "--direct_num_workers" for a in arguments):
        return options.view_as(DirectOptions).direct_num_workers or cores
    if any(a.startswith("--direct_running_mode") and a.endswith("in_memory") for a in arguments):
        return 1
    return 1 if size < _ONE_WORKER_BYTES else cores


@contextlib.contextmanager
def open_pipeline(options: PipelineOptions, workers: int, debug: bool) -> Iterator[beam.Pipeline]:
    """A pipeline on the chosen engine; ``workers`` counts for the local one alone, and live as long as the block."""
    logging.getLogger("apache_beam").setLevel(logging.INFO if debug else logging.CRITICAL)
    if not is_local(options):
        yield beam.Pipeline(options=options)
        return
    return_free_memory()
    direct = options.view_as(DirectOptions)
    direct.direct_num_workers = workers
    if direct.direct_running_mode == "multi_processing":
        direct.direct_running_mode = "in_memory"  # the environment says where workers run
    with _worker_command(workers, debug) as command:
        environment = SubprocessSDKEnvironment.from_command_string(command) if command else None
        try:
            runner = FnApiRunner(default_environment=environment, provision_info=_told_to_workers(options))
            yield beam.Pipeline(runner=runner, options=options)
        finally:
            engine_has_run()


def _told_to_workers(options: PipelineOptions) -> ExtendedProvisionInfo:
    """The options, in the form in which workers get them: by itself the engine gives them none.

    The filesystems need them: endpoints, regions, credentials.
    """
    given = options.get_all_options(drop_default=True).items()
    # In a struct a number is a float, which an option of whole numbers does not take.
    struct = dict_to_struct(
        {
            f"beam:option:{name}:v1": value if isinstance(value, (bool, list)) else str(value)
            for name, value in given
            if value is not None
        }
    )
    information = {"pipeline_options": struct, "retrieval_token": "unused-retrieval-token"}  # as the engine has it
    return ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(**information))


def deal_units(units: Iterable[Unit]) -> list[tuple[int, Unit]]:
    """The units with the keys that they are spread by, the largest first.

    The local engine deals keys out to its workers in turn, and none takes over what another was dealt.
    """
    return list(enumerate(sorted(units, key=lambda unit: (-unit.size, unit.unit_id))))


def run(pipeline: beam.Pipeline, update: Callable[[], None]) -> None:
    """Runs the pipeline in a thread, so that signals are served meanwhile, and ``update`` is called now and then."""
    failures: list[BaseException] = []
    lost_workers: list[BaseException | None] = []
    # A worker that dies is told by an exception in one of the engine's threads, which nobody would see;
    # without it the engine waits for ever for a worker that could not start.
    hook, threading.excepthook = threading.excepthook, lambda args: lost_workers.append(args.exc_value)

    def work() -> None:
        try:
            pipeline.run().wait_until_finish()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work, name="pipeline", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(timeout=0.5)
            update()
            renew_held()
            if any("Worker subprocess exited" in str(error) for error in lost_workers):
                thread.join(timeout=5)
                break
    finally:
        threading.excepthook = hook
    if failures:
        raise failures[0]
    if thread.is_alive():
        raise RuntimeError("a worker process died, or could not start; --direct_num_workers=1 runs without")


@contextlib.contextmanager
def _worker_command(workers: int, debug: bool) -> Iterator[str | None]:
    """The shell command that starts a worker; None where one process does everything."""
    if workers == 1:
        # What is imported stays; the collector need not go through it again and again (measured: 2 % of a run).
        gc.collect()
        gc.freeze()
        try:
            yield None
        finally:
            gc.unfreeze()
    elif can_fork():
        with forked_workers(workers, debug) as command:
            yield command
    else:
        # -P: what lies in the current folder (a random.py, a folder named pipelines) is not for workers.
        path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
        settings = [f"PYTHONPATH={path}", f"NEWSLOOM_DEBUG={int(debug)}"]
        yield " ".join(map(shlex.quote, ["exec", "env", *settings, sys.executable, "-P", "-m", "pipelines.worker"]))
