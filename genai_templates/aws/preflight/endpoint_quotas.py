"""The quotas of the instance types that the model's endpoint may run on."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import AwsError
from .check import Check, Verdict, missing_permission
from .endpoint_usage import EndpointUsage, endpoint_usage
from .quota_check import check_quota
from .surroundings import Surroundings


def check_endpoint_quotas(surroundings: Surroundings) -> list[Check]:
    """Return a line for each instance type; those after the first are what the deployment tries next."""
    deployments = surroundings.model_deployments
    if not deployments:
        return []
    usage: EndpointUsage | AwsError
    try:
        usage = endpoint_usage(surroundings.account)
    except AwsError as error:
        usage = error
    return [
        check
        for deployment in deployments
        for check in _with_fall_back([_check(surroundings, kind, usage) for kind in deployment.instance_types])
    ]


def _check(surroundings: Surroundings, instance_type: str, usage: EndpointUsage | AwsError) -> Check:
    used = usage.instances[instance_type] if isinstance(usage, EndpointUsage) else 0
    needed = 0 if surroundings.deployed else 1
    name = f"{instance_type} for endpoint usage"
    check = check_quota(surroundings, f"quota {instance_type}", "sagemaker", name, used=used, needed=needed)
    if check.verdict is not Verdict.OK or not needed:
        return check
    if isinstance(usage, AwsError):
        return _unknown_usage(check, usage)
    if not usage.complete:
        finding = f"{check.finding} or more: not all endpoints were looked at"
        return check._replace(verdict=Verdict.WARNING, finding=finding)
    return check


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
    if all(check.verdict is not Verdict.OK for check in checks):
        return list(checks)
    return [
        check._replace(verdict=Verdict.WARNING, finding=f"{check.finding}; the deployment goes on to the next type")
        if check.verdict is Verdict.FAILS
        else check
        for check in checks
    ]
