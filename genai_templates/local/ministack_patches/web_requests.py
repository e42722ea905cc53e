"""A request as a web ACL sees it: the parts that statements look at, and the labels that rules have put on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

# Of API Gateway and CloudFront, unless the web ACL says otherwise; 1,024 bytes each. (WAF developer guide,
# web-acl-setting-body-inspection-limit.)
_DEFAULT_BODY_LIMIT = "KB_16"


class Source(NamedTuple):
    """What a web ACL protects: its kind as in logs and as in ``AssociationConfig``, and its id in logs."""

    log_name: str
    resource_type: str
    log_id: str


@dataclass
class WebRequest:
    """A request, with its headers in lower case, and its query as it came."""

    source: Source
    client_ip: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    body_size: int
    labels: list[str] = field(default_factory=list)

    @property
    def arguments(self) -> str:
        """The values of the query, decoded."""
        return unquote_plus(self.query)


def inspected_body(acl: Mapping[str, Any], source: Source, body: bytes) -> bytes:
    """Return as much of a body as the protected resource shows to a web ACL."""
    limits = acl.get("AssociationConfig", {}).get("RequestBody", {})
    limit = limits.get(source.resource_type, {}).get("DefaultSizeInspectionLimit", _DEFAULT_BODY_LIMIT)
    return body[: int(limit.removeprefix("KB_")) * 1024]


_FIELDS: dict[str, Callable[[WebRequest, Any], str]] = {
    "Body": lambda request, _: request.body.decode("utf-8", "replace"),
    "Method": lambda request, _: request.method,
    "QueryString": lambda request, _: request.query,
    "SingleHeader": lambda request, which: request.headers.get(which["Name"].lower(), ""),
    "UriPath": lambda request, _: request.path,
}


def field_of(request: WebRequest, which: Mapping[str, Any]) -> str:
    """Return the part of a request that a statement's ``FieldToMatch`` names."""
    ((name, detail),) = which.items()
    return _FIELDS[name](request, detail)


def check_field(which: Mapping[str, Any]) -> None:
    """Raise ValueError for a part of requests that the emulator does not know."""
    if len(which) != 1 or not which.keys() <= _FIELDS.keys():
        raise ValueError(f"the emulator's WAF matches one of {', '.join(_FIELDS)}, not {', '.join(which) or 'nothing'}")
