"""Files, wherever Beam's filesystem API serves: local paths, gs://, s3://, azfs://, hdfs://; and on the web, to read.

Everything that reads or writes goes through here, so that a run needs no local disk.  Writing is
idempotent: a file appears whole under its name or not at all.  Errors are those of a local disk, whatever the
filesystem: FileNotFoundError, PermissionError, and ConnectionError for all that says nothing of the file.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import io
import json
import os
import re
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import pyarrow as pa
from apache_beam.io.filesystem import BeamIOError, CompressionTypes, FileSystem
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

from transforms import web

# Beam reads 16 MiB at a time from an object; files of the work folder are many, and open at once.
_BUFFER = 1024 * 1024
# What is written to an object store is held in memory up to here, and beyond on the local disk.
_SPOOLED = 8 * 1024 * 1024
_MAGIC = re.compile(r"[*?\[]")

# Schemes that Beam knows, each with the library that its filesystem imports and the extra that brings it.
_SCHEMES = {
    "gs": ("google.cloud.storage", "gcp"),
    "s3": ("boto3", "s3"),
    "azfs": ("azure.storage.blob", "azure"),
    "hdfs": ("hdfs", "hdfs"),
}
# what other tools call them
_ALIASES = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}
_AZURE = re.compile(r"abfss?://([^/@]+)@([^/.@]+)\.[^/@]+/?(.*)", re.DOTALL)
_AZURE_NAMES = "Azure's storage is abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/PATH or azfs://ACCOUNT/CONTAINER/PATH"


class Found(NamedTuple):
    """A file that a pattern matched: its path, its bytes, and when it was last modified, in seconds."""

    path: str
    size: int
    stamp: float


def canonical(path: str) -> str:
    """``path`` as Beam names it: ``s3a://``, ``abfs://``, ``file://`` and others are names of the same places."""
    if azure := _AZURE.fullmatch(path):
        container, account, name = azure.groups()
        return f"azfs://{account}/{container}/{name}"
    scheme, separator, rest = path.partition("://")
    if scheme == "file" and rest.startswith("/"):
        return rest
    return f"{_ALIASES.get(scheme, scheme)}{separator}{rest}"


def is_local(path: str) -> bool:
    """Whether ``path`` is on a disk of this machine (no ``scheme://``)."""
    return FileSystems.get_scheme(path) is None


def is_web(path: str) -> bool:
    """Whether ``path`` is a web address, which can be read only and is one file."""
    return path.startswith(("http://", "https://"))


def absolute(path: str) -> str:
    """``path`` from the root of its disk on; URLs are that already."""
    return os.path.abspath(path) if is_local(path) else path


def join(base: str, *parts: str) -> str:
    return os.path.join(base, *parts) if is_local(base) else "/".join([base.rstrip("/"), *parts])


def missing_filesystem(path: str) -> str:
    """Why a path's filesystem cannot be reached from this installation; empty where it can."""
    scheme = FileSystems.get_scheme(path)
    if scheme is None or is_web(path):
        return ""
    library, extra = _SCHEMES.get(scheme, ("", ""))
    if library and _is_installed(library):
        return ""
    known = (
        "known are " + ", ".join(f"{name}://" for name in (*_SCHEMES, "http", "https")) + " and paths of this machine"
    )
    remedy = f'pip install "newsloom[{extra}]"' if extra else _AZURE_NAMES if scheme.startswith("abfs") else known
    return f"no filesystem for {scheme}:// is installed; {remedy}"


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it
        return False


def problem_of(path: str, writing: bool = False) -> str:
    """Why an object store cannot be used, as far as one request tells; empty where it can, and for local paths.

    Args:
        path: a path or pattern.
        writing: whether it is a folder to be written to.
    """
    if is_local(path):
        return ""
    if problem := missing_filesystem(path):
        return problem
    if is_web(path):
        return "web addresses can be read from, but not written to" if writing else ""
    if writing and path.startswith("hdfs://"):
        return "HDFS can be read from, but not written to: Beam lists single folders there; write to a disk and copy"
    if writing and _MAGIC.search(path):
        return "holds one of * ? [, which are wildcards in names on object stores"
    if path.startswith("s3://"):
        return _s3().problem_of(path, writing)
    try:
        exists(join(path if writing else _fixed_folder(path), "_current.json"))
    except PermissionError as error:
        return f"access was denied: {error.strerror}" if writing else ""
    except (OSError, ValueError) as error:
        return f"cannot be used: {error}"
    return ""


def _fixed_folder(pattern: str) -> str:
    return _MAGIC.split(pattern, maxsplit=1)[0].rpartition("/")[0]


def _s3() -> Any:
    """The module for S3, which imports boto3: that is an extra."""
    from transforms import s3

    s3.share_clients()
    return s3


def _filesystem(path: str) -> FileSystem:
    if path.startswith("s3://"):
        _s3()
    if FileSystems._pipeline_options is None:
        FileSystems.set_options(PipelineOptions([]))
    return FileSystems.get_filesystem(path)


@contextlib.contextmanager
def _telling(path: str) -> Iterator[None]:
    """Raises errors of a filesystem as those that a local disk has."""
    try:
        yield
    except Exception as error:
        raise _as_os_error(error, path) from error


def _as_os_error(error: Any, path: str) -> OSError:
    while isinstance(error, BeamIOError) and isinstance(error.exception_details, dict) and error.exception_details:
        error = next(iter(error.exception_details.values()))
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, BeamIOError):
        return error
    response = getattr(error, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
    status = status or getattr(error, "status_code", None) or getattr(error, "code", None)
    said = " ".join(str(getattr(error, "message", None) or error).split()) or type(error).__name__
    if status == 404:
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    if status in (401, 403):
        return PermissionError(errno.EACCES, said, path)
    return ConnectionError(f"{path}: {said}")


def _opened(path: str) -> Any:
    return _filesystem(path).open(path, compression_type=CompressionTypes.UNCOMPRESSED)


class _Reading(io.RawIOBase):
    """A file of an object store, whose errors are told as those of a local disk."""

    _handle: Any = None  # until it is open: close() is called of what could not be opened, too

    def __init__(self, path: str):
        self._path = path
        with _telling(path):
            handle: Any = web.Reader(path) if is_web(path) else _opened(path)
            self._handle = handle.detach() if isinstance(handle, io.BufferedReader) else handle

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._handle.seekable()

    def readinto(self, buffer: Any) -> int:
        with _telling(self._path):
            return self._handle.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with _telling(self._path):
            return self._handle.seek(offset, whence)

    def tell(self) -> int:
        return self._handle.tell()

    def close(self) -> None:
        if self._handle and not self.closed:
            self._handle.close()
        super().close()


def open_raw(path: str) -> BinaryIO:
    """The bytes of a file as stored: nothing is decompressed.

    Raises:
        IsADirectoryError: it is a folder, or something else that is no file: opening a pipe would wait for ever.
        OSError: the file cannot be opened.
    """
    if is_local(path):
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise IsADirectoryError(errno.EISDIR, "Is a folder, pipe or device, not a file", path)
        return open(path, "rb", io.DEFAULT_BUFFER_SIZE)
    return cast(BinaryIO, io.BufferedReader(_Reading(path), _BUFFER))


def open_arrow(path: str) -> pa.NativeFile:
    """A file for Arrow to read: on a local disk without the way through a Python file."""
    return pa.OSFile(path) if is_local(path) else pa.PythonFile(open_raw(path), mode="r")


def exists(path: str) -> bool:
    if is_local(path):
        return Path(path).exists()
    with _telling(path):
        return _filesystem(path).exists(path)


class _Upload:
    """A file on its way to an object store, which gets it when it is closed; never, where it is dropped instead.

    Beam's own handles would complete what was written when they are collected, after an error above all.
    """

    closed = False

    def __init__(self, path: str):
        self.path = path
        self._spool = tempfile.SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115 - closed below

    def write(self, data: Any) -> int:
        self._spool.write(data)
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self._spool.tell()

    def flush(self) -> None:
        self._spool.flush()

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        with self._spool:
            size = self._spool.seek(0, io.SEEK_END)
            with _telling(self.path):
                _put(self._spool, size, self.path)

    def discard(self) -> None:
        self.closed = True
        self._spool.close()

    def __enter__(self) -> _Upload:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def _put(data: Any, size: int, path: str) -> None:
    """Sends a file to an object store."""
    if path.startswith("s3://"):
        _s3().upload(data, size, path)
        return
    data.seek(0)
    with _filesystem(path).create(path, compression_type=CompressionTypes.UNCOMPRESSED) as target:
        shutil.copyfileobj(data, target, _BUFFER)


def create(path: str) -> BinaryIO:
    """A new file to write; its folder is made where the filesystem has folders."""
    if is_local(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return Path(path).open("wb")
    return cast(BinaryIO, _Upload(path))


def sync(handle: BinaryIO) -> None:
    """Brings what was written to a local disk; object stores do so when the file is closed."""
    handle.flush()
    with contextlib.suppress(AttributeError, io.UnsupportedOperation):
        os.fsync(handle.fileno())


def temporary_name(path: str) -> str:
    """A name beside ``path`` that nobody else writes to."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}.{uuid.uuid4().hex}.tmp" if folder else f".{name}.{uuid.uuid4().hex}.tmp"


def close_as(handle: BinaryIO, path: str, target: str) -> None:
    """Closes a new file that was created under ``path`` and gives it the name of its content.

    Where that exists already, it is the same file.
    """
    if isinstance(handle, _Upload):
        handle.path = target
        handle.close()
        return
    sync(handle)
    handle.close()
    Path(path).replace(target)


def move_data(path: str, target: str) -> None:
    """Gives a file the name of its content; where that exists already, it is the same file."""
    if is_local(path):
        Path(path).replace(target)
        return
    if not exists(target):
        copy(path, target)
    delete(path)


@contextlib.contextmanager
def writing(path: str) -> Iterator[BinaryIO]:
    """A file to write, which appears whole under ``path`` when the block ends, and never if it raises.

    On a local disk by a rename; an object store gets it in one piece.
    """
    if not is_local(path):
        with _Upload(path) as upload:
            yield cast(BinaryIO, upload)
        return
    written = temporary_name(path)
    handle = create(written)
    try:
        yield handle
        sync(handle)
        handle.close()
        Path(written).replace(path)
    except BaseException:
        with contextlib.suppress(Exception):
            handle.close()
        with contextlib.suppress(Exception):
            delete(written)
        raise


def to_json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode(errors="backslashreplace") + b"\n"


def write_json(path: str, value: object) -> None:
    with writing(path) as handle:
        handle.write(to_json(value))


def read_json(path: str) -> dict | None:
    """The JSON object in ``path``; None where there is no such file, or one that was cut short.

    Raises:
        OSError: the file is there, or may be, and cannot be read.
    """
    data, _ = read_tagged(path)
    try:
        return None if data is None else json.loads(data)
    except ValueError:
        return None


def read_tagged(path: str) -> tuple[bytes | None, str]:
    """A small file, None where there is none, and a tag of what was found, for :func:`write_tagged`."""
    if path.startswith("s3://"):
        with _telling(path):
            return _s3().read(path) or (None, "")
    try:
        with open_raw(path) as handle:
            return handle.read(), ""
    except (FileNotFoundError, NotADirectoryError):
        return None, ""


def write_tagged(path: str, data: bytes, tag: str) -> bool:
    """Writes a small file if it still is as it was when ``tag`` was read, and says whether it did so.

    S3 alone can tell; elsewhere it is written in any case.
    """
    if path.startswith("s3://"):
        with _telling(path):
            return _s3().write_if(path, data, tag)
    with writing(path) as handle:
        handle.write(data)
    return True


def status(path: str) -> Found | None:
    """A file's bytes and time of last modification; None where there is no such file."""
    if is_local(path):
        return Found(path, Path(path).stat().st_size, Path(path).stat().st_mtime) if Path(path).is_file() else None
    if not path.partition("://")[2].partition("/")[2]:  # a bucket
        return None
    try:
        with _telling(path):
            if is_web(path):
                return Found(path, *web.status(path))
            filesystem = _filesystem(path)
            if not path.startswith("s3://") and not filesystem.exists(path):
                return None
            found = filesystem.metadata(path)
    except FileNotFoundError:
        return None
    return Found(path, found.size_in_bytes, found.last_updated_in_seconds or 0.0)


def size(path: str) -> int | None:
    """Bytes of a file; None where there is none."""
    found = status(path)
    return found.size if found else None


def find(pattern: str) -> list[Found]:
    """The files of an object store that a pattern matches: an object, a folder (all below it), or a glob; on the web
    the file at that address.

    As on a local disk, ``**/`` matches no folder, too, and hidden files (of a name, or below one, that begins with a
    dot) are matched by a pattern only that names them so.  Names that end in ``/`` are no files: tools make them to
    show an empty folder.
    """
    if is_web(pattern):
        found = status(pattern)
        return [found] if found else []
    if not pattern.endswith("/") and (found := status(pattern)):
        return [found]
    patterns = sorted({pattern, pattern.replace("/**/", "/")}) if _MAGIC.search(pattern) else [join(pattern, "**")]
    matched = {found.path: found for one in patterns for found in _matched(one)}
    fixed = len(_fixed_folder(patterns[0]))
    return [matched[path] for path in sorted(matched) if "/." in pattern or "/." not in path[fixed:]]


def _matched(pattern: str) -> list[Found]:
    with _telling(pattern):
        listed = _filesystem(pattern).match([pattern])[0].metadata_list
    return [Found(m.path, m.size_in_bytes, m.last_updated_in_seconds or 0.0) for m in listed if m.path[-1] != "/"]


def list_sizes(folder: str) -> dict[str, int]:
    """Bytes of all files below ``folder``, by path, in the order of the paths; empty where there is none."""
    if is_local(folder):
        return {str(p): p.stat().st_size for p in sorted(Path(folder).rglob("*")) if p.is_file()}
    return {found.path: found.size for found in sorted(_matched(join(folder, "**")))}


def list_files(folder: str) -> list[str]:
    """Paths of all files below ``folder``, sorted; empty where there is none."""
    return list(list_sizes(folder))


def delete(path: str) -> None:
    """Removes a file; nothing happens where there is none."""
    if is_local(path):
        Path(path).unlink(missing_ok=True)
    elif path.startswith("s3://") or exists(path):
        delete_files([path])


def delete_files(paths: Iterable[str]) -> None:
    """Removes files that are there, on one filesystem."""
    paths = list(paths)
    if paths and is_local(paths[0]):
        for path in paths:
            delete(path)
    elif paths:
        with _telling(paths[0]):
            _filesystem(paths[0]).delete(paths)


def copy(path: str, target: str) -> None:
    """Copies a file; ``target`` appears whole."""
    if is_local(path) and is_local(target):
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_name(target)
        shutil.copyfile(path, temporary)
        Path(temporary).replace(target)
        return
    with _telling(path):
        if path.startswith("s3://"):
            _s3().copy(path, target)
            return
        copied = _filesystem(path).copy([path], [target])
        for *_, error in copied or ():  # some of Beam's filesystems raise, others tell
            if error is not None:
                raise error


def delete_tree(folder: str) -> None:
    """Removes ``folder`` and everything below it; nothing happens where there is none."""
    if is_local(folder):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        delete_files(list_files(folder))


def drop_unfinished(folder: str) -> None:
    """Takes away what killed writers left of large files below ``folder``, where that is kept unseen, and costs."""
    if folder.startswith("s3://"):
        with contextlib.suppress(OSError), _telling(folder):
            _s3().abort_uploads(folder)
