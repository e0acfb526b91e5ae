"""One document's way: from a record to a row of documents/, or to a row of rejects/.

``DocumentSteps.prepare`` is the whole of it: a function of one record and the options.  Batches and
streams (``transforms.prepare``, ``transforms.stage``) and notebooks call the same.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

from transforms.clean import CleanOptions, clean_text
from transforms.extract import ExtractOptions, Extractor, ExtractorUnavailable
from transforms.fields.urls import canonical_url, registered_domain
from transforms.identity import content_id, doc_id
from transforms.language import LanguageOptions, check_language, detect_language
from transforms.model import Article, CleanedText, Fields, Language, Place, Record, Rejection, RemovedSpan
from transforms.normalise import normalise_fields
from transforms.profile import load_profile
from transforms.quality import Quality, QualityOptions, assess_quality, check_quality
from transforms.read import BrokenRecord, SkippedPart
from transforms.reasons import REASONS


@dataclass(frozen=True)
class StepOptions:
    """What the steps of one document need to know; the same on every worker.

    Attributes:
        namespace: part of every doc_id (``input.namespace``).
        source: ``source`` of documents without a URL; empty: the name of their folder under the root.
        pipeline: version and fingerprint of config and rules, as it goes to the column ``pipeline``.
        reject_raw_bytes: how much of a rejected record rejects/ keeps.
    """

    namespace: str = ""
    source: str = ""
    pipeline: str = ""
    reject_raw_bytes: int = 64 * 1024
    extract: ExtractOptions = field(default_factory=ExtractOptions)
    clean: CleanOptions = field(default_factory=CleanOptions)
    language: LanguageOptions = field(default_factory=LanguageOptions)
    quality: QualityOptions = field(default_factory=QualityOptions)


@dataclass(frozen=True, slots=True)
class Document:
    """What becomes a row of documents/, and of removed/ for each span that cleaning took out."""

    doc_id: str
    content_id: str
    source: str
    source_id: str | None
    place: Place
    cleaned: CleanedText
    fields: Fields
    language: Language
    quality: Quality
    pipeline: str

    def row(self) -> dict[str, Any]:
        """Values by column of ``transforms.schema.PREPARED``."""
        known, spoken, place = self.fields, self.language, self.place
        published = known.published
        row: dict[str, Any] = {name: getattr(known, name) for name in _PLAIN_FIELDS}
        row.update(
            doc_id=self.doc_id,
            content_id=self.content_id,
            source_id=self.source_id,
            source=self.source,
            text=self.cleaned.text,
            language=spoken.code,
            language_confidence=round(spoken.confidence, 4),
            script=spoken.script,
            languages=[{"code": s.code, "share": round(s.share, 4)} for s in spoken.mixed],
            language_note=spoken.note,
            published_at=published and published.at,
            published_precision=published and published.precision,
            published_from=published and published.evidence,
            published_raw=published and published.raw,
            modified_at=known.modified and known.modified.at,
            fetched_at=known.fetched and known.fetched.at,
            word_count=self.quality.word_count,
            char_count=len(self.cleaned.text),
            quality={name: getattr(self.quality, name) for name in _QUALITY_FIELDS},
            input_path=place.path,
            input_record=place.record,
            input_offset=place.offset,
            pipeline=self.pipeline,
            removed=[_span(s) for s in self.cleaned.removed],
        )
        return row


_PLAIN_FIELDS = [name for name in Fields.__struct_fields__ if name not in ("published", "modified", "fetched")]
_QUALITY_FIELDS = [f.name for f in fields(Quality)]


def _span(span: RemovedSpan) -> dict[str, Any]:
    return {
        "line": span.line,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "kind": span.kind,
        "rule": span.rule,
        "score": round(span.score, 4),
    }


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document's text before cleaning, and where it comes from."""

    source: str
    text: str
    article: Article | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """What becomes a row of rejects/."""

    doc_id: str
    broken: BrokenRecord

    def row(self) -> dict[str, Any]:
        """Values by column of ``transforms.schema.REJECTS``."""
        broken, stage = self.broken, REASONS[self.broken.reason].stage
        by_choice = stage in ("language", "quality")
        return {
            "doc_id": self.doc_id,
            "source_id": broken.source_id,
            "input_path": broken.place.path,
            "input_record": broken.place.record,
            "input_offset": broken.place.offset,
            "stage": stage,
            "reason": broken.reason,
            "detail": broken.detail,
            "raw": None if by_choice else broken.raw,
            "raw_bytes": broken.raw_bytes,
            "raw_checksum": broken.checksum,
        }


class DocumentSteps:
    """The steps up to quality, with what they hold open: a child process that extracts pages.

    Use as a context manager, or call :meth:`close`.
    """

    def __init__(self, options: StepOptions):
        self.options = options
        self._extractor = Extractor(options.extract)
        self._profile = load_profile(options.clean.profile) if options.clean.profile else None

    def __enter__(self) -> DocumentSteps:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._extractor.close()

    def prepare(self, item: Record | BrokenRecord) -> Document | Rejected:
        """The document that a record becomes, or the reason why it becomes none.

        Nothing is raised for a bad record: what no step foresaw is a reject, too, with reason ``error``.

        Raises:
            ExtractorUnavailable: this machine cannot extract any page at all.
        """
        namespace = self.options.namespace
        if isinstance(item, BrokenRecord):
            return Rejected(doc_id(namespace, item.place, item.source_id), item)
        try:
            return self._document(item)
        except Rejection as rejection:
            return self._reject(item, rejection)
        except ExtractorUnavailable:
            raise
        except Exception as error:
            return self._reject(item, Rejection("error", _describe(error)))

    def read_text(self, item: Record | BrokenRecord | SkippedPart) -> SourceText | None:
        """The text of a record before cleaning, with its source; None for what cannot be read.

        Raises:
            ExtractorUnavailable: this machine cannot extract any page at all.
        """
        if not isinstance(item, Record):
            return None
        try:
            return self._source_text(item)
        except ExtractorUnavailable:
            raise
        except Exception:  # prepare() tells why, in rejects/
            return None

    def _source_text(self, record: Record) -> SourceText:
        article = None
        if record.kind == "html":
            article = self._extractor.extract(record.content, url=record.fields.url, charset=record.charset)
        urls = (record.fields.url, article.fields.url if article else None)
        url = next((known for url in urls if url and (known := canonical_url(url))), None)
        text = article.text if article else str(record.content)  # readers decode what is no page
        return SourceText(self._source(record.place, url), text, article)

    def _document(self, record: Record) -> Document:
        options = self.options
        read = self._source_text(record)
        article = read.article
        known_title = record.fields.title or (article.fields.title if article else None)
        known_lines = self._profile.sources.get(read.source) if self._profile else None
        cleaned = clean_text(read.text, title=known_title, options=options.clean, known=known_lines)
        if not cleaned.text:
            raise Rejection("clean/empty" if cleaned.removed else "empty", f"{len(cleaned.removed)} lines, all noise")
        known = normalise_fields(record.fields, article.fields if article else None, cleaned.fields)
        language = detect_language(cleaned.text, title=known.title, options=options.language)
        check_language(language, options.language)
        quality = assess_quality(cleaned.text, language.code)
        check_quality(quality, options.quality)
        return Document(
            doc_id=doc_id(options.namespace, record.place, record.source_id, known.url),
            content_id=content_id(known.title, cleaned.text),
            source=read.source,
            source_id=record.source_id,
            place=record.place,
            cleaned=cleaned,
            fields=known,
            language=language,
            quality=quality,
            pipeline=options.pipeline,
        )

    def _source(self, place: Place, url: str | None) -> str:
        folder = place.path.rpartition("/")[0].rpartition("/")[2]
        return (registered_domain(url) if url else None) or self.options.source or folder or "unknown"

    def _reject(self, record: Record, rejection: Rejection) -> Rejected:
        url = canonical_url(record.fields.url) if record.fields.url else None
        raw = bytes(record.raw)  # that of a row of a table is made only here
        broken = BrokenRecord(
            place=record.place,
            reason=rejection.reason,
            detail=rejection.detail,
            raw=raw[: self.options.reject_raw_bytes],
            raw_bytes=len(raw),
            checksum=blake2b(raw, digest_size=16).hexdigest(),
            source_id=record.source_id,
        )
        return Rejected(doc_id(self.options.namespace, record.place, record.source_id, url), broken)


def _describe(error: Exception) -> str:
    """What an unforeseen error was and where: one line that is the same on every machine."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {str(error)[:300]}{where}"
