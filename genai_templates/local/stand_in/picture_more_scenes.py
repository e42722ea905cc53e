"""Landscapes with something on them: cities and meadows; and pictures of nothing but movement."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from .picture_paint import Point, Shapes, below, blurred, curve, glow, gradient, mix, noise, ridge, tint
from .picture_sky import Light, sky

if TYPE_CHECKING:
    from .picture_wish import Colour, Wish

_WINDOWS: tuple[Colour, ...] = ((255, 214, 130), (255, 232, 176), (180, 220, 255))
_BLOSSOMS: tuple[Colour, ...] = ((226, 60, 60), (250, 200, 70), (240, 130, 170), (250, 246, 240), (140, 110, 210))


def city(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Rows of towers; windows are lit when it is not day."""
    width, height = size
    image, sun = sky(wish, light, size, height * 0.8)
    chance = wish.chance("city")
    neon = wish.colours or ((_WINDOWS[0],) if wish.hour != "night" else _WINDOWS)
    for number in range(4):
        near = number / 3
        colour = mix(mix(light.horizon, light.middle, 0.4), mix(light.land, (16, 20, 36), 0.4), 0.22 + 0.78 * near)
        towers, windows = Shapes(size), Shapes(size)
        x = -width * 0.05
        while x < width * 1.05:
            wide = width * (0.04 + 0.05 * near) * chance.uniform(0.7, 1.5)
            top = height * (0.84 - (0.6 - 0.36 * near) * chance.random() ** 1.4 - 0.08 + 0.1 * near)
            _tower(towers, windows, chance, (x, top, x + wide, height), lit=wish.hour != "day")
            x += wide * chance.uniform(0.9, 1.1)
        tint(image, colour, towers.mask)
        lit = windows.mask
        if wish.hour == "day":
            tint(image, mix(colour, light.sun, 0.3), lit)
        else:
            lights = Image.new("RGB", size, chance.choice(neon))
            image = Image.composite(lights, image, ImageChops.multiply(lit, towers.mask))
            image = ImageChops.screen(image, _halo(lights, lit, min(size) * 0.012))
    return glow(image, sun, min(size) * 0.5, light.sun, 0.2)


def _halo(lights: Image.Image, mask: Image.Image, radius: float) -> Image.Image:
    return Image.composite(lights, Image.new("RGB", lights.size), blurred(mask, radius)).point(lambda v: v * 0.6)


def _tower(
    towers: Shapes, windows: Shapes, chance: random.Random, box: tuple[float, float, float, float], *, lit: bool
) -> None:
    left, top, right, bottom = box
    wide = right - left
    towers.polygon([(left, bottom), (left, top), (right, top), (right, bottom)])
    if chance.random() < 0.35:  # a smaller storey on top, and an aerial
        middle = (left + right) / 2
        towers.polygon([(left + wide * 0.25, top), (middle, top - wide * 0.5), (right - wide * 0.25, top)])
        towers.line([(middle, top - wide * 0.4), (middle, top - wide * 1.1)], max(0.6, wide * 0.03))
    pane = wide / 9
    rows = int((bottom - top) / (pane * 2.4))
    share = 0.4 if lit else 0.7
    for row in range(1, min(rows, 40)):
        for column in range(1, 8, 2):
            if chance.random() < share:
                x, y = left + column * pane, top + row * pane * 2.4
                corners = [(x, y), (x + pane, y), (x + pane, y + pane * 1.3), (x, y + pane * 1.3)]
                windows.polygon(corners, round(90 + 150 * chance.random()))


def meadow(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Rolling hills, grass in front, and flowers."""
    width, height = size
    image, sun = sky(wish, light, size, height * 0.6)
    chance = wish.chance("meadow")
    green = (206, 216, 224) if "snow" in wish.things else _AUTUMN_GRASS if "autumn" in wish.things else (96, 150, 62)
    for number in range(4):
        near = number / 3
        line = ridge(chance, width, height * (0.6 + 0.11 * number), height * (0.12 - 0.015 * number), 0.3)
        colour = mix(light.horizon, mix(green, light.land, 0.35 if wish.hour != "night" else 0.8), 0.4 + 0.6 * near)
        hill = Shapes(size)
        hill.polygon(below(line, height))
        mask = hill.mask
        tint(image, colour, mask)
        lit = curve(noise(size, chance, cells=(3, 6), octaves=5), 0.42, 0.85, 0.42)
        tint(image, mix(colour, light.sun, 0.45), ImageChops.multiply(mask, lit))
        _trees(image, chance, line[::9], mix(colour, light.land, 0.55), height * (0.015 + 0.02 * near))
    _grass(image, wish, light, chance)
    return glow(image, sun, min(size) * 0.55, light.sun, 0.25)


_AUTUMN_GRASS = (196, 142, 60)


def _trees(image: Image.Image, chance: random.Random, feet: list[Point], colour: Colour, tall: float) -> None:
    shapes = Shapes(image.size)
    for x, y in feet:
        if chance.random() < 0.4:
            for _ in range(4):
                place = x + chance.uniform(-0.6, 0.6) * tall, y - tall * chance.uniform(0.5, 1.5)
                shapes.ellipse(place, tall * 0.6, tall * 0.55)
            shapes.line([(x, y - tall * 0.4), (x, y + tall * 0.3)], tall * 0.14)
    tint(image, colour, shapes.mask)


def _grass(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    blades = Shapes(image.size)
    for _ in range(420):
        x, y = chance.random() * width, height * chance.uniform(0.88, 1.05)
        tall, lean = height * chance.uniform(0.03, 0.1), width * chance.uniform(-0.02, 0.02)
        blades.polygon(
            [(x - width * 0.002, y), (x + lean, y - tall), (x + width * 0.002, y)], chance.randrange(120, 256)
        )
    tint(image, mix(light.land, (40, 80, 40), 0.35), blades.mask)
    if "snow" in wish.things:
        return
    owned = dict(wish.thing_colours).get("flowers")
    for colour in [owned, mix(owned, (255, 255, 255), 0.3)] if owned else chance.sample(_BLOSSOMS, 3):
        blossoms = Shapes(image.size)
        for _ in range(110 if "flowers" in wish.things else 18):
            depth = chance.random()
            place = chance.random() * width, height * (0.78 + 0.22 * depth)
            _blossom(blossoms, place, min(width, height) * (0.003 + 0.012 * depth**1.6), chance.uniform(0, 6))
        tint(image, mix(colour, light.land, 0.6 if wish.hour == "night" else 0.08), blossoms.mask)


def _blossom(shapes: Shapes, centre: Point, radius: float, turn: float) -> None:
    for petal in range(5):
        angle = turn + petal * math.tau / 5
        place = centre[0] + math.cos(angle) * radius * 0.6, centre[1] + math.sin(angle) * radius * 0.45
        shapes.ellipse(place, radius * 0.5, radius * 0.42)


def abstract(wish: Wish, light: Light, size: tuple[int, int]) -> Image.Image:
    """Threads that follow a field of directions, in a few colours."""
    width, height = size
    chance = wish.chance("abstract")
    palette = [light.top, light.middle, light.horizon, light.sun, light.cloud, *wish.colours * 2]
    image = gradient(size, ((0.0, mix(light.top, (0, 0, 0), 0.45)), (1.0, mix(light.land, (0, 0, 0), 0.2))))
    image = glow(image, (width * chance.random(), height * chance.random()), max(size) * 0.7, light.middle, 0.5)
    field = noise((64, 64), chance, cells=(3, 3), octaves=2).tobytes()
    for number in range(9):
        threads = Shapes(size)
        for _ in range(46):
            start = chance.uniform(-0.1, 1.1) * width, chance.uniform(-0.1, 1.1) * height
            path = _thread(field, start, size)
            threads.line(path, min(size) * chance.uniform(0.001, 0.0075), chance.randrange(70, 235))
        tint(image, mix(palette[number % len(palette)], (255, 255, 255), 0.18 * chance.random()), threads.mask)
    return glow(image, (width * chance.random(), height * chance.random()), max(size) * 0.4, light.sun, 0.3)


def _thread(field: bytes, start: Point, size: tuple[int, int]) -> list[Point]:
    x, y = start
    step = min(size) * 0.018
    path = [(x, y)]
    for _ in range(34):
        column, row = (min(63, max(0, int(64 * place / side))) for place, side in zip((x, y), size, strict=True))
        angle = field[row * 64 + column] / 255 * math.tau * 1.6
        x, y = x + math.cos(angle) * step, y + math.sin(angle) * step
        path.append((x, y))
    return path
