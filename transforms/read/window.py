"""A stream of bytes in UTF-8, whatever the file is in, for formats whose records do not end at lines."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from transforms.read.charset import codec_name, wide_charset
from transforms.read.model import Gathered, Raw, ReadOptions, Slice
from transforms.read.streams import HEAD, BrokenStream, peek

# A byte that is no text stands in text as this code point and its value: half of a pair, which no text has alone.
_ESCAPE = 0xDC00
_ESCAPED = re.compile("([\udc00-\udcff]+)")
_BYTES = {_ESCAPE + byte: chr(byte) for byte in range(256)}
_BOM = codecs.BOM_UTF8


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return "".join(chr(_ESCAPE + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("newsloom-escape", _escape)


def decode_all(data: bytes) -> str:
    """UTF-8 as text, out of which :func:`encode_all` makes the same bytes, whatever is in them."""
    return data.decode("utf-8", "newsloom-escape")


def encode_all(text: str, charset: str = "utf-8") -> bytes:
    """The bytes that were decoded, with ``newsloom-escape`` for errors, as ``text``."""
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        parts = _ESCAPED.split(text)
        return b"".join(
            part.translate(_BYTES).encode("latin-1") if odd % 2 else _encode_text(part, charset)
            for odd, part in enumerate(parts)
        )


def charset_of(slice: Slice, options: ReadOptions) -> str:
    """The charset for the window of a slice.  What is cut is not UTF-16 or UTF-32: the plan saw more of the file."""
    return options.charset or ("" if slice.end is None else "utf-8")


def _encode_text(text: str, charset: str) -> bytes:
    """What can be encoded; some codecs decode what they do not encode again, for which a byte stands."""
    return text.encode(charset, "surrogatepass" if charset.startswith("utf") else "replace")


class Window:
    """What is at hand of a stream, in UTF-8.

    Args:
        chunks: the stream.
        charset: as the user states it; empty: UTF-16 or UTF-32 as its first bytes say, else what holds ASCII as it is.
        offset: of its first byte in the file.
        beginning: as the attribute.

    Attributes:
        data: what was read and not dropped: as it came, or out of the charset that was stated or that its first bytes
            say.
        at: where in it the next record begins.
        offset: byte offset of that place in the file.
        passed: the place in it up to which what a reader looks for is known not to be.
        recoded: whether ``data`` are not the file's own bytes.
        ended: whether there is no more.
        broken: what broke it off, once it has ended.
        beginning: gets the file's own bytes as they come in, as long as it is there: of a file of which it is not
            known yet whether it is what it should be.
    """

    def __init__(self, chunks: Iterator[bytes], charset: str, offset: int, beginning: Gathered | None = None):
        self.beginning = beginning
        head, self._chunks = peek(self._gathering(chunks) if beginning else chunks, HEAD)
        charset = (wide_charset(head, charset) if not offset else "") or codec_name(charset or "utf-8")
        if charset.startswith(("utf-16", "utf-32")) and (offset or head.startswith(_BOM)):
            charset = "utf-8"  # not what was stated: its first bytes say so, or that it was cut
        self._charset = "" if charset in ("utf-8", "utf-8-sig") else charset
        self._own = bytearray()  # the file's own bytes from ``offset`` on, where ``data`` are not
        if self._charset:
            self._chunks = _recoded(self._chunks, self._charset, self._own)
        self.recoded = bool(self._charset)
        self.data, self.at, self.passed, self.offset = b"", 0, 0, offset
        self.ended, self.broken = False, None  # type: bool, BrokenStream | None
        self.grow()
        if not offset and self.data.startswith(_BOM):
            self.take(len(_BOM))

    def _gathering(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.beginning:
                self.beginning.add(chunk)
            yield chunk

    def take_whole(self, beginning: Gathered) -> Raw:
        """The file, whose ``beginning`` is not what it should be, once it is read to its end."""
        while not self.ended:
            self.take(len(self.data))
            self.grow()
        return beginning.take_raw()

    def grow(self) -> None:
        """Reads on, until twice as much is at hand, or to the end.  What stands before ``at`` is dropped."""
        parts, held = [self.data[self.at :]], 0
        self.passed = max(self.passed - self.at, 0)
        wanted = max(len(parts[0]), 1)
        while held < wanted and not self.ended:
            try:
                chunk = next(self._chunks, None)
            except BrokenStream as error:
                chunk, self.broken = None, error
            self.ended = chunk is None
            parts.append(chunk or b"")
            held += len(parts[-1])
        self.data, self.at = b"".join(parts), 0

    def take(self, end: int, size: int | None = None) -> bytes:
        """The file's own bytes up to a place in ``data``, where the next record begins; only the first ``size``."""
        while self._charset and end < len(self.data) and self.data[end] & 0xC0 == 0x80:
            end -= 1  # not within a character
        at, self.at = self.at, end
        if not self._charset:
            self.offset += end - at
            return self.data[at : end if size is None else at + size]
        # some characters have two codes, but both are of one length
        length = len(self._own) if self.ended and end == len(self.data) else len(self._encode(self.data[at:end]))
        whole = bytes(self._own[:length])
        del self._own[:length]
        self.offset += length
        return whole if size is None else whole[: len(self._encode(self.data[at : at + size]))]

    def _encode(self, data: bytes) -> bytes:
        return encode_all(data.decode("utf-8", "surrogatepass"), self._charset)


def _recoded(chunks: Iterator[bytes], charset: str, own: bytearray) -> Iterator[bytes]:
    """The stream in UTF-8; bytes that are no text stand in it so that they are none there either.

    What comes in is added to ``own``.
    """
    decoder = codecs.getincrementaldecoder(charset)("newsloom-escape")
    try:
        for chunk in chunks:
            own += chunk
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    except BrokenStream:
        yield decoder.decode(b"", True).encode("utf-8", "surrogatepass")
        raise
    yield decoder.decode(b"", True).encode("utf-8", "surrogatepass")
