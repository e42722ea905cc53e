"""Service Quotas, which ministack lacks: the number of instances of each type that an account may run as endpoints.

docs/upstream/ministack/sagemaker.md
"""

from __future__ import annotations

import json
from typing import Any

from ministack import app
from ministack.core import router

from ..invoke_endpoint import HttpResponse
from .control import add_control_route

_INSTANCE_TYPES = tuple(f"ml.g5.{size}xlarge" for size in ("", 2, 4, 8, 12, 16, 24, 48))
_QUOTAS: dict[str, float] = dict.fromkeys(_INSTANCE_TYPES, 1.0)


def apply() -> None:
    """Add the service to ministack's router."""
    router.SERVICE_PATTERNS["servicequotas"] = {"target_prefixes": ["ServiceQuotasV20190624."], "host_patterns": []}
    app.SERVICE_HANDLERS["servicequotas"] = _serve
    add_control_route("PUT", "quota", _set)


def _set(instance_type: str, value: float) -> None:
    _QUOTAS[instance_type] = value


async def _serve(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> HttpResponse:
    quotas = [{"QuotaName": f"{name} for endpoint usage", "Value": value} for name, value in _QUOTAS.items()]
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"Quotas": quotas}).encode()
