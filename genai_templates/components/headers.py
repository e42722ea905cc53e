"""The security headers that CloudFront adds to every response."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from troposphere import AWSHelperFn, Sub, cloudfront

from ..scope import Scope

_TWO_YEARS_IN_SECONDS = 63_072_000
_NO_FEATURES = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))


def content_security_policy(*, called: Iterable[str] = (), images: str = "") -> str:
    """Return the page's Content-Security-Policy: its own origin, and besides it the origins that it may use.

    ``called`` are those that it may call, ``images`` is one that it may load images from.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' {images}".rstrip(),
            " ".join(["connect-src 'self'", *called]),
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def add_security_headers(
    scope: Scope, *, called: Mapping[str, AWSHelperFn], images: AWSHelperFn | None = None, has_own_domain: bool = False
) -> cloudfront.ResponseHeadersPolicy:
    """Add the response-headers policy of the page.

    ``called`` are the ``https://`` origins that the page may call, each by a name of its own, and ``images`` is that of
    images which are on another one. A domain of one's own may have other hosts below it, which are not the page's to
    promise TLS for: for two years no browser would call one that has none.
    """
    return scope.add(
        cloudfront.ResponseHeadersPolicy,
        "SecurityHeaders",
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=scope.physical_name("headers"),
            Comment="Security headers of the page",
            SecurityHeadersConfig=_security_headers(called, images, covers_all=not has_own_domain),
            CustomHeadersConfig=cloudfront.CustomHeadersConfig(
                Items=[cloudfront.CustomHeader(Header="Permissions-Policy", Value=_NO_FEATURES, Override=True)]
            ),
        ),
    )


def _policy(called: Mapping[str, AWSHelperFn], images: AWSHelperFn | None) -> str | Sub:
    policy = content_security_policy(
        called=[f"${{{name}}}" for name in called], images="${ImageOrigin}" if images else ""
    )
    origins = {**called, **({"ImageOrigin": images} if images else {})}
    return Sub(policy, **origins) if origins else policy


def _security_headers(
    called: Mapping[str, AWSHelperFn], images: AWSHelperFn | None, *, covers_all: bool
) -> cloudfront.SecurityHeadersConfig:
    return cloudfront.SecurityHeadersConfig(
        ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
            ContentSecurityPolicy=_policy(called, images),
            Override=True,
        ),
        ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),
        FrameOptions=cloudfront.FrameOptions(FrameOption="DENY", Override=True),
        ReferrerPolicy=cloudfront.ReferrerPolicy(ReferrerPolicy="strict-origin-when-cross-origin", Override=True),
        StrictTransportSecurity=cloudfront.StrictTransportSecurity(
            AccessControlMaxAgeSec=_TWO_YEARS_IN_SECONDS,
            IncludeSubdomains=covers_all,
            Preload=covers_all,
            Override=True,
        ),
        # Off, as OWASP advises today: the filter of old browsers could itself be abused.
        XSSProtection=cloudfront.XSSProtection(Protection=False, Override=True),
    )
