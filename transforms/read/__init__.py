"""Reading: from input files to records, in two steps that the plan and the work units call.

:func:`cut_file` tells a file's format and cuts it into slices; :func:`read_slice` gives the records of one.
Both open files with a function that the caller passes, so nothing here knows a filesystem.

What a reader guarantees, for every format:

- Nothing raises for what is in a file, and nothing is left out: what is no Record is a BrokenRecord, and what is no
  document (a request in a WARC file) a SkippedPart.
  Blank lines, and separated documents of nothing but white space, are no records, but are counted in the
  numbers of those behind them.
- How a file is cut changes no record, place or order.
- ``record`` is the number of the line (from 0, blank ones included: ``sed -n '8p'`` shows record 7), or of the
  document between separators, the row of a table (without the header of CSV), or the element of a JSON array;
  ``offset`` the byte offset of its first byte in the decompressed file.  A file
  that is one document has neither.  In WARC files they are those of WARC records, and the offset in a ``.warc.gz`` is
  that of the gzip member in the stored file (``transforms.read.warc``); Parquet and Arrow have none.
- Memory is bounded by ``ReadOptions.max_record_bytes`` (once as bytes, once as text) and some chunks of 256 KiB.
"""

from __future__ import annotations

from collections.abc import Iterator

from transforms.model import Record
from transforms.read.archives import read_tar, read_zip
from transforms.read.arrow import read_arrow
from transforms.read.csv_rows import read_csv
from transforms.read.cut import cut_file
from transforms.read.documents import read_html, read_text, read_texts, read_unknown
from transforms.read.json_array import read_json
from transforms.read.json_lines import read_json_lines
from transforms.read.model import BrokenRecord, InputFile, ReadOptions, SkippedPart, Slice
from transforms.read.parquet import read_parquet
from transforms.read.streams import OpenFile
from transforms.read.warc import read_warc

__all__ = [
    "READERS",
    "BrokenRecord",
    "InputFile",
    "OpenFile",
    "ReadOptions",
    "SkippedPart",
    "Slice",
    "cut_file",
    "read_slice",
]

READERS = {
    "text": read_text,
    "html": read_html,
    "lines": read_texts,
    "separated": read_texts,
    "jsonl": read_json_lines,
    "json": read_json,
    "csv": read_csv,
    "zip": lambda slice, options, open_file: read_zip(slice, options, open_file, read_slice),
    "tar": lambda slice, options, open_file: read_tar(slice, options, open_file, read_slice),
    "parquet": read_parquet,
    "arrow": read_arrow,
    "warc": read_warc,
    "unknown": read_unknown,
}


def read_slice(
    slice: Slice, options: ReadOptions, open_file: OpenFile
) -> Iterator[Record | BrokenRecord | SkippedPart]:
    """The records of a slice, in the order of the file.

    Args:
        slice: as :func:`cut_file` gave it, with the same options.
        open_file: gives the stored bytes for a file's ``url``, as a binary file.

    Raises:
        ConnectionError, TimeoutError: as they come from ``open_file`` or from reading: the network failed and
            not the file, so the slice has to be read again.
    """
    return READERS[slice.format](slice, options, open_file)
