"""The stand-in for a diffusion model: soft colours that differ by all that was requested, under the prompt itself."""

from __future__ import annotations

import colorsys
import random
import re
import textwrap
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

CAPTION = "drawn by a stand-in"
_MOST_LINES = 3
MARK = re.compile(r"\b(faintly )?to be moderated\b", re.IGNORECASE)
"""Words of a prompt that put a mark into the picture, which the emulated Amazon Rekognition sees; or hardly sees."""
_MARK_COLOURS = ((255, 0, 255), (255, 160, 255))

Colour = tuple[int, int, int]


class ImageRequest(NamedTuple):
    """Request for one image: each of ``steps`` adds a shape, and ``guidance`` makes the colours stronger."""

    prompt: str
    negative_prompt: str = ""
    seed: int = 0
    width: int = 512
    height: int = 512
    steps: int = 50
    guidance: float = 7.5


def draw(request: ImageRequest) -> Image.Image:
    """Return the picture, at the size of the request; the same request gives the same bytes."""
    rng = random.Random(f"{request.seed}|{request.prompt}|{request.negative_prompt}|{request.guidance}")
    palette = _palette(rng, min(0.9, 0.3 + request.guidance / 30))
    image = _gradient(palette, request.width, request.height)
    _add_shapes(image, palette, rng, request.steps)
    image = image.filter(ImageFilter.GaussianBlur(min(image.size) / 90))
    _add_caption(image, request.prompt)
    if marked := MARK.search(request.prompt):
        image.paste(_MARK_COLOURS[bool(marked[1])], (0, 0, 32, 32))
    return image


def _palette(rng: random.Random, saturation: float) -> list[Colour]:
    """Return four colours near each other on the wheel and one across it, from dark to light."""
    hue = rng.random()
    hues = [hue, hue + 0.06, hue + 0.12, hue + 0.5, hue + 0.18]
    values = (0.25, 0.45, 0.7, 0.85, 0.95)
    colours = (colorsys.hsv_to_rgb(each % 1, saturation, value) for each, value in zip(hues, values, strict=True))
    return [(round(255 * red), round(255 * green), round(255 * blue)) for red, green, blue in colours]


def _gradient(palette: list[Colour], width: int, height: int) -> Image.Image:
    """Return the colours from top to bottom, each running into the next."""
    stops = Image.new("RGB", (1, len(palette)))
    stops.putdata(palette)
    return stops.resize((width, height), Image.Resampling.BICUBIC)


def _add_shapes(image: Image.Image, palette: list[Colour], rng: random.Random, count: int) -> None:
    pen = ImageDraw.Draw(image, "RGBA")
    for _ in range(count):
        x, y = rng.uniform(0, image.width), rng.uniform(0, image.height)
        radius = min(image.size) * rng.uniform(0.04, 0.28)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*rng.choice(palette), rng.randint(30, 90)))


def _add_caption(image: Image.Image, prompt: str) -> None:
    """Write the prompt and who drew it into the lower left corner, as much of them as has room there."""
    size = max(8, round(min(image.size) * 0.035))
    font = ImageFont.load_default(size)
    lines = textwrap.wrap(prompt, max(8, int(image.width / size * 1.7)))[:_MOST_LINES]
    text = "\n".join([*lines, CAPTION])
    pen = ImageDraw.Draw(image, "RGBA")
    _, top, right, bottom = pen.multiline_textbbox((size, 0), text, font=font)
    if right + size > image.width or bottom - top + 2 * size > image.height:
        return
    place = size, image.height - bottom - size
    pen.rectangle((0, place[1] - size / 2, image.width, image.height), fill=(0, 0, 0, 110))
    pen.multiline_text(place, text, font=font, fill=(255, 255, 255, 235))
