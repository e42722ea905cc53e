"""Two serverless generative-AI applications on AWS, as CloudFormation templates that Python builds.

The public names, loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import GenAITemplatesError, InvalidOption, LintError, LocalError, PackagingError, UnknownModel
    from .options import Architecture, ArtifactKeys, FunctionNetwork, Hosting, NetworkRanges
    from .stacks import ImageStack, TextStack

__all__ = [
    "Architecture",
    "ArtifactKeys",
    "FunctionNetwork",
    "GenAITemplatesError",
    "Hosting",
    "ImageStack",
    "InvalidOption",
    "LintError",
    "LocalError",
    "NetworkRanges",
    "PackagingError",
    "TextStack",
    "UnknownModel",
]

_STACKS = ("ImageStack", "TextStack")
_OPTIONS = ("Architecture", "ArtifactKeys", "FunctionNetwork", "Hosting", "NetworkRanges")


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that the command line's help imports nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "stacks" if name in _STACKS else "options" if name in _OPTIONS else "errors"
    return getattr(import_module(f".{module}", __name__), name)
