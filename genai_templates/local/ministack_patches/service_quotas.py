"""Service Quotas, which ministack lacks: how many instances, notebooks and VPCs an account may have.

A request for more is kept and stays pending: here nobody decides.

docs/upstream/ministack/sagemaker.md
"""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import router

from ..invoke_endpoint import HttpResponse
from .control import add_control_route

_CODES: dict[str, dict[str, str]] = json.loads((Path(__file__).parents[2] / "data" / "quotas.json").read_text("utf-8"))[
    "codes"
]
_ENDPOINT_QUOTAS = tuple(f"ml.g5.{size}xlarge for endpoint usage" for size in ("", 2, 4, 8, 12, 16, 24, 48))
_NOTEBOOK_QUOTAS = tuple(f"ml.t3.{size} for notebook instance usage" for size in ("medium", "large", "xlarge"))
_QUOTAS: dict[str, dict[str, float]] = {
    "sagemaker": {
        **dict.fromkeys(_ENDPOINT_QUOTAS, 1.0),
        **dict.fromkeys(_NOTEBOOK_QUOTAS, 4.0),
        "Total number of notebook instances": 8.0,
    },
    "vpc": {"VPCs per Region": 5.0},
}
_REQUESTS: list[dict[str, Any]] = []
_CONTENT_TYPE = "application/x-amz-json-1.1"


def apply() -> None:
    """Add the service to ministack's router."""
    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": ["ServiceQuotasV20190624."], "host_patterns": []}
    app.SERVICE_HANDLERS["servicequotas"] = _serve
    add_control_route("PUT", "quota", _set)


def _set(instance_type: str, value: float) -> None:
    _QUOTAS["sagemaker"][f"{instance_type} for endpoint usage"] = value


async def _serve(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> HttpResponse:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    parameters = json.loads(body or b"{}")
    quotas = [_quota(parameters["ServiceCode"], name) for name in _QUOTAS.get(parameters["ServiceCode"], {})]
    if operation in ("ListServiceQuotas", "ListAWSDefaultServiceQuotas"):
        return _response({"Quotas": quotas})
    if operation == "ListRequestedServiceQuotaChangeHistoryByQuota":
        code = parameters["QuotaCode"]
        return _response({"RequestedQuotas": [each for each in _REQUESTS if each["QuotaCode"] == code]})
    quota = next((each for each in quotas if each["QuotaCode"] == parameters["QuotaCode"]), None)
    if quota is None:
        return 400, {"Content-Type": _CONTENT_TYPE}, json.dumps({"__type": "NoSuchResourceException"}).encode()
    if operation == "RequestServiceQuotaIncrease":
        return _response({"RequestedQuota": _request(quota, parameters["DesiredValue"])})
    return _response({"Quota": quota})


def _quota(service: str, name: str) -> dict[str, Any]:
    code = _CODES[service].get(name, "L-00000000")
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaName": name,
        "Value": _QUOTAS[service][name],
        "Adjustable": True,
    }


def _request(quota: dict[str, Any], value: float) -> dict[str, Any]:
    made = {
        "Id": uuid.uuid4().hex,
        "ServiceCode": quota["ServiceCode"],
        "QuotaCode": quota["QuotaCode"],
        "QuotaName": quota["QuotaName"],
        "DesiredValue": value,
        "Status": "PENDING",
        "Created": time.time(),
    }
    _REQUESTS.append(made)
    return made


def _response(content: dict[str, Any]) -> HttpResponse:
    return 200, {"Content-Type": _CONTENT_TYPE}, json.dumps(content).encode()
