"""N(raw), cuts that keep lines normal, and the way back."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clean import normal_lines, rebuild
from transforms.clean.text import safe_cut
from transforms.model import RemovedSpan

# Everything that makes trouble: separators, controls, combining and bidi marks, joiners, astral characters, halves of
# surrogate pairs, jamo.
ODD = (
    "\x00\x01\x1c\x1f\x7f\x85\u00a0\u00ad\u0301\u0308\u093f\u200b\u200d\u200e\u200f\u2028\u2029\u202e\u2066\u3000\ufeff\ud800"
    "\U0001f600\U0001d11e\u1100\u1161\u11a8"
)
TEXTS = st.text(st.one_of(st.sampled_from(ODD + "\n\r\t ab.é"), st.characters()), max_size=200)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a\n\n b  c \n", ["a", "b c"]),
        ("a\u2028b\u2029c\x85d\x0ce\rf\r\ng", list("abcdefg")),
        ("\u00a0a\u3000\u3000b\t\u00a0c", ["a b c"]),
        ("a\x00b\x07", ["ab"]),
        ("e\x00\u0301", ["é"]),
        ("\ufeffTitle", ["Title"]),
        ("\u200e\n\u200b\u200b\nx", ["x"]),
        ("می\u200cروم", ["می\u200cروم"]),
        ("\ud83dx", ["x"]),
    ],
)
def test_normal_lines(text: str, lines: list[str]) -> None:
    assert normal_lines(text) == lines


@given(TEXTS)
def test_normal_lines_are_normal(text: str) -> None:
    lines = normal_lines(text)
    assert normal_lines("\n".join(lines)) == lines
    for line in lines:
        assert line == line.strip() == unicodedata.normalize("NFC", line)
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in line)


@pytest.mark.parametrize(
    ("line", "start", "end", "cut"),
    [
        ("It ends here. (AFP)", 14, 19, (13, 19)),
        ("Advert: it begins here.", 0, 7, (0, 8)),
        ("one [two] three", 4, 9, (4, 10)),
        ("本报讯（完）", 3, 6, (3, 6)),
        ("（记者）本报讯", 0, 4, None),
        ("one[two] three", 3, 8, None),
        ("whole", 0, 5, (0, 5)),
        ("a \u0301b", 0, 1, None),
        ("", 0, 0, None),
    ],
)
def test_safe_cut(line: str, start: int, end: int, cut: tuple[int, int] | None) -> None:
    assert safe_cut(line, start, end) == cut


@given(TEXTS, st.data())
def test_a_cut_leaves_a_normal_line(text: str, data: st.DataObject) -> None:
    for line in normal_lines(text):
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.integers(start, len(line)))
        cut = safe_cut(line, start, end)
        if cut and cut != (0, len(line)):
            rest = line[: cut[0]] + line[cut[1] :]
            assert rest == " ".join(rest.split()) == unicodedata.normalize("NFC", rest)
            assert not any(0 < edge < len(line) and unicodedata.combining(line[edge]) for edge in cut)


@settings(max_examples=200)
@given(TEXTS, st.data())
def test_rebuild_gives_back_any_lines(text: str, data: st.DataObject) -> None:
    lines = normal_lines(text)
    kept, removed = [], []
    for number, line in enumerate(lines):
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.integers(start, len(line)))
        cut = data.draw(st.sampled_from([None, (0, len(line)), safe_cut(line, start, end)]))
        if cut:
            removed.append(RemovedSpan(number, *cut, line[cut[0] : cut[1]], "share", "test/test"))
        rest = line[: cut[0]] + line[cut[1] :] if cut else line
        if rest:
            kept.append(rest)
    assert rebuild("\n".join(kept), data.draw(st.permutations(removed))) == lines


def test_rebuild_joins_spans_that_several_rounds_took_from_one_line() -> None:
    removed = [
        RemovedSpan(0, 4, 10, " (AFP)", "sign-off", "a/b"),
        RemovedSpan(0, 0, 4, "ENDS", "sign-off", "a/c"),
        RemovedSpan(2, 0, 3, "By ", "byline", "a/d"),
    ]
    assert rebuild("story\nAnna", removed) == ["ENDS (AFP)", "story", "By Anna"]
