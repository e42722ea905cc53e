"""An image model that is scaled to zero: an asynchronous endpoint, and what puts it to sleep and wakes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from troposphere import GetAtt

from ...components.asynchronous_endpoint import (
    AsynchronousModel,
    RequestLimits,
    add_asynchronous_endpoint,
    add_exchange,
)
from ...components.custom_resources import add_bucket_cleaner
from ...components.endpoint import generated_endpoint_name
from ...components.endpoint_role import add_endpoint_role
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...components.model_resource import add_model
from ...components.production_variant import production_variant
from ...components.queue_scaling import add_queue_scaling
from ...components.scaling import variant_id
from ...components.volumes import volume_key
from ...options import StackOptions
from ...scope import Scope
from ..parameters.asynchronous import add_asynchronous_parameters
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.encryption_key import EncryptionKey


class AsynchronousHosting(HostingPart):
    """An asynchronous endpoint of the stack, which has no instance while no request waits."""

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameters, and what passes between the functions and the model."""
        self._scope, self._options, self._environment, self._key = scope, options, environment, key
        self._parameters = parameters = add_asynchronous_parameters(scope, options)
        self.hosted_model: AsynchronousModel = AsynchronousModel(
            scope,
            generated_endpoint_name(scope, "z"),
            ModelFacts.of(options.jumpstart_model),
            exchange=add_exchange(scope, key=key),
            limits=RequestLimits(parameters.time_to_live, parameters.invocation_timeout),
        )

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add model and endpoint, the alarm and policies that scale it, and what empties its bucket."""
        scope, exchange = self._scope, self.hosted_model.exchange
        cleaner = add_bucket_cleaner(
            scope, "InferenceCleaner", shared=custom_resources, bucket=exchange.bucket, delete="true"
        )
        role = add_endpoint_role(scope, self._options.jumpstart_model, vpc_config=vpc_config)
        exchange.grant_model(role)
        placed = add_model(
            scope,
            model=self._options.jumpstart_model,
            role=role,
            environment=self._environment,
            instance_types=(self._parameters.instance_type, *self._options.values["fallback_instance_types"]),
            vpc_config=vpc_config,
        )
        endpoint = add_asynchronous_endpoint(
            scope,
            model=self.hosted_model,
            # SageMaker makes no endpoint without an instance; scaling takes it away when nothing is requested.
            variant=production_variant(placed, InitialInstanceCount=1),
            after=[cleaner.title],
            volume_key=volume_key(self._key, instance_types=self._options.jumpstart_model.instance_types, role=role),
        )
        add_queue_scaling(
            scope,
            resource_id=variant_id(GetAtt(endpoint, "EndpointName")),
            endpoint_name=self.hosted_model.name,
            maximum=self._parameters.maximum,
            condition=self._parameters.scales,
        )
