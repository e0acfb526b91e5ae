"""Calls upon the reader that no rule knows."""

import pytest

from transforms.clean import clean_text
from transforms.clean.calls import BELOW, CALLS, kind_of_call
from transforms.clean.rules import load_rules

EXAMPLES = load_rules(CALLS)["examples"]
STORY = "The bridge at Harlow was closed on Monday after a goat was found asleep in the middle of it, the council said."
CALL = "Dear readers, to go on reading this article, please create a free account with your email address."


@pytest.mark.parametrize("text", EXAMPLES["match"])
def test_calls(text):
    assert kind_of_call(text, *BELOW) is not None


@pytest.mark.parametrize("text", EXAMPLES["near_misses"])
def test_sentences_of_stories(text):
    assert kind_of_call(text, *BELOW) is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"{STORY}\n{STORY}\n{CALL}", f"{STORY}\n{STORY}"),
        (f"{CALL}\n{STORY}\n{STORY}", f"{STORY}\n{STORY}"),
        (CALL, CALL),
    ],
    ids=["foot", "head", "nothing else"],
)
def test_where_calls_go(raw, text):
    assert clean_text(raw).text == text
