"""Front of the emulator: requests marked as TLS, control paths, and distributions under paths of the sites' port.

It fills no gap of ministack. Every AWS endpoint has a TLS terminator; this one says so to policies that ask for TLS. A
site is a distribution: below ``/NAME/`` of the sites' port it answers as it would under its own domain name. A bucket
that a site's page loads from has another origin than the page there too: ``localhost``, which a browser takes for
another host than ``127.0.0.1``.
"""

from __future__ import annotations

import html
import re
import sys
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from ..protocol import CONTROL_PREFIX
from .control import add_control_route, serve_control
from .domains import aliases_of
from .sign_in_pages import NAMES, SignInPages, page_scope, with_local_domain

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

_TLS = (b"x-forwarded-proto", b"https")
_LOOPBACK_NAMES = ("127.0.0.1", "localhost")
_DOMAINS: dict[str, str] = {}
_SITES: dict[str, str] = {}
"""The URL of each named site on this machine, by the URL that it has on AWS."""
_BUCKET = re.compile(r"https://([a-z0-9][a-z0-9.-]+)\.s3\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?![a-z0-9.-])")
_POLICY = b"content-security-policy"
_PORTS: list[int] = []
_BUCKETS: set[str] = set()
"""Those that a page was told to load from."""
_sign_in = SignInPages(_SITES)


def apply() -> None:
    """Let whoever started the emulator name the sites."""
    add_control_route("PUT", "sites", _name_site)


def _name_site(name: str, domain: str, url: str) -> None:
    _DOMAINS[name] = domain
    for each in (domain, *aliases_of(domain)):
        _SITES[f"https://{each}"] = url


def local_url(url: str) -> str:
    """Return where the URL of a site, or of a bucket, leads on this machine; any other text stays as it is."""
    return _with_local_buckets(_SITES.get(url, url))


def _with_local_buckets(text: str, *, end: str = "") -> str:
    """Return a text that has the URLs of buckets with those that they have on this machine, where it serves sites."""
    if not _SITES:
        return text
    _BUCKETS.update(found[1] for found in _BUCKET.finditer(text))
    return _BUCKET.sub(lambda found: f"http://localhost:{_PORTS[0]}/{found[1]}{end}", text)


def _with_local_sources(policy: str) -> str:
    """Return a Content-Security-Policy with these URLs; there a path is one with all below it if it ends in a slash."""
    return _with_local_buckets(policy, end="/")


def gateway(application: Application, *, sites_port: int) -> Application:
    """Return the application behind TLS, beside the control paths, and with the sites on a port of their own."""
    _PORTS[:] = [sites_port]

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
        elif scope["server"][1] == sites_port:
            await _serve_site(application, scope, receive, send)
        elif scope["path"].startswith(CONTROL_PREFIX):
            await serve_control(scope, receive, send)
        else:
            await application(_over_tls(scope), receive, send)

    return route


def _over_tls(scope: Scope) -> Scope:
    return {**scope, "headers": [*(header for header in scope["headers"] if header[0] != _TLS[0]), _TLS]}


async def _serve_site(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request to the sites' port, and write a line about it to standard output."""
    started = time.monotonic()
    status = 0

    async def send_and_record_status(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        await send(_with_local_policy(message))

    name, slash, rest = scope["path"].removeprefix("/").partition("/")
    if not _is_addressed_to_this_machine(scope):
        await _send_page(
            send_and_record_status, HTTPStatus.MISDIRECTED_REQUEST, "This server answers for 127.0.0.1 alone."
        )
    elif name in _DOMAINS and slash:
        moved = _below(page_scope(scope), _DOMAINS[name], f"/{rest}")
        await application(moved, receive, with_local_domain(scope, send_and_record_status))
    elif name in _BUCKETS and slash:
        await application(_over_tls(scope), receive, send_and_record_status)
    elif name in _DOMAINS:
        await _send_page(send_and_record_status, HTTPStatus.PERMANENT_REDIRECT, "", (b"location", f"/{name}/".encode()))
    elif name in NAMES:
        moved, receive_translated = await _sign_in.read(scope, receive)
        await application(_over_tls(moved), receive_translated, _sign_in.write(scope, send_and_record_status))
    elif name:
        await _send_page(send_and_record_status, HTTPStatus.NOT_FOUND, f"There is no such path here. {_links()}")
    else:
        await _send_page(send_and_record_status, HTTPStatus.OK, _links())
    took = round((time.monotonic() - started) * 1000)
    print(time.strftime("%H:%M:%S"), scope["method"], scope["path"], status, f"{took} ms", flush=True, file=sys.stdout)


def _with_local_policy(message: dict[str, Any]) -> dict[str, Any]:
    """Let a page load from the buckets that it may load from, where they are on this machine."""
    headers = [
        (name, _with_local_sources(value.decode("latin-1")).encode("latin-1") if name.lower() == _POLICY else value)
        for name, value in message.get("headers", ())
    ]
    return {**message, "headers": headers} if headers else message


def _is_addressed_to_this_machine(scope: Scope) -> bool:
    """Refuse what a page of another name sends here, after its name was made to point to this machine."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return host.rpartition(":")[0] in _LOOPBACK_NAMES or host in _LOOPBACK_NAMES


def _below(scope: Scope, domain: str, path: str) -> Scope:
    headers = [header for header in scope["headers"] if header[0] != b"host"]
    # The path without its prefix, still encoded as it came.
    raw = b"/" + scope["raw_path"].split(b"?")[0].removeprefix(b"/").partition(b"/")[2]
    moved = {**scope, "path": path, "raw_path": raw, "headers": [*headers, (b"host", domain.encode())]}
    return _over_tls(moved)


def _links() -> str:
    return " ".join(f'<a href="/{html.escape(name)}/">{html.escape(name)}</a>' for name in sorted(_DOMAINS))


async def _send_page(send: Send, status: HTTPStatus, content: str, *headers: tuple[bytes, bytes]) -> None:
    page = f"<!doctype html><html lang=en><title>Applications on this machine</title><main>{content}</main></html>"
    kind = (b"content-type", b"text/html; charset=utf-8")
    policy = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
    await send({"type": "http.response.start", "status": int(status), "headers": [kind, policy, *headers]})
    await send({"type": "http.response.body", "body": page.encode()})
