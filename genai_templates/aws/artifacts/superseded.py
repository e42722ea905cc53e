"""Artifacts that no stack uses any more: marked, so that the bucket's lifecycle rule removes them 30 days later.

Until then a stack can still be rolled back to them. S3 counts an object's days from when it was made, not from its tag:
so what is marked is made anew, by a copy onto itself.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ..account import Account
from ..cloudformation.stacks import APP_TAG, list_stacks
from ..failures import translated
from .bucket import SUPERSEDED, bucket_name

_PREFIX = "genai-templates/"
# What another deployment has just sent is not in its stack yet.
_YOUNG = timedelta(hours=1)


def mark_superseded(account: Account, bucket: str) -> list[str]:
    """Mark the artifacts that no stack of the region refers to, and return the keys of those that were not yet.

    Raises AwsError.

    A bucket that is not the account's own artifact bucket is left alone.
    """
    if bucket != bucket_name(account):
        return []
    client = account.client("s3")
    with translated():
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_PREFIX)
        old = datetime.now(UTC) - _YOUNG
        keys = [each["Key"] for page in pages for each in page.get("Contents", []) if each["LastModified"] < old]
    deployed = _deployed_text(account, bucket) if keys else ""
    with translated():
        return [key for key in keys if key not in deployed and _mark(client, bucket, key)]


def _mark(client: Any, bucket: str, key: str) -> bool:
    """Mark an artifact whose 30 days begin now, and return whether it was not marked yet: they begin once."""
    if SUPERSEDED in client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]:
        return False
    client.copy_object(
        Bucket=bucket,
        Key=key,
        CopySource={"Bucket": bucket, "Key": key},
        MetadataDirective="REPLACE",  # without which S3 refuses a copy onto itself
        TaggingDirective="REPLACE",
        Tagging=urlencode({SUPERSEDED["Key"]: SUPERSEDED["Value"]}),
        ChecksumAlgorithm="SHA256",
    )
    return True


def _deployed_text(account: Account, bucket: str) -> str:
    """Return templates and parameter values of the stacks that use the bucket, which hold the keys in use."""
    client = account.client("cloudformation")
    texts = []
    for stack in list_stacks(account):
        if APP_TAG in stack.tags or bucket in stack.parameters.values():
            with translated():
                template = client.get_template(StackName=stack.stack_id)["TemplateBody"]
            texts += [template if isinstance(template, str) else json.dumps(template), *stack.parameters.values()]
    return "\n".join(texts)
