"""An endpoint that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...components.endpoint import ModelEndpoint
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...options import StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class ExistingHosting(HostingPart):
    """An endpoint that is there already, whose name is a parameter; nothing makes or removes it."""

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameter of the endpoint's name."""
        name = ParameterGroup(scope, "Model").text(
            "ExistingEndpointName",
            "Endpoint",
            description="Name of the SageMaker endpoint of this region that serves the model",
            pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
            constraint="Give an endpoint's name: up to 63 letters, digits and hyphens.",
        )
        self.hosted_model = ModelEndpoint(name, ModelFacts.of(options.jumpstart_model))

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add nothing: the endpoint is not the stack's."""
