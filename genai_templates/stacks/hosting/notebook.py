"""An endpoint that a notebook instance of the stack deploys."""

from __future__ import annotations

from collections.abc import Mapping

from ...components.endpoint import ModelEndpoint, generated_endpoint_name
from ...components.endpoint_role import add_endpoint_role
from ...components.functions import FunctionDefaults
from ...components.hosted_model import ModelFacts
from ...components.model_janitor import DeploymentSettings, add_model_janitor
from ...components.notebook import ModelDeployment, add_notebook
from ...options import StackOptions
from ...scope import Scope
from ..parameters.notebook import add_notebook_parameters
from .part import HostingPart


class NotebookHosting(HostingPart):
    """An endpoint that a notebook instance deploys with the SageMaker SDK, and a custom resource removes."""

    def __init__(self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str]) -> None:
        """Add the parameters of the model and the notebook."""
        self._scope = scope
        self._parameters = add_notebook_parameters(scope, options)
        self._deployment = ModelDeployment(
            model=options.jumpstart_model,
            instance_types=(self._parameters.instance_type, *options.values["fallback_instance_types"]),
            environment=environment,
            timeout=self._parameters.timeout,
            stop_notebook=self._parameters.stop,
        )
        self.hosted_model: ModelEndpoint = ModelEndpoint(
            generated_endpoint_name(scope), ModelFacts.of(options.jumpstart_model)
        )

    def add_resources(self, *, custom_resources: FunctionDefaults) -> None:
        """Have the notebook deploy the model, and the janitor remove it."""
        role = add_endpoint_role(self._scope, self._deployment.model)
        janitor = add_model_janitor(
            self._scope,
            shared=custom_resources,
            endpoint=self.hosted_model,
            endpoint_role=role,
            settings=self._settings(),
        )
        add_notebook(
            self._scope,
            deployment=self._deployment,
            endpoint=self.hosted_model,
            endpoint_role=role,
            janitor=janitor,
            instance_type=self._parameters.notebook_type,
        )

    def _settings(self) -> DeploymentSettings:
        deployment = self._deployment
        return DeploymentSettings(
            model_id=deployment.model.model_id,
            instance_types=deployment.instance_types,
            notebook_type=self._parameters.notebook_type,
            stop_notebook=deployment.stop_notebook,
        )
