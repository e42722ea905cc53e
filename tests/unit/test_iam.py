"""Roles grow by grants, and never by one under another's name."""

from __future__ import annotations

from typing import Any

import awacs.s3
import pytest
from awacs.aws import Condition, StringEquals
from troposphere import Sub, Template

from genai_templates.iam import Role, add_role
from genai_templates.scope import Scope

READ = [awacs.s3.GetObject]


@pytest.fixture
def role() -> Role:
    """A role that may read one bucket."""
    role = add_role(Scope(Template()), "Reader", service="lambda", description="Reads")
    role.allow("ReadObjects", READ, [Sub("arn:aws:s3:::one/*")])
    return role


def statements(role: Role) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = role.resource.to_dict()["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def test_a_grant_of_the_same_actions_joins_the_statement(role: Role) -> None:
    role.allow("ReadObjects", READ, [Sub("arn:aws:s3:::two/*")])
    (statement,) = statements(role)
    assert [each["Fn::Sub"] for each in statement["Resource"]] == ["arn:aws:s3:::one/*", "arn:aws:s3:::two/*"]


@pytest.mark.parametrize(
    ("actions", "resources", "condition"),
    [
        ([awacs.s3.PutObject], [Sub("arn:aws:s3:::two/*")], None),
        ([*READ, awacs.s3.PutObject], [Sub("arn:aws:s3:::two/*")], None),
        (READ, [Sub("arn:aws:s3:::two/*")], Condition(StringEquals({"aws:PrincipalAccount": "1"}))),
        (READ, Sub("arn:aws:s3:::two/*"), None),
    ],
)
def test_another_grant_under_the_same_name_is_a_mistake(
    role: Role, actions: list[Any], resources: Any, condition: Condition | None
) -> None:
    with pytest.raises(ValueError, match="the role has another statement 'ReadObjects'"):
        role.allow("ReadObjects", actions, resources, condition=condition)
    assert len(statements(role)) == 1
