"""CloudFormation gets exactly one answer, whatever happens."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import pytest

from handlers.custom_resources.response import CustomResourceError, Outcome, run_and_respond


def test_success_is_answered_with_the_ids_of_the_request(responses: Any, context: Any) -> None:
    run_and_respond(responses.event("Create"), context, lambda *_: Outcome("thing-1"), physical_id="thing")
    (response,) = responses.received
    assert (response["Status"], response["PhysicalResourceId"]) == ("SUCCESS", "thing-1")
    assert (response["StackId"], response["RequestId"]) == ("stack-id", "request-id")
    assert responses.content_types == [""]


def test_what_is_deleted_keeps_the_id_that_cloudformation_has(responses: Any, context: Any) -> None:
    # As after a creation that failed before it had the id that the work would give it.
    event = responses.event("Delete") | {"PhysicalResourceId": "thing"}
    run_and_respond(event, context, lambda *_: Outcome("thing-1"), physical_id="thing")
    assert responses.received[0]["PhysicalResourceId"] == "thing"


def test_a_known_failure_says_its_reason(responses: Any, context: Any) -> None:
    def work(*_: object) -> Outcome:
        raise CustomResourceError("no page")

    run_and_respond(responses.event("Create"), context, work, physical_id="thing")
    assert (responses.received[0]["Status"], responses.received[0]["Reason"]) == ("FAILED", "no page")


@pytest.mark.parametrize("reason", ["x" * 5000, "\U0001f600" * 5000, "\x00" * 5000])
def test_a_reason_is_cut_to_what_cloudformation_reads(responses: Any, context: Any, reason: str) -> None:
    run_and_respond(responses.event("Create"), context, lambda *_: Outcome("thing", reason), physical_id="thing")
    (response,) = responses.received
    assert reason.startswith(response["Reason"])
    assert len(response["Reason"]) > 100
    assert len(json.dumps(response)) <= 4096


def test_an_unexpected_failure_points_at_the_log_and_tells_no_more(responses: Any, context: Any) -> None:
    def work(*_: object) -> Outcome:
        raise RuntimeError("arn:aws:secret")

    run_and_respond(responses.event("Delete") | {"PhysicalResourceId": "kept"}, context, work, physical_id="thing")
    (response,) = responses.received
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", "kept")
    assert "request-of-lambda" in response["Reason"]
    assert "arn:" not in response["Reason"]


def test_an_answer_that_is_not_taken_is_sent_again(
    responses: Any, context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    responses.refuse = 2
    run_and_respond(responses.event("Create"), context, lambda *_: Outcome("thing"), physical_id="thing")
    assert len(responses.received) == 1


def test_an_answer_that_is_met_with_no_http_is_sent_again(
    context: Any, responses: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def respond_with_nonsense() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    requests.append(connection.recv(65536))
                    connection.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=respond_with_nonsense, daemon=True)
        thread.start()
        event = responses.event("Create") | {"ResponseURL": f"http://127.0.0.1:{server.getsockname()[1]}/"}
        run_and_respond(event, context, lambda *_: Outcome("thing"), physical_id="thing")
        thread.join(10)
    assert len(requests) == 3


def test_work_that_does_not_end_is_answered_before_the_function_is_stopped(responses: Any, context: Any) -> None:
    context.milliseconds = 5_000 + 1_000
    arrived = threading.Event()

    def work(*_: object) -> Outcome:
        while not responses.received:
            arrived.wait(0.01)
        return Outcome("too late")

    run_and_respond(responses.event("Create"), context, work, physical_id="thing")
    assert [response["Status"] for response in responses.received] == ["FAILED"]
    assert "ran out of time" in responses.received[0]["Reason"]
