"""langdetect's models, evaluated exactly.

langdetect is naive Bayes over 1- to 3-grams of characters: it draws n-grams of the text at random and
multiplies their probabilities until one of 54 languages leads by far.  Here the log-probabilities of *all*
n-grams are added up instead, from the profiles that the installed langdetect ships, with its own rules for
what an n-gram is and its own smoothing.  That is what its sampling converges to, without the chance.

The log-probabilities are whole numbers (in units of 1/1024 nat), so a sum has no rounding and is the same on
every machine, whatever the order.

At each place of a text one to three n-grams end, and the longest determines the others.  So a row of the table is
not that of one n-gram but the sum over it and its endings, and a text needs one look-up a character.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from langdetect.detector import Detector
from langdetect.utils.ngram import NGram

UNITS_PER_NAT = 1024
# langdetect adds alpha / BASE_FREQ to each probability; 0.5 is the centre of the alphas that it draws.
SMOOTHING = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ

_SPACE = 0
_ABSENT = -1
_ROW_BITS = 17
_ROW_MASK = (1 << _ROW_BITS) - 1
_KEY_SHIFT = _ROW_BITS + 2
_HASH_BITS = 18
_HASH_SHIFT = np.uint64(64 - _HASH_BITS)
# Fibonacci hashing (Knuth, TAOCP 3, 6.4) with two odd factors, for the two places that a key may have.
_HASH_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))

# Where NGram.normalize changes characters, as far as single characters go: the other blocks stay as they are
# (Hangul and the Chinese characters, which it also maps, are filled in from its own tables).
_NORMALISED_RANGES = ((0x0000, 0x0250), (0x0600, 0x0700), (0x1E00, 0x2070), (0x3040, 0x3130), (0x31A0, 0x31C0))
_HANGUL = (0xAC00, 0xD7B0)


@dataclass(frozen=True, slots=True)
class Profiles:
    """The models as arrays.

    Attributes:
        codes: langdetect's own codes, one for each column.
        table: int16 (n-grams, languages), log-probability of an n-gram and those of its endings that are known,
            in 1/1024 nat.
            The commonest n-grams come first, so that what most texts need lies together in memory.
        slots: int64 (2, 2**18), cuckoo hash table: key of an n-gram, how many n-grams its row adds up, its row,
            packed into one number.
        characters: uint16 (65536,), code point -> number of the normalised character, 0 for space.
        base: one more than the largest number of a character in a key.
        capital: bool (65536,), whether the character is upper case.
        latin: int8 (65536,), 2 for what langdetect takes for Latin letters, -1 for letters of other scripts.
    """

    codes: tuple[str, ...]
    table: np.ndarray
    slots: np.ndarray
    characters: np.ndarray
    base: int
    capital: np.ndarray
    latin: np.ndarray


@dataclass(frozen=True, slots=True)
class Scores:
    """What the profiles say of a text.

    Attributes:
        totals: int32 (languages,), log-likelihood of the n-grams in 1/1024 nat.
        known: how many n-grams that is: those that are in at least one profile.
    """

    totals: np.ndarray
    known: int


@cache
def load_profiles() -> Profiles:
    """Read the profiles of the installed langdetect (about 0.3 s, 17 MB; once a process)."""
    folder = files("langdetect").joinpath("profiles")
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    profiles = [json.loads(folder.joinpath(name).read_bytes()) for name in names]
    row_of, ngrams = _commonest_first(profiles)
    alphabet = {character: number for number, character in enumerate([" ", *sorted({*"".join(ngrams)} - {" "})])}
    base = len(alphabet) + 2
    keys = _keys(ngrams, alphabet, base)
    table, sizes = _add_endings(_log_probabilities(profiles, row_of), keys, base)
    return Profiles(
        codes=tuple(profile["name"] for profile in profiles),
        table=table,
        slots=_hash_table(keys, sizes),
        characters=_character_table(alphabet),
        base=base,
        capital=np.fromiter((chr(code).isupper() for code in range(0x10000)), bool, 0x10000),
        latin=_latin_table(),
    )


def _commonest_first(profiles: list[dict]) -> tuple[dict[str, int], list[str]]:
    """The row of each n-gram of the profiles, and the n-grams in that order."""
    place: dict[str, int] = {}
    for profile in profiles:
        for ngram in profile["freq"]:
            place.setdefault(ngram, len(place))
    total = np.zeros(len(place), np.int64)
    for profile in profiles:
        counts = profile["freq"]
        places = np.fromiter(map(place.__getitem__, counts), np.int64, len(counts))
        total[places] += np.fromiter(counts.values(), np.int64, len(counts))
    found = list(place)
    ngrams = [found[number] for number in np.argsort(-total, kind="stable").tolist()]
    return dict(zip(ngrams, range(len(ngrams)), strict=True)), ngrams


def _log_probabilities(profiles: list[dict], row_of: dict[str, int]) -> np.ndarray:
    floor = round(float(np.log(SMOOTHING)) * UNITS_PER_NAT)
    table = np.full((len(row_of), len(profiles)), floor, np.int16)
    for column, profile in enumerate(profiles):
        counts = profile["freq"]
        lengths = np.fromiter(map(len, counts), np.int64, len(counts))
        probabilities = (
            np.fromiter(counts.values(), np.float64, len(counts)) / np.array(profile["n_words"])[lengths - 1]
        )
        rows = np.fromiter(map(row_of.__getitem__, counts), np.int64, len(counts))
        table[rows, column] = np.rint(np.log(probabilities + SMOOTHING) * UNITS_PER_NAT).astype(np.int16)
    return table


def _keys(ngrams: list[str], alphabet: dict[str, int], base: int) -> np.ndarray:
    """The key of each n-gram: its characters' numbers, one up, as digits; the last character is the lowest digit."""
    digit = np.zeros(0x10000, np.int64)
    digit[[ord(character) for character in alphabet]] = np.fromiter(alphabet.values(), np.int64, len(alphabet)) + 1
    padded = "".join([ngram.rjust(3, "\0") for ngram in ngrams]).encode("utf-16-le")
    digits = digit[np.frombuffer(padded, np.uint16)].reshape(-1, 3)
    return digits @ np.array([base * base, base, 1])


def _add_endings(table: np.ndarray, keys: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """The table with those rows added that belong to an n-gram's shorter endings, and how many rows that makes."""
    summed, sizes = table.copy(), np.ones(len(table), np.int64)
    order = np.argsort(keys)
    for power in (1, 2):
        longer = np.flatnonzero(keys >= base**power)
        endings = keys[longer] % base**power
        at = np.minimum(np.searchsorted(keys, endings, sorter=order), len(keys) - 1)
        known = keys[order[at]] == endings
        summed[longer[known]] += table[order[at[known]]]
        sizes[longer[known]] += 1
    return summed, sizes


def _hash_table(keys: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """A table in which each key has one of two places (cuckoo hashing; Pagh and Rodler 2001)."""
    slots = np.full((2, 1 << _HASH_BITS), _ABSENT, np.int64)
    places = _hash(keys, 0), _hash(keys, 1)
    numbers = np.arange(len(keys))
    slots[0, places[0]] = numbers  # row numbers for now; where several keys want one place, the last has it
    for homeless in numbers[slots[0, places[0]] != numbers].tolist():
        number, side = homeless, 1
        for _ in range(500):
            place = places[side][number]
            number, slots[side, place] = int(slots[side, place]), number
            if number == _ABSENT:
                break
            side = 1 - side
        else:
            raise RuntimeError("the n-grams of the profiles do not fit their hash table")
    used = slots != _ABSENT
    rows = slots[used]
    slots[used] = (keys[rows] << _KEY_SHIFT) | (sizes[rows] << _ROW_BITS) | rows
    return slots


def _character_table(alphabet: dict[str, int]) -> np.ndarray:
    unknown = len(alphabet)
    table = np.full(0x10000, unknown, np.uint16)
    for character, number in alphabet.items():
        table[ord(character)] = number
    for start, end in _NORMALISED_RANGES:
        for code in range(start, end):
            table[code] = alphabet.get(NGram.normalize(chr(code)), unknown)
    for character, representative in NGram.CJK_MAP.items():
        table[ord(character)] = alphabet.get(representative, unknown)
    table[slice(*_HANGUL)] = alphabet.get(NGram.normalize(chr(_HANGUL[0])), unknown)
    return table


def _latin_table() -> np.ndarray:
    table = np.zeros(0x10000, np.int8)
    table[ord("A") : ord("z") + 1] = 2
    table[0x0300:] = -1  # Latin Extended Additional too: the package means to except it, but does not
    table[0xDC00:0xE000] = 0  # the second half of a character beyond the basic plane
    return table


def _hash(keys: np.ndarray, side: int) -> np.ndarray:
    return ((keys.view(np.uint64) * _HASH_FACTORS[side]) >> _HASH_SHIFT).view(np.int64)


def find_ngrams(units: np.ndarray, profiles: Profiles) -> np.ndarray:
    """The key (int64) of the longest n-gram that ends at each place of a text, by langdetect's rules.

    Args:
        units: UTF-16 units of the text (uint16), NFC, links and addresses taken out.  No profile has anything
            beyond the basic plane: surrogates are unknown characters.
    """
    units = _without_minor_latin(units, profiles)
    characters = profiles.characters.take(units)
    kept = characters != _SPACE
    kept[1:] |= kept[:-1].copy()  # of several spaces the first stays, and none before the text
    if not kept.all():
        characters, units = characters[kept], units[kept]
    padded = np.full(len(characters) + 2, _SPACE + 1, np.int64)
    np.add(characters, 1, out=padded[2:])
    before, base = padded[1:-1], profiles.base
    keys = padded[:-2] * base
    keys *= before != _SPACE + 1  # no n-gram reaches over a space
    keys += before
    keys *= base
    keys += padded[2:]
    capital = profiles.capital.take(units)
    doubled = capital[1:] & capital[:-1]
    if doubled.any():  # words in capitals are no evidence, from their second letter on
        keys = np.concatenate((keys[:1], keys[1:][~doubled]))
    return keys


def _without_minor_latin(units: np.ndarray, profiles: Profiles) -> np.ndarray:
    """Latin letters are taken out of a text that is mostly in another script, as langdetect does."""
    if int(profiles.latin.take(units).sum(dtype=np.int64)) >= 0:
        return units
    return units[(units < ord("A")) | (units > ord("z"))]


def _find_slots(keys: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the hash table has for each key, and for which keys it is theirs."""
    found = slots[0].take(_hash(keys, 0))
    known = (found >> _KEY_SHIFT) == keys
    others = np.flatnonzero(~known)
    if len(others):
        missing = keys.take(others)
        second = slots[1].take(_hash(missing, 1))
        found[others] = second
        known[others] = (second >> _KEY_SHIFT) == missing
    return found, known


def score_ngrams(keys: np.ndarray, profiles: Profiles) -> Scores:
    """Log-likelihoods under each profile of n-grams and their endings.

    Args:
        keys: from :func:`find_ngrams`; at most 60,000, for the sums are int32.
    """
    found, known = _find_slots(keys, profiles.slots)
    parts = [found]
    for power in (2, 1):  # where the longest n-gram is in no profile, its endings may be
        if known.all():
            break
        parts[-1] = found[known]
        keys = keys[~known] % profiles.base**power
        found, known = _find_slots(keys, profiles.slots)
        parts.append(found)
    parts[-1] = found[known]
    slots = np.concatenate(parts)
    totals = np.einsum("ij->j", profiles.table.take(slots & _ROW_MASK, axis=0), dtype=np.int32)
    return Scores(totals, int(((slots >> _ROW_BITS) & 3).sum()))


def expand_ngrams(keys: np.ndarray, profiles: Profiles) -> dict[int, int]:
    """How often each n-gram of the profiles stands in a text, by its own key: to compare with langdetect."""
    found: dict[int, int] = {}
    for power in (3, 2, 1):
        endings, counts = np.unique(
            keys[keys >= profiles.base ** (power - 1)] % profiles.base**power, return_counts=True
        )
        _, known = _find_slots(endings, profiles.slots)
        found.update(zip(endings[known].tolist(), counts[known].tolist(), strict=True))
    return found
