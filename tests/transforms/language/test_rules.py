"""Every rule in the data files matches its examples, and no other's."""

import re
import unicodedata
from importlib.resources import files

import pytest
import yaml

from transforms.language import decide, related
from transforms.language.letters import code_units, count_letters, main_script
from transforms.language.not_language import is_code_line, is_row
from transforms.language.variants import chinese_script


def load(name):
    return yaml.safe_load(files("transforms.language").joinpath(name).read_text(encoding="utf-8"))


RULES = load("not_language.yaml")


@pytest.mark.parametrize("rule", RULES["source_code"], ids=lambda rule: rule["id"])
def test_source_code_rules(rule):
    pattern = re.compile(rule["pattern"], re.ASCII)
    assert rule["yes"] and rule["no"]
    find = pattern.search if rule.get("anywhere") else pattern.match
    assert [line for line in rule["yes"] if not find(line)] == []
    assert [line for line in rule["no"] if find(line)] == []


def test_code_pieces():
    pattern = re.compile(RULES["code_pieces"]["pattern"], re.ASCII)
    assert all(pattern.search(line) for line in RULES["code_pieces"]["yes"])
    assert not [line for line in RULES["code_pieces"]["no"] if pattern.search(line)]


@pytest.mark.parametrize("line", [line for rule in RULES["source_code"] for line in rule["no"]])
def test_lines_of_prose_are_no_code(line):
    assert not is_code_line(line)


@pytest.mark.parametrize(
    "line", ["a" * 300, "- " * 150, "((((" * 80, "x = " * 100, "a.b" * 100, "word " * 60, "\\" * 300]
)
def test_no_line_takes_long(line):
    is_code_line(line)  # a pattern that backtracks without end would hang here


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("1 Kyle Harwick 5040 5 1 17 27", True),
        ("Ingrid van der Meer", True),
        ("Pos. Pilot Points", True),
        ("12.5 13.75 1,200.00", True),
        ("Garden hose with sprinkler 23,90 €", True),
        ("Only twelve drivers can still win.", False),
        ("He was born in Harlow Bay on 4 May 1971.", False),
        ("Nur zwölf können noch gewinnen", False),
        ("Только первые двенадцать", False),
        ("ستجد هنا الترتيب بعد كل سباق", False),
        ("ראש העיר אמרה ל־BBC כי הגשר ייפתח", False),
        ("在4月开放的那座新桥梁全长有20米", False),
    ],
)
def test_rows_of_a_table(line, row):
    assert is_row(line) is row


@pytest.mark.parametrize(
    ("entry", "marker"), [(entry, marker) for entry in load("related.yaml") for marker in entry["markers"]]
)
def test_markers_of_near_standards(entry, marker):
    group = related.groups()[entry["group"][0]]
    assert set(marker["standards"]) < set(entry["group"])
    for word in marker["yes"]:
        assert re.fullmatch(marker["words"], word), word
        against = related.count_evidence(word, group)
        assert max(against[code] for code in marker["standards"]) == 0, word
    for word in marker["no"]:
        assert not re.fullmatch(marker["words"], word), word


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Predsjednik je u siječnju rekao da će europski vlak i dalje voziti svaki tjedan.", "hr"),
        ("Predsjednik je u januaru rekao da će evropski voz i dalje voziti svake sedmice, saopćeno je.", "bs"),
        ("Predsednik je u januaru rekao da će evropski voz i dalje voziti svake nedelje, posle leta.", "sr"),
        ("Menteri berkata bahawa polis akan mencuba menyelesaikan masalah itu kerana universiti ditutup.", "ms"),
        ("Menteri mengatakan bahwa polisi akan mencoba menyelesaikan masalah itu karena universitas ditutup.", "id"),
    ],
)
def test_near_standards(text, first):
    for engine_says in related.groups()[first].codes:
        shares = related.choose_standard(engine_says, text, len(text), "Latn")
        assert shares[0][1] == first
        assert sum(share for share, _ in shares) == pytest.approx(1)


def test_no_standard_is_chosen_in_another_script_or_language():
    assert related.choose_standard("sr", "Председник је рекао", 16, "Cyrl") == [(1.0, "sr")]
    assert related.choose_standard("de", "Der Präsident sagte", 16, "Latn") == [(1.0, "de")]


def test_chinese_pairs():
    pairs = load("variants.yaml")["pairs"].split()
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in pairs)
    assert not {pair[0] for pair in pairs} & {pair[1] for pair in pairs}
    assert {chinese_script(pair[0]) for pair in pairs} == {"Hans"}
    assert {chinese_script(pair[1]) for pair in pairs} == {"Hant"}
    assert chinese_script("山水人") == "Hani"


def test_scripts_do_not_overlap_and_agree_with_unicode():
    seen = {}
    names = {
        "Latn": "LATIN",
        "Grek": "GREEK",
        "Cyrl": "CYRILLIC",
        "Deva": "DEVANAGARI",
        "Thai": "THAI",
        "Geor": "GEORGIAN",
    }
    for code, script in load("scripts.yaml").items():
        for start, end in script["ranges"]:
            for point in range(start, end + 1):
                assert seen.setdefault(point, code) == code
                if code in names and unicodedata.category(chr(point)) in ("Lu", "Ll"):
                    name = unicodedata.name(chr(point))
                    assert names[code] in name or "COPTIC" in name or code == "Latn", (hex(point), name)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("abc абвг", "Cyrl"),
        ("日本の橋", "Jpan"),
        ("新しい", "Jpan"),
        ("漢字", "Hani"),
        ("漢字가나다라마", "Kore"),
        ("1 2 !", None),
    ],
)
def test_main_script(text, script):
    assert main_script(count_letters(code_units(text)))[0] == script


def test_calibration_has_every_case_of_both_engines():
    tables = load("calibration.yaml")
    assert set(tables) == {"pycld2", "py3langid"}
    for cases in tables.values():
        assert set(cases) == set(decide.CASES)
        assert all(set(weights) == set(decide.FEATURES) for weights in cases.values())
