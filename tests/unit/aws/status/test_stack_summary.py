"""A stack without its endpoint is one that lost it, or one whose model is paused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from genai_templates.aws.cloudformation.stacks import APP_TAG, StackDescription
from genai_templates.aws.status.stack_summary import StackSummary
from genai_templates.cli.status_json import summary_object
from genai_templates.cli.status_text import print_summaries


def summary(**parameters: str) -> StackSummary:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    stack = StackDescription(
        "arn:stack", "genai-text", "UPDATE_COMPLETE", "", now, now, "", parameters, tags={APP_TAG: "text"}
    )
    return StackSummary(
        stack=stack, model_id="m", endpoint_name="genai-1", endpoint=None, endpoint_is_own=True, cost=None
    )


@pytest.mark.parametrize(("state", "word"), [("PAUSED", "paused"), ("RUNNING", "GONE")])
def test_an_endpoint_that_is_not_there_is_paused_or_gone(
    capsys: pytest.CaptureFixture[str], state: str, word: str
) -> None:
    found = summary(ModelState=state)
    print_summaries([found], "eu-west-1")
    assert word in capsys.readouterr().out
    shown = summary_object(found)
    assert (shown["is_paused"], shown["endpoint_is_gone"]) == (state == "PAUSED", state == "RUNNING")


def test_a_stack_whose_model_cannot_be_paused_has_lost_its_endpoint() -> None:
    assert summary().endpoint_is_gone
