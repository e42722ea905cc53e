"""JPEG images and thumbnails. Only the two plugins that are used are imported: the others double the cold start."""

from __future__ import annotations

import io
from typing import NamedTuple

from PIL import Image, JpegImagePlugin, PngImagePlugin

from .pixels import MalformedAnswer, Pixels

_THUMBNAIL_SIDE = 256
_QUALITY = 90
_THUMBNAIL_QUALITY = 80
# Decoders are asked for by name, so Pillow does not go looking for its other plugins.
_FORMATS = (JpegImagePlugin.JpegImageFile.format, PngImagePlugin.PngImageFile.format)


class Picture(NamedTuple):
    """A JPEG with its thumbnail, and the size of the former in pixels."""

    width: int
    height: int
    jpeg: bytes
    thumbnail: bytes


def picture_of_file(data: bytes) -> Picture:
    """Return the picture of a JPEG or PNG; a JPEG's bytes are kept as they are.

    Raises MalformedAnswer for bytes that are no such image.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        size = image.size
        if image.format == "JPEG":
            # Decoded at an eighth to the whole of its size, whatever suffices for the thumbnail.
            image.draft("RGB", (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
            return Picture(*size, data, _thumbnail(image))
        whole = image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise MalformedAnswer("the model's answer holds something that is no image") from None
    return Picture(*size, _jpeg(whole, _QUALITY), _thumbnail(whole))


def picture_of_pixels(pixels: Pixels) -> Picture:
    """Return the picture of raw pixels."""
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    return Picture(pixels.width, pixels.height, _jpeg(image, _QUALITY), _thumbnail(image))


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy() if image.mode == "RGB" else image.convert("RGB")
    small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    return _jpeg(small, _THUMBNAIL_QUALITY)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
