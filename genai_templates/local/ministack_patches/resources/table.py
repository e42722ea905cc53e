"""AWS::DynamoDB::Table: ministack's CloudFormation drops the time to live and the recovery.

docs/upstream/ministack/dynamodb-table.md
"""

from __future__ import annotations

from typing import Any

from ..service_calls import call_dynamodb

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::DynamoDB::Table"


def with_ttl_and_recovery(handlers: dict[str, Any]) -> dict[str, Any]:
    """Return these handlers, with tables that expire items and can be recovered as their template says."""
    create = handlers["create"]

    def create_with_ttl_and_recovery(logical_id: str, props: Properties, stack_name: str) -> Created:
        name, attributes = create(logical_id, props, stack_name)
        if expiry := props.get("TimeToLiveSpecification"):
            call_dynamodb("UpdateTimeToLive", TableName=name, TimeToLiveSpecification=expiry)
        if recovery := props.get("PointInTimeRecoverySpecification"):
            call_dynamodb("UpdateContinuousBackups", TableName=name, PointInTimeRecoverySpecification=recovery)
        return name, attributes

    return {**handlers, "create": create_with_ttl_and_recovery}
