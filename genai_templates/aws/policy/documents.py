"""The policies: statements by service, of the actions that handlers and commands use on the ARNs that they use them on.

An action stands on ``*`` only where IAM has no resource-level permission for it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from awacs.aws import Action, Allow, PolicyDocument, Statement
from troposphere import encode_to_dict

from ...authorization import has_resources
from ...handler_permissions import INVOKE, evaluation_actions, handler_actions
from ...iam import ANY_RESOURCE
from ...limits import MANAGED_POLICY
from .arns import arns_elsewhere, resource_arns, service_of
from .command_permissions import PERMISSIONS
from .conditions import (
    PASS_ROLE,
    Test,
    called_via_cloudformation,
    condition,
    conditions_of,
    in_template,
    passed_to,
    with_role,
)
from .place import Place

_CREATE_CHANGE_SET = "cloudformation:CreateChangeSet"
_SERVICE_NAMES = {
    "application-autoscaling": "ApplicationAutoScaling",
    "apigateway": "ApiGateway",
    "cloudformation": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudwatch": "CloudWatch",
    "cognito-idp": "Cognito",
    "dynamodb": "DynamoDB",
    "sagemaker": "SageMaker",
    "servicequotas": "ServiceQuotas",
}


class Grant(NamedTuple):
    """An action, the ARNs on which it is allowed, and the tests that must hold."""

    action: str
    resources: tuple[str, ...]
    tests: tuple[Test, ...] = ()


def stack_policy(template: Mapping[str, Any], place: Place) -> list[Statement]:
    """Return what CloudFormation needs to create, update and delete the stack: the policy of its service role."""
    return _statements("", stack_grants(template, place))


def caller_policy(template: Mapping[str, Any], place: Place, *, role_arn: str = "") -> list[Statement]:
    """Return what whoever deploys needs: the calls of the commands, and what CloudFormation does in the caller's name.

    The latter is allowed by way of CloudFormation alone. With ``role_arn``, that of a service role which does it
    instead, the role may be passed to CloudFormation, and a change set is refused without it.
    """
    if role_arn:
        return _statements("Call", _with_role(command_grants(place), role_arn))
    through = [
        grant._replace(tests=grant.tests + called_via_cloudformation(grant.action))
        for grant in stack_grants(template, place)
    ]
    return _statements("Call", command_grants(place)) + _statements("", through)


def split(statements: Sequence[Statement]) -> list[PolicyDocument]:
    """Return as few documents as take the statements in their order, each small enough for a managed policy."""
    parts: list[list[Statement]] = [[]]
    for statement in statements:
        if characters(document([*parts[-1], statement])) > MANAGED_POLICY.value:
            parts.append([])
        parts[-1].append(statement)
    return [document(part) for part in parts]


def document(statements: Iterable[Statement]) -> PolicyDocument:
    """Return the statements as one document."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def characters(policy: PolicyDocument) -> int:
    """Return how many characters of a policy IAM counts."""
    return len(json.dumps(encode_to_dict(policy), separators=(",", ":")))


def stack_grants(template: Mapping[str, Any], place: Place) -> list[Grant]:
    """Return what the handlers of a template's resources use, a grant for each action and place, and its evaluation."""
    used = {name: (each, actions) for name, each in template["Resources"].items() if (actions := handler_actions(each))}
    arns = {name: resource_arns(place, name, each) for name, (each, _) in used.items()}
    owned: dict[str, set[str]] = defaultdict(set)  # the ARNs of the template's resources, by service
    for name, (each, _) in used.items():
        owned[service_of(each)] |= set(arns[name])
    tests = conditions_of(template, place)
    grants = {Grant(action, (ANY_RESOURCE,)) for action in evaluation_actions(template)}
    for name, (each, actions) in used.items():
        for action in actions:
            if not has_resources(action):
                where: tuple[str, ...] = (ANY_RESOURCE,)
            elif _service(action) != service_of(each):
                where = arns_elsewhere(place, action)
            else:
                where = arns[name] if action == INVOKE else tuple(sorted(owned[_service(action)]))
            grants.add(Grant(action, where, tests.get(action, ())))
    return sorted(grants)


def command_grants(place: Place) -> list[Grant]:
    """Return what the commands use themselves."""
    return [Grant(action, place.fill(row.resources)) for row in PERMISSIONS for action in row.actions]


def _with_role(grants: Iterable[Grant], role_arn: str) -> list[Grant]:
    passing = Grant(PASS_ROLE, (role_arn,), passed_to("cloudformation.amazonaws.com"))
    return [
        *(each._replace(tests=with_role(role_arn)) if each.action == _CREATE_CHANGE_SET else each for each in grants),
        passing,
    ]


def _statements(prefix: str, grants: Iterable[Grant]) -> list[Statement]:
    """Return a statement for each service, set of ARNs and condition."""
    groups: dict[tuple[str, tuple[str, ...], tuple[Test, ...]], set[str]] = defaultdict(set)
    for grant in grants:
        groups[_service(grant.action), grant.resources, grant.tests].add(grant.action)
    statements, names = [], Counter[str]()
    for service, resources, tests in sorted(groups):
        actions = sorted(groups[service, resources, tests])
        sid = prefix + _sid(service, actions, resources)
        names[sid] += 1
        statements.append(
            Statement(
                Sid=f"{sid}N{names[sid]}" if names[sid] > 1 else sid,
                Effect=Allow,
                Action=[Action(*action.split(":", 1)) for action in actions],
                Resource=[in_template(each) for each in resources],
                **({"Condition": condition(tests)} if tests else {}),
            )
        )
    return statements


def _sid(service: str, actions: Sequence[str], resources: Sequence[str]) -> str:
    """Return what a statement is called: its service, and its action if that is the only one."""
    only = actions[0].split(":", 1)[1] if len(actions) == 1 else "Anywhere" if ANY_RESOURCE in resources else ""
    return _SERVICE_NAMES.get(service, service.capitalize()) + only


def _service(action: str) -> str:
    return action.split(":", 1)[0]
