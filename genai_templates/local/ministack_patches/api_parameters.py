"""Properties of a template as the parameters of a service's API: of the types that the API's model has, or refused.

CloudFormation makes numbers and booleans of text, by the schema of the type, and passes the rest on; the service then
refuses what it does not know, what it requires and is not there, and values outside its limits. The model is
botocore's; its patterns are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session

_BOOLEANS = {"true": True, "false": False, True: True, False: False}


def api_parameters(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation; raises ValueError, with what its service would not take."""
    shape = _model(service).operation_model(operation).input_shape
    converted: dict[str, Any] = _converted(shape, dict(properties), operation)
    return converted


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _converted(shape: Any, value: Any, path: str) -> Any:
    match shape.type_name:
        case "structure":
            return _structure(shape, value, path)
        case "list":
            _check_limits(shape, len(value), path)
            return [_converted(shape.member, each, f"{path}[{place}]") for place, each in enumerate(value)]
        case "map":
            return {key: _converted(shape.value, each, f"{path}.{key}") for key, each in value.items()}
        case "integer" | "long" | "float" | "double":
            return _number(shape, value, path)
        case "boolean":
            return _boolean(value, path)
    return _text(shape, value, path)


def _structure(shape: Any, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{path} is {value!r}; it must be an object")
    if unknown := sorted(value.keys() - shape.members.keys()):
        raise ValueError(f"{path} has no {', '.join(unknown)}")
    if missing := sorted(set(shape.required_members) - value.keys()):
        raise ValueError(f"{path} requires {', '.join(missing)}")
    return {name: _converted(shape.members[name], each, f"{path}.{name}") for name, each in value.items()}


def _boolean(value: Any, path: str) -> bool:
    found = _BOOLEANS.get(value)
    if found is None:
        raise ValueError(f"{path} is {value!r}; it must be true or false")
    return found


def _number(shape: Any, value: Any, path: str) -> int | float:
    number = int(value) if shape.type_name in ("integer", "long") else float(value)
    _check_limits(shape, number, path)
    return number


def _text(shape: Any, value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{path} is {value!r}; it must be text")
    _check_limits(shape, len(value), path)
    allowed = shape.metadata.get("enum", [value])
    if value not in allowed:
        raise ValueError(f"{path} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def _check_limits(shape: Any, size: float, path: str) -> None:
    least, most = shape.metadata.get("min", size), shape.metadata.get("max", size)
    if not least <= size <= most:
        raise ValueError(f"{path} is {size} long or large; it must be {least} to {most}")
