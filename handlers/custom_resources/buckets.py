"""Empties buckets."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from .response import CustomResourceError

_BATCH = 1000  # S3 takes no more in one DeleteObjects


def delete_keys(client: Any, bucket: str, objects: list[dict[str, str]]) -> None:
    """Delete these objects (``Key``, and ``VersionId`` if one version is meant).

    Raises CustomResourceError when S3 keeps any of them.
    """
    for start in range(0, len(objects), _BATCH):
        batch = {"Objects": objects[start : start + _BATCH], "Quiet": True}
        errors = client.delete_objects(Bucket=bucket, Delete=batch).get("Errors", [])
        if errors:
            raise CustomResourceError(f"{len(errors)} objects of bucket {bucket} could not be deleted")


def empty(client: Any, bucket: str) -> bool:
    """Delete every version of every object; return whether the bucket was there at all."""
    try:
        # From the beginning each time: what was listed is gone by then.
        while objects := _versions(client.list_object_versions(Bucket=bucket)):
            delete_keys(client, bucket, objects)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        return False
    return True


def _versions(page: Any) -> list[dict[str, str]]:
    found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
