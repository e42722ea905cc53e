"""Responses that get lost, functions that end half-way, and what is never heard of again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from handlers.common.errors import InvalidRequest, ModelFailed, Unavailable
from handlers.jobs import table
from handlers.jobs.dispatch import event
from tests.unit.handlers.conftest import Clock, event_of
from tests.unit.handlers.jobs.speech import TEXT, Speech


@pytest.fixture
def response_lost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Any]:
    """Have every write of an operation whose request holds a text be done twice, as the SDK does without a response."""

    @contextmanager
    def lose(operation: str, text: str) -> Iterator[None]:
        write = getattr(table.client, operation)

        def write_twice(**parameters: Any) -> Any:
            if text in str(parameters):
                write(**parameters)
            return write(**parameters)

        with monkeypatch.context() as patch:
            patch.setattr(table.client, operation, write_twice)
            yield

    return lose


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, operation: str, text: str = "") -> Iterator[None]:
    """Have the table refuse an operation whose request holds a text."""
    do = getattr(table.client, operation)

    def refuse(**parameters: Any) -> Any:
        if text in str(parameters):
            message = "arn:aws:dynamodb:us-east-1:123456789012:table/jobs"
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": message}}, operation)
        return do(**parameters)

    with monkeypatch.context() as patch:
        patch.setattr(table.client, operation, refuse)
        yield


def test_the_event_of_a_new_job_is_sent_though_a_response_got_lost(speech: Speech, response_lost: Any) -> None:
    with response_lost("put_item", "QUEUED"):
        job_id = speech.started()
    assert speech.events.payloads == [{"job_id": job_id}]


def test_of_two_writers_of_a_job_the_first_one_stays(speech: Speech) -> None:
    first, second = (
        speech.jobs.create("0" * 32, {"text": text}, owner="", dispatcher=text, retention_days=30, maximum_age=60)
        for text in ("one", "two")
    )
    job = speech.jobs.read("0" * 32, owner="")
    assert (first, second) == (True, False)
    assert job is not None
    assert job.settings == {"text": "one"}


def test_a_claimed_key_starts_its_job_though_a_response_got_lost(speech: Speech, response_lost: Any) -> None:
    with response_lost("put_item", "idempotency#"):
        speech.submit(key="key")
    assert len(speech.events.payloads) == 1


@pytest.mark.parametrize("text", ["RUNNING", "SUCCEEDED"])
def test_a_job_is_done_once_though_a_response_got_lost(speech: Speech, response_lost: Any, text: str) -> None:
    job_id = speech.started()
    with response_lost("update_item", f"'S': '{text}'"):
        speech.process(job_id)
    assert speech.status_of(job_id) == "SUCCEEDED"
    assert speech.latest() == job_id
    assert len(speech.spoken) == 1


def test_an_invocation_that_lost_its_lease_changes_nothing_more(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    late = speech.jobs.start(job_id, lease_seconds=90)
    clock.seconds += 92
    assert speech.jobs.start(job_id, lease_seconds=90) is not None
    assert late is not None
    speech.jobs.requeue(late)
    speech.jobs.fail(late, code="late", message="Late.")
    speech.jobs.succeed(late, [])
    assert speech.status_of(job_id) == "RUNNING"
    assert speech.latest() is None


def test_the_latest_job_is_pointed_to_by_the_next_try(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = speech.started()
    with refusing(monkeypatch, "put_item", "latest"), pytest.raises(Unavailable):
        speech.process(job_id)
    assert speech.status_of(job_id) == "SUCCEEDED"
    speech.process(job_id)
    assert speech.latest() == job_id
    assert len(speech.spoken) == 1


@pytest.mark.parametrize("operation", ["put_item", "get_item"])
def test_a_table_that_refuses_is_unavailable_for_now(
    speech: Speech, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    events = {
        "put_item": event_of("POST", "/speech", json.dumps({"text": TEXT})),
        "get_item": event_of("GET", "/speech/{job_id}", pathParameters={"job_id": "0" * 32}),
    }
    with refusing(monkeypatch, operation):
        response = speech.serve(events[operation])
    assert (response["statusCode"], response["headers"]["Retry-After"]) == (503, "5")
    assert json.loads(response["body"])["error"]["code"] == "unavailable"
    assert "arn:" not in response["body"]


def test_a_key_whose_job_could_not_start_starts_another(speech: Speech) -> None:
    speech.events.refuses = True
    assert speech.submit(key="key")[0] == 503
    speech.events.refuses = False
    first = speech.submit(key="key")
    assert first[0] == 202
    assert speech.status_of(first[1]["job_id"]) == "QUEUED"
    assert speech.submit(key="key") == first
    assert len(speech.events.payloads) == 1


def test_a_key_whose_job_could_not_start_still_stands_for_its_request(speech: Speech) -> None:
    speech.events.refuses = True
    speech.submit("one", "key")
    speech.events.refuses = False
    assert speech.submit("two", "key")[0] == 409


def test_a_job_that_failed_for_another_reason_keeps_its_key(speech: Speech) -> None:
    _, first = speech.submit(key="key")
    speech.error = InvalidRequest("no")
    speech.process(first["job_id"])
    assert speech.submit(key="key")[1]["job_id"] == first["job_id"]
    assert len(speech.events.payloads) == 1


def test_a_job_whose_event_was_sent_without_a_response_goes_on(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_and_fall_silent(*, Payload: bytes, **_: object) -> None:
        speech.process(json.loads(Payload)["job_id"])
        raise EndpointConnectionError(endpoint_url="lambda")

    monkeypatch.setattr(event.lambda_client, "invoke", take_and_fall_silent)
    status, body = speech.submit()
    assert status == 202
    assert speech.status_of(body["job_id"]) == "SUCCEEDED"


def orphaned(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> str:
    """Leave a job behind that is written, and whose event is neither sent nor known to be missing."""
    speech.events.refuses = True
    with refusing(monkeypatch, "update_item"):
        assert speech.submit(key="key")[0] == 503
    speech.events.refuses = False
    (job,) = (each for each in boto3.client("dynamodb").scan(TableName="jobs")["Items"] if "status" in each)
    return str(job["job_id"]["S"])


@pytest.mark.usefixtures("no_pauses")
def test_the_event_of_an_orphaned_job_is_sent_by_the_same_key(
    speech: Speech, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = orphaned(speech, monkeypatch)
    assert speech.submit(key="key")[0] == 503
    assert speech.events.payloads == []  # the function that wrote it may still be about to
    clock.seconds += 21
    assert speech.submit(key="key")[1]["job_id"] == job_id
    assert speech.events.payloads == [{"job_id": job_id}]


def test_the_event_of_a_job_that_waits_for_its_next_try_is_not_sent_again(speech: Speech, clock: Clock) -> None:
    _, body = speech.submit(key="key")
    speech.error = ModelFailed("no")
    with pytest.raises(ModelFailed):
        speech.process(body["job_id"])
    clock.seconds += 21
    speech.submit(key="key")
    assert len(speech.events.payloads) == 1


def test_a_job_that_nobody_finishes_counts_as_failed_in_the_end(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    clock.seconds += 3600 + 899
    assert speech.status_of(job_id) == "QUEUED"
    clock.seconds += 2
    shown = speech.show(job_id)[1]
    assert (shown["status"], shown["error"]["code"]) == ("FAILED", "expired")
    assert shown["error"]["message"] == "The job could not be finished in time; please try again."
    speech.process(job_id)  # an event that comes so late changes nothing that was shown
    assert speech.spoken == []
    assert speech.show(job_id)[1] == shown


def test_a_job_under_way_at_its_last_moment_may_still_end_well(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    clock.seconds += 3600 + 890
    speech.jobs.start(job_id, lease_seconds=90)
    clock.seconds += 60
    assert speech.status_of(job_id) == "RUNNING"
    clock.seconds += 40
    assert speech.status_of(job_id) == "FAILED"


def test_an_expired_job_is_not_done(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    clock.seconds += 30 * 86_400 + 1
    speech.process(job_id)
    assert speech.spoken == []
