"""Sign-in pages of user pools on the sites' port: the domain of every pool is this machine there.

It fills no gap of ministack. A page that is served under a path of the port reads another domain in its configuration,
may connect to that by its Content-Security-Policy, and gives its own address to go back to; the user pool knows the
addresses of AWS alone.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .control import read_body

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

NAMES = ("oauth2", "login", "logout")
"""Where the paths of a user pool's domain begin."""

_DOMAIN = re.compile(rb"https://[a-z0-9-]+\.auth\.[a-z0-9-]+\.amazoncognito\.com")
_CONFIGURATION = "/config.json"
_POLICY, _LOCATION, _LENGTH, _ENCODINGS = (
    b"content-security-policy",
    b"location",
    b"content-length",
    b"accept-encoding",
)


class SignInPages:
    """Translation of addresses, for the sites of these URLs on this machine by their URLs on AWS."""

    def __init__(self, sites: Mapping[str, str]) -> None:
        self._sites = sites

    async def read(self, scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
        """Return a request to a sign-in page with the addresses that the user pool knows."""
        bodies = [self._on_aws(scope, await read_body(receive))]

        async def receive_translated() -> dict[str, Any]:
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            return await receive()

        headers = [header for header in scope["headers"] if header[0] != _LENGTH]
        query = self._on_aws(scope, scope["query_string"])
        return {**scope, "query_string": query, "headers": headers}, receive_translated

    def write(self, scope: Scope, send: Send) -> Send:
        """Return what sends the response of a sign-in page with the addresses of this machine."""

        async def send_translated(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, self._here(scope, value) if name.lower() == _LOCATION else value)
                    for name, value in message["headers"]
                ]
                message = {**message, "headers": headers}
            await send(message)

        return send_translated

    def _on_aws(self, scope: Scope, form: bytes) -> bytes:
        text = form.decode("latin-1")
        if "_uri=" not in text:
            return form
        addresses = {f"{_at(scope, here)}/": f"{on_aws}/" for on_aws, here in self._sites.items()}
        return urlencode([(name, addresses.get(value, value)) for name, value in parse_qsl(text, True)]).encode()

    def _here(self, scope: Scope, location: bytes) -> bytes:
        text = location.decode("latin-1")
        for on_aws, here in self._sites.items():
            if text.startswith(f"{on_aws}/"):
                return (_at(scope, here) + text.removeprefix(on_aws)).encode("latin-1")
        return location


def _at(scope: Scope, url: str) -> str:
    """Return the URL of a site by the name of this machine that the browser uses."""
    return f"{_origin(scope).decode()}/{url.rpartition('/')[2]}"


def _origin(scope: Scope) -> bytes:
    host: bytes = dict(scope["headers"]).get(b"host", b"")
    return b"http://" + host


def page_scope(scope: Scope) -> Scope:
    """Return a request to a site as it can be answered in plain text where that has to be changed."""
    if not scope["path"].endswith(_CONFIGURATION):
        return scope
    return {**scope, "headers": [header for header in scope["headers"] if header[0] != _ENCODINGS]}


def with_local_domain(scope: Scope, send: Send) -> Send:
    """Return what sends a site's response, in which the sign-in domain is this machine."""
    origin, whole = _origin(scope), scope["path"].endswith(_CONFIGURATION)
    started: dict[str, Any] = {}

    async def send_with_local_domain(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, _DOMAIN.sub(origin, value) if name.lower() == _POLICY else value)
                for name, value in message["headers"]
            ]
            started.update({**message, "headers": headers}, body=b"")
            if not whole:
                await send({**message, "headers": headers})
        elif not whole:
            await send(message)
        else:
            started["body"] += message.get("body", b"")
            if not message.get("more_body"):
                await _send_configuration(send, started, origin)

    return send_with_local_domain


async def _send_configuration(send: Send, started: dict[str, Any], origin: bytes) -> None:
    body = _DOMAIN.sub(origin, started.pop("body"))
    headers = [(name, value) for name, value in started["headers"] if name.lower() != _LENGTH]
    await send({**started, "headers": [*headers, (_LENGTH, str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
