"""Inputs that are no pattern of files: lists of patterns, and standard input."""

from __future__ import annotations

import os
import sys
import tempfile
from hashlib import blake2b
from typing import BinaryIO, NamedTuple

from transforms import storage
from transforms.read import InputFile

_CHUNK = 1 << 20
_TEMPORARY = "newsloom-stdin-"


class Pattern(NamedTuple):
    """A path, glob or URL, and where it was named, for messages."""

    path: str
    named: str


def expand_lists(patterns: list[Pattern]) -> tuple[list[Pattern], list[str]]:
    """The patterns with those of each list in place of ``@LIST``, and what is wrong with the lists.

    A list is UTF-8, one path, glob or URL a line.  Blank lines and those that begin with ``#`` do not count; paths
    are relative to the list's folder, so that a list may be moved with its files.
    """
    expanded: list[Pattern] = []
    problems: list[str] = []
    for pattern in patterns:
        if not pattern.path.startswith("@") or os.path.lexists(pattern.path):
            expanded.append(pattern)
            continue
        listed, wrong = _read_list(storage.canonical(pattern.path[1:]))
        expanded += listed
        problems += wrong
    return expanded, problems


def _read_list(path: str) -> tuple[list[Pattern], list[str]]:
    try:
        with storage.open_raw(path) as stored:
            text = stored.read().decode("utf-8-sig")
    except (OSError, ValueError) as error:  # UnicodeDecodeError among them
        return [], [f"input @{path}: {getattr(error, 'strerror', None) or error}"]
    patterns, problems = [], []
    folder = os.path.dirname(os.path.abspath(path)) if storage.is_local(path) else path.rpartition("/")[0]
    for number, line in enumerate(text.splitlines(), 1):
        entry, named = line.strip(), f"input @{path} line {number}: {line.strip()}"
        if not entry or entry.startswith("#"):
            continue
        if entry == "-" or entry.startswith("@"):
            problems.append(f"{named}: a list holds paths, globs and URLs only")
            continue
        entry = storage.canonical(entry)
        relative = storage.is_local(entry) and not os.path.isabs(entry)
        patterns.append(Pattern(storage.join(folder, entry) if relative else entry, named))
    if not patterns and not problems:
        problems.append(f"input @{path}: names nothing")
    return patterns, problems


def spool_standard_input(folder: str) -> tuple[InputFile | None, str]:
    """Standard input as a file of a folder, for several workers and for a run that resumes.

    Its path is ``stdin/`` and 16 hex digits of its content's hash: the same bytes again are the same input, others
    another, which is added to what is there.

    Args:
        folder: where it is kept; empty for a temporary folder, which :func:`forget` removes.

    Returns:
        The file, and what is wrong.
    """
    if sys.stdin is None:
        return None, "input -: standard input is closed"
    if sys.stdin.isatty():
        return None, "input -: standard input is a terminal; pipe something in, as in zcat a.gz | newsloom ingest ..."
    kept_in = folder or tempfile.mkdtemp(prefix=_TEMPORARY)
    written = storage.temporary_name(storage.join(kept_in, "incoming"))
    try:
        with storage.create(written) as target:
            size, digest = _copy(sys.stdin.buffer, target)
            storage.sync(target)
        kept = storage.join(kept_in, digest[:16])
        storage.move_data(written, kept)
    except OSError as error:
        forget(written)
        return None, f"input -: cannot be kept in {kept_in}: {error.strerror or error}"
    except BaseException:
        forget(written)
        raise
    return InputFile(f"stdin/{digest[:16]}", kept, size), ""


def forget(kept: str) -> None:
    """Removes what :func:`spool_standard_input` kept, and a temporary folder made for it."""
    storage.delete(kept)
    folder = os.path.dirname(kept)
    if os.path.basename(folder).startswith(_TEMPORARY):
        os.rmdir(folder)


def _copy(source: BinaryIO, target: BinaryIO) -> tuple[int, str]:
    size, digest = 0, blake2b(digest_size=16)
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
