"""clean_text on whole documents: what goes, what stays, what it says of the document."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clean import KINDS, CleanOptions, clean_text, normal_lines, rebuild
from transforms.clean.rules import RULES, load_rules

SHARED = Path(__file__).parents[3] / ".." / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
needs_shared = pytest.mark.skipif(not SEEDS, reason="the shared texts are not beside the repository")

FIRST = "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away."
SECOND = "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million."
THIRD = "Fishermen said they had heard such promises before, and that the ferry would have to do until then."
STORY = f"{FIRST}\n{SECOND}\n{THIRD}"


def story(above: str = "", below: str = "") -> str:
    return "\n".join(part for part in (above, STORY, below) if part)


@needs_shared
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3])
def test_seeds_come_out_as_expected(path: Path) -> None:
    expected = json.loads((SHARED / "seeds" / "expected.json").read_text(encoding="utf-8"))[path.name]
    raw = path.read_text(encoding="utf-8")
    cleaned = clean_text(raw)
    fields = cleaned.fields
    assert cleaned.text + "\n" == (SHARED / "seeds" / "expected" / path.name).read_text(encoding="utf-8")
    assert [span.text for span in cleaned.removed if span.kind != "title"] == expected["removed_lines"]
    assert (fields.title, fields.dateline) == (expected["title"], expected["dateline"])
    assert (fields.published.at.date().isoformat() if fields.published else None) == expected["published"]
    for name in ("authors", "agencies", "photo_credits"):
        assert list(getattr(fields, name)) == expected[name]
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)


@needs_shared
def test_whole_pages_can_be_rebuilt_and_are_clean_once_cleaned() -> None:
    with gzip.open(SHARED / "eval" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        pages = [json.loads(line)["wet"] for line in file]
    for page in pages[::4]:
        cleaned = clean_text(page)
        assert rebuild(cleaned.text, cleaned.removed) == normal_lines(page)
        assert clean_text(cleaned.text).text == cleaned.text


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        (story("CMSC\n0.0578"), ["ticker", "ticker"]),
        (story("CMSC 0.0578"), ["ticker"]),
        (story("EUR/USD 1.0842 +0.3%\nDAX 16,340.87 -0.2%"), ["ticker", "ticker"]),
        (story(" date 2024-05-25 Reading Time: 2 minutes"), ["date-line"]),
        (story("By Anna Sample | 12 March 2024 | 3 min read"), ["byline"]),
        (story("Anna Sample |"), ["byline"]),
        (story("Stand: 14.03.2024 09:12 Uhr"), ["date-line"]),
        (story("Publié le 14 mars 2024 à 09h12"), ["date-line"]),
        (story("来源：新华社"), ["source"]),
        (story(below="burs/kir/ami"), ["sign-off"]),
        (story(below="burs/kir/ami\nA.Sample--HC"), ["sign-off", "byline"]),
        (story(below="Reuters/AP"), ["sign-off"]),
        (story(below="(Reporting by Anna Sample; Editing by Bob Test)"), ["sign-off"]),
        (story(below="Share on Facebook\nShare on X"), ["share", "share"]),
        (story("Listen to this article\n00:00 / 03:12"), ["player", "player"]),
        (story(below="© 2024 Harlow Courier. All rights reserved."), ["legal"]),
        (story(below="Related articles\nThree ferries to be sold\nMayor to stand again"), ["related"] * 3),
        (story(below="Sign up for our free newsletter"), ["newsletter"]),
        (f"{FIRST}\nADVERTISEMENT\n{SECOND}\nRead more: Ferries to be sold\n{THIRD}", ["advert", "related"]),
        (story(below="We use cookies to improve your experience."), ["consent"]),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_noise_goes_and_the_story_stays(raw: str, kinds: list[str]) -> None:
    cleaned = clean_text(raw)
    assert (cleaned.text, [span.kind for span in cleaned.removed]) == (STORY, kinds)


@pytest.mark.parametrize(
    "line",
    [
        "- Deal 'still possible' -",
        "No.",
        "Why?",
        "Read more books, the minister told pupils.",
        "Date palms need little water.",
        "Share of the vote",
        "By the river",
        "Kenya 2 Ghana 1",
        "Easton 3-1 Harlow",
        "1. Anna Sample 9.87",
        "KEN 2.05",
        "200 g red lentils",
        "Stir, taste, add salt.",
        "“We use cookies,” the baker said.",
        "Reuters was first to report the vote.",
        "She told AFP she had seen nothing.",
        "12 March 2024",
        "2024",
        "Comments by the minister drew anger",
        "Watch the river, the old men say.",
        "Fighting in Rovia, Jabal kills 31",
        "Home",
        "Background",
        "Picture this: a town without cars!",
        "The agency (AFP) reported it.",
        "A: 'No comment.'",
    ],
)
def test_lines_of_the_story_stay(line: str) -> None:
    raw = f"{FIRST}\n{SECOND}\n{line}\n{THIRD}\n{FIRST[4:]}"
    assert clean_text(raw).text == raw
    blank = raw.replace("\n", "\n\n")
    assert clean_text(blank).text == raw


POEM = "The river keeps its own accounts\nof every stone it took\nand every name the winter wrote\nin its unopened book"
RECIPE = "Lentil soup\nServes 4\n200 g red lentils\n1 onion\n2 carrots\nFry the onion.\nAdd the rest.\nSalt."
RESULTS = "Easton 3 Harlow 1\nNorth Quay 0 South Quay 0\nOld Town 2 Mills 2\nHill 14 4 2\nQuay 14 3 3"
TABLE = "KEN 2.05\nGHA 2.01\nUSA 1.98\nGER 1.95"


@pytest.mark.parametrize("text", [POEM, RECIPE, RESULTS, TABLE], ids=["poem", "recipe", "results", "table"])
def test_texts_without_prose_stay(text: str) -> None:
    assert clean_text(text).text == text
    assert clean_text(text.replace("\n", "\n\n")).text == text


def test_a_story_about_an_agency_names_no_agency() -> None:
    raw = (
        "Reuters was first to report that the bridge had fallen, and other agencies followed in an hour, it said.\n"
        "The agency, which employs 2,500 journalists, said it checked the pictures before sending them to clients.\n"
        "AFP and dpa quoted Reuters until their own staff had arrived at the river in the early hours of Saturday."
    )
    cleaned = clean_text(raw)
    assert (cleaned.text, cleaned.fields.agencies) == (raw, ())


@pytest.mark.parametrize(
    ("raw", "field", "value"),
    [
        (story(f"NAIROBI, March 12 (Reuters) - {FIRST}"), "dateline", "NAIROBI"),
        (story(f"NAIROBI, March 12 (Reuters) - {FIRST}"), "agencies", ("Reuters",)),
        (story(f"Madrid, 3 may (EFE).- {FIRST}"), "dateline", "Madrid"),
        (story(f"Madrid, 3 may (EFE).- {FIRST}"), "agencies", ("EFE",)),
        (story(f"HARLOW, Kenya — {FIRST}"), "dateline", "HARLOW, Kenya"),
        (story(f"Harlow (dpa/lsw) - {FIRST}"), "agencies", ("dpa",)),
        (
            story(below="(Reporting by Anna Sample in Easton and Bob Test; Editing by Clara Edit)"),
            "authors",
            ("Anna Sample", "Bob Test"),
        ),
        (story("Von Anna Beispiel"), "authors", ("Anna Beispiel",)),
        (story("Nadia al-Sample |"), "authors", ("Nadia al-Sample",)),
        (story(below="A.Sample--HC"), "authors", ("A. Sample",)),
        (story(below="来源：新华社"), "agencies", ("Xinhua",)),
        (
            f"{FIRST}\nA boat leaves the port. (Photo by Bob Test/AFP)\n{SECOND}\n{THIRD}",
            "photo_credits",
            ("AFP",),
        ),
        (f"{FIRST}\nA boat leaves the port. (Photo by Bob Test/AFP)\n{SECOND}\n{THIRD}", "agencies", ()),
        (
            f"{FIRST}\nFILE PHOTO: A boat leaves the port of Harlow. REUTERS/Bob Test\n{SECOND}",
            "photo_credits",
            ("Reuters",),
        ),
        (
            story("Bridge over the Harlow to be rebuilt by June\n\nBy Anna Sample\n"),
            "title",
            "Bridge over the Harlow to be rebuilt by June",
        ),
        (
            story("Bridge over the Harlow to be rebuilt by June\n\n"),
            "title",
            "Bridge over the Harlow to be rebuilt by June",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_noise_feeds_the_fields(raw: str, field: str, value: object) -> None:
    assert getattr(clean_text(raw).fields, field) == value


def test_dates_feed_published_and_modified() -> None:
    fields = clean_text(story("Published: 12 March 2024 14:05 UTC\nUpdated: 13 March 2024")).fields
    assert fields.published and fields.modified
    assert (fields.published.at.isoformat(), fields.published.precision) == ("2024-03-12T14:05:00+00:00", "minute")
    assert (fields.modified.at.date().isoformat(), fields.modified.evidence) == ("2024-03-13", "text")


def test_the_dateline_stays_whole() -> None:
    raw = story(f"NAIROBI, March 12 (Reuters) - {FIRST}")
    assert clean_text(raw).text == raw


def test_a_known_title_is_lifted_wherever_the_top_repeats_it() -> None:
    raw = story("Flood\nBridge to be rebuilt.\nBridge to be rebuilt.")
    cleaned = clean_text(raw, title="Bridge to be Rebuilt")
    assert cleaned.text == STORY  # the kicker goes, too
    assert cleaned.fields.title == "Bridge to be Rebuilt"


def test_a_span_at_the_end_of_a_sentence_goes_alone() -> None:
    cleaned = clean_text(f"{FIRST} (AFP)\n{THIRD}\n{SECOND} (dpa/AFP)")
    assert cleaned.text == f"{FIRST} (AFP)\n{THIRD}\n{SECOND}"
    assert cleaned.removed[-1].text == " (dpa/AFP)"
    assert cleaned.fields.agencies == ("dpa", "AFP")


def test_alternative_text_above_captions_goes_with_them() -> None:
    alternative = "A ferry in the harbour of Harlow"
    caption = "Fishermen say the ferry will have to do. (AP PHOTO)"
    with_blanks = f"{FIRST}\n\n{alternative}\n{caption}\n\n{SECOND}\n\n{THIRD}"
    assert clean_text(with_blanks).text == STORY
    assert clean_text(f"{FIRST}\n{alternative}\n{caption}\n{SECOND}\n{THIRD}").text == STORY
    subhead = "Harbour and ferry"
    assert (
        clean_text(f"{FIRST}\n{subhead}\n{caption}\n{SECOND}\n{THIRD}").text == f"{FIRST}\n{subhead}\n{SECOND}\n{THIRD}"
    )


def test_options() -> None:
    raw = story("CMSC 0.0578", "Share on Facebook")
    assert clean_text(raw, options=CleanOptions(keep=("ticker",))).text == f"CMSC 0.0578\n{STORY}"
    assert clean_text(raw, options=CleanOptions(min_score=1.0)).text == raw
    with pytest.raises(ValueError, match="sharing"):
        CleanOptions(keep=("sharing",))
    with pytest.raises(ValueError, match="2"):
        CleanOptions(min_score=2)


@pytest.mark.parametrize(
    ("raw", "text"), [("", ""), ("\n \n", ""), ("Share on Facebook\n© 2024 Harlow Courier. All rights reserved.", "")]
)
def test_nothing_and_nothing_but_evident_noise(raw: str, text: str) -> None:
    assert clean_text(raw).text == text


def test_a_text_of_likely_noise_alone_stays() -> None:
    raw = "Comments\nRelated"
    assert clean_text(raw).text == raw


# --- guarantees over documents made of noise, story and oddities ---

NOISE = [
    text
    for path in sorted(RULES.glob("*.yaml"))
    for entry in load_rules(path)["rules"]
    for text in (*entry["match"], *entry["near_misses"])
]
LINES = st.one_of(
    st.sampled_from(NOISE),
    st.sampled_from(
        [
            FIRST,
            SECOND,
            THIRD,
            "CMSC",
            "0.0578",
            "Anna Sample",
            "Bridge to be rebuilt",
            "Politics",
            "(AFP)",
            "Harlow",
            f"{FIRST} (AFP)",
            f"{THIRD} (Reporting by Anna Sample; Editing by Bob Test)",
        ]
    ),
    st.text(max_size=40),
    st.just(""),
)
DOCUMENTS = st.lists(LINES, max_size=14).map("\n".join)


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS)
def test_clean_text_stays_as_it_is_and_can_be_undone(raw: str) -> None:
    cleaned = clean_text(raw)
    lines = normal_lines(raw)
    assert rebuild(cleaned.text, cleaned.removed) == lines
    assert clean_text(cleaned.text).text == cleaned.text
    for span in cleaned.removed:
        assert lines[span.line][span.start : span.end] == span.text
        assert span.kind in KINDS
        assert 0 <= span.score <= 1


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_undone(raw: str) -> None:
    cleaned = clean_text(raw)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)
    assert clean_text(cleaned.text).text == cleaned.text
