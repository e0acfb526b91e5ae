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
    "bad-compression": Reason("read", "the compressed data is broken or cut short; what stood before is kept"),
    "too-large": Reason("read", "the record is larger than input.max_record_bytes"),
    "bad-json": Reason("read", "the line is not a JSON object"),
    "missing-field": Reason("read", "the record has neither of the fields that hold text or html"),
    "bad-field": Reason("read", "a field of the record has a type that it cannot have"),
    "bad-encoding": Reason("read", "the bytes are not text in the declared or any detected encoding"),
    "binary": Reason("read", "the bytes are not text at all: NUL bytes among them"),
    "empty": Reason("read", "no text: nothing but white space"),
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
SKIPPED: dict[str, str] = {}
