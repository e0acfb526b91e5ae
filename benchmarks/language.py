"""Language detection measured: speed, accuracy, calibration; and the fit of the calibration.

    python -m benchmarks.language speed [--data languages.jsonl.gz]    documents a second against langdetect, one core
                                                                       (or of the pages of articles.jsonl.gz)
    python -m benchmarks.language accuracy --data languages.jsonl.gz [--second py3langid] [--written capitals|bare]
    python -m benchmarks.language mixed --data languages.jsonl.gz    texts joined of two languages; menus around texts
    python -m benchmarks.language fit --data languages.jsonl.gz [--write]
    python -m benchmarks.language pages --data articles.jsonl.gz    disagreements on real pages, by id

The data of ``accuracy`` and ``fit`` are JSON lines with ``id``, ``language``, ``chars`` (100, 300 or 1000) and
``text``; texts of 30 characters are cut from the shorter ones.  Without data ``speed`` makes its own texts.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import random
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import yaml

import transforms.language
from transforms.language import LanguageOptions, decide, detect_language, load_engines, second
from transforms.language.codes import UNDETERMINED, from_engine
from transforms.language.letters import main_script, only_language
from transforms.language.profiles import find_ngrams, load_profiles, score_ngrams
from transforms.language.sample import REFUSED, choose_prose, take_sample

LENGTHS = (30, 100, 300, 1000)
NEAR = {"bs": "hbs", "hr": "hbs", "sr": "hbs", "ms": "mid", "id": "mid"}
CALIBRATION = Path(transforms.language.__file__).parent / "calibration.yaml"
RIDGE = 1.0
FOLDS = 4


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "accuracy", "mixed", "fit", "pages"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--second", choices=("pycld2", "py3langid"), help="the second engine; default: what is here")
    parser.add_argument(
        "--written", choices=sorted(WRITTEN), default="usual", help="accuracy: the texts as they are, ..."
    )
    parser.add_argument("--write", action="store_true", help="write the fitted calibration into the package")
    args = parser.parse_args(argv)
    if args.what != "speed" and not args.data:
        parser.error(f"{args.what} needs --data")
    if args.second:
        second.engine_name = lambda: args.second
    if args.what == "speed":
        measure_speed(args.data)
    elif args.what == "accuracy":
        measure_accuracy(read_texts(args.data), WRITTEN[args.written])
    elif args.what == "mixed":
        measure_mixed(read_texts(args.data))
    elif args.what == "fit":
        fit_calibration(read_texts(args.data), args.write)
    else:
        compare_pages(args.data)


# Speed

# Words of news in languages of several families and scripts: langdetect's speed depends on the language too.
WORDS = {
    "de": "der die das und ist nicht Rathaus Gemeinde Brücke gestern Nachmittag beschlossen wurde mit für neue Straße",
    "en": "the of and to in said council bridge new winter Tuesday before open town road people after that would later",
    "fr": "le la les des et en mairie pont nouveau avant hiver mardi ouvrir ville route habitants après que sera tard",
    "es": "el la los de y en ayuntamiento puente nuevo antes invierno martes abrir ciudad carretera vecinos después",
    "pl": "w i na z się nie rada most nowy przed zimą wtorek otwarcie miasto droga mieszkańcy później że będzie",
    "tr": "ve bir bu için ile belediye köprü yeni önce kış salı açılış şehir yol halk sonra daha çok olarak dedi",
    "fi": "ja on ei että kaupunki silta uusi ennen talvea tiistaina avataan tie asukkaat jälkeen myöhemmin sanoi",
    "ru": "и в на не что мост новый до зимы вторник открыть город дорога жители после заявил мэр позже было этого",
    "el": "και το να του η γέφυρα νέα πριν χειμώνα Τρίτη ανοίξει πόλη δρόμος κάτοικοι μετά είπε δήμαρχος αργότερα",
    "ar": "في من على أن الجسر الجديد قبل الشتاء الثلاثاء يفتح المدينة الطريق السكان بعد قال رئيس البلدية لاحقا",
    "hi": "के में है की और पुल नया पहले सर्दी मंगलवार खुलेगा शहर सड़क लोग बाद कहा महापौर ने यह भी",
    "is": "og í á að ekki brúin nýja fyrir veturinn þriðjudag opnuð bær vegur íbúar eftir sagði síðar verður það við",
}


def make_text(length: int, seed: int) -> str:
    """Sentences of chance words of one language; the same for the same seed."""
    words = list(WORDS.values())[seed % len(WORDS)].split()
    chance = random.Random(seed)
    sentences: list[str] = []
    while sum(map(len, sentences)) < length:
        sentences.append(" ".join(chance.choices(words, k=12)).capitalize() + ".")
    return " ".join(sentences)[:length]


def rates(functions: list[Callable[[str], object]], texts: list[str], rounds: int = 5) -> list[float]:
    """Calls of each function a second of processor time (other programs do not count), the best of several rounds.

    The functions take turns, so that all of them meet the same neighbours.
    """
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for number, function in enumerate(functions):
            start = time.process_time()
            for text in texts:
                function(text)
            best[number] = min(best[number], time.process_time() - start)
    return [len(texts) / seconds for seconds in best]


def measure_speed(data: Path | None) -> None:
    start = time.perf_counter()
    load_engines()
    print(f"loading {time.perf_counter() - start:.2f} s; second engine {second.engine_name()}")
    as_is = LanguageOptions(engine="langdetect")
    detect_language("Ein Text, der die Profile lädt.", options=as_is)
    for length in (300, 1000, 5000, 50000):
        texts = texts_of_length(data, length) if data else [make_text(length, seed) for seed in range(24)]
        if not texts:
            continue
        exact, classic = rates([detect_language, lambda text: detect_language(text, options=as_is)], texts)
        print(
            f"{length:6} characters: {exact:7.0f} documents/s, langdetect {classic:6.1f}, ratio {exact / classic:5.1f}"
        )


def texts_of_length(path: Path, length: int) -> list[str]:
    """One text of each language, joined of its texts of 1000 characters and cut; or the pages' main texts, cut."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        first = json.loads(next(lines))
        if "gold" in first:
            bodies = [page["gold"]["body"] for page in (first, *map(json.loads, lines))]
            return [body[:length] for body in bodies if len(body) >= length]
    texts: dict[str, str] = collections.defaultdict(str)
    for language, chars, _, text in read_texts(path):
        if chars == 1000:
            texts[language] += text + " "
    return [text[:length] for text in texts.values() if len(text) >= length]


# Accuracy and calibration


def read_texts(path: Path) -> list[tuple[str, int, str, str]]:
    """(language, length, id, text), with texts of 30 characters cut from those of 100 and 300."""
    texts, short = [], set()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            language = from_engine(row["language"])
            texts.append((language, row["chars"], row["id"], row["text"]))
            cut = cut_words(row["text"], 30)
            if row["chars"] < 1000 and cut not in short:
                short.add(cut)
                texts.append((language, 30, row["id"], cut))
    return texts


def cut_words(text: str, length: int) -> str:
    """The text up to the first space after ``length`` characters."""
    end = text.find(" ", length)
    return text[: end if 0 <= end <= length + 15 else length]


def calibration_error(answers: Iterable[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: |mean confidence - share right| over equal bins, weighted by their texts."""
    pairs = list(answers)
    if not pairs:
        return 0.0
    confidence = np.array([pair[0] for pair in pairs])
    right = np.array([pair[1] for pair in pairs], float)
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[at == b].mean() - right[at == b].mean()) * (at == b).mean() for b in set(at.tolist())]
    return float(sum(gaps))


def near(code: str) -> str:
    return NEAR.get(code, code)


def print_scores(answers: list[tuple[str, int, str, float]]) -> None:
    """Print what the issue asks for, by length.  ``answers``: (language, length, answer, confidence)."""
    for length in LENGTHS:
        rows = [row for row in answers if row[1] == length]
        told = [row for row in rows if row[2] != UNDETERMINED]
        forgiven = [(row[3], near(row[0]) == near(row[2])) for row in told]
        wrong = [(row[0], row[2]) for row in told if near(row[0]) != near(row[2])]
        print(
            f"{length:5}: accuracy {sum(row[0] == row[2] for row in rows) / len(rows):.4f}"
            f"  wrong {len(wrong) / max(len(told), 1):.4f}  und {1 - len(told) / len(rows):.4f}"
            f"  ECE {calibration_error((row[3], row[0] == row[2]) for row in told):.4f}"
            f" (near standards forgiven {calibration_error(forgiven):.4f})"
            f"  n {len(rows)}  {collections.Counter(wrong).most_common(4)}"
        )


def measure_accuracy(texts: list[tuple[str, int, str, str]], write: Callable[[str], str]) -> None:
    answers, mixed = [], 0
    for language, length, _, text in texts:
        found = detect_language(write(text))
        answers.append((language, length, found.code, found.confidence))
        mixed += bool(found.mixed)
    print_scores(answers)
    print(f"{mixed} of {len(texts)} texts told to be mixed")


def without_marks(text: str) -> str:
    """Latin letters without their accents and other marks; other scripts as they are."""
    split = unicodedata.normalize("NFD", text)
    bare = [c for before, c in zip("a" + split, split, strict=False) if not (c in _MARKS and before <= "\u024f")]
    return unicodedata.normalize("NFC", "".join(bare))


_MARKS = frozenset(map(chr, range(0x300, 0x370)))
WRITTEN: dict[str, Callable[[str], str]] = {"usual": str, "capitals": str.upper, "bare": without_marks}


# Mixed texts

MENUS = {
    "en": "Home|News|Sport|Weather forecast|Contact us|Sign in|About this site|Privacy policy|Share this article|"
    "Most read stories|Read more about the council|All rights reserved|Log in to save this story|Back to top",
    "de": "Startseite|Nachrichten|Wirtschaft|Wetter|Anmelden|Über uns|Datenschutzerklärung|Newsletter abonnieren|"
    "Meistgelesene Artikel|Das könnte Sie auch interessieren|Alle Rechte vorbehalten|Zum Seitenanfang",
}


def join_texts(pool: list[str], length: int, chance: random.Random) -> list[str]:
    """Paragraphs of 150 to 500 characters of one language, together about ``length``."""
    text = " ".join(chance.sample(pool, len(pool)))[:length]
    paragraphs = [""]
    least = chance.randint(150, 500)
    for sentence in re.split(r"(?<=[.!?।。])\s+", text):
        if len(paragraphs[-1]) >= least:
            paragraphs.append("")
            least = chance.randint(150, 500)
        paragraphs[-1] = f"{paragraphs[-1]} {sentence}".strip()
    return paragraphs


def measure_mixed(texts: list[tuple[str, int, str, str]], number: int = 600) -> None:
    """Print how often both languages are found by the share of the second, and what menus do to a label."""
    pools: dict[str, list[str]] = collections.defaultdict(list)
    for language, length, _, text in texts:
        if length >= 300:
            pools[language].append(text)
    chance = random.Random(18)
    for share in (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        count: collections.Counter = collections.Counter()
        errors = []
        for _ in range(number):
            one, two = chance.sample(sorted(pools), 2)
            if near(one) == near(two):
                continue
            length = chance.choice((1000, 2000, 4000))
            ours = join_texts(pools[one], int(length * (1 - share)), chance)
            theirs = join_texts(pools[two], int(length * share), chance) if share else []
            at = chance.randint(0, len(ours))
            found = detect_language("\n".join(ours[:at] + theirs + ours[at:]))
            shares = {near(part.code): part.share for part in found.mixed}
            both = shares.keys() == {near(one), near(two)}
            count.update(all=1, both=both, other=bool(shares) and not both, main=near(found.code) == near(one))
            if both:
                true = sum(map(len, theirs)) / sum(map(len, ours + theirs))
                errors.append(abs(shares[near(two)] - true))
        print(
            f"share {share:.2f}: n {count['all']}  both found {count['both'] / count['all']:.3f}"
            f"  others {count['other'] / count['all']:.3f}  label of the larger {count['main'] / count['all']:.3f}"
            f"  share off by {sum(errors) / max(len(errors), 1):.3f}"
        )
    for body in (150, 300, 600, 1500):
        for menu in (400, 1000, 2500):
            right, total = 0, 60
            for _ in range(total):
                language = chance.choice(sorted(pools))
                items = MENUS["de" if language == "en" else "en"].split("|")
                lines = chance.choices(items, k=menu // 18)
                half, paragraphs = len(lines) // 2, join_texts(pools[language], body, chance)
                found = detect_language("\n".join(lines[:half] + paragraphs + lines[half:]))
                right += near(found.code) == near(language) and not found.mixed
            print(f"text {body}, menu {menu} characters: {right} of {total} right")


# The fit of calibration.yaml


def fit_calibration(texts: list[tuple[str, int, str, str]], write: bool) -> None:
    """Fit the weights, print what cross-validation by text gives, and write them if asked to."""
    rows = [
        (language, length, int(name.rsplit("-", 1)[1]), *ask_engines(text)) for language, length, name, text in texts
    ]
    answers = []
    for fold in range(FOLDS):
        weights = fit_cases([row for row in rows if row[2] % FOLDS != fold])
        with using(weights):
            for (language, length, _, text), row in zip(texts, rows, strict=True):
                if row[2] % FOLDS == fold:
                    found = detect_language(text)
                    answers.append((language, length, found.code, found.confidence))
    print(f"cross-validated in {FOLDS} folds by text, the whole of detect_language with the other folds' weights:")
    print_scores(answers)
    weights = fit_cases(rows)
    tables = yaml.safe_load(CALIBRATION.read_text(encoding="utf-8")) if CALIBRATION.exists() else {}
    tables[second.engine_name()] = {
        case: {name: round(float(w), 3) for name, w in zip(decide.FEATURES, weights[case], strict=True)}
        for case in sorted(weights)
    }
    fitted = yaml.safe_dump(tables, sort_keys=True, default_flow_style=None, width=160)
    if write:
        CALIBRATION.write_text(
            "# Weights of the rule (decide.py): second engine -> case -> figure -> weight of a logistic function.\n"
            "# Made by: python -m benchmarks.language fit --data languages.jsonl.gz --second ENGINE --write\n" + fitted,
            encoding="utf-8",
        )
    else:
        print(fitted)


def ask_engines(text: str) -> tuple[str | None, list[decide.Candidate]]:
    """The language that the script alone tells, and the candidates of the two engines."""
    sample, profiles = take_sample(choose_prose(text)), load_profiles()
    opinion = second.ask(sample.text, second.engine_name())
    ranking = decide.rank_profiles(score_ngrams(find_ngrams(sample.units, profiles), profiles), profiles, opinion.code)
    script, _ = main_script(sample.letters)
    only = only_language(script) if script else None
    return only, decide.find_candidates(ranking, opinion, sample.letters.weight)


def fit_cases(rows: list) -> dict[str, np.ndarray]:
    by_case: dict[str, list] = {case: [] for case in decide.CASES}
    for language, _, _, only, candidates in rows:
        for candidate in candidates if only is None else ():
            by_case[candidate.case].append((candidate.figures, near(candidate.code) == near(language)))
    return {case: fit_logistic(examples) for case, examples in by_case.items()}


def fit_logistic(examples: list[tuple[tuple[float, ...], bool]]) -> np.ndarray:
    """Weights of a ridge logistic regression, by Newton's method."""
    penalty = np.full(len(decide.FEATURES), RIDGE)
    penalty[0] = 0.05
    weights = np.zeros(len(decide.FEATURES))
    if not examples:
        return weights
    figures = np.array([figures for figures, _ in examples])
    right = np.array([right for _, right in examples], float)
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(figures @ weights, -30, 30)))
        curvature = (figures.T * (p * (1 - p) + 1e-6)) @ figures + np.diag(penalty)
        weights = weights + np.linalg.solve(curvature, figures.T @ (right - p) - penalty * weights)
    return weights


@contextmanager
def using(weights: dict[str, np.ndarray]) -> Iterator[None]:
    """Let detect_language decide with these weights."""
    shipped = decide.load_weights
    decide.load_weights = lambda engine: {case: tuple(of_case.tolist()) for case, of_case in weights.items()}
    try:
        yield
    finally:
        decide.load_weights = shipped


# Real pages


def compare_pages(path: Path) -> None:
    """Print the pages where the main text's answer differs from the page's lang, langdetect or the second engine."""
    as_is, equal, pages = LanguageOptions(engine="langdetect"), 0, 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for page in map(json.loads, lines):
            body = page["gold"]["body"]
            found = detect_language(body, title=page["gold"].get("title"))
            declared = re.search(r"<html[^>]*?\slang\s*=\s*[\"']?([A-Za-z]+)", page["html"], re.IGNORECASE)
            said = {
                "html lang": from_engine(declared[1].lower()) if declared else None,
                "langdetect": detect_language(body, options=as_is).code,
                second.engine_name(): second.ask(REFUSED.sub(" ", body), second.engine_name()).code,
            }
            pages += 1
            others = {name: code for name, code in said.items() if code and code != found.code}
            equal += not others
            if others or found.mixed:
                shares = " ".join(f"{share.code} {share.share:.2f}" for share in found.mixed)
                print(page["id"], found.code, f"{found.confidence:.3f}", others, shares)
    print(f"{equal} of {pages} pages: all agree")


if __name__ == "__main__":
    sys.exit(main())
