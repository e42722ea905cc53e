"""EventBridge Scheduler: what it checks of a schedule, and the moment of one, which comes when the emulator is told.

docs/upstream/ministack/scheduler-schedule.md
The target is an operation of the SDK ("universal"), which is called with the input under the schedule's role. What the
service refuses is not tried again.
"""

from __future__ import annotations

import json
import re
import time
import uuid
import zoneinfo
from collections.abc import Mapping
from typing import Any

import botocore.session
from botocore import xform_name
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, sts

from .control import add_control_route
from .key_use import KeyUse, refuse_role
from .service_calls import call_scheduler, role_trust

_SERVICE = "scheduler.amazonaws.com"
_AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
_UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([a-z0-9-]+):([a-z]\w+)")
_SESSION_SECONDS = 3600


def apply() -> None:
    """Let whoever drives the emulator bring about a schedule's moment."""
    add_control_route("POST", "schedules/fire", _fire)


def check_schedule(parameters: Mapping[str, Any]) -> None:
    """Raise ValueError for what Scheduler refuses of the parameters of CreateSchedule."""
    expression, zone = parameters["ScheduleExpression"], parameters.get("ScheduleExpressionTimezone", "UTC")
    if not (_AT.fullmatch(expression) or eventbridge._validate_schedule_expression(expression)):
        raise ValueError(f"Invalid Schedule Expression {expression}.")
    if zone not in zoneinfo.available_timezones():
        raise ValueError(f"Provided timezone {zone} is not supported.")
    target = parameters["Target"]
    _check_target(target["Arn"], target.get("Input", "{}"))
    if not _trusts_scheduler(target["RoleArn"]):
        raise ValueError("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")


def _check_target(arn: str, given: str) -> None:
    service, operation = _operation(arn)
    if operation is None:
        raise ValueError(f"{arn} is not a supported target: {service} has no such operation")
    try:
        json.loads(given)
    except ValueError:
        raise ValueError("Invalid RequestJson provided. Reason: the input is not JSON.") from None


def _operation(arn: str) -> tuple[str, str | None]:
    """Return the service of a universal target, and its operation as the SDK for Python calls it, if it has it."""
    found = _UNIVERSAL.fullmatch(arn)
    if not found:
        raise ValueError(f"{arn} is not a supported target: the emulator calls operations of the SDK alone")
    service, name = found[1], found[2][0].upper() + found[2][1:]
    session = botocore.session.get_session()
    known = service in session.get_available_services() and name in session.get_service_model(service).operation_names
    return service, xform_name(name) if known else None


def _trusts_scheduler(role: str) -> bool:
    """Return whether the role's trust policy lets the service assume it for this account."""
    account = get_account_id()
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{account}:root",  # ministack lets it stand for any service
        principal_type="Root",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role,
        region=get_region(),
        service_context={"aws:sourceaccount": account},
    )
    trust = role_trust(role)
    return _SERVICE in trust and iam_evaluator.evaluate_trust_policy(trust, context.principal_arn, context)


def _fire(name: str) -> dict[str, Any]:
    """Return the call that a schedule makes now: service, operation and parameters, with credentials of its role."""
    schedule = call_scheduler("GET", f"/schedules/{name}")
    if schedule["State"] != "ENABLED":
        raise ValueError(f"{name} is {schedule['State']}")
    target = schedule["Target"]
    if not _trusts_scheduler(target["RoleArn"]):
        raise ValueError(f"EventBridge Scheduler may not assume {target['RoleArn']}")
    if key := schedule.get("KmsKeyArn"):
        use = KeyUse("kms:Decrypt", key, "scheduler", {"aws:scheduler:schedule:arn": schedule["Arn"]})
        if refused := refuse_role(target["RoleArn"], [use], directly=True):
            raise ValueError(refused.message)
    service, operation = _operation(target["Arn"])
    return {
        "service": service,
        "operation": operation,
        "parameters": json.loads(target.get("Input", "{}")),
        "credentials": _session(target["RoleArn"]),
    }


def _session(role: str) -> dict[str, str]:
    """Begin a session of the role, and return its credentials as the SDK takes them."""
    account, name = get_account_id(), role.rsplit("/", 1)[-1]
    key, secret, token = f"ASIA{uuid.uuid4().hex[:16].upper()}", uuid.uuid4().hex, uuid.uuid4().hex
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{_SERVICE.partition('.')[0]}",
        "UserId": f"AROAEXAMPLE:{name}",
        "SecretAccessKey": secret,
        "SessionToken": token,
        "Expiration": time.time() + _SESSION_SECONDS,
        "AccountId": account,
        "PrincipalType": "AssumedRole",
    }
    sts.register_session(key, session)
    return {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": token}
