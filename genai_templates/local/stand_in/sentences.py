"""Sentences and the words in them that say something."""

from __future__ import annotations

import re
from collections import Counter

_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'\u201d\u2019)\]])\s+|(?<=[\u3002\uff01\uff1f])|\n+")
_NO_END = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|ca|e\.g|i\.e|cf|Fig|approx)|\b[A-Z])\.$")
_GRAMMAR = """
    about above after again also although always among and another any are because been before being below between both
    but can cannot could did does doing down during each either else even ever every few for from further get gets give
    had has have having her here hers him his how however into its itself just less like made make many may might more
    most much must never not now off often once one only onto other our out over own per please quite rather really said
    same say says shall she should since some something still such than that the their them then there these they thing
    things this those through thus too under until upon use used using very want was well were what when where whether
    which while who whom whose why will with within without would write yes yet you your yours
"""
_SMALL_WORDS = frozenset(_GRAMMAR.split())


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line break ends one too."""
    found: list[str] = []
    for piece in _END.split(text):
        if found and _NO_END.search(found[-1]):
            found[-1] += f" {piece.strip()}"
        elif piece.strip():
            found.append(piece.strip())
    return found


def content_words(text: str) -> list[str]:
    """Return the words, in lower case, that are not there for grammar alone."""
    words = re.findall(r"[^\W\d_][\w'-]{2,}", text.lower())
    return [word for word in words if word not in _SMALL_WORDS]


def frequencies(text: str) -> Counter[str]:
    """Return how often the text has each of these words."""
    return Counter(content_words(text))
