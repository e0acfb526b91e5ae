"""Files on the web, by http:// and https://: read only, as they are stored, and in parts where the server gives parts.

Beam has no filesystem for them.  There is nothing to list on the web, so an address is one file.
"""

from __future__ import annotations

import errno
import io
import os
import threading
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

# seconds for a connection, and between two pieces of an answer
_PATIENCE = (20, 60)
# what passes, and how often it is asked again: after 0, 1, 2, 4 s, or when the server says so
_PASSING = (429, 500, 502, 503, 504)
_AGAIN = Retry(
    total=4, connect=2, backoff_factor=0.5, status_forcelist=_PASSING, allowed_methods=None, raise_on_status=False
)
# An answer that breaks off is asked for again from there, so often without a byte in between.
_RESUMED = 4
# read at a time, of what only has to be passed
_PIECE = 1 << 18

_threads = threading.local()


def _session() -> requests.Session:
    """One for each thread and process: a connection must not be shared with the process that was forked."""
    if getattr(_threads, "pid", None) != os.getpid():
        _threads.pid, _threads.session = os.getpid(), requests.Session()
        for scheme in ("http://", "https://"):
            _threads.session.mount(scheme, HTTPAdapter(max_retries=_AGAIN))
        # a body that is gzipped for the way would not have the bytes that the server counts
        _threads.session.headers.update({"Accept-Encoding": "identity", "User-Agent": "newsloom"})
    return _threads.session


def _ask(method: str, url: str, **headers: str) -> requests.Response:
    """The server's answer, if it is one that can be used; its body is not read yet.

    Raises:
        FileNotFoundError, PermissionError: it says so.
        ConnectionError: it says anything else, or nothing.
    """
    try:
        answer = _session().request(method, url, headers=headers, stream=True, timeout=_PATIENCE)
    except requests.RequestException as error:
        raise ConnectionError(_innermost(error)) from error
    if answer.ok or answer.status_code == 416:
        return answer
    answer.close()
    said = f"HTTP {answer.status_code} {answer.reason or ''}".rstrip()
    if answer.status_code in (404, 410):
        raise FileNotFoundError(errno.ENOENT, said, url)
    if answer.status_code in (401, 403):
        raise PermissionError(errno.EACCES, said, url)
    raise ConnectionError(said)


def _innermost(error: BaseException) -> str:
    """What went wrong, without the names of all classes that hand it on."""
    while (inner := getattr(error, "reason", None) or (error.args[0] if error.args else None)) and isinstance(
        inner, BaseException
    ):
        error = inner
    said = str(error)
    return said.partition("): ")[2] or said or type(error).__name__


def status(url: str) -> tuple[int, float]:
    """Bytes of a file, and a stamp that tells its versions apart.

    The stamp is the time of last modification in seconds since 1970; where the server does not tell that, it is made
    of the ETag; else 0.  Where the server does not tell the bytes, the file is read to count them.

    Raises:
        FileNotFoundError, PermissionError, ConnectionError: as of :func:`_ask`.
    """
    try:
        with _ask("HEAD", url) as answer:
            if "Content-Length" in answer.headers and "Content-Encoding" not in answer.headers:
                return int(answer.headers["Content-Length"]), _stamp(answer.headers)
    except (PermissionError, ConnectionError):  # addresses that are signed for one method, servers that know only one
        pass
    with Reader(url) as reader:
        if reader.size is None:
            while reader.read(_PIECE):
                pass
        return reader.tell() if reader.size is None else reader.size, reader.stamp


def _stamp(headers: Any) -> float:
    try:
        return parsedate_to_datetime(headers["Last-Modified"]).timestamp()
    except (KeyError, ValueError):
        tag = headers.get("ETag", "")
        return float(int(blake2b(tag.encode(), digest_size=5).hexdigest(), 16)) if tag else 0.0


class Reader(io.RawIOBase):
    """The bytes of a file on the web.

    What breaks off on the way is asked for again from there.

    Attributes:
        size: bytes of the file; None where the server does not say.
        stamp: as of :func:`status`.

    Raises:
        OSError: the file is not what it was when it was opened.
        FileNotFoundError, PermissionError, ConnectionError: as of :func:`_ask`.
    """

    def __init__(self, url: str):
        self._url, self._at = url, 0
        self._parts = False
        self.size: int | None = None
        self.stamp = 0.0
        self._version: tuple[Any, ...] | None = None
        self._answer: requests.Response | None = None
        self._open()

    def _open(self) -> None:
        """Asks for what follows the present place."""
        answer = _ask("GET", self._url, Range=f"bytes={self._at}-")
        self._parts = answer.status_code in (206, 416)
        size = answer.headers.get("Content-Range", "").rpartition("/")[2] if self._parts else ""
        size = size or answer.headers.get("Content-Length", "")
        self.size = int(size) if size.isdecimal() else None
        self.stamp = _stamp(answer.headers)
        version = answer.headers.get("ETag"), self.stamp, self.size
        self._version = self._version or version
        if version != self._version and answer.status_code != 416:  # which tells of no version
            answer.close()
            raise OSError(errno.ESTALE, "it changed on the server while it was read", self._url)
        self._answer = answer
        if self._at and not self._parts:
            self._pass(self._at)

    def _pass(self, size: int) -> None:
        assert self._answer is not None
        while size and (piece := self._answer.raw.read(min(size, _PIECE), decode_content=False)):
            size -= len(piece)

    def _drop(self) -> None:
        if self._answer is not None:  # an answer of 416 is false
            self._answer.close()
            self._answer = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._parts

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if not self._parts:
            raise io.UnsupportedOperation("the server gives no parts of files")
        at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size or 0}[whence] + offset
        if at != self._at:
            self._drop()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        tries = 0
        while True:
            try:
                if self._answer is None:
                    self._open()
                assert self._answer is not None
                data = b"" if self._answer.status_code == 416 else self._read(len(buffer))
                buffer[: len(data)] = data
                self._at += len(data)
                return len(data)
            except (HTTPError, ConnectionError, TimeoutError) as error:
                self._drop()
                tries += 1
                if tries > _RESUMED:
                    raise ConnectionError(_innermost(error)) from error

    def _read(self, size: int) -> bytes:
        assert self._answer is not None
        return self._answer.raw.read(size, decode_content=False)

    def close(self) -> None:
        self._drop()
        super().close()
