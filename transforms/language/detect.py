"""``detect_language``: sample, ask both engines, decide."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from transforms.language import not_language, second
from transforms.language.classic import detect_as_langdetect
from transforms.language.codes import UNDETERMINED
from transforms.language.decide import find_candidates, probability, rank_profiles
from transforms.language.letters import code_units, count_letters, main_script, only_language
from transforms.language.mixed import find_shares
from transforms.language.options import LanguageOptions
from transforms.language.profiles import find_ngrams, load_profiles, score_ngrams
from transforms.language.related import choose_standard, groups
from transforms.language.sample import FIRST_LOOK, SECOND_LOOK, Sample, choose_prose, take_sample
from transforms.language.second import Opinion
from transforms.language.variants import chinese_script
from transforms.model import Language, Rejection, Share

NOTES = {
    "too-short": "fewer letters than language.min_letters",
    "not-language": "mostly digits, signs, links or encoded data",
    "source-code": "most lines are source code or markup",
    "name-list": "nearly every word is a name: no running text",
    "disagreement": "the engines disagree, and neither is more likely right than wrong",
    "no-engine": "no engine knows what it is",
}

LETTERS_SHARE = 0.5  # of the visible characters; prose has .75 and more, hexadecimal data .38, sports tables .6
SCRIPT_SHARE = 0.6
# In one script with one language, what is left is text that only looks so: names, a foreign alphabet's sample.
SCRIPT_CONFIDENCE = 0.998
# When a first look is enough: langdetect stops its own sampling at .99999 of an uncalibrated probability.
SETTLED = 0.97
ONE_LANGUAGE = 0.9
_DEFAULTS = LanguageOptions()


def detect_language(text: str, *, title: str | None = None, options: LanguageOptions = _DEFAULTS) -> Language:
    """The language of a clean text.

    Args:
        text: clean text, any length; long texts are told by windows spread over them.
        title: the title, where it has been lifted out of the text.
        options: see :class:`LanguageOptions`; ``keep`` and ``min_confidence`` play no part here.

    Returns:
        The language, with ``note`` (a key of ``NOTES``) where it is ``und``; its confidence is 0 then.
    """
    whole = f"{title}\n{text}" if title else text
    if options.engine == "langdetect":
        return _as_langdetect(whole)
    prose = choose_prose(whole)
    if second.sees_mixtures():
        sample = take_sample(prose, FIRST_LOOK)
        language = _first_look(whole, sample, options) if sample.is_part else None
        if language:
            return language
    return _detect(whole, take_sample(prose, SECOND_LOOK), options)


def _first_look(whole: str, sample: Sample, options: LanguageOptions) -> Language | None:
    """The language, if small windows of a text settle it: a sure answer and no sign of a second language."""
    note = _reason_for_und(whole, sample, options)
    opinion = None if note else second.ask(sample.text, second.engine_name())
    if opinion is None or opinion.share < ONE_LANGUAGE or opinion.code in groups():
        return None
    script, likely = _judge(sample, opinion)
    if not likely or likely[0][0] < SETTLED or likely[0][1] in groups():
        return None
    return _language(likely, sample, script)


def _detect(whole: str, sample: Sample, options: LanguageOptions) -> Language:
    note = _reason_for_und(whole, sample, options)
    if note:
        return Language(UNDETERMINED, 0.0, main_script(sample.letters)[0], note=note)
    engine = second.engine_name()
    opinion = second.ask(sample.text, engine)
    script, likely = _judge(sample, opinion)
    if not likely or likely[0][0] < 0.5:
        note = "disagreement" if likely else "no-engine"
        return Language(UNDETERMINED, 0.0, script, alternatives=_shares(likely), note=note)
    standards = choose_standard(likely[0][1], sample.text, sample.letters.letters, script)
    likely = [(likely[0][0] * share, member) for share, member in standards] + likely[1:]
    mixed = find_shares(sample, likely[0][1], opinion, options.mixed_share, engine)
    if mixed and mixed[0].code != likely[0][1]:  # the engines may name the smaller part: the larger one is the label
        confidence = likely[0][0]
        likely = [(confidence, mixed[0].code), *(other for other in likely if other[1] != mixed[0].code)]
    return replace(_language(likely, sample, script), mixed=mixed)


def _as_langdetect(text: str) -> Language:
    language = detect_as_langdetect(text)
    script, _ = main_script(count_letters(code_units(text)))
    return replace(language, script=chinese_script(text) if language.code == "zh" else script)


def _reason_for_und(whole: str, sample: Sample, options: LanguageOptions) -> str | None:
    letters = sample.letters
    if letters.weight < options.min_letters:
        is_data = sample.removed > letters.letters or letters.letters < LETTERS_SHARE * letters.visible
        return "not-language" if is_data and letters.visible + sample.removed >= options.min_letters else "too-short"
    if not_language.is_source_code(whole, letters):
        return "source-code"
    if letters.letters < LETTERS_SHARE * letters.visible:
        return "not-language"
    if not_language.is_name_list(sample.text, letters):
        return "name-list"
    return None


def _judge(sample: Sample, opinion: Opinion) -> tuple[str | None, list[tuple[float, str]]]:
    """The main script, and (probability, code) of the languages in question, most probable first."""
    script, script_share = main_script(sample.letters)
    only = only_language(script) if script and script_share >= SCRIPT_SHARE else None
    if only:
        return script, [(SCRIPT_CONFIDENCE, only)]
    profiles = load_profiles()
    scores = score_ngrams(find_ngrams(sample.units, profiles), profiles)
    candidates = find_candidates(rank_profiles(scores, profiles, opinion.code), opinion, sample.letters.weight)
    engine = second.engine_name()
    return script, sorted([(probability(candidate, engine), candidate.code) for candidate in candidates], reverse=True)


def _language(likely: list[tuple[float, str]], sample: Sample, script: str | None) -> Language:
    confidence, code = likely[0]
    return Language(
        code=code,
        confidence=round(confidence, 4),
        script=chinese_script(sample.text) if code == "zh" else script,
        alternatives=_shares(likely[1:]),
    )


def _shares(answers: list[tuple[float, str]]) -> tuple[Share, ...]:
    """Answers as alternatives: the most probable first, none under a hundredth."""
    return tuple(Share(code, round(p, 4)) for p, code in sorted(answers, key=lambda a: (-a[0], a[1])) if p >= 0.01)


def check_language(language: Language, options: LanguageOptions) -> None:
    """Reject what the options do not want.

    Raises:
        Rejection: ``language/undetermined``, ``language/not-wanted`` or ``language/low-confidence``.
    """
    if language.code == UNDETERMINED:
        if options.undetermined == "reject":
            raise Rejection(
                "language/undetermined", f"{language.note}: {NOTES.get(language.note or '', 'no language')}"
            )
        return
    if options.keep and language.code not in options.keep:
        raise Rejection("language/not-wanted", f"{language.code} is not one of {', '.join(options.keep)}")
    if language.confidence < options.min_confidence:
        detail = f"{language.code} with {language.confidence:.4f}, at least {options.min_confidence} is wanted"
        raise Rejection("language/low-confidence", detail)


def engines(options: LanguageOptions = _DEFAULTS) -> dict[str, str]:
    """Name -> version of the engines that decide, for the manifest."""
    if options.engine == "langdetect":
        return {"langdetect": version("langdetect")}
    return {"langdetect": version("langdetect"), second.engine_name(): second.engine_version()}


def load_engines() -> None:
    """Load the models now, not with the first document (for a worker's set-up)."""
    detect_language("The models are loaded with the first text that is long enough to need them.")
