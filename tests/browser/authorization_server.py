"""An authorization server as Amazon Cognito's: sign-in pages, codes with PKCE, tokens that expire and rotate."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT = "4uk1example"
SCOPES = "openid email test/use"
LIFETIME = 3600
Response = tuple[int, dict[str, str], object]

_REFUSAL = {"code": "unauthorized", "message": "no valid token", "request_id": "r-1"}
_UNAUTHORIZED: Response = (401, {}, {"error": _REFUSAL})
_LOGIN = """<!doctype html><html lang="en"><title>Sign in</title><link rel="icon" href="data:,"><h1>Sign in</h1>
<form method="post" action="/login?{query}">
<label>Email <input name="email"></label> <button>Continue</button> <button name="cancel" value="1">Cancel</button>
</form></html>"""


class Grant(NamedTuple):
    """What a code or a refresh token stands for."""

    email: str
    request: dict[str, str]


class Refused(Exception):
    """A request that the server does not take."""


class AuthorizationServer:
    """The server's state, and its checks of everything that it is sent.

    Nobody needs a password; those in ``denied`` may not sign in. ``grants`` has the type of each grant for which tokens
    were issued, ``revoked`` all refresh tokens that were revoked. A server whose ``renews`` is false refuses renewals.
    """

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self.origin = ""
        self.denied: set[str] = set()
        self.grants: list[str] = []
        self.revoked: list[str] = []
        self.sign_outs = 0
        self.token_requests = 0
        self.renews = True
        self.takes_codes = True
        self._secret = secrets.token_bytes(32)
        self._codes: dict[str, Grant] = {}
        self._refresh_tokens: dict[str, Grant] = {}
        self._passed = 0

    def config(self) -> dict[str, str]:
        """The member ``auth`` of ``config.json``."""
        return {"kind": "cognito", "domain": self.origin, "clientId": CLIENT, "scopes": SCOPES}

    def expire_tokens(self) -> None:
        """Let the time pass after which no access token is valid that was issued before."""
        self._passed += LIFETIME + 1

    def guard(self, headers: Mapping[str, str]) -> Response | None:
        """Return the refusal of a request to the API without a valid access token."""
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        head, _, signature = token.rpartition(".")
        if scheme != "Bearer" or not head or not hmac.compare_digest(signature, self._signature(head)):
            return _UNAUTHORIZED
        claims = json.loads(base64.urlsafe_b64decode(head.split(".")[1] + "=="))
        is_valid = claims["token_use"] == "access" and claims["exp"] > self._now() and "test/use" in claims["scope"]
        return None if is_valid else _UNAUTHORIZED

    def check_authorize(self, query: Mapping[str, str]) -> None:
        """Refuse a request for a sign-in that lacks anything."""
        expected = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPES,
            "code_challenge_method": "S256",
        }
        wrong = {name for name, value in expected.items() if query.get(name) != value}
        wrong |= {name for name in ("state", "nonce", "code_challenge") if len(query.get(name, "")) != 43}
        if wrong:
            raise Refused(f"wrong: {sorted(wrong)}")

    def signed_in(self, email: str, query: Mapping[str, str]) -> str:
        """Return where to go with a new code."""
        if email in self.denied:
            return self.denial(query, "PreAuthentication failed: not on the list.")
        code = secrets.token_urlsafe(16)
        self._codes[code] = Grant(email, dict(query))
        return f"{self.redirect_uri}?{urlencode({'code': code, 'state': query['state']})}"

    def denial(self, query: Mapping[str, str], description: str = "") -> str:
        """Return where to go when nobody has signed in."""
        found = {"error": "access_denied", "error_description": description, "state": query["state"]}
        return f"{self.redirect_uri}?{urlencode({name: value for name, value in found.items() if value})}"

    def issue(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return tokens for a code or a refresh token, each of which is good once."""
        self.token_requests += 1
        if form.get("client_id") != CLIENT:
            raise Refused("invalid_client")
        kind = form.get("grant_type", "")
        grant = self._by_code(form) if kind == "authorization_code" else self._by_refresh_token(form)
        self.grants.append(kind)
        refresh = secrets.token_urlsafe(24)
        self._refresh_tokens[refresh] = grant
        who = {"sub": hashlib.sha256(grant.email.encode()).hexdigest()[:32], "exp": self._now() + LIFETIME}
        nonce = {"nonce": grant.request["nonce"]} if kind == "authorization_code" else {}
        return {
            "access_token": self._signed({**who, "token_use": "access", "client_id": CLIENT, "scope": SCOPES}),
            "id_token": self._signed({**who, "token_use": "id", "aud": CLIENT, "email": grant.email, **nonce}),
            "refresh_token": refresh,
            "expires_in": LIFETIME,
            "token_type": "Bearer",
        }

    def revoke(self, token: str) -> None:
        """Forget a refresh token."""
        self.revoked.append(token)
        self._refresh_tokens.pop(token, None)

    def _by_code(self, form: Mapping[str, str]) -> Grant:
        grant = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not self.takes_codes or grant is None or form.get("redirect_uri") != self.redirect_uri:
            raise Refused("invalid_grant")
        if challenge != grant.request["code_challenge"]:
            raise Refused("invalid_grant")
        return grant

    def _by_refresh_token(self, form: Mapping[str, str]) -> Grant:
        grant = self._refresh_tokens.pop(form.get("refresh_token", ""), None)
        if not self.renews or grant is None:
            raise Refused("invalid_grant")
        return grant

    def _now(self) -> int:
        return int(time.time()) + self._passed

    def _signed(self, claims: Mapping[str, object]) -> str:
        parts = [{"alg": "HS256", "typ": "JWT"}, claims]
        head = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
        return f"{head}.{self._signature(head)}"

    def _signature(self, head: str) -> str:
        digest = hmac.digest(self._secret, head.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def serve_authorization(redirect_uri: str) -> tuple[AuthorizationServer, Callable[[], None]]:
    """Serve an authorization server on an origin of its own; returns it, and what stops it."""
    state = AuthorizationServer(redirect_uri)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    state.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return state, stop


def _handler(server: AuthorizationServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = dict(parse_qsl(address.query))
            if address.path == "/oauth2/authorize":
                self._authorize(query, address.query)
            elif address.path == "/logout" and query == {"client_id": CLIENT, "logout_uri": server.redirect_uri}:
                server.sign_outs += 1
                self._redirect(server.redirect_uri, email="")
            else:
                self._send(400, {"Content-Type": "text/plain"}, b"no such request")

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            address = urlsplit(self.path)
            if address.path == "/login":
                query = dict(parse_qsl(address.query))
                email = "" if "cancel" in form else form["email"]
                self._redirect(server.signed_in(email, query) if email else server.denial(query), email=email)
            elif address.path == "/oauth2/token":
                self._issue(form)
            elif address.path == "/oauth2/revoke":
                server.revoke(form["token"])
                self._send(200, {}, b"")

        def _authorize(self, query: dict[str, str], text: str) -> None:
            try:
                server.check_authorize(query)
            except Refused as refusal:
                self._send(400, {"Content-Type": "text/plain"}, str(refusal).encode())
                return
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
            if cookie and cookie.value:
                self._redirect(server.signed_in(cookie.value, query), email=cookie.value)
            else:
                page = _LOGIN.format(query=text.replace("&", "&amp;"))
                self._send(200, {"Content-Type": "text/html"}, page.encode())

        def _issue(self, form: dict[str, str]) -> None:
            headers = {"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
            try:
                self._send(200, headers, json.dumps(server.issue(form)).encode())
            except Refused as refusal:
                self._send(400, headers, json.dumps({"error": str(refusal)}).encode())

        def _redirect(self, url: str, *, email: str) -> None:
            self._send(302, {"Location": url, "Set-Cookie": f"session={email}; Path=/; HttpOnly"}, b"")

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler
