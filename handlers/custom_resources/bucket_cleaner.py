"""Deletes a bucket with all its objects when the stack is deleted, if that was chosen."""

from __future__ import annotations

from botocore.exceptions import ClientError

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .buckets import empty
from .response import CustomResourceError, Event, Outcome, run_and_respond

s3 = make_client("s3")

_TRIES = 5


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::BucketCleaner."""
    run_and_respond(event, context, _work, physical_id="bucket-cleaner")


def _work(event: Event, context: LambdaContext) -> Outcome:
    properties = event["ResourceProperties"]
    bucket = properties["Bucket"]
    physical_id = f"images-{bucket}"
    # The bucket of an update is another one only if the old one was replaced, and a replaced bucket is kept.
    if event["RequestType"] != "Delete" or properties.get("Delete") != "true":
        return Outcome(physical_id)
    _delete(bucket)
    return Outcome(physical_id)


def _delete(bucket: str) -> None:
    """Empty the bucket and delete it, again while a job that still runs stores something in between."""
    for _ in range(_TRIES):
        if not empty(s3, bucket):
            return
        try:
            s3.delete_bucket(Bucket=bucket)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "BucketNotEmpty":
                raise
    raise CustomResourceError(f"bucket {bucket} is filled while it is emptied: delete the stack again")
