"""The conditions of a policy's statements: what narrows an action that its resource alone leaves wide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from awacs import aws
from troposphere import Sub

from ...handler_permissions import INVOKE
from .arns import ARNS
from .place import Place

PASS_ROLE = "iam:PassRole"
_ATTACHING = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
_CREATE_MAPPING = "lambda:CreateEventSourceMapping"


class Test(NamedTuple):
    """A test of a condition: the operator as awacs names it, the key, and the values of which one must match."""

    operator: str
    key: str
    values: tuple[str, ...]


def called_via_cloudformation(action: str) -> tuple[Test, ...]:
    """Return what keeps an action to calls that CloudFormation makes in the caller's name.

    CloudFormation makes the calls of every resource by forward access sessions, which set the key
    (AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html). Nothing says so of the invocation
    of a custom resource's function: that one is left without.
    """
    if action == INVOKE:
        return ()
    return (Test("ForAnyValueStringEquals", "aws:CalledVia", ("cloudformation.amazonaws.com",)),)


def with_role(role_arn: str) -> tuple[Test, ...]:
    """Return what refuses a change set without this service role."""
    return (Test("ArnEquals", "cloudformation:RoleArn", (role_arn,)),)


def passed_to(*services: str) -> tuple[Test, ...]:
    """Return what keeps ``iam:PassRole`` to these services."""
    return (Test("StringEquals", "iam:PassedToService", services),)


def conditions_of(template: Mapping[str, Any], place: Place) -> dict[str, tuple[Test, ...]]:
    """Return the conditions by action that follow from a template.

    Its roles are passed to the services that may assume them; to its roles no other policies are attached than those
    that it names; and mappings of event sources invoke its functions.
    """
    roles = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
    services = {
        service
        for role in roles
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
        for service in statement["Principal"]["Service"]
    }
    attached = {_policy_arn(each, place) for role in roles for each in role.get("ManagedPolicyArns", ())}
    functions = place.fill(each.replace("{name}", "{names}") for each in ARNS["AWS::Lambda::Function"].resources)
    return {
        PASS_ROLE: passed_to(*sorted(services)),
        **dict.fromkeys(_ATTACHING, (Test("ArnEquals", "iam:PolicyARN", tuple(sorted(attached))),)),
        _CREATE_MAPPING: (Test("ArnLike", "lambda:FunctionArn", functions),),
    }


def condition(tests: tuple[Test, ...]) -> aws.Condition:
    """Return the tests, all of which must hold, as awacs has them."""
    return aws.Condition(
        [getattr(aws, test.operator)({test.key: [in_template(each) for each in test.values]}) for test in tests]
    )


def in_template(text: str) -> str | Sub:
    """Return a text as a template takes it: with ``Fn::Sub`` where it has a pseudo parameter."""
    return Sub(text) if "${AWS::" in text else text


def _policy_arn(value: Mapping[str, str] | str, place: Place) -> str:
    text = value if isinstance(value, str) else value["Fn::Sub"]
    return text.replace("${AWS::Partition}", place.partition)
