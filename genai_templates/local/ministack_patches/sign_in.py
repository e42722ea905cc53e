"""Cognito's sign-in pages: a session beside the tokens, refresh tokens that rotate and end, pages that need a style.

docs/upstream/ministack/cognito-sign-in.md
A session lasts an hour, as managed login's. Its cookie has the pool's id in its name, as the domains of all pools are
this machine's.
"""

from __future__ import annotations

import http.cookies
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ministack.services import cognito

from .control import add_control_route

Record = dict[str, Any]
HttpResponse = tuple[int, dict[str, str], bytes]
_SESSION_SECONDS = 3600
_MANAGED_LOGIN = 2
_UNAVAILABLE = "Login pages unavailable. Please contact an administrator."
_sessions: dict[str, tuple[str, str, float]] = {}  # pool, user and end by the cookie's value
_rotated: dict[str, float] = {}  # until when a refresh token that another one has followed is still taken


def apply() -> None:
    """Have the endpoints of a user pool's domain do it."""
    cognito.handle_oauth2_authorize = _with_session(cognito.handle_oauth2_authorize)
    cognito.handle_login_submit = _beginning_session(cognito.handle_login_submit)
    cognito.handle_logout = _ending_session(cognito.handle_logout)
    cognito._oauth2_token = _rotating(cognito._oauth2_token)
    cognito.handle_request = _revoking(cognito.handle_request)
    add_control_route("POST", "users/token", _issue)


def _issue(pool: str, claims: Record) -> str:
    return str(cognito._signed_jwt(claims, pool, "id" if claims.get("token_use") == "id" else "access"))


def _with_session(authorize: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def authorize_in_session(method: str, path: str, headers: Record, query: Record) -> HttpResponse:
        given = {name: cognito._qp(query, name) for name in ("client_id", "redirect_uri", "scope", "state", "nonce")}
        response = authorize(method, path, headers, query)
        pool_id, pool, client = cognito._find_pool_by_client_id(given["client_id"])
        if response[0] != 200 or not pool:
            return response
        if not _has_pages(pool, client):
            return 403, {"Content-Type": "text/plain; charset=utf-8"}, _UNAVAILABLE.encode()
        user = _user_of_session(pool_id, pool, headers)
        if not user or cognito._qp(query, "prompt") == "login":
            return response
        return _redirect_with_code(pool_id, client, user, given, query)

    return authorize_in_session


def _redirect_with_code(pool_id: str, client: Record, user: str, given: Record, query: Record) -> HttpResponse:
    response: HttpResponse = cognito._issue_auth_code_redirect(
        given["client_id"],
        pool_id,
        given["redirect_uri"] or client.get("DefaultRedirectURI", ""),
        given["scope"],
        user,
        given["nonce"],
        cognito._qp(query, "code_challenge"),
        cognito._qp(query, "code_challenge_method"),
        given["state"],
    )
    return response


def _has_pages(pool: Record, client: Record) -> bool:
    domain = pool.get("Domain") or pool.get("CustomDomain")
    version = pool.get("_managed_login_versions", {}).get(domain, 1)
    return bool(version < _MANAGED_LOGIN or client["ClientId"] in pool.get("_styles", {}))


def _cookie_name(pool_id: str) -> str:
    return f"cognito-{pool_id}"


def _cookie(pool_id: str, headers: Record) -> str:
    cookies = http.cookies.SimpleCookie(headers.get("cookie", ""))
    found = cookies.get(_cookie_name(pool_id))
    return found.value if found else ""


def _user_of_session(pool_id: str, pool: Record, headers: Record) -> str:
    """Return who has signed in to the pool in this browser within the hour, or nothing."""
    session = _sessions.get(_cookie(pool_id, headers))
    if not session or session[0] != pool_id or time.time() > session[2]:
        return ""
    user = pool["_users"].get(session[1], {})
    return session[1] if user.get("Enabled") else ""


def _beginning_session(sign_in: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def sign_in_and_remember(*arguments: Any) -> HttpResponse:
        status, headers, body = sign_in(*arguments)
        code = parse_qs(urlsplit(headers.get("Location", "")).query).get("code", [""])[0]
        if granted := cognito._authorization_codes.get(code):
            value = secrets.token_urlsafe(24)
            _sessions[value] = (granted["pool_id"], granted["username"], time.time() + _SESSION_SECONDS)
            headers = {**headers, "Set-Cookie": _set_cookie(granted["pool_id"], value, _SESSION_SECONDS)}
        return status, headers, body

    return sign_in_and_remember


def _ending_session(sign_out: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def sign_out_and_forget(method: str, path: str, headers: Record, query: Record) -> HttpResponse:
        status, sent, body = sign_out(method, path, headers, query)
        pool_id, _, _ = cognito._find_pool_by_client_id(cognito._qp(query, "client_id"))
        if status == 302 and pool_id:
            _sessions.pop(_cookie(pool_id, headers), None)
            sent = {**sent, "Set-Cookie": _set_cookie(pool_id, "", 0)}
        return status, sent, body

    return sign_out_and_forget


def _set_cookie(pool_id: str, value: str, seconds: int) -> str:
    return f"{_cookie_name(pool_id)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"


def _rotating(issue: Callable[..., Any]) -> Callable[..., Any]:
    """Follow a refresh token by another one where the client rotates them, and refuse it after its time."""

    def issue_and_rotate(data: Any, query: Any, raw_body: bytes = b"", headers: Record | None = None) -> Any:
        form = {name: values[0] for name, values in parse_qs(raw_body.decode("utf-8", "replace")).items()}
        token = form.get("refresh_token", "")
        if form.get("grant_type") != "refresh_token":
            return issue(data, query, raw_body, headers)
        claims = cognito._token_claims(token)
        is_over = time.time() > min(_rotated.get(token, float("inf")), claims.get("exp", 0))
        if is_over or claims.get("origin_jti") in cognito._revoked_tokens:
            return cognito._oauth2_error("invalid_grant", "Refresh Token has been revoked")
        response = issue(data, query, raw_body, headers)
        return _with_next_token(response, token) if response[0] == 200 else response

    return issue_and_rotate


def _with_next_token(response: Any, token: str) -> Any:
    claims, granted = cognito._token_claims(token), cognito._refresh_tokens.get(token)
    _, _, client = cognito._find_pool_by_client_id(claims["client_id"])
    rotation = (client or {}).get("RefreshTokenRotation") or {}
    if rotation.get("Feature") != "ENABLED" or not granted:
        return response
    _rotated.setdefault(token, time.time() + int(rotation.get("RetryGracePeriodSeconds", 0)))
    following = cognito._signed_jwt({**claims, "jti": secrets.token_hex(16)}, granted["pool_id"], "access")
    cognito._refresh_tokens[following] = granted
    return response[0], response[1], json.dumps({**json.loads(response[2]), "refresh_token": following}).encode()


def _revoking(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Take refresh tokens back, and all that came of the same sign-in, at the path that ministack does not know."""

    async def handle_or_revoke(method: str, path: str, headers: Record, body: bytes, query: Record) -> Any:
        if path != "/oauth2/revoke":
            return await handle(method, path, headers, body, query)
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return _revoke(form.get("token", ""), form.get("client_id", ""))

    return handle_or_revoke


def _revoke(token: str, client_id: str) -> HttpResponse:
    # Amazon Cognito developer guide, "The token revocation endpoint".
    _, _, client = cognito._find_pool_by_client_id(client_id)
    claims = cognito._token_claims(token)
    refusals = {
        "invalid_request": not token,
        "invalid_client": not client,
        "unauthorized_client": bool(client) and client.get("EnableTokenRevocation") is False,
        "unsupported_token_type": claims.get("token_use") != "refresh" or claims.get("client_id") != client_id,
    }
    for error in (name for name, applies in refusals.items() if applies):
        refused: HttpResponse = cognito._oauth2_error(error, "The token cannot be revoked")
        return refused
    cognito._revoke_token({"Token": token})
    return 200, {}, b""
