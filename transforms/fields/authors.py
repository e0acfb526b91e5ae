"""People's names out of bylines, in any language whose words for ``by`` stand in ``authors.yaml``.

A byline is taken apart at what separates authors, freed of what is no name (words such as ``by``, roles, places,
dates, addresses, agencies, credits of pictures), and what is left counts as an author if it looks like a name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.fields import dates
from transforms.fields.agencies import canonical_agency
from transforms.fields.data import load_yaml

# Longer strings are no bylines; Chinese and Japanese ones say more in fewer characters.
MAX_CHARS = 400
MAX_CJK_CHARS = 45
MAX_TOKENS = 6

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\w)@[\w.]+")
_PARENTHESES = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_SEGMENTS = re.compile(r"\s*(?:[|;•·●▪\n\t／｜]|\s[/–—-]\s|--+|\s/|/\s)\s*")
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_EDGES = ' \t\n.,;:|/()[]{}<>«»"“”„‘*_=–—-©•·、，。：（）【】/＝・#>'
_INITIALS = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]{2}|[\u0b85-\u0bb9][\u0bbe-\u0bcd])")
_HAN = r"\u3400-\u9fff"
_CJK_NAME = re.compile(
    rf"[{_HAN}々]{{1,4}} ?(?:[{_HAN}々]{{1,4}}|[{_HAN}々]{{0,3}}[\u3041-\u309f]{{2,4}}|[{_HAN}々][\u3041-\u309f]"
    r"|[\u3041-\u309f]{1,3}[子美代江奈香恵紀実乃央太斗介也]|[\u30a1-\u30ff]{1,5})"
    rf"|[{_HAN}]+[·・][{_HAN}·・]+"
    r"|[\u30a1-\u30ff]{2,8}[ ・＝][\u30a1-\u30ff・＝ ]{2,10}|[\uac00-\ud7af]{2,5}"
)
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_HANGUL = re.compile("[\uac00-\ud7af]")
_CJK = re.compile(rf"[{_HAN}\u3040-\u30ff\uac00-\ud7af]")
_NO_NAME = re.compile(r"[\d!?;:|/\\<>\[\]{}()=+*%$€£#&@_~^\"“”„«»…،؛。，、]|\.\.")
_LETTER = re.compile(r"[^\W\d_]")
# The Arabic article, by the letter that follows it.
_ARTICLES = frozenset(["al", "el", "ul", "ur", "ad", "an", "ar", "as", "ash", "at", "az", "il"])
_GENERATION = re.compile(r"(?i)(?:jr|sr|ii|iii|iv)\.?$")


class _Words(NamedTuple):
    """``authors.yaml`` in the form that the functions need; see there."""

    prefix: re.Pattern[str]
    weak_prefixes: frozenset[str]
    prefix_inside: re.Pattern[str]
    suffix: re.Pattern[str]
    conjunction: re.Pattern[str]
    cut: re.Pattern[str]
    picture: re.Pattern[str]
    picture_inside: re.Pattern[str]
    roles: frozenset[str]
    organisations: frozenset[str]
    cjk_organisations: re.Pattern[str]
    words: frozenset[str]
    particles: frozenset[str]
    inner_particles: frozenset[str]
    first_names: frozenset[str]
    places: frozenset[str]
    surnames: frozenset[str]
    paper_endings: tuple[str, ...]
    title: re.Pattern[str]
    unfinished: re.Pattern[str]
    chinese: re.Pattern[str]
    korean: re.Pattern[str]


@lru_cache(maxsize=16384)
def split_authors(text: str, *, marked: bool = False) -> tuple[str, ...]:
    """The names of the people that a byline names as authors, in its order, each once.

    Args:
        text: a line such as ``By Anna Example and Bob Test, Senior Correspondent``, or the value of an author
            field (``Example, Anna``).  Names in capitals become ``Anna Example``; initials are set apart.
        marked: whether the string is known to name authors, as a field of structured data does: ``Anna Read`` is a
            name then, and may otherwise be the beginning of ``Anna read …``.

    Returns:
        Non-empty names, academic titles in front of them; empty where the string names nobody, or only an agency, a
        desk or the staff.
    """
    text = _SPACE.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()
    if not text or len(text) > (MAX_CJK_CHARS if _CJK.search(text) else MAX_CHARS):
        return ()
    text = _PARENTHESES.sub(_inside_parentheses, _ADDRESS.sub(" | ", text))
    words = _words()
    names: list[str] = []
    for segment in _SEGMENTS.split(text):
        segment = _trim(segment)
        credit = words.picture_inside.search(segment)
        segment = segment[: credit.start()].strip(_EDGES) if credit else segment
        if not segment or words.picture.match(segment):
            continue
        names.extend(_names_of_segment(segment, marked))
    unique = {name.casefold(): name for name in reversed(names)}
    return tuple(unique[key] for key in dict.fromkeys(name.casefold() for name in names))


def is_unfinished(text: str) -> bool:
    """Whether a part of a byline goes on in the next: ``By``, ``Anna Example and``, ``Photos:``."""
    words = _words()
    return bool(words.unfinished.search(text) or words.prefix.fullmatch(text))


@lru_cache(maxsize=16384)
def looks_like_name(text: str, *, marked: bool = False) -> bool:
    """Whether ``text`` could be a person's full name and nothing else, in any script.

    Two to six words with capitals (where the script has any), particles such as ``van der`` apart; no digits, no
    agency, no place of ``authors.yaml``, none of the words that stand there for organisations, roles or prose;
    but for a surname where it is ``marked`` as an author's.
    """
    text = text.strip()
    if not 2 <= len(text) <= 60 or _NO_NAME.search(text):
        return False
    words = _words()
    text = text[_end_of_titles(text) :]
    lower = text.casefold()
    if lower in words.places or canonical_agency(text):
        return False
    if _CJK.search(text):
        return _looks_like_cjk_name(text)
    tokens = text.split()
    if not 2 <= len(tokens) <= MAX_TOKENS:
        return False
    plain = [token.casefold().strip(".,'’") for token in tokens]
    if plain[-1].endswith(words.paper_endings):
        return False
    if plain[-1] in words.surnames and (marked or plain[-2] in words.particles):
        del plain[-1]
    if any(p in words.organisations or p in words.words or p in words.roles for p in plain if p not in words.particles):
        return False
    return _has_form_of_name(tokens, words.particles)


def _end_of_titles(text: str) -> int:
    """Where a name begins behind the academic titles in front of it."""
    match = _words().title.match(text)
    return match.end() if match else 0


def _has_form_of_name(tokens: list[str], particles: frozenset[str]) -> bool:
    if tokens[0] in _words().inner_particles or (_HOUSE.fullmatch(tokens[0]) and not tokens[-1].isupper()):
        return False
    long = 0
    for i, token in enumerate(tokens):
        letters = token.strip(".'’-‐")
        if not letters or not _LETTER.match(letters):
            return False
        if token.endswith(".") and len(letters) > 3 and not _GENERATION.match(token):
            return False
        if token[0].islower() and not _lower_case_part(token, particles, last=i == len(tokens) - 1):
            return False
        long += (len(letters) > 1 and not token[0].islower()) or (len(letters) > 2 and "-" in token)
    if tokens[0] == tokens[-1]:
        return False  # Tag zu Tag
    # Das, Du and Le are surnames at the end of a name.
    first = tokens[0] in _words().first_names
    ours = sum(t.casefold() in particles for t in tokens[first:-1])
    return long >= 1 and len(tokens) - ours >= 2


# KBC Harlow: three letters and more without a vowel are a house's.
_HOUSE = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{3,6}")


def _lower_case_part(token: str, particles: frozenset[str], *, last: bool) -> bool:
    """Whether a lower-case word of a name is one that may be: ``van``, ``d'Exemple``, ``al-Mustar``."""
    if token.casefold() in particles:
        return not last
    start, mark, rest = re.match(r"([^'’\-]*)(['’\-]?)(.*)", token, re.DOTALL).groups()  # type: ignore[union-attr]
    if mark == "-" and not rest[:1].isupper():
        return bool(rest) and start in _ARTICLES
    return bool(mark and rest) and len(start) <= 3 and (rest[0].isupper() or start in particles)


def _looks_like_cjk_name(text: str) -> bool:
    """Two to six Han (Hiragana only behind them) or Katakana, in two parts at most, or two to five Hangul."""
    if _words().cjk_organisations.search(text) or _NO_CJK_NAME.search(text):
        return False
    if _HANGUL.match(text):
        return _words().korean.fullmatch(text) is not None
    return len(text) <= 16 and _CJK_NAME.fullmatch(text) is not None and not _TWO_CJK_NAMES.fullmatch(text)


# A day of the week, a paper; more characters without a blank than a family name and a given name have.
_NO_CJK_NAME = re.compile(rf"(?:星期|[周週])[一二三四五六日天]|[{_HAN}]{{2}}[報报網网]$|[{_HAN}]{{6}}")
# 見本花子 見本太郎: no family name and no given name has four characters with the other as long.
_TWO_CJK_NAMES = re.compile(rf"[{_HAN}々]{{4}} [{_HAN}々]{{3,4}}|[{_HAN}々]{{3}} [{_HAN}々]{{4}}")


# --- taking a byline apart -------------------------------------------------------------------------------------


def _inside_parentheses(match: re.Match[str]) -> str:
    """Parentheses hold roles, places and agencies: left out; but for a whole byline, and a picture's credit."""
    inside = match[1].strip()
    if match[0] == match.string.strip():
        return inside
    words = _words()
    if words.picture.match(inside + ":"):
        return "\x00"
    return inside if words.prefix.match(inside) and match.start() == 0 else " | "


def _names_of_segment(segment: str, marked: bool) -> list[str]:
    words = _words()
    segment = _without_dates(segment)
    if words.chinese.search(segment):
        # Blanks stand between Chinese names, not inside them.
        segment = _BETWEEN_HAN.sub("，", words.chinese.sub("，", segment)).strip(_EDGES)
    # The last word for `by` inside: `Published today by Anna Example`.
    stripped = _strip_prefixes(segment)
    has_prefix = stripped != segment
    if not has_prefix and (inside := words.prefix_inside.search(segment)):
        before = segment[: inside.start()].strip(_EDGES)
        if not looks_like_name(before):
            stripped, has_prefix = segment[inside.end() :], True
    flipped = None if has_prefix else _last_name_first(stripped)
    if flipped:
        return [flipped]
    names = []
    for part in _parts(stripped):
        name = _name_of_part(part, has_prefix, marked or has_prefix)
        if name:
            names.append(name)
    return names


def _trim(text: str) -> str:
    """``text`` without marks at its ends, but for the full stop of a last name cut short: ``Ana Ejemplo P.``."""
    trimmed = text.strip(_EDGES)
    return f"{trimmed}." if f"{trimmed}." in text and _CUT_SHORT.search(trimmed) else trimmed


_CUT_SHORT = re.compile(r"[^\W\d_]{3}\s[^\W\d_a-zß-ÿа-яё]$")


def _parts(text: str) -> list[str]:
    """The text between commas, slashes and conjunctions; what a picture's credit names is left out."""
    words = _words()
    parts = []
    for piece in re.split(r"[,،、，/]|\x00", text):
        piece = _trim(piece)
        if words.picture.match(piece):
            break
        parts.extend(words.conjunction.split(piece))
    if "\x00" in text:  # `A (text) and B (photos)`: the name before the mark is the photographer's
        credited = {p.strip(_EDGES) for t in text.split("\x00")[:-1] for p in re.split(r"[,،、，/|]", t)[-1:]}
        credited = {words.conjunction.split(c)[-1].strip(_EDGES) for c in credited}
        parts = [p for p in parts if p.strip(_EDGES) not in credited]
    return parts


def _last_name_first(text: str) -> str | None:
    """``Anna Example`` for ``Example, Anna``."""
    match = re.fullmatch(r"([^\W\d_][\w'’\-]+),\s+([^\W\d_][\w'’.\-]*(?:\s[^\W\d_]\.?)?)", text)
    if not match:
        return None
    name = tidy_name(f"{match[2]} {match[1]}")
    return name if looks_like_name(name) and not any(canonical_agency(part) for part in match.groups()) else None


def _without_dates(text: str) -> str:
    for _ in range(2):
        found = dates.find_date(text)
        if not found:
            break
        text = text[: found[1]].rstrip() + ", " + text[found[2] :].lstrip()
    return _trim(text)


def _strip_prefixes(text: str) -> str:
    words = _words()
    for _ in range(3):
        match = words.prefix.match(text)
        if not match or match.end() == 0:
            break
        rest = text[match.end() :].lstrip(_EDGES)
        if match[0].strip().casefold() in words.weak_prefixes and len(rest.split()) < 2:
            break
        text = rest
    return text


def _name_of_part(part: str, has_prefix: bool, marked: bool) -> str | None:
    words = _words()
    part = _trim(_strip_prefixes(_trim(part)))
    signed = words.suffix.search(part)
    part = part[: signed.start()].strip(_EDGES) if signed else part
    if not part or canonical_agency(part):
        return None
    if _HANGUL.search(part):
        return _korean_name(part, bool(signed) or has_prefix)
    name = tidy_name(_without_roles(part, words.roles))
    if looks_like_name(name, marked=marked):
        return name
    if part.islower():
        return None  # prose, not a name and what follows it
    for cut in words.cut.finditer(part):
        name = tidy_name(_without_roles(part[: cut.start()].strip(_EDGES), words.roles))
        if looks_like_name(name, marked=marked):
            return name
    return None


def _korean_name(part: str, marked: bool) -> str | None:
    """The word before the title (`place name reporter`); a name of two syllables only where it is marked as one."""
    name = part.split()[-1]
    return name if looks_like_name(name) and (marked or len(name) >= 3) else None


def _without_roles(text: str, roles: frozenset[str]) -> str:
    """``text`` without the words for what an author is at its start and end."""
    tokens = text.split()
    while tokens and tokens[0].casefold().strip(",:") in roles:
        del tokens[0]
    while tokens and tokens[-1].casefold().strip(",:") in roles:
        del tokens[-1]
    return " ".join(tokens)


def roles() -> frozenset[str]:
    """Words for what an author is, in small letters: ``correspondent``, ``Redakteurin``."""
    return _words().roles


def places() -> frozenset[str]:
    """Names of the cities and countries that papers name most often, in small letters."""
    return _words().places


def tidy_name(text: str) -> str:
    """Initials set apart, capitals turned to title case, the edges freed of marks."""
    text = _SPACE.sub(" ", text).strip(_EDGES.replace(".", "")).strip()
    text = _INITIALS.sub(r"\1. ", text)
    tokens = text.split()
    if (len(text) > 3 and text.isupper()) or (text.islower() and 2 <= len(tokens) <= 3):
        return " ".join(_title_case(token, i in (0, len(tokens) - 1)) for i, token in enumerate(tokens))
    if len(tokens) > 1 and any(len(token) > 3 and token.isupper() for token in tokens[1:]):
        # Anna SAMPLE
        return " ".join(
            _title_case(token, False) if token.isupper() and (len(token) > 2 or _is_particle(tokens, i)) else token
            for i, token in enumerate(tokens)
        )
    return text


def _is_particle(tokens: list[str], index: int) -> bool:
    """Whether a word of a name is a particle before the surname: Anna LE SAMPLE, not Anna TJ Sample."""
    return 0 < index < len(tokens) - 1 and tokens[index].casefold() in _words().particles


# Of the particles, the ones that names in Italian and French write with a capital.
_CAPITAL = frozenset(["dalla", "della", "dello", "dal", "le"])


def _title_case(token: str, at_edge: bool) -> str:
    """A word of a name in capitals as it is usually written: ``O'Sample``, ``McSample``, ``Jean-Luc``, ``van``."""
    # Python's lower case of the Turkish dotted capital is two characters.
    lower = token.lower().replace("i\u0307", "i")
    if not at_edge and lower in _words().particles and len(lower) > 1 and lower not in _CAPITAL:
        return lower
    if _GENERATION.match(token) and not lower.startswith(("jr", "sr")):
        return token.upper()
    lower = re.sub(r"(^|[\-'’.])([^\W\d_])", lambda m: m[1] + m[2].upper(), lower)
    return re.sub(r"^(Mc)([^\W\d_])", lambda m: m[1] + m[2].upper(), lower)


# --- the data --------------------------------------------------------------------------------------------------


@cache
def _words() -> _Words:
    data = load_yaml("authors.yaml")
    prefixes = sorted({p for words in data["prefixes"].values() for p in words})
    strong = [p for p in prefixes if p.endswith((" by", " von", " par", " por")) or p in ("by", "von", "par", "por")]
    chinese = set(data["prefixes"]["zh"]) - set(data["prefixes"]["ja"])
    organisations = [w.casefold() for w in data["organisations"]]
    return _Words(
        prefix=re.compile(rf"(?:{_whole(prefixes, colon=True)})", re.IGNORECASE),
        weak_prefixes=frozenset(data["weak_prefixes"]),
        prefix_inside=re.compile(rf"(?<![^\W_])(?:{_alternatives(strong)})\s+(?=[^\W\d_])", re.IGNORECASE),
        suffix=re.compile(rf"(?:\s*(?:{_alternatives(data['suffixes'])}))+(?=$|\s).*$", re.IGNORECASE),
        conjunction=re.compile(
            rf"\s+(?:{_alternatives(data['conjunctions'])})\s+|(?<=[{_HAN}]{{2}})[和与及と](?=[{_HAN}]{{2}})|\sو(?=\S)|\sו(?=[\u05d0-\u05ea]{{2,}}\s)"
        ),
        cut=re.compile(rf"\s+(?:{_alternatives(data['cuts'])})(?=\s|$)|\s*[,:]\s*"),
        picture=re.compile(rf"(?:{_whole(data['pictures'], colon=True)})", re.IGNORECASE),
        picture_inside=re.compile(
            rf"\s(?:{_alternatives(data['pictures'])})(?:\s*:|\s+(?:by|von|de|di|av|af)\s)", re.IGNORECASE
        ),
        roles=frozenset(w.casefold() for w in data["roles"]),
        organisations=frozenset(w for w in organisations if not _CJK.search(w)),
        cjk_organisations=re.compile("|".join(re.escape(w) for w in organisations if _CJK.search(w))),
        words=frozenset(data["words"]),
        korean=_korean_names(*data["korean_surnames"]),
        chinese=re.compile(_alternatives([w for w in chinese if len(w) > 1])),
        particles=frozenset(data["particles"]),
        inner_particles=frozenset(data["inner_particles"]),
        first_names=frozenset(data["first_names"]),
        places=frozenset(p.casefold() for p in data["places"]),
        surnames=frozenset(data["surnames"]),
        paper_endings=tuple(data["paper_endings"]),
        title=re.compile(rf"(?:(?:{_alternatives(data['academic_titles'])})(?:\.\s*-?|\s+))+", re.IGNORECASE),
        unfinished=re.compile(rf"(?:[,:&+]|\s(?:{_alternatives(data['conjunctions'])}))\s*$", re.IGNORECASE),
    )


def _korean_names(single: str, double: str) -> re.Pattern[str]:
    """Names of two to four syllables that begin with a surname; of four with one of two syllables."""
    return re.compile(rf"(?:{double.replace(' ', '|')})[가-힣]{{1,2}}|[{single}][가-힣]{{1,2}}")


def _alternatives(words: list[str]) -> str:
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered)


def _whole(words: list[str], *, colon: bool) -> str:
    """The words at the start of a string, followed by a colon or blank; CJK ones by anything."""
    cjk = [w for w in words if _CJK.search(w)]
    rest = [w for w in words if not _CJK.search(w)]
    return rf"(?:{_alternatives(rest)})(?:\s*[:：/=＝\-–—]\s*|\s+|$)|(?:{_alternatives(cjk)})[:：/／・｜＝\s]*"
