"""Answers that get lost, functions that end half-way, and what is never heard of again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tests.unit.handlers.image.jobs_api import PROMPT, give_up, process, show, started, submit


@pytest.fixture(autouse=True)
def _world(aws: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYLOAD_CODEC", "stable-diffusion")


@pytest.fixture
def answer_lost(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Any]:
    """Have every write of an operation whose request holds a text be done twice, as the SDK does without an answer."""
    from handlers.jobs import table

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
    from handlers.jobs import table

    do = getattr(table.client, operation)

    def refuse(**parameters: Any) -> Any:
        if text in str(parameters):
            message = "arn:aws:dynamodb:us-east-1:123456789012:table/jobs"
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": message}}, operation)
        return do(**parameters)

    with monkeypatch.context() as patch:
        patch.setattr(table.client, operation, refuse)
        yield


def status_of(context: Any, make_event: Any, job_id: str) -> str:
    return str(show(context, make_event, job_id)[1]["status"])


def test_a_new_job_is_handed_on_though_the_answer_got_lost(
    context: Any, make_event: Any, events: Any, answer_lost: Any
) -> None:
    with answer_lost("put_item", "QUEUED"):
        job_id = started(context, make_event, events)
    assert events.payloads == [{"job_id": job_id}]


def test_of_two_writers_of_a_job_the_first_one_stays() -> None:
    from handlers.jobs import jobs

    first, second = (
        jobs.create("job", {"seed": seed}, writer=f"writer {seed}", retention_days=30, maximum_age=60)
        for seed in (1, 2)
    )
    job = jobs.read("job")
    assert (first, second) == (True, False)
    assert job is not None
    assert job.settings == {"seed": 1}


def test_a_claimed_key_starts_its_job_though_the_answer_got_lost(
    context: Any, make_event: Any, events: Any, answer_lost: Any
) -> None:
    with answer_lost("put_item", "idempotency#"):
        submit(context, make_event, {"prompt": PROMPT}, "key")
    assert len(events.payloads) == 1


@pytest.mark.parametrize("text", ["RUNNING", "SUCCEEDED"])
def test_a_job_is_done_once_though_an_answer_got_lost(
    context: Any, make_event: Any, events: Any, model: Any, answer_lost: Any, text: str
) -> None:
    job_id = started(context, make_event, events)
    with answer_lost("update_item", f"'S': '{text}'"):
        process(context, events.payloads[0])
    assert status_of(context, make_event, job_id) == "SUCCEEDED"
    assert show(context, make_event, None)[1]["job_id"] == job_id
    assert len(model.asked) == 1


def test_who_lost_its_lease_changes_nothing_more(context: Any, make_event: Any, events: Any, clock: Any) -> None:
    from handlers.jobs import jobs

    job_id = started(context, make_event, events)
    late = jobs.start(job_id, lease_seconds=90)
    clock.seconds += 92
    assert jobs.start(job_id, lease_seconds=90) is not None
    assert late is not None
    jobs.requeue(late)
    jobs.fail(late, code="late", message="Late.")
    jobs.succeed(late, [])
    assert status_of(context, make_event, job_id) == "RUNNING"
    assert show(context, make_event, None)[0] == 404


def test_the_latest_image_is_told_by_the_next_try(
    context: Any, make_event: Any, events: Any, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.common.errors import Unavailable

    job_id = started(context, make_event, events)
    with refusing(monkeypatch, "put_item", "latest"), pytest.raises(Unavailable):
        process(context, events.payloads[0])
    assert status_of(context, make_event, job_id) == "SUCCEEDED"
    process(context, events.payloads[0])
    assert show(context, make_event, None)[1]["job_id"] == job_id
    assert len(model.asked) == 1


@pytest.mark.parametrize("operation", ["put_item", "get_item"])
def test_a_table_that_refuses_is_told_as_unavailable_for_now(
    context: Any, make_event: Any, events: Any, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    from handlers.image import display_image, start_process_function

    asked = make_event("POST", "/generate", json.dumps({"prompt": PROMPT}))
    shown = make_event("GET", "/generate")
    with refusing(monkeypatch, operation):
        handlers = {"put_item": (start_process_function, asked), "get_item": (display_image, shown)}
        module, event = handlers[operation]
        answer = module.handler(event, context)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
    assert json.loads(answer["body"])["error"]["code"] == "unavailable"
    assert "arn:" not in answer["body"]


def test_a_key_whose_job_could_not_start_starts_another(context: Any, make_event: Any, events: Any) -> None:
    events.refuses = True
    assert submit(context, make_event, {"prompt": PROMPT}, "key")[0] == 503
    events.refuses = False
    first = submit(context, make_event, {"prompt": PROMPT}, "key")
    assert first[0] == 202
    assert status_of(context, make_event, first[1]["job_id"]) == "QUEUED"
    assert submit(context, make_event, {"prompt": PROMPT}, "key") == first
    assert len(events.payloads) == 1


def test_a_key_whose_job_could_not_start_still_stands_for_its_request(
    context: Any, make_event: Any, events: Any
) -> None:
    events.refuses = True
    submit(context, make_event, {"prompt": PROMPT}, "key")
    events.refuses = False
    assert submit(context, make_event, {"prompt": PROMPT, "seed": 2}, "key")[0] == 409


def test_a_job_that_failed_for_another_reason_keeps_its_key(
    context: Any, make_event: Any, events: Any, model: Any
) -> None:
    _, first = submit(context, make_event, {"prompt": PROMPT}, "key")
    model.fails("ModelError", 400)
    process(context, events.payloads[0])
    assert submit(context, make_event, {"prompt": PROMPT}, "key")[1]["job_id"] == first["job_id"]
    assert len(events.payloads) == 1


def test_a_job_that_was_handed_on_without_an_answer_goes_on(
    context: Any, make_event: Any, events: Any, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import start_process_function

    def take_and_fall_silent(*, Payload: bytes, **_: object) -> None:
        process(context, json.loads(Payload))
        raise EndpointConnectionError(endpoint_url="lambda")

    monkeypatch.setattr(start_process_function.lambda_client, "invoke", take_and_fall_silent)
    status, told = submit(context, make_event, {"prompt": PROMPT})
    assert status == 202
    assert status_of(context, make_event, told["job_id"]) == "SUCCEEDED"


def left_behind(context: Any, make_event: Any, events: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Leave a job behind that is written, and neither handed on nor marked."""
    events.refuses = True
    with refusing(monkeypatch, "update_item"):
        assert submit(context, make_event, {"prompt": PROMPT}, "key")[0] == 503
    events.refuses = False
    (job,) = (each for each in boto3.client("dynamodb").scan(TableName="jobs")["Items"] if "status" in each)
    return str(job["job_id"]["S"])


def test_a_job_that_was_left_behind_is_handed_on_by_the_same_key(
    context: Any, make_event: Any, events: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = left_behind(context, make_event, events, monkeypatch)
    submit(context, make_event, {"prompt": PROMPT}, "key")
    assert events.payloads == []  # whoever wrote it may still be about to
    clock.seconds += 21
    assert submit(context, make_event, {"prompt": PROMPT}, "key")[1]["job_id"] == job_id
    assert events.payloads == [{"job_id": job_id}]


def test_a_job_that_waits_for_its_next_try_is_not_handed_on_again(
    context: Any, make_event: Any, events: Any, clock: Any, model: Any
) -> None:
    submit(context, make_event, {"prompt": PROMPT}, "key")
    model.fails("ModelError", 500)
    with pytest.raises(Exception, match="model"):
        process(context, events.payloads[0])
    clock.seconds += 21
    submit(context, make_event, {"prompt": PROMPT}, "key")
    assert len(events.payloads) == 1


def test_a_job_that_nobody_finishes_counts_as_failed_in_the_end(
    context: Any, make_event: Any, events: Any, model: Any, clock: Any
) -> None:
    job_id = started(context, make_event, events)
    clock.seconds += 3600 + 899
    assert status_of(context, make_event, job_id) == "QUEUED"
    clock.seconds += 2
    job = show(context, make_event, job_id)[1]
    assert (job["status"], job["error"]["code"]) == ("FAILED", "expired")
    assert job["error"]["message"] == "The job could not be finished in time; please try again."
    process(context, events.payloads[0])  # an event that comes so late changes nothing that was told
    assert model.asked == []
    assert show(context, make_event, job_id)[1] == job


def test_a_job_under_way_at_its_last_moment_may_still_end_well(
    context: Any, make_event: Any, events: Any, clock: Any
) -> None:
    from handlers.jobs import jobs

    job_id = started(context, make_event, events)
    clock.seconds += 3600 + 890
    jobs.start(job_id, lease_seconds=90)
    clock.seconds += 60
    assert status_of(context, make_event, job_id) == "RUNNING"
    clock.seconds += 40
    assert status_of(context, make_event, job_id) == "FAILED"


def test_a_job_that_ended_already_is_not_counted_as_given_up(
    context: Any, make_event: Any, events: Any, model: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (started(context, make_event, events) for _ in range(2))
    process(context, {"job_id": first})
    capsys.readouterr()
    give_up(context, first)
    assert "JobsGivenUp" not in capsys.readouterr().out
    give_up(context, second)
    assert "JobsGivenUp" in capsys.readouterr().out


def test_an_expired_job_is_not_done(context: Any, make_event: Any, events: Any, model: Any, clock: Any) -> None:
    started(context, make_event, events)
    clock.seconds += 30 * 86_400 + 1
    process(context, events.payloads[0])
    assert model.asked == []
