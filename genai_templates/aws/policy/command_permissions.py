"""The IAM actions that the commands use themselves, beside what CloudFormation does in the caller's name.

One table, from which ``genai-templates policy`` makes its statements. In braces stands what the policy is made for:
``{partition}``, ``{region}``, ``{account}``, ``{stack}``, the patterns of its resources' ``{names}`` and, for buckets,
``{lower_names}``, and the ``{bucket}`` of the artifacts. ``*`` is the resource only where the service authorization
reference has no resource-level permission; a test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

from ...iam import ANY_RESOURCE


class Permission(NamedTuple):
    """Actions on resources, and the commands that use them."""

    commands: tuple[str, ...]
    actions: tuple[str, ...]
    resources: tuple[str, ...]


_ANY = (ANY_RESOURCE,)
_STACK = ("arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/*",)
_CHANGE_SETS = ("arn:{partition}:cloudformation:{region}:{account}:changeSet/genai-templates-*",)
_STACKS = ("arn:{partition}:cloudformation:{region}:{account}:stack/*",)
_BUCKET = ("arn:{partition}:s3:::{bucket}",)
_ARTIFACTS = ("arn:{partition}:s3:::{bucket}/*",)
# The buckets of a stack: CloudFormation writes the stack's name in lower case.
_STACK_BUCKETS = ("arn:{partition}:s3:::{lower_names}",)
_QUOTAS = (
    "arn:{partition}:servicequotas:{region}:{account}:sagemaker/*",
    "arn:{partition}:servicequotas:{region}:{account}:vpc/*",
)
# The model's endpoint, configuration and model have one name; a notebook's ends in the stack's GUID too.
_ENDPOINTS = (
    "arn:{partition}:sagemaker:{region}:{account}:endpoint/genai-*",
    "arn:{partition}:sagemaker:{region}:{account}:endpoint-config/genai-*",
    "arn:{partition}:sagemaker:{region}:{account}:inference-component/genai-*",
    "arn:{partition}:sagemaker:{region}:{account}:model/genai-*",
)
_COMPONENTS = _ENDPOINTS[2:3]
# Of a native endpoint, named by CloudFormation; whether the stack's name is in it, nothing published says. SageMaker
# writes ARNs in lower case.
_NATIVE = (
    "arn:{partition}:sagemaker:{region}:{account}:endpoint-config/{lower_names}",
    "arn:{partition}:sagemaker:{region}:{account}:endpoint-config/endpointconfig-*",
    "arn:{partition}:sagemaker:{region}:{account}:model/{lower_names}",
    "arn:{partition}:sagemaker:{region}:{account}:model/model*",
)
_NOTEBOOKS = ("arn:{partition}:sagemaker:{region}:{account}:notebook-instance/al2023-*",)
_STACK_LOGS = ("arn:{partition}:logs:{region}:{account}:log-group:{names}",)
_LOGS = (
    *_STACK_LOGS,
    "arn:{partition}:logs:{region}:{account}:log-group:/aws/sagemaker/*",
)

PERMISSIONS = (
    # Who may do what, and what the region and the account have room for.
    Permission(("preflight",), ("cloudformation:ListTypes",), _ANY),
    Permission(
        ("preflight",),
        ("iam:SimulatePrincipalPolicy",),
        ("arn:{partition}:iam::{account}:role/*", "arn:{partition}:iam::{account}:user/*"),
    ),
    Permission(
        ("preflight",),
        (
            "servicequotas:GetServiceQuota",
            "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
            "servicequotas:RequestServiceQuotaIncrease",  # with --request-quota
        ),
        _QUOTAS,
    ),
    Permission(
        ("preflight",),
        (
            "servicequotas:GetAWSDefaultServiceQuota",
            "servicequotas:ListAWSDefaultServiceQuotas",
            "servicequotas:ListServiceQuotas",
        ),
        _ANY,
    ),
    Permission(
        ("preflight",),
        (
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcEndpointServices",
            "ec2:DescribeVpcs",
            "lambda:GetAccountSettings",
        ),
        _ANY,
    ),
    Permission(("preflight", "link"), ("apigateway:GET",), ("arn:{partition}:apigateway:{region}::/account",)),
    Permission(("preflight", "link"), ("iam:GetRole",), ("arn:{partition}:iam::{account}:role/*",)),
    Permission(
        ("preflight",),
        ("sagemaker:DescribeHubContent",),
        (
            "arn:{partition}:sagemaker:{region}:aws:hub/SageMakerPublicHub",
            "arn:{partition}:sagemaker:{region}:aws:hub-content/SageMakerPublicHub/Model/*",
        ),
    ),
    Permission(("preflight",), ("bedrock:GetFoundationModelAvailability",), _ANY),
    Permission(
        ("preflight",),
        ("bedrock:GetInferenceProfile",),
        ("arn:{partition}:bedrock:{region}:{account}:inference-profile/*",),
    ),
    # The keys of an API, which have random ids.
    Permission(
        ("key",),
        ("apigateway:GET",),
        (
            "arn:{partition}:apigateway:{region}::/apikeys/*",
            "arn:{partition}:apigateway:{region}::/usageplans/*/keys",
        ),
    ),
    # The bucket of the artifacts, made on first use; what no stack uses any more is marked by a tag.
    Permission(
        ("deploy", "link"),
        (
            "s3:CreateBucket",
            "s3:GetBucketTagging",
            "s3:ListBucket",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ),
        _BUCKET,
    ),
    Permission(
        ("deploy", "link"),
        # CloudFormation reads the template in the caller's name. HeadObject counts tags for who may read them alone.
        ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"),
        _ARTIFACTS,
    ),
    Permission(("preflight",), ("s3:ListBucket",), _BUCKET),
    Permission(("preflight",), ("s3:GetObject", "s3:PutObject"), _ARTIFACTS),  # the template, to have it validated
    Permission(("deploy",), ("cloudformation:DescribeStacks", "cloudformation:GetTemplate"), _STACKS),
    Permission(("status", "doctor"), ("cloudformation:DescribeStacks",), _STACKS),
    # DescribeStacks of all stacks needs ListStacks as well. (DescribeStacks, CloudFormation API reference.)
    Permission(("deploy", "status"), ("cloudformation:ListStacks",), _ANY),
    # The stack.
    Permission(
        ("preflight", "deploy", "link", "status", "key", "logs", "destroy"),
        ("cloudformation:DescribeStacks",),
        _STACK,
    ),
    Permission(("preflight",), ("cloudformation:DeleteStack", "cloudformation:GetTemplate"), _STACK),
    Permission(
        ("preflight", "deploy"),
        (
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",  # of one that a change set has made and that stays empty
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeEvents",
            "cloudformation:ListChangeSets",  # whether another deployment uses that stack too
        ),
        _STACK,
    ),
    # By the change set's own ARN, as CloudFormation's user guide has it: its name with the stack's was refused
    # (aws-cloudformation/cloudformation-cli#1116).
    Permission(("preflight", "deploy"), ("cloudformation:DescribeEvents",), _CHANGE_SETS),
    Permission(
        ("deploy",),
        (
            "cloudformation:ContinueUpdateRollback",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:TagResource",
            "cloudformation:UntagResource",
        ),
        _STACK,
    ),
    Permission(
        ("deploy", "destroy"),
        (
            "cloudformation:DeleteStack",
            "cloudformation:DescribeEvents",
            "cloudformation:DescribeStackEvents",
            "cloudformation:GetTemplate",
            "cloudformation:ListStackResources",
        ),
        _STACK,
    ),
    Permission(("deploy",), ("sagemaker:ListEndpoints",), _ANY),
    # The model, and what the notebook says while it is deployed.
    Permission(("preflight",), ("sagemaker:ListEndpoints", "sagemaker:ListNotebookInstances"), _ANY),
    Permission(
        ("preflight", "deploy", "status", "doctor"),
        ("sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"),
        (*_ENDPOINTS[:2], *_NATIVE[:2]),
    ),
    Permission(("deploy", "status"), ("sagemaker:DescribeInferenceComponent",), _COMPONENTS),
    Permission(("status",), ("cloudwatch:GetMetricStatistics",), _ANY),  # how many requests wait
    Permission(("doctor",), ("sagemaker:DescribeNotebookInstance",), _NOTEBOOKS),
    Permission(("deploy", "logs"), ("logs:FilterLogEvents",), _LOGS),
    Permission(("destroy", "doctor"), ("logs:DescribeLogGroups",), _ANY),
    Permission(("status", "key", "logs"), ("cloudformation:ListStackResources",), _STACK),
    Permission(
        ("status",),
        ("cloudformation:DescribeEvents", "cloudformation:DescribeStackEvents", "cloudformation:GetTemplate"),
        _STACK,
    ),
    Permission(
        ("status", "destroy", "doctor"),
        ("cloudwatch:DescribeAlarms",),
        ("arn:{partition}:cloudwatch:{region}:{account}:alarm:*",),
    ),
    Permission(
        ("status",),
        ("cloudwatch:DescribeAlarmHistory",),
        ("arn:{partition}:cloudwatch:{region}:{account}:alarm:{names}",),
    ),
    # Jobs that were given up: looked at, and moved back by SQS in the caller's name.
    Permission(("redrive",), ("cloudformation:DescribeStacks", "cloudformation:ListStackResources"), _STACK),
    Permission(
        ("redrive",),
        (
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ListMessageMoveTasks",
            "sqs:ReceiveMessage",
            "sqs:SendMessage",
            "sqs:StartMessageMoveTask",
        ),
        ("arn:{partition}:sqs:{region}:{account}:{names}",),
    ),
    Permission(
        ("redrive",), ("dynamodb:BatchGetItem",), ("arn:{partition}:dynamodb:{region}:{account}:table/{names}",)
    ),
    # What is left: found in the whole region, removed where it has a name of the stack or of a model.
    Permission(
        ("destroy", "doctor"),
        (
            "application-autoscaling:DescribeScalableTargets",
            "cloudformation:ListStacks",
            "kms:ListKeys",
            "s3:ListAllMyBuckets",
            "sagemaker:ListEndpointConfigs",
            "sagemaker:ListEndpoints",
            "sagemaker:ListInferenceComponents",
            "sagemaker:ListModels",
            "sagemaker:ListNotebookInstances",
            "tag:GetResources",
        ),
        _ANY,
    ),
    Permission(("destroy", "doctor"), ("kms:DescribeKey",), ("arn:{partition}:kms:{region}:{account}:key/*",)),
    Permission(
        ("destroy", "doctor"),
        (
            "sagemaker:DeleteEndpoint",
            "sagemaker:DeleteEndpointConfig",
            "sagemaker:DeleteInferenceComponent",
            "sagemaker:DeleteModel",
            "sagemaker:DescribeInferenceComponent",
        ),
        (*_ENDPOINTS, *_NATIVE),
    ),
    Permission(
        ("destroy", "doctor"),
        ("application-autoscaling:DeregisterScalableTarget",),
        ("arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/*",),
    ),
    Permission(
        ("destroy", "doctor"),
        (
            "sagemaker:DeleteNotebookInstance",
            "sagemaker:DeleteNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
        ),
        (*_NOTEBOOKS, "arn:{partition}:sagemaker:{region}:{account}:notebook-instance-lifecycle-config/*"),
    ),
    Permission(
        ("destroy", "doctor"),
        (
            "s3:AbortMultipartUpload",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
        ),
        _STACK_BUCKETS,
    ),
    Permission(("destroy", "doctor"), ("logs:DeleteLogGroup",), _STACK_LOGS),
    Permission(
        ("destroy", "doctor"),
        ("cloudwatch:DeleteAlarms",),
        ("arn:{partition}:cloudwatch:{region}:{account}:alarm:{names}",),
    ),
)
"""What the commands use, by resource; a command may stand in several rows."""
