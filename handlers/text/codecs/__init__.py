"""The wire formats of language models: a module for each, which a function loads by the codec's name."""

from .codec import Codec, GenerationParameters, load_codec

__all__ = ["Codec", "GenerationParameters", "load_codec"]
