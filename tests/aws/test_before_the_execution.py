"""What can go wrong before CloudFormation begins: nothing of the stack is there then, and the reason is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.wire import Wire

Run = Callable[..., Finished]
_DENIED: dict[str, Any] = {"code": "AccessDenied", "message": "no identity-based policy allows it", "status": 403}
_REFUSALS: list[tuple[str, str, dict[str, Any], str]] = [
    ("s3", "HeadBucket", _DENIED, "access denied: the bucket genai-templates-000000000000-us-east-1 is another"),
    ("s3", "HeadBucket", {"code": "400"}, "expired credentials: HeadBucket: 400: "),
    ("s3", "CreateBucket", _DENIED, "access denied: CreateBucket: AccessDenied: no identity-based policy allows it"),
    ("s3", "PutBucketPolicy", _DENIED, "access denied: PutBucketPolicy: AccessDenied: "),
    ("s3", "PutObject", _DENIED, "access denied: PutObject: AccessDenied: "),
    ("s3", "PutObject", {"code": "SlowDown", "status": 503}, "throttled: PutObject: SlowDown: "),
    ("cloudformation", "DescribeStacks", {"code": "Throttling"}, "throttled: DescribeStacks: Throttling: "),
    ("cloudformation", "CreateChangeSet", _DENIED, "access denied: CreateChangeSet: AccessDenied: "),
    (
        "cloudformation",
        "CreateChangeSet",
        {"code": "ValidationError", "message": "S3 error: Access Denied"},
        "access denied: CreateChangeSet: ValidationError: S3 error: Access Denied",
    ),
    ("cloudformation", "DescribeChangeSet", {"code": "ExpiredToken"}, "expired credentials: DescribeChangeSet: "),
    ("cloudformation", "ExecuteChangeSet", _DENIED, "access denied: ExecuteChangeSet: AccessDenied: "),
]


def _left(account: EmulatedAccount) -> tuple[list[Any], list[Any]]:
    """Return the stacks, and the change sets of what would be ours."""
    client = account.client("cloudformation")
    return client.describe_stacks()["Stacks"], client.list_change_sets(StackName="genai-text")["Summaries"]


@pytest.mark.usefixtures("one_attempt")
def test_what_aws_refuses_is_named_and_leaves_nothing(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    for service, operation, error, first in _REFUSALS:
        account.wire.fail(service, operation, **error, times=1)
        finished = run("deploy", "--yes", *without_model)
        assert (finished.code, finished.stderr[:17]) == (1, "genai-templates: "), finished
        assert finished.stderr.startswith(f"genai-templates: {first}")
        assert 2 <= len(finished.stderr.splitlines()) <= 3
        assert _left(account) == ([], [])


def test_what_is_throttled_or_lost_is_tried_again(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    for operation in ("DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "DeleteChangeSet"):
        account.wire.fail("cloudformation", operation, code="Throttling", times=1)
    account.wire.drop("s3", "PutObject", times=1)
    account.wire.lose("cloudformation", "CreateChangeSet", times=1)
    finished = run("deploy", "--plan", *without_model)
    assert (finished.code, finished.stderr) == (0, "")
    assert finished.lines[-1] == "genai-text was not changed"
    assert _left(account) == ([], [])


def test_a_change_set_whose_maker_lost_the_network_is_removed(
    run: Run, wire: Wire, account: EmulatedAccount, without_model: tuple[object, ...], one_attempt: None
) -> None:
    wire.lose("cloudformation", "CreateChangeSet", times=1)
    finished = run("deploy", "--yes", *without_model)
    assert finished.stderr.startswith("genai-templates: network lost: Connection was closed")
    assert _left(account) == ([], [])
    for operation in ("DescribeChangeSet", "DeleteChangeSet"):
        wire.drop("cloudformation", operation)
    finished = run("deploy", "--yes", *without_model)
    assert finished.stderr.startswith("genai-templates: network lost: ")
    assert "\n  a change set is left, which does nothing: arn:aws:cloudformation:" in finished.stderr


_WRONG = [
    (["--parameter", "NoSuch=1"], 2, "the template has no parameter NoSuch; it has "),
    (["--parameter", "ThrottleRate"], 2, "--parameter ThrottleRate: give NAME=VALUE"),
    (["--parameter", "ThrottleRate=0"], 1, "invalid parameter: CreateChangeSet: ValidationError: Parameter"),
    (["--bucket", "no-such-bucket"], 1, "artifact missing: there is no bucket no-such-bucket"),
    (["--output", "/dev/null"], 1, "/dev/null"),
]


def test_what_the_user_gave_wrongly_is_named(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    for more, code, first in _WRONG:
        finished = run("deploy", "--yes", *without_model, *more)
        assert (finished.code, finished.stderr.startswith(f"genai-templates: {first}")) == (code, True), finished
        assert _left(account) == ([], [])


def test_a_parameter_without_a_default_is_required_before_anything_is_made(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    finished = run("deploy", "--yes", *without_model[:-2])
    assert finished.code == 2
    assert finished.stderr.startswith("genai-templates: genai-text needs --parameter ExistingEndpointName=... (")
    assert not account.is_changed


def test_early_validation_says_what_it_found(
    run: Run, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    event = {
        "EventId": "1",
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "LogBucket",
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationPath": "/Resources/LogBucket/Properties/BucketName",
        "ValidationStatusReason": "a bucket of this name already exists",
    }
    reason = "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]"
    account.wire.respond(
        "cloudformation",
        "DescribeChangeSet",
        {"Status": "FAILED", "StatusReason": reason, "Changes": []},
    )
    account.wire.respond("cloudformation", "DescribeEvents", {"OperationEvents": [event]})
    finished = run("deploy", "--yes", "--json", *without_model)
    assert finished.code == 1
    assert json.loads(finished.lines[-1])["message"] == "name taken: genai-text: no change set could be made"
    assert finished.stderr.splitlines()[1:3] == [
        "  LogBucket NAME_CONFLICT_VALIDATION /Resources/LogBucket/Properties/BucketName a bucket of this name already "
        "exists",
        f"  {reason}",
    ]
    assert _left(account) == ([], [])


def test_an_interrupt_before_the_execution_leaves_nothing(
    start: Callable[..., Running], account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    for service, operation, hold in [
        ("s3", "PutObject", account.wire.hold),
        ("cloudformation", "CreateChangeSet", account.wire.hold_response),
        ("cloudformation", "DescribeChangeSet", account.wire.hold),
    ]:
        with hold(service, operation, times=1) as held:
            running = start("deploy", "--yes", *without_model, terminal=False)
            held.wait()
            running.interrupt()
        finished = running.wait()
        assert finished.code == 130
        assert finished.stderr == "genai-templates: interrupted: genai-text was not changed\n"
        assert _left(account) == ([], [])


def test_a_build_can_be_interrupted(start: Callable[..., Running], wire: Wire) -> None:
    running = start("deploy", "text", "--yes", terminal=False)
    running.read_until("text: packaging handlers")
    running.interrupt()
    finished = running.wait()
    assert (finished.code, finished.stderr) == (130, "genai-templates: interrupted: nothing was changed\n")
    assert set(wire.names()) == {"sts:GetCallerIdentity", "cloudformation:GetTemplate"}
    assert not list(Path("build").rglob("*.json"))


def test_at_the_prompt_one_can_still_go_back(
    start: Callable[..., Running], account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    for key, code, last in [
        ("", 130, "genai-templates: interrupted: genai-text was not changed"),
        ("n\n", 1, "genai-text was not changed"),
        ("\x04", 1, "genai-text was not changed"),
    ]:
        running = start("deploy", *without_model, columns=60)
        running.read_until("Deploy genai-text? [y/N]")
        if key:
            running.enter(key)
        else:
            running.interrupt()
        finished = running.wait()
        assert (finished.code, finished.lines[-1]) == (code, last)
        assert _left(account) == ([], [])
