"""Calls of functions in a VPC: they reach what it has a way to, as far as the endpoints' policies let them through.

docs/upstream/ministack/ec2-endpoint-policies.md
What Lambda does for a function comes from its own network: logs, traces, queues that it reads, and destinations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import lambda_svc

from .vpc import is_reached

_BY_LAMBDA = ("ec2:", "logs:", "xray:")


def apply() -> None:
    """Have ministack refuse what a function in a VPC cannot reach."""
    iam_evaluator.enforce = _from_inside(iam_evaluator.enforce)


def _from_inside(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_from_inside(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
        refusal = enforce(access_key, action, service, region, **more)
        if refusal is not None or action.startswith(_BY_LAMBDA):
            return refusal
        caller = (iam_evaluator.resolve_caller_identity(access_key) or {}).get("userArn", "")
        if ":assumed-role/" not in caller or not (function := _function_in_vpc(caller.split("/")[1])):
            return refusal
        subnets, role = function["VpcConfig"]["SubnetIds"], function["Role"]
        resource, keys = more.get("resource_arn", "*"), more.get("service_context") or {}
        if reason := is_reached(subnets, role, action, resource, keys):
            print("function", function["FunctionName"], "is held by its VPC:", reason, "on", resource, flush=True)
            return iam_evaluator.EvalResult("ImplicitDeny", caller, "", reason)
        return None

    return enforce_from_inside


def _function_in_vpc(role: str) -> Mapping[str, Any] | None:
    """Return the configuration of the function of this role, if it is in a VPC."""
    configurations = [each["config"] for each in lambda_svc._functions.values()]
    return next(
        (each for each in configurations if each["Role"].endswith(f"/{role}") and _subnets(each)),
        None,
    )


def _subnets(configuration: Mapping[str, Any]) -> Any:
    return (configuration.get("VpcConfig") or {}).get("SubnetIds")
