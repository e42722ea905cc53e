"""Findings of security scanners that are argued and not mended, in the metadata that each scanner reads.

Each names one rule on one resource. An option that does what a rule asks for takes its suppression away, because that
depends on the resource's own properties; ``make scan`` fails for one that suppresses nothing.

Guard's format has names and no reasons: ``guard_reasons`` gives them. The names in lower case are the rules of AWS
Control Tower, which ``make scan`` runs; those in capitals are the rules of the same meaning in AWS's registry of Guard
rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from awacs.aws import Statement
from troposphere import AWSObject, If, NoValue, Sub, Template

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def _always(resource: AWSObject) -> bool:
    return True


def _called(*names: str) -> Callable[[AWSObject], bool]:
    return lambda resource: str(resource.title).endswith(names)


def _without(property_name: str) -> Callable[[AWSObject], bool]:
    return lambda resource: resource.properties.get(property_name, NoValue) is NoValue


def _with(property_name: str) -> Callable[[AWSObject], bool]:
    return lambda resource: resource.properties.get(property_name, NoValue) is not NoValue


def _by_condition(property_name: str) -> Callable[[AWSObject], bool]:
    return lambda resource: isinstance(resource.properties.get(property_name), If)


def _joins_vpc(role: AWSObject) -> bool:
    return any(statement.Sid == "JoinVpc" for statement in _statements(role))


class Suppression(NamedTuple):
    """One reason, and the rule of each scanner that it argues with; ``when`` tells whether a resource needs it."""

    reason: str
    cdk_nag: str = ""
    checkov: str = ""
    guard: tuple[str, ...] = ()
    when: Callable[[AWSObject], bool] = _always


_OWN_KEY = "Encrypted with the service's own key, which costs nothing; a key of the customer's is not an option yet."
_OWN_VPC = "It deploys the model once and is stopped; in a VPC it would take the same way to the internet."
_WAF = "Throttled by the stage; a firewall is charged for by the month and is not an option yet."

_BY_TYPE: dict[str, tuple[Suppression, ...]] = {
    "AWS::Lambda::Function": (
        Suppression(
            "A new account may run 10 functions at once: a reserve would make the stack fail.",
            checkov="CKV_AWS_115",
            guard=("LAMBDA_CONCURRENCY_CHECK",),
        ),
        Suppression(
            "Its caller waits for it, or retries it; the one that is called asynchronously has a failure destination.",
            checkov="CKV_AWS_116",
            guard=("LAMBDA_DLQ_CHECK",),
        ),
        Suppression(
            "It calls AWS alone, over TLS; the option function_network puts those that call the model into a VPC.",
            checkov="CKV_AWS_117",
            guard=("LAMBDA_INSIDE_VPC", "lambda_inside_vpc_check"),
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
    "AWS::Lambda::Permission": (
        Suppression(
            "SourceArn names one method of this stack's API; the rule cannot read the Fn::Sub that it is written with.",
            guard=("lambda_function_public_access_prohibited_check",),
        ),
    ),
    "AWS::Logs::LogGroup": (
        Suppression(
            _OWN_KEY,
            checkov="CKV_AWS_158",
            guard=("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "cloudwatch_log_group_encrypted_check"),
        ),
        Suppression(
            "Kept for as long as the parameter LogRetentionDays says: access logs hold IP addresses.",
            guard=("cloudwatch_log_group_retention_period_check",),
        ),
    ),
    "AWS::S3::Bucket": (
        Suppression(
            "It is where the access logs of the others go.",
            cdk_nag="AwsSolutions-S1",
            checkov="CKV_AWS_18",
            guard=("S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check"),
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
            guard=("S3_BUCKET_VERSIONING_ENABLED", "s3_bucket_versioning_enabled_check"),
            when=_called("LogBucket", "ImageBucket"),
        ),
        Suppression(
            _OWN_KEY, guard=("s3_bucket_default_encryption_kms_check",), when=_called("SiteBucket", "ImageBucket")
        ),
        Suppression(
            "S3 delivers access logs to no bucket that is encrypted with a KMS key by default.",
            guard=("s3_bucket_default_encryption_kms_check",),
            when=_called("LogBucket"),
        ),
        Suppression(
            "Its objects expire or are replaced, and a lock would keep the stack from being deleted.",
            guard=("s3_bucket_object_lock_enabled_check",),
        ),
        Suppression(
            "Nothing acts upon its objects; who reads and writes them is in the access logs.",
            guard=("s3_event_notifications_enabled_check",),
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
    "AWS::DynamoDB::Table": (Suppression(_OWN_KEY, checkov="CKV_AWS_119", guard=("DYNAMODB_TABLE_ENCRYPTED_KMS",)),),
    "AWS::ApiGateway::RestApi": (
        Suppression(
            "Bodies are validated by the validator in its OpenAPI body, and field by field by the functions.",
            cdk_nag="AwsSolutions-APIG2",
        ),
    ),
    "AWS::ApiGateway::Stage": (
        Suppression(_WAF, cdk_nag="AwsSolutions-APIG3", guard=("API_GW_ASSOCIATED_WITH_WAF",)),
        Suppression(
            "Responses belong to one request and are never the same twice.",
            checkov="CKV_AWS_120",
            guard=("API_GW_CACHE_ENABLED_AND_ENCRYPTED",),
        ),
    ),
    "AWS::CloudFront::Distribution": (
        Suppression("Open to every country: it is the deployer's choice.", cdk_nag="AwsSolutions-CFR1"),
        Suppression(_WAF, cdk_nag="AwsSolutions-CFR2", checkov="CKV_AWS_68"),
        Suppression(
            "CloudFront's own certificate allows no other policy; an own domain is not an option yet.",
            cdk_nag="AwsSolutions-CFR4",
            checkov="CKV_AWS_174",
            guard=(
                "cloudfront_custom_ssl_certificate_check",
                "cloudfront_security_policy_check",
                "cloudfront_sni_enabled_check",
            ),
        ),
        Suppression(
            "Logged while the parameter AccessLogs is true, its default.",
            checkov="CKV_AWS_86",
            guard=("cloudfront_access_logs_enabled_check",),
        ),
        Suppression(
            "Each origin is the only one of its kind: a second would be another stack in another Region.",
            guard=("cloudfront_origin_failover_enabled_check",),
        ),
    ),
    "AWS::CloudWatch::Alarm": (
        Suppression(
            "It sends a message to the parameter AlarmEmail; without one, alarms are shown in CloudWatch alone.",
            guard=("cloudwatch_alarm_action_check",),
            when=_by_condition("AlarmActions"),
        ),
    ),
    "AWS::SageMaker::NotebookInstance": (
        Suppression(_OWN_VPC, cdk_nag="AwsSolutions-SM1", guard=("sagemaker_notebook_instance_inside_vpc_check",)),
        Suppression(_OWN_KEY, cdk_nag="AwsSolutions-SM2", checkov="CKV_AWS_187"),
        Suppression(
            "The SageMaker SDK and the model's description come from the internet.",
            cdk_nag="AwsSolutions-SM3",
            guard=(
                "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
                "sagemaker_notebook_no_direct_internet_access_check",
            ),
        ),
    ),
    "AWS::SNS::Topic": (
        Suppression(
            "Its messages name alarms. CloudWatch cannot publish to a topic under the service's own key.",
            checkov="CKV_AWS_26",
            guard=("SNS_ENCRYPTED_KMS",),
        ),
    ),
    "AWS::SQS::Queue": (
        Suppression("It is the dead-letter queue itself.", cdk_nag="AwsSolutions-SQS3", guard=("sqs_dlq_check",)),
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


def guard_reasons() -> dict[tuple[str, str], str]:
    """Return why each rule of Guard is argued, by the type of the resource and the rule."""
    reasons: dict[tuple[str, str], str] = {}
    for kind, suppressions in _BY_TYPE.items():
        for each in suppressions:
            for rule in each.guard:
                reasons[kind, rule] = " | ".join(filter(None, [reasons.get((kind, rule)), each.reason]))
    return reasons


def _metadata(resource: AWSObject) -> dict[str, object]:
    found = [each for each in _BY_TYPE.get(resource.resource_type, ()) if each.when(resource)]
    nag: list[dict[str, object]] = [{"id": each.cdk_nag, "reason": each.reason} for each in found if each.cdk_nag]
    nag += _role_findings(resource) if resource.resource_type == "AWS::IAM::Role" else []
    checkov = [{"id": each.checkov, "comment": each.reason} for each in found if each.checkov]
    guard = [rule for each in found for rule in each.guard]
    return {
        **({"cdk_nag": {"rules_to_suppress": nag}} if nag else {}),
        **({"checkov": {"skip": checkov}} if checkov else {}),
        **({"guard": {"SuppressedRules": guard}} if guard else {}),
    }


def _role_findings(role: AWSObject) -> Iterator[dict[str, object]]:
    for arn in role.properties.get("ManagedPolicyArns", ()):
        yield {"id": "AwsSolutions-IAM4", "reason": _MANAGED, "applies_to": [f"Policy::{_finding(arn)}"]}
    reasons: dict[str, str] = {}
    for statement in _statements(role):
        for name in map(_finding, statement.Resource):
            if "*" in name:
                reasons.setdefault(f"Resource::{name}", _WILDCARDS[statement.Sid])
    for finding, reason in reasons.items():
        yield {"id": "AwsSolutions-IAM5", "reason": reason, "applies_to": [finding]}


def _statements(role: AWSObject) -> Iterator[Statement]:
    for policy in role.properties.get("Policies", ()):
        yield from policy.PolicyDocument.Statement


def _finding(value: object) -> str:
    """Return an ARN as cdk-nag writes it: what only CloudFormation knows stands in angle brackets."""
    text = value.data["Fn::Sub"] if isinstance(value, Sub) else value
    return _VARIABLE.sub(r"<\1>", text) if isinstance(text, str) else ""
