"""An endpoint that CloudFormation makes, updates and deletes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from troposphere import And, Condition, Equals, GetAtt, Not, sagemaker

from ...components.endpoint import PAUSED, ModelEndpoint, generated_endpoint_name
from ...components.endpoint_role import add_endpoint_role
from ...components.functions import FunctionDefaults, VpcConfig
from ...components.hosted_model import ModelFacts
from ...components.model_resource import add_model
from ...components.native_endpoint import Rollout, add_native_endpoint
from ...components.pause_schedule import add_pause_schedules
from ...components.production_variant import production_variant
from ...components.scaling import INSTANCES, add_scalable_target, add_target_tracking, variant_id
from ...components.volumes import volume_key
from ...iam import Role
from ...options import Budget, StackOptions
from ...scope import Scope
from ..network import LOOKED_UP
from ..parameters.native import add_native_parameters
from ..parameters.pause import USED_UP, add_pause_parameters
from .part import HostingPart

if TYPE_CHECKING:
    from ...components.budget_pause import PausableModel
    from ...components.encryption_key import EncryptionKey

# What scaling goes by: a request takes seconds, and up to a minute, so that how many are under way says more than how
# many came; and this metric comes every 10 seconds. (SageMaker developer guide, endpoint-auto-scaling-policy.)
_METRIC = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
# A new instance takes minutes to come: a second one is not asked for before the first could help, and none is let go
# in a short pause.
_OUT_SECONDS, _IN_SECONDS = 300, 600


class NativeHosting(HostingPart):
    """An endpoint of the template, on one instance type or on several in order, that scales and can take updates back.

    Raises InvalidOption for fall-backs that SageMaker does not take, and for a model that has no container.
    """

    def __init__(
        self, scope: Scope, options: StackOptions, *, environment: Mapping[str, str], key: EncryptionKey | None = None
    ) -> None:
        """Add the parameters of the endpoint."""
        self._scope = scope
        self._options = options
        self._environment = environment
        self._key = key
        self._parameters = add_native_parameters(scope, options)
        self._pause = add_pause_parameters(scope, has_budget=options.values["budget"] is Budget.PAUSE)
        self.hosted_model: ModelEndpoint = ModelEndpoint(
            generated_endpoint_name(scope, "n"), ModelFacts.of(options.jumpstart_model), absent_state=PAUSED
        )

    def add_resources(self, *, custom_resources: FunctionDefaults, vpc_config: VpcConfig | None = None) -> None:
        """Add model, configuration and endpoint, the scaling between the two numbers of instances, and the pause."""
        more_at_most = Not(Equals(self._parameters.minimum, self._parameters.maximum))
        # By itself, as a pause must not change the configuration.
        can_scale = self._scope.add_condition("ModelCanScale", more_at_most)
        scales = self._scope.add_condition("ModelScales", And(Condition(self._pause.runs), Condition(can_scale)))
        role = add_endpoint_role(self._scope, self._options.jumpstart_model, vpc_config=vpc_config)
        volumes = volume_key(self._key, instance_types=self._options.jumpstart_model.instance_types, role=role)
        endpoint = self._add_endpoint(can_scale, vpc_config, role, volumes)
        self._add_scaling(endpoint, scales)
        add_pause_schedules(
            self._scope,
            parameter=self._pause.state,
            changes=self._pause.changes,
            time_zone=self._pause.time_zone,
            endpoint_arn=self.hosted_model.arn,
            configuration_name=endpoint.EndpointConfigName,
            looks_up=self._looked_up,
            key=self._key,
            volume_key=volumes,
        )

    @property
    def pausable(self) -> PausableModel:
        """The parameter with which a budget pauses the model. Raises InvalidOption where no budget does."""
        from ...components.budget_pause import PausableModel

        if self._pause.budget is None:
            return super().pausable
        return PausableModel(self._pause.budget, USED_UP, self.hosted_model.arn, self._looked_up)

    @property
    def _looked_up(self) -> Sequence[str]:
        return LOOKED_UP[self._options.values["function_network"]]

    def _add_endpoint(
        self, can_scale: str, vpc_config: VpcConfig | None, role: Role, volumes: EncryptionKey | None
    ) -> sagemaker.Endpoint:
        parameters = self._parameters
        placed = add_model(
            self._scope,
            model=self._options.jumpstart_model,
            role=role,
            environment=self._environment,
            instance_types=(parameters.instance_type, *self._options.values["fallback_instance_types"]),
            vpc_config=vpc_config,
        )
        return add_native_endpoint(
            self._scope,
            endpoint=self.hosted_model,
            variant=production_variant(placed, InitialInstanceCount=parameters.minimum),
            role=role,
            rollout=Rollout(parameters.rollout_kind, parameters.rollout_wait),
            scales=can_scale,
            condition=self._pause.runs,
            volume_key=volumes,
        )

    def _add_scaling(self, endpoint: sagemaker.Endpoint, scales: str) -> None:
        """Scale while there is something to scale: an endpoint, and more instances at most than at least."""
        target = add_scalable_target(
            self._scope,
            resource_id=variant_id(GetAtt(endpoint, "EndpointName")),
            dimension=INSTANCES,
            minimum=self._parameters.minimum,
            maximum=self._parameters.maximum,
            condition=scales,
        )
        add_target_tracking(
            self._scope,
            "FollowRequests",
            target=target,
            metric=_METRIC,
            value=self._parameters.concurrency,
            scale_out_cooldown=_OUT_SECONDS,
            scale_in_cooldown=_IN_SECONDS,
            condition=scales,
        )
