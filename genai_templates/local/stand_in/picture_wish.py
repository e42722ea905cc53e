"""What a prompt wishes to see, as far as its words say so."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (200, 44, 40),
    "crimson": (170, 20, 50),
    "orange": (236, 128, 38),
    "amber": (240, 170, 50),
    "gold": (224, 176, 66),
    "golden": (224, 176, 66),
    "yellow": (244, 208, 63),
    "green": (58, 140, 84),
    "emerald": (24, 134, 96),
    "teal": (28, 130, 138),
    "turquoise": (60, 190, 186),
    "cyan": (70, 196, 214),
    "blue": (46, 98, 190),
    "azure": (60, 140, 220),
    "indigo": (62, 52, 150),
    "purple": (124, 66, 160),
    "violet": (132, 84, 190),
    "lavender": (176, 156, 216),
    "magenta": (196, 48, 130),
    "pink": (238, 138, 168),
    "brown": (128, 84, 54),
    "white": (240, 240, 236),
    "silver": (186, 194, 202),
    "grey": (128, 134, 140),
    "gray": (128, 134, 140),
    "black": (28, 28, 34),
}
_SCENES = {
    "space": "space galaxy galaxies planet planets nebula cosmos cosmic universe astronaut orbit star-field saturn",
    "city": "city cities town street skyline skyscraper skyscrapers building buildings urban metropolis cyberpunk",
    "sea": "sea ocean beach wave waves coast shore island lake river harbour harbor water boat boats ship lighthouse "
    "whale dolphin fish sail sailing bay",
    "forest": "forest forests tree trees wood woods jungle pine pines rainforest grove fox foxes deer wolf bear owl",
    "desert": "desert dune dunes sand sahara camel camels pyramid pyramids oasis mars",
    "mountains": "mountain mountains alps alpine peak peaks volcano valley cliff cliffs snow glacier castle dragon",
    "meadow": "meadow field fields flower flowers garden farm grass prairie hill hills village countryside dog dogs "
    "horse horses cat cats rabbit balloon cottage house houses",
    "abstract": "abstract pattern patterns fractal geometric swirl swirls mandala texture music dream dreams emotion",
}
_HOURS = {
    "night": "night midnight moon moonlit moonlight stars starry dark aurora nocturnal",
    "dusk": "sunset dusk evening twilight sundown",
    "dawn": "dawn sunrise morning misty mist fog foggy",
    "day": "day noon sunny sunlight midday bright summer daylight",
}
_THINGS = {
    "fox": "fox foxes",
    "cat": "cat cats kitten",
    "dog": "dog dogs puppy wolf",
    "boat": "boat boats ship ships sail sailing sailboat yacht",
    "balloon": "balloon balloons",
    "castle": "castle palace fortress",
    "lighthouse": "lighthouse",
    "house": "house houses cottage cabin hut village farm home",
    "birds": "bird birds seagull seagulls swallows geese eagle owl",
    "trees": "tree trees",
    "flowers": "flower flowers rose roses tulip tulips poppy poppies daisies sunflower sunflowers garden blossom",
    "snow": "snow snowy winter ice icy frozen blizzard glacier",
    "autumn": "autumn fall autumnal",
    "aurora": "aurora",
    "clouds": "cloud clouds cloudy storm stormy overcast",
    "fog": "fog foggy mist misty haze",
    "moon": "moon moonlit moonlight",
    "rain": "rain rainy raining storm",
}
_COLOURED = {"fox", "cat", "dog", "boat", "balloon", "castle", "lighthouse", "house", "flowers"}


@dataclass(frozen=True)
class Wish:
    """The scene, the hour, what is in it, the colours of the whole and of single things, and the seed of chance."""

    scene: str
    hour: str
    things: frozenset[str]
    colours: tuple[Colour, ...]
    thing_colours: tuple[tuple[str, Colour], ...]
    chance_seed: bytes

    def colour_of(self, thing: str, usual: Colour) -> Colour:
        """Return the colour that the prompt gives to the thing, or else the usual one."""
        return dict(self.thing_colours).get(thing, usual)

    def chance(self, part: str) -> random.Random:
        """Return the source of chance for one part of the picture; other parts do not change when this one does."""
        return random.Random(self.chance_seed + part.encode())


def read_wish(prompt: str, negative_prompt: str, seed: int) -> Wish:
    """Return what the prompt wishes for, without what the negative prompt names; chance decides what is left open."""
    unwanted = set(_words(negative_prompt))
    words = [word for word in _words(prompt) if word not in unwanted]
    chance_seed = hashlib.sha256(f"{prompt}\0{negative_prompt}\0{seed}".encode("utf-8", "surrogatepass")).digest()
    chance = random.Random(chance_seed)
    scene = _first(_SCENES, words) or chance.choice(("mountains", "meadow", "sea", "abstract"))
    hour = _first(_HOURS, words) or chance.choice(("day", "dusk", "dawn", "day"))
    things = _things(words) - _things(unwanted)
    owned: dict[str, Colour] = {}
    free: list[Colour] = []
    for word, after in pairwise([*words, ""]):
        if word in COLOURS:
            owners = _things([after]) & _COLOURED
            owned |= dict.fromkeys(owners, COLOURS[word])
            free += [] if owners else [COLOURS[word]]
    return Wish(scene, hour, frozenset(things), tuple(free), tuple(sorted(owned.items())), chance_seed)


def _things(words: Iterable[str]) -> set[str]:
    return {thing for thing, names in _THINGS.items() if not set(names.split()).isdisjoint(words)}


def _words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.lower())


def _first(kinds: dict[str, str], words: list[str]) -> str:
    """Return the kind that has most of the words; between equals the one whose word comes first."""
    found = {kind: [word for word in words if word in names.split()] for kind, names in kinds.items()}
    best = max(found, key=lambda kind: (len(set(found[kind])), -words.index(found[kind][0]) if found[kind] else 0))
    return best if found[best] else ""
