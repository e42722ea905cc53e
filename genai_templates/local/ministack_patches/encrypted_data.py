"""What is encrypted with a key of KMS, by which key, and what a call of its service asks of that.

Amazon S3 user guide, "Using server-side encryption with AWS KMS keys"; DynamoDB developer guide, "DynamoDB encryption
at rest usage notes"; SQS and SNS developer guides, "Key management"; Secrets Manager user guide, "Secret encryption and
decryption". A multipart upload's further permission, to decrypt, is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import dynamodb, s3, secretsmanager, sns, sqs

from .key_use import KeyUse

_READ = ("kms:Decrypt",)
_WRITE = ("kms:GenerateDataKey",)
_SEND = ("kms:GenerateDataKey", "kms:Decrypt")  # the service looks at the data key that it gets
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_ITEM_OPERATIONS = (
    *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
    *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem"),
)
_NEEDED: dict[str, tuple[str, ...]] = {
    "s3:GetObject": _READ,
    "s3:PutObject": _WRITE,
    "sqs:ReceiveMessage": _READ,
    "sqs:SendMessage": _SEND,
    "sns:Publish": _SEND,
    "secretsmanager:GetSecretValue": _READ,
    # The table's own key is decrypted, whatever is done with an item.
    **{f"dynamodb:{operation}": _READ for operation in _ITEM_OPERATIONS},
}


def key_uses(action: str, resource: str) -> list[KeyUse]:
    """Return what a call of this action on this ARN asks of a key: nothing for what none encrypts."""
    service = action.partition(":")[0]
    if action not in _NEEDED or not resource.startswith("arn:"):
        return []
    key, context = _LOOKUPS[service](action, resource)
    return [KeyUse(needed, key, service, context) for needed in _NEEDED[action]] if key else []


def _of_object(action: str, arn: str) -> tuple[str, dict[str, str]]:
    bucket, _, name = arn.removeprefix("arn:aws:s3:::").partition("/")
    if action == "s3:PutObject":
        headers = s3._bucket_default_sse_headers(bucket)
    else:
        stored = (s3._buckets.get(bucket) or {}).get("objects", {}).get(name)
        headers = s3._stored_sse_headers(stored) if stored else {}
    return headers.get(_KEY_HEADER, ""), {"aws:s3:arn": f"arn:aws:s3:::{bucket}"}  # with a key of the bucket


def _of_item(action: str, arn: str) -> tuple[str, dict[str, str]]:
    name = arn.rpartition(":table/")[2].partition("/")[0]
    encryption = (dynamodb._tables.get(name) or {}).get("SSEDescription") or {}
    key = str(encryption.get("KMSMasterKeyArn", ""))
    return key.rpartition(":")[2] if ":alias/" in key else key, {
        "aws:dynamodb:tableName": name,
        "aws:dynamodb:subscriberId": get_account_id(),
    }


def _of_message(action: str, arn: str) -> tuple[str, dict[str, str]]:
    queue = sqs._queue_by_arn(arn) or {}
    return queue.get("attributes", {}).get("KmsMasterKeyId", ""), {"aws:sqs:arn": arn}


def _of_notification(action: str, arn: str) -> tuple[str, dict[str, str]]:
    topic = sns._topics.get(arn) or {}
    return topic.get("attributes", {}).get("KmsMasterKeyId", ""), {"aws:sns:topicArn": arn}


def _of_secret(action: str, arn: str) -> tuple[str, dict[str, str]]:
    secret: dict[str, Any] = next((each for each in secretsmanager._secrets.values() if each["ARN"] == arn), {})
    return secret.get("KmsKeyId") or "", {"SecretARN": arn}


_LOOKUPS: dict[str, Callable[[str, str], tuple[str, dict[str, str]]]] = {
    "s3": _of_object,
    "sqs": _of_message,
    "sns": _of_notification,
    "secretsmanager": _of_secret,
    "dynamodb": _of_item,
}
