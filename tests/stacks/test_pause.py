"""The pause of a native endpoint: what goes and what stays, and the schedules that ask CloudFormation for it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from troposphere import Parameter
from troposphere import Template as TroposphereTemplate

from genai_templates import Budget, FunctionNetwork, Hosting, ImageStack, Scope, TextStack
from genai_templates.handler_permissions import evaluation_actions, handler_actions
from tests.stacks.conftest import BUILDS

Template = dict[str, Any]
TEXT: Template = json.loads(BUILDS["text-native"].to_json())
CHANGES = {"ResumeModelSchedule": "RUNNING", "PauseModelSchedule": "PAUSED"}
ON_AND_OFF = ("Endpoint", "ScalableTarget", "FollowRequests")


def given_to(template: Template, schedule: str) -> dict[str, Any]:
    """Return the input of a schedule's target."""
    found: dict[str, Any] = json.loads(
        template["Resources"][schedule]["Properties"]["Target"]["Input"]["Fn::Sub"].replace("${AWS::StackId}", "ID")
    )
    return found


def statements(template: Template) -> list[dict[str, Any]]:
    policies = template["Resources"]["ScheduleRole"]["Properties"]["Policies"]
    return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]


def test_only_the_endpoint_and_its_scaling_go() -> None:
    running = {
        name for name, each in TEXT["Resources"].items() if each.get("Condition") in ("ModelRuns", "ModelScales")
    }
    assert running == set(ON_AND_OFF)
    assert '"ModelRuns"' not in json.dumps([each for name, each in TEXT["Resources"].items() if name not in ON_AND_OFF])
    assert TEXT["Parameters"]["ModelState"]["Default"] == "RUNNING"
    assert '"Endpoint"' not in json.dumps(TEXT["Outputs"])


@pytest.mark.parametrize("schedule", sorted(CHANGES))
def test_a_schedule_names_every_parameter_and_changes_one(schedule: str) -> None:
    given = given_to(TEXT, schedule)
    assert (given["StackName"], given["UsePreviousTemplate"]) == ("ID", True)
    assert [each["ParameterKey"] for each in given["Parameters"]] == sorted(TEXT["Parameters"])
    changed = [each for each in given["Parameters"] if not each.get("UsePreviousValue")]
    assert changed == [{"ParameterKey": "ModelState", "ParameterValue": CHANGES[schedule]}]


def test_parameters_that_are_added_to_the_template_later_are_named_too() -> None:
    template = TroposphereTemplate()
    stack = TextStack(hosting=Hosting.NATIVE, scope=Scope(template, "Text"))
    ImageStack(hosting=Hosting.NATIVE, scope=Scope(template, "Image"))
    template.add_parameter(Parameter("Later", Type="String"))
    document = json.loads(stack.to_json())
    for prefix in ("Text", "Image"):
        parameters = given_to(document, f"{prefix}PauseModelSchedule")["Parameters"]
        assert [each["ParameterKey"] for each in parameters] == sorted(document["Parameters"])
        changed = [each["ParameterKey"] for each in parameters if "ParameterValue" in each]
        assert changed == [f"{prefix}ModelState"]


def test_there_are_schedules_and_a_role_only_where_somebody_asks_for_them() -> None:
    for name in CHANGES:
        condition = TEXT["Resources"][name]["Condition"]
        parameter = TEXT["Resources"][name]["Properties"]["ScheduleExpression"]["Ref"]
        assert TEXT["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}
        assert TEXT["Parameters"][parameter]["Default"] == ""
    assert TEXT["Conditions"]["ModelIsScheduled"]["Fn::Or"] == [
        {"Condition": TEXT["Resources"][name]["Condition"]} for name in CHANGES
    ]
    assert TEXT["Resources"]["ScheduleRole"]["Condition"] == "ModelIsScheduled"


def test_the_role_may_update_the_stack_and_all_else_by_way_of_cloudformation_alone() -> None:
    own, *others = statements(TEXT)
    assert (own["Action"], own["Resource"]) == (["cloudformation:UpdateStack"], [{"Ref": "AWS::StackId"}])
    for statement in others:
        via = statement["Condition"]["ForAnyValue:StringEquals"]["aws:CalledVia"]
        assert via == ["cloudformation.amazonaws.com"], statement["Sid"]


def test_the_role_may_do_what_cloudformation_publishes_of_what_goes_and_comes() -> None:
    needed = {
        action
        for name in ON_AND_OFF
        for action in handler_actions(TEXT["Resources"][name], ("create", "read", "delete"))
    }
    granted = {action for statement in statements(TEXT)[1:] for action in statement["Action"]}
    assert granted == needed


@pytest.mark.parametrize("network", list(FunctionNetwork))
def test_whatever_updates_the_stack_may_look_up_what_the_template_asks_ec2(network: FunctionNetwork) -> None:
    stack = TextStack(hosting=Hosting.NATIVE, function_network=network, budget=Budget.PAUSE)
    document = json.loads(stack.to_json())
    needed = evaluation_actions(document)
    assert bool(needed) is (network is not FunctionNetwork.PUBLIC)
    for role in ("ScheduleRole", "BudgetPauseFunctionRole"):
        policies = document["Resources"][role]["Properties"]["Policies"]
        found = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
        granted = {action for each in found for action in each["Action"] if action.startswith("ec2:")}
        assert granted == needed, role


@pytest.mark.parametrize("parameter", ["ResumeSchedule", "PauseSchedule"])
def test_a_schedule_is_a_cron_expression_of_six_fields_or_nothing(parameter: str) -> None:
    pattern = TEXT["Parameters"][parameter]["AllowedPattern"]
    for good in ("", "cron(0 8 ? * MON-FRI *)", "cron(0/15 8-9 1,15 JAN-MAR ? 2027)", "cron(0 8 ? * 6#3 *)"):
        assert re.fullmatch(pattern, good), good
    for bad in ("0 8 * * 1-5", "cron(0 8 * * 1-5)", "rate(1 hour)", "cron(0 8 ? * MON-FRI *) "):
        assert not re.fullmatch(pattern, bad), bad
