"""Front of a stack: the page and the API on one origin."""

from __future__ import annotations

from troposphere import AWSHelperFn

from ..components.api import Api
from ..components.buckets import AccessLogs, Bucket
from ..components.distribution import ApiOrigin, SiteDistribution, add_distribution
from ..components.headers import add_security_headers
from ..components.hosted_model import HostedModel
from ..scope import Scope
from .authentication import AuthenticationPart

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60


def add_site_distribution(
    scope: Scope,
    *,
    site: Bucket,
    api: Api,
    images: Bucket | None,
    logs: AccessLogs,
    sign_in_origin: AWSHelperFn | None,
) -> SiteDistribution:
    """Add the distribution of page, API and images, with the access logs of all; the API's functions learn its URL.

    ``sign_in_origin`` is where the page gets tokens, if it needs any.
    """
    distribution = add_distribution(
        scope,
        site=site,
        api=ApiOrigin(api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS),
        headers=add_security_headers(scope, api_origin=api.origin, sign_in_origin=sign_in_origin),
        logs=logs,
        images=images,
    )
    for bucket in filter(None, (site, images)):
        logs.record(bucket)
    api.set_variable("siteUrl", distribution.url)
    return distribution


def site_config(api: Api, model: HostedModel, authentication: AuthenticationPart) -> dict[str, object]:
    """Return what the page reads from its ``config.json``."""
    return {
        "appName": "${AWS::StackName}",
        "apiUrl": "api",
        "apiDirectUrl": api.invoke_url,
        "region": "${AWS::Region}",
        "model": model.facts.model_id,
        **({"modelNote": model.facts.note} if model.facts.note else {}),
        **model.site_config,
        **authentication.site_config,
    }
