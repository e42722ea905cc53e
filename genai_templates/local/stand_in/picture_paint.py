"""Brushes: gradients, clouds, glows, ridges and shapes with soft edges, all from Pillow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from .picture_wish import Colour

Point = tuple[float, float]
Stops = Sequence[tuple[float, "Colour"]]
_FINER = 2
"""Shapes are drawn so much larger and then reduced: their edges become smooth."""


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return a colour between two: the first at 0, the other at 1."""
    red, green, blue = (round(a + (b - a) * min(1.0, max(0.0, share))) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(size: tuple[int, int], stops: Stops) -> Image.Image:
    """Return an image that goes through these colours from top (0) to bottom (1)."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        place = y / 255
        after = next((index for index, (stop, _) in enumerate(stops) if stop >= place), len(stops) - 1)
        (start, first), (end, last) = stops[max(0, after - 1)], stops[after]
        column.putpixel((0, y), mix(first, last, (place - start) / (end - start) if end > start else 1.0))
    # Rows of one colour each: first all of them, then as wide as the picture, which is only copying.
    return column.resize((1, size[1]), Image.Resampling.BICUBIC).resize(size, Image.Resampling.NEAREST)


def noise(size: tuple[int, int], chance: random.Random, *, cells: tuple[int, int], octaves: int = 4) -> Image.Image:
    """Return soft grey clouds; ``cells`` is how many of them are side by side and above each other."""
    small = max(1, min(size[0], 256)), max(1, min(size[1], 256))
    clouds: Image.Image | None = None
    across, down = cells
    for octave in range(octaves):
        grid = Image.frombytes("L", (across, down), chance.randbytes(across * down))
        layer = grid.resize(small, Image.Resampling.BICUBIC)
        clouds = layer if clouds is None else Image.blend(clouds, layer, 0.5 ** (octave + 0.6))
        across, down = across * 2, down * 2
    assert clouds is not None
    return clouds.resize(size, Image.Resampling.BICUBIC)


def curve(mask: Image.Image, low: float, high: float, strength: float = 1.0) -> Image.Image:
    """Spread the greys between two levels (0 to 1) over the whole range, and weaken them."""
    return mask.point([round(255 * strength * min(1.0, max(0.0, (v / 255 - low) / (high - low)))) for v in range(256)])


def tint(image: Image.Image, colour: Colour, mask: Image.Image) -> None:
    """Lay a colour over the image where the mask is light."""
    image.paste(colour, (0, 0, *image.size), mask)


def glow(image: Image.Image, centre: Point, radius: float, colour: Colour, strength: float = 1.0) -> Image.Image:
    """Return the image with light around a point."""
    side = max(2, round(2 * radius))
    fall = [round(255 * strength * max(0.0, 1 - v / 181) ** 2.2) for v in range(256)]
    light = Image.radial_gradient("L").point(fall).resize((side, side), Image.Resampling.BILINEAR)
    mask = Image.new("L", image.size)
    mask.paste(light, (round(centre[0] - radius), round(centre[1] - radius)))
    return ImageChops.screen(image, Image.composite(Image.new("RGB", image.size, colour), _black(image.size), mask))


def _black(size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size)


class Shapes:
    """A mask that shapes are drawn into; ``mask`` is smooth and as large as the picture."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._image = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
        self._pen = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[Point], level: int = 255) -> None:
        """Fill a polygon."""
        if len(points) > 2:
            self._pen.polygon([(x * _FINER, y * _FINER) for x, y in points], fill=level)

    def ellipse(self, centre: Point, radius_x: float, radius_y: float, level: int = 255) -> None:
        """Fill an ellipse."""
        box = (centre[0] - radius_x, centre[1] - radius_y, centre[0] + radius_x, centre[1] + radius_y)
        self._pen.ellipse([edge * _FINER for edge in box], fill=level)

    def line(self, points: Sequence[Point], width: float, level: int = 255) -> None:
        """Draw a line through these points."""
        scaled = [(x * _FINER, y * _FINER) for x, y in points]
        self._pen.line(scaled, fill=level, width=max(1, round(width * _FINER)), joint="curve")

    @property
    def mask(self) -> Image.Image:
        """What was drawn."""
        return self._image.reduce(_FINER)


def ridge(
    chance: random.Random, width: int, base: float, height: float, roughness: float = 0.5, *, peaks: int = 0
) -> list[Point]:
    """Return a line of hills above ``base`` from the left edge to the right: the rougher, the more jagged.

    ``peaks`` are the mountains that it has for certain.
    """
    heights = [chance.random(), chance.random()]
    if peaks:
        heights = [
            chance.uniform(0.7, 1.0) if number % 2 else chance.uniform(0.0, 0.4) for number in range(2 * peaks + 1)
        ]
    scale = 0.6 if peaks else 1.0
    while len(heights) < 129:
        scale *= roughness
        between = [(a + b) / 2 + (chance.random() - 0.5) * scale for a, b in pairwise(heights)]
        heights = [each for pair in zip(heights, [*between, 0.0], strict=False) for each in pair][:-1]
    step = width / (len(heights) - 1)
    return [(index * step, base - height * each) for index, each in enumerate(heights)]


def below(line: Sequence[Point], bottom: float) -> list[Point]:
    """Return the polygon between a line and the bottom of the picture."""
    return [(line[0][0], bottom), *line, (line[-1][0], bottom)]


def smooth(points: Sequence[Point], steps: int = 8) -> list[Point]:
    """Return a closed curve through these points (Catmull-Rom)."""
    count = len(points)
    curved = []
    for index in range(count):
        p0, p1, p2, p3 = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curved.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return curved


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def blurred(image: Image.Image, radius: float) -> Image.Image:
    """Return the image out of focus."""
    return image.filter(ImageFilter.GaussianBlur(radius))
