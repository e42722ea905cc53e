"""Image jobs: from a request through the model to images behind URLs."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from tests.unit.handlers.image.jobs_api import PROMPT, process, show, started, submit


@pytest.fixture(autouse=True)
def _world(aws: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYLOAD_CODEC", "stable-diffusion")


def test_a_job_becomes_images_behind_urls(context: Any, make_event: Any, events: Any, model: Any) -> None:
    job_id = started(context, make_event, events, seed=7)
    assert show(context, make_event, job_id)[1]["status"] == "QUEUED"
    process(context, events.payloads[0])
    status, job = show(context, make_event, job_id)
    assert (status, job["status"], job["seed"]) == (200, "SUCCEEDED", 7)
    assert job["prompt"] == "A red square on a table"
    assert model.requests[0]["prompt"] == "A red square on a table"
    image = job["images"][0]
    assert (image["width"], image["height"]) == (512, 512)
    stored = boto3.client("s3").get_object(Bucket="images", Key=image["url"].removeprefix("/"))
    assert stored["ContentType"] == "image/jpeg"
    assert "immutable" in stored["CacheControl"]
    thumbnail = boto3.client("s3").get_object(Bucket="images", Key=image["thumbnail_url"].removeprefix("/"))
    assert max(Image.open(io.BytesIO(thumbnail["Body"].read())).size) == 256
    assert show(context, make_event, None)[1]["job_id"] == job_id


def test_pixel_arrays_become_the_same_kind_of_image(context: Any, make_event: Any, events: Any, model: Any) -> None:
    model.body = json.dumps({"generated_images": [[[[250, 0, 0]] * 256] * 256], "prompt": "p"}).encode()
    job_id = started(context, make_event, events, width=256, height=256)
    process(context, events.payloads[0])
    image = show(context, make_event, job_id)[1]["images"][0]
    data = boto3.client("s3").get_object(Bucket="images", Key=image["url"][1:])["Body"].read()
    pixel = Image.open(io.BytesIO(data)).getpixel((9, 9))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 240


def test_a_job_without_a_seed_gets_one_and_keeps_it(context: Any, make_event: Any, events: Any, model: Any) -> None:
    job_id = started(context, make_event, events)
    process(context, events.payloads[0])
    assert model.requests[0]["seed"] == show(context, make_event, job_id)[1]["seed"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": "too short"}, "prompt"),
        ({"prompt": "x" * 301}, "prompt"),
        ({"prompt": PROMPT, "width": 500}, "width"),
        ({"prompt": PROMPT, "height": 2048}, "height"),
        ({"prompt": PROMPT, "num_images": 5}, "num_images"),
        ({"prompt": PROMPT, "num_images": 4, "width": 1024, "height": 1024}, "num_inference_steps"),
        ({"prompt": PROMPT, "seed": -1}, "seed"),
        ({"prompt": PROMPT, "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_request_names_the_field_and_starts_nothing(
    context: Any, make_event: Any, events: Any, body: dict[str, object], field: str
) -> None:
    status, refusal = submit(context, make_event, body)
    assert status == 400
    assert [each["field"] for each in refusal["error"]["details"]] == [field]
    assert events.payloads == []


@pytest.mark.parametrize(
    ("code", "original"),
    [("ThrottlingException", 0), ("ServiceUnavailable", 0), ("ModelError", 500), ("ValidationError", 0)],
)
def test_a_fault_that_may_pass_leaves_the_job_for_the_next_try(
    context: Any, make_event: Any, events: Any, model: Any, code: str, original: int
) -> None:
    job_id = started(context, make_event, events)
    model.fails(code, original)
    with pytest.raises(Exception, match="model"):
        process(context, events.payloads[0])
    assert show(context, make_event, job_id)[1]["status"] == "QUEUED"
    model.error = None
    process(context, events.payloads[0])
    assert show(context, make_event, job_id)[1]["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "The model's response could not be read."),
        (b'{"generated_images": []}', "The model's response holds no images."),
        (b'{"generated_images": ["%%%"]}', "The model's response was cut short."),
        (b'{"generated_images": ["aGVsbG8="]}', "The model's response holds something that is not an image."),
        (b'{"generated_images": [[[[1,2,3],[1,2', "The model's response was cut short."),
        (b'{"generated_images": [[[[1,2,3]]]]}', "The model made an image of 1 x 1 pixels instead of 512 x 512."),
    ],
)
def test_a_malformed_response_fails_the_job_with_a_reason(
    context: Any, make_event: Any, events: Any, model: Any, body: bytes, reason: str
) -> None:
    job_id = started(context, make_event, events)
    model.body = body
    process(context, events.payloads[0])
    job = show(context, make_event, job_id)[1]
    assert job["status"] == "FAILED"
    assert job["error"]["message"].startswith(reason)


def test_a_request_that_the_model_refuses_fails_the_job_at_once(
    context: Any, make_event: Any, events: Any, model: Any
) -> None:
    job_id = started(context, make_event, events)
    model.fails("ModelError", 400)
    process(context, events.payloads[0])
    assert show(context, make_event, job_id)[1]["error"]["code"] == "invalid_request"


def test_a_bucket_that_refuses_for_a_while_loses_nothing(
    context: Any, make_event: Any, events: Any, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import making

    job_id = started(context, make_event, events)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown", "Message": "m"}}, "PutObject")

    with monkeypatch.context() as patch:
        patch.setattr(making.s3, "put_object", refuse)
        with pytest.raises(ClientError):
            process(context, events.payloads[0])
    process(context, events.payloads[0])
    assert show(context, make_event, job_id)[1]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("job_id", ["0" * 32, "latest", "../x", "", "idempotency#x", "A" * 32])
def test_a_job_that_never_was_is_not_found(context: Any, make_event: Any, job_id: str) -> None:
    assert show(context, make_event, job_id)[0] == 404


def test_nothing_is_latest_before_the_first_image(context: Any, make_event: Any) -> None:
    assert show(context, make_event, None)[0] == 404


def test_the_latest_image_is_the_one_that_finished_last(
    context: Any, make_event: Any, events: Any, model: Any, clock: Any
) -> None:
    first = started(context, make_event, events)
    second = started(context, make_event, events)
    process(context, {"job_id": second})
    clock.seconds += 5
    process(context, {"job_id": first})
    assert show(context, make_event, None)[1]["job_id"] == first


def test_the_same_key_and_body_give_one_job_though_each_request_would_get_another_seed(
    context: Any, make_event: Any, events: Any
) -> None:
    first = submit(context, make_event, {"prompt": PROMPT}, "key")
    assert submit(context, make_event, {"prompt": PROMPT}, "key") == first
    assert submit(context, make_event, {"prompt": PROMPT, "seed": 2}, "key")[0] == 409
    assert len(events.payloads) == 1


def test_a_repeated_request_is_told_the_status_of_its_job(
    context: Any, make_event: Any, events: Any, model: Any
) -> None:
    statuses = [submit(context, make_event, {"prompt": PROMPT}, "key")[1]["status"]]
    process(context, events.payloads[0])
    statuses.append(submit(context, make_event, {"prompt": PROMPT}, "key")[1]["status"])
    assert statuses == ["QUEUED", "SUCCEEDED"]


@pytest.mark.parametrize(
    ("body", "suffix", "content_type", "kind"),
    [
        (None, ".jpg", "image/jpeg", "JPEG"),
        (json.dumps({"generated_images": [[[[250, 0, 0]] * 512] * 512]}).encode(), ".png", "image/png", "PNG"),
    ],
    ids=["jpeg", "pixels"],
)
def test_without_pillow_an_image_is_its_own_thumbnail(
    context: Any,
    make_event: Any,
    events: Any,
    model: Any,
    monkeypatch: pytest.MonkeyPatch,
    body: bytes | None,
    suffix: str,
    content_type: str,
    kind: str,
) -> None:
    from handlers.image import without_pillow
    from handlers.image.codecs import generated_images

    monkeypatch.setattr(generated_images, "load_encoder", lambda: without_pillow)
    model.body = body or model.body
    job_id = started(context, make_event, events)
    process(context, events.payloads[0])
    image = show(context, make_event, job_id)[1]["images"][0]
    assert image["url"] == image["thumbnail_url"] == f"/generated_images/{job_id}/0{suffix}"
    stored = boto3.client("s3").get_object(Bucket="images", Key=image["url"][1:])
    assert stored["ContentType"] == content_type
    assert Image.open(io.BytesIO(stored["Body"].read())).format == kind
    assert boto3.client("s3").list_objects_v2(Bucket="images")["KeyCount"] == 1
