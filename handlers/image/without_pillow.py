"""Image files without Pillow: a model's files stay as they are, pixels become PNG, and nothing has a thumbnail.

For functions whose artifact holds no Pillow, such as those of a template that brings its artifacts along.
"""

from __future__ import annotations

from handlers.common.errors import MalformedResponse

from .files import JPEG, PNG, ImageFile
from .pixels import Pixels
from .png import SIGNATURE, png_of_pixels, size_of_png

_START_OF_JPEG = b"\xff\xd8"
_END_OF_JPEG = b"\xff\xd9"
_START_OF_SCAN = 0xDA
# The markers C0 to CF begin a frame, which has the size, but for these: tables and an extension. (ITU T.81, B.1.1.3.)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_of_file(data: bytes) -> ImageFile:
    """Return the image of a JPEG or PNG file, whose bytes are kept as they are.

    Raises MalformedResponse for bytes that are neither, or were cut short.
    """
    try:
        if data.startswith(SIGNATURE):
            return ImageFile(*size_of_png(data), data, None, PNG)
        return ImageFile(*_size_of_jpeg(data), data, None, JPEG)
    except (ValueError, IndexError):
        raise MalformedResponse("the model's response holds something that is not an image") from None


def fitted_image_of_file(data: bytes, width: int, height: int) -> ImageFile:
    """Return the image of a JPEG or PNG file, at the size that it has; raises MalformedResponse as the other one."""
    return image_of_file(data)


def image_of_pixels(pixels: Pixels) -> ImageFile:
    """Return the image of raw pixels."""
    return ImageFile(pixels.width, pixels.height, png_of_pixels(pixels), None, PNG)


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Return width and height; raises ValueError or IndexError for what is no JPEG, or was cut short."""
    if not data.startswith(_START_OF_JPEG):
        raise ValueError("not a JPEG")
    size: tuple[int, int] | None = None
    position, marker = 2, 0
    while marker != _START_OF_SCAN:
        if data[position] != 0xFF:
            raise ValueError("not a marker")
        marker = data[position + 1]
        if marker in _FRAMES:
            size = (_number(data, position + 7), _number(data, position + 5))
        position += 2 + max(2, _number(data, position + 2))
    if size is None or 0 in size or data.find(_END_OF_JPEG, position) < 0:
        raise ValueError("not a whole JPEG")
    return size


def _number(data: bytes, position: int) -> int:
    return data[position] << 8 | data[position + 1]
