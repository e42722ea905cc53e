"""Hosting part: what every kind of hosting brings to a stack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from ...components.functions import FunctionDefaults
from ...components.hosted_model import HostedModel
from ...options import StackOptions
from ...scope import Scope


class HostingPart(ABC):
    """The part of a stack that its model comes from.

    Making it adds its parameters; ``hosted_model`` is what the other parts refer to, and grant access to. ``place`` is
    what the model runs on, as the template's description says it.
    """

    place: ClassVar[str] = "SageMaker"
    hosted_model: HostedModel

    @abstractmethod
    def __init__(self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str]) -> None:
        """Add the parameters; ``environment`` is added to the model container's own."""

    @abstractmethod
    def add_resources(self, *, custom_resources: FunctionDefaults) -> None:
        """Add what makes the model available, and removes it."""
