"""Findings of security scanners that are argued and not mended, and why: one rule, for the resources that need it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from troposphere import AWSObject, If, NoValue

from .encrypted_resources import has_own_key, of_these_has_own_key, shows_environment
from .statements import named_resources, statements


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


def _without_domain(distribution: AWSObject) -> bool:
    return "Aliases" not in distribution.DistributionConfig.properties


def _joins_vpc(role: AWSObject) -> bool:
    return any(statement.Sid == "JoinVpc" for statement in statements(role))


def _allows_any_resource(role: AWSObject) -> bool:
    return any("*" in named_resources(statement) for statement in statements(role))


class Suppression(NamedTuple):
    """One reason, and the rule of each scanner that it argues with; ``when`` tells whether a resource needs it.

    ``unless_there_is`` is the type of another resource, beside which no resource needs it.
    """

    reason: str
    cdk_nag: str = ""
    checkov: str = ""
    guard: tuple[str, ...] = ()
    when: Callable[[AWSObject], bool] = _always
    unless_there_is: str = ""


_OWN_KEY = "Encrypted with the service's own key, which costs nothing; the option encryption takes a customer's."
_HAS_KEY = "It has a key; the rule cannot read the Fn::If by which that is the stack's or one that is there already."
_OWN_VPC = "It deploys the model once and is stopped; in a VPC it would take the same way to the internet."
_WEB_ACL = "AWS::WAFv2::WebACL"
_WAF = "Throttled by the stage; a firewall is charged for by the month: the option firewall adds one."

BY_TYPE: dict[str, tuple[Suppression, ...]] = {
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
            "Its environment holds names and limits, and no secret.", checkov="CKV_AWS_173", when=shows_environment
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
    "AWS::KMS::Key": (
        Suppression(
            "As KMS's own default policy does, it leaves to the account's IAM policies what its principals may do.",
            guard=("kms_create_grant_aws_service_check",),
        ),
    ),
    "AWS::Logs::LogGroup": (
        Suppression(
            _OWN_KEY,
            checkov="CKV_AWS_158",
            guard=("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "cloudwatch_log_group_encrypted_check"),
            when=_without("KmsKeyId"),
        ),
        Suppression(_HAS_KEY, guard=("cloudwatch_log_group_encrypted_check",), when=_with("KmsKeyId")),
        Suppression(
            "Kept for as long as the parameter LogRetentionDays says: access logs hold IP addresses.",
            guard=("CW_LOGGROUP_RETENTION_PERIOD_CHECK", "cloudwatch_log_group_retention_period_check"),
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
            "It holds the stack's own code, or for two days what passes between its functions and the model.",
            cdk_nag="AwsSolutions-S1",
            checkov="CKV_AWS_18",
            guard=("S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check"),
            when=_called("ArtifactBucket", "InferenceBucket"),
        ),
        Suppression(
            "Its objects are written once under names that hold their hash, and deleted when no function uses them.",
            checkov="CKV_AWS_21",
            guard=("S3_BUCKET_VERSIONING_ENABLED", "s3_bucket_versioning_enabled_check"),
            when=_called("ArtifactBucket"),
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
            when=_called("LogBucket", "ImageBucket", "InferenceBucket"),
        ),
        Suppression(
            _OWN_KEY,
            guard=("s3_bucket_default_encryption_kms_check",),
            when=of_these_has_own_key("SiteBucket", "ImageBucket", "ArtifactBucket", "InferenceBucket"),
        ),
        Suppression(
            "S3 delivers access logs to no bucket that is encrypted with a KMS key by default.",
            guard=("s3_bucket_default_encryption_kms_check",),
            when=_called("LogBucket"),
        ),
        Suppression(
            "Its objects expire or are replaced, and a lock would keep the stack from being deleted.",
            guard=("S3_BUCKET_DEFAULT_LOCK_ENABLED", "s3_bucket_object_lock_enabled_check"),
        ),
        Suppression(
            "A copy in another Region would be paid for twice, and another stack would have to own it.",
            guard=("S3_BUCKET_REPLICATION_ENABLED",),
        ),
        Suppression(
            "Nothing acts upon its objects; who reads and writes them is in the access logs.",
            guard=("s3_event_notifications_enabled_check",),
        ),
    ),
    "AWS::S3::BucketPolicy": (
        Suppression(
            "It refuses requests without TLS; the rule cannot read the Fn::Sub that the objects are named by.",
            guard=("s3_bucket_policy_ssl_requests_only_check",),
        ),
    ),
    "AWS::EC2::VPC": (
        Suppression(
            "Flow logs are charged for by size: the option flow_logs has them.",
            cdk_nag="AwsSolutions-VPC7",
            unless_there_is="AWS::EC2::FlowLog",
        ),
    ),
    "AWS::IAM::Role": (
        Suppression(
            "Lambda and SageMaker make and delete network interfaces; these actions have no narrower resource.",
            checkov="CKV_AWS_111",
            when=_joins_vpc,
        ),
        Suppression(
            "A role is for one function, notebook or model, and its policy comes and goes with it.",
            guard=("IAM_NO_INLINE_POLICY_CHECK",),
            when=_with("Policies"),
        ),
        Suppression(
            "These actions have no resource-level permission; cdk-nag's suppression beside this one says it of each.",
            guard=("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",),
            when=_allows_any_resource,
        ),
    ),
    "AWS::DynamoDB::Table": (
        Suppression(_OWN_KEY, checkov="CKV_AWS_119", guard=("DYNAMODB_TABLE_ENCRYPTED_KMS",), when=has_own_key),
    ),
    "AWS::ApiGateway::RestApi": (
        Suppression(
            "Bodies are validated by the validator in its OpenAPI body, and field by field by the functions.",
            cdk_nag="AwsSolutions-APIG2",
        ),
    ),
    "AWS::ApiGateway::Stage": (
        Suppression(_WAF, cdk_nag="AwsSolutions-APIG3", unless_there_is=_WEB_ACL),
        Suppression(
            "Responses belong to one request and are never the same twice.",
            checkov="CKV_AWS_120",
            guard=("API_GW_CACHE_ENABLED_AND_ENCRYPTED",),
        ),
    ),
    "AWS::SecretsManager::Secret": (
        Suppression(_OWN_KEY, checkov="CKV_AWS_149", when=_without("KmsKeyId")),
        Suppression(
            "Changed by the parameter DistributionSecretNumber, in an update that changes all that has its value.",
            cdk_nag="AwsSolutions-SMG4",
        ),
    ),
    "AWS::CloudFront::Distribution": (
        Suppression("Open to every country: it is the deployer's choice.", cdk_nag="AwsSolutions-CFR1"),
        Suppression(_WAF, cdk_nag="AwsSolutions-CFR2", checkov="CKV_AWS_68", unless_there_is=_WEB_ACL),
        Suppression(
            "CloudFront's own certificate allows no other policy; with the option own_domain there is another.",
            cdk_nag="AwsSolutions-CFR4",
            checkov="CKV_AWS_174",
            guard=(
                "CLOUDFRONT_CUSTOM_SSL_CERTIFICATE",
                "CLOUDFRONT_MINIMUM_PROTOCOL_VERSION_RULE",
                "CLOUDFRONT_SNI_ENABLED",
                "cloudfront_custom_ssl_certificate_check",
                "cloudfront_security_policy_check",
                "cloudfront_sni_enabled_check",
            ),
            when=_without_domain,
        ),
        Suppression(
            "Logged while the parameter AccessLogs is true, its default.",
            checkov="CKV_AWS_86",
            guard=("cloudfront_access_logs_enabled_check",),
        ),
        Suppression(
            "Each origin is the only one of its kind: a second would be another stack in another Region.",
            guard=("CLOUDFRONT_ORIGIN_FAILOVER_ENABLED", "cloudfront_origin_failover_enabled_check"),
        ),
    ),
    "AWS::CloudWatch::Alarm": (
        Suppression(
            "It sends a message to the parameter AlarmEmail; without one, alarms are shown in CloudWatch alone.",
            guard=("cloudwatch_alarm_action_check",),
            when=_by_condition("AlarmActions"),
        ),
        Suppression(
            "SageMaker looks at it during an update, and takes the update back; other alarms are for people.",
            guard=("cloudwatch_alarm_action_check",),
            when=_called("RolloutErrors", "RolloutLatency"),
        ),
    ),
    "AWS::SageMaker::EndpointConfig": (
        Suppression(
            "Instance types with disks of their own, as those with a GPU have, encrypt them and take no key.",
            guard=("SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",),
            when=_without("KmsKeyId"),
        ),
    ),
    "AWS::SageMaker::NotebookInstance": (
        Suppression(_OWN_VPC, cdk_nag="AwsSolutions-SM1", guard=("sagemaker_notebook_instance_inside_vpc_check",)),
        Suppression(
            _OWN_KEY,
            cdk_nag="AwsSolutions-SM2",
            checkov="CKV_AWS_187",
            guard=("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",),
            when=_without("KmsKeyId"),
        ),
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
            when=_without("KmsMasterKeyId"),
        ),
    ),
    "AWS::SQS::Queue": (
        Suppression(
            "It is the dead-letter queue itself.",
            cdk_nag="AwsSolutions-SQS3",
            guard=("sqs_dlq_check",),
            when=_without("RedrivePolicy"),
        ),
        Suppression(_OWN_KEY, checkov="CKV_AWS_27", when=_without("KmsMasterKeyId")),
        Suppression(_HAS_KEY, guard=("sqs_queue_encrypted_check",), when=_with("KmsMasterKeyId")),
    ),
}
