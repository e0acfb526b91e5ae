"""Evidence: what the rules, and the particulars that a line consists of, say of one line, wherever it stands."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from transforms.clean import credits
from transforms.clean.lines import UNSPACED, Line, key_of, keys_of, tokens
from transforms.clean.names import bare_names
from transforms.clean.rules import RULES, Hit, Rule, compiled, line_hits, load_rules, rule_book
from transforms.clean.text import safe_cut
from transforms.fields.agencies import canonical_agency, canonical_credit, find_agencies
from transforms.fields.authors import looks_like_name, tidy_name
from transforms.fields.dates import find_date, parse_date
from transforms.model import StatedDate

_BARS = re.compile(r"\s?[|｜·•●▪∙⋅‧¦]\s?|\s//?\s|\s[–—-]\s")
_HAS_BAR = re.compile(r"[|｜·•●▪∙⋅‧¦]|\s//?\s|\s[–—-]\s")
# Of agencies' systems: 03-05-24 17:41:02.
_STAMP = re.compile(r"(\d\d)[-/](\d\d)[-/](\d\d),? (\d\d:\d\d(?::\d\d)?)")
_DIGIT = re.compile(r"\d")
_EDGE = " ,.;:|/()[]-–—·•*,،，、"
_PLACE = re.compile(r"[^\W\d_][^\d|:;!?()]{1,40}")
# A line of particulars is short: title lines and sentences are not taken apart.
LONGEST_PARTICULARS = 140

# Updated - May 3, 2024
_LABEL_AND_DASH = re.compile(r"([^\W\d][^\d|:-]{2,30}?)\s?[|:–—-]\s(?=\D{0,12}\d)")


def hits_of(line: Line) -> list[Hit]:
    """What the rules say of a line: one :class:`Hit` for each rule whose fields, if it feeds any, could be read."""
    matches = line_hits(line)
    if not matches:
        return []
    hits = [hit for rule, match in matches if (hit := _hit(rule, match, line)) is not None]
    return sorted(hits, key=lambda hit: (hit.start - hit.end, -hit.score))


def _hit(rule: Rule, match: re.Match[str] | None, line: Line) -> Hit | None:
    if match is None:
        return Hit(rule.id, rule.kind, rule.where, 0, len(line.text), rule.score, (), rule.beside)
    found = _found(rule, match, line)
    if found is None:
        return None
    start, end = match.span()
    if rule.take != "line":
        cut = safe_cut(line.text, start, end)
        if cut is None:
            return None
        start, end = cut
    return Hit(rule.id, rule.kind, rule.where, start, end, rule.score, found, rule.beside)


def _found(rule: Rule, match: re.Match[str], line: Line) -> credits.Found | None:
    """The fields that the match's groups feed; None where a group does not hold what it must."""
    groups = {name.rstrip("_"): text for name, text in match.groupdict().items() if text}
    if "author" in groups:
        return _authors(rule, match, groups["author"])
    if rule.id == "sign-off/initials":
        return tuple(("agencies", name) for name in credits.only_agencies(line.text, desks=True))
    if rule.id == "sign-off/paper-with-agency" and (names := bare_names(line.text)):
        return names
    if rule.id == "byline/role":
        return bare_names(line.text)
    if "credits" in groups:
        style = ("agencies", "Reuters")
        found = credits.clauses(groups["credits"])
        if not found and rule.id == "sign-off/reporting-plain" and not bare_names(_LABEL.sub("", groups["credits"])):
            return None
        return (*found, style) if _REUTERS.search(match[0]) else found
    if "agency" in groups:
        return _agencies(rule, groups["agency"])
    if "source" in groups:
        return tuple(("agencies", name) for name in find_agencies(groups["source"]))
    if "photo" in groups:
        return credits.photo(groups["photo"])
    if "credit" in groups:
        labelled = bool(rule.cues)
        if not labelled and "©" in match[0]:
            groups["credit"] = "©" + groups["credit"]
        if rule.id == "credit/bare" and _SHOUTED.match(groups["credit"]):
            # ANNA SAMPLE/dpa is a byline.
            return None
        return credits.credit(groups["credit"], labelled=labelled) or _weak_credit(groups["credit"], line) or None
    if rule.kind == "legal":
        # © 2024 AFP
        return tuple(("agencies", name) for name in credits.only_agencies(match[0]))
    if rule.id in ("caption/file-photo", "caption/triangle", "caption/taken-by-unspaced"):
        return _trailing_credit(line.text)
    return ()


def _authors(rule: Rule, match: re.Match[str], text: str) -> credits.Found | None:
    """The authors that a byline names, and its agencies; with `Text and photos by` they took the pictures too."""
    names = credits.names_of(text)
    agencies = tuple(("agencies", name) for name in find_agencies(text))
    if not names:
        return agencies or None
    if rule.kind != "byline" or not credits.has_photo_word(match[0][: match.start("author") - match.start()]):
        return (*names, *agencies)
    return (*names, *agencies, *(("photo_credits", name) for _, name in names))


_SHOUTED = re.compile(r"[^\W\d_a-z]{2,}(?:[\s-][^\W\d_a-z]{2,}){1,3}\s?/\s?[^\W_]+$")
_LABEL = re.compile(r"^[^:]{2,30}:\s|^(?:[^\W\d_]+\s){1,3}(?:by|de|von|par|por)\s")
# Reuters' way to close a story, with its editor.
_REUTERS = re.compile(
    r"^\((?:Additional )?(?:[Rr]eporting|[Ww]riting)\b.{3,300}[;.] ?(?:[Ee]diting|edited) by .{3,120}\)"
)


def _agencies(rule: Rule, text: str) -> credits.Found | None:
    names = credits.only_agencies(text, desks=rule.kind == "sign-off")
    if names or rule.kind != "source":
        return tuple(("agencies", name) for name in names) or None
    return tuple(("agencies", name) for name in find_agencies(text))


def _weak_credit(text: str, line: Line) -> credits.Found:
    """An agency alone in brackets behind words that are no sentence: a caption; behind a sentence, anything."""
    before = line.text[: line.text.rfind(text)].rstrip(" ([【（")
    if line.final or not before or before[-1] in ".!?…。" or len(before) > 140:
        return ()
    return tuple(("photo_credits", name) for name in credits.only_agencies(text)) if " " in before else ()


_LAST_BRACKETS = re.compile(r".*[(（\[]([^()（）\[\]]{2,110})[)）\]][.。]?$")
_TAKEN_BY = re.compile(r".*[=＝](?:.*[、，])?([^=＝、，。]{2,12}?)(?:撮影|提供|写す|기자|제공)?$")
_REUTERS_PHOTO = re.compile(r".*\b(REUTERS/[^.!?]{2,60})$")
_LAST_LABEL = re.compile(
    r".*?(?:Photo|Foto|Picture|Bild|Фото|写真|사진|图片来源|Image|Credit|Fotoğraf|صورة)\s?[:：=/]\s?([^:.!?]{2,80})\.?$"
)


def _trailing_credit(text: str) -> credits.Found:
    if text[-1] in "）)摄攝图圖" and (names := find_agencies(text[-20:], photo=True)):
        return tuple(("photo_credits", name) for name in names)
    for form in (_LAST_BRACKETS, _REUTERS_PHOTO, _LAST_LABEL, _TAKEN_BY):
        match = form.match(text)
        found = credits.credit(match[1], labelled=form is not _LAST_BRACKETS) if match else ()
        if not found and match and form is _LAST_BRACKETS:
            found = tuple(("photo_credits", name) for name in credits.only_agencies(match[1]))
        if found:
            return found
    return ()


# --- lines of particulars: date, reading time, author, agency, place, apart or in a row ------------------------------


class Particulars(NamedTuple):
    """What a line of particulars consists of.

    ``kinds`` are those of its parts, in order; ``name`` or ``place`` is a part that only the others' company explains.
    """

    kinds: tuple[str, ...] = ()
    found: tuple[tuple[str, str | StatedDate], ...] = ()

    def __add__(self, other: Particulars) -> Particulars:  # type: ignore[override]
        return Particulars(self.kinds + other.kinds, self.found + other.found)


def particulars(text: str) -> Particulars | None:
    """The particulars that ``text`` consists of (who, when, from which agency), or None where it says more.

    A few words beside a date that nothing explains are a part of kind ``rest``.
    """
    if len(text) > LONGEST_PARTICULARS:
        return None
    result = _explain(text, 4) or _date_and_rest(text)
    if result is None or not set(result.kinds) - {"place"}:
        return None
    if sum(name == "published" for name, _ in result.found) > 1:
        if _PERIOD.search(text):
            # From one day to another: not the date of the text.
            return None
        first = next(pair for pair in result.found if pair[0] == "published")
        result = Particulars(result.kinds, tuple(_later(pair) if pair is not first else pair for pair in result.found))
    return result


# Of one separator between two dates, a dash.
_PERIOD = re.compile(r"\d\s?[–—-]\s?(?:\d|[^\W\d]+,? \d)")


def _later(pair: tuple[str, Any]) -> tuple[str, Any]:
    """A second date of publication is one of a change."""
    return ("modified", pair[1]) if pair[0] == "published" else pair


_SENTENCE_END = re.compile(r"[.!?…。！？।؟]$")


def _date_and_rest(text: str) -> Particulars | None:
    """A date with the year, and beside it a few words that nothing explains: ``3 May 2024 in SPORT``."""
    found = find_date(text, evidence="text") if _DIGIT.search(text) else None
    if not found or _SENTENCE_END.search(text):
        return None
    date, start, end = found
    rest = (text[:start] + " " + text[end:]).strip(_EDGE)
    if len(rest) > min(1.5 * (end - start), LONGEST_REST) or len(rest.split()) > 4 or _DIGITS.search(rest):
        return None
    agencies = tuple(("agencies", name) for name in find_agencies(rest))
    return Particulars(("date-line", "rest"), ((_which_date(text[:end]), date), *agencies))


LONGEST_REST = 26
_DIGITS = re.compile(r"\d\d\d")


def _explain(text: str, depth: int) -> Particulars | None:
    text = _without_edges(text)
    if not text:
        return Particulars()
    if depth == 0:
        return None
    date = _whole_date(text) if _DIGIT.search(text) else None
    if date:
        return Particulars(("date-line",), ((_which_date(text), date),))
    names = credits.only_agencies(text)
    if names:
        return Particulars(("sign-off",), tuple(("agencies", name) for name in names))
    picture = canonical_credit(text)
    if picture:
        return Particulars(("credit",), (("photo_credits", picture),))
    by_rule = _by_rule(text)
    if by_rule:
        return by_rule
    if len(_COLONS.findall(text)) > 1:
        # Rep: Anna Sample Ed: Bob Test
        return _explain_all([part for part in _BEFORE_LABEL.split(text) if part], depth - 1)
    label = _LABEL_AND_DASH.match(text)
    if label and parse_date(f"{label[1]} 2000-01-02"):
        text = f"{label[1]} {text[label.end() :]}"
    if _HAS_BAR.search(text):
        return _explain_all([part for part in _BARS.split(text) if part], depth - 1)
    return _around_date(text, depth) or _around_inline(text, depth) or _bare(text)


_COLONS = re.compile(r"[:：]\s")
_BEFORE_LABEL = re.compile(r"\s(?=[^\W\d_]{2,14}\.?[:：]\s)")


def _without_edges(text: str) -> str:
    text = text.strip().removeprefix("(c)").removeprefix("(C)").strip(_EDGE)
    updated = _INSIDE.search(text)
    if updated and _DIGIT.search(text, 0, updated.start()) and _which_date(updated[0]) == "modified":
        # A time of update without its year.
        text = text[: updated.start()] + text[updated.end() :]
    if "(" in text and _DATE_INSIDE.search(text):
        # 3 May 2024 (updated 4 May 2024)
        text = text.replace("(", " | ").replace(")", " | ")
    return f"{text})" if text.count("(") > text.count(")") else text


_INSIDE = re.compile(r"\s?[（(][^()（）]{4,40}[)）]")
_DATE_INSIDE = re.compile(r"\d.*\([^()]{0,40}\d{1,2}[^()\d]{1,14}\d")


def _whole_date(text: str) -> StatedDate | None:
    stamp = _STAMP.fullmatch(text)
    if not stamp:
        return parse_date(text, evidence="text")
    day, month, year, time = stamp.groups()
    date = parse_date(f"20{year}-{month}-{day} {time}", evidence="text")
    return replace(date, raw=text) if date else None


def _explain_all(parts: list[str], depth: int) -> Particulars | None:
    total = Particulars()
    for part in parts:
        result = _explain(part, depth)
        if result is None:
            return None
        total += result
    return total


def _bare(text: str) -> Particulars | None:
    """A name, or what may be a place: believed only in company."""
    if _CLOCK.fullmatch(text):
        return Particulars(("date-line",))
    if "," not in text and looks_like_name(text):
        return Particulars(("name",), (("authors", tidy_name(text)),))
    agency = _PLACE_AND_AGENCY.fullmatch(text)
    if agency and canonical_agency(agency[2]):
        if looks_like_name(agency[1]):
            return Particulars(
                ("name", "sign-off"),
                (("authors", tidy_name(agency[1])), ("agencies", canonical_agency(agency[2]) or "")),
            )
        return Particulars(
            ("place", "sign-off"), (("place", agency[1]), ("agencies", canonical_agency(agency[2]) or ""))
        )
    if _PLACE.fullmatch(text) and len(text.split()) <= 3 and not text[0].islower():
        return Particulars(("place",), (("place", text),))
    return None


_CLOCK = re.compile(r"\d{1,2}[:.hH]\d\d(?:\s?(?:Uhr|h|hs|hrs|uur|[A-Z]{2,4}))?")
_PLACE_AND_AGENCY = re.compile(r"([^\W\d_][^\d|:;!?()]{1,40}?)\s?[,/]?\s?\(?([^\s()]{2,30})\)?")
_PARTICULAR_KINDS = frozenset(["byline", "date-line", "reading-time", "share", "source", "comments", "player"])


def _by_rule(text: str) -> Particulars | None:
    """The text as a line of its own, for rules of lines that stand beside dates and bylines."""
    line = Line(-1, text)
    line.look()
    if line.prose:
        return None
    for hit in hits_of(line):
        if hit.kind in _PARTICULAR_KINDS and not hit.beside and hit.end - hit.start == len(text):
            if hit.kind == "byline" and _DIGIT.search(text):
                continue
            return Particulars((hit.kind,), hit.found)
    return None


def _around_date(text: str, depth: int) -> Particulars | None:
    stamp = _STAMP.search(text)
    found = None if stamp or not _DIGIT.search(text) else find_date(text, evidence="text")
    if stamp:
        start, end = stamp.span()
        date = _whole_date(stamp[0])
    elif found:
        date, start, end = found
        start = _label_start(text, start, end)
        date = parse_date(text[start:end], evidence="text") or date
    else:
        return None
    if date is None:
        return None
    middle = Particulars(("date-line",), ((_which_date(text[start:end]), date),))
    before, after = _explain(text[:start], depth - 1), None
    if before is not None:
        after = _explain(text[end:], depth - 1)
    return None if before is None or after is None else before + middle + after


def _label_start(text: str, start: int, end: int) -> int:
    """``start``, moved before the words of a label (``Published on``) that belong to the date."""
    words = list(re.finditer(r"\S+", text[:start]))
    best = start
    for word in reversed(words[-5:]):
        if parse_date(text[word.start() : end]) is None:
            break
        best = word.start()
    return best


def _around_inline(text: str, depth: int) -> Particulars | None:
    forms, words = _inline()
    if words.isdisjoint(keys_of(text)):
        return None
    for rule, pattern in forms:
        match = pattern.search(text)
        if match:
            rest = _explain_all([text[: match.start()], text[match.end() :]], depth - 1)
            if rest is not None:
                return Particulars((rule.kind,)) + rest
    return None


@cache
def _inline() -> tuple[list[tuple[Rule, re.Pattern[str]]], frozenset[str]]:
    """The rules that may match within a line, and the keys by which they are found."""
    rules = [rule for rule in rule_book().rules if rule.inline and rule.kind == "reading-time"]
    words = frozenset(key_of(cue, opens=rule.at == "start") for rule in rules for cue in rule.cues)
    return [(rule, compiled(rule, "")) for rule in rules], words


@cache
def _updated() -> tuple[re.Pattern[str], frozenset[str], re.Pattern[str]]:
    """Words for an update, those that begin them, and those of scripts without blanks."""
    words = load_rules(RULES / "date-line.yaml")["lists"]["updated"]
    unspaced = "|".join(re.escape(word) for word in words if UNSPACED.match(word))
    form = re.compile(r"(?<!\w)" + rule_book().lists["date-line"]["updated"])
    return form, frozenset(key_of(word, opens=True) for word in words), re.compile(unspaced)


def _which_date(text: str) -> str:
    form, first, unspaced = _updated()
    if first.isdisjoint(tokens(text)):
        return "modified" if not text.isascii() and unspaced.search(text) else "published"
    return "modified" if form.search(text) else "published"
