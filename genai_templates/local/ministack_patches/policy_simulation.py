"""Simulation of a principal's policies: ministack looks at one resource alone, and at no context.

docs/upstream/ministack/iam-policy-simulation.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from ..invoke_endpoint import HttpResponse

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
_PRINCIPAL = re.compile(r"arn:[\w-]+:iam::\d{12}:(user|role)/(?:.*/)?([\w+=,.@-]+)")
_DECISIONS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
_PAGE_SIZE = 100
_GLOBAL = "aws:"

Parameters = dict[str, Any]
Policies = list[list[Any]]


def apply() -> None:
    """Replace the operation."""
    iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = simulate


def simulate(parameters: Parameters) -> HttpResponse:
    """Return an evaluation of every action on every resource, in pages."""
    source = _one(parameters, "PolicySourceArn")
    match = _PRINCIPAL.fullmatch(source)
    if match is None:
        return _error(
            400, "InvalidInput", f"Invalid Entity Arn: {source} does not clearly define entity type and name."
        )
    kind, name = match.groups()
    if not _exists(kind, name):
        return _error(404, "NoSuchEntity", f"The {kind} with name {name} cannot be found.")
    gather: dict[str, Callable[[str, str], Policies]] = {
        "role": iam_evaluator._gather_role_policies,
        "user": iam_evaluator._gather_user_policies,
    }
    policies = gather[kind](name, get_account_id())
    return _page(parameters, list(_evaluations(parameters, source, policies)))


def _exists(kind: str, name: str) -> bool:
    known: Any = iam._roles if kind == "role" else iam._users
    return name in known


def _evaluations(parameters: Parameters, source: str, policies: Policies) -> Iterator[str]:
    context = _context(parameters)
    required = {key for policy in policies for statement in policy for key in _condition_keys(statement)}
    missing = sorted(key for key in required if key.lower() not in context and not key.startswith(_GLOBAL))
    for action in _many(parameters, "ActionNames"):
        for resource in list(_many(parameters, "ResourceArns")) or ["*"]:
            request = iam_evaluator.EvalContext(
                principal_arn=source,
                principal_type="AssumedRole" if ":role/" in source else "User",
                principal_account=get_account_id(),
                action=action,
                resource_arn=resource,
                region=get_region(),
                service_context=context,
            )
            decision = _DECISIONS[iam_evaluator.evaluate(request, policies).decision]
            yield _evaluation(action, resource, decision, missing)


def _condition_keys(statement: Any) -> Iterator[str]:
    return (key for keys in (statement.conditions or {}).values() for key in keys)


def _context(parameters: Parameters) -> dict[str, Any]:
    found: dict[str, Any] = {}
    number = 1
    while name := _one(parameters, f"ContextEntries.member.{number}.ContextKeyName"):
        values = list(_many(parameters, f"ContextEntries.member.{number}.ContextKeyValues"))
        found[name.lower()] = values[0] if len(values) == 1 else values
        number += 1
    return found


def _evaluation(action: str, resource: str, decision: str, missing: list[str]) -> str:
    names = "".join(f"<member>{escape(key)}</member>" for key in missing)
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName><EvalDecision>{decision}</EvalDecision>"
        f"<MatchedStatements/><MissingContextValues>{names}</MissingContextValues></member>"
    )


def _page(parameters: Parameters, evaluations: list[str]) -> HttpResponse:
    start = int(_one(parameters, "Marker") or 0)
    end = start + int(_one(parameters, "MaxItems") or _PAGE_SIZE)
    more = end < len(evaluations)
    marker = f"<Marker>{end}</Marker>" if more else ""
    result = f"<EvaluationResults>{''.join(evaluations[start:end])}</EvaluationResults>{marker}"
    result += f"<IsTruncated>{str(more).lower()}</IsTruncated>"
    name = "SimulatePrincipalPolicy"
    return _xml(200, f"<{name}Response xmlns='{_NAMESPACE}'><{name}Result>{result}</{name}Result></{name}Response>")


def _error(status: int, code: str, message: str) -> HttpResponse:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(status, f"<ErrorResponse xmlns='{_NAMESPACE}'>{error}</ErrorResponse>")


def _xml(status: int, body: str) -> HttpResponse:
    return status, {"Content-Type": "text/xml"}, body.encode()


def _one(parameters: Parameters, name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def _many(parameters: Parameters, name: str) -> Iterator[str]:
    number = 1
    while value := _one(parameters, f"{name}.member.{number}"):
        yield value
        number += 1
