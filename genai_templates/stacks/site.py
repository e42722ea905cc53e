"""Front of a stack: the page and the API on one origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSHelperFn, NoValue

from ..components.api import Api
from ..components.buckets import AccessLogs, Bucket
from ..components.distribution import ApiOrigin, SiteDistribution, add_distribution
from ..components.headers import add_security_headers
from ..components.hosted_model import HostedModel
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.origin_proof import OriginProof

# Between the API, which gives up after 29 seconds by default, and the 60 that CloudFront waits without a quota.
_ORIGIN_TIMEOUT_SECONDS = 60


def add_site_distribution(
    scope: Scope,
    *,
    site: Bucket,
    api: Api,
    images: Bucket | None,
    logs: AccessLogs,
    proof: OriginProof | None = None,
    web_acl: AWSHelperFn = NoValue,
    calls_directly: bool = True,
) -> SiteDistribution:
    """Add the distribution of page, API and images, with the access logs of all; the API's functions learn its URL.

    It sends the ``proof`` to the API. The page may call the API by its own URL unless ``calls_directly`` is false.
    """
    distribution = add_distribution(
        scope,
        site=site,
        api=ApiOrigin(
            api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS, None if proof is None else (proof.header, proof.value)
        ),
        headers=add_security_headers(scope, api_origin=api.origin if calls_directly else None),
        logs=logs,
        images=images,
        web_acl=web_acl,
    )
    for bucket in filter(None, (site, images)):
        logs.record(bucket)
    api.set_variable("siteUrl", distribution.url)
    return distribution


def site_config(api: Api, model: HostedModel, *, calls_directly: bool = True) -> dict[str, str | AWSHelperFn]:
    """Return what the page reads from its ``config.json``; the API's own URL unless ``calls_directly`` is false."""
    return {
        "appName": "${AWS::StackName}",
        "apiUrl": "api",
        **({"apiDirectUrl": api.invoke_url} if calls_directly else {}),
        "region": "${AWS::Region}",
        "model": model.facts.model_id,
        **({"modelNote": model.facts.note} if model.facts.note else {}),
        **model.site_config,
    }
