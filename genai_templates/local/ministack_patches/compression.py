"""Compression of a distribution's responses: ministack's CloudFront ignores ``Compress``.

docs/upstream/ministack/cloudfront-compression.md
"""

from __future__ import annotations

import gzip
from typing import Any

from ministack.services import cloudfront

_SIZES = range(
    1_000, 10_000_001
)  # bytes; smaller and larger responses are left as they are (CloudFront developer guide)
# Those of CloudFront's list that pages have.
_TYPES = ("application/javascript", "application/json", "image/svg+xml", "text/")


def apply() -> None:
    """Have ministack compress what a viewer accepts and a behaviour wants compressed."""
    read_behavior, handle = cloudfront._dataplane_behavior, cloudfront.handle_viewer_request

    def read_with_compression(element: Any, *more: Any) -> dict[str, Any]:
        return {**read_behavior(element, *more), "compress": element.findtext("{*}Compress") == "true"}

    async def respond_compressed(distribution: Any, method: str, path: str, *more: Any, **named: Any) -> Any:
        status, headers, body = await handle(distribution, method, path, *more, **named)
        viewer: dict[str, str] = more[2]
        behavior = cloudfront._match_behavior(cloudfront.parse_distribution_dataplane_config(distribution), path)
        accepted = "gzip" in viewer.get("accept-encoding", "") and _wants_gzip(behavior)
        return (status, *_gzipped(headers, body)) if accepted and status == 200 else (status, headers, body)

    cloudfront._dataplane_behavior = read_with_compression
    cloudfront.handle_viewer_request = respond_compressed


def _wants_gzip(behavior: dict[str, Any]) -> bool:
    policy = cloudfront.cache_policy_params(behavior["cache_policy_id"]) or {}
    return behavior["compress"] and str(policy.get("EnableAcceptEncodingGzip")).lower() == "true"


def _gzipped(headers: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    names = {name.lower(): name for name in headers}
    kind = str(headers.get(names.get("content-type", ""), ""))
    if "content-encoding" in names or not kind.startswith(_TYPES) or len(body) not in _SIZES:
        return headers, body
    packed = gzip.compress(body, mtime=0)
    changed = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "etag")}
    etag = str(headers.get(names.get("etag", ""), "")).removeprefix("W/")
    added = {"Content-Encoding": "gzip", "Content-Length": str(len(packed)), "Vary": "Accept-Encoding"}
    return changed | added | ({"Etag": f"W/{etag}"} if etag else {}), packed
