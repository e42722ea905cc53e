"""Which operation of which service a request calls, by its signature and the services' models in botocore."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.model import OperationModel
from moto.core.model import ServiceModel
from moto.core.utils import get_service_model

# The names that services sign with, where boto3 has other ones.
_SERVICES = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "monitoring": ("cloudwatch",),
    "sagemaker": ("sagemaker", "sagemaker-runtime"),
    "servicequotas": ("service-quotas",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}
_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


@dataclass
class Call:
    """A call of an AWS operation as it comes by.

    ``service`` and ``operation`` have boto3's and the API's names ("cloudformation", "DescribeEvents"). ``parameters``
    are those in the body, the path and the query; with the query protocol they are flat
    ("Parameters.member.1.ParameterKey"). ``status`` is that of the HTTP response, 0 for none.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    status: int = 0

    @property
    def name(self) -> str:
        """Both names, such as ``cloudformation:DescribeEvents``."""
        return f"{self.service}:{self.operation}"


def read_call(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Return the call that a request is; ``headers`` have names in lower case. What is unknown has an empty name."""
    query = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
    services = _signed_for(headers, query)
    form = _form(headers, body)
    if target := headers.get("x-amz-target"):
        found: tuple[str, str, Mapping[str, Any]] = services[0], target.rpartition(".")[2], _json(body)
    elif "Action" in form | query:
        action = (form | query)["Action"]
        found = services[0], action, form | query
    else:
        found = _rest_call(services, method, urlsplit(path).path, query, headers)
        found = found[0], found[1], {**_json(body), **query, **found[2]}
    return Call(*found, method, path, headers, body)


def _signed_for(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, ...]:
    presigned = f"Credential={query.get('X-Amz-Credential', '')}"
    match = _CREDENTIAL.search(headers.get("authorization", "")) or _CREDENTIAL.search(presigned)
    name = match[1] if match else ""
    return _SERVICES.get(name, (name,))


def _form(headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    if "x-www-form-urlencoded" not in headers.get("content-type", ""):
        return {}
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


class _Route(NamedTuple):
    """How a REST operation is addressed: what its path must match, and what the request must have."""

    operation: str
    method: str
    path: re.Pattern[str]
    literals: int
    query: Mapping[str, str]
    required_query: frozenset[str]
    required_headers: frozenset[str]
    deprecated: bool

    @property
    def weight(self) -> tuple[int, int, bool]:
        """How much of a request the route names: among several that fit, the heaviest is meant."""
        needs = len(self.query) + len(self.required_query) + len(self.required_headers)
        return self.literals, needs, not self.deprecated


def _rest_call(
    services: tuple[str, ...], method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[str, str, dict[str, str]]:
    fitting = [
        (route.weight, service, route.operation, {name: unquote(value) for name, value in match.groupdict().items()})
        for service in services
        if service
        for route in _routes(service)
        if route.method == method
        and (match := route.path.fullmatch(path.rstrip("/") or "/"))
        and all(query.get(name) == value for name, value in route.query.items())
        and route.required_query <= query.keys()
        and route.required_headers <= headers.keys()
    ]
    if not fitting:
        return services[0], "", {}
    _, service, operation, labels = max(fitting, key=lambda each: each[0])
    return service, operation, labels


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    try:
        model = service_model(service)
    except Exception:  # botocore's UnknownServiceError, and what moto makes of it
        return ()
    return tuple(_route(model.operation_model(name)) for name in model.operation_names)


def _route(operation: OperationModel) -> _Route:
    path, _, query = operation.http["requestUri"].partition("?")
    path = path.rstrip("/") or "/"
    return _Route(
        operation=operation.name,
        method=operation.http["method"],
        path=re.compile("".join(_pattern(path))),
        literals=sum(1 for part in path.split("/") if part and not part.startswith("{")),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        required_query=frozenset(_required(operation, "querystring")),
        required_headers=frozenset(name.lower() for name in _required(operation, "header")),
        deprecated=bool(getattr(operation, "deprecated", False)),
    )


def _pattern(path: str) -> Iterator[str]:
    for part in re.split(r"(\{\w+\+?\})", path):
        if not part.startswith("{"):
            yield re.escape(part)
        elif part.endswith("+}"):
            yield f"(?P<{part[1:-2]}>.+)"
        else:
            yield f"(?P<{part[1:-1]}>[^/]+)"


def _required(operation: OperationModel, location: str) -> Iterator[str]:
    shape = operation.input_shape
    if shape is None:
        return
    for name in shape.required_members:
        serialization = shape.members[name].serialization
        if serialization.get("location") == location:
            yield str(serialization.get("name", name))


def service_model(service: str) -> ServiceModel:
    """Return the model of a service's API."""
    return get_service_model(service)
