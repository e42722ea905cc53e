"""Deliveries of SNS topics to functions: ministack's need no permission, and are tried once.

docs/upstream/ministack/sns-functions.md
"""

from __future__ import annotations

from typing import Any

from ministack.services import lambda_svc, sns

from .integrations import may_invoke

_PRINCIPAL = "sns.amazonaws.com"


def apply() -> None:
    """Have ministack deliver as SNS does: as asynchronous events, which Lambda tries again."""
    sns._deliver_to_lambda = _with_permission(sns._deliver_to_lambda)
    sns._lambda_svc = _AsynchronousCalls()


class _AsynchronousCalls:
    """ministack's functions as its topics call them, with asynchronous events in the place of calls."""

    def __getattr__(self, name: str) -> Any:
        return getattr(lambda_svc, name)

    def _execute_function_with_config_scope(self, function: dict[str, Any], event: Any) -> None:
        lambda_svc.invoke_async_with_retry(function, event)


def _with_permission(deliver: Any) -> Any:
    def deliver_with_permission(endpoint: str, envelope: str, topic_arn: str, *more: Any) -> None:
        function, config, _ = lambda_svc._get_func_record_for_ref(endpoint)
        if function and config and not may_invoke(function, _PRINCIPAL, topic_arn):
            print("refused", topic_arn, "may not invoke", config["FunctionName"], flush=True)
            return
        deliver(endpoint, envelope, topic_arn, *more)

    return deliver_with_permission
