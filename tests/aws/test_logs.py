"""``logs``: the lines of all logs of a stack together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genai_templates.local import EmulatedStack
from genai_templates.packaging.manifest import template_path
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.aws.small_stacks import LOG_GROUP, create_stack, log_group, write
from tests.aws.wire import Wire

Run = Callable[..., Finished]

ACCESS = {
    "request_id": "request-1",
    "time": "26/Nov/2026:12:00:00 +0000",
    "ip": "203.0.113.7",
    "method": "POST",
    "path": "/prod/generate",
    "status": "202",
    "error": "-",
    "latency_ms": "31",
}


@pytest.fixture
def api(account: EmulatedAccount) -> str:
    """The log group of the API of a stack ``small``, which has a function too."""
    create_stack(account, "small", {"ApiLogs": LOG_GROUP, "StartProcessFunctionLogs": LOG_GROUP})
    return log_group(account, "small", "ApiLogs")


@pytest.fixture
def function(account: EmulatedAccount, api: str) -> str:
    """The log group of the function of that stack."""
    return log_group(account, "small", "StartProcessFunctionLogs")


def messages(finished: Finished) -> list[str]:
    """Return the printed lines without their times."""
    return [line.split(" ", 1)[1] for line in finished.lines]


def test_the_lines_of_all_logs_are_in_the_order_of_time(
    account: EmulatedAccount, run: Run, api: str, function: str
) -> None:
    for number in range(6):
        write(account, (api, function)[number % 2], f"line {number}", seconds_ago=60 - number)
    finished = run("logs", "small")
    assert finished.code == 0
    assert messages(finished) == [f"{'Api' if n % 2 == 0 else 'StartProcess'} line {n}" for n in range(6)]
    times = [line.split()[0] for line in finished.lines]
    assert times == sorted(times)
    assert all(time.endswith("Z") for time in times)


def test_what_is_older_is_left_out(account: EmulatedAccount, run: Run, api: str) -> None:
    write(account, api, "old", seconds_ago=700)
    write(account, api, "new", seconds_ago=500)
    assert messages(run("logs", "small")) == ["Api new"]
    assert messages(run("logs", "small", "--since", "1h")) == ["Api old", "Api new"]


def test_all_pages_are_read(account: EmulatedAccount, run: Run, wire: Wire, api: str) -> None:
    pages: list[dict[str, Any]] = [
        {"events": [_event(1)], "nextToken": "a"},
        {"events": [], "nextToken": "b"},
        {"events": [_event(2)]},
    ]
    wire.respond(
        "logs",
        "FilterLogEvents",
        lambda call: pages[{"a": 1, "b": 2}.get(call.parameters.get("nextToken", ""), 0)],
        when=lambda call: call.parameters["logGroupName"] == api,
    )
    assert messages(run("logs", "small")) == ["Api line 1", "Api line 2"]


def _event(number: int) -> dict[str, Any]:
    return {"timestamp": number, "message": f"line {number}\n", "logStreamName": "s", "eventId": str(number)}


def test_a_request_is_found_in_all_logs_under_each_of_its_ids(
    account: EmulatedAccount, run: Run, api: str, function: str
) -> None:
    write(account, api, ACCESS, {**ACCESS, "request_id": "request-2"})
    write(account, function, {"request_id": "request-1", "job_id": "job-1", "_aws": {}, "Operation": "StartJob"})
    write(account, function, {"level": "WARNING", "message": "to be tried again", "job_id": "job-1"})
    write(account, function, {"level": "WARNING", "message": "to be tried again", "job_id": "job-2"})
    expected = [
        "Api POST /prod/generate 202 request_id=request-1 ip=203.0.113.7 latency_ms=31",
        "StartProcess StartJob request_id=request-1 job_id=job-1",
        "StartProcess WARNING to be tried again job_id=job-1",
    ]
    assert messages(run("logs", "small", "--request-id", "request-1")) == expected
    assert messages(run("logs", "small", "--job-id", "job-1")) == expected


def test_a_text_is_found_as_it_is_written(account: EmulatedAccount, run: Run, api: str) -> None:
    write(account, api, 'the "first" one', 'the first "one"', "THE FIRST ONE")
    assert messages(run("logs", "small", "--filter", '"first" one')) == ['Api the "first" one']


def test_with_json_each_line_is_an_object(account: EmulatedAccount, run: Run, api: str) -> None:
    write(account, api, ACCESS, "START")
    first, second = (json.loads(line) for line in run("logs", "small", "--json").lines)
    assert first["record"] == ACCESS
    assert first["source"] == "Api"
    assert first["group"] == api
    assert (second["message"], second["record"]) == ("START", None)
    assert first["event_id"] != second["event_id"]


def test_a_log_that_may_not_be_read_is_named_and_the_others_are_shown(
    account: EmulatedAccount, run: Run, wire: Wire, api: str, function: str
) -> None:
    write(account, api, "from the API")
    wire.fail(
        "logs",
        "FilterLogEvents",
        code="AccessDeniedException",
        when=lambda call: call.parameters["logGroupName"] == function,
    )
    finished = run("logs", "small")
    assert finished.code == 0
    assert messages(finished) == ["Api from the API"]
    assert "StartProcess: access denied: FilterLogEvents" in finished.stderr


def test_when_no_log_may_be_read_the_command_fails(account: EmulatedAccount, run: Run, wire: Wire, api: str) -> None:
    wire.fail("logs", "FilterLogEvents", code="AccessDeniedException")
    finished = run("logs", "small")
    assert (finished.code, finished.stdout) == (1, "")
    assert "genai-templates: access denied: FilterLogEvents" in finished.stderr
    assert "'genai-templates policy'" in finished.stderr


def test_a_log_that_does_not_exist_is_no_error(account: EmulatedAccount, run: Run, api: str) -> None:
    account.client("logs").delete_log_group(logGroupName=api)
    finished = run("logs", "small")
    assert (finished.code, finished.stdout, finished.stderr) == (0, "", "")


def test_throttled_calls_are_tried_again(account: EmulatedAccount, run: Run, wire: Wire, api: str) -> None:
    write(account, api, "at last")
    wire.fail("logs", "FilterLogEvents", code="ThrottlingException", times=2)
    assert messages(run("logs", "small")) == ["Api at last"]


def test_without_such_a_stack_it_is_said_what_to_do(account: EmulatedAccount, run: Run) -> None:
    finished = run("logs", "text")
    assert finished.code == 1
    assert "there is no stack genai-text in us-east-1" in finished.stderr
    assert "'genai-templates status' lists those that are there" in finished.stderr


@pytest.mark.parametrize("given", ["10", "m", "-1m", "1w", "1.5h"])
def test_a_time_that_is_none_is_wrong_usage(account: EmulatedAccount, run: Run, given: str) -> None:
    finished = run("logs", "text", f"--since={given}")
    assert finished.code == 2
    assert "such as 90s, 10m or 7d" in finished.stderr


def test_the_notebook_and_the_endpoint_have_their_own_streams(account: EmulatedAccount, run: Run, built: Path) -> None:
    template = (built / template_path("image")).read_text("utf-8")
    stack = EmulatedStack(template, "genai-image", {}, built / "artifacts", account.emulator)
    stack.create()
    notebook, endpoint = stack.resources["NotebookInstance"].rpartition("/")[2], stack.outputs["EndpointName"]
    for group in ("/aws/sagemaker/NotebookInstances", f"/aws/sagemaker/Endpoints/{endpoint}"):
        account.client("logs").create_log_group(logGroupName=group)
    write(account, "/aws/sagemaker/NotebookInstances", "ours", stream=f"{notebook}/LifecycleConfigOnCreate")
    write(account, "/aws/sagemaker/NotebookInstances", "theirs", stream="other/LifecycleConfigOnCreate")
    write(account, f"/aws/sagemaker/Endpoints/{endpoint}", "model loaded", stream="AllTraffic/i-1")
    response = stack.call("POST", "/generate", {"prompt": "a lighthouse in a storm"})
    job_id = json.loads(response.body)["job_id"]

    lines = messages(run("logs", "image"))
    assert "Notebook ours" in lines
    assert "Endpoint model loaded" in lines
    assert not [line for line in lines if "theirs" in line]
    of_the_request = messages(run("logs", "image", "--request-id", response.headers["X-Request-Id"]))
    assert any(line.startswith("StartProcess StartJob") for line in of_the_request)
    assert any(line.startswith("EndpointCall MakeImages") and job_id in line for line in of_the_request)
