"""Pixel arrays are read exactly as Pillow would, and garbage is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.errors import MalformedResponse
from handlers.image.pixels import Pixels, read_images


@st.composite
def images(draw: st.DrawFn) -> list[list[list[int]]]:
    width = draw(st.integers(1, 6))
    pixel = st.lists(st.integers(0, 255), min_size=3, max_size=3)
    row = st.lists(pixel, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=6))


def flat(image: list[list[list[int]]]) -> bytes:
    return bytes(value for row in image for pixel in row for value in pixel)


@given(images(), st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]), st.sampled_from([None, 1]))
def test_an_image_is_read_whatever_its_white_space(
    image: list[list[list[int]]], separators: tuple[str, str], indent: int | None
) -> None:
    raw = json.dumps({"generated_images": [image], "prompt": "]]"}, separators=separators, indent=indent).encode()
    assert list(read_images(raw)) == [Pixels(len(image[0]), len(image), flat(image))]


@given(st.lists(images(), min_size=1, max_size=3), st.sampled_from([None, 2]))
def test_the_images_of_an_answer_are_told_apart(response: list[list[list[list[int]]]], indent: int | None) -> None:
    raw = json.dumps({"prompt": "[[[[1]]]]", "generated_images": response}, indent=indent).encode()
    assert [each.data for each in read_images(raw)] == [flat(image) for image in response]


@given(images(), st.data())
def test_a_truncated_answer_is_refused(image: list[list[list[int]]], data: st.DataObject) -> None:
    raw = json.dumps({"generated_images": [image], "prompt": "p"}).encode()
    cut = data.draw(st.integers(0, raw.rindex(b"]]]]") + 2))
    with pytest.raises(MalformedResponse):
        list(read_images(raw[:cut]))


@pytest.mark.parametrize(
    "image",
    [
        [[[0, 0, 256]]],
        [[[0, 0, -1]]],
        [[[0, 0]]],
        [[[0, 0, 0, 0]]],
        [[[0, 0, 0.5]]],
        [[[0, 0, "0"]]],
        [[[0, 0, None]]],
        [[[0, 0, 0]], [[0, 0, 0], [0, 0, 0]]],
        [[0, 0, 0]],
        [],
        [[[0, 0], [0, 0, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[]]],
    ],
)
def test_what_is_no_rgb_image_is_refused(image: object) -> None:
    with pytest.raises(MalformedResponse):
        list(read_images(json.dumps({"generated_images": [image]}).encode()))


@given(st.binary(max_size=200))
def test_garbage_raises_the_documented_error_alone(raw: bytes) -> None:
    for response in (raw, b'{"generated_images": ' + raw, b'{"generated_images": [[' + raw):
        try:
            list(read_images(response))
        except MalformedResponse:
            continue
