"""API Gateway as the origin of a distribution: ministack's CloudFront looks for the API outside of the emulator.

docs/upstream/ministack/cloudfront-api-origin.md
"""

from __future__ import annotations

import re
from http.client import responses
from typing import Any
from urllib.parse import parse_qs

_EDGE_ADDRESS = "130.176.0.1"
"""The address that the API sees of every request that comes through CloudFront; it is one of CloudFront's."""

_API_HOST = re.compile(r"(?P<id>[a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")


def apply() -> None:
    """Have an origin that is an API of API Gateway answered by the emulated one."""
    from ministack.services import cloudfront

    fetch = cloudfront._fetch_from_origin

    async def fetch_from_origin(
        origin: dict[str, Any], method: str, uri: str, query: str, headers: dict[str, str], body: bytes, *more: Any
    ) -> Any:
        api = _API_HOST.fullmatch(origin["domain_name"])
        if api is None:
            return await fetch(origin, method, uri, query, headers, body, *more)
        path = (origin.get("origin_path") or "") + uri
        sent = headers | {name.lower(): value for name, value in origin["custom_headers"]}
        status, response_headers, content = await _call_api(api["id"], method, path, query, sent, body)
        return (
            status,
            responses.get(status, ""),
            {name.lower(): value for name, value in response_headers.items()},
            content,
        )

    cloudfront._fetch_from_origin = fetch_from_origin


async def _call_api(
    api_id: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    from ministack import app
    from ministack.core.responses import get_request_client_ip, set_request_client_ip

    viewer = get_request_client_ip()
    set_request_client_ip(_EDGE_ADDRESS)
    try:
        response = await app._handle_execute_api_request(
            "", f"/_aws/execute-api/{api_id}{path}", method, headers, body, parse_qs(query, keep_blank_values=True)
        )
    finally:
        set_request_client_ip(viewer)
    status, response_headers, content = response
    return status, response_headers, content
