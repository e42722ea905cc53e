"""The model of a stack: its quota before it is deployed, and the changes that no update can bring to it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.custom_resources import model_janitor, quotas, refusal
from handlers.custom_resources.response import CustomResourceError
from tests.unit.handlers.custom_resources.deployed import NAME, SETTINGS, Updates, send, update


@pytest.fixture(autouse=True)
def _fifteen_minutes(context: Any, updates: Updates) -> None:
    """Enough time for everything, of which none passes."""
    context.milliseconds = 900_000


# Creation: the quota.


class Quotas:
    """Service Quotas with these values, in pages of one."""

    def __init__(self, values: dict[str, float]) -> None:
        self.pages: list[dict[str, Any]] = [
            {"Quotas": [{"QuotaName": name, "Value": value}]} for name, value in values.items()
        ]
        self.read = 0

    def get_paginator(self, operation: str) -> Quotas:
        assert operation == "list_service_quotas"
        return self

    def paginate(self, *, ServiceCode: str) -> Any:
        assert ServiceCode == "sagemaker"
        for page in self.pages:
            self.read += 1
            yield page


def test_a_quota_of_none_is_said_before_anything_is_deployed() -> None:
    values = {"ml.g5.4xlarge for endpoint usage": 0.0, "ml.g5.2xlarge for endpoint usage": 0.0}
    with pytest.raises(
        CustomResourceError, match=r"ml\.g5\.4xlarge for endpoint usage or ml\.g5\.2xlarge .* is 0 .* ask"
    ):
        quotas.check_endpoint_quotas(Quotas(values), SETTINGS["InstanceTypes"])


def test_one_instance_type_with_a_quota_is_enough_and_no_page_more_is_read() -> None:
    values = {"ml.g5.2xlarge for endpoint usage": 0.0, "ml.g5.4xlarge for endpoint usage": 1.0, "another": 0.0}
    client = Quotas(values)
    quotas.check_endpoint_quotas(client, SETTINGS["InstanceTypes"])
    assert client.read == 2


def test_a_quota_that_nobody_lists_stops_nothing() -> None:
    quotas.check_endpoint_quotas(Quotas({"another": 0.0}), SETTINGS["InstanceTypes"])


def test_a_quota_that_cannot_be_looked_at_stops_nothing(
    responses: Any, context: Any, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing:
        def get_paginator(self, operation: str) -> None:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, operation)

    monkeypatch.setattr(model_janitor, "make_client", lambda service: Refusing())
    assert send(responses, context, "Create")["Status"] == "SUCCESS"


def test_a_quota_of_none_is_found_although_the_permission_to_look_arrives_late(updates: Updates) -> None:
    class Late(Quotas):
        def get_paginator(self, operation: str) -> Quotas:
            if len(updates.pauses) < 2:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, operation)
            return super().get_paginator(operation)

    with pytest.raises(CustomResourceError, match="is 0"):
        quotas.check_endpoint_quotas(Late({"ml.g5.2xlarge for endpoint usage": 0.0}), ["ml.g5.2xlarge"])


def test_a_fall_back_whose_quota_is_not_listed_or_has_no_value_may_still_be_available() -> None:
    none = {"QuotaName": "ml.g5.2xlarge for endpoint usage", "Value": 0.0}
    for others in ([], [{"QuotaName": "ml.g5.4xlarge for endpoint usage", "ErrorReason": {}}]):
        client = Quotas({})
        client.pages = [{"Quotas": [none, *others]}]
        quotas.check_endpoint_quotas(client, SETTINGS["InstanceTypes"])


# Updates that are refused.


class Stacks:
    """CloudFormation, as far as it knows what a stack is at."""

    def __init__(self, status: str) -> None:
        self._status = status

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        assert StackName == "stack-id"
        return {"Stacks": [{"StackStatus": self._status}]}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ModelId", "mistral", "cannot change ModelId from falcon to mistral: .* another stack .* native hosting"),
        ("ModelVersion", "5.0.0", r"cannot change ModelVersion from 4\.6\.16 to 5\.0\.0"),
        ("StopNotebook", "false", "cannot change StopNotebook from true to false: .* in the console of SageMaker"),
    ],
)
def test_a_change_that_would_not_reach_the_model_is_refused_and_its_rollback_is_not(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setattr(refusal, "make_client", lambda service: Stacks("UPDATE_IN_PROGRESS"))
    response = update(responses, context, **{name: value})
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", "model-genai")
    assert re.search(words, response["Reason"])
    monkeypatch.setattr(refusal, "make_client", lambda service: Stacks("UPDATE_ROLLBACK_IN_PROGRESS"))
    back = {"OldResourceProperties": {**SETTINGS, name: value}, "ResourceProperties": SETTINGS}
    assert send(responses, context, "Update", **back)["Status"] == "SUCCESS"


def test_properties_that_an_older_template_did_not_have_change_nothing(
    responses: Any, context: Any, deployed: Any
) -> None:
    older = {name: SETTINGS[name] for name in ("EndpointName", "ModelId", "InstanceTypes", "StopNotebook")}
    older["NotebookInstanceType"] = "ml.t3.medium"
    for old, new in ((older, SETTINGS), (SETTINGS, older)):
        response = send(responses, context, "Update", OldResourceProperties=old, ResourceProperties=new)
        assert (response["Status"], response["Reason"]) == ("SUCCESS", "done")
    assert deployed.describe_endpoint(EndpointName=NAME)["EndpointConfigName"] == NAME
