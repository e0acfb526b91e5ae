"""The table of codes, and the options that take codes."""

import pytest
import yaml

from transforms.language import LanguageOptions
from transforms.language.codes import check_code, from_engine, language_names
from transforms.language.profiles import load_profiles


@pytest.mark.parametrize(
    ("engine", "ours"),
    [
        ("nb", "no"),
        ("nn", "no"),
        ("no", "no"),
        ("iw", "he"),
        ("fil", "tl"),
        ("jw", "jv"),
        ("in", "id"),
        ("ji", "yi"),
        ("mo", "ro"),
        ("zh-cn", "zh"),
        ("zh-tw", "zh"),
        ("zh-Hant", "zh"),
        ("sr-ME", "sr"),
        ("bh", "bho"),
        ("ary", "ar"),
        ("en", "en"),
        ("ceb", "ceb"),
        ("un", "und"),
        ("xxx", "und"),
        ("tlh", "und"),
        ("zxx", "und"),
        ("xx-Qaai", "und"),
        ("unknown", "und"),
    ],
)
def test_engine_codes(engine, ours):
    assert from_engine(engine) == ours


def test_every_code_of_every_engine_ends_in_the_table():
    codes = set(load_profiles().codes)
    codes |= set(pytest.importorskip("py3langid.langid")._get_identifier().labels)
    cld2 = pytest.importorskip("pycld2")
    codes |= {code for _, code in cld2.LANGUAGES}
    for code in codes:
        ours = from_engine(code)
        assert ours == "und" or ours in language_names()
    lost = {code for code in codes if from_engine(code) == "und"}
    assert all(code.startswith("xx") or code in ("zzb", "zze", "zzh", "zzp", "tlh", "zxx", "un") for code in lost)


def test_our_codes_are_iso_639_and_none_of_the_engines():
    for code in language_names():
        assert code.isascii() and code.islower() and len(code) in (2, 3)
        assert from_engine(code) == code
    assert not {"nb", "nn", "iw", "fil", "jw", "und", "sh", "bh"} & set(language_names())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("gr", "el"),
        ("jp", "ja"),
        ("cz", "cs"),
        ("dk", "da"),
        ("ua", "uk"),
        ("nb", "no"),
        ("eng", "en"),
        ("deu", "de"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("zh-Hans", "zh"),
        ("zh-tw", "zh"),
        ("German", "de"),
        ("englisch", "en"),
        ("iw", "he"),
    ],
)
def test_a_typo_names_the_nearest_code(wrong, meant):
    with pytest.raises(ValueError, match=rf"{wrong!r} is not a language code .*did you mean '{meant}'"):
        check_code(wrong)


@pytest.mark.parametrize("wrong", ["", "qqqqqq", None, 5, ["en"]])
def test_no_code_and_nothing_near(wrong):
    with pytest.raises(ValueError, match="is not a language code"):
        check_code(wrong)


def test_an_unquoted_no_is_explained():
    keep = yaml.safe_load("keep: [da, no, sv]")["keep"]
    with pytest.raises(ValueError, match=r"keep\[1\]: false is not a language code: .*unquoted no.*'no'"):
        LanguageOptions(keep=keep)
    assert LanguageOptions(keep=yaml.safe_load("keep: [da, 'no', sv]")["keep"]).keep == ("da", "no", "sv")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"engine": "cld3"}, "engine: 'cld3' is not one of exact, langdetect"),
        ({"keep": ["gr"]}, r"keep\[0\]: 'gr' is not a language code .*did you mean 'el' \(Greek\)"),
        ({"keep": "en"}, "keep: 'en' is not a list"),
        ({"min_confidence": 80}, "min_confidence: 80 is not a number from 0 to 1"),
        ({"min_confidence": True}, "min_confidence: True"),
        ({"undetermined": "drop"}, "undetermined: 'drop' is not one of keep, reject"),
        ({"min_letters": 0}, "min_letters: 0"),
        ({"mixed_share": 0.7}, "mixed_share: 0.7 is not a number from 0 to 0.5"),
    ],
)
def test_bad_options(values, says):
    with pytest.raises(ValueError, match=says):
        LanguageOptions(**values)


def test_all_problems_are_told_together():
    with pytest.raises(ValueError) as caught:
        LanguageOptions(engine="x", keep=["gr", "jp"], min_confidence=-1)
    assert all(part in str(caught.value) for part in ("engine", "keep[0]", "keep[1]", "min_confidence"))
