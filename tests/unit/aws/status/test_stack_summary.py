"""A stack without its endpoint is one that lost it, or one whose model is paused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from genai_templates import TextStack
from genai_templates.aws.cloudformation.stacks import APP_TAG, StackDescription
from genai_templates.aws.status.look_up import LookUp
from genai_templates.aws.status.model_state import describe_model
from genai_templates.aws.status.stack_summary import StackSummary
from genai_templates.cli.status_json import summary_object
from genai_templates.cli.status_text import print_summaries
from genai_templates.options import Hosting
from tests.unit.aws.stubbed_account import StubbedAccount


def summary(account: StubbedAccount, **parameters: str) -> StackSummary:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    stack = StackDescription(
        "arn:stack", "genai-text", "UPDATE_COMPLETE", "", now, now, "", parameters, tags={APP_TAG: "text"}
    )
    account.refuse("sagemaker", "describe_endpoint", "ValidationException", "Could not find endpoint")
    model = describe_model(account, stack, json.loads(TextStack(hosting=Hosting.NATIVE).to_json()), LookUp())
    return StackSummary(stack=stack, model=model, endpoint_is_own=True, cost=None)


@pytest.mark.parametrize(("state", "word"), [("PAUSED", "paused"), ("RUNNING", "GONE")])
def test_an_endpoint_that_is_not_there_is_paused_or_gone(
    account: StubbedAccount, capsys: pytest.CaptureFixture[str], state: str, word: str
) -> None:
    found = summary(account, ModelState=state)
    print_summaries([found], "eu-west-1")
    assert word in capsys.readouterr().out
    shown = summary_object(found)
    assert (shown["is_paused"], shown["endpoint_is_gone"]) == (state == "PAUSED", state == "RUNNING")


def test_a_stack_whose_model_cannot_be_paused_has_lost_its_endpoint(account: StubbedAccount) -> None:
    assert summary(account).endpoint_is_gone
