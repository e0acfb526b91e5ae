"""From bytes to text, and what is refused."""

import gzip
import json
import random
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from transforms.model import Rejection
from transforms.read import charset, latin
from transforms.read.charset import decode_text, detect_charset, wide_charset

SHARED = Path(__file__).parents[3] / ".." / "shared"
LANGUAGES = yaml.safe_load(Path(latin.__file__).with_name("charsets.yaml").read_text("utf-8"))["languages"]

# the same news in other scripts than Latin; invented
OTHER_SCRIPTS = {
    "Мост через реку откроют только в следующем году, сказал мэр, и жители недовольны.": [
        "cp1251",
        "koi8-r",
        "iso8859-5",
        "cp866",
    ],
    "Міст через річку відкриють лише наступного року, сказав мер, і мешканці незадоволені її рішенням.": [
        "koi8-u",
        "cp1251",
    ],
    "Η γέφυρα πάνω από το ποτάμι θα ανοίξει μόλις του χρόνου, είπε ο δήμαρχος.": ["cp1253", "iso8859-7"],
    "הגשר מעל הנהר ייפתח רק בשנה הבאה, אמר ראש העיר, והתושבים אינם מרוצים.": ["cp1255"],
    "سيفتح الجسر فوق النهر في العام المقبل فقط، قال رئيس البلدية، والسكان غير راضين.": ["cp1256"],
    "สะพานข้ามแม่น้ำจะเปิดในปีหน้าเท่านั้น นายกเทศมนตรีกล่าว และชาวบ้านไม่พอใจ": ["cp874"],
    "川にかかる橋は来年まで開通しないと市長が述べ、住民は不満を示している。": ["shift_jis", "euc_jp", "iso2022_jp"],
    "市长说，河上的大桥要到明年才能通车，居民对此表示不满。": ["gb18030", "gbk"],
    "市長說，河上的大橋要到明年才能通車，居民對此表示不滿。": ["big5"],
    "시장은 강 위의 다리가 내년에야 개통될 것이라고 말했고 주민들은 불만을 나타냈다.": ["euc_kr"],
}


def refused(raw: bytes, declared: str | None = None) -> Rejection:
    with pytest.raises(Rejection) as caught:
        decode_text(raw, declared)
    return caught.value


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("declared", [None, "cp1252"])
def test_a_mark_goes_before_all_else(name, declared):
    assert decode_text("Brücke \u4e2d".encode(name), declared) == "Brücke \u4e2d"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", ["Ja.", "A bridge, at last\r\n", "Мост через реку, 2031", "Η γέφυρα \u0100 \U0001f600 και"]
)
def test_wide_text_without_a_mark(name, text):
    raw = text.encode(name)
    assert decode_text(raw) == text
    assert wide_charset(raw) == name
    assert decode_text(raw, name) == text


@pytest.mark.parametrize("raw", [b"", b"abc\n", "Brücke".encode(), "Brücke".encode("cp1252"), b"one\0NUL", b"\0\0\0\0"])
def test_other_text_is_not_wide(raw):
    assert wide_charset(raw) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_latin_charsets_by_language(language):
    text = LANGUAGES[language]["example"]
    for name in LANGUAGES[language]["charsets"]:
        kept = text if name != "iso8859-15" and name != "iso8859-2" else text.translate(str.maketrans("“”’–", '""\'-'))
        raw = _encode(kept, name)
        if not raw.isascii():
            assert decode_text(raw) == raw.decode(name), name


def _encode(text: str, name: str) -> bytes:
    return "".join(map(_with_tone_apart, text) if name == "cp1258" else text).encode(name)


def _with_tone_apart(char: str) -> str:
    """A letter as Vietnamese text in cp1258 has it: with its tone as a mark of its own."""
    parts = unicodedata.normalize("NFD", char)
    tone = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in tone)) + tone


@pytest.mark.parametrize("text", OTHER_SCRIPTS)
def test_charsets_of_other_scripts(text):
    for name in OTHER_SCRIPTS[text]:
        assert decode_text(text.encode(name)) == text, name
        assert decode_text(text.encode(name), name) == text, name


@pytest.mark.parametrize("declared", ["iso-8859-1", "latin1", "windows-1252"])
def test_latin_1_is_read_as_windows_1252(declared):
    assert decode_text(b"The caf\xe9\x92s price: \x80 2", declared) == "The café’s price: € 2"


def test_a_declared_charset_goes_before_detection():
    raw = "Мост".encode("cp1251")
    assert decode_text(raw, "cp1252") == raw.decode("cp1252")
    assert decode_text("Brücke".encode(), "cp1252") == "BrÃ¼cke"


@pytest.mark.parametrize("declared", ["x-unknown", "rot13", "", "cp500", "a\0b"])
def test_what_is_declared_but_no_charset_counts_as_none(declared):
    assert (
        decode_text("Die Brücke für Fußgänger ist zu".encode("cp1252"), declared) == "Die Brücke für Fußgänger ist zu"
    )


@pytest.mark.parametrize("declared", ["ascii", "shift_jis", "euc_kr", "gb18030", "cp1252"])
def test_what_does_not_fit_the_declared_charset_may_be_utf_8(declared):
    text = "Élan À l’heure – Ý\U0001f600 ő"
    assert decode_text(text.encode(), declared) == text


@pytest.mark.parametrize(
    "raw, declared, reason, detail",
    [
        (b"", None, "empty", "0 bytes, nothing but white space"),
        (b" \n\t", None, "empty", "3 bytes, nothing but white space"),
        ("\ufeff\u3000\n".encode(), None, "empty", "7 bytes"),
        (b"Plain\0text", None, "binary", "NUL byte at offset 5; 1 of 10 bytes are NUL"),
        (b"\0" * 64, None, "binary", "NUL byte at offset 0; 64 of 64"),
        (b"Plain\0text", "cp1252", "binary", "NUL character at character 5 of cp1252 (declared)"),
        (b"\x01\x02\x03\x04\x05 text", None, "binary", "5 of the first 10 bytes are control characters"),
        ("Die Brücke für Fußgänger".encode()[:-3] + b"\xc3(r", None, "bad-encoding", "UTF-8 otherwise"),
        (
            "Die Brücke öffnet “bald”".encode()[:-1],
            None,
            "bad-encoding",
            "byte 0xe2 at offset 27: unexpected end of data",
        ),
        (
            b"All ASCII but for a quote that was cut \xe2\x80",
            None,
            "bad-encoding",
            "at offset 39: unexpected end of data",
        ),
        (b"Valid text \xff\xfe\xfd\x81 invalid", None, "bad-encoding", "byte 0xff at offset 11"),
        (b"\xff\xfeA", None, "bad-encoding", "truncated data; tried utf-16-le (byte order mark)"),
        (b"\xef\xbb\xbfcaf\xe9", None, "bad-encoding", "byte 0xe9 at offset 6: unexpected end of data"),
        (
            b"caf\xe9 au lait",
            "utf-8",
            "bad-encoding",
            "byte 0xe9 at offset 3: invalid continuation byte; tried utf-8 (declared)",
        ),
        (
            b"abc \x98",
            "shift_jis",
            "bad-encoding",
            "byte 0x98 at offset 4: incomplete multibyte sequence; tried cp932 (declared)",
        ),
    ],
)
def test_what_is_refused(raw, declared, reason, detail):
    rejection = refused(raw, declared)
    assert rejection.reason == reason
    assert detail in rejection.detail


def test_a_few_control_characters_are_no_reason():
    assert decode_text(b"One\x08 two\x7f.") == "One\x08 two\x7f."
    assert decode_text(b"\x1b[1mBold\x1b[0m") == "\x1b[1mBold\x1b[0m"


def test_random_bytes_are_no_text():
    source = random.Random(7)
    for size in (40, 200, 5000):
        for _ in range(20):
            assert refused(source.randbytes(size)).reason in ("binary", "bad-encoding")


@pytest.mark.parametrize("damage", ["lead byte gone", "cut"])
def test_broken_utf_8_is_never_read_as_another_charset(damage):
    for text in [*OTHER_SCRIPTS, *(entry["example"] * 2 for entry in LANGUAGES.values())]:
        raw = text.encode()
        leads = [at for at, byte in enumerate(raw) if byte >= 0xC0]
        if len(leads) < 4:
            continue
        at = leads[len(leads) // 2]
        broken = raw[: leads[-1] + 1] if damage == "cut" else raw[:at] + b"x" + raw[at + 1 :]
        assert refused(broken).reason == "bad-encoding", text


@pytest.mark.skipif(not SHARED.exists(), reason="needs the evaluation texts beside the repository")
def test_legacy_charsets_of_real_texts():
    """The figures of :func:`detect_charset`; run with -s to see them for each charset."""
    charsets = {
        "cp1252": "de fr es pt it nl sv da fi is nb ca",
        "cp1250": "pl cs hu sk sl hr",
        "iso8859-2": "pl cs hu sk sl hr",
        "cp1251": "ru uk bg sr mk be",
        "koi8-u": "uk ru",
        "cp1253": "el",
        "cp1254": "tr",
        "cp1255": "he",
        "cp1256": "ar fa",
        "cp1257": "lt lv et",
        "cp874": "th",
        "shift_jis": "ja",
        "euc_jp": "ja",
        "gb18030": "zh",
        "big5": "zh",
        "euc_kr": "ko",
    }
    texts: dict[str, list[str]] = {}
    with gzip.open(SHARED / "eval" / "languages.jsonl.gz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            texts.setdefault(entry["language"], []).append(entry["text"])
    right = total = 0
    for name, languages in charsets.items():
        raws = [text.encode(name, "ignore") for language in languages.split() for text in texts[language][::3]]
        raws = [raw for raw in raws if not raw.isascii()]
        found = sum(raw.decode(charset.codec_name(name)) == _decoded(raw) for raw in raws)
        print(f"{name}: {found} of {len(raws)}")
        right, total = right + found, total + len(raws)
    print(f"all: {right} of {total}")
    assert right / total > 0.97


def _decoded(raw: bytes) -> str | None:
    found = detect_charset(raw)
    return raw.decode(found, "replace") if found else None


@given(st.binary(max_size=60), st.sampled_from([None, "utf-8", "cp1252", "shift_jis", "utf-16"]))
def test_any_bytes_give_text_or_a_reason(raw, declared):
    try:
        text = decode_text(raw, declared)
    except Rejection as rejection:
        assert rejection.reason in ("empty", "binary", "bad-encoding")
    else:
        assert text.strip() and "\0" not in text and text.encode()


characters = st.one_of(st.integers(0x20, 0x7E), st.integers(0xA0, 0xD7FF), st.integers(0xE000, 0x10FFFF)).map(chr)


@given(st.lists(characters, min_size=1).map("".join))
def test_valid_utf_8_is_that_text(text):
    if text.strip() and not text.startswith("\ufeff"):
        assert decode_text(text.encode()) == text
