"""``detect_language``: sample, ask both engines, decide."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import NamedTuple

from transforms.language import second
from transforms.language.classic import detect_as_langdetect
from transforms.language.codes import UNDETERMINED
from transforms.language.decide import find_candidates, probability, rank_profiles
from transforms.language.letters import code_units, count_letters, main_script, only_language
from transforms.language.mixed import MAIN_SCRIPT_SHARE, find_shares, find_spans, has_foreign_window
from transforms.language.not_language import is_name_list, is_source_code
from transforms.language.options import LanguageOptions
from transforms.language.profiles import find_ngrams, find_ngrams_at, load_profiles, score_ngrams
from transforms.language.related import Group, choose_standard, groups
from transforms.language.sample import FIRST_LOOK, SECOND_LOOK, Sample, choose_prose, take_sample
from transforms.language.second import Opinion
from transforms.language.variants import chinese_script
from transforms.model import Language, Rejection, Share

NOTES = {
    "too-short": "fewer letters than language.min_letters",
    "not-language": "mostly digits, signs, links or encoded data",
    "source-code": "most lines are source code, markup, configuration, a log or rows of data",
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
DISPUTED = 0.2  # where another language is so likely, it is not
# A sign of a second language: a share of the second engine's, or of script, or a window of the profiles.
ONE_LANGUAGE = 0.9
WINDOW_CHARS = 30
PART_LOOK = (8, 125)
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
    is_code = is_source_code(whole)
    sample = take_sample(prose, FIRST_LOOK)
    note = _reason_for_und(sample, is_code, prose, options)
    if not sample.is_part:
        return _und(note, sample) if note else _decide(sample, _judge(sample), options)
    judgement = None if note else _judge(sample)
    if judgement is not None and _is_settled(judgement):
        group = groups().get(judgement.likely[0][1])
        if group is None and not judgement.has_second:
            return _language(judgement.likely, sample, judgement.script)
        sample = take_sample(prose, SECOND_LOOK)
        return _decide(sample, _name_standard(judgement, group, sample) if group else judgement, options)
    sample = take_sample(prose, SECOND_LOOK)
    note = _reason_for_und(sample, is_code, prose, options)
    return _und(note, sample) if note else _decide(sample, _judge(sample), options)


class Judgement(NamedTuple):
    """What the engines say of a sample, put together.

    Attributes:
        script: its main script.
        likely: (probability, code) of the languages in question, most probable first.
        opinion: the second engine's.
        has_second: whether there is a sign of a second language.
    """

    script: str | None
    likely: list[tuple[float, str]]
    opinion: Opinion
    has_second: bool


def _judge(sample: Sample) -> Judgement:
    engine, profiles = second.engine_name(), load_profiles()
    opinion = second.ask(sample.text, engine)
    has_second = opinion.share < ONE_LANGUAGE
    script, script_share = main_script(sample.letters)
    only = only_language(script) if script and script_share >= SCRIPT_SHARE else None
    has_second |= script_share < MAIN_SCRIPT_SHARE
    if only:
        return Judgement(script, [(SCRIPT_CONFIDENCE, only)], opinion, has_second)
    rows = (find_ngrams_at if sample.letters.scripts.keys() <= {"Latn"} else find_ngrams)(sample.units, profiles)
    scores = score_ngrams(rows, profiles, len(sample.text) // WINDOW_CHARS)
    candidates = find_candidates(rank_profiles(scores, profiles, opinion.code), opinion, sample.letters.weight)
    likely = sorted([(probability(candidate, engine), candidate.code) for candidate in candidates], reverse=True)
    code = likely[0][1] if likely else UNDETERMINED
    return Judgement(script, likely, opinion, has_second or has_foreign_window(scores, code))


def _is_settled(judgement: Judgement) -> bool:
    """Whether small windows of a text are enough to ask the engines, of near standards for their group."""
    if not judgement.likely or judgement.likely[0][0] < SETTLED:
        return False
    if len(judgement.likely) > 1 and judgement.likely[1][0] >= DISPUTED:
        return False
    codes = judgement.likely[0][1], judgement.opinion.code
    near = [groups().get(code) for code in codes]
    return near[0] is near[1] and (near[0] is None or near[0].script == judgement.script)


def _name_standard(judgement: Judgement, group: Group, sample: Sample) -> Judgement:
    """The judgement with the near standard that the second engine names for more of the text."""
    opinion = second.ask(sample.text, second.engine_name())
    (confidence, code), *others = judgement.likely
    return Judgement(
        script=judgement.script,
        likely=[(confidence, opinion.code if opinion.code in group.codes else code), *others],
        opinion=opinion,
        has_second=judgement.has_second or opinion.share < ONE_LANGUAGE,
    )


def _decide(sample: Sample, judgement: Judgement, options: LanguageOptions) -> Language:
    script, likely, opinion, has_second = judgement
    if likely and likely[0][0] >= 0.5:
        standards = choose_standard(likely[0][1], sample.text, sample.letters.letters, script)
        named = {member for _, member in standards}
        likely = [(likely[0][0] * share, member) for share, member in standards] + [
            other for other in likely[1:] if other[1] not in named
        ]
        language = _language(likely, sample, script)
    else:
        note = "disagreement" if likely else "no-engine"
        language = Language(UNDETERMINED, 0.0, script, alternatives=_shares(likely), note=note)
    return _with_shares(language, sample, opinion, options) if has_second else language


def _with_shares(language: Language, sample: Sample, opinion: Opinion, options: LanguageOptions) -> Language:
    """The language with the shares of a mixed text; the larger part's is the label."""
    shares, sure = find_shares(sample, language.code, options.mixed_share, _judge_part)
    if not shares and opinion.others:
        shares, sure = find_spans(sample.text, options.mixed_share, _judge_part)
    if not shares:
        return language
    if shares[0].code != language.code:
        script = chinese_script(sample.text) if shares[0].code == "zh" else main_script(sample.letters)[0]
        others = tuple(other for other in language.alternatives if other.code != shares[0].code)
        language = Language(shares[0].code, round(sure, 4), script, alternatives=others)
    return replace(language, mixed=shares)


def _judge_part(text: str) -> tuple[str, float]:
    """The language of a part of a text, and how sure that is before near standards are told apart."""
    sample = take_sample(text, PART_LOOK)
    if _reason_for_und(sample, is_source_code(text), text, _DEFAULTS):
        return UNDETERMINED, 0.0
    script, likely, _, _ = _judge(sample)
    if not likely:
        return UNDETERMINED, 0.0
    return choose_standard(likely[0][1], sample.text, sample.letters.letters, script)[0][1], likely[0][0]


def _und(note: str, sample: Sample) -> Language:
    return Language(UNDETERMINED, 0.0, main_script(sample.letters)[0], note=note)


def _as_langdetect(text: str) -> Language:
    language = detect_as_langdetect(text)
    script, _ = main_script(count_letters(code_units(text)))
    return replace(language, script=chinese_script(text) if language.code == "zh" else script)


def _reason_for_und(sample: Sample, is_code: bool, prose: str, options: LanguageOptions) -> str | None:
    letters = sample.letters
    if letters.weight < options.min_letters:
        is_data = sample.removed > letters.letters or letters.letters < LETTERS_SHARE * letters.visible
        return "not-language" if is_data and letters.visible + sample.removed >= options.min_letters else "too-short"
    if is_code:
        return "source-code"
    if letters.letters < LETTERS_SHARE * letters.visible:
        return "not-language"
    if is_name_list(sample.text, prose, letters):
        return "name-list"
    return None


def _language(likely: list[tuple[float, str]], sample: Sample, script: str | None) -> Language:
    confidence, code = likely[0]
    return Language(
        code=code,
        confidence=round(confidence, 4),
        script=chinese_script(sample.text) if code == "zh" else script,
        alternatives=_shares(likely[1:]) if len(likely) > 1 else (),
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
    """Load the models and rules now, not with the first document (for a worker's set-up)."""
    detect_language("The models are loaded with the first text that is long enough to need them.")
    detect_language("def load(name):\n    return open(name)\n")
