"""The classifier for whole pages: which texts it is asked about, what it keeps, and how its weights are made."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.clean import CleanOptions, clean_text, normal_lines, rebuild, train, trees, whole_page
from transforms.clean.lines import Line
from transforms.clean.page_features import (
    THEMES,
    Layout,
    best_segment,
    count,
    feature_names,
    features,
    first_table,
    layout_of,
    page_words_of,
    second_names,
    second_table,
)
from transforms.clean.text import split_lines
from transforms.clean.trees import from_nodes, probabilities

TESTS = Path(__file__).parents[2]
SHARED = TESTS.parent / ".." / "shared"
LIGHT = sorted([*(TESTS / "data" / "light").rglob("*.txt"), *(TESTS / "data" / "sample" / "text").rglob("*.txt")])
SEEDS = sorted((SHARED / "seeds").rglob("*.txt"))
needs_shared = pytest.mark.skipif(not SEEDS, reason="the shared texts are not beside the repository")


def lines_of(text: str) -> list[Line]:
    lines = [Line(number, row) for number, row in enumerate(normal_lines(text))]
    for line in lines:
        line.look()
    return lines


def is_whole_page(text: str) -> bool:
    return whole_page.is_whole_page(lines_of(text))


MENUS = {
    "en": (
        "Harlow Courier|Log in|Subscribe|Home|News|Sport|Business|Opinion|Culture|Weather|Search|Newsletters",
        "Privacy policy|Terms of use|Contact us|About us|Advertise|Cookies|Facebook|Twitter|© 2024 Harlow Courier",
    ),
    "de": (
        "Inland-Post|Anmelden|Abo|Startseite|Politik|Wirtschaft|Sport|Kultur|Wissen|Reise|Wetter|Suche",
        "Impressum|Datenschutz|AGB|Kontakt|Mediadaten|Über uns|Facebook|Instagram|Alle Rechte vorbehalten",
    ),
    "es": (
        "Diario del Altiplano|Iniciar sesión|Suscríbete|Portada|Política|Deportes|Cultura|Opinión|Economía|Buscar",
        "Aviso legal|Privacidad|Contacto|Publicidad|Quiénes somos|Facebook|Twitter|Todos los derechos reservados",
    ),
    "ru": (
        "Северный вестник|Войти|Подписаться|Главная|Политика|Экономика|Спорт|Культура|Общество|Погода|Поиск",
        "Контакты|Реклама|Редакция|О нас|Вконтакте|Telegram|Архив|Все права защищены",
    ),
    "zh": (
        "江南日报|登录|注册|首页|国内|国际|财经|体育|文化|教育|旅游|搜索",
        "关于我们|联系我们|版权声明|隐私政策|广告服务|微信|微博|客户端",
    ),
}
STORIES = {
    "en": [
        "The council of Harlow voted on Friday to rebuild the stone bridge that the flood of last winter carried away.",
        "Work is to begin in June and will take two years, according to the mayor, who put the cost at four million.",
        "Fishermen said they had heard such promises before, and that the ferry would have to do until then.",
        "“We have waited long enough,” said the keeper of the inn by the river, who has lost half of his guests.",
        "The old bridge had stood for almost three hundred years and was the only one within a day's walk.",
    ],
    "de": [
        "Der Rat der Stadt Musterhagen hat am Freitag beschlossen, die vom Hochwasser zerstörte Brücke neu zu bauen.",
        "Die Arbeiten sollen im Juni beginnen und zwei Jahre dauern, sagte der Bürgermeister nach der Sitzung.",
        "Die Fischer zeigten sich skeptisch: Solche Versprechen hätten sie in den vergangenen Jahren oft gehört.",
        "„Wir haben lange genug gewartet“, sagte der Wirt am Ufer, der seither die Hälfte seiner Gäste verloren hat.",
        "Die alte Brücke hatte fast dreihundert Jahre gestanden und war die einzige in der ganzen Gegend.",
    ],
    "es": [
        "El ayuntamiento de Villaseca aprobó el viernes reconstruir el puente de piedra que se llevó la crecida.",
        "Las obras comenzarán en junio y durarán dos años, según la alcaldesa, que las cifró en cuatro millones.",
        "Los pescadores dijeron que ya habían oído promesas parecidas y que la barca tendrá que bastar por ahora.",
        "«Ya hemos esperado bastante», dijo el dueño de la posada del río, que ha perdido la mitad de sus clientes.",
        "El viejo puente llevaba en pie casi trescientos años y era el único en toda la comarca de la sierra.",
    ],
    "ru": [
        "Совет города Речинска в пятницу решил заново построить каменный мост, который прошлой зимой унесло паводком.",
        "Работы начнутся в июне и продлятся два года, сообщил мэр, оценивший их стоимость в четыре миллиона.",
        "Рыбаки сказали, что уже слышали такие обещания и что пока придётся обходиться старым паромом.",
        "«Мы ждали достаточно долго», — сказал хозяин постоялого двора у реки, который потерял половину гостей.",
        "Старый мост простоял почти триста лет и был единственным на расстоянии дневного перехода от города.",
    ],
    "zh": [
        "河湾市议会星期五投票决定，重建去年冬天被洪水冲走的石桥，工程预计于六月开工，将持续两年时间。",
        "市长在会后对记者表示，这座桥的造价约为四百万元，资金将由市政府和附近的几个村庄共同承担。",
        "当地的渔民说，他们以前也听到过类似的承诺，在新桥建成之前，大家只能继续依靠那条旧渡船。",
        "河边客栈的老板说：“我们已经等得太久了。”自从桥被冲走以后，他的客人减少了一半还要多。",
        "那座老桥屹立了将近三百年，是方圆几十里之内唯一的一座桥，也是许多老人童年时代的记忆。",
    ],
}


def page(language: str, *, layout: bool) -> str:
    above, below = (menu.split("|") for menu in MENUS[language])
    if not layout:
        return "\n".join([*above, *STORIES[language], *below])
    bullets = [f"  • {entry}" for entry in above[1:]]
    return "\n".join([above[0], *bullets, "", "\n\n".join(STORIES[language]), "", *(f"  • {entry}" for entry in below)])


@pytest.mark.parametrize("layout", [True, False], ids=["layout", "flat"])
@pytest.mark.parametrize("language", MENUS)
def test_a_page_comes_out_as_its_story(language: str, layout: bool) -> None:
    raw = page(language, layout=layout)
    cleaned = clean_text(raw)
    assert cleaned.text.split("\n") == STORIES[language]
    assert {span.kind for span in cleaned.removed} >= {"boilerplate"}
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(raw)
    assert clean_text(cleaned.text).text == cleaned.text


def test_what_stands_about_the_story_feeds_the_fields() -> None:
    above, below = MENUS["en"]
    head = ["Harlow votes to rebuild its bridge after the flood", "By Anna Sample", "March 12, 2024"]
    cleaned = clean_text("\n".join([*above.split("|"), *head, *STORIES["en"], *below.split("|")]))
    assert cleaned.text.split("\n") == STORIES["en"]
    assert cleaned.fields.title == head[0]
    assert cleaned.fields.authors == ("Anna Sample",)
    assert cleaned.fields.published is not None and cleaned.fields.published.raw == head[2]


def test_the_spans_tell_how_sure_the_classifier_was() -> None:
    spans = [span for span in clean_text(page("en", layout=True)).removed if span.kind == "boilerplate"]
    assert {span.rule for span in spans} == {"whole-page"}
    assert all(0 <= span.score <= 1 for span in spans) and max(span.score for span in spans) > 0.9


def test_options_say_when_the_classifier_is_asked() -> None:
    raw = page("en", layout=True)
    never = clean_text(raw, options=CleanOptions(whole_page="never"))
    kept = clean_text(raw, options=CleanOptions(keep=("boilerplate",)))
    assert not any(span.kind == "boilerplate" for span in (*never.removed, *kept.removed))
    small = "\n".join(["Home", "Log in", *STORIES["en"], "Contact", "Privacy"])
    assert clean_text(small, options=CleanOptions(whole_page="always")).text.split("\n") == STORIES["en"]
    with pytest.raises(ValueError, match=r"clean\.whole_page is 'sometimes'; allowed are"):
        CleanOptions(whole_page="sometimes")  # type: ignore[arg-type]


POEM = "\n".join(
    f"{a} the {b}\nwhere no {c} would go"
    for a in ("Under", "Over", "Beyond")
    for b in ("hill", "sea", "moor")
    for c in ("bird", "boat")
)
RECIPE = (
    "Soup of the ferrymen\nIngredients\n"
    + "\n".join(
        f"{n} g {food}"
        for n, food in enumerate(
            [
                "flour",
                "butter",
                "leek",
                "barley",
                "salt",
                "pepper",
                "carrots",
                "peas",
                "bread",
                "cream",
                "dill",
                "onions",
                "garlic",
                "stock",
                "beans",
                "kale",
            ],
            20,
        )
    )
    + "\nMethod\nCut the vegetables into pieces, fry them in the butter and pour on the stock, then simmer for an hour."
    + "\nServe hot."
)
SCORES = "Results of the weekend\n" + "\n".join(f"Harlow {n} Easton {n % 3}" for n in range(40))
TABLE = "\n".join(f"Ward {n} | {n * 31 % 97}.{n % 10} | {n * 17 % 89}.{n % 7}" for n in range(60))
TALE = "\n".join(["“No.”", "“Yes.”", *STORIES["en"], "The end"] * 4)


@pytest.mark.parametrize(
    "text",
    [POEM, RECIPE, SCORES, TABLE, TALE, "", "x", *("\n".join(story) for story in STORIES.values())],
    ids=lambda text: text[:12],
)
def test_other_texts_are_no_whole_pages(text: str) -> None:
    assert not is_whole_page(text)


@pytest.mark.parametrize("path", [*LIGHT, *SEEDS], ids=lambda path: path.stem[:20])
def test_texts_with_a_little_noise_are_never_shown_to_the_classifier(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not is_whole_page(text)
    assert not any(span.kind == "boilerplate" for span in clean_text(text).removed)


@needs_shared
def test_the_gold_stories_are_no_whole_pages_and_their_pages_are() -> None:
    with gzip.open(SHARED / "eval" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        pages = [json.loads(line) for line in file]
    assert [data["id"] for data in pages if is_whole_page(data["gold"]["body"])] == []
    assert sum(is_whole_page(data["wet"]) for data in pages) >= 0.95 * len(pages)


@needs_shared
def test_whole_pages_are_clean_once_cleaned() -> None:
    with gzip.open(SHARED / "eval" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        pages = [json.loads(line)["wet"] for line in file]
    for text in pages[1::9]:
        cleaned = clean_text(text)
        assert rebuild(cleaned.text, cleaned.removed) == normal_lines(text)
        again = clean_text(cleaned.text)
        assert (again.text, again.removed) == (cleaned.text, ())


WORDS = st.sampled_from(
    [*MENUS["en"][0].split("|"), *MENUS["zh"][1].split("|"), *STORIES["en"], *STORIES["zh"], "", "  ", "• x", "12:30"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=90), st.sampled_from(["auto", "always"]))
def test_any_page_can_be_rebuilt_and_is_clean_once_cleaned(rows: list[str], whole: str) -> None:
    text = "\n".join(rows)
    options = CleanOptions(whole_page=whole)  # type: ignore[arg-type]
    cleaned = clean_text(text, options=options)
    assert rebuild(cleaned.text, cleaned.removed) == normal_lines(text)
    assert clean_text(cleaned.text, options=options).text == cleaned.text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), max_size=30))
def test_any_line_has_finite_features(rows: list[str]) -> None:
    lines = normal_lines("\n".join(rows))
    if lines:
        counts = count(lines)
        table = first_table(counts, None)
        second = second_table(counts, table, np.linspace(0, 1, len(lines)))
        assert second.shape == (len(lines), len(second_names())) and np.isfinite(second).all()
        assert ((score := whole_page.score_lines(lines)) >= 0).all() and (score <= 1).all()


def test_hostile_shapes() -> None:
    assert whole_page.score_lines([]).shape == (0,)
    assert whole_page.score_lines(["\ud800"]).shape == (1,)
    assert whole_page.choose(np.zeros(0), np.zeros(0, np.int64)).shape == (0,)
    assert whole_page.choose(np.zeros(3), np.ones(3, np.int64)).any()
    for text in ("", "\n" * 1000, "Home", "Home\n" * 3):
        clean_text(text, options=CleanOptions(whole_page="always"))
    assert whole_page.score_lines(["Home", "x" * 1_000_000]).shape == (2,)


def test_the_work_grows_with_the_lines_and_not_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ["Log in", "Subscribe", "News", *STORIES["en"]] * 12_500
    assert whole_page.score_lines(rows).shape == (100_000,)
    # The trees of each pass see every line once, in tables of bounded size.
    seen: list[int] = []
    scores = trees._scores
    monkeypatch.setattr(trees, "_scores", lambda model, table: (seen.append(len(table)), scores(model, table))[1])
    whole_page.score_lines(rows[:5000])
    assert sum(seen) == 2 * 5000 and max(seen) <= trees.ROWS


@pytest.mark.parametrize(
    ("values", "segment"),
    [([1, -1, 2, 3, -9, 4], (0, 4)), ([-3, -1, -2], (1, 2)), ([5], (0, 1)), ([1, -1, 1], (0, 1)), ([2, -1, 2], (0, 3))],
)
def test_best_segment(values: list[int], segment: tuple[int, int]) -> None:
    assert best_segment(np.array(values)) == segment


def test_lines_outside_the_best_segment_need_more() -> None:
    sure = np.array([0.7, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9])
    assert whole_page.choose(sure, np.full(7, 10)).tolist() == [False] * 4 + [True] * 3


@pytest.mark.parametrize(
    ("text", "gaps", "indents"),
    [
        ("a\n\n\n  b\nc", [0, 2, 0], [0, 2, 0]),
        ("\n\na\n \u200b \n\tb", [0, 1], [0, 1]),
        ("", [], []),
    ],
)
def test_layout(text: str, gaps: list[int], indents: list[int]) -> None:
    assert layout_of(text, *split_lines(text)) == Layout(gaps, indents)


def test_layout_does_without_indents_where_lines_cannot_be_matched() -> None:
    rows, after_blank = split_lines("a\n\n  b\n\x01\nc")
    assert layout_of("a\n\n  b\n\x01\nc", rows, after_blank).gaps == [0, 1, 1]


def feature(rows: list[str], name: str) -> list[float]:
    found: list[float] = features(rows, None)[:, feature_names().index(name)].tolist()
    return found


def test_lines_tell_what_other_lines_tell() -> None:
    story = STORIES["en"]
    rows = ["Bridge of Harlow", *story, "Horses for sale", "Harlow votes on the bridge"]
    told = feature(rows, "told-prose-share")
    assert told[0] == 1.0 and told[-2] == 0.0 and told[-1] == pytest.approx(2 / 3)
    # A line's own words do not count, nor function words, figures apart.
    assert feature([story[0], "and with that"], "told-prose-share") == [0.0, 0.0]
    assert feature(["12 Harlow boats", *["x"] * 3, "34 Harlow boats"], "told-near") == [2, 0, 0, 0, 2]
    assert feature(["Harlow", *["x"] * 11, "Harlow"], "told-near")[0] == 0
    assert feature(["Harlow", *["x"] * 11, "Bridge"], "alone-share")[0] == 1.0


def test_lines_that_begin_alike_nearby() -> None:
    rows = ["Stage 1: Harlow", "by boat", "Stage 2: Easton", "by bus", "…", "—"]
    assert feature(rows, "first-near") == [1, 1, 1, 1, 0, 0]
    assert feature(rows, "first-page") == [1, 1, 1, 1, 0, 0]


def test_the_second_pass_sees_what_the_first_made_of_the_page() -> None:
    rows = ["Log in", *STORIES["en"], "The bridge of Harlow", "Weather"]
    counts = count(rows)
    sure = np.array([0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.2, 0.0])
    table = second_table(counts, first_table(counts, None), sure)
    names = second_names()
    assert table[:, names.index("sure")].tolist() == [100, 900, 900, 900, 900, 900, 200, 0]
    assert table[:, names.index("sure-inside")].tolist() == [0, 1, 1, 1, 1, 1, 0, 0]
    assert table[:, names.index("since-sure")].tolist() == [999, 0, 0, 0, 0, 0, 1, 2]
    assert table[6:, names.index("sure-told")].tolist() == [1.0, 0.0]


def test_themes_are_what_the_word_list_has() -> None:
    assert {theme for theme in THEMES if page_words_of("login comments photo reply my january", theme)} == set(THEMES)


def test_words_of_pages() -> None:
    assert page_words_of("Log-in | Subscribe") == ["log-in", "subscribe"]
    assert page_words_of("登录/注册") == ["登录", "注册"]
    assert page_words_of("The mayor spoke") == []


# --- weights and training ---------------------------------------------------------------------------------------------


def test_trees_are_evaluated_as_they_are_written() -> None:
    leaf = [{"value": value} for value in (-2.0, 0.5, 1.0)]
    tree = {
        "feature": 0,
        "threshold": 5.0,
        "left": leaf[0],
        "right": {"feature": 1, "threshold": 1.5, "left": leaf[1], "right": leaf[2]},
    }
    model = from_nodes([tree, {"value": 0.25}], 0.0)
    found = probabilities(model, np.array([[5.0, 9.0], [6.0, 1.0], [6.0, 2.0]]))
    assert found.tolist() == [round(1 / (1 + np.exp(-score)), 6) for score in (-1.75, 0.75, 1.25)]


def test_the_weights_are_small_and_for_these_features() -> None:
    assert whole_page.WEIGHTS.stat().st_size < 100_000
    first, second = whole_page.weights()
    assert first.feature.min() >= 0 and first.feature.max() < len(feature_names())
    assert second.feature.min() >= 0 and len(feature_names()) < second.feature.max() < len(second_names())
    rows = normal_lines(page("en", layout=True))
    assert whole_page.score_lines(rows).tolist() == whole_page.score_lines(rows).tolist()


def test_weights_for_other_features_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "other.npz"
    monkeypatch.setattr(train, "second_names", lambda: ["size"])
    trees = from_nodes([{"value": 0.0}], 0.0)
    train.save_weights(whole_page.Weights(trees, trees), file)
    with pytest.raises(ValueError, match=r"other\.npz was made for the features"):
        whole_page.load_weights(file)


def test_labels_tell_the_share_of_a_line_that_is_the_storys() -> None:
    rows = ["Log in", STORIES["en"][0], "Why?", STORIES["en"][1], "Log in here for more stories"]
    story = "\n".join(rows[1:4])
    assert train.share_of_story(rows, story).tolist() == [0, 1, 1, 1, 0]


def test_silver_counts_less_and_marked_phrases_win() -> None:
    rows = ["Read our newsletter every single morning", *STORIES["en"]]
    data = {
        "wet": "\n".join(rows),
        "site": "harlow.example",
        "silver": "\n".join(rows),
        "silver_recall": "\n".join(rows),
    }
    found = train.to_page({**data, "absent": ["Read our newsletter"], "present": []}, train.Training())
    gold = train.to_page(
        {"wet": data["wet"], "site": "harlow.example", "gold": {"body": data["silver"]}}, train.Training()
    )
    assert found is not None and gold is not None
    assert found.label.tolist() == [0, 1, 1, 1, 1, 1]
    assert (found.weight < gold.weight).all()


def test_lines_of_long_pages_count_less_but_long_pages_more() -> None:
    def weight(times: int) -> np.ndarray:
        story = "\n".join(STORIES["en"] * times)
        data = {"wet": story, "site": "harlow.example", "gold": {"body": story}}
        found = train.to_page(data, train.Training())
        assert found is not None
        return found.weight

    assert weight(4)[0] == pytest.approx(weight(1)[0] / 2)
    assert weight(4).sum() == pytest.approx(weight(1).sum() * 2)


def test_training_needs_pages_with_what_it_learns_from(tmp_path: Path) -> None:
    file = tmp_path / "pages.jsonl"
    file.write_text('{"wet": "a", "site": "harlow.example"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"pages\.jsonl:1 has .*gold or silver are needed"):
        list(train.read_pages([file], train.Training()))


def test_the_command_makes_weights_anew_and_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("lightgbm", reason="the extra train is not installed")
    pages = tmp_path / "pages.jsonl.gz"
    with gzip.open(pages, "wt", encoding="utf-8") as file:
        for number in range(30):
            language = list(MENUS)[number % len(MENUS)]
            data = {
                "wet": page(language, layout=number % 2 == 0),
                "site": f"{number}.example",
                "gold": {"body": "\n".join(STORIES[language])},
            }
            file.write(json.dumps(data) + "\n")
    for name in ("one.npz", "two.npz"):
        command = ["--pages", str(pages), "--output", str(tmp_path / name), "--trees", "5", "--second-trees", "4"]
        assert train.main(command) == 0
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    made, shipped = whole_page.load_weights(tmp_path / "one.npz"), whole_page.weights()
    for model, like, trees_ in zip(made, shipped, (5, 4), strict=True):
        assert [array.dtype for array in model[:4]] == [array.dtype for array in like[:4]]
        assert model.feature.shape == (like.feature.shape[0], trees_)
    monkeypatch.setattr(whole_page, "weights", lambda: made)
    found = whole_page.score_lines(normal_lines(page("en", layout=False)))
    assert found[20 - 8 :][:5].min() > found[:12].max()
