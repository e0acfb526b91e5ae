"""Length-prefixed messages over a pipe, for the extractor and its child."""

from __future__ import annotations

import os
import pickle
import select
import struct
import time
from typing import Any

_MAGIC = b"nlx1"
_HEAD = struct.Struct("<4sQ")


class Broken(Exception):
    """The other end is gone, or what came is no message."""


class Late(Exception):
    """The other end did not answer, or did not read, in time."""


def encode(message: Any) -> bytes:
    """A message as the bytes that go over the pipe."""
    body = pickle.dumps(message, protocol=5)
    return _HEAD.pack(_MAGIC, len(body)) + body


def send(fd: int, message: bytes, deadline: float | None = None) -> None:
    """Write a whole message; with a deadline (``time.monotonic``) the descriptor must not block."""
    view = memoryview(message)
    while view:
        if deadline is not None:
            _wait(fd, select.POLLOUT, deadline)
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise Broken(str(error)) from error


def receive(fd: int, deadline: float | None = None) -> Any:
    """Read a whole message; None at the end of the pipe, where no message has begun."""
    head = _read(fd, _HEAD.size, deadline)
    if not head:
        return None
    magic, size = _HEAD.unpack(head)
    if magic != _MAGIC:
        raise Broken("no message where one must begin")
    body = _read(fd, size, deadline)
    if body is None:
        raise Broken("the pipe ended inside a message")
    try:
        return pickle.loads(body)
    except Exception as error:  # pickle raises almost anything on bytes that are none of its own
        raise Broken(f"no message: {error}") from error


def _read(fd: int, size: int, deadline: float | None) -> bytes | None:
    """``size`` bytes; None where the pipe ends before the first of them."""
    parts: list[bytes] = []
    missing = size
    while missing:
        if deadline is not None:
            _wait(fd, select.POLLIN, deadline)
        try:
            part = os.read(fd, min(missing, 1 << 20))
        except BlockingIOError:
            continue
        except OSError as error:
            raise Broken(str(error)) from error
        if not part:
            if parts:
                raise Broken("the pipe ended inside a message")
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _wait(fd: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(fd, event)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Late
        if poll.poll(left * 1000):
            return
