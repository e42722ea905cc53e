"""The REST API: from a contract to a stage that is throttled, logged and traced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from troposphere import (
    AWSHelperFn,
    AWSObject,
    GetAtt,
    If,
    Join,
    Ref,
    Sub,
    apigateway,
    awslambda,
    encode_to_dict,
    logs,
)

from ..contract.document import Document
from ..contract.gateway import gateway_body
from ..contract.routes import Contract, Route
from ..contract.security import GatewayError, Security
from ..iam import add_role
from ..scope import Scope
from .functions import Function
from .log_groups import add_log_group

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

STAGE = "prod"

_ACCESS_LOG_FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "response_bytes": "$context.responseLength",
}


class Throttle(NamedTuple):
    """How many requests the stage takes: ``rate`` a second, ``burst`` at once."""

    rate: float | AWSHelperFn
    burst: int | AWSHelperFn


class Api(NamedTuple):
    """A REST API with its stage."""

    rest_api: apigateway.RestApi
    stage: apigateway.Stage
    api_name: Sub

    @property
    def domain_name(self) -> Sub:
        """The API's own host name."""
        return Sub("${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", Api=Ref(self.rest_api))

    @property
    def origin(self) -> Sub:
        """The API's own origin: scheme and host name."""
        return Sub("https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", Api=Ref(self.rest_api))

    @property
    def invoke_url(self) -> Sub:
        """The URL below which the routes are."""
        return Sub(f"https://${{Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}", Api=Ref(self.rest_api))

    def set_variable(self, name: str, value: str | AWSHelperFn) -> None:
        """Set a stage variable, which every event of the API's functions carries.

        So a function can know what the API itself must not refer to, because that refers to the API.
        """
        self.stage.Variables = {**self.stage.properties.get("Variables", {}), name: value}

    @property
    def path(self) -> str:
        """The stage as a path, for an origin behind which the API is."""
        return f"/{STAGE}"


AddDeployment = Callable[[Scope, str, apigateway.RestApi], AWSObject]
"""Adds a deployment of an API under this name: a resource whose reference is the deployment's id."""


def add_deployment(scope: Scope, name: str, rest_api: apigateway.RestApi) -> apigateway.Deployment:
    """Add a deployment that CloudFormation makes, from the API as it is when the resource is made."""
    return scope.add(apigateway.Deployment, name, RestApiId=Ref(rest_api))


def add_api(
    scope: Scope,
    *,
    contract: Contract,
    functions: Mapping[Route, Function],
    allowed_origin: AWSHelperFn | str,
    timeout: AWSHelperFn | int,
    throttle: Throttle,
    log_retention: AWSHelperFn | int,
    account_condition: str,
    deploy: AddDeployment = add_deployment,
    security: Sequence[Security] = (),
    errors: Mapping[str, GatewayError] = {},
    key: EncryptionKey | None = None,
) -> Api:
    """Add the API of this contract, each route served by its function.

    ``timeout`` is the integration's, in milliseconds. While ``account_condition`` holds, the role with which API
    Gateway writes logs is set for the whole region of the account. ``deploy`` adds the deployment that the stage
    serves. Every route asks its caller for all of ``security``; ``errors`` are those of ``gateway_body``. The key is
    for the access log.
    """
    name = Sub(f"${{AWS::StackName}}{'-' if scope.prefix else ''}{scope.prefix}")
    body = gateway_body(
        contract,
        integrations={route: _invocation_uri(functions[route]) for route in contract.routes},
        allowed_origin=Sub("'${Origin}'", Origin=allowed_origin),
        timeout=timeout,
        name=name,
        security=security,
        errors=errors,
    )
    rest_api = scope.add(
        apigateway.RestApi,
        "ApiGateway",
        Body=body,
        EndpointConfiguration=apigateway.EndpointConfiguration(Types=["REGIONAL"]),
        Name=name,
    )
    deployment = deploy(scope, f"ApiDeployment{_digest(body)}", rest_api)
    account = _add_logging_account(scope, condition=account_condition)
    log_group = add_log_group(scope, "ApiLogs", retention=log_retention, key=key)
    stage = _add_stage(scope, rest_api, deployment, log_group, throttle)
    # A stage with logs is refused until the account has a role to write them with; the reference orders the two,
    # which DependsOn cannot do for a resource that may not be there.
    stage.Description = If(
        account_condition, Join(" ", ["Logs by way of", Ref(account)]), "Logs by way of the account's own role"
    )
    for number, route in enumerate(contract.routes):
        logical_id = "LambdaPermission" + (_route_suffix(route) if number else "")
        _add_permission(scope, logical_id, rest_api, route, functions[route])
    return Api(rest_api, stage, name)


def _invocation_uri(function: Function) -> Sub:
    return Sub(
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations",
        Function=function.arn,
    )


def _digest(body: Document) -> str:
    """Return a short hash of the body: a deployment is a snapshot, of which another logical id makes a new one."""
    canonical = json.dumps(encode_to_dict(body), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def _add_logging_account(scope: Scope, *, condition: str) -> apigateway.Account:
    """Let API Gateway write logs; kept on deletion, because every other API of the region then relies on it."""
    role = add_role(
        scope, "ApiGatewayLoggingRole", service="apigateway", description="API Gateway writes logs"
    ).resource
    role.ManagedPolicyArns = [
        Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
    ]
    account = scope.add(apigateway.Account, "ApiGatewayAccount", CloudWatchRoleArn=GetAtt(role, "Arn"))
    for resource in (role, account):
        resource.Condition = condition
        resource.DeletionPolicy = resource.UpdateReplacePolicy = "Retain"
    return account


def _add_stage(
    scope: Scope,
    rest_api: apigateway.RestApi,
    deployment: AWSObject,
    log_group: logs.LogGroup,
    throttle: Throttle,
) -> apigateway.Stage:
    settings = apigateway.MethodSetting(
        HttpMethod="*",
        ResourcePath="/*",
        LoggingLevel="ERROR",
        DataTraceEnabled=False,  # it would write whole prompts into the log
        MetricsEnabled=True,
        ThrottlingBurstLimit=throttle.burst,
        ThrottlingRateLimit=throttle.rate,
    )
    return scope.add(
        apigateway.Stage,
        "ApiStage",
        AccessLogSetting=apigateway.AccessLogSetting(
            DestinationArn=GetAtt(log_group, "Arn"), Format=json.dumps(_ACCESS_LOG_FIELDS)
        ),
        DeploymentId=Ref(deployment),
        MethodSettings=[settings],
        RestApiId=Ref(rest_api),
        StageName=STAGE,
        TracingEnabled=True,
    )


def _add_permission(
    scope: Scope,
    logical_id: str,
    rest_api: apigateway.RestApi,
    route: Route,
    function: Function,
) -> None:
    pattern = "/".join("*" if part.startswith("{") else part for part in route.path.split("/"))
    scope.add(
        awslambda.Permission,
        logical_id,
        Action="lambda:InvokeFunction",
        FunctionName=function.name,
        Principal="apigateway.amazonaws.com",
        SourceArn=Sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
            f"${{{rest_api.title}}}/{STAGE}/{route.method}{pattern}"
        ),
    )


def _route_suffix(route: Route) -> str:
    words = [word for part in route.path.strip("/").split("/") for word in part.strip("{}").split("_")]
    return "".join(word.capitalize() for word in (route.method, *words))
