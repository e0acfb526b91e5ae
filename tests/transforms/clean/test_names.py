"""Lines of names, what stands before and behind them, and whose names they are."""

import pytest

from transforms.clean import clean_text
from transforms.clean.names import bare_names, by_clause
from transforms.fields.authors import looks_like_name, tidy_name

STORY = [
    "Le conseil de Valmont a voté vendredi la reconstruction du pont de pierre que la crue de l'hiver avait emporté.",
    "Les travaux commenceront en juin et dureront deux ans, selon la maire, qui chiffre le coût à quatre millions.",
    "Le vieux pont avait tenu deux cents ans et nul ne se souvient qu'il ait été fermé pour une chèvre endormie.",
]


def people(found):
    return [name for field, name in found if field == "authors"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ana Ejemplo. Villa Muestra", ["Ana Ejemplo"]),
        ("A. Ejemplo / B. Prueba", ["A. Ejemplo", "B. Prueba"]),
        ("ČTK, Anna Vzorová", ["Anna Vzorová"]),
        ("ByAnna Sample, Bob Test", ["Anna Sample", "Bob Test"]),
        ("Venla Malli HM", ["Venla Malli"]),
        ("Claire Exemple, correspondante à Rome", ["Claire Exemple"]),
        ("Cronaca Valle d'Esempio", []),
        ("Norte y Sur", []),
        ("Do Esporte Exemplo, em Vila Nova e no Porto", []),
        ("Polub Gazetę Wzorową na Facebooku", []),
        ("Harlow Votes, Mayor Sells His Goat Today", []),
    ],
)
def test_bare_names(text, names):
    assert people(bare_names(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Article rédigé par Claire Exemple, Luc Modèle", ["Claire Exemple", "Luc Modèle"]),
        ("Article rédigé par la rédaction", []),
        ("Fermé par Claire Exemple et trois chèvres", []),
    ],
)
def test_by_clause(text, names):
    assert people(by_clause(text)) == names


def test_houses_are_no_people():
    assert not looks_like_name("KBC Harlow")
    assert looks_like_name("KIM Minjun")


def test_particles_in_capitals():
    assert tidy_name("Soazig LE MODELE") == "Soazig Le Modele"
    assert tidy_name("Ana DE LA MUESTRA") == "Ana de la Muestra"


@pytest.mark.parametrize(
    ("head", "authors", "credits"),
    [
        (["ANNE PRISE", "Claire Exemple", "Publié le 12/05/2025 à 10:21"], ("Claire Exemple",), ("Anne Prise",)),
        (
            [
                "Val-Matin Claire EXEMPLE.",
                "Publié le 12/05/2025 à 10:21",
                "Le pont et la chèvre de Valmont. | VAL-MATIN",
            ],
            ("Claire Exemple",),
            ("Val-Matin",),
        ),
        (
            ["Par Claire Exemple", "Publié le 12/05/2025 à 10:21", "Le pont de Valmont, lundi. Luc Modèle"],
            ("Claire Exemple",),
            ("Luc Modèle",),
        ),
        (
            ["Par Claire Exemple", "Publié le 12/05/2025 à 10:21", "Le pont de Valmont - Luc Modèle/AFP"],
            ("Claire Exemple",),
            ("AFP",),
        ),
        (
            [
                "Par Claire Exemple",
                "Publié le 12/05/2025 à 10:21",
                "Le pont, lundi.",
                "Luc Modèle / Le Pays de Valmont",
            ],
            ("Claire Exemple",),
            ("Luc Modèle",),
        ),
        (["Par Claire Exemple", "Publié le 12/05/2025 à 10:21", "© Luc Modèle"], ("Claire Exemple",), ("Luc Modèle",)),
    ],
    ids=["capitals above", "paper before", "behind the caption", "of an agency", "with the paper", "with a mark"],
)
def test_who_wrote_and_who_took_the_picture(head, authors, credits):
    cleaned = clean_text("\n".join(["Valmont vote la reconstruction de son pont", *head, *STORY]))
    assert cleaned.text.split("\n") == STORY
    assert (cleaned.fields.authors, cleaned.fields.photo_credits) == (authors, credits)


@pytest.mark.parametrize(
    "foot",
    [
        ["À propos de l'auteur", "Claire Exemple", "Journaliste à Valmont, elle écrit sur les rivières et les ponts."],
        ["L’article Valmont vote est apparu en premier sur Le Pays."],
        ["C. E. / L. M."],
    ],
)
def test_feet(foot):
    head = ["Valmont vote la reconstruction de son pont", "Par Claire Exemple", "Publié le 12/05/2025 à 10:21"]
    assert clean_text("\n".join([*head, *STORY, *foot])).text.split("\n") == STORY


def test_a_header_of_one_word_amid_the_story():
    headed = [*STORY[:2], "Související", "Koza, která zastavila noční vlak", *STORY, *STORY]
    assert clean_text("\n".join(headed)).text.split("\n") == [*STORY[:2], *STORY, *STORY]
    subhead = [*STORY[:2], "Související", "vlak a koza", *STORY, *STORY]
    assert clean_text("\n".join(subhead)).text.split("\n") == subhead
