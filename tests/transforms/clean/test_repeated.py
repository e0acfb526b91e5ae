"""Masks, places and judgement of lines that a source repeats, and what cleaning makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clean import CleanOptions, clean_text, normal_lines, rebuild
from transforms.clean.repeated import NOWHERE, Pattern, has_known, is_evidence, look_at, mask, quotation_mask

STORY = [
    "The council of Harlow Ferry voted on Tuesday to repair the old bridge before the winter, officials said.",
    "Its northern pier was damaged by the flood in March, and only light carts have been let across since then.",
    "Engineers from Brennick will measure the other piers next week, and they expect to find little that is sound.",
    "The mayor told residents that the work would be paid for with what the harbour brings in during the summer.",
]
BACKGROUND = "The bridge was built by fishermen two hundred years ago, when the ferry after which it is named sank."


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("CMSC 0.0578", "CMSC <n>"),
        ("QXZT: 12.5p ▲", "QXZT: <n>p"),
        ("▲ +1.2%", "<n>%"),
        ("Harlow Ferry Gazette", "Harlow Ferry Gazette"),
        ("Tuesday, March 12, 2024 9:05 a.m.", "<day>, <month> <n>, <n> <time>"),
        ("Stand: 14.03.2024 09:12 Uhr", "Stand: <date> <time> Uhr"),
        ("Madrid, 3 de mayo de 2024", "Madrid, <n> de <month> de <n>"),
        ("le 3 mai 2024", "le <n> <month> <n>"),
        ("2024年3月12日", "<n>年<n>月<n>日"),
        ("١٢ مارس ٢٠٢٤", "<n> <month> <n>"),
        ("$1,200.50 | 5 €", "<price> | <price>"),
        ("Updated 3rd March", "Updated <n> <month>"),
        ("From -5 to +12", "From <n> to <n>"),
        ("G20 in May", "G<n> in <month>"),
        ("March on Harlow", "March on Harlow"),
        ("x" * 120 + " on 3 May 2024", "x" * 120 + " on <n> May <n>"),
    ],
)
def test_what_changes_from_day_to_day_is_masked(line, masked):
    assert mask(line) == masked


_PARTS = st.sampled_from(
    ["12", "3.5", "$4", "9:05", "1.3.2024", "May", "mai", "Dienstag", "<n>", "▲", "-", "%", "QX", "٣"]
)
_LINES = st.one_of(st.lists(_PARTS, max_size=12).map(" ".join), st.text(max_size=160))


@given(_LINES)
def test_masking_a_mask_changes_nothing(line):
    assert mask(mask(line)) == mask(line)
    assert not any(char.isdecimal() for char in mask(line))


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("QXZT.L 12.5p", "<ticker> <n>p"),
        ("BRKT +3%", "<ticker> <n>%"),
        ("QXZT", "<ticker>"),
        ("LEEDS 2", None),  # a score
        ("Harlow 12.5", None),
        ("BREAKINGNEWS", None),
        ("The QXZT share lost 12.5 per cent on Monday and more later", None),
    ],
)
def test_quotations_are_known_whatever_their_name(line, masked):
    assert quotation_mask(line) == masked


def test_places_are_told_by_the_paragraphs_above_and_below():
    rows = ["Harlow Ferry Gazette", *STORY[:3], "How it came about", *STORY[:0:-1], BACKGROUND, "12 comments"]
    places = {place.pattern: place for place in look_at(rows).places}
    head, foot, middle = places["Harlow Ferry Gazette"], places["<n> comments"], places["How it came about"]
    assert (head.above, head.below, head.from_top) == (0, NOWHERE, 0)
    assert (foot.above, foot.below, foot.from_foot, foot.example) == (NOWHERE, 0, 0, "12 comments")
    assert (middle.above, middle.below) == (NOWHERE, NOWHERE)
    assert (places[BACKGROUND].below, places[STORY[0]].above) == (0, 0)
    assert STORY[3] not in places  # a paragraph of the middle


def test_a_line_that_stands_at_both_edges_counts_for_both_and_once():
    rows = ["Gazette 1", *STORY, "Gazette 2"]
    (place,) = (place for place in look_at(rows).places if place.pattern == "Gazette <n>")
    assert (place.above, place.below, place.from_top, place.from_foot) == (0, 0, 0, 0)


def test_a_text_without_a_paragraph_has_no_edges():
    places = look_at(["And the river ran on", "past the mill", "And the river ran on"]).places
    assert {(place.above, place.below) for place in places} == {(NOWHERE, NOWHERE)}


def test_versions_of_a_story_share_its_numbers_and_other_stories_do_not():
    versions = [look_at(["Gazette", *STORY[:place], BACKGROUND, *STORY[place:]]).story for place in (2, 3)]
    assert set(versions[0]) & set(versions[1])
    assert not set(look_at([line.replace("e", "o") for line in STORY]).story) & set(versions[0])


@pytest.mark.parametrize(
    ("stories", "share", "evident"),
    [(2, 1.0, False), (3, 1.0, True), (3, 0.1, False), (10, 0.05, True), (500, 0.04, False), (6, 0.09, True)],
)
def test_evidence_needs_stories_share_and_both_together(stories, share, evident):
    assert is_evidence(stories, share) is evident


def pattern(share: float = 1.0, stories: int = 40, *, foot: bool = False, steady: float = 1.0) -> Pattern:
    top = (0.0, share) if foot else (share, 0.0)
    return Pattern(stories, stories, *top, *((0.0, steady) if foot else (steady, 0.0)), share, "repeated/0123456789ab")


TOP, FOOT = pattern(), pattern(foot=True)
ITEMS = ["250 g flour", "3 eggs", "100 ml milk", "2 plums"]


@pytest.mark.parametrize(
    ("lines", "known", "gone"),
    [
        (["Zarbo Kwelt", "Bridge to be repaired by winter", *STORY], {"Zarbo Kwelt": TOP}, ["Zarbo Kwelt"]),
        (["QXZT", "12", *STORY], {"QXZT": TOP, "<n>": TOP}, ["QXZT", "12"]),
        (["QXZT 12", *STORY], {"QXZT <n>": TOP}, ["QXZT 12"]),
        # a name of which only the form is known, on one line and on two
        (["HLMN.L 7.5p", *STORY], {"<ticker> <n>p": TOP}, ["HLMN.L 7.5p"]),
        (["HLMN", "75", *STORY], {"<ticker>": TOP, "<n>": TOP}, ["HLMN", "75"]),
        (["FLOOD", *STORY], {"<ticker>": TOP, "<n>": TOP}, []),
        # position: what stands at the foot of others is not known at the top, nor anything in the middle
        (["Zarbo Kwelt", *STORY], {"Zarbo Kwelt": FOOT}, []),
        ([*STORY[:2], "Zarbo Kwelt", *STORY[2:]], {"Zarbo Kwelt": TOP}, []),
        ([STORY[0], "Zarbo Kwelt", *STORY[1:]], {"Zarbo Kwelt": TOP}, ["Zarbo Kwelt"]),
        ([STORY[0], "How it came about", *STORY[1:]], {"How it came about": pattern(0.2)}, []),
        # labels need little, sentences and paragraphs much, and always the same place
        ([*STORY, "Nordkai"], {"Nordkai": pattern(0.06, foot=True)}, ["Nordkai"]),
        ([*STORY, "The trial continues."], {"The trial continues.": pattern(0.4, foot=True)}, []),
        ([*STORY, "All that the river brings."], {"All that the river brings.": FOOT}, ["All that the river brings."]),
        ([*STORY, BACKGROUND], {BACKGROUND: pattern(0.45, foot=True)}, []),
        ([*STORY, BACKGROUND], {BACKGROUND: pattern(0.9, foot=True, steady=0.6)}, []),
        ([*STORY, BACKGROUND], {BACKGROUND: FOOT}, [BACKGROUND]),
        ([*STORY, BACKGROUND, "Nordkai"], {BACKGROUND: FOOT, "Nordkai": FOOT}, [BACKGROUND, "Nordkai"]),
        # the only headline of a story may be the name of a column
        (["Letters from the river bank", *STORY], {"Letters from the river bank": pattern(0.2)}, []),
        # lists: recipes, tables, menus of a restaurant
        (["Plum cake", "Ingredients", *ITEMS, *STORY], {mask(line): TOP for line in ["Ingredients", *ITEMS]}, []),
        ([*STORY, *ITEMS], {mask(line): FOOT for line in ITEMS}, []),
        ([*STORY, *"ABCDEF"], {line: pattern(0.3, foot=True) for line in "ABCDEF"}, []),
        # nothing but lines that the house repeats
        (["Zarbo Kwelt", "Nordkai"], {"Zarbo Kwelt": TOP, "Nordkai": TOP}, []),
        ([BACKGROUND], {BACKGROUND: FOOT}, []),
    ],
)  # fmt: skip
def test_lines_go_by_place_share_and_company(lines, known, gone):
    cleaned = clean_text("\n".join(lines), known=known)
    assert [span.text for span in cleaned.removed if span.kind == "repeated"] == gone
    assert rebuild(cleaned.text, cleaned.removed) == lines
    assert clean_text(cleaned.text, known=known).text == cleaned.text


def test_a_removed_line_names_its_pattern_and_its_share():
    cleaned = clean_text("\n".join([*STORY, "Nordkai"]), known={"Nordkai": pattern(0.25, foot=True)})
    (span,) = cleaned.removed
    assert (span.kind, span.rule, span.score, span.line) == ("repeated", "repeated/0123456789ab", 0.25, 4)


@pytest.mark.parametrize("text", ["\n".join(STORY), "Nordkai 7\n" + "\n".join(STORY)])
def test_only_a_document_with_a_known_line_is_judged(text):
    assert has_known(text.split("\n"), {"Nordkai <n>": TOP}) is text.startswith("Nordkai")


def test_rules_come_first_and_fields_stay_right():
    """What the house repeats may be a byline; what it repeats above the title is no title."""
    rest = ["Bridge to be repaired by winter", "By Mara Ellison", "3 May 2024", *STORY]
    known = {mask(line): TOP for line in ["Harlow Ferry on Sunday", "By Mara Ellison", "3 May 2024"]}
    without, cleaned = (
        clean_text("\n".join(rest)),
        clean_text("\n".join(["Harlow Ferry on Sunday", *rest]), known=known),
    )
    assert cleaned.text == without.text == "\n".join(STORY)
    assert cleaned.fields == without.fields
    assert cleaned.fields.title == "Bridge to be repaired by winter" and cleaned.fields.authors == ("Mara Ellison",)
    assert {span.text: span.kind for span in cleaned.removed}["Harlow Ferry on Sunday"] == "repeated"


@pytest.mark.parametrize("lines", [["CMSC 0.0578"], ["CMSC", "0.0578"]])
def test_what_a_rule_knows_keeps_the_kind_of_the_rule(lines):
    known = {mask(line): TOP for line in lines} | {"Nordkai": FOOT}
    cleaned = clean_text("\n".join([*lines, *STORY, "Nordkai"]), known=known)
    assert [span.kind for span in cleaned.removed] == ["ticker"] * len(lines) + ["repeated"]
    assert cleaned.text == "\n".join(STORY)


def test_repeated_lines_stay_where_the_config_keeps_them_and_min_score_is_not_theirs():
    text, known = "\n".join(["Nordkai", *STORY]), {"Nordkai": pattern(0.2)}
    assert clean_text(text, known=known, options=CleanOptions(keep=("repeated",))).text == text
    assert clean_text(text, known=known, options=CleanOptions(min_score=1.0)).text == "\n".join(STORY)
    with pytest.raises(ValueError, match=r"clean\.learn and clean\.profile"):
        CleanOptions(learn=True, profile="noise.parquet")


_PIECES = st.sampled_from(
    [*STORY, BACKGROUND, "Zarbo Kwelt", "QXZT", "QXZT 12.5", "12", "Nordkai", "By Mara Ellison", "How it came about",
     "", "All that the river brings.", "(Reporting by Tom Reuter)", "Bridge to be repaired by winter", "3 May 2024"]
)  # fmt: skip
_KNOWN = st.dictionaries(
    st.one_of(_PIECES.filter(bool).map(mask), st.just("<ticker>")),
    st.builds(pattern, st.sampled_from([0.06, 0.3, 0.6, 1.0]), foot=st.booleans()),
)


def test_on_a_whole_page_what_the_source_repeats_is_no_title():
    head = ["Harlow Ferry on Sunday morning", "Bridge to be repaired by next winter"]
    options = CleanOptions(whole_page="always")
    cleaned = clean_text("\n".join([*head, *STORY]), known={head[0]: TOP, head[1]: TOP}, options=options)
    assert (cleaned.text, cleaned.fields.title) == ("\n".join(STORY), None)
    assert {span.kind for span in cleaned.removed} == {"repeated"}


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("\n".join), _KNOWN)
def test_a_whole_page_ends_and_can_be_rebuilt_too(text, known):
    cleaned = clean_text(text, known=known, options=CleanOptions(whole_page="always"))
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(text)


@settings(max_examples=80, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("\n".join), _KNOWN)
def test_whatever_is_known_the_text_can_be_rebuilt_and_clean_text_stays(text, known):
    cleaned = clean_text(text, known=known)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(text)
    assert bool(cleaned.text) or not clean_text(text).text
    assert clean_text(cleaned.text, known=known).text == cleaned.text
