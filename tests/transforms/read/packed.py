"""Each codec, as the tests pack with it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable

import zstandard


def zstd_frame(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(data)


def skippable_frame(data: bytes) -> bytes:
    """A frame that a zstd reader passes over (RFC 8878, 3.1.2)."""
    return struct.pack("<2L", 0x184D2A53, len(data)) + data


CODECS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd_frame,
}
SUFFIXES = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}
