"""Private images: URLs that the route makes for a while, of the owner's jobs alone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from handlers.common.daily_limit import DailyLimit
from handlers.common.errors import DailyLimitReached
from handlers.common.http import Request
from tests.unit.handlers.image.jobs_api import PROMPT, process

BUCKET = "https://bucket.s3.eu-central-1.amazonaws.com"
VARIABLES = {"siteUrl": "https://d1.cloudfront.net", "imagesUrl": BUCKET}
JOB = ("GET", "/generate/{job_id}")


@pytest.fixture(autouse=True)
def _world(aws: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYLOAD_CODEC", "stable-diffusion")
    from handlers.image import display_image, start_process_function

    for module in (display_image, start_process_function):
        monkeypatch.setattr(module, "settings", module.settings._replace(api_auth="cognito"))


def as_caller(make_event: Any, caller: str, method: str, resource: str, **more: Any) -> dict[str, Any]:
    context = {"requestId": "r", "authorizer": {"claims": {"sub": caller}}}
    event: dict[str, Any] = make_event(method, resource, requestContext=context, stageVariables=VARIABLES, **more)
    return event


def start(context: Any, make_event: Any, caller: str, key: str = "key", **fields: object) -> dict[str, Any]:
    from handlers.image import start_process_function

    body = json.dumps({"prompt": PROMPT, "seed": 7, **fields})
    event = as_caller(make_event, caller, "POST", "/generate", body=body, headers={"Idempotency-Key": key})
    response: dict[str, Any] = start_process_function.handler(event, context)
    return {**response, "body": json.loads(response["body"])}


def show(context: Any, make_event: Any, caller: str, job_id: str | None) -> dict[str, Any]:
    from handlers.image import display_image

    event = as_caller(make_event, caller, "GET", "/generate")
    if job_id is not None:
        event = as_caller(make_event, caller, *JOB, pathParameters={"job_id": job_id})
    response: dict[str, Any] = display_image.handler(event, context)
    return {**response, "body": json.loads(response["body"])}


@pytest.fixture
def job_id(context: Any, make_event: Any, events: Any, model: Any) -> str:
    """A finished job of Ann."""
    accepted = start(context, make_event, "ann")
    process(context, events.payloads[0])
    return str(accepted["body"]["job_id"])


def test_the_owner_gets_urls_that_end_in_a_quarter_of_an_hour(context: Any, make_event: Any, job_id: str) -> None:
    shown = show(context, make_event, "ann", job_id)
    assert shown["headers"]["Cache-Control"] == "no-store"
    (image,) = shown["body"]["images"]
    assert {name for name in image if name.endswith("url")} == {"url", "thumbnail_url", "download_url"}
    for name, ending in {"url": "0.jpg", "thumbnail_url": "0_thumbnail.jpg", "download_url": "0.jpg"}.items():
        url = urlsplit(image[name])
        assert f"{url.scheme}://{url.netloc}{url.path}" == f"{BUCKET}/generated_images/{job_id}/{ending}"
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        assert query["X-Amz-Expires"] == "900"
        assert query["X-Amz-SignedHeaders"] == "host"
        assert query["response-cache-control"].startswith("private, ")


def test_only_the_url_for_downloads_names_a_file_and_not_the_prompt(context: Any, make_event: Any, job_id: str) -> None:
    (image,) = show(context, make_event, "ann", job_id)["body"]["images"]
    query = parse_qs(urlsplit(image["download_url"]).query)
    assert query["response-content-disposition"] == ['attachment; filename="image-seed-7-1.jpg"']
    assert "response-content-disposition" not in image["url"] + image["thumbnail_url"]


def test_anothers_job_gives_the_same_response_as_an_unknown_one(context: Any, make_event: Any, job_id: str) -> None:
    anothers = show(context, make_event, "bob", job_id)
    assert anothers["statusCode"] == 404
    assert anothers == show(context, make_event, "bob", "0" * 32)
    assert show(context, make_event, "bob", None)["statusCode"] == 404
    assert show(context, make_event, "ann", None)["body"]["job_id"] == job_id


def test_a_key_of_another_caller_is_free(context: Any, make_event: Any, job_id: str) -> None:
    bobs = start(context, make_event, "bob", width=256)
    assert bobs["statusCode"] == 202
    assert bobs["body"]["job_id"] != job_id
    assert start(context, make_event, "ann")["body"]["job_id"] == job_id


def test_neither_a_response_nor_a_log_names_the_owner(
    context: Any, make_event: Any, job_id: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    from handlers.common.caller import opaque

    responses = [show(context, make_event, name, job_id) for name in ("ann", "bob")]
    written = json.dumps(responses) + caplog.text + capsys.readouterr().out
    assert opaque("ann") not in written
    assert '"ann"' not in written


def test_a_day_has_so_many_new_jobs_and_repeated_and_wrong_requests_do_not_count(
    context: Any, make_event: Any, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.image import start_process_function

    counted: list[str] = []

    class TwoADay(DailyLimit):
        def count(self, request: Request, *, operation: str) -> None:
            if len(counted) == 2:
                raise DailyLimitReached("no more", retry_after=60)
            counted.append(operation)

    monkeypatch.setattr(start_process_function, "daily_limit", TwoADay("", 2, stack_name="stack"))
    assert start(context, make_event, "ann", width=500)["statusCode"] == 400
    for key in ("one", "two", "one", "two"):
        assert start(context, make_event, "ann", key)["statusCode"] == 202
    refused = start(context, make_event, "ann", "three")
    assert (refused["statusCode"], refused["headers"]["Retry-After"]) == (429, "60")
    assert refused["body"]["error"]["code"] == "daily_limit_reached"
    assert counted == ["StartJob", "StartJob"]
    assert len(events.payloads) == 2
    assert start(context, make_event, "ann", "one")["statusCode"] == 202
