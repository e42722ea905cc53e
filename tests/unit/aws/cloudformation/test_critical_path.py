"""The critical path: what the creation waited for, by the template's references and the times of the events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from genai_templates.aws.cloudformation.critical_path import critical_path, dependencies
from genai_templates.aws.cloudformation.events import StackEvent

_START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def _event(logical_id: str, seconds: float, status: str) -> StackEvent:
    return StackEvent(
        event_id=f"{logical_id}-{seconds}",
        time=_START + timedelta(seconds=seconds),
        logical_id=logical_id,
        physical_id="",
        kind="AWS::SNS::Topic",
        status=status,
        reason="",
    )


def _made(logical_id: str, start: float, end: float) -> list[StackEvent]:
    return [_event(logical_id, start, "CREATE_IN_PROGRESS"), _event(logical_id, end, "CREATE_COMPLETE")]


_TEMPLATE = {
    "Resources": {
        "Quick": {"Type": "X"},
        "Slow": {"Type": "X"},
        "Model": {"Type": "X", "DependsOn": ["Slow", "Quick"]},
        "Last": {"Type": "X", "Properties": {"Name": {"Fn::GetAtt": ["Model", "Arn"]}}},
        "Beside": {"Type": "X"},
    }
}
_EVENTS = [
    *_made("Quick", 0, 2),
    *_made("Slow", 0, 30),
    *_made("Beside", 0, 90),
    *_made("Model", 30, 99),
    *_made("Last", 99, 101),
]


def test_it_goes_from_the_last_resource_back_over_what_each_waited_for() -> None:
    path = [(each.logical_id, each.seconds) for each in critical_path(_TEMPLATE, _EVENTS)]
    assert path == [("Model", 69), ("Slow", 30), ("Last", 2)]


def test_without_events_there_is_none() -> None:
    assert critical_path(_TEMPLATE, []) == []


def test_what_did_not_end_is_not_on_it() -> None:
    assert [each.logical_id for each in critical_path(_TEMPLATE, [*_made("Quick", 0, 2), _EVENTS[2]])] == ["Quick"]


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"DependsOn": "A"}, ["A"]),
        ({"Properties": {"X": [{"Ref": "A"}, {"Fn::GetAtt": "B.Arn"}]}}, ["A", "B"]),
        ({"Properties": {"X": {"Fn::Sub": "${A}-${B.Arn}-${AWS::Region}-${!Literal}"}}}, ["A", "B"]),
        ({"Properties": {"X": {"Fn::Sub": ["${A}-${Own}", {"Own": {"Ref": "B"}}]}}}, ["A", "B", "Own"]),
        (
            {"Properties": {"X": {"Fn::If": ["Condition", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}}},
            ["A", "AWS::NoValue"],
        ),
    ],
)
def test_all_ways_to_refer_to_a_resource_count(resource: dict[str, object], expected: list[str]) -> None:
    assert sorted(dependencies(resource)) == expected
