"""Changes of the stack that reach the endpoint, and those that fail and leave it as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.custom_resources import deployment, model_janitor, model_update, refusal
from handlers.custom_resources.response import CustomResourceError
from tests.unit.handlers.custom_resources.deployed import (
    NAME,
    OTHER,
    ROLE,
    SETTINGS,
    TAGS,
    Refused,
    Updates,
    send,
    update,
)

SHORTAGE = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry"
NO_QUOTA = Refused("ResourceLimitExceeded", "The account-level service limit 'ml.g5.8xlarge for endpoint usage' is 0")
BIGGER = ["ml.g5.8xlarge", "ml.g5.16xlarge"]


@pytest.fixture(autouse=True)
def _fifteen_minutes(context: Any, updates: Updates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough time for everything, of which none passes, and enough quota."""
    context.milliseconds = 900_000
    monkeypatch.setattr(model_update, "check_endpoint_quotas", lambda client, types: None)


def running(deployed: Any) -> tuple[str, dict[str, str]]:
    """Return what the endpoint runs on, and the environment of its model."""
    name = deployed.describe_endpoint(EndpointName=NAME)["EndpointConfigName"]
    variant = deployed.describe_endpoint_config(EndpointConfigName=name)["ProductionVariants"][0]
    model = deployed.describe_model(ModelName=variant["ModelName"])
    return variant["InstanceType"], model["PrimaryContainer"]["Environment"]


def left(deployed: Any) -> tuple[list[str], list[str]]:
    """Return the names of all configurations and models."""
    return (
        [each["EndpointConfigName"] for each in deployed.list_endpoint_configs()["EndpointConfigs"]],
        [each["ModelName"] for each in deployed.list_models()["Models"]],
    )


def test_another_instance_type_reaches_the_endpoint_and_all_else_stays(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    response = update(responses, context, InstanceTypes=BIGGER)
    assert (response["Status"], response["Reason"]) == ("SUCCESS", "done")
    assert running(deployed)[0] == "ml.g5.8xlarge"
    assert updates.requests == [{"EndpointConfigName": OTHER, "RetainAllVariantProperties": True}]
    assert left(deployed) == ([OTHER], [NAME])
    configuration = deployed.describe_endpoint_config(EndpointConfigName=OTHER)
    variant = configuration["ProductionVariants"][0]
    assert (configuration["KmsKeyId"], variant["ContainerStartupHealthCheckTimeoutInSeconds"]) == ("key", 600)
    assert deployed.list_tags(ResourceArn=configuration["EndpointConfigArn"])["Tags"] == TAGS


def test_another_environment_reaches_the_endpoint_by_another_model(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    assert update(responses, context, Environment={"MORE": "1"})["Status"] == "SUCCESS"
    assert running(deployed) == ("ml.g5.2xlarge", {"HF_MODEL_ID": "/opt/ml/model", "MORE": "1"})
    assert left(deployed) == ([OTHER], [OTHER])
    model = deployed.describe_model(ModelName=OTHER)
    assert (model["PrimaryContainer"]["Image"], model["ExecutionRoleArn"]) == ("i", ROLE)
    assert deployed.list_tags(ResourceArn=model["ModelArn"])["Tags"] == TAGS


def test_another_role_reaches_the_endpoint(responses: Any, context: Any, deployed: Any) -> None:
    role = f"{ROLE}-2"
    assert update(responses, context, RoleArn=role)["Status"] == "SUCCESS"
    assert deployed.describe_model(ModelName=OTHER)["ExecutionRoleArn"] == role


def test_another_place_reaches_the_endpoint_and_so_does_none(responses: Any, context: Any, deployed: Any) -> None:
    place = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    assert update(responses, context, VpcConfig=place)["Status"] == "SUCCESS"
    assert deployed.describe_model(ModelName=OTHER)["VpcConfig"] == place
    back = {"OldResourceProperties": {**SETTINGS, "VpcConfig": place}, "ResourceProperties": SETTINGS}
    assert send(responses, context, "Update", **back)["Status"] == "SUCCESS"
    assert not deployed.describe_model(ModelName=NAME).get("VpcConfig")


def test_the_names_are_taken_in_turn(responses: Any, context: Any, deployed: Any) -> None:
    for number in range(3):
        assert update(responses, context, InstanceTypes=[f"ml.g5.{number}xlarge"])["Status"] == "SUCCESS"
        name = NAME if number % 2 else OTHER
        assert left(deployed) == ([name], [NAME])


def test_what_the_endpoint_runs_already_is_left_alone(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    assert update(responses, context, InstanceTypes=["ml.g5.2xlarge", "ml.g5.16xlarge"])["Reason"] == "done"
    back = {"OldResourceProperties": {**SETTINGS, "InstanceTypes": BIGGER}, "ResourceProperties": SETTINGS}
    assert send(responses, context, "Update", **back)["Reason"] == "done"
    assert updates.requests == []


def test_the_next_instance_type_is_tried_where_the_first_is_not_to_be_had(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    updates.failures["ml.g5.8xlarge"] = SHORTAGE
    response = update(responses, context, InstanceTypes=BIGGER)
    assert (response["Status"], running(deployed)[0]) == ("SUCCESS", "ml.g5.16xlarge")
    assert "AWS has no ml.g5.8xlarge to spare here now" in response["Reason"]
    assert len(updates.requests) == 2
    assert left(deployed) == ([OTHER], [NAME])


def test_the_running_instance_type_is_kept_where_it_is_the_next_one(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    updates.refusals["ml.g5.8xlarge"] = NO_QUOTA
    response = update(responses, context, InstanceTypes=["ml.g5.8xlarge", "ml.g5.2xlarge", "ml.g5.16xlarge"])
    assert (response["Status"], running(deployed)[0]) == ("SUCCESS", "ml.g5.2xlarge")
    assert "the quota 'ml.g5.8xlarge for endpoint usage' is too low for an update" in response["Reason"]
    assert left(deployed) == ([NAME], [NAME])


def test_an_endpoint_that_fell_back_stays_until_another_first_type_is_chosen(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    fell_back = {**SETTINGS, "InstanceTypes": ["ml.g5.16xlarge", "ml.g5.2xlarge"]}
    more = {**fell_back, "InstanceTypes": [*fell_back["InstanceTypes"], "ml.g5.4xlarge"]}
    sent = {"OldResourceProperties": fell_back, "ResourceProperties": more}
    assert send(responses, context, "Update", **sent)["Reason"] == "done"
    assert updates.requests == []
    without = {**fell_back, "InstanceTypes": ["ml.g5.16xlarge"]}
    sent = {"OldResourceProperties": fell_back, "ResourceProperties": without}
    assert send(responses, context, "Update", **sent)["Reason"] == "done"
    assert running(deployed)[0] == "ml.g5.16xlarge"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            SHORTAGE,
            "AWS has no ml.g5.8xlarge to spare here now: try later, or choose another instance type; AWS has no",
        ),
        ("The primary container did not pass the ping health check", "ml.g5.8xlarge: The primary container did not"),
        ("No role arn:aws:iam::123456789012:role/x", "ml.g5.8xlarge: No role (ARN)"),
    ],
)
def test_an_update_that_fails_is_said_with_the_reason_and_leaves_nothing(
    responses: Any, context: Any, deployed: Any, updates: Updates, reason: str, words: str
) -> None:
    updates.failures = dict.fromkeys(BIGGER, reason)
    before = running(deployed)
    response = update(responses, context, InstanceTypes=BIGGER, Environment={"LIMIT": "30"})
    assert (response["Status"], response["PhysicalResourceId"]) == ("FAILED", "model-genai")
    assert response["Reason"].startswith(f"the endpoint goes on as it was, on ml.g5.2xlarge: {words}")
    assert running(deployed) == before
    assert left(deployed) == ([NAME], [NAME])


def test_a_refusal_is_said_in_sagemakers_words_and_leaves_nothing(
    responses: Any, context: Any, deployed: Any, updates: Updates
) -> None:
    updates.refusals["ml.g5.8xlarge"] = Refused("ValidationException", "The variant must be deregistered")
    response = update(responses, context, InstanceTypes=BIGGER, Environment={"LIMIT": "30"})
    assert response["Reason"].endswith("ml.g5.8xlarge: ValidationException: The variant must be deregistered")
    assert left(deployed) == ([NAME], [NAME])


def test_a_quota_of_none_is_said_before_anything_is_tried(
    responses: Any, context: Any, deployed: Any, updates: Updates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(client: Any, types: Any) -> None:
        raise CustomResourceError(f"no quota for {', '.join(types)}")

    monkeypatch.setattr(model_update, "check_endpoint_quotas", check)
    assert update(responses, context, InstanceTypes=BIGGER)["Reason"] == "no quota for ml.g5.8xlarge, ml.g5.16xlarge"
    assert updates.requests == []
    assert update(responses, context, Environment={"LIMIT": "30"})["Status"] == "SUCCESS"


class Lambda:
    """Lambda, as far as a function invokes itself."""

    def __init__(self) -> None:
        self.payloads: list[Any] = []

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:
        self.payloads.append(json.loads(Payload))


@pytest.mark.parametrize("fails", [True, False], ids=["failing", "in service"])
def test_an_update_that_takes_longer_than_the_function_may_goes_on_in_another_invocation(
    responses: Any, context: Any, deployed: Any, updates: Updates, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    if fails:
        updates.failures = dict.fromkeys(BIGGER, SHORTAGE)
    itself = Lambda()
    monkeypatch.setattr(model_janitor, "make_client", lambda service: itself)
    event = responses.event("Update") | {
        "PhysicalResourceId": "model-genai",
        "OldResourceProperties": SETTINGS,
        "ResourceProperties": {**SETTINGS, "InstanceTypes": BIGGER},
    }
    context.milliseconds = 29_000
    while not responses.received:
        model_janitor.handler(event, context)
        updates.sleep(0)  # what takes long has come to its end when the next invocation begins
        event = itself.payloads.pop() if itself.payloads else event
    [response] = responses.received
    assert response["Status"] == ("FAILED" if fails else "SUCCESS")
    assert len(updates.requests) == (2 if fails else 1)
    assert left(deployed) == ([NAME], [NAME]) if fails else ([OTHER], [NAME])


def test_an_update_that_never_ends_is_given_up_while_cloudformation_still_listens(
    responses: Any, context: Any, deployed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1_800_000_000, 1_900_000_000, 100))
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    response = update(responses, context, InstanceTypes=BIGGER)
    assert response["Status"] == "FAILED"
    assert "endpoint genai is still Updating after 3300 s" in response["Reason"]


# What cannot be updated.


class Stacks:
    """CloudFormation, with a stack that is updated or rolled back."""

    def __init__(self) -> None:
        self.status = "UPDATE_IN_PROGRESS"

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.status}]}


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Stacks:
    """The stack that the event is of."""
    stacks = Stacks()
    monkeypatch.setattr(refusal, "make_client", lambda service: stacks)
    return stacks


def test_a_model_whose_containers_differ_keeps_its_instance_type(
    responses: Any, context: Any, deployed: Any, updates: Updates, stacks: Stacks
) -> None:
    response = update(responses, context, InstanceTypes=BIGGER, OneContainer="false")
    assert "cannot change the instance type from ml.g5.2xlarge to ml.g5.8xlarge" in response["Reason"]
    assert updates.requests == []
    settings = {**SETTINGS, "OneContainer": "false"}
    back = {"OldResourceProperties": {**settings, "InstanceTypes": BIGGER}, "ResourceProperties": settings}
    assert send(responses, context, "Update", **back)["Reason"] == "done"
    environment = update(responses, context, Environment={"LIMIT": "30"}, OneContainer="false")
    assert environment["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("gone", "there is no endpoint genai to update: if the notebook is still at work on it, update the stack when"),
        ("failed", "endpoint genai is UpdateRollbackFailed and cannot be updated: both failed"),
        ("foreign", "endpoint genai has the configuration another, which is not of this stack"),
    ],
)
def test_an_endpoint_that_cannot_be_updated_refuses_changes_of_it_alone(
    responses: Any, context: Any, deployed: Any, stacks: Stacks, state: str, words: str
) -> None:
    if state == "gone":
        deployed.delete_endpoint(EndpointName=NAME)
    else:
        spoil(deployed, state)
    response = update(responses, context, InstanceTypes=BIGGER)
    assert response["Status"] == "FAILED"
    assert words in response["Reason"]
    assert update(responses, context, MoreThanBefore="1")["Status"] == "SUCCESS"
    stacks.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = {"OldResourceProperties": {**SETTINGS, "InstanceTypes": BIGGER}, "ResourceProperties": SETTINGS}
    assert send(responses, context, "Update", **back)["Status"] == "SUCCESS"


def spoil(deployed: Any, state: str) -> None:
    from moto.sagemaker.models import sagemaker_backends

    endpoint: Any = sagemaker_backends["123456789012"]["us-east-1"].endpoints[NAME]
    if state == "foreign":
        endpoint.endpoint_config_name = "another"
    else:
        endpoint.endpoint_status, endpoint.failure_reason = "UpdateRollbackFailed", "both failed"


def test_the_second_name_is_the_one_that_the_template_grants() -> None:
    from genai_templates.components import model_janitor_grants

    assert deployment.OTHER_SUFFIX == model_janitor_grants.OTHER_SUFFIX
