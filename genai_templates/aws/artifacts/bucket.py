"""The artifact bucket: one for each account and region, made when it is first used.

It is private, encrypted, versioned and refuses requests without TLS. An artifact that no stack uses any more is marked
as superseded and expires 30 days later; uploaded templates, which CloudFormation reads once, expire after a day.
"""

from __future__ import annotations

import json
from typing import Any

from ...errors import AwsError
from ..account import Account
from ..failures import translated

TEMPLATES_PREFIX = "templates/"
SUPERSEDED = {"Key": "genai-templates-superseded", "Value": "true"}
"""The tag of objects that no stack uses any more."""
_SETTINGS = {"Key": "genai-templates:bucket-settings", "Value": "1"}
"""Set last, so that a bucket without it is one whose making was interrupted; a change of the settings raises it."""
_SUPERSEDED_DAYS = 30
_OLD_VERSION_DAYS = 30
_WAIT = {"Delay": 1, "MaxAttempts": 30}


def bucket_name(account: Account) -> str:
    """Return the name of the account's artifact bucket in this region, whether it exists or not."""
    return f"genai-templates-{account.identity.account_id}-{account.region}"


def bucket_exists(account: Account, name: str) -> bool:
    """Return whether this account has a bucket of this name in its region.

    Raises AwsError for one of somebody else, or in another region, from which Lambda takes no code.
    """
    from botocore.exceptions import ClientError

    with translated():
        try:
            found = account.client("s3").head_bucket(Bucket=name, ExpectedBucketOwner=account.identity.account_id)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 404:
                return False
            if status == 403:
                raise AwsError(
                    f"access denied: the bucket {name} is another account's, or you may not list it\n"
                    "  choose a bucket of yours with --bucket",
                    "access denied",
                ) from None
            raise
    if (region := found.get("BucketRegion") or account.region) != account.region:
        raise AwsError(
            f"invalid parameter: the bucket {name} is in {region}, not in {account.region}\n"
            "  Lambda takes code from its own region alone: choose another --bucket, or --region",
            "invalid parameter",
        )
    return True


def ensure_bucket(account: Account) -> str:
    """Return the name of the account's artifact bucket, and make it first where it is missing; raises AwsError."""
    name = bucket_name(account)
    if not bucket_exists(account, name):
        _create(account, name)
    if not _is_set_up(account, name):
        _set_up(account, name)
    return name


def _create(account: Account, name: str) -> None:
    """Create the bucket, and wait until it is seen: S3 may not know a new one everywhere at once."""
    from botocore.exceptions import ClientError

    location: dict[str, Any] = {}
    if account.region != "us-east-1":  # where a constraint is refused
        location = {"CreateBucketConfiguration": {"LocationConstraint": account.region}}
    client = account.client("s3")
    with translated():
        try:
            client.create_bucket(Bucket=name, **location)
        except ClientError as error:  # another deployment may have been faster
            if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise
        client.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig=_WAIT)


def _is_set_up(account: Account, name: str) -> bool:
    from botocore.exceptions import ClientError

    with translated():
        try:
            tags = account.client("s3").get_bucket_tagging(Bucket=name)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchTagSet":
                return False
            raise
    return _SETTINGS in tags


def _set_up(account: Account, name: str) -> None:
    client = account.client("s3")
    owned = {"Bucket": name, "ExpectedBucketOwner": account.identity.account_id}
    blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    encryption = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    with translated():
        client.put_public_access_block(**owned, PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))
        client.put_bucket_encryption(**owned, ServerSideEncryptionConfiguration={"Rules": [encryption]})
        client.put_bucket_versioning(**owned, VersioningConfiguration={"Status": "Enabled"})
        client.put_bucket_policy(**owned, Policy=json.dumps(_policy(account.identity.partition, name)))
        client.put_bucket_lifecycle_configuration(**owned, LifecycleConfiguration={"Rules": _lifecycle_rules()})
        client.put_bucket_tagging(**owned, Tagging={"TagSet": [_SETTINGS]})


def _policy(partition: str, name: str) -> dict[str, Any]:
    arn = f"arn:{partition}:s3:::{name}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyTLS",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _lifecycle_rules() -> list[dict[str, Any]]:
    return [
        {
            "ID": "superseded-artifacts",
            "Status": "Enabled",
            "Filter": {"Tag": SUPERSEDED},
            "Expiration": {"Days": _SUPERSEDED_DAYS},
        },
        {
            "ID": "templates",
            "Status": "Enabled",
            "Filter": {"Prefix": TEMPLATES_PREFIX},
            "Expiration": {"Days": 1},
        },
        {
            "ID": "old-versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSION_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ]
