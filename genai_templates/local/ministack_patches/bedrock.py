"""Amazon Bedrock's runtime: Converse and InvokeModel, checked as the service checks them, for the catalogue's models.

A model is called by its id where it is offered in the region, or by the id of an inference profile of the region. Both
operations are judged as ``bedrock:InvokeModel``. A profile's call is judged on the profile, and on the model in every
region to which it may be routed: the service judges the one that it chooses, and may choose any. Everything else of the
runtime is left to ministack. docs/upstream/ministack/bedrock-permissions.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id

from ...bedrock_catalog import BedrockModel, Route, bedrock_models
from ..inference import bedrock
from ..inference.request_model import problems_of_request
from ..invoke_bedrock import bedrock_error
from ..invoke_endpoint import HttpResponse
from .sagemaker import RUNTIME

_SERVICE = "bedrock-runtime"
_PATH = re.compile(r"/model/([^/]+)/(converse|invoke)")
_OPERATIONS = {"converse": "Converse", "invoke": "InvokeModel"}
_ACTION = "bedrock:InvokeModel"
_PERMISSIONS = {"bedrock:Converse": _ACTION, "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream"}
_ONLY_BY_PROFILE = (
    "Invocation of model ID {} with on-demand throughput isn't supported. Retry your request with the ID or ARN of an "
    "inference profile that contains this model."
)


class _Target(NamedTuple):
    """A model, and the route of the profile by which it is called, or none."""

    model: BedrockModel
    route: Route | None


def apply() -> None:
    """Stand before ministack's own runtime, and judge its calls."""
    original = app.SERVICE_HANDLERS[_SERVICE]

    async def serve(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> HttpResponse:
        found = _PATH.fullmatch(path)
        if method != "POST" or found is None:
            other: HttpResponse = await original(method, path, headers, body, query)
            return other
        return await _serve(_OPERATIONS[found[2]], unquote(found[1]), extract_access_key_id(headers, query), body)

    app.SERVICE_HANDLERS[_SERVICE] = serve
    iam_actions.extract_iam_action = _with_permissions(iam_actions.extract_iam_action)
    iam_actions.extract_resource_arn = _with_profiles(iam_actions.extract_resource_arn)


async def _serve(operation: str, model_id: str, access_key: str, body: bytes) -> HttpResponse:
    target = _find(model_id)
    if target is None:
        return bedrock_error("ValidationException", "The provided model identifier is invalid.")
    model, route = target
    if route is None and model.region != get_region():
        return bedrock_error("ValidationException", _ONLY_BY_PROFILE.format(model_id))
    if route is not None and (refusal := _judge_destinations(access_key, model, route)):
        return refusal
    request, problem = _read(operation, model_id, body)
    if problem:
        return bedrock_error("ValidationException", problem)
    return await bedrock.respond(RUNTIME, operation, model_id, request)


def _find(model_id: str) -> _Target | None:
    """Return what this id stands for in this region: a model that is known here, or the profile of one."""
    region = get_region()
    for model in bedrock_models().values():
        route = model.routes.get(region)
        if route is not None and route.profile_id(model.model_id) == model_id:
            return _Target(model, route)
        if model.model_id == model_id and (route is not None or model.region == region):
            return _Target(model, None)
    return None


def _read(operation: str, model_id: str, body: bytes) -> tuple[dict[str, Any], str]:
    """Return the request, and what is wrong with it, or nothing."""
    if operation == "InvokeModel":
        request, problem = bedrock.check_image_request(body)
        return request, f"Malformed input request: {problem}, please reformat your input and try again." * bool(problem)
    try:
        request = json.loads(body)
    except ValueError:
        return {}, "The request is not valid JSON."
    return request, problems_of_request(_SERVICE, operation, {"modelId": model_id, **request})


def _judge_destinations(access_key: str, model: BedrockModel, route: Route) -> HttpResponse | None:
    """Refuse a caller whom the policies do not allow the model in each region of the route."""
    profile = _profile_arn(route.profile_id(model.model_id), get_region(), get_account_id())
    for arn in route.model_arns(model.model_id):
        refusal = iam_evaluator.enforce(
            access_key,
            _ACTION,
            _SERVICE,
            get_region(),
            resource_arn=arn,
            service_context={"bedrock:InferenceProfileArn": profile},
        )
        if refusal is not None:
            return bedrock_error("AccessDeniedException", f"You are not authorized to perform: {_ACTION} on {arn}")
    return None


def _profile_arn(profile_id: str, region: str, account: str) -> str:
    return f"arn:aws:bedrock:{region}:{account}:inference-profile/{profile_id}"


def _with_permissions(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def extract_iam_action(service: str, *request: Any) -> str | None:
        action = extract(service, *request)
        return _PERMISSIONS.get(str(action), action) if service == _SERVICE else action

    return extract_iam_action


def _with_profiles(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        found = _PATH.fullmatch(path) if service == _SERVICE else None
        if found is None:
            return extract(service, method, path, headers, body, query, region, account)
        model_id = unquote(found[1])
        target = _find(model_id)
        if target is not None and target.route is not None:
            return _profile_arn(model_id, region, account)
        return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"

    return extract_resource_arn
