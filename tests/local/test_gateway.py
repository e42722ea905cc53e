"""Buckets that a page loads from, on one's own machine: on another origin than the page's, as on AWS."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from genai_templates.local.ministack_patches import gateway

BUCKET = "https://images-1a2b.s3.us-east-1.amazonaws.com"
POLICY = f"img-src 'self' {BUCKET}; connect-src 'self' https://abc.execute-api.us-east-1.amazonaws.com"
Message = dict[str, Any]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What reaches the emulated AWS, behind a gateway that serves no site yet."""
    names: dict[str, object] = {"_DOMAINS": {}, "_SITES": {}, "_BUCKETS": set(), "_PORTS": []}
    for name, empty in names.items():
        monkeypatch.setattr(gateway, name, empty)
    return []


def respond(seen: list[Message], path: str, host: str = "localhost:8000") -> tuple[Message, bytes]:
    """Send a request to the sites' port; return the response's start and body."""

    async def application(scope: Message, _: Any, send: Any) -> None:
        seen.append(scope)
        headers = [(b"content-security-policy", POLICY.encode()), (b"x-other", BUCKET.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"content"})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", host.encode())]
    scope = {"type": "http", "server": ("127.0.0.1", 8000), "method": "GET", "headers": headers}
    served = gateway.gateway(application, sites_port=8000)
    asyncio.run(served({**scope, "path": path, "raw_path": path.encode(), "query_string": b""}, None, send))  # type: ignore[arg-type]
    return sent[0], sent[1]["body"]


def test_without_sites_a_buckets_url_is_that_of_aws(seen: list[Message]) -> None:
    assert gateway.local_url(BUCKET) == BUCKET
    assert respond(seen, "/images-1a2b/key")[0]["status"] == 404
    assert seen == []


def test_a_page_may_load_from_the_bucket_on_this_machine(seen: list[Message]) -> None:
    gateway._name_site("image", "d1.cloudfront.net", "http://127.0.0.1:8000/image")
    start, _ = respond(seen, "/image/")
    headers = dict(start["headers"])
    assert headers[b"content-security-policy"].startswith(b"img-src 'self' http://localhost:8000/images-1a2b/; connect")
    assert headers[b"x-other"] == BUCKET.encode()
    assert gateway.local_url(BUCKET) == "http://localhost:8000/images-1a2b"


def test_a_bucket_is_served_as_it_was_addressed_so_that_signatures_hold(seen: list[Message]) -> None:
    gateway._name_site("image", "d1.cloudfront.net", "http://127.0.0.1:8000/image")
    assert respond(seen, "/images-1a2b/key")[0]["status"] == 404  # no page has been told of it
    gateway.local_url(BUCKET)
    assert respond(seen, "/images-1a2b/key")[1] == b"content"
    assert seen[-1]["path"] == "/images-1a2b/key"
    assert (b"host", b"localhost:8000") in seen[-1]["headers"]
    assert (b"x-forwarded-proto", b"https") in seen[-1]["headers"]
    assert respond(seen, "/images-1a2b/key", host="attacker.example:8000")[0]["status"] == 421


@pytest.mark.parametrize(
    "url",
    [
        "https://images-1a2b.s3.us-east-1.amazonaws.com.example.org",
        "https://s3.us-east-1.amazonaws.com",
        "http://images-1a2b.s3.us-east-1.amazonaws.com",
        "https://d1.cloudfront.net.example",
    ],
)
def test_other_urls_stay(seen: list[Message], url: str) -> None:
    gateway._name_site("image", "d1.cloudfront.net", "http://127.0.0.1:8000/image")
    assert gateway.local_url(url) == url
