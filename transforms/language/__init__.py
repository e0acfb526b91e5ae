"""Language: which one a text is in, how sure that is, and ``und`` where it cannot be told.

>>> detect_language("Der Fluss trat am Montag über die Ufer, berichtete die Gemeinde.").code
'de'
"""

from transforms.language.detect import NOTES, check_language, detect_language, engines, load_engines
from transforms.language.options import LanguageOptions

__all__ = ["NOTES", "LanguageOptions", "check_language", "detect_language", "engines", "load_engines"]
