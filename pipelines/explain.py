"""What the steps make of one record, ready to be shown: every line with what goes, fields with their evidence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from transforms.clean import clean_text, rebuild
from transforms.clean.dateline import find_dateline
from transforms.document import Document, DocumentSteps, Rejected, SourceText, StepOptions
from transforms.fields.agencies import find_agencies
from transforms.model import Article, CleanedText, Fields, Language, Record, Rejection, RemovedSpan, StatedDate
from transforms.normalise import normalise_fields
from transforms.profile import load_profile
from transforms.quality import Quality, QualityOptions, check_quality
from transforms.read import BrokenRecord
from transforms.reasons import REASONS

PRESETS = ("gopher", "c4", "fineweb")
# Of the raw record of a reject, this much is shown.
EXCERPT_CHARACTERS = 400
EXCERPT_LINES = 8
_UNITED = ("agencies", "photo_credits")  # fields that have what every source says, not what the first says
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff]")  # scripts that put no blanks between words
# What a field is looked for in first, in this order; elsewhere its words may stand by chance.
_LIKELY = {
    "title": ("title",),
    "authors": ("byline", "sign-off"),
    "agencies": ("sign-off", "source", "byline", "dateline", "credit", "caption", "legal"),
    "photo_credits": ("credit", "caption"),
    "published": ("date-line", "reading-time", "byline"),
    "modified": ("date-line", "byline"),
    "section": ("navigation",),
}
# What a person can do about a reject; where nothing stands here, the stage's advice holds.
ADVICE = {
    "unreadable": "check that the file is there and may be read",
    "not-a-file": "name the files, not the folder",
    "bad-compression": "fetch the file again; what stands before the break is read",
    "too-large": "raise input.max_record_bytes, or split the file: input.documents=line or separator",
    "bad-json": "each line must be one JSON object; where the file is no JSON Lines, set input.format",
    "missing-field": "say which keys hold the text or the page: --set 'input.fields={text: body, html: page}'",
    "bad-field": "say which key holds the text, the id or the date: --set 'input.fields={text: body}'",
    "bad-encoding": "say the encoding: --set input.charset=windows-1252",
    "binary": "it is no text; where it is text of another encoding, set input.charset, else leave the file out",
    "empty": "there is nothing in it; leave the file out",
    "extract/empty": "a list or front page, or one that scripts make, has no story; extract.min_chars is the limit",
    "extract/timeout": "raise extract.timeout_s",
    "clean/empty": "where a line is wrongly taken, keep its kind, as in --set 'clean.keep=[caption]'",
    "error": "this is a defect of newsloom: report it with the detail",
    "language/not-wanted": "add the language to language.keep",
    "language/low-confidence": "lower language.min_confidence",
    "language/undetermined": "set language.undetermined to keep",
}
STAGE_ADVICE = {
    "read": "look at the options input.*",
    "extract": "look at the options extract.*",
    "clean": "look at the options clean.*",
    "any": "report it with the detail",
    "language": "look at the options language.*",
    "quality": "a filter of quality.* that the config turns on; change its limit or leave it out",
    "deduplicate": "the other document is kept",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of N(raw) and what goes of it.

    Attributes:
        number: from 0, as in removed/.
        text: all of it.
        spans: what goes, in order.
    """

    number: int
    text: str
    spans: tuple[RemovedSpan, ...]

    @property
    def gone(self) -> bool:
        """Whether nothing stays of it."""
        return sum(span.end - span.start for span in self.spans) == len(self.text)

    def pieces(self) -> Iterator[tuple[str, RemovedSpan | None]]:
        """The line in parts that stay (None) or go; joined they are its text."""
        position = 0
        for span in self.spans:
            if span.start > position:
                yield self.text[position : span.start], None
            yield self.text[span.start : span.end], span
            position = span.end
        if position < len(self.text):
            yield self.text[position:], None


@dataclass(frozen=True, slots=True)
class Finding:
    """A field's value, as a string, and what states it."""

    name: str
    value: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the steps make of one record.

    Attributes:
        path: of the file, as it was named.
        record: its number in the file; None where the file is the record.
        kind: ``text`` or ``html``; empty for a record that could not be read.
        source: the column ``source``; empty for a reject.
        lines: N(raw) in order; of a reject as far as the steps came.
        findings: the fields.
        language: what the text is in; None where no step came that far.
        quality: the signals; None as for the language.
        filters: (preset, what it would not let pass) for each published set of filters that would reject the text.
        rejected: the reject; None for a document.
        excerpt: the beginning of the raw record, of a reject without lines.
    """

    path: str
    record: int | None
    kind: str
    source: str = ""
    lines: tuple[ShownLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    language: Language | None = None
    quality: Quality | None = None
    filters: tuple[tuple[str, str], ...] = ()
    rejected: Rejected | None = None
    excerpt: str = ""

    @property
    def kept_characters(self) -> int:
        return sum(len(text) for line in self.lines for text, span in line.pieces() if span is None)

    @property
    def characters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def explain(item: Record | BrokenRecord, options: StepOptions, path: str) -> Explanation:
    """The Explanation of a record, by the same steps as those of ``newsloom ingest``.

    Of a record that a filter of language or quality rejects, lines and fields are those without the filters.
    """
    with DocumentSteps(options) as steps:
        outcome, read = steps.prepare(item), steps.read_text(item)
    rejected = outcome if isinstance(outcome, Rejected) else None
    if rejected and read and REASONS[rejected.broken.reason].stage in ("language", "quality"):
        with DocumentSteps(_without_filters(options)) as steps:
            outcome = steps.prepare(item)
    shown = Explanation(path, item.place.record, item.kind if isinstance(item, Record) else "", rejected=rejected)
    if isinstance(outcome, Document) and isinstance(item, Record) and read:
        return _with_document(shown, item, read.article, outcome)
    if isinstance(item, Record) and read and rejected and rejected.broken.reason == "clean/empty":
        return replace(shown, lines=_lines(_all_noise(item, read, options)))
    return replace(shown, excerpt=_excerpt(item.raw))


def _all_noise(record: Record, read: SourceText, options: StepOptions) -> CleanedText:
    """What cleaning took of a text that it left nothing of, which is no document that could say so."""
    known_title = record.fields.title or (read.article.fields.title if read.article else None)
    profile = load_profile(options.clean.profile).sources if options.clean.profile else {}
    return clean_text(read.text, title=known_title, options=options.clean, known=profile.get(read.source))


def _without_filters(options: StepOptions) -> StepOptions:
    language = replace(options.language, keep=(), min_confidence=0.0, undetermined="keep")
    return replace(options, language=language, quality=QualityOptions())


def _with_document(shown: Explanation, record: Record, article: Article | None, document: Document) -> Explanation:
    lines = _lines(document.cleaned)
    return replace(
        shown,
        source=document.source,
        lines=lines,
        findings=tuple(_findings(record, article, document, lines)),
        language=document.language,
        quality=document.quality,
        filters=tuple(failing_filters(document.quality)),
    )


def _lines(cleaned: CleanedText) -> tuple[ShownLine, ...]:
    by_line = {
        number: tuple(sorted(spans, key=lambda span: span.start))
        for number, spans in itertools.groupby(cleaned.removed, key=lambda span: span.line)
    }
    rows = rebuild(cleaned.text, cleaned.removed)
    return tuple(ShownLine(number, row, by_line.get(number, ())) for number, row in enumerate(rows))


def _excerpt(raw: bytes) -> str:
    """The beginning of what came in, where it is fit to be read."""
    text = raw[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "replace")[:EXCERPT_CHARACTERS].strip()
    unfit = sum(not (c.isprintable() or c in "\n\r\t") or c == "\ufffd" for c in text)
    return "" if unfit > len(text) // 10 else "\n".join(text.splitlines()[:EXCERPT_LINES])


def failing_filters(quality: Quality) -> Iterator[tuple[str, str]]:
    """(preset, detail) for each limit of the published sets of filters that a text does not pass."""
    for preset in PRESETS:
        for name, limit in QualityOptions(presets=(preset,)).thresholds().items():
            try:
                check_quality(quality, QualityOptions(**{name: limit}))
            except Rejection as rejection:
                yield preset, rejection.detail


def _findings(
    record: Record, article: Article | None, document: Document, lines: Sequence[ShownLine]
) -> Iterator[Finding]:
    """The fields that the document has, each value with the source that states it."""
    sources = {"record": record.fields, "page": article.fields if article else Fields()}
    sources = {name: normalise_fields(stated, None, Fields()) for name, stated in sources.items()}
    of_page = dict(article.evidence) if article else {}

    def stated_by(name: str, value: Any) -> str:
        for source, stated in sources.items():
            held = getattr(stated, name)
            if held not in (None, ()) and (name not in _UNITED or value in held):
                return of_page.get(name, "page") if source == "page" else source
        return _stated_in_text(name, value, lines)

    for name in Fields.__struct_fields__:
        value = getattr(document.fields, name)
        for part in value if isinstance(value, tuple) else () if value is None else (value,):
            yield Finding(_COLUMNS.get(name, name), _written(part), stated_by(name, part))


_COLUMNS = {"published": "published_at", "modified": "modified_at", "fetched": "fetched_at"}


def _written(value: Any) -> str:
    if isinstance(value, StatedDate):
        return f"{_at(value.at, value.precision)} ({value.precision}, from {value.raw!r})"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at(at: datetime, precision: str) -> str:
    forms = {"day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M UTC"}
    return at.strftime(forms.get(precision, "%Y-%m-%d %H:%M:%S UTC"))


def _stated_in_text(name: str, value: Any, lines: Sequence[ShownLine]) -> str:
    """The line, and the rule that took it, which a field's value stands in; ``text`` where no line has its words."""
    likely = _LIKELY.get(name, ())

    def rank(kind: str) -> int:
        return likely.index(kind) if kind in likely else len(likely)

    spans = [span for line in lines for span in line.spans if name != "dateline"]
    stated = [(rank(span.kind), span.line, span.rule) for span in spans if _says(name, value, span.text)]
    number, said = _dateline(lines)
    if value in said:
        stated.append((rank("dateline"), number, "dateline"))
    if not stated and name == "agencies":  # a desk that signs without the agency's name: burs/kir/ami is AFP
        stated = [(0, span.line, span.rule) for span in spans if span.kind == "sign-off"]
    return "line {1}, {2}".format(*min(stated)) if stated else "text"


def _dateline(lines: Sequence[ShownLine]) -> tuple[int, list[Any]]:
    """The line with the dateline, which stays in the text, and what it says."""
    for line in lines:
        pairs = find_dateline("".join(text for text, span in line.pieces() if span is None))
        if pairs:
            return line.number, [value for _, value in pairs]
    return 0, []


def _says(name: str, value: Any, text: str) -> bool:
    """Whether the words of a field's value stand in ``text``, however they are parted there."""
    words = _WORD.findall((value.raw if isinstance(value, StatedDate) else str(value)).casefold())
    pattern = r"\W*".join(words)
    if pattern and not _UNSPACED.search(pattern):
        pattern = rf"(?<!\w){pattern}(?!\w)"
    found = bool(pattern and re.search(pattern, text.casefold()))
    return found or (name in _UNITED and value in find_agencies(text, photo=True))


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("s" if number != 1 else "")


def headline(explanation: Explanation) -> str:
    """Kind, and how much of the record stays, in a line."""
    shown = explanation
    if not shown.lines:
        return shown.kind or "cannot be read"
    gone = sum(line.gone for line in shown.lines)
    touched = sum(bool(line.spans) and not line.gone for line in shown.lines)
    parts = [
        shown.kind,
        f"{counted(len(shown.lines), 'line')}, {gone:,} taken out" + (f", {touched:,} in part" if touched else ""),
        f"{shown.kept_characters:,} of {shown.characters:,} characters stay",
    ]
    return " · ".join(parts)


def reject_rows(rejected: Rejected) -> list[tuple[str, str]]:
    """(name, text): why a record is no document, and what to do about it."""
    broken, reason = rejected.broken, REASONS[rejected.broken.reason]
    rows = [("rejected", f"{broken.reason}: {reason.meaning}")]
    if broken.detail:
        rows.append(("detail", broken.detail))
    return [*rows, ("what to do", ADVICE.get(broken.reason) or STAGE_ADVICE[reason.stage])]


def found_rows(explanation: Explanation) -> list[tuple[str, str, str]]:
    """(name, value, evidence): the fields, the language and the quality of a text."""
    rows = [(found.name, found.value, found.evidence) for found in explanation.findings]
    if explanation.source:
        rows.append(("source", explanation.source, ""))
    if explanation.language:
        rows.append(("language", _language(explanation.language), ""))
    quality = explanation.quality
    if quality:
        rows.append(("quality", f"{counted(quality.word_count, 'word')}, {counted(quality.sentences, 'sentence')}", ""))
        passed = [preset for preset in PRESETS if preset not in dict(explanation.filters)]
        rows += [("filters", f"{preset} would reject it: {detail}", "") for preset, detail in explanation.filters]
        rows += [("filters", f"{', '.join(passed)} would keep it", "")] if passed else []
    return rows


def _language(language: Language) -> str:
    parts = [f"{language.code} {language.confidence:.2f}"]
    if language.script:
        parts.append(language.script)
    if language.mixed:
        parts.append("mixed: " + ", ".join(f"{share.code} {share.share:.0%}" for share in language.mixed))
    elif language.alternatives:
        parts.append("or " + ", ".join(f"{other.code} {other.share:.2f}" for other in language.alternatives[:3]))
    if language.note:
        parts.append(language.note)
    return " · ".join(parts)


def as_json(explanation: Explanation) -> dict[str, Any]:
    """The same as a JSON object."""
    shown, rejected = explanation, explanation.rejected
    return {
        "path": shown.path,
        "record": shown.record,
        "kind": shown.kind or None,
        "status": "rejected" if rejected else "document",
        "rejected": rejected
        and {
            "stage": REASONS[rejected.broken.reason].stage,
            "reason": rejected.broken.reason,
            "detail": rejected.broken.detail,
            "advice": reject_rows(rejected)[-1][1],
        },
        "source": shown.source or None,
        "lines": [
            {"line": line.number, "text": line.text, "removed": [_span(span) for span in line.spans]}
            for line in shown.lines
        ],
        "fields": [asdict(found) for found in shown.findings],
        "language": shown.language and asdict(shown.language),
        "quality": shown.quality and asdict(shown.quality),
        "filters": [{"preset": preset, "detail": detail} for preset, detail in shown.filters],
    }


def _span(span: RemovedSpan) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "kind": span.kind,
        "rule": span.rule,
        "score": round(span.score, 4),
    }
