"""The kinds of resources that can outlive a stack, and how a region's resources of each kind are listed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from ..account import Account
from ..failures import translated


class Kind(StrEnum):
    """A kind of resource, in the order of removal: what uses another one goes first."""

    TARGET = "scalable target"
    """Of Application Auto Scaling; its policies and their alarms go with it."""
    COMPONENT = "inference component"
    ENDPOINT = "endpoint"
    CONFIGURATION = "configuration"
    MODEL = "model"
    NOTEBOOK = "notebook"
    BUCKET = "bucket"
    LOG_GROUP = "log group"
    ALARM = "alarm"
    KEY = "key"
    """Of KMS; of those that are on their way to be deleted nothing is left to do."""


class Resource(NamedTuple):
    """A resource that exists; ``listed`` is what its service's list has of it."""

    kind: Kind
    name: str
    arn: str
    listed: Mapping[str, Any] = MappingProxyType({})


class _Listing(NamedTuple):
    service: str
    operation: str
    items: str
    name: str
    arn: str
    parameters: Mapping[str, str] = MappingProxyType({})


SAGEMAKER = MappingProxyType({"ServiceNamespace": "sagemaker"})
"""What names the scalable targets of models among those of all services."""
_LISTINGS = {
    Kind.TARGET: _Listing(
        "application-autoscaling",
        "describe_scalable_targets",
        "ScalableTargets",
        "ResourceId",
        "ScalableTargetARN",
        SAGEMAKER,
    ),
    Kind.COMPONENT: _Listing(
        "sagemaker",
        "list_inference_components",
        "InferenceComponents",
        "InferenceComponentName",
        "InferenceComponentArn",
    ),
    Kind.ENDPOINT: _Listing("sagemaker", "list_endpoints", "Endpoints", "EndpointName", "EndpointArn"),
    Kind.CONFIGURATION: _Listing(
        "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName", "EndpointConfigArn"
    ),
    Kind.MODEL: _Listing("sagemaker", "list_models", "Models", "ModelName", "ModelArn"),
    Kind.NOTEBOOK: _Listing(
        "sagemaker",
        "list_notebook_instances",
        "NotebookInstances",
        "NotebookInstanceName",
        "NotebookInstanceArn",
    ),
    Kind.BUCKET: _Listing("s3", "list_buckets", "Buckets", "Name", ""),
    Kind.LOG_GROUP: _Listing("logs", "describe_log_groups", "logGroups", "logGroupName", "arn"),
    Kind.ALARM: _Listing("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName", "AlarmArn"),
    Kind.KEY: _Listing("kms", "list_keys", "Keys", "KeyId", "KeyArn"),
}


def list_kind(account: Account, kind: Kind) -> list[Resource]:
    """Return every resource of this kind in the region, whosever it is; raises AwsError."""
    listing = _LISTINGS[kind]
    # Buckets are listed for all regions, unless one is named.
    parameters = {"BucketRegion": account.region} if kind is Kind.BUCKET else listing.parameters
    with translated():
        pages = account.client(listing.service).get_paginator(listing.operation).paginate(**parameters)
        found = [each for page in pages for each in page.get(listing.items, ())]
    partition = account.identity.partition
    return [
        Resource(
            kind,
            each[listing.name],
            plain_arn(each[listing.arn]) if listing.arn else f"arn:{partition}:s3:::{each[listing.name]}",
            each,
        )
        for each in found
    ]


def is_going(account: Account, resource: Resource) -> bool:
    """Return whether a resource goes by itself: a key whose deletion is scheduled. Raises AwsError."""
    if resource.kind is not Kind.KEY:
        return False
    with translated():
        state = account.client("kms").describe_key(KeyId=resource.name)["KeyMetadata"]["KeyState"]
    return bool(state == "PendingDeletion")


def plain_arn(arn: str) -> str:
    """Return an ARN as the tags have it: that of a log group may end with all of its streams."""
    return arn.removesuffix(":*")
