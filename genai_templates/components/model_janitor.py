"""The custom resource that looks after the model which a notebook deploys."""

from __future__ import annotations

from typing import Any, ClassVar

import awacs.awslambda
from awacs.aws import Allow, PolicyDocument, Statement
from troposphere import AWSHelperFn, Ref, iam
from troposphere.cloudformation import AWSCustomObject

from ..iam import Role
from ..scope import Scope
from .custom_resources import SERVICE_PROPERTIES, add_resource_function
from .endpoint import ModelEndpoint
from .functions import Function, FunctionDefaults
from .model_deployment import ModelDeployment
from .model_janitor_grants import grant_model_care

_FUNCTION_SECONDS = 900
# CloudFormation's longest: an endpoint that is being made cannot be deleted before it is there.
_SERVICE_SECONDS = 3600


class ModelJanitor(AWSCustomObject):
    """Checks the endpoint's quota, brings changes of these properties to the endpoint, and deletes it in the end.

    ``Environment`` is the template's own. JumpStart gives the container ``EnvironmentByInstanceType``, and has
    ``ContainerEnvironment`` in the place of variables that either of them has. ``OneContainer``: whether all instance
    types have the same container. ``VpcConfig`` is the model's place, if it runs in a VPC. ``NotebookInstanceType`` is
    for those who read the template.
    """

    resource_type = "Custom::ModelJanitor"
    props: ClassVar[dict[str, object]] = {
        **SERVICE_PROPERTIES,
        "EndpointName": (str, True),
        "ModelId": (str, True),
        "ModelVersion": (str, True),
        "InstanceTypes": ([str], True),
        "RoleArn": (str, True),
        "NotebookInstanceType": (str, True),
        "StopNotebook": (str, True),
        "Environment": (dict, True),
        "ContainerEnvironment": (dict, False),
        "EnvironmentByInstanceType": (dict, False),
        "OneContainer": (str, True),
        "VpcConfig": (dict, False),
    }


def add_model_janitor(
    scope: Scope,
    *,
    shared: FunctionDefaults,
    endpoint: ModelEndpoint,
    endpoint_role: Role,
    deployment: ModelDeployment,
    notebook_type: str | AWSHelperFn,
) -> ModelJanitor:
    """Check the quota before the model is deployed, update its endpoint with the stack, and delete it with the stack.

    The endpoint's role, to which the resource refers, stays until then: SageMaker needs it to delete the endpoint.
    (SageMaker API reference, DeleteEndpoint.)
    """
    function = add_resource_function(
        scope,
        "ModelJanitorFunction",
        shared=shared,
        module="model_janitor",
        description="Checks the model's quota, and updates and deletes its endpoint with the stack",
        timeout=_FUNCTION_SECONDS,
    )
    grant_model_care(function.role, endpoint, endpoint_role)
    continuation = _allow_continuation(scope, function)
    return scope.add(
        ModelJanitor,
        "ModelJanitor",
        EndpointName=endpoint.name,
        ModelId=deployment.model.model_id,
        ModelVersion=deployment.model.version,
        InstanceTypes=list(deployment.instance_types),
        RoleArn=endpoint_role.arn,
        NotebookInstanceType=notebook_type,
        StopNotebook=deployment.stop_notebook,
        Environment=dict(deployment.environment),
        **_container_properties(deployment),
        **_vpc_property(deployment),
        ServiceToken=function.arn,
        ServiceTimeout=_SERVICE_SECONDS,
        DependsOn=[continuation.title],
    )


def _container_properties(deployment: ModelDeployment) -> dict[str, Any]:
    """Return what is known of the model's container; JumpStart chooses among several by the instance type."""
    container = deployment.model.container
    if container is None or len(deployment.model.repositories) > 1:
        return {"OneContainer": "false"}
    by_type = container.environment_by_instance_type
    changing = {name for environment in (deployment.environment, *by_type.values()) for name in environment}
    properties: dict[str, dict[str, Any]] = {
        "ContainerEnvironment": {name: container.environment[name] for name in changing & set(container.environment)},
        "EnvironmentByInstanceType": {each: dict(environment) for each, environment in by_type.items()},
    }
    return {"OneContainer": "true", **{name: value for name, value in properties.items() if value}}


def _vpc_property(deployment: ModelDeployment) -> dict[str, Any]:
    if deployment.vpc_config is None:
        return {}
    subnets, groups = deployment.vpc_config.values()
    return {"VpcConfig": {"Subnets": subnets, "SecurityGroupIds": groups}}


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
