"""The stand-in for a diffusion model draws what the words name, at the size asked for, and signs it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from genai_templates.local.stand_in import picture
from genai_templates.local.stand_in.picture import Order, draw
from genai_templates.local.stand_in.picture_wish import COLOURS, read_wish

SCENES = {
    "a wave in the ocean": "sea",
    "a mountain peak": "mountains",
    "a deep forest": "forest",
    "the skyline of a city": "city",
    "a galaxy far away": "space",
    "camels in the desert": "desert",
    "a field of tulips": "meadow",
    "a geometric pattern": "abstract",
}


@pytest.mark.parametrize(("prompt", "scene"), SCENES.items())
def test_words_choose_the_scene(prompt: str, scene: str) -> None:
    assert {read_wish(prompt, "", seed).scene for seed in range(5)} == {scene}


@pytest.mark.parametrize("word", ["night", "sunset", "dawn", "noon"])
def test_words_choose_the_hour(word: str) -> None:
    hours = {"night": "night", "sunset": "dusk", "dawn": "dawn", "noon": "day"}
    assert {read_wish(f"a hill at {word}", "", seed).hour for seed in range(5)} == {hours[word]}


def test_a_prompt_of_unknown_words_is_left_to_chance() -> None:
    assert len({read_wish("qwertz uiop", "", seed).scene for seed in range(30)}) > 2


def test_a_negative_prompt_takes_things_away() -> None:
    assert "boat" in read_wish("a boat on the sea", "", 1).things
    assert "boat" not in read_wish("a boat on the sea", "ships", 1).things
    assert read_wish("the sea before a forest", "sea", 1).scene == "forest"


def test_a_colour_belongs_to_the_thing_that_it_stands_before() -> None:
    wish = read_wish("a red fox under a purple sky", "", 1)
    assert wish.colour_of("fox", (0, 0, 0)) == COLOURS["red"]
    assert wish.colours == (COLOURS["purple"],)


@pytest.mark.parametrize("prompt", SCENES)
@pytest.mark.parametrize("size", [(8, 8), (64, 32), (16, 256), (256, 16)])
def test_a_picture_has_the_size_that_was_asked_for(prompt: str, size: tuple[int, int]) -> None:
    image = draw(Order(prompt, width=size[0], height=size[1]))
    assert (image.size, image.mode) == (size, "RGB")


@settings(max_examples=25, deadline=None)
@given(
    prompt=st.text(max_size=300), seed=st.integers(0, 2**32 - 1), steps=st.integers(1, 100), guidance=st.floats(0, 50)
)
def test_any_order_can_be_drawn(prompt: str, seed: int, steps: int, guidance: float) -> None:
    draw(Order(prompt, prompt[::-1], seed, 64, 64, steps, guidance))


def test_the_same_order_gives_the_same_picture_and_another_seed_another() -> None:
    order = Order("a fox in a snowy forest with birds at dusk", width=64, height=64, seed=1)
    assert draw(order).tobytes() == draw(order).tobytes()
    assert draw(order).tobytes() != draw(replace(order, seed=2)).tobytes()


def mean(image: Image.Image) -> list[float]:
    return ImageStat.Stat(image).mean


@pytest.mark.parametrize("prompt", ["{} mountains by day", "an abstract pattern in {}"])
def test_a_named_colour_is_seen(prompt: str) -> None:
    red, green, blue = (
        mean(draw(Order(prompt.format(name), width=128, height=128))) for name in ("red", "green", "blue")
    )
    assert red[0] > max(green[0], blue[0])
    assert green[1] > max(red[1], blue[1])
    assert blue[2] > max(red[2], green[2])


def test_night_is_darker_than_day() -> None:
    day, night = (mean(draw(Order(f"the sea by {hour}", width=128, height=128))) for hour in ("day", "night"))
    assert sum(night) < sum(day) / 2


@pytest.mark.parametrize(
    "thing", ["fox", "cat", "dog", "boat", "balloon", "castle", "lighthouse", "house", "birds", "rain", "snow"]
)
def test_a_thing_that_is_named_is_drawn(thing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order(f"a {thing}", width=128, height=128)
    drawn = draw(order)
    monkeypatch.setattr(picture, "add_things", lambda *_: None)
    assert ImageChops.difference(drawn, draw(order)).getbbox()


def test_the_caption_is_in_the_lower_left_corner(monkeypatch: pytest.MonkeyPatch) -> None:
    order = Order("a fox", width=512, height=512)
    signed = draw(order)
    monkeypatch.setattr(picture, "_sign", lambda image: None)
    box = ImageChops.difference(signed, draw(order)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert left > 0
    assert top > 480
    assert right < 212
    assert bottom <= 512
