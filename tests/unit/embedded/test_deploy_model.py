from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from moto.sagemaker.models import FakeEndpoint, sagemaker_backends
from mypy_boto3_sagemaker import SageMakerClient
from mypy_boto3_sagemaker.literals import ProductionVariantInstanceTypeType

from genai_templates.embedded import deploy_model
from genai_templates.embedded.deploy_model import deploy
from genai_templates.embedded.deployment_record import DeploymentFailed, Settings, read_status

from .conftest import ACCOUNT, REGION, Clock

CAPACITY = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
QUOTA = "The account-level service limit 'ml.g5.2xlarge for endpoint usage' is 0 Instances."

pytestmark = pytest.mark.usefixtures("folder", "clock")


def _endpoint() -> FakeEndpoint:
    endpoint = sagemaker_backends[ACCOUNT][REGION].endpoints["genai-text"]
    assert isinstance(endpoint, FakeEndpoint)
    return endpoint


def _set(status: str, reason: str | None = None) -> None:
    vars(_endpoint()).update(endpoint_status=status, failure_reason=reason)


class Sdk:
    """Creates what the SDK creates, and lets each instance type end as ``outcomes`` says."""

    def __init__(self, client: SageMakerClient) -> None:
        self.client = client
        self.created: list[str] = []
        self.outcomes: dict[str, str] = {}

    def create(self, settings: Settings, instance_type: str) -> None:
        self.created.append(instance_type)
        name = settings.endpoint_name
        self.client.create_model(
            ModelName=name, ExecutionRoleArn=settings.role_arn, PrimaryContainer={"Image": "image"}
        )
        self.client.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[
                {
                    "VariantName": "AllTraffic",
                    "ModelName": name,
                    "InitialInstanceCount": 1,
                    "InstanceType": cast(ProductionVariantInstanceTypeType, instance_type),
                }
            ],
        )
        self.client.create_endpoint(EndpointName=name, EndpointConfigName=name)
        if reason := self.outcomes.get(instance_type):
            _set("Failed", reason)


@pytest.fixture
def sdk(sagemaker: SageMakerClient, monkeypatch: pytest.MonkeyPatch) -> Sdk:
    sdk = Sdk(sagemaker)
    monkeypatch.setattr(deploy_model, "create", sdk.create)
    return sdk


def _during_sleep(clock: Clock, monkeypatch: pytest.MonkeyPatch, change: Callable[[], None], *, at: int) -> None:
    """Let something happen while the deployment sleeps for the nth time."""

    really_sleep = clock.sleep

    def sleep(seconds: float) -> None:
        really_sleep(seconds)
        if len(clock.pauses) == at:
            change()

    monkeypatch.setattr(clock, "sleep", sleep)


def test_the_first_instance_type_is_taken_when_it_is_to_be_had(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.2xlarge"]
    assert read_status()["state"] == "IN_SERVICE"
    assert read_status()["instance_type"] == "ml.g5.2xlarge"


def test_without_capacity_the_next_instance_type_is_taken(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    sdk.outcomes["ml.g5.2xlarge"] = CAPACITY
    deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.2xlarge", "ml.g5.4xlarge"]
    assert read_status()["instance_type"] == "ml.g5.4xlarge"
    config = sagemaker.describe_endpoint_config(EndpointConfigName="genai-text")
    assert config["ProductionVariants"][0].get("InstanceType") == "ml.g5.4xlarge"


def test_with_no_instance_type_to_be_had_nothing_is_left_behind(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    sdk.outcomes = {"ml.g5.2xlarge": QUOTA, "ml.g5.4xlarge": CAPACITY}
    with pytest.raises(DeploymentFailed) as failure:
        deploy(settings, sagemaker, 2_000)
    assert "'ml.g5.2xlarge for endpoint usage' is too low" in str(failure.value)
    assert "no ml.g5.4xlarge to spare" in str(failure.value)
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    assert sagemaker.list_models()["Models"] == []


def test_an_instance_type_is_tried_once_and_an_empty_one_never(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    sdk.outcomes["ml.g5.2xlarge"] = CAPACITY
    with pytest.raises(DeploymentFailed):
        deploy(settings._replace(instance_types=["ml.g5.2xlarge", "", "ml.g5.2xlarge"]), sagemaker, 2_000)
    assert sdk.created == ["ml.g5.2xlarge"]


def test_a_fault_of_the_model_is_not_tried_on_another_instance_type(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    sdk.outcomes["ml.g5.2xlarge"] = "The primary container did not pass the ping health check."
    with pytest.raises(DeploymentFailed, match=r"^ml\.g5\.2xlarge: .*ping health check"):
        deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.2xlarge"]


def test_an_endpoint_in_service_is_left_as_it_is(sdk: Sdk, sagemaker: SageMakerClient, settings: Settings) -> None:
    sdk.create(settings, "ml.g5.8xlarge")
    deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.8xlarge"]
    assert read_status()["state"] == "IN_SERVICE"


def test_an_endpoint_on_its_way_is_waited_for(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk.create(settings, "ml.g5.8xlarge")
    _set("Creating")
    _during_sleep(clock, monkeypatch, lambda: _set("InService"), at=3)
    deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.8xlarge"]
    assert clock.pauses == [deploy_model.POLL] * 3


def test_a_failed_endpoint_of_an_earlier_run_is_replaced(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings
) -> None:
    sdk.create(settings, "ml.g5.8xlarge")
    _set("Failed", "whatever")
    deploy(settings, sagemaker, 2_000)
    assert sdk.created == ["ml.g5.8xlarge", "ml.g5.2xlarge"]
    assert _endpoint().endpoint_status == "InService"


def test_the_wait_for_an_endpoint_ends(sdk: Sdk, sagemaker: SageMakerClient, settings: Settings, clock: Clock) -> None:
    sdk.create(settings, "ml.g5.8xlarge")
    _set("Creating")
    with pytest.raises(DeploymentFailed, match="still Creating when the time was up"):
        deploy(settings, sagemaker, clock.now + 600)
    assert 600 <= sum(clock.pauses) <= 600 + 2 * deploy_model.POLL


def test_an_endpoint_that_somebody_deletes_is_a_failure(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(settings: Settings, instance_type: str) -> None:
        sdk.create(settings, instance_type)
        _set("Creating")

    def delete() -> None:
        sagemaker.delete_endpoint(EndpointName="genai-text")

    monkeypatch.setattr(deploy_model, "create", create)
    _during_sleep(clock, monkeypatch, delete, at=1)
    with pytest.raises(DeploymentFailed, match="the endpoint was deleted"):
        deploy(settings, sagemaker, 2_000)


def test_a_permission_that_arrives_late_is_waited_for(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(settings: Settings, instance_type: str) -> None:
        if len(clock.pauses) < 3:
            raise PermissionError("An error occurred (AccessDeniedException) when calling CreateModel")
        sdk.create(settings, instance_type)

    monkeypatch.setattr(deploy_model, "create", create)
    deploy(settings, sagemaker, 2_000)
    assert clock.pauses == [1, 2, 4]
    assert read_status()["state"] == "IN_SERVICE"


def test_a_permission_that_never_arrives_is_the_reason(
    sdk: Sdk, sagemaker: SageMakerClient, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(settings: Settings, instance_type: str) -> None:
        raise PermissionError("not authorized to perform: sagemaker:CreateModel")

    monkeypatch.setattr(deploy_model, "create", create)
    with pytest.raises(PermissionError, match="CreateModel"):
        deploy(settings, sagemaker, 2_000)
    assert clock.pauses == [1, 2, 4, 8, 16]


def test_an_unexpected_error_becomes_the_reason_in_the_status(sdk: Sdk, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(settings: Settings, instance_type: str) -> None:
        raise KeyError("Unable to find model manifest for 'x' with version '9'.")

    monkeypatch.setattr(deploy_model, "create", create)
    deploy_model.main("deploy", "600")
    assert read_status()["state"] == "FAILED"
    assert "Unable to find model manifest" in read_status()["reason"]


def test_a_notebook_stops_itself_and_no_other(sagemaker: SageMakerClient, notebook: str) -> None:
    for name in (notebook, "other"):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn="arn:aws:iam::123456789012:role/notebook"
        )
    deploy_model.main("stop")
    statuses = {
        name: sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
        for name in (notebook, "other")
    }
    assert statuses == {notebook: "Stopped", "other": "InService"}
