"""A language model that is scaled to zero: an inference component, and what puts it to sleep and wakes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from troposphere import Ref

from ...components.copy_scaling import add_copy_scaling
from ...components.endpoint import generated_endpoint_name
from ...components.endpoint_role import add_endpoint_role
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...components.inference_component import ComponentModel, add_inference_component
from ...components.model_resource import add_model
from ...components.volumes import volume_key
from ...options import StackOptions
from ...regions import INFERENCE_COMPONENT, regions_with
from ...scope import Scope
from ..parameters.component import add_component_parameters
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class ComponentHosting(HostingPart):
    """An inference component of the stack, which has no instance while there are no requests."""

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameters, and the rule that the region has inference components."""
        self._scope, self._options, self._environment, self._key = scope, options, environment, key
        self._parameters = add_component_parameters(scope, options)
        self.hosted_model = ComponentModel(
            generated_endpoint_name(scope, "z"),
            ModelFacts.of(options.jumpstart_model),
            wake_when_opened=self._parameters.wake_when_opened,
        )
        regions = regions_with(INFERENCE_COMPONENT)
        scope.add_rule(
            "RegionHasInferenceComponents",
            {"Fn::Contains": [regions, Ref("AWS::Region")]},
            f"Scaling to zero needs inference components, which this region lacks. They are in {', '.join(regions)}.",
        )

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add model, endpoint and component, and the alarms and policies that scale it."""
        model, name = self._options.jumpstart_model, self.hosted_model.name
        hosts = ("Endpoints", "InferenceComponents")
        role = add_endpoint_role(self._scope, model, hosts=hosts, vpc_config=vpc_config)
        placed = add_model(
            self._scope,
            model=model,
            role=role,
            environment=self._environment,
            instance_types=(self._parameters.instance_type, *self._options.values["fallback_instance_types"]),
        )
        resource_id = add_inference_component(
            self._scope,
            name=name,
            placed=placed,
            allowed_instance_types=model.instance_types,
            role=role,
            maximum=self._parameters.maximum,
            volume_key=volume_key(self._key, instance_types=model.instance_types, role=role),
            vpc_config=vpc_config,
        )
        add_copy_scaling(
            self._scope,
            resource_id=resource_id,
            component_name=name,
            maximum=self._parameters.maximum,
            idle_minutes=self._parameters.idle_minutes,
        )
