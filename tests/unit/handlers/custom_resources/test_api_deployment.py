"""The API is deployed again when a parameter of it changes, and only then."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from handlers.custom_resources import api_deployment


@pytest.fixture
def api(aws: None) -> str:
    """An API with a stage."""
    client = boto3.client("apigateway")
    api = client.create_rest_api(name="api")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    client.create_deployment(restApiId=api, stageName="prod")
    return str(api)


def send(answers: Any, context: Any, request_type: str, api: str) -> dict[str, Any]:
    api_deployment.handler(answers.event(request_type, RestApiId=api, StageName="prod"), context)
    response: dict[str, Any] = answers.received[-1]
    return response


def deployed(api: str) -> str:
    return str(boto3.client("apigateway").get_stage(restApiId=api, stageName="prod")["deploymentId"])


def test_an_update_gives_the_stage_a_deployment_of_now(answers: Any, context: Any, api: str) -> None:
    before = deployed(api)
    assert send(answers, context, "Update", api)["Status"] == "SUCCESS"
    assert deployed(api) != before


@pytest.mark.parametrize("request_type", ["Create", "Delete"])
def test_creation_and_deletion_leave_the_stage_alone(answers: Any, context: Any, api: str, request_type: str) -> None:
    before = deployed(api)
    assert send(answers, context, request_type, api)["Status"] == "SUCCESS"
    assert deployed(api) == before
