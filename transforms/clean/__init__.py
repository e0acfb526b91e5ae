"""Cleaning of plain text: which lines are noise, why, and what they say of the document.

The way of a text: ``text`` makes the lines of N(raw); ``evidence`` (with ``rules`` and the YAML files in rules/) tells
what speaks for each line being noise; ``decide`` (with ``blocks``) makes one decision a line, in view of where it
stands; ``clean`` takes the lines out in rounds and accounts for them; ``gather`` makes fields of what they said.
"""

from transforms.clean.clean import KINDS, CleanOptions, clean_text
from transforms.clean.text import normal_lines, rebuild

__all__ = ["KINDS", "CleanOptions", "clean_text", "normal_lines", "rebuild"]
