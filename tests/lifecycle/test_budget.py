"""A budget that warns, and that pauses the model when it is used up; the tests follow the life of one stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from genai_templates import Budget, FunctionNetwork, Hosting, TextStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.packaging.artifacts import make_inline_artifacts
from tests.waiting import until

PROMPT = {"prompt": "Hello"}


@pytest.fixture(scope="module")
def stack(emulator: Emulator) -> Iterator[EmulatedStack]:
    template = TextStack(
        hosting=Hosting.NATIVE,
        budget=Budget.PAUSE,
        function_network=FunctionNetwork.PRIVATE,  # an update looks up its zones under the role of whoever asks for it
        artifacts=make_inline_artifacts(APPS["text"]),
    ).to_json()
    parameters = {"MaxInstances": "2", "MonthlyBudget": "200", "AlarmEmail": "owner@example.com"}
    with EmulatedStack(template, "budget", parameters, emulator=emulator) as created:
        yield created


def budget_state(stack: EmulatedStack) -> str:
    described = stack.client("cloudformation").describe_stacks(StackName=stack.stack_id)["Stacks"][0]
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
    assert parameters["ModelState"] == "RUNNING"  # the budget leaves that to people and schedules
    return str(parameters["BudgetState"])


def code(stack: EmulatedStack) -> str:
    response = stack.call("POST", "/generate", PROMPT)
    return "" if response.status == 200 else str(response.json()["error"]["code"])


def test_what_is_within_the_budget_is_reported_to_nobody(stack: EmulatedStack) -> None:
    assert stack.emulator.set_month_costs(160) == []
    assert code(stack) == ""


def test_a_warning_comes_at_80_percent_and_pauses_nothing(stack: EmulatedStack) -> None:
    assert stack.emulator.set_month_costs(161) == [stack.resources["BudgetTopic"]]
    assert budget_state(stack) == "OPEN"


def test_a_budget_that_is_used_up_pauses_the_model_and_changes_nothing_else(stack: EmulatedStack) -> None:
    before = stack.resources
    assert stack.emulator.set_month_costs(201) == [stack.resources["BudgetUsedUpTopic"]]
    until(lambda: (budget_state(stack) == "USED_UP" and stack.status == "UPDATE_COMPLETE") or None)
    assert code(stack) == "model_paused"
    assert before.keys() - stack.resources.keys() == {"Endpoint", "ScalableTarget", "FollowRequests"}


def test_whoever_resumes_the_model_has_the_last_word(stack: EmulatedStack) -> None:
    stack.update(BudgetState="OPEN")
    assert stack.emulator.set_month_costs(400) == []  # that it is used up was reported
    assert code(stack) == ""


def test_the_function_waits_for_a_change_that_is_under_way(stack: EmulatedStack) -> None:
    function = stack.resources["BudgetPauseFunction"]
    stack.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")
    until(lambda: (budget_state(stack) == "USED_UP" and stack.status == "UPDATE_COMPLETE") or None)
    again = stack.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in again  # it is paused already


def test_its_permissions_are_those_that_a_pause_takes(stack: EmulatedStack) -> None:
    report = stack.permissions()
    assert report.refused == (), report.lines()
    assert "BudgetPauseFunction" not in report.unused, report.lines()


def test_a_budget_of_the_stack_alone_goes_by_its_tag(stack: EmulatedStack) -> None:
    name = stack.resources["Budget"]
    stack.update(BudgetCovers="STACK", MonthlyBudget="300")
    budget = stack.client("budgets").describe_budget(AccountId="0" * 12, BudgetName=name)["Budget"]
    assert budget["CostFilters"] == {"TagKeyValue": [f"user:genai-templates:stack${stack.name}"]}
    assert float(budget["BudgetLimit"]["Amount"]) == 300
