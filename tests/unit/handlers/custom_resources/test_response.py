"""CloudFormation gets exactly one answer, whatever happens."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import pytest

from handlers.custom_resources.response import CustomResourceError, Outcome, run_and_respond


def test_success_is_answered_with_the_ids_of_the_request(answers: Any, context: Any) -> None:
    run_and_respond(answers.event("Create"), context, lambda *_: Outcome("thing-1"), physical_id="thing")
    (answer,) = answers.received
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "thing-1")
    assert (answer["StackId"], answer["RequestId"]) == ("stack-id", "request-id")
    assert answers.content_types == [""]


def test_a_known_failure_says_its_reason(answers: Any, context: Any) -> None:
    def work(*_: object) -> Outcome:
        raise CustomResourceError("no page")

    run_and_respond(answers.event("Create"), context, work, physical_id="thing")
    assert (answers.received[0]["Status"], answers.received[0]["Reason"]) == ("FAILED", "no page")


@pytest.mark.parametrize("reason", ["x" * 5000, "\U0001f600" * 5000, "\x00" * 5000])
def test_a_reason_is_cut_to_what_cloudformation_reads(answers: Any, context: Any, reason: str) -> None:
    run_and_respond(answers.event("Create"), context, lambda *_: Outcome("thing", reason), physical_id="thing")
    (answer,) = answers.received
    assert reason.startswith(answer["Reason"])
    assert len(answer["Reason"]) > 100
    assert len(json.dumps(answer)) <= 4096


def test_an_unexpected_failure_points_at_the_log_and_tells_no_more(answers: Any, context: Any) -> None:
    def work(*_: object) -> Outcome:
        raise RuntimeError("arn:aws:secret")

    run_and_respond(answers.event("Delete") | {"PhysicalResourceId": "kept"}, context, work, physical_id="thing")
    (answer,) = answers.received
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "kept")
    assert "request-of-lambda" in answer["Reason"]
    assert "arn:" not in answer["Reason"]


def test_an_answer_that_is_not_taken_is_sent_again(answers: Any, context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    answers.refuse = 2
    run_and_respond(answers.event("Create"), context, lambda *_: Outcome("thing"), physical_id="thing")
    assert len(answers.received) == 1


def test_an_answer_that_is_met_with_no_http_is_sent_again(
    context: Any, answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_with_nonsense() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=answer_with_nonsense, daemon=True)
        thread.start()
        event = answers.event("Create") | {"ResponseURL": f"http://127.0.0.1:{server.getsockname()[1]}/"}
        run_and_respond(event, context, lambda *_: Outcome("thing"), physical_id="thing")
        thread.join(10)
    assert len(asked) == 3


def test_work_that_does_not_end_is_answered_before_the_function_is_stopped(answers: Any, context: Any) -> None:
    context.milliseconds = 5_000 + 1_000
    arrived = threading.Event()

    def work(*_: object) -> Outcome:
        while not answers.received:
            arrived.wait(0.01)
        return Outcome("too late")

    run_and_respond(answers.event("Create"), context, work, physical_id="thing")
    assert [answer["Status"] for answer in answers.received] == ["FAILED"]
    assert "ran out of time" in answers.received[0]["Reason"]
