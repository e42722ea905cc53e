"""AWS::S3::Bucket: ministack's CloudFormation deletes a bucket with its objects and versions.

docs/upstream/ministack/s3-bucket-deletion.md
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ..service_calls import call_s3

Properties = dict[str, Any]
TYPE = "AWS::S3::Bucket"


def refuse_deleting_non_empty(handlers: dict[str, Any]) -> dict[str, Any]:
    """Return these handlers, with a deletion that refuses a bucket with content."""
    delete = handlers["delete"]

    def delete_empty(physical_id: str, props: Properties) -> None:
        if content := _content(physical_id):
            raise ValueError(f"The bucket you tried to delete is not empty: {physical_id} has {content}")
        delete(physical_id, props)

    return {**handlers, "delete": delete_empty}


def _content(bucket: str) -> str:
    listed = ElementTree.fromstring(call_s3("GET", f"/{bucket}", versions=""))
    return ", ".join(sorted({key.text or "" for key in listed.iterfind(".//{*}Key")})[:3])
