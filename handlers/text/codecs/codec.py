"""What a wire format does, and how the one that a model speaks is loaded."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast


class GenerationParameters(NamedTuple):
    """The number of tokens to generate at most, and how freely."""

    max_new_tokens: int
    temperature: float
    top_p: float


class Codec(Protocol):
    """Turns a prompt into a request of the model, and its response into text: the functions of each module here."""

    def request(self, prompt: str, parameters: GenerationParameters) -> dict[str, Any]:
        """Return the body of the request."""

    def text(self, body: bytes, prompt: str) -> str:
        """Return the generated text; raises ModelFailed for a response that has none."""


def load_codec(name: str) -> Codec:
    """Return the codec that the catalogue calls so; no other one is loaded."""
    return cast(Codec, import_module(f"{__package__}.{name.replace('-', '_')}"))
