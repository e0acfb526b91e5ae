"""The plan of a run: which input files are new or changed, and the work units that they are cut into."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from transforms import storage
from transforms.identity import fingerprint, hash_hex
from transforms.read import InputFile, ReadOptions, cut_file
from transforms.stage import Unit

_MAGIC = re.compile(r"[*?\[]")
# A small file costs about as much as this many bytes of a large one; and no unit has more slices than this.
_FILE_COST = 4096
_UNIT_SLICES = 1000


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
    """

    root: str
    files: tuple[FoundFile, ...]


def find_inputs(patterns: Iterable[str], root: str, output: str) -> tuple[Inputs, list[str]]:
    """The files that the patterns match, and what is wrong with the patterns, one line each.

    A pattern is a file, a folder (everything below it but hidden files; on a local disk) or a glob (``**`` crosses
    folders).  What lies below ``output`` is left out.
    """
    patterns = list(patterns)
    problems: list[str] = []
    found: dict[str, FoundFile] = {}
    if not patterns:
        return Inputs(root, ()), ["input.paths is empty; name files with --input, as in --input 'data/*.txt'"]
    fixed = [_fixed_part(p) for p in patterns]
    root = _absolute(root) if root else _common(fixed)
    for pattern in patterns:
        try:
            everything = _match(_absolute(pattern))
        except OSError as error:
            problems.append(f"input {pattern}: {error.filename or ''}: {error.strerror or error}")
            continue
        matches = [m for m in everything if not _is_below(m[0], output)]
        if not matches:
            where = "matches nothing but what lies in --output" if everything else "matches no file"
            problems.append(f"input {pattern}: {where}")
        for url, size, stamp in matches:
            path = _relative(url, root)
            if path is None:
                problems.append(f"input {url}: is not below input.root, which is {root}")
                break
            found[path] = FoundFile(InputFile(path=path, url=url, size=size), stamp)
    return Inputs(root, tuple(found[path] for path in sorted(found))), problems


def _absolute(path: str) -> str:
    return os.path.abspath(path) if storage.is_local(path) else path


def _fixed_part(pattern: str) -> str:
    """The folder before the first wildcard; of a plain file, its folder; of a folder, itself."""
    pattern = _absolute(pattern)
    if storage.is_local(pattern) and os.path.lexists(pattern):
        return pattern if os.path.isdir(pattern) else os.path.dirname(pattern)
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
    return "/".join(shared)


def _relative(url: str, root: str) -> str | None:
    prefix = root.rstrip("/") + "/"
    return _printable(url[len(prefix) :]) if url.startswith(prefix) else None


def _printable(path: str) -> str:
    """A path as text: bytes of a name that are no UTF-8 as ``%`` and two hex digits."""
    return "".join(c if not 0xDC80 <= ord(c) <= 0xDCFF else f"%{ord(c) - 0xDC00:02X}" for c in path)


def _is_below(path: str, folder: str) -> bool:
    if not folder:
        return False
    if storage.is_local(path) and storage.is_local(folder):
        path, folder = os.path.realpath(path), os.path.realpath(folder)
    return path.startswith(folder.rstrip("/") + "/")


def _match(pattern: str) -> list[tuple[str, int, float]]:
    """(path, bytes, time stamp) of what a pattern matches."""
    if not storage.is_local(pattern):
        listed = FileSystems.match([pattern])[0].metadata_list
        return [(m.path, m.size_in_bytes, m.last_updated_in_seconds or 0.0) for m in listed]
    if os.path.isdir(pattern):
        paths = _walk(pattern)
    elif os.path.lexists(pattern):
        paths = [Path(pattern)]
    else:
        # A folder that is named like the files (old.txt/ for *.txt) is told, not passed over.
        named = "." in pattern.rpartition("/")[2]
        paths = _each_once(p for p in glob.glob(pattern, recursive=True) if named or not os.path.isdir(p))
    return [(str(p), *_size_and_stamp(p)) for p in paths]


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
    return (status.st_size if path.is_file() else 0), status.st_mtime


def cut_units(files: Iterable[FoundFile], read: ReadOptions, unit_bytes: int, fixed: str) -> list[Unit]:
    """Cuts files into work units of about ``unit_bytes``: slices of large files, groups of small ones.

    Args:
        files: sorted by path.
        read: how they are read.
        unit_bytes: size of a unit; for inputs of more than 2048 units it is up to 16 times as much.
        fixed: fingerprint of everything else that the staged rows depend on.
    """
    files = list(files)
    unit_bytes = max(unit_bytes, min(16 * unit_bytes, sum(f.file.size for f in files) // 2048))
    units: list[Unit] = []
    parts: list[tuple] = []
    size = 0
    for found in files:
        for part in cut_file(found.file, read, storage.open_raw, unit_bytes):
            parts.append((part, found.stamp))
            size += _slice_bytes(part, found.file.size)
            weight = size + _FILE_COST * len(parts)
            # Names decide where some groups end, so that a new file changes the units near it, not all behind it.
            cut = weight >= unit_bytes // 4 and hash_hex(part.file.path)[0] in "01"
            if cut or weight >= unit_bytes or len(parts) >= _UNIT_SLICES:
                units.append(_unit(parts, size, fixed))
                parts, size = [], 0
    if parts:
        units.append(_unit(parts, size, fixed))
    return units


def _slice_bytes(part, file_bytes: int) -> int:
    return (file_bytes if part.end is None else part.end) - part.start


def _unit(parts: list[tuple], size: int, fixed: str) -> Unit:
    described = [(asdict(part), stamp) for part, stamp in parts]
    return Unit(fingerprint(described, fixed), tuple(s for s, _ in parts), size)
