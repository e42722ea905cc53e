"""The quotas of the instance types that the model's endpoint may run on."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import AwsError
from .check import Check, Verdict, missing_permission
from .endpoint_needs import EndpointNeed, endpoint_needs, is_changed
from .endpoint_usage import EndpointUsage, endpoint_usage
from .quota_check import Later, check_quota
from .surroundings import Surroundings


def check_endpoint_quotas(surroundings: Surroundings) -> list[Check]:
    """Return a line for each instance type; those after the first are what SageMaker or the deployment tries next."""
    needs = list(endpoint_needs(surroundings.values))
    if not needs:
        return []
    usage: EndpointUsage | AwsError
    try:
        usage = endpoint_usage(surroundings.account)
    except AwsError as error:
        usage = error
    return [
        check
        for need in needs
        for check in _with_fall_back([_check(surroundings, kind, need, usage) for kind in need.instance_types])
    ]


def _check(
    surroundings: Surroundings, instance_type: str, need: EndpointNeed, usage: EndpointUsage | AwsError
) -> Check:
    used = usage.instances[instance_type] if isinstance(usage, EndpointUsage) else 0
    stack = surroundings.deployed
    needed = need.first if stack is None or is_changed(surroundings.values, stack.parameters) else 0
    title, name = f"quota {instance_type}", f"{instance_type} for endpoint usage"
    later = _later(need) if stack is None else ()
    check = check_quota(surroundings, title, "sagemaker", name, used=used, needed=needed, later=later)
    if not needed or not _has_room(check):
        return check
    if isinstance(usage, AwsError):
        return _unknown_usage(check, usage)
    if not usage.complete:
        finding = f"{check.finding} or more: not all endpoints were looked at"
        return check._replace(verdict=Verdict.WARNING, finding=finding)
    return check


def _has_room(check: Check) -> bool:
    """Whether there is room for the endpoint as it is made, which may be too little for what comes later."""
    return check.verdict in {Verdict.OK, Verdict.WARNING} and check.finding.startswith("quota ")


def _later(need: EndpointNeed) -> list[Later]:
    return [
        Later(need.most, f"growing to {need.most} instances needs"),
        Later(need.updated, "an update of the endpoint, whose new instances come beside the old ones, needs"),
    ]


def _unknown_usage(check: Check, error: AwsError) -> Check:
    quota = check.finding.partition(",")[0]
    if error.failure != "access denied":
        return check._replace(verdict=Verdict.UNKNOWN, finding=f"{quota}; how much is in use: {first_line(error)}")
    missing = f"the permission {missing_permission(error)} is missing"
    return check._replace(
        verdict=Verdict.UNKNOWN,
        finding=f"{quota}; how much is in use is not known, {missing}",
        advice="look in SageMaker's list of endpoints",
    )


def first_line(error: AwsError) -> str:
    """Return an error without its advice."""
    return str(error).partition("\n")[0]


def _with_fall_back(checks: Sequence[Check]) -> list[Check]:
    """Return the checks with those that fail as warnings, where another instance type has room."""
    if not any(map(_has_room, checks)):
        return list(checks)
    return [
        check._replace(verdict=Verdict.WARNING, finding=f"{check.finding}; the deployment goes on to the next type")
        if check.verdict is Verdict.FAILS
        else check
        for check in checks
    ]
