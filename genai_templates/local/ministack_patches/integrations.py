"""Lambda integrations of an API: ministack checks no permission and no timeout, and passes a function's error on.

docs/upstream/ministack/apigateway-functions.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services import lambda_svc

Record = dict[str, Any]
_PRINCIPAL = "apigateway.amazonaws.com"
_DEFAULT_TIMEOUT = 29_000  # milliseconds


class _FunctionFailed(gateway._GatewayError):  # type: ignore[misc]
    """A function raised, ended or returned what is not a proxy response: a 502 without its message."""

    def __init__(self) -> None:
        super().__init__("DEFAULT_5XX", "Internal server error")


def apply() -> None:
    """Have ministack's API Gateway call functions by these rules."""
    gateway._invoke_lambda_proxy_v1 = _within_time(_with_permission(gateway._invoke_lambda_proxy_v1))
    gateway._lambda_proxy_response = _refusing_malformed_responses(gateway._lambda_proxy_response)
    gateway._gateway_error_response = _with_status_of_failed_functions(gateway._gateway_error_response)


def _with_permission(invoke: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def invoke_with_permission(
        integration: Record,
        api_id: str,
        stage_name: str,
        stage: Any,
        resource: Record,
        path: str,
        method: str,
        *more: Any,
        **named: Any,
    ) -> Any:
        reference = gateway._extract_lambda_ref_from_integration_uri(integration.get("uri", ""))
        function, config, _ = lambda_svc._get_func_record_for_ref(reference)
        if function and config:
            scope = config["FunctionArn"].split(":")[3:5]
            source = f"arn:aws:execute-api:{':'.join(scope)}:{api_id}/{stage_name}/{method}{resource['path']}"
            if not may_invoke(function, _PRINCIPAL, source):
                print("refused", source, "may not invoke", config["FunctionName"], flush=True)
                return gateway._gw_error("API_CONFIGURATION_ERROR", "Internal server error")
        return await invoke(integration, api_id, stage_name, stage, resource, path, method, *more, **named)

    return invoke_with_permission


def may_invoke(function: Record, service: str, source: str) -> bool:
    """Return whether a permission (``AWS::Lambda::Permission``) of the function lets a service's resource call it."""
    for statement in function["policy"]["Statement"]:
        principal = statement["Principal"]
        named = principal.get("Service") if isinstance(principal, dict) else principal
        pattern = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*")
        if named == service and fnmatchcase(source, pattern.replace("[", "[[]")):
            return True
    return False


def _within_time(invoke: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def invoke_within_time(integration: Record, *more: Any, **named: Any) -> Any:
        seconds = int(integration.get("timeoutInMillis") or _DEFAULT_TIMEOUT) / 1000
        call = asyncio.ensure_future(invoke(integration, *more, **named))
        done, _ = await asyncio.wait({call}, timeout=seconds)
        if not done:  # the function goes on; nobody waits for it any more
            return gateway._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")
        response = call.result()
        failed = isinstance(response, tuple) and response[0] == 502 and set(response[1]) == {"Content-Type"}
        return _FunctionFailed() if failed else response

    return invoke_within_time


def _refusing_malformed_responses(interpret: Callable[..., Any]) -> Callable[..., Any]:
    def interpret_response(result: Record) -> Any:
        if not result.get("error") and not isinstance(result.get("body"), dict):
            return None, "Malformed Lambda proxy response"
        return interpret(result)

    return interpret_response


def _with_status_of_failed_functions(respond: Callable[..., Any]) -> Callable[..., Any]:
    def respond_to_error(error: Any, request: Record) -> Any:
        status, headers, body = respond(error, request)
        return (502 if isinstance(error, _FunctionFailed) and status == 500 else status), headers, body

    return respond_to_error
