"""What bylines, sign-offs and credits say: who wrote, which agency delivered, who took the picture."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.clean.rules import WORDS, load_rules
from transforms.fields.agencies import agencies, canonical_agency, canonical_credit, find_agencies
from transforms.fields.authors import looks_like_name, split_authors, tidy_name

Found = tuple[tuple[str, str], ...]

# Initials of a desk beside an agency.
_DESK = re.compile(r"[a-zäöü]{2,4}|(?:[A-ZČŠŽĆĐ]\.\s?){1,2}[A-ZČŠŽĆĐ]?\.?")
_CLAUSE = re.compile(
    r"\s*(?:[;；]|\s[-–—]\s|,\s(?=(?i:additional|editing|edited|writing|redigiert|édité|editado|edição)\b)|[、，](?=[编編翻校审審][集辑輯訳译譯对對校])|\.\s(?=(?i:editado|edición|edição|editing|edited|redactie|redaktion|édité)\b))\s*"
)
_COPYRIGHT = re.compile(r"(?i)^\s?\(?\s?(?:©|\(c\)|copyright)\s?(?:\(c\)\s?)?(?:(?:19|20)\d\d\s)?|\s(?:19|20)\d\d\.?$")
_PHOTO_WORD = re.compile(
    r"(?i)\b(?:photos?|photograph(?:s|y|ies)?|pictures?|images?|im[aá]genes|imagens|fotos?|foto's|foto’s|beeld|bild(?:er)?|bilde|bilde[rn]?"
    r"|billeder|billede|kuvat?|valokuvat?|mynd(?:ir)?|fotók?|kép(?:ek)?|fotograf[ií]as?|fotografi[ei]|snímk[ya]|snímek|zdjęci[ae]|fot"
    r"|fotoğraf(?:lar)?|nuotrauk(?:a|os)|fotod|ảnh|hình ảnh|gambar|picha|handout|file)\b"
    r"|фото|снимк|світлин|слик|φωτογραφ|φωτό|写真|撮影|사진|图|圖|摄影|攝影|صورة|صور|تصوير|عکس|צילום|फोटो|फ़ोटो|तस्वीर|ছবি|ภาพ|ფოტო|լուսանկար"
)
INITIALS = re.compile(
    r"(?:burs-?)?[a-z]{2,5}(?:-[a-z]{2,4})?(?:/ ?[a-z]{2,4}(?:-[a-z]{2,4})?){1,6}/?|(?:[a-ząćęłńóśźż]{2,4}/ ?){1,4}"
    r"|/[a-z]{2,4}(?:/(?:DP/)?[a-z]{2,4}){1,3}|[A-Z]{2,4}(?:/[A-Z]{2,4}){1,3}|[A-Z]{2,5}/[a-z]{2,4}(?:/[a-z]{2,4}){0,2}|[A-ZČŠŽ]{3,7}[,/]\s?(?:[A-ZČŠŽĆĐ]\.\s?){1,3}"
    r"|[\u0620-\u064a]{1,3}(?:/[\u0620-\u064a]{1,3}(?:\s[\u0620-\u064a]{1,2})?){1,4}"
)


class _Words(NamedTuple):
    """``words.yaml`` in the form that the functions need; see there."""

    wires: frozenset[str]
    article: re.Pattern[str]
    separator: re.Pattern[str]
    wrote: re.Pattern[str]
    wrote_after: re.Pattern[str]
    label: re.Pattern[str]
    beside: frozenset[str]
    provided: frozenset[str]
    word_pairs: frozenset[str]


@cache
def _words() -> _Words:
    data = load_rules(WORDS)
    either = {
        name: "|".join(map(re.escape, sorted(data[name], key=len, reverse=True)))
        for name in ("articles", "conjunctions", "wrote", "wrote_after", "picture")
    }
    behind = r"\b(?:by|von|de|di|du|par|por|av|af|of|oleh|na|from|courtesy of|via)\b"
    return _Words(
        wires=frozenset(data["wires"]),
        article=re.compile(rf"(?i)^(?:l['’]|(?:{either['articles']})\s)\s?(?=\S)"),
        separator=re.compile(rf"\s*(?:[/,;&+|·、，／=＝]|\s(?:{either['conjunctions']})\s)\s*"),
        wrote=re.compile(rf"(?i)^(?:with\s)?(?:additional\s)?(?:{either['wrote']})(?![a-z])"),
        wrote_after=re.compile(rf"(?i)\s(?:{either['wrote_after']})$"),
        label=re.compile(
            rf"(?i)^(?:(?:file|archive|handout|stock)\s)?(?:{either['picture']}|©|\(c\))(?![a-zà-ÿ])"
            rf"(?:\s(?:illustration|credits?|source|courtesy|archive|d['’]archives))*\s?(?:[:：/／=＝|©-]|\.{{3}}|…|{behind})*\s*"
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
    # `Tag zu Tag` has the form of a name; behind the first one, Villa Muestra is a place.
    return tuple(
        ("authors", name)
        for index, name in enumerate(names)
        if (name.split()[0] != name.split()[-1] or " " not in name)
        and (index == 0 or name.split()[0].casefold() not in place_words())
    )


@cache
def place_words() -> frozenset[str]:
    """Words with which names of places begin."""
    return frozenset(load_rules(WORDS)["place_words"])


# In Spanish and French `en` is where somebody reported from; in Dutch it is `and`.
_IN_PLACE = re.compile(r"\s(?:en|em|desde)\s[^\W\d_a-zß-ÿ][^,;.]*?(?=,|;|\.|$|\s(?:y|e|et)\s)")
_DUTCH = re.compile(r"(?i)verslag|geschreven|bewerkt|bericht")
_ADDITIONAL = re.compile(r"(?i)(?:with )?additional|zusätzlich|adicional|supplémentaire|تغطية إضافية")


def clauses(text: str) -> Found:
    """Authors out of ``Reporting by …; Writing by …; Editing by …``: the first clause that tells who reported or wrote.

    Who writes up what others report, and who contributes, is no author beside them.
    """
    for clause in _CLAUSE.split(text):
        if _ADDITIONAL.match(clause):
            continue
        if _words().wrote.match(clause):
            if not _DUTCH.match(clause):
                clause = _IN_PLACE.sub("", clause)
            names = split_authors(_words().wrote.sub("", clause).strip(" :：-–—")) or split_authors(clause)
        else:
            # Languages with the verb at the end: Lê An tường thuật
            last = _words().wrote_after.search(clause)
            names = split_authors(clause[: last.start()]) if last else ()
        if names:
            return tuple(("authors", name) for name in names)
    return ()


def photo(text: str) -> Found:
    """The credits of a picture behind a label (``Photo: …``): agencies by canonical name, people, else as written."""
    inside = _CAPTION_AND_BRACKETS.fullmatch(text)
    if inside and (found := credit(inside[1], labelled=True) or ("/" in inside[1] and _credits(_pieces(inside[1])[0]))):
        # Photo: the boats of Harlow (AFP/Anna Sample)
        return found
    return _credits(_pieces(text)[0])


_CAPTION_AND_BRACKETS = re.compile(r"(?:\S+\s){3,30}[(（](?P<inside>[^()（）]{2,60})[)）]?\.?")


def credit(text: str, *, labelled: bool) -> Found:
    """As :func:`photo`, for text that may be no credit at all: then empty.

    Every piece must be an agency, a name, or one of the words that stand beside them.  Without a label, an agency
    must be among them, and something that tells a picture's credit from a mention: a slash, or the word photo.
    """
    credits, unknown, known = _pieces(text)
    if not credits:
        return ()
    labelled = labelled or _TAKEN.search(text) is not None
    if (
        not labelled
        and (match := _AGENCY_AND_SURNAME.fullmatch(text))
        and (agency := canonical_credit(match[1]))
        and not canonical_credit(match[2])
    ):
        return (("photo_credits", agency),)
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


# dpa/Muster
_AGENCY_AND_SURNAME = re.compile(r"([^\W\d_]{2,10})\s?/\s?([^\W\d_a-zß-ÿа-яё][^\W\d_A-ZÀ-Þ]{2,20})")
# （見本花子撮影）
_TAKEN = re.compile(r"(?:撮影|写す|摄影?|攝影?|촬영|供图|供圖|제공)[)）】\]]?$")
_LABELLED = re.compile(r"[^\W\d_.]{2,14}\.?\s?(?:[^\W\d_]{2,12}\s?)?[:：/／=©]")


def _credits(names: tuple[str, ...]) -> Found:
    """The agencies, where there are any; else whoever is named."""
    known = tuple(name for name in names if canonical_credit(name))
    people = tuple(name for name in names if looks_like_name(name))
    if len(names) == 2 and names[0][0].isupper() and names[1].islower():
        # Ani/beritacontoh: the house is behind the first name.
        names = names[:1]
    return tuple(("photo_credits", name) for name in known or tuple(map(tidy_name, people)) or names)


def has_photo_word(text: str) -> bool:
    """Whether a word for pictures stands in ``text``."""
    return _PHOTO_WORD.search(text) is not None


# - Anna Sample - 3.mai.24/Folhapress
_DAY = re.compile(r"\d{1,2}\.[^\W\d]{3}\.\d{2,4}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
# Around a photographer's name: 김예시 기자, 記者安小例攝, Bob Test for The Harlow Courier.
_WITH_ROLE = re.compile(
    r"\s?(?:기자|특파원|인턴기자|제공|촬영|자료사진|記者|记者|氏|さん|撮影|提供|写す|摄影|攝影|摄|攝|发|供图|供圖)$"
    r"|^(?:本[报報]?)?(?:記者|记者|通讯员|特派員)\s?|^(?:촬영|撮影|摄影|攝影)\s?|^(?i:photographer|staff|fotograf|fotógrafo|photographe|фотограф)\s"
    r"|\s(?i:for|für|pour|para|per|voor|för|dla|для|special to)\s(?:the\s|The\s)?[^\W\d_a-zß-ÿ][^,/]{2,40}$"
)


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[tuple[str, ...], bool, bool]:
    """The credits in ``text``, whether a piece is neither credit nor known word, whether an agency is among them."""
    text = text.strip(" ()[]（）【】.,")
    if "©" in text[1:]:
        # (foto d'archivio) © ANSA
        text = text.rsplit("©", 1)[1].strip()
    whole = canonical_credit(text)
    if whole:
        return (whole,), False, True
    text = _words().label.sub("", text) or text
    found: list[str] = []
    provided: list[str] = []
    unknown = known = False
    for piece in _words().separator.split(re.sub(r"\s[-–—]\s", "/", text)):
        piece = piece.strip(" ()[]（）.,:：©")
        if not piece or _DAY.fullmatch(piece) or piece.casefold() in _words().beside:
            if piece.casefold() in _words().provided:
                provided.append(piece)
            continue
        name = canonical_credit(piece)
        if name is None:
            piece = _WITH_ROLE.sub("", piece).strip() or piece
            name = canonical_credit(piece.rsplit(".", 1)[0] if _SITE.fullmatch(piece) else piece)
        if name:
            found.append(name)
            known = True
        elif " " in piece and looks_like_name(piece.rsplit(None, 1)[0]) and canonical_credit(piece.split()[-1]):
            # Bob Test AP
            found += [piece.rsplit(None, 1)[0], canonical_credit(piece.split()[-1]) or ""]
            known = True
        elif looks_like_name(piece):
            found.append(piece)
        elif " " in piece and canonical_credit(piece.split()[0]) and looks_like_name(piece.split(None, 1)[1]):
            # AFP Bob TEST
            found += [canonical_credit(piece.split()[0]) or "", piece.split(None, 1)[1]]
            known = True
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


def _credits_other(text: str) -> bool:
    """Whether an agency is credited at the beginning or end of a text."""
    return bool(find_agencies(text[:160]) or find_agencies(text[-60:]))


def are_initials(line: str) -> bool:
    """Whether a line is initials of a desk's people, as several agencies sign: ``kir/ami``, ``abc def``."""
    return INITIALS.fullmatch(line) is not None or _INITIALS_APART.fullmatch(line) is not None


_INITIALS_APART = re.compile(r"[a-z]{2,4}(?:\s[a-z]{2,4}){1,2}")


@lru_cache(maxsize=512)
def signed_by(line: str, text_mentions: str) -> tuple[str, ...] | None:
    """The agencies whose desk closes a story with ``line``; None where no desk does.

    Initials (``kir/ami``) are the custom of several agencies: of those, the one that the text mentions (an agency
    names itself in its stories), else the first of ``agencies.yaml``.
    """
    if len(line) > 300 or line in _words().word_pairs or not _sign_offs()[0].fullmatch(line):
        return () if INITIALS.fullmatch(line) and line not in _words().word_pairs and len(line) <= 40 else None
    names = list(dict.fromkeys(name for form, name in _sign_offs()[1] if form.fullmatch(line)))
    if are_initials(line) and not line.startswith("burs"):
        mentioned = [name for name in names if name in text_mentions]
        # Capitals are the custom of too many desks to tell one by; and where the text credits others it is theirs.
        names = mentioned or ([] if line.isupper() or _credits_other(text_mentions) else names)
    return tuple(names[:1])
