"""Ids that the same input gives on every run: doc_id, content_id, buckets and fingerprints."""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path

from transforms.model import Place


def hash_hex(*parts: str | bytes) -> str:
    """32 hex digits for a sequence of strings; no two sequences share their bytes.

    BLAKE2b (RFC 7693) of 16 bytes: in the standard library, and at 128 bits two of 10**12 documents
    meet with a probability of about 10**-15.
    """
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def doc_id(namespace: str, place: Place, source_id: str | None = None, url: str | None = None) -> str:
    """The document's identity: its own id, else its canonical URL, else where it stands in the input."""
    if source_id is not None:
        return hash_hex(namespace, "id", source_id)
    if url is not None:
        return hash_hex(namespace, "url", url)
    position = "" if place.record is None else str(place.record)
    return hash_hex(namespace, "path", place.path, position)


def content_id(title: str | None, text: str) -> str:
    """What the document says, whoever published it: hash of title and text after cleaning."""
    return hash_hex(title or "", text)


def bucket_of(identity: str, buckets: int) -> int:
    """The bucket of a doc_id: equal ranges of its first two digits, so that buckets are in doc_id order."""
    return int(identity[:2], 16) * buckets // 256


def fingerprint(*values: object) -> str:
    """16 hex digits for JSON values, independent of the order of their keys."""
    return hash_hex(json.dumps(values, sort_keys=True, ensure_ascii=False, default=str))[:16]


@cache
def source_fingerprint() -> str:
    """16 hex digits over the code, rules and data of the package ``transforms``: whatever can change a row."""
    folder = Path(__file__).parent
    files = sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    parts = [part for p in files for part in (p.relative_to(folder).as_posix(), p.read_bytes())]
    return hash_hex(*parts)[:16]
