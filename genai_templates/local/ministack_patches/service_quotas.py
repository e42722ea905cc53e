"""Service Quotas, which ministack lacks: how many endpoints of each instance type an account may run, among others.

docs/upstream/ministack/sagemaker.md
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import get_account_id, get_region

from ..invoke_endpoint import HttpResponse
from .control import add_control_route

_TARGET = "ServiceQuotasV20190624."
_PAGE_SIZE = 100
_OPEN = ("PENDING", "CASE_OPENED")
# The codes of "ml.TYPE for endpoint usage", as published in AWS's own samples; they are the same in every region.
_ENDPOINT_CODES = {
    "ml.g5.xlarge": "L-1928E07B",
    "ml.g5.2xlarge": "L-9614C779",
    "ml.g5.4xlarge": "L-C1B9A48D",
    "ml.g5.8xlarge": "L-065D610E",
    "ml.g5.12xlarge": "L-65C4BD00",
    "ml.g5.16xlarge": "L-962705EA",
    "ml.g5.24xlarge": "L-6821867B",
    "ml.g5.48xlarge": "L-0100B823",
    "ml.g6.xlarge": "L-D470D954",
    "ml.g6.2xlarge": "L-98BDE811",
    "ml.g6e.2xlarge": "L-F8D7F460",
    "ml.g7e.2xlarge": "L-5AA715AC",
}


class _Refused(Exception):
    """Service Quotas does not accept a request: the code of its error, and the message."""


@dataclass
class _Quota:
    """A quota: what AWS gives to every account, and what applies to this one, if that was ever set."""

    service: str
    code: str
    name: str
    default: float
    applied: float | None = None

    def described(self, value: float) -> dict[str, Any]:
        """Return the quota as the API has it."""
        return {
            "ServiceCode": self.service,
            "QuotaArn": f"arn:aws:servicequotas:{get_region()}:{get_account_id()}:{self.service}/{self.code}",
            "QuotaCode": self.code,
            "QuotaName": self.name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }


_QUOTAS = [
    *(
        _Quota("sagemaker", code, f"{instance_type} for endpoint usage", 0.0, 1.0)
        for instance_type, code in _ENDPOINT_CODES.items()
    ),
    _Quota("sagemaker", "L-E17566B7", "ml.t3.medium for notebook instance usage", 20.0),
    _Quota("sagemaker", "L-04CE2E67", "Total number of notebook instances", 8.0, 8.0),
    _Quota("lambda", "L-B99A9384", "Concurrent executions", 1000.0, 1000.0),
    _Quota("vpc", "L-F678F1CE", "VPCs per Region", 5.0, 5.0),
]
_REQUESTS: list[dict[str, Any]] = []


def apply() -> None:
    """Add the service to ministack's router."""
    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": [_TARGET], "host_patterns": []}
    app.SERVICE_HANDLERS["servicequotas"] = _serve
    add_control_route("PUT", "quota", _set)


def endpoint_quota(instance_type: str) -> float | None:
    """Return how many instances of this type endpoints may have in this account; None when no such quota is known."""
    known = _endpoint_quota(instance_type)
    if known is None:
        return None
    return known.default if known.applied is None else known.applied


def _endpoint_quota(instance_type: str) -> _Quota | None:
    return next((quota for quota in _QUOTAS if quota.name == f"{instance_type} for endpoint usage"), None)


def _set(instance_type: str, value: float | None) -> None:
    known = _endpoint_quota(instance_type)
    if known is None:
        known = _Quota("sagemaker", f"L-{len(_QUOTAS):08X}", f"{instance_type} for endpoint usage", 0.0)
        _QUOTAS.append(known)
    known.applied = value


async def _serve(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> HttpResponse:
    operation = headers.get("x-amz-target", "").removeprefix(_TARGET)
    content_type = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        result = _operation(operation)(json.loads(body or b"{}"))
    except _Refused as error:
        code, message = error.args
        refusal = {"__type": code, "message": message, "Message": message}
        return 400, {**content_type, "x-amzn-errortype": code}, json.dumps(refusal).encode()
    return 200, content_type, json.dumps(result).encode()


def _operation(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    if name not in _OPERATIONS:
        raise _Refused("UnknownOperationException", f"the emulated Service Quotas has no operation {name}")
    return _OPERATIONS[name]


def _list(given: dict[str, Any]) -> dict[str, Any]:
    """List what applies to the account; quotas for which AWS's default alone is known are left out, as documented."""
    found = [
        quota.described(quota.applied)
        for quota in _of_service(given)
        if quota.applied is not None and given.get("QuotaCode", quota.code) == quota.code
    ]
    return _page("Quotas", found, given)


def _list_defaults(given: dict[str, Any]) -> dict[str, Any]:
    return _page("Quotas", [quota.described(quota.default) for quota in _of_service(given)], given)


def _get(given: dict[str, Any]) -> dict[str, Any]:
    quota = _found(given)
    if quota.applied is None:  # so the service does for quotas that an account never used
        raise _no_such_quota(given)
    return {"Quota": quota.described(quota.applied)}


def _get_default(given: dict[str, Any]) -> dict[str, Any]:
    quota = _found(given)
    return {"Quota": quota.described(quota.default)}


def _request(given: dict[str, Any]) -> dict[str, Any]:
    quota = _found(given)
    desired = float(given["DesiredValue"])
    if desired <= (quota.default if quota.applied is None else quota.applied):
        message = "You must provide a quota value greater than the current quota value"
        raise _Refused("IllegalArgumentException", message)
    if any(_is_for(quota, request) and request["Status"] in _OPEN for request in _REQUESTS):
        raise _Refused("ResourceAlreadyExistsException", "Only one open service quota increase request is allowed")
    now = time.time()
    described = quota.described(desired)
    described["DesiredValue"] = described.pop("Value")
    described |= {"Id": f"{len(_REQUESTS) + 1:032x}", "Status": "PENDING", "Created": now, "LastUpdated": now}
    del described["Adjustable"]
    _REQUESTS.append(described)
    return {"RequestedQuota": described}


def _list_requests(given: dict[str, Any]) -> dict[str, Any]:
    quota = _found(given)
    found = [
        request
        for request in reversed(_REQUESTS)
        if _is_for(quota, request) and given.get("Status", request["Status"]) == request["Status"]
    ]
    return _page("RequestedQuotas", found, given)


def _is_for(quota: _Quota, request: dict[str, Any]) -> bool:
    return (request["ServiceCode"], request["QuotaCode"]) == (quota.service, quota.code)


def _of_service(given: dict[str, Any]) -> Iterator[_Quota]:
    if not any(quota.service == given["ServiceCode"] for quota in _QUOTAS):
        raise _Refused("NoSuchResourceException", "The request failed because the specified service does not exist.")
    return (quota for quota in _QUOTAS if quota.service == given["ServiceCode"])


def _found(given: dict[str, Any]) -> _Quota:
    for quota in _QUOTAS:
        if (quota.service, quota.code) == (given["ServiceCode"], given["QuotaCode"]):
            return quota
    raise _no_such_quota(given)


def _no_such_quota(given: dict[str, Any]) -> _Refused:
    return _Refused("NoSuchResourceException", "The request failed because the specified resource does not exist.")


def _page(name: str, items: list[dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    start = int(given.get("NextToken") or 0)
    end = start + int(given.get("MaxResults") or _PAGE_SIZE)
    return {name: items[start:end]} | ({"NextToken": str(end)} if end < len(items) else {})


_OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "GetAWSDefaultServiceQuota": _get_default,
    "GetServiceQuota": _get,
    "ListAWSDefaultServiceQuotas": _list_defaults,
    "ListRequestedServiceQuotaChangeHistoryByQuota": _list_requests,
    "ListServiceQuotas": _list,
    "RequestServiceQuotaIncrease": _request,
}
