"""The tokens of JavaScript, as far as they tell code from what strings, templates and regular expressions hold.

Whether a slash divides or begins a regular expression depends on the code before it. A wrong guess could hide code, so
whatever is left open is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import PackagingError

_TEMPLATE_TEXT = r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)"  # a template is cut off at each substitution
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<comment>//[^\n\r\u2028\u2029]*|/\*.*?\*/)
    |(?P<string>"(?:\\(?:\r\n|.)|[^"\\\n\r])*"|'(?:\\(?:\r\n|.)|[^'\\\n\r])*')
    |(?P<template>`{_TEMPLATE_TEXT})
    |(?P<word>[0-9]\w*\.?\w*|\.[0-9]\w*|[\w$]+)
    |(?P<endless>["'`]|/\*)
    |(?P<other>=>|\+\+|--|\.\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)
_REST_OF_TEMPLATE = re.compile(rf"(?P<template>\}}{_TEMPLATE_TEXT})|(?P<endless>.)", re.DOTALL)
_REGULAR_EXPRESSION = re.compile(
    r"(?P<regular_expression>/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*)|(?P<endless>.)"
)
_BRACKETS = {"(": ")", "[": "]", "{": "}", "${": "}"}
_ENDS_OF_BRACKETS = set(_BRACKETS.values())
_WORDS_BEFORE_A_STATEMENT = {"do", "else"}
_WORDS_BEFORE_A_VALUE = {"return", "typeof", "case", "in", "of", "void", "delete", "await", "yield", "throw", "new"}
_WORDS_BEFORE_A_VALUE |= {"instanceof", "default", "extends"} | _WORDS_BEFORE_A_STATEMENT
_WORDS_BEFORE_A_HEAD = {"if", "while", "for", "with"}
_BEFORE_A_BLOCK = {"", ";", "{", "}", ")", "=>"} | _WORDS_BEFORE_A_STATEMENT

Token = tuple[str, str]
"""Its kind, which is string, template, regular_expression, word, other, space or comment, and its text."""

_SKIPPED = ("space", "comment")


class _Bracket(NamedTuple):
    """A bracket that is open; when it is a value, a slash after its end divides."""

    text: str
    line: int
    is_value: bool


def read_tokens(source: str) -> list[Token]:
    """Return the tokens of a module, without white space and comments; raises what ``scan`` does."""
    return [token for token in scan(source) if token[0] not in _SKIPPED]


def scan(source: str) -> Iterator[Token]:
    """Yield all tokens of a module, whose texts make up the whole source.

    Raises PackagingError, which names the line, for a string, template, comment, regular expression or bracket without
    its end.
    """
    reader = _Reader()
    position, line = 0, 1
    while position < len(source):
        match = reader.pattern_at(source, position).match(source, position)
        assert match  # any character is a token
        kind, text = str(match.lastgroup), match[0]
        if kind == "endless":
            raise _incomplete("`" if text == "}" else text, "end", line)  # a brace that goes on with a template
        if kind not in _SKIPPED:
            reader.take(kind, text, line)
        yield kind, text
        position, line = match.end(), line + text.count("\n")
    if reader.brackets:
        raise _incomplete(reader.brackets[-1].text, "end", reader.brackets[-1].line)


def _incomplete(text: str, missing: str, line: int) -> PackagingError:
    return PackagingError(
        f"line {line}: {text} has no {missing}, or a slash before it is misread: parentheses around the value may help"
    )


class _Reader:
    """What the tokens so far say of the next one."""

    def __init__(self) -> None:
        self.brackets: list[_Bracket] = []
        self._before: Token = ("", "")
        self._follows_value = False
        self._follows_word_before_a_head = False

    def pattern_at(self, source: str, position: int) -> re.Pattern[str]:
        """Return the pattern of the token that is here."""
        if source[position] == "}" and self.brackets and self.brackets[-1].text == "${":
            return _REST_OF_TEMPLATE
        if source[position] == "/" and not self._follows_value and not source.startswith(("//", "/*"), position):
            return _REGULAR_EXPRESSION
        return _TOKEN

    def take(self, kind: str, text: str, line: int) -> None:
        """Go on behind this token. Raises PackagingError for the end of a bracket that is not open."""
        ends_value, is_before_a_head = kind in ("string", "regular_expression"), False
        if kind == "word":
            is_property = self._before in (("other", "."), ("other", "#"))
            ends_value = is_property or text not in _WORDS_BEFORE_A_VALUE
            is_before_a_head = not is_property and (
                text in _WORDS_BEFORE_A_HEAD or (text == "await" and self._follows_word_before_a_head)
            )
        elif kind in ("template", "other"):
            ends_value = self._take_brackets(text, line) or text in ("++", "--")
        self._before, self._follows_value = (kind, text), ends_value
        self._follows_word_before_a_head = is_before_a_head

    def _take_brackets(self, text: str, line: int) -> bool:
        """Close and open the brackets of this token, and return whether it ends a value."""
        is_value = text.endswith("`")
        if text[0] in _ENDS_OF_BRACKETS:
            if not self.brackets or _BRACKETS[self.brackets[-1].text] != text[0]:
                raise _incomplete(text[0], "beginning", line)
            is_value = self.brackets.pop().is_value or is_value
        opening = "${" if text.endswith("${") else text
        if opening in _BRACKETS:
            self.brackets.append(_Bracket(opening, line, self._begins_value(opening)))
            return False
        return is_value

    def _begins_value(self, opening: str) -> bool:
        if opening == "(":
            return not self._follows_word_before_a_head
        return opening != "{" or not self._begins_block()

    def _begins_block(self) -> bool:
        if self._before == ("other", ":"):  # of a label or case, unless it is in an object or condition
            return not self.brackets or (self.brackets[-1].text == "{" and not self.brackets[-1].is_value)
        return self._follows_value or self._before[1] in _BEFORE_A_BLOCK
