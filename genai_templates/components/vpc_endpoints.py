"""The ways from the private subnets to services: an endpoint for each, which lets through what the roles there may do.

An endpoint's policy is made of the roles' own statements, each for the roles that have it. So another grant needs no
second one here, and what is not granted does not get through with other credentials either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from awacs.aws import Statement
from troposphere import AWSHelperFn, Ref, Sub, ec2
from troposphere import Template as TroposphereTemplate

from ..iam import Role
from ..scope import Scope
from ..statements import statements_of
from .network import HTTPS, Network, group_id

# The names of PrivateLink. S3 and DynamoDB have gateway endpoints, which cost nothing. Logs has none here: what a
# function writes goes to CloudWatch by Lambda's own network.
INTERFACE_SERVICES = {
    "SageMakerRuntime": "sagemaker.runtime",
    "SageMakerApi": "sagemaker.api",
    "BedrockRuntime": "bedrock-runtime",
    "Lambda": "lambda",
    "Rekognition": "rekognition",
    "Sqs": "sqs",
    "XRay": "xray",
}
GATEWAY_SERVICES = {"S3": "s3", "DynamoDB": "dynamodb"}
# The name of PrivateLink by the prefix of actions, where the two differ.
_PREFIXES = {"sagemaker": "sagemaker.api", "bedrock": "bedrock-runtime"}
_INVOKING = "sagemaker:InvokeEndpoint"
# ECR keeps the layers of images there, in an account of its own, whose links they are fetched by. (ECR user guide,
# "Amazon ECR interface VPC endpoints".)
_LAYERS = "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"
_PRINCIPAL = ("ArnEquals", "aws:PrincipalArn")


def s3_endpoint_id(scope: Scope) -> str:
    """Return the logical id of the endpoint of S3."""
    return scope.id("S3Endpoint")


def service_of(action: str) -> str:
    """Return the name of PrivateLink of the service that does this action."""
    if action.startswith(_INVOKING):
        return "sagemaker.runtime"
    prefix = action.partition(":")[0]
    return _PREFIXES.get(prefix, prefix)


def add_service_endpoints(
    scope: Scope, *, network: Network, services: Iterable[str], roles: Sequence[Role], pulls_images: bool
) -> None:
    """Let the roles in the private subnets use these services, as far as they are allowed to, and no internet.

    ``services`` are keys of INTERFACE_SERVICES and GATEWAY_SERVICES; one that no role may use gets no endpoint.
    ``pulls_images``: whether containers run there. Each interface endpoint is charged for by the hour, in each zone.
    """
    group = _add_endpoint_group(scope, network)
    for service in dict.fromkeys(services):
        name = {**INTERFACE_SERVICES, **GATEWAY_SERVICES}[service]
        policy = _policy(scope.template, name, roles)
        if service == "S3" and pulls_images:
            policy.append({"Sid": "Layers", **_allowed(["s3:GetObject"], [Sub(_LAYERS)])})
        if not policy:
            continue
        place = _gateway(network) if service in GATEWAY_SERVICES else _interface(network, group)
        scope.add(
            ec2.VPCEndpoint,
            f"{service}Endpoint",
            PolicyDocument={"Version": "2012-10-17", "Statement": policy},
            ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{name}"),
            VpcId=Ref(network.vpc),
            **place,
        )


def _gateway(network: Network) -> dict[str, object]:
    return {"RouteTableIds": [Ref(network.routes)], "VpcEndpointType": "Gateway"}


def _interface(network: Network, group: ec2.SecurityGroup) -> dict[str, object]:
    return {
        "PrivateDnsEnabled": True,
        "SecurityGroupIds": [Ref(group)],
        "SubnetIds": list(network.subnet_ids),
        "VpcEndpointType": "Interface",
    }


def _add_endpoint_group(scope: Scope, network: Network) -> ec2.SecurityGroup:
    return scope.add(
        ec2.SecurityGroup,
        "EndpointSecurityGroup",
        GroupDescription="Takes HTTPS calls of the functions",
        SecurityGroupIngress=[
            ec2.SecurityGroupRule(
                SourceSecurityGroupId=group_id(network.security_group),
                IpProtocol="tcp",
                FromPort=HTTPS,
                ToPort=HTTPS,
                Description="HTTPS",
            )
        ],
        VpcId=Ref(network.vpc),
    )


def _policy(template: TroposphereTemplate, service: str, roles: Sequence[Role]) -> list[dict[str, Any]]:
    """Return the statements about a service: those of the roles, each once, with all roles that have it."""
    found: dict[str, dict[str, Any]] = {}
    for role in roles:
        for statement in _about(service, statements_of(template, role)):
            merged = found.setdefault(json.dumps(statement, sort_keys=True, default=_plain), {**statement, "Roles": []})
            merged["Roles"].append(role.arn)
    return [_for_roles(each) for each in found.values()]


def _about(service: str, statements: Iterable[Statement]) -> Iterator[dict[str, Any]]:
    """Yield what statements allow of a service."""
    for statement in statements:
        actions = [each for each in map(_action, statement.Action) if service_of(each) == service]
        if actions:
            condition = statement.properties.get("Condition")
            more = {} if condition is None else {"Condition": condition.JSONrepr()}
            yield {**_allowed(actions, statement.Resource), **more}


def _allowed(actions: Sequence[str], resources: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resources}


def _for_roles(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return a statement for these roles alone: a gateway endpoint takes them as a condition, not as principals.

    (AWS PrivateLink guide, "Endpoint policies for gateway endpoints".)
    """
    operator, key = _PRINCIPAL
    conditions = dict(statement.get("Condition", {}))
    conditions[operator] = {**conditions.get(operator, {}), key: statement["Roles"]}
    return {**{name: value for name, value in statement.items() if name != "Roles"}, "Condition": conditions}


def _action(action: Any) -> str:
    return str(action.JSONrepr() if hasattr(action, "JSONrepr") else action)


def _plain(value: Any) -> Any:
    return value.to_dict() if isinstance(value, AWSHelperFn) else value.JSONrepr()
