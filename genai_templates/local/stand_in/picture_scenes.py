"""Landscapes: what is below the sky, from the horizon to the front."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from .picture_paint import Point, Shapes, below, blurred, curve, glow, gradient, mix, noise, ridge, tint
from .picture_sky import Light, deep_space, sky

if TYPE_CHECKING:
    from .picture_wish import Colour, Wish

_WHITE = (255, 255, 255)
_TURNS = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180)
_AUTUMN: tuple[Colour, ...] = ((206, 92, 32), (224, 146, 40), (160, 52, 30), (190, 120, 44))


def mountains(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Ranges behind each other, paler the farther they are."""
    width, height = size
    horizon = height * 0.62
    image, _ = sky(wish, light, size, horizon)
    chance = wish.chance("mountains")
    snowy = "snow" in wish.things
    rocks = noise(size, chance, cells=(10, 9), octaves=5)
    lower = 0.7 if "aurora" in wish.things else 1.0
    for number in range(5):
        near = number / 4
        base = height * (0.64 + 0.12 * number)
        line = ridge(
            chance, width, base, height * (0.44 - 0.07 * number) * lower, 0.58, peaks=3 - number if number < 3 else 0
        )
        colour = mix(light.horizon, light.land, 0.3 + 0.7 * near)
        _range(image, line, colour, light, rocks.transpose(_TURNS[number % 3]), snowy=snowy)
        _mist(image, light, base - height * 0.02, 0.5 - 0.4 * near)
    return image


def _range(
    image: Image.Image, line: list[Point], colour: Colour, light: Light, rocks: Image.Image, *, snowy: bool
) -> None:
    shapes = Shapes(image.size)
    shapes.polygon(below(line, image.size[1]))
    mask = shapes.mask
    tint(image, colour, mask)
    lit = curve(rocks, 0.45, 0.8, 0.3)
    tint(image, mix(colour, light.sun, 0.4), ImageChops.multiply(mask, lit))
    if snowy:
        top, foot = min(y for _, y in line), max(y for _, y in line)
        start, end = max(0.0, top / image.size[1]), min(1.0, (foot + (foot - top) * 0.3) / image.size[1])
        high = gradient(image.size, ((0.0, (255,) * 3), (start, (255,) * 3), (end, (0,) * 3), (1.0, (0,) * 3)))
        cover = curve(Image.blend(high.convert("L"), rocks, 0.5), 0.5, 0.58)
        tint(image, mix(_WHITE, mix(light.horizon, colour, 0.5), 0.3), ImageChops.multiply(mask, cover))


def _mist(image: Image.Image, light: Light, top: float, strength: float) -> None:
    height = image.size[1]
    start, end = max(0.0, min(0.98, top / height - 0.08)), max(0.01, min(0.99, top / height + 0.1))
    level = round(255 * max(0.0, strength))
    fade = gradient(image.size, ((0.0, (0,) * 3), (start, (0,) * 3), (end, (level,) * 3), (1.0, (0,) * 3))).convert("L")
    tint(image, light.horizon, fade)


def sea(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Water that mirrors the sky, broken by waves, with a coast far away."""
    width, height = size
    horizon = round(height * 0.56)
    image, sun = sky(wish, light, size, horizon)
    chance = wish.chance("sea")
    coast = Shapes(size)
    coast.polygon(below(ridge(chance, width, horizon, height * 0.09, 0.55), horizon + 1))
    tint(image, mix(light.horizon, light.land, 0.5), coast.mask)
    mirrored = image.crop((0, 0, width, horizon)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    water = blurred(mirrored.resize((width, height - horizon)), min(size) * 0.006)
    deep = gradient(water.size, ((0.0, mix(light.horizon, light.top, 0.35)), (1.0, mix(light.top, light.land, 0.55))))
    water = _rippled(Image.blend(water, deep, 0.42), chance)
    image.paste(water, (0, horizon))
    return _glitter(image, light, sun, horizon, chance)


def _rippled(water: Image.Image, chance: random.Random) -> Image.Image:
    """Shift the rows as waves do: little and often far away, more and slower in front."""
    width, height = water.size
    rippled = water.copy()
    top, phase = 0.0, chance.uniform(0, 6)
    while top < height:
        depth = top / height
        tall = max(1.0, height * (0.004 + 0.014 * depth))
        shift = round(math.sin(phase + top * 0.9) * (1 + width * 0.012 * depth))
        strip = water.crop((0, int(top), width, min(height, int(top + tall) + 1)))
        rippled.paste(ImageChops.offset(strip, shift, 0), (0, int(top)))
        top += tall
    return rippled


def _glitter(image: Image.Image, light: Light, sun: Point, horizon: int, chance: random.Random) -> Image.Image:
    width, height = image.size
    bright, dark = Shapes(image.size), Shapes(image.size)
    for _ in range(260):
        depth = chance.random() ** 1.6
        y = horizon + 2 + depth * (height - horizon)
        long, thin = width * (0.004 + 0.03 * depth) * chance.uniform(0.5, 1.6), 0.4 + height * 0.0022 * depth
        dark.ellipse((chance.random() * width, y), long * 1.6, thin * 1.4, round(40 + 70 * chance.random()))
        away = chance.gauss(0, width * (0.03 + 0.09 * depth))
        bright.ellipse((sun[0] + away, y), long, thin, round(110 + 130 * chance.random()))
    tint(image, mix(light.top, light.land, 0.6), dark.mask)
    tint(image, light.sun, bright.mask)
    return image


def forest(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Rows of firs with mist between them."""
    width, height = size
    image, sun = sky(wish, light, size, height * 0.7)
    chance = wish.chance("forest")
    for number in range(5):
        near = number / 4
        ground = height * (0.62 + 0.1 * number)
        colour = mix(light.horizon, mix(light.land, (14, 44, 36), 0.35), 0.22 + 0.78 * near)
        if "autumn" in wish.things:
            colour = mix(colour, chance.choice(_AUTUMN), 0.55)
        shapes = Shapes(size)
        shapes.polygon(below(ridge(chance, width, ground + height * 0.03, height * 0.05, 0.5), height))
        for _ in range(round(30 - 18 * near)):
            tall = height * (0.13 + 0.33 * near) * chance.uniform(0.6, 1.2)
            _fir(shapes, chance, (chance.uniform(-0.05, 1.05) * width, ground + height * 0.02), tall)
        tint(image, colour, shapes.mask)
        if "snow" in wish.things:
            _snow_on(image, shapes.mask, mix(_WHITE, light.horizon, 0.5 - 0.4 * near))
        _mist(image, light, ground, 0.6 - 0.5 * near)
    return glow(image, sun, min(size) * 0.5, light.sun, 0.3)


def _snow_on(image: Image.Image, mask: Image.Image, colour: Colour) -> None:
    """Whiten what has nothing above it."""
    deep = max(1, image.size[1] // 90)
    for down, strength in ((deep, 0.75), (deep // 2 + 1, 1.0)):
        above = ImageChops.offset(mask, 0, down)
        above.paste(0, (0, 0, image.size[0], down))
        tint(image, colour, ImageChops.subtract(mask, above).point(lambda v, by=strength: round(v * by)))


def _fir(shapes: Shapes, chance: random.Random, foot: Point, tall: float) -> None:
    x, y = foot
    wide = tall * chance.uniform(0.17, 0.23)
    tiers = 7
    left, right = [], []
    for tier in range(tiers):
        down = (tier + 1) / tiers
        reach, level = wide * down * chance.uniform(0.85, 1.1), y - tall * (1 - down * 0.9)
        left += [(x - reach, level), (x - reach * 0.5, level - tall * 0.025)]
        right += [(x + reach, level), (x + reach * 0.5, level - tall * 0.025)]
    shapes.polygon([(x, y - tall), *left, *reversed(right)])
    shapes.polygon([(x - wide * 0.1, y - tall * 0.15), (x + wide * 0.1, y - tall * 0.15), (x, y + tall * 0.04)])


def desert(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Dunes with a light and a dark side."""
    width, height = size
    image, sun = sky(wish, light, size, height * 0.55)
    chance = wish.chance("desert")
    sand = wish.colours[0] if wish.colours else (222, 158, 92)
    shade = {"night": 0.7, "dusk": 0.3, "dawn": 0.15, "day": 0.0}[wish.hour]
    for number in range(5):
        near = number / 4
        crest = _dune(chance, width, height * (0.6 + 0.13 * number), height * (0.07 + 0.07 * near))
        colour = mix(mix(light.horizon, sand, 0.45 + 0.55 * near), light.land, shade + 0.12 * near)
        shapes = Shapes(size)
        shapes.polygon(below(crest, height))
        tint(image, mix(colour, light.sun, 0.22), shapes.mask)
        dark = Shapes(size)
        for slope in _falling(crest):
            foot = _spur(slope[-1], height, height * 0.5)[::-1]
            dark.polygon([*slope, *foot, *_spur(slope[0], height, height * 0.5)], 220)
        tint(image, mix(colour, light.land, 0.42), ImageChops.multiply(shapes.mask, blurred(dark.mask, 1 + 3 * near)))
        wind = curve(noise(size, chance, cells=(9, 70), octaves=2), 0.45, 1.0, 0.16)
        tint(image, mix(colour, light.sun, 0.6), ImageChops.multiply(shapes.mask, wind))
    return glow(image, sun, min(size) * 0.45, light.sun, 0.25)


def _falling(crest: list[Point]) -> list[list[Point]]:
    """Return the parts of a crest that fall from left to right: what is below them lies in the shade."""
    parts: list[list[Point]] = []
    for before, after in pairwise(crest):
        if after[1] > before[1]:
            if not parts or parts[-1][-1] != before:
                parts.append([before])
            parts[-1].append(after)
    return parts


def _spur(peak: Point, bottom: float, reach: float) -> list[Point]:
    """Return the winding edge that goes from the bottom up to a dune's peak."""
    downs = [step / 16 for step in range(16, -1, -1)]
    return [
        (peak[0] + reach * (0.2 * down + 0.16 * math.sin(4.2 * down)), peak[1] + down * (bottom - peak[1]))
        for down in downs
    ]


def _dune(chance: random.Random, width: int, base: float, height: float) -> list[Point]:
    waves = [(chance.uniform(0.6, 2.6), chance.uniform(0, 6.3), chance.uniform(0.3, 1.0)) for _ in range(3)]
    points = []
    for step in range(97):
        place = step / 96
        lift = sum(size * (1 - abs(math.sin(math.pi * speed * place + start))) for speed, start, size in waves)
        points.append((place * width, base - height * lift * 0.8))
    return points


def space(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """A planet, half in the dark, before clouds of gas."""
    image = deep_space(wish, size)
    chance = wish.chance("planet")
    radius = min(size) * chance.uniform(0.16, 0.26)
    centre = size[0] * chance.uniform(0.3, 0.7), size[1] * chance.uniform(0.35, 0.65)
    colour = wish.colours[0] if wish.colours else chance.choice([(220, 150, 90), (90, 150, 210), (190, 110, 140)])
    image = glow(image, centre, radius * 1.9, colour, 0.5)
    ball = Shapes(size)
    ball.ellipse(centre, radius, radius)
    bands = noise(size, chance, cells=(2, 22), octaves=4)
    surface = Image.composite(
        Image.new("RGB", size, mix(colour, _WHITE, 0.45)), Image.new("RGB", size, mix(colour, (0, 0, 0), 0.25)), bands
    )
    image.paste(surface, (0, 0), ball.mask)
    night = Shapes(size)
    night.ellipse((centre[0] + radius * 0.5, centre[1] + radius * 0.42), radius * 1.15, radius * 1.15, 235)
    tint(image, (3, 4, 14), ImageChops.multiply(ball.mask, blurred(night.mask, radius * 0.2)))
    return image
