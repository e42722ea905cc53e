"""What tests look up beside a stack: why a change of it failed, and what its template and the account hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates import ArtifactKeys
from genai_templates.local import EmulatedStack, EmulatedStackFailed
from genai_templates.local.stack_inputs import read_template
from genai_templates.packaging.manifest import read_manifest


def failure_of(change: Callable[[], object]) -> EmulatedStackFailed:
    """Return the failure that a change of a stack ends with."""
    with pytest.raises(EmulatedStackFailed) as failed:
        change()
    return failed.value


def refused(call: Callable[[], object]) -> str:
    """Return the code of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call()
    return str(error.value.response["Error"]["Code"])


def artifact_keys(stack: EmulatedStack) -> dict[str, str]:
    """Return the parameters of the stack's template that are keys of artifacts, with the template's own keys."""
    functions = json.loads(read_template(stack.template))["Resources"].values()
    keys = [each["Properties"]["Code"]["S3Key"] for each in functions if each["Type"] == "AWS::Lambda::Function"]
    return {given["Ref"]: own for _, given, own in (key["Fn::If"] for key in keys)}


def keys_of(folder: Path, app: str) -> ArtifactKeys:
    """Return the keys of an application's artifacts in this folder of a build."""
    found = {each["parameter"]: each["key"] for each in read_manifest(folder)["stacks"][app]["artifacts"]}
    return ArtifactKeys(handlers=found["LambdaS3Key"], custom_resources=found["CustomResourcesS3Key"])


def models_in_account(client: Callable[[str], Any]) -> set[str]:
    """Return the names of all endpoints, configurations, models and schedules in the account, of other stacks too."""
    sagemaker = client("sagemaker")
    return {
        *(each["EndpointName"] for each in sagemaker.list_endpoints()["Endpoints"]),
        *(each["EndpointConfigName"] for each in sagemaker.list_endpoint_configs()["EndpointConfigs"]),
        *(each["ModelName"] for each in sagemaker.list_models()["Models"]),
        *(each["Name"] for each in client("scheduler").list_schedules()["Schedules"]),
    }


def own_names(stack: EmulatedStack) -> set[str]:
    """Return the names of the stack's resources: the ends of their physical ids, of which some are ARNs."""
    return {each.rpartition("/")[2] for each in stack.resources.values()}


def scaled_endpoints(stack: EmulatedStack) -> set[str]:
    """Return the names of all endpoints and components in the account that Application Auto Scaling scales."""
    scaling = stack.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return {each["ResourceId"].split("/")[1] for each in targets}


def bucket_exists(stack: EmulatedStack, bucket: str) -> bool:
    """Return whether the account has a bucket of this name."""
    return any(each["Name"] == bucket for each in stack.client("s3").list_buckets()["Buckets"])
