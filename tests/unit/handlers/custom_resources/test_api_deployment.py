"""The API is deployed again when a parameter of it changes, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.custom_resources import api_deployment


def send(responses: Any, context: Any, request_type: str) -> str:
    api_deployment.handler(responses.event(request_type, RestApiId="abc", StageName="prod"), context)
    return str(responses.received[-1]["Status"])


def test_an_update_gives_the_stage_a_deployment_of_now(responses: Any, context: Any) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_response("create_deployment", {"id": "new"}, {"restApiId": "abc"})
        move = {"op": "replace", "path": "/deploymentId", "value": "new"}
        stub.add_response("update_stage", {}, {"restApiId": "abc", "stageName": "prod", "patchOperations": [move]})
        assert send(responses, context, "Update") == "SUCCESS"
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("request_type", ["Create", "Delete"])
def test_creation_and_deletion_leave_the_stage_alone(responses: Any, context: Any, request_type: str) -> None:
    with Stubber(api_deployment.apigateway):
        assert send(responses, context, request_type) == "SUCCESS"
