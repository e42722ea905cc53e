"""Findings of security scanners that are argued and not mended, in the metadata that each scanner reads.

Each names one rule on one resource. An option that does what a rule asks for takes its suppression away, because that
depends on the resource's own properties; ``make scan`` fails for one that suppresses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from troposphere import AWSObject, NoValue, Template, encode_to_dict


def _always(resource: AWSObject) -> bool:
    return True


def _called(*names: str) -> Callable[[AWSObject], bool]:
    return lambda resource: str(resource.title).endswith(names)


def _without(property_name: str) -> Callable[[AWSObject], bool]:
    return lambda resource: resource.properties.get(property_name, NoValue) is NoValue


def _with(property_name: str) -> Callable[[AWSObject], bool]:
    return lambda resource: resource.properties.get(property_name, NoValue) is not NoValue


def _joins_vpc(role: AWSObject) -> bool:
    return any(sid == "JoinVpc" for sid, _ in _wildcards(role))


class Suppression(NamedTuple):
    """One reason, and the rule of each scanner that it argues with; ``when`` tells whether a resource needs it."""

    reason: str
    cdk_nag: str = ""
    checkov: str = ""
    guard: str = ""
    when: Callable[[AWSObject], bool] = _always


_OWN_KEY = "Encrypted with the service's own key, which costs nothing; a key of the customer's is not an option yet."
_WAF = "Throttled by the stage; a firewall is charged for by the month and is not an option yet."

_BY_TYPE: dict[str, tuple[Suppression, ...]] = {
    "AWS::Lambda::Function": (
        Suppression(
            "A new account may run 10 functions at once: a reserve would make the stack fail.",
            checkov="CKV_AWS_115",
            guard="LAMBDA_CONCURRENCY_CHECK",
        ),
        Suppression(
            "Its caller waits for it, or retries it; the one that is called asynchronously has a failure destination.",
            checkov="CKV_AWS_116",
            guard="LAMBDA_DLQ_CHECK",
        ),
        Suppression(
            "It calls AWS alone, over TLS; the option function_network puts those that call the model into a VPC.",
            checkov="CKV_AWS_117",
            guard="LAMBDA_INSIDE_VPC",
            when=_without("VpcConfig"),
        ),
        Suppression(
            "Its environment holds names and limits, and no secret.", checkov="CKV_AWS_173", when=_with("Environment")
        ),
        Suppression(
            "Python 3.13 is supported by Lambda until 2029, and the bundled wheels are pinned for it.",
            cdk_nag="AwsSolutions-L1",
        ),
    ),
    "AWS::Logs::LogGroup": (Suppression(_OWN_KEY, checkov="CKV_AWS_158", guard="CLOUDWATCH_LOG_GROUP_ENCRYPTED"),),
    "AWS::S3::Bucket": (
        Suppression(
            "It is where the access logs of the others go.",
            cdk_nag="AwsSolutions-S1",
            checkov="CKV_AWS_18",
            guard="S3_BUCKET_LOGGING_ENABLED",
            when=_called("LogBucket"),
        ),
        Suppression(
            "Its requests are logged while the parameter AccessLogs is true, its default.",
            cdk_nag="AwsSolutions-S1",
            when=_called("SiteBucket", "ImageBucket"),
        ),
        Suppression(
            "Its objects are written once under names of their own, and expire.",
            checkov="CKV_AWS_21",
            guard="S3_BUCKET_VERSIONING_ENABLED",
            when=_called("LogBucket", "ImageBucket"),
        ),
    ),
    "AWS::EC2::VPC": (
        Suppression("Flow logs are charged for by size, and are not an option yet.", cdk_nag="AwsSolutions-VPC7"),
    ),
    "AWS::IAM::Role": (
        Suppression(
            "Lambda makes and deletes its network interfaces itself; these actions have no narrower resource.",
            checkov="CKV_AWS_111",
            when=_joins_vpc,
        ),
    ),
    "AWS::DynamoDB::Table": (Suppression(_OWN_KEY, checkov="CKV_AWS_119", guard="DYNAMODB_TABLE_ENCRYPTED_KMS"),),
    "AWS::ApiGateway::RestApi": (
        Suppression(
            "Bodies are validated by the validator in its OpenAPI body, and field by field by the functions.",
            cdk_nag="AwsSolutions-APIG2",
        ),
    ),
    "AWS::ApiGateway::Stage": (
        Suppression(_WAF, cdk_nag="AwsSolutions-APIG3", guard="API_GW_ASSOCIATED_WITH_WAF"),
        Suppression(
            "Responses belong to one request and are never the same twice.",
            checkov="CKV_AWS_120",
            guard="API_GW_CACHE_ENABLED_AND_ENCRYPTED",
        ),
    ),
    "AWS::CloudFront::Distribution": (
        Suppression("Open to every country: it is the deployer's choice.", cdk_nag="AwsSolutions-CFR1"),
        Suppression(_WAF, cdk_nag="AwsSolutions-CFR2", checkov="CKV_AWS_68"),
        Suppression(
            "CloudFront's own certificate allows no other policy; an own domain is not an option yet.",
            cdk_nag="AwsSolutions-CFR4",
            checkov="CKV_AWS_174",
        ),
        Suppression("Logged while the parameter AccessLogs is true, its default.", checkov="CKV_AWS_86"),
    ),
    "AWS::SageMaker::NotebookInstance": (
        Suppression(
            "It deploys the model once and is stopped; in a VPC it would take the same way to the internet.",
            cdk_nag="AwsSolutions-SM1",
        ),
        Suppression(_OWN_KEY, cdk_nag="AwsSolutions-SM2", checkov="CKV_AWS_187"),
        Suppression(
            "The SageMaker SDK and the model's description come from the internet.",
            cdk_nag="AwsSolutions-SM3",
            guard="SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
        ),
    ),
    "AWS::SNS::Topic": (
        Suppression(
            "Its messages name alarms. CloudWatch cannot publish to a topic under the service's own key.",
            checkov="CKV_AWS_26",
            guard="SNS_ENCRYPTED_KMS",
        ),
    ),
    "AWS::SQS::Queue": (
        Suppression("It is the dead-letter queue itself.", cdk_nag="AwsSolutions-SQS3"),
        Suppression(_OWN_KEY, checkov="CKV_AWS_27"),
    ),
}

_WILDCARDS = {
    "SendTraces": "X-Ray has no resource-level permission.",
    "LogIn": "The action has no resource.",
    "WriteMetrics": "The action has no resource; a condition holds it to the namespace.",
    "FindScaling": "The action has no resource.",
    "StopScaling": "A target's ARN holds a random id; a condition holds it to SageMaker.",
    "SeeQuotas": "The action has no resource-level permission.",
    "JoinVpc": "Lambda's own documentation: these actions have no resource-level permission that suffices.",
    "ReadArtifacts": "A model's artifacts are many objects below a prefix of AWS's public bucket.",
    "ReadCatalogue": "The model's description has a name that AWS chooses, in its public bucket.",
    "PullImage": "The registry's account differs by region; the repository is named.",
    "WriteLogs": "SageMaker names the log group after the endpoint or notebook.",
    "StoreObjects": "Each object has a name of its own below this prefix.",
    "DeleteVersions": "It empties this one bucket, whatever is in it.",
}
"""Why a statement has a wildcard, by its Sid."""

_MANAGED = "API Gateway's documentation asks for this policy, and every API of the account logs under it."


def suppress_findings(template: Template) -> None:
    """Write the suppressions of every resource into its metadata."""
    for resource in template.resources.values():
        if metadata := _metadata(resource):
            resource.Metadata = {**(resource.resource.get("Metadata") or {}), **metadata}


def _metadata(resource: AWSObject) -> dict[str, object]:
    found = [each for each in _BY_TYPE.get(resource.resource_type, ()) if each.when(resource)]
    nag: list[dict[str, object]] = [{"id": each.cdk_nag, "reason": each.reason} for each in found if each.cdk_nag]
    nag += _role_findings(resource) if resource.resource_type == "AWS::IAM::Role" else []
    checkov = [{"id": each.checkov, "comment": each.reason} for each in found if each.checkov]
    guard = [each.guard for each in found if each.guard]
    return {
        **({"cdk_nag": {"rules_to_suppress": nag}} if nag else {}),
        **({"checkov": {"skip": checkov}} if checkov else {}),
        **({"guard": {"SuppressedRules": guard}} if guard else {}),
    }


def _role_findings(role: AWSObject) -> Iterator[dict[str, object]]:
    for arn in encode_to_dict(role.properties.get("ManagedPolicyArns", [])):
        finding = f"Policy::{_finding(arn)}"
        yield {"id": "AwsSolutions-IAM4", "reason": _MANAGED, "applies_to": [finding]}
    reasons: dict[str, str] = {}
    for sid, finding in _wildcards(role):
        reasons.setdefault(finding, _WILDCARDS[sid])
    for finding, reason in reasons.items():
        yield {"id": "AwsSolutions-IAM5", "reason": reason, "applies_to": [finding]}


def _wildcards(role: AWSObject) -> Iterator[tuple[str, str]]:
    """Give the Sid and cdk-nag's name of every resource with a wildcard."""
    for policy in role.properties.get("Policies", ()):
        for statement in policy.PolicyDocument.Statement:
            for resource in encode_to_dict(statement.Resource):
                name = _finding(resource)
                if "*" in name:
                    yield statement.Sid, f"Resource::{name}"


def _finding(value: Any) -> str:
    """Return a value as cdk-nag writes it: what only CloudFormation knows stands in angle brackets."""
    text = value.get("Fn::Sub", "") if isinstance(value, dict) else value
    return re.sub(r"\$\{([^}]+)\}", r"<\1>", text) if isinstance(text, str) else ""
