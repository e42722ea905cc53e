"""The ARNs that a template's resources will have, as far as they are known before the resources are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .place import Place


class ArnFormat(NamedTuple):
    """The ARNs of a type's resources, in braces what a place fills in; ``{name}`` is the resource's own.

    ``name_property`` may give that name; one that CloudFormation makes has one of the patterns ``generated``.
    """

    resources: tuple[str, ...]
    name_property: str = ""
    generated: tuple[str, ...] = ("{names}",)


_IN_REGION = "arn:{{partition}}:{}:{{region}}:{{account}}:{}"
_API_GATEWAY = "arn:{partition}:apigateway:{region}::"
_CLOUDFRONT = "arn:{partition}:cloudfront::{account}:"
_MANAGED_POLICY = "arn:{partition}:iam::{account}:policy/{name}"
_ROLE = "arn:{partition}:iam::{account}:role/{name}"
_BUCKET = "arn:{partition}:s3:::{name}"
_BUCKET_NAMES = ("{lower_names}",)
# Some handlers make names of the logical id alone, and nothing published says which.
_WITH_OR_WITHOUT_STACK = ("{names}", "{logical_id}-*")
# SageMaker writes them in lower case in its ARNs.
_OF_SAGEMAKER = (*_WITH_OR_WITHOUT_STACK, "{lower_names}", "{lower_id}-*")
# A web ACL with a managed group takes the permission on groups as well. (WAF developer guide, security_iam_id-based.)
_WAF_KINDS = ("webacl/{name}/*", "managedruleset/*/*")
_TAGS_OF_APIS = f"{_API_GATEWAY}/tags/*"


def _regional(service: str, *resources: str) -> tuple[str, ...]:
    return tuple(_IN_REGION.format(service, resource) for resource in resources)


_FUNCTION = _regional("lambda", "function:{name}")
_GUARDRAIL = _regional("bedrock", "guardrail/*")  # which has a random id
_USER_POOLS = _regional("cognito-idp", "userpool/*")  # whose ids are random
_SCALABLE_TARGET = _regional("application-autoscaling", "scalable-target/*")  # which has a random id

_WEB_ACL = _regional("wafv2", *(f"{scope}/{kind}" for scope in ("regional", "global") for kind in _WAF_KINDS))

ARNS = {
    "AWS::ApiGateway::Account": ArnFormat((f"{_API_GATEWAY}/account",)),
    "AWS::ApiGateway::ApiKey": ArnFormat((f"{_API_GATEWAY}/apikeys", f"{_API_GATEWAY}/apikeys/*", _TAGS_OF_APIS)),
    "AWS::ApiGateway::RestApi": ArnFormat((f"{_API_GATEWAY}/restapis", f"{_API_GATEWAY}/restapis/*", _TAGS_OF_APIS)),
    "AWS::ApiGateway::Stage": ArnFormat((f"{_API_GATEWAY}/restapis/*", _TAGS_OF_APIS)),
    "AWS::ApiGateway::UsagePlan": ArnFormat(
        (f"{_API_GATEWAY}/usageplans", f"{_API_GATEWAY}/usageplans/*", f"{_API_GATEWAY}/restapis/*", _TAGS_OF_APIS)
    ),
    "AWS::ApiGateway::UsagePlanKey": ArnFormat((f"{_API_GATEWAY}/usageplans/*",)),
    "AWS::ApplicationAutoScaling::ScalableTarget": ArnFormat(_SCALABLE_TARGET),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ArnFormat(_SCALABLE_TARGET),
    "AWS::Bedrock::Guardrail": ArnFormat(_GUARDRAIL),
    "AWS::Bedrock::GuardrailVersion": ArnFormat(_GUARDRAIL),
    "AWS::Budgets::Budget": ArnFormat(("arn:{partition}:budgets::{account}:budget/{name}",)),
    "AWS::CloudFront::Distribution": ArnFormat((f"{_CLOUDFRONT}distribution/*",)),
    "AWS::CloudFront::Function": ArnFormat((f"{_CLOUDFRONT}function/{{name}}",), "Name"),
    "AWS::CloudFront::OriginAccessControl": ArnFormat((f"{_CLOUDFRONT}origin-access-control/*",)),
    "AWS::CloudFront::ResponseHeadersPolicy": ArnFormat((f"{_CLOUDFRONT}response-headers-policy/*",)),
    "AWS::CloudWatch::Alarm": ArnFormat(_regional("cloudwatch", "alarm:{name}"), "AlarmName"),
    "AWS::CloudWatch::Dashboard": ArnFormat(  # which has no region
        ("arn:{partition}:cloudwatch::{account}:dashboard/{name}",), "DashboardName", _WITH_OR_WITHOUT_STACK
    ),
    "AWS::Cognito::ManagedLoginBranding": ArnFormat(_USER_POOLS),
    "AWS::Cognito::UserPool": ArnFormat(_USER_POOLS),
    "AWS::Cognito::UserPoolClient": ArnFormat(_USER_POOLS),
    "AWS::Cognito::UserPoolDomain": ArnFormat(_USER_POOLS),
    "AWS::Cognito::UserPoolResourceServer": ArnFormat(_USER_POOLS),
    "AWS::DynamoDB::Table": ArnFormat(_regional("dynamodb", "table/{name}"), "TableName"),
    "AWS::EC2::FlowLog": ArnFormat(_regional("ec2", "vpc-flow-log/*", "vpc/*")),
    "AWS::EC2::InternetGateway": ArnFormat(_regional("ec2", "internet-gateway/*")),
    "AWS::EC2::Route": ArnFormat(_regional("ec2", "route-table/*")),
    "AWS::EC2::RouteTable": ArnFormat(_regional("ec2", "route-table/*", "vpc/*")),
    "AWS::EC2::SecurityGroup": ArnFormat(_regional("ec2", "security-group/*", "security-group-rule/*", "vpc/*")),
    "AWS::EC2::Subnet": ArnFormat(_regional("ec2", "subnet/*", "vpc/*")),
    "AWS::EC2::SubnetRouteTableAssociation": ArnFormat(_regional("ec2", "route-table/*", "subnet/*")),
    "AWS::EC2::VPC": ArnFormat(_regional("ec2", "vpc/*")),
    "AWS::EC2::VPCEndpoint": ArnFormat(
        _regional("ec2", "vpc-endpoint/*", "vpc/*", "subnet/*", "route-table/*", "security-group/*")
    ),
    "AWS::EC2::VPCGatewayAttachment": ArnFormat(_regional("ec2", "internet-gateway/*", "vpc/*")),
    # A policy is detached from roles before it goes: from those of the stack's name, as from others nobody may.
    "AWS::IAM::ManagedPolicy": ArnFormat((_MANAGED_POLICY, _ROLE), "ManagedPolicyName"),
    "AWS::IAM::Policy": ArnFormat((_ROLE,)),  # inline, in a role of the stack
    "AWS::IAM::Role": ArnFormat((_ROLE,), "RoleName"),
    "AWS::Lambda::EventInvokeConfig": ArnFormat(_FUNCTION),
    "AWS::Lambda::EventSourceMapping": ArnFormat(_regional("lambda", "event-source-mapping:*")),
    "AWS::Lambda::Function": ArnFormat(_FUNCTION, "FunctionName"),
    "AWS::Lambda::Permission": ArnFormat(_FUNCTION),
    "AWS::Logs::LogGroup": ArnFormat(_regional("logs", "log-group:{name}"), "LogGroupName"),
    "AWS::Logs::ResourcePolicy": ArnFormat(_regional("logs", "log-group:{name}"), "PolicyName"),
    "AWS::Route53::RecordSet": ArnFormat(
        ("arn:{partition}:route53:::hostedzone/*", "arn:{partition}:route53:::change/*")
    ),
    "AWS::S3::Bucket": ArnFormat((_BUCKET,), "BucketName", _BUCKET_NAMES),
    "AWS::S3::BucketPolicy": ArnFormat((_BUCKET,), generated=_BUCKET_NAMES),
    "AWS::SNS::Topic": ArnFormat(_regional("sns", "{name}"), "TopicName"),
    "AWS::SNS::TopicPolicy": ArnFormat(_regional("sns", "{name}")),
    "AWS::SQS::Queue": ArnFormat(_regional("sqs", "{name}"), "QueueName"),
    "AWS::SQS::QueuePolicy": ArnFormat(_regional("sqs", "{name}")),
    "AWS::Scheduler::Schedule": ArnFormat(_regional("scheduler", "schedule/default/{name}"), "Name"),
    "AWS::SecretsManager::Secret": ArnFormat(_regional("secretsmanager", "secret:{name}-*"), "Name"),
    "AWS::WAFv2::LoggingConfiguration": ArnFormat(_WEB_ACL, generated=_WITH_OR_WITHOUT_STACK),
    "AWS::WAFv2::WebACL": ArnFormat(_WEB_ACL, "Name", _WITH_OR_WITHOUT_STACK),
    "AWS::WAFv2::WebACLAssociation": ArnFormat(
        (*_WEB_ACL, f"{_API_GATEWAY}/restapis/*"), generated=_WITH_OR_WITHOUT_STACK
    ),
    "AWS::SageMaker::Endpoint": ArnFormat(_regional("sagemaker", "endpoint/{name}"), "EndpointName"),
    "AWS::SageMaker::EndpointConfig": ArnFormat(
        _regional("sagemaker", "endpoint-config/{name}"), "EndpointConfigName", _OF_SAGEMAKER
    ),
    "AWS::SageMaker::InferenceComponent": ArnFormat(
        _regional("sagemaker", "inference-component/{name}"), "InferenceComponentName"
    ),
    "AWS::SageMaker::Model": ArnFormat(_regional("sagemaker", "model/{name}"), "ModelName", _OF_SAGEMAKER),
    "AWS::SageMaker::NotebookInstance": ArnFormat(
        _regional("sagemaker", "notebook-instance/{name}"), "NotebookInstanceName"
    ),
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": ArnFormat(
        _regional("sagemaker", "notebook-instance-lifecycle-config/{name}"),
        "NotebookInstanceLifecycleConfigName",
        _WITH_OR_WITHOUT_STACK,
    ),
}
"""The formats by type: every type that the stacks have and whose handlers use IAM actions."""

# What handlers use of other services, by service or action: roles of the stack, objects of the bucket of artifacts, and
# the role and the alarms that Application Auto Scaling makes for itself.
_OF_OTHERS = {
    "billing": ("arn:{partition}:billing::{account}:billingview/*",),
    "apigateway": (f"{_API_GATEWAY}/restapis/*",),
    "cloudwatch": _regional("cloudwatch", "alarm:TargetTracking-*"),
    "iam": (_ROLE.replace("{name}", "{names}"),),
    "iam:CreateServiceLinkedRole": (
        "arn:{partition}:iam::{account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*",
    ),
    "kms": _regional("kms", "key/*"),
    "s3": ("arn:{partition}:s3:::{bucket}/*",),
    "sagemaker": _regional("sagemaker", "endpoint/genai-*"),
    "sagemaker:DescribeEndpointConfig": _regional(
        "sagemaker", "endpoint-config/{names}", "endpoint-config/EndpointConfig-*"
    ),
}
_CUSTOM = ArnFormat(_FUNCTION)


def service_of(resource: Mapping[str, Any]) -> str:
    """Return the service of a resource, as ARNs and actions have it."""
    return ARNS.get(resource["Type"], _CUSTOM).resources[0].split(":")[2]


def resource_arns(place: Place, logical_id: str, resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ARNs, with wildcards, of a resource of a template; for a custom resource, that of its function."""
    given = ARNS.get(resource["Type"], _CUSTOM)
    named = resource.get("Properties", {}).get(given.name_property)
    names = given.generated if named is None else (_pattern(named),)
    return place.fill(
        each.replace("{name}", name.replace("{logical_id}", logical_id).replace("{lower_id}", logical_id.lower()))
        for each in given.resources
        for name in names
    )


def arns_elsewhere(place: Place, action: str) -> tuple[str, ...]:
    """Return the ARNs of another service's resources that handlers use an action on."""
    return place.fill(_OF_OTHERS.get(action) or _OF_OTHERS[action.split(":", 1)[0]])


def _pattern(value: Any) -> str:
    """Return a name with a wildcard for whatever is known only in the stack."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(map(_pattern, parts))
    return "*"
