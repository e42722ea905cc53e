"""Events are read once and in order, whatever the order of the pages, and by the older call where need be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from genai_templates.aws.cloudformation.events import EventReader, StackEvent, first_causes
from genai_templates.errors import AwsError
from tests.unit.aws.stubbed_account import StubbedAccount

_START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_STACK_ID = "arn:aws:cloudformation:eu-west-1:1:stack/genai-text/guid"


def _found(number: int, status: str = "CREATE_COMPLETE", **more: Any) -> dict[str, Any]:
    return {
        "EventId": f"event-{number}",
        "StackId": _STACK_ID,
        "StackName": "genai-text",
        "LogicalResourceId": f"Resource{number}",
        "ResourceType": "AWS::SNS::Topic",
        "ResourceStatus": status,
        "Timestamp": _START + timedelta(seconds=number),
        **more,
    }


def _operation_event(number: int) -> dict[str, Any]:
    return {name: value for name, value in _found(number).items() if name != "StackName"}


def _page(numbers: list[int], token: str = "") -> dict[str, Any]:
    return {"StackEvents": [_found(each) for each in numbers], **({"NextToken": token} if token else {})}


def _expect_newer_call(account: StubbedAccount, *events: dict[str, Any]) -> None:
    """Expect the call that is made where the older one is not permitted."""
    account.refuse("cloudformation", "describe_stack_events", "AccessDenied")
    account.expect("cloudformation", "describe_events", {"OperationEvents": list(events)}, StackName=_STACK_ID)


def _numbers(events: list[StackEvent]) -> list[int]:
    return [int(each.event_id.removeprefix("event-")) for each in events]


@pytest.mark.parametrize("pages", [[[4, 3], [2, 1]], [[1, 2], [3, 4]], [[2, 4], [1, 3]]], ids=str)
def test_events_come_oldest_first_whatever_the_order_of_the_pages(
    account: StubbedAccount, pages: list[list[int]]
) -> None:
    account.expect("cloudformation", "describe_stack_events", _page(pages[0], "more"), StackName=_STACK_ID)
    account.expect("cloudformation", "describe_stack_events", _page(pages[1]), StackName=_STACK_ID, NextToken="more")
    assert _numbers(EventReader(account, _STACK_ID).new_events()) == [1, 2, 3, 4]


def test_an_event_on_two_pages_is_one_event(account: StubbedAccount) -> None:
    account.expect("cloudformation", "describe_stack_events", _page([3, 2], "more"), StackName=_STACK_ID)
    account.expect("cloudformation", "describe_stack_events", _page([2, 1]), StackName=_STACK_ID, NextToken="more")
    assert _numbers(EventReader(account, _STACK_ID).new_events()) == [1, 2, 3]


def test_what_is_known_is_not_read_again_where_the_newest_come_first(account: StubbedAccount) -> None:
    reader = EventReader(account, _STACK_ID)
    account.expect("cloudformation", "describe_stack_events", _page([2, 1]), StackName=_STACK_ID)
    reader.new_events()
    account.expect("cloudformation", "describe_stack_events", _page([4, 3, 2], "older"), StackName=_STACK_ID)
    assert _numbers(reader.new_events()) == [3, 4]


def test_every_page_is_read_where_the_oldest_come_first(account: StubbedAccount) -> None:
    reader = EventReader(account, _STACK_ID)
    account.expect("cloudformation", "describe_stack_events", _page([1, 2]), StackName=_STACK_ID)
    reader.new_events()
    account.expect("cloudformation", "describe_stack_events", _page([1, 2], "newer"), StackName=_STACK_ID)
    account.expect("cloudformation", "describe_stack_events", _page([3]), StackName=_STACK_ID, NextToken="newer")
    assert _numbers(reader.new_events()) == [3]


def test_events_without_a_resource_are_left_out(account: StubbedAccount) -> None:
    operation = {"EventId": "x", "OperationStatus": "IN_PROGRESS", "EventType": "STACK_EVENT", "Timestamp": _START}
    nameless = {name: value for name, value in _operation_event(2).items() if name != "EventId"}
    _expect_newer_call(account, operation, nameless, _operation_event(1))
    assert _numbers(EventReader(account, _STACK_ID).new_events()) == [1]


def test_what_early_validation_finds_is_a_failure_with_its_path(account: StubbedAccount) -> None:
    more = {
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationPath": "/Resources/X",
        "EventType": "VALIDATION_ERROR",
    }
    found = {**_operation_event(1), **more, "ValidationStatusReason": "it already exists"}
    del found["ResourceStatus"]
    warning = {**found, "EventId": "event-2", "ValidationFailureMode": "WARN"}
    _expect_newer_call(account, found, warning)
    events = EventReader(account, _STACK_ID).new_events()
    assert [each.status for each in events] == ["VALIDATION_WARNING", "VALIDATION_FAILED"]
    assert [each.reason for each in first_causes(events)] == ["NAME_CONFLICT_VALIDATION /Resources/X it already exists"]


def test_hundreds_of_events_over_many_pages_are_read_once(account: StubbedAccount) -> None:
    reader = EventReader(account, _STACK_ID)
    for look in range(2):
        for page in range(8):
            numbers = list(range(800 - page * 100, 700 - page * 100, -1))
            token = {"NextToken": str(page)} if page else {}
            if look == 0 or page == 0:
                account.expect(
                    "cloudformation",
                    "describe_stack_events",
                    _page(numbers, str(page + 1) if page < 7 else ""),
                    StackName=_STACK_ID,
                    **token,
                )
    assert _numbers(reader.new_events()) == list(range(1, 801))
    assert reader.new_events() == []


def test_of_a_stack_at_work_only_the_operation_that_goes_on_is_read(account: StubbedAccount) -> None:
    def of_stack(number: int, status: str) -> dict[str, Any]:
        more = {"LogicalResourceId": "genai-text", "PhysicalResourceId": _STACK_ID}
        return {
            **_found(number),
            **more,
            "ResourceType": "AWS::CloudFormation::Stack",
            "ResourceStatus": status,
        }

    found = [
        _found(4),
        of_stack(3, "UPDATE_IN_PROGRESS"),
        of_stack(2, "CREATE_COMPLETE"),
        of_stack(1, "CREATE_IN_PROGRESS"),
    ]
    for _ in range(2):
        account.expect("cloudformation", "describe_stack_events", {"StackEvents": found}, StackName=_STACK_ID)
    reader = EventReader(account, _STACK_ID)
    reader.skip_to_operation()
    assert _numbers(reader.new_events()) == [3, 4]


def test_the_newer_call_is_used_where_the_older_is_not_permitted(account: StubbedAccount) -> None:
    _expect_newer_call(account, _operation_event(2), _operation_event(1))
    reader = EventReader(account, _STACK_ID)
    assert _numbers(reader.new_events()) == [1, 2]
    page = {"OperationEvents": [_operation_event(3)]}
    account.expect("cloudformation", "describe_events", page, StackName=_STACK_ID)
    assert _numbers(reader.new_events()) == [3]


def test_another_error_is_not_taken_for_a_missing_permission(account: StubbedAccount) -> None:
    account.refuse("cloudformation", "describe_stack_events", "ExpiredToken")
    with pytest.raises(AwsError, match="expired credentials"):
        EventReader(account, _STACK_ID).new_events()


def _event(logical_id: str, status: str, reason: str = "", kind: str = "AWS::SNS::Topic") -> StackEvent:
    return StackEvent(
        event_id=f"{logical_id}-{status}",
        time=_START,
        logical_id=logical_id,
        physical_id=_STACK_ID if kind == "AWS::CloudFormation::Stack" else "",
        kind=kind,
        status=status,
        reason=reason,
    )


def test_the_cause_is_what_failed_by_itself() -> None:
    events = [
        _event("First", "CREATE_COMPLETE"),
        _event("Cause", "CREATE_FAILED", "no more of these"),
        _event("Other", "CREATE_FAILED", "Resource creation cancelled"),
        _event("genai-text", "ROLLBACK_FAILED", "The following resource(s) failed", "AWS::CloudFormation::Stack"),
    ]
    assert [each.logical_id for each in first_causes(events)] == ["Cause"]


@pytest.mark.parametrize(
    ("hook", "status"),
    [
        ({"HookStatus": "HOOK_COMPLETE_SUCCEEDED", "HookFailureMode": "FAIL"}, "CREATE_IN_PROGRESS"),
        ({"HookStatus": "HOOK_IN_PROGRESS", "HookFailureMode": "FAIL"}, "CREATE_IN_PROGRESS"),
        ({"HookStatus": "HOOK_COMPLETE_FAILED", "HookFailureMode": "FAIL"}, "HOOK_FAILED"),
        ({"HookStatus": "HOOK_COMPLETE_FAILED", "HookFailureMode": "WARN"}, "HOOK_WARNING"),
        ({"HookStatus": "HOOK_FAILED", "HookFailureMode": "FAIL"}, "HOOK_FAILED"),
    ],
    ids=str,
)
def test_only_a_hook_that_failed_is_a_failure(account: StubbedAccount, hook: dict[str, str], status: str) -> None:
    event = {**_found(1), "ResourceStatus": "CREATE_IN_PROGRESS", "HookType": "A::B::Hook", **hook}
    page = {"StackEvents": [{**event, "HookStatusReason": "Hook ended with message: x"}]}
    account.expect("cloudformation", "describe_stack_events", page, StackName=_STACK_ID)
    (found,) = EventReader(account, _STACK_ID).new_events()
    assert found.status == status
    assert found.reason == "A::B::Hook Hook ended with message: x"


def test_a_validation_that_was_left_out_is_no_event(account: StubbedAccount) -> None:
    skipped = {"EventId": "x", "Timestamp": _START, "ValidationStatus": "SKIPPED", "ValidationStatusReason": "x"}
    _expect_newer_call(account, skipped)
    assert EventReader(account, _STACK_ID).new_events() == []
