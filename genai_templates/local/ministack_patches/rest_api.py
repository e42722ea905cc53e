"""REST APIs, where ministack imports half of an OpenAPI body, replaces an updated API and deploys no snapshots.

docs/upstream/ministack/apigateway-openapi-import.md
docs/upstream/ministack/apigateway-update.md
docs/upstream/ministack/apigateway-deployments.md
docs/upstream/ministack/apigateway-payload-limit.md
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

from .gateway import local_url
from .service_calls import call_api_gateway

Document = dict[str, Any]
_MOST_BODY_BYTES = 10 * 1024 * 1024
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


def apply() -> None:
    """Complete the import of a REST API's body, and have deployments be snapshots."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
    create, update = handlers["create"], handlers["update"]

    def create_api(logical_id: str, props: Document, stack_name: str) -> tuple[str, Document]:
        api_id, attributes = create(logical_id, props, stack_name)
        _complete(api_id, props.get("Body") or {})
        return str(api_id), dict(attributes)

    def update_api(api_id: str, old: Document, new: Document, stack_name: str, logical_id: str) -> Any:
        unchanged = {**new, "Body": old.get("Body")}
        result = update(api_id, old, unchanged, stack_name, logical_id)
        if new.get("Body") != old.get("Body"):
            _replace(api_id, new.get("Body") or {})
        return result

    provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"] = {
        **handlers,
        "create": create_api,
        "update": update_api,
        "update_with_logical_id": True,
    }
    _keep_snapshots()


def _replace(api_id: str, body: Document) -> None:
    resources = gateway._resources[api_id]
    for resource_id in [key for key, resource in resources.items() if resource["path"] != "/"]:
        del resources[resource_id]
    for resource in resources.values():
        resource["resourceMethods"] = {}
    # What is deployed still refers to its validators and models, so those stay.
    gateway._gateway_responses.pop(api_id, None)
    # Those before stay too, for what is deployed.
    schemes = gateway._import_security_schemes(api_id, body)
    for path, item in body.get("paths", {}).items():
        gateway._import_path_item(api_id, path, item, schemes, body.get("security"))
    _complete(api_id, body)


def _complete(api_id: str, body: Document) -> None:
    api = f"/restapis/{api_id}"
    validators = {
        name: call_api_gateway("POST", f"{api}/requestvalidators", {"name": name, **settings})["id"]
        for name, settings in body.get("x-amazon-apigateway-request-validators", {}).items()
    }
    for name, schema in body.get("components", {}).get("schemas", {}).items():
        call_api_gateway("POST", f"{api}/models", {"name": name, "schema": json.dumps(schema)})
    for kind, response in body.get("x-amazon-apigateway-gateway-responses", {}).items():
        call_api_gateway("PUT", f"{api}/gatewayresponses/{kind}", response)
    for resource_id, name, operation in _operations(api_id, body):
        method = gateway._resources[api_id][resource_id]["resourceMethods"][name]
        _complete_method(method, operation, validators)
        _complete_integration(api_id, resource_id, name, operation)


def _operations(api_id: str, body: Document) -> Iterator[tuple[str, str, Document]]:
    by_path = {resource["path"]: key for key, resource in gateway._resources[api_id].items()}
    for path, item in body.get("paths", {}).items():
        for name, operation in item.items():
            if name in _METHODS:
                yield by_path[path], name.upper(), operation


def _complete_method(method: Document, operation: Document, validators: dict[str, str]) -> None:
    if validator := operation.get("x-amazon-apigateway-request-validator"):
        method["requestValidatorId"] = validators[validator]
    for content_type, media in operation.get("requestBody", {}).get("content", {}).items():
        method["requestModels"][content_type] = media["schema"]["$ref"].rsplit("/", 1)[-1]


def _complete_integration(api_id: str, resource_id: str, name: str, operation: Document) -> None:
    integration = operation["x-amazon-apigateway-integration"]
    stored = gateway._resources[api_id][resource_id]["resourceMethods"][name]["methodIntegration"]
    for key in ("requestTemplates", "passthroughBehavior", "timeoutInMillis", "credentials"):
        if key in integration:
            stored[key] = integration[key]
    method = f"/restapis/{api_id}/resources/{resource_id}/methods/{name}"
    for status, response in operation.get("responses", {}).items():
        headers = {f"method.response.header.{header}": False for header in response.get("headers", {})}
        call_api_gateway("PUT", f"{method}/responses/{status}", {"responseParameters": headers})
    for pattern, response in integration.get("responses", {}).items():
        data = {**response, "selectionPattern": "" if pattern == "default" else pattern}
        call_api_gateway("PUT", f"{method}/integration/responses/{response['statusCode']}", data)


def _keep_snapshots() -> None:
    """Serve a stage from its deployment's snapshot, not from the API as it is now."""
    snapshots: dict[str, Document] = {}
    serving: ContextVar[Document | None] = ContextVar("serving", default=None)
    create, execute, match = gateway._create_deployment, gateway._execute_in_scope, gateway._match_resource_tree

    def create_deployment(api_id: str, data: Document) -> Any:
        response = create(api_id, data)
        if response[0] < 400:
            snapshots[json.loads(response[2])["id"]] = copy.deepcopy(gateway._resources.get(api_id, {}))
        return response

    async def execute_deployed(
        request: Document, api_id: str, stage_name: str, method: str, path: str, headers: Any, body: bytes, *more: Any
    ) -> Any:
        stage = gateway._stages_v1.get(api_id, {}).get(stage_name, {})
        if variables := stage.get("variables"):
            stage["variables"] = {name: local_url(value) for name, value in variables.items()}
        serving.set(snapshots.get(stage.get("deploymentId", "")))
        if stage and len(body or b"") > _MOST_BODY_BYTES:
            request["stage"] = stage
            return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        return await execute(request, api_id, stage_name, method, path, headers, body, *more)

    def match_deployed(api_id: str, segments: list[str]) -> Any:
        resources = serving.get()
        if resources is None or not segments:
            return match(api_id, segments)
        root = next(key for key, resource in resources.items() if resource["path"] == "/")
        return gateway._match_recursive(resources, root, segments, {})

    gateway._create_deployment = create_deployment
    gateway._execute_in_scope = execute_deployed
    gateway._match_resource_tree = match_deployed
