"""Deletes a bucket with all its objects when the stack is deleted, if that was chosen."""

from __future__ import annotations

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .buckets import empty
from .response import Event, Outcome, respond

s3 = make_client("s3")


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::BucketCleaner."""
    respond(event, context, _work, physical_id="bucket-cleaner")


def _work(event: Event, context: LambdaContext) -> Outcome:
    properties = event["ResourceProperties"]
    bucket = properties["Bucket"]
    physical_id = f"images-{bucket}"
    # The bucket of an update is another one only if the old one was replaced, and a replaced bucket is kept.
    if event["RequestType"] != "Delete" or properties.get("Delete") != "true":
        return Outcome(physical_id)
    if empty(s3, bucket):
        s3.delete_bucket(Bucket=bucket)
    return Outcome(physical_id)
