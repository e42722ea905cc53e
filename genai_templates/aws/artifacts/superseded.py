"""Artifacts that no stack uses any more: marked, so that the bucket's lifecycle rule removes them 30 days later.

Until then a stack can still be rolled back to them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from ..account import Account
from ..cloudformation.stacks import APP_TAG, list_stacks
from ..failures import translated
from .bucket import SUPERSEDED, bucket_name

_PREFIX = "genai-templates/"
# What another deployment has just sent is not in its stack yet.
_YOUNG = timedelta(hours=1)


def mark_superseded(account: Account, bucket: str) -> list[str]:
    """Mark the artifacts that no stack of the region refers to, and return their keys. Raises AwsError.

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
    superseded = [key for key in keys if key not in deployed]
    with translated():
        for key in superseded:
            client.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [SUPERSEDED]})
    return superseded


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
