"""The encodings of pages."""

import pytest

from transforms.extract import extract_article
from transforms.extract.charset import decode_page
from transforms.model import Rejection

PROSE = {
    "fr": "À la Vérenne, l’écluse restera manuelle : la compagnie a renoncé à l’électrifier après deux ans. ",
    "cs": "Městská rada v neděli rozhodla, že starý most přes řeku bude opraven ještě před příchodem zimy a dětí. ",
    "ru": "Жители деревни построили за лето общественную баню, из окна которой видно сразу три реки и старый лес. ",
    "ja": "三年前に閉校した小学校の鐘が、入り江の集落で船の帰りを知らせる合図として再び鳴り始めた。",
    "zh": "梅雨一到，修伞摊就排起了队。摊主今年七十六岁，在桥洞里修了五十一年伞，街坊都认识他。",
    "ko": "마을 주민들은 지난 여름 내내 오래된 다리를 고쳤고, 겨울이 오기 전에 모든 공사를 마쳤다고 밝혔다. ",
    "el": "Οι κάτοικοι του χωριού επισκεύασαν το παλιό γεφύρι μέσα στο καλοκαίρι, πριν έρθει ο χειμώνας. ",
}


def page(language, declaration=""):
    return f"<html><head>{declaration}<title>x</title></head><body><p>{PROSE[language] * 8}</p></body></html>"


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("fr", "cp1252"),
        ("cs", "cp1250"),
        ("cs", "iso-8859-2"),
        ("ru", "cp1251"),
        ("ru", "koi8-r"),
        ("ja", "shift_jis"),
        ("ja", "euc_jp"),
        ("ja", "iso2022_jp"),
        ("zh", "gb18030"),
        ("zh", "big5hkscs"),
        ("ko", "cp949"),
        ("el", "cp1253"),
    ],
)
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "utf-8"])
def test_legacy_page_is_read_whatever_the_server_declares(language, encoding, declared):
    if encoding == "big5hkscs":
        PROSE.setdefault(
            "zh-hant", "梅雨一到，修傘攤就排起了隊。攤主今年七十六歲，在橋洞裡修了五十一年傘，街坊都認識他。"
        )
        language = "zh-hant"
    html = page(language)
    assert decode_page(html.encode(encoding), declared)[0] == html


@pytest.mark.parametrize(
    ("declaration", "encoding", "expected"),
    [
        ('<meta charset="gb2312">', "gb18030", "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "shift_jis", "cp932"),
        ("<meta charset=windows-1252>", "utf-8", "utf-8"),
        ("<meta charset=no-such-thing>", "utf-8", "utf-8"),
    ],
)
def test_declaration_counts_unless_the_bytes_are_utf_8(declaration, encoding, expected):
    html = page("zh" if "gb" in encoding else "ja", declaration)
    assert decode_page(html.encode(encoding)) == (html, expected)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_decides(encoding):
    html = page("fr", "<meta charset=iso-8859-1>")
    assert decode_page(html.encode(encoding), "cp1251")[0] == html


def test_stray_byte_in_utf_8_costs_one_character():
    html = page("ru")
    read = decode_page(html.encode().replace(b"<p>", b"<p>\xff", 1))[0]
    assert read == html.replace("<p>", "<p>\ufffd", 1)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(Rejection, match="bad-encoding"):
        decode_page(bytes(range(1, 256)) * 20)


def test_encoding_is_recorded_where_it_is_not_utf_8():
    assert ("encoding", "cp1251") in extract_article(page("ru").encode("cp1251")).evidence
    assert "encoding" not in dict(extract_article(page("ru").encode()).evidence)


def test_mojibake_is_mended_and_recorded():
    article = extract_article(page("fr").encode().decode("cp1252", "replace").replace("\ufffd", ""))
    assert "écluse restera manuelle" in article.text
    assert ("text", "mojibake mended") in article.evidence


@pytest.mark.parametrize("text", ["Ñandú, Âge, château, Østergård: “naïve” café – 20 € ±3 %", "ÂNGELA AND ÉTIENNE"])
def test_what_only_looks_like_mojibake_stays(text):
    article = extract_article(
        f"<html><body><article><p>{text} {PROSE['fr'] * 8}</p><p>{text}</p></article></body></html>"
    )
    assert article.text.endswith(text)
    assert "text" not in dict(article.evidence)
