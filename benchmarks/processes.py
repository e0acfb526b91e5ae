"""Running a command and watching it and all of its children: seconds, processor time, memory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_INTERVAL_S = 0.1
_PATIENCE_S = 10
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command took.

    Attributes:
        output: what it wrote to standard output.
        seconds: by the clock, from start to end.
        cpu_seconds: of all processes, user and system; None where there is no /proc.
        peak_bytes: most memory that all processes had at one time; None where there is no /proc.
        main_peak_bytes: most memory of the first process alone.
    """

    output: str
    seconds: float
    cpu_seconds: float | None
    peak_bytes: int | None
    main_peak_bytes: int | None


class Failed(Exception):
    """A command that ended with another status than 0."""


def memory_measure() -> str:
    """How memory is measured here."""
    if Path("/proc/self/smaps_rollup").exists():
        return f"PSS summed over all processes, every {_INTERVAL_S} s"
    if Path("/proc/self/stat").exists():
        return f"RSS summed over all processes, every {_INTERVAL_S} s; pages that they share count several times"
    return "none; it needs /proc"


def watch(command: list[str], folder: Path) -> Watched:
    """Runs a command in a session of its own, looking at its processes all the time.

    Args:
        command: program and arguments.
        folder: to run in.

    Raises:
        Failed: with the last that it wrote to standard error.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        look = _Look(process.pid)
        while True:
            try:
                # communicate() goes on where it was, so nothing is lost at a timeout
                output, errors = process.communicate(timeout=_INTERVAL_S)
                break
            except subprocess.TimeoutExpired:
                look.again()
        seconds = time.perf_counter() - started
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        raise Failed(f"{' '.join(command)} ended with status {process.returncode}: {errors.strip()[-2000:]}")
    return Watched(output, seconds, look.cpu_seconds, look.peak_bytes, look.main_peak_bytes)


def _end(process: subprocess.Popen) -> None:
    """Ends a session: politely, so that what it holds open is cleaned up, and then whatever is left of it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_PATIENCE_S)


class _Look:
    """Processor time and memory of a process and its descendants, as of the last look."""

    def __init__(self, root: int):
        self._root = root
        self._cpu: dict[int, float] = {}
        self.peak_bytes: int | None = None
        self.main_peak_bytes: int | None = None

    @property
    def cpu_seconds(self) -> float | None:
        return sum(self._cpu.values()) if self._cpu else None

    def again(self) -> None:
        found = _descendants(self._root)
        sizes = {}
        for pid, cpu in found.items():
            self._cpu[pid] = cpu
            sizes[pid] = _memory(pid)
        if sizes:
            self.peak_bytes = max(self.peak_bytes or 0, sum(sizes.values()))
            self.main_peak_bytes = max(self.main_peak_bytes or 0, sizes.get(self._root, 0))


def _descendants(root: int) -> dict[int, float]:
    """Processor seconds of a process and all below it; children are found by their parent's number."""
    parents, cpu = {}, {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # behind the name, which may hold anything: state, parent, …; user and system ticks are 14th and 15th
            values = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(entry.name)] = int(values[1])
        cpu[int(entry.name)] = (int(values[11]) + int(values[12])) / _TICKS
    found = {root} & set(cpu)
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return {pid: cpu[pid] for pid in found}


def _memory(pid: int) -> int:
    for name, label in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            for line in Path(f"/proc/{pid}/{name}").read_text().splitlines():
                if line.startswith(label):
                    return int(line.split()[1]) * 1024
        except OSError:
            continue
    return 0


def python(module: str, *arguments: str) -> list[str]:
    """A command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]
