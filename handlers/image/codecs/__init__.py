"""The wire formats of image models: a module for each, which a function loads by the codec's name."""

from .codec import Codec, load_codec

__all__ = ["Codec", "load_codec"]
