"""Jobs of an asynchronous endpoint: handed over, completed once whatever SageMaker says how often, and never stuck."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers.common.errors import ModelFailed, ModelNotReady, TooManyRequests, Unavailable
from handlers.jobs.store import JobIsRunning
from tests.unit.handlers.image.asynchronous_model import BUCKET, AsynchronousModel
from tests.unit.handlers.image.jobs_api import process, show, started

ERROR_500 = "ClientError: Received server error (500) from model. See the SageMaker Endpoint logs in your account."
ERROR_400 = ERROR_500.replace("server error (500)", "client error (400)")


@pytest.fixture
def model(aws: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> AsynchronousModel:
    """An endpoint that takes every request."""
    return AsynchronousModel(monkeypatch)


@pytest.fixture
def job_id(model: AsynchronousModel, context: Any, make_event: Any, events: Any) -> str:
    """A job that the endpoint has."""
    job_id = started(context, make_event, events)
    process(context, {"job_id": job_id})
    return job_id


@pytest.fixture
def shown(context: Any, make_event: Any) -> Any:
    """What a client is told of a job."""
    return lambda job_id: show(context, make_event, job_id)[1]


def complete(context: Any, event: dict[str, Any]) -> None:
    from handlers.image import complete_job

    complete_job.handler(event, context)


def images() -> int:
    return int(boto3.client("s3").list_objects_v2(Bucket="images")["KeyCount"])


def test_a_job_is_handed_over_with_its_id_its_limits_and_its_input_in_the_bucket(
    model: AsynchronousModel, job_id: str, shown: Any
) -> None:
    (request,) = model.requests
    assert request["InferenceId"] == f"{job_id}-1"
    assert (request["RequestTTLSeconds"], request["InvocationTimeoutSeconds"]) == (3600, 300)
    assert request["Accept"] == "application/json;jpeg"
    key = request["InputLocation"].removeprefix(f"s3://{BUCKET}/")
    stored = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert json.loads(stored)["prompt"] == "A red square on a table"
    assert shown(job_id)["status"] == "RUNNING"


def test_a_second_delivery_of_the_event_hands_nothing_over(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, clock: Any
) -> None:
    process(context, {"job_id": job_id})
    clock.seconds += 10_000  # past every time that the model has
    process(context, {"job_id": job_id})
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ThrottlingException", TooManyRequests),
        ("ValidationError", ModelNotReady),
        ("ServiceUnavailable", ModelNotReady),
        ("InternalFailure", ModelFailed),
    ],
)
def test_an_endpoint_that_does_not_take_a_job_now_gets_it_at_the_next_try(
    model: AsynchronousModel, context: Any, make_event: Any, events: Any, shown: Any, code: str, error: type[Exception]
) -> None:
    job_id = started(context, make_event, events)
    model.fails(code)
    with pytest.raises(error):
        process(context, {"job_id": job_id})
    assert shown(job_id)["status"] == "QUEUED"
    model.error = None
    process(context, {"job_id": job_id})
    assert shown(job_id)["status"] == "RUNNING"


def test_a_response_becomes_images_once_though_it_is_told_twice(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, clock: Any
) -> None:
    message = model.respond()
    complete(context, message)
    job = shown(job_id)
    assert (job["status"], len(job["images"])) == ("SUCCEEDED", 1)
    clock.seconds += 5
    complete(context, message)
    assert shown(job_id) == job
    assert shown(None)["job_id"] == job_id
    assert images() == 2  # the image and its thumbnail


def test_a_response_that_is_told_before_the_hand_over_is_noted_is_not_lost(
    model: AsynchronousModel, context: Any, make_event: Any, events: Any, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import endpoint_call_function

    job_id = started(context, make_event, events)
    hand_over = endpoint_call_function.jobs.hand_over

    def complete_first(*arguments: Any, **named: Any) -> None:
        complete(context, model.respond())
        hand_over(*arguments, **named)

    monkeypatch.setattr(endpoint_call_function.jobs, "hand_over", complete_first)
    process(context, {"job_id": job_id})
    assert shown(job_id)["status"] == "SUCCEEDED"


def test_a_hand_over_that_could_not_be_noted_is_made_again_and_done_once(
    model: AsynchronousModel, context: Any, make_event: Any, events: Any, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import endpoint_call_function

    job_id = started(context, make_event, events)

    def refuse(*_: object, **__: object) -> None:
        raise Unavailable("the jobs cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(endpoint_call_function.jobs, "hand_over", refuse)
        with pytest.raises(Unavailable):
            process(context, {"job_id": job_id})
    process(context, {"job_id": job_id})
    assert [each["InferenceId"] for each in model.requests] == [f"{job_id}-1"] * 2
    complete(context, model.respond(0))
    complete(context, model.respond(1))
    assert shown(job_id)["status"] == "SUCCEEDED"
    assert images() == 2


def test_a_failure_that_may_pass_is_handed_over_again_as_often_as_the_retries_say(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any
) -> None:
    first = model.fail(ERROR_500)
    complete(context, first)
    complete(context, first)  # told twice, it is no second failure
    assert [each["InferenceId"] for each in model.requests] == [f"{job_id}-1", f"{job_id}-2"]
    assert shown(job_id)["status"] == "RUNNING"
    complete(context, model.fail(ERROR_500))
    assert len(model.requests) == 2
    assert shown(job_id)["error"] == {
        "code": "retries_exhausted",
        "message": "The model failed, even when tried again; please try again later.",
    }


def test_a_response_after_a_failure_ends_the_job(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any
) -> None:
    complete(context, model.fail(ERROR_500))
    complete(context, model.respond())
    assert shown(job_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("reason", "code", "message"),
    [
        (ERROR_400, "invalid_request", "The model did not accept the request."),
        ("The request expired in the queue.", "expired", "The job waited too long for the model"),
    ],
)
def test_a_failure_for_good_is_told_in_plain_words(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, reason: str, code: str, message: str
) -> None:
    complete(context, model.fail(reason))
    error = shown(job_id)["error"]
    assert error["code"] == code
    assert error["message"].startswith(message)
    assert len(model.requests) == 1


@pytest.mark.parametrize("reason", ["ThrottlingException: Rate exceeded", "The request was throttled.", "unexpired"])
def test_a_failure_that_only_sounds_like_an_expiry_is_handed_over_again(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, reason: str
) -> None:
    complete(context, model.fail(reason))
    assert shown(job_id)["status"] == "RUNNING"
    assert len(model.requests) == 2


def test_what_could_not_be_completed_is_completed_by_the_next_try(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import making

    message = model.respond()

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "m"}}, "PutObject")

    with monkeypatch.context() as patch:
        patch.setattr(making.s3, "put_object", refuse)
        with pytest.raises(ClientError):
            complete(context, message)
    assert shown(job_id)["status"] == "RUNNING"
    complete(context, message)
    assert shown(job_id)["status"] == "SUCCEEDED"


def test_a_job_that_somebody_completes_for_long_is_left_to_them(
    model: AsynchronousModel, job_id: str, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import complete_job

    pauses: list[float] = []
    monkeypatch.setattr(complete_job, "sleep", pauses.append)
    assert complete_job.jobs.resume(job_id, hand_over=1, lease_seconds=90) is not None
    with pytest.raises(JobIsRunning):
        complete(context, model.respond())
    assert 10 < sum(pauses) < 30


def test_a_message_that_comes_while_a_look_completes_its_job_is_no_error(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import complete_job

    message = model.respond()
    job = complete_job.jobs.resume(job_id, hand_over=1, lease_seconds=90)
    assert job is not None
    monkeypatch.setattr(complete_job, "sleep", lambda _: complete_job.jobs.succeed(job, []))
    complete(context, message)
    assert shown(job_id)["status"] == "SUCCEEDED"


@pytest.mark.parametrize("condition", ["RetriesExhausted", "EventAgeExceeded"])
def test_a_job_that_its_function_cannot_complete_is_marked_as_failed(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, condition: str
) -> None:
    from handlers.image import complete_job
    from handlers.jobs import mark_job_failed

    job = complete_job.jobs.resume(job_id, hand_over=1, lease_seconds=90)
    assert job is not None
    complete_job.jobs.release(job)
    body = {"requestContext": {"condition": condition}, "requestPayload": model.respond(), "responsePayload": {}}
    event = {"Records": [{"messageId": "m", "body": json.dumps(body)}]}
    assert mark_job_failed.handler(event, context) == {"batchItemFailures": []}
    assert shown(job_id)["status"] == "FAILED"


def test_a_job_is_never_stuck_though_nothing_is_ever_told(
    model: AsynchronousModel, job_id: str, shown: Any, clock: Any
) -> None:
    clock.seconds += 3600 + 300
    assert shown(job_id)["status"] == "RUNNING"
    clock.seconds += 901
    assert shown(job_id)["error"]["code"] == "expired"


def test_a_response_that_nobody_was_told_of_is_found_when_its_job_is_shown(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, clock: Any
) -> None:
    model.respond()
    shown(job_id)
    assert model.looked == []  # the message may well come
    clock.seconds += 61
    shown(job_id)
    complete(context, model.looked[0])
    assert shown(job_id)["status"] == "SUCCEEDED"
    assert len(model.looked) == 1


def test_a_failure_that_nobody_was_told_of_is_found_when_its_job_is_shown(
    model: AsynchronousModel, job_id: str, context: Any, shown: Any, clock: Any
) -> None:
    model.store_failure()
    clock.seconds += 61
    shown(job_id)
    complete(context, model.looked[0])
    assert len(model.requests) == 2


def test_a_look_that_fails_keeps_nobody_from_seeing_the_job(
    model: AsynchronousModel, job_id: str, shown: Any, clock: Any
) -> None:
    boto3.client("s3").delete_object(Bucket=BUCKET, Key=f"requests/{job_id}-1.json")
    boto3.client("s3").delete_bucket(Bucket=BUCKET)
    clock.seconds += 61
    assert shown(job_id)["status"] == "RUNNING"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": []},
        {"Records": [{"Sns": {"Message": "no JSON"}}]},
        {"Records": [{"Sns": {"Message": json.dumps({"inferenceId": "latest-1", "invocationStatus": "Completed"})}}]},
        {"job_id": "idempotency#x", "hand_over": 1},
    ],
)
def test_what_is_no_response_to_a_job_is_dropped(model: AsynchronousModel, context: Any, event: Any) -> None:
    complete(context, event)
