"""Checks of a request against the model of its service that botocore has: names, types, required members, ranges."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any


def problems_of_request(service: str, operation: str, parameters: dict[str, Any]) -> str:
    """Return what the service would refuse the request for, or nothing."""
    from botocore.validate import ParamValidator

    shape = _input_shape(service, operation)
    report = ParamValidator().validate(parameters, shape)
    found = [str(report.generate_report())] if report.has_errors() else list(_too_much(shape, parameters, operation))
    return f"{len(found)} validation error detected: {'; '.join(found)}" if found else ""


@cache
def _input_shape(service: str, operation: str) -> Any:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    description = Loader().load_service_model(service, "service-2")
    return ServiceModel(description, service).operation_model(operation).input_shape


def _too_much(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Yield what is above a maximum, which botocore leaves to the services."""
    if shape.type_name == "structure":
        for name in value.keys() & shape.members.keys():
            yield from _too_much(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for number, each in enumerate(value):
            yield from _too_much(shape.member, each, f"{path}.{number}")
    most = shape.metadata.get("max")
    size = value if shape.type_name in ("integer", "long", "float", "double") else _length(value)
    if most is not None and size is not None and size > most:
        yield f"Value at '{path}' failed to satisfy constraint: at most {most}, and it is {size}"


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, str | list) else None
