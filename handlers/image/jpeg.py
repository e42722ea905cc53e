"""JPEG images and thumbnails.

Pillow imports five plugins when it opens a file without a name, or saves in a named format. Nothing has compiled them
in a function, so JPEG goes the ways that need its own plugin alone.
"""

from __future__ import annotations

import io

from PIL import Image, JpegImagePlugin

from handlers.common.errors import MalformedResponse

from .files import JPEG, ImageFile
from .pixels import Pixels

_THUMBNAIL_SIDE = 256
_QUALITY = 90
_THUMBNAIL_QUALITY = 80
# Far more than the model makes, and no more than a function has memory for.
_LARGEST_PIXELS = 4096 * 4096
_START_OF_JPEG = b"\xff\xd8\xff"


def image_of_file(data: bytes) -> ImageFile:
    """Return the image of a JPEG or PNG file; a JPEG's bytes are kept as they are.

    Raises MalformedResponse for bytes that are neither.
    """
    try:
        image = _open(data)
        size = image.size
        if image.format == "JPEG":
            # Decoded at an eighth to the whole of its size, whatever suffices for the thumbnail.
            image.draft("RGB", (_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
            return ImageFile(*size, data, _thumbnail(image), JPEG)
        whole = image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise MalformedResponse("the model's response holds something that is not an image") from None
    return ImageFile(*size, _jpeg(whole, _QUALITY), _thumbnail(whole), JPEG)


def fitted_image_of_file(data: bytes, width: int, height: int) -> ImageFile:
    """Return the image of a JPEG or PNG file, its middle cropped to this shape, and scaled to this size.

    Raises MalformedResponse for bytes that are neither.
    """
    try:
        image = _open(data)
        if image.size == (width, height):
            return image_of_file(data)
        whole = image.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise MalformedResponse("the model's response holds something that is not an image") from None
    fitted = whole.resize((width, height), Image.Resampling.LANCZOS, _middle(whole, width / height))
    return ImageFile(width, height, _jpeg(fitted, _QUALITY), _thumbnail(fitted), JPEG)


def _middle(image: Image.Image, ratio: float) -> tuple[float, float, float, float]:
    """Return the largest box of this ratio of width to height that lies in the middle of the image."""
    width = min(image.width, image.height * ratio)
    left, top = (image.width - width) / 2, (image.height - width / ratio) / 2
    return left, top, left + width, top + width / ratio


def image_of_pixels(pixels: Pixels) -> ImageFile:
    """Return the image of raw pixels."""
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    return ImageFile(pixels.width, pixels.height, _jpeg(image, _QUALITY), _thumbnail(image), JPEG)


def _open(data: bytes) -> Image.Image:
    if not data.startswith(_START_OF_JPEG):
        return Image.open(io.BytesIO(data), formats=("PNG",))
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    if image.width * image.height > _LARGEST_PIXELS:
        raise ValueError(f"the image has {image.width} x {image.height} pixels")
    return image


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy() if image.mode == "RGB" else image.convert("RGB")
    small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    return _jpeg(small, _THUMBNAIL_QUALITY)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    buffer.name = "image.jpg"  # tells Pillow the format
    image.save(buffer, quality=quality)
    return buffer.getvalue()
