"""Evidence: what the rules, and the particulars that a line consists of, say of one line, wherever it stands."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from msgspec.structs import replace

from transforms.clean import credits
from transforms.clean.lines import UNSPACED, Line, key_of, keys_of, tokens
from transforms.clean.names import bare_names, listed_names
from transforms.clean.rules import (
    RULES,
    WORDS,
    Candidate,
    Hit,
    Rule,
    candidates_of,
    compiled,
    load_rules,
    matches_of,
    rule_book,
)
from transforms.clean.text import safe_cut
from transforms.fields.agencies import canonical_agency, canonical_credit, find_agencies
from transforms.fields.authors import tidy_name
from transforms.fields.dates import find_date, is_time, parse_date
from transforms.model import StatedDate

# Also the words between a date of one calendar and that of another.
_BARS = re.compile(r"\s?[|｜·•●▪∙⋅‧¦／ㅣ]\s?|\s//?\s|\s[–—।ـ-]\s|\s(?:برابر با|مصادف با|الموافق)\s")
_HAS_BAR = re.compile(r"[|｜·•●▪∙⋅‧¦／ㅣ]|\s//?\s|\s[–—।ـ-]\s|\s(?:برابر با|مصادف با|الموافق)\s")
# Of agencies' systems: 03-05-24 17:41:02.
_STAMP = re.compile(r"(\d\d)[-/](\d\d|[A-Z]{3})[-/](\d\d),? (\d\d:\d\d(?::\d\d)?)")
# What their systems write behind it: (0275) 5 NNNN
_CODES = re.compile(r"(?:\s?\(\d{4}\))?(?:\s\d)?\s?N{3,4}$|\sISSN \d{4} ?- ?\d{4}")
_DIGIT = re.compile(r"\d")
_EDGE = " ,.;:|/()[]-–—·•*,،，、"
_PLACE = re.compile(r"[^\W\d_][^\d|:;!?()]{1,40}")
# A line of particulars is short: title lines and sentences are not taken apart.
LONGEST_PARTICULARS = 140

# Updated - May 3, 2024
_LABEL_AND_DASH = re.compile(r"([^\W\d][^\d|:-]{2,30}?)\s?[|:–—-]\s(?=\D{0,12}\d)")


def hits_of(line: Line, candidates: list[Candidate] | None = None) -> list[Hit]:
    """What the rules say of a line: one :class:`Hit` for each rule whose fields, if it feeds any, could be read.

    ``candidates`` are its own, if they were found with those of other lines.
    """
    if candidates is None:
        candidates = candidates_of([line])[0]
    matches = matches_of(line, candidates) if candidates else ()
    # No sentence of some length is a credit.
    sentence = line.final and len(line.text) >= SHORTEST_SENTENCE and line.text[-1] != ")"
    signed = (
        None
        if sentence
        else _signed_in_capitals(line) or _joined_credit(line) or _person_of_agency(line) or _person_last(line)
    )
    if not matches:
        return [signed] if signed else []
    hits = [hit for rule, match in matches if (hit := _hit(rule, match, line)) is not None]
    if signed:
        hits.append(signed)
    return sorted(hits, key=lambda hit: (hit.start - hit.end, -hit.score))


# The boats of Harlow. ANNA SAMPLE; The boats of Harlow.ANNA SAMPLE (AFP)
_CAPITALS_LAST = re.compile(
    r"(?P<mark>[.!?…»”\"')](?:\s?[/|–—])?|[^\W\d_A-ZÀ-ÖØ-Þ]{2},?\s)\s?(?P<name>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ’'-]+(?:\s[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.’'-]*){1,3})"
    r"(?:\s?[(/|,]\s?(?P<agency>[^()|/]{2,24})\)?)?$"
)
LONGEST_CAPTION = 300
SHORTEST_SENTENCE = 50
_SURNAME = re.compile(
    r"[^\W\d_][^\W\d_A-ZÀ-ÞА-Я]{2,15}(?:\s[^\W\d_]\.)?\s[^\W\d_a-zß-ÿа-яё]{3,20}(?:-[^\W\d_a-zß-ÿа-яё]{3,20})?\.?"
)


def _signed_in_capitals(line: Line) -> Hit | None:
    """A signature with the surname in capitals, and a caption that ends with its photographer in capitals.

    Without a full stop between them it counts only beside a byline or date, since headlines end so, too.
    """
    text = line.text
    last = text[-1]
    if len(text) < SHORTEST_SENTENCE and (last.isupper() or (last == "." and text[-2:-1].isupper())):
        # Анна ПРИМЕРОВА.
        names = _SURNAME.fullmatch(text) and listed_names(text.rstrip("."))
        if names:
            return Hit("byline/surname-in-capitals", "byline", "tail", 0, len(text), 0.95, (("authors", names[0]),))
    if not (last.isupper() or last == ")") or len(text) > LONGEST_CAPTION or text.isupper():
        return None
    match = _CAPITALS_LAST.search(text, max(0, len(text) - 70))
    if match is None or match.start("name") < 16 or not listed_names(match["name"]):
        return None
    agency = match["agency"] and canonical_credit(match["agency"])
    if match["agency"] and not agency:
        return None
    found = (("photo_credits", agency or listed_names(match["name"])[0]),)
    if match["mark"][0] in ".!?…»”\"')":
        return Hit("caption/name-in-capitals", "caption", "any", 0, len(text), 0.95, found)
    beside = ("date-line", "byline", "share", "player", "reading-time")
    return Hit("caption/name-in-capitals", "caption", "head", 0, len(text), 0.9, found, beside)


def _person_of_agency(line: Line) -> Hit | None:
    """A caption that ends with its photographer and their agency: ``The boats of Harlow - Anna Sample/AFP``."""
    text = line.text
    if line.final or "/" not in text[-30:] or len(text) > LONGEST_CAPTION:
        return None
    match = _PERSON_OF_AGENCY.fullmatch(text)
    agency = match and canonical_credit(match["agency"])
    if not match or not agency or not listed_names(match["name"]):
        return None
    return Hit("caption/person-of-agency", "caption", "any", 0, len(text), 0.95, (("photo_credits", agency),))


# Between them a mark, or a word in small letters.
_PERSON_OF_AGENCY = re.compile(
    r".{12,240}?(?:[.!?…»”\")]\s?|\s[–—|•-]\s|[^\W\d_A-ZÀ-ÖØ-Þ]{3},?\s)"
    r"(?P<name>[^\W\d_a-zß-ÿа-яё][\w.’'-]+(?:\s[^\W\d_a-zß-ÿа-яё][\w.’'-]+){1,2})\s?/\s?(?P<agency>[^\s()/.!?][^()/.!?]{1,24})"
)


def _person_last(line: Line) -> Hit | None:
    """A caption in the head that ends with its photographer: ``The boats of Harlow, on Monday. Anna Sample``."""
    text = line.text
    if line.final or len(text) > LONGEST_CAPTION or not text[-1].islower():
        return None
    match = _PERSON_LAST.fullmatch(text)
    if match is None or not listed_names(match["name"]) or listed_names(match["before"]):
        return None
    found = (("photo_credits", tidy_name(match["name"])),)
    beside = ("date-line", "byline", "share", "player", "reading-time", "caption")
    return Hit("caption/person-last", "caption", "head", 0, len(text), 0.88, found, beside)


_PERSON_LAST = re.compile(
    r"(?P<before>(?:\S+\s){3,40}\S{2,}[.…!»”\")])\s(?:[/|–—-]\s)?(?P<name>[^\W\d_a-zß-ÿа-яё][\w’'-]+(?:\s[^\W\d_a-zß-ÿа-яё][\w’'-]+){1,2})"
)


def _joined_credit(line: Line) -> Hit | None:
    """A caption to whose last word the label of the picture's credit is joined: ``The boats of HarlowPhoto: dpa``."""
    text = line.text
    if line.final or len(text) > LONGEST_CAPTION or max(text.rfind(":"), text.rfind("：")) < 12:
        return None
    match = _JOINED.fullmatch(text)
    found = credits.photo(match["credit"]) if match else ()
    return Hit("caption/label-joined-at-end", "caption", "any", 0, len(text), 0.96, found) if found else None


_JOINED = re.compile(
    r".{10,260}(?:[^\W\d_A-ZÀ-ÖØ-ÞА-Я]|[\u0900-\u0e7f])[.!?»”\")।]?"
    r"(?:Foto|Fotos|Photo|Photos|Bild|Beeld|Kuva|Fot\.|Zdjęcie|Fotó|Fotoğraf|Image|Imagen|Immagine|Picha|Gambar|Ảnh|Nguồn"
    r"|Фото|Снимка|Світлина|Φωτό|Φωτογραφία|צילום|ছবি|ภาพ|写真|사진)\s?[:：]\s?(?P<credit>[^:!?]{2,60})"
)


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
    if rule.id == "credit/mark-and-person":
        return tuple(("photo_credits", name) for name in listed_names(groups["author"])) or None
    if "author" in groups:
        return _authors(rule, match, groups["author"])
    if rule.id == "sign-off/initials":
        return tuple(("agencies", name) for name in credits.only_agencies(line.text, desks=True))
    if rule.id == "sign-off/paper-with-agency" and (names := bare_names(line.text)):
        return names
    if rule.id == "byline/role":
        return bare_names(line.text) or _named_agencies(line.text)
    if rule.id in _MAY_NAME_AGENCIES:
        return _named_agencies(line.text)
    if "published" in groups:
        return _first_published(rule, groups)
    if "credits" in groups:
        style = ("agencies", "Reuters")
        found = credits.clauses(groups["credits"]) or _with_agencies(groups["credits"])
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
        return _credit(rule, match, groups["credit"], line)
    if rule.kind == "legal":
        # © 2024 AFP
        return tuple(
            ("agencies", name)
            for name in credits.only_agencies(match[0]) or credits.only_agencies(_MARK.split(match[0])[-1])
        )
    if rule.id in ("caption/file-photo", "caption/triangle", "caption/taken-by-unspaced"):
        return _trailing_credit(line.text)
    return ()


def _first_published(rule: Rule, groups: dict[str, str]) -> credits.Found | None:
    date, names = parse_date(groups["published"], evidence="text"), _agencies(rule, groups["agency"])
    return (*names, ("published", date)) if date and names else None  # type: ignore[arg-type, return-value]


def _credit(rule: Rule, match: re.Match[str], text: str, line: Line) -> credits.Found | None:
    """What a picture's credit says, where it is one."""
    if rule.id == "caption/sentence-and-agency":
        names = () if bare_names(line.text) else credits.only_agencies(text)
        return tuple(("photo_credits", name) for name in names) or None
    if rule.id == "caption/credit-at-end" and _is_signature(line.text):
        return None
    labelled = bool(rule.cues)
    if not labelled and "©" in match[0]:
        text = "©" + text
    if rule.id == "credit/bare" and _SHOUTED.match(text):
        # ANNA SAMPLE/dpa is a byline.
        return None
    if rule.id in _BEHIND_BARS and _CASED.match(line.text) and (bare_names(line.text) or ((),))[0][:1] == ("authors",):
        # Anna Sample / AFP is a byline, or a credit.
        return None
    if labelled and (paper := _PAPER_BEHIND.fullmatch(text)) and not canonical_credit(paper[2]):
        text = paper[1]
    return (
        credits.credit(text, labelled=labelled)
        or _weak_credit(text, line)
        or _of_paper(rule, text, line)
        or _behind_sentence(rule, match, text)
        or None
    )


def _behind_sentence(rule: Rule, match: re.Match[str], text: str) -> credits.Found:
    """Whoever a label with a colon names behind a whole sentence: ``The bridge at dawn. Photo: town hall``."""
    before = match[0][: match.start("credit") - match.start()].rstrip()
    if rule.id != "caption/label-at-end" or before[-1:] not in ":：" or match[0][-1] in ".!?。।" or len(text) > 50:
        return ()
    return credits.photo(text) if _SENTENCE_AND_LABEL.search(before) else ()


_SENTENCE_AND_LABEL = re.compile(r"[.!?…)»”\"’。।|/–—-]\s?[(\[]?(?:[^\W\d_]{2,14}[./]?\s?){1,3}[:：]$")


_BEHIND_BARS = frozenset(["caption/agency-behind-dash", "caption/agency-last"])
# Foto: Anna Sample. THE COURIER
_PAPER_BEHIND = re.compile(r"(.*[a-zß-ÿа-яё])(?:\.\s|\s?[|/–-]\s|,\s)([^\W\d_a-zß-ÿа-яё][^\d.:;a-zß-ÿа-яё]{2,34})")
# (Courier/Anna Sample), (Anna Sample / The Courier)
_WITH_PAPER = re.compile(r"([^/|:;,]{2,34}?)\s?[/|]\s?([^/|:;,]{2,40})")
# (Anna Sample for The Harlow Courier), (HBC Harlow: Anna Sample)
_FOR_PAPER = re.compile(
    r"(?P<name>[^/|:;,.]{4,34}?)\s(?:for|für|pour|para|per|voor|för|dla|для)\s(?:[Tt]he\s)?[^\W\d_a-zß-ÿ][^/|:;,.]{2,40}"
    r"|[^\W\d_a-zß-ÿ][^/|:;,.]{2,30}:\s(?P<behind>[^/|:;,.]{4,34})"
)
# The mayor's offer on the wall. | THE COURIER
_BAR_AND_PAPER = re.compile(r".{24,}[.…»”\"]\s?[|]\s?(?:[^\W\d_a-zß-ÿа-яё][\w.'’-]*\s?){1,4}")


def _of_paper(rule: Rule, text: str, line: Line) -> credits.Found:
    """The photographer beside whose name a paper stands, that no list knows, or the paper: behind a sentence."""
    if rule.id == "caption/agency-behind-dash" and _BAR_AND_PAPER.fullmatch(line.text):
        return (("photo_credits", tidy_name(text)),)
    if rule.id not in _AT_END or line.text[: line.text.rfind(text)].rstrip(" ([【（")[-1:] not in _SENTENCE_ENDS:
        return ()
    match = _FOR_PAPER.fullmatch(text)
    pair = _WITH_PAPER.fullmatch(text)
    parts = (match["name"] or match["behind"],) if match else pair.groups() if pair else ()
    people = [name for part in parts for name in listed_names(part)]
    if len(people) == 2 and rule.id == "caption/agency-behind-sentence":
        # Sample Town News/Anna Sample: the paper comes first.
        del people[0]
    return (("photo_credits", people[0]),) if len(people) == 1 and not text.islower() else ()


_AT_END = frozenset(["caption/credit-at-end", "caption/agency-behind-sentence"])
_SENTENCE_ENDS = frozenset('.!?…)»”"’')


_MAY_NAME_AGENCIES = frozenset(
    ["byline/desk", "sign-off/editor", "sign-off/general", "sign-off/contributed", "sign-off/contact"]
)


def _with_agencies(text: str) -> credits.Found:
    """The agencies of ``avec AFP``, ``Con información de EFE``; none where somebody edited."""
    return _named_agencies(text) if len(text) <= 60 and ";" not in text else ()


_MARK = re.compile(r"(?i)©|\(c\)\s|\bcopyright\s(?=\S+$)")


def _named_agencies(text: str) -> credits.Found:
    return tuple(("agencies", name) for name in find_agencies(text))


def _authors(rule: Rule, match: re.Match[str], text: str) -> credits.Found | None:
    """The authors that a byline names, and its agencies; with `Text and photos by` they took the pictures too."""
    if rule.id == "byline/turkish" and canonical_agency(match[0].rsplit("/", 1)[-1]):
        return None
    taken: credits.Found = ()
    if rule.kind == "byline":
        text, taken = _without_pictures(text)
    if rule.id == "byline/zh-label" and _CHINESE_LABEL.search(match[0]):
        text = f"记者 {text}"
    names = credits.names_of(text)
    if rule.id in _WITH_AGENCIES:
        agencies = _agencies_of(match)
        if not names or (rule.id == "byline/name-and-agency" and not agencies):
            return None
    else:
        agencies = find_agencies(text) or tuple(filter(None, map(canonical_agency, text.split("/")[1:])))
    found = (*names, *(("agencies", name) for name in agencies), *taken)
    if not names:
        return found or None
    label = match[0][: match[0].find(text)]
    if rule.kind != "byline" or not (credits.has_photo_word(label) or _TOOK_TOO.search(text)):
        return found
    return (*found, *(("photo_credits", name) for _, name in names))


def _is_signature(text: str) -> bool:
    """Whether a line is ``Anna Sample (dpa)``, no caption; without capitals captions have the form of names."""
    if not bare_names(text):
        return False
    words = text[: text.rfind("(")].split()
    return _CASED.match(text) is not None or (len(words) <= 2 and _from().isdisjoint(words))


_CASED = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿԱ-֏Ḁ-ỿ]")


@cache
def _from() -> frozenset[str]:
    return frozenset(load_rules(WORDS)["from"])


def _agencies_of(match: re.Match[str]) -> tuple[str, ...]:
    groups = match.groupdict()
    if "agency" not in groups:
        return find_agencies(match[0])
    return credits.only_agencies(groups["agency"] or groups.get("agency_") or "")


_CHINESE_LABEL = re.compile("[记讯辑采]|作者|撰文")


def _without_pictures(text: str) -> tuple[str, credits.Found]:
    """A byline's text without what it says of pictures, and that: ``Anna Sample. Photos: Bob Test``."""
    brackets, label = _picture_forms()
    match = brackets.search(text)
    if match and (found := credits.credit(match[1], labelled=True)):
        return f"{text[: match.start(1)]} {text[match.end() :]}".strip(" ,;.&/|"), found
    match = label.search(text)
    if match and (found := credits.credit(match[1], labelled=True)):
        return text[: match.start()].strip(" ,;.&/|"), found
    return text, ()


@cache
def _picture_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = rule_book().lists["byline"]["pictures"]
    brackets = rf"((?:[^\W\d_a-zß-öø-ÿа-яё][\w.’'-]*\s?){{1,4}})[(（]\s?{words}\s?[)）]"
    label = (
        rf"(?<!\w){words}(?:\s?[:：・＝=]\s?|\s(?:(?i:by|von|de|di|du|par|por|av|af|van|door|od|от)\s)?)"
        r"([^\W\d_a-zß-öø-ÿа-яё][^:：!?]{2,60})$"
    )
    return re.compile(brackets), re.compile(label)


# Their agency stands behind the name.
_WITH_AGENCIES = frozenset(
    ["byline/name-and-agency", "byline/turkish", "byline/our-correspondent", "sign-off/romanian"]
)
# 本报记者 安小例 文/图
_TOOK_TOO = re.compile(r"文\s?[/／、]?\s?[图圖摄攝]\s?$")


_SHOUTED = re.compile(r"[^\W\d_a-z]{2,}(?:[\s-][^\W\d_a-z]{2,}){1,3}\s?/\s?[^\W_]+$")
_LABEL = re.compile(r"^[^:]{2,30}:\s|^(?:[^\W\d_]+\s){1,3}(?:by|de|von|par|por)\s")
# Reuters' way to close a story, with its editor.
_REUTERS = re.compile(
    r"^\((?:Additional )?(?:[Rr]eporting|[Ww]riting)\b.{3,300}[;.] ?(?:[Ee]diting|edited) by .{3,120}\)"
)


def _agencies(rule: Rule, text: str) -> credits.Found | None:
    names = credits.only_agencies(text, desks=rule.kind == "sign-off")
    pair = _WITH_PAPER.fullmatch(text) if rule.id == "source/label" and not names else None
    if pair and (people := listed_names(pair[1])) and not find_agencies(text, photo=True):
        # Source: Anna Sample / courier.example: whose picture it is
        return tuple(("photo_credits", name) for name in people)
    if names or rule.kind != "source" or rule.id == "source/label-blank":
        return tuple(("agencies", name) for name in names) or None
    # 来源：新华社 2024年5月3日 16:20
    date = find_date(text, evidence="text") if _DIGIT.search(text) else None
    dated = (("published", date[0]),) if date else ()
    return (*_named_agencies(text), *dated)  # type: ignore[return-value]


def _weak_credit(text: str, line: Line) -> credits.Found:
    """An agency alone in brackets behind words that are no sentence: a caption; behind a sentence, anything."""
    before = line.text[: line.text.rfind(text)].rstrip(" ([【（")
    if line.final or not before or before[-1] in ".!?…。" or len(before) > 140:
        return ()
    if " " not in before and not UNSPACED.search(before):
        return ()
    return tuple(("photo_credits", name) for name in credits.only_agencies(text))


_LAST_BRACKETS = re.compile(r".*[(（\[]([^()（）\[\]]{2,110})[)）\]][.。]?$")
_TAKEN_BY = re.compile(r".*[=＝](?:.*[、，])?([^=＝、，。]{2,12}?)(?:撮影|提供|写す|기자|제공)?$")
_TAKEN_BY_HAN = re.compile(
    r".*[。！？」）)\s](?:本[報报])?(?:記者|记者|通讯员|通訊員|特派員|攝影記者|摄影记者)?\s?([\u3400-\u9fff]{2,4}?)\s?[／/]?\s?(?:翻)?[攝摄]影?"
)
_REUTERS_PHOTO = re.compile(r".*\b(REUTERS/[^.!?]{2,60})$")
_LAST_MARK = re.compile(r".*(?:©|\([cC]\)|ⓒ)\s?([^©()]{2,50}?)\.?$")
_LAST_LABEL = re.compile(
    r".*?(?:Photo|Foto|Picture|Bild|Фото|写真|사진|图片来源|图源|圖源|图|圖|摄影|攝影|Image|Pics?|Credit|Fotoğraf|صورة)\s?[:：=/]\s?([^:.!?]{2,80})\.?$"
)


def _trailing_credit(text: str) -> credits.Found:
    if text[-1] in "）)摄攝图圖" and (names := find_agencies(text[-20:], photo=True)):
        return tuple(("photo_credits", name) for name in names)
    for form in (_LAST_BRACKETS, _REUTERS_PHOTO, _LAST_LABEL, _LAST_MARK, _TAKEN_BY_HAN, _TAKEN_BY):
        match = form.fullmatch(text) if form is _TAKEN_BY_HAN else form.match(text)
        found = credits.credit(match[1], labelled=form is not _LAST_BRACKETS) if match else ()
        if not found and match and form is _LAST_BRACKETS:
            found = tuple(("photo_credits", name) for name in credits.only_agencies(match[1]))
        if found:
            return found
    return ()


# --- lines of particulars: date, reading time, author, agency, place, apart or in a row ------------------------------


class Particulars(NamedTuple):
    """What a line of particulars consists of.

    ``kinds`` are those of its parts, in order; ``name`` or ``place`` is a part that only the others' company explains,
    ``time`` goes before a ``date-line`` without a year.
    """

    kinds: tuple[str, ...] = ()
    found: tuple[tuple[str, str | StatedDate], ...] = ()

    def __add__(self, other: Particulars) -> Particulars:  # type: ignore[override]
        return Particulars(self.kinds + other.kinds, self.found + other.found)


# Of a date without its year, beside its kind.
TIME = "time"
_OF_CALENDARS = re.compile(r"\s(?:برابر با|مصادف با|الموافق|ـ)\s")
# In Korean the year comes first: 24.05.03
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d\d\.\d\d\.\d\d)(?=\s|$)")
_HANGUL = re.compile("[\u3131-\u318e\uac00-\ud7a3]")
# A day of the Islamic calendar, beside one of the Gregorian.
_HIJRI = re.compile(r"\d{1,2}\s[\u0620-\u0652]{3,8}(?:\s[\u0620-\u0652]{4,8})?\s1[345]\d\d\s?(?:هـ|ه)?")
# 2:32 p.m.
_HALF_DAY = re.compile(r"(?<=\d)\s?([ap])\.\s?m\.")


def particulars(text: str) -> Particulars | None:
    """The particulars that ``text`` consists of (who, when, from which agency), or None where it says more.

    A few words beside a date that nothing explains are a part of kind ``rest``.
    """
    if len(text) > LONGEST_PARTICULARS:
        return None
    text = _CODES.sub("", text) if "NNN" in text or "ISSN" in text else text
    text = _HALF_DAY.sub(r"\1m", text) if ".m." in text or ". m." in text else text
    text = _SHORT_YEAR.sub(r"20\1", text) if _HANGUL.search(text) else text
    result = _explain(text, 4) or _date_and_rest(text)
    if result is None or not set(result.kinds) - {"place"}:
        return None
    dates = [pair for pair in result.found if pair[0] == "published"]
    if len(dates) > 1:
        if _OF_CALENDARS.search(text) or len({date.at.date() for _, date in dates}) == 1:  # type: ignore[union-attr]
            # One day by two calendars: the time stands behind one of them.
            first = max(dates, key=lambda pair: pair[1].precision != "day")  # type: ignore[union-attr]
            return Particulars(result.kinds, tuple(p for p in result.found if p[0] != "published" or p is first))
        if _PERIOD.search(text):
            # From one day to another: not the date of the text.
            return None
        first = dates[0]
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
    if _HIJRI.fullmatch(text):
        return Particulars()
    date = _whole_date(text) if _DIGIT.search(text) else None
    if date:
        return Particulars(("date-line",), ((_which_date(text), date),))
    if _DIGIT.search(text) and is_time(text) and not find_date(text):
        return Particulars((TIME, "date-line"))
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
        labelled = [part for part in _BEFORE_LABEL.split(text) if part]
        if len(labelled) > 1 or not _HAS_BAR.search(text):
            return _explain_all(labelled, depth - 1)
    label = _LABEL_AND_DASH.match(text)
    if label and parse_date(f"{label[1]} 2000-01-02"):
        text = f"{label[1]} {text[label.end() :]}"
    if _HAS_BAR.search(text):
        # May 3, 2024 / 1:31 PM EDT / Harlow News: the time belongs to the date.
        found = find_date(text, evidence="text") if _DIGIT.search(text) else None
        if not (found and _HAS_BAR.search(found[0].raw.strip(_EDGE))):
            return _explain_all([part for part in _BARS.split(text) if part], depth - 1)
    return _around_date(text, depth) or _around_inline(text, depth) or _bare(text)


_COLONS = re.compile(r"[:：]\s|：")
_BEFORE_LABEL = re.compile(r"\s(?=[^\W\d_]{2,14}\.?(?:[:：]\s|：))")


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
    date = parse_date(
        f"20{year}-{month}-{day} {time}" if month.isdigit() else f"{day} {month} 20{year} {time}", evidence="text"
    )
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
    if names := _listed(text):
        return Particulars(("name",), tuple(("authors", name) for name in names))
    agency = _PLACE_AND_AGENCY.fullmatch(text)
    if agency and canonical_agency(agency[2]):
        if not _CASED.match(text) and len(agency[1].split()) > 2:
            # In scripts without capitals rather a caption.
            return None
        if names := _listed(agency[1]) or listed_names(agency[1]):
            authors = tuple(("authors", name) for name in names)
            return Particulars(("name", "sign-off"), (*authors, ("agencies", canonical_agency(agency[2]) or "")))
        if len(agency[1].split()) > 4 or agency[1].rstrip()[-1] in ".!?…":
            return None
        return Particulars(
            ("place", "sign-off"), (("place", agency[1]), ("agencies", canonical_agency(agency[2]) or ""))
        )
    if _PLACE.fullmatch(text) and len(text.split()) <= 3 and not text[0].islower():
        return Particulars(("place",), (("place", text),))
    return None


def _listed(text: str) -> tuple[str, ...]:
    """The names that a text lists between commas, too; none where it begins with the name of a place."""
    names: list[str] = []
    for part in _COMMA.split(text):
        found = listed_names(part) if part and part.split()[0].casefold() not in credits.place_words() else ()
        if not found:
            return ()
        names += found
    return tuple(names)


_COMMA = re.compile(r",\s|、|،\s?")


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
    return [(rule, compiled(rule, rule.cues)) for rule in rules], words


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
