"""Front of a stack: the page and the API on one origin."""

from __future__ import annotations

from ..catalog import Model
from ..components.api import Api
from ..components.buckets import AccessLogs, Bucket
from ..components.distribution import ApiOrigin, SiteDistribution, add_distribution
from ..components.headers import add_security_headers
from ..scope import Scope

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60


def add_site_distribution(
    scope: Scope, *, site: Bucket, api: Api, images: Bucket | None, logs: AccessLogs
) -> SiteDistribution:
    """Add the distribution of page, API and images, with the access logs of all; the API's functions learn its URL."""
    distribution = add_distribution(
        scope,
        site=site,
        api=ApiOrigin(api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS),
        headers=add_security_headers(scope, api_origin=api.origin),
        logs=logs,
        images=images,
    )
    for bucket in filter(None, (site, images)):
        logs.record(bucket)
    api.set_variable("siteUrl", distribution.url)
    return distribution


def site_config(model: Model) -> dict[str, str]:
    """Return what the page reads from its ``config.json``; ``${ApiUrl}`` is the API's own URL."""
    return {
        "appName": "${AWS::StackName}",
        "apiUrl": "api",
        "apiDirectUrl": "${ApiUrl}",
        "region": "${AWS::Region}",
        "model": model.model_id,
    }
