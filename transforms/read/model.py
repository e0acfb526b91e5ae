"""What readers take and give: input files, slices of them, options, and records that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from transforms.model import Place, Rejection
from transforms.read.charset import is_charset

FORMATS = ("text", "html", "jsonl", "json", "csv", "parquet", "arrow", "warc", "zip", "tar")
DOCUMENTS = {"file": "text", "line": "lines", "separator": "separated"}

_LEAST = {"max_record_bytes": 1, "reject_raw_bytes": 0, "max_ratio": 1, "max_archive_bytes": 1}

Keys = str | list[str] | None
DEFAULT_FIELDS: dict[str, Keys] = {
    "id": "id",
    "url": "url",
    "text": "text",
    "html": "html",
    "title": "title",
    "author": ["author", "authors", "byline"],
    "date": ["date", "published", "published_at"],
}


class InputFile(msgspec.Struct, frozen=True, gc=False):
    """What the plan knows of a file.

    Attributes:
        path: relative to ``input.root``, with forward slashes; goes to the column ``input_path``.
        url: where to open it: an absolute path, or one of a Beam filesystem such as ``gs://…``.
        size: bytes as stored; no more are read.  -1 where that is not known.
    """

    path: str
    url: str
    size: int


class Slice(msgspec.Struct, frozen=True, gc=False):
    """A part of a file that one work unit reads.

    Attributes:
        file: the file.
        format: a key of ``transforms.read.READERS``.
        compression: of the whole file, or empty, as the plan could tell; reading goes by the first bytes.
        start: where the first record begins, in the format's own count: bytes of an uncompressed file, rows of
            Parquet, stored bytes of record batches and compressed members.
        end: where what follows begins, in the same count; None: to the end of the file.
        first_record: number of the first record in the file, so that numbers do not depend on the cut.
        entry: of a part of a compressed file, whose start and end count decompressed bytes: stored offset of the
            compressed member where reading enters the file, and decompressed offset of its first byte.
    """

    file: InputFile
    format: str
    compression: str
    start: int = 0
    end: int | None = None
    first_record: int = 0
    entry: tuple[int, int] | None = None


class SkippedPart(NamedTuple):
    """A part of a container that is no document, and was not to be one: counted, and nothing else.

    Attributes:
        place: where it stands in the input.
        reason: a code of ``transforms.reasons.SKIPPED``.
    """

    place: Place
    reason: str


class BrokenRecord(msgspec.Struct, frozen=True, gc=False):
    """What a reader could not turn into a Record: a row of rejects/.

    Attributes:
        place: where it stands in the input.
        reason: a code of ``transforms.reasons.REASONS``.
        detail: one line for the person who reads rejects/.
        raw: the bytes as received (decompressed), the first ``ReadOptions.reject_raw_bytes`` of them.
        raw_bytes: how many there were.
        checksum: 32 hex digits, BLAKE2b of 16 bytes over all of them, not only those in ``raw``.
        source_id: the record's own id, where that much could be read.
    """

    place: Place
    reason: str
    detail: str
    raw: bytes
    raw_bytes: int
    checksum: str
    source_id: str | None = None


@dataclass(frozen=True)
class ReadOptions:
    """How input files become records (``input.*``)."""

    format: str = field(
        default="auto",
        metadata={"help": f"auto (by file name, then by content), or one of {', '.join(FORMATS)}"},
    )
    charset: str = field(
        default="",
        metadata={"help": "encoding of the files, a Python codec name; empty: detected for each document"},
    )
    documents: str = field(
        default="file",
        metadata={"help": "what is a document in a text file: the file, each line, or what separator lines enclose"},
    )
    separator: str = field(
        default="-----",
        metadata={"help": "the line between documents where documents is separator; blanks around it do not count"},
    )
    fields: Mapping[str, Keys] = field(
        default_factory=lambda: dict(DEFAULT_FIELDS),
        metadata={
            "help": "keys of a JSON record that hold id, url, text, html, title, author and date: a key, a dotted"
            " path, a list of alternatives, or null for none; those not named keep their default"
        },
    )
    json_path: str = field(
        default="",
        metadata={"help": "where a JSON file has its array of records: a key or a dotted path; empty: at its top"},
    )
    delimiter: str = field(
        default="",
        metadata={
            "help": "what stands between cells of CSV, one character; empty: comma, semicolon, tab or |, as fits"
        },
    )
    quote: str = field(
        default='"',
        metadata={"help": "what encloses cells of CSV with delimiters or line breaks in them; empty: nothing does"},
    )
    columns: tuple[str, ...] = field(
        default=(),
        metadata={"help": "names of the columns of CSV files without a header; empty: the first row has them"},
    )
    max_record_bytes: int = field(
        default=32 * 1024 * 1024,
        metadata={"help": "a record (decompressed) over this many bytes is rejected as too-large"},
    )
    reject_raw_bytes: int = field(
        default=64 * 1024,
        metadata={"help": "how many bytes of a rejected record rejects/ keeps"},
    )
    max_ratio: int = field(
        default=250,
        metadata={
            "help": "a compressed file, or member of an archive, that expands to more than this many times its size"
            " (and to over 64 MiB) is rejected as archive/bomb"
        },
    )
    max_archive_bytes: int = field(
        default=1 << 40,
        metadata={"help": "an archive whose members hold more than this many bytes is rejected as archive/bomb"},
    )

    def __post_init__(self) -> None:
        _check(self.format in ("auto", *FORMATS), f"format: {self.format!r}; allowed: auto, {', '.join(FORMATS)}")
        _check(self.documents in DOCUMENTS, f"documents: {self.documents!r}; allowed: {', '.join(DOCUMENTS)}")
        _check_charset(self.charset)
        _check_csv(self.delimiter, self.quote, self.columns)
        _check(isinstance(self.json_path, str), f"json_path: {self.json_path!r}; allowed: a key or a dotted path")
        _check_separator(self.separator, self.charset)
        for name, least in _LEAST.items():
            value = getattr(self, name)
            _check(
                isinstance(value, int) and not isinstance(value, bool) and value >= least,
                f"{name}: {value!r}; allowed: a whole number, at least {least}",
            )
        _check(isinstance(self.fields, Mapping), f"fields: {self.fields!r}; allowed: a mapping of names to keys")
        for name, keys in self.fields.items():
            _check_keys(name, keys)
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "fields", {**DEFAULT_FIELDS, **self.fields})


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)


def _check_separator(separator: str, charset: str) -> None:
    """A separator that is blank, or has blanks around it or a line break in it, would never match a line."""
    fits = isinstance(separator, str) and separator == separator.strip() != "" and len(separator.splitlines()) == 1
    _check(fits, f"separator: {separator!r}; allowed: one line of text without blanks around it")
    try:
        separator.encode(charset or "utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"separator: {separator!r}; allowed: characters of charset {charset}") from None


def _check_csv(delimiter: object, quote: object, columns: object) -> None:
    for name, value in (("delimiter", delimiter), ("quote", quote)):
        fits = isinstance(value, str) and (not value or (len(value) == 1 and value.isascii() and value not in "\r\n"))
        _check(fits, f"{name}: {value!r}; allowed: one ASCII character but a line break, or empty")
    _check(not delimiter or delimiter != quote, f"delimiter: {delimiter!r}; allowed: another character than quote")
    fits = isinstance(columns, tuple | list) and all(isinstance(name, str) for name in columns)
    _check(fits, f"columns: {columns!r}; allowed: a list of names")


def _check_charset(charset: object) -> None:
    fits = isinstance(charset, str) and (not charset or is_charset(charset))
    allowed = "a Python codec name such as utf-8, windows-1252, shift_jis or utf-16, or empty to detect it"
    _check(fits, f"charset: {charset!r}; allowed: {allowed}")


def _check_keys(name: object, keys: object) -> None:
    _check(name in DEFAULT_FIELDS, f"fields.{name}: unknown; allowed: {', '.join(DEFAULT_FIELDS)}")
    alternatives = keys if isinstance(keys, list | tuple) else [keys]
    _check(
        keys is None or (len(alternatives) > 0 and all(isinstance(key, str) and key for key in alternatives)),
        f"fields.{name}: {keys!r}; allowed: a key, a dotted path, a list of such, or null",
    )


class Raw(NamedTuple):
    """Bytes of which only the first are kept.

    Attributes:
        kept: the first ``ReadOptions.reject_raw_bytes`` of them.
        size: how many there were.
        checksum: as ``BrokenRecord.checksum``.
    """

    kept: bytes
    size: int
    checksum: str


class JoinedBytes(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Bytes in two parts, joined when they are asked for: few records are rejected, and pages are large.

    Stands for the bytes in ``Record.raw``: ``bytes(raw)``, ``len(raw)`` and ``raw[:n]`` give what they give of those.
    """

    first: bytes
    second: bytes

    def __bytes__(self) -> bytes:
        return self.first + self.second

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def __getitem__(self, part: Any) -> Any:
        return bytes(self)[part]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JoinedBytes | bytes) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __repr__(self) -> str:
        return repr(bytes(self))


class Gathered:
    """The bytes of one record as they come in, of which no more than a limit is held.

    Args:
        limit: bytes; a record over it is not held, only its first bytes, its length and its checksum.
        keep: bytes that a :class:`Raw` keeps.
    """

    def __init__(self, limit: int, keep: int):
        self.limit, self.keep = limit, keep
        self.size = 0
        self._parts: list[bytes] = []
        self._digest: blake2b | None = None

    def add(self, data: bytes) -> None:
        held = self.size
        self.size += len(data)
        if self._digest is None and self.size > self.limit:
            self._digest = blake2b(digest_size=16)
            whole = b"".join(self._parts)
            self._digest.update(whole)
            self._parts = [whole[: self.keep]]
        if self._digest is not None:
            self._digest.update(data)
            data = data[: max(self.keep - held, 0)]
        if data:
            self._parts.append(data)

    def take(self) -> bytes | Raw:
        """What was gathered, as Raw where it is over the limit; the next record begins empty."""
        if self._digest is not None:
            return self.take_raw()
        whole = b"".join(self._parts)
        self._clear()
        return whole

    def take_raw(self) -> Raw:
        """What was gathered, as something that is rejected in any case."""
        whole = b"".join(self._parts)
        digest = self._digest or blake2b(whole, digest_size=16)
        raw = Raw(whole[: self.keep], self.size, digest.hexdigest())
        self._clear()
        return raw

    def _clear(self) -> None:
        self.size, self._parts, self._digest = 0, [], None


def raw_of(data: bytes, options: ReadOptions) -> Raw:
    """The Raw of bytes that are all at hand."""
    return Raw(data[: options.reject_raw_bytes], len(data), blake2b(data, digest_size=16).hexdigest())


def broken_record(place: Place, rejection: Rejection, raw: Raw, source_id: str | None = None) -> BrokenRecord:
    return BrokenRecord(place, rejection.reason, rejection.detail, raw.kept, raw.size, raw.checksum, source_id)


def too_large(options: ReadOptions, raw: Raw) -> Rejection:
    return Rejection("too-large", f"{raw.size} bytes; allowed: {options.max_record_bytes} (max_record_bytes)")
