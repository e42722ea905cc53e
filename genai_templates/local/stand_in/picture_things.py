"""Things in front of a landscape: animals, boats, houses, birds."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .picture_paint import Point, Shapes, mix, smooth, tint
from .picture_sky import Light

if TYPE_CHECKING:
    from .picture_wish import Colour, Wish

# Outlines in a unit square: x to the right, y down, feet at 1.
_SITTING = [
    (0.36, 1.0), (0.33, 0.82), (0.36, 0.62), (0.42, 0.48), (0.45, 0.38), (0.58, 0.36), (0.64, 0.46), (0.72, 0.62),
    (0.78, 0.8), (0.76, 0.96), (0.66, 1.0),
]  # fmt: skip
_HEAD = [(0.3, 0.3), (0.36, 0.2), (0.47, 0.17), (0.58, 0.2), (0.62, 0.3), (0.55, 0.38), (0.46, 0.43), (0.37, 0.38)]
_TAIL = {
    "fox": [
        (0.68, 0.98),
        (0.86, 1.0),
        (1.02, 0.9),
        (1.06, 0.72),
        (0.96, 0.56),
        (0.92, 0.7),
        (0.84, 0.82),
        (0.72, 0.88),
    ],
    "cat": [(0.7, 0.98), (0.9, 0.99), (0.98, 0.86), (0.92, 0.7), (0.88, 0.72), (0.92, 0.86), (0.86, 0.93), (0.7, 0.92)],
    "dog": [
        (0.72, 0.96),
        (0.86, 0.92),
        (0.94, 0.78),
        (0.95, 0.66),
        (0.91, 0.67),
        (0.88, 0.78),
        (0.8, 0.86),
        (0.7, 0.88),
    ],
}
_EARS = {
    "fox": ([(0.31, 0.28), (0.3, 0.02), (0.45, 0.18)], [(0.49, 0.18), (0.62, 0.02), (0.62, 0.28)]),
    "cat": ([(0.31, 0.28), (0.32, 0.07), (0.45, 0.19)], [(0.48, 0.19), (0.6, 0.07), (0.61, 0.28)]),
    "dog": (
        [(0.33, 0.2), (0.24, 0.26), (0.25, 0.44), (0.34, 0.36)],
        [(0.59, 0.2), (0.69, 0.26), (0.67, 0.44), (0.58, 0.36)],
    ),
}
_FURS: dict[str, Colour] = {"fox": (206, 98, 36), "cat": (66, 60, 66), "dog": (150, 104, 62)}


def add_things(image: Image.Image, wish: Wish, light: Light) -> None:
    """Draw what the wish names, each at a place of its own."""
    for name in sorted(wish.things & set(_DRAWN)):
        _DRAWN[name](image, wish, light, wish.chance(name))


def _place(image: Image.Image, foot: Point, tall: float) -> Callable[[list[Point]], list[Point]]:
    return lambda points: [(foot[0] + (x - 0.5) * tall, foot[1] + (y - 1) * tall) for x, y in points]


def _animal(kind: str) -> Callable[[Image.Image, Wish, Light, random.Random], None]:
    def draw(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
        width, height = image.size
        tall = min(width, height) * 0.4
        place = _place(image, (width * chance.uniform(0.3, 0.7), height * 0.95), tall)
        fur = wish.colour_of(kind, _FURS[kind])
        fur = mix(fur, light.land, {"night": 0.55, "dusk": 0.25}.get(wish.hour, 0.1))
        for colour, outlines in (
            (mix(fur, (0, 0, 0), 0.12), [smooth(place(_TAIL[kind]))]),
            (fur, [smooth(place(_SITTING)), *(place(list(ear)) for ear in _EARS[kind]), smooth(place(_HEAD))]),
        ):
            _fill(image, outlines, colour)
        _markings(image, place, kind, fur, light)

    return draw


def _markings(
    image: Image.Image, place: Callable[[list[Point]], list[Point]], kind: str, fur: Colour, light: Light
) -> None:
    pale = mix(fur, (255, 250, 240), 0.72)
    chest = [(0.42, 0.46), (0.52, 0.46), (0.52, 0.6), (0.46, 0.72), (0.4, 0.58)]
    cheeks = [
        (0.34, 0.33),
        (0.41, 0.31),
        (0.46, 0.36),
        (0.51, 0.31),
        (0.58, 0.33),
        (0.53, 0.39),
        (0.46, 0.43),
        (0.39, 0.39),
    ]
    if kind != "cat":
        _fill(image, [smooth(place(chest)), smooth(place(cheeks))], pale)
    if kind == "fox":
        _fill(image, [smooth(place([(1.06, 0.72), (0.96, 0.56), (0.95, 0.66), (0.99, 0.76)]))], pale)
        tips = [[(0.33, 0.16), (0.305, 0.05), (0.37, 0.14)], [(0.6, 0.16), (0.615, 0.05), (0.55, 0.14)]]
        _fill(image, [place(tip) for tip in tips], mix(fur, (0, 0, 0), 0.7))
    eye = (230, 200, 90) if kind == "cat" else (24, 18, 16)
    unit = place([(0.0, 0.0), (1.0, 0.0)])
    tall = unit[1][0] - unit[0][0]
    face = Shapes(image.size)
    for x in (0.4, 0.52):
        face.ellipse(place([(x, 0.285)])[0], tall * 0.016, tall * 0.018)
    tint(image, eye, face.mask)
    nose = Shapes(image.size)
    nose.ellipse(place([(0.46, 0.395)])[0], tall * 0.022, tall * 0.016)
    tint(image, (24, 18, 16), nose.mask)
    legs = Shapes(image.size)
    legs.line(place([(0.44, 0.74), (0.445, 0.99)]), tall * 0.008, 150)
    legs.line(place([(0.55, 0.76), (0.54, 0.99)]), tall * 0.008, 150)
    tint(image, mix(fur, light.land, 0.7), legs.mask)


def _fill(image: Image.Image, outlines: list[list[Point]], colour: Colour) -> None:
    shapes = Shapes(image.size)
    for outline in outlines:
        shapes.polygon(outline)
    tint(image, colour, shapes.mask)


def _boat(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    place = _place(image, (width * chance.uniform(0.3, 0.7), height * 0.72), min(width, height) * 0.3)
    sail = wish.colour_of("boat", (246, 240, 228))
    sail = mix(sail, light.land, 0.45 if wish.hour == "night" else 0.05)
    _fill(image, [place([(0.14, 0.84), (0.86, 0.84), (0.74, 1.0), (0.26, 1.0)])], mix(light.land, (90, 50, 34), 0.4))
    _fill(image, [place([(0.49, 0.84), (0.49, 0.06), (0.51, 0.06), (0.51, 0.84)])], light.land)
    _fill(image, [smooth(place([(0.54, 0.1), (0.66, 0.4), (0.84, 0.78), (0.54, 0.78)]), 6)], sail)
    _fill(image, [place([(0.47, 0.18), (0.47, 0.78), (0.2, 0.78)])], mix(sail, light.middle, 0.3))


def _balloon(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    main, other = wish.colour_of("balloon", (214, 70, 54)), (248, 226, 170)
    left = chance.uniform(0.2, 0.4)
    for share, across in ((0.3, left), (0.13, left + 0.36)):
        tall = min(width, height) * share
        place = _place(image, (width * across, height * chance.uniform(0.34, 0.5)), tall)
        (centre,) = place([(0.5, 0.4)])
        ball = Shapes(image.size)
        ball.ellipse(centre, tall * 0.36, tall * 0.4)
        ball.polygon(place([(0.19, 0.56), (0.81, 0.56), (0.56, 0.86), (0.44, 0.86)]))
        tint(image, main, ball.mask)
        for inner, colour in ((0.24, other), (0.1, main)):
            stripe = Shapes(image.size)
            stripe.ellipse(centre, tall * inner, tall * 0.4)
            tint(image, colour, stripe.mask)
        _fill(image, [place([(0.45, 0.9), (0.55, 0.9), (0.54, 1.0), (0.46, 1.0)])], (96, 62, 40))


def _castle(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    place = _place(image, (width * chance.uniform(0.3, 0.7), height * 0.7), min(width, height) * 0.42)
    stone = mix(light.land, light.horizon, 0.25)
    mound = [(-1.4, 1.75), (-0.9, 1.3), (-0.3, 1.1), (0.1, 0.98), (0.5, 0.95), (0.9, 0.98), (1.4, 1.12), (2.2, 1.75)]
    _fill(image, [smooth(place(mound))], mix(light.land, light.horizon, 0.12))
    walls = [[(0.2, 1.0), (0.2, 0.62), (0.8, 0.62), (0.8, 1.0)]]
    roofs = []
    for x, top, half in ((0.2, 0.42, 0.07), (0.42, 0.28, 0.09), (0.63, 0.38, 0.07), (0.8, 0.48, 0.07)):
        walls.append([(x - half, 1.0), (x - half, top), (x + half, top), (x + half, 1.0)])
        roofs.append(place([(x - half * 1.3, top), (x, top - half * 2.6), (x + half * 1.3, top)]))
    _fill(image, [place(wall) for wall in walls], stone)
    _fill(image, roofs, mix(wish.colour_of("castle", (120, 60, 60)), light.land, 0.4))
    windows = ((0.19, 0.52), (0.41, 0.38), (0.41, 0.54), (0.62, 0.48), (0.79, 0.58), (0.52, 0.75))
    slits = [place([(x, y), (x + 0.025, y), (x + 0.025, y + 0.05), (x, y + 0.05)]) for x, y in windows]
    _fill(image, slits, (255, 214, 130))


def _lighthouse(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    side = chance.choice((0.18, 0.82))
    place = _place(image, (width * side, height * 0.64), min(width, height) * 0.46)
    _fill(image, [smooth(place([(0.1, 1.08), (0.25, 0.96), (0.5, 0.9), (0.75, 0.95), (0.95, 1.08)]))], light.land)
    white = mix((244, 240, 232), light.land, 0.45 if wish.hour == "night" else 0.08)
    stripe = wish.colour_of("lighthouse", (196, 52, 48))
    levels = [0.94, 0.78, 0.62, 0.46, 0.3]
    for number, (low, high) in enumerate(pairwise(levels)):
        narrow = [0.5 - 0.1 * low, 0.5 + 0.1 * low, 0.5 + 0.1 * high, 0.5 - 0.1 * high]
        corners = list(zip(narrow, (low, low, high, high), strict=True))
        _fill(image, [place(corners)], stripe if number % 2 else white)
    _fill(image, [place([(0.465, 0.3), (0.535, 0.3), (0.535, 0.23), (0.465, 0.23)])], (255, 240, 180))
    _fill(image, [place([(0.44, 0.23), (0.56, 0.23), (0.5, 0.15)])], mix(stripe, light.land, 0.4))
    beam = Shapes(image.size)
    away = -1.0 if side > 0.5 else 1.0
    beam.polygon(place([(0.5, 0.26), (0.5 + 3 * away, 0.02), (0.5 + 3 * away, 0.42)]), 70)
    tint(image, (255, 244, 200), beam.mask)


def _house(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    place = _place(image, (width * chance.uniform(0.25, 0.75), height * 0.84), min(width, height) * 0.24)
    wall = mix(wish.colour_of("house", (232, 220, 200)), light.land, 0.5 if wish.hour == "night" else 0.12)
    _fill(image, [place([(0.66, 0.5), (0.66, 0.24), (0.76, 0.24), (0.76, 0.5)])], mix(light.land, (120, 60, 50), 0.5))
    _fill(image, [place([(0.12, 1.0), (0.12, 0.56), (0.88, 0.56), (0.88, 1.0)])], wall)
    _fill(image, [place([(0.04, 0.58), (0.3, 0.26), (0.7, 0.26), (0.96, 0.58)])], mix((140, 60, 44), light.land, 0.3))
    _fill(image, [place([(0.44, 1.0), (0.44, 0.74), (0.58, 0.74), (0.58, 1.0)])], mix(light.land, (90, 60, 40), 0.5))
    panes = [place([(x, 0.68), (x + 0.14, 0.68), (x + 0.14, 0.82), (x, 0.82)]) for x in (0.2, 0.68)]
    _fill(image, panes, (255, 220, 140))


def _birds(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    flock = Shapes(image.size)
    x, y = width * chance.uniform(0.25, 0.6), height * chance.uniform(0.16, 0.3)
    for number in range(9):
        side = min(width, height) * chance.uniform(0.014, 0.026)
        left, top = x + number * width * 0.035 * (-1) ** number, y + number * height * 0.014 + chance.uniform(-6, 6)
        wings = [(left - side, top - side * 0.35), (left - side * 0.45, top - side * 0.5), (left, top),
                 (left + side * 0.45, top - side * 0.5), (left + side, top - side * 0.35)]  # fmt: skip
        flock.line(wings, max(0.8, side * 0.14), 220)
    tint(image, light.land, flock.mask)


def _rain(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    drops = Shapes(image.size)
    for _ in range(260):
        x, y, long = chance.random() * width, chance.random() * height, height * chance.uniform(0.02, 0.06)
        drops.line([(x, y), (x - long * 0.2, y + long)], 0.7, chance.randrange(50, 130))
    tint(image, (220, 228, 240), drops.mask)


def _snow(image: Image.Image, wish: Wish, light: Light, chance: random.Random) -> None:
    width, height = image.size
    pen = ImageDraw.Draw(image)
    for _ in range(240):
        x, y, radius = (
            chance.random() * width,
            chance.random() * height,
            min(width, height) * chance.uniform(0.0008, 0.004),
        )
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(245, 248, 252))


_DRAWN: dict[str, Callable[[Image.Image, Wish, Light, random.Random], None]] = {
    "balloon": _balloon,
    "birds": _birds,
    "boat": _boat,
    "castle": _castle,
    "cat": _animal("cat"),
    "dog": _animal("dog"),
    "fox": _animal("fox"),
    "house": _house,
    "lighthouse": _lighthouse,
    "rain": _rain,
    "snow": _snow,
}
