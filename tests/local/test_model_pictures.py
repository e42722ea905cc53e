"""The stand-in for a diffusion model: a picture for any order, which differs by all that was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from genai_templates.local.stand_in import picture
from genai_templates.local.stand_in.picture import ImageRequest, draw

ORDER = ImageRequest("a fox in a snowy forest", "people", seed=1, width=64, height=64, steps=20, guidance=7.5)


@pytest.mark.parametrize("size", [(8, 8), (64, 32), (16, 256), (256, 16)])
def test_a_picture_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    image = draw(ORDER._replace(width=size[0], height=size[1]))
    assert (image.size, image.mode) == (size, "RGB")


@settings(max_examples=25, deadline=None)
@given(
    prompt=st.text(max_size=300), seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 100), guidance=st.floats(0, 50)
)
def test_any_order_can_be_drawn(prompt: str, seed: int, steps: int, guidance: float) -> None:
    draw(ImageRequest(prompt, prompt[::-1], seed, 64, 64, steps, guidance))


def test_the_same_order_gives_the_same_picture() -> None:
    assert draw(ORDER).tobytes() == draw(ORDER).tobytes()


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a cat"}, {"negative_prompt": ""}, {"seed": 2}, {"steps": 21}, {"steps": 100}, {"guidance": 8.0}],
    ids=str,
)
def test_another_order_gives_another_picture(change: dict[str, object]) -> None:
    assert draw(ORDER).tobytes() != draw(ImageRequest(**{**ORDER._asdict(), **change})).tobytes()


def test_the_caption_is_at_the_lower_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    order = ORDER._replace(width=512, height=512)
    signed = draw(order)
    monkeypatch.setattr(picture, "_add_caption", lambda image, prompt: None)
    box = ImageChops.difference(signed, draw(order)).getbbox()
    assert box is not None
    assert box[1] > 400
