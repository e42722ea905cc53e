"""Two serverless generative-AI applications on AWS, as CloudFormation templates that Python builds.

The public names, loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .containers import Container as Container
    from .errors import GenAITemplatesError as GenAITemplatesError
    from .errors import InvalidOption as InvalidOption
    from .errors import LintError as LintError
    from .errors import LintFindings as LintFindings
    from .errors import LocalError as LocalError
    from .errors import PackagingError as PackagingError
    from .errors import UnknownModel as UnknownModel
    from .model import Model as Model
    from .network_ranges import NetworkRanges as NetworkRanges
    from .options import ApiAccess as ApiAccess
    from .options import Architecture as Architecture
    from .options import ArtifactKeys as ArtifactKeys
    from .options import Auth as Auth
    from .options import Budget as Budget
    from .options import ContentFilter as ContentFilter
    from .options import Dispatch as Dispatch
    from .options import Encryption as Encryption
    from .options import Firewall as Firewall
    from .options import FunctionNetwork as FunctionNetwork
    from .options import Hosting as Hosting
    from .options import InlineArtifacts as InlineArtifacts
    from .scope import Scope as Scope
    from .stacks.image import ImageStack as ImageStack
    from .stacks.text import TextStack as TextStack

_HOME = {
    "ApiAccess": "options",
    "Architecture": "options",
    "ArtifactKeys": "options",
    "Auth": "options",
    "Budget": "options",
    "Container": "containers",
    "ContentFilter": "options",
    "Dispatch": "options",
    "Encryption": "options",
    "Firewall": "options",
    "FunctionNetwork": "options",
    "GenAITemplatesError": "errors",
    "Hosting": "options",
    "ImageStack": "stacks.image",
    "InlineArtifacts": "options",
    "InvalidOption": "errors",
    "LintError": "errors",
    "LintFindings": "errors",
    "LocalError": "errors",
    "Model": "model",
    "NetworkRanges": "network_ranges",
    "PackagingError": "errors",
    "Scope": "scope",
    "TextStack": "stacks.text",
    "UnknownModel": "errors",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that the command line's help imports nothing heavy."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_HOME)
