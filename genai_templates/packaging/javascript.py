"""The static imports of an ES module, found in its text."""

from __future__ import annotations

from itertools import pairwise

from .javascript_tokens import Token, read_tokens


def static_imports(source: str) -> list[str]:
    """Return the specifiers of ``import ... from``, ``import "..."`` and ``export ... from``, in their order.

    A dynamic ``import()`` is none of them: it is loaded when it is called, if at all. Raises PackagingError for a text
    that cannot be read to its end.
    """
    tokens = read_tokens(source)
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
