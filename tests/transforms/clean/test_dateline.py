"""Datelines in the forms of agencies and papers of the world, and sentences that have none."""

import pytest

from transforms.clean.dateline import dateline_alone, find_dateline


def read(line: str) -> tuple[str | None, list[str], list[str]]:
    found = find_dateline(line)
    place = next((value for name, value in found if name == "dateline"), None)
    agencies = [str(value) for name, value in found if name == "agencies"]
    return place, agencies, [str(value) for name, value in found if name == "authors"]


@pytest.mark.parametrize(
    ("line", "place", "agencies"),
    [
        ("EASTON, Pa. (AP) — The council met.", "EASTON, Pa.", ["AP"]),
        ("VILLA MUESTRA, Méx.— Los vecinos se reunieron.", "VILLA MUESTRA, Méx.", []),
        ("Redacción Deportes, 3 may (EFE).- El equipo ganó.", None, ["EFE"]),
        ("MẪU NỘI, 10 tháng 6 (Reuters) - Giá cà phê giảm.", "MẪU NỘI", ["Reuters"]),
        ("Hà Mẫu (TTXVN 3/5) Hội đồng họp.", "Hà Mẫu", ["VNA"]),
        ("القاهرة في 9 مارس /أ ش أ/ اجتمع المجلس.", "القاهرة", ["MENA"]),
        ("رام الله 3-5-2024 وفا- اجتمع المجلس.", "رام الله", ["WAFA"]),
        ("بغداد/واع اجتمع المجلس.", "بغداد", ["INA Iraq"]),
        ("یزد - ایرنا - شورا تشکیل شد.", "یزد", ["IRNA"]),
        ("नयी दिल्ली, तीन मई (भाषा) परिषद की बैठक हुई।", "नयी दिल्ली", ["PTI"]),
        ("नई दिल्ली: परिषद की बैठक हुई।", "नई दिल्ली", []),
        ("New Delhi [India], May 3 (ANI): The council met.", "New Delhi", ["ANI"]),
        ("(Québec) Le conseil s'est réuni.", "Québec", []),
        ("BERLIN taz | Der Rat hat getagt.", "BERLIN", []),
        ("BRATISLAVA 3. mája (Spravodajca.sk) - Rada zasadala.", "BRATISLAVA", []),
        ("Київ. 3 травня. УНН. Рада зібралася.", "Київ", ["UNN"]),
        ("May 3 (UPI) -- The council met.", None, ["UPI"]),
        ("3 мая, Минск /Корр. БЕЛТА/. Совет собрался.", "Минск", ["BelTA"]),
        ("TEMPO.CO, Jakarta - Dewan kota bertemu.", "Jakarta", []),
        ("路透河内10月8日 - 咖啡出口商表示。", "河内", ["Reuters"]),
        ("（法新社巴黎3日电）市议会开会。", "巴黎", ["AFP"]),
        ("（中央社東京9日綜合外電報導）市議會開會。", "東京", ["CNA"]),
    ],
)
def test_place_and_agency(line: str, place: str | None, agencies: list[str]) -> None:
    assert read(line)[:2] == (place, agencies)


@pytest.mark.parametrize(
    ("line", "place", "authors"),
    [
        ("中新网兰州3月29日电 (安小例)面馆开业。", "兰州", ["安小例"]),
        ("本报北京5月3日电（记者安小例、白试）今天开会。", "北京", ["安小例", "白试"]),
        ("〔記者安小例／台北報導〕市政府今天開會。", "台北", ["安小例"]),
        ("【ニューヨーク＝見本花子】市議会が開かれた。", "ニューヨーク", ["見本花子"]),
        ("[서울=뉴시스]김예시 기자 = 시의회가 열렸다.", "서울", ["김예시"]),
        ("(서울=연합뉴스) 김예시 이견본 기자 = 시의회가 열렸다.", "서울", ["김예시", "이견본"]),
    ],
)
def test_reporters(line: str, place: str, authors: list[str]) -> None:
    found = read(line)
    assert (found[0], found[2]) == (place, authors)


@pytest.mark.parametrize(
    "line",
    [
        "정류장마다 안내문을 붙였다. 그는 말했다.",
        "Gestern. Der Rat hat getagt.",
        "Police: The man was found.",
        "(Sport) The council met.",
        "(Unknownwire) - The council met.",
        "记者5月3日电话采访了市长。",
        "本报讯（记者安小例）今天开会。",
    ],
)
def test_no_place(line: str) -> None:
    assert read(line)[0] is None


def test_a_dateline_on_a_line_of_its_own() -> None:
    found = dict(dateline_alone("الرياض 24 شوال 1445 هـ الموافق 03 مايو 2024 م واس"))
    assert (found["dateline"], found["agencies"]) == ("الرياض", "SPA")
    assert found["dated"].at.date().isoformat() == "2024-05-03"
    assert dateline_alone("الرياض اجتمع المجلس واس") == ()
    assert dict(dateline_alone("العين في 3 مايو/ وام /")) == {"dateline": "العين", "agencies": "WAM"}
    assert dateline_alone("العين/ وام /") == ()
