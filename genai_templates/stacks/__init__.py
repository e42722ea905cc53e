"""The stacks: components wired together, as in the architecture's picture."""

from .image import ImageStack
from .text import TextStack

__all__ = ["ImageStack", "TextStack"]
