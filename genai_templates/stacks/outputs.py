"""Outputs of a stack: where it is, and what it has made."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import AWSHelperFn, Export, Sub

from ..components.api import Api
from ..components.buckets import Bucket
from ..components.distribution import SiteDistribution
from ..components.hosted_model import HostedModel
from ..scope import Scope
from .authentication.part import StackOutput


def add_outputs(
    scope: Scope,
    *,
    distribution: SiteDistribution,
    api: Api,
    is_open: bool,
    model: HostedModel,
    site: Bucket,
    images: Bucket | None,
    others: Sequence[StackOutput],
) -> None:
    """Add the outputs; ``is_open`` tells whether the API can be called by its own URL."""
    use = "for other clients" if is_open else "it refuses all but the distribution"
    _add(scope, "ApplicationUrl", distribution.page_url, "The page: open it in a browser")
    _add(scope, "ApiGatewayUrl", api.invoke_url, f"The API's own URL, {use}", is_exported=True)
    domain = distribution.domain_name
    _add(scope, "CloudFrontDistributionDomain", domain, "Domain name of page and API", is_exported=True)
    _add(scope, model.output.logical_id, model.name, model.output.description, is_exported=True)
    _add(scope, "SiteBucketName", site.name, "Bucket of the page")
    for output in others:
        _add(scope, *output)
    if images:
        _add(scope, "ImageBucketName", images.name, "Bucket of the generated images")


def _add(scope: Scope, name: str, value: AWSHelperFn, description: str, *, is_exported: bool = False) -> None:
    export = {"Export": Export(Sub(f"${{AWS::StackName}}-{scope.id(name)}"))} if is_exported else {}
    scope.add_output(name, Value=value, Description=description, **export)
