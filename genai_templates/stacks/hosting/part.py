"""Hosting part: what every kind of hosting brings to a stack."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import HostedModel
from ...errors import InvalidOption
from ...options import StackOptions
from ...scope import Scope

if TYPE_CHECKING:
    from ...components.budget_pause import PausableModel
    from ...components.encryption_key import EncryptionKey


class HostingPart(ABC):
    """The part of a stack that its model comes from.

    Making it adds its parameters; ``hosted_model`` is what the other parts refer to, and grant access to. ``place`` is
    what the model runs on, as the template's description says it.
    """

    place: ClassVar[str] = "SageMaker"
    hosted_model: HostedModel

    @property
    def pausable(self) -> PausableModel:
        """What pauses the model; raises InvalidOption where nothing does."""
        raise InvalidOption(f"no parameter pauses a model on {self.place} that is hosted in this way")

    @abstractmethod
    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameters; ``environment`` is added to the model container's own, the key is for what it stores."""

    @abstractmethod
    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add what makes the model available, and removes it; ``vpc_config`` is its place, if it runs in a VPC."""
