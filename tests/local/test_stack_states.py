"""What the emulated CloudFormation refuses to do with a stack in the state that it is in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator

HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
WAIT = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "600"}}
TOPIC = {"Type": "AWS::SNS::Topic"}
STAYS = json.dumps({"Resources": {"Topic": TOPIC}})
WAITS = json.dumps({"Resources": {"Topic": TOPIC, "Handle": HANDLE, "Wait": WAIT}})


@pytest.fixture
def cloudformation(emulator: Emulator) -> Iterator[Any]:
    client = emulator.client("cloudformation")
    yield client
    client.delete_stack(StackName="states")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value)


def test_a_change_set_waits_for_another_change(cloudformation: Any) -> None:
    cloudformation.create_stack(StackName="states", TemplateBody=STAYS)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="states", WaiterConfig={"Delay": 0})
    cloudformation.create_change_set(StackName="states", ChangeSetName="late", TemplateBody=WAITS)
    cloudformation.update_stack(StackName="states", TemplateBody=WAITS)
    late = refusal(lambda: cloudformation.execute_change_set(StackName="states", ChangeSetName="late"))
    assert "is in UPDATE_IN_PROGRESS state and can not be updated" in late


def test_a_stack_at_work_is_neither_changed_nor_created_again(cloudformation: Any) -> None:
    cloudformation.create_stack(StackName="states", TemplateBody=WAITS)
    states = "is in CREATE_IN_PROGRESS state and can not be updated"
    assert states in refusal(lambda: cloudformation.update_stack(StackName="states", TemplateBody=STAYS))
    assert states in refusal(
        lambda: cloudformation.create_change_set(StackName="states", ChangeSetName="c", TemplateBody=STAYS)
    )
    assert "already exists" in refusal(lambda: cloudformation.create_stack(StackName="states", TemplateBody=STAYS))
