"""The contents of a bucket: counted, and deleted with all versions."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...errors import AwsError
from ..account import Account
from ..failures import classify, translated

_PASSES = 3


class BucketContents(NamedTuple):
    """What is in a bucket: how many versions and delete markers, and how many bytes the versions take.

    ``is_whole`` is false where counting ended before all was seen: there is more.
    """

    versions: int
    size: int
    is_whole: bool = True

    def __str__(self) -> str:
        """Return it in words."""
        more = "" if self.is_whole else "at least "
        return f"{more}{self.versions:,} object versions, {self.size / 1e6:,.1f} MB"


def count_bucket(account: Account, name: str, *, at_most: int | None = None) -> BucketContents:
    """Count what is in a bucket, up to about this many versions, or all of them. Raises AwsError."""
    versions = size = 0
    with translated():
        pages = account.client("s3").get_paginator("list_object_versions").paginate(Bucket=name)
        for page in pages:
            found = page.get("Versions", [])
            versions += len(found) + len(page.get("DeleteMarkers", []))
            size += sum(each["Size"] for each in found)
            if at_most is not None and versions >= at_most and page.get("IsTruncated"):
                return BucketContents(versions, size, is_whole=False)
    return BucketContents(versions, size)


def delete_bucket(account: Account, name: str) -> None:
    """Delete every version in a bucket, uploads that were not completed, and the bucket. Raises AwsError.

    Access logs may go on coming: what has come meanwhile is deleted as well, twice.
    """
    from botocore.exceptions import ClientError

    client = account.client("s3")
    with translated():
        for remaining in reversed(range(_PASSES)):
            _delete_versions(client, name)
            _abort_uploads(client, name)
            try:
                client.delete_bucket(Bucket=name)
                return
            except ClientError as error:
                if error.response["Error"]["Code"] != "BucketNotEmpty" or not remaining:
                    raise


def _delete_versions(client: Any, name: str) -> None:
    # A page has 1,000 versions and markers at most, which is as many as one call deletes.
    for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        keys = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
        if keys:
            response = client.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True})
            _raise_first(response.get("Errors", []))


def _raise_first(errors: list[dict[str, str]]) -> None:
    if errors:
        first = errors[0]
        text = f"DeleteObjects: {first.get('Code', '')}: {first.get('Message', '')}"
        failure = classify(text)
        raise AwsError(
            f"{failure.name}: {len(errors):,} objects were not deleted, the first {first.get('Key', '')!r}: {text}",
            failure.name,
        )


def _abort_uploads(client: Any, name: str) -> None:
    for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=name):
        for upload in page.get("Uploads", []):
            client.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
