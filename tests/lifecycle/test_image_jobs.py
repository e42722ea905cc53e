"""The image application over HTTP: from a request to images in the bucket, or to a reason why there are none."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from PIL import Image

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import Chaos, ModelFault
from genai_templates.local.stack_inputs import EXISTING_ENDPOINT as ENDPOINT
from tests.lifecycle.jobs import PROMPT, finished, key_of, made
from tests.waiting import until


@pytest.fixture
def chaos(emulator: Emulator) -> Iterator[Chaos]:
    """Faults that end with the test."""
    with Chaos(emulator) as chaos:
        yield chaos


def test_a_request_is_accepted_at_once(image: EmulatedStack) -> None:
    response = image.call("POST", "/generate", PROMPT)
    body = response.json()
    assert (response.status, body["status"]) == (202, "QUEUED")
    assert body["status_url"] == f"generate/{body['job_id']}"
    finished(image, body["job_id"])


def test_an_images_url_leads_to_it_from_whichever_url_of_the_api_it_was_read(image: EmulatedStack) -> None:
    job = made(image, PROMPT)
    domain = image.outputs["CloudFrontDistributionDomain"]
    for base in (f"{image.outputs['ApiGatewayUrl']}/generate/{job['job_id']}", f"https://{domain}/api/generate"):
        for url in (job["images"][0]["url"], job["images"][0]["thumbnail_url"]):
            found = urlsplit(urljoin(base, url))
            assert (found.scheme, found.netloc) == ("https", domain)
            served = image.emulator.site_request(domain, "GET", found.path)
            assert (served.status, served.headers["content-type"]) == (200, "image/jpeg")
    latest = image.call("GET", "/generate").json()["images"][0]
    assert latest["url"].startswith(f"https://{domain}/generated_images/")


def test_a_job_ends_with_images_in_the_bucket(image: EmulatedStack) -> None:
    job = made(image, {**PROMPT, "num_images": 2})
    assert job["status"] == "SUCCEEDED", job
    assert [(each["width"], each["height"]) for each in job["images"]] == [(256, 256)] * 2
    bucket = image.outputs["ImageBucketName"]
    for each in job["images"]:
        for url in (each["url"], each["thumbnail_url"]):
            stored = image.client("s3").get_object(Bucket=bucket, Key=key_of(url))
            assert stored["ContentType"] == "image/jpeg"
            assert "immutable" in stored["CacheControl"]
            assert Image.open(io.BytesIO(stored["Body"].read())).format == "JPEG"


def test_a_container_that_knows_no_jpeg_is_understood_too(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_without_jpeg(ENDPOINT)
    job = made(image, PROMPT)
    assert job["status"] == "SUCCEEDED", job
    key = key_of(job["images"][0]["url"])
    stored = image.client("s3").get_object(Bucket=image.outputs["ImageBucketName"], Key=key)["Body"].read()
    assert Image.open(io.BytesIO(stored)).size == (256, 256)


def test_the_latest_job_is_the_one_that_ended_last(image: EmulatedStack) -> None:
    job = made(image, PROMPT)
    assert image.call("GET", "/generate").json()["job_id"] == job["job_id"]


def test_a_seed_is_chosen_and_told(image: EmulatedStack) -> None:
    job = made(image, {key: value for key, value in PROMPT.items() if key != "seed"})
    assert 0 <= job["seed"] < 2**32


@pytest.mark.parametrize(
    ("change", "field"),
    [({"prompt": "too short"}, "prompt"), ({"width": 300}, "width"), ({"num_images": 5}, "num_images")],
)
def test_a_wrong_request_is_refused_field_by_field(image: EmulatedStack, change: dict[str, Any], field: str) -> None:
    response = image.call("POST", "/generate", {**PROMPT, **change})
    assert response.status == 400
    assert field in [detail["field"] for detail in response.json()["error"]["details"]]


def test_an_event_that_arrives_twice_does_no_harm(image: EmulatedStack) -> None:
    job = made(image, PROMPT)
    again = image.client("lambda").invoke(
        FunctionName=image.resources["EndpointCallFunction"], Payload=json.dumps({"job_id": job["job_id"]})
    )
    assert not again.get("FunctionError")
    assert finished(image, job["job_id"]) == job


def test_an_unknown_job_is_not_found(image: EmulatedStack) -> None:
    response = image.call("GET", f"/generate/{'0' * 32}")
    assert (response.status, response.json()["error"]["code"]) == (404, "not_found")


def test_a_repeated_key_gives_the_same_job(image: EmulatedStack) -> None:
    first = image.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "one-and-the-same"}).json()
    again = image.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "one-and-the-same"})
    assert (again.status, again.json()["job_id"]) == (202, first["job_id"])
    finished(image, first["job_id"])


def test_a_repeated_key_with_another_body_is_a_conflict(image: EmulatedStack) -> None:
    first = image.call("POST", "/generate", PROMPT, headers={"Idempotency-Key": "for-two-bodies"}).json()
    other = image.call("POST", "/generate", {**PROMPT, "seed": 8}, headers={"Idempotency-Key": "for-two-bodies"})
    assert (other.status, other.json()["error"]["code"]) == (409, "conflict")
    finished(image, first["job_id"])


def test_a_fault_that_passes_is_mended_by_a_retry(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR, times=1)
    assert made(image, PROMPT)["status"] == "SUCCEEDED"


def count_model_calls(stack: EmulatedStack) -> int:
    """Return how often the stack's functions have asked the model so far."""
    function = stack.client("lambda").get_function_configuration(FunctionName=stack.resources["EndpointCallFunction"])
    role = function["Role"].rsplit("/", 1)[-1]
    calls = [each for each in stack.emulator.decisions() if each.action == "sagemaker:InvokeEndpoint"]
    return sum(each.role == role for each in calls)


def test_a_job_that_no_retry_mends_is_marked_with_a_reason(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR)
    calls_before = count_model_calls(image)
    job = made(image, PROMPT)
    assert count_model_calls(image) - calls_before == 2  # JobRetries is 1
    assert job["status"] == "FAILED"
    assert job["error"]["code"] == "retries_exhausted"
    assert "CUDA" not in job["error"]["message"]


def test_the_reason_tells_a_busy_model_from_a_broken_one(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.THROTTLED)
    assert "too much to do" in made(image, PROMPT)["error"]["message"]


def test_a_request_that_the_model_refuses_is_not_tried_again(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.CLIENT_ERROR, times=1)
    job = made(image, PROMPT)
    assert (job["status"], job["error"]["code"]) == ("FAILED", "invalid_request")


def test_the_queue_of_failed_jobs_is_emptied(image: EmulatedStack, chaos: Chaos) -> None:
    chaos.model_fault(ENDPOINT, ModelFault.SERVER_ERROR)
    made(image, PROMPT)
    queue = image.resources["FailedJobsQueue"]

    def empty() -> bool | None:
        counts = image.client("sqs").get_queue_attributes(
            QueueUrl=queue,
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return True if set(counts.values()) == {"0"} else None

    until(empty)


def test_the_status_is_that_of_the_endpoint(image: EmulatedStack) -> None:
    assert image.call("GET", "/status").json() == {"ready": True, "state": "ready", "endpoint_status": "InService"}
