"""Forms of heads and feet that several papers share: kickers, menus, notes on authors, descriptions of pictures."""

import pytest

from transforms.clean import clean_text

STORY = [
    "The council of Upper Wick has lent its only bench to the neighbouring parish until the end of June.",
    "The clerk, Martin Hale, said that the bench had been asked whether it agreed and had not objected.",
    "It was carried across the ford on Monday evening by eleven villagers and a borrowed cart.",
]
TITLE = "Bench crosses the ford to see the other side"


def cleaned(head, foot=()):
    return clean_text("\n".join([*head, *STORY, *foot]))


@pytest.mark.parametrize(
    ("head", "stays"),
    [
        (["Dispute in Wick", TITLE, "Nobody asked the bench, or so the parish says. It did.", "By Anna Sample"], 1),
        (["NEWS", "4th ward", "Wick", TITLE, "By Anna Sample", "3 May 2025 14:05"], 0),
        (["3 May 2025 14:05", TITLE, "Wick"], 0),
        ([TITLE, "The ford is deep. The bench is not", "By Anna Sample", "3 May 2025 14:05"], 1),
    ],
)
def test_title_among_labels(head, stays):
    result = cleaned(head)
    assert result.fields.title == TITLE
    assert len(result.text.split("\n")) - len(STORY) <= stays


def test_authors_on_two_lines():
    result = cleaned([TITLE, "Anna Sample", "and Bob Test", "3 May 2025 14:05"])
    assert result.fields.authors == ("Anna Sample", "Bob Test")
    assert result.text == "\n".join(STORY)


def test_note_on_the_author_above_the_date():
    deck = "Benches have lent each other out for as long as anyone there remembers."
    result = cleaned(
        [TITLE, deck, "Anna van der Sample is parish reporter of The Harlow Courier.", "3 May 2025, 14:05"]
    )
    assert result.fields.authors == ("Anna van der Sample",)
    assert result.fields.published is not None
    assert result.text == "\n".join([deck, *STORY])


def test_what_a_picture_shows_above_its_source():
    result = cleaned([TITLE, "A bench stands in a ford.", "Image source, Bob Test", "By Anna Sample", "3 May 2025"])
    assert result.text == "\n".join(STORY)
    assert result.fields.photo_credits == ("Bob Test",)


def test_name_again_at_the_foot():
    result = cleaned([TITLE, "By Anna Sample", "3 May 2025"], ["Author", "Anna Sample"])
    assert result.text == "\n".join(STORY)


def test_headlines_below_a_heading():
    links = ["Also today:", "The hedge that would not grow", "Cart returned without a wheel"]
    assert cleaned([TITLE, "By Anna Sample"], links).text == "\n".join(STORY)
    results = ["The results:", "1. Upper Wick, 3 points", "2. Nether Wick, 1 point"]
    assert cleaned([TITLE, "By Anna Sample"], results).text == "\n".join([*STORY, *results])


def test_caption_and_credit_above_their_buttons():
    head = [TITLE, "By Anna Sample", "The bench waits for dry weather.", "Bob Test for Harlow Radio"]
    result = cleaned([*head, "hide caption", "toggle caption"])
    assert result.text == "\n".join(STORY)
    assert (result.fields.authors, result.fields.photo_credits) == (("Anna Sample",), ("Bob Test",))


def test_the_story_goes_on_below_links_at_the_foot():
    short = "The ford was asked, too. It said no."
    result = cleaned([TITLE, "By Anna Sample", "3 May 2025"], ["Related articles", "A cart with three wheels", short])
    assert result.text == "\n".join([*STORY, short])


def test_who_speaks_is_no_button():
    result = cleaned([TITLE, "Share", "[Anchor]"])
    assert result.text == "\n".join(["[Anchor]", *STORY])


def test_a_title_begins_with_a_capital():
    role = "паромник на реке Пример"
    result = clean_text(
        "\n".join(["3 мая 2025, 14:05", role, "Совет деревни Пример отдал соседям единственную скамейку."])
    )
    assert result.fields.title is None


def test_a_name_behind_an_unknown_label_is_no_title():
    assert cleaned(["Hwn: Anna Sample", "3 May 2025"]).fields.title is None


def test_one_day_by_two_calendars():
    result = cleaned([TITLE, "۱۳ اردیبهشت ۱۴۰۴ - ۳ مه ۲۰۲۵"])
    assert str(result.fields.published.at.date()) == "2025-05-03"
    assert result.fields.modified is None
