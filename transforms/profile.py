"""The profile of repeated lines: a Parquet file that people can read, and that cleaning goes by."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from transforms.clean.repeated import Known, Pattern
from transforms.identity import hash_hex
from transforms.schema import column

PROFILE_VERSION = "1"
_VERSION_KEY = b"newsloom.profile_version"
FEWEST_KEY = b"newsloom.fewest_documents"


class ProfileError(ValueError):
    """A file that is no profile, or not one that this version can use."""


_column = partial(column, nullable=False)
_string, _int, _float = pa.string(), pa.int32(), pa.float64()
SCHEMA = pa.schema(
    [
        _column("source", _string, "as in documents/"),
        _column("pattern", _string, "the line, with what changes replaced: <n>, <price>, <time>, <date>, <month>, …"),
        _column("rule", _string, "id that removed/ has for its lines"),
        _column("documents", _int, "documents of the source that have it (a paragraph: near an edge)"),
        _column("share", _float, "of the source's documents, 0 to 1"),
        _column("position", _string, "where most of them have it: top, middle or foot"),
        _column("lines_from_top", _float, "lines above it, the median; 15: as many or more"),
        _column("lines_from_foot", _float, "lines below it, the median; 15: as many or more"),
        _column("examples", pa.list_(pa.field("item", _string, nullable=False)), "two of the lines at most"),
        _column("top", _float, "share of the source's documents that have it at the top"),
        _column("foot", _float, "share of the source's documents that have it at the foot"),
        _column("steady_top", _float, "share of its documents that have the same number of paragraphs above it"),
        _column("steady_foot", _float, "share of its documents that have the same number of paragraphs below it"),
        _column("stories", _int, "different stories among its documents, an estimate"),
        _column("source_documents", _int, "documents of the source"),
    ]
)


@dataclass(frozen=True)
class Profile:
    """What is known of the lines that sources repeat.

    Attributes:
        sources: patterns by source.
        checksum: 32 hex digits: BLAKE2b-128 of the file.
        fewest: documents that a line needed to be counted.
    """

    sources: Mapping[str, Known]
    checksum: str
    fewest: int

    @property
    def patterns(self) -> int:
        return sum(map(len, self.sources.values()))


def rule_of(source: str, pattern: str) -> str:
    """The id under which removed/ has the lines of a pattern."""
    return f"repeated/{hash_hex(source, pattern)[:12]}"


def profile_bytes(rows: Iterable[dict[str, Any]], fewest: int) -> bytes:
    """The file for rows by column of ``SCHEMA``; the same rows in any order give the same bytes.

    Args:
        fewest: documents that a line needed to be counted; more than a few where memory set a bound.
    """
    ordered = sorted(rows, key=lambda row: (row["source"], -row["documents"], row["pattern"]))
    table = pa.Table.from_pylist(ordered, schema=SCHEMA)
    table = table.replace_schema_metadata({_VERSION_KEY: PROFILE_VERSION, FEWEST_KEY: str(fewest)})
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return written.getvalue()


def read_profile(data: bytes) -> Profile:
    """The profile in the bytes of a file.

    Raises:
        ProfileError: they are no profile, or one of another version.
    """
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise ProfileError(f"is no Parquet file that can be read: {str(error).splitlines()[0]}") from None
    version = (table.schema.metadata or {}).get(_VERSION_KEY)
    if version is None:
        raise ProfileError("is no profile; `newsloom learn` makes one")
    if version.decode() != PROFILE_VERSION:
        raise ProfileError(
            f"is a profile of version {version.decode()}, this version of newsloom needs {PROFILE_VERSION}: "
            "learn it anew with `newsloom learn`"
        )
    if not table.schema.equals(SCHEMA):
        raise ProfileError("has other columns than a profile of its version: learn it anew with `newsloom learn`")
    sources: dict[str, dict[str, Pattern]] = {}
    columns = [table[name].to_pylist() for name in ("source", "pattern", *Pattern._fields)]
    for source, pattern, *values in zip(*columns, strict=True):
        sources.setdefault(source, {})[pattern] = Pattern(*values)
    return Profile(sources, blake2b(data, digest_size=16).hexdigest(), int(table.schema.metadata.get(FEWEST_KEY, b"0")))


def load_profile(path: str) -> Profile:
    """The profile in a file, on any filesystem.

    Raises:
        OSError: it cannot be read.
        ProfileError: it is no profile, or one of another version.
    """
    from transforms.storage import open_raw  # needs Beam, which reading bytes does not

    with open_raw(path) as handle:
        return read_profile(handle.read())


def problem_of(path: str) -> str | None:
    """What is wrong with the profile in a file; None where nothing is."""
    try:
        load_profile(path)
    except ProfileError as error:
        return f"{path} {error}"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}"
    return None
