"""The images of a stack: what goes with it, and what stays."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers.custom_resources import bucket_cleaner, buckets


@pytest.fixture
def images(aws: None) -> Any:
    """A bucket with some objects."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="images")
    for number in range(3):
        s3.put_object(Bucket="images", Key=f"generated_images/{number}.jpg", Body=b"x")
    return s3


def clean(responses: Any, context: Any, request_type: str, delete: str) -> dict[str, Any]:
    bucket_cleaner.handler(responses.event(request_type, Bucket="images", Delete=delete), context)
    response: dict[str, Any] = responses.received[-1]
    return response


def test_images_go_with_the_stack_if_so_chosen(responses: Any, context: Any, images: Any) -> None:
    for number in range(1000):  # one request lists no more
        images.put_object(Bucket="images", Key=f"more/{number}.jpg", Body=b"x")
    assert clean(responses, context, "Delete", "true")["Status"] == "SUCCESS"
    assert images.list_buckets()["Buckets"] == []


@pytest.mark.parametrize(("request_type", "delete"), [("Delete", "false"), ("Update", "true"), ("Create", "true")])
def test_images_stay_otherwise(responses: Any, context: Any, images: Any, request_type: str, delete: str) -> None:
    assert clean(responses, context, request_type, delete)["Status"] == "SUCCESS"
    assert images.list_objects_v2(Bucket="images")["KeyCount"] == 3


def test_a_job_that_stores_an_image_in_between_does_not_keep_the_bucket(
    responses: Any, context: Any, images: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied: list[str] = []
    really_empty = buckets.empty

    def empty(client: Any, bucket: str) -> bool:
        emptied.append(bucket)
        there = really_empty(client, bucket)
        if len(emptied) < 3:
            images.put_object(Bucket=bucket, Key="generated_images/late.jpg", Body=b"x")
        return there

    monkeypatch.setattr(bucket_cleaner, "empty", empty)
    assert clean(responses, context, "Delete", "true")["Status"] == "SUCCESS"
    assert (len(emptied), images.list_buckets()["Buckets"]) == (3, [])


def test_a_bucket_that_fills_up_again_and_again_is_given_up(
    responses: Any, context: Any, images: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "BucketNotEmpty", "Message": ""}}, "DeleteBucket")

    monkeypatch.setattr(bucket_cleaner.s3, "delete_bucket", refuse)
    response = clean(responses, context, "Delete", "true")
    assert (response["Status"], "delete the stack again" in response["Reason"]) == ("FAILED", True)
