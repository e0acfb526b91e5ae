"""The dateline that opens a story: place and agency, read from its first sentence, which stays whole."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from transforms.clean import credits
from transforms.clean.lines import lower
from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import agencies, canonical_agency, find_agencies
from transforms.fields.authors import looks_like_name, places, split_authors
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
    r"^[（(【［\[]?(?P<inside>新华社|新華社|新华网|新華網|中新社|中新网|中新網|中央社|财联社|財聯社|中通社|央视新闻|人民网|人民網"
    r"|(?:路透|法新|美联|美聯|德新|共同|韩联|韓聯|俄新|塔斯|安莎|埃菲|彭博|时事|時事)社?|本[报報]|本社)"
    r"(?:記者(?P<author>(?:[\u3400-\u9fff]{2,4}、)*(?:[\u3400-\u9fff]{3}(?=[\u3400-\u9fff]{2,4}\d)|[\u3400-\u9fff]{2}(?=[\u3400-\u9fff]{2}\d))))?"
    r"(?P<before>[^\d，。,（）()]{0,14}?)\s?(?:\d{4}年)?(?:\d{1,2}月)?\s?\d{1,2}日?"
    r"(?:\s?(?:综合|綜合)?(?:外[电電])?(?:[电電讯訊]|报道|報[道導]|专[电電]|專[电電])|(?=\s?[-–—]+\s))"
    r"(?:[）)】］\]]|\s?[（(](?P<others>[^（）()\d]{2,40})[）)])?"
)
# Behind `（` the reporters, with what they are or without.
_REPORTERS = re.compile(
    r"(?:(?:本[报報网網社]|通讯员|通訊員|见习|見習|实习|實習|特约|首席|总台|中新[网網])?[记記通][者讯訊]员?[：:\s]?)?"
)
# 〔記者安小例／樣城報導〕
_TAIWAN = re.compile(
    r"^[〔［\[（(【](?:本[报報]|特[派约約]|駐[^／/]{1,4})?(?:[记記]者|特派員|編譯|编译|中心|實習記者)\s?(?P<author>[\u3400-\u9fff]{2,4}(?:[、，][\u3400-\u9fff]{2,4}){0,3})"
    r"\s?[／/∕]\s?(?P<before>[\u3400-\u9fff]{2,5})(?:即時)?[报報](?:導|道|导)[〕］\]）)】]"
)
_KOREAN = re.compile(
    r"^[(\[【［（](?P<before>[^()\[\]=【】（）]{1,14})\s?[=＝]\s?(?P<inside>[^()\[\]=【】（）]{2,10})[)\]】］）]"
    r"(?:\s?(?P<author>[가-힣]{2,4}(?:[·,\s]\s?[가-힣]{2,4})*)\s?(?:기자|특파원|통신원|인턴기자|선임기자)\s?[=＝])?"
)
# 【ニューヨーク＝見本花子】
_JAPANESE = re.compile(
    r"^[【［](?P<before>[\u30a1-\u30ff\u3400-\u9fff]{2,12})[＝=](?P<author>[\u3400-\u9fff々\u3041-\u30ff]{2,8}(?:、[\u3400-\u9fff々\u3041-\u30ff]{2,8}){0,2})[】］]"
)
_EAST_ASIAN = re.compile(r"[^\w\s]?\s?(?:[\u3041-\u9fff\uac00-\ud7a3]|\d{1,2}月|\w{2,12}[=＝])")
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
    if not head.isascii() and _EAST_ASIAN.match(head):
        for form in (_KOREAN, _CHINESE, _SQUARE, _JAPANESE, _TAIWAN):
            match = form.match(head)
            found = _east_asian(match) if match else ()
            if found:
                return found
    match = _BRACKETS.match(head)
    if match:
        names = _agencies(match["inside"])
        if names:
            place = _place(match["before"]) or _place(match["after"])
            behind = None if place else _PLACE_BEHIND.match(head[match.end() :])
            if behind and (_has_date(behind["before"]) or _place(behind["before"]) == behind["before"].strip().upper()):
                place = _place(behind["before"])
            dated = bool(match["dash"].strip()) and _has_date(match["before"])  # May 3 (UPI) --
            if place or dated or not match["before"].strip() or match["before"].split()[0].casefold() in _HOUSES:
                return _result(place, names, match[0]) + _reporters_beside(match["inside"])
        elif match["dash"].strip() and re.search(r"\d", match["before"]) and _has_date(match["before"]):
            # BEISPIEL, 3. mája (UnknownWire) -
            return _result(_place(match["before"]), (), match[0])
    match = _SLASHES.match(head)
    if match and canonical_agency(match["inside"]):
        return _result(_place(match["before"]), _agencies(match["inside"]), match[0])
    match = _PLAIN.match(head)
    return (
        (_without_brackets(match, head) if match else ())
        or _in_own_form(head)
        or _with_agency_before_colon(head)
        or _without_dash(head)
        or _place_alone(head)
        or _with_paper(head)
        or _joined(head)
        or _before_capital(head)
    )


def _before_capital(head: str) -> Found:
    """In Mexican papers: ``Puebla, Pue., Los vecinos …``."""
    match = _WITH_STATE.match(head)
    return _result(match["place"], (), match[0]) if match else ()


_WITH_STATE = re.compile(
    r"(?P<place>[^\W\d_a-zß-ÿ][^\d.,:;()]{2,30}, (?:[^\W\d_a-zß-ÿ][a-zß-ÿ]{1,6}\.|(?:[A-Z]\. ?){2,3})),\s"
    r"(?=[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-Þ])"
)


# The custom of the Saudi agency: الرياض 24 شوال 1445 هـ الموافق 03 مايو 2024 م واس
_ALONE = re.compile(
    r"(?P<place>[^\W\d_][^\d()]{1,30}?)\s\d{1,2}\s[^\d]{2,20}\s1[345]\d\d\s?(?:هـ|ه)?\s?(?:الموافق|,)\s(?P<date>.{6,24}?)\s?(?:م)?\s(?P<inside>واس)"
)


def dateline_alone(row: str) -> Found:
    """The dateline that is the whole of ``row``, a line above the story; empty if none."""
    if row.endswith("/") and (match := _SLASHES.fullmatch(row)) and _has_date(match["before"]):
        # العين في 3 مايو / وام /
        names, place = credits.only_agencies(match["inside"]), _place(match["before"])
        return _result(place, names, match[0]) if names and place else ()
    match = _ALONE.fullmatch(row) if row.endswith("واس") else None
    place = _place(match["place"]) if match else None
    return _result(place, credits.only_agencies(match["inside"]), match["date"]) if match and place else ()


_COLON = re.compile(r"^(?P<before>[^()!?\n:،,]{2,40}?)\s?[-–—,،/]\s?\(?(?P<inside>[^():!?\n]{2,30}?)\)?\s?[:：]\s")


def _with_agency_before_colon(head: str) -> Found:
    """``مسقط - العمانية: …``, ``ঢাকা, বাসস: …``."""
    match = _COLON.match(head)
    names = credits.only_agencies(match["inside"]) if match else ()
    place = _place(match["before"]) if match and names else None
    return _result(place, names, match[0]) if match and place else ()


# Київ. 3 травня. УНН. …; BERLIN taz | …; بغداد/واع …
_NO_DASH = re.compile(
    r"(?P<before>[^\W\d_][^.\d()]{1,28})\.\s\d{1,2}\s[^\W\d]{3,12}\.\s(?P<inside>[^.()]{2,24})\.\s"
    r"|(?P<capitals>[A-ZÄÖÜ][A-ZÄÖÜ/ -]{2,24})\s(?P<small>[a-z]{2,5}(?:/[a-z]{2,5}){0,2})\s\|\s"
    r"|(?P<arabic>[\u0620-\u06d3]{3,12}(?:\s[\u0620-\u06d3]{2,10})?)\s?/\s?(?P<behind>[\u0620-\u06d3]{2,10})[\s/-]"
)


def _without_dash(head: str) -> Found:
    match = _NO_DASH.match(head)
    if not match:
        return ()
    names = credits.only_agencies(match["inside"] or match["small"] or match["behind"])
    place = _place(match["before"] or match["capitals"] or match["arabic"])
    # The paper's own name stands there as an agency's does.
    return _result(place, names, match[0]) if place and (names or match["small"]) else ()


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


# (Harlow) The council met.
_IN_BRACKETS = re.compile(
    r"^\((?P<place>[^\W\d_a-zß-öø-ÿа-яё][\w’'.-]{2,20}(?:(?:[\s-]|,\s)[\w’'.-]{1,20}){0,3})\)\s(?:[-–—]\s)?(?=[^\W\d_a-zß-öø-ÿа-яё]|[«„“\"‘])"
)
# New Delhi: The council met.  Berlin. Der Rat
_KNOWN_PLACE = re.compile(r"^(?P<place>[^\s:.।\d()][^:.।\d()]{1,28}?)\s?[:.।]\s(?![a-zß-öø-ÿа-яё])")


def _place_alone(head: str) -> Found:
    """A place without agency or date: ``BELLUNO. Il coro``, ``Semarang - Seekor kucing``, ``Harlow (ots) - Ein``."""
    match = _SHOUTED.match(head)
    if match and not match["place"].isupper() and match[0].rstrip()[-1] in ".:":
        # In scripts without capitals any sentence has that form.
        match = None
    match = match or _WITH_DASH.match(head) or _IN_BRACKETS.match(head) or _KNOWN_PLACE.match(head)
    if not match or (match.re is _KNOWN_PLACE and match["place"].casefold() not in places()):
        return ()
    place = match["place"].strip()
    if match.re is _IN_BRACKETS and match[0][-2] in "-–—" and not (place.isupper() or place.casefold() in places()):
        # (Unknownwire) - …
        return ()
    named = match.re is _WITH_DASH and match["initials"] is None and " " in place and looks_like_name(place)
    if named or canonical_agency(place) or not _no_places().isdisjoint([place.casefold(), *place.casefold().split()]):
        return ()
    return _result(place, (), match[0])


# Harlow, Sample Times - The council met.
_PAPER_FIRST = re.compile(
    r"(?P<place>[^\W\d_a-zß-ÿа-яё][^\W\d_]{2,20}(?:\s[^\W\d_a-zß-ÿа-яё][^\W\d_]{2,20})?),\s(?P<paper>(?:[^\W\d_a-zß-ÿа-яё][\w.]{1,20}\s){1,3}|[\w-]{2,20}\.\w{2,4}\s)"
    r"[-–—]+\s(?=[^\W\d_a-zß-ÿа-яё]|[«„“\"‘])"
)
_WORDS_OF_PAPERS = re.compile(
    r"(?i)\b(?:news|tv|fm|radio|online|media|times|post|indonesia|network|today|daily|tribune|herald|courier|com|net|id)\b"
)


def _with_paper(head: str) -> Found:
    """A place and the paper, which no list knows: ``Harlow, Sample Times - The``."""
    match = _PAPER_FIRST.match(head)
    if not match or match["paper"].strip().casefold() in places():
        return ()
    known = match["place"].casefold() in places() or _WORDS_OF_PAPERS.search(match["paper"])
    return _result(match["place"], (), match[0]) if known else ()


_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


def _joined(head: str) -> Found:
    """In Vietnamese the place in capitals, to which the sentence is joined: ``HÀ NỘIHội đồng họp``."""
    lower_case = next((index for index, char in enumerate(head) if char.islower()), 0)
    place = head[: lower_case - 1]
    if (
        not 4 <= len(place) <= 30
        or not place.isupper()
        or not place[-1].isalpha()
        or not head[lower_case - 1].isupper()
    ):
        return ()
    return _result(place, (), head[:lower_case]) if _VIETNAMESE.search(head) else ()


# Capitals in brackets, or before a dash, full stop or colon.
_CAPITALS = re.compile(r"[A-ZА-ЯƏÇÉ]{3,12}(?:\.RU)?(?:[)）]|\.|\s?[-–—:])|Корр\.|سانا|ایسنا/")


def _in_own_form(head: str) -> Found:
    """The dateline of an agency in the form that ``agencies.yaml`` has for it alone (``(MNA) –``)."""
    if not _CAPITALS.search(head, 0, 80):
        return ()
    for form, name in _own_forms():
        match = form.search(head, 0, 80)
        if match:
            before = head[: match.start()].strip(" ([-/")
            place = match.groupdict().get("place") or _place(before)
            return _result(place, (name,), head[: match.end()]) if place or not before else ()
    return ()


@cache
def _own_forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(agency.dateline), agency.name) for agency in agencies() if agency.dateline)


# (TTXVN 3/5)
_DAY_BEHIND = re.compile(r"[,\s]+\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?$")


def _agencies(inside: str) -> tuple[str, ...]:
    inside = _DAY_BEHIND.sub("", inside)
    return (
        credits.only_agencies(inside, desks=True)
        or (tuple(name for part in inside.split(",")[:2] if (name := canonical_agency(part)))[:1])
    )


def _reporters_beside(inside: str) -> Found:
    """Who stands beside the agency in its brackets: ``(Anna Sample, BTA)``."""
    names = [part.strip() for part in inside.split(",")]
    return tuple(("authors", name) for name in names if not canonical_agency(name) and looks_like_name(name))


def _east_asian(match: re.Match[str]) -> Found:
    groups = match.groupdict()
    inside = groups.get("inside")
    agency = inside and (
        canonical_agency(inside) or canonical_agency(inside + "社") or canonical_agency(inside + "通信")
    )
    if inside and not agency and inside not in _OWN_PAPER:
        return ()
    place = _DAY_OF_MONTH.sub("", match["before"]).strip(" \u3000,，、＝=")
    if match.re is _CHINESE and len(place) > 2:
        place = place.rstrip("縣市")
    found: list[tuple[str, str | StatedDate]] = [("dateline", place)] if place else []
    if agency:
        found.append(("agencies", agency))
    for group in ("author", "others"):
        if groups.get(group):
            found += [("authors", name) for name in _reporters(groups[group], labelled=group == "author")]
    return tuple(found)


_OWN_PAPER = frozenset(["本报", "本報", "本社"])


def _reporters(text: str, *, labelled: bool) -> tuple[str, ...]:
    """The reporters in Chinese or Korean brackets; what else stands in brackets there is nobody."""
    label = _REPORTERS.match(text)
    rest = text[label.end() :] if label else text
    if not labelled and rest == text and not all(2 <= len(part) <= 4 for part in re.split(r"[、，\s]+", rest)):
        return ()
    if _HANGUL.match(rest):
        return tuple(name for part in re.split(r"[·,\s]+", rest) for name in split_authors(f"{part} 기자"))
    return split_authors(text if rest == text else f"记者{rest}")


_HANGUL = re.compile("[가-힣]")


_DAY_OF_MONTH = re.compile(r"[\d０-９]{1,2}月(?:[\d０-９]{1,2}日)?|[\d０-９]{1,2}日")


_DOT_AND_DASH = re.compile(r"\.\s?[-–—―]")


def _without_brackets(match: re.Match[str], head: str) -> Found:
    """``NAIROBI, Kenya —``, ``LONDON, March 12 –``, ``МОСКВА, 3 мая - ТАСС.``, ``AGI -``."""
    before = match["before"]
    if "," in before and _DOT_AND_DASH.match(match["dash"]):
        # HARLOW, Ont. —
        before += "."
    rest = head[match.end() :]
    if len(before) <= 40 and credits.only_agencies(before):
        return tuple(("agencies", name) for name in credits.only_agencies(before))
    first, _, behind = before.partition(" ")
    if behind and (place := _place(behind)) and credits.only_agencies(first):
        # AGENCY Easton.-
        return _result(place, credits.only_agencies(first), match[0])
    place = _place(before)
    if not place:
        return ()
    after = _AGENCY_BEHIND.match(rest)
    names = credits.only_agencies(after[1]) if after else ()
    parts = [part.strip() for part in re.split(r",|\.\s", before)]
    named = tuple(dict.fromkeys(name for part in parts for name in find_agencies(part) if canonical_agency(part)))
    capitals = place.split(",")[0].strip()
    # رام الله 3-5-2024 وفا-
    last = _BEHIND_DATE.search(before)
    named = named or (last and credits.only_agencies(last[1])) or ()
    sited = any(_SITE.fullmatch(part) and not find_agencies(part) for part in parts)
    dated = bool(re.search(r"\d", before[len(place) :]))
    shouted = (
        capitals.isupper() and len(capitals) > 3 and capitals.casefold() not in _no_places() and match["dash"] != "-"
    )
    if (
        names
        or named
        or sited
        or (dated and _has_date(before))
        or (match["dash"].strip().startswith(".") and len(place.split()) <= 4)
        or _by_unknown(parts, match["dash"])
        or (shouted and rest[:1].isupper() and match[0][len(before) :][:1] == " ")
    ):
        return _result(place, (*names, *named), match[0])
    return ()


_BEHIND_DATE = re.compile(r"\d\s([^\d,.]{2,16})$")
# … - ТАСС.; … - ایرنا - …
_AGENCY_BEHIND = re.compile(r"([^\W\d_][^.!?]{1,24}?)(?:\.(?=\s)|$|\s?[-–—]\s)")


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
_ABBREVIATED = re.compile(r"(?:[A-Z]\.){2,3}|[A-ZÀ-Ý][a-zà-ÿ]{1,5}\.")


# 3 мая, Минск; New Delhi [India]
_DAY_FIRST = re.compile(r"^\d{1,2}\.?\s[^\W\d]{3,12},\s")
_COUNTRY = re.compile(r"\s\[[^\[\]]{3,24}\]")


def _is_day_in_words(text: str) -> bool:
    """Whether a part of what stands before the agency is a day: ``तीन मई``."""
    words = text.split()
    return len(words) == 2 and find_date(f"3 {words[1]} 2000") is not None


def _place(before: str) -> str | None:
    """The place in what stands before the agency: without date and agency; None where that is no name of a place."""
    parts: list[str] = []
    before = _DAY_FIRST.sub("", before) if before[:1].isdigit() else _COUNTRY.sub("", before)
    for part in re.split(r",\s?|\s(?=\d)|،\s?|\.\s(?=\d)", before.strip(" ,:;-–—").lstrip(".")):
        if parts and _ABBREVIATED.fullmatch(part.strip()):
            # Pa., which is no agency there
            parts.append(part.strip())
            continue
        text = part.strip(" .-–—")
        if not text or canonical_agency(text) or _SITE.fullmatch(text):
            continue
        if re.search(r"\d", text) or (parts and not text.isascii() and _is_day_in_words(text)):
            break
        parts.append(text)
    if len(parts) > 1 and re.match(r"[A-ZÀ-ÝА-Я]{3,6}(?:\s|$)", parts[-1]) and not parts[0].isupper():
        parts.pop()
    if not parts:
        return None
    place = _without_month(parts, before) if re.search(r"\d", before) else ", ".join(parts)
    place = _BEFORE_DAY.sub("", place) if parts and before.rstrip() != place else place
    first = place[:1]
    if (
        not place
        or len(place) > 50
        or len(place.split()) > 6
        or not (first.isupper() or (first.isalpha() and not first.islower()))
    ):
        return None
    if place.split()[0].casefold() in _HOUSES:
        return None
    if any(word[0].islower() and len(word) > 4 for word in place.split()):
        # `The agency (AFP) - …` is no place; `Villa de Ejemplo` is.
        return None
    return place if _AFTER_PLACE.fullmatch(place) else None


# Between a place and the day: القاهرة في 3 مايو
_BEFORE_DAY = re.compile(r"\s(?:في|فى|in|on|am|den|el|le|em|du|dne|ngày|pada|tanggal|به|د)$")


# The house stands where the place does: Redacción Deportes, 3 may (EFE).
_HOUSES = frozenset(
    ["redacción", "redacció", "redação", "redazione", "rédaction", "redaktion", "redakcja", "редакция", "especial"]
)


def _without_month(parts: list[str], before: str) -> str:
    """The parts of the place, without a month at their end whose day follows it (``NAIROBI, March 12``)."""
    words = parts[-1].split()
    # Behind a comma the day does not belong to the word before: HÀ NỘI, 10 tháng 6.
    if find_date(f"{words[-1]} 12, 2000") is None or not re.search(rf"{re.escape(words[-1])}\.?\s?\d", before):
        return ", ".join(parts)
    return ", ".join([*parts[:-1], " ".join(words[:-1])]).strip(", ")


def _result(place: str | None, names: tuple[str, ...], text: str) -> Found:
    found: list[tuple[str, str | StatedDate]] = [("dateline", place)] if place else []
    found += [("agencies", name) for name in names]
    date = find_date(text, evidence="text") if re.search(r"(?:19|20)\d\d", text) else None
    if date:
        found.append(("dated", date[0]))
    return tuple(found)
