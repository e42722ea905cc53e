"""A guardrail's verdict as a reason, and its failures as errors that let nothing pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from handlers.common import aws, limits
from handlers.common.content.guardrail import Guardrail, Settings
from handlers.common.errors import FilterUnavailable

TEXT = "a text that nobody is to find in a log"
REQUEST = {
    "guardrailIdentifier": "abc",
    "guardrailVersion": "1",
    "source": "INPUT",
    "content": [{"text": {"text": TEXT}}],
}
USAGE = dict.fromkeys(
    (
        "topicPolicyUnits",
        "contentPolicyUnits",
        "wordPolicyUnits",
        "sensitiveInformationPolicyUnits",
        "sensitiveInformationPolicyFreeUnits",
        "contextualGroundingPolicyUnits",
    ),
    1,
)


@pytest.fixture
def guardrail() -> Guardrail:
    return Guardrail(aws.make_client("bedrock-runtime"), Settings("abc", "1"))


@pytest.fixture
def stub(guardrail: Guardrail) -> Iterator[Stubber]:
    with Stubber(guardrail.client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def verdict(*assessments: dict[str, Any]) -> dict[str, Any]:
    action = "GUARDRAIL_INTERVENED" if assessments else "NONE"
    return {"usage": USAGE, "action": action, "outputs": [], "assessments": list(assessments)}


def filtered(kind: str, action: str = "BLOCKED") -> dict[str, Any]:
    return {"contentPolicy": {"filters": [{"type": kind, "confidence": "HIGH", "action": action}]}}


_WORD = {"match": "word", "action": "BLOCKED"}
_ENTITY = {"match": "a@b.c", "type": "EMAIL", "action": "ANONYMIZED"}


@pytest.mark.parametrize(
    ("assessments", "reason"),
    [
        ([], ""),
        ([filtered("VIOLENCE")], "toxicity"),
        ([filtered("VIOLENCE", "NONE"), filtered("PROMPT_ATTACK")], "prompt_attack"),
        ([{"topicPolicy": {"topics": [{"name": "Money", "type": "DENY", "action": "BLOCKED"}]}}], "denied_topic"),
        ([{"wordPolicy": {"customWords": [_WORD], "managedWordLists": []}}], "blocked_term"),
        ([{"wordPolicy": {"customWords": [], "managedWordLists": [{**_WORD, "type": "PROFANITY"}]}}], "toxicity"),
        ([{"sensitiveInformationPolicy": {"piiEntities": [_ENTITY], "regexes": []}}], "personal_data"),
        ([filtered("HATE"), {"topicPolicy": {"topics": []}}, filtered("PROMPT_ATTACK")], "prompt_attack"),
        ([{"contextualGroundingPolicy": {"filters": []}}], "denied_topic"),  # of a policy that has no reason of its own
    ],
)
def test_what_a_guardrail_finds_has_a_reason(
    guardrail: Guardrail, stub: Stubber, assessments: list[dict[str, Any]], reason: str
) -> None:
    stub.add_response("apply_guardrail", verdict(*assessments), REQUEST)
    assert guardrail.find_reason(TEXT, is_prompt=True) == reason


def test_a_text_of_the_model_is_an_output(guardrail: Guardrail, stub: Stubber) -> None:
    stub.add_response("apply_guardrail", verdict(), {**REQUEST, "source": "OUTPUT"})
    assert guardrail.find_reason(TEXT, is_prompt=False) == ""


@pytest.mark.parametrize(
    ("code", "retry_after"),
    [
        ("ThrottlingException", 5),
        ("ServiceUnavailableException", 5),
        ("AccessDeniedException", None),
        ("ResourceNotFoundException", None),
        ("ValidationException", None),
    ],
)
def test_a_guardrail_that_is_not_applied_lets_nothing_pass(
    guardrail: Guardrail, stub: Stubber, caplog: pytest.LogCaptureFixture, code: str, retry_after: int | None
) -> None:
    stub.add_client_error("apply_guardrail", code, "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc")
    with pytest.raises(FilterUnavailable) as refused:
        guardrail.find_reason(TEXT, is_prompt=True)
    assert (refused.value.status, refused.value.retry_after) == (503, retry_after)
    assert "arn:" not in refused.value.message
    assert TEXT not in caplog.text
    assert [record.levelname for record in caplog.records] == ["WARNING" if retry_after else "ERROR"]


def test_a_guardrail_that_takes_too_long_lets_nothing_pass(
    guardrail: Guardrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://bedrock-runtime")

    monkeypatch.setattr(guardrail.client, "apply_guardrail", wait)
    with pytest.raises(FilterUnavailable) as refused:
        guardrail.find_reason(TEXT, is_prompt=True)
    assert refused.value.retry_after == 5


def test_no_text_is_longer_than_one_request_to_a_guardrail_may_be() -> None:
    # Text units: https://docs.aws.amazon.com/general/latest/gr/bedrock.html#limits_bedrock
    most_characters = 25 * 1_000
    assert most_characters >= limits.TEXT_MAX_CHARACTERS
    assert most_characters >= limits.TEXT_PROMPT_MAX_CHARACTERS
    assert most_characters >= limits.MAX_NEW_TOKENS * 10
