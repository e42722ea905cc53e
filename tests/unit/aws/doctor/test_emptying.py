"""A bucket is emptied page by page, with all versions, and what S3 refuses is an error."""

from __future__ import annotations

from typing import Any

import pytest

from genai_templates.aws.doctor.emptying import BucketContents, count_bucket, delete_bucket
from genai_templates.errors import AwsError
from tests.unit.aws.stubbed_account import StubbedAccount

BUCKET = "bucket-of-a-test"


def page(*names: str, more: bool = False) -> dict[str, Any]:
    """Return a page of versions of ten bytes and one delete marker, with others to follow or not."""
    versions = [{"Key": name, "VersionId": "1", "Size": 10} for name in names]
    following = {"NextKeyMarker": names[-1], "NextVersionIdMarker": "1"} if more else {}
    marker = {"Key": f"{names[0]}-gone", "VersionId": "2"}
    return {"Versions": versions, "DeleteMarkers": [marker], "IsTruncated": more, **following}


def deletion(*names: str) -> dict[str, Any]:
    keys = [{"Key": name, "VersionId": "1"} for name in names] + [{"Key": f"{names[0]}-gone", "VersionId": "2"}]
    return {"Bucket": BUCKET, "Delete": {"Objects": keys, "Quiet": True}}


def test_every_page_is_counted(account: StubbedAccount) -> None:
    account.expect("s3", "list_object_versions", page("a", "b", more=True), Bucket=BUCKET)
    account.expect("s3", "list_object_versions", page("c"), Bucket=BUCKET, KeyMarker="b", VersionIdMarker="1")
    assert count_bucket(account, BUCKET) == BucketContents(5, 30)


def test_counting_can_end_before_the_last_page(account: StubbedAccount) -> None:
    account.expect("s3", "list_object_versions", page("a", "b", more=True), Bucket=BUCKET)
    assert count_bucket(account, BUCKET, at_most=3) == BucketContents(3, 20, is_whole=False)


def test_a_bucket_goes_with_all_pages_of_versions_and_uploads(account: StubbedAccount) -> None:
    account.expect("s3", "list_object_versions", page("a", more=True), Bucket=BUCKET)
    account.expect("s3", "delete_objects", {}, **deletion("a"))
    account.expect("s3", "list_object_versions", page("c"), Bucket=BUCKET, KeyMarker="a", VersionIdMarker="1")
    account.expect("s3", "delete_objects", {}, **deletion("c"))
    upload = {"Key": "u", "UploadId": "7"}
    account.expect("s3", "list_multipart_uploads", {"Uploads": [upload], "IsTruncated": False}, Bucket=BUCKET)
    account.expect("s3", "abort_multipart_upload", {}, Bucket=BUCKET, **upload)
    account.expect("s3", "delete_bucket", {}, Bucket=BUCKET)
    delete_bucket(account, BUCKET)


def expect_emptying(account: StubbedAccount) -> None:
    account.expect("s3", "list_object_versions", page("late"), Bucket=BUCKET)
    account.expect("s3", "delete_objects", {}, **deletion("late"))
    account.expect("s3", "list_multipart_uploads", {"IsTruncated": False}, Bucket=BUCKET)


def test_what_comes_while_a_bucket_is_emptied_is_deleted_as_well(account: StubbedAccount) -> None:
    expect_emptying(account)
    account.refuse("s3", "delete_bucket", "BucketNotEmpty")
    expect_emptying(account)
    account.expect("s3", "delete_bucket", {}, Bucket=BUCKET)
    delete_bucket(account, BUCKET)


def test_a_bucket_that_never_gets_empty_is_given_up(account: StubbedAccount) -> None:
    for _ in range(3):
        expect_emptying(account)
        account.refuse("s3", "delete_bucket", "BucketNotEmpty")
    with pytest.raises(AwsError, match="still in use: DeleteBucket: BucketNotEmpty"):
        delete_bucket(account, BUCKET)


def test_an_object_that_may_not_be_deleted_is_an_error_that_names_it(account: StubbedAccount) -> None:
    refused = {"Key": "late", "Code": "AccessDenied", "Message": "Access Denied"}
    account.expect("s3", "list_object_versions", page("late"), Bucket=BUCKET)
    account.expect("s3", "delete_objects", {"Errors": [refused]}, **deletion("late"))
    with pytest.raises(AwsError, match="access denied: 1 objects were not deleted, the first 'late'"):
        delete_bucket(account, BUCKET)
