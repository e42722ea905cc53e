"""The function that pauses the model: it waits for a stack that is being changed, and says when it could not."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

STACK = "arn:aws:cloudformation:us-east-1:000000000000:stack/text/1"


class Context:
    """So much time is left, less with each look at it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        self._seconds -= 20
        return int((self._seconds + 20) * 1000)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    environment = {"STACK_ID": STACK, "STATE_PARAMETER": "ModelState", "PAUSED_STATE": "PAUSED"}
    for name, value in {**environment, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    loaded = importlib.reload(importlib.import_module("handlers.custom_resources.pause_model"))
    monkeypatch.setattr(loaded, "cloudformation", boto3.client("cloudformation", "us-east-1"))
    monkeypatch.setattr(loaded.time, "sleep", lambda seconds: None)
    return loaded


def described(status: str) -> dict[str, Any]:
    parameters = [{"ParameterKey": name, "ParameterValue": "1"} for name in ("LogRetentionDays", "ModelState")]
    stack = {"StackName": "text", "CreationTime": "2026-01-01", "StackStatus": status, "Parameters": parameters}
    return {"Stacks": [stack]}


@pytest.fixture
def stub(module: ModuleType) -> Stubber:
    stubber = Stubber(module.cloudformation)
    stubber.activate()
    return stubber


def refuse(stub: Stubber, message: str) -> None:
    stub.add_client_error("update_stack", "ValidationError", message)


def test_only_the_models_state_changes(module: ModuleType, stub: Stubber) -> None:
    stub.add_response("describe_stacks", described("CREATE_COMPLETE"), {"StackName": STACK})
    parameters = [
        {"ParameterKey": "LogRetentionDays", "UsePreviousValue": True},
        {"ParameterKey": "ModelState", "ParameterValue": "PAUSED"},
    ]
    expected = {"StackName": STACK, "UsePreviousTemplate": True, "Parameters": parameters, "Capabilities": ANY}
    stub.add_response("update_stack", {"StackId": STACK}, expected)
    module.handler({}, Context(900))
    stub.assert_no_pending_responses()


def test_a_stack_that_is_being_changed_is_waited_for(module: ModuleType, stub: Stubber) -> None:
    stub.add_response("describe_stacks", described("UPDATE_IN_PROGRESS"))
    stub.add_response("describe_stacks", described("UPDATE_COMPLETE"))
    refuse(stub, "Stack is in UPDATE_IN_PROGRESS state and can not be updated.")
    stub.add_response("describe_stacks", described("UPDATE_COMPLETE"))
    stub.add_response("update_stack", {"StackId": STACK})
    module.handler({}, Context(900))
    stub.assert_no_pending_responses()


def test_a_model_that_is_paused_is_left_as_it_is(module: ModuleType, stub: Stubber) -> None:
    stub.add_response("describe_stacks", described("UPDATE_COMPLETE"))
    refuse(stub, "No updates are to be performed.")
    module.handler({}, Context(900))
    stub.assert_no_pending_responses()


def busy(stub: Stubber) -> None:
    for _ in range(4):
        stub.add_response("describe_stacks", described("UPDATE_IN_PROGRESS"))


def broken(stub: Stubber) -> None:
    stub.add_response("describe_stacks", described("UPDATE_ROLLBACK_FAILED"))
    refuse(stub, "Stack is in UPDATE_ROLLBACK_FAILED state and can not be updated.")


@pytest.mark.parametrize(("play", "error"), [(busy, "StackIsBusy"), (broken, "ClientError")])
def test_what_could_not_be_done_fails_so_that_lambda_tries_again(
    module: ModuleType, stub: Stubber, play: Callable[[Stubber], None], error: str
) -> None:
    play(stub)
    with pytest.raises(Exception, match=r"not paused yet|ROLLBACK_FAILED") as raised:
        module.handler({}, Context(100))
    assert type(raised.value).__name__ == error
