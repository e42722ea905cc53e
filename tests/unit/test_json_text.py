"""The template's text is what Python's own encoder would write."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from genai_templates.json_text import indented

DOCUMENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(DOCUMENT)
def test_it_is_the_text_of_json_dumps(document: Any) -> None:
    assert indented(document) == json.dumps(document, indent=2, sort_keys=True)
