"""Quality: the signals by which others have filtered web text, and filters on them that are off by default."""

from transforms.quality.options import QualityOptions, check_quality
from transforms.quality.signals import Quality, assess_quality
from transforms.quality.words import count_words

__all__ = ["Quality", "QualityOptions", "assess_quality", "check_quality", "count_words"]
