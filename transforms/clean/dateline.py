"""The dateline that opens a story: place and agency, read from its first sentence, which stays whole."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transforms.clean import credits
from transforms.clean.lines import lower
from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import agencies, canonical_agency, find_agencies
from transforms.fields.authors import looks_like_name, split_authors
from transforms.fields.dates import find_date
from transforms.model import StatedDate

Found = tuple[tuple[str, str | StatedDate], ...]

# No dateline is longer.
HEAD = 120
_DASH = r"(?:\.?\s?(?:--|[-–—―=])|:|\.\s?/)"
_BRACKETS = re.compile(
    rf"^(?P<before>[^()（）\[\]!?\n]{{0,80}}?)\s?[(（\[](?P<inside>[^()（）\[\]]{{2,40}})[)）\]](?P<after>[^()!?\n]{{0,30}}?)\s?(?P<dash>{_DASH}|(?=\s[A-ZÀ-ÝА-Я«“\"„\u0590-\u10ff\u3041-\u9fff]))"
)
_PLAIN = re.compile(r"^(?P<before>[^()!?\n:]{2,70}?)(?P<dash>\s?\.\s?[-–—―]|\s?--|\s[-–—―]|[-–—―](?=\s))\s?(?=\S)")
# Behind the brackets with the agency: `(ANSA) - ROMA, 09 LUG - `.
_PLACE_BEHIND = re.compile(r"^\s?(?P<before>[^()!?\n:]{2,50}?)\s?[-–—]\s")
_SLASHES = re.compile(r"^(?P<before>[^()!?\n/]{2,60}?)[\s.,]*/(?P<inside>[^/]{2,30})/")
_SQUARE = re.compile(
    r"^[【［](?P<before>[^【】［］]{0,24}?)[\s,、＝=]?"
    r"(?P<inside>共同|時事|ロイター|[AＡ][FＦ]?[PＰ]|[^\W\d_]{2}社|聯合ニュース|ブルームバーグ|タス通信|dpa|DPA)[】］]"
)
# Reporters have three characters in Taiwan's `（中央社記者安小例樣城3日電）`, the others stand behind in brackets.
_CHINESE = re.compile(
    r"^[（(]?(?P<inside>新华社|新華社|中新社|中新网|中新網|中央社|财联社|財聯社|中通社|央视新闻)"
    r"(?:記者(?P<author>(?:[\u3400-\u9fff]{2,4}、)*(?:[\u3400-\u9fff]{3}(?=[\u3400-\u9fff]{2,4}\d)|[\u3400-\u9fff]{2}(?=[\u3400-\u9fff]{2}\d))))?"
    r"(?P<before>[^\d，。,（）()]{0,14}?)(?:\d{4}年)?\d{1,2}月?\d{0,2}日?\s?[电電讯訊]"
    r"(?:[）)]|\s?[（(](?:本报|本網|通讯员|见习)?[记記]者[：:\s]?(?P<others>[^（）()\d]{2,40})[）)])?"
)
_KOREAN = re.compile(
    r"^[(\[](?P<before>[^()\[\]=]{1,14})=(?P<inside>[^()\[\]=]{2,10})[)\]](?:\s(?P<author>[가-힣]{2,4}(?:[·\s][가-힣]{2,4})*)\s(?:기자|특파원)\s?=)?"
)
_AFTER_PLACE = re.compile(r"[^\d\n]{2,40}")


@cache
def _no_places() -> frozenset[str]:
    """What stands in capitals before a dash as places do, and is none."""
    data = load_rules(WORDS)
    return frozenset([*data["no_places"], *(lower(word) for words in data["sections"].values() for word in words)])


def find_dateline(line: str) -> Found:
    """The place, the agencies and perhaps author and date of the dateline with which ``line`` begins; empty if none."""
    return _find(line[:HEAD])


@lru_cache(maxsize=256)
def _find(head: str) -> Found:
    for form in (_KOREAN, _CHINESE, _SQUARE):
        match = form.match(head)
        if match:
            return _east_asian(match)
    match = _BRACKETS.match(head)
    if match:
        names = _agencies(match["inside"])
        if names:
            place = _place(match["before"]) or _place(match["after"])
            behind = None if place else _PLACE_BEHIND.match(head[match.end() :])
            if behind and (_has_date(behind["before"]) or _place(behind["before"]) == behind["before"].strip().upper()):
                place = _place(behind["before"])
            if place or not match["before"].strip():
                return _result(place, names, match[0])
    match = _SLASHES.match(head)
    if match and canonical_agency(match["inside"]):
        return _result(_place(match["before"]), _agencies(match["inside"]), match[0])
    match = _PLAIN.match(head)
    return (
        (_without_brackets(match, head) if match else ())
        or _in_own_form(head)
        or _with_agency_before_colon(head)
        or _place_alone(head)
    )


_COLON = re.compile(r"^(?P<before>[^()!?\n:،,]{2,40}?)\s?[-–—,،/]\s?\(?(?P<inside>[^():!?\n]{2,30}?)\)?\s?[:：]\s")


def _with_agency_before_colon(head: str) -> Found:
    """``مسقط - العمانية: …``, ``ঢাকা, বাসস: …``."""
    match = _COLON.match(head)
    names = credits.only_agencies(match["inside"]) if match else ()
    place = _place(match["before"]) if match and names else None
    return _result(place, names, match[0]) if match and place else ()


# In capitals, and a full stop, dash or bar; or as written with a dash between blanks; then the sentence.
_SHOUTED = re.compile(
    r"^(?P<place>[^\W\d_a-zß-öø-ÿа-яёα-ω]{3,20}(?:[\s’'-][^\W\d_a-zß-öø-ÿа-яёα-ω]{2,20}){0,3})(?:\s?\([^()]{2,30}\))?"
    r"(?:\s?[.,]?\s?[-–—|]+|[.:])\s(?=[^\W\d_a-zß-öø-ÿа-яё]|[«„“\"‘])"
)
_WITH_DASH = re.compile(
    r"^(?P<place>[^\W\d_a-zß-öø-ÿа-яё][^\W\d_]{2,20}(?:\s(?:de|del|da|do|di|la|el|am|an der|sur|upon|nad)(?=\s))?"
    r"(?:[\s-][^\W\d_a-zß-öø-ÿа-яё][^\W\d_]{2,20}){0,2}(?:/[A-Z]{2})?)(?:\s\((?P<initials>[A-Za-z]{2,6}(?:/[a-z]{2,4})?)\))?"
    r"\s[-–—]\s(?=[^\W\d_a-zß-öø-ÿа-яё]|[«„“\"‘])"
)


def _place_alone(head: str) -> Found:
    """A place without agency or date: ``BELLUNO. Il coro``, ``Semarang - Seekor kucing``, ``Harlow (ots) - Ein``."""
    match = _SHOUTED.match(head) or _WITH_DASH.match(head)
    if not match:
        return ()
    place = match["place"].strip()
    named = match.re is _WITH_DASH and match["initials"] is None and " " in place and looks_like_name(place)
    if named or canonical_agency(place) or not _no_places().isdisjoint([place.casefold(), *place.casefold().split()]):
        return ()
    return _result(place, (), match[0])


# Capitals in brackets, or before a dash, full stop or colon.
_CAPITALS = re.compile(r"[A-ZА-ЯƏÇÉ]{3,12}(?:\.RU)?(?:[)）]|\.|\s?[-–—:])|Корр\.|سانا")


def _in_own_form(head: str) -> Found:
    """The dateline of an agency in the form that ``agencies.yaml`` has for it alone (``(MNA) –``)."""
    if not _CAPITALS.search(head, 0, 80):
        return ()
    for form, name in _own_forms():
        match = form.search(head, 0, 80)
        if match:
            before = head[: match.start()].strip(" ([-/")
            place = _place(before)
            return _result(place, (name,), head[: match.end()]) if place or not before else ()
    return ()


@cache
def _own_forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(agency.dateline), agency.name) for agency in agencies() if agency.dateline)


def _agencies(inside: str) -> tuple[str, ...]:
    return credits.only_agencies(inside, desks=True) or (
        (canonical_agency(inside.split(",")[0]) or "",) if canonical_agency(inside.split(",")[0]) else ()
    )


def _east_asian(match: re.Match[str]) -> Found:
    agency = canonical_agency(match["inside"]) or canonical_agency(match["inside"] + "通信")
    if not agency:
        return ()
    groups = match.groupdict()
    place = _DAY_OF_MONTH.sub("", match["before"]).strip(" ,，、＝=")
    if match.re is _CHINESE and len(place) > 2:
        place = place.rstrip("縣市")
    found: list[tuple[str, str | StatedDate]] = [("dateline", place)] if place else []
    found.append(("agencies", agency))
    for group in ("author", "others"):
        if groups.get(group):
            found += [("authors", name) for name in split_authors(groups[group])]
    return tuple(found)


_DAY_OF_MONTH = re.compile(r"[\d０-９]{1,2}月(?:[\d０-９]{1,2}日)?|[\d０-９]{1,2}日")


_DOT_AND_DASH = re.compile(r"\.\s")


def _without_brackets(match: re.Match[str], head: str) -> Found:
    """``NAIROBI, Kenya —``, ``LONDON, March 12 –``, ``МОСКВА, 3 мая - ТАСС.``, ``AGI -``."""
    before = match["before"]
    if "," in before and _DOT_AND_DASH.match(match["dash"]):
        # HARLOW, Ont. —
        before += "."
    rest = head[match.end() :]
    if len(before) <= 40 and credits.only_agencies(before):
        return tuple(("agencies", name) for name in credits.only_agencies(before))
    place = _place(before)
    if not place:
        return ()
    after = re.match(r"([^\W\d_][^.!?]{1,24})(?:\.(?=\s)|$)", rest)
    names = credits.only_agencies(after[1]) if after else ()
    parts = [part.strip() for part in re.split(r",|\.\s", before)]
    named = tuple(dict.fromkeys(name for part in parts for name in find_agencies(part) if canonical_agency(part)))
    capitals = place.split(",")[0].strip()
    dated = bool(re.search(r"\d", before[len(place) :]))
    shouted = (
        capitals.isupper() and len(capitals) > 3 and capitals.casefold() not in _no_places() and match["dash"] != "-"
    )
    if (
        names
        or named
        or (dated and _has_date(before))
        or (match["dash"].strip().startswith(".") and len(place.split()) <= 4)
        or _by_unknown(parts, match["dash"])
        or (shouted and rest[:1].isupper() and match[0][len(before) :][:1] == " ")
    ):
        return _result(place, (*names, *named), match[0])
    return ()


def _by_unknown(parts: list[str], dash: str) -> bool:
    """``Harlow, HCX - ``: the initials of an agency or a paper that ``agencies.yaml`` does not know."""
    initials = parts[-1]
    if len(parts) == 2 and dash.strip() == "--":
        # Harlow, Sample Times --
        return True
    return (
        len(parts) == 2
        and dash.startswith(" ")
        and re.fullmatch(r"[A-ZÀ-ÝА-Я]{3,6}", initials) is not None
        and initials.casefold() not in _no_places()
    )


def _has_date(text: str) -> bool:
    """Whether a day of a month stands in ``text``, the year of which a dateline leaves out."""
    return find_date(text) is not None or find_date(re.sub(r"[\s.]*$", " 2000", text)) is not None


_SITE = re.compile(r"(?:[\w-]{2,30}\.){1,3}[A-Za-z]{2,10}")
# A state behind the place: Mass., N.Y., D.C.
_ABBREVIATED = re.compile(r"(?:[A-Z]\.){2,3}|[A-Z][a-z]{1,5}\.")


def _place(before: str) -> str | None:
    """The place in what stands before the agency: without date and agency; None where that is no name of a place."""
    parts: list[str] = []
    for part in re.split(r",\s?|\s(?=\d)|،\s?|\.\s(?=\d)", before.strip(" ,:;-–—").lstrip(".")):
        text = part.strip(" ") if parts and _ABBREVIATED.fullmatch(part.strip()) else part.strip(" .")
        if not text or canonical_agency(text) or _SITE.fullmatch(text):
            continue
        if re.search(r"\d", text):
            break
        parts.append(text)
    if len(parts) > 1 and re.match(r"[A-ZÀ-ÝА-Я]{3,6}(?:\s|$)", parts[-1]) and not parts[0].isupper():
        parts.pop()
    if not parts:
        return None
    place = _without_month(parts) if re.search(r"\d", before) else ", ".join(parts)
    first = place[:1]
    if (
        not place
        or len(place) > 50
        or len(place.split()) > 6
        or not (first.isupper() or (first.isalpha() and not first.islower()))
    ):
        return None
    if any(word[0].islower() and len(word) > 4 for word in place.split()):
        # `The agency (AFP) - …` is no place; `Villa de Ejemplo` is.
        return None
    return place if _AFTER_PLACE.fullmatch(place) else None


def _without_month(parts: list[str]) -> str:
    """The parts of the place, without a month at their end whose day follows it (``NAIROBI, March 12``)."""
    if len(parts) > 1 and find_date(f"{parts[-1]} 12, 2000") is not None:
        parts = parts[:-1]
    elif len(parts) == 1 and " " in parts[0] and find_date(f"{parts[0].split()[-1]} 12, 2000") is not None:
        parts = [parts[0].rsplit(None, 1)[0]]
    return ", ".join(parts)


def _result(place: str | None, names: tuple[str, ...], text: str) -> Found:
    found: list[tuple[str, str | StatedDate]] = [("dateline", place)] if place else []
    found += [("agencies", name) for name in names]
    date = find_date(text, evidence="text") if re.search(r"(?:19|20)\d\d", text) else None
    if date:
        found.append(("dated", date[0]))
    return tuple(found)
