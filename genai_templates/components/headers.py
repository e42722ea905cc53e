"""The security headers that CloudFront adds to every response."""

from __future__ import annotations

from troposphere import AWSHelperFn, Sub, cloudfront

from ..scope import Scope

_TWO_YEARS_IN_SECONDS = 63_072_000
_NO_FEATURES = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))


def content_security_policy(api_origin: str = "") -> str:
    """Return the page's Content-Security-Policy: its own origin, and calls to that of the API, if there are any."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {api_origin}".rstrip(),
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def add_security_headers(scope: Scope, *, api_origin: AWSHelperFn | None) -> cloudfront.ResponseHeadersPolicy:
    """Add the response-headers policy of the page; ``api_origin`` is the API's own, if it is called."""
    return scope.add(
        cloudfront.ResponseHeadersPolicy,
        "SecurityHeaders",
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=scope.physical_name("headers"),
            Comment="Security headers of the page",
            SecurityHeadersConfig=_security_headers(api_origin),
            CustomHeadersConfig=cloudfront.CustomHeadersConfig(
                Items=[cloudfront.CustomHeader(Header="Permissions-Policy", Value=_NO_FEATURES, Override=True)]
            ),
        ),
    )


def _policy(api_origin: AWSHelperFn | None) -> str | Sub:
    if api_origin is None:
        return content_security_policy()
    return Sub(content_security_policy("${ApiOrigin}"), ApiOrigin=api_origin)


def _security_headers(api_origin: AWSHelperFn | None) -> cloudfront.SecurityHeadersConfig:
    return cloudfront.SecurityHeadersConfig(
        ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
            ContentSecurityPolicy=_policy(api_origin),
            Override=True,
        ),
        ContentTypeOptions=cloudfront.ContentTypeOptions(Override=True),
        FrameOptions=cloudfront.FrameOptions(FrameOption="DENY", Override=True),
        ReferrerPolicy=cloudfront.ReferrerPolicy(ReferrerPolicy="strict-origin-when-cross-origin", Override=True),
        StrictTransportSecurity=cloudfront.StrictTransportSecurity(
            AccessControlMaxAgeSec=_TWO_YEARS_IN_SECONDS,
            IncludeSubdomains=True,
            Preload=True,
            Override=True,
        ),
        # Off, as OWASP advises today: the filter of old browsers could itself be abused.
        XSSProtection=cloudfront.XSSProtection(Protection=False, Override=True),
    )
