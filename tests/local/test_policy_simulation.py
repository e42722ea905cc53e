"""The simulation of policies by the emulated IAM, beside what its upstream document shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:PutObjectAcl", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        },
    ],
}


@pytest.fixture(scope="module")
def role(emulator: Emulator) -> str:
    iam = emulator.client("iam")
    arn = iam.create_role(RoleName="simulated-role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.put_role_policy(RoleName="simulated-role", PolicyName="own", PolicyDocument=json.dumps(POLICY))
    return str(arn)


def test_a_denial_outweighs_and_a_missing_context_is_named(emulator: Emulator, role: str) -> None:
    actions = ["s3:PutObject", "s3:PutObjectAcl", "iam:PassRole"]
    found = emulator.client("iam").simulate_principal_policy(PolicySourceArn=role, ActionNames=actions)
    decisions = [(each["EvalActionName"], each["EvalDecision"]) for each in found["EvaluationResults"]]
    assert decisions == [
        ("s3:PutObject", "allowed"),
        ("s3:PutObjectAcl", "explicitDeny"),
        ("iam:PassRole", "implicitDeny"),
    ]
    assert found["EvaluationResults"][2]["MissingContextValues"] == ["iam:PassedToService"]


def test_many_evaluations_come_in_pages(emulator: Emulator, role: str) -> None:
    actions = [f"s3:Get{number}" for number in range(250)]
    paginator: Any = emulator.client("iam").get_paginator("simulate_principal_policy")
    pages = list(paginator.paginate(PolicySourceArn=role, ActionNames=actions))
    assert [len(page["EvaluationResults"]) for page in pages] == [100, 100, 50]
    assert {each["EvalDecision"] for page in pages for each in page["EvaluationResults"]} == {"allowed"}


def test_the_accounts_root_has_no_policies_to_simulate(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    with pytest.raises(ClientError, match="InvalidInput"):
        iam.simulate_principal_policy(PolicySourceArn="arn:aws:iam::000000000000:root", ActionNames=["s3:GetObject"])
