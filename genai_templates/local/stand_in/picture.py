"""The stand-in for a diffusion model: it draws what the words of a prompt name, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from .picture_more_scenes import abstract, city, meadow
from .picture_paint import blurred, noise
from .picture_scenes import desert, forest, mountains, sea, space
from .picture_sky import light_of
from .picture_things import add_things
from .picture_wish import Wish, read_wish

CAPTION = "drawn by a stand-in"
_SCENES = {
    "abstract": abstract,
    "city": city,
    "desert": desert,
    "forest": forest,
    "meadow": meadow,
    "mountains": mountains,
    "sea": sea,
    "space": space,
}
_USUAL_GUIDANCE = 7.5
_ENOUGH_STEPS = 20


@dataclass(frozen=True)
class Order:
    """What is to be drawn: ``steps`` below 20 leave the picture unfinished, ``guidance`` makes its colours stronger."""

    prompt: str
    negative_prompt: str = ""
    seed: int = 0
    width: int = 512
    height: int = 512
    steps: int = 50
    guidance: float = _USUAL_GUIDANCE


def draw(order: Order) -> Image.Image:
    """Return the picture, at the size of the order."""
    wish = read_wish(order.prompt, order.negative_prompt, order.seed)
    light = light_of(wish)
    image = _SCENES[wish.scene](wish, light, (order.width, order.height))
    add_things(image, wish, light)
    strength = min(1.6, max(0.5, 1 + (order.guidance - _USUAL_GUIDANCE) * 0.04))
    image = ImageEnhance.Color(image).enhance(strength)
    if order.steps < _ENOUGH_STEPS:
        image = _unfinished(image, wish, 1 - order.steps / _ENOUGH_STEPS)
    _sign(image)
    return image


def _unfinished(image: Image.Image, wish: Wish, missing: float) -> Image.Image:
    chance = wish.chance("unfinished")
    grain = Image.merge("RGB", [noise(image.size, chance, cells=(90, 90), octaves=2) for _ in range(3)])
    return Image.blend(blurred(image, 1 + min(image.size) * 0.02 * missing), grain, 0.45 * missing)


def _sign(image: Image.Image) -> None:
    """Write the caption into the lower left corner, if it has room there."""
    size = max(8, round(min(image.size) * 0.026))
    font = ImageFont.load_default(size)
    margin = size * 0.7
    pen = ImageDraw.Draw(image, "RGBA")
    wide = pen.textlength(CAPTION, font)
    if wide + 2 * margin > image.width or size + 2 * margin > image.height:
        return
    place = margin, image.height - size - margin * 1.3
    pen.text((place[0] + 1, place[1] + 1), CAPTION, font=font, fill=(0, 0, 0, 150))
    pen.text(place, CAPTION, font=font, fill=(255, 255, 255, 190))
