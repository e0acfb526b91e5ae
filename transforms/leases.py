"""A lock for places that have none: an object that says who is at work, and is stale when nobody renews it.

It is a courtesy between runs, not what keeps the dataset whole: that is the commit, which on S3 succeeds only if no
other run has committed meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transforms import storage

RENEWED_SECONDS = 60
# A run that has not renewed its lease for so long is taken for dead, unless it is seen to be so at once.
STALE_SECONDS = 15 * 60

_held: list[Lease] = []


class Locked(Exception):
    """Another run holds the output."""


class Lease:
    """The right to write to a folder, for one run.

    Args:
        folder: the output.
    """

    def __init__(self, folder: str):
        self._folder, self._path = folder, storage.join(folder, "_lock.json")
        self._owner = uuid.uuid4().hex
        self._renewals = 0
        self._renewed = 0.0

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lease while the block runs.

        Raises:
            Locked: another run holds it.
        """
        data, tag = storage.read_tagged(self._path)
        if data is not None and (at_work := self._at_work(data)):
            raise Locked(at_work)
        if not storage.write_tagged(self._path, self._text(), tag):
            raise Locked(f"another run has just begun to write to {self._folder}; wait for it, or stop it")
        self._renewed = time.monotonic()
        _held.append(self)
        try:
            self.check()
            yield
        finally:
            _held.remove(self)
            # Where the store is out of reach the lease stays; this process will be gone when the next run looks.
            with contextlib.suppress(Locked, OSError):
                self.check()
                storage.delete(self._path)

    def check(self) -> str:
        """Makes sure that no other run has taken the lease, and gives the tag of what stands there.

        Raises:
            Locked: one has.
        """
        data, tag = storage.read_tagged(self._path)
        if _read(data).get("owner") != self._owner:
            raise Locked(f"another run has begun to write to {self._folder}; nothing was published by this one")
        return tag

    def renew(self) -> None:
        """Says that the run is still at work, once a minute however often it is called.

        Raises:
            Locked: another run has taken the lease.
        """
        if time.monotonic() - self._renewed < RENEWED_SECONDS:
            return
        self._renewed = time.monotonic()
        with contextlib.suppress(OSError):  # the network; there is time to try again
            tag = self.check()
            self._renewals += 1
            storage.write_tagged(self._path, self._text(), tag)

    def _text(self) -> bytes:
        here = {"machine": _machine(), "host": socket.gethostname(), "pid": os.getpid(), "began": _began(os.getpid())}
        return storage.to_json({"owner": self._owner, "renewals": self._renewals, **here})

    def _at_work(self, data: bytes) -> str:
        """What to tell of the run that holds the lease; empty where it is dead."""
        other = _read(data)
        if other.get("machine") == _machine() and _began(other.get("pid", 0)) != other.get("began"):
            return ""
        age = self._age()
        if age > STALE_SECONDS:
            return ""
        who = f"process {other.get('pid')} on {other.get('host')}"
        return (
            f"another run ({who}) is writing to {self._folder}: it said so {max(0, round(age))} s ago; wait for it, or "
            f"stop it (one that died is forgotten {STALE_SECONDS // 60} minutes after its last word, or delete "
            f"{self._path})"
        )

    def _age(self) -> float:
        """Seconds since the lease was written, by the store's clock: a new object tells what time it is there."""
        probe = storage.temporary_name(self._path)
        storage.write_json(probe, {})
        try:
            written, now = storage.status(self._path), storage.status(probe)
            return now.stamp - written.stamp if written and now else 0.0
        finally:
            storage.delete(probe)


def renew_held() -> None:
    """Renews the leases of this process, where it is time to."""
    for lease in _held:
        lease.renew()


def _read(data: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _machine() -> str:
    """A name within which process numbers mean something: this boot of this machine, and this container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def _began(pid: int) -> str | None:
    """When a process of this machine was started, in a form to compare; None where there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        pass
    return "unknown"
