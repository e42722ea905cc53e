"""The permissions that CloudFormation needs for a resource: those that it publishes for the resource's type.

cfn-lint ships the types' schemas, whose ``handlers`` name the actions of creation, reading, update and deletion. The
handler ``list`` is left out: it is for finding resources outside stacks. So are names that are no actions of IAM but
operations of a service's API. Where a schema names actions for properties that a resource does not have,
``NEEDED_WITH`` takes them away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from .authorization import is_action

OPERATIONS = ("create", "read", "update", "delete")
INVOKE = "lambda:InvokeFunction"
_SCHEMA_REGION = "us-east-1"  # which has every type


class NeededWith(NamedTuple):
    """Actions, as patterns, that a type's handlers use only where a resource has one of these properties.

    Without properties they are for resources of a kind that the templates have none of.
    """

    type_name: str
    properties: tuple[str, ...]
    actions: tuple[str, ...]


# Actions of other services, on data, or on other resources, by the property that brings them. What configures the
# resource itself is left as it is published: the schemas do not say which of that a handler calls in any case.
NEEDED_WITH = (
    NeededWith("AWS::ApiGateway::RestApi", ("BodyS3Location",), ("s3:*",)),
    NeededWith("AWS::ApiGateway::RestApi", ("credentials",), ("iam:*",)),  # of an integration, in the body
    NeededWith("AWS::CloudFront::Distribution", ("ConnectionMode",), ("cloudfront:*ConnectionGroup",)),
    NeededWith("AWS::CloudFront::Distribution", ("VpcOriginConfig",), ("cloudfront:GetVpcOrigin",)),
    NeededWith("AWS::CloudFront::Distribution", ("Staging",), ("cloudfront:UpdateDistributionWithStagingConfig",)),
    NeededWith("AWS::ApplicationAutoScaling::ScalableTarget", ("RoleARN",), ("iam:PassRole",)),
    NeededWith("AWS::ApplicationAutoScaling::ScalableTarget", ("ScheduledActions",), ("*:PutScheduledAction",)),
    # The concurrency of a function is another dimension than the ones of SageMaker that are scaled here.
    NeededWith("AWS::ApplicationAutoScaling::ScalableTarget", ("ProvisionedConcurrency",), ("lambda:*",)),
    NeededWith(
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        ("PredictiveScalingPolicyConfiguration",),
        ("cloudwatch:GetMetricData",),
    ),
    NeededWith(
        "AWS::DynamoDB::Table",
        ("ImportSourceSpecification",),
        ("dynamodb:*Import*", "dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan", "logs:*", "s3:*"),
    ),
    NeededWith("AWS::DynamoDB::Table", ("KinesisStreamSpecification",), ("kinesis:*",)),
    NeededWith(
        "AWS::DynamoDB::Table", ("Replicas",), ("dynamodb:*TableReplica", "iam:*")
    ),  # of AWS::DynamoDB::GlobalTable
    NeededWith("AWS::Bedrock::Guardrail", ("KmsKeyArn",), ("kms:*",)),
    NeededWith("AWS::Bedrock::GuardrailVersion", ("KmsKeyArn",), ("kms:*",)),  # of its guardrail
    NeededWith("AWS::Cognito::UserPool", ("EmailConfiguration",), ("iam:CreateServiceLinkedRole",)),
    NeededWith("AWS::Cognito::UserPool", ("KeyConfiguration", "KMSKeyID"), ("kms:*",)),
    NeededWith("AWS::Cognito::UserPool", ("SmsConfiguration",), ("iam:PassRole",)),
    NeededWith("AWS::Cognito::UserPoolClient", ("AnalyticsConfiguration",), ("iam:*",)),
    NeededWith("AWS::Cognito::UserPoolDomain", ("CustomDomainConfig",), ("cloudfront:*", "kms:*")),
    NeededWith("AWS::DynamoDB::Table", ("KMSMasterKeyId",), ("kms:*",)),
    # Of flow logs in a bucket or a stream.
    NeededWith("AWS::EC2::FlowLog", ("LogDestination",), ("iam:CreateServiceLinkedRole", "logs:*", "s3:*")),
    NeededWith("AWS::EC2::VPC", ("VpcEncryptionControl",), ("ec2:*VpcEncryptionControl",)),
    NeededWith("AWS::EC2::VPCEndpoint", ("ServiceNetworkArn",), ("vpc-lattice:*",)),
    NeededWith("AWS::EC2::VPCEndpoint", ("ServiceRegion",), ("vpce:*",)),
    NeededWith("AWS::EC2::VPCGatewayAttachment", ("VpnGatewayId",), ("ec2:*VpnGateway*",)),
    # What somebody attaches to a principal besides is detached in the same way, before the stack goes.
    NeededWith("AWS::IAM::ManagedPolicy", ("Groups",), ("iam:*tachGroupPolicy",)),
    NeededWith("AWS::IAM::ManagedPolicy", ("Roles",), ("iam:*tachRolePolicy",)),
    NeededWith("AWS::IAM::ManagedPolicy", ("Users",), ("iam:*tachUserPolicy",)),
    NeededWith("AWS::IAM::Policy", ("Groups",), ("iam:*GroupPolicy",)),
    NeededWith("AWS::IAM::Policy", ("Users",), ("iam:*UserPolicy",)),
    NeededWith("AWS::IAM::Role", ("ManagedPolicyArns",), ("iam:AttachRolePolicy", "iam:DetachRolePolicy")),
    NeededWith("AWS::IAM::Role", ("PermissionsBoundary",), ("iam:*PermissionsBoundary",)),
    NeededWith("AWS::Lambda::EventSourceMapping", ("KmsKeyArn",), ("kms:*",)),
    NeededWith(
        "AWS::Lambda::Function", ("CapacityProviderConfig",), ("lambda:PassCapacityProvider", "lambda:*ScalingConfig")
    ),
    NeededWith(
        "AWS::Lambda::Function",
        ("CodeSigningConfigArn",),
        (
            "lambda:GetCodeSigningConfig",
            "lambda:PutFunctionCodeSigningConfig",
            "lambda:DeleteFunctionCodeSigningConfig",
        ),
    ),
    NeededWith("AWS::Lambda::Function", ("FileSystemConfigs",), ("elasticfilesystem:*", "s3files:*")),
    NeededWith("AWS::Lambda::Function", ("KmsKeyArn", "SourceKMSKeyArn"), ("kms:*",)),
    NeededWith("AWS::Lambda::Function", ("Layers",), ("lambda:GetLayerVersion",)),
    NeededWith("AWS::Lambda::Function", ("S3Bucket",), ("s3:*",)),
    NeededWith("AWS::Lambda::Function", ("VpcConfig",), ("ec2:*",)),
    NeededWith("AWS::Logs::LogGroup", ("DataProtectionPolicy",), ("firehose:*", "logs:CreateLogDelivery", "s3:*")),
    NeededWith("AWS::Logs::LogGroup", ("KmsKeyId",), ("logs:*KmsKey",)),
    NeededWith(
        "AWS::Logs::LogGroup", ("ResourcePolicyDocument",), ("logs:PutResourcePolicy", "logs:DeleteResourcePolicy")
    ),
    NeededWith(
        "AWS::S3::Bucket",
        ("MetadataConfiguration", "MetadataTableConfiguration"),
        ("s3tables:*", "s3:CreateBucketMetadata*", "s3:DeleteBucketMetadata*", "s3:UpdateBucketMetadata*"),
    ),
    NeededWith("AWS::S3::Bucket", ("ReplicationConfiguration",), ("iam:*",)),
    NeededWith("AWS::SNS::Topic", ("DeliveryStatusLogging",), ("iam:*",)),
    NeededWith("AWS::SageMaker::EndpointConfig", ("ExecutionRoleArn",), ("iam:PassRole",)),
    NeededWith("AWS::SageMaker::EndpointConfig", ("KmsKeyId",), ("kms:*",)),
    NeededWith("AWS::SageMaker::NotebookInstance", ("KmsKeyId",), ("kms:*",)),
    NeededWith("AWS::SageMaker::NotebookInstance", ("SubnetId",), ("ec2:*",)),
    NeededWith("AWS::SecretsManager::Secret", ("ReplicaRegions",), ("secretsmanager:Re*Region*",)),
    # The logs go to a log group; the destination is an ARN, whatever it is of.
    NeededWith("AWS::WAFv2::LoggingConfiguration", (), ("firehose:*", "iam:*", "s3:*")),
    # What is protected is a stage; the resource is an ARN here too.
    NeededWith(
        "AWS::WAFv2::WebACLAssociation",
        (),
        (
            "amplify:*",
            "apprunner:*",
            "appsync:*",
            "bedrock-agentcore:*",
            "cognito-idp:*",
            "ec2:*",
            "elasticloadbalancing:*",
            "wafv2:*PermissionPolicy",
        ),
    ),
)


class NeededBesides(NamedTuple):
    """Actions that a type's creation takes and its schema does not name, where a property has this value, or any."""

    type_name: str
    property_name: str
    value: str
    actions: tuple[str, ...]


NEEDED_BESIDES = (
    # Application Auto Scaling looks whether who registers a target may do with it what scaling will. (SageMaker
    # developer guide, endpoint-auto-scaling-prerequisites.)
    NeededBesides(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "ScalableDimension",
        "sagemaker:variant:DesiredInstanceCount",
        (
            "sagemaker:DescribeEndpoint",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:UpdateEndpointWeightsAndCapacities",
        ),
    ),
    # CreateEndpoint asks its caller for it, whose schema says nothing. (SageMaker developer guide, "API Permissions".)
    NeededBesides("AWS::SageMaker::EndpointConfig", "KmsKeyId", "", ("kms:CreateGrant",)),
    # (EventBridge Scheduler user guide, "Using identity-based policies".)
    NeededBesides(
        "AWS::Scheduler::Schedule", "KmsKeyArn", "", ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
    ),
)


# What CloudFormation asks in its caller's name to evaluate a template, before any handler: for a function, and for
# parameters that are resources of EC2. (CloudFormation user guide, "Fn::GetAZs".)
_BY_FUNCTION = {"Fn::GetAZs": ("ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets")}
_BY_PARAMETER = {"AWS::EC2::Subnet::Id": "ec2:DescribeSubnets", "AWS::EC2::VPC::Id": "ec2:DescribeVpcs"}


def evaluation_actions(template: Mapping[str, Any]) -> frozenset[str]:
    """Return the actions that CloudFormation uses to evaluate a template; none of them has a resource."""
    types = [each["Type"] for each in template.get("Parameters", {}).values()]
    present = set(_names(template["Resources"]))
    by_function = {action for name, actions in _BY_FUNCTION.items() if name in present for action in actions}
    return frozenset(by_function | {action for kind, action in _BY_PARAMETER.items() for each in types if kind in each})


def handler_actions(resource: Mapping[str, Any], operations: tuple[str, ...] = OPERATIONS) -> frozenset[str]:
    """Return the actions that CloudFormation uses for these operations on a resource of a template, by default all."""
    type_name = resource["Type"]
    if type_name.startswith("Custom::"):
        return frozenset({INVOKE})  # of the function that is its ServiceToken
    present = set(_names(resource.get("Properties", {})))
    spared = [
        pattern
        for row in NEEDED_WITH
        if row.type_name == type_name and not present & set(row.properties)
        for pattern in row.actions
    ]
    named = published_actions(type_name, operations) | _besides(resource, operations)
    return frozenset(
        action for action in named if is_action(action) and not any(fnmatchcase(action, each) for each in spared)
    )


def _besides(resource: Mapping[str, Any], operations: tuple[str, ...]) -> set[str]:
    properties = resource.get("Properties", {})
    rows = [row for row in NEEDED_BESIDES if row.type_name == resource["Type"] and "create" in operations]
    found = [(row, properties.get(row.property_name)) for row in rows]
    return {action for row, value in found if value and row.value in ("", value) for action in row.actions}


@cache
def published_actions(type_name: str, operations: tuple[str, ...] = OPERATIONS) -> frozenset[str]:
    """Return all actions that the schema of a type names: none for wait conditions, CloudFormation's own."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_SCHEMA_REGION, type_name).schema.get("handlers", {})
    return frozenset(
        action for operation in operations for action in handlers.get(operation, {}).get("permissions", ())
    )


def _names(node: Any) -> Iterator[str]:
    """Yield the name of every property of a resource, at whatever depth."""
    if isinstance(node, Mapping):
        yield from node
    children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    for child in children:
        yield from _names(child)
