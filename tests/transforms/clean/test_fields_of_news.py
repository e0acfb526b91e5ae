"""Whole texts in the forms of papers and agencies: what they say of authors, agencies, pictures and the day."""

import pytest

from transforms.clean import clean_text

PROSE = (
    "The council of Harlow decided on Friday to keep the old bridge open, although many want it repaired.",
    "The mayor said that the work would be put off until the spring and would cost two million at least.",
    "The bridge was built a hundred years ago, and two thousand people cross it on every working day.",
)


def fields(top: str = "", bottom: str = "") -> dict[str, object]:
    cleaned = clean_text("\n".join([*filter(None, top.split("\n")), *PROSE, *filter(None, bottom.split("\n"))]))
    assert cleaned.text == "\n".join(PROSE)
    found = {name: list(getattr(cleaned.fields, name)) for name in ("authors", "agencies", "photo_credits")}
    published = cleaned.fields.published
    return {name: value for name, value in found.items() if value} | (
        {"published": published.at.date().isoformat()} if published else {}
    )


TITLE = "Old bridge stays open\n"


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (
            "Anna Beispiel und Bernd Muster, dpa\n3. Mai 2024",
            {"authors": ["Anna Beispiel", "Bernd Muster"], "agencies": ["dpa"]},
        ),
        (
            "Anna Beispiel (Text) und Bernd Muster (Fotos)\n3. Mai 2024",
            {"authors": ["Anna Beispiel"], "photo_credits": ["Bernd Muster"]},
        ),
        ("Text: Anna Exempel Foto: Bo Prov\n3 maj 2024", {"authors": ["Anna Exempel"], "photo_credits": ["Bo Prov"]}),
        (
            "Teksti ja kuvat: Liisa Esimerkki\n3.5.2024",
            {"authors": ["Liisa Esimerkki"], "photo_credits": ["Liisa Esimerkki"]},
        ),
        ("Van onze verslaggever Jan Voorbeeld\n3 mei 2024", {"authors": ["Jan Voorbeeld"]}),
        ("Ana Ejemplo / EFE\nVilla Muestra, 3 may 2024", {"authors": ["Ana Ejemplo"], "agencies": ["EFE"]}),
        ("By Anna Sample\nLocal Democracy Reporter\n3 May 2024", {"authors": ["Anna Sample"]}),
        ("Anna Sample, Prairie Ledger\n3 May 2024", {"authors": ["Anna Sample"]}),
        ("見本花子 試験太郎\n2024年5月3日", {"authors": ["見本花子", "試験太郎"]}),
        ("記者安小例／綜合報導\n2024/05/03 16:20", {"authors": ["安小例"]}),
        ("3 May 2024\nA ferry in Harlow. ANNA SAMPLE", {"photo_credits": ["Anna Sample"]}),
        ("3 May 2024\nA ferry in Harlow - EUROPA PRESS - Archivo", {"photo_credits": ["Europa Press"]}),
        ("2024.05.03 16:20\n항구를 떠나는 여객선. 2024.5.2/뉴스1 ⓒ News1 김예시 기자", {"photo_credits": ["News1"]}),
        ("Објављено: 3. маја 2024.\nПише: Ана Пример", {"authors": ["Ана Пример"]}),
        ("Por Ana Ejemplo P., Correo\n3 de mayo de 2024", {"authors": ["Ana Ejemplo P."]}),
        ("Anna Exempel Text\nBo Prov Foto\n3 maj 2024", {"authors": ["Anna Exempel"], "photo_credits": ["Bo Prov"]}),
        ("樣本日報／ 記者安小例／樣城即時報導\n2024/05/03 16:20", {"authors": ["安小例"]}),
        ("입력 2024.05.03 16:20\n[견본일보 = 김예시]", {"authors": ["김예시"]}),
        ("03-05-24\nImage source, Anna Sample", {"photo_credits": ["Anna Sample"]}),
        ("3 May 2024\nA ferry leaves. (Courier/Anna Sample)", {"photo_credits": ["Anna Sample"]}),
        ("3 May 2024\nThe port in winter. Photo: Anna Sample. THE COURIER", {"photo_credits": ["Anna Sample"]}),
        ("3 May 2024\nA white ferry leaves the old port. | LAKE-COURIER", {"photo_credits": ["Lake-Courier"]}),
        ("ایسنا/گلستان\n3 May 2024", {"agencies": ["ISNA"]}),
    ],
)
def test_above_the_story(top: str, expected: dict[str, object]) -> None:
    assert fields(TITLE + top) == expected | {"published": "2024-05-03"}


@pytest.mark.parametrize(
    ("bottom", "expected"),
    [
        ("Anna Przykład (PAP)", {"authors": ["Anna Przykład"], "agencies": ["PAP"]}),
        ("Par Anne Exemple, Exempleville", {"authors": ["Anne Exemple"]}),
        ("Анна ПРИМЕРОВА.", {"authors": ["Анна Примерова"]}),
        ("(Autorzy: Anna Przykład, Jan Próba; redakcja: Ewa Test)", {"authors": ["Anna Przykład", "Jan Próba"]}),
        ("(Nguyễn Thử Mẫu tường thuật; Lê Mẫu biên tập)", {"authors": ["Nguyễn Thử Mẫu"]}),
        ("(avec AFP)", {"agencies": ["AFP"]}),
        ("(Fonte Ansa)", {"agencies": ["ANSA"]}),
        ("— Reuters", {"agencies": ["Reuters"]}),
        ("SDA/abc", {"agencies": ["Keystone-SDA"]}),
        ("abc/dpa/Reuters", {"agencies": ["dpa", "Reuters"]}),
        ("(c) ANP", {"agencies": ["ANP"]}),
        (
            "AGERPRES/(AE - autor: Ana Exemplu, editor: Ion Probă)",
            {"authors": ["Ana Exemplu"], "agencies": ["Agerpres"]},
        ),
        (
            "This report by The Canadian Press was first published May 3, 2024.",
            {"agencies": ["CP"], "published": "2024-05-03"},
        ),
        ("(RADIOCOR) 03-05-24 11:48:20 (0275) 5 NNNN", {"agencies": ["Radiocor"], "published": "2024-05-03"}),
    ],
)
def test_below_the_story(bottom: str, expected: dict[str, object]) -> None:
    assert fields(TITLE, bottom) == expected


def test_initials_of_the_author_sign_for_no_agency() -> None:
    assert fields(TITLE + "By Anna Sample\n3 May 2024", "asa/bte") == {
        "authors": ["Anna Sample"],
        "published": "2024-05-03",
    }
