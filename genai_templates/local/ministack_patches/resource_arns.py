"""The ARN of a resource of a stack, by its physical id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from .sagemaker import Refused, call

_API = "arn:aws:apigateway:{region}::/restapis/{id}"
_FUNCTION = "arn:aws:lambda:{region}:{account}:function:{id}"
_IN_EC2 = "arn:aws:ec2:{region}:{account}:"
_ROLE = "arn:aws:iam::{account}:role/{id}"
_SCALABLE_TARGET = "arn:aws:application-autoscaling:{region}:{account}:scalable-target/0ec0example"
_WEB_ACL = "arn:aws:wafv2:{region}:{account}:regional/webacl/EXAMPLE/{id}"
_TOPIC = "arn:aws:sns:{region}:{account}:{id}"
_USER_POOL = "arn:aws:cognito-idp:{region}:{account}:userpool/{id}"
_QUEUE = "arn:aws:sqs:{region}:{account}:{id}"

# The ARN by type; then the property that has the id in its place, where the resource is a part of another one.
_FORMATS: dict[str, tuple[str, str]] = {
    "AWS::ApiGateway::Account": ("arn:aws:apigateway:{region}::/account", ""),
    "AWS::ApiGateway::ApiKey": ("arn:aws:apigateway:{region}::/apikeys/{id}", ""),
    "AWS::ApiGateway::RestApi": (_API, ""),
    "AWS::ApiGateway::UsagePlan": ("arn:aws:apigateway:{region}::/usageplans/{id}", ""),
    "AWS::ApiGateway::UsagePlanKey": ("arn:aws:apigateway:{region}::/usageplans/{id}/keys/EXAMPLE", "UsagePlanId"),
    "AWS::ApiGateway::Stage": (f"{_API}/stages/prod", "RestApiId"),
    "AWS::Bedrock::Guardrail": ("{id}", ""),  # the physical id is the ARN
    "AWS::Bedrock::GuardrailVersion": ("arn:aws:bedrock:{region}:{account}:guardrail/{id}", "GuardrailIdentifier"),
    "AWS::Budgets::Budget": ("arn:aws:budgets::{account}:budget/{id}", ""),
    "AWS::CloudFront::Distribution": ("arn:aws:cloudfront::{account}:distribution/{id}", ""),
    "AWS::CloudFront::Function": ("arn:aws:cloudfront::{account}:function/{id}", ""),
    "AWS::CloudFront::OriginAccessControl": ("arn:aws:cloudfront::{account}:origin-access-control/{id}", ""),
    "AWS::CloudFront::ResponseHeadersPolicy": ("arn:aws:cloudfront::{account}:response-headers-policy/{id}", ""),
    "AWS::CloudWatch::Alarm": ("arn:aws:cloudwatch:{region}:{account}:alarm:{id}", ""),
    "AWS::CloudWatch::Dashboard": ("arn:aws:cloudwatch::{account}:dashboard/{id}", ""),
    "AWS::Cognito::ManagedLoginBranding": (_USER_POOL, "UserPoolId"),
    "AWS::Cognito::UserPool": (_USER_POOL, ""),
    "AWS::Cognito::UserPoolClient": (_USER_POOL, "UserPoolId"),
    "AWS::Cognito::UserPoolDomain": (_USER_POOL, "UserPoolId"),
    "AWS::Cognito::UserPoolResourceServer": (_USER_POOL, "UserPoolId"),
    "AWS::DynamoDB::Table": ("arn:aws:dynamodb:{region}:{account}:table/{id}", ""),
    "AWS::EC2::FlowLog": (f"{_IN_EC2}vpc-flow-log/{{id}}", ""),
    "AWS::EC2::InternetGateway": (f"{_IN_EC2}internet-gateway/{{id}}", ""),
    "AWS::EC2::Route": (f"{_IN_EC2}route-table/{{id}}", "RouteTableId"),
    "AWS::EC2::RouteTable": (f"{_IN_EC2}route-table/{{id}}", ""),
    "AWS::EC2::SecurityGroup": (f"{_IN_EC2}security-group/{{id}}", ""),
    "AWS::EC2::Subnet": (f"{_IN_EC2}subnet/{{id}}", ""),
    "AWS::EC2::SubnetRouteTableAssociation": (f"{_IN_EC2}route-table/{{id}}", "RouteTableId"),
    "AWS::EC2::VPC": (f"{_IN_EC2}vpc/{{id}}", ""),
    "AWS::EC2::VPCEndpoint": (f"{_IN_EC2}vpc-endpoint/{{id}}", ""),
    "AWS::EC2::VPCGatewayAttachment": (f"{_IN_EC2}internet-gateway/{{id}}", "InternetGatewayId"),
    "AWS::IAM::ManagedPolicy": ("{id}", ""),  # the physical id is the ARN
    "AWS::IAM::Policy": (_ROLE, "Roles"),
    "AWS::IAM::Role": (_ROLE, ""),
    "AWS::KMS::Key": ("arn:aws:kms:{region}:{account}:key/{id}", ""),
    "AWS::Lambda::EventInvokeConfig": (_FUNCTION, "FunctionName"),
    "AWS::Lambda::EventSourceMapping": ("arn:aws:lambda:{region}:{account}:event-source-mapping:{id}", ""),
    "AWS::Lambda::Function": (_FUNCTION, ""),
    "AWS::Lambda::Permission": (_FUNCTION, "FunctionName"),
    "AWS::Logs::LogGroup": ("arn:aws:logs:{region}:{account}:log-group:{id}", ""),
    "AWS::Logs::ResourcePolicy": ("arn:aws:logs:{region}:{account}:log-group:{id}", ""),
    "AWS::Route53::RecordSet": ("arn:aws:route53:::hostedzone/{id}", "HostedZoneId"),
    "AWS::S3::Bucket": ("arn:aws:s3:::{id}", ""),
    "AWS::S3::BucketPolicy": ("arn:aws:s3:::{id}", "Bucket"),
    "AWS::SNS::Topic": (_TOPIC, ""),
    "AWS::SNS::TopicPolicy": (_TOPIC, "Topics"),
    "AWS::SQS::Queue": (_QUEUE, ""),
    "AWS::SQS::QueuePolicy": (_QUEUE, "Queues"),
    "AWS::ApplicationAutoScaling::ScalableTarget": (_SCALABLE_TARGET, ""),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (_SCALABLE_TARGET, "ScalingTargetId"),
    "AWS::SecretsManager::Secret": ("arn:aws:secretsmanager:{region}:{account}:secret:{id}", ""),
    "AWS::Scheduler::Schedule": ("arn:aws:scheduler:{region}:{account}:schedule/default/{id}", ""),
    "AWS::WAFv2::LoggingConfiguration": (_WEB_ACL, "ResourceArn"),
    "AWS::WAFv2::WebACL": (_WEB_ACL, ""),
    "AWS::WAFv2::WebACLAssociation": (_WEB_ACL, "WebACLArn"),
    "AWS::SageMaker::Endpoint": ("{id}", ""),  # the physical id is the ARN
    "AWS::SageMaker::EndpointConfig": ("{id}", ""),
    "AWS::SageMaker::InferenceComponent": ("{id}", ""),
    "AWS::SageMaker::Model": ("{id}", ""),
    "AWS::SageMaker::NotebookInstance": ("arn:aws:sagemaker:{region}:{account}:notebook-instance/{id}", ""),
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": (
        "arn:aws:sagemaker:{region}:{account}:notebook-instance-lifecycle-config/{id}",
        "",
    ),
}


# What a type's handlers use of other services without a property that names it: what the service makes for itself.
_OTHERS: dict[str, tuple[str, ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        "arn:aws:cloudwatch:{region}:{account}:alarm:TargetTracking-EXAMPLE",
        "arn:aws:iam::{account}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/EXAMPLE",
    ),
}


def other_arns(resource: Mapping[str, Any]) -> list[str]:
    """Return the ARNs that a resource's handlers use and its properties do not name."""
    formats = _OTHERS.get(resource["Type"], ())
    found = [each.format(region=get_region(), account=get_account_id()) for each in formats]
    return found + _scaled_arns(resource["Properties"]) if found else []


def _scaled_arns(target: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of the endpoint that a scalable target stands for, and of its configuration."""
    if not target["ResourceId"].startswith("endpoint/"):
        return []
    try:
        endpoint = call("DescribeEndpoint", EndpointName=target["ResourceId"].split("/")[1])
    except Refused:
        return []  # somebody has deleted it
    configuration = f"endpoint-config/{endpoint['EndpointConfigName']}"
    return [endpoint["EndpointArn"], f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:{configuration}"]


def own_arn(resource: Mapping[str, Any], stack_name: str, logical_id: str, physical_id: str) -> str:
    """Return the ARN of a resource; of a custom resource, that of its function; and ``*`` for other types."""
    form, holder = _FORMATS.get(resource["Type"], ("*", "ServiceToken"))
    found = resource["Properties"].get(holder, physical_id) if holder else physical_id
    identifier = str(found[0] if isinstance(found, list) else found)
    if identifier.startswith("arn:"):
        return identifier
    if resource["Type"] == "AWS::WAFv2::WebACL" and "|" in identifier:
        return _web_acl_arn(*identifier.split("|"))
    if resource["Type"] == "AWS::Logs::LogGroup" and identifier.startswith("/aws/cloudformation/"):
        identifier = f"{stack_name}-{logical_id}-EXAMPLE"  # as CloudFormation names it; ministack does otherwise
    return form.format(id=identifier.rsplit("/", 1)[-1], region=get_region(), account=get_account_id())


def _web_acl_arn(name: str, identifier: str, scope: str) -> str:
    place = "global" if scope == "CLOUDFRONT" else "regional"
    return f"arn:aws:wafv2:{get_region()}:{get_account_id()}:{place}/webacl/{name}/{identifier}"
