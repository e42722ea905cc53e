"""What the janitor's role may do with the endpoint of its stack, and with nothing else."""

from __future__ import annotations

import awacs.application_autoscaling
import awacs.iam
import awacs.sagemaker
import awacs.servicequotas
from awacs.aws import Action, Condition, StringEquals
from troposphere import Ref, Sub

from ..iam import ANY_RESOURCE, Role
from .endpoint import ModelEndpoint

OTHER_SUFFIX = "-2"
"""What the second name of a configuration and a model ends in, which updates take in turn with the endpoint's own."""


def grant_model_care(role: Role, endpoint: ModelEndpoint, endpoint_role: Role) -> None:
    """Let the role look at quotas, update the endpoint, and delete all of it."""
    # The service has no resource-level permission for its lists.
    role.allow("SeeQuotas", [awacs.servicequotas.ListServiceQuotas], [ANY_RESOURCE])
    # Whether an update is a roll-back. (Every stack would load the hundred other actions of awacs.cloudformation.)
    role.allow("SeeStack", [Action("cloudformation", "DescribeStacks")], [Ref("AWS::StackId")])
    endpoint.grant_status(role)
    _grant_changes(role, endpoint, endpoint_role)
    _grant_end_of_scaling(role)


def _grant_changes(role: Role, endpoint: ModelEndpoint, endpoint_role: Role) -> None:
    actions = awacs.sagemaker
    role.allow("ChangeEndpoint", [actions.UpdateEndpoint, actions.DeleteEndpoint], [endpoint.arn])
    # An endpoint is updated from a configuration, so that action is checked against both.
    role.allow(
        "ChangeConfig",
        [
            actions.DescribeEndpointConfig,
            actions.CreateEndpointConfig,
            actions.DeleteEndpointConfig,
            actions.UpdateEndpoint,
            actions.ListTags,
            actions.AddTags,
        ],
        _both_arns("endpoint-config", endpoint),
    )
    role.allow(
        "ChangeModel",
        [actions.DescribeModel, actions.CreateModel, actions.DeleteModel, actions.ListTags, actions.AddTags],
        _both_arns("model", endpoint),
    )
    role.allow(
        "PassEndpointRole",
        [awacs.iam.PassRole],
        [endpoint_role.arn],
        condition=Condition(StringEquals({"iam:PassedToService": "sagemaker.amazonaws.com"})),
    )


def _both_arns(kind: str, endpoint: ModelEndpoint) -> list[Sub]:
    own = f"arn:${{AWS::Partition}}:sagemaker:${{AWS::Region}}:${{AWS::AccountId}}:{kind}/${{Name}}"
    return [Sub(f"{own}{suffix}", Name=endpoint.name) for suffix in ("", OTHER_SUFFIX)]


def _grant_end_of_scaling(role: Role) -> None:
    # The description of scalable targets has no resource-level permission, and a target's own ARN holds a random id:
    # both are held to SageMaker's targets by the condition instead.
    autoscaling = awacs.application_autoscaling
    role.allow("FindScaling", [autoscaling.DescribeScalableTargets], [ANY_RESOURCE])
    role.allow(
        "StopScaling",
        [autoscaling.DeregisterScalableTarget],
        [ANY_RESOURCE],
        condition=Condition(StringEquals({"application-autoscaling:service-namespace": "sagemaker"})),
    )
