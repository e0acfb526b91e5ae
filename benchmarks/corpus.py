"""Invented news of any size, for the benchmarks: the same arguments give the same files."""

from __future__ import annotations

import html
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FORMATS = ("jsonl", "text", "html")
LANGUAGES = ("en", "de", "fr", "es", "ru")
# Sentences of each language that documents are made of: so many that two documents of 11 kB share one at most.
_POOL = 20_000
_FILE_DOCUMENTS = 1000
_SENTENCES = (2, 6)  # fewest and most in a paragraph
_SLOTS = {"actor": "actors", "thing": "things", "adjective": "adjectives", "verb": "verbs", "adverb": "adverbs"}


@dataclass(frozen=True, slots=True)
class Story:
    """One document before it is put into a format.

    Attributes:
        number: from 0.
        language: ISO 639-1 code.
        title: its headline.
        paragraphs: the article.
        before, after: lines of noise above and below it.
    """

    number: int
    language: str
    title: str
    paragraphs: list[str]
    before: list[str]
    after: list[str]

    @property
    def text(self) -> str:
        return "\n".join([*self.before, *self.paragraphs, *self.after])


@dataclass(frozen=True, slots=True)
class Corpus:
    """What :func:`write_corpus` wrote.

    Attributes:
        folder: with nothing else in it.
        documents: how many.
        characters: of text (for ``html``, of the articles; markup comes on top), all together.
        bytes: of all files.
    """

    folder: Path
    documents: int
    characters: int
    bytes: int


def write_corpus(folder: Path, documents: int, characters: int, format: str, seed: int = 0) -> Corpus:
    """Writes documents of about ``characters`` characters to a new folder.

    Args:
        folder: is made.
        documents: how many.
        characters: of text in each, noise included; at least one sentence.
        format: ``jsonl`` (files of 1000 documents), ``text`` or ``html`` (a file for each, in folders of 1000).
        seed: other documents for another seed.
    """
    folder.mkdir(parents=True)
    total = 0
    stories = make_stories(documents, characters, seed)
    for first in range(0, documents, _FILE_DOCUMENTS):
        batch = [next(stories) for _ in range(min(_FILE_DOCUMENTS, documents - first))]
        total += sum(len(story.text) for story in batch)
        name = f"{first // _FILE_DOCUMENTS:05d}"
        if format == "jsonl":
            (folder / f"{name}.jsonl").write_text("".join(map(_json_line, batch)), encoding="utf-8")
            continue
        (folder / name).mkdir()
        for story in batch:
            suffix, content = ("txt", story.text) if format == "text" else ("html", _page(story))
            (folder / name / f"{story.number:08d}.{suffix}").write_text(content, encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Corpus(folder, documents, total, size)


def make_stories(documents: int, characters: int, seed: int = 0) -> Iterator[Story]:
    """Stories, their languages in turn; no two are the same."""
    chance = random.Random(seed)
    pools = {language: _pool(language) for language in LANGUAGES}
    for number in range(documents):
        language = LANGUAGES[number % len(LANGUAGES)]
        yield _story(number, language, pools[language], characters, chance)


def _story(number: int, language: str, pool: list[str], characters: int, chance: random.Random) -> Story:
    words = _words(language)
    person, other = chance.sample(words["people"], 2)
    ticker = f"{chance.choice(words['tickers'])} {chance.randrange(1, 90)}.{chance.randrange(1000, 9999)}"
    before = [words["byline"].format(person=person), ticker]
    after = [words["sign_off"].format(person=person, other=other)]
    left = characters - sum(len(line) + 1 for line in before + after)
    sentences: list[str] = []
    while left > 0 or not sentences:
        sentence = chance.choice(pool)
        sentences.append(sentence)
        left -= len(sentence) + 1
    paragraphs = []
    while sentences:
        count = chance.randint(*_SENTENCES)
        paragraphs.append(" ".join(sentences[:count]))
        sentences = sentences[count:]
    title = _fill(chance.choice(words["title"]), words, chance)
    return Story(number, language, title[:1].upper() + title[1:], paragraphs, before, after)


@cache
def _all_words() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))


def _words(language: str) -> dict[str, Any]:
    words = _all_words()
    return {"towns": words["towns"], "people": words["people"], "tickers": words["tickers"]} | words[language]


@cache
def _pool(language: str) -> list[str]:
    chance, words = random.Random(language), _words(language)
    return [_fill(chance.choice(words["patterns"]), words, chance) for _ in range(_POOL)]


def _fill(pattern: str, words: dict[str, Any], chance: random.Random) -> str:
    """The pattern with a word for each of its slots; a slot that stands twice gets two."""
    parts = pattern.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        slot, _, rest = part.partition("}")
        filled += [_word(slot, words, chance), rest]
    return "".join(filled)


def _word(slot: str, words: dict[str, Any], chance: random.Random) -> str:
    if slot == "n":
        return str(chance.randrange(3, 5000))
    return chance.choice(words[{"town": "towns", "person": "people"}.get(slot) or _SLOTS.get(slot, slot)])


def _url(story: Story) -> str:
    return f"https://news.example/{story.language}/story-{story.number}"


def _json_line(story: Story) -> str:
    record = {"id": f"story-{story.number}", "url": _url(story), "title": story.title, "text": story.text}
    return json.dumps(record, ensure_ascii=False) + "\n"


def _page(story: Story) -> str:
    title = html.escape(story.title)
    lines = "\n".join(f"<p>{html.escape(line)}</p>" for line in [*story.before, *story.paragraphs, *story.after])
    links = "".join(f'<li><a href="/{code}/">{code}</a></li>' for code in LANGUAGES)
    return (
        f'<!doctype html>\n<html lang="{story.language}"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<link rel="canonical" href="{_url(story)}"></head>\n<body><nav><ul>{links}</ul></nav>\n'
        f"<article><h1>{title}</h1>\n{lines}\n</article>\n"
        f'<aside><a href="/top">Most read</a></aside><footer>News Example, all invented</footer></body></html>\n'
    )
