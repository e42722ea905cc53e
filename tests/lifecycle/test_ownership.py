"""Whose jobs are whose, and to whom images are shown: in stacks whose API knows its callers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from genai_templates import Auth, Hosting
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator, Response
from genai_templates.local.emulator import CREDENTIALS
from tests.lifecycle.gateway_events import Gateway
from tests.lifecycle.jobs import PROMPT
from tests.lifecycle.stacks import keys_of
from tests.waiting import until

START, SHOW, TEXT = "StartProcessFunction", "DisplayImageFunction", "GenAILambdaFunction"
JOB, LATEST = "GET /generate/{job_id}", "GET /generate"
LIMIT = 3


@pytest.fixture(scope="module")
def make(emulator: Emulator, builds: Callable[[Hosting], Path]) -> Callable[[str, int], Gateway]:
    """Make a stack of an application that has so many requests a day for each caller."""
    folder = builds(Hosting.EXISTING)

    def made(app: str, limit: int) -> Gateway:
        kind = APPS[app].load_stack()
        template = kind(
            hosting=Hosting.EXISTING, auth=Auth.COGNITO, daily_limit=True, artifacts=keys_of(folder, app)
        ).to_json()
        parameters = {"DailyRequests": str(limit)}
        stack = EmulatedStack(template, f"known-{app}", parameters, folder / "artifacts", emulator)
        stack.create()
        return Gateway(stack)

    return made


@pytest.fixture(scope="module")
def image(make: Callable[[str, int], Gateway]) -> Gateway:
    """An image stack."""
    return make("image", 100)


@pytest.fixture(scope="module")
def job(image: Gateway) -> dict[str, Any]:
    """A finished job of Ann, as she sees it."""
    started = [image.call(START, "ann", "POST /generate", PROMPT, key="key") for _ in range(2)]
    assert [each.status for each in started] == [202, 202]
    job_id = started[0].body["job_id"]
    assert started[1].body["job_id"] == job_id
    assert image.call(SHOW, "ann", "GET /status").status == 200

    def finished() -> dict[str, Any] | None:
        seen = dict(image.call(SHOW, "ann", JOB, job_id=job_id).body)
        return seen if seen["status"] == "SUCCEEDED" else None

    return until(finished)


def follow(image: Gateway, url: str, method: str = "GET", **headers: str) -> Response:
    """Send a request to S3 as a browser does that was given this URL."""
    parts = urlsplit(url)
    return image.stack.emulator.request(method, f"{parts.path}?{parts.query}", None, {"Host": parts.netloc, **headers})


def code_of(response: Response) -> str:
    """Return the code of S3's error."""
    assert response.status == 403, response.body
    found = re.search(rb"<Code>(\w+)</Code>", response.body)
    return found[1].decode() if found else ""


def test_the_owner_gets_images_that_load_and_one_that_downloads(image: Gateway, job: dict[str, Any]) -> None:
    (urls,) = job["images"]
    sizes = {name: Image.open(io.BytesIO(follow(image, urls[name]).body)).size for name in ("url", "download_url")}
    assert set(sizes.values()) == {(256, 256)}
    thumbnail = follow(image, urls["thumbnail_url"])
    assert (thumbnail.status, thumbnail.headers["Cache-Control"]) == (200, "private, max-age=900, immutable")
    assert "Content-Disposition" not in thumbnail.headers
    downloaded = follow(image, urls["download_url"]).headers
    assert downloaded["Content-Disposition"] == 'attachment; filename="image-seed-7-1.jpg"'


def test_another_caller_finds_nothing(image: Gateway, job: dict[str, Any]) -> None:
    anothers = image.call(SHOW, "bob", JOB, job_id=job["job_id"])
    assert anothers.status == 404
    assert anothers == image.call(SHOW, "bob", JOB, job_id="0" * 32)
    assert image.call(SHOW, "bob", LATEST).status == 404
    assert image.call(SHOW, "ann", LATEST).body["job_id"] == job["job_id"]
    own = image.call(START, "bob", "POST /generate", {**PROMPT, "seed": 8}, key="key")
    assert own.status == 202
    assert own.body["job_id"] != job["job_id"]


_CHANGES: dict[str, Callable[[str], str]] = {
    "signature": lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    "key": lambda url: url.replace("/0.jpg", "/0_thumbnail.jpg"),
    "lifetime": lambda url: url.replace("X-Amz-Expires=900", "X-Amz-Expires=604800"),
    "date": lambda url: re.sub(r"X-Amz-Date=\d{8}", "X-Amz-Date=20991231", url),
    "file name": lambda url: url.replace("response-cache-control=", "response-content-type=text%2Fhtml&x="),
}


@pytest.mark.parametrize("change", _CHANGES)
def test_a_url_that_was_changed_leads_nowhere(image: Gateway, job: dict[str, Any], change: str) -> None:
    url = job["images"][0]["url"]
    changed = _CHANGES[change](url)
    assert changed != url
    assert code_of(follow(image, changed)) in ("SignatureDoesNotMatch", "AccessDenied")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "POST"])
def test_a_url_is_good_for_looking_alone(image: Gateway, job: dict[str, Any], method: str) -> None:
    assert follow(image, job["images"][0]["url"], method).status == 403
    assert follow(image, job["images"][0]["url"]).status == 200


def test_neither_the_key_of_an_image_nor_the_distribution_leads_to_it(image: Gateway, job: dict[str, Any]) -> None:
    url = urlsplit(job["images"][0]["url"])
    assert code_of(follow(image, f"https://{url.netloc}{url.path}")) == "AccessDenied"
    for path in (url.path, f"{url.path}?{url.query}"):
        by_distribution = image.stack.browse(path)
        assert not by_distribution.headers["Content-Type"].startswith("image/")
        assert by_distribution.body[:3] != b"\xff\xd8\xff"


def test_the_page_may_load_images_from_the_place_of_their_urls(image: Gateway, job: dict[str, Any]) -> None:
    policy = image.stack.browse("/").headers["Content-Security-Policy"]
    url = urlsplit(job["images"][0]["url"])
    assert f"img-src 'self' {url.scheme}://{url.netloc};" in policy


def test_a_url_ends(image: Gateway, job: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.common import aws
    from handlers.image import private_images

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setattr(aws.session, "_credentials", None)
    target = job["images"][0]["url"].split("?")[0]
    now = datetime.now(UTC)
    for age, status in ((private_images.SECONDS - 60, 200), (private_images.SECONDS + 1, 403)):
        moment = now - timedelta(seconds=age)
        monkeypatch.setattr("botocore.auth.get_current_datetime", lambda moment=moment: moment)
        response = follow(image, private_images.sign_url(target))
        assert response.status == status, response.body
    assert b"Request has expired" in response.body


def test_of_requests_at_the_same_time_as_many_pass_as_the_day_has(make: Callable[[str, int], Gateway]) -> None:
    text = make("text", LIMIT)

    def send(number: int) -> tuple[str, int]:
        caller = "ann" if number % 3 else "bob"
        return caller, text.call(TEXT, caller, "POST /generate", {"prompt": "Hello"}).status

    assert text.call(TEXT, "ann", "POST /generate", {"prompt": ""}).status == 400
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(send, range(6 * LIMIT)))
    for caller in ("ann", "bob"):
        assert outcomes.count((caller, 200)) == LIMIT
    assert {status for _, status in outcomes} == {200, 429}
    refused = text.call(TEXT, "ann", "POST /generate", {"prompt": "Hello"})
    assert refused.body["error"]["code"] == "daily_limit_reached"
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert text.call(TEXT, "ann", "GET /status").status == 200
    report = text.stack.permissions()
    assert report.refused == ()
    assert TEXT not in report.unused, report.lines()


def test_the_functions_may_what_they_do_and_a_url_no_more_than_its_signer(image: Gateway, job: dict[str, Any]) -> None:
    url = job["images"][0]["url"]
    assert follow(image, url).status == 200
    report = image.stack.permissions()
    assert report.refused == ()
    assert not {START, SHOW} & report.unused.keys(), report.lines()

    iam, role = image.stack.client("iam"), image.stack.resources[f"{SHOW}Role"]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
    assert code_of(follow(image, url)) == "AccessDenied"
