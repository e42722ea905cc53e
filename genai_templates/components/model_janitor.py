"""The custom resource that looks after the model which a notebook deploys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import awacs.application_autoscaling
import awacs.awslambda
import awacs.sagemaker
import awacs.servicequotas
from awacs.aws import Allow, Condition, PolicyDocument, Statement, StringEquals
from troposphere import AWSHelperFn, Ref, iam
from troposphere.cloudformation import AWSCustomObject

from ..iam import ANY_RESOURCE, Role
from ..scope import Scope
from .custom_resources import SERVICE_PROPERTIES, add_resource_function
from .endpoint import ModelEndpoint
from .functions import Function, FunctionDefaults

_FUNCTION_SECONDS = 900
# CloudFormation's longest: an endpoint that is being made cannot be deleted before it is there.
_SERVICE_SECONDS = 3600


class ModelJanitor(AWSCustomObject):
    """Checks the endpoint's quota, refuses changes that would not reach the model, and deletes it in the end."""

    resource_type = "Custom::ModelJanitor"
    props: ClassVar[dict[str, object]] = {
        **SERVICE_PROPERTIES,
        "EndpointName": (str, True),
        "ModelId": (str, True),
        "InstanceTypes": ([str], True),
        "NotebookInstanceType": (str, True),
        "StopNotebook": (str, True),
    }


class DeploymentSettings(NamedTuple):
    """What the notebook reads once, when it is made: an update of the stack cannot change it."""

    model_id: str
    instance_types: Sequence[str | AWSHelperFn]
    notebook_type: str | AWSHelperFn
    stop_notebook: str | AWSHelperFn


def add_model_janitor(
    scope: Scope,
    *,
    shared: FunctionDefaults,
    endpoint: ModelEndpoint,
    endpoint_role: Role,
    settings: DeploymentSettings,
) -> ModelJanitor:
    """Check the quota before the model is deployed, and delete endpoint, configuration and model with the stack.

    The endpoint's role stays until then: SageMaker needs it to delete the endpoint. (SageMaker API reference,
    DeleteEndpoint.)
    """
    function = add_resource_function(
        scope,
        "ModelJanitorFunction",
        shared=shared,
        module="model_janitor",
        description="Checks the model's quota, and deletes its endpoint with the stack",
        timeout=_FUNCTION_SECONDS,
    )
    _grant_model_deletion(function, endpoint)
    # The service has no resource-level permission for its lists.
    function.role.allow("SeeQuotas", [awacs.servicequotas.ListServiceQuotas], [ANY_RESOURCE])
    continuation = _allow_continuation(scope, function)
    return scope.add(
        ModelJanitor,
        "ModelJanitor",
        EndpointName=endpoint.name,
        ModelId=settings.model_id,
        InstanceTypes=list(settings.instance_types),
        NotebookInstanceType=settings.notebook_type,
        StopNotebook=settings.stop_notebook,
        ServiceToken=function.arn,
        ServiceTimeout=_SERVICE_SECONDS,
        DependsOn=[endpoint_role.resource.title, continuation.title],
    )


def _allow_continuation(scope: Scope, function: Function) -> iam.PolicyType:
    """Let the function invoke itself, by a policy of its own: the role's own would make a circle with the function."""
    statement = Statement(Sid="GoOn", Effect=Allow, Action=[awacs.awslambda.InvokeFunction], Resource=[function.arn])
    return scope.add(
        iam.PolicyType,
        "ModelJanitorContinuation",
        PolicyName="Continuation",
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[statement]),
        Roles=[Ref(function.role.resource)],
    )


def _grant_model_deletion(function: Function, endpoint: ModelEndpoint) -> None:
    endpoint.grant_status(function.role)
    for sid, action, resource in (
        ("DeleteEndpoint", awacs.sagemaker.DeleteEndpoint, endpoint.arn),
        ("DeleteEndpointConfig", awacs.sagemaker.DeleteEndpointConfig, endpoint.config_arn),
        ("DeleteModel", awacs.sagemaker.DeleteModel, endpoint.model_arn),
    ):
        function.role.allow(sid, [action], [resource])
    # The description of scalable targets has no resource-level permission, and a target's own ARN holds a random id:
    # both are held to SageMaker's targets by the condition instead.
    autoscaling = awacs.application_autoscaling
    function.role.allow("FindScaling", [autoscaling.DescribeScalableTargets], [ANY_RESOURCE])
    function.role.allow(
        "StopScaling",
        [autoscaling.DeregisterScalableTarget],
        [ANY_RESOURCE],
        condition=Condition(StringEquals({"application-autoscaling:service-namespace": "sagemaker"})),
    )
