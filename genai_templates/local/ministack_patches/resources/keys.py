"""Keys of KMS that resources have: ministack's CloudFormation drops those of buckets, topics, tables and functions, and
gives a log group any.

docs/upstream/ministack/kms-key-properties.md, docs/upstream/ministack/kms-key-use.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, s3, sns

from ..key_use import KeyUse, refuse_service
from ..service_calls import call_dynamodb

Properties = dict[str, Any]
Handlers = dict[str, Any]
_Set = Callable[[str, Properties], None]


def with_keys(handlers: dict[str, Handlers]) -> dict[str, Handlers]:
    """Return the handlers of those types, by type, with resources that have their keys."""
    return {
        "AWS::DynamoDB::Table": _created_and(handlers["AWS::DynamoDB::Table"], _encrypt_table),
        "AWS::Lambda::Function": _made_and(handlers["AWS::Lambda::Function"], _encrypt_function),
        "AWS::SNS::Topic": _made_and(handlers["AWS::SNS::Topic"], _encrypt_topic),
        "AWS::S3::Bucket": _made_and(handlers["AWS::S3::Bucket"], _encrypt_bucket),
        "AWS::Logs::LogGroup": _checked(handlers["AWS::Logs::LogGroup"]),
    }


def _created_and(handlers: Handlers, set_key: _Set) -> Handlers:
    create = handlers["create"]

    def create_with_key(logical_id: str, props: Properties, stack_name: str) -> Any:
        made = create(logical_id, props, stack_name)
        set_key(made[0], props)
        return made

    return {**handlers, "create": create_with_key}


def _made_and(handlers: Handlers, set_key: _Set) -> Handlers:
    update = handlers["update"]

    def update_with_key(physical_id: str, old: Properties, new: Properties, *more: Any, **named: Any) -> Any:
        made = update(physical_id, old, new, *more, **named)
        set_key(made[0], new)
        return made

    return {**_created_and(handlers, set_key), "update": update_with_key}


def _encrypt_table(name: str, props: Properties) -> None:
    if encryption := props.get("SSESpecification"):
        call_dynamodb("UpdateTable", TableName=name, SSESpecification=_as_called(encryption))


def _as_called(encryption: Properties) -> Properties:
    """Return the property as the API has it: it is not SSEEnabled there."""
    return {"Enabled" if name == "SSEEnabled" else name: value for name, value in encryption.items()}


def _encrypt_function(name: str, props: Properties) -> None:
    lambda_svc._functions[name.rsplit(":", 1)[-1]]["config"]["KMSKeyArn"] = props.get("KmsKeyArn", "")


def _encrypt_bucket(name: str, props: Properties) -> None:
    s3._bucket_encryption.pop(name, None)
    for rule in props.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", ()):
        by_default = rule["ServerSideEncryptionByDefault"]
        settings = "".join(f"<{each}>{value}</{each}>" for each, value in by_default.items())
        s3._bucket_encryption[name] = (
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
            f"{settings}</ApplyServerSideEncryptionByDefault>"
            f"<BucketKeyEnabled>{str(rule.get('BucketKeyEnabled', False)).lower()}</BucketKeyEnabled>"
            "</Rule></ServerSideEncryptionConfiguration>"
        ).encode()


def _encrypt_topic(arn: str, props: Properties) -> None:
    sns._topics[arn]["attributes"].pop("KmsMasterKeyId", None)
    if key := props.get("KmsMasterKeyId"):
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = key


def _checked(handlers: Handlers) -> Handlers:
    create, update = handlers["create"], handlers["update"]

    def create_checked(logical_id: str, props: Properties, stack_name: str) -> Any:
        _check_log_group(props, props.get("LogGroupName") or f"{stack_name}-{logical_id}-EXAMPLE")
        return create(logical_id, props, stack_name)

    def update_checked(physical_id: str, old: Properties, new: Properties, stack_name: str, *more: Any) -> Any:
        # CloudFormation names a log group by the stack, the logical id and something random; ministack by a path.
        name = new.get("LogGroupName") or f"{stack_name}-{physical_id.rpartition('/')[2]}-EXAMPLE"
        _check_log_group(new, name)
        return update(physical_id, old, new, stack_name, *more)

    return {**handlers, "create": create_checked, "update": update_checked}


def _check_log_group(props: Properties, name: str) -> None:
    """Raise ValueError when CloudWatch Logs may not use the key that a log group of this name gets."""
    if not (key := props.get("KmsKeyId")):
        return
    arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{name}"
    context = {"aws:logs:arn": arn}
    uses = [KeyUse(action, key, "logs", context) for action in ("kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt")]
    if refuse_service(f"logs.{get_region()}.amazonaws.com", uses, {}):
        raise ValueError(f"The specified KMS Key Id does not exist or is not allowed to be used with Arn '{arn}'")
