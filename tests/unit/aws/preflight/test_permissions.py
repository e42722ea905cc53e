"""What the simulator is given, and what its decisions mean."""

from __future__ import annotations

import pytest

from genai_templates.aws.preflight.check import Verdict
from genai_templates.aws.preflight.permissions import _context, _judge, _Request, _requests, _simulate
from tests.unit.aws.stubbed_account import StubbedAccount

_PRINCIPAL = "arn:aws:iam::123456789012:role/deployer"


def test_a_condition_is_simulated_with_a_context_in_which_it_holds() -> None:
    condition = {
        "ForAnyValue:StringEquals": {"aws:CalledVia": ["cloudformation.amazonaws.com"]},
        "StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "sagemaker.amazonaws.com"]},
    }
    assert _context(condition) == [
        {
            "ContextKeyName": "aws:CalledVia",
            "ContextKeyValues": ["cloudformation.amazonaws.com"],
            "ContextKeyType": "stringList",
        },
        {
            "ContextKeyName": "iam:PassedToService",
            "ContextKeyValues": ["lambda.amazonaws.com"],
            "ContextKeyType": "string",
        },
    ]


def test_permissions_that_are_all_there_are_counted() -> None:
    assert _judge({}, 12).verdict is Verdict.OK


def test_what_the_simulator_does_not_see_allowed_is_a_warning_that_names_the_first() -> None:
    check = _judge({f"s3:Action{n}": "implicitDeny" for n in range(8)}, 12)
    assert check.verdict is Verdict.WARNING
    assert check.finding.startswith("8 of 12 seem to be missing: s3:Action0, s3:Action1")
    assert check.finding.endswith(" and 3 more")


def test_an_explicit_denial_fails() -> None:
    check = _judge({"s3:GetObject": "explicitDeny", "s3:PutObject": "implicitDeny"}, 12)
    assert (check.verdict, check.finding) == (Verdict.FAILS, "denied explicitly: s3:GetObject")


def test_actions_on_the_same_resource_are_simulated_in_one_request() -> None:
    statements: list[dict[str, object]] = [
        {"Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]},
        {"Action": "lambda:GetAccountSettings", "Resource": ["*"]},
        {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::one/*", "arn:aws:s3:::two/*"]},
    ]
    assert [(request.actions, request.resource) for request in _requests(statements)] == [
        (["s3:ListAllMyBuckets", "lambda:GetAccountSettings"], "*"),
        (["s3:GetObject"], "arn:aws:s3:::one/*"),
    ]


def _expect_simulation(account: StubbedAccount, *actions: str) -> None:
    evaluated = [{"EvalActionName": action, "EvalDecision": "allowed"} for action in actions]
    account.expect(
        "iam",
        "simulate_principal_policy",
        {"EvaluationResults": evaluated, "IsTruncated": False},
        PolicySourceArn=_PRINCIPAL,
        ActionNames=list(actions),
        ResourceArns=["*"],
        ContextEntries=[],
    )


@pytest.mark.parametrize(
    ("message", "first", "second"),
    [
        ("Invalid Input Actions: [s3:A,s3:C] and [S3:B] require different authorization information.", "AC", "B"),
        ("Some actions require different authorization information.", "BC", "A"),
    ],
)
def test_actions_that_iam_does_not_simulate_in_one_call_are_simulated_apart(
    account: StubbedAccount, message: str, first: str, second: str
) -> None:
    account.refuse("iam", "simulate_principal_policy", "InvalidInput", message)
    for names in (first, second):
        _expect_simulation(account, *(f"s3:{name}" for name in names))
    decisions = _simulate(account, _PRINCIPAL, _Request(["s3:A", "s3:B", "s3:C"], "*", []))
    assert decisions == dict.fromkeys(["s3:A", "s3:B", "s3:C"], "allowed")
    account.check()
