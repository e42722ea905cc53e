"""Callers of a REST API: the key in a function's event, refusals of IAM, and tokens of another use.

docs/upstream/ministack/apigateway-callers.md
"""

from __future__ import annotations

import json
import re
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
    gateway._validate_cognito_authorizer = _by_use(gateway._validate_cognito_authorizer)
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


def _by_use(validate: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Take access tokens where the method names scopes, and identity tokens where it does not, but no others."""

    async def validate_token(authorizer: Record, method: Record, *more: Any) -> Any:
        claims, error = await validate(authorizer, method, *more)
        use = "access" if method.get("authorizationScopes") else "id"
        if claims and claims.get("token_use") != use:
            return None, gateway._gw_error("UNAUTHORIZED", "Unauthorized")
        return claims, error

    return validate_token


def _by_gateway_response(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse who is not allowed to call by the API's own response, as for any other error of the gateway."""

    def enforce_on_api(api_id: str, stage: str, method: str, path: str, headers: Any, query: Any, **named: Any) -> Any:
        refusal = enforce(api_id, stage, method, path, headers, query, **named)
        signed = gateway.method_authorization_type(api_id, stage, method, path) == "AWS_IAM"
        if not refusal and signed and _is_for_another_service(headers):
            error = AuthError("SignatureDoesNotMatch", "Credential should be scoped to correct service: 'execute-api'.")
            return gateway.authentication_error_response(api_id, stage, error, headers, query)
        if not refusal or b"not authorized to perform" not in refusal[2]:
            return refusal
        error = AuthError(_DENIED, _message(refusal[2]))
        return gateway.authentication_error_response(api_id, stage, error, headers, query) or refusal

    return enforce_on_api


def _is_for_another_service(headers: Any) -> bool:
    scope = re.match(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/([^/]+)/", headers.get("authorization", ""))
    return scope is not None and scope[1] != "execute-api"


def _message(body: bytes) -> str:
    found = {name.lower(): value for name, value in json.loads(body).items()}
    return str(found.get("message", ""))
