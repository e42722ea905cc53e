"""Parameter of the key: one that is there already."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...parameters import ParameterGroup
from ...scope import Scope


class KeyParameters(NamedTuple):
    """The ARN of a key that is there already, and the condition that there is one."""

    arn: Ref
    is_given: str


def add_key_parameters(scope: Scope) -> KeyParameters:
    """Add the parameter."""
    group = ParameterGroup(scope, "Encryption")
    arn = group.text(
        "KmsKeyArn",
        "Key that is there already",
        default="",
        description="Left empty, a key of the stack; the policy of another one must allow the services what that does",
        pattern=r"|arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
        constraint="Give the ARN of a symmetric KMS key of this region, with key/ and not with alias/, or nothing.",
    )
    return KeyParameters(arn, group.is_given(arn))
