"""A deployment of the API is made for its creation and each change, and deleted when nothing refers to it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.custom_resources import api_deployment

KNOWN = {"restApiId": "abc", "deploymentId": "old"}


def send(responses: Any, context: Any, request_type: str) -> tuple[str, str]:
    """Send an event, and return status and physical id of the response."""
    event = responses.event(request_type, RestApiId="abc")
    api_deployment.handler(event if request_type == "Create" else event | {"PhysicalResourceId": "old"}, context)
    response = responses.received[-1]
    return response["Status"], response["PhysicalResourceId"]


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_physical_id_is_that_of_a_new_deployment(responses: Any, context: Any, request_type: str) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_response("create_deployment", {"id": "new"}, {"restApiId": "abc"})
        assert send(responses, context, request_type) == ("SUCCESS", "new")
        stub.assert_no_pending_responses()


def test_a_deployment_that_nothing_refers_to_is_deleted(responses: Any, context: Any) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_response("delete_deployment", {}, KNOWN)
        assert send(responses, context, "Delete") == ("SUCCESS", "old")
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["NotFoundException", "BadRequestException"])
def test_one_that_is_gone_or_still_served_does_not_hold_the_stack(responses: Any, context: Any, code: str) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_client_error("delete_deployment", code, expected_params=KNOWN)
        assert send(responses, context, "Delete") == ("SUCCESS", "old")


def test_another_failure_is_one_of_the_stack(responses: Any, context: Any) -> None:
    with Stubber(api_deployment.apigateway) as stub:
        stub.add_client_error("create_deployment", "LimitExceededException")
        assert send(responses, context, "Update") == ("FAILED", "old")
