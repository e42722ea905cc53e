"""Custom resources for what CloudFormation cannot do: publish the page, deploy the API again, delete images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import awacs.apigateway
import awacs.cloudfront
from troposphere import AWSHelperFn, Ref, Sub, apigateway
from troposphere.cloudformation import AWSCustomObject

from ..scope import Scope
from .buckets import Bucket
from .distribution import SiteDistribution
from .functions import Function, FunctionDefaults, add_function

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

_PACKAGE = "handlers.custom_resources"
SERVICE_PROPERTIES = {"ServiceToken": (str, True), "ServiceTimeout": (int, True)}
"""What every custom resource has: the function that serves it, and the seconds that CloudFormation waits for it."""


class SitePublisher(AWSCustomObject):
    """Puts the page and its configuration into the bucket, and empties the bucket on deletion."""

    resource_type = "Custom::SitePublisher"
    props: ClassVar[dict[str, object]] = {
        **SERVICE_PROPERTIES,
        "Bucket": (str, True),
        "DistributionId": (str, True),
        "Version": (str, True),
        "Config": (str, True),
        "KmsKeyArn": (str, False),
    }


class BucketCleaner(AWSCustomObject):
    """Deletes the bucket with all its objects on deletion, if ``Delete`` is ``true``."""

    resource_type = "Custom::BucketCleaner"
    props: ClassVar[dict[str, object]] = {**SERVICE_PROPERTIES, "Bucket": (str, True), "Delete": (str, True)}


class ApiDeployment(AWSCustomObject):
    """A deployment of an API, whose id is its reference; another one as soon as one of its properties changes."""

    resource_type = "Custom::ApiDeployment"
    props: ClassVar[dict[str, object]] = {
        **SERVICE_PROPERTIES,
        "RestApiId": (str, True),
        "AllowedOrigin": (str, True),
        "IntegrationTimeout": (str, True),
        "UserPool": (str, False),
    }


def add_resource_function(
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


def service_properties(function: Function, timeout: int) -> dict[str, object]:
    """Return the service properties of a resource whose function takes ``timeout`` seconds at most.

    CloudFormation waits a little longer than that, and not the hour that it would by default.
    """
    return {"ServiceToken": function.arn, "ServiceTimeout": timeout + 60}


def encrypted_by(key: EncryptionKey | None) -> dict[str, object]:
    """Return the property of what fills a bucket: with another key it does so again, and needs the old one no more."""
    return {} if key is None else {"KmsKeyArn": key.arn}


def add_site_publisher(
    scope: Scope,
    *,
    shared: FunctionDefaults,
    bucket: Bucket,
    distribution: SiteDistribution,
    config: Mapping[str, object],
) -> None:
    """Publish the page of the artifact with this ``config.json``: values of the template, text, or objects of both.

    The text may have the ``${...}`` of Fn::Sub for pseudo parameters.
    """
    timeout = 300
    function = add_resource_function(
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
    variables: dict[str, AWSHelperFn] = {}
    document = {name: _text_of(value, name, variables) for name, value in config.items()}
    scope.add(
        SitePublisher,
        "SitePublisher",
        Bucket=bucket.name,
        DistributionId=distribution.distribution_id,
        Version=shared.code.version,
        Config=Sub(json.dumps(document, sort_keys=True), **variables),
        **encrypted_by(bucket.key),
        # The bucket's policy must go after the bucket has been emptied.
        DependsOn=[bucket.policy.title],
        **service_properties(function, timeout),
    )


def _text_of(value: object, name: str, variables: dict[str, AWSHelperFn]) -> object:
    """Return what Fn::Sub takes for a value; values of the template are put among its variables, under this name."""
    if isinstance(value, Mapping):
        return {key: _text_of(each, f"{name}{key[0].upper()}{key[1:]}", variables) for key, each in value.items()}
    if isinstance(value, AWSHelperFn):
        variables[name] = value
        return f"${{{name}}}"
    return value


def add_bucket_cleaner(
    scope: Scope, logical_id: str, *, shared: FunctionDefaults, bucket: Bucket, delete: AWSHelperFn | str
) -> BucketCleaner:
    """Delete a bucket that is retained otherwise with the stack, if ``delete`` is ``true`` by then."""
    timeout = 900
    function = add_resource_function(
        scope,
        f"{logical_id}Function",
        shared=shared,
        module="bucket_cleaner",
        description="Deletes a bucket with the stack, if so chosen",
        timeout=timeout,
    )
    bucket.grant_empty(function.role)
    bucket.grant_delete(function.role)
    return scope.add(
        BucketCleaner,
        logical_id,
        Bucket=bucket.name,
        Delete=delete,
        DependsOn=[bucket.policy.title],
        **service_properties(function, timeout),
    )


def add_api_deployment(
    scope: Scope,
    name: str,
    rest_api: apigateway.RestApi,
    *,
    shared: FunctionDefaults,
    allowed_origin: AWSHelperFn | str,
    integration_timeout: AWSHelperFn | str,
    others: Mapping[str, AWSHelperFn],
) -> ApiDeployment:
    """Add a deployment of the API that is made anew when one of these parameters changes, which stand in its body.

    ``others`` are those that not every stack has, by the names of the resource's properties.

    CloudFormation's own is made anew for another logical id alone. The stage refers to this one as it would to that, so
    that updates of the stage, and roll-backs, serve what they should.
    """
    timeout = 120
    function = add_resource_function(
        scope,
        "ApiDeploymentFunction",
        shared=shared,
        module="api_deployment",
        description="Deploys the API, again when a parameter of it changes",
        timeout=timeout,
    )
    deployments = f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}::/restapis/${{{rest_api.title}}}/deployments"
    function.role.allow("CreateDeployment", [awacs.apigateway.POST], [Sub(deployments)])
    function.role.allow("DeleteDeployment", [awacs.apigateway.DELETE], [Sub(f"{deployments}/*")])
    return scope.add(
        ApiDeployment,
        name,
        RestApiId=Ref(rest_api),
        AllowedOrigin=allowed_origin,
        IntegrationTimeout=integration_timeout,
        **others,
        **service_properties(function, timeout),
    )
