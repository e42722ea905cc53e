"""Queues of a stack, which go with it, and whose messages stay as long as SQS can keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from awacs.aws import Action, PolicyDocument
from troposphere import GetAtt, Ref, sqs

from ..iam import tls_only
from ..scope import DELETE_WITH_STACK, Scope

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey

_LONGEST_RETENTION = 1_209_600  # seconds: 14 days


def add_queue(scope: Scope, logical_id: str, *, key: EncryptionKey | None, **properties: object) -> sqs.Queue:
    """Add a queue that is encrypted, with this key or SQS's own, and refuses requests without TLS."""
    queue = scope.add(
        sqs.Queue,
        logical_id,
        **DELETE_WITH_STACK,
        MessageRetentionPeriod=_LONGEST_RETENTION,
        **({"SqsManagedSseEnabled": True} if key is None else {"KmsMasterKeyId": key.arn}),
        **properties,
    )
    statement = tls_only("TlsOnly", [Action("sqs", "*")], GetAtt(queue, "Arn"))
    scope.add(
        sqs.QueuePolicy,
        f"{logical_id}Policy",
        Queues=[Ref(queue)],
        PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[statement]),
    )
    return queue
