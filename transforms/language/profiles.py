"""langdetect's models, evaluated exactly.

langdetect is naive Bayes over 1- to 3-grams of characters: it draws n-grams of the text at random and
multiplies their probabilities until one of 54 languages leads by far.  Here the log-probabilities of *all*
n-grams are added up instead, from the profiles that the installed langdetect ships, with its own rules for
what an n-gram is and its own smoothing.  That is what its sampling converges to, without the chance.

The log-probabilities are whole numbers (in units of 1/1024 nat), so a sum has no rounding and is the same on
every machine, whatever the order.

At each place of a text one to three n-grams end, and the longest known one determines the others.  So a row of the
table is not that of one n-gram but the sum over it and its endings, and a text needs one row a character.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import numpy as np
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

UNITS_PER_NAT = 1024
# langdetect adds alpha / BASE_FREQ to each probability; 0.5 is the centre of the alphas that it draws.
SMOOTHING = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ

_SPACE = 0
_NOTHING = 0  # the row of what is in no profile
_ROW_BITS = 18
_ROW_MASK = (1 << _ROW_BITS) - 1
# Lists of continuations are spread over so many times the places that they need, so that chance offsets do.
_SPREAD = 4
_ATTEMPTS = 1000
# Fibonacci hashing (Knuth, TAOCP 3, 6.4) gives the offsets to try.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)

# Where NGram.normalize changes characters, as far as single characters go: the other blocks stay as they are
# (Hangul and the Chinese characters, which it also maps, are filled in from its own tables).
_NORMALISED_RANGES = ((0x0000, 0x0250), (0x0600, 0x0700), (0x1E00, 0x2070), (0x3040, 0x3130), (0x31A0, 0x31C0))
_HANGUL = (0xAC00, 0xD7B0)


@dataclass(frozen=True, slots=True)
class Continuations:
    """What follows an n-gram: its list of (character, row) is laid over those of others where they leave room.

    Row displacement (Tarjan and Yao 1979, Storing a sparse table).  No two lists have one offset, so a place that
    holds the character that is asked for belongs to the list that is asked.

    Attributes:
        offsets: int64, where the list of each n-gram begins; beyond all lists where it has none.
        places: int64, a character's number and the row of the longer n-gram to which it leads, packed into one
            number; -1 where there is none.  The place of a character is its number after the offset.
    """

    offsets: np.ndarray
    places: np.ndarray


@dataclass(frozen=True, slots=True)
class Profiles:
    """The models as arrays.

    Attributes:
        codes: langdetect's own codes, one for each column.
        table: int16 (rows, languages + 1), log-probability of an n-gram and those of its endings that are known,
            in 1/1024 nat, and in the last column how many n-grams that is; zeros in row 0, for what is unknown.
            N-grams of three characters come after the shorter ones, and in both parts the commonest first, so that
            what most texts need lies together in memory.
        characters: int64 (65536,), code point -> number of the normalised character (0 for space), times two, and
            one more for capitals.
        singles: int64 (characters,), the row of each character by itself.
        pairs: from a character's number to rows of two characters.
        triples: from a row of two characters to rows of three.
        latin: int8 (65536,), 2 for what langdetect takes for Latin letters, -1 for letters of other scripts.
    """

    codes: tuple[str, ...]
    table: np.ndarray
    characters: np.ndarray
    singles: np.ndarray
    pairs: Continuations
    triples: Continuations
    latin: np.ndarray


class Scores(NamedTuple):
    """What the profiles say of a text.

    Attributes:
        totals: int32 (languages,), log-likelihood of the n-grams in 1/1024 nat.
        known: how many n-grams that is: those that are in at least one profile.
        windows: int32 (windows, languages), the same by equal parts of the text.
    """

    totals: np.ndarray
    known: int
    windows: np.ndarray


@cache
def load_profiles() -> Profiles:
    """Read the profiles of the installed langdetect (about 0.3 s, 14 MB; once a process)."""
    folder = files("langdetect").joinpath("profiles")
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    profiles = [json.loads(folder.joinpath(name).read_bytes()) for name in names]
    keys, logs, rows_of_logs = _read_ngrams(profiles)
    points = np.column_stack((keys >> 32, (keys >> 16) & 0xFFFF, keys & 0xFFFF))  # 0 where an n-gram is shorter
    alphabet = [" ", *sorted(map(chr, {*np.unique(points).tolist()} - {0, ord(" ")}))]
    numbers = np.zeros(0x10000, np.int64)
    numbers[[ord(character) for character in alphabet]] = np.arange(len(alphabet))
    digits = numbers[points]
    lengths = np.count_nonzero(points, axis=1)
    table = _table(len(keys), len(profiles), logs, rows_of_logs)
    _add_endings(keys, lengths, table)
    singles = np.zeros(len(alphabet) + 1, np.int64)
    singles[digits[lengths == 1, 0]] = np.flatnonzero(lengths == 1)
    two, three = np.flatnonzero(lengths == 2), np.flatnonzero(lengths == 3)
    beginnings = _find_rows(keys, keys[three] & ~0xFFFF)
    return Profiles(
        codes=tuple(profile["name"] for profile in profiles),
        table=table,
        characters=_character_table(alphabet),
        singles=singles,
        pairs=_displace(digits[two, 0], digits[two, 1], two, len(singles), len(singles)),
        triples=_displace(beginnings, digits[three, 2], three, len(keys) - len(three), len(singles)),
        latin=_latin_table(),
    )


def _read_ngrams(profiles: list[dict]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the profiles hold.

    Returns:
        The key of each row: its n-gram's code points, the first highest.  Row 0 is nothing, and an n-gram that no
            profile has but as the beginning of a longer one has a row too.
        Log-probabilities, one profile after the other (int16), and the place of each in the table, flattened.
    """
    sizes = [len(profile["freq"]) for profile in profiles]
    ngrams = np.array([*chain.from_iterable(profile["freq"] for profile in profiles)], "U3")
    points = ngrams.view(np.uint32).reshape(-1, 3).astype(np.int64)
    counts = np.fromiter(chain.from_iterable(profile["freq"].values() for profile in profiles), np.int64, sum(sizes))
    columns = np.repeat(np.arange(len(profiles)), sizes)
    totals = np.array([profile["n_words"] for profile in profiles])[columns, np.count_nonzero(points, axis=1) - 1]
    logs = np.rint(np.log(counts / totals + SMOOTHING) * UNITS_PER_NAT).astype(np.int16)
    all_keys = points @ np.array([1 << 32, 1 << 16, 1])
    beginnings = all_keys[points[:, 2] > 0] & ~0xFFFF
    keys, at = np.unique(np.concatenate((all_keys, np.unique(beginnings))), return_inverse=True)
    common = np.bincount(at[: len(counts)], counts, len(keys))
    order = np.lexsort((-common, keys & 0xFFFF > 0))
    rows = np.empty(len(keys), np.int64)
    rows[order] = np.arange(1, len(keys) + 1)
    return np.concatenate(([0], keys[order])), logs, rows[at[: len(counts)]] * len(profiles) + columns


def _find_rows(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The row of each wanted key, ``_NOTHING`` where there is none."""
    order = np.argsort(keys)
    rows = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    return np.where(keys[rows] == wanted, rows, _NOTHING)


def _table(rows: int, languages: int, logs: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The log-probabilities of each n-gram by itself, and that it is one."""
    known = np.zeros(rows, bool)
    known[at // languages] = True
    table = np.zeros((rows, languages), np.int16)
    table[known] = round(float(np.log(SMOOTHING)) * UNITS_PER_NAT)
    table.reshape(-1)[at] = logs
    return np.column_stack((table, known.astype(np.int16)))


def _add_endings(keys: np.ndarray, lengths: np.ndarray, table: np.ndarray) -> None:
    """Add to the rows of the table those that belong to an n-gram's shorter endings."""
    whole = (1 << 48) - 1
    endings = _find_rows(keys, (keys << 16) & whole)
    endings = np.where(endings == _NOTHING, _find_rows(keys, (keys << 32) & whole), endings)
    for length in (2, 3):
        longer = np.flatnonzero(lengths == length)
        table[longer] += table[endings[longer]]


def _displace(owners: np.ndarray, characters: np.ndarray, rows: np.ndarray, number: int, reach: int) -> Continuations:
    """Lists of (owner, character) -> row, laid over each other: the longest first, at chance offsets that are free.

    Args:
        owners: n-grams that are continued, one for each continuation.
        characters: what continues them.
        rows: where that leads.
        number: how many n-grams may be asked for.
        reach: how many characters may be asked for.
    """
    names, lists, lengths = np.unique(owners, return_inverse=True, return_counts=True)
    room = _SPREAD * len(rows)
    offsets = np.full(number, room + reach, np.int64)
    places = np.full(room + 2 * reach, -1, np.int64)
    claims = np.empty(len(places), np.int64)
    starts, used = np.empty(room, np.int64), np.zeros(room, bool)
    order = np.argsort(-lengths[lists], kind="stable")
    for attempt in range(_ATTEMPTS):
        if not len(order):
            return Continuations(offsets, places)
        longest = lengths[lists[order[0]]]
        now = order[: np.searchsorted(-lengths[lists[order]], -longest // 2, side="right")]
        tries = (((names * _ATTEMPTS + attempt).astype(np.uint64) * _FACTOR) >> np.uint64(32)).astype(np.int64) % room
        owner = lists[now]
        start = tries[owner]
        at = start + characters[now]
        claims[at[::-1]] = owner[::-1]  # where several lists want one place, the longest has it
        starts[start[::-1]] = owner[::-1]
        fails = (places[at] >= 0) | (claims[at] != owner) | used[start] | (starts[start] != owner)
        fits = np.bincount(owner[fails], minlength=len(names))[owner] == 0
        used[start[fits]] = True
        offsets[names[owner[fits]]] = start[fits]
        places[at[fits]] = (characters[now[fits]] << _ROW_BITS) | rows[now[fits]]
        order = np.concatenate((now[~fits], order[len(now) :]))
    raise RuntimeError("the n-grams of the profiles do not fit their table")


def _character_table(alphabet: list[str]) -> np.ndarray:
    numbers = {character: number for number, character in enumerate(alphabet)}
    unknown = len(alphabet)
    table = np.full(0x10000, unknown, np.int64)
    for character, number in numbers.items():
        table[ord(character)] = number
    for start, end in _NORMALISED_RANGES:
        for code in range(start, end):
            table[code] = numbers.get(NGram.normalize(chr(code)), unknown)
    for character, representative in NGram.CJK_MAP.items():
        table[ord(character)] = numbers.get(representative, unknown)
    table[slice(*_HANGUL)] = numbers.get(NGram.normalize(chr(_HANGUL[0])), unknown)
    table *= 2
    capitals = [code for code, character in enumerate(map(chr, range(0x10000))) if character.isupper()]
    table[capitals] += 1
    return table


def _latin_table() -> np.ndarray:
    table = np.zeros(0x10000, np.int8)
    table[ord("A") : ord("z") + 1] = 2
    table[0x0300:] = -1  # Latin Extended Additional too: the package means to except it, but does not
    table[0xDC00:0xE000] = 0  # the second half of a character beyond the basic plane
    return table


def find_ngrams(units: np.ndarray, profiles: Profiles) -> np.ndarray:
    """The row (int64) of the longest known n-gram that ends at each place of a text, by langdetect's rules.

    Args:
        units: UTF-16 units of the text (uint16), NFC, links and addresses taken out.  No profile has anything
            beyond the basic plane: surrogates are unknown characters.
    """
    return find_ngrams_at(_without_minor_latin(units, profiles), profiles)


def find_ngrams_at(units: np.ndarray, profiles: Profiles) -> np.ndarray:
    """As :func:`find_ngrams`, one for each unit; Latin letters stay beside another script.

    Nothing is known of a space after a space, nor of one at the beginning, so these need not be taken out.  And no
    n-gram reaches over a space: in the profiles none of three has one in its middle.
    """
    characters = profiles.characters.take(units)
    padded = np.empty(len(characters) + 1, np.int64)
    padded[0] = _SPACE
    last = np.right_shift(characters, 1, out=padded[1:])
    rows = profiles.singles.take(last)
    _continue(profiles.pairs, padded[:-1], last, rows)
    _continue(profiles.triples, rows[:-1], last[1:], rows[1:])
    characters &= 1
    doubled = characters[1:] & characters[:-1]
    if np.count_nonzero(doubled):  # words in capitals are no evidence, from their second letter on
        rows[1:][doubled > 0] = _NOTHING
    return rows


def _continue(lists: Continuations, owners: np.ndarray, last: np.ndarray, rows: np.ndarray) -> None:
    """Put in ``rows`` to which one a character leads from the n-gram before it, where it leads anywhere."""
    at = lists.offsets.take(owners)
    at += last
    found = lists.places.take(at)
    hits = found >> _ROW_BITS == last
    found &= _ROW_MASK
    np.putmask(rows, hits, found)


def _without_minor_latin(units: np.ndarray, profiles: Profiles) -> np.ndarray:
    """Latin letters are taken out of a text that is mostly in another script, as langdetect does."""
    if np.add.reduce(profiles.latin.take(units), dtype=np.int64) >= 0:
        return units
    return units[(units < ord("A")) | (units > ord("z"))]


def score_ngrams(rows: np.ndarray, profiles: Profiles, windows: int = 1) -> Scores:
    """Log-likelihoods under each profile of n-grams and their endings.

    Args:
        rows: from :func:`find_ngrams`; at most 60,000, for the sums are int32.
        windows: in how many equal parts of the text.
    """
    windows = max(1, windows)
    length = -(-len(rows) // windows)
    if length * windows > len(rows):
        rows = np.concatenate((rows, np.zeros(length * windows - len(rows), rows.dtype)))
    found = profiles.table.take(rows, axis=0).reshape(windows, length, profiles.table.shape[1])
    parts = np.einsum("wij->wj", found, dtype=np.int32)
    totals = parts[0] if windows == 1 else np.add.reduce(parts)
    return Scores(totals[:-1], int(totals[-1]), parts[:, :-1])
