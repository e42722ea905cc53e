"""An endpoint that a notebook instance of the stack deploys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...components.endpoint import ModelEndpoint, generated_endpoint_name
from ...components.endpoint_role import add_endpoint_role
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...components.model_deployment import ModelDeployment
from ...components.model_janitor import add_model_janitor
from ...components.notebook import add_notebook
from ...options import StackOptions
from ...scope import Scope
from ..parameters.notebook import add_notebook_parameters
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class NotebookHosting(HostingPart):
    """An endpoint that a notebook instance deploys with the SageMaker SDK; a custom resource updates and removes it."""

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameters of the model and the notebook."""
        self._scope = scope
        self._key = key
        self._parameters = add_notebook_parameters(scope, options)
        self._deployment = ModelDeployment(
            model=options.jumpstart_model,
            instance_types=(self._parameters.instance_type, *options.values["fallback_instance_types"]),
            environment=environment,
            timeout=self._parameters.timeout,
            stop_notebook=self._parameters.stop,
        )
        self.hosted_model: ModelEndpoint = ModelEndpoint(
            generated_endpoint_name(scope), ModelFacts.of(options.jumpstart_model), absent_state="starting"
        )

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Have the notebook deploy the model, and the janitor look after it."""
        role = add_endpoint_role(self._scope, self._deployment.model, vpc_config=vpc_config)
        deployment = self._deployment._replace(vpc_config=vpc_config)
        janitor = add_model_janitor(
            self._scope,
            shared=custom_resources,
            endpoint=self.hosted_model,
            endpoint_role=role,
            deployment=deployment,
            notebook_type=self._parameters.notebook_type,
        )
        add_notebook(
            self._scope,
            deployment=deployment,
            endpoint=self.hosted_model,
            endpoint_role=role,
            janitor=janitor,
            instance_type=self._parameters.notebook_type,
            key=self._key,
        )
