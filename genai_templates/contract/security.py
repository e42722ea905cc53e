"""What a route asks of its caller: the scheme in both OpenAPI documents, and how the gateway refuses without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

Scheme = dict[str, Any]


class GatewayError(NamedTuple):
    """A response of the gateway's own; ``status`` None leaves the type's own, a quoted ``message`` is JSON already."""

    status: int | None
    code: str
    message: str


class Security(NamedTuple):
    """A scheme that every route but the preflight ones requires.

    ``published`` is the scheme as clients read it, ``imported`` as API Gateway does, with the ``scopes`` of which a
    token must have one. ``headers`` are those that a page of another origin has to be allowed to send, and ``errors``
    the gateway's responses by their type. A contract may have several: a request must fulfil each.
    """

    name: str
    published: Scheme
    imported: Scheme
    headers: tuple[str, ...]
    errors: Mapping[str, GatewayError]
    scopes: tuple[object, ...] = ()

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses that a route may respond with because of this scheme."""
        return tuple(sorted({error.status for error in self.errors.values() if error.status is not None}))


_KEY_SCHEME: Scheme = {"type": "apiKey", "name": "x-api-key", "in": "header"}
_SIGNATURE_SCHEME: Scheme = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "awsSigv4",
}

API_KEY = Security(
    "api_key",
    published=_KEY_SCHEME,
    imported=_KEY_SCHEME,
    headers=("X-Api-Key",),
    errors={
        "INVALID_API_KEY": GatewayError(401, "api_key_invalid", '"Send a valid API key in the header X-Api-Key."'),
        "QUOTA_EXCEEDED": GatewayError(429, "daily_limit_reached", '"This key has no requests left today."'),
    },
)
"""A key of a usage plan."""

SIGNATURE = Security(
    "signature",
    published=_SIGNATURE_SCHEME,
    imported=_SIGNATURE_SCHEME,
    headers=("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"),
    errors={
        # The gateway does not tell a request without a signature from one to a path that is not there.
        "MISSING_AUTHENTICATION_TOKEN": GatewayError(
            403, "forbidden", '"Sign the request (AWS Signature Version 4), and check its path and method."'
        ),
        "INVALID_SIGNATURE": GatewayError(403, "forbidden", '"The signature is wrong: check keys, clock and request."'),
        "ACCESS_DENIED": GatewayError(403, "forbidden", '"You may not call this API: ask for its policy."'),
        "EXPIRED_TOKEN": GatewayError(401, "unauthorized", '"The credentials have expired: sign with new ones."'),
    },
)
"""Signature Version 4 by a principal that may invoke the API."""


DISTRIBUTION = Security(
    "api_key",  # by the name that API Gateway's own exports have: a scheme that it did not know would let everybody in
    published=_KEY_SCHEME,
    imported=_KEY_SCHEME,
    headers=(),
    errors={
        "INVALID_API_KEY": GatewayError(
            403, "forbidden", '"This API is called through its web site alone: add /api to the URL of that."'
        )
    },
)
"""A key that the distribution alone has, and sends in the place of whatever a caller did."""

FIREWALL_ERRORS = {"WAF_FILTERED": GatewayError(403, "request_blocked", '"The firewall refused this request."')}
"""How the gateway refuses what a web ACL does."""


def user_pool_security(user_pool_arn: object, *, scope: object) -> Security:
    """Return the requirement of an access token of this user pool with this scope."""
    return Security(
        "user_pool",
        published={"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        imported={
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [user_pool_arn]},
        },
        headers=("Authorization",),
        errors={
            "UNAUTHORIZED": GatewayError(401, "unauthorized", '"Sign in, and send the access token."'),
            "EXPIRED_TOKEN": GatewayError(401, "unauthorized", '"The sign-in has expired: sign in again."'),
            "ACCESS_DENIED": GatewayError(403, "forbidden", '"The token is not for this API."'),
        },
        scopes=(scope,),
    )
