"""What IAM is asked besides a call's own action: the tags that it gives, the role that it passes, what it refers to.

docs/upstream/ministack/sagemaker.md; the service authorization reference of SageMaker has the actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id, get_region

from ..invoke_endpoint import HttpResponse

_OF_CONFIGURATIONS = ("CreateEndpoint", "UpdateEndpoint")
_KINDS = {"CreateEndpoint": "endpoint", "CreateEndpointConfig": "endpoint-config", "CreateModel": "model"}
_NAMES = {"endpoint": "EndpointName", "endpoint-config": "EndpointConfigName", "model": "ModelName"}
_SERVICE = "sagemaker.amazonaws.com"


def check_dependent_actions(operation: str, headers: dict[str, str], body: bytes) -> HttpResponse | None:
    """Return SageMaker's refusal of a call when its caller may not do all that it takes, or nothing."""
    access_key = router.extract_access_key_id(headers, {})
    for action, arn, context in _needed(operation, json.loads(body or b"{}")):
        refusal = iam_evaluator.enforce(
            access_key, action, "sagemaker", get_region(), resource_arn=arn, service_context=context
        )
        if refusal:
            caller = iam_evaluator.caller_arn()
            return _refused(iam_actions.identity_denial_message(action, caller, arn, explicit_deny=False))
    return None


def _needed(operation: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if kind := _KINDS.get(operation):
        if given.get("Tags"):
            yield "sagemaker:AddTags", _arn(kind, given[_NAMES[kind]]), {}
        if role := given.get("ExecutionRoleArn"):
            yield "iam:PassRole", role, {"iam:passedtoservice": _SERVICE}
    if operation in _OF_CONFIGURATIONS:
        yield f"sagemaker:{operation}", _arn("endpoint-config", given["EndpointConfigName"]), {}


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:{kind}/{name}"


def _refused(message: str) -> HttpResponse:
    content = {"__type": "AccessDeniedException", "message": message, "Message": message}
    kind = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": "AccessDeniedException"}
    return 400, kind, json.dumps(content).encode()
