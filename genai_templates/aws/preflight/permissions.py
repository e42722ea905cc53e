"""Whether the caller has the permissions that a deployment needs, as IAM's policy simulator judges.

The simulator knows the caller's own policies and boundary; what a session, a resource or the organization's other
policies say may differ. So what it does not see allowed is a warning, and only an explicit denial fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ...errors import AwsError
from ..account import Account, Identity
from ..failures import translated
from ..parallel import in_parallel
from ..policy import Place, caller_policy, document
from .caller import is_root
from .check import Check, Verdict
from .surroundings import Surroundings

_NAME = "permissions"
_SHOWN = 5
# "Invalid Input Actions: [s3:A,s3:B] and [s3:C] require different authorization information."
_NOT_TOGETHER = "require different authorization information"


def check_permissions(surroundings: Surroundings) -> list[Check]:
    """Return the actions of ``genai-templates policy`` that the caller may not use."""
    account = surroundings.account
    identity = account.identity
    if is_root(identity):
        return [Check(_NAME, Verdict.OK, "the root user may do everything")]
    principal = _principal(account, identity)
    if not principal:
        return [Check(_NAME, Verdict.UNKNOWN, f"{identity.arn} has no policies of its own to simulate")]
    stack = surroundings.deployed
    place = Place(
        stack=surroundings.stack_name,
        region=account.region,
        account=identity.account_id,
        bucket=surroundings.bucket,
    )
    policy = document(caller_policy(surroundings.template, place, role_arn=stack.role_arn if stack else ""))
    statements = json.loads(policy.to_json())["Statement"]
    futures = in_parallel(partial(_simulate, account, principal), _requests(statements))
    found = [each.result() for each in futures]
    decisions: dict[str, str] = {}
    for each in found:  # an action may stand in several statements: one denial counts
        decisions |= {action: decision for action, decision in each.items() if decision != "allowed"}
    return [_judge(decisions, sum(map(len, found)))]


def _judge(decisions: Mapping[str, str], count: int) -> Check:
    if not decisions:
        return Check(_NAME, Verdict.OK, f"all {count} are there, by IAM's simulator")
    advice = "compare with 'genai-templates policy'"
    if denied := [action for action, decision in decisions.items() if decision == "explicitDeny"]:
        return Check(_NAME, Verdict.FAILS, f"denied explicitly: {_listed(denied)}", advice)
    finding = f"{len(decisions)} of {count} seem to be missing: {_listed(decisions)}"
    return Check(_NAME, Verdict.WARNING, finding, advice)


def _listed(actions: Iterable[str]) -> str:
    names = sorted(actions)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _principal(account: Account, identity: Identity) -> str:
    """Return the ARN of the user or role whose policies count, or nothing for a federated user."""
    kind, _, name = identity.arn.split(":", 5)[5].partition("/")
    if kind == "user":
        return identity.arn
    if kind != "assumed-role":
        return ""
    role = name.partition("/")[0]
    try:
        with translated():  # only the role itself has the path that its ARN begins with
            arn: str = account.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    except AwsError:
        return f"arn:{identity.partition}:iam::{identity.account_id}:role/{role}"
    return arn


class _Request(NamedTuple):
    """Actions to simulate on a resource, with the context in which the conditions hold."""

    actions: list[str]
    resource: str
    context: list[dict[str, Any]]


def _requests(statements: Iterable[Mapping[str, Any]]) -> list[_Request]:
    """Return as few requests as have each action on its statement's first resource: IAM limits their rate."""
    requests: dict[str, _Request] = {}
    for statement in statements:
        resource, context = _as_list(statement["Resource"])[0], _context(statement.get("Condition", {}))
        request = requests.setdefault(json.dumps([resource, context]), _Request([], resource, context))
        request.actions.extend(_as_list(statement["Action"]))
    return list(requests.values())


def _simulate(account: Account, principal: str, request: _Request) -> dict[str, str]:
    """Return the decision for each action: by several calls where IAM does not simulate the actions in one."""
    try:
        return _evaluate(account, principal, request)
    except AwsError as error:
        if _NOT_TOGETHER not in str(error) or len(request.actions) == 1:
            raise
        parts = _apart(request, str(error))
    return {action: decision for part in parts for action, decision in _simulate(account, principal, part).items()}


def _apart(request: _Request, message: str) -> list[_Request]:
    """Return the request as two: those actions that IAM names last, and the others; or halves of what it names not."""
    *_, last = re.findall(r"\[([^]]*)]", message) or [""]
    named = {each.strip().lower() for each in last.split(",")}
    apart = [action for action in request.actions if action.lower() in named]
    rest = [action for action in request.actions if action not in apart]
    if not apart or not rest:
        middle = len(request.actions) // 2
        apart, rest = request.actions[:middle], request.actions[middle:]
    return [request._replace(actions=rest), request._replace(actions=apart)]


def _evaluate(account: Account, principal: str, request: _Request) -> dict[str, str]:
    pages = (
        account.client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(
            PolicySourceArn=principal,
            ActionNames=request.actions,
            ResourceArns=[request.resource],
            ContextEntries=request.context,
        )
    )
    with translated():
        return {each["EvalActionName"]: each["EvalDecision"] for page in pages for each in page["EvaluationResults"]}


def _context(condition: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a request's context with which the condition holds."""
    return [
        {
            "ContextKeyName": key,
            "ContextKeyValues": _as_list(values)[:1],
            "ContextKeyType": "stringList" if operator.startswith("ForAnyValue") else "string",
        }
        for operator, tests in condition.items()
        for key, values in tests.items()
    ]


def _as_list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
