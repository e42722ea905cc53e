"""The changes of a change set: what each does to a resource, and what follows from it."""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

_HOLDS_DATA = {
    "AWS::S3::Bucket",
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::Logs::LogGroup",
    "AWS::KMS::Key",
    "AWS::Cognito::UserPool",
}


class Effect(enum.Enum):
    """What a change does to a resource, the heavier first."""

    REPLACED = "replaced"
    PERHAPS_REPLACED = "perhaps replaced"
    REMOVED = "removed"
    KEPT = "left behind"
    ADDED = "added"
    CHANGED = "changed"


_REPLACED = {Effect.REPLACED, Effect.PERHAPS_REPLACED}
_GONE = _REPLACED | {Effect.REMOVED}

_IS_GONE = "THE MODEL IS GONE", "nothing generates until there is another one"
_CONSEQUENCES = (
    ("AWS::SageMaker::Endpoint", _GONE, *_IS_GONE),
    ("AWS::SageMaker::InferenceComponent", {Effect.REMOVED}, *_IS_GONE),
    ("Custom::ModelJanitor", {Effect.REMOVED}, *_IS_GONE),  # which takes the notebook's endpoint with it
    (
        "AWS::SageMaker::InferenceComponent",
        _REPLACED | {Effect.CHANGED},
        "THE MODEL IS WOKEN",
        "it gets its template's number of copies, whose instance is charged for until it falls asleep again",
    ),
    (
        "AWS::SageMaker::EndpointConfig",
        _REPLACED,
        "BLUE/GREEN UPDATE",
        "new instances come beside the old ones, twice as many until the traffic has moved: the quota must allow them",
    ),
)


class Change(NamedTuple):
    """A change of a resource: its effect, and the properties that it comes from."""

    effect: Effect
    logical_id: str
    kind: str
    properties: tuple[str, ...]

    @property
    def loses_data(self) -> bool:
        """Whether the resource holds data that would be gone."""
        return self.kind in _HOLDS_DATA and self.effect in _GONE

    @property
    def consequence(self) -> str:
        """What follows for data, users or costs, to be said loudly; or empty."""
        what = f"{self.logical_id} ({self.kind}) is {self.effect.value}"
        if self.loses_data:
            return f"DATA WILL BE LOST: {what}"
        for kind, effects, heading, more in _CONSEQUENCES:
            if self.kind == kind and self.effect in effects:
                return f"{heading}: {what}; {more}"
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return the change for a program to read."""
        return {
            "effect": self.effect.value,
            "logical_id": self.logical_id,
            "resource_type": self.kind,
            "properties": self.properties,
            "loses_data": self.loses_data,
            "consequence": self.consequence,
        }
