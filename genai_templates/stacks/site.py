"""Front of a stack: the page and the API on one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSHelperFn

from ..components.api import Api
from ..components.buckets import AccessLogs, Bucket
from ..components.distribution import ApiOrigin, SiteDistribution, add_distribution
from ..components.headers import add_security_headers
from ..components.hosted_model import HostedModel
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.domain import OwnDomain

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60


def add_site_distribution(
    scope: Scope,
    *,
    site: Bucket,
    api: Api,
    images: Bucket | None,
    private_images: Bucket | None,
    logs: AccessLogs,
    domain: OwnDomain | None,
) -> SiteDistribution:
    """Add the distribution of page, API and images, with the access logs of all; the API's functions learn its URL.

    Private images are not served by it: the page loads them from their bucket, by URLs that those functions sign.
    """
    distribution = add_distribution(
        scope,
        site=site,
        api=ApiOrigin(api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS),
        headers=add_security_headers(
            scope, api_origin=api.origin, image_origin=private_images.url if private_images else None
        ),
        logs=logs,
        images=images,
        domain=domain,
    )
    for bucket in filter(None, (site, images, private_images)):
        logs.record(bucket)
    api.set_variable("siteUrl", distribution.url)
    if private_images:
        api.set_variable("imagesUrl", private_images.url)
    return distribution


def site_config(api: Api, model: HostedModel) -> dict[str, str | AWSHelperFn]:
    """Return what the page reads from its ``config.json``."""
    return {
        "appName": "${AWS::StackName}",
        "apiUrl": "api",
        "apiDirectUrl": api.invoke_url,
        "region": "${AWS::Region}",
        "model": model.facts.model_id,
        **({"modelNote": model.facts.note} if model.facts.note else {}),
        **model.site_config,
    }
