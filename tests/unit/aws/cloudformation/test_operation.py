"""An operation is followed to its end, and what failed is told with its first cause."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from genai_templates.aws.cloudformation import operation
from genai_templates.aws.cloudformation.events import EventReader, StackEvent
from genai_templates.aws.cloudformation.operation import Operation, Watcher, check_outcome, follow
from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.errors import AwsError, StackFailed
from tests.unit.aws.stubbed_account import StubbedAccount

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_STACK_ID = "arn:aws:cloudformation:eu-west-1:1:stack/genai-text/guid"


def _stack(status: str, reason: str = "") -> StackDescription:
    return StackDescription(_STACK_ID, "genai-text", status, reason, _NOW, None, "")


def _failed(logical_id: str, reason: str) -> StackEvent:
    return StackEvent(
        event_id=logical_id,
        time=_NOW,
        logical_id=logical_id,
        physical_id="",
        kind="A::B::C",
        status="CREATE_FAILED",
        reason=reason,
    )


def _message(*events: StackEvent, status: str = "ROLLBACK_COMPLETE", reason: str = "") -> list[str]:
    with pytest.raises(StackFailed) as raised:
        check_outcome(Operation(_stack(status, reason), list(events)), "CREATE_COMPLETE")
    assert raised.value.status == status
    return str(raised.value).splitlines()


def test_the_first_cause_comes_first_and_what_was_cancelled_not_at_all() -> None:
    lines = _message(
        _failed("First", "Resource handler returned message: x already exists"),
        _failed("Other", "Resource creation cancelled"),
        _failed("Second", "Rate exceeded"),
    )
    assert lines[:3] == [
        "name taken: genai-text is ROLLBACK_COMPLETE",
        "  First (A::B::C): Resource handler returned message: x already exists",
        "  also: Second (A::B::C): Rate exceeded",
    ]


def test_what_cloudformation_wraps_around_a_reason_is_left_out() -> None:
    wrapped = "WaitCondition received failed message: 'the quota 'x' is too low' for uniqueId: deployment"
    assert _message(_failed("X", wrapped))[1] == "  X (A::B::C): the quota 'x' is too low"
    wrapped = "Received response status [FAILED] from custom resource. Message returned: no index.html (RequestId: 1-2)"
    assert _message(_failed("X", wrapped))[:2] == [
        "custom resource failed: genai-text is ROLLBACK_COMPLETE",
        "  X (A::B::C): no index.html",
    ]


def test_without_a_cause_the_stacks_own_reason_is_message() -> None:
    assert _message(status="UPDATE_ROLLBACK_COMPLETE", reason="Rate exceeded")[:3] == [
        "throttled: genai-text is UPDATE_ROLLBACK_COMPLETE",
        "  Rate exceeded",
        "  the stack is as it was before",
    ]
    assert _message(status="DELETE_COMPLETE")[1] == "  no reason given"


def test_what_ended_as_expected_is_no_failure() -> None:
    check_outcome(Operation(_stack("CREATE_COMPLETE")), "CREATE_COMPLETE")


def _describe(account: StubbedAccount, status: str) -> None:
    found: dict[str, Any] = {"StackId": _STACK_ID, "StackName": "genai-text", "StackStatus": status}
    account.expect(
        "cloudformation", "describe_stacks", {"Stacks": [{**found, "CreationTime": _NOW}]}, StackName=_STACK_ID
    )


def _no_events(account: StubbedAccount) -> None:
    account.expect("cloudformation", "describe_stack_events", {"StackEvents": []}, StackName=_STACK_ID)


def _report(account: StubbedAccount, status: str) -> None:
    event = {
        "StackId": _STACK_ID,
        "StackName": "genai-text",
        "EventId": status,
        "Timestamp": _NOW,
        "LogicalResourceId": "genai-text",
        "PhysicalResourceId": _STACK_ID,
        "ResourceType": "AWS::CloudFormation::Stack",
        "ResourceStatus": status,
    }
    account.expect("cloudformation", "describe_stack_events", {"StackEvents": [event]}, StackName=_STACK_ID)


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def watcher(problems: list[str], monkeypatch: pytest.MonkeyPatch) -> Watcher:
    monkeypatch.setattr(operation, "_FIRST_PAUSE_SECONDS", 0.0)
    return Watcher(lambda found, new: None, lambda found: None, problems.append)


def test_a_lost_network_is_told_once_and_waited_for(
    account: StubbedAccount, watcher: Watcher, problems: list[str]
) -> None:
    for _ in range(3):
        account.refuse("cloudformation", "describe_stacks", "Throttling", "Rate exceeded")
    _describe(account, "CREATE_COMPLETE")
    _report(account, "CREATE_COMPLETE")
    found = follow(account, _stack("CREATE_IN_PROGRESS"), EventReader(account, _STACK_ID), watcher)
    assert found.stack.status == "CREATE_COMPLETE"
    assert problems == [
        "throttled: DescribeStacks: Throttling: Rate exceeded: genai-text goes on, trying again",
        "AWS can be reached again",
    ]


def test_a_network_that_stays_away_is_given_up_in_the_end(
    account: StubbedAccount, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "_PATIENCE_SECONDS", -1.0)
    account.refuse("cloudformation", "describe_stacks", "Throttling")
    with pytest.raises(AwsError, match="throttled"):
        follow(account, _stack("CREATE_IN_PROGRESS"), EventReader(account, _STACK_ID), watcher)


def test_what_waiting_does_not_mend_ends_it_at_once(
    account: StubbedAccount, watcher: Watcher, problems: list[str]
) -> None:
    account.refuse("cloudformation", "describe_stacks", "ExpiredToken")
    with pytest.raises(AwsError, match="expired credentials"):
        follow(account, _stack("CREATE_IN_PROGRESS"), EventReader(account, _STACK_ID), watcher)
    assert problems == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE"),
        ("CREATE_COMPLETE", "UPDATE_COMPLETE"),
        ("UPDATE_COMPLETE", "UPDATE_COMPLETE"),
        ("CREATE_COMPLETE", "DELETE_COMPLETE"),
    ],
)
def test_a_look_that_sees_the_stack_as_it_was_before_does_not_end_it(
    account: StubbedAccount, watcher: Watcher, before: str, after: str
) -> None:
    for _ in range(2):
        _describe(account, before)
        _no_events(account)
    _describe(account, after)
    _report(account, after)
    found = follow(account, _stack(before), EventReader(account, _STACK_ID), watcher)
    assert (found.stack.status, [each.status for each in found.events]) == (after, [after])
    account.check()


def test_a_status_that_stays_ends_it_without_an_event(
    account: StubbedAccount, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "_STALE_SECONDS", -1.0)
    _describe(account, "CREATE_COMPLETE")
    _no_events(account)
    assert follow(account, _stack("CREATE_IN_PROGRESS"), EventReader(account, _STACK_ID), watcher).has_ended
