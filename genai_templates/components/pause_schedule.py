"""Schedules that pause and resume a model, by an update of the stack's own parameter.

EventBridge Scheduler calls CloudFormation's UpdateStack itself: the template as it is, one parameter changed. So the
stack always is what its parameters say. Whoever deleted the endpoint behind CloudFormation's back would make the stack
drift, and the next update fail; a function that updates the stack would need the same permissions, and code, a log and
a time-out besides, for one call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import awacs.application_autoscaling as scaling
import awacs.cloudformation
import awacs.cloudwatch
import awacs.iam
import awacs.sagemaker
from awacs.aws import Action, Condition, ForAnyValueStringEquals, StringEquals
from troposphere import AWSHelperFn, Or, Ref, Sub, Template, scheduler
from troposphere import Condition as ConditionRef

from ..iam import ANY_RESOURCE, Role, add_role, arn
from ..scope import Scope

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

# An update that runs already may take that long, and what comes later than this would undo what somebody has done by
# hand meanwhile. "No updates are to be performed", where the model is as it should be, ends in the same way: nobody
# needs to hear of it, and so there is no queue for what was given up.
_LATEST_SECONDS = 1800
_VIA_CLOUDFORMATION = Condition(ForAnyValueStringEquals({"aws:CalledVia": ["cloudformation.amazonaws.com"]}))
_SERVICE_LINKED_ROLE = (
    "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/"
    "sagemaker.application-autoscaling.amazonaws.com/*"
)


class StateChange(NamedTuple):
    """A value that a parameter gets when a cron expression says so, if the condition ``given`` holds."""

    logical_id: str
    value: str
    expression: Ref
    given: str
    description: str


class UpdateOfParameter(AWSHelperFn):
    """Input of UpdateStack that changes one parameter of the stack and keeps all else.

    A parameter that the input leaves out would fall back to its default. So the list is made when the template is
    written: it has what was added to the template until then.
    """

    def __init__(self, template: Template, parameter: str, value: str) -> None:
        """Keep the template, and the value that the parameter gets."""
        self._template = template
        self._parameter = parameter
        self._value = value

    def to_dict(self) -> Any:
        """Return the input, in which CloudFormation replaces the stack's id."""
        parameters = [
            {"ParameterKey": name, "ParameterValue": self._value}
            if name == self._parameter
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in sorted(self._template.parameters)
        ]
        request = {
            "StackName": "${AWS::StackId}",
            "UsePreviousTemplate": True,
            "Parameters": parameters,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        }
        return {"Fn::Sub": json.dumps(request, separators=(",", ":"))}


def add_pause_schedules(
    scope: Scope,
    *,
    parameter: Ref,
    changes: Sequence[StateChange],
    time_zone: Ref,
    endpoint_arn: AWSHelperFn,
    configuration_name: AWSHelperFn,
    looks_up: Sequence[str] = (),
    key: EncryptionKey | None = None,
    volume_key: EncryptionKey | None = None,
) -> None:
    """Add a schedule for each change of the parameter, and the role under which the stack is then updated.

    The role may delete the endpoint, make it again from this configuration, and do the same with its scaling;
    ``looks_up`` are those of ``grant_update``. ``key`` is for the schedules, and ``volume_key`` for the volumes of the
    endpoint's instances.
    """
    given = scope.add_condition("ModelIsScheduled", Or(*(ConditionRef(change.given) for change in changes)))
    role = _add_role(scope, given)
    grant_update(role, looks_up=looks_up)
    _grant_endpoint(role, endpoint_arn, configuration_name)
    _grant_scaling(role)
    if key is not None:
        key.grant_schedule(role)
    if volume_key is not None:
        volume_key.grant_endpoint(role)
    for change in changes:
        scope.add(
            scheduler.Schedule,
            change.logical_id,
            Condition=change.given,
            Description=change.description,
            ScheduleExpression=change.expression,
            ScheduleExpressionTimezone=time_zone,
            FlexibleTimeWindow=scheduler.FlexibleTimeWindow(Mode="OFF"),
            Target=scheduler.Target(
                Arn=Sub("arn:${AWS::Partition}:scheduler:::aws-sdk:cloudformation:updateStack"),
                RoleArn=role.arn,
                Input=UpdateOfParameter(scope.template, parameter.data["Ref"], change.value),
                RetryPolicy=scheduler.RetryPolicy(MaximumEventAgeInSeconds=_LATEST_SECONDS),
            ),
            **({} if key is None else {"KmsKeyArn": key.arn}),
        )


def _add_role(scope: Scope, condition: str) -> Role:
    """Add the role: it may update the stack, and all else by way of CloudFormation alone, which acts in its name."""
    role = add_role(scope, "ScheduleRole", service="scheduler", description="Pauses and resumes the model")
    role.resource.Condition = condition
    # EventBridge Scheduler must not take the role for a schedule of another account.
    trust = role.resource.AssumeRolePolicyDocument.Statement[0]
    trust.Condition = Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}))
    return role


def grant_update(role: Role, *, looks_up: Sequence[str] = ()) -> None:
    """Let the role update the stack, where the update itself needs no more than what the role has.

    ``looks_up`` are the actions of EC2 with which CloudFormation evaluates the template in its caller's name, before it
    looks what has changed.
    """
    role.allow("UpdateStack", [awacs.cloudformation.UpdateStack], [Ref("AWS::StackId")])
    if looks_up:
        # They have no resource.
        actions = [Action(*each.split(":")) for each in looks_up]
        role.allow("LookUpNetwork", actions, [ANY_RESOURCE], condition=_VIA_CLOUDFORMATION)


def grant_pause(role: Role, *, endpoint_arn: AWSHelperFn) -> None:
    """Let an update by the role take the endpoint and its scaling away."""
    role.allow(
        "DeleteEndpoint",
        [awacs.sagemaker.DeleteEndpoint, awacs.sagemaker.DescribeEndpoint],
        [endpoint_arn],
        condition=_VIA_CLOUDFORMATION,
    )
    # It has no resource.
    role.allow("SeeScaling", [scaling.DescribeScalingPolicies], [ANY_RESOURCE], condition=_VIA_CLOUDFORMATION)
    role.allow(
        "SetScaling",
        [scaling.DeleteScalingPolicy, scaling.DeregisterScalableTarget],
        [arn("application-autoscaling", "scalable-target/*")],  # which has a random id
        condition=_VIA_CLOUDFORMATION,
    )


def _grant_endpoint(role: Role, endpoint_arn: AWSHelperFn, configuration_name: AWSHelperFn) -> None:
    role.allow(
        "MakeAndDeleteEndpoint",
        [
            awacs.sagemaker.AddTags,
            awacs.sagemaker.CreateEndpoint,
            awacs.sagemaker.DeleteEndpoint,
            awacs.sagemaker.DescribeEndpoint,
            awacs.sagemaker.ListTags,
            awacs.sagemaker.UpdateEndpointWeightsAndCapacities,  # asked of whoever has it scaled
        ],
        [endpoint_arn],
        condition=_VIA_CLOUDFORMATION,
    )
    configuration = Sub(
        "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:endpoint-config/${Name}",
        Name=configuration_name,
    )
    # CreateEndpoint is judged on both. (Service authorization reference, SageMaker.)
    role.allow(
        "UseConfiguration",
        [awacs.sagemaker.CreateEndpoint, awacs.sagemaker.DescribeEndpointConfig],
        [configuration],
        condition=_VIA_CLOUDFORMATION,
    )


def _grant_scaling(role: Role) -> None:
    role.allow(
        "SeeScaling",
        [
            # None of them has a resource.
            scaling.DescribeScalableTargets,
            scaling.DescribeScalingPolicies,
            scaling.DescribeScheduledActions,
        ],
        [ANY_RESOURCE],
        condition=_VIA_CLOUDFORMATION,
    )
    role.allow(
        "SetScaling",
        [
            scaling.DeleteScalingPolicy,
            scaling.DeregisterScalableTarget,
            scaling.ListTagsForResource,
            scaling.PutScalingPolicy,
            scaling.RegisterScalableTarget,
            scaling.TagResource,
        ],
        [arn("application-autoscaling", "scalable-target/*")],  # which has a random id
        condition=_VIA_CLOUDFORMATION,
    )
    role.allow(
        "SetScalingAlarms",
        [awacs.cloudwatch.DeleteAlarms, awacs.cloudwatch.DescribeAlarms, awacs.cloudwatch.PutMetricAlarm],
        [arn("cloudwatch", "alarm:TargetTracking-*")],
        condition=_VIA_CLOUDFORMATION,
    )
    role.allow(
        "MakeScalingRole",
        [awacs.iam.CreateServiceLinkedRole],
        [Sub(_SERVICE_LINKED_ROLE)],
        condition=_VIA_CLOUDFORMATION,
    )
