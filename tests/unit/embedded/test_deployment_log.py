from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from genai_templates.embedded.deployment_log import GROUP, CloudWatchHandler, start_log

STREAM = "mine/deployment"


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """The root logger, which gets its handlers and its level back afterwards."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers])
    level = root.level
    root.setLevel(logging.INFO)
    yield root
    root.setLevel(level)


@pytest.fixture
def cloudwatch(folder: object, notebook: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty CloudWatch Logs, and a notebook that may write there."""
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
        monkeypatch.delenv(name)
    with mock_aws():
        yield


@pytest.fixture
def handler(cloudwatch: None) -> CloudWatchHandler:
    return CloudWatchHandler()


def _record(message: str, created: float | None = None, name: str = "root") -> logging.LogRecord:
    record = logging.LogRecord(name, logging.INFO, "", 0, message, None, None)
    record.created = created or record.created
    return record


def _lines(handler: CloudWatchHandler) -> list[str]:
    found = handler.client.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="mine/")["events"]
    assert {event["logStreamName"] for event in found} <= {STREAM}
    return [event["message"] for event in found]


def _fail(handler: CloudWatchHandler, *, times: int) -> None:
    """Let the next calls fail, as they do while IAM does not know a permission yet."""
    failures = iter(range(times))

    def fail(**_: object) -> None:
        if next(failures, None) is not None:
            raise PermissionError("not authorized to perform: logs:PutLogEvents")

    handler.client.meta.events.register("before-send", fail)


def _batches(handler: CloudWatchHandler) -> list[list[tuple[int, str]]]:
    """Collect the events of each call that puts some."""
    batches: list[list[tuple[int, str]]] = []

    def collect(params: dict[str, Any], **_: object) -> None:
        batches.append([(event["timestamp"], event["message"]) for event in params["logEvents"]])

    handler.client.meta.events.register("provide-client-params.cloudwatch-logs.PutLogEvents", collect)
    return batches


def test_the_deployments_words_reach_a_stream_of_the_notebook_that_is_made_for_them(cloudwatch: None) -> None:
    start_log()
    logging.info("PREPARING")
    logging.info("DEPLOYING %s", "ml.g5.2xlarge")
    assert _lines(CloudWatchHandler()) == ["PREPARING", "DEPLOYING ml.g5.2xlarge"]


def test_both_processes_write_into_the_same_stream(handler: CloudWatchHandler) -> None:
    handler.emit(_record("of the supervisor"))
    CloudWatchHandler().emit(_record("of the deployment"))
    assert _lines(handler) == ["of the supervisor", "of the deployment"]


def test_a_group_that_sagemaker_has_made_is_used(handler: CloudWatchHandler) -> None:
    handler.client.create_log_group(logGroupName=GROUP)
    handler.emit(_record("PREPARING"))
    assert _lines(handler) == ["PREPARING"]


def test_each_line_of_a_record_is_an_event_and_empty_ones_are_none(handler: CloudWatchHandler) -> None:
    handler.emit(_record("pip install\n\nCollecting boto3\n"))
    assert _lines(handler) == ["pip install", "Collecting boto3"]


def test_an_error_arrives_with_its_traceback(cloudwatch: None) -> None:
    start_log()
    try:
        raise ValueError("no such model")
    except ValueError:
        logging.exception("The deployment failed.")
    lines = _lines(CloudWatchHandler())
    assert (lines[0], lines[-1]) == ("The deployment failed.", "ValueError: no such model")


def test_what_was_refused_goes_with_the_next_record(
    handler: CloudWatchHandler, capsys: pytest.CaptureFixture[str]
) -> None:
    _fail(handler, times=2)
    for word in ("PREPARING", "DEPLOYING", "IN_SERVICE"):
        handler.emit(_record(word))
    assert _lines(handler) == ["PREPARING", "DEPLOYING", "IN_SERVICE"]
    assert capsys.readouterr().err.count("Not in CloudWatch yet") == 2


def test_nothing_is_put_twice(handler: CloudWatchHandler) -> None:
    batches = _batches(handler)
    handler.emit(_record("first"))
    handler.emit(_record("second"))
    assert [text for _, text in batches[-1]] == ["second"]


def test_a_clock_that_is_set_back_does_not_make_a_batch_that_is_refused(handler: CloudWatchHandler) -> None:
    _fail(handler, times=1)
    batches = _batches(handler)
    handler.emit(_record("later\nb\na", created=2_000.0))
    handler.emit(_record("earlier", created=1_000.0))
    assert batches[-1] == [(1_000_000, "earlier"), (2_000_000, "later"), (2_000_000, "b"), (2_000_000, "a")]


def test_what_waits_is_never_more_than_a_call_may_have(handler: CloudWatchHandler) -> None:
    batches = _batches(handler)
    handler.emit(_record("\n".join(["\N{GRINNING FACE}" * 5_000] * 500 + ["the last line"])))
    assert sum(len(text.encode()) + 26 for _, text in batches[-1]) <= 1_048_576
    assert batches[-1][-1][1] == "the last line"


@pytest.mark.parametrize("name", ["botocore.credentials", "boto3", "urllib3.connectionpool"])
def test_what_the_call_itself_logs_is_not_put(handler: CloudWatchHandler, name: str) -> None:
    batches = _batches(handler)
    handler.emit(_record("Refreshing temporary credentials failed", name=name))
    assert batches == []


def test_a_call_is_tried_once_and_does_not_last(handler: CloudWatchHandler) -> None:
    config = vars(handler.client.meta.config)
    assert config["connect_timeout"] + config["read_timeout"] <= 5
    assert config["retries"]["total_max_attempts"] == 1


def test_without_a_way_to_cloudwatch_the_deployment_logs_as_ever(
    folder: object, root: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    start_log()
    assert not any(isinstance(each, CloudWatchHandler) for each in root.handlers)
    assert "resource-metadata.json" in caplog.text
