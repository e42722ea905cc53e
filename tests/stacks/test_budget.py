"""A budget of a stack, as the template has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from genai_templates import Budget, Hosting, ImageStack, InvalidOption, TextStack


def resources(budget: Budget) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TextStack(hosting=Hosting.NATIVE, budget=budget).to_json())["Resources"]
    return found


def test_without_a_budget_there_is_nothing_of_it() -> None:
    assert not [name for name in resources(Budget.NONE) if "Budget" in name]


def test_a_budget_that_warns_has_no_function() -> None:
    added = resources(Budget.NOTIFY).keys() - resources(Budget.NONE).keys()
    assert added == {"Budget", "BudgetTopic", "BudgetTopicPolicy", "ChargesAlarm"}


def test_only_what_is_used_up_pauses() -> None:
    found = resources(Budget.PAUSE)
    assert found["BudgetUsedUpTopic"]["Properties"]["Subscription"][1]["Protocol"] == "lambda"
    assert len(found["BudgetTopic"]["Properties"]["Subscription"]) == 1
    reports = found["Budget"]["Properties"]["NotificationsWithSubscribers"]
    used_up = {"Address": {"Ref": "BudgetUsedUpTopic"}, "SubscriptionType": "SNS"}
    assert [each["Notification"]["Threshold"] for each in reports if each["Subscribers"] == [used_up]] == [100]
    assert [each["Notification"]["NotificationType"] for each in reports if used_up in each["Subscribers"]] == [
        "ACTUAL"
    ]


def test_the_limit_has_no_default_that_could_pause_a_model_by_surprise() -> None:
    parameter = json.loads(ImageStack(budget=Budget.NOTIFY).to_json())["Parameters"]["MonthlyBudget"]
    assert "Default" not in parameter


def test_a_model_that_no_parameter_pauses_is_refused() -> None:
    with pytest.raises(InvalidOption, match="choose `hosting` 'native'"):
        TextStack(budget=Budget.PAUSE)


def test_no_schedule_resumes_what_the_budget_has_paused() -> None:
    document = json.loads(TextStack(hosting=Hosting.NATIVE, budget=Budget.PAUSE).to_json())
    assert {"Fn::Equals": [{"Ref": "BudgetState"}, "OPEN"]} in document["Conditions"]["ModelRuns"]["Fn::And"]
    paused = document["Resources"]["BudgetPauseFunction"]["Properties"]["Environment"]["Variables"]
    assert (paused["STATE_PARAMETER"], paused["PAUSED_STATE"]) == ("BudgetState", "USED_UP")
    for schedule in ("ResumeModelSchedule", "PauseModelSchedule"):
        given = json.loads(document["Resources"][schedule]["Properties"]["Target"]["Input"]["Fn::Sub"])
        assert {"ParameterKey": "BudgetState", "UsePreviousValue": True} in given["Parameters"]


def test_a_region_that_cannot_make_budgets_is_refused_before_anything_is_made() -> None:
    rules = json.loads(TextStack(budget=Budget.NOTIFY).to_json())["Rules"]
    [assertion] = rules["RegionHasBudgets"]["Assertions"]
    regions = assertion["Assert"]["Fn::Contains"][0]
    for region in ("us-east-1", "eu-west-1", "eu-north-1"):
        schemas = PROVIDER_SCHEMA_MANAGER.get_resource_types(region)
        assert (region in regions) is ("AWS::Budgets::Budget" in schemas), region
