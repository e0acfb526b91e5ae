"""Text that is no language: source code, lists of names, data."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

from transforms.language.letters import Letters

# Prose has signs such as = ( ) ; _ at .005 to .02 of its visible characters, source code at .04 to .2.
CODE_SIGNS = 0.03
CODE_LINES = 0.5
LINE_CHARS = 300
# A line with this share of signs is code whatever its form: minified code has one line.
DENSE_SIGNS = 0.12
# Of the letters of names about .15 are capitals, of those of German prose .07, of English prose .04.
NAME_CAPITALS = 0.09
PART_CHARS = 1000


@cache
def _rules() -> dict:
    return yaml.safe_load(files(__package__).joinpath("not_language.yaml").read_text(encoding="utf-8"))


@cache
def _code_line() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule['pattern']})" for rule in _rules()["source_code"]), re.ASCII)


@cache
def _code_piece() -> re.Pattern[str]:
    return re.compile(_rules()["code_pieces"]["pattern"], re.ASCII)


@cache
def _running_words() -> frozenset[str]:
    return frozenset(word for line in _rules()["running_words"] for word in line.split())


_HASH_COMMENT = re.compile(r"#+(?:\s|$)")
_SIGNS = re.compile(r"[{}\[\]();=<>_\\&$#@*`/+]")


def is_source_code(text: str, letters: Letters) -> bool:
    """Whether most of a text is source code or markup.

    Args:
        text: the whole text; of long ones parts of the beginning, the middle and the end are looked at.
        letters: the census of its sample: where it has few signs of code, no line is looked at.
    """
    if letters.signs < CODE_SIGNS * letters.visible:
        return False
    return share_of_code(_parts(text)) >= CODE_LINES


def _parts(text: str) -> str:
    if len(text) <= 3 * PART_CHARS:
        return text
    middle = (len(text) - PART_CHARS) // 2
    return "\n".join((text[:PART_CHARS], text[middle : middle + PART_CHARS], text[-PART_CHARS:]))


def share_of_code(text: str) -> float:
    """The share of the text's visible characters that stand in lines that look like source code or markup.

    Lines that start with # count neither way: comments in many languages, headlines in Markdown.
    """
    total = code = 0
    for line in text.splitlines():
        bare = line.strip()
        if bare and not _HASH_COMMENT.match(bare):
            total += len(bare)
            code += len(bare) if is_code_line(line) else 0
    return code / total if total else 0.0


def is_code_line(line: str) -> bool:
    """Whether a line looks like source code or markup, by its form, its pieces or its signs."""
    head = line[:LINE_CHARS]
    if _code_line().search(head) or len(_code_piece().findall(head)) * 4 >= max(len(head.split()), 2):
        return True
    return len(_SIGNS.findall(head)) >= max(3, DENSE_SIGNS * len(head.strip()))


def is_name_list(text: str, letters: Letters) -> bool:
    """Whether nearly all words of a text (with capitals) are names: no words of running text among them.

    Args:
        text: the text, or a sample of it.
        letters: its census.
    """
    if 2 * letters.cased < letters.letters or letters.capitals < NAME_CAPITALS * letters.cased:
        return False
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    particles = frozenset(_rules()["name_particles"])
    small = [word.lower() for word in words]
    running = sum(word in _running_words() and word not in particles for word in small)
    names = sum(word[:1].isupper() or low in particles for word, low in zip(words, small, strict=True))
    return names >= 0.9 * len(words) and running <= 0.03 * len(words)
