"""The page is published whole, with right headers, and nothing of it stays behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from handlers.custom_resources import site_publisher

CONFIG = json.dumps({"apiUrl": "api"})


class Invalidations:
    """CloudFront's end of the invalidations."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []

    def create_invalidation(self, **request: Any) -> None:
        self.made.append(request)


@pytest.fixture
def invalidations(monkeypatch: pytest.MonkeyPatch) -> Invalidations:
    """What was invalidated."""
    responses = Invalidations()
    monkeypatch.setattr(site_publisher, "cloudfront", responses)
    return responses


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: None) -> Path:
    """A page, and a versioned bucket for it."""
    (tmp_path / "assets-abc").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "assets-abc" / "app.js").write_text("1")
    monkeypatch.setattr(site_publisher, "SITE", tmp_path)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="site")
    s3.put_bucket_versioning(Bucket="site", VersioningConfiguration={"Status": "Enabled"})
    return tmp_path


def publish(responses: Any, context: Any, request_type: str = "Create", config: str = CONFIG) -> dict[str, Any]:
    event = responses.event(request_type, Bucket="site", DistributionId="D1", Version="v", Config=config)
    site_publisher.handler(event, context)
    response: dict[str, Any] = responses.received[-1]
    return response


def keys() -> set[str]:
    return {each["Key"] for each in boto3.client("s3").list_objects_v2(Bucket="site").get("Contents", ())}


def test_files_get_their_content_types_and_cache_headers(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    assert publish(responses, context)["Status"] == "SUCCESS"
    s3 = boto3.client("s3")
    heads = {key: s3.head_object(Bucket="site", Key=key) for key in keys()}
    assert {key: head["ContentType"] for key, head in heads.items()} == {
        "index.html": "text/html; charset=utf-8",
        "config.json": "application/json",
        "assets-abc/app.js": "text/javascript; charset=utf-8",
    }
    assert heads["index.html"]["CacheControl"] == heads["config.json"]["CacheControl"] == "no-cache"
    assert "immutable" in heads["assets-abc/app.js"]["CacheControl"]
    assert s3.get_object(Bucket="site", Key="config.json")["Body"].read().decode() == CONFIG
    assert invalidations.made[0]["DistributionId"] == "D1"
    assert invalidations.made[0]["InvalidationBatch"]["Paths"]["Items"] == ["/*"]


def test_an_update_removes_what_the_page_no_longer_has(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    publish(responses, context)
    (site / "assets-abc").rename(site / "assets-def")
    publish(responses, context, "Update")
    assert keys() == {"index.html", "config.json", "assets-def/app.js"}


def test_deletion_leaves_no_version_behind(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    publish(responses, context)
    publish(responses, context, "Update")
    assert publish(responses, context, "Delete")["Status"] == "SUCCESS"
    boto3.client("s3").delete_bucket(Bucket="site")


def test_a_bucket_that_is_gone_does_not_hold_the_deletion(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    boto3.client("s3").delete_bucket(Bucket="site")
    assert publish(responses, context, "Delete")["Status"] == "SUCCESS"


def test_an_artifact_without_a_page_is_refused(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    (site / "index.html").unlink()
    response = publish(responses, context)
    assert (response["Status"], "index.html is missing" in response["Reason"]) == ("FAILED", True)


def test_a_configuration_that_is_no_json_is_refused(
    responses: Any, context: Any, site: Path, invalidations: Invalidations
) -> None:
    assert publish(responses, context, config="{")["Reason"] == "Config is not valid JSON"
    assert keys() == set()
