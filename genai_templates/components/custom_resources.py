"""What CloudFormation cannot do by itself: publish the page, clean up images, delete the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

import awacs.application_autoscaling
import awacs.cloudfront
import awacs.sagemaker
from awacs.aws import Condition, StringEquals
from troposphere import AWSHelperFn, Sub
from troposphere.cloudformation import AWSCustomObject

from ..iam import ANY_RESOURCE, Role
from ..scope import Scope
from .buckets import Bucket
from .distribution import SiteDistribution
from .endpoint import ModelEndpoint
from .functions import Function, FunctionDefaults, add_function

_PACKAGE = "handlers.custom_resources"
_SERVICE_PROPERTIES = {"ServiceToken": (str, True), "ServiceTimeout": (int, True)}


class SitePublisher(AWSCustomObject):
    """Puts the page and its configuration into the bucket, and empties the bucket on deletion."""

    resource_type = "Custom::SitePublisher"
    props: ClassVar[dict[str, object]] = {
        **_SERVICE_PROPERTIES,
        "Bucket": (str, True),
        "DistributionId": (str, True),
        "Version": (str, True),
        "Config": (str, True),
    }


class BucketCleaner(AWSCustomObject):
    """Deletes the bucket with all its objects on deletion, if ``Delete`` is ``true``."""

    resource_type = "Custom::BucketCleaner"
    props: ClassVar[dict[str, object]] = {**_SERVICE_PROPERTIES, "Bucket": (str, True), "Delete": (str, True)}


class ModelJanitor(AWSCustomObject):
    """Deletes endpoint, endpoint configuration and model on deletion."""

    resource_type = "Custom::ModelJanitor"
    props: ClassVar[dict[str, object]] = {**_SERVICE_PROPERTIES, "EndpointName": (str, True)}


def _add_function(
    scope: Scope, logical_id: str, *, shared: FunctionDefaults, module: str, description: str, timeout: int
) -> Function:
    """Add the function of ``handlers.custom_resources.<module>``; it has ``timeout`` seconds."""
    return add_function(
        scope,
        logical_id,
        shared=shared,
        handler=f"{_PACKAGE}.{module}.handler",
        description=description,
        memory=256,
        timeout=timeout,
        environment={},
    )


def _service_properties(function: Function, timeout: int) -> dict[str, object]:
    # CloudFormation waits a little longer than the function may take, and not the hour that it would by default.
    return {"ServiceToken": function.arn, "ServiceTimeout": timeout + 60}


def add_site_publisher(
    scope: Scope,
    *,
    shared: FunctionDefaults,
    bucket: Bucket,
    distribution: SiteDistribution,
    config: Mapping[str, object],
    variables: Mapping[str, object],
) -> None:
    """Publish the page of the artifact with this ``config.json``, whose strings may have ``${...}`` of Fn::Sub.

    ``variables`` are what those stand for, besides the pseudo parameters.
    """
    timeout = 300
    function = _add_function(
        scope,
        "SitePublisherFunction",
        shared=shared,
        module="site_publisher",
        description="Publishes the page",
        timeout=timeout,
    )
    bucket.grant_put(function.role)
    bucket.grant_list(function.role)
    bucket.grant_empty(function.role)
    function.role.allow("RefreshPage", [awacs.cloudfront.CreateInvalidation], [distribution.arn])
    scope.add(
        SitePublisher,
        "SitePublisher",
        Bucket=bucket.name,
        DistributionId=distribution.distribution_id,
        Version=shared.code.key,
        Config=Sub(json.dumps(config, sort_keys=True), **variables),
        # The bucket's policy has to go after the bucket has been emptied.
        DependsOn=[bucket.policy.title],
        **_service_properties(function, timeout),
    )


def add_image_cleaner(scope: Scope, *, shared: FunctionDefaults, bucket: Bucket, delete: AWSHelperFn | str) -> None:
    """Delete the bucket of images with the stack, if ``delete`` is ``true`` by then."""
    timeout = 900
    function = _add_function(
        scope,
        "ImageCleanerFunction",
        shared=shared,
        module="bucket_cleaner",
        description="Deletes the images with the stack, if so chosen",
        timeout=timeout,
    )
    bucket.grant_empty(function.role)
    bucket.grant_delete(function.role)
    scope.add(
        BucketCleaner,
        "ImageCleaner",
        Bucket=bucket.name,
        Delete=delete,
        DependsOn=[bucket.policy.title],
        **_service_properties(function, timeout),
    )


def add_model_janitor(
    scope: Scope, *, shared: FunctionDefaults, endpoint: ModelEndpoint, endpoint_role: Role
) -> ModelJanitor:
    """Delete the endpoint, its configuration and its model with the stack, so that nothing goes on billing.

    The endpoint's role stays until then: SageMaker needs it to delete the endpoint. (SageMaker API reference,
    DeleteEndpoint.)
    """
    timeout = 900
    function = _add_function(
        scope,
        "ModelJanitorFunction",
        shared=shared,
        module="model_janitor",
        description="Deletes the model endpoint with the stack",
        timeout=timeout,
    )
    _grant_model_deletion(function, endpoint)
    return scope.add(
        ModelJanitor,
        "ModelJanitor",
        EndpointName=endpoint.name,
        DependsOn=[endpoint_role.resource.title],
        **_service_properties(function, timeout),
    )


def _grant_model_deletion(function: Function, endpoint: ModelEndpoint) -> None:
    endpoint.grant_describe(function.role)
    for sid, action, resource in (
        ("DeleteEndpoint", awacs.sagemaker.DeleteEndpoint, endpoint.arn),
        ("DeleteEndpointConfig", awacs.sagemaker.DeleteEndpointConfig, endpoint.config_arn),
        ("DeleteModel", awacs.sagemaker.DeleteModel, endpoint.model_arn),
    ):
        function.role.allow(sid, [action], [resource])
    # The description of scalable targets has no resource-level permission, and a target's own ARN holds a random id:
    # both are held to SageMaker's targets by the condition instead.
    autoscaling = awacs.application_autoscaling
    function.role.allow("FindScaling", [autoscaling.DescribeScalableTargets], [ANY_RESOURCE])
    function.role.allow(
        "StopScaling",
        [autoscaling.DeregisterScalableTarget],
        [ANY_RESOURCE],
        condition=Condition(StringEquals({"application-autoscaling:service-namespace": "sagemaker"})),
    )
