"""The keys of a stack's API: what is in an account alone, and in no template and no output."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import AwsError
from .account import Account
from .cloudformation.stacks import StackDescription, list_resources
from .failures import translated

_PLAN = "AWS::ApiGateway::UsagePlan"
_NO_CALLERS = "DistributionUsagePlan"  # how the logical id ends of a plan whose key the distribution alone has


class Key(NamedTuple):
    """A key of an API, and whether it opens it at present."""

    key_id: str
    name: str
    value: str
    enabled: bool


def read_keys(account: Account, stack: StackDescription) -> list[Key]:
    """Return the keys of a stack's callers, those of the stack first; raises AwsError when its callers have none."""
    plans = [
        each.physical_id
        for each in list_resources(account, stack.stack_id)
        if each.kind == _PLAN and not each.logical_id.endswith(_NO_CALLERS)
    ]
    if not plans:
        raise AwsError(
            f"no key: {stack.name} has no usage plan for callers\n"
            "  build it with --auth api-key for an API that takes keys",
            "no key",
        )
    return [_read_key(account, key) for plan in plans for key in _key_ids(account, plan)]


def _key_ids(account: Account, plan: str) -> list[str]:
    with translated():
        pages = account.client("apigateway").get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan)
        return [each["id"] for page in pages for each in page["items"]]


def _read_key(account: Account, key_id: str) -> Key:
    with translated():
        found = account.client("apigateway").get_api_key(apiKey=key_id, includeValue=True)
    return Key(found["id"], found.get("name", ""), found["value"], found["enabled"])
