"""AWS::S3::Bucket: ministack's CloudFormation forgets its tags, and deletes it with its objects and versions.

docs/upstream/ministack/s3-bucket-deletion.md
docs/upstream/ministack/s3-bucket-tags.md
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ministack.services import s3

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


def with_tags(handlers: dict[str, Any]) -> dict[str, Any]:
    """Return these handlers, with tags at creation and update."""
    create, update = handlers["create"], handlers["update"]

    def create_tagged(logical_id: str, props: Properties, stack_name: str) -> Any:
        return _tagged(create(logical_id, props, stack_name), props)

    def update_tagged(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Any:
        return _tagged(update(physical_id, old, new, stack_name), new)

    return {**handlers, "create": create_tagged, "update": update_tagged}


def _tagged(made: Any, props: Properties) -> Any:
    s3._bucket_tags.pop(made[0], None)
    if tags := props.get("Tags"):
        s3._bucket_tags[made[0]] = {tag["Key"]: tag["Value"] for tag in tags}
    return made


def _content(bucket: str) -> str:
    if bucket not in s3._buckets:  # somebody has deleted it, which is what is wanted
        return ""
    listed = ElementTree.fromstring(call_s3("GET", f"/{bucket}", versions=""))
    return ", ".join(sorted({key.text or "" for key in listed.iterfind(".//{*}Key")})[:3])
