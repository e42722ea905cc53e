"""AWS::Cognito::UserPoolClient, of which ministack drops the rotation of refresh tokens, and checks nothing.

docs/upstream/ministack/cognito-user-pools.md
Checked as Cognito does it: scopes and identity providers that are there, URLs with TLS except for a machine's own, and
rotation without the flow that it cannot go with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito
from ministack.services.cloudformation import provisioners

from ..api_parameters import api_parameters

Properties = dict[str, Any]
TYPE = "AWS::Cognito::UserPoolClient"
_ROTATION = "RefreshTokenRotation"
_STANDARD_SCOPES = {"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}
_CALLBACK = re.compile(
    r"https://[^/#]+[^#]*|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/[^#]*)?|[a-z][a-z0-9+.-]*://[^#]+"
)


def apply() -> None:
    """Have Cognito keep the rotation, and refuse what it refuses."""
    cognito._create_user_pool_client = _kept(cognito._create_user_pool_client)
    cognito._update_user_pool_client = _kept(cognito._update_user_pool_client)
    provisioners._COGNITO_USER_POOL_CLIENT_UPDATABLE[_ROTATION] = None


def with_checked_types(handlers: Properties) -> Properties:
    """Return the type's handlers, with the checks of CloudFormation's properties, which are the API's parameters."""
    create, update = handlers["create"], handlers["update"]

    def create_checked(logical_id: str, props: Properties, stack_name: str) -> Any:
        return create(logical_id, _typed(props, logical_id), stack_name)

    def update_checked(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        return update(physical_id, old, _typed(new, physical_id), *more)

    return {**handlers, "create": create_checked, "update": update_checked}


def _typed(props: Properties, name: str) -> Properties:
    return api_parameters("cognito-idp", "CreateUserPoolClient", {"ClientName": name, **props})


def _kept(store: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    def store_checked(data: Properties) -> Any:
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if pool and (refused := _refused(pool, data)):
            return error_response_json(*refused, 400)
        response = store(data)
        if response[0] >= 400 or not pool:
            return response
        client = pool["_clients"][data.get("ClientId") or list(pool["_clients"])[-1]]
        client[_ROTATION] = data.get(_ROTATION)
        return json_response({"UserPoolClient": {name: each for name, each in client.items() if each is not None}})

    return store_checked


def _refused(pool: Properties, data: Properties) -> tuple[str, str] | None:
    """Return the error and its message for what Cognito does not take."""
    servers = cognito._pool_resource_servers(pool)
    scopes = {f"{name}/{each['ScopeName']}" for name, server in servers.items() for each in server["Scopes"]}
    if unknown := sorted(set(data.get("AllowedOAuthScopes", ())) - scopes - _STANDARD_SCOPES):
        return "ScopeDoesNotExistException", f"Invalid scope requested: {unknown[0]}"
    providers = {"COGNITO", *pool.get("_identity_providers", {})}
    if unknown := sorted(set(data.get("SupportedIdentityProviders", ())) - providers):
        return "InvalidParameterException", f"The provider {unknown[0]} does not exist for User Pool {pool['Id']}"
    urls = [*data.get("CallbackURLs", ()), *data.get("LogoutURLs", ())]
    if wrong := [url for url in urls if not _CALLBACK.fullmatch(url) or re.match(r"http://(?!localhost|127|\[)", url)]:
        return "InvalidParameterException", f"Invalid callback URL: {wrong[0]}"
    rotates = (data.get(_ROTATION) or {}).get("Feature") == "ENABLED"
    if rotates and "ALLOW_REFRESH_TOKEN_AUTH" in data.get("ExplicitAuthFlows", ()):
        return "InvalidParameterException", "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation"
    return None
