"""Encryption of a table of DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import dynamodb

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


def table_encryption(key: EncryptionKey | None) -> dynamodb.SSESpecification:
    """Return the specification of a table that is encrypted with this key, or with DynamoDB's own."""
    if key is None:
        return dynamodb.SSESpecification(SSEEnabled=True)
    return dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS", KMSMasterKeyId=key.arn)
