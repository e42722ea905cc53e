"""The policies hold what handlers and commands use, on what the template has, and nothing else."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import encode_to_dict

from genai_templates.apps import APPS
from genai_templates.authorization import arn_patterns, has_resources, is_action
from genai_templates.aws.policy import (
    Place,
    caller_policy,
    characters,
    document,
    service_role_template,
    split,
    stack_policy,
)
from genai_templates.aws.policy.command_permissions import PERMISSIONS
from genai_templates.errors import InvalidOption
from genai_templates.handler_permissions import (
    INVOKE,
    NEEDED_BESIDES,
    NEEDED_WITH,
    evaluation_actions,
    published_actions,
)
from genai_templates.limits import MANAGED_POLICY
from genai_templates.options import ApiAccess, ArtifactKeys, Auth, Firewall, FunctionNetwork, Hosting
from genai_templates.packaging.build import make_stack
from genai_templates.packaging.lint import lint_templates
from genai_templates.packaging.request import BuildRequest

ROLE = "arn:aws:iam::123456789012:role/genai-role"
OPERATIONS = ("create", "read", "update", "delete")
STACKS = [
    (app, hosting, network)
    for app, hosting, network in product(sorted(APPS), Hosting, FunctionNetwork)
    if hosting in APPS[app].load_stack().hosting_parts
]
WAYS_IN = [("text", Hosting.EXISTING, FunctionNetwork.PUBLIC, auth) for auth in (Auth.API_KEY, Auth.COGNITO, Auth.IAM)]

PROTECTED: dict[str, Any] = {"api_access": ApiAccess.DISTRIBUTION, "firewall": Firewall.BLOCK}


@cache
def template_of(app: str, hosting: Hosting, network: FunctionNetwork, auth: Auth = Auth.NONE) -> dict[str, Any]:
    more = PROTECTED if (hosting, network, auth) == (Hosting.EXISTING, FunctionNetwork.PUBLIC, Auth.NONE) else {}
    if network is FunctionNetwork.PRIVATE:
        more = {"flow_logs": True, "own_domain": True}
    request = BuildRequest(apps=(app,), hosting=hosting, function_network=network, auth=auth, **more)
    made: dict[str, Any] = make_stack(APPS[app], request, ArtifactKeys.unhashed(app)).template.to_dict()
    return made


@pytest.fixture(
    params=[*STACKS, *WAYS_IN], ids=lambda stack: "-".join([stack[0], *(choice.value for choice in stack[1:])])
)
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The template of each application, with each choice that brings other resources."""
    return template_of(*request.param)


@pytest.fixture
def place() -> Place:
    return Place(stack="genai-text", region="eu-west-1", account="123456789012")


def statements(template: dict[str, Any], place: Place, **options: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = encode_to_dict(document(caller_policy(template, place, **options)))["Statement"]
    return made


def actions_of(found: list[dict[str, Any]]) -> set[str]:
    return {action for statement in found for action in statement["Action"]}


def test_no_action_is_there_that_neither_a_type_of_the_template_nor_a_command_names(
    template: dict[str, Any], place: Place
) -> None:
    types = {each["Type"] for each in template["Resources"].values()}
    named = {action for each in types if not each.startswith("Custom::") for action in published_actions(each)}
    named |= {action for row in NEEDED_BESIDES for action in row.actions}
    named |= {action for row in PERMISSIONS for action in row.actions} | {INVOKE} | evaluation_actions(template)
    assert actions_of(statements(template, place)) - named == set()


def test_what_a_type_names_is_there_unless_a_row_says_that_it_is_for_a_property(
    template: dict[str, Any], place: Place
) -> None:
    for type_name in sorted({each["Type"] for each in template["Resources"].values()}):
        if type_name.startswith("Custom::"):
            continue
        spared = {
            action
            for row in NEEDED_WITH
            if row.type_name == type_name
            for action in published_actions(type_name)
            if any(re.fullmatch(pattern.replace("*", ".*"), action) for pattern in row.actions)
        }
        missing = published_actions(type_name, OPERATIONS) - actions_of(statements(template, place)) - spared
        assert not {action for action in missing if is_action(action)}, type_name


def test_an_action_is_allowed_everywhere_only_where_iam_knows_no_resources(
    template: dict[str, Any], place: Place
) -> None:
    for statement in statements(template, place) + statements(template, place, role_arn=ROLE):
        assert all("*" not in action for action in statement["Action"])
        for action in statement["Action"]:
            assert has_resources(action) == (statement["Resource"] != ["*"]), action


def test_each_statement_names_arns_that_its_actions_take(template: dict[str, Any], place: Place) -> None:
    for statement in statements(template, place):
        if statement["Resource"] == ["*"]:
            continue
        for action in statement["Action"]:
            patterns = [re.sub(r"\$\{\w+\}", "[^:]*", each) for each in arn_patterns(action)]
            assert any(re.fullmatch(each, arn) for each in patterns for arn in statement["Resource"]), action


def test_what_cloudformation_does_is_allowed_by_way_of_it_alone(template: dict[str, Any], place: Place) -> None:
    for statement in statements(template, place):
        via = statement.get("Condition", {}).get("ForAnyValue:StringEquals", {}).get("aws:CalledVia")
        own = statement["Sid"].startswith("Call") or statement["Action"] == [INVOKE]
        assert own or via == ["cloudformation.amazonaws.com"], statement["Sid"]


def test_roles_are_passed_to_the_services_that_may_assume_them(template: dict[str, Any], place: Place) -> None:
    [passing] = [each for each in statements(template, place) if "iam:PassRole" in each["Action"]]
    assert passing["Action"] == ["iam:PassRole"]
    assert passing["Resource"] == ["arn:aws:iam::123456789012:role/genai-text-*"]
    services = passing["Condition"]["StringEquals"]["iam:PassedToService"]
    assert {"apigateway.amazonaws.com", "lambda.amazonaws.com"} <= set(services)
    assert set(services) <= {
        "apigateway.amazonaws.com",
        "lambda.amazonaws.com",
        "sagemaker.amazonaws.com",
        "scheduler.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }


def test_with_a_service_role_only_it_is_passed_and_no_stack_made_without_it(
    template: dict[str, Any], place: Place
) -> None:
    found = {each["Sid"]: each for each in statements(template, place, role_arn=ROLE)}
    assert found["CallIamPassRole"]["Resource"] == [ROLE]
    assert found["CallIamPassRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": ["cloudformation.amazonaws.com"]}
    }
    creating = [each for each in found.values() if "cloudformation:CreateChangeSet" in each["Action"]]
    assert [each["Condition"] for each in creating] == [{"ArnEquals": {"cloudformation:RoleArn": [ROLE]}}]
    assert all(sid.startswith("Call") for sid in found)


def test_statements_have_names_that_differ(template: dict[str, Any], place: Place) -> None:
    names = [each["Sid"] for each in statements(template, place)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in names)


def test_parts_hold_every_statement_and_fit_a_managed_policy(template: dict[str, Any], place: Place) -> None:
    whole = caller_policy(template, place)
    parts = split(whole)
    assert [each for part in parts for each in encode_to_dict(part)["Statement"]] == encode_to_dict(whole)
    assert len(parts) <= 10  # a role takes no more
    for part in parts:
        assert characters(part) == len(json.dumps(encode_to_dict(part), separators=(",", ":")))
        assert characters(part) <= MANAGED_POLICY.value


def test_the_template_of_the_service_role_has_no_findings(template: dict[str, Any], tmp_path: Path) -> None:
    role = service_role_template(template, stack="genai-text")
    assert lint_templates({"role.json": role.to_json()}, regions=["us-east-1"], cache_dir=tmp_path) == ()


def test_the_service_role_may_do_what_the_stack_needs_and_is_cloudformations_alone(template: dict[str, Any]) -> None:
    made = service_role_template(template, stack="genai-text").to_dict()["Resources"]
    [role] = [each["Properties"] for each in made.values() if each["Type"] == "AWS::IAM::Role"]
    policies = [name for name, each in made.items() if each["Type"] == "AWS::IAM::ManagedPolicy"]
    assert role["ManagedPolicyArns"] == [{"Ref": name} for name in policies]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
        "Service": ["cloudformation.amazonaws.com"]
    }
    given = [each for name in policies for each in made[name]["Properties"]["PolicyDocument"]["Statement"]]
    anywhere = Place(stack="genai-text")
    assert actions_of(given) == actions_of(encode_to_dict(stack_policy(template, anywhere)))


@pytest.mark.parametrize("row", NEEDED_WITH, ids=lambda row: "-".join((row.type_name, *row.properties[:1])))
def test_a_row_of_properties_is_about_actions_that_its_type_names(row: Any) -> None:
    published = published_actions(row.type_name)
    for pattern in row.actions:
        assert any(re.fullmatch(pattern.replace("*", ".*"), action) for action in published), pattern


@pytest.mark.parametrize("row", PERMISSIONS, ids=lambda row: row.actions[0])
def test_the_commands_actions_are_iams_and_stand_on_their_resources(row: Any) -> None:
    for action in row.actions:
        assert is_action(action)
        assert has_resources(action) == (row.resources != ("*",)), action


INVALID_PLACES: list[dict[str, str]] = [
    {"stack": "genai_text"},
    {"stack": ""},
    {"stack": "genai", "account": "12345678901"},
    {"stack": "genai", "region": "Frankfurt"},
    {"stack": "genai", "bucket": "UPPER"},
]


@pytest.mark.parametrize("chosen", INVALID_PLACES, ids=str)
def test_what_cannot_be_is_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(InvalidOption):
        Place(**chosen)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,127}", fullmatch=True), st.text("ABCdef", min_size=1, max_size=40))
def test_the_names_that_cloudformation_makes_match_the_pattern(stack: str, logical_id: str) -> None:
    # It shortens both to what fits: 64 characters with a suffix of 13.
    kept = stack if len(stack) <= 24 else stack[:24]
    [pattern] = Place(stack=stack).fill(["{names}"])
    assert re.fullmatch(pattern.replace("*", ".*"), f"{kept}-{logical_id[:24]}-ABCDEFGHIJKL")


def test_the_partition_is_that_of_the_region() -> None:
    partitions = [Place(stack="a", region=each).partition for each in ("eu-west-1", "cn-north-1", "us-gov-west-1", "*")]
    assert partitions == ["aws", "aws-cn", "aws-us-gov", "aws"]
