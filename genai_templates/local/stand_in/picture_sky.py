"""Skies: their colours by the hour, clouds, sun or moon, stars, northern lights."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from .picture_paint import Point, Shapes, blurred, curve, glow, gradient, mix, noise, tint

if TYPE_CHECKING:
    from .picture_wish import Colour, Wish

_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Light:
    """The colours of an hour: sky from its top to the horizon, sun or moon, clouds, and land in front of it."""

    top: Colour
    middle: Colour
    horizon: Colour
    sun: Colour
    cloud: Colour
    land: Colour


_LIGHTS = {
    "night": Light((6, 10, 32), (18, 30, 72), (58, 74, 124), (236, 238, 250), (60, 74, 116), (8, 12, 26)),
    "dusk": Light((44, 36, 92), (196, 82, 106), (255, 186, 110), (255, 236, 190), (250, 146, 116), (36, 20, 48)),
    "dawn": Light((96, 140, 186), (224, 186, 192), (255, 226, 188), (255, 248, 224), (250, 222, 214), (54, 64, 84)),
    "day": Light((38, 104, 190), (120, 178, 230), (222, 236, 244), (255, 252, 232), (255, 255, 255), (34, 66, 62)),
}


def light_of(wish: Wish) -> Light:
    """Return the light of the wish's hour, in its colours if it names some."""
    light = _LIGHTS[wish.hour]
    if not wish.colours:
        return light
    first, last = wish.colours[0], wish.colours[-1]
    share = 0.55
    return replace(
        light,
        top=mix(light.top, mix(first, (0, 0, 0), 0.35), share),
        middle=mix(light.middle, first, share),
        horizon=mix(light.horizon, mix(last, _WHITE, 0.45), share),
        cloud=mix(light.cloud, mix(last, _WHITE, 0.5), share),
        land=mix(light.land, mix(first, (0, 0, 0), 0.7), share),
    )


def sky(wish: Wish, light: Light, size: tuple[int, int], horizon: float) -> tuple[Image.Image, Point]:
    """Return a sky down to the horizon and beyond, and where its sun or moon stands."""
    width, height = size
    chance = wish.chance("sky")
    end = horizon / height
    image = gradient(size, ((0.0, light.top), (end * 0.62, light.middle), (end, light.horizon), (1.0, light.horizon)))
    low = {"dusk": 0.86, "dawn": 0.72, "day": 0.34, "night": 0.3}[wish.hour]
    sun = width * chance.uniform(0.2, 0.8), horizon * chance.uniform(low - 0.08, low + 0.06)
    if wish.hour == "night":
        image = _stars(image, chance, 0.00045)
    if "aurora" in wish.things:
        image = _aurora(image, chance, horizon)
    image = _clouds(image, wish, light, horizon)
    return _sun(image, wish, light, sun), sun


def _stars(image: Image.Image, chance: random.Random, density: float) -> Image.Image:
    width, height = image.size
    layer = Image.new("L", image.size)
    pen = ImageDraw.Draw(layer)
    for _ in range(int(width * height * density)):
        x, y = chance.randrange(width), chance.randrange(height)
        radius = 0.4 + chance.random() ** 6 * min(width, height) / 300
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=round(70 + 185 * chance.random() ** 2))
    soft = ImageChops.add(layer, blurred(layer, 1.2))
    return ImageChops.screen(image, Image.merge("RGB", (soft, soft, soft)))


def _aurora(image: Image.Image, chance: random.Random, horizon: float) -> Image.Image:
    width, height = image.size
    curtain = curve(noise(image.size, chance, cells=(9, 1), octaves=4), 0.42, 0.95)
    fall = gradient(image.size, ((0.0, (20, 0, 40)), (0.3, (70, 20, 120)), (0.5, (40, 230, 150)), (0.7, (0, 30, 20))))
    fall = fall.resize((width, max(1, round(horizon)))).crop((0, 0, width, height))
    return ImageChops.screen(image, Image.composite(fall, Image.new("RGB", image.size), curtain))


def _clouds(image: Image.Image, wish: Wish, light: Light, horizon: float) -> Image.Image:
    chance = wish.chance("clouds")
    heavy = bool(wish.things & {"clouds", "rain"})
    cover = 0.34 if heavy else 0.5
    mask = curve(noise(image.size, chance, cells=(3, 7), octaves=5), cover, 0.92, 0.9 if heavy else 0.62)
    most = horizon / image.size[1] * 0.75
    fade = gradient(image.size, ((0.0, (150,) * 3), (most, (255,) * 3), (1.0, (90,) * 3))).convert("L")
    colour = mix(light.cloud, (90, 96, 110), 0.55) if heavy and wish.hour != "night" else light.cloud
    clouded = image.copy()
    tint(clouded, colour, ImageChops.multiply(mask, fade))
    return clouded


def _sun(image: Image.Image, wish: Wish, light: Light, sun: Point) -> Image.Image:
    side = min(image.size)
    radius = side * (0.045 if wish.hour == "day" else 0.06)
    image = glow(image, sun, side * 0.75, mix(light.sun, light.horizon, 0.5), 0.5 if wish.hour == "night" else 0.8)
    image = glow(image, sun, radius * 3.2, light.sun, 0.8)
    disc = Shapes(image.size)
    disc.ellipse(sun, radius, radius, 250)
    tint(image, light.sun, disc.mask)
    if wish.hour == "night":
        seas = Shapes(image.size)
        for angle, far, share in ((0.7, 0.4, 0.3), (2.4, 0.35, 0.22), (4.2, 0.45, 0.26), (5.3, 0.2, 0.16)):
            place = sun[0] + math.cos(angle) * far * radius, sun[1] + math.sin(angle) * far * radius
            seas.ellipse(place, share * radius, share * radius, 60)
        tint(image, (150, 156, 186), blurred(seas.mask, radius * 0.06))
    return image


def deep_space(wish: Wish, size: tuple[int, int]) -> Image.Image:
    """Return stars and glowing clouds of gas, in the wish's colours."""
    chance = wish.chance("space")
    defaults: list[Colour] = [(196, 60, 150), (50, 110, 220), (30, 190, 180), (240, 140, 70), (120, 70, 210)]
    colours = list(wish.colours) or chance.sample(defaults, 3)
    image = gradient(size, ((0.0, (4, 5, 18)), (0.5, (12, 10, 34)), (1.0, (3, 4, 14))))
    for number, colour in enumerate((colours * 3)[:3]):
        cells = (3 + number, 3 + number)
        mask = curve(noise(size, chance, cells=cells, octaves=6), 0.42, 0.98, 0.95 - 0.2 * number)
        layer = Image.composite(Image.new("RGB", size, colour), Image.new("RGB", size), mask)
        image = ImageChops.screen(image, layer)
    dark = curve(noise(size, chance, cells=(4, 4), octaves=5), 0.5, 0.9, 0.7)
    tint(image, (3, 4, 12), dark)
    return _stars(image, chance, 0.0012)
