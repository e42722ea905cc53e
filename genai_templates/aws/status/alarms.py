"""The alarms of a stack, and how their states changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ..account import Account
from ..cloudformation.stacks import StackResource
from ..failures import translated
from ..parallel import in_parallel

_ALARM = "AWS::CloudWatch::Alarm"
_AT_ONCE = 100
"""Names that DescribeAlarms takes. (CloudWatch API reference.)"""
_CHANGES = 5
_WORKERS = 4


class Alarm(NamedTuple):
    """An alarm that rings: its logical id, what it means, why it rings, and since when."""

    name: str
    description: str
    reason: str
    since: datetime


class StateChange(NamedTuple):
    """When an alarm went from one state to another, and why."""

    name: str
    time: datetime
    old: str
    new: str
    reason: str


def ringing_alarms(account: Account, resources: Sequence[StackResource]) -> list[Alarm]:
    """Return the alarms of the stack that are in the state ALARM, the latest first. Raises AwsError."""
    names = _names(resources)
    client = account.client("cloudwatch")
    found: list[Any] = []
    with translated():
        for start in range(0, len(names), _AT_ONCE):
            chosen = list(names)[start : start + _AT_ONCE]
            pages = client.get_paginator("describe_alarms").paginate(AlarmNames=chosen, StateValue="ALARM")
            found += [each for page in pages for each in page["MetricAlarms"]]
    alarms = [
        Alarm(
            names[each["AlarmName"]],
            each.get("AlarmDescription", ""),
            each.get("StateReason", ""),
            each.get("StateTransitionedTimestamp") or each["StateUpdatedTimestamp"],
        )
        for each in found
    ]
    return sorted(alarms, key=lambda alarm: alarm.since, reverse=True)


def latest_changes(account: Account, resources: Sequence[StackResource]) -> list[StateChange]:
    """Return the last five changes of state of the stack's alarms, the latest first. Raises AwsError."""
    names = _names(resources)

    def read(name: str) -> list[StateChange]:
        with translated():
            found = account.client("cloudwatch").describe_alarm_history(
                AlarmName=name, HistoryItemType="StateUpdate", MaxRecords=_CHANGES, ScanBy="TimestampDescending"
            )
        return [_change(names[name], each) for each in found["AlarmHistoryItems"]]

    found = [each for future in in_parallel(read, list(names), workers=_WORKERS) for each in future.result()]
    changes = [change for change in found if change.old != change.new]
    return sorted(changes, key=lambda change: change.time, reverse=True)[:_CHANGES]


def _names(resources: Sequence[StackResource]) -> dict[str, str]:
    return {each.physical_id: each.logical_id for each in resources if each.kind == _ALARM}


def _change(name: str, found: Any) -> StateChange:
    data = json.loads(found.get("HistoryData") or "{}")
    old, new = data.get("oldState", {}), data.get("newState", {})
    return StateChange(
        name, found["Timestamp"], old.get("stateValue", ""), new.get("stateValue", ""), new.get("stateReason", "")
    )
