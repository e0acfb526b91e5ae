"""From the columns of a table (Parquet, Arrow) to records, by the mapping of ``input.fields``.

Only columns that the mapping names are read.  A value counts as what JSON would have: a date or a timestamp is the
string that ISO 8601 has for it (in UTC, where it has a zone), a decimal a number, a struct or a map an object.  So a
row is the record that the same object in JSON Lines is.  Its ``raw`` is that object, as JSON; of bytes in base64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count, repeat
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from transforms.model import Place, Record, Rejection
from transforms.read.charset import decode_declared, decode_text, refuse_binary_page
from transforms.read.json_lines import FieldPaths, Path, object_record, plain_record
from transforms.read.model import DEFAULT_FIELDS, BrokenRecord, ReadOptions, broken_record, raw_of, too_large

# pyarrow raises KeyError for the types that Arrow has and it does not
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError, KeyError)

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_MS = 86_400_000
_SHOWN_COLUMNS = 20
_SHOWN_CHARS = 300

_encode = msgspec.json.Encoder(enc_hook=lambda undecoded: undecoded.raw).encode

# A character is no more bytes than this in JSON.
_CHARACTER_BYTES = 6
_PLAIN_TYPES = (pa.string(), pa.large_string())

_is_string: Callable[[pa.DataType], bool] = lambda kind: (  # noqa: E731
    pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind)
)


class Undecoded:
    """A value that is no text, and why."""

    def __init__(self, raw: bytes, rejection: Rejection):
        self.raw, self.rejection = raw, rejection


class RowJson(msgspec.Struct, frozen=True, eq=False, gc=False):
    """The JSON of a row, made when it is asked for: few records are rejected, and it takes longer than the rest.

    Stands for the bytes in ``Record.raw``: ``bytes(raw)``, ``len(raw)`` and ``raw[:n]`` give what they give of those.
    """

    names: Sequence[str]
    values: Sequence[Any]

    def __bytes__(self) -> bytes:
        return _encode(dict(zip(self.names, self.values, strict=True)))

    def __len__(self) -> int:
        return len(bytes(self))

    def __getitem__(self, part: Any) -> Any:
        return bytes(self)[part]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowJson | bytes) and bytes(self) == bytes(other)

    def __hash__(self) -> int:
        return hash(bytes(self))

    def __repr__(self) -> str:
        return repr(bytes(self))

    def is_longer(self, limit: int) -> bool:
        """Whether there are more than ``limit`` bytes; most often told without making them."""
        size = 0
        for name, value in zip(self.names, self.values, strict=True):
            size += len(name) + (len(value) if type(value) is str else 1 if value is None else len(_encode(value)))
        return size * _CHARACTER_BYTES > limit and len(self) > limit


def mapped_columns(schema: pa.Schema, paths: FieldPaths) -> list[str]:
    """The columns that the mapping names, each once; a part of a struct by its dotted path.

    Raises:
        Rejection: ``missing-field``, where none of them can hold text or html.
    """
    columns: dict[str, None] = {}
    for path in (path for name in DEFAULT_FIELDS for path in getattr(paths, name)):
        name, _ = _find_column(schema, path)
        if name:
            columns[name] = None
    wanted = [*paths.text, *paths.html]
    if not any(_holds_text(_find_column(schema, path)[1]) for path in wanted):
        shown = ", ".join(f"{field.name[:40]!r} ({field.type})" for field in list(schema)[:_SHOWN_COLUMNS])
        more = ", …" if len(schema) > _SHOWN_COLUMNS else ""
        names = " or ".join(path.key for path in wanted)
        raise Rejection("missing-field", f"no column {names} that holds text; present: {shown or 'no column'}{more}")
    return list(columns)


def _find_column(schema: pa.Schema, path: Path) -> tuple[str, pa.DataType | None]:
    """The column that a path leads into, as dotted as structs go, and the type at its end; empty and None: nowhere."""
    names = schema.names
    if path.key in names:
        return path.key, schema.field(names.index(path.key)).type
    if not path.steps or path.steps[0] not in names:
        return "", None
    column, kind = [path.steps[0]], schema.field(names.index(path.steps[0])).type
    whole = True  # so far; what stands in a list is not read without the rest of it
    for step in path.steps[1:]:
        if pt.is_struct(kind) and (at := kind.get_field_index(step)) >= 0:
            kind = kind.field(at).type
            if whole:
                column.append(step)
        elif (pt.is_list(kind) or pt.is_large_list(kind)) and step.isdecimal():
            kind, whole = kind.value_type, False
        elif pt.is_map(kind):
            kind, whole = kind.item_type, False
        else:
            return "", None
    return ".".join(column), kind


def _holds_text(kind: pa.DataType | None) -> bool:
    if kind is None:
        return False
    if isinstance(kind, pa.BaseExtensionType):
        return _holds_text(kind.storage_type)
    if pt.is_dictionary(kind) or pt.is_run_end_encoded(kind):
        return _holds_text(kind.value_type)
    return _is_string(kind) or _is_binary(kind)


def _is_binary(kind: pa.DataType) -> bool:
    return pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_binary_view(kind) or pt.is_fixed_size_binary(kind)


def batch_records(
    batch: pa.RecordBatch, paths: FieldPaths, path: str, first: int, options: ReadOptions
) -> Iterator[Record | BrokenRecord]:
    """A record for each row.  What can fail for the whole batch fails in the call, before the first.

    Args:
        batch: of the columns that are mapped.
        path: of the file.
        first: number of the first row in the file.

    Raises:
        one of ``ARROW_ERRORS``: for data that is no table.
    """
    names = batch.schema.names
    pages = {key.key for key in paths.html} - {key.key for key in paths.text}
    columns = [
        _values(array, _page if name in pages else partial(_decode, charset=options.charset))
        for name, array in zip(names, batch.columns, strict=True)
    ]
    limit = options.max_record_bytes
    small = all(kind in _PLAIN_TYPES for kind in batch.schema.types) and _largest(batch) * _CHARACTER_BYTES <= limit
    if small and set(names) <= set(paths.plain) - paths.parsed and len(set(names)) == len(names):
        return _plain_records(names, columns, path, first, paths, options)
    rows = enumerate(zip(*columns, strict=True), first)
    return (_row_record(names, row, Place(path, number, None), paths, options) for number, row in rows)


def _largest(batch: pa.RecordBatch) -> int:
    """At least what ``RowJson.is_longer`` counts for any row, of columns that are strings."""
    return int(batch.nbytes) + sum(len(name) + 1 for name in batch.schema.names)


def _plain_records(
    names: list[str], columns: list[list[Any]], path: str, first: int, paths: FieldPaths, options: ReadOptions
) -> Iterator[Record | BrokenRecord]:
    """As :func:`_row_record`, for rows of strings that are not large."""
    nothing = repeat(None)
    held = [columns[names.index(name)] if name in names else nothing for name in paths.plain]
    for number, row, text, source_id, title, url in zip(count(first), zip(*columns, strict=True), *held):
        place = Place(path, number)
        raw = RowJson(names, row)
        record = plain_record(place, raw, text, source_id, title, url)  # type: ignore[arg-type]
        yield record or _row_record(names, row, place, paths, options)


def _row_record(
    names: list[str], row: Sequence[Any], place: Place, paths: FieldPaths, options: ReadOptions
) -> Record | BrokenRecord:
    found = dict(zip(names, row, strict=True))
    raw = RowJson(names, row)
    for value in found.values():
        if type(value) is Undecoded:
            return broken_record(place, value.rejection, raw_of(bytes(raw), options))
    if raw.is_longer(options.max_record_bytes):
        kept = raw_of(bytes(raw), options)
        return broken_record(place, too_large(options, kept), kept)
    return object_record(paths, place, raw, found, True, options)  # type: ignore[arg-type]


def _values(array: pa.Array, decode: Callable[[bytes], Any]) -> list[Any]:
    """The values of a column as JSON has them; ``decode`` is for those that are bytes."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        values = _values(array.storage, bytes if kind.extension_name == "arrow.uuid" else decode)
        return [str(UUID(bytes=v)) if type(v) is bytes and len(v) == 16 else v for v in values]
    if pt.is_dictionary(kind):
        return _values(array.dictionary_decode(), decode)
    if pt.is_run_end_encoded(kind):
        return _values(pc.run_end_decode(array), decode)
    if _is_string(kind):
        return _strings(array)
    if _is_binary(kind):
        return [None if value is None else decode(value) for value in array.to_pylist()]
    if pt.is_timestamp(kind):
        return _instants(array)
    if pt.is_date(kind):
        days = array.cast(pa.int32() if pt.is_date32(kind) else pa.int64()).to_pylist()
        unit = 1 if pt.is_date32(kind) else _DAY_MS
        return [None if value is None else _day(value // unit) for value in days]
    if pt.is_struct(kind):
        return _structs(array, decode)
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return _lists(array, decode)
    values = _pylist(array)
    return values if pt.is_integer(kind) or pt.is_boolean(kind) or pt.is_null(kind) else [_plain(v) for v in values]


def _pylist(array: pa.Array) -> list[Any]:
    try:
        return array.to_pylist()
    except UnicodeDecodeError:
        return [_scalar(value) for value in array]


def _scalar(value: pa.Scalar) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError as error:
        return _decode_string(error.object)


def _strings(array: pa.Array) -> list[Any]:
    try:
        return array.to_pylist()
    except UnicodeDecodeError:
        plain = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}.get(array.type, pa.binary_view())
        held = array.view(plain).to_pylist()  # to cast a view that is no UTF-8 ends the process (pyarrow 25)
        return [None if value is None else _decode_string(value) for value in held]


def _decode_string(raw: bytes) -> str | Undecoded:
    try:
        return decode_declared(raw, "utf-8", "as strings of Arrow are")
    except Rejection as rejection:
        return Undecoded(raw, rejection)


def _decode(raw: bytes, charset: str) -> str | Undecoded:
    """Text of a column of bytes."""
    try:
        return decode_text(raw, charset or None)
    except Rejection as rejection:
        return "" if rejection.reason == "empty" else Undecoded(raw, rejection)


def _page(raw: bytes) -> bytes | Undecoded:
    """HTML of a column of bytes, which stays so: extraction decodes it, as the page itself may say how."""
    try:
        refuse_binary_page(raw)
        return raw
    except Rejection as rejection:
        return Undecoded(raw, rejection) if raw.strip() else b""


def _instants(array: pa.Array) -> list[str | None]:
    unit, zone = _UNITS[array.type.unit], "+00:00" if array.type.tz else ""
    values = array.cast(pa.int64()).to_pylist()
    return [None if value is None else _instant(value, unit, zone) for value in values]


def _instant(value: int, unit: int, zone: str) -> str | None:
    """ISO 8601; None for years that it does not have."""
    seconds, rest = divmod(value, unit)
    try:
        at = _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // unit)
    except OverflowError:
        return None
    return at.isoformat() + zone


def _day(days: int) -> str | None:
    try:
        return date.fromordinal(_EPOCH_DAY + days).isoformat()
    except (ValueError, OverflowError):
        return None


def _structs(array: pa.Array, decode: Callable[[bytes], Any]) -> list[Any]:
    names = [field.name for field in array.type]
    children = [_values(child, decode) for child in array.flatten()]
    rows = zip(*children, strict=True) if children else [()] * len(array)
    return [
        _whole(dict(zip(names, row, strict=True)), row) if valid else None
        for valid, row in zip(array.is_valid().to_pylist(), rows, strict=True)
    ]


def _lists(array: pa.Array, decode: Callable[[bytes], Any]) -> list[Any]:
    values = iter(_values(array.flatten(), decode))
    lists: list[Any] = []
    for length in pc.list_value_length(array).to_pylist():
        items = None if length is None else [next(values) for _ in range(length)]
        lists.append(items and _whole(items, items))
    return lists


def _whole(value: Any, parts: Any) -> Any:
    return next((part for part in parts if type(part) is Undecoded), value)


def _plain(value: Any) -> Any:
    """A value of Python as JSON has it."""
    if value is None or isinstance(value, str | bool | int | Undecoded):
        return value
    if isinstance(value, float | Decimal):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return value if isinstance(value, float) else int(value) if value == int(value) else float(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        pairs = bool(value) and all(isinstance(item, tuple) for item in value)
        return {str(k): _plain(v) for k, v in value} if pairs else [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, date) else str(value)


def first_line(error: Exception) -> str:
    """What Arrow says of an error, without its remarks on how it was built."""
    if isinstance(error, KeyError):
        return f"a column of a type that pyarrow does not know (number {error})"
    lines = str(error).strip().splitlines()
    return lines[0][:_SHOWN_CHARS] if lines else type(error).__name__
