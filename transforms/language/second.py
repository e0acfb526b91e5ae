"""The second engine: it knows the languages that langdetect's profiles lack, so it always runs.

pycld2 where there is a wheel for the platform (setup.py's markers say where), else py3langid, which is pure
Python.  Both are told apart by name in the manifest, for they do not give the same answers.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import NamedTuple

from transforms.language.codes import UNDETERMINED, from_engine

_PY3LANGID_SURE = 0.9


class Opinion(NamedTuple):
    """What the second engine says.

    Attributes:
        code: our code, ``und`` where it has none.
        reliable: whether the engine stands by it.
        share: of the text that it says is in that language, 0 to 1 (py3langid: 1).
        others: shares of further languages, as the engine counts them.
    """

    code: str
    reliable: bool
    share: float
    others: tuple[tuple[str, float], ...] = ()


@cache
def engine_name() -> str:
    """``pycld2`` where it can be imported, else ``py3langid``."""
    try:
        import_module("pycld2")
    except ImportError:
        return "py3langid"
    return "pycld2"


@cache
def engine_version() -> str:
    return version(engine_name())


def ask(text: str, engine: str) -> Opinion:
    """The opinion of the second engine on a text.

    Args:
        text: without the characters of ``sample.REFUSED``.
        engine: ``pycld2`` or ``py3langid``.
    """
    return _ask_cld2(text) if engine == "pycld2" else _ask_py3langid(text)


@cache
def _cld2() -> ModuleType:
    return import_module("pycld2")


def _ask_cld2(text: str) -> Opinion:
    reliable, _, details = _cld2().detect(text.encode(), isPlainText=True, bestEffort=True)
    codes = [(from_engine(code), percent / 100) for _, code, percent, _ in details]
    code, share = codes[0]
    return Opinion(code, reliable, share, tuple((c, s) for c, s in codes[1:] if c not in (UNDETERMINED, code)))


def spans(text: str) -> list[tuple[str, str]]:
    """(our code, part of the text) as cld2 cuts the text by language."""
    data = text.encode()
    vectors = _cld2().detect(data, isPlainText=True, bestEffort=True, returnVectors=True)[3]
    return [
        (from_engine(code), data[start : start + length].decode(errors="ignore")) for start, length, _, code in vectors
    ]


@cache
def _identifier():
    langid = import_module("py3langid.langid")
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


def _ask_py3langid(text: str) -> Opinion:
    label, probability = _identifier().classify(text)
    return Opinion(from_engine(label), probability >= _PY3LANGID_SURE, 1.0)
