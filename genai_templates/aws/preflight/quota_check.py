"""A check of one quota: its value, what of it is in use, and what was or is requested."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...errors import AwsError
from .check import Check, Verdict
from .service_quotas import Quota, QuotaRequest
from .surroundings import Surroundings


class Later(NamedTuple):
    """How many more than those in use something will need that comes later, and what that is."""

    needed: int
    what: str


def check_quota(
    surroundings: Surroundings,
    title: str,
    service: str,
    quota_name: str,
    *,
    used: int,
    needed: int,
    later: Iterable[Later] = (),
) -> Check:
    """Return whether the quota of this name has room for ``needed`` more beside those in use; raises AwsError.

    What has room now and not for what comes ``later`` is a warning.
    """
    quota = surroundings.quotas.find(service, quota_name)
    if quota is None:
        return Check(
            title,
            Verdict.WARNING,
            f"Service Quotas has no quota '{quota_name}' in {surroundings.account.region}",
            "the region may not have it: choose another instance type or region if the deployment fails",
        )
    own = "" if needed else ", the stack's own among them"
    finding = f"quota {quota.value:g}, {used} in use{own}"
    if not needed or quota.value - used >= needed:
        return _check_later(surroundings, quota, Check(title, Verdict.OK, finding), used, later)
    return Check(title, Verdict.FAILS, f"{finding}, {needed} more needed", _advice(surroundings, quota, used + needed))


def _check_later(surroundings: Surroundings, quota: Quota, check: Check, used: int, later: Iterable[Later]) -> Check:
    missing = [each for each in later if quota.value - used < each.needed]
    if not missing:
        return check
    most = max(missing)
    finding = f"{check.finding}: enough now; {most.what} {used + most.needed}"
    return Check(check.name, Verdict.WARNING, finding, _advice(surroundings, quota, used + most.needed))


def _advice(surroundings: Surroundings, quota: Quota, wanted: int) -> str:
    try:
        last = surroundings.quotas.last_request(quota)
    except AwsError:  # without the permission to read it, a request that is open is refused below
        last = None
    if last and last.is_open:
        return f"{last}; wait for AWS, which takes minutes to days"
    if not quota.adjustable:
        return "it cannot be raised by a request: open a case with AWS Support"
    if surroundings.requests_quotas:
        return _request(surroundings, quota, max(wanted, quota.value + 1))
    command = "'genai-templates preflight --request-quota'"
    return _earlier(last) + f"request {wanted} with {command}, or in Service Quotas ({quota.code})"


def _request(surroundings: Surroundings, quota: Quota, value: float) -> str:
    try:
        made = surroundings.quotas.request(quota, value)
    except AwsError as error:
        return f"the request for {value:g} was refused: {str(error).partition(chr(10))[0]}"
    return f"{made}; AWS takes minutes to days"


def _earlier(last: QuotaRequest | None) -> str:
    return f"the last request ({last}) was not granted in full; " if last and last.status != "APPROVED" else ""
