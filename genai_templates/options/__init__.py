"""The options of a stack: what there is to choose, how each choice is checked, and which cannot go together."""

from .artifacts import ArtifactKeys, InlineArtifacts
from .chosen import StackOptions
from .conflicts import CONFLICTS, check_conflicts
from .declaration import Declaration, Option
from .enumerations import (
    ApiAccess,
    Architecture,
    Auth,
    Budget,
    ContentFilter,
    Dispatch,
    Encryption,
    Firewall,
    FunctionNetwork,
    Hosting,
)
from .fields import OPTIONS, StackOptionFields

__all__ = [
    "CONFLICTS",
    "OPTIONS",
    "ApiAccess",
    "Architecture",
    "ArtifactKeys",
    "Auth",
    "Budget",
    "ContentFilter",
    "Declaration",
    "Dispatch",
    "Encryption",
    "Firewall",
    "FunctionNetwork",
    "Hosting",
    "InlineArtifacts",
    "Option",
    "StackOptionFields",
    "StackOptions",
    "check_conflicts",
]
