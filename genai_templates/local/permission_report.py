"""Permission report of a stack: the calls of its functions, refused ones among them, and grants never used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .protocol import Decision, use_of_key

BY_LAMBDA = frozenset(
    {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"}
)
"""Calls that Lambda itself makes in the name of a function, and the emulator does without asking."""


@dataclass(frozen=True)
class Call:
    """Calls of an action by a function, by its logical id: how many there were, and whether they were allowed.

    ``resource`` is the ARN of the last such call.
    """

    function: str
    action: str
    resource: str
    allowed: bool
    times: int


@dataclass(frozen=True)
class PermissionReport:
    """Calls of a stack's functions, and the grants of their roles that no call has used, by logical id."""

    calls: tuple[Call, ...]
    unused: Mapping[str, tuple[str, ...]]

    @property
    def refused(self) -> tuple[Call, ...]:
        """The calls that the policies did not allow."""
        return tuple(call for call in self.calls if not call.allowed)

    def to_dict(self) -> dict[str, object]:
        """Return the report as JSON can hold it."""
        return {"calls": [asdict(call) for call in self.calls], "unused": dict(self.unused)}

    def lines(self) -> list[str]:
        """Return the report as lines for people: a line a call, refused ones marked, then the unused grants."""
        lines = [
            f"{'allowed' if call.allowed else 'REFUSED'} {call.times:>6} x  {call.function}  {call.action}"
            + ("" if call.allowed else f"  on {call.resource}")
            for call in self.calls
        ]
        unused = [
            f"unused           {function}  {action}" for function in self.unused for action in self.unused[function]
        ]
        total = sum(call.times for call in self.refused)
        return [*lines, *unused, f"{total} refused, {len(unused)} unused"]


@dataclass(frozen=True)
class Grants:
    """Grants of a function's role: the function's logical id, and the actions."""

    function: str
    actions: frozenset[str]


def read_grants(functions: Mapping[str, str], lambda_client: Any, iam: Any) -> dict[str, Grants]:
    """Return the grants by the role's name, for the roles of these functions (physical by logical id)."""
    grants = {}
    for logical_id, physical_id in functions.items():
        role = lambda_client.get_function_configuration(FunctionName=physical_id)["Role"].rsplit("/", 1)[-1]
        grants[role] = Grants(logical_id, frozenset(_granted(iam, role)))
    return grants


def read_schedule_grants(schedules: Mapping[str, str], scheduler: Any, iam: Any) -> dict[str, Grants]:
    """Return the grants by the role's name, for the roles of these schedules (physical by logical id)."""
    grants = {}
    for logical_id, physical_id in schedules.items():
        role = scheduler.get_schedule(Name=physical_id)["Target"]["RoleArn"].rsplit("/", 1)[-1]
        grants[role] = Grants(logical_id, frozenset(_granted(iam, role)))
    return grants


def make_report(grants: Mapping[str, Grants], decisions: Iterable[Decision]) -> PermissionReport:
    """Compare what roles allow with what was decided about them."""
    times: Counter[tuple[str, str, bool]] = Counter()
    resources: dict[tuple[str, str, bool], str] = {}
    for decision in decisions:
        if decision.role in grants:
            call = (grants[decision.role].function, decision.action, decision.allowed)
            times[call] += 1
            resources[call] = decision.resource
    used: dict[str, set[str]] = {}
    for function, action, allowed in times:
        if allowed:
            used.setdefault(function, set()).add(action)
    unused = {
        each.function: tuple(sorted(each.actions - BY_LAMBDA - used.get(each.function, set())))
        for each in sorted(grants.values(), key=lambda each: each.function)
    }
    return PermissionReport(
        calls=tuple(
            Call(function, action, resources[function, action, allowed], allowed, times[function, action, allowed])
            for function, action, allowed in sorted(times)
        ),
        unused={function: actions for function, actions in unused.items() if actions},
    )


def _granted(iam: Any, role: str) -> set[str]:
    actions: set[str] = set()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            named = statement["Action"]
            service = _service_of_key(statement.get("Condition", {}))
            every = {named} if isinstance(named, str) else set(named)
            actions |= {use_of_key(each, service) for each in every} if service else every
    return actions


def _service_of_key(condition: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the service by way of which a statement lets a key be used, if that is its condition."""
    for key, value in (pair for keys in condition.values() for pair in keys.items()):
        if key == "kms:ViaService":
            return str(value).partition(".")[0]
        if key.startswith("kms:EncryptionContext:aws:"):
            return key.split(":")[3]
    return ""
