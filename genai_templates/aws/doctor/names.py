"""The names by which resources of ours are known when they have no tags.

What makes the model is named after the GUID of its stack's id, which no two stacks share. CloudFormation names the
others after the stack, the logical id in its template, and a random end; the configuration and the model of a native
endpoint are known by their tags alone.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ...apps import APPS
from .resources import Kind

_GUID = re.compile(
    r"(?:[a-z][a-z0-9]{0,17}-)?(?:genai|al\d{4}k?)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[-/].*)?"
)
_LOGS_OF_MODELS = re.compile(r"/aws/sagemaker/(?:Endpoints|InferenceComponents)/")
_WHAT_SCALES = re.compile(r"(?:endpoint|inference-component)/")
_LOGS_OF_FUNCTIONS = "/aws/lambda/"
_RESOURCE_TYPES = {
    Kind.BUCKET: "AWS::S3::Bucket",
    Kind.LOG_GROUP: "AWS::Logs::LogGroup",
    Kind.ALARM: "AWS::CloudWatch::Alarm",
}


class NameSign(NamedTuple):
    """What a name tells of the stack: its GUID or its name, the other is empty."""

    guid: str = ""
    stack: str = ""


def read_name(kind: Kind, name: str) -> NameSign | None:
    """Return what the name of a resource tells of its stack, or None when it is no name of ours."""
    if kind is Kind.LOG_GROUP and name.startswith(_LOGS_OF_FUNCTIONS):
        return _read_generated("AWS::Lambda::Function", name.removeprefix(_LOGS_OF_FUNCTIONS))
    if kind is Kind.LOG_GROUP and (prefix := _LOGS_OF_MODELS.match(name)):
        return _read_guid(name[prefix.end() :])
    if kind is Kind.TARGET and (prefix := _WHAT_SCALES.match(name)):
        return _read_guid(name[prefix.end() :])
    if kind in _RESOURCE_TYPES:
        return _read_generated(_RESOURCE_TYPES[kind], name)
    return _read_guid(name)


def base_name(name: str) -> str:
    """Return a name of the notebook's objects without what updates of the stack add to those of a configuration."""
    match = _GUID.fullmatch(name)
    return name[: match.end(1)] if match else name


def has_guid(name: str) -> bool:
    """Return whether a name has the GUID of its stack in it."""
    return _GUID.fullmatch(name) is not None


def is_named_after(kind: Kind, sign: str, stack: str) -> bool:
    """Return whether the stack's part of a name is this stack's; in a bucket's name it is cut, and in lower case."""
    return stack.lower().startswith(sign) if kind is Kind.BUCKET else stack == sign


def _read_guid(name: str) -> NameSign | None:
    match = _GUID.fullmatch(name)
    return NameSign(guid=match[1]) if match else None


def _read_generated(resource_type: str, name: str) -> NameSign | None:
    match = _generated_name(resource_type).fullmatch(name)
    return NameSign(stack=match[1]) if match else None


@cache
def _generated_name(resource_type: str) -> re.Pattern[str]:
    ids = "|".join(sorted(_logical_ids(resource_type)))
    if resource_type == "AWS::S3::Bucket":
        return re.compile(rf"([a-z][a-z0-9-]*)-(?:{ids.lower()})-[a-z0-9]{{8,13}}")
    return re.compile(rf"([A-Za-z][A-Za-z0-9-]*)-(?:{ids})-[A-Za-z0-9]{{8,13}}")


@cache
def _logical_ids(resource_type: str) -> frozenset[str]:
    return frozenset(
        name
        for app in APPS.values()
        for hosting in app.load_stack().hosting_parts
        for name, resource in app.load_stack()(hosting=hosting).template.resources.items()
        if resource.resource_type == resource_type
    )
