"""Scripts and styles without their comments: whoever opens a page loads what the browser needs, and nothing more.

Lines stay where they are, so that a place in an error of the browser is one in the source.
"""

from __future__ import annotations

import re

from .javascript_tokens import scan

_STYLE_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)


def without_comments(path: str, content: bytes) -> bytes:
    """Return the content of a file of a page; all but scripts and styles stays as it is.

    Raises PackagingError, which names the line, for a script that cannot be read to its end.
    """
    if path.endswith(".css"):
        text = _STYLE_COMMENT.sub(lambda found: found[1] or _lines(found[0]), content.decode("utf-8"))
        return text.encode()
    if path.endswith(".js"):
        tokens = scan(content.decode("utf-8"))
        return "".join(_lines(text) if kind == "comment" else text for kind, text in tokens).encode()
    return content


def _lines(comment: str) -> str:
    return "\n" * comment.count("\n") or " "
