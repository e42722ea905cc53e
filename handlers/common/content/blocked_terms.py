"""A list of terms that no text may have: found as whole words, however they are typed.

Case, width, ligatures, accents that stand apart, white space, punctuation and characters that cannot be seen do not
count. A letter of another alphabet that looks alike does, and so do a word that is spelled with gaps and one that is
misspelled: such a list keeps out what is said plainly, and a filter that understands a text keeps out the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from handlers.common.settings import read_settings

from .refusals import BLOCKED_TERM

# Marks that can be put on any letter, selectors of variants, and fillers: nothing of a word is in them.
_INVISIBLE = re.compile("[\u0300-\u036f\u115f\u1160\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]")
# Scripts that are written without spaces: each character counts as a word.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)


class Settings(NamedTuple):
    """What the function's environment says of the filter: the terms, separated by commas."""

    blocked_terms: str = ""


def connect() -> BlockedTerms:
    """Return the terms of the function's environment."""
    return BlockedTerms(read_settings(Settings).blocked_terms.split(","))


class BlockedTerms:
    """These terms, each of one word or several."""

    seconds = 0.0

    def __init__(self, terms: list[str]) -> None:
        """Fold the terms; what has neither a letter nor a digit is none."""
        folded = sorted({each for term in terms if (each := fold(term))})
        self._found = re.compile("|".join(f" {re.escape(each)} " for each in folded)) if folded else None

    def find_reason(self, text: str, *, is_prompt: bool) -> str:
        """Return ``blocked_term`` for a text that has one of the terms."""
        return BLOCKED_TERM if self._found and self._found.search(f" {fold(text)} ") else ""


def fold(text: str) -> str:
    """Return the words of a text in the form in which they are compared, with single spaces between them."""
    seen = "".join(each for each in text if unicodedata.category(each) != "Cf")
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    visible = _INVISIBLE.sub("", plain)
    return " ".join("".join(_characters(_UNSPACED.sub(r" \1 ", visible))).split())


def _characters(text: str) -> Iterator[str]:
    """Yield letters, digits and what belongs to letters, and a space for everything else."""
    for each in text:
        yield each if each.isalnum() or unicodedata.category(each)[0] == "M" else " "
