"""What a change set says it would do, as people read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY

from genai_templates.aws.cloudformation.change_sets import ChangeSetRequest, create_change_set
from genai_templates.aws.cloudformation.changes import Change, Effect
from genai_templates.errors import StackFailed
from tests.unit.aws.stubbed_account import StubbedAccount

_ID = "arn:aws:cloudformation:eu-west-1:1:changeSet/x/1"
_STACK_ID = "arn:aws:cloudformation:eu-west-1:1:stack/genai-text/guid"
# With the stack, or IAM decides on the change set's own ARN.
_NAMED = {"ChangeSetName": _ID, "StackName": _STACK_ID}
_UPDATE = ChangeSetRequest(
    stack="genai-text",
    creates=False,
    template_url="https://bucket/template",
    parameters={"Kept": None, "Chosen": "5"},
    tags={"a": "b"},
)


def _expect_creation(account: StubbedAccount, **more: Any) -> None:
    expected = {
        "StackName": "genai-text",
        "ChangeSetName": ANY,
        "ChangeSetType": "UPDATE",
        "TemplateURL": "https://bucket/template",
        "Parameters": [
            {"ParameterKey": "Kept", "UsePreviousValue": True},
            {"ParameterKey": "Chosen", "ParameterValue": "5"},
        ],
        "Tags": [{"Key": "a", "Value": "b"}],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    account.expect("cloudformation", "create_change_set", {"Id": _ID, "StackId": _STACK_ID}, **{**expected, **more})


def _resource(action: str, **more: Any) -> dict[str, Any]:
    change = {"Action": action, "LogicalResourceId": "Thing", "ResourceType": "AWS::S3::Bucket", **more}
    return {"Type": "Resource", "ResourceChange": change}


def _described(status: str, changes: list[dict[str, Any]] | None = None, reason: str = "", token: str = "") -> Any:
    more = {"NextToken": token} if token else {}
    return {"Status": status, "StatusReason": reason, "Changes": changes or [], **more}


def _expect_discard(account: StubbedAccount) -> None:
    account.expect("cloudformation", "delete_change_set", {}, **_NAMED)


def _expect_look_at_stack(account: StubbedAccount, status: str) -> None:
    stack = {"StackName": "genai-text", "StackStatus": status, "CreationTime": datetime.now(UTC)}
    account.expect("cloudformation", "describe_stacks", {"Stacks": [stack]}, StackName=_STACK_ID)


def _failed_event(**more: str) -> dict[str, Any]:
    return {"EventId": "1", "EventType": "VALIDATION_ERROR", "Timestamp": datetime.now(UTC), **more}


@pytest.mark.parametrize(
    ("found", "effect", "loses_data"),
    [
        (_resource("Add"), Effect.ADDED, False),
        (_resource("Import"), Effect.ADDED, False),
        (_resource("Modify", Replacement="False"), Effect.CHANGED, False),
        (_resource("Modify", Replacement="True"), Effect.REPLACED, True),
        (_resource("Modify", Replacement="Conditional"), Effect.PERHAPS_REPLACED, True),
        (_resource("Remove", PolicyAction="Delete"), Effect.REMOVED, True),
        (_resource("Remove", PolicyAction="Retain"), Effect.KEPT, False),
        (_resource("Dynamic"), Effect.CHANGED, False),
        (_resource("Remove", ResourceType="AWS::SNS::Topic"), Effect.REMOVED, False),
    ],
    ids=lambda value: str(value)[:60],
)
def test_each_change_has_its_effect(
    account: StubbedAccount, found: dict[str, Any], effect: Effect, loses_data: bool
) -> None:
    _expect_creation(account)
    account.expect("cloudformation", "describe_change_set", _described("CREATE_COMPLETE", [found]), **_NAMED)
    (change,) = create_change_set(account, _UPDATE).changes
    assert (change.effect, change.loses_data) == (effect, loses_data)


def test_the_heavy_changes_come_first_and_all_pages_are_read(account: StubbedAccount) -> None:
    _expect_creation(account)
    details = [{"Target": {"Attribute": "Properties", "Name": name}} for name in ("KeySchema", "KeySchema", "Name")]
    first = _described("CREATE_COMPLETE", [_resource("Add", LogicalResourceId="New")], token="2")
    second = _described("CREATE_COMPLETE", [_resource("Modify", Replacement="True", Details=details)])
    account.expect("cloudformation", "describe_change_set", first, **_NAMED)
    account.expect("cloudformation", "describe_change_set", second, **_NAMED, NextToken="2")
    assert create_change_set(account, _UPDATE).changes == [
        Change(Effect.REPLACED, "Thing", "AWS::S3::Bucket", ("KeySchema", "Name")),
        Change(Effect.ADDED, "New", "AWS::S3::Bucket", ()),
    ]


_WARNING = _failed_event(ValidationFailureMode="WARN", ValidationStatusReason="the quota is nearly reached")


@pytest.mark.parametrize("events", [[], [_WARNING]], ids=["silent", "warned"])
@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_a_change_set_without_changes_is_no_failure(
    account: StubbedAccount, reason: str, events: list[dict[str, Any]]
) -> None:
    _expect_creation(account)
    account.expect("cloudformation", "describe_change_set", _described("FAILED", reason=reason), **_NAMED)
    account.expect(
        "cloudformation",
        "describe_events",
        {"OperationEvents": events},
        ChangeSetName=_ID,
        Filters={"FailedEvents": True},
    )
    _expect_discard(account)
    assert create_change_set(account, _UPDATE).changes == []


def test_what_early_validation_found_is_told_with_its_path(account: StubbedAccount) -> None:
    event = _failed_event(
        LogicalResourceId="LogBucket",
        ValidationName="NAME_CONFLICT_VALIDATION",
        ValidationPath="/Resources/LogBucket/Properties/BucketName",
        ValidationStatusReason="a bucket of this name already exists",
    )
    _expect_creation(account)
    account.expect(
        "cloudformation",
        "describe_change_set",
        _described("FAILED", reason="The following hook(s)/validation failed: [AWS::EarlyValidation]"),
        **_NAMED,
    )
    account.expect(
        "cloudformation",
        "describe_events",
        {"OperationEvents": [event]},
        ChangeSetName=_ID,
        Filters={"FailedEvents": True},
    )
    _expect_discard(account)
    with pytest.raises(StackFailed) as raised:
        create_change_set(account, _UPDATE)
    first, found, *_ = str(raised.value).splitlines()
    assert first == "name taken: genai-text: no change set could be made"
    assert found.startswith("  LogBucket NAME_CONFLICT_VALIDATION")
    assert found.endswith("/Resources/LogBucket/Properties/BucketName a bucket of this name already exists")


def test_a_failed_change_set_of_a_new_stack_leaves_no_stack_behind(account: StubbedAccount) -> None:
    _expect_creation(account, ChangeSetType="CREATE", RoleARN="arn:aws:iam::1:role/service-role")
    account.expect("cloudformation", "describe_change_set", _described("FAILED", reason="Template error: x"), **_NAMED)
    account.refuse("cloudformation", "describe_events", "AccessDenied")
    _expect_discard(account)
    _expect_look_at_stack(account, "REVIEW_IN_PROGRESS")
    account.expect("cloudformation", "list_change_sets", {"Summaries": []}, StackName="genai-text")
    account.expect("cloudformation", "delete_stack", {}, StackName=_STACK_ID)
    with pytest.raises(StackFailed, match=r"^invalid template: genai-text: no change set could be made\n  Template"):
        create_change_set(account, _UPDATE._replace(creates=True, role_arn="arn:aws:iam::1:role/service-role"))
