"""The exact evaluation against the package whose profiles it evaluates."""

import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.utils.ngram import NGram

from transforms.language.letters import code_units
from transforms.language.profiles import SMOOTHING, UNITS_PER_NAT, find_ngrams, load_profiles, score_ngrams

# No text that ends on its own: words in capitals, accents, scripts that langdetect folds, runs of spaces, numbers.
TEXTS = [
    "The mayor said on Tuesday that the new bridge would open before winter.",
    "  Die  BRÜCKE  wird im Jahr 2025 (oder später) eröffnet.\nUSA und EU: kein Kommentar!  ",
    "Thị trưởng nói hôm thứ Ba rằng cây cầu mới sẽ mở cửa trước mùa đông.",
    "Мэр города заявила во вторник, что новый мост откроют до зимы. NATO",
    "市长星期二表示，新桥将在冬天之前开通。The bridge.",
    "市長は火曜日、新しい橋が冬の前に開通すると述べた。",
    "시장은 화요일에 새 다리가 겨울 전에 개통될 것이라고 말했다.",
    "Primarul a spus că podul nou și țara întreagă se vor deschide.",
    "شهردار روز سه‌شنبه گفت که پل جدید پیش از زمستان باز می‌شود.",
    "a b c dd E FF Ggg HhH 😀 x😀y 𝔘𝔫𝔦",
    "",
    " ",
    "A",
]


@pytest.fixture(scope="module")
def factory():
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    return factory


def _package_ngrams(factory, text):
    detector = factory.create()
    detector.append(text)
    detector.cleaning_text()
    return detector._extract_ngrams()


def _compare(text, factory):
    """The scores are the sums of the package's own probabilities of its own n-grams of the text, in whole numbers."""
    profiles, ngrams = load_profiles(), _package_ngrams(factory, text)
    scores = score_ngrams(find_ngrams(code_units(text), profiles), profiles)
    assert scores.known == len(ngrams)
    for column, code in enumerate(factory.langlist):
        probabilities = [factory.word_lang_prob_map[ngram][column] for ngram in ngrams]
        want = sum(round(math.log(probability + SMOOTHING) * UNITS_PER_NAT) for probability in probabilities)
        assert int(scores.totals[profiles.codes.index(code)]) == want, code


@pytest.mark.parametrize("text", TEXTS)
def test_scores_are_the_packages(text, factory):
    _compare(text, factory)


@given(st.text(alphabet=st.sampled_from("aAbBéÉzZ  .1Ññșțşжшヶ漢字가나ệḿ\u0300’–\n"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_scores_are_the_packages_for_any_text(factory, text):
    _compare(NGram.normalize_vi(unicodedata.normalize("NFC", text)), factory)


@given(st.sampled_from(TEXTS), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_windows_add_up_to_the_text(text, windows):
    profiles = load_profiles()
    rows = find_ngrams(code_units(text), profiles)
    scores = score_ngrams(rows, profiles, windows)
    assert scores.windows.shape == (windows, len(profiles.codes))
    assert scores.windows.sum(axis=0).tolist() == scores.totals.tolist()
    assert scores.totals.tolist() == score_ngrams(rows, profiles).totals.tolist()


def test_size_in_memory():
    profiles = load_profiles()
    lists = (profiles.pairs.offsets, profiles.pairs.places, profiles.triples.offsets, profiles.triples.places)
    columns = (profiles.characters, profiles.singles, profiles.latin)
    assert sum(array.nbytes for array in (profiles.table, *lists, *columns)) < 15_000_000
    assert profiles.table.shape[1] - 1 == len(profiles.codes) == len(set(profiles.codes))


def test_no_two_lists_have_one_offset():
    profiles = load_profiles()
    for lists in (profiles.pairs, profiles.triples):
        used = lists.offsets[lists.offsets < lists.offsets.max()]
        assert len(set(used.tolist())) == len(used) > 1000


def test_every_ngram_has_a_row_of_its_own(factory):
    ngrams = [ngram for ngram in factory.word_lang_prob_map if all(NGram.normalize(c) == c for c in ngram)]
    rows = {_row(ngram) for ngram in ngrams}
    assert len(rows) == len(ngrams)
    assert min(rows) > 0


def _row(ngram: str) -> int:
    profiles = load_profiles()
    first, *others = (int(profiles.characters[ord(character)]) >> 1 for character in ngram)
    row, before = int(profiles.singles[first]), first
    for lists, character in zip((profiles.pairs, profiles.triples), others, strict=False):
        place = int(lists.places[lists.offsets[before] + character])
        assert place >> 18 == character
        row = before = place & 0x3FFFF
    return row
