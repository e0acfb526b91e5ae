"""The plan of a run: which input files are new or changed, and the work units that they are cut into."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines import inputs
from pipelines.inputs import Pattern
from transforms import storage
from transforms.identity import fingerprint, hash_hex
from transforms.read import InputFile, ReadOptions, Slice, cut_file
from transforms.read.formats import printable_path
from transforms.stage import Unit

_MAGIC = re.compile(r"[*?\[]")
# A small file costs about as much as this many bytes of a large one; and no unit has more slices than this.
_FILE_COST = 4096
_UNIT_SLICES = 1000
# A compressed file of this share of the input is decompressed to be cut; there are no more than so many of them.
_LARGE_FILES = 64
# Web addresses that are asked for their size and date at a time.
_ASKED_AT_A_TIME = 8
# A list of many wrong paths is told by the first.
_SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class FoundFile:
    """An input file and the stamp by which the next run sees whether it changed.

    Attributes:
        file: what readers need.
        stamp: time of last modification, in seconds, as the filesystem gives it.
    """

    file: InputFile
    stamp: float


@dataclass(frozen=True)
class Inputs:
    """What the patterns matched.

    Attributes:
        root: what paths are relative to.
        files: sorted by path, each once.
        spooled: where standard input was kept; empty if it was not read.
    """

    root: str
    files: tuple[FoundFile, ...]
    spooled: str = ""


def find_inputs(patterns: Iterable[str], root: str, output: str, spool: str | None = None) -> tuple[Inputs, list[str]]:
    """The files that the patterns match, and what is wrong with the patterns, one line each.

    A pattern is a file, a folder (everything below it but hidden files), a glob (``**`` crosses folders), ``@`` and
    the name of a file that lists such patterns, or ``-`` for standard input.  What lies below ``output`` is left out.

    Args:
        spool: the folder where standard input is kept, empty for a temporary one.  It is read last, and only if
            nothing is wrong; None: not at all.
    """
    _real_folder.cache_clear()  # an earlier run's
    named = [Pattern(storage.canonical(pattern), f"input {pattern}") for pattern in patterns]
    if not named:
        return Inputs(root, ()), ["input.paths is empty; name files with --input, as in --input 'data/*.txt'"]
    if not all(pattern.path.strip() for pattern in named):  # it would be the current folder
        return Inputs(root, ()), ["input: an empty path, as of a variable that is not set"]
    listed, problems = inputs.expand_lists(named)
    with_standard_input = any(pattern.path == "-" for pattern in listed)
    listed = [pattern for pattern in listed if pattern.path != "-"]
    found: dict[str, FoundFile] = {}
    places = {place: storage.problem_of(place) for place in sorted({_place(pattern.path) for pattern in listed})}
    matched = []
    for pattern, (matches, wrong) in zip(listed, _find_all(listed, places, output), strict=True):
        matched.append((pattern.path, matches))
        problems += wrong
    fixed = [_fixed_part(path, matches) for path, matches in matched]
    root = storage.absolute(root) if root else _common(fixed) if fixed else ""
    for _, matches in matched:
        problems += _add(matches, root, found)
    spooled = ""
    if with_standard_input and spool is not None and not problems:
        file, problem = inputs.spool_standard_input(spool)
        if file:
            spooled = file.url
            found[file.path] = FoundFile(file, 0.0)  # its name is that of its content: there is no other version
        problems += [problem] if problem else []
    shown = [*problems[:_SHOWN_PROBLEMS], f"and {len(problems) - _SHOWN_PROBLEMS} more of this kind"]
    return Inputs(root, tuple(found[path] for path in sorted(found)), spooled), (
        shown if len(problems) > _SHOWN_PROBLEMS else problems
    )


def _place(path: str) -> str:
    """What of a path says where it is stored: scheme and bucket; empty for a path of this machine."""
    if storage.is_local(path):
        return ""
    return "/".join(path.split("/")[: 4 if path.startswith("azfs:") else 3])


def _find_all(
    patterns: list[Pattern], places: dict[str, str], output: str
) -> Iterator[tuple[list[storage.Found], list[str]]]:
    """What each pattern matches, and what is wrong with it; web servers are asked for some at a time."""

    def find(pattern: Pattern) -> tuple[list[storage.Found], list[str]]:
        problem = places[_place(pattern.path)]
        return ([], [f"{pattern.named}: {problem}"]) if problem else _find(pattern, output)

    if not any(storage.is_web(pattern.path) for pattern in patterns):
        yield from map(find, patterns)
        return
    with ThreadPoolExecutor(_ASKED_AT_A_TIME) as pool:
        try:
            yield from pool.map(find, patterns)
        finally:
            pool.shutdown(cancel_futures=True)


def _find(pattern: Pattern, output: str) -> tuple[list[storage.Found], list[str]]:
    """What a pattern matches, and what is wrong with it."""
    try:
        everything = _match(storage.absolute(pattern.path))
    except OSError as error:
        said = f"{error.filename or ''}: {error.strerror}" if error.strerror else str(error)
        return [], [f"{pattern.named}: {said.removeprefix(f'{pattern.path}: ')}"]
    matches = [m for m in everything if not _is_below(m.path, output)]
    if not matches:
        where = "matches nothing but what lies in --output" if everything else "matches no file"
        return [], [f"{pattern.named}: {where}"]
    return matches, []


def _add(matches: list[storage.Found], root: str, found: dict[str, FoundFile]) -> list[str]:
    """Adds files to ``found`` by their paths under the root, and says where that cannot be done."""
    for url, size, stamp in matches:
        path = _relative(url, root)
        if path is None:
            return [f"input {url}: is not below input.root, which is {root}"]
        if path in found and found[path].file.url != url:
            return [f"input {url}: has the path {path} under input.root, as {found[path].file.url} has; rename one"]
        found[path] = FoundFile(InputFile(path=path, url=url, size=size), stamp)
    return []


def _fixed_part(pattern: str, matches: list[storage.Found]) -> str:
    """The folder before the first wildcard; of a plain file, its folder; of a folder, itself."""
    pattern = storage.absolute(pattern)
    if storage.is_web(pattern):
        folder = pattern.partition("?")[0].rstrip("/").rpartition("/")[0]
        return folder if "://" in folder else f"{folder}/"
    if storage.is_local(pattern) and os.path.lexists(pattern):
        return pattern if os.path.isdir(pattern) else os.path.dirname(pattern)
    if not storage.is_local(pattern) and not _MAGIC.search(pattern):
        return pattern.rpartition("/")[0] if [m.path for m in matches] == [pattern] else pattern.rstrip("/")
    fixed = _MAGIC.split(pattern, maxsplit=1)[0]
    return fixed.rpartition("/")[0] or "/"


def _common(folders: list[str]) -> str:
    if all(storage.is_local(f) for f in folders):
        return os.path.commonpath(folders)
    parts = [f.split("/") for f in folders]
    shared = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared) if len(shared) != 2 else f"{shared[0]}//"


def _relative(url: str, root: str) -> str | None:
    prefix = root if root.endswith("://") else root.rstrip("/") + "/"
    return printable_path(url[len(prefix) :]) if url.startswith(prefix) else None


def _is_below(path: str, folder: str) -> bool:
    if not folder:
        return False
    if storage.is_local(path) and storage.is_local(folder):
        path, folder = _real_path(path), os.path.realpath(folder)
    return path.startswith(folder.rstrip("/") + "/")


def _real_path(path: str) -> str:
    parent, name = os.path.split(path)
    return os.path.realpath(path) if os.path.islink(path) else os.path.join(_real_folder(parent), name)


@lru_cache(maxsize=1 << 12)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder)


def _match(pattern: str) -> list[storage.Found]:
    if not storage.is_local(pattern):
        return storage.find(pattern)
    if os.path.isdir(pattern):
        paths = _walk(pattern)
    elif os.path.lexists(pattern):
        paths = [Path(pattern)]
    else:
        # A folder that is named like the files (old.txt/ for *.txt) is told, not passed over.
        named = "." in pattern.rpartition("/")[2]
        paths = _each_once(p for p in glob.glob(pattern, recursive=True) if named or not os.path.isdir(p))
    return [storage.Found(str(p), *_size_and_stamp(p)) for p in paths]


def _each_once(names: Iterable[str]) -> list[Path]:
    """``**`` follows links to folders, round and round: of the ways to a file the shortest counts."""
    ways: dict[str, str] = {}
    for name in sorted(names, key=lambda n: (len(n), n)):
        folder, _, last = name.rpartition("/")
        ways.setdefault(os.path.join(os.path.realpath(folder or "."), last), name)
    return [Path(name) for name in ways.values()]


def _walk(folder: str) -> list[Path]:
    """Every file below a folder but hidden ones; links to folders are followed, each folder once.

    Raises:
        OSError: a folder that cannot be read; its files would be passed over without a word.
    """

    def fail(error: OSError) -> None:
        raise error

    paths, seen = [], set()
    for parent, folders, names in os.walk(folder, onerror=fail, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths += [Path(parent, name) for name in names if not name.startswith(".")]
    return paths


def _size_and_stamp(path: Path) -> tuple[int, float]:
    try:
        status = path.stat()
    except OSError:  # vanished, or a dangling link: the reader says so in rejects/
        return 0, 0.0
    return (status.st_size if stat.S_ISREG(status.st_mode) else 0), status.st_mtime


def cut_units(files: Iterable[FoundFile], read: ReadOptions, unit_bytes: int, fixed: str) -> list[Unit]:
    """Cuts files into work units of about ``unit_bytes``: slices of large files, groups of small ones.

    Args:
        files: sorted by path.
        read: how they are read.
        unit_bytes: size of a unit; for inputs of more than 2048 units it is up to 16 times as much.
        fixed: fingerprint of everything else that the staged rows depend on.
    """
    files = list(files)
    total = sum(f.file.size for f in files)
    unit_bytes = max(unit_bytes, min(16 * unit_bytes, total // 2048))
    units: list[Unit] = []
    parts: list[tuple] = []
    size = 0
    for found in files:
        # Slices of one size, and no small rest: the local engine deals units out by their number.
        pieces = max(1, -(-found.file.size // unit_bytes))
        thorough = found.file.size * _LARGE_FILES >= total
        slices = cut_file(found.file, read, storage.open_raw, max(1, -(-found.file.size // pieces)), thorough)
        for number, part in enumerate(slices):
            parts.append((part, found.stamp))
            # Not all formats count their slices in bytes, and those that do make them of about the same size.
            size += found.file.size * (number + 1) // len(slices) - found.file.size * number // len(slices)
            weight = size + _FILE_COST * len(parts)
            # Names decide where some groups end, so that a new file changes the units near it, not all behind it.
            cut = weight >= unit_bytes // 4 and hash_hex(part.file.path)[0] in "01"
            if cut or weight >= unit_bytes or len(parts) >= _UNIT_SLICES or len(slices) > 1:
                units.append(_unit(parts, size, fixed))
                parts, size = [], 0
    if parts:
        units.append(_unit(parts, size, fixed))
    return units


def _unit(parts: list[tuple], size: int, fixed: str) -> Unit:
    described = [
        ((part.file.path, part.file.url, part.file.size), [getattr(part, name) for name in _SLICE_FIELDS], stamp)
        for part, stamp in parts
    ]
    return Unit(fingerprint(described, fixed), tuple(s for s, _ in parts), size)


_SLICE_FIELDS = [name for name in Slice.__struct_fields__ if name != "file"]
