"""Which resources a service encrypts with a key of its own, because their template names no other."""

from __future__ import annotations

from collections.abc import Callable

from troposphere import AWSObject, NoValue


def of_these_has_own_key(*names: str) -> Callable[[AWSObject], bool]:
    """Return what tells whether a bucket is one of those of these names, and encrypted with S3's own key."""

    def is_of_these(bucket: AWSObject) -> bool:
        (rule,) = bucket.properties["BucketEncryption"].ServerSideEncryptionConfiguration
        is_named = str(bucket.title).endswith(names)
        return is_named and "KMSMasterKeyID" not in rule.ServerSideEncryptionByDefault.properties

    return is_of_these


def has_own_key(table: AWSObject) -> bool:
    """Return whether a table is encrypted with DynamoDB's own key."""
    return "KMSMasterKeyId" not in table.properties["SSESpecification"].properties


def shows_environment(function: AWSObject) -> bool:
    """Return whether a function has an environment, encrypted with Lambda's own key."""
    return function.properties.get("Environment", NoValue) is not NoValue and "KmsKeyArn" not in function.properties
