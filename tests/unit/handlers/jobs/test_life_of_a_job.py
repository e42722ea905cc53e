"""A job's whole life: submitted, processed, shown, and what can go wrong on the way."""

from __future__ import annotations

import json
import threading
from typing import Any

import boto3
import pytest

from handlers.common.errors import (
    InvalidRequest,
    MalformedResponse,
    ModelFailed,
    ModelNotReady,
    ModelPaused,
    ModelTimeout,
    RequestError,
    TooManyRequests,
)
from handlers.jobs import mark_job_failed
from handlers.jobs.store import JobIsRunning
from tests.unit.handlers.conftest import Clock, Context
from tests.unit.handlers.jobs.speech import Speech, give_up


def test_a_job_is_queued_then_done_then_the_latest(speech: Speech) -> None:
    job_id = speech.started("hello")
    assert speech.status_of(job_id) == "QUEUED"
    speech.process(job_id)
    status, body = speech.show(job_id)
    assert (status, body["status"], body["results"]) == (200, "SUCCEEDED", [{"speech": "HELLO"}])
    assert body["created_at"] <= body["started_at"] <= body["finished_at"]
    assert speech.latest() == job_id


def test_a_request_that_is_refused_starts_nothing(speech: Speech) -> None:
    assert speech.submit("")[0] == 400
    assert speech.submit("hello", key="")[0] == 400
    assert speech.events.payloads == []


def test_the_same_key_and_body_give_one_job(speech: Speech) -> None:
    first = speech.submit(key="key")
    assert speech.submit(key="key") == first
    assert len(speech.events.payloads) == 1


def test_the_same_key_with_another_body_is_a_conflict(speech: Speech) -> None:
    speech.submit("one", "key")
    assert speech.submit("two", "key")[0] == 409


def test_the_same_key_many_times_at_once_gives_one_job(speech: Speech) -> None:
    barrier = threading.Barrier(8)
    responses = []

    def send() -> None:
        barrier.wait()
        responses.append(speech.submit(key="key"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in responses} == {202}
    assert len({body["job_id"] for _, body in responses}) == 1
    assert len(speech.events.payloads) == 1


def test_a_key_can_be_used_again_when_its_day_is_over(speech: Speech, clock: Clock) -> None:
    _, first = speech.submit(key="key")
    clock.seconds += 86_401
    _, second = speech.submit(key="key")
    assert first["job_id"] != second["job_id"]


def test_a_job_whose_event_cannot_be_sent_is_unavailable_and_marked(speech: Speech) -> None:
    speech.events.refuses = True
    status, body = speech.submit(key="key")
    assert status == 503
    assert "arn:" not in json.dumps(body)
    items = boto3.client("dynamodb").scan(TableName="jobs")["Items"]
    assert [each["status"]["S"] for each in items if "status" in each] == ["FAILED"]


def test_the_same_event_twice_does_the_job_once(speech: Speech) -> None:
    job_id = speech.started()
    speech.process(job_id)
    speech.process(job_id)
    assert len(speech.spoken) == 1


def test_an_event_for_a_job_under_way_comes_again_later(speech: Speech) -> None:
    job_id = speech.started()
    speech.jobs.start(job_id, lease_seconds=90)
    with pytest.raises(JobIsRunning):
        speech.process(job_id)


def test_a_job_whose_function_was_killed_is_done_by_the_next_try(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    speech.jobs.start(job_id, lease_seconds=90)
    clock.seconds += 92
    speech.process(job_id)
    assert speech.status_of(job_id) == "SUCCEEDED"


@pytest.mark.parametrize(
    "error", [TooManyRequests("m"), ModelNotReady("m"), ModelFailed("m"), ModelTimeout("m"), RuntimeError("m")]
)
def test_a_fault_that_may_pass_leaves_the_job_for_the_next_try(speech: Speech, error: Exception) -> None:
    job_id = speech.started()
    speech.error = error
    with pytest.raises(type(error)):
        speech.process(job_id)
    assert speech.status_of(job_id) == "QUEUED"
    speech.error = None
    speech.process(job_id)
    assert speech.status_of(job_id) == "SUCCEEDED"


@pytest.mark.parametrize("error", [InvalidRequest("too loud"), MalformedResponse("too loud"), ModelPaused("too loud")])
def test_what_another_try_cannot_mend_fails_the_job_at_once(speech: Speech, error: RequestError) -> None:
    job_id = speech.started()
    speech.error = error
    speech.process(job_id)
    body = speech.show(job_id)[1]
    assert (body["status"], body["error"]) == ("FAILED", {"code": error.code, "message": "Too loud."})


@pytest.mark.parametrize(
    ("condition", "error", "words"),
    [
        ("RetriesExhausted", "ModelNotReady", "was not ready"),
        ("RetriesExhausted", "ModelTimeout", "did not answer in time"),
        ("RetriesExhausted", "SomethingElse", "even when tried again"),
        ("EventAgeExceeded", "", "waited too long"),
    ],
)
def test_a_job_given_up_is_marked_with_a_reason(speech: Speech, condition: str, error: str, words: str) -> None:
    job_id = speech.started()
    assert give_up(job_id, condition, error) == {"batchItemFailures": []}
    body = speech.show(job_id)[1]
    assert body["status"] == "FAILED"
    assert words in body["error"]["message"]


def test_a_finished_job_is_never_marked_failed(speech: Speech) -> None:
    job_id = speech.started()
    speech.process(job_id)
    assert give_up(job_id) == {"batchItemFailures": []}
    assert speech.status_of(job_id) == "SUCCEEDED"


def test_a_job_still_under_way_is_marked_later(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    speech.jobs.start(job_id, lease_seconds=90)
    assert give_up(job_id) == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    clock.seconds += 92
    assert give_up(job_id) == {"batchItemFailures": []}
    assert speech.status_of(job_id) == "FAILED"


def test_a_message_that_is_not_of_a_failed_job_is_dropped(speech: Speech, context: Context) -> None:
    ids: list[Any] = ["", "latest", "x" * 3000, None, 7]
    bodies = [
        "{",
        "[" * 100_000,
        '{"requestPayload": []}',
        *(f'{{"requestPayload": {{"job_id": {json.dumps(each)}}}}}' for each in ids),
    ]
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert mark_job_failed.handler({"Records": records}, context) == {"batchItemFailures": []}


def test_a_job_given_up_is_counted_once_and_by_no_applications_name(
    speech: Speech, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = speech.started(), speech.started()
    speech.process(first)
    give_up(first)
    assert "JobsGivenUp" not in capsys.readouterr().out
    give_up(second)
    line = json.loads(capsys.readouterr().out)
    assert (line["JobsGivenUp"], line["Operation"]) == (1, "MarkJobFailed")


@pytest.mark.parametrize("job_id", ["0" * 32, "latest", "../x", "", "idempotency#x", "A" * 32, "0" * 32 + "\n"])
def test_a_job_that_never_was_is_not_found(speech: Speech, job_id: str) -> None:
    speech.process(speech.started())
    assert speech.show(job_id)[0] == 404


def test_nothing_is_latest_before_the_first_job_is_done(speech: Speech) -> None:
    speech.started()
    assert speech.latest() is None


def test_an_expired_job_is_absent(speech: Speech, clock: Clock) -> None:
    job_id = speech.started()
    speech.process(job_id)
    clock.seconds += 30 * 86_400 + 1
    assert speech.show(job_id)[0] == 404
    assert speech.latest() is None


def test_the_latest_job_is_the_one_that_finished_last(speech: Speech, clock: Clock) -> None:
    first, second = speech.started(), speech.started()
    speech.process(second)
    clock.seconds += 5
    speech.process(first)
    assert speech.latest() == first
