"""The security headers that CloudFront adds to every response."""

from __future__ import annotations

from troposphere import AWSHelperFn, Sub, cloudfront

from ..scope import Scope

_TWO_YEARS_IN_SECONDS = 63_072_000
_NO_FEATURES = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))


def content_security_policy(api_origin: str, sign_in_origin: str = "") -> str:
    """Return the page's Content-Security-Policy: its own origin, and calls to the API and for tokens besides."""
    callees = " ".join(filter(None, ("'self'", api_origin, sign_in_origin)))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            f"connect-src {callees}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def add_security_headers(
    scope: Scope, *, api_origin: AWSHelperFn, sign_in_origin: AWSHelperFn | None = None
) -> cloudfront.ResponseHeadersPolicy:
    """Add the response-headers policy of the page; ``api_origin`` is the API's own ``https://`` origin.

    ``sign_in_origin`` is that of the sign-in pages, if there are any.
    """
    return scope.add(
        cloudfront.ResponseHeadersPolicy,
        "SecurityHeaders",
        ResponseHeadersPolicyConfig=cloudfront.ResponseHeadersPolicyConfig(
            Name=scope.physical_name("headers"),
            Comment="Security headers of the page",
            SecurityHeadersConfig=_security_headers(api_origin, sign_in_origin),
            CustomHeadersConfig=cloudfront.CustomHeadersConfig(
                Items=[cloudfront.CustomHeader(Header="Permissions-Policy", Value=_NO_FEATURES, Override=True)]
            ),
        ),
    )


def _security_headers(api_origin: AWSHelperFn, sign_in_origin: AWSHelperFn | None) -> cloudfront.SecurityHeadersConfig:
    origins = {"ApiOrigin": api_origin} | ({} if sign_in_origin is None else {"SignInOrigin": sign_in_origin})
    policy = content_security_policy(*(f"${{{name}}}" for name in origins))
    return cloudfront.SecurityHeadersConfig(
        ContentSecurityPolicy=cloudfront.ContentSecurityPolicy(
            ContentSecurityPolicy=Sub(policy, **origins),
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
