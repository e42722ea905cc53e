"""Artifacts part: what every place of the artifacts brings to a stack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from troposphere import AWSHelperFn

from ...components.functions import Code
from ...options import StackOptions
from ...scope import Scope

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class StackCode(NamedTuple):
    """Code of a stack's functions, by artifact."""

    handlers: Code
    custom_resources: Code


class ArtifactsPart(ABC):
    """The part of a stack that its artifacts come from; making it adds its parameters.

    ``note`` is what the template's description says about it, and ``has_wheels`` whether the artifacts hold the
    packages that an application would bundle.
    """

    note: ClassVar[str] = ""
    has_wheels: ClassVar[bool] = True

    @abstractmethod
    def __init__(self, scope: Scope, options: StackOptions) -> None:
        """Add the parameters."""

    @abstractmethod
    def add_resources(self, *, log_retention: AWSHelperFn, key: EncryptionKey | None) -> StackCode:
        """Add what brings the artifacts, encrypted with the key; return where functions find them."""
