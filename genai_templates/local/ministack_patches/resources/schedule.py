"""AWS::Scheduler::Schedule, of which ministack drops the time zone, and checks nothing.

docs/upstream/ministack/scheduler-schedule.md
"""

from __future__ import annotations

import uuid
from typing import Any

from ..api_parameters import api_parameters
from ..schedules import check_schedule
from ..service_calls import call_scheduler

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::Scheduler::Schedule"
_LONGEST_NAME = 64


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    suffix = f"-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
    name = props.get("Name") or stack_name[: _LONGEST_NAME - len(suffix)] + suffix
    parameters = api_parameters("scheduler", "CreateSchedule", {**props, "Name": name})
    check_schedule(parameters)
    return name, {"Arn": call_scheduler("POST", f"/schedules/{name}", parameters)["ScheduleArn"]}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if new.get("Name", physical_id) != physical_id:
        return _create("", new, stack_name)
    parameters = api_parameters("scheduler", "UpdateSchedule", {**new, "Name": physical_id})
    check_schedule(parameters)
    return physical_id, {"Arn": call_scheduler("PUT", f"/schedules/{physical_id}", parameters)["ScheduleArn"]}


def _delete(physical_id: str, props: Properties) -> None:
    call_scheduler("DELETE", f"/schedules/{physical_id}")


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
