"""The daily limit: what counts, against whom, until when, and what happens where nothing can be counted."""

from __future__ import annotations

import calendar
import json
from typing import Any

import boto3
import pytest

from handlers.common import daily_limit
from handlers.common.caller import opaque
from handlers.common.daily_limit import DailyLimit
from handlers.common.errors import DailyLimitReached, Unavailable
from handlers.common.http import Request
from tests.unit.handlers.conftest import Context, event_of

MIDNIGHT = calendar.timegm((2027, 3, 1, 0, 0, 0))
TABLE = "limits"


class Clock:
    """The limit's clock, a second before midnight."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = MIDNIGHT - 1.0
        monkeypatch.setattr(daily_limit, "now", lambda: self.seconds)


@pytest.fixture(name="limit_clock")
def _limit_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until a test turns it."""
    return Clock(monkeypatch)


@pytest.fixture
def limit(aws: None, limit_clock: Clock) -> DailyLimit:
    """A limit of two requests."""
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("caller", "day")],
        KeySchema=[{"AttributeName": "caller", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return DailyLimit(TABLE, 2, stack_name="stack")


def request_of(caller: str) -> Request:
    event = event_of("POST", "/generate", requestContext={"requestId": "r", "authorizer": {"claims": {"sub": caller}}})
    return Request.from_event(event, Context(), auth="cognito")


def refusal_of(limit: DailyLimit, caller: str) -> DailyLimitReached:
    with pytest.raises(DailyLimitReached) as refused:
        limit.count(request_of(caller), operation="Generate")
    return refused.value


def items() -> list[dict[str, Any]]:
    return [dict(item) for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]]


def test_as_many_requests_pass_as_the_limit_says_and_no_more(limit: DailyLimit) -> None:
    for _ in range(2):
        limit.count(request_of("a"), operation="Generate")
    refusals = [refusal_of(limit, "a") for _ in range(3)]
    assert {(each.status, each.code, each.retry_after) for each in refusals} == {(429, "daily_limit_reached", 1)}
    assert "2 requests" in refusals[0].message
    assert [item["requests"] for item in items()] == [{"N": "2"}]


def test_each_caller_has_a_day_of_their_own(limit: DailyLimit) -> None:
    for caller in ("a", "b", "a", "b"):
        limit.count(request_of(caller), operation="Generate")
    assert refusal_of(limit, "a").code == refusal_of(limit, "b").code == "daily_limit_reached"


def test_a_day_ends_at_midnight_utc(limit: DailyLimit, limit_clock: Clock) -> None:
    limit_clock.seconds = MIDNIGHT - 86_400
    for _ in range(2):
        limit.count(request_of("a"), operation="Generate")
    assert refusal_of(limit, "a").retry_after == 86_400
    limit_clock.seconds = MIDNIGHT - 0.001
    assert refusal_of(limit, "a").retry_after == 1
    limit_clock.seconds = MIDNIGHT
    for _ in range(2):
        limit.count(request_of("a"), operation="Generate")
    assert refusal_of(limit, "a").retry_after == 86_400
    assert {item["day"]["S"] for item in items()} == {"2027-02-28", "2027-03-01"}


def test_a_count_expires_after_its_day_and_names_nobody(limit: DailyLimit) -> None:
    limit.count(request_of("alice@example.com"), operation="Generate")
    (item,) = items()
    assert MIDNIGHT < int(item["expires_at"]["N"]) <= MIDNIGHT + 86_400
    assert item["caller"]["S"] == opaque("alice@example.com")
    assert "alice" not in str(item)


def test_a_refusal_is_a_metric_without_the_caller(limit: DailyLimit, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        limit.count(request_of("a"), operation="Generate")
    assert capsys.readouterr().out == ""
    refusal_of(limit, "a")
    line = json.loads(capsys.readouterr().out)
    assert (line["Stack"], line["Operation"], line["DailyLimitReached"]) == ("stack", "Generate", 1)
    assert opaque("a") not in json.dumps(line)


def test_a_request_that_cannot_be_counted_is_refused(aws: None, limit_clock: Clock) -> None:
    limit = DailyLimit("a-table-that-is-not-there", 2, stack_name="stack")
    with pytest.raises(Unavailable) as refused:
        limit.count(request_of("a"), operation="Generate")
    assert (refused.value.status, refused.value.retry_after) == (503, 5)


def test_without_a_table_everything_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def make_none(*_: object, **__: object) -> None:
        raise AssertionError("a client costs time at a cold start")

    monkeypatch.setattr(daily_limit, "make_client", make_none)
    limit = DailyLimit("", 0, stack_name="stack")
    for _ in range(3):
        limit.count(request_of("a"), operation="Generate")
