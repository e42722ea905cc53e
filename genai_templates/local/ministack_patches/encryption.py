"""Encryption with keys of KMS, which ministack notes without ever asking whether the key may be used.

Played are calls of roles and of the administrator that read or store an object, an item, a message, a notification or
a secret; CloudFront's reading of a bucket; alarms that publish; log groups when they get a key; the environment of a
function when it is called, and the input of a schedule. A key that is disabled, or on its way to be deleted, refuses.
Not played are the grants that services make for themselves, volumes, what CloudWatch Logs and SNS do with a key later,
and the five minutes for which DynamoDB and the data key for which S3 and SQS remember that they were allowed.

docs/upstream/ministack/kms-key-use.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import cloudwatch, lambda_svc, s3, sqs

from .encrypted_data import key_uses
from .key_use import KeyRefusal, KeyUse, refuse_caller, refuse_role, refuse_service

_Record = dict[str, Any]
# The codes of services' errors where a key may not be used, and where it is disabled.
_CODES = {
    "s3": ("AccessDenied", "KMS.DisabledException"),
    "sqs": ("KmsAccessDenied", "KmsDisabled"),
    "sns": ("KMSAccessDenied", "KMSDisabled"),
    "secretsmanager": ("AccessDeniedException", "DecryptionFailure"),
    "dynamodb": ("AccessDeniedException", "AccessDeniedException"),
}


def apply() -> None:
    """Have the services ask before they use a key."""
    iam_evaluator.enforce = _with_keys(iam_evaluator.enforce)
    s3.serve_cloudfront_origin_fetch = _with_key_of_object(s3.serve_cloudfront_origin_fetch)
    cloudwatch._dispatch_alarm_actions = _with_keys_of_topics(cloudwatch._dispatch_alarm_actions)
    sqs._receive_messages_for_esm = _with_key_of_queue(sqs._receive_messages_for_esm)
    lambda_svc._execute_function = _with_key_of_environment(lambda_svc._execute_function)


def _with_keys(enforce: Callable[..., Any]) -> Callable[..., Any]:
    def enforce_with_keys(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
        refusal = enforce(access_key, action, service, region, **more)
        uses = [] if refusal is not None else key_uses(action, more.get("resource_arn", "*"))
        caller = iam_evaluator.resolve_caller_identity(access_key) if uses else None
        if caller is None:
            return refusal
        refused = refuse_caller(caller["userArn"], uses)
        return None if refused is None else iam_evaluator.AuthError(_CODES[service][refused.disabled], refused.message)

    return enforce_with_keys


def _with_key_of_object(serve: Callable[..., Any]) -> Callable[..., Any]:
    def serve_with_key(bucket: str, key: str, method: str, headers: Any, source_arn: str = "", **more: Any) -> Any:
        uses = key_uses("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        if refused := refuse_service("cloudfront.amazonaws.com", uses, {"aws:sourcearn": source_arn}):
            print("refused", refused.message, flush=True)
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
        return serve(bucket, key, method, headers, source_arn=source_arn, **more)

    return serve_with_key


def _with_keys_of_topics(dispatch: Callable[..., None]) -> Callable[..., None]:
    def dispatch_with_keys(alarm: _Record, *more: Any) -> None:
        actions = {kind: alarm.get(kind) or [] for kind in ("AlarmActions", "OKActions", "InsufficientDataActions")}
        allowed = {kind: [each for each in named if _may_publish(each)] for kind, named in actions.items()}
        dispatch({**alarm, **allowed}, *more)

    return dispatch_with_keys


def _may_publish(topic: str) -> bool:
    """Return whether CloudWatch may use the key of a topic: never that of SNS itself."""
    source = {"aws:sourceaccount": get_account_id()}
    refused = refuse_service("cloudwatch.amazonaws.com", key_uses("sns:Publish", topic), source)
    if refused:
        print("refused", refused.message, flush=True)
    return refused is None


def _with_key_of_queue(receive: Callable[..., list[_Record]]) -> Callable[..., list[_Record]]:
    def receive_with_key(queue_url: str, number: int) -> list[_Record]:
        queue = sqs._queues.get(queue_url) or {}
        arn = queue.get("attributes", {}).get("QueueArn", "")
        if queue.get("messages") and any(
            refuse_role(each, key_uses("sqs:ReceiveMessage", arn)) for each in _readers(arn)
        ):
            return []
        return receive(queue_url, number)

    return receive_with_key


def _readers(queue_arn: str) -> list[str]:
    """Return the roles of the functions that Lambda polls the queue for."""
    found = []
    for _, _, mapping in lambda_svc._iter_all_esms():
        if mapping.get("EventSourceArn") == queue_arn:
            _, config, _ = lambda_svc._get_func_record_for_ref(mapping["FunctionName"])
            found += [config["Role"]] if config else []
    return found


def _with_key_of_environment(execute: Callable[..., _Record]) -> Callable[..., _Record]:
    def execute_with_key(function: _Record, event: Any) -> _Record:
        config = function.get("config") or function
        key = config.get("KMSKeyArn")
        if not key or not config.get("Environment", {}).get("Variables"):
            return execute(function, event)
        use = KeyUse("kms:Decrypt", key, "lambda", {"aws:lambda:FunctionArn": config["FunctionArn"]})
        refused = refuse_role(config["Role"], [use])
        return execute(function, event) if refused is None else _failed(refused)

    return execute_with_key


def _failed(refused: KeyRefusal) -> _Record:
    """Return the result of a call in place of Lambda's own error: its caller cannot have the function run."""
    kind = "KMSDisabledException" if refused.disabled else "KMSAccessDeniedException"
    message = (
        "Lambda was unable to decrypt the environment variables because KMS access was denied. "
        f"Please check the function's KMS key settings. KMS Message: {refused.message}"
    )
    return {
        "error": True,
        "function_error": "Unhandled",
        "body": {"errorType": kind, "errorMessage": message},
        "log": "",
    }
