"""langdetect as it is, but for a fixed seed and our codes: the engine ``langdetect``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from transforms.language.codes import UNDETERMINED, from_engine
from transforms.model import Language, Share


@cache
def _factory() -> DetectorFactory:
    """A factory of our own: the package's global one has no seed, and lists its profiles as the disk does."""
    folder = files("langdetect").joinpath("profiles")
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith((".", "_")))
    factory = DetectorFactory()
    factory.load_json_profile([folder.joinpath(name).read_text(encoding="utf-8") for name in names])
    factory.set_seed(0)
    return factory


def detect_as_langdetect(text: str) -> Language:
    """langdetect's answer with langdetect's own confidence, which is not calibrated (STUDIES, section 2)."""
    detector = _factory().create()
    try:
        detector.append(text)
        answers = detector.get_probabilities()
    except LangDetectException:
        answers = []
    if not answers:
        return Language(UNDETERMINED, 0.0, note="not-language")
    first, *rest = ((from_engine(answer.lang), round(min(answer.prob, 1.0), 4)) for answer in answers)
    return Language(*first, alternatives=tuple(Share(code, p) for code, p in rest if code != first[0]))
