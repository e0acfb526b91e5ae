"""Quality: each signal on a text made for it, words by UAX 29, options, presets, and bounds on any text."""

import math
from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.model import Rejection
from transforms.quality import Quality, QualityOptions, assess_quality, check_quality, count_words
from transforms.quality.signals import _stop_lists
from transforms.quality.words import split_words
from transforms.reasons import REASONS

STORY = (
    "The council of Sampleton voted on Tuesday to build a new bridge over the river.\n"
    "It is the first in forty years, and it will cost 1,200,000 crowns, the mayor said.\n"
    "“We have waited for this,” said Anna Example, who lives on the far bank.\n"
    "Work begins in May. The old ferry stays until then.\n"
    "Nobody spoke against the plan!"
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   \n", 0),
        ("one two three", 3),
        ("don't stop — it's 3.14, or 1,000; well-known", 8),
        ("U.S. and example.com", 3),
        ("e-mail: anna@example.com!", 4),
        ("“curly” quotes’ don’t count", 4),
        ("wait...next", 2),
        ("Grüße aus Köln", 3),
        ("Привет, мир", 2),
        ("नमस्ते दुनिया है", 3),
        ("مرحبا بالعالم", 2),
        ("안녕하세요 세계", 2),
        ("カタカナ", 1),
        ("我们今天在这里开会", 6),
        ("ประชุมวันนี้", 3),
        ("🙂 🙂", 0),
        ("... !!! ---", 0),
    ],
)
def test_count_words(text, count):
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("signal", "text", "value"),
    [
        ("word_count", "one two three", 3),
        ("mean_word_length", "a bbb", 2.0),
        ("symbol_word_ratio", "# a b… c", 0.6667),
        ("bullet_lines", "• a\n- b\nc\nd", 0.5),
        ("ellipsis_lines", "a…\nb...\nc\nd.", 0.5),
        ("alphabetic_words", "a b 1 2", 0.5),
        ("stop_words", "the of and the", 3),
        ("duplicate_lines", "a b\nc\na b\nd", 0.25),
        ("duplicate_line_chars", "aaa\nb\naaa", 0.4286),
        ("duplicate_paragraphs", "a\nb\n\nc\n\na\nb", 0.3333),
        ("duplicate_paragraph_chars", "aa\n\nbb\n\naa\n\nbb", 0.5),
        ("top_2gram_chars", "aa bb cc aa bb dd", 0.6667),
        ("top_3gram_chars", "a b c d a b c e", 0.75),
        ("top_4gram_chars", "a b c d x a b c d", 0.8889),
        ("duplicate_5gram_chars", "a b c d e x a b c d e y", 0.4167),
        ("duplicate_6gram_chars", "a b c d e x a b c d e y", 0.0),
        ("duplicate_10gram_chars", "a b c d e f g h i j " * 2, 0.5),
        ("terminal_lines", "Yes.\nNo\n“Why?”\n是。", 0.75),
        ("short_lines", "short\n" + "x" * 30, 0.5),
        ("newlines_per_word", "a\nb", 0.5),
        ("sentences", STORY, 6),
        ("lorem_ipsum", "Lorem IPSUM dolor", True),
        ("curly_brackets", "if (a) { b }", True),
        ("javascript", "Please enable JavaScript", True),
        ("javascript", STORY, False),
    ],
)
def test_signal(signal, text, value):
    assert getattr(assess_quality(text, "en"), signal) == value


def test_a_story_has_the_signals_of_prose():
    quality = assess_quality(STORY, "en")
    assert quality.stop_words >= 8
    assert quality.terminal_lines == 1.0
    assert quality.duplicate_5gram_chars == 0
    check_quality(quality, QualityOptions(presets=("c4", "fineweb")))


def test_repeated_ngrams_agree_with_counting_them_one_by_one():
    text = ("the town has a new bridge " * 3 + "and the river is wide and the river is deep ") * 2
    words = text.split()
    for n in (5, 7, 10):
        seen, covered = set(), set()
        for i in range(len(words) - n + 1):
            gram = tuple(words[i : i + n])
            if gram in seen:
                covered.update(range(i, i + n))
            seen.add(gram)
        expected = sum(len(words[i]) for i in covered) / sum(map(len, words))
        assert getattr(assess_quality(text), f"duplicate_{n}gram_chars") == round(expected, 4)


def test_a_huge_text_is_counted_in_full():
    text = "the town has a bridge\n" * 50_000
    assert count_words(text) == 250_000
    quality = assess_quality(text, "en")
    assert quality.word_count == 250_000
    assert quality.mean_word_length == 3.4


def test_stop_words_of_at_least_30_languages():
    lists = _stop_lists()
    assert len(lists) >= 30
    for code, (_, words) in lists.items():
        assert 10 <= len(words) <= 30, code
        assert all(word == word.lower() for word in words), code


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "我们在这里开会，他也来了。"),
        ("ja", "会議が見本町で開かれました。"),
        ("th", "สภาจะประชุมในวันนี้ที่เมืองตัวอย่าง"),
        ("ru", "И это не всё, что он сказал."),
        ("hi", "यह पुल के लिए है और नदी पर है।"),
    ],
)
def test_stop_words_in_other_scripts(language, text):
    assert assess_quality(text, language).stop_words >= 2


def test_no_stop_word_list_no_signal_and_no_filter():
    quality = assess_quality("x y z", "und")
    assert quality.stop_words is None
    check_quality(quality, QualityOptions(min_stop_words=5))


def test_nothing_is_filtered_by_default():
    check_quality(assess_quality("{{{ lorem ipsum lorem ipsum"), QualityOptions())


FAILS = {
    "min_words": 100, "max_words": 3, "min_mean_word_length": 9.0, "max_mean_word_length": 1.0,
    "max_symbol_word_ratio": 0.0, "max_bullet_lines": 0.0, "max_ellipsis_lines": 0.0, "min_alphabetic_words": 1.0,
    "min_stop_words": 20, "max_duplicate_lines": 0.0, "max_duplicate_line_chars": 0.0, "max_duplicate_paragraphs": 0.0,
    "max_duplicate_paragraph_chars": 0.0, "max_top_2gram_chars": 0.0, "max_top_3gram_chars": 0.0,
    "max_top_4gram_chars": 0.0, "max_duplicate_5gram_chars": 0.0, "max_duplicate_6gram_chars": 0.0,
    "max_duplicate_7gram_chars": 0.0, "max_duplicate_8gram_chars": 0.0, "max_duplicate_9gram_chars": 0.0,
    "max_duplicate_10gram_chars": 0.0, "min_terminal_lines": 0.9, "max_short_lines": 0.0, "max_newlines_per_word": 0.0,
    "min_sentences": 50, "lorem_ipsum": False, "curly_brackets": False, "javascript": False,
}  # fmt: skip
BAD = "- the cat sat on the mat with 10 others and more # …\n" * 3 + "lorem ipsum {javascript}"


def test_every_filter_is_tried_below():
    assert set(FAILS) == {f.name for f in fields(QualityOptions)} - {"presets"}


@pytest.mark.parametrize(("option", "threshold"), FAILS.items())
def test_each_filter_rejects_with_value_and_threshold(option, threshold):
    with pytest.raises(Rejection) as caught:
        check_quality(assess_quality(BAD, "en"), QualityOptions(**{option: threshold}))
    assert caught.value.reason in REASONS
    assert REASONS[caught.value.reason].stage == "quality"
    assert option in caught.value.detail and str(threshold) in caught.value.detail


@pytest.mark.parametrize("preset", ["gopher", "c4", "fineweb"])
def test_presets_reject_what_repeats_itself_or_is_no_prose(preset):
    with pytest.raises(Rejection):
        check_quality(assess_quality("home | news | sport\n" * 40, "en"), QualityOptions(presets=(preset,)))


def test_single_value_goes_before_the_preset_and_of_two_presets_the_stricter_holds():
    assert QualityOptions(presets=("gopher",), min_words=5).thresholds()["min_words"] == 5
    both = QualityOptions(presets=("gopher", "fineweb")).thresholds()
    fineweb = QualityOptions(presets=("fineweb",)).thresholds()
    assert both["max_duplicate_line_chars"] == fineweb["max_duplicate_line_chars"]


@pytest.mark.parametrize(
    "bad",
    [{"presets": ("nobody",)}, {"min_words": -1}, {"min_words": 2.5}, {"min_words": True}, {"max_short_lines": 1.5},
     {"max_short_lines": "x"},  {"min_words": 9, "max_words": 3}, {"lorem_ipsum": 1},
     {"min_terminal_lines": float("nan")}],
)  # fmt: skip
def test_bad_options_say_what_is_allowed(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        QualityOptions(**bad)


def test_every_signal_and_option_is_documented():
    assert all(f.metadata["help"] for f in fields(Quality))
    assert all(f.metadata["help"] for f in fields(QualityOptions))


_UNBOUNDED = {"word_count", "mean_word_length", "stop_words", "sentences", "symbol_word_ratio", "newlines_per_word"}
_LINES = st.lists(
    st.sampled_from(["the cat", "a", "• x…", "是。", "ก", "न", "", "{", "1 2 3", "the cat sat on the mat."]),
    max_size=12,
)


@given(st.one_of(st.text(max_size=300), _LINES.map("\n".join)), st.sampled_from(["en", "zh", "th", "und"]))
def test_signals_are_finite_and_bounded_on_any_text(text, language):
    for name, value in asdict(assess_quality(text, language)).items():
        if value is None:
            continue
        assert math.isfinite(value) and value >= 0, name
        assert name in _UNBOUNDED or value <= 1, name
        assert round(value, 4) == value, name


@given(st.text(alphabet="ab1 '.,:;-_’\n", max_size=60))
def test_fast_and_full_segmentation_agree(text):
    # A letter that is not ASCII takes the other way through the code, and is a word of its own.
    assert split_words(text + " ж").tokens == [*split_words(text).tokens, "ж"]
