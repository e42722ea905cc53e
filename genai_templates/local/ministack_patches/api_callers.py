"""Callers of a REST API: the key in a function's event, refusals of IAM, and access tokens without a scope.

docs/upstream/ministack/apigateway-callers.md
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app
from ministack.core.iam_evaluator import AuthError
from ministack.services import apigateway_v1 as gateway

Record = dict[str, Any]
_DENIED = "AccessDenied"


def apply() -> None:
    """Have ministack's API Gateway know its callers as AWS does."""
    gateway._build_lambda_event_v1 = _with_key(gateway._build_lambda_event_v1)
    gateway._validate_cognito_authorizer = _refusing_access_tokens(gateway._validate_cognito_authorizer)
    gateway._AUTHENTICATION_GATEWAY_ERRORS[_DENIED] = ("ACCESS_DENIED", "AccessDeniedException")
    app._enforce_execute_api = _by_gateway_response(app._enforce_execute_api)


def _with_key(build: Callable[..., Record]) -> Callable[..., Record]:
    """Tell the function of a method that requires a key which one it was."""

    def build_with_key(
        api_id: str, stage_name: str, stage: Any, resource: Record, path: str, method: str, headers: Any, *more: Any,
        **named: Any,
    ) -> Record:  # fmt: skip
        event = build(api_id, stage_name, stage, resource, path, method, headers, *more, **named)
        if resource["resourceMethods"].get(method, {}).get("apiKeyRequired"):
            key = gateway._resolve_api_key(gateway._api_key_from_request(headers))
            event["requestContext"]["identity"] |= {"apiKey": key["value"], "apiKeyId": key["id"]}
        return event

    return build_with_key


def _refusing_access_tokens(validate: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Take a token for an identity token where the method names no scopes, as API Gateway does."""

    async def validate_token(authorizer: Record, method: Record, *more: Any) -> Any:
        claims, error = await validate(authorizer, method, *more)
        if claims and not method.get("authorizationScopes") and claims.get("token_use") != "id":
            return None, gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    return validate_token


def _by_gateway_response(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse who is not allowed to call by the API's own response, as for any other error of the gateway."""

    def enforce_on_api(api_id: str, stage: str, method: str, path: str, headers: Any, query: Any, **named: Any) -> Any:
        refusal = enforce(api_id, stage, method, path, headers, query, **named)
        if not refusal or b"not authorized to perform" not in refusal[2]:
            return refusal
        error = AuthError(_DENIED, _message(refusal[2]))
        return gateway.authentication_error_response(api_id, stage, error, headers, query) or refusal

    return enforce_on_api


def _message(body: bytes) -> str:
    found = {name.lower(): value for name, value in json.loads(body).items()}
    return str(found.get("message", ""))
