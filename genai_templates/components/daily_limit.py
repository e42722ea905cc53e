"""The table that counts the requests of each caller and day, for the functions that send them to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import awacs.dynamodb
from troposphere import AWSHelperFn, GetAtt, Ref, dynamodb

from ..scope import DELETE_WITH_STACK, Scope
from .functions import Function
from .table_encryption import table_encryption

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


class DailyLimit(NamedTuple):
    """So many requests a day of each caller, and where they are counted."""

    table: dynamodb.Table
    requests: int | AWSHelperFn
    key: EncryptionKey | None = None

    def apply_to(self, function: Function) -> None:
        """Have the function count its requests, and refuse those above the limit."""
        function.set_variables(DAILY_LIMIT_TABLE=Ref(self.table), DAILY_REQUESTS=self.requests)
        function.role.allow("CountRequests", [awacs.dynamodb.UpdateItem], [GetAtt(self.table, "Arn")])
        if self.key is not None:
            self.key.grant_read(function.role, service="dynamodb")


def add_daily_limit(scope: Scope, *, requests: int | AWSHelperFn, key: EncryptionKey | None = None) -> DailyLimit:
    """Add the table: an item for each caller and day, on demand, encrypted, which expires by ``expires_at``."""
    table = scope.add(
        dynamodb.Table,
        "DailyRequestTable",
        **DELETE_WITH_STACK,
        AttributeDefinitions=[
            dynamodb.AttributeDefinition(AttributeName=name, AttributeType="S") for name in ("caller", "day")
        ],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            dynamodb.KeySchema(AttributeName="caller", KeyType="HASH"),
            dynamodb.KeySchema(AttributeName="day", KeyType="RANGE"),
        ],
        PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
        SSESpecification=table_encryption(key),
        TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(AttributeName="expires_at", Enabled=True),
    )
    return DailyLimit(table, requests, key)
