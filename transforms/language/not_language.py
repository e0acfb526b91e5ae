"""Text that is no language: source code, logs, tables of data, lists of names."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transforms.fields.data import load_yaml
from transforms.language.letters import MOSTLY_CAPITALS, Letters

# Prose has these signs at .002 to .008 of its characters, source code at .02 to .2, even with long comments.
CODE_SIGNS = b"{}=<>_;()[]\\#/*@$|"
CODE_SIGNS_SHARE = 0.01
# Of what is no comment, half must look like code; and of all, comments too, a part that depends on the first.
CODE_LINES = 0.5
NEARLY_ALL_CODE = 0.75
CODE_LEAST = 0.3
CODE_LEAST_BESIDE_COMMENTS = 0.12
LINE_CHARS = 300
# A line of so many words of which so many are of letters only is prose: no need to look closer.
PROSE_LINE_WORDS = 12
PROSE_WORDS = 0.75
# A line with this share of signs is code whatever its form: minified code has one line.
DENSE_SIGNS = 0.12
# Of the letters of names about .15 are capitals, of those of German prose .07, of English prose .04.
NAME_CAPITALS = 0.09
GIVEN_NAMES = 0.25
GIVEN_NAMES_IN_PAIRS = 0.12
FEW_GIVEN_NAMES = 0.05  # of the sample's words; with fewer it is not worth looking at all of the text
RUNNING_WORDS = 0.03
PART_CHARS = 1000
NAME_CHARS = 400
WORD_CHARS = 12
PARTICLES = 0.15
# A table's row: of so many characters, a part of its words with digits, no sentence's end.
ROW_CHARS = 120
ROW_NUMBERS = 0.25
SENTENCE_ENDS = frozenset(".!?…。！？।؟۔:;”»")


@cache
def _rules() -> dict:
    return load_yaml("not_language.yaml", Path(__file__).parent)


@cache
def _code_line() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a line of code begins with, and what stands anywhere in one."""
    rules = _rules()["source_code"]
    begins, anywhere = ([r["pattern"] for r in rules if r.get("anywhere", False) is found] for found in (False, True))
    return re.compile("|".join(begins), re.ASCII), re.compile("|".join(anywhere), re.ASCII)


def _has_code_form(head: str) -> bool:
    begins, anywhere = _code_line()
    return bool(begins.match(head) or anywhere.search(head))


@cache
def _code_piece() -> re.Pattern[str]:
    return re.compile(_rules()["code_pieces"]["pattern"], re.ASCII)


@dataclass(frozen=True, slots=True)
class Names:
    """The words by which lists of names are told.

    Attributes:
        running: common words of running text, none of them a particle.
        particles: what may stand between the names of one person.
        given: given names in lower case, none of them in the other two.
        family: a pattern for a whole Chinese, Japanese or Korean name.
    """

    running: frozenset[str]
    particles: frozenset[str]
    given: frozenset[str]
    family: re.Pattern[str]


@cache
def _names() -> Names:
    rules = _rules()
    particles = frozenset(rules["name_particles"])
    running = frozenset(word for line in rules["running_words"] for word in line.split()) - particles
    given = frozenset(name for line in rules["given_names"] for name in line.split()) - particles - running
    chinese, korean, *japanese = rules["family_names"]
    pairs = "|".join(" ".join(japanese).split())
    family = re.compile(f"[{chinese}][\u4e00-\u9fff]{{1,2}}|[{korean}][\uac00-\ud7a3]{{1,2}}|(?:{pairs})\\w{{1,3}}")
    return Names(running, particles, given, family)


_HASH_COMMENT = re.compile(r"#+(?:\s|$)")
# Comments to the end of a line.  In prose -- and ; begin lines too, so alone they prove nothing.
_MARKED_COMMENT = re.compile(r"//|--(?:\s|$)|;+\s|%+\s|#+(?:\s|$|')")
_SIGNS = re.compile(r"[{}\[\]();=<>_\\&$#@*`/+]")
_BLOCKS = {'"""': '"""', "'''": "'''", "/*": "*/", "<!--": "-->", "{-": "-}", "=begin": "=end"}
_BLOCK_START = re.compile(r"\w{0,2}(\"\"\"|''')|(/\*|<!--|\{-|=begin)")
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_HAS_DIGIT = re.compile(r"\d").search
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME_SEPARATORS = re.compile(r"[,;:|•·\n\t/、，；・]+|\s+[-–—&]\s+|\s*\d+[.)]\s*")


def is_source_code(text: str) -> bool:
    """Whether most of a text is source code, markup, configuration, a log or a table of data.

    Args:
        text: the whole text; of long ones parts of the beginning, the middle and the end are looked at.
    """
    parts = _parts(text)
    encoded = "\n".join(parts).encode("utf-8", "surrogatepass")
    signs = len(encoded) - len(encoded.translate(None, CODE_SIGNS))
    if signs < max(2, CODE_SIGNS_SHARE * len(encoded)) and not _is_table(encoded):
        return False
    return looks_like_code(parts)


def _is_table(text: bytes) -> bool:
    """Whether a text may be a table, a log or a configuration without the signs of code."""
    colons = text.count(b":") * (60 if b"\n  " in text else 25)
    return max(text.count(b",") * 12, text.count(b"\t") * 20, colons) > len(text)


def _parts(text: str) -> list[str]:
    if len(text) <= 3 * PART_CHARS:
        return [text]
    middle = (len(text) - PART_CHARS) // 2
    return [text[:PART_CHARS], text[middle : middle + PART_CHARS], text[-PART_CHARS:]]


def looks_like_code(parts: list[str]) -> bool:
    """Whether most lines of the parts of a text are code or comments in code."""
    code = prose = comments = 0
    most = int((1 - CODE_LINES) * sum(map(len, parts)))
    for part in parts:
        weights = max([weigh_lines(part, start, most) for start in _possible_starts(part)])
        code, prose, comments = code + weights[0], prose + weights[1], comments + weights[2]
    if not code or code < CODE_LINES * (code + prose):
        return False
    nearly = code >= NEARLY_ALL_CODE * (code + prose)
    return code >= (CODE_LEAST_BESIDE_COMMENTS if nearly else CODE_LEAST) * (code + prose + comments)


def _possible_starts(text: str) -> list[str]:
    """What may end the comment in which a text begins: nothing, or a sign whose beginning is missing."""
    starts = [""]
    starts += [sign for sign in ('"""', "'''") if text.count(sign) % 2]
    if "*/" in text.partition("/*")[0]:
        starts.append("*/")
    return starts


def weigh_lines(text: str, end: str = "", most: int = sys.maxsize) -> tuple[int, int, int]:
    """How many visible characters of a text stand in lines of code, of prose, and of comments.

    Headlines and lists in prose may begin like comments: lines that count for neither.

    Args:
        text: any text.
        end: what ends the comment in which the text begins; empty where it does not.
        most: prose after which to stop, for the text is none of code then.
    """
    code = prose = comments = 0
    in_patch = False
    for line in text.splitlines():
        bare = line.strip()
        if not bare:
            continue
        if end:
            comments += len(bare)
            end = "" if end in bare else end
            continue
        in_patch = bool(_HUNK.match(bare)) or (in_patch and line[0] in " +-@\\")
        start = None if in_patch else _BLOCK_START.match(bare)
        if start:
            sign = _BLOCKS[start[1] or start[2]]
            comments += len(bare)
            end = "" if sign in bare[start.end() :] else sign
        elif not in_patch and _is_marked_comment(line, bare):
            comments += len(bare)
        elif in_patch or is_code_line(line):
            code += len(bare)
            end = "" if in_patch else _opened_block(bare)
        else:
            prose += len(bare)
            if prose > most:
                break
    return code, prose, comments


def _is_marked_comment(line: str, bare: str) -> bool:
    if not _MARKED_COMMENT.match(bare):
        return False
    return bool(_HASH_COMMENT.match(bare)) or not _has_code_form(line[:LINE_CHARS])


def _opened_block(bare: str) -> str:
    """What ends the comment that a line of code leaves open."""
    for start in ('"""', "'''"):
        if bare.count(start) % 2:
            return start
    return "*/" if bare.rfind("/*") > bare.rfind("*/") else ""


def is_code_line(line: str) -> bool:
    """Whether a line looks like source code or markup, by its form, its pieces or its signs."""
    head = line[:LINE_CHARS]
    begins, anywhere = _code_line()
    if begins.match(head):
        return True
    pieces = head.split()
    if len(pieces) >= PROSE_LINE_WORDS and sum(map(str.isalpha, pieces)) >= PROSE_WORDS * len(pieces):
        return bool(anywhere.search(head))
    words = max(len(pieces), len(head) // WORD_CHARS, 2)  # Chinese and Thai have no spaces
    if anywhere.search(head) or len(_code_piece().findall(head)) * 4 >= words:
        return True
    return len(_SIGNS.findall(head)) >= max(3, DENSE_SIGNS * len(head.strip()))


@cache
def _running_word() -> re.Pattern[str]:
    """A word without a capital that may not stand in a name."""
    small = "".join(filter(str.islower, map(chr, range(0x2000))))
    return re.compile(rf"(?<!\w)(?!(?:{'|'.join(sorted(_names().particles))})\b)[{small}]\w")


def is_row(line: str) -> bool:
    """Whether a line has the look of a table's row or of a list: names, numbers, no sentence.

    In scripts without capitals only numbers tell.
    """
    if not _running_word().search(line, 0, ROW_CHARS):
        initials = [word[0] for word in _WORD.findall(line, 0, ROW_CHARS)]
        if 2 * sum(map(str.isupper, initials)) >= len(initials):
            return True
    return len(line) <= ROW_CHARS and line.rstrip()[-1:] not in SENTENCE_ENDS and _is_numbered(line)


def _is_numbered(line: str) -> bool:
    words = line.split()
    if len(line) > WORD_CHARS * len(words):
        return False  # no words: a script without spaces
    numbers = [bool(_HAS_DIGIT(word)) for word in words]
    return any(numbers[-2:]) or sum(numbers) >= ROW_NUMBERS * len(words)


def is_name_list(sample: str, whole: str, letters: Letters) -> bool:
    """Whether nearly all words of a text are names: no words of running text among them.

    Lists with capitals are told by these, others by given names and by how they are set.

    Args:
        sample: windows of the text: where they have words of running text, no more is looked at.
        whole: all of it; of long ones the beginning and the end are looked at.
        letters: the census of the sample.
    """
    names = _names()
    pieces = sample.lower().split()
    if sum(map(names.running.__contains__, pieces)) > RUNNING_WORDS * len(pieces) + 1:
        return False
    if letters.weight > letters.letters:
        return _is_list_of_family_names(sample, names)
    few_capitals = 2 * letters.cased < letters.letters or not _has_name_capitals(letters)
    if few_capitals:
        given = sum(map(names.given.__contains__, [piece.strip(",.;:-") for piece in pieces]))
        if given < max(1, FEW_GIVEN_NAMES * len(pieces)):
            return False
    written = _WORD.findall(_ends(whole))
    words = [word.lower() for word in written]
    if sum(map(names.running.__contains__, words)) > RUNNING_WORDS * len(words):
        return False
    given = sum(map(names.given.__contains__, words))
    is_rich = given >= GIVEN_NAMES * len(words)
    if given >= max(2, GIVEN_NAMES_IN_PAIRS * len(words)) and (is_rich or _is_set_as_names(_ends(whole))):
        return True
    if few_capitals:
        return False
    particles = sum(map(names.particles.__contains__, words))
    capital = sum(word[:1].isupper() for word in written if word.lower() not in names.particles)
    return capital + particles >= 0.9 * len(words) and particles <= PARTICLES * len(words)


def _has_name_capitals(letters: Letters) -> bool:
    """Whether a text has the capitals of names; of text all in capitals they tell nothing."""
    return NAME_CAPITALS * letters.cased <= letters.capitals <= MOSTLY_CAPITALS * letters.cased


def _ends(text: str) -> str:
    """The beginning and the end of a long text, without empty lines."""
    lines = [line for line in text[: 4 * NAME_CHARS].splitlines() if line and not line.isspace()]
    if len(text) <= 4 * NAME_CHARS:
        return "\n".join(lines)
    last = [line for line in text[-4 * NAME_CHARS :].splitlines() if line and not line.isspace()]
    return "\n".join(lines)[:NAME_CHARS] + "\n" + "\n".join(last)[-NAME_CHARS:]


def _is_set_as_names(text: str) -> bool:
    """Whether a text falls into pieces of one to four words, most of them of two or three."""
    pieces = [len(piece.split()) for piece in _NAME_SEPARATORS.split(text)]
    pieces = [words for words in pieces if words]
    short = sum(words <= 4 for words in pieces)
    pairs = sum(2 <= words <= 3 for words in pieces)
    return len(pieces) >= 4 and short >= 0.95 * len(pieces) and pairs >= 0.7 * len(pieces)


def _is_list_of_family_names(text: str, names: Names) -> bool:
    pieces = [piece for part in _NAME_SEPARATORS.split(text) for piece in part.split()]
    return len(pieces) >= 4 and sum(map(bool, map(names.family.fullmatch, pieces))) >= 0.85 * len(pieces)
