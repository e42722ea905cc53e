"""The artifacts of a template are in the bucket for as long as something may refer to them, and not longer."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from handlers.custom_resources import artifact_publisher, retry
from handlers.custom_resources.artifact_publisher import publish

OLD = {"a/handlers-1.zip": b"old handlers", "a/page-1.zip": b"page"}
NEW = {"a/handlers-2.zip": b"new handlers", "a/page-1.zip": b"page"}


@pytest.fixture
def bucket(aws: None) -> Any:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="artifacts")
    return s3


def send(
    responses: Any, context: Any, request_type: str, holds: dict[str, bytes], names: dict[str, bytes] | None = None
) -> dict[str, Any]:
    """Send an event about the keys of ``names`` to the function that holds ``holds``; return its response."""
    keys = list(holds if names is None else names)
    publish(responses.event(request_type, Bucket="artifacts", Keys=keys), context, holds)
    response: dict[str, Any] = responses.received[-1]
    assert response["Status"] == "SUCCESS"
    return response


def stored(bucket: Any) -> dict[str, bytes]:
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket="artifacts").get("Contents", ())]
    return {key: bucket.get_object(Bucket="artifacts", Key=key)["Body"].read() for key in keys}


def test_a_creation_stores_every_artifact_and_names_the_bucket(responses: Any, context: Any, bucket: Any) -> None:
    response = send(responses, context, "Create", OLD)
    assert response["Data"] == {"Bucket": "artifacts"}
    assert stored(bucket) == OLD


def test_an_update_leaves_the_old_ones_for_a_roll_back_and_is_another_resource(
    responses: Any, context: Any, bucket: Any
) -> None:
    before = send(responses, context, "Create", OLD)["PhysicalResourceId"]
    after = send(responses, context, "Update", NEW)["PhysicalResourceId"]
    assert stored(bucket) == OLD | NEW
    assert before != after
    assert send(responses, context, "Update", OLD)["PhysicalResourceId"] == before


@pytest.mark.parametrize(("winner", "loser"), [(NEW, OLD), (OLD, NEW)])
def test_the_clean_up_deletes_what_lost_and_keeps_what_both_have(
    responses: Any, context: Any, bucket: Any, winner: dict[str, bytes], loser: dict[str, bytes]
) -> None:
    send(responses, context, "Create", loser)
    send(responses, context, "Update", winner)
    send(responses, context, "Delete", winner, names=loser)
    assert stored(bucket) == winner


def test_the_deletion_of_the_stack_empties_the_bucket(responses: Any, context: Any, bucket: Any) -> None:
    send(responses, context, "Create", OLD)
    bucket.put_object(Bucket="artifacts", Key="by-hand", Body=b"x")
    send(responses, context, "Delete", OLD)
    bucket.delete_bucket(Bucket="artifacts")


def test_a_bucket_that_is_gone_does_not_hold_the_deletion(responses: Any, context: Any, aws: None) -> None:
    send(responses, context, "Delete", OLD)


def test_permissions_that_arrive_late_are_waited_for(
    responses: Any, context: Any, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_put, refusals = artifact_publisher.s3.put_object, iter(["AccessDenied", "AccessDenied"])

    def put(**request: Any) -> Any:
        if code := next(refusals, None):
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "PutObject")
        return really_put(**request)

    monkeypatch.setattr(artifact_publisher.s3, "put_object", put)
    monkeypatch.setattr(retry, "PAUSES_SECONDS", (0, 0))
    send(responses, context, "Create", OLD)
    assert stored(bucket) == OLD


def test_a_failure_is_a_response_too(responses: Any, context: Any, aws: None) -> None:
    publish(responses.event("Create", Bucket="nowhere", Keys=list(OLD)), context, OLD)
    assert responses.received[-1]["Status"] == "FAILED"
