"""The static imports of an ES module, found in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

# What a string, a comment or a regular expression holds is no code; a template is cut off at its first substitution.
_TOKEN = re.compile(
    r"""(?P<skipped>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<template>`(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{|\Z))
    |(?P<word>[\w$]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_REST_OF_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{|\Z)", re.DOTALL)
_REGULAR_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
# After these a slash begins a regular expression; after any other word it divides.
_WORDS_BEFORE_A_VALUE = {"return", "typeof", "case", "do", "else", "in", "of", "void", "delete", "await", "yield"}

Token = tuple[str, str]


def static_imports(source: str) -> list[str]:
    """Return the specifiers of ``import ... from``, ``import "..."`` and ``export ... from``, in their order.

    A dynamic ``import()`` is none of them: it is loaded when it is called, if at all.
    """
    tokens = list(_tokens(source))
    found: list[str] = []
    for index, (kind, text) in enumerate(tokens):
        follows_dot = index > 0 and tokens[index - 1] == ("other", ".")
        if kind == "word" and text in ("import", "export") and not follows_dot:
            specifier = _specifier(text, tokens[index + 1 :])
            if specifier is not None and specifier not in found:
                found.append(specifier)
    return found


def _specifier(keyword: str, tokens: list[Token]) -> str | None:
    """Return the specifier of the statement that goes on with these tokens, or None if it imports nothing."""
    first = tokens[0] if tokens else ("", "")
    if keyword == "import" and first[0] == "string":
        return first[1][1:-1]
    if keyword == "export" and first not in (("other", "{"), ("other", "*")):
        return None
    # The clause: names, braces, commas and stars, up to `from`, which a name in braces may be too.
    for (kind, text), (next_kind, next_text) in pairwise(tokens):
        if (kind, text, next_kind) == ("word", "from", "string"):
            return next_text[1:-1]
        if kind != "word" and text not in ("{", "}", ",", "*") and kind != "string":
            return None
    return None


def _tokens(source: str) -> Iterator[Token]:
    """Yield the code of a module, without white space, comments, templates' text and regular expressions."""
    position = 0
    depths: list[int] = []  # of the braces in each template's substitution that is open
    before: Token = ("", "")
    while position < len(source):
        if source[position] == "/" and not _ends_a_value(before):
            literal = _REGULAR_EXPRESSION.match(source, position)
            if literal and not source.startswith(("//", "/*"), position):
                position, before = literal.end(), ("string", "")
                continue
        match = _TOKEN.match(source, position)
        assert match  # any character is a token
        kind, text = str(match.lastgroup), match[0]
        if text == "}" and depths and depths[-1] == 0:
            depths.pop()
            rest = _REST_OF_TEMPLATE.match(source, position + 1)
            assert rest
            kind, text, match = "template", rest[0], rest
        elif text in ("{", "}") and depths:
            depths[-1] += 1 if text == "{" else -1
        position = match.end()
        if kind == "template" and text.endswith("${"):
            depths.append(0)
        if kind != "skipped":
            before = (kind, text)
            yield before


def _ends_a_value(token: Token) -> bool:
    kind, text = token
    if kind == "template":
        return not text.endswith("${")
    return kind == "string" or (kind == "word" and text not in _WORDS_BEFORE_A_VALUE) or text in (")", "]", "}")
