"""Blocked terms: what may be one, and how many there is room for."""

from __future__ import annotations

from ..errors import InvalidOption

TERM_SEPARATOR = ","
MOST_TERM_BYTES = 2_500
"""What the terms may have in a function's environment, which has 4,096 bytes in all: the rest has the other variables.

AWS Lambda developer guide, "Lambda quotas".
"""


def check_terms(terms: tuple[object, ...]) -> None:
    """Raise InvalidOption for what no text could have, and for more than there is room for."""
    for term in terms:
        if not isinstance(term, str):
            raise InvalidOption(f"a blocked term is {term!r}; it must be a str")
        if not any(map(str.isalnum, term)):
            raise InvalidOption(
                f"the blocked term {term!r} has neither a letter nor a digit, which are what is compared"
            )
        if TERM_SEPARATOR in term or not term.isprintable():
            raise InvalidOption(f"the blocked term {term!r} has a comma or a control character; give terms one by one")
    size = len(TERM_SEPARATOR.join(map(str, terms)).encode())
    if size > MOST_TERM_BYTES:
        raise InvalidOption(
            f"`blocked_terms` has {len(terms):,} terms of {size:,} bytes with the commas between them; a function's "
            f"environment has room for {MOST_TERM_BYTES:,}: choose fewer, or a `content_filter`"
        )
