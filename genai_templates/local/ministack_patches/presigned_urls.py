"""Presigned URLs of S3, whose signature ministack checks after the signer's permissions, and without some headers.

docs/upstream/ministack/s3-presigned-urls.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack import app
from ministack.services import s3

Headers = Mapping[str, str]
Query = Mapping[str, Any]
_UNSIGNED = "There were headers present in the request which were not signed"


def apply() -> None:
    """Have ministack find out whether a URL is one that was signed, before what its signer may do."""
    validate = s3.validate_object_request

    def validate_signature_first(method: str, path: str, headers: Headers, query: Query) -> Any:
        return _signature_error(method, path, headers, query) or validate(method, path, headers, query)

    s3.validate_object_request = validate_signature_first


def _signature_error(method: str, path: str, headers: Headers, query: Query) -> Any:
    if not _value(query, "X-Amz-Signature"):
        return None
    bucket = app._extract_s3_vhost_bucket(headers.get("host", ""))
    signed_path = path.removeprefix(f"/{bucket}") if bucket else path
    if error := s3._verify_presigned_sigv4(method, signed_path, headers, query):
        return error
    signed = _value(query, "X-Amz-SignedHeaders").split(";")
    unsigned = [name for name in headers if name.startswith("x-amz-") and name not in signed]
    # The hash of a body counts as signed with the body. Some clients add it to what they send by a URL.
    if [name for name in unsigned if name != "x-amz-content-sha256"]:
        return s3._error("AccessDenied", _UNSIGNED, 403, path)
    return None


def _value(query: Query, name: str) -> str:
    value = query.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
