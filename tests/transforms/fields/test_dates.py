"""Dates: every example of the data file, the order of day and month, zones, and what is no date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fields.data import load_yaml
from transforms.fields.dates import find_date, is_time, parse_date

DATA = load_yaml("dates.yaml")
EXAMPLES = [
    pytest.param(code, text, at, id=f"{code}-{text}")
    for code, entry in DATA["languages"].items()
    for text, at in entry.get("examples", ())
]


def written(stated):
    if stated is None:
        return None
    return stated.at.strftime("%Y-%m-%d" if stated.precision == "day" else "%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(("language", "text", "at"), EXAMPLES)
def test_example_of_language(language, text, at):
    assert written(parse_date(text, language=language)) == at


@pytest.mark.parametrize(("language", "text", "at"), [e for e in EXAMPLES if not e.values[1][:2].isascii()])
def test_example_in_another_script_needs_no_language(language, text, at):
    assert written(parse_date(text)) == at


def test_at_least_30_languages_have_month_names():
    assert sum(all(entry["months"]) for entry in DATA["languages"].values()) >= 30


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2024-03-14", "2024-03-14 00:00:00", "day"),
        ("20240314", "2024-03-14 00:00:00", "day"),
        ("2024-03-14T09:12Z", "2024-03-14 09:12:00", "minute"),
        ("2024-03-14T09:12:33Z", "2024-03-14 09:12:33", "second"),
        ("2024-03-14T09:12:33.123456+01:00", "2024-03-14 08:12:33", "second"),
        ("2024-03-14T09:12:33,5+0100", "2024-03-14 08:12:33", "second"),
        ("2024-03-14T09:12:33-03", "2024-03-14 12:12:33", "second"),
        ("2024-03-14T00:30:00+02:00", "2024-03-13 22:30:00", "second"),
        ("2024-03-14 09:12:33", "2024-03-14 09:12:33", "second"),
        ("2024-03-14 09:12:33 +0100", "2024-03-14 08:12:33", "second"),
        ("2024-03-14 09:12:33 +0000 UTC", "2024-03-14 09:12:33", "second"),
        ("20240314T091233Z", "2024-03-14 09:12:33", "second"),
        ("2024-03-14T24:00:00Z", "2024-03-15 00:00:00", "second"),
        ("2016-12-31T23:59:60Z", "2017-01-01 00:00:00", "second"),
        ("Thu, 14 Mar 2024 09:12:33 +0100", "2024-03-14 08:12:33", "second"),
        ("Thu, 14 Mar 2024 09:12:33 GMT", "2024-03-14 09:12:33", "second"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37", "second"),
        ("Thu Mar 14 09:12:33 2024", "2024-03-14 09:12:33", "second"),
        ("Thu Mar 14 09:12:33 UTC 2024", "2024-03-14 09:12:33", "second"),
        ("25/05/2024", "2024-05-25 00:00:00", "day"),
        ("05/25/2024", "2024-05-25 00:00:00", "day"),
        ("25-05-2024", "2024-05-25 00:00:00", "day"),
        ("2024/05/25", "2024-05-25 00:00:00", "day"),
        ("14.03.2024 09:12 Uhr", "2024-03-14 09:12:00", "minute"),
        ("14.03.24", "2024-03-14 00:00:00", "day"),
        ("14-03-24", "2024-03-14 00:00:00", "day"),
        ("3 may 2024", "2024-05-03 00:00:00", "day"),
        ("May 3, 2024, 12 a.m.", "2024-05-03 00:00:00", "minute"),
        ("May 3, 2024, 12:05 pm", "2024-05-03 12:05:00", "minute"),
        ("3:15 PM EDT, Tue March 12, 2024", "2024-03-12 19:15:00", "minute"),
        ("March 9, 2024 3:15 p.m. ET", "2024-03-09 20:15:00", "minute"),
        ("March 10, 2024 3:15 p.m. ET", "2024-03-10 19:15:00", "minute"),
        ("November 3, 2024 3:15 p.m. PT", "2024-11-03 23:15:00", "minute"),
        ("April 1, 2006 3:15 p.m. ET", "2006-04-01 20:15:00", "minute"),
        ("14 March 2024 09:12 (UTC+05:30)", "2024-03-14 03:42:00", "minute"),
        ("14 March 2024 09:12 CEST", "2024-03-14 07:12:00", "minute"),
        ("Published Fri, Apr 28 20232:23 PM EDT", "2023-04-28 18:23:00", "minute"),
    ],
)
def test_instant_and_precision(text, at, precision):
    stated = parse_date(text, evidence="record")
    assert stated is not None
    assert (str(stated.at.replace(tzinfo=None)), stated.precision) == (at, precision)
    assert stated.at.tzinfo is UTC
    assert (stated.raw, stated.evidence) == (text, "record")


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("03/04/2024", None, "2024-04-03"),
        ("03/04/2024", "de", "2024-04-03"),
        ("03/04/2024", "en", "2024-04-03"),
        ("03/04/2024", "en-GB", "2024-04-03"),
        ("03/04/2024", "en-US", "2024-03-04"),
        ("03/04/2024", "en_US", "2024-03-04"),
        ("03.04.2024", "en-US", "2024-04-03"),
        ("25/04/2024", "en-US", "2024-04-25"),
        ("03/04/2024 3:15 PM ET", None, "2024-03-04"),
        ("3. listopada 2024", None, "2024-10-03"),
        ("3 listopada 2024", None, "2024-11-03"),
        ("3 listopada 2024", "hr", "2024-10-03"),
        ("14/03/2567", "th", "2024-03-14"),
        ("14/03/2567", None, None),
    ],
)
def test_order_and_meaning_by_language(text, language, day):
    stated = parse_date(text, language=language)
    assert (stated and str(stated.at.date())) == day


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "yesterday", "2 hours ago", "14 March", "March 2024", "2024", "2024-05", "31/02/2024", "2024-13-45",
        "0000-00-00", "3 May 1599", "3 May 2201", "1599-12-31", "12345678901", "1710407553", "Version 1.2.2024",
        "Meeting on 3 May 2024", "IP 192.168.2.2024", "14:30", "2024年5月", "3 Mai 2024 und 5. Mai 2025",
        "2024-03-14T25:00:00Z",
    ],
)  # fmt: skip
def test_no_date(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("line", "raw"),
    [
        ("date 2024-05-25 Reading Time: 2 minutes", "2024-05-25"),
        ("By Anna Example May 3, 2024 at 10:15 and more", "May 3, 2024 at 10:15"),
        ("Stand: 25.05.24, 10:15 Uhr, Beispielstadt", "25.05.24, 10:15 Uhr"),
        ("On Monday, 3 June 2019, the council met", "Monday, 3 June 2019"),
        ("from 3 May 2024 to 5 May 2024", "3 May 2024"),
        ("/2024/03/14/slug-12", "2024/03/14"),
        ("発行：2024年3月14日（木） 見本町", "2024年3月14日"),
        ("نشر في ١٤ مارس ٢٠٢٤ اليوم", "١٤ مارس ٢٠٢٤"),
        ("call 01.02.03.04.05 now", None),
        ("He was born in 1914 in May", None),
        ("no figures at all", None),
        ("", None),
    ],
)
def test_find_date_and_its_span(line, raw):
    found = find_date(line)
    assert (found and found[0].raw) == raw
    if found:
        stated, start, end = found
        assert line[start:end] == stated.raw


def test_solar_hijri_new_years_days():
    # First days of the years, as the Calendar Centre of the University of Tehran gives them.
    known = {
        1370: "1991-03-21",
        1379: "2000-03-20",
        1399: "2020-03-20",
        1400: "2021-03-21",
        1403: "2024-03-20",
        1404: "2025-03-21",
    }
    assert {y: str(parse_date(f"1 فروردین {y}").at.date()) for y in known} == known


@given(st.text(max_size=80), st.sampled_from([None, "en-US", "th", "hr", "", "x"]))
def test_any_text_is_survived(text, language):
    stated = parse_date(text, language=language)
    assert stated is None or 1599 <= stated.at.year <= 2201


_PIECES = [
    "14",
    "3",
    "2024",
    "24",
    "31",
    "99",
    "/",
    ".",
    "-",
    ":",
    " ",
    ", ",
    "March",
    "mars",
    "มี.ค.",
    "年",
    "月",
    "日",
    "十",
    "T",
    "Z",
    "+",
    "01:00",
    "pm",
    "ET",
    "١",
    "г.",
    "令和",
    "فروردین",
    "1403",
    "tháng",
    "(",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_anything_like_a_date_is_survived_and_its_span_is_its_raw(text):
    parse_date(text)
    found = find_date(text)
    if found:
        assert text[found[1] : found[2]] == found[0].raw


@given(st.datetimes(min_value=datetime(1601, 1, 1), max_value=datetime(2199, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_iso_8601_is_read_exactly(moment, minutes):
    moment = moment.replace(microsecond=0)
    sign = "-" if minutes < 0 else "+"
    text = f"{moment.isoformat()}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert parse_date(text).at == moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)


@given(
    st.dates(min_value=date(1600, 1, 1), max_value=date(2199, 12, 31)),
    st.sampled_from(["en", "de", "fr", "ru", "ar", "hi", "tr"]),
)
def test_day_month_name_year_is_read_in_any_language(day, language):
    month = DATA["languages"][language]["months"][day.month - 1].split()[0].replace("_", " ")
    found = parse_date(f"{day.day} {month} {day.year}", language=language)
    assert found is not None and found.at.date() == day


@pytest.mark.parametrize(
    "text",
    [
        "3.5. 14:32",
        "Tue 18 Mar",
        "ma 01 dec 18:09",
        "Сб, 3 мая, 14:05",
        "3.10. 2:00 | Päivitetty 3.10. 9:45",
        "20.10 Uhr",
    ],
)
def test_time_without_its_year(text):
    assert is_time(text)


@pytest.mark.parametrize("text", ["Harlow 2:05", "2:0 (1:0)", "-2.74 %", "18 goats", "12", "May", ""])
def test_no_time(text):
    assert not is_time(text)
