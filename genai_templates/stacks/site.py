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
from .authentication import AuthenticationPart

if TYPE_CHECKING:
    from ..components.domain import OwnDomain
    from ..components.origin_proof import OriginProof

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
    sign_in_origin: AWSHelperFn | None,
    proof: OriginProof | None = None,
    web_acl: AWSHelperFn = NoValue,
    calls_directly: bool = True,
    domain: OwnDomain | None,
) -> SiteDistribution:
    """Add the distribution of page, API and images, with the access logs of all; the API's functions learn its URL.

    ``sign_in_origin`` is where the page gets tokens, if it needs any. Private images are not served by the
    distribution: the page loads them from their bucket, by URLs that those functions sign. The distribution sends the
    ``proof`` to the API. The page may call the API by its own URL unless ``calls_directly`` is false.
    """
    called: dict[str, AWSHelperFn] = {"ApiOrigin": api.origin} if calls_directly else {}
    distribution = add_distribution(
        scope,
        site=site,
        api=ApiOrigin(
            api.domain_name, api.path, _ORIGIN_TIMEOUT_SECONDS, None if proof is None else (proof.header, proof.value)
        ),
        headers=add_security_headers(
            scope,
            called={**called, **({"SignInOrigin": sign_in_origin} if sign_in_origin else {})},
            images=private_images.url if private_images else None,
            has_own_domain=domain is not None,
        ),
        logs=logs,
        images=images,
        web_acl=web_acl,
        domain=domain,
    )
    for bucket in filter(None, (site, images, private_images)):
        logs.record(bucket)
    api.set_variable("siteUrl", distribution.url)
    if private_images:
        api.set_variable("imagesUrl", private_images.url)
    return distribution


def site_config(
    api: Api, model: HostedModel, authentication: AuthenticationPart, *, calls_directly: bool = True
) -> dict[str, object]:
    """Return what the page reads from its ``config.json``; the API's own URL unless ``calls_directly`` is false."""
    return {
        "appName": "${AWS::StackName}",
        "apiUrl": "api",
        **({"apiDirectUrl": api.invoke_url} if calls_directly else {}),
        "region": "${AWS::Region}",
        "model": model.facts.model_id,
        **({"modelNote": model.facts.note} if model.facts.note else {}),
        **model.site_config,
        **authentication.site_config,
    }
