"""The page: what is published, how it is cached, and what the distribution makes of it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable

import pytest

from genai_templates.local import EmulatedStack
from tests.lifecycle.jobs import PROMPT, key_of, made
from tests.lifecycle.page import with_another_page, without_page
from tests.lifecycle.stacks import artifact_keys, failure_of


@pytest.fixture(params=["text", "image"])
def stack(request: pytest.FixtureRequest) -> EmulatedStack:
    stack: EmulatedStack = request.getfixturevalue(request.param)
    return stack


def published(stack: EmulatedStack) -> dict[str, tuple[str, str]]:
    """Return content type and cache header of every object of the page's bucket by its key."""
    bucket, s3 = stack.outputs["SiteBucketName"], stack.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    heads = {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}
    return {key: (head["ContentType"], head["CacheControl"]) for key, head in heads.items()}


def test_index_and_configuration_are_asked_for_each_time(stack: EmulatedStack) -> None:
    objects = published(stack)
    assert objects["index.html"] == ("text/html; charset=utf-8", "no-cache")
    assert objects["config.json"] == ("application/json", "no-cache")


def test_assets_are_kept_for_ever_under_a_name_of_their_content(stack: EmulatedStack) -> None:
    assets = {key: facts for key, facts in published(stack).items() if key not in ("index.html", "config.json")}
    assert any(key.endswith(".js") for key in assets)
    for key, (content_type, cache) in assets.items():
        assert re.match(r"assets-[0-9a-f]{12}/", key)
        assert cache == "public, max-age=31536000, immutable"
        assert content_type.startswith(("text/javascript", "text/css", "image/svg+xml")), key


def test_the_page_refers_to_nothing_that_is_missing(stack: EmulatedStack) -> None:
    bucket = stack.outputs["SiteBucketName"]
    page = stack.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read().decode()
    referred = re.findall(r'(?:src|href)="(assets[^"]+)"', page)
    assert referred
    assert set(referred) <= published(stack).keys()


def test_the_configuration_knows_the_stack(stack: EmulatedStack) -> None:
    bucket = stack.outputs["SiteBucketName"]
    config = json.loads(stack.client("s3").get_object(Bucket=bucket, Key="config.json")["Body"].read())
    assert config["appName"] == stack.name
    assert config["apiUrl"] == "api"
    assert config["apiDirectUrl"] == stack.outputs["ApiGatewayUrl"]
    assert config["region"] == "us-east-1"


def test_another_artifact_is_another_page(make_stack: Callable[..., EmulatedStack]) -> None:
    stack = make_stack("text")
    stack.create()
    key = artifact_keys(stack)["CustomResourcesS3Key"]
    distribution = stack.resources["CloudFrontDistribution"]
    before = stack.client("cloudfront").list_invalidations(DistributionId=distribution)["InvalidationList"]["Quantity"]

    stack.update(CustomResourcesS3Key=with_another_page(stack.emulator, key))

    objects = published(stack)
    assert {key.split("/")[0] for key in objects} == {"index.html", "config.json", "assets-aaaaaaaaaaaa"}
    after = stack.client("cloudfront").list_invalidations(DistributionId=distribution)["InvalidationList"]["Quantity"]
    assert after == before + 1


def test_an_artifact_without_a_page_fails_the_update_with_the_reason(
    make_stack: Callable[..., EmulatedStack],
) -> None:
    stack = make_stack("text")
    stack.create()
    before = published(stack)

    key = without_page(stack.emulator, artifact_keys(stack)["CustomResourcesS3Key"])
    assert failure_of(lambda: stack.update(CustomResourcesS3Key=key)).status == "UPDATE_ROLLBACK_COMPLETE"

    reasons = [event.reason for event in stack.events if event.status == "UPDATE_FAILED"]
    assert any("site/index.html is missing" in reason for reason in reasons), reasons
    assert published(stack) == before


# Through the distribution. Its functions run in Node, its policies decide what it may read.


@pytest.mark.parametrize("path", ["/", "/index.html", "/a/deep/link"])
def test_the_distribution_shows_the_page(stack: EmulatedStack, path: str) -> None:
    response = stack.browse(path)
    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<!doctype html>" in response.body.lower()


def test_the_page_may_talk_to_its_own_api_alone(stack: EmulatedStack) -> None:
    headers = stack.browse("/").headers
    origin = stack.outputs["ApiGatewayUrl"].removesuffix("/prod")
    assert f"connect-src 'self' {origin};" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "max-age" in headers["strict-transport-security"]


def test_the_api_is_behind_the_same_origin(stack: EmulatedStack) -> None:
    response = stack.browse("/api/status")
    assert (response.status, response.json()["ready"]) == (200, True)


def test_an_error_of_the_api_is_not_turned_into_the_page(stack: EmulatedStack) -> None:
    response = stack.browse("/api/generate", "POST", {"prompt": ""})
    assert (response.status, response.json()["error"]["code"]) == (400, "invalid_request")


def test_an_image_is_shown_under_the_url_that_its_job_tells(image: EmulatedStack) -> None:
    job = made(image, PROMPT)
    response = image.browse(f"/{key_of(job['images'][0]['url'])}")
    assert (response.status, response.headers["content-type"]) == (200, "image/jpeg")
    assert response.body.startswith(b"\xff\xd8")


def test_what_a_browser_loads_is_compressed_as_the_distribution_says(stack: EmulatedStack) -> None:
    domain, emulator = stack.outputs["CloudFrontDistributionDomain"], stack.emulator
    packed = emulator.site_request(domain, "GET", "/", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == stack.browse("/").body
    response = emulator.site_request(domain, "GET", "/api/status", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers
