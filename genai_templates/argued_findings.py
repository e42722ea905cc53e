"""Findings of security scanners that are argued and not mended, and why: one rule, for the resources that need it."""

from __future__ import annotations

from .argued_when import (
    allows_any_resource,
    is_called,
    joins_vpc,
    lends_interfaces,
    with_condition_for,
    with_domain,
    with_property,
    without_domain,
    without_property,
)
from .encrypted_resources import has_own_key, of_these_has_own_key, shows_environment
from .suppression import Suppression

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
            when=without_property("VpcConfig"),
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
            when=without_property("KmsKeyId"),
        ),
        Suppression(_HAS_KEY, guard=("cloudwatch_log_group_encrypted_check",), when=with_property("KmsKeyId")),
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
            when=is_called("LogBucket"),
        ),
        Suppression(
            "It holds the stack's own code, or for two days what passes between its functions and the model.",
            cdk_nag="AwsSolutions-S1",
            checkov="CKV_AWS_18",
            guard=("S3_BUCKET_LOGGING_ENABLED", "s3_bucket_logging_enabled_check"),
            when=is_called("ArtifactBucket", "InferenceBucket"),
        ),
        Suppression(
            "Its objects are written once under names that hold their hash, and deleted when no function uses them.",
            checkov="CKV_AWS_21",
            guard=("S3_BUCKET_VERSIONING_ENABLED", "s3_bucket_versioning_enabled_check"),
            when=is_called("ArtifactBucket"),
        ),
        Suppression(
            "Its requests are logged while the parameter AccessLogs is true, its default.",
            cdk_nag="AwsSolutions-S1",
            when=is_called("SiteBucket", "ImageBucket"),
        ),
        Suppression(
            "Its objects are written once under names of their own, and expire.",
            checkov="CKV_AWS_21",
            guard=("S3_BUCKET_VERSIONING_ENABLED", "s3_bucket_versioning_enabled_check"),
            when=is_called("LogBucket", "ImageBucket", "InferenceBucket"),
        ),
        Suppression(
            _OWN_KEY,
            guard=("s3_bucket_default_encryption_kms_check",),
            when=of_these_has_own_key("SiteBucket", "ImageBucket", "ArtifactBucket", "InferenceBucket"),
        ),
        Suppression(
            "S3 delivers access logs to no bucket that is encrypted with a KMS key by default.",
            guard=("s3_bucket_default_encryption_kms_check",),
            when=is_called("LogBucket"),
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
            when=joins_vpc,
        ),
        Suppression("SageMaker uses the interfaces itself.", checkov="CKV_AWS_109", when=lends_interfaces),
        Suppression(
            "A role is for one function, notebook or model, and its policy comes and goes with it.",
            guard=("IAM_NO_INLINE_POLICY_CHECK",),
            when=with_property("Policies"),
        ),
        Suppression(
            "These actions have no resource-level permission; cdk-nag's suppression beside this one says it of each.",
            guard=("IAM_POLICYDOCUMENT_NO_WILDCARD_RESOURCE",),
            when=allows_any_resource,
        ),
    ),
    "AWS::Cognito::UserPool": (
        Suppression(
            "An authenticator app is each user's choice, and demanded of all by the parameter RequireMfa.",
            cdk_nag="AwsSolutions-COG2",
        ),
        Suppression(
            "The plan Plus costs more for each user; who needs its threat protection gives a pool that has it.",
            cdk_nag="AwsSolutions-COG8",
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
        Suppression(_OWN_KEY, checkov="CKV_AWS_149", when=without_property("KmsKeyId")),
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
            when=without_domain,
        ),
        Suppression(
            "The certificate is a parameter, which the rules take for none.",
            guard=("cloudfront_custom_ssl_certificate_check", "cloudfront_sni_enabled_check"),
            when=with_domain,
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
            when=with_condition_for("AlarmActions"),
        ),
        Suppression(
            "SageMaker looks at it during an update, and takes the update back; other alarms are for people.",
            guard=("cloudwatch_alarm_action_check",),
            when=is_called("RolloutErrors", "RolloutLatency"),
        ),
    ),
    "AWS::SageMaker::EndpointConfig": (
        Suppression(
            "Instance types with disks of their own, as those with a GPU have, encrypt them and take no key.",
            guard=("SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",),
            when=without_property("KmsKeyId"),
        ),
    ),
    "AWS::SageMaker::NotebookInstance": (
        Suppression(_OWN_VPC, cdk_nag="AwsSolutions-SM1", guard=("sagemaker_notebook_instance_inside_vpc_check",)),
        Suppression(
            _OWN_KEY,
            cdk_nag="AwsSolutions-SM2",
            checkov="CKV_AWS_187",
            guard=("SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",),
            when=without_property("KmsKeyId"),
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
            when=without_property("KmsMasterKeyId"),
        ),
    ),
    "AWS::SQS::Queue": (
        Suppression(
            "It is the dead-letter queue itself.",
            cdk_nag="AwsSolutions-SQS3",
            guard=("sqs_dlq_check",),
            when=without_property("RedrivePolicy"),
        ),
        Suppression(_OWN_KEY, checkov="CKV_AWS_27", when=without_property("KmsMasterKeyId")),
        Suppression(_HAS_KEY, guard=("sqs_queue_encrypted_check",), when=with_property("KmsMasterKeyId")),
    ),
}
