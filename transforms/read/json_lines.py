"""From a line of JSON to a record, by the mapping of ``input.fields``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec

from transforms.fields.authors import split_authors
from transforms.fields.dates import parse_date
from transforms.model import NO_FIELDS, Fields, Place, Record, Rejection, StatedDate
from transforms.read.charset import decode_declared
from transforms.read.model import BrokenRecord, Keys, ReadOptions, Slice, broken_record, raw_of
from transforms.read.split import RawRecord, one_by_one, split_records
from transforms.read.streams import OpenFile

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# The unit of an epoch number is told by its size: from 1e8 on seconds (March 1973 to 2100; what is smaller is more
# likely a year, a day as 20240525, or a mark for none), from 1e11 on milliseconds, and so on.
_EPOCH_UNITS = ((1e8, None), (1e11, 1), (1e14, 1_000), (1e17, 1_000_000), (1e20, 1_000_000_000))
_MAX_YEAR = 2100

# int() refuses longer ones (sys.get_int_max_str_digits), and no field needs their value
_MAX_DIGITS = 4300

_UTF_8 = ("", "utf-8", "utf8", "utf-8-sig")
_SHOWN_KEYS = 8
_SHOWN_CHARS = 40


# 1.7 times as fast as the json module on a record of 11 kB, 3 times on one of 300 bytes (timeit, msgspec 0.22).  It
# accepts less (no lone surrogates, NaN, very long integers) and tells less of errors: what it refuses goes to json.
_parse_fast = msgspec.json.Decoder().decode


class Path(NamedTuple):
    """One of the places where a field may stand: the key as written, and its steps where it has dots."""

    key: str
    steps: tuple[str, ...]


_Paths = tuple[Path, ...]


class FieldPaths(NamedTuple):
    """``ReadOptions.fields`` as :func:`json_record` wants it.

    ``known`` are the keys at which Fields may begin, ``parsed`` those of author and date among them.  ``plain`` are the
    keys of text, id, title and url, where each has one, with no dots in it.
    """

    id: _Paths
    url: _Paths
    text: _Paths
    html: _Paths
    title: _Paths
    author: _Paths
    date: _Paths
    known: frozenset[str]
    parsed: frozenset[str]
    plain: tuple[str, ...]


def compile_fields(mapping: Mapping[str, Keys]) -> FieldPaths:
    """``ReadOptions.fields``, once for a whole slice."""
    paths = {}
    for name, keys in mapping.items():
        alternatives = [keys] if isinstance(keys, str) else keys or []
        paths[name] = tuple(Path(key, tuple(key.split(".")) if "." in key else ()) for key in alternatives)
    parsed = _first_keys(paths["author"] + paths["date"])
    known = parsed | _first_keys(paths["url"] + paths["title"])
    single = [paths[name] for name in ("text", "id", "title", "url")]
    plain = tuple(path[0].key for path in single if len(path) == 1 and not path[0].steps)
    return FieldPaths(**paths, known=known, parsed=parsed, plain=plain if len(plain) == len(single) else ())


def _first_keys(paths: _Paths) -> frozenset[str]:
    return frozenset(key for path in paths for key in (path.key, *path.steps[:1]))


def read_json_lines(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """Lines of JSON, each an object that is a record."""
    paths = compile_fields(options.fields)
    for item in one_by_one(split_records(slice, options, open_file)):
        yield json_record(paths, item, options) if type(item) is RawRecord else item  # type: ignore[misc]


def json_record(paths: FieldPaths, line: RawRecord, options: ReadOptions) -> Record | BrokenRecord:
    """The record that a line of JSON is.

    Text goes before html where a record has both (map text to null to change that).  A field whose value is
    null or an empty string counts as absent.  A date that cannot be read is no reason to lose a document:
    it stays unknown; one that cannot be a date (a list, a bool) is a ``bad-field``.

    A lone surrogate (``"\\ud800"``, half of a character outside the BMP) is no Unicode text: a record with one in
    a field that is used is ``bad-encoding``, as are bytes that cannot be decoded.  To replace it would
    hide that something is missing.
    """
    try:
        found, strict = _parse_object(line.raw, line.charset)
    except Rejection as rejection:
        return broken_record(line.place, rejection, raw_of(line.raw, options))
    return object_record(paths, line.place, line.raw, found, strict, options)


def object_record(
    paths: FieldPaths, place: Place, raw: bytes, found: dict[str, Any], strict: bool, options: ReadOptions
) -> Record | BrokenRecord:
    """As :func:`json_record`, of an object that was parsed.

    Args:
        raw: what it was parsed from.
        found: of the values that JSON has; html may be bytes, and stays so.
        strict: whether all strings in it are known to be Unicode text.
    """
    if strict and paths.plain and paths.parsed.isdisjoint(found):
        plain = plain_record(place, raw, *map(found.get, paths.plain))
        if plain:
            return plain
    source_id = None
    try:
        source_id = _source_id(found, paths.id)
        kind, content = _content(found, paths)
        record = Record(place, raw, kind, content, None, source_id, _fields(found, paths))
        if not strict:
            _refuse_surrogates(record)
        return record
    except Rejection as rejection:
        source_id = source_id and source_id.encode("utf-8", "backslashreplace").decode()
        return broken_record(place, rejection, raw_of(bytes(raw), options), source_id)


def plain_record(place: Place, raw: bytes, text: Any, source_id: Any, title: Any, url: Any) -> Record | None:
    """The record with these values, if they are strings as nearly all are; None for what has to be looked at."""
    if type(text) is not str or not text or text.isspace() or (source_id is not None and type(source_id) is not str):
        return None
    if (title is not None and type(title) is not str) or (url is not None and type(url) is not str):
        return None
    known = NO_FIELDS
    if title or url:
        known = Fields((title.strip() or None) if title else None, (url.strip() or None) if url else None)
    return Record(place, raw, "text", text, None, source_id or None, known)


def _parse_object(raw: bytes, charset: str) -> tuple[dict[str, Any], bool]:
    """The JSON object that a line is, and whether all of its strings are known to be Unicode text.

    Raises:
        Rejection: ``bad-encoding``, ``binary`` (NUL bytes) or ``bad-json``, with where the error is.
    """
    value, strict = None, not charset or charset.lower() in _UTF_8
    if strict:
        try:
            value = _parse_fast(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            strict = False
    if not strict:
        value = _parse_slowly(raw, charset)
    if type(value) is not dict:
        raise Rejection("bad-json", f"{json_type(value)} where an object should be")
    return value, strict


def _parse_slowly(raw: bytes, charset: str) -> Any:
    """Any JSON value, with all that Python's json module accepts, and errors in its words."""
    text = decode_declared(raw, charset or "utf-8", "declared" if charset else "as JSON is")
    try:
        return json.loads(text, parse_int=parse_int)
    except json.JSONDecodeError as error:
        raise Rejection("bad-json", f"{error.msg}: column {error.colno}") from error
    except RecursionError as error:
        raise Rejection("bad-json", "nested too deeply") from error


def parse_int(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def json_type(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a bool", int: "a number", float: "a number"}
    return "null" if value is None else names[type(value)]


def _find(found: dict[str, Any], paths: _Paths) -> Any:
    """The value of the first of the paths that is there and not empty; else None."""
    for key, steps in paths:
        value = found.get(key)
        if value is None:
            if not steps:
                continue
            value = _walk(found, steps)
            if value is None:
                continue
        if value != "":
            return value
    return None


def _walk(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _bad_field(value: object, paths: _Paths, allowed: str) -> Rejection:
    return Rejection("bad-field", f"{' or '.join(key for key, _ in paths)}: {json_type(value)}; allowed: {allowed}")


def _string(found: dict[str, Any], paths: _Paths) -> str | None:
    value = found.get(paths[0].key) if paths else None
    if type(value) is str and value:  # as a rule
        return value
    value = _find(found, paths)
    if type(value) is not str and value is not None:
        raise _bad_field(value, paths, "a string")
    return value


def _source_id(found: dict[str, Any], paths: _Paths) -> str | None:
    value = _find(found, paths)
    if type(value) is str or value is None:
        return value
    if type(value) is not int:
        raise _bad_field(value, paths, "a string or a whole number")
    return str(value)


def _content(found: dict[str, Any], paths: FieldPaths) -> tuple[Literal["text", "html"], str | bytes]:
    text = _string(found, paths.text)
    if text and not text.isspace():
        return "text", text
    html = _find(found, paths.html)
    if type(html) is not bytes:
        html = _string(found, paths.html)
    if html and not html.isspace():
        return "html", html
    wanted = [*paths.text, *paths.html]
    names = " or ".join(path.key for path in wanted)
    if any(_find_any(found, path) is not None for path in wanted):
        raise Rejection("empty", f"nothing but white space in {names}")
    shown = [repr(key[:_SHOWN_CHARS]) for key in itertools.islice(found, _SHOWN_KEYS)]
    present = ", ".join([*shown, "…"] if len(found) > _SHOWN_KEYS else shown)
    raise Rejection("missing-field", f"no {names}; present: {present or 'no key'}")


def _find_any(found: dict[str, Any], path: Path) -> Any:
    value = found.get(path.key)
    return _walk(found, path.steps) if value is None and path.steps else value


def _fields(found: dict[str, Any], paths: FieldPaths) -> Fields:
    if paths.known.isdisjoint(found):
        return NO_FIELDS
    title, url = _string(found, paths.title), _string(found, paths.url)
    authors: tuple[str, ...] = ()
    published = None
    if not paths.parsed.isdisjoint(found):
        authors, published = _authors(found, paths.author), _published(found, paths.date)
    if not (title or url or authors or published):
        return NO_FIELDS
    return Fields(
        (title.strip() or None) if title else None,
        (url.strip() or None) if url else None,
        published=published,
        authors=authors,
    )


def _authors(found: dict[str, Any], paths: _Paths) -> tuple[str, ...]:
    """People, from a string, an object with a name, or a list of these."""
    value = _find(found, paths)
    if value is None:
        return ()
    names: dict[str, None] = {}
    for author in value if type(value) is list else [value]:
        name = author.get("name") if type(author) is dict else author
        if name is None:
            continue
        if type(name) is not str:
            raise _bad_field(author, paths, "a string, an object with a name, or a list of these")
        names.update(dict.fromkeys(split_authors(name)))
    return tuple(names)


def _published(found: dict[str, Any], paths: _Paths) -> StatedDate | None:
    value = _find(found, paths)
    if value is None:
        return None
    if type(value) is str:
        digits = value.strip()
        epoch = len(digits) in (10, 13) and digits.isascii() and digits.isdecimal()
        return _from_epoch(int(digits), value) if epoch else parse_date(value, evidence="record")
    if type(value) is not int and type(value) is not float:
        raise _bad_field(value, paths, "a string, or a number of seconds or milliseconds since 1970")
    return _from_epoch(value, str(value)) or parse_date(str(value), evidence="record")


def _from_epoch(number: float, raw: str) -> StatedDate | None:
    unit = next((unit for below, unit in _EPOCH_UNITS if abs(number) < below), None)
    at = _EPOCH + timedelta(seconds=int(number // unit)) if unit else None
    return StatedDate(at, "second", raw, "record") if at and at.year <= _MAX_YEAR else None


def _refuse_surrogates(record: Record) -> None:
    known = record.fields
    raw_date = known.published.raw if known.published else None
    for value in (record.source_id, record.content, known.title, known.url, *known.authors, raw_date):
        if isinstance(value, str):
            _refuse_surrogate(value)


def _refuse_surrogate(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        found = f"U+{ord(value[error.start]):04X} at character {error.start} of {value[:_SHOWN_CHARS]!r}"
        raise Rejection("bad-encoding", f"lone surrogate {found}") from error
