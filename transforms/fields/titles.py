"""Titles: freed of the site's name, and compared."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from transforms.fields.data import load_yaml
from transforms.fields.urls import registered_domain

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});")
_DOMAIN_LIKE = re.compile(r"[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.[a-z]{2,6}")
_NOT_WORD = re.compile(r"[\W_]+")
_ELLIPSIS = re.compile(r"\s*(?:…|\.{2,}|\[…\]|\[\.\.\.\])\s*$")
# A shorter beginning may be that of many titles.
MIN_TRUNCATED = 16


class _Words(NamedTuple):
    """``titles.yaml`` in the form that the functions need; see there."""

    separator: re.Pattern[str]
    site_words: frozenset[str]
    site_endings: tuple[str, ...]


def tidy_title(title: str, site_name: str | None = None, url: str | None = None) -> str | None:
    """``title`` without the site's name before or after it, entities and superfluous blanks; None where empty.

    A part is taken off only if it is ``site_name`` (give or take ``The``, case, punctuation and the domain's ending),
    the name of the domain of ``url``, or, behind the last separator, evidently a site's name by its words
    (``site_words`` of ``titles.yaml``).  Sections between title and site name go with it; at least one part stays.
    """
    title = _plain(title)
    sites = _site_keys(site_name, url)
    while (shorter := _without_site(title, sites)) != title:
        title = shorter
    return title or None


def _without_site(title: str, sites: frozenset[str]) -> str:
    """``title`` without the site's name at one of its ends; the same if there is none."""
    pieces = _words().separator.split(title)
    if len(pieces) < 3:
        return title
    parts = pieces[::2]
    last = _last_site_part(parts, sites)
    if last is not None:
        # Sections between title and site go with it; the title is all before them.
        keep = _end_of_title(parts, pieces[1::2], last)
        return "".join(pieces[: 2 * keep + 1]).strip() or title
    if _key(parts[0]) in sites:
        return "".join(pieces[2:]).strip() or title
    return title


def same_title(a: str, b: str) -> bool:
    """Whether two titles say the same, but for case, punctuation, accents' coding and a cut end with an ellipsis."""
    short, long = sorted((_plain(a), _plain(b)), key=len)
    cut = _ELLIPSIS.sub("", short)
    key, full = _words_of(short), _words_of(long)
    if not key or key == full:
        return bool(key)
    if cut == short:
        return False
    key = _words_of(cut)
    return len(key) >= MIN_TRUNCATED and full.startswith(key)


def _plain(text: str) -> str:
    if "&" in text:
        for _ in range(2):  # feeds escape twice
            text = _ENTITY.sub(lambda m: html.unescape(m[0]), text)
    return _SPACE.sub(" ", _CONTROL.sub("", unicodedata.normalize("NFC", text))).strip()


def _words_of(text: str) -> str:
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _key(text: str) -> str:
    """What two spellings of one site's name have in common."""
    text = _NOT_WORD.sub("", re.sub(r"^(?:the|der|die|das|le|la|el|il|de|o)\s", "", _words_of(text)))
    return "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")


@lru_cache(maxsize=256)  # a page has several statements of its title
def _site_keys(site_name: str | None, url: str | None) -> frozenset[str]:
    keys = set()
    if site_name:
        keys.add(_key(site_name))
        keys.add(_key(re.sub(r"\.[a-z]{2,6}(?:\.[a-z]{2})?$", "", site_name.strip().lower())))
    domain = registered_domain(url) if url else None
    if domain:
        keys.add(_key(domain))
        keys.add(_key("www." + domain))
        keys.add(_key(domain.partition(".")[0]))
    keys |= {key.removeprefix("the") for key in keys}
    return frozenset(key for key in keys if len(key) > 1)


def _last_site_part(parts: list[str], sites: frozenset[str]) -> int | None:
    """Index of the first of the parts at the end that is the site's name; never 0."""
    for i in range(max(1, len(parts) - 2), len(parts)):
        if _key(parts[i]) in sites:
            return i
    first_word, *others = parts[-1].split() or [""]
    if len(others) <= 3 and _key(first_word) in sites:
        return len(parts) - 1
    return len(parts) - 1 if _is_evidently_site(parts[-1], sum(map(len, parts[:-1]))) else None


def _is_evidently_site(part: str, chars_before: int) -> bool:
    """Whether the last part of a title says by its words that it is a site's name, and is far shorter than the rest."""
    words = _words_of(part).split()
    if _DOMAIN_LIKE.fullmatch(part):
        return True
    if part.endswith(_words().site_endings):
        return len(words) <= 5 and chars_before >= 4
    return len(words) <= 5 and not _words().site_words.isdisjoint(words) and chars_before > 2 * len(part)


def _end_of_title(parts: list[str], separators: list[str], site: int) -> int:
    """Index of the last part that is the title's, where the site's name is part ``site``."""
    end = site - 1
    mark = separators[site - 1].strip()
    while end > 0 and separators[end - 1].strip() == mark and len(parts[end].split()) <= (2 if mark == "|" else 1):
        end -= 1
    return end


@cache
def _words() -> _Words:
    data = load_yaml("titles.yaml")
    spaced = "|".join(re.escape(s) for s in data["separators"] if s not in ("_", ":", "｜", "ㅣ"))
    unspaced = [w for w in data["site_words"] if not w.isascii() and re.search(r"[\u3040-\u9fff\uac00-\ud7af]", w)]
    return _Words(
        re.compile(rf"(\s+(?:{spaced})\s+|\s*[｜ㅣ_]\s*|\s*\|\s*|:\s+)"),
        frozenset(data["site_words"]),
        tuple(unspaced),
    )
