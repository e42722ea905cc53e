"""The artifact bucket is made where it is missing, and a bucket that cannot serve is named before anything is sent."""

from __future__ import annotations

import pytest

from genai_templates.aws.artifacts.bucket import bucket_exists, ensure_bucket
from genai_templates.errors import AwsError
from tests.unit.aws.stubbed_account import StubbedAccount

_ACCOUNT = "123456789012"
_NAME = f"genai-templates-{_ACCOUNT}-eu-west-1"
_SET_UP = {"TagSet": [{"Key": "genai-templates:bucket-settings", "Value": "1"}]}


@pytest.fixture(autouse=True)
def _caller(account: StubbedAccount) -> None:
    caller = {"Account": _ACCOUNT, "Arn": f"arn:aws:iam::{_ACCOUNT}:user/x", "UserId": "x"}
    account.expect("sts", "get_caller_identity", caller)


@pytest.mark.parametrize("found", [{}, {"BucketRegion": "eu-west-1"}], ids=str)
def test_a_bucket_of_the_region_is_there(account: StubbedAccount, found: dict[str, str]) -> None:
    account.expect("s3", "head_bucket", found, Bucket="mine", ExpectedBucketOwner=_ACCOUNT)
    assert bucket_exists(account, "mine")


def test_a_bucket_of_another_region_is_refused_with_its_region(account: StubbedAccount) -> None:
    found = {"BucketRegion": "us-east-1"}
    account.expect("s3", "head_bucket", found, Bucket="mine", ExpectedBucketOwner=_ACCOUNT)
    with pytest.raises(AwsError, match=r"the bucket mine is in us-east-1, not in eu-west-1\n  Lambda takes code"):
        bucket_exists(account, "mine")


def test_a_bucket_that_another_deployment_makes_meanwhile_is_waited_for_and_used(account: StubbedAccount) -> None:
    account.refuse("s3", "head_bucket", "404", status=404)
    account.refuse("s3", "create_bucket", "BucketAlreadyOwnedByYou", status=409)
    account.expect("s3", "head_bucket", {"ResponseMetadata": {"HTTPStatusCode": 200}}, Bucket=_NAME)
    account.expect("s3", "get_bucket_tagging", _SET_UP, Bucket=_NAME)
    assert ensure_bucket(account) == _NAME
