"""Log groups of a stack, which go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSHelperFn, logs

from ..scope import DELETE_WITH_STACK, Scope

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


def add_log_group(
    scope: Scope, logical_id: str, *, retention: int | AWSHelperFn, key: EncryptionKey | None = None
) -> logs.LogGroup:
    """Add a log group that keeps its events for so many days."""
    encryption = {} if key is None else {"KmsKeyId": key.arn}
    if key is not None:
        key.allow_log_groups()
    return scope.add(logs.LogGroup, logical_id, RetentionInDays=retention, **encryption, **DELETE_WITH_STACK)
