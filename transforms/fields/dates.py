"""Dates as pages and texts state them, in any language whose month names stand in ``dates.yaml``.

Nothing here looks at the clock, and nothing is made up: a date without a year, a relative one (``yesterday``) and
an impossible one give None.  A time of day without a zone is taken as written, in UTC; ``raw`` keeps the string.

The order of day and month in ``03/04/2024``: what the numbers allow; then month first where ``language`` says so
(``en-us``, …: ``month_first`` in the data) or a zone of the United States stands beside it (``ET``, ``PDT``); else
day first, plain ``en`` included.  Between full stops the day is always first, if the numbers allow.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from transforms.fields.data import load_yaml
from transforms.model import Precision, StatedDate

MIN_YEAR, MAX_YEAR = 1600, 2200
# No statement of a date that we know of is longer; what is gets no look.
MAX_CHARS = 400
# So far find_date looks into a line.
MAX_LINE_CHARS = 4000

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?\Z", re.A
)
_ISO_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?\Z", re.A)
_FIRST_DIGIT = re.compile(r"[\d〇一二三四五六七八九十]")
# What every date has that find_date looks for: a year, or the end of one that two digits tell.
_YEARISH = re.compile(r"\d{4}|\d[./]\d\d?[./]\d\d|[年년]|[\u0e00-\u0e7f]\.? ?\d\d")
_FOREIGN_DIGIT = re.compile(
    "[\u0660-\u0669\u06f0-\u06f9\u07c0-\u07c9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef"
    "\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0de6-\u0def\u0e50-\u0e59\u0ed0-\u0ed9\u0f20-\u0f29\u1040-\u1049\u17e0-\u17e9"
    "\u1810-\u1819\uff10-\uff19]"
)
_CJK_DIGITS = {ord(c): str(i) for i, c in enumerate("〇一二三四五六七八九")}
_WEEKDAY_AFTER = re.compile(
    r"[\s,،(（]*(?:(?P<cjk>星期[一二三四五六日天]|周[一二三四五六日]|[月火水木金土日]曜日?|[월화수목금토일]요일)|"
    r"(?P<word>[^\s\d,،;:|()（）]{2,20}))[)）.,،]*"
)
_WEEKDAY_BEFORE = re.compile(r"([^\s\d,;:|()]{2,20})[,،、]?\s*(?:(?:den|the|le|la|el|il|dia|di|de|ngày|ที่)\b,?)?\s*$")
_SOLAR, _BUDDHIST = 100, 200  # added to the number of a month that belongs to another calendar


class _Day(NamedTuple):
    """A day found in a line: where, and which."""

    start: int
    end: int
    day: date


class _Time(NamedTuple):
    """A time of day; ``seconds`` from midnight as written, ``offset`` in minutes east of UTC or None."""

    seconds: int
    precision: Precision
    offset: int | None


class _Words(NamedTuple):
    """``dates.yaml`` in the form that the parser needs; see there."""

    months: dict[str, tuple[tuple[int, str], ...]]
    beside: frozenset[str]
    weekdays: frozenset[str]
    month_first: frozenset[str]
    ordinal_dot: frozenset[str]
    zones: dict[str, int]
    us_zones: dict[str, int]
    eras: dict[str, int]
    before_noon: frozenset[str]
    times: frozenset[str]
    numeric: re.Pattern[str]
    year_first: re.Pattern[str]
    cjk: re.Pattern[str]
    numbered_month: re.Pattern[str]
    year_numbered_month: re.Pattern[str]
    day_word_year: re.Pattern[str]
    year_word_day: re.Pattern[str]
    day_year: re.Pattern[str]
    word_before: re.Pattern[str]
    year_day_word: re.Pattern[str]
    word_day_time_year: re.Pattern[str]
    time_after: re.Pattern[str]
    time_before: re.Pattern[str]


def parse_date(text: str, *, language: str | None = None, evidence: str = "") -> StatedDate | None:
    """The date that ``text`` is, or None where it is none or says more than a date.

    Args:
        text: ISO 8601, RFC 2822, or a date in words or numbers, with or without time, weekday and a label
            (``Published: 14 March 2024, 09:12 CET``).
        language: BCP 47 tag of what the date stands in, which decides the order of day and month and the
            meaning of month names (see the module); None where unknown.
        evidence: goes into the result.
    """
    text = text.strip()
    match = _ISO.match(text) or _ISO_BASIC.match(text)
    if match:
        return _from_iso(match, text, evidence)
    if len(text) > MAX_CHARS or not _may_have_date(text):
        return None
    found = _find(text, language, alone=True)
    if found is None:
        return None
    day, time = found
    rest = re.sub(r"\([^()]*\)", " ", text[: day.start] + " " + text[day.end :])
    if not all(_beside(word) for word in re.findall(r"[^\s.,:;|/()\[\]·•–—\-，、،：（）\"']+", rest)):
        return None
    return _stated(day.day, time, text, evidence)


def find_date(text: str, *, language: str | None = None, evidence: str = "") -> tuple[StatedDate, int, int] | None:
    """The first date in ``text`` (a line), with its time if one stands beside it, and its span.

    Returns:
        (date, start, end), ``date.raw`` being ``text[start:end]``; None where there is no date with day, month and
        year.  A year of two digits counts only in ``14.03.24`` and ``14/03/24``.  Of a longer line than
        ``MAX_LINE_CHARS`` only the beginning is looked at.
    """
    text = text[:MAX_LINE_CHARS]
    if not _may_have_date(text):
        return None
    found = _find(text, language, alone=False)
    if found is None:
        return None
    day, time = found
    stated = _stated(day.day, time, text[day.start : day.end], evidence)
    return None if stated is None else (stated, day.start, day.end)


def is_time(text: str) -> bool:
    """Whether ``text`` is nothing but words of dates and figures, a time of day or a day and its month among them.

    The year may be missing: ``Tuesday, 10:26 • Updated 12:03``, ``3.5. 14:32``, ``Tue 18 Mar``.
    """
    text = _plain_digits(text)
    found = _LETTERS.findall(text)
    if _NO_TIME.search(text) or not (found or ":" in text):
        return False
    clock = _CLOCK.search(text) is not None
    named = False
    for word in found:
        folded = _fold(word)
        if folded in _words().months:
            named = True
        elif not (folded in _words().beside or folded in _words().times or word in _words().zones):
            return False
    return clock or (named and _ONE_DAY.search(text) is not None)


_NO_TIME = re.compile(r"[%€$£¥₹+°#@=&!?]")
_CLOCK = re.compile(r"(?<![\d.:])(?:[01]?\d|2[0-4])(?:[:：]|\s?[hH]\s?|\.)[0-5]\d(?!\d)(?!\.\d)")
_ONE_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_LETTERS = re.compile(r"[^\W\d_][^\s\d,،;:()|/\[\]•·–—]*")


def _may_have_date(text: str) -> bool:
    """False where there is surely no date: every year from 1600 and every month in figures has a 0, 1 or 2."""
    if "2" in text or "1" in text or "0" in text:
        return True
    return not text.isascii() and ("年" in text or _FOREIGN_DIGIT.search(text) is not None)


def _from_iso(match: re.Match[str], text: str, evidence: str) -> StatedDate | None:
    precision: Precision = "second" if match[6] else "minute" if match[4] else "day"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _from_iso_parts(match, text, evidence)
    at = at.replace(tzinfo=UTC, microsecond=0) if at.tzinfo is None else at.astimezone(UTC).replace(microsecond=0)
    return StatedDate(at, precision, text, evidence) if MIN_YEAR <= int(match[1]) <= MAX_YEAR else None


def _from_iso_parts(match: re.Match[str], text: str, evidence: str) -> StatedDate | None:
    """What the library does not read: 24:00, a leap second, a blank before the offset."""
    year, month, day, hour, minute, second, zone = match.groups()
    made = _make_day(int(year), int(month), int(day))
    time = _time(int(hour), int(minute), second, zone) if made and hour else None
    return _stated(made, time, text, evidence) if made and time else None


def _stated(day: date, time: _Time | None, raw: str, evidence: str) -> StatedDate | None:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if time is None:
        return StatedDate(at, "day", raw, evidence)
    # 24:00 and the leap second 23:59:60 are the next day's first moment.
    at += timedelta(seconds=time.seconds, minutes=-(time.offset or 0))
    return StatedDate(at, time.precision, raw, evidence)


def _time(hour: int, minute: int, second: str | None, zone: str | None) -> _Time | None:
    """A time of day, None if there is none such.  ``zone`` is ``Z`` or an offset such as ``+0530``."""
    seconds = hour * 3600 + minute * 60 + int(second or 0)
    if hour > 24 or minute > 59 or int(second or 0) > 60 or seconds > 86400:
        return None
    offset = None if zone is None else _offset(zone)
    return _Time(seconds, "second" if second else "minute", offset)


def _offset(text: str) -> int | None:
    """Minutes east of UTC of ``Z``, ``+02``, ``+0530``, ``-3:00``; None where that is no offset in use."""
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 15 or minutes > 59:
        return None
    return (-1 if text[0] in "-−" else 1) * (hours * 60 + minutes)


# --- finding ---------------------------------------------------------------------------------------------------


def _find(text: str, language: str | None, *, alone: bool) -> tuple[_Day, _Time | None] | None:
    """The first day in ``text``, with the span widened to the time and weekday beside it."""
    plain = _plain_digits(text)
    first = _FIRST_DIGIT.search(plain)
    if first is None or not (alone or _YEARISH.search(plain, first.start())):
        return None
    tag = (language or "").lower().replace("_", "-")
    days = [d for finder in _FINDERS if (d := next(finder(plain, first.start(), tag, alone), None)) is not None]
    if not days:
        return _find_asctime(plain, tag) if ":" in plain else None
    day = min(days, key=lambda d: (d.start, -d.end))
    return _with_time(plain, day)


def _plain_digits(text: str) -> str:
    """``text`` with the digits of all scripts as ASCII ones, character for character."""
    if text.isascii():
        return text
    if _FOREIGN_DIGIT.search(text):
        text = "".join(str(unicodedata.decimal(c)) if c > "\x7f" and c.isdecimal() else c for c in text)
    return text


def _make_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian date, from the calendar that the month's number tells; None if there is none such."""
    if month > _BUDDHIST:
        year, month = (year - 543 if year > 2400 else year), month - _BUDDHIST
    elif month > _SOLAR:
        return _from_solar_hijri(year, month - _SOLAR, day)
    if not MIN_YEAR <= year <= MAX_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _from_solar_hijri(year: int, month: int, day: int) -> date | None:
    """The Gregorian date of a solar Hijri one, for the years 1244 to 1498.

    The leap years of the 33-year cycle, which agrees with the astronomical calendar of Iran from 1210 to 1634
    (Borkowski 1996, The Persian calendar for 3000 years, table 1).
    """
    longest = 31 if month <= 6 else 30 if month < 12 or (year * 8 + 29) % 33 < 8 else 29
    if not (1244 <= year <= 1498 and 1 <= month <= 12 and 1 <= day <= longest):
        return None
    leaps = (year * 8 + 21) // 33 - (1343 * 8 + 21) // 33  # leap years from 1343 to the year before
    days = (year - 1343) * 365 + leaps + (month - 1) * 30 + min(month - 1, 6) + day - 1
    return date(1964, 3, 21) + timedelta(days=days)


def _short_year(text: str) -> int:
    """A year of two digits as POSIX reads it: 69 to 99 are 19xx, 00 to 68 are 20xx."""
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= 69 else 2000)


def _find_numeric(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    words = _words()
    for match in words.numeric.finditer(text, pos):
        first, separator, second, year = match.groups()
        padded = len(first) == len(second) == 2
        if len(year) == 2 and not ((alone or padded) if separator in "./" else (alone and padded)):
            continue
        a, b = int(first), int(second)
        if a > 12 >= b:
            month_first = False
        elif b > 12 >= a:
            month_first = True
        else:
            month_first = separator != "." and (tag in words.month_first or _us_zone_near(text, match))
        number = _short_year(year)
        if 2400 < number < 2700 and tag[:2] in ("th", "lo"):
            number -= 543
        day = _make_day(number, *((a, b) if month_first else (b, a)))
        if day:
            yield _Day(match.start(), match.end(), day)


def _us_zone_near(text: str, match: re.Match[str]) -> bool:
    near = text[max(0, match.start() - 25) : match.end() + 25]
    return re.search(r"\b(?:E|C|M|P)[SD]?T\b(?<!MET)", near) is not None


def _find_year_first(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    for match in _words().year_first.finditer(text, pos):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
        if 1300 <= year < 1500:
            month += _SOLAR
        elif 2400 < year < 2700 and tag[:2] in ("th", "lo"):
            year -= 543
        made = _make_day(year, month, day)
        if made:
            yield _Day(match.start(), match.end(), made)


def _find_cjk(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    if not ("年" in text or "년" in text):
        return
    words = _words()
    for match in words.cjk.finditer(text, max(0, pos - 3)):
        era, year, month, day = match.groups()
        numbers = [_cjk_number(n) for n in (year, month, day)]
        if None in numbers:
            continue
        y, m, d = (n or 0 for n in numbers)
        made = _make_day(y + words.eras[era] - 1 if era else y, m, d)
        if made:
            yield _Day(match.start(), match.end(), made)


def _cjk_number(text: str) -> int | None:
    """The number in ASCII or in Chinese digits, up to 99 with 十, else digit by digit; 元 is the first."""
    if text == "元":
        return 1
    text = text.translate(_CJK_DIGITS)
    if "十" in text:
        tens, _, ones = text.partition("十")
        text = (tens or "1") + (ones or "0")
    return int(text) if text.isdecimal() else None


def _find_numbered_month(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    """``14 tháng 3 năm 2024``, ``2021 оны 8-р сарын 5``: languages that number their months."""
    if not ("th" in text or "оны" in text):
        return
    words = _words()
    for match in words.numbered_month.finditer(text, pos):
        made = _make_day(int(match[3]), int(match[2]), int(match[1]))
        if made:
            yield _Day(match.start(), match.end(), made)
    for match in words.year_numbered_month.finditer(text, pos):
        made = _make_day(int(match[1]), int(match[2]), int(match[3]))
        if made:
            yield _Day(match.start(), match.end(), made)


def _find_asctime(text: str, tag: str) -> tuple[_Day, _Time | None] | None:
    """``Thu Mar 14 09:12:00 UTC 2024``: the time stands before the year."""
    for match in _words().word_day_time_year.finditer(text):
        month = _month(match["word"], tag, False)
        day = month and _make_day(int(match["year"]), month, int(match["day"]))
        time = day and _time_of(match, day)
        if day and time:
            return _Day(_weekday_before(text, match.start()), match.end(), day), time
    return None


def _find_day_word_year(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    for match in _words().day_word_year.finditer(text, pos):
        day, dot, word, year = match["day"], match["dot"], match["word"], match["year"]
        month = _month(word, tag, bool(dot))
        if month is None:
            continue
        if len(year) == 2:
            if month > _BUDDHIST and int(year) >= 40:
                number = 2500 + int(year)
            elif alone and month < _SOLAR:
                number = _short_year(year)
            else:
                continue
        else:
            number = int(year)
        made = _make_day(number, month, int(day))
        if made:
            yield _Day(match.start(), match.end(), made)


def _find_year_word_day(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    for match in _words().year_word_day.finditer(text, pos):
        month = _month(match["word"], tag, True)
        made = month and _make_day(int(match["year"]), month, int(match["day"]))
        if made:
            yield _Day(match.start(), match.end(), made)


def _find_year_day_word(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    for match in _words().year_day_word.finditer(text, pos):
        month = _month(match["word"], tag, True)
        made = month and _make_day(int(match["year"]), month, int(match["day"]))
        if made:
            yield _Day(match.start(), match.end(), made)


def _find_word_day_year(text: str, pos: int, tag: str, alone: bool) -> Iterator[_Day]:
    words = _words()
    for match in words.day_year.finditer(text, pos):
        near = max(0, match.start() - 25)
        before = words.word_before.search(text[near : match.start()])
        month = before and _month(before["word"], tag, False)
        made = month and _make_day(int(match["year"]), month, int(match["day"]))
        if before and made:
            yield _Day(near + before.start(), match.end(), made)


_FINDERS = (
    _find_year_first,
    _find_numeric,
    _find_cjk,
    _find_day_word_year,
    _find_word_day_year,
    _find_year_word_day,
    _find_year_day_word,
    _find_numbered_month,
)


def _month(word: str, tag: str, dot: bool) -> int | None:
    """Number of the month that ``word`` names, by language ``tag``, then by the full stop after the day."""
    words = _words()
    meanings = words.months.get(_fold(word))
    if not meanings:
        return None
    if len({month for month, _ in meanings}) == 1:
        return meanings[0][0]
    primary = tag.partition("-")[0]
    by_language = {month for month, language in meanings if language == primary}
    by_dot = {month for month, language in meanings if (language in words.ordinal_dot) == dot}
    fitting = by_language or by_dot
    return fitting.pop() if len(fitting) == 1 else None


# --- time of day -----------------------------------------------------------------------------------------------


def _with_time(text: str, day: _Day) -> tuple[_Day, _Time | None]:
    """The day with the time beside it, its span widened to time and weekday."""
    words = _words()
    start, end = day.start, day.end
    match = words.time_after.match(text, _weekday_after(text, end))
    time = match and _time_of(match, day.day)
    if match and time:
        return _Day(_weekday_before(text, start), len(text[: match.end()].rstrip()), day.day), time
    start = _weekday_before(text, start)
    near = max(0, start - 60)
    match = words.time_before.search(text[near:start])
    time = match and _time_of(match, day.day)
    if match and time:
        start = near + match.start()
    return _Day(start, end, day.day), time


def _time_of(match: re.Match[str], day: date) -> _Time | None:
    words = _words()
    hour, minute, second = int(match["hour"]), match["minute"], match["second"]
    half = match["half1"] or match["half2"]
    if minute is None and half is None:
        return None
    if half and hour <= 12:  # else it is said twice: 午後15時
        hour = hour % 12 + (0 if _fold(half) in words.before_noon else 12)
    time = _time(hour, int(minute or 0), second, None)
    if time is None:
        return None
    return time._replace(offset=_zone_of(match, day, time.seconds))


def _zone_of(match: re.Match[str], day: date, seconds: int) -> int | None:
    words = _words()
    name, offset = match["zone"], match["offset"]
    if offset:
        return _offset(offset.replace(" ", ""))
    if name in words.us_zones:
        return words.us_zones[name] + (60 if _us_summer(day, seconds) else 0)
    return words.zones.get(name) if name else None


def _us_summer(day: date, seconds: int) -> bool:
    """Whether the United States have summer time then (Energy Policy Act of 2005; before 2007 the rule of 1987)."""

    def sunday(month: int, first: int) -> date:
        start = date(day.year, month, first)
        return start + timedelta(days=(6 - start.weekday()) % 7)

    begin, end = (sunday(3, 8), sunday(11, 1)) if day.year >= 2007 else (sunday(4, 1), sunday(10, 25))
    if day in (begin, end):
        return (seconds >= 7200) == (day == begin)
    return begin < day < end


def _weekday_before(text: str, start: int) -> int:
    """``start``, moved before a weekday that stands there."""
    near = max(0, start - 30)
    match = _WEEKDAY_BEFORE.search(text[near:start])
    if match and _fold(match[1]) in _words().weekdays:
        return near + match.start()
    return start


def _weekday_after(text: str, end: int) -> int:
    """``end``, moved behind a weekday that stands there."""
    match = _WEEKDAY_AFTER.match(text, end)
    if match and (match["cjk"] or _fold(match["word"]) in _words().weekdays):
        return match.end()
    return end


def _beside(word: str) -> bool:
    return _fold(word) in _words().beside


# --- the data --------------------------------------------------------------------------------------------------


def _fold(word: str) -> str:
    """Lower case, without full stops, and without accents where the script can do without them."""
    word = word.lower().replace(".", "").replace("॰", "").strip("-–")
    if word.isascii():
        return word
    return "".join(
        c for c in unicodedata.normalize("NFD", word) if not ("\u0300" <= c <= "\u036f" or "\u064b" <= c <= "\u0652")
    )


_TIMES = ("before_noon", "after_noon", "time_words", "time_tails", "ordinals")


@cache
def _words() -> _Words:
    data = load_yaml("dates.yaml")
    months: dict[str, set[tuple[int, str]]] = {}
    beside = {_fold(w) for w in data["labels"]} | {_fold(w) for w in data["fillers"]}
    beside |= {_fold(w) for w in data["time_words"] + data["time_tails"]}
    weekdays: set[str] = set()
    for language, entry in data["languages"].items():
        shift = _BUDDHIST if language == "th" else 0
        # Of two letters only beside a date: `on` is a weekday somewhere.
        names = [_fold(w) for w in entry.get("weekdays", ())]
        beside.update(names)
        weekdays |= {w for w in names if len(w) > 2 or not w.isascii()}
        for number, names in enumerate(entry["months"], 1):
            for name in names.split():
                months.setdefault(_fold(name.replace("_", " ")), set()).add((number + shift, language))
    for number, names in enumerate(data["solar_hijri"], 1):
        for name in names.split():
            months.setdefault(_fold(name), set()).add((number + _SOLAR, "fa"))
    return _Words(
        months={name: tuple(sorted(meanings)) for name, meanings in months.items()},
        beside=frozenset(beside),
        weekdays=frozenset(weekdays),
        month_first=frozenset(data["month_first"]),
        ordinal_dot=frozenset(data["ordinal_dot"]),
        zones=data["zones"],
        us_zones=data["us_zones"],
        eras=data["eras"],
        before_noon=frozenset(_fold(w) for w in data["before_noon"]),
        times=frozenset(_fold(w) for key in _TIMES for w in data[key]) | frozenset(map(_fold, data["us_zones"])),
        **_patterns(data),
    )


def _any(words: list[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s") for w in sorted(set(words), key=lambda w: (-len(w), w)))


def _patterns(data: dict[str, Any]) -> dict[str, re.Pattern[str]]:
    clock, lead = _clock_source(data), _time_lead_source(data)
    sources = _date_sources(data) | {
        "word_day_time_year": rf"(?<![^\W\d_]){_WORD}\s+{_DAY}\s+{clock}\s+{_YEAR}",
        "time_after": lead + clock,
        "time_before": clock + r"[\s,،|·•\-–]*(?:\b(?:on|am|vom|le|el|il|den|op|em)\b\s*)?$",
    }
    return {name: re.compile(source) for name, source in sources.items()}


_NO_LETTER = r"(?![^\W\d_])"
_SECOND_WORD = r"(?:\s(?:الأول|الاول|الثاني))"  # Arabic months of two words
_WORD = rf"(?P<word>[^\s\d,،;:()|/\-–]{{2,20}}{_SECOND_WORD}?)"
_DAY = r"(?P<day>\d{1,2})(?!\d)"
# Pages run year and time together: `20249:12 AM`, `28.04.2024-19:20`.
_YEAR_END = r"(?!\d(?!\d?:\d\d))"
_YEAR = r"(?P<year>\d{4})" + _YEAR_END


def _date_sources(data: dict[str, Any]) -> dict[str, str]:
    gap = r"[\s.,،/\-–]*"
    fillers = _any(data["fillers"])
    filler = rf"(?:(?<![^\W\d_])(?:{fillers}){_NO_LETTER}[\s.,]*)*(?:d['’ʼ])?"
    ordinal = rf"(?:(?:{_any(data['ordinals'])}){_NO_LETTER})?"
    other_name = rf"(?:\s?/\s?[^\s\d/]{{2,12}}{_SECOND_WORD}?)?"  # two names of one month
    numeric_end = _YEAR_END + r"(?![./\-–]\d(?!\d?:\d\d))"
    cjk_number = "[\\d一二三四五六七八九十]{1,3}"
    return {
        "numeric": r"(?<!\d)(?<!\d[.,:/\-])(\d{1,2})\s?([./\-–])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})" + numeric_end,
        "year_first": r"(?<!\d)(?<!\d[.,:\-])(\d{4})\s?([./\-–])\s?(\d{1,2})\s?\2\s?(\d{1,2})" + numeric_end,
        "cjk": rf"(?P<era>{_any(list(data['eras']))})?\s?([\d〇一二三四五六七八九十元]{{1,4}})\s?[年년]\s?"
        rf"({cjk_number})\s?[月월]\s?({cjk_number})\s?[日號号일]",
        "numbered_month": r"(?<!\d)(\d{1,2})\s(?:tháng|thg)\s?(\d{1,2}),?\s(?:năm\s)?(\d{4})(?!\d)",
        "year_numbered_month": r"(?<!\d)(\d{4})\sоны\s(\d{1,2})[- ]?р?\s?сарын\s(\d{1,2})(?!\d)",
        "day_word_year": rf"(?<!\d)(?<!\d[.,:]){_DAY}{ordinal}(?P<dot>\.)?{gap}{filler}{_WORD}{other_name}{gap}{filler}"
        rf"['’]?(?P<year>\d{{4}}|\d{{2}}){_YEAR_END}",
        "year_word_day": rf"(?<!\d){_YEAR}\.?[\s,.\-]*{filler}\s?{_WORD}[\s.\-]*{_DAY}",
        "year_day_word": rf"(?<!\d){_YEAR}[.\-]?\s?(?:{fillers}){_NO_LETTER}[\s.,]*{_DAY}[\s.\-]*{_WORD}",
        "day_year": rf"(?<!\d){_DAY}{ordinal}[,\s.،]+{filler}{_YEAR}",
        "word_before": rf"(?<![^\W\d_]){_WORD}[\s.\-]*$",
    }


def _clock_source(data: dict[str, Any]) -> str:
    """A time of day with its half of the day and zone."""
    half = _any([w for key in ("before_noon", "after_noon") for w in data[key]])
    zone = _any([*data["zones"], *data["us_zones"]])
    second = r"(?:[:：.\s]?(?P<second>\d\d)(?!\d)(?:[.,]\d+)?[秒초]?)?"
    minute = rf"(?:\s?[:：.hHh時时시點点]\s?(?P<minute>\d\d)(?!\d)[分분]?{second}|[時时點点시](?=\s|$))?"
    offset = r"(?P<offset>[+\-−]\s?\d{1,2}(?::?\d\d)?(?!\d))?(?:\s?(?:UTC|GMT)\b)?"
    return (
        rf"(?:(?P<half1>(?i:{half}))\s*)?(?P<hour>\d{{1,2}}){minute}"
        rf"(?:\s*(?P<half2>(?i:{half})){_NO_LETTER})?(?:\s*(?i:{_any(data['time_tails'])}){_NO_LETTER})?"
        rf"(?:\s*[(\[]?(?:(?P<zone>{zone})(?:{_NO_LETTER}|(?=[A-Z][a-z])))?\s?{offset}[)\]]?)"
    )


def _time_lead_source(data: dict[str, Any]) -> str:
    """What may stand between a date and its time."""
    words = rf"(?:T|(?i:{_any(data['time_words'])}){_NO_LETTER}[\s:]*)*"
    return rf"[\s.,،;()（）\[\]]*(?:\([^()]{{1,4}}\)|（[^（）]{{1,4}}）)?\s*{words}"
