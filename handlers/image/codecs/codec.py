"""What a wire format does, and how the one that a model speaks is loaded."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from ..files import ImageFile


class Codec(Protocol):
    """Turns a job's settings into a request of the model, and its response into images.

    The modules here have these functions, and ``ACCEPT``, the content type that the model is to respond in.
    """

    ACCEPT: str

    def request(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the request."""

    def images(self, body: bytes, settings: dict[str, Any]) -> list[ImageFile]:
        """Return the images; raises MalformedResponse for a response that does not hold what was requested."""


def load_codec(name: str) -> Codec:
    """Return the codec that the catalogue calls so; no other one is loaded."""
    return cast(Codec, import_module(f"{__package__}.{name.replace('-', '_')}"))
