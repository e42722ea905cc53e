"""Jobs of a queue: tried again when they are due, given up where they stay to be seen, and brought back once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common.errors import InvalidRequest, ModelFailed, TooManyRequests
from handlers.jobs import table
from tests.unit.handlers.conftest import Clock
from tests.unit.handlers.jobs.queued import HIDDEN_SECONDS, LEASE_SECONDS, RETRIES, Message, Queue
from tests.unit.handlers.jobs.speech import Speech


@pytest.fixture
def queue(speech: Speech, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """The queue, empty."""
    return Queue(speech, clock, monkeypatch)


def error_of(queue: Queue, job_id: str) -> dict[str, str]:
    error: dict[str, str] = queue.speech.show(job_id)[1]["error"]
    return error


def test_a_job_is_done_once_and_its_message_goes(queue: Queue) -> None:
    job_id = queue.started()
    queue.run(1)
    assert queue.speech.status_of(job_id) == "SUCCEEDED"
    assert (len(queue.speech.spoken), queue.messages, queue.dead) == (1, [], [])


def test_a_message_that_the_queue_refuses_starts_nothing(queue: Queue) -> None:
    queue.refuses = True
    assert queue.speech.submit()[0] == 503
    assert queue.messages == []


def test_what_may_pass_is_tried_again_after_one_minute_and_two(queue: Queue, clock: Clock) -> None:
    queue.speech.error = TooManyRequests("later")
    job_id, begin = queue.started(), clock.seconds
    queue.run(59)
    assert (len(queue.speech.spoken), queue.speech.status_of(job_id)) == (1, "QUEUED")
    queue.run(1)
    assert len(queue.speech.spoken) == 2
    queue.speech.error = None
    queue.run(120)
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("SUCCEEDED", 3)
    assert clock.seconds - begin == 180


def test_a_job_that_is_given_up_says_why_and_stays_behind(queue: Queue) -> None:
    queue.speech.error = ModelFailed("no")
    job_id = queue.started()
    queue.run()
    assert error_of(queue, job_id)["code"] == "retries_exhausted"
    assert error_of(queue, job_id)["message"].startswith("The model failed, even when tried again")
    assert len(queue.speech.spoken) == 1 + RETRIES
    assert (queue.messages, len(queue.dead)) == ([], 1)


def test_what_another_try_cannot_mend_is_not_tried_again(queue: Queue) -> None:
    queue.speech.error = InvalidRequest("no")
    job_id = queue.started()
    queue.run()
    assert error_of(queue, job_id)["code"] == "invalid_request"
    assert (len(queue.speech.spoken), queue.messages, queue.dead) == (1, [], [])


@pytest.mark.parametrize("kills", [1, RETRIES])
def test_a_try_that_broke_off_is_followed_by_another(queue: Queue, kills: int) -> None:
    queue.kills = kills
    job_id = queue.started()
    queue.run(kills * HIDDEN_SECONDS)
    assert (queue.speech.status_of(job_id), queue.messages) == ("SUCCEEDED", [])


def test_a_job_whose_tries_all_broke_off_is_given_up(queue: Queue) -> None:
    queue.kills = 1 + RETRIES
    job_id = queue.started()
    queue.run((1 + RETRIES) * HIDDEN_SECONDS)
    assert error_of(queue, job_id)["message"] == "The work on the job broke off; please try again."
    assert (queue.kills, len(queue.dead)) == (0, 1)


def test_deliveries_that_lambda_had_no_room_for_cost_no_try(queue: Queue) -> None:
    job_id = queue.started()
    queue.messages[0].receives = 4
    queue.speech.error = ModelFailed("no")
    queue.run()
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("FAILED", 1 + RETRIES)
    assert len(queue.dead) == 1


def test_a_second_delivery_at_the_same_time_waits_for_the_first(queue: Queue, clock: Clock) -> None:
    job_id = queue.started()
    assert queue.speech.jobs.start(job_id, lease_seconds=LEASE_SECONDS) is not None
    queue.poll()
    assert (queue.messages[0].visible_at - clock.seconds, queue.speech.spoken) == (LEASE_SECONDS, [])
    queue.run(LEASE_SECONDS + 2)  # the first has broken off
    queue.run(HIDDEN_SECONDS)
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("SUCCEEDED", 1)


def test_a_job_that_waited_too_long_is_given_up_unheard(queue: Queue, clock: Clock) -> None:
    job_id = queue.started()
    clock.seconds += 3601
    queue.run(60)
    assert (error_of(queue, job_id)["code"], queue.speech.spoken, len(queue.dead)) == ("expired", [], 1)


def test_a_job_that_is_moved_back_is_done_with_all_of_its_tries(queue: Queue) -> None:
    queue.speech.error = ModelFailed("no")
    job_id = queue.started()
    queue.run()
    queue.move_back()
    queue.run(1)
    assert queue.speech.status_of(job_id) == "QUEUED"
    assert len(queue.speech.spoken) == 2 + RETRIES
    queue.speech.error = None
    queue.run()
    status, body = queue.speech.show(job_id)
    assert (status, body["status"], "error" in body) == (200, "SUCCEEDED", False)
    assert (queue.messages, queue.dead) == ([], [])


def test_a_job_that_expired_unseen_is_done_when_it_is_moved_back(queue: Queue, clock: Clock) -> None:
    job_id = queue.started()
    queue.dead, queue.messages = queue.messages, []  # after many receives that nothing came of
    clock.seconds += 5000
    assert error_of(queue, job_id)["code"] == "expired"
    queue.move_back()
    queue.run()
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("SUCCEEDED", 1)


def test_a_job_that_is_given_up_again_is_behind_again(queue: Queue) -> None:
    queue.speech.error = ModelFailed("no")
    job_id = queue.started()
    for times in (1, 2, 3):
        queue.run()
        assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("FAILED", times * (1 + RETRIES))
        assert (queue.messages, len(queue.dead)) == ([], 1)
        queue.move_back()


def test_an_old_message_that_comes_twice_brings_no_job_back(queue: Queue, clock: Clock) -> None:
    queue.speech.error = ModelFailed("no")
    job_id = queue.started()
    queue.run()
    queue.speech.error = None
    queue.deliver(queue.dead[0])
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("FAILED", 1 + RETRIES)


def test_a_message_brings_its_job_back_once(queue: Queue, clock: Clock) -> None:
    queue.speech.error = ModelFailed("no")
    job_id = queue.started()
    queue.run()
    queue.move_back()
    again = queue.messages[0]
    queue.run()
    # As if it had been sent after the second failure: clocks differ.
    queue.deliver(Message(again.body, clock.seconds + 10, again.message_id, receives=1))
    assert (queue.speech.status_of(job_id), len(queue.speech.spoken)) == ("FAILED", 2 * (1 + RETRIES))


def test_a_job_that_is_not_kept_any_more_lets_its_message_go(queue: Queue, clock: Clock) -> None:
    queue.speech.error = ModelFailed("no")
    queue.started()
    queue.run()
    clock.seconds += 31 * 86_400
    queue.move_back()
    queue.run()
    assert (queue.messages, queue.dead, len(queue.speech.spoken)) == ([], [], 1 + RETRIES)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"job_id": 1}', '{"job_id": "latest"}', "nonsense"])
def test_what_is_no_job_goes_at_once(queue: Queue, body: str) -> None:
    queue.messages.append(Message(body, queue.clock.seconds))
    queue.run(1)
    assert (queue.messages, queue.dead) == ([], [])


def test_while_the_table_cannot_be_reached_a_message_waits_longer_each_time(
    queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = queue.started()

    def refuse(**_: object) -> Any:
        raise ClientError({"Error": {"Code": "InternalServerError", "Message": "m"}}, "x")

    with monkeypatch.context() as patch:
        patch.setattr(table.client, "update_item", refuse)
        patch.setattr(table.client, "get_item", refuse)
        waits = []
        for _ in range(6):
            queue.poll()
            waits.append(queue.messages[0].visible_at - clock.seconds)
            clock.seconds = queue.messages[0].visible_at
    assert waits == [60, 120, 240, 480, 900, 900]
    queue.run(1)
    assert queue.speech.status_of(job_id) == "SUCCEEDED"


def test_a_pause_that_cannot_be_said_is_as_long_as_the_queues_own(
    queue: Queue, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> Any:
        raise ClientError({"Error": {"Code": "InternalError", "Message": "m"}}, "x")

    queue.speech.error = ModelFailed("no")
    queue.started()
    with monkeypatch.context() as patch:
        patch.setattr(queue.deliveries.sqs, "change_message_visibility", refuse)
        queue.poll()
    assert queue.messages[0].visible_at - clock.seconds == HIDDEN_SECONDS


_STEPS = st.lists(
    st.sampled_from(["submit", "poll", "fail", "mend", "kill", "copy", "wait", "move back"]), min_size=1, max_size=25
)


@given(steps=_STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_job_ends_and_none_is_done_twice(queue: Queue, steps: list[str]) -> None:
    speech = queue.speech
    queue.messages, queue.dead, queue.kills, speech.error = [], [], 0, None
    speech.spoken.clear()
    job_ids = []
    done: dict[str, int] = {}
    succeed = speech.jobs.succeed

    def counted(job: Any, results: Any) -> None:
        succeed(job, results)
        if speech.status_of(job.job_id) == "SUCCEEDED":
            done[job.job_id] = done.get(job.job_id, 0) + 1

    speech.jobs.succeed = counted  # type: ignore[method-assign]
    for step in [*steps, "mend", "wait", "move back", "wait"]:
        match step:
            case "submit":
                job_ids.append(queue.started())
            case "poll":
                queue.poll()
            case "fail":
                speech.error = ModelFailed("no")
            case "mend":
                speech.error, queue.kills = None, 0
            case "kill":
                queue.kills += 1
            case "copy" if queue.messages:
                queue.messages.append(Message(**{**vars(queue.messages[0]), "visible_at": queue.clock.seconds}))
            case "wait":
                queue.run(20_000)
            case "move back":
                queue.move_back()
    speech.jobs.succeed = succeed  # type: ignore[method-assign]
    assert [speech.status_of(each) for each in job_ids] == ["SUCCEEDED"] * len(job_ids)
    assert done == dict.fromkeys(job_ids, 1)
    assert queue.messages == []
