"""What bylines, sign-offs and credits say: who wrote, which agency delivered, who took the picture."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import agencies, canonical_agency, canonical_credit
from transforms.fields.authors import looks_like_name, split_authors, tidy_name

Found = tuple[tuple[str, str], ...]

# Initials of a desk beside an agency.
_DESK = re.compile(r"[a-zäöü]{2,4}")
_CLAUSE = re.compile(
    r"\s*(?:[;；]|\s[-–—]\s|,\s(?=(?i:additional|editing|edited|writing|redigiert|édité|editado|edição)\b))\s*"
)
_COPYRIGHT = re.compile(r"(?i)^\s?\(?\s?(?:©|\(c\)|copyright)\s?(?:\(c\)\s?)?(?:(?:19|20)\d\d\s)?|\s(?:19|20)\d\d\.?$")
_PHOTO_WORD = re.compile(
    r"(?i)\b(?:photos?|pictures?|images?|fotos?|foto's|bild(?:er)?|bilde|bilde[rn]?|billeder|kuvat?|fotó|fotografie|zdjęcia|fotoğraf|handout|file)\b|фото|снимк|φωτογραφ|写真|사진|图|صورة|تصوير|عکس|צילום"
)
INITIALS = re.compile(
    r"(?:burs-?)?[a-z]{2,5}(?:-[a-z]{2,4})?(?:/ ?[a-z]{2,4}(?:-[a-z]{2,4})?){1,6}/?|(?:[a-ząćęłńóśźż]{2,4}/ ?){1,4}"
    r"|/[a-z]{2,4}(?:/(?:DP/)?[a-z]{2,4}){1,3}|[A-Z]{2,4}(?:/[A-Z]{2,4}){1,3}"
)


class _Words(NamedTuple):
    """``words.yaml`` in the form that the functions need; see there."""

    wires: frozenset[str]
    article: re.Pattern[str]
    separator: re.Pattern[str]
    wrote: re.Pattern[str]
    label: re.Pattern[str]
    beside: frozenset[str]
    provided: frozenset[str]
    word_pairs: frozenset[str]


@cache
def _words() -> _Words:
    data = load_rules(WORDS)
    either = {
        name: "|".join(map(re.escape, sorted(data[name], key=len, reverse=True)))
        for name in ("articles", "conjunctions", "wrote", "picture")
    }
    behind = r"\b(?:by|von|de|di|du|par|por|av|af|of|oleh|na|from|courtesy of|via)\b"
    return _Words(
        wires=frozenset(data["wires"]),
        article=re.compile(rf"(?i)^(?:l['’]|(?:{either['articles']})\s)\s?(?=\S)"),
        separator=re.compile(rf"\s*(?:[/,;&+|·、，／]|\s(?:{either['conjunctions']})\s)\s*"),
        wrote=re.compile(rf"(?i)^(?:with\s)?(?:additional\s)?(?:{either['wrote']})(?![a-z])"),
        label=re.compile(
            rf"(?i)^(?:(?:file|archive|handout|stock)\s)?(?:{either['picture']}|©|\(c\))(?![a-zà-ÿ])"
            rf"(?:\s(?:illustration|credits?|source|courtesy|archive|d['’]archives))*\s?(?:[:：/／=＝|©-]|{behind})*\s*"
        ),
        beside=frozenset(data["beside"]),
        provided=frozenset(data["provided"]),
        word_pairs=frozenset(data["word_pairs"]),
    )


# A site among agencies: news.example
_SITE = re.compile(r"(?:[\w-]{2,30}\.){1,3}[a-z]{2,10}")


@lru_cache(maxsize=4096)
def only_agencies(text: str, *, desks: bool = False) -> tuple[str, ...]:
    """The wire services, where ``text`` lists wire services and nothing else (the wires in general may be among them).

    Args:
        desks: whether initials of two to four small letters beside an agency may be among them (``dpa/abc``).
    """
    if len(text) > 120:
        return ()
    found: list[str] = []
    text = _COPYRIGHT.sub("", text)
    pieces = [piece for piece in _words().separator.split(text.strip(" ()[]（）.-–—/©*:")) if piece and piece.strip()]
    for piece in pieces:
        name = canonical_agency(piece) or canonical_agency(_words().article.sub("", piece))
        if name:
            found.append(name)
        elif not (piece.casefold() in _words().wires or _SITE.fullmatch(piece) or (desks and _DESK.fullmatch(piece))):
            return ()
    return tuple(dict.fromkeys(found))


def _without_agency(text: str) -> str:
    """``text`` without the agency at its end: ``Bob Test Associated Press``."""
    words = text.split()
    for size in (3, 2, 1):
        if len(words) > size + 1 and canonical_agency(" ".join(words[-size:])):
            return " ".join(words[:-size])
    return text


_DASH = re.compile(r"\s[–—-]\s")


def names_of(text: str) -> Found:
    """The authors in a byline's text, as fields; empty where it names nobody."""
    names = max(split_authors(_without_agency(text)), split_authors(text), key=len)
    if len(names) > 1 and (dash := _DASH.search(text)) and split_authors(text[: dash.start()]):
        # Anna Sample — Easton
        names = split_authors(text[: dash.start()])
    # `Tag zu Tag` has the form of a name.
    return tuple(("authors", name) for name in names if name.split()[0] != name.split()[-1] or " " not in name)


def clauses(text: str) -> Found:
    """Authors out of ``Reporting by …; Writing by …; Editing by …``: the first clause that tells who reported or wrote.

    Who writes up what others report, and who contributes, is no author beside them.
    """
    for clause in _CLAUSE.split(text):
        if _words().wrote.match(clause):
            names = split_authors(_words().wrote.sub("", clause).strip(" :：-–—")) or split_authors(clause)
            if names:
                return tuple(("authors", name) for name in names)
    return ()


def photo(text: str) -> Found:
    """The credits of a picture behind a label (``Photo: …``): agencies by canonical name, people, else as written."""
    return _credits(_pieces(text)[0])


def credit(text: str, *, labelled: bool) -> Found:
    """As :func:`photo`, for text that may be no credit at all: then empty.

    Every piece must be an agency, a name, or one of the words that stand beside them.  Without a label, an agency
    must be among them, and something that tells a picture's credit from a mention: a slash, or the word photo.
    """
    credits, unknown, known = _pieces(text)
    if not credits:
        return ()
    if unknown:
        # Behind `Photo:` stands a credit, whatever it is.
        told = labelled and any(canonical_credit(name) or looks_like_name(name) for name in credits)
        return _credits(credits) if told or (_LABELLED.match(text) and has_photo_word(text)) else ()
    if not labelled and "©" not in text and only_agencies(text) and not has_photo_word(text):
        # (dpa/AFP) behind a sentence signs the story.
        return ()
    pictures = any(canonical_credit(name) and not canonical_agency(name) for name in credits)
    told = bool(
        pictures
        or labelled
        or "/" in text
        or "©" in text
        or _words().label.match(text.strip(" ()[]"))
        or has_photo_word(text)
    )
    return _credits(credits) if told and (known or labelled) else ()


_LABELLED = re.compile(r"[^\W\d_.]{2,14}\.?\s?(?:[^\W\d_]{2,12}\s?)?[:：/／=©]")


def _credits(names: tuple[str, ...]) -> Found:
    """The agencies, where there are any; else whoever is named."""
    known = tuple(name for name in names if canonical_credit(name))
    people = tuple(name for name in names if looks_like_name(name))
    return tuple(("photo_credits", name) for name in known or tuple(map(tidy_name, people)) or names)


def has_photo_word(text: str) -> bool:
    """Whether a word for pictures stands in ``text``."""
    return _PHOTO_WORD.search(text) is not None


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[str, ...], bool, bool]:
    """The credits in ``text``, whether a piece is neither credit nor known word, whether an agency is among them."""
    text = text.strip(" ()[]（）【】.,")
    whole = canonical_credit(text)
    if whole:
        return (whole,), False, True
    text = _words().label.sub("", text) or text
    found: list[str] = []
    provided: list[str] = []
    unknown = known = False
    for piece in _words().separator.split(re.sub(r"\s[-–—]\s", "/", text)):
        piece = piece.strip(" ()[]（）.,:：©")
        if not piece or piece.casefold() in _words().beside:
            if piece.casefold() in _words().provided:
                provided.append(piece)
            continue
        name = canonical_credit(piece)
        if name:
            found.append(name)
            known = True
        elif " " in piece and looks_like_name(piece.rsplit(None, 1)[0]) and canonical_credit(piece.split()[-1]):
            # Bob Test AP
            found += [piece.rsplit(None, 1)[0], canonical_credit(piece.split()[-1]) or ""]
            known = True
        elif looks_like_name(piece):
            found.append(piece)
        else:
            unknown = True
            if len(piece) <= 50 and len(piece.split()) <= 5:
                found.append(piece)
    return tuple(dict.fromkeys(found or provided)), unknown, known


@cache
def _sign_offs() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """A screen for all sign-offs of ``agencies.yaml``, and each with its agency."""
    forms = [(form, agency.name) for agency in agencies() for form in agency.sign_off]
    screen = re.compile("|".join(f"(?:{form})" for form, _ in forms))
    return screen, tuple((re.compile(form), name) for form, name in forms)


def articles() -> frozenset[str]:
    """Words that may stand before an agency's name."""
    return frozenset(load_rules(WORDS)["articles"])


@lru_cache(maxsize=512)
def signed_by(line: str, text_mentions: str) -> tuple[str, ...] | None:
    """The agencies whose desk closes a story with ``line``; None where no desk does.

    Initials (``kir/ami``) are the custom of several agencies: of those, the one that the text mentions (an agency
    names itself in its stories), else the first of ``agencies.yaml``.
    """
    if len(line) > 300 or line in _words().word_pairs or not _sign_offs()[0].fullmatch(line):
        return () if INITIALS.fullmatch(line) and line not in _words().word_pairs and len(line) <= 40 else None
    names = list(dict.fromkeys(name for form, name in _sign_offs()[1] if form.fullmatch(line)))
    if INITIALS.fullmatch(line) and not line.startswith("burs"):
        mentioned = [name for name in names if name in text_mentions]
        # Capitals are the custom of too many desks to tell one by.
        names = mentioned or ([] if line.isupper() else names)
    return tuple(names[:1])
