"""What goes at the two ends of a text without a word that tells, and what stays there."""

import pytest

from transforms.clean import clean_text

FIRST = "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away."
SECOND = "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million."
THIRD = "Fishermen said they had heard such promises before, and that the ferry would have to do until then."
STORY = f"{FIRST}\n{SECOND}\n{THIRD}"


@pytest.mark.parametrize(
    "below",
    [
        "See the full table",
        "Swan stops play at bowls final",
        "Our shop\nAll about ferries",
        "Bildergalerie ansehen",
    ],
)
def test_a_line_or_two_below_the_last_sentence_go(below: str) -> None:
    assert clean_text(f"{STORY}\n{below}").text == STORY


def test_a_name_below_the_last_sentence_is_the_writers() -> None:
    cleaned = clean_text(f"{STORY}\nGrażyna Przykładowa")
    assert (cleaned.text, cleaned.fields.authors) == (STORY, ("Grażyna Przykładowa",))


@pytest.mark.parametrize(
    "below",
    [
        "Harlow 2 Easton 1",
        "- Cake -",
        "“No comment”",
        "„Kein Kommentar“",
        "Sir, I remain\nA. Sample, Upper Wick",
        "Roses are red\nFerries are blue\nBridges are dearer\nAnd slower than you",
        "The winners:\nA goat\nA swan",
        "A line of more than sixty characters may be a paragraph that was cut short by",
    ],
)
def test_results_verse_speech_and_cut_paragraphs_stay_at_the_foot(below: str) -> None:
    assert clean_text(f"{STORY}\n{below}").text == f"{STORY}\n{below}"


def test_prose_that_does_without_full_stops_keeps_its_last_line() -> None:
    text = "\n".join([FIRST[:-1], SECOND[:-1], THIRD, FIRST, SECOND, "The ferry sails at dawn"])
    assert clean_text(text).text == text


GOAT = "Goat stops the train from Easton to Harlow"


@pytest.mark.parametrize(
    "above",
    [
        f"Harlow Courier\n{GOAT}\n3 May 2024",
        f"Courier\nOur series\n{GOAT}\n3 May 2024",
        f"Home\nBelgica\n{GOAT}\n3 May 2024",
        f"{GOAT}\n3 May 2024\n{GOAT}",
        f"News > Local > {GOAT}\n{GOAT}\n3 May 2024",
        f"{GOAT}\n3 May 2024\nEaston valley",
    ],
)
def test_labels_above_a_story_go_and_the_headline_is_the_title(above: str) -> None:
    cleaned = clean_text(f"{above}\n{STORY}")
    assert (cleaned.text, cleaned.fields.title) == (STORY, GOAT)


@pytest.mark.parametrize(
    "between",
    [
        "It is for four people with time.\nA lemon\nSalt\nA spoon of oil",
        "2 eggs\nSalt",
        "A deck of some words that has no full stop at all",
    ],
)
def test_ingredients_and_decks_stay_below_the_title(between: str) -> None:
    cleaned = clean_text(f"{GOAT}\n3 May 2024\n{between}\n{STORY}")
    assert cleaned.text == f"{between}\n{STORY}"


@pytest.mark.parametrize("change", ["-2.74 %", "+1,35%", "▲ 0.8%"])
def test_a_change_below_a_quotation(change: str) -> None:
    assert clean_text(f"HRLW 11.34\n{change}\n{STORY}").text == STORY
    assert clean_text(f"{change}\n{STORY}").text == f"{change}\n{STORY}"


def test_the_links_below_a_header_amid_the_story() -> None:
    rows = [FIRST, SECOND, "Related stories", "Ferry breaks down again", "Harlow - Easton: 12-9", THIRD, FIRST[4:]]
    assert clean_text("\n".join(rows)).text == "\n".join([*rows[:2], *rows[4:]])


def test_a_sentence_between_buttons_and_a_caption_is_the_alternative_text() -> None:
    caption = "A goat on the rails at Harlow, seen from the bridge. (Photo: Anna Sample/dpa)"
    raw = f"Print\nShare\nA goat stands on the rails.\n{caption}\n{STORY}"
    assert clean_text(raw).text == STORY


def test_a_calendar_at_the_foot_stays() -> None:
    dates = "\n".join(f"{day:02}.05.2024 - Harlow Town Hall" for day in (3, 4, 9, 11, 12))
    assert clean_text(f"{STORY}\n{dates}").text == f"{STORY}\n{dates}"


@pytest.mark.parametrize(
    "note", ["This article was updated on Monday.", "Correction: An earlier version misstated the year."]
)
def test_a_paragraph_below_a_note_on_the_text_stays(note: str) -> None:
    raw = f"{STORY}\n{note}\n{FIRST[4:]}"
    assert clean_text(raw).text == f"{STORY}\n{FIRST[4:]}"


@pytest.mark.parametrize(
    "line",
    [
        "Get our app for the tide tables, or sign up to our newsletter.",
        "Video: How the lock gates work",
        "Tekst gaat verder onder de foto",
        ">> Mayor answers the anglers",
        "Follow live updates here",
    ],
)
def test_lines_amid_the_story_that_the_reader_is_told(line: str) -> None:
    text = f"{STORY}\n{FIRST[4:]}\n{SECOND[5:]}\n{THIRD[4:]}"
    rows = text.split("\n")
    assert clean_text("\n".join([*rows[:3], line, *rows[3:]])).text == text


@pytest.mark.parametrize(
    "line",
    [
        "Background",
        "Video evidence",
        "More than words",
        "The council sends a free weekly newsletter to every house.",
        "Follow the river to its mouth and you will find the steps of the old ferry.",
        "Our app for the ferry was built by two schoolgirls, the captain says.",
        "Opinions on the author of the letter differ.",
        "“Sign up to our newsletter,” the baker said.",
    ],
)
def test_lines_amid_the_story_that_are_the_story(line: str) -> None:
    text = f"{FIRST}\n{SECOND}\n{THIRD}\n{line}\n{FIRST[4:]}\n{SECOND[5:]}\n{THIRD[4:]}"
    assert clean_text(text).text == text
