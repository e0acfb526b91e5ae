"""How well repetition tells a house's own lines from content that recurs: ``python -m benchmarks.repeated``.

Sources of several shapes are invented (all names are fictional), each with the lines that ought to go or, for those
that are traps, content that looks like them.  A profile is learnt from each source alone, and each of its documents is
cleaned with it and without; the numbers are shares of the lines in question, and of all other lines.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.corpus import make_stories
from transforms.clean import clean_text, normal_lines
from transforms.clean.repeated import Known, look_at
from transforms.learn import Habit, Size, Stories, profile_row
from transforms.profile import profile_bytes, read_profile

SIZES = (3, 6, 12, 40, 200)
_CHARACTERS = 1500


@dataclass(frozen=True, slots=True)
class Document:
    """A document and what of it is in question.

    Attributes:
        lines: of its text.
        marked: those that the shape is about: noise, or content that recurs.
    """

    lines: list[str]
    marked: set[int]


Shape = Callable[[random.Random, int, list[str], str], tuple[list[str], set[str]]]


def _above(*makers: Callable[[random.Random], list[str]]) -> Shape:
    def make(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
        lines = [line for maker in makers for line in maker(chance)]
        return [*lines, title, *story], set(lines)

    return make


def _ticker(chance: random.Random) -> list[str]:
    return ["QXZT", str(chance.randrange(10, 99))]


def _ticker_line(chance: random.Random) -> list[str]:
    return [f"QXZT {chance.randrange(10, 99)}"]


def _tickers(chance: random.Random) -> list[str]:
    name = "".join(chance.choices("BDGKLMPRTVX", k=4))
    return [f"{name}.L {chance.randrange(10, 999)}.{chance.randrange(10, 99)}p"]


_LABELS = ["Ufer und Hafen", "Kwartier Noord", "Rund um den Elmen", "Marktplein", "Leute", "Querbeet", "Nordkai", "Tal"]


def _label(chance: random.Random) -> list[str]:
    return [chance.choice(_LABELS)]


_REPORTERS = ["Redaktionsteam Elmen", "Our Harlow desk", "Équipe Belcombe", "Нордкай онлайн"]


def _below_title(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    line = chance.choice(_REPORTERS[:2])
    return [title, line, *story], {line}


def _behind_deck(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    line = f"Harlow Ferry Gazette | {chance.randrange(2, 900)}"
    return [title, story[0], line, *story[1:]], {line}


def _slogan(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    line = "All that the river brings, every morning."
    return [title, *story, line], {line}


def _two_paragraphs(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    lines = [
        "The Harlow Ferry Gazette has been written, set and printed beside the river since the first bridge was built.",
        "Whoever finds a mistake in these columns may bring it to the old customs house between nine and five.",
    ]
    return [title, *story, *lines], set(lines)


def _foreign(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    lines = ["ริมแม่น้ำฮาร์โลว์", "哈洛渡口纪事", "Хроника Харлоу"]
    return [*lines[:2], title, *story, lines[2]], set(lines)


_BACKGROUND = (
    "The dispute began three years ago, when the council of Brennick closed the harbour for repairs that nobody has "
    "seen the end of, and the fishermen took it to court."
)


def _background(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    if chance.random() > 0.45:
        return [title, *story], set()
    place = chance.choice([len(story), len(story), len(story) - 1, len(story) // 2])
    return [title, *story[:place], _BACKGROUND, *story[place:]], {_BACKGROUND}


def _last_sentence(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    lines = ["The trial continues."] if chance.random() < 0.35 else []
    return [title, *story, *lines], set(lines)


_FOODS = [
    "flour",
    "butter",
    "two eggs",
    "salt",
    "milk",
    "plums",
    "honey",
    "oats",
    "pears",
    "rye bread",
    "cream",
    "yeast",
]


def _recipe(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    items = [f"{chance.randrange(2, 900)} g {food}" for food in chance.sample(_FOODS, chance.randrange(4, 9))]
    lines = ["Ingredients", *items, "Method"]
    return [title, *lines, *story], set(lines)


def _late_recipe(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    lines, marked = _recipe(chance, number, story[1:], title)
    return [title, story[0], *lines[1:]], marked


def _poem(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    verses = [" ".join(chance.sample(" ".join(story).split(), 6)) for _ in range(8)]
    refrain = "And the river ran on, ran on"
    lines = [refrain, *verses[:4], refrain, *verses[4:], refrain]
    return [title, *lines], set(lines)


_TEAMS = ["Brennick", "Kelmarsh", "Dunhollow", "Pellworth", "Vardheim", "Roskery", "Tillmouth", "Marlen", "Lorvik"]


def _table(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    teams = chance.sample(_TEAMS, len(_TEAMS))
    rows = [f"{team} {chance.randrange(30)} {chance.randrange(90)}:{chance.randrange(90)}" for team in teams]
    return [title, story[0], *rows], set(rows)


def _scores(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    one, two = chance.sample([team[:5].upper() for team in _TEAMS], 2)
    lines = [f"{one} {chance.randrange(5)}", f"{two} {chance.randrange(5)}"]
    return [*lines, title, *story], set(lines)


def _column(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    line = "Letters from the river bank" if chance.random() < 0.12 else title
    return [line, *story], {line}


def _subhead(chance: random.Random, number: int, story: list[str], title: str) -> tuple[list[str], set[str]]:
    lines = ["How it came about"] if chance.random() < 0.25 else []
    return [title, story[0], *lines, *story[1:]], set(lines)


NOISE: dict[str, Shape] = {
    "ticker on two lines, whole numbers": _above(_ticker),
    "ticker on one line, whole numbers": _above(_ticker_line),
    "tickers of many names": _above(_tickers),
    "eight section labels": _above(_label),
    "house byline below the title": _below_title,
    "house line behind the deck": _behind_deck,
    "slogan at the foot": _slogan,
    "two paragraphs of the house at the foot": _two_paragraphs,
    "lines in Thai, Chinese and Russian": _foreign,
}
CONTENT: dict[str, Shape] = {
    "background paragraph, often the last": _background,
    "last sentence of a third": _last_sentence,
    "recipes": _recipe,
    "recipes behind a paragraph": _late_recipe,
    "poems with a refrain": _poem,
    "tables below a paragraph": _table,
    "scores above the title": _scores,
    "a column's title": _column,
    "a subhead of a quarter": _subhead,
}


def make_source(shape: Shape, size: int, seed: int) -> list[Document]:
    """Documents of one source, each with a story of its own in one of five languages."""
    chance = random.Random(seed)
    documents = []
    for story in make_stories(size, _CHARACTERS, seed):
        lines, marked = shape(chance, story.number, story.paragraphs, story.title)
        documents.append(Document(lines, {place for place, line in enumerate(lines) if line in marked}))
    return documents


def make_versions(size: int, seed: int) -> list[Document]:
    """A source of which four in ten documents are versions of one story, the rest other stories."""
    chance = random.Random(seed)
    stories = list(make_stories(size + 1, 2 * _CHARACTERS, seed))
    growing = stories.pop()
    documents = []
    for story in stories:
        lines = [story.title, *story.paragraphs]
        marked: set[int] = set()
        if chance.random() < 0.4:
            place = chance.randrange(1, len(growing.paragraphs))
            new = story.paragraphs[: chance.randrange(1, 3)]
            lines = [growing.title, *growing.paragraphs[:place], *new, *growing.paragraphs[place:]]
            marked = set(range(len(lines)))
        documents.append(Document(lines, marked))
    return documents


def learn(documents: list[Document]) -> Known:
    """What a profile says of a source: all its lines counted, without a sketch."""
    habits: dict[str, Habit] = {}
    stories = Stories()
    for document in documents:
        seen = look_at(normal_lines("\n".join(document.lines)))
        stories.add(*seen.story)
        for place in seen.places:
            line = place._asdict() | {"story_low": seen.story[0], "story_high": seen.story[1]}
            line |= {name: min(line[name], 15) for name in ("from_top", "from_foot")}
            habits.setdefault(place.pattern, Habit()).add(line)
    size = Size(len(documents), min(stories.count(), len(documents)))
    rows = [profile_row("source", pattern, habit, size) for pattern, habit in habits.items()]
    return read_profile(profile_bytes([row for row in rows if row], 3)).sources.get("source", {})


def score(documents: list[Document], known: Known | None) -> Counter[str]:
    """Lines ``marked`` and ``other``, and those of them that stay, or became the title."""
    counts: Counter[str] = Counter()
    for document in documents:
        cleaned = clean_text("\n".join(document.lines), known=known)
        gone = {span.line for span in cleaned.removed if span.kind != "title"}
        for place in range(len(document.lines)):
            name = "marked" if place in document.marked else "other"
            counts[name] += 1
            counts[f"{name} kept"] += place not in gone
    return counts


def _sources(size: int, seed: int) -> Iterator[tuple[str, bool, list[Document]]]:
    for name, shape in NOISE.items():
        yield name, True, make_source(shape, size, seed)
    for name, shape in CONTENT.items():
        yield name, False, make_source(shape, size, seed)
    yield "versions of one story", False, make_versions(size, seed)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repeated", description=__doc__)
    parser.add_argument("--size", type=int, action="append", help=f"documents of a source; else {SIZES}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    sizes = given.size or SIZES
    table: dict[str, list[str]] = {}
    total: Counter[str] = Counter()
    for size in sizes:
        for name, noise, documents in _sources(size, given.seed):
            before, after = score(documents, None), score(documents, learn(documents))
            cell = "none"
            if after["marked"]:
                left, stay = after["marked kept"] / after["marked"], before["marked kept"] / before["marked"]
                cell = f"{1 - left:.0%} ({1 - stay:.0%})" if noise else f"{left:.1%} ({stay:.1%})"
            table.setdefault(("remove: " if noise else "keep: ") + name, []).append(cell)
            kind = "noise" if noise else "content"
            total.update({f"{kind} {key}": value for key, value in after.items()})
            total.update({"other before": before["other kept"], "other after": after["other kept"]})
    if given.json:
        print(json.dumps({"sizes": list(sizes), "shapes": table, "total": total}, ensure_ascii=False))
        return
    print("| lines in question (without a profile) | " + " | ".join(f"{size} documents" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    for name, cells in table.items():
        print(f"| {name} | " + " | ".join(cells) + " |")
    print(f"\nall other lines kept: {total['other after']:,}; without a profile {total['other before']:,}")


if __name__ == "__main__":
    main()
