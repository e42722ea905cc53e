"""A template's values are those of its parameters, and its resources those whose conditions hold."""

from __future__ import annotations

from typing import Any

import pytest

from genai_templates.costs.template_values import TemplateValues

TEMPLATE: dict[str, Any] = {
    "Parameters": {"State": {"Default": "RUNNING"}, "Count": {"Default": 2}, "Name": {"Type": "String"}},
    "Conditions": {
        "Runs": {"Fn::Equals": [{"Ref": "State"}, "RUNNING"]},
        "Paused": {"Fn::Not": [{"Condition": "Runs"}]},
        "RunsTwice": {"Fn::And": [{"Condition": "Runs"}, {"Fn::Equals": [{"Ref": "Count"}, "2"]}]},
        "Any": {"Fn::Or": [{"Condition": "Paused"}, {"Condition": "RunsTwice"}]},
    },
    "Resources": {
        "Always": {"Type": "A"},
        "Running": {"Type": "A", "Condition": "Runs"},
        "Other": {"Type": "B", "Condition": "Paused"},
    },
}


def values(**parameters: str) -> TemplateValues:
    return TemplateValues(TEMPLATE, parameters)


def test_a_parameter_has_what_is_given_or_its_default() -> None:
    assert values().value({"Ref": "State"}) == "RUNNING"
    assert values(State="PAUSED").value({"Ref": "State"}) == "PAUSED"
    assert values().value({"Ref": "Name"}) is None
    assert values(Count="7").number({"Ref": "Count"}) == 7


def test_a_choice_has_the_value_of_its_condition() -> None:
    choice = {"Fn::If": ["Runs", {"Ref": "Count"}, 0]}
    assert values().number(choice) == 2
    assert values(State="PAUSED").number(choice) == 0


def test_what_only_the_stack_knows_stays_as_it_is() -> None:
    assert values().value({"Fn::GetAtt": ["A", "Arn"]}) == {"Fn::GetAtt": ["A", "Arn"]}
    assert values().value("text") == "text"


@pytest.mark.parametrize(
    ("name", "state", "count", "expected"),
    [
        ("Runs", "RUNNING", "2", True),
        ("Paused", "RUNNING", "2", False),
        ("RunsTwice", "RUNNING", "3", False),
        ("RunsTwice", "RUNNING", "2", True),
        ("Any", "PAUSED", "3", True),
        ("Any", "RUNNING", "3", False),
    ],
)
def test_conditions_hold_as_their_tests_do(name: str, state: str, count: str, expected: bool) -> None:
    assert values(State=state, Count=count).holds(name) is expected


def test_another_function_is_no_condition() -> None:
    with pytest.raises(ValueError, match="is not a condition"):
        values().holds({"Fn::Contains": []})


def test_resources_are_those_that_are_made() -> None:
    assert [name for name, _ in values().resources()] == ["Always", "Running"]
    assert [name for name, _ in values(State="PAUSED").resources("A")] == ["Always"]
    assert [name for name, _ in values(State="PAUSED").resources("B")] == ["Other"]
