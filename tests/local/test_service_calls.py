"""Calls of ministack's services from inside the emulator: what is refused is told in the service's own words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from genai_templates.local.ministack_patches import service_calls


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: service_calls.call_iam("GetRole", RoleName="none"), "GetRole: NoSuchEntity: Role none not found"),
        (
            lambda: service_calls.call_ec2("DescribeSubnets", **{"SubnetId.1": "subnet-none"}),
            "DescribeSubnets: .*'subnet-none' does not",
        ),
        (
            lambda: service_calls.call_s3("GET", "/none/key"),
            "GET /none/key: NoSuchBucket: The specified bucket does not exist",
        ),
        (lambda: service_calls.call_sqs("GetQueueUrl", QueueName="none"), "GetQueueUrl: .*queue does not exist"),
        (lambda: service_calls.call_api_gateway("POST", "/restapis/none/models", {}), "POST /restapis/none/models: "),
    ],
    ids=["iam", "ec2", "s3", "sqs", "apigateway"],
)
def test_a_refusal_is_one_line(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        call()
    assert "<" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_service_that_waits_is_an_error_and_not_a_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(*_: object) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(service_calls, "iam", SimpleNamespace(handle_request=wait))
    with pytest.raises(RuntimeError, match="waits for something"):
        service_calls.call_iam("ListRoles")
