"""Publishing: what a stack needs in its artifact bucket, sent where it is missing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import AwsError, PackagingError
from ...packaging.manifest import ArtifactEntry
from ..account import Account
from ..failures import translated
from ..parallel import in_parallel
from .bucket import TEMPLATES_PREFIX, bucket_exists, ensure_bucket

_AT_ONCE = 4
_MISSING = {"404", "NoSuchKey", "NotFound"}


class Upload(NamedTuple):
    """An object to be in the bucket: its key and content."""

    key: str
    content: bytes


def artifact_bucket(account: Account, chosen: str = "") -> str:
    """Return the bucket to publish into: the chosen one, or the account's own, made where it is missing.

    Raises AwsError, for a chosen bucket that does not exist too.
    """
    if not chosen:
        return ensure_bucket(account)
    if not bucket_exists(account, chosen):
        raise AwsError(
            f"artifact missing: there is no bucket {chosen}\n  make it, or leave --bucket out", "artifact missing"
        )
    return chosen


def read_artifacts(output: Path, entries: Iterable[ArtifactEntry]) -> list[Upload]:
    """Return the artifacts of a build; raises PackagingError for one that is missing or not what was built."""
    return [Upload(entry["key"], _read(output / entry["path"], entry["sha256"])) for entry in entries]


def publish(account: Account, bucket: str, uploads: Iterable[Upload], on_sent: Callable[[Upload], None]) -> list[str]:
    """Send what the bucket does not hold with this content, several at once, and return the keys that were sent.

    S3 itself compares the checksum of what it receives. ``on_sent`` is called with each when it is there. Raises
    AwsError.
    """

    def send(upload: Upload) -> str:
        if _is_there(account, bucket, upload):
            return ""
        _put(account, bucket, upload)
        on_sent(upload)
        return upload.key

    keys = [each.result() for each in in_parallel(send, list(uploads), workers=_AT_ONCE)]
    return [key for key in keys if key]


def publish_template(account: Account, bucket: str, template: bytes) -> str:
    """Send a template, and return the URL by which CloudFormation reads it. Raises AwsError."""
    key = f"{TEMPLATES_PREFIX}{hashlib.sha256(template).hexdigest()[:16]}.template.json"
    _put(account, bucket, Upload(key, template))
    return object_url(account, bucket, key)


def object_url(account: Account, bucket: str, key: str) -> str:
    """Return the URL of an object, as CloudFormation takes it for a template."""
    host: str = account.client("s3").meta.endpoint_url
    return f"{host}/{bucket}/{key}"


def _read(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackagingError(f"{path} cannot be read ({error.strerror}): run 'genai-templates build' again") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackagingError(f"{path} is not what was built: run 'genai-templates build' again")
    return content


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _is_there(account: Account, bucket: str, upload: Upload) -> bool:
    """Whether the object is there with this content, and not about to expire."""
    from botocore.exceptions import ClientError

    with translated():
        try:
            found: dict[str, Any] = account.client("s3").head_object(
                Bucket=bucket, Key=upload.key, ChecksumMode="ENABLED"
            )
        except ClientError as error:
            # Without permission to list the bucket, S3 says 403 for what is not there: sending will tell.
            if error.response["Error"]["Code"] in _MISSING | {"403"}:
                return False
            raise
    return found.get("ChecksumSHA256") == _checksum(upload.content) and not found.get("TagCount")


def _put(account: Account, bucket: str, upload: Upload) -> None:
    with translated():
        account.client("s3").put_object(
            Bucket=bucket, Key=upload.key, Body=upload.content, ChecksumSHA256=_checksum(upload.content)
        )
