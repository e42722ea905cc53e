"""Hosting part: what every kind of hosting brings to a stack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from ...components.endpoint import ModelEndpoint
from ...components.functions import FunctionDefaults
from ...options import StackOptions
from ...scope import Scope


class HostingPart(ABC):
    """The part of a stack that its endpoint comes from.

    Making it adds its parameters; ``endpoint`` is what the other parts refer to, and grant access to.
    """

    endpoint: ModelEndpoint

    @abstractmethod
    def __init__(self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str]) -> None:
        """Add the parameters; ``environment`` is added to the model container's own."""

    @abstractmethod
    def add_resources(self, *, custom_resources: FunctionDefaults) -> None:
        """Add what makes the endpoint and removes it."""
