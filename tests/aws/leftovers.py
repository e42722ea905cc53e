"""What stacks have left in an account, arranged for a test."""

from __future__ import annotations

import json
from typing import Any

from genai_templates.tags import STACK_TAG
from tests.aws.account import EmulatedAccount

GUID = "6f1c2d3e-0000-4111-8222-333344445555"
ENDPOINT = f"genai-{GUID}"
ROLE = "arn:aws:iam::000000000000:role/endpoint"


def tags_of(stack: str) -> list[dict[str, str]]:
    """Return the tag that everything of this stack has."""
    return [{"Key": STACK_TAG, "Value": stack}]


def leave_endpoint(account: EmulatedAccount, name: str = ENDPOINT, *, stack: str = "") -> None:
    """Make an endpoint with configuration and model, as the notebook of a stack does; tagged if a stack is named."""
    tags = {"Tags": tags_of(stack)} if stack else {}
    client = account.client("sagemaker")
    image = {"Image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/tgi:1"}
    client.create_model(ModelName=name, PrimaryContainer=image, ExecutionRoleArn=ROLE, **tags)
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.g5.2xlarge",
    }
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **tags)
    client.create_endpoint(EndpointName=name, EndpointConfigName=name, **tags)


def leave_bucket(account: EmulatedAccount, name: str, *, stack: str = "") -> Any:
    """Make a versioned bucket with three versions and a delete marker, 11 bytes in all; return the client of S3."""
    client = account.client("s3")
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if stack:
        client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags_of(stack)})
    for body in (b"one", b"three", b"two"):
        client.put_object(Bucket=name, Key="object", Body=body)
    client.delete_object(Bucket=name, Key="object")
    return client


def leave_log_group(account: EmulatedAccount, name: str, *, stack: str = "") -> None:
    """Make a log group."""
    account.client("logs").create_log_group(logGroupName=name, tags={STACK_TAG: stack} if stack else {})


def create_stack(account: EmulatedAccount, name: str) -> str:
    """Create a stack that has a bucket as ours do, and return its id."""
    bucket = {"BucketName": f"{name}-sitebucket-abcdefghijkl", "Tags": tags_of(name)}
    template = {"Resources": {"SiteBucket": {"Type": "AWS::S3::Bucket", "Properties": bucket}}}
    client = account.client("cloudformation")
    stack_id = client.create_stack(StackName=name, TemplateBody=json.dumps(template))["StackId"]
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    return str(stack_id)
