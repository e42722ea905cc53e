"""Image files as they are stored."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """A format of image files: how their names end, and their content type."""

    suffix: str
    content_type: str


JPEG = Format(".jpg", "image/jpeg")
PNG = Format(".png", "image/png")


class ImageFile(NamedTuple):
    """An image's file with its thumbnail, of the same format; the size, in pixels, is that of the former.

    An image without a thumbnail is shown in its place.
    """

    width: int
    height: int
    data: bytes
    thumbnail: bytes | None
    format: Format
