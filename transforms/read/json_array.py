"""JSON that is no file of lines: an array of objects, one under a key, and objects one behind the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from transforms.model import Place, Record, Rejection
from transforms.read.charset import decode_declared
from transforms.read.json_lines import compile_fields, json_record, json_type, object_record, parse_int
from transforms.read.model import BrokenRecord, Gathered, Raw, ReadOptions, Slice, broken_record, raw_of, too_large
from transforms.read.split import one_by_one, split_chunks
from transforms.read.streams import HEAD, BrokenStream, OpenFile, peek, read_chunks
from transforms.read.window import Window, charset_of, decode_all, encode_all

# an array, or an object whose keys stand on lines of their own
_ARRAY = re.compile(rb"\s*\[")
_SPREAD = re.compile(rb"\s*\{[ \t]*\r?\n")

_BETWEEN = re.compile(rb"[\s,\[\]]*")
_BETWEEN_INSIDE = re.compile(rb"[\s,]*")
_SPACE = re.compile(rb"\s*")
_ANYTHING = re.compile(b".*", re.DOTALL)
_LONGEST_KEY = 10_000
_KEY = re.compile(rb'\s*,?\s*"((?:[^"\\]|\\.)*)"\s*:\s*(?=\S)', re.DOTALL)

# Behind a broken element the next is taken to begin where an object does behind another, with so much white space.
_NEXT = re.compile(rb'(?<=\})\s{0,100},?\s{0,100}(?=\{\s{0,100}["}])')
_NEXT_BYTES = 400

# The end of an object that another follows.  Where what ends so is an object, it is the element: nothing that JSON
# begins with is JSON, too.  So many such ends are tried, those of objects in it among them.
_END = re.compile(rb"\}\s*+,?\s*+\{")
_TRIES = 16
_parse_fast = msgspec.json.Decoder().decode

# Else the json module parses it, which tells where it ends, out of so much, or four times as much, or ….
_FIRST_BYTES = 4096
# Of an error this near to the end of what was read, what follows may be the cause.
_NEAR_END = 20

_scan = json.JSONDecoder(parse_int=parse_int).raw_decode


class _Broken(Exception):
    """A value that cannot be parsed.

    Args:
        message: why, in the words of the json module.
        at: where in the window.
        cut: whether the end of what may be looked at can be the cause.
    """

    def __init__(self, message: str, at: int, cut: bool):
        super().__init__(message)
        self.message, self.at, self.cut = message, at, cut


class Element(msgspec.Struct, frozen=True, gc=False):
    """A value of an array, or an object at the top.

    Attributes:
        offset: of its first byte in the file.
        raw: its bytes; behind a broken one up to the next, which it cannot be told from.
        value: what it is, if it is not broken.
        strict: whether all strings in it are known to be Unicode text.
        rejection: why it is broken.
    """

    offset: int
    raw: bytes | Raw
    value: Any
    strict: bool
    rejection: Rejection | None


def read_json(slice: Slice, options: ReadOptions, open_file: OpenFile) -> Iterator[Record | BrokenRecord]:
    """The objects of a JSON file, each a record: of an array, of the array at ``json_path``, or at its top.

    A file with an object on each line is read as JSON Lines, but for ``json_path``.
    """
    path, keep, paths = slice.file.path, options.reject_raw_bytes, compile_fields(options.fields)
    head, chunks = peek(read_chunks(slice.file, open_file, keep, max_ratio=options.max_ratio), HEAD)
    if slice.start:
        at = slice.start, slice.end, slice.entry
        chunks = read_chunks(slice.file, open_file, keep, *at, max_ratio=options.max_ratio)
    elif slice.end is not None:
        chunks = read_chunks(slice.file, open_file, keep, 0, slice.end, slice.entry, options.max_ratio)
    elif not holds_elements(head, options):
        for item in one_by_one(split_chunks(chunks, msgspec.structs.replace(slice, format="jsonl"), options)):
            yield item if isinstance(item, BrokenRecord) else json_record(paths, item, options)
        return
    beginning = Gathered(0, keep) if options.json_path and not slice.start else None
    window, number = Window(chunks, charset_of(slice, options), slice.start, beginning), slice.first_record
    closes = slice.end is None and (bool(options.json_path) or _is_array(head, options))
    try:
        for element in _elements(window, options, slice.start == 0, closes):
            place = Place(path, number, element.offset)
            number += 1
            if element.rejection:
                raw = raw_of(element.raw, options) if isinstance(element.raw, bytes) else element.raw
                yield broken_record(place, element.rejection, raw)
            else:
                assert isinstance(element.raw, bytes)
                yield object_record(paths, place, element.raw, element.value, element.strict, options)
    except Rejection as rejection:
        place = Place(path, number, window.offset) if number else Place(path)
        detail = f"{rejection.detail}; {number} elements were read before it" if number else rejection.detail
        behind = window.broken.behind if window.broken else None
        if window.beginning and not (isinstance(rejection, BrokenStream) and behind):
            raw = window.take_whole(window.beginning)
        else:
            raw = behind or raw_of(window.take(len(window.data)), options)
        yield broken_record(place, Rejection(rejection.reason, detail), raw)


def holds_elements(head: bytes, options: ReadOptions) -> bool:
    """Whether JSON that begins so is read by elements, not by lines."""
    return bool(options.json_path) or _is_array(head, options) or bool(_SPREAD.match(_begin(head, options)))


def _is_array(head: bytes, options: ReadOptions) -> bool:
    return _ARRAY.match(_begin(head, options)) is not None


def _begin(head: bytes, options: ReadOptions) -> bytes:
    window = Window(iter([head]), options.charset, 0)
    return window.data[window.at :]


def element_starts(chunks: Iterator[bytes], options: ReadOptions, slice_bytes: int) -> Iterator[tuple[int, int]]:
    """Byte offset and number of the elements with which slices of at least ``slice_bytes`` begin."""
    last = 0
    try:
        for number, element in enumerate(_elements(Window(chunks, options.charset, 0), options, True, False)):
            if number and element.offset - last >= slice_bytes:
                last = element.offset
                yield element.offset, number
    except BrokenStream:
        raise
    except Rejection:
        return


def _elements(window: Window, options: ReadOptions, first: bool, closes: bool) -> Iterator[Element]:
    """The elements of a file, or of a part of it that begins with one.

    Args:
        first: whether it is the file's beginning.
        closes: whether the end of an array has to come.

    Raises:
        Rejection: what stands for the rest, behind the last element: the stream broke off, or the array has no end.
    """
    between = _BETWEEN
    if options.json_path:
        between = _BETWEEN_INSIDE
        if first:
            _enter(window, options)
            window.beginning = None
    while True:
        closed = _pass(between, window)
        if options.json_path and window.data.startswith(b"]", window.at):
            closed = True
            _pass(_ANYTHING, window)
        if window.at == len(window.data):
            break
        if not window.recoded:
            yield from _plain_objects(window, options.max_record_bytes)
        element = _element(window, options)
        if element.rejection and window.broken and window.at == len(window.data):
            break
        yield element
        if element.rejection and window.at == len(window.data):
            return  # it runs to the end, whatever is in it
    if window.broken:
        raise window.broken
    if closes and not closed:
        raise Rejection("bad-json", "the array is cut short: it has no end")


def _plain_objects(window: Window, limit: int) -> Iterator[Element]:
    """The objects from the window's place on that are whole and have another behind them, up to one that has to be
    looked at; of a window that holds the file's own bytes.
    """
    data, start = window.data, window.at
    while data.startswith(b"{", start) and (found := _END.search(data, max(start, window.passed))):
        end, following = found.start() + 1, found.end() - 1
        raw = data[start:end]
        if len(raw) > limit:
            return
        try:
            value = _parse_fast(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        offset = window.offset
        window.at, window.offset = following, offset + following - start
        yield Element(offset, raw, value, True, None)
        start = following


def _pass(pattern: re.Pattern[bytes], window: Window) -> bool:
    """Goes over what matches; whether the end of an array is in it."""
    closed = False
    while True:
        found = pattern.match(window.data, window.at)
        end = found.end() if found else window.at
        closed = closed or b"]" in window.data[window.at : end]
        window.take(end)
        if end < len(window.data) or window.ended:
            return closed
        window.grow()


def _element(window: Window, options: ReadOptions) -> Element:
    offset, limit = window.offset, options.max_record_bytes
    try:
        value, end, strict = _parse(window, limit)
    except _Broken as error:
        message = f"{error.message}: byte {error.at - window.at}"
        rest = _rest_of_element(window, error.at, options)
        large = error.cut and rest.size > limit
        rejection = too_large(options, rest) if large else Rejection("bad-json", message)
        return Element(offset, rest, None, False, rejection)
    bad = None if strict else _bad_encoding(window.data[window.at : end])
    raw = window.take(end)
    if type(value) is not dict:
        bad = Rejection("bad-json", f"{json_type(value)} where an object should be")
    if len(raw) > limit:
        bad = too_large(options, raw_of(raw, options))
    return Element(offset, raw, value, strict, bad)


def _bad_encoding(data: bytes) -> Rejection | None:
    try:
        decode_declared(data, "utf-8", "as JSON is")
    except Rejection as rejection:
        return rejection
    return None


def _parse(window: Window, limit: int) -> tuple[Any, int, bool]:
    """The value that begins at the window's place, where it ends, and whether it is known to be Unicode text.

    How much of it is at hand decides nothing, so that a file gives the same elements however it is cut.

    Raises:
        _Broken: also for more than ``limit`` bytes, of which hardly more are looked at.
    """
    while window.data.startswith(b"{", window.at):
        data, start, tries = window.data, window.at, 0
        for found in _END.finditer(data, max(start, window.passed)):
            end = found.start() + 1
            if not tries:
                window.passed = found.start()
            tries += 1
            if tries > _TRIES or end - start > limit:
                break
            try:
                return _parse_fast(data[start:end]), end, True
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
            except RecursionError:  # with more behind it, it is as deep
                break
        if not tries:
            window.passed = max(data.rfind(b"}"), 0)
        if tries or window.ended or len(data) - start > limit:
            break
        window.grow()
    value, end = _parse_slowly(window, limit)
    return value, end, False


def _parse_slowly(window: Window, limit: int) -> tuple[Any, int]:
    start, most = window.at, limit + _NEAR_END
    size = min(_FIRST_BYTES, most)
    while True:
        while len(window.data) - start < size and not window.ended:
            window.grow()
            start = window.at
        text = decode_all(window.data[start : start + size])
        last = size == most or (window.ended and start + size >= len(window.data))
        try:
            value, end = _scan(text, 0)
            if last or end < len(text) or text[0] in '{["':
                end = len(encode_all(text[:end]))
                if end > limit:
                    raise _Broken("too long", start + limit, True)
                return value, start + end
            message, at = "", end  # a number may go on
        except json.JSONDecodeError as error:
            message, at = error.msg, error.pos
        except RecursionError:
            raise _Broken("nested too deeply", start + 1, False) from None
        in_string = message.startswith("Unterminated string")
        if last or (not in_string and at <= len(text) - _NEAR_END):
            place = len(encode_all(text[: at + in_string]))
            raise _Broken(message, start + min(place, limit), in_string or place > limit - _NEAR_END)
        size = min(4 * size, most)


def _rest_of_element(window: Window, at: int, options: ReadOptions) -> Raw:
    """The bytes of a broken element, up to the next that is found from ``at`` on."""
    gathered = Gathered(options.max_record_bytes, options.reject_raw_bytes)
    while not (found := _NEXT.search(window.data, at)) and not window.ended:
        kept = max(at, len(window.data) - _NEXT_BYTES)
        gathered.add(window.take(kept))
        window.grow()
        at = window.at
    gathered.add(window.take(found.end() if found else len(window.data)))
    return gathered.take_raw()


def _enter(window: Window, options: ReadOptions) -> None:
    """Goes to where the elements of the array at ``json_path`` begin.

    Raises:
        Rejection: there is none.
    """
    for step in options.json_path.split("."):
        _open(window, b"{", options)
        keys: list[str] = []
        while (key := _next_key(window)) != step:
            if key is None:
                present = ", ".join(repr(name[:40]) for name in keys[:8]) or "no key"
                raise window.broken or Rejection("bad-json", f"no {options.json_path} (json_path); present: {present}")
            keys.append(key)
            try:
                window.take(_parse(window, options.max_record_bytes)[1])
            except _Broken as error:
                raise window.broken or Rejection("bad-json", f"{error.message}: byte {window.offset}") from None
    _open(window, b"[", options)


def _open(window: Window, bracket: bytes, options: ReadOptions) -> None:
    _pass(_SPACE, window)
    if not window.data.startswith(bracket, window.at):
        kind = "object" if bracket == b"{" else "array"
        raise window.broken or Rejection(
            "bad-json", f"no {kind} at byte {window.offset}, for {options.json_path} (json_path)"
        )
    window.take(window.at + 1)


def _next_key(window: Window) -> str | None:
    while not (found := _KEY.match(window.data, window.at)):
        if window.ended or len(window.data) - window.at > _LONGEST_KEY:
            return None
        window.grow()
    window.take(found.end())
    try:
        return str(json.loads(b'"%b"' % found[1], strict=False))
    except ValueError:
        return found[1].decode("utf-8", "replace")
