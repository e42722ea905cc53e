"""Calls of ministack's services through their public entry points, from inside the emulator and past IAM.

The entry points are coroutines; for these services they never wait, so that a call can be made from the functions that
provision resources, which the event loop itself runs.
"""

from __future__ import annotations

import contextvars
import html
import json
import re
from collections.abc import Coroutine, Mapping
from typing import Any
from urllib.parse import unquote, urlencode

from ministack.services import apigateway_v1, dynamodb, ec2, iam, s3, scheduler, sqs


def call_api_gateway(method: str, path: str, data: Mapping[str, object]) -> Any:
    """Send a request to API Gateway's control plane and return what it made; raises ValueError."""
    body = json.dumps(data).encode()
    return json.loads(_body(f"{method} {path}", apigateway_v1.handle_request(method, path, {}, body, {})))


def call_dynamodb(operation: str, **parameters: object) -> Any:
    """Return the result of an operation; raises ValueError."""
    return call_operation(dynamodb, "DynamoDB_20120810", operation, parameters)


def call_sqs(operation: str, **parameters: object) -> Any:
    """Return the result of an operation; raises ValueError."""
    return call_operation(sqs, "AmazonSQS", operation, parameters)


def call_ec2(action: str, **parameters: str) -> bytes:
    """Return the XML of an action's result; raises ValueError."""
    return _call_action(ec2, action, parameters)


def call_iam(action: str, **parameters: str) -> bytes:
    """Return the XML of an action's result; raises ValueError."""
    return _call_action(iam, action, parameters)


def role_trust(arn: str) -> str:
    """Return the trust policy of a role, as JSON; raises ValueError when there is no such role."""
    found = call_iam("GetRole", RoleName=arn.rsplit("/", 1)[-1]).decode()
    document = re.search(r"<AssumeRolePolicyDocument>(.*?)</AssumeRolePolicyDocument>", found, re.DOTALL)
    return unquote(document[1]) if document else ""


def call_scheduler(method: str, path: str, data: Mapping[str, object] | None = None) -> Any:
    """Send a request to EventBridge Scheduler and return the response; raises ValueError."""
    body = json.dumps(data or {}).encode()
    return json.loads(_body(f"{method} {path}", scheduler.handle_request(method, path, {}, body, {})))


def call_s3(method: str, path: str, **query: str) -> bytes:
    """Return the body of a response; raises ValueError."""
    return _body(f"{method} {path}", s3.handle_request(method, path, {}, b"", query, internal=True))


def put_s3(path: str, content: bytes) -> None:
    """Store an object; raises ValueError."""
    _body(f"PUT {path}", s3.handle_request("PUT", path, {}, content, {}, internal=True))


def call_operation(service: Any, target: str, operation: str, parameters: Mapping[str, object]) -> Any:
    """Return the result of an operation of a service that speaks JSON; raises ValueError."""
    headers = {"x-amz-target": f"{target}.{operation}", "content-type": "application/x-amz-json-1.0"}
    called = service.handle_request("POST", "/", headers, json.dumps(parameters).encode(), {})
    return json.loads(_body(operation, called))


def _call_action(service: Any, action: str, parameters: Mapping[str, str]) -> bytes:
    body = urlencode({"Action": action, **parameters}).encode()
    return _body(action, service.handle_request("POST", "/", {}, body, {}))


def _body(request: str, called: Coroutine[Any, Any, Any]) -> bytes:
    """Return the body of the response; raises ValueError when the service refuses the request."""
    status, _, content = _result(called)
    text: bytes = content if isinstance(content, bytes) else str(content).encode()
    if status >= 400:
        raise ValueError(f"{request}: {_message(text)}")
    return text


def _message(error: bytes) -> str:
    """Return the message of an error in JSON, or code and message of one in XML."""
    text = error.decode("utf-8", "replace")
    if found := re.search(r"<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", text, re.DOTALL):
        return html.unescape(f"{found[1]}: {found[2]}")
    found = re.search(r'"message": ?"(.*?)"', text)
    return found[1] if found else repr(error)


def _result(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end without an event loop, and in a context of its own.

    Some services note there who calls them: that must not become the caller of what this call is a part of.
    """
    try:
        contextvars.copy_context().run(coroutine.send, None)
    except StopIteration as ended:
        return ended.value
    coroutine.close()
    raise RuntimeError("the service waits for something, and there is nothing to wait in")
