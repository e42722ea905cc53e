"""Functions that no client calls: no event of theirs comes again for ever, loses a job, or leaves a stack waiting."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from tests.fuzz.test_events import ANY_JSON, ANY_TEXT
from tests.unit.handlers.conftest import Context
from tests.unit.handlers.custom_resources.conftest import Responses, serve_responses

JOB = "0123456789abcdef0123456789abcdef"
POINTERS = ["latest", "idempotency#x"]


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    """The job table with the items in it that are no jobs."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PAYLOAD_CODEC", "stable-diffusion")
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="jobs",
            AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for key in POINTERS:
            item = {"job_id": {"S": key}, "target_job_id": {"S": JOB}, "expires_at": {"N": "9999999999"}}
            client.put_item(TableName="jobs", Item=item)
        yield client


def items_of(table: Any) -> list[Any]:
    return sorted(table.scan(TableName="jobs")["Items"], key=lambda item: str(item["job_id"]["S"]))


ODD_IDS = ANY_JSON | st.sampled_from([*POINTERS, "", JOB, JOB + "\n", "x" * 3000])
MEMBERS = {"requestContext": ANY_JSON, "responsePayload": ANY_JSON}
MESSAGES = (
    st.fixed_dictionaries({"requestPayload": ANY_JSON}, optional=MEMBERS)
    | st.fixed_dictionaries({"requestPayload": st.fixed_dictionaries({"job_id": ODD_IDS})}, optional=MEMBERS)
    | ANY_JSON
)
BODIES = MESSAGES.map(json.dumps) | ANY_TEXT | st.sampled_from(["[" * 100_000, "", "null"])


@settings(max_examples=150, derandomize=True)
@given(st.lists(BODIES, max_size=3))
def test_a_message_that_is_about_no_job_does_not_come_again(table: Any, bodies: list[str]) -> None:
    from handlers.jobs import mark_job_failed

    before = items_of(table)
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    assert mark_job_failed.handler({"Records": records}, Context()) == {"batchItemFailures": []}
    assert items_of(table) == before


@settings(max_examples=60, derandomize=True)
@given(st.fixed_dictionaries({}, optional=MEMBERS), st.lists(BODIES, max_size=2))
def test_a_failed_job_is_marked_whatever_else_its_message_says(
    table: Any, more: dict[str, Any], others: list[str]
) -> None:
    from handlers.jobs import mark_job_failed
    from handlers.jobs.job import FAILED

    jobs = mark_job_failed.jobs

    jobs.create(JOB, {}, owner="", dispatcher="writer", retention_days=1, maximum_age=60)
    body = json.dumps({"requestPayload": {"job_id": JOB}, **more})
    records = [{"messageId": str(number), "body": body} for number, body in enumerate([*others, body])]
    try:
        assert mark_job_failed.handler({"Records": records}, Context()) == {"batchItemFailures": []}
        job = jobs.read(JOB, owner="")
        assert job is not None
        assert (job.status, bool(job.error_message)) == (FAILED, True)
    finally:
        table.delete_item(TableName="jobs", Key={"job_id": {"S": JOB}})


@settings(max_examples=100, derandomize=True)
@given(st.lists(st.fixed_dictionaries({"job_id": ODD_IDS}).map(json.dumps) | BODIES, max_size=3))
def test_a_message_of_the_queue_that_is_about_no_job_goes(table: Any, bodies: list[str]) -> None:
    from handlers.image import endpoint_call_function
    from handlers.jobs.delivery import Deliveries, Settings

    before = items_of(table)
    deliveries = Deliveries(Settings("stack", "jobs", "https://queue", 2, 3600, 90))
    attributes = {"SentTimestamp": "1800000000000", "ApproximateReceiveCount": "2"}
    records = [
        {"messageId": str(n), "receiptHandle": "r", "body": body, "attributes": attributes}
        for n, body in enumerate(bodies)
    ]
    done = deliveries.deal_with({"Records": records}, lambda job_id: endpoint_call_function.process(job_id, Context()))
    assert done == {"batchItemFailures": []}
    assert items_of(table) == before


@settings(max_examples=60, derandomize=True)
@given(st.fixed_dictionaries({"job_id": ODD_IDS}) | ANY_JSON)
def test_an_event_that_names_no_job_makes_none(table: Any, event: Any) -> None:
    """It may raise: Lambda tries again as often as it is set to, and hands it to the function that drops it."""
    from handlers.image import endpoint_call_function

    before = items_of(table)
    with contextlib.suppress(Exception):
        endpoint_call_function.handler(event, Context())
    assert items_of(table) == before


@pytest.fixture(scope="module")
def cloudformation() -> Iterator[Responses]:
    """What takes the answers of custom resources."""
    with serve_responses() as responses:
        yield responses


PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        name: ANY_JSON | st.sampled_from(["a-bucket", "true", "{}", "x" * 3000, "ü" * 2000])
        for name in ("Bucket", "Delete", "EndpointName", "Config", "DistributionId")
    },
)


@settings(max_examples=60, derandomize=True)
@given(
    st.sampled_from(["bucket_cleaner", "model_janitor", "site_publisher"]),
    st.sampled_from(["Create", "Update", "Delete"]) | ANY_JSON,
    PROPERTIES | ANY_JSON,
    st.fixed_dictionaries({}, optional={"PhysicalResourceId": ANY_TEXT}),
)
def test_a_custom_resource_always_answers(
    table: Any, cloudformation: Responses, name: str, kind: Any, properties: Any, more: dict[str, str]
) -> None:
    from handlers.custom_resources import bucket_cleaner, model_janitor, site_publisher

    handlers = {"bucket_cleaner": bucket_cleaner, "model_janitor": model_janitor, "site_publisher": site_publisher}
    cloudformation.received.clear()
    event = {**cloudformation.event("Create"), "RequestType": kind, "ResourceProperties": properties, **more}
    handlers[name].handler(event, Context())
    (response,) = cloudformation.received
    assert response["Status"] in ("SUCCESS", "FAILED")
    assert response["PhysicalResourceId"]
    # CloudFormation reads no more of an answer.
    assert len(json.dumps(response)) <= 4096
