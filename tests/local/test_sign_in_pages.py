"""Sign-in pages on the sites' port: addresses of this machine outside, those of AWS inside."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from genai_templates.local.ministack_patches.sign_in_pages import SignInPages, page_scope, with_local_domain

AWS, HERE = "https://d1.cloudfront.net", "http://127.0.0.1:8000/text"
DOMAIN = "https://users-1.auth.us-east-1.amazoncognito.com"
PAGES = SignInPages({AWS: HERE})


def scope_of(path: str, host: str = "127.0.0.1:8000", query: str = "", method: str = "GET") -> dict[str, Any]:
    headers = [(b"host", host.encode()), (b"accept-encoding", b"br"), (b"content-length", b"7")]
    return {"path": path, "query_string": query.encode(), "method": method, "headers": headers}


async def body_of(message: dict[str, Any]) -> dict[str, Any]:
    return message


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000"])
@pytest.mark.parametrize("name", ["redirect_uri", "logout_uri"])
def test_the_user_pool_reads_the_address_that_it_knows(host: str, name: str) -> None:
    form = urlencode({name: f"http://{host}/text/", "state": "a b"})

    async def read() -> tuple[dict[str, Any], bytes]:
        message = {"type": "http.request", "body": form.encode(), "more_body": False}
        scope, receive = await PAGES.read(scope_of("/oauth2/token", host, form, "POST"), lambda: body_of(message))
        return scope, (await receive())["body"]

    scope, body = asyncio.run(read())
    expected = {name: [f"{AWS}/"], "state": ["a b"]}
    assert parse_qs(scope["query_string"].decode()) == expected
    assert parse_qs(body.decode()) == expected
    assert b"content-length" not in dict(scope["headers"])


def sent(send_all: Any, start: dict[str, Any], *bodies: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """Return headers and body that arrive when a response is sent in these parts."""
    messages: list[dict[str, Any]] = []

    async def collect(message: dict[str, Any]) -> None:
        messages.append(message)

    async def run() -> None:
        send = send_all(collect)
        await send({"type": "http.response.start", "status": 200, **start})
        for number, body in enumerate(bodies, 1):
            await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})

    asyncio.run(run())
    return dict(messages[0]["headers"]), b"".join(each.get("body", b"") for each in messages[1:])


@pytest.mark.parametrize(("location", "arrives"), [(f"{AWS}/?code=1", f"{HERE}/?code=1"), ("/login", "/login")])
def test_a_browser_is_led_back_to_this_machine(location: str, arrives: str) -> None:
    headers, _ = sent(
        lambda send: PAGES.write(scope_of("/login"), send), {"headers": [(b"Location", location.encode())]}
    )
    assert headers[b"Location"].decode() == arrives


def test_a_page_signs_in_on_the_port_that_it_came_from() -> None:
    scope = scope_of("/text/config.json")
    assert b"accept-encoding" not in dict(page_scope(scope)["headers"])
    document = json.dumps({"auth": {"domain": DOMAIN}}).encode()
    start = {"headers": [(b"content-length", b"1"), (b"Content-Security-Policy", f"connect-src {DOMAIN}".encode())]}
    headers, body = sent(lambda send: with_local_domain(scope, send), start, document[:20], document[20:])
    assert json.loads(body) == {"auth": {"domain": "http://127.0.0.1:8000"}}
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"Content-Security-Policy"] == b"connect-src http://127.0.0.1:8000"


def test_other_files_are_served_as_they_are() -> None:
    scope = scope_of("/text/app.js")
    assert page_scope(scope) is scope
    _, body = sent(lambda send: with_local_domain(scope, send), {"headers": []}, DOMAIN.encode(), b"!")
    assert body.decode() == f"{DOMAIN}!"
