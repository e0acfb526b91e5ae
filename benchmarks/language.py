"""Language detection measured: speed, accuracy, calibration; and the fit of the calibration.

    python -m benchmarks.language speed [--data languages.jsonl.gz]    documents a second against langdetect, one core
    python -m benchmarks.language accuracy --data languages.jsonl.gz [--second py3langid]
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
from collections.abc import Callable, Iterable
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
    parser.add_argument("what", choices=("speed", "accuracy", "fit", "pages"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--second", choices=("pycld2", "py3langid"), help="the second engine; default: what is here")
    parser.add_argument("--write", action="store_true", help="write the fitted calibration into the package")
    args = parser.parse_args(argv)
    if args.what != "speed" and not args.data:
        parser.error(f"{args.what} needs --data")
    if args.second:
        second.engine_name = lambda: args.second
    if args.what == "speed":
        measure_speed(args.data)
    elif args.what == "accuracy":
        measure_accuracy(read_texts(args.data))
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


def rate(function: Callable[[str], object], texts: list[str]) -> float:
    """Calls a second, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for text in texts:
            function(text)
        best = min(best, time.perf_counter() - start)
    return len(texts) / best


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
        exact = rate(detect_language, texts * 4)
        classic = rate(lambda text: detect_language(text, options=as_is), texts)
        print(
            f"{length:6} characters: {exact:7.0f} documents/s, langdetect {classic:6.1f}, ratio {exact / classic:5.1f}"
        )


def texts_of_length(path: Path, length: int) -> list[str]:
    """One text of each language, joined of its texts of 1000 characters and cut."""
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


def measure_accuracy(texts: list[tuple[str, int, str, str]]) -> None:
    answers = []
    for language, length, _, text in texts:
        found = detect_language(text)
        answers.append((language, length, found.code, found.confidence))
    print_scores(answers)


# The fit of calibration.yaml


def fit_calibration(texts: list[tuple[str, int, str, str]], write: bool) -> None:
    """Fit the weights, print what cross-validation by text gives, and write them if asked to."""
    rows = [
        (language, length, int(name.rsplit("-", 1)[1]), *ask_engines(text)) for language, length, name, text in texts
    ]
    answers = []
    for fold in range(FOLDS):
        weights = fit_cases([row for row in rows if row[2] % FOLDS != fold])
        answers += [answer_with(weights, row) for row in rows if row[2] % FOLDS == fold]
    print(f"cross-validated in {FOLDS} folds, before near standards are told apart:")
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


def answer_with(weights: dict[str, np.ndarray], row: tuple) -> tuple[str, int, str, float]:
    language, length, _, only, candidates = row
    if only:
        return language, length, only, 1.0
    totals = [(float(weights[c.case] @ np.array(c.figures)), c.code) for c in candidates]
    total, code = max(totals, default=(-1.0, UNDETERMINED))
    p = float(1 / (1 + np.exp(-total)))
    return (language, length, code, p) if p >= 0.5 else (language, length, UNDETERMINED, 0.0)


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
