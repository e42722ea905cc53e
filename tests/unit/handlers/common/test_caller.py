"""Who calls, by what the gateway puts into an event."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.common.caller import UnknownCaller, read_caller

SUBJECT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
ROLE = "arn:aws:sts::123456789012:assumed-role/Analyst"
USER = "arn:aws:iam::123456789012:user/alice"
EMPLOYEE = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/alice@example.com"


def signed_by(arn: str) -> dict[str, Any]:
    return {"identity": {"userArn": arn, "sourceIp": "192.0.2.1"}}


@pytest.mark.parametrize(
    ("auth", "context", "caller"),
    [
        ("none", {}, ""),
        ("none", signed_by(USER), ""),
        ("api-key", {"identity": {"apiKeyId": "a1b2c3d4e5", "apiKey": "secret"}}, "a1b2c3d4e5"),
        ("cognito", {"authorizer": {"claims": {"sub": SUBJECT, "client_id": "page"}}}, SUBJECT),
        ("iam", signed_by(USER), USER),
        ("iam", signed_by(f"{ROLE}/botocore-session-1700000000"), ROLE),
        ("iam", signed_by(f"{ROLE}/somebody"), ROLE),
        ("iam", signed_by(EMPLOYEE), EMPLOYEE),
        (
            "iam",
            signed_by("arn:aws:sts::123456789012:federated-user/bob"),
            "arn:aws:sts::123456789012:federated-user/bob",
        ),
    ],
)
def test_the_caller_is_what_stays_the_same_for_the_same_one(auth: str, context: object, caller: str) -> None:
    assert read_caller(context, auth) == caller


@pytest.mark.parametrize("auth", ["api-key", "cognito", "iam"])
@pytest.mark.parametrize(
    "context",
    [None, {}, {"identity": None}, {"identity": {}}, {"identity": {"apiKeyId": "", "userArn": 1}}, {"authorizer": {}}],
)
def test_a_request_without_a_caller_is_none(auth: str, context: object) -> None:
    with pytest.raises(UnknownCaller, match="has no"):
        read_caller(context, auth)
