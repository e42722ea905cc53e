"""What a model answers becomes text, or the model's failure."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.errors import ModelFailed
from handlers.text.codecs import CODECS

TGI = CODECS["tgi"]


@pytest.mark.parametrize("document", [[{"generated_text": " Hello. "}], {"generated_text": "Hello."}])
def test_a_list_or_an_object_is_an_answer(document: object) -> None:
    assert TGI.text(json.dumps(document).encode(), "Say it") == "Hello."


def test_an_echoed_prompt_is_taken_off() -> None:
    assert TGI.text(b'[{"generated_text": "Say it Hello."}]', "Say it") == "Hello."


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda document: json.dumps(document).encode()))
def test_anything_else_is_the_models_failure(body: bytes) -> None:
    with pytest.raises(ModelFailed):
        TGI.text(body, "prompt")
