"""Every reason why a record is not in documents/, in one place.

The code is the counter's name, the value of ``rejects.reason`` and what tests assert: one string for all
three.  The stage is the step that decides.  A code, once published, keeps its meaning.
"""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    stage: str
    meaning: str


REASONS: dict[str, Reason] = {
    # read
    "unreadable": Reason("read", "the file could not be opened or read"),
    "not-a-file": Reason("read", "a folder, socket or other thing that matches the input pattern"),
    "bad-compression": Reason(
        "read", "the compressed data, or the archive, is broken or cut short; what stood before is kept"
    ),
    "unknown-format": Reason("read", "neither name nor content tell a format that is read; the detail says what it is"),
    "archive/bomb": Reason("read", "the data expands to more than input.max_ratio or max_archive_bytes allow"),
    "archive/encrypted": Reason("read", "the member of the archive is encrypted"),
    "archive/nested": Reason("read", "an archive in an archive: not unpacked"),
    "too-large": Reason("read", "the record is larger than input.max_record_bytes"),
    "bad-json": Reason("read", "a line, or an element of an array, that is not a JSON object; an array without end"),
    "bad-csv": Reason(
        "read", "a row of CSV with more or fewer cells than the header, or with a quote that is not closed"
    ),
    "bad-parquet": Reason(
        "read", "a Parquet file, or a row group of one, that is broken or cut short; the others are kept"
    ),
    "bad-arrow": Reason("read", "an Arrow file or stream, or a batch of one, that is broken; the others are kept"),
    "missing-field": Reason("read", "the record has neither of the fields that hold text or html"),
    "bad-field": Reason("read", "a field of the record has a type that it cannot have"),
    "bad-encoding": Reason("read", "the bytes are not text in the declared or any detected encoding"),
    "binary": Reason("read", "the bytes are not text at all: NUL bytes among them"),
    "empty": Reason("read", "no text: nothing but white space"),
    "bad-warc": Reason("read", "a WARC record whose headers or length are wrong, or bytes that are no WARC record"),
    "bad-http": Reason("read", "the body of an HTTP response cannot be decoded as its headers say"),
    # extract
    "extract/empty": Reason("extract", "the page has no main text"),
    "extract/limit": Reason("extract", "the page is over a limit of extract.*: bytes, tags, depth or attributes"),
    "extract/timeout": Reason("extract", "extraction took longer than extract.timeout_s and was stopped"),
    "extract/crash": Reason("extract", "the extractor's process died on this page, or ran out of its memory"),
    "extract/error": Reason("extract", "the extractor raised an error on this page"),
    # clean
    "clean/empty": Reason("clean", "cleaning left no text: every line was noise"),
    # any step: a defect of newsloom, reported, not lost
    "error": Reason("any", "a step raised an unexpected error on this record; detail names it"),
    # language
    "language/not-wanted": Reason("language", "the language is not in language.keep"),
    "language/low-confidence": Reason("language", "the confidence is under language.min_confidence"),
    "language/undetermined": Reason("language", "no language could be told, and language.undetermined is reject"),
    # quality
    "quality/length": Reason("quality", "fewer or more words than quality.* allows"),
    "quality/repetition": Reason("quality", "lines, paragraphs or n-grams repeat more than quality.* allows"),
    "quality/symbols": Reason("quality", "too many symbols, bullets or ellipses, or too few letters"),
    "quality/stop-words": Reason("quality", "too few of the language's most common words"),
    "quality/prose": Reason("quality", "too few lines that end as sentences do"),
    # duplicates
    "duplicate/exact": Reason("deduplicate", "another document has the same title and text (same content_id)"),
    "superseded": Reason("deduplicate", "a newer version of the same document (same doc_id) is kept"),
}

# Parts of containers that are no documents and were never to be: counted in ``skipped``, and in no table.
SKIPPED: dict[str, str] = {
    "skipped/folder": "a folder in an archive",
    "skipped/hidden": "a hidden file in an archive: its name, or a folder's, begins with a dot or is __MACOSX",
    "skipped/link": "a link, device or pipe in an archive",
    "skipped/warcinfo": "a WARC record about the file",
    "skipped/request": "a WARC record of what the crawler asked for",
    "skipped/metadata": "a WARC record of what the crawler noted, as all those of WAT files",
    "skipped/revisit": "a WARC record of a page that was the same at an earlier visit",
    "skipped/continuation": "a WARC record that goes on with another, in another file",
    "skipped/record-type": "a WARC record of a type that the standard does not have",
    "skipped/not-http": "a WARC response of another protocol, as of DNS",
    "skipped/status": "an HTTP redirection, error or part of a page (its status is not 200 or 203)",
    "skipped/not-html": "an HTTP response or other WARC record that holds no page, as an image",
}
