"""The data contract, version 1: the Arrow schemas of documents/, removed/ and rejects/.

``tests/contract/*.txt`` hold the same schemas as text; a test keeps the two in step.  A column's meaning
stands in its metadata and goes into the files, so that a reader of the Parquet has it at hand.
"""

from __future__ import annotations

from typing import get_args, get_type_hints

import pyarrow as pa

from transforms.quality import Quality

CONTRACT_VERSION = "1"

_string, _int64, _float = pa.string(), pa.int64(), pa.float64()
_instant = pa.timestamp("us", tz="UTC")
_strings = pa.list_(pa.field("item", _string, nullable=False))
_shares = pa.list_(
    pa.field(
        "item",
        pa.struct([pa.field("code", _string, nullable=False), pa.field("share", _float, nullable=False)]),
        nullable=False,
    )
)


_ARROW = {bool: pa.bool_(), int: pa.int32(), float: _float}


def _struct_of(dataclass: type) -> pa.StructType:
    """The struct for a dataclass of numbers; ``int | None`` becomes a nullable field."""
    struct = []
    for name, hint in get_type_hints(dataclass).items():
        kinds = get_args(hint) or (hint,)
        struct.append(pa.field(name, _ARROW[kinds[0]], nullable=type(None) in kinds))
    return pa.struct(struct)


def column(name: str, kind: pa.DataType, meaning: str, nullable: bool = True) -> pa.Field:
    """A column of a table; ``meaning`` stands in the file for who reads it."""
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


DOCUMENTS = pa.schema(
    [
        column("doc_id", _string, "32 hex digits: hash of namespace and own id, else canonical URL, else path", False),
        column("content_id", _string, "32 hex digits: hash of title and text after cleaning", False),
        column("source_id", _string, "the record's own id"),
        column("source", _string, "registered domain of the URL, else input.source, else folder, else unknown", False),
        column("site_name", _string, "name of the site, as the page gives it"),
        column("url", _string, "canonical URL"),
        column("title", _string, "title; one that stood in the text is lifted out of it"),
        column("description", _string, "summary that the page gives of itself"),
        column("section", _string, "section of the site"),
        column("text", _string, "clean text; paragraphs separated by one newline", False),
        column("language", _string, "ISO 639-1, else 639-3, or und", False),
        column("language_confidence", _float, "calibrated probability that language is right, 0 to 1", False),
        column("script", _string, "ISO 15924 code of the main script"),
        column("languages", _shares, "languages and their shares, where the text is in more than one", False),
        column("language_note", _string, "why language is und"),
        column("declared_language", _string, "language that the page or record declares"),
        column("published_at", _instant, "when published; midnight UTC of the day where only the day is known"),
        column("published_precision", _string, "day, minute or second"),
        column("published_from", _string, "the evidence that gave published_at"),
        column("published_raw", _string, "the date as found, with its offset"),
        column("modified_at", _instant, "when last modified"),
        column("fetched_at", _instant, "when fetched"),
        column(
            "authors",
            _strings,
            "people who wrote it; of a page that names none, the organisation that it gives as its author",
            False,
        ),
        column("agencies", _strings, "wire services, by canonical name", False),
        column("photo_credits", _strings, "credits of pictures", False),
        column("tags", _strings, "keywords", False),
        column("dateline", _string, "place of the dateline, which stays in the text"),
        column("paywalled", pa.bool_(), "true where the page shows a teaser only"),
        column("word_count", pa.int32(), "words of text, by Unicode segmentation", False),
        column("char_count", pa.int32(), "code points of text", False),
        column("quality", _struct_of(Quality), "signals that quality filters look at", False),
        column("cluster_id", _string, "cluster of near duplicates and shared copy"),
        column("duplicate_of", _string, "doc_id of the document that this one repeats"),
        column("relation", _string, "how it repeats it"),
        column("similarity", _float, "how much of it, 0 to 1"),
        column("version_of", _string, "doc_id of the story that this is a version of"),
        column("input_path", _string, "input file, under input.root", False),
        column("input_record", _int64, "number of the record in the file, from 0"),
        column("input_offset", _int64, "byte offset of the record in the decompressed file"),
        column("pipeline", _string, "version and fingerprint of config and rules that made the row", False),
    ]
)


REMOVED = pa.schema(
    [
        column("doc_id", _string, "the document", False),
        column("line", pa.int32(), "number of the line in N(raw), from 0", False),
        column("start", pa.int32(), "first character in that line", False),
        column("end", pa.int32(), "character behind the last", False),
        column("text", _string, "what was taken out", False),
        column("kind", _string, "what it is: byline, caption, ticker, …", False),
        column("rule", _string, "id of the rule that took it", False),
        column("score", _float, "how sure the rule is, 0 to 1", False),
    ]
)

REJECTS = pa.schema(
    [
        column("doc_id", _string, "the doc_id that the record has, or would have had", False),
        column("source_id", _string, "the record's own id"),
        column("input_path", _string, "input file, under input.root", False),
        column("input_record", _int64, "number of the record in the file, from 0"),
        column("input_offset", _int64, "byte offset of the record in the decompressed file"),
        column("stage", _string, "the step that decided", False),
        column("reason", _string, "code of transforms/reasons.py", False),
        column("detail", _string, "what was found, for a person", False),
        column("raw", pa.binary(), "bytes as received, up to input.reject_raw_bytes; null where rejected by choice"),
        column("raw_bytes", _int64, "how many bytes there were"),
        column("raw_checksum", _string, "32 hex digits: BLAKE2b-128 of all of them"),
    ]
)

# What a document is while it is staged or held back: its row, and the spans that cleaning removed.
SPAN = pa.struct([field.remove_metadata() for field in REMOVED if field.name != "doc_id"])
PREPARED = DOCUMENTS.append(pa.field("removed", pa.list_(pa.field("item", SPAN, nullable=False)), nullable=False))


def file_metadata() -> dict[str, str]:
    """Key-value metadata of every published Parquet file."""
    return {"newsloom.contract_version": CONTRACT_VERSION}
