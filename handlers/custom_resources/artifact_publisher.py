"""Puts the artifacts that a function of the stack brings along into the stack's bucket, and takes them away again.

The keys carry the hash of their content. An update puts its own beside the old ones, which are there until
CloudFormation cleans up: a roll-back finds them. The resource's physical id changes with the keys, so that the clean-up
deletes the ones that lost, and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .buckets import delete_keys, empty
from .response import Event, Outcome, run_and_respond

s3 = make_client("s3")


def publish(event: Event, context: LambdaContext, artifacts: Mapping[str, bytes]) -> None:
    """Serve Custom::ArtifactPublisher with these artifacts, by their S3 keys."""
    run_and_respond(event, context, partial(_work, artifacts), physical_id="artifact-publisher")


def _work(artifacts: Mapping[str, bytes], event: Event, context: LambdaContext) -> Outcome:
    properties = event["ResourceProperties"]
    bucket, keys = properties["Bucket"], properties["Keys"]
    if event["RequestType"] == "Delete":
        _delete(bucket, set(keys), kept=set(artifacts))
    else:
        for key, content in artifacts.items():
            s3.put_object(Bucket=bucket, Key=key, Body=content)
    return Outcome(f"artifacts-{_digest(keys)}", data={"Bucket": bucket})


def _delete(bucket: str, keys: set[str], *, kept: set[str]) -> None:
    """Delete the keys of another template, or everything when these are the function's own: the stack goes then."""
    if keys == kept:
        empty(s3, bucket)
    else:
        delete_keys(s3, bucket, [{"Key": key} for key in sorted(keys - kept)])


def _digest(keys: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:10]
