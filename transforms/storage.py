"""Files, wherever Beam's filesystem API serves: local paths, gs://, s3://, hdfs://.

Everything that reads or writes goes through here, so that a run needs no local disk.  Writing is
idempotent: a file appears whole under its name or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems


def is_local(path: str) -> bool:
    """Whether ``path`` is on a disk of this machine (no ``scheme://``)."""
    return FileSystems.get_scheme(path) is None


def join(base: str, *parts: str) -> str:
    return FileSystems.join(base, *parts)


def open_raw(path: str) -> BinaryIO:
    """The bytes of a file as stored: nothing is decompressed.

    Raises:
        IsADirectoryError: it is a folder, or something else that is no file: opening a pipe would wait for ever.
        OSError: the file cannot be opened.
    """
    if is_local(path):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise IsADirectoryError(errno.EISDIR, "Is a folder, pipe or device, not a file", path)
        return Path(path).open("rb")
    return FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED)


def open_arrow(path: str) -> pa.NativeFile:
    """A file for Arrow to read: on a local disk without the way through a Python file."""
    return pa.OSFile(path) if is_local(path) else pa.PythonFile(open_raw(path), mode="r")


def exists(path: str) -> bool:
    return Path(path).exists() if is_local(path) else FileSystems.exists(path)


def create(path: str) -> BinaryIO:
    """A new file to write; its folder is made where the filesystem has folders."""
    if is_local(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return Path(path).open("wb")
    return FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED)


def sync(handle: BinaryIO) -> None:
    """Brings what was written to a local disk; object stores do so when the file is closed."""
    handle.flush()
    with contextlib.suppress(AttributeError, io.UnsupportedOperation):
        os.fsync(handle.fileno())


def temporary_name(path: str) -> str:
    """A name beside ``path`` that nobody else writes to."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{uuid.uuid4().hex}.tmp" if folder else f".{name}.{uuid.uuid4().hex}.tmp"


def move_data(path: str, target: str) -> None:
    """Gives a file the name of its content; where that exists already, it is the same file."""
    if is_local(path):
        Path(path).replace(target)
    elif exists(target):
        delete(path)
    else:
        FileSystems.rename([path], [target])


@contextlib.contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A file to write, which appears whole under ``path`` when the block ends, and never if it raises.

    On a local disk by a rename; an object store shows an object when it is closed, whole.
    """
    written = temporary_name(path) if is_local(path) else path
    handle = create(written)
    try:
        yield handle
        sync(handle)
        handle.close()
        if written != path:
            Path(written).replace(path)
    except BaseException:
        with contextlib.suppress(Exception):
            handle.close()
        with contextlib.suppress(Exception):
            delete(written)
        raise


def write_json(path: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    with writing(path) as handle:
        handle.write(text.encode(errors="backslashreplace") + b"\n")


def read_json(path: str) -> dict | None:
    """The JSON object in ``path``; None where there is no such file, or one that was cut short.

    Raises:
        OSError: the file is there, or may be, and cannot be read.
    """
    if not exists(path):
        return None
    with open_raw(path) as handle:
        data = handle.read()
    try:
        return json.loads(data)
    except ValueError:
        return None


def list_files(folder: str) -> list[str]:
    """Paths of all files below ``folder``, sorted; empty where there is none."""
    if is_local(folder):
        return sorted(str(p) for p in Path(folder).rglob("*") if p.is_file())
    matched = FileSystems.match([join(folder, "**")])[0]
    return sorted(m.path for m in matched.metadata_list)


def delete(path: str) -> None:
    """Removes a file; nothing happens where there is none."""
    if is_local(path):
        Path(path).unlink(missing_ok=True)
    elif exists(path):
        FileSystems.delete([path])


def copy(path: str, target: str) -> None:
    """Copies a file; ``target`` appears whole."""
    if is_local(path) and is_local(target):
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_name(target)
        shutil.copyfile(path, temporary)
        Path(temporary).replace(target)
    else:
        FileSystems.copy([path], [target])


def size(path: str) -> int | None:
    """Bytes of a file; None where there is none."""
    if is_local(path):
        return Path(path).stat().st_size if Path(path).exists() else None
    found = FileSystems.match([path])[0].metadata_list
    return found[0].size_in_bytes if found else None


def delete_tree(folder: str) -> None:
    """Removes ``folder`` and everything below it; nothing happens where there is none."""
    if is_local(folder):
        shutil.rmtree(folder, ignore_errors=True)
    elif files := list_files(folder):
        FileSystems.delete(files)
