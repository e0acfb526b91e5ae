"""CSV and its kin (RFC 4180): cells between commas, semicolons, tabs or bars, quoted where they hold line breaks.

A row ends as the csv module ends it when it reads a file, but for quotes: a cell that begins with one has to end with
one.  Where it does not, the rows behind it would be read as its text, so it is a reject, and reading goes on with the
next line that is a row with as many cells as the header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from operator import itemgetter
from pathlib import PurePosixPath
from typing import NamedTuple

import msgspec

from transforms.model import Place, Record, Rejection
from transforms.read.charset import decode_text
from transforms.read.json_lines import FieldPaths, compile_fields, object_record, plain_record
from transforms.read.model import (
    DEFAULT_FIELDS,
    BrokenRecord,
    Gathered,
    Raw,
    ReadOptions,
    Slice,
    broken_record,
    raw_of,
    too_large,
)
from transforms.read.streams import BrokenStream, OpenFile, peek, read_chunks
from transforms.read.window import Window, charset_of

_DELIMITERS = (",", "\t", ";", "|")
# what the delimiter is told from
_SNIFFED_BYTES = 1 << 16
_SNIFFED_ROWS = 20

# A carriage return with nothing behind it may be half of a line break.
_BREAK = re.compile(rb"\r\n|\n|\r(?=[\s\S])")
_SHOWN_COLUMNS = 20

# The rows of wider tables are split cell by cell; a pattern for all of them takes 0.1 ms a cell to compile.
_MOST_CELLS = 200
_NOTHING = re.compile(b"(?!)")

_MISQUOTED = "a quoted cell does not end before a delimiter or a line break"


class Dialect(NamedTuple):
    """How rows are written.

    Attributes:
        delimiter, quote: one character each; quote may be empty.
        cell: matches a cell of a row as text, and the delimiter before it: what its quotes enclose, else the whole.
        row: matches a row with the line break behind it.
        last: the same at the end of a file, where no line break is needed.
        misquoted: matches a row as far as a quoted cell that something stands behind.
        prose: matches lines without delimiters and quotes.
    """

    delimiter: str
    quote: str
    cell: re.Pattern[str]
    row: re.Pattern[bytes]
    last: re.Pattern[bytes]
    misquoted: re.Pattern[bytes] | None
    prose: re.Pattern[bytes]


class Row(msgspec.Struct, frozen=True, gc=False):
    """A row as it stands in the file.

    Attributes:
        offset: of its first byte in the file.
        raw: its bytes without the line break; of a broken one all up to where reading goes on.
        data: the same in UTF-8, if the file has a charset that is known; empty where it is broken.
        rejection: why it is broken.
        cells: what ``Table.cells`` finds in ``data``; empty where that is nothing, or was not looked for.
    """

    offset: int
    raw: bytes | Raw
    data: bytes
    rejection: Rejection | None = None
    cells: tuple[bytes, ...] = ()


class Table(NamedTuple):
    """What the beginning of a file tells.

    Attributes:
        dialect: how its rows are written.
        columns: their names.
        cells: matches a row of so many cells with no quotes in them, and the line break behind it: two groups for each,
            what quotes enclose and the whole of one without them, one of which is empty.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    cells: re.Pattern[bytes]


def read_csv(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """Rows with a header, or with the names of ``columns``, each a record.

    Rows of white space are no records, but are counted in the numbers of those behind them.
    """
    path, keep, ratio = slice.file.path, options.reject_raw_bytes, options.max_ratio
    options = csv_options(path, options)
    head, chunks = peek(read_chunks(slice.file, open_file, keep, max_ratio=ratio), _SNIFFED_BYTES)
    if not slice.start and slice.end is not None:  # the delimiter is told from as much as for the other slices
        chunks = read_chunks(slice.file, open_file, keep, 0, slice.end, slice.entry, ratio)
    beginning = None if slice.start else Gathered(0, keep)
    window, number = Window(chunks, charset_of(slice, options), 0, beginning), slice.first_record
    try:
        table = _begin(window, head, options)
        if slice.start:
            chunks = read_chunks(slice.file, open_file, keep, slice.start, slice.end, slice.entry, ratio)
            window = Window(chunks, options.charset, slice.start)
        paths = compile_fields(options.fields)
        if not _has_text(table, paths):
            if beginning:  # once for the file
                yield _reject_file(window, table, paths, path, options, beginning)
            return
        window.beginning = None
        to_record = _record_maker(table, paths, options)
        for row in _rows(window, table, options):
            place = Place(path, number, row.offset)
            number += 1
            if row.rejection:
                raw = raw_of(row.raw, options) if isinstance(row.raw, bytes) else row.raw
                yield broken_record(place, row.rejection, raw)
            elif row.data and not row.data.isspace():
                yield to_record(place, row)
    except Rejection as rejection:
        yield _rest_of_file(rejection, window, path, number, options)


def csv_options(path: str, options: ReadOptions) -> ReadOptions:
    """The options with the delimiter that a file's name tells, if it tells one."""
    tabs = not options.delimiter and bool({".tsv", ".tab"} & set(PurePosixPath(path.lower()).suffixes[-2:]))
    return replace(options, delimiter="\t") if tabs else options


def _begin(window: Window, head: bytes, options: ReadOptions) -> Table:
    """The dialect and the columns of a file; its window is then behind the header.

    Raises:
        Rejection: the header cannot be read, or there is none.
    """
    if window.ended and window.at == len(window.data):
        raise window.broken or Rejection("empty", f"{window.offset} bytes")
    dialect = _sniff(head, options)
    if options.columns:
        return Table(dialect, options.columns, _cells_pattern(dialect, len(options.columns)))
    while True:
        end = _row_end(window, dialect, options.max_record_bytes)
        if end < 0:
            raise window.broken or Rejection(
                "bad-csv", f"the header: {_MISQUOTED}, or it is longer than max_record_bytes"
            )
        data = window.data[window.at : end].rstrip(b"\r\n")
        raw = window.take(end)
        if data.strip() or window.at == len(window.data):
            break
    if not data.strip():
        raise window.broken or Rejection("empty", f"{window.offset} bytes, nothing but white space")
    names = _split(_decode(data, raw.rstrip(b"\r\n"), options), dialect)
    return Table(dialect, tuple(name.strip() for name in names), _cells_pattern(dialect, len(names)))


def _sniff(head: bytes, options: ReadOptions) -> Dialect:
    """The delimiter with which the header has most of the mapped names, and the rows most often as many cells."""
    if options.delimiter:
        return _dialect(options.delimiter, options.quote)
    names = {key for keys in options.fields.values() for key in ([keys] if isinstance(keys, str) else keys or ())}

    beginning = Window(iter([head]), options.charset, 0).data

    def fits(dialect: Dialect) -> tuple[int, int, int]:
        window = Window(iter([beginning]), "utf-8", 0)
        rows: list[list[str]] = []
        while len(rows) < _SNIFFED_ROWS and window.at < len(window.data):
            end = _row_end(window, dialect, len(window.data))
            if end < 0:
                break
            rows.append(_split(window.data[window.at : end].rstrip(b"\r\n").decode("utf-8", "replace"), dialect))
            window.take(end)
        width = len(options.columns) or (len(rows[0]) if rows else 0)
        known = 0 if options.columns or not rows else sum(name.strip() in names for name in rows[0])
        return known, sum(len(row) == width > 1 for row in rows), max(width, 2)

    return max(
        (_dialect(delimiter, options.quote) for delimiter in _DELIMITERS if delimiter != options.quote), key=fits
    )


@cache
def _dialect(delimiter: str, quote: str) -> Dialect:
    between, around = re.escape(delimiter), re.escape(quote)
    breaks = r"(?:\r\n|\n|\r(?=[\s\S]))"
    if not quote:
        cell, row, misquoted = f"(?:^|{between})()([^{between}]*+)", r"[^\r\n]*+", None
    else:
        inside = f"[^{around}]*+(?:{around}{around}[^{around}]*+)*+"
        behind = rf" *+(?:[{between}\r\n]|\Z)"
        quoted, plain = f"{around}{inside}{around}", rf"(?!{around})[^{between}\r\n]*+"
        one = f"(?:{quoted}(?={behind}) *+|{plain})"
        row = f"{one}(?:{between}{one})*+"
        cell = f"(?:^|{between})(?:{around}({inside}){around} *+|({plain}))"
        misquoted = re.compile(f"(?:{one}{between})*+{quoted}(?!{behind})".encode())
    last = re.compile((row + r"(?:\r\n|\n|\r|\Z)").encode())
    prose = re.compile(rf"(?:[^{between}{around}\r\n]*+{breaks}){{1,10000}}+".encode())
    return Dialect(delimiter, quote, re.compile(cell), re.compile((row + breaks).encode()), last, misquoted, prose)


@cache
def _cells_pattern(dialect: Dialect, width: int) -> re.Pattern[bytes]:
    """``Table.cells``: where it matches, ``Dialect.row`` or ``Dialect.last`` does, and ends there."""
    if width > _MOST_CELLS:
        return _NOTHING
    between, around = re.escape(dialect.delimiter), re.escape(dialect.quote)
    if around:
        cell = rf"(?:{around}([^{around}]*+){around}|([^{between}{around}\r\n]*+))"
    else:
        cell = rf"()([^{between}\r\n]*+)"
    return re.compile((between.join([cell] * width) + r"(?:\r\n|\n|\r(?=[\s\S])|\Z)").encode())


def _split(row: str, dialect: Dialect) -> list[str]:
    """The cells of a row that ``Dialect.row`` matches: what the csv module has, but for blanks behind quotes."""
    quote = dialect.quote
    if not quote or quote not in row:
        return row.split(dialect.delimiter)
    twice = quote + quote
    return [
        plain or (quoted.replace(twice, quote) if twice in quoted else quoted)
        for quoted, plain in dialect.cell.findall(row)
    ]


def _rows(window: Window, table: Table, options: ReadOptions) -> Iterator[Row]:
    """The rows from the window's place on, blank ones too.

    Raises:
        BrokenStream: behind the last whole row, where the stream broke off.
    """
    while window.at < len(window.data) or not window.ended:
        if not window.recoded:
            yield from _plain_rows(window, table, options.max_record_bytes)
        end = _row_end(window, table.dialect, options.max_record_bytes)
        if window.broken and not window.broken.behind and (end < 0 or end == len(window.data)):
            break  # the part of a row at which the stream broke off
        if window.at == len(window.data):
            break
        offset = window.offset
        if end < 0:
            yield _broken_row(window, table, options)
            continue
        data = window.data[window.at : end].rstrip(b"\r\n")
        raw = window.take(end, len(data))
        large = len(raw) > options.max_record_bytes
        yield Row(offset, raw, data, too_large(options, raw_of(raw, options)) if large else None)
    if window.broken:
        raise window.broken


def _plain_rows(window: Window, table: Table, limit: int) -> Iterator[Row]:
    """The rows that are whole at hand, of a window that holds the file's own bytes, up to one to be looked at.

    The cells are told apart by the same pattern that tells where the row ends: the csv module's loop over characters
    would take longer than all else that is done for a row (``benchmarks.reading``).
    """
    text, start, as_cells, as_row = window.data, window.at, table.cells.match, table.dialect.row.match
    if b"\0" in text:
        as_cells = _NOTHING.match
    while True:
        stop = start + limit + 2
        found = as_cells(text, start, stop)
        cells = found.groups(b"") if found else ()
        if not (found := found or as_row(text, start, stop)) or (end := found.end()) == len(text):
            return
        data = text[start:end].rstrip(b"\r\n")
        if len(data) > limit:
            return
        offset = window.offset
        window.at, window.offset = end, offset + end - start
        yield Row(offset, data, data, None, cells)
        start = end


def _row_end(window: Window, dialect: Dialect, limit: int) -> int:
    """Where the row ends, behind its line break; -1 for one that is misquoted, or longer than ``limit`` bytes.

    How much of it is at hand decides nothing, so that a file gives the same rows however it is cut.
    """
    while True:
        text, at = window.data, window.at
        stop = min(len(text), at + limit + 2)
        last = window.ended and stop == len(text)
        if found := (dialect.last if last else dialect.row).match(text, at, stop):
            return found.end()
        if last or stop == at + limit + 2 or (dialect.misquoted and dialect.misquoted.match(text, at, stop)):
            return -1
        window.grow()


def _broken_row(window: Window, table: Table, options: ReadOptions) -> Row:
    """A line that is too long; or a misquoted row, with the lines behind it up to the next that is a row."""
    offset, limit = window.offset, options.max_record_bytes
    gathered = Gathered(limit, options.reject_raw_bytes)
    _take_line(window, gathered)
    long = gathered.size > limit + 2  # with its line break
    lines = 1
    while not long:
        if window.at == len(window.data):
            if window.ended:
                break
            window.grow()
            continue
        # no rows, where rows have more cells than one; to look at each line would take minutes for a cell of 50 MB
        if len(table.columns) > 1 and (passed := table.dialect.prose.match(window.data, window.at)):
            text = window.data[window.at : passed.end()]
            lines += text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
            gathered.add(window.take(passed.end()))
            continue
        end = _row_end(window, table.dialect, limit)
        line = window.data[window.at : end].decode("utf-8", "replace").rstrip("\r\n")
        if end >= 0 and len(_split(line, table.dialect)) == len(table.columns):
            break
        _take_line(window, gathered)
        lines += 1
    raw = gathered.take_raw()
    more = f"; {lines} lines were left out" if lines > 1 else ""
    return Row(offset, raw, b"", too_large(options, raw) if long else Rejection("bad-csv", _MISQUOTED + more))


def _take_line(window: Window, gathered: Gathered) -> None:
    while not (found := _BREAK.search(window.data, window.at)) and not window.ended:
        gathered.add(window.take(max(window.at, len(window.data) - 1)))
        window.grow()
    gathered.add(window.take(found.end() if found else len(window.data)))


def _record_maker(
    table: Table, paths: FieldPaths, options: ReadOptions
) -> Callable[[Place, Row], Record | BrokenRecord]:
    # of columns with the same name the first counts
    known = {path.key for name in DEFAULT_FIELDS for path in getattr(paths, name)}
    wanted = {name: at for at, name in reversed(list(enumerate(table.columns))) if name in known}

    plain = bool(paths.plain) and paths.parsed.isdisjoint(wanted)
    # of those that are missing, what stands behind the cells
    pick = itemgetter(*(wanted.get(name, -1) for name in paths.plain)) if plain else tuple

    def to_record(place: Place, row: Row) -> Record | BrokenRecord:
        assert isinstance(row.raw, bytes)
        try:
            cells = _cells(row, table, options)
        except Rejection as rejection:
            return broken_record(place, rejection, raw_of(row.raw, options))
        if plain and (record := plain_record(place, row.raw, *pick([*cells, None]))):
            return record
        found = {name: cells[at] for name, at in wanted.items()}
        return object_record(paths, place, row.raw, found, True, options)

    return to_record


def _cells(row: Row, table: Table, options: ReadOptions) -> list[str]:
    """The text of a row's cells, as many as there are columns or more.

    Raises:
        Rejection: ``bad-csv``, ``bad-encoding`` or ``binary``.
    """
    data, found = row.data, row.cells
    if not found and b"\0" not in data and (match := table.cells.fullmatch(data)):
        found = match.groups(b"")
    if found:
        try:
            return [(plain + quoted).decode() for plain, quoted in zip(found[::2], found[1::2], strict=True)]
        except UnicodeDecodeError:
            pass
    assert isinstance(row.raw, bytes)
    cells, width = _split(_decode(data, row.raw, options), table.dialect), len(table.columns)
    if len(cells) != width and (len(cells) < width or any(cells[width:])):
        raise Rejection("bad-csv", f"{len(cells)} cells; the header has {width}")
    return cells


def _decode(data: bytes, raw: bytes, options: ReadOptions) -> str:
    """A row's text; where it is not what the file is in, as its own bytes have it.

    Raises:
        Rejection: ``bad-encoding`` or ``binary``.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = decode_text(raw, options.charset or None)
    if "\0" in text:
        raise Rejection("binary", f"NUL character at character {text.index(chr(0))}")
    return text


def _has_text(table: Table, paths: FieldPaths) -> bool:
    return any(path.key in table.columns for path in (*paths.text, *paths.html))


def _reject_file(
    window: Window, table: Table, paths: FieldPaths, path: str, options: ReadOptions, beginning: Gathered
) -> BrokenRecord:
    """The one reject for a file that has no column for text, once its rows are counted."""
    rows, broken = 0, ""
    try:
        for _ in _rows(window, table, options):
            rows += 1
    except Rejection as rejection:
        broken = f"; {rejection.detail}"
    shown = ", ".join(repr(name[:40]) for name in table.columns[:_SHOWN_COLUMNS])
    more = ", …" if len(table.columns) > _SHOWN_COLUMNS else ""
    names = " or ".join(key.key for key in (*paths.text, *paths.html))
    detail = f"no column {names}; present: {shown}{more}; {rows} rows were left out{broken}"
    return broken_record(Place(path), Rejection("missing-field", detail), window.take_whole(beginning))


def _rest_of_file(rejection: Rejection, window: Window, path: str, number: int, options: ReadOptions) -> BrokenRecord:
    """The one reject that stands for what could not be read, with the part of a row before the break."""
    if window.beginning:
        whole = window.take_whole(window.beginning)
        if isinstance(rejection, BrokenStream) and rejection.behind:
            whole = rejection.behind
        elif isinstance(rejection, BrokenStream) and whole.size:
            detail = f"{rejection.detail}; {whole.size} bytes and 0 whole rows were read before it"
            rejection = Rejection(rejection.reason, detail)
        return broken_record(Place(path), rejection, whole)
    offset = window.offset
    raw = window.broken.behind if window.broken else None
    raw = raw or raw_of(window.take(len(window.data)), options)
    if not window.offset or rejection.reason == "empty":
        return broken_record(Place(path), rejection, raw)
    detail = f"{rejection.detail}; {window.offset} bytes and {number} whole rows were read before it"
    return broken_record(Place(path, number, offset), Rejection(rejection.reason, detail), raw)


def row_starts(chunks: Iterator[bytes], options: ReadOptions, slice_bytes: int) -> Iterator[tuple[int, int]]:
    """Byte offset and number of the rows with which slices of at least ``slice_bytes`` begin."""
    head, chunks = peek(chunks, _SNIFFED_BYTES)
    window, last = Window(chunks, options.charset, 0), 0
    try:
        table = _begin(window, head, options)
        if not _has_text(table, compile_fields(options.fields)):
            return
        for number, row in enumerate(_rows(window, table, options)):
            if number and row.offset - last >= slice_bytes:
                last = row.offset
                yield row.offset, number
    except BrokenStream:
        raise
    except Rejection:
        return
