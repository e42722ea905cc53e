"""The event of a job: sent once, sent again only where nobody knows of it, and never left out of an accepted job."""

from __future__ import annotations

import itertools
import threading
from enum import Enum
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from handlers.common.errors import InvalidRequest
from handlers.jobs import submission, table
from handlers.jobs.dispatch import event
from tests.unit.handlers.conftest import Clock, event_of
from tests.unit.handlers.jobs.speech import Speech

pytestmark = pytest.mark.usefixtures("no_pauses")


class Killed(BaseException):
    """The function ends in the middle of its work."""


class Fault(Enum):
    """What goes wrong when a request starts a job."""

    NONE = "nothing"
    KILLED_BEFORE_SENDING = "killed before the event is sent"
    REFUSED = "Lambda refuses the event"
    REFUSED_AND_UNMARKED = "Lambda refuses the event, and the table to mark that"
    RESPONSE_LOST = "Lambda takes the event, but its response gets lost"
    KILLED_AFTER_SENDING = "killed when the event is sent, before that is noted"
    NOTE_REFUSED = "the table refuses to note that the event is sent"
    NOTE_LOST = "that the event is sent is noted, but the response gets lost for good"
    KILLED_AFTER_NOTING = "killed when everything is done, before the response"


_SILENT = {Fault.KILLED_BEFORE_SENDING, Fault.KILLED_AFTER_SENDING, Fault.KILLED_AFTER_NOTING}
_UNNOTED = {Fault.RESPONSE_LOST, Fault.KILLED_AFTER_SENDING, Fault.NOTE_REFUSED}


class Account:
    """The application with the faults of its requests, and what its only client is told."""

    def __init__(self, speech: Speech, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.speech, self.clock = speech, clock
        self.fault = Fault.NONE
        self.sent = 0
        self.accepted: list[str] = []
        self._invoke = event.lambda_client.invoke
        self._update = table.client.update_item
        monkeypatch.setattr(event.lambda_client, "invoke", self.invoke)
        monkeypatch.setattr(table.client, "update_item", self.update)

    def invoke(self, **parameters: Any) -> Any:
        if self.fault is Fault.KILLED_BEFORE_SENDING:
            raise Killed
        if self.fault in (Fault.REFUSED, Fault.REFUSED_AND_UNMARKED):
            raise EndpointConnectionError(endpoint_url="lambda")
        self._invoke(**parameters)
        if self.fault is Fault.RESPONSE_LOST:
            raise EndpointConnectionError(endpoint_url="lambda")
        if self.fault is Fault.KILLED_AFTER_SENDING:
            raise Killed

    def update(self, **parameters: Any) -> Any:
        is_note, is_failure = (text in str(parameters) for text in ("dispatched_at =", "not_started"))
        refusal = ClientError({"Error": {"Code": "ThrottlingException", "Message": "m"}}, "UpdateItem")
        if (is_note and self.fault is Fault.NOTE_REFUSED) or (is_failure and self.fault is Fault.REFUSED_AND_UNMARKED):
            raise refusal
        response = self._update(**parameters)
        if is_note and self.fault is Fault.NOTE_LOST:
            raise refusal
        if is_note and self.fault is Fault.KILLED_AFTER_NOTING:
            raise Killed
        return response

    def post(self, key: str, fault: Fault = Fault.NONE) -> int:
        """Return the status of a request; 502 where its function is killed, as API Gateway says."""
        self.fault = fault
        try:
            status, body = self.speech.submit(key=key)
        except Killed:
            return 502
        if status == 202:
            self.accepted.append(body["job_id"])
        return status

    def deliver(self) -> None:
        """Deliver all events that Lambda took, as late as it likes."""
        self.fault = Fault.NONE
        while self.speech.events.payloads:
            self.speech.process(self.speech.events.payloads.pop()["job_id"])
            self.sent += 1


@pytest.fixture
def account(speech: Speech, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The application whose faults a test chooses."""
    return Account(speech, clock, monkeypatch)


@pytest.mark.parametrize("first", Fault, ids=lambda fault: fault.name)
def test_an_accepted_job_keeps_its_key_and_is_done_whatever_fails(account: Account, first: Fault) -> None:
    plays = itertools.product(Fault, (1, 21), (False, True))
    for number, (second, gap, is_early) in enumerate(plays):
        key, account.accepted, account.sent = f"key-{number}", [], 0
        account.post(key, first)
        if is_early:
            account.deliver()
        account.clock.seconds += gap
        account.post(key, second)
        account.clock.seconds += 1
        statuses = [account.post(key)]
        if statuses == [503]:  # the function that should have sent the event may still be about to
            account.clock.seconds += 21
            statuses.append(account.post(key))
        account.deliver()
        play = (second, gap, is_early, statuses)
        assert statuses[-1] == 202, play
        assert len(set(account.accepted)) == 1, play
        assert account.speech.status_of(account.accepted[0]) == "SUCCEEDED", play
        assert account.sent <= 1 + len([each for each in (first, second) if each in _UNNOTED]), play
    spoken = account.speech.spoken
    assert len(spoken) == number + 1  # each job once


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault not in _SILENT], ids=lambda fault: fault.name)
def test_a_request_is_accepted_only_with_its_event(account: Account, fault: Fault) -> None:
    status = account.post("key", fault)
    assert status == (503 if fault.name.startswith("RE") else 202)
    assert len(account.speech.events.payloads) == (0 if fault.name.startswith("REFUSED") else 1)


def test_a_job_that_waits_in_lambdas_queue_is_sent_once_however_often_it_is_repeated(account: Account) -> None:
    for _ in range(6):
        assert account.post("key") == 202
        account.clock.seconds += 21
    assert len(account.speech.events.payloads) == 1


@pytest.mark.parametrize("noted", [Fault.NONE, Fault.NOTE_REFUSED])
def test_a_job_that_waits_is_not_failed_by_a_repeated_request(account: Account, noted: Fault) -> None:
    account.post("key", noted)
    account.clock.seconds += 21
    account.post("key", Fault.REFUSED)
    assert account.speech.status_of(account.accepted[0]) == "QUEUED"
    account.deliver()
    assert account.post("key") == 202
    assert account.speech.status_of(account.accepted[0]) == "SUCCEEDED"
    assert len(set(account.accepted)) == 1


def test_of_many_repeated_requests_at_once_one_sends_the_event(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    # DynamoDB checks the condition of an update and writes in one; moto may switch threads between the two.
    update, atomic = table.client.update_item, threading.Lock()

    def update_atomically(**parameters: Any) -> Any:
        with atomic:
            return update(**parameters)

    monkeypatch.setattr(table.client, "update_item", update_atomically)
    account.post("key", Fault.KILLED_BEFORE_SENDING)
    account.clock.seconds += 21
    account.fault = Fault.NONE
    barrier = threading.Barrier(8)

    def repeat() -> None:
        barrier.wait()
        account.speech.submit(key="key")

    threads = [threading.Thread(target=repeat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(account.speech.events.payloads) == 1


def test_the_event_is_sent_though_the_response_to_the_reservation_got_lost(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.post("key", Fault.KILLED_BEFORE_SENDING)
    account.clock.seconds += 21
    update = table.client.update_item

    def update_twice(**parameters: Any) -> Any:
        if "dispatch_by =" in str(parameters):
            update(**parameters)
        return update(**parameters)

    monkeypatch.setattr(table.client, "update_item", update_twice)
    assert account.post("key") == 202
    assert len(account.speech.events.payloads) == 1


def test_a_request_in_the_middle_of_another_one_is_told_no_id_that_may_be_given_up(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile: list[Any] = []

    def repeat_and_refuse(**_: object) -> None:
        response = account.speech.serve(event_of("POST", "/speech", '{"text": "x"}', headers={"Idempotency-Key": "k"}))
        meanwhile.append(response)
        raise EndpointConnectionError(endpoint_url="lambda")

    monkeypatch.setattr(event.lambda_client, "invoke", repeat_and_refuse)
    assert account.speech.submit("x", "k")[0] == 503
    (response,) = meanwhile
    assert response["statusCode"] == 503
    assert 1 <= int(response["headers"]["Retry-After"]) <= 21


def test_a_request_waits_for_the_event_that_another_one_is_sending(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.post("key", Fault.KILLED_AFTER_SENDING)
    (payload,) = account.speech.events.payloads
    monkeypatch.setattr(submission, "sleep", lambda _: account.speech.jobs.mark_dispatched(payload["job_id"]))
    assert account.post("key") == 202
    assert len(account.speech.events.payloads) == 1


def test_a_late_writer_does_not_fail_a_job_that_another_request_took_over(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke = event.lambda_client.invoke

    def fall_behind_and_be_refused(**_: object) -> None:
        monkeypatch.setattr(event.lambda_client, "invoke", invoke)
        account.clock.seconds += 21
        assert account.post("key", Fault.NOTE_REFUSED) == 202
        raise EndpointConnectionError(endpoint_url="lambda")

    monkeypatch.setattr(event.lambda_client, "invoke", fall_behind_and_be_refused)
    assert account.speech.submit(key="key")[0] == 503
    account.deliver()
    assert account.speech.status_of(account.accepted[0]) == "SUCCEEDED"


def test_a_job_whose_event_is_sent_late_has_its_whole_time(account: Account) -> None:
    account.post("key", Fault.KILLED_BEFORE_SENDING)
    account.clock.seconds += 3600
    assert account.post("key") == 202
    account.clock.seconds += 3599
    account.deliver()
    assert account.speech.status_of(account.accepted[0]) == "SUCCEEDED"


def test_a_repeated_request_is_told_the_status_of_its_job(speech: Speech) -> None:
    _, first = speech.submit(key="done")
    assert first["status"] == "QUEUED"
    speech.jobs.start(first["job_id"], lease_seconds=90)
    assert speech.submit(key="done")[1] == {**first, "status": "RUNNING"}
    _, second = speech.submit(key="wrong")
    speech.error = InvalidRequest("no")
    speech.process(second["job_id"])
    assert speech.submit(key="wrong")[1] == {**second, "status": "FAILED"}
    assert speech.events.payloads == [{"job_id": each["job_id"]} for each in (first, second)]
