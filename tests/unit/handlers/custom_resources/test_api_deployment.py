"""The API is deployed again when a parameter of it changes, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.custom_resources import api_deployment


def send(answers: Any, context: Any, request_type: str) -> str:
    api_deployment.handler(answers.event(request_type, RestApiId="abc", StageName="prod"), context)
    return str(answers.received[-1]["Status"])


def test_an_update_gives_the_stage_a_deployment_of_now(answers: Any, context: Any) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_response("create_deployment", {"id": "new"}, {"restApiId": "abc"})
        move = {"op": "replace", "path": "/deploymentId", "value": "new"}
        stub.add_response("update_stage", {}, {"restApiId": "abc", "stageName": "prod", "patchOperations": [move]})
        assert send(answers, context, "Update") == "SUCCESS"
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("request_type", ["Create", "Delete"])
def test_creation_and_deletion_leave_the_stage_alone(answers: Any, context: Any, request_type: str) -> None:
    with Stubber(api_deployment.apigateway):
        assert send(answers, context, request_type) == "SUCCESS"
