"""What CloudFormation cannot do by itself: publish the page, clean up images, delete the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import awacs.application_autoscaling
import awacs.cloudfront
import awacs.sagemaker
from awacs.aws import Condition, StringEquals
from troposphere import AWSHelperFn, Sub, Template
from troposphere.cloudformation import AWSCustomObject

from ..iam import ANY_RESOURCE
from ..names import Names
from .buckets import Bucket
from .distribution import SiteDistribution
from .endpoint import ModelEndpoint
from .functions import Code, Function, add_function

_PACKAGE = "handlers.custom_resources"
_PROVIDED = {"ServiceToken": (str, True), "ServiceTimeout": (int, True)}


class SitePublisher(AWSCustomObject):
    """Puts the page and its configuration into the bucket, and empties the bucket on deletion."""

    resource_type = "Custom::SitePublisher"
    props: ClassVar[dict[str, object]] = {
        **_PROVIDED,
        "Bucket": (str, True),
        "DistributionId": (str, True),
        "Version": (str, True),
        "Config": (str, True),
    }


class BucketCleaner(AWSCustomObject):
    """Deletes the bucket with all its objects on deletion, if ``Delete`` is ``true``."""

    resource_type = "Custom::BucketCleaner"
    props: ClassVar[dict[str, object]] = {**_PROVIDED, "Bucket": (str, True), "Delete": (str, True)}


class ModelJanitor(AWSCustomObject):
    """Deletes endpoint, endpoint configuration and model on deletion."""

    resource_type = "Custom::ModelJanitor"
    props: ClassVar[dict[str, object]] = {**_PROVIDED, "EndpointName": (str, True)}


@dataclass(frozen=True)
class Provider:
    """What the functions behind custom resources have in common: their code, and their logs' retention in days."""

    code: Code
    log_retention: int | AWSHelperFn

    def add_function(
        self, template: Template, names: Names, logical_id: str, *, module: str, description: str, timeout: int
    ) -> Function:
        """Add the function of ``handlers.custom_resources.<module>``; it has ``timeout`` seconds."""
        return add_function(
            template,
            names,
            logical_id,
            handler=f"{_PACKAGE}.{module}.handler",
            code=self.code,
            description=description,
            memory=256,
            timeout=timeout,
            environment={},
            log_retention=self.log_retention,
        )


def _provided_by(function: Function, timeout: int) -> dict[str, object]:
    # CloudFormation waits a little longer than the function may take, and not the hour that it would by default.
    return {"ServiceToken": function.arn, "ServiceTimeout": timeout + 60}


def add_site_publisher(
    template: Template,
    names: Names,
    *,
    provider: Provider,
    bucket: Bucket,
    distribution: SiteDistribution,
    config: Mapping[str, object],
) -> None:
    """Publish the page of the artifact with this ``config.json``, whose strings may have ``${...}`` of Fn::Sub."""
    timeout = 300
    function = provider.add_function(
        template,
        names,
        "SitePublisherFunction",
        module="site_publisher",
        description="Publishes the page",
        timeout=timeout,
    )
    bucket.grant_put(function.role)
    bucket.grant_list(function.role)
    bucket.grant_empty(function.role)
    function.role.allow("RefreshPage", [awacs.cloudfront.CreateInvalidation], [distribution.arn])
    template.add_resource(
        SitePublisher(
            names("SitePublisher"),
            Bucket=bucket.name,
            DistributionId=distribution.distribution_id,
            Version=provider.code.key,
            Config=Sub(json.dumps(config, sort_keys=True)),
            # The bucket's policy has to go after the bucket has been emptied.
            DependsOn=[bucket.policy.title],
            **_provided_by(function, timeout),
        )
    )


def add_image_cleaner(
    template: Template, names: Names, *, provider: Provider, bucket: Bucket, delete: AWSHelperFn | str
) -> None:
    """Delete the bucket of images with the stack, if ``delete`` is ``true`` by then."""
    timeout = 900
    function = provider.add_function(
        template,
        names,
        "ImageCleanerFunction",
        module="bucket_cleaner",
        description="Deletes the images with the stack, if so chosen",
        timeout=timeout,
    )
    bucket.grant_empty(function.role)
    bucket.grant_delete(function.role)
    template.add_resource(
        BucketCleaner(
            names("ImageCleaner"),
            Bucket=bucket.name,
            Delete=delete,
            DependsOn=[bucket.policy.title],
            **_provided_by(function, timeout),
        )
    )


def add_model_janitor(template: Template, names: Names, *, provider: Provider, endpoint: ModelEndpoint) -> ModelJanitor:
    """Delete the endpoint, its configuration and its model with the stack, so that nothing goes on billing."""
    timeout = 900
    function = provider.add_function(
        template,
        names,
        "ModelJanitorFunction",
        module="model_janitor",
        description="Deletes the model endpoint with the stack",
        timeout=timeout,
    )
    _grant_model_deletion(function, endpoint)
    janitor = ModelJanitor(names("ModelJanitor"), EndpointName=endpoint.name, **_provided_by(function, timeout))
    template.add_resource(janitor)
    return janitor


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
