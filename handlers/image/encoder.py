"""What makes image files: Pillow where the functions' artifact holds it, the standard library where it does not."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from .files import ImageFile
from .pixels import Pixels


class Encoder(Protocol):
    """The functions of ``jpeg`` and of ``without_pillow``."""

    def image_of_file(self, data: bytes) -> ImageFile:
        """Return the image of a JPEG or PNG file; raises MalformedResponse for bytes that are neither."""

    def fitted_image_of_file(self, data: bytes, width: int, height: int) -> ImageFile:
        """Return the image of a JPEG or PNG file, cropped and scaled to this size where that can be done.

        Raises MalformedResponse for bytes that are neither.
        """

    def image_of_pixels(self, pixels: Pixels) -> ImageFile:
        """Return the image of raw pixels."""


@cache
def load_encoder() -> Encoder:
    """Return the one that this function can use, loaded once.

    A Pillow that is there but cannot be loaded is an error, and nothing to do without.
    """
    name = "jpeg" if find_spec("PIL") else "without_pillow"
    return cast(Encoder, import_module(f"handlers.image.{name}"))
