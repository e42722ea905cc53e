"""Updates of endpoints as SageMaker does them: beside the instances that serve, and back when they fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator
from tests.local.endpoints import invoke
from tests.waiting import until

OLD, NEW = "ml.g5.2xlarge", "ml.g5.4xlarge"
PROMPT = {"inputs": "Hello"}


@pytest.fixture
def sagemaker(emulator: Emulator) -> Iterator[Any]:
    yield emulator.client("sagemaker")
    emulator.set_update_time(0.5)


@pytest.fixture
def configuration(sagemaker: Any, endpoint: str) -> Iterator[str]:
    """A configuration of the endpoint's model on another instance type."""
    name = f"{endpoint}-new"
    variant = {"VariantName": "AllTraffic", "ModelName": endpoint, "InstanceType": NEW, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    yield name
    settled(sagemaker, endpoint)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)


def update(sagemaker: Any, endpoint: str, configuration: str, **more: Any) -> Any:
    return sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=configuration, **more)


def describe(sagemaker: Any, endpoint: str) -> dict[str, Any]:
    described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=endpoint)
    return described


def settled(sagemaker: Any, endpoint: str) -> dict[str, Any]:
    until(lambda: describe(sagemaker, endpoint)["EndpointStatus"] != "Updating" or None)
    return describe(sagemaker, endpoint)


def message(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Message"])


def test_an_endpoint_serves_while_it_is_updated_and_has_the_new_configuration_then(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str
) -> None:
    emulator.set_update_time(1)
    update(sagemaker, endpoint, configuration)
    meanwhile = describe(sagemaker, endpoint)
    assert (meanwhile["EndpointStatus"], meanwhile["EndpointConfigName"]) == ("Updating", endpoint)
    assert meanwhile["PendingDeploymentSummary"]["ProductionVariants"][0]["InstanceType"] == NEW
    assert invoke(emulator, endpoint, PROMPT)
    with pytest.raises(ClientError) as refused:
        update(sagemaker, endpoint, endpoint)
    assert "Cannot update in-progress endpoint" in message(refused)
    with pytest.raises(ClientError) as refused:
        sagemaker.delete_endpoint(EndpointName=endpoint)
    assert "Cannot update in-progress endpoint" in message(refused)
    then = settled(sagemaker, endpoint)
    assert (then["EndpointStatus"], then["EndpointConfigName"]) == ("InService", configuration)
    assert "PendingDeploymentSummary" not in then
    assert "FailureReason" not in then


def test_an_update_that_finds_no_instances_leaves_the_endpoint_as_it_was(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str
) -> None:
    emulator.set_capacity(NEW, False)
    update(sagemaker, endpoint, configuration)
    then = settled(sagemaker, endpoint)
    emulator.set_capacity(NEW, True)
    assert (then["EndpointStatus"], then["EndpointConfigName"]) == ("InService", endpoint)
    assert "InsufficientInstanceCapacity" in then["FailureReason"]
    update(sagemaker, endpoint, configuration)
    assert "FailureReason" not in settled(sagemaker, endpoint)


def test_an_update_to_what_has_no_quota_is_refused(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str
) -> None:
    emulator.set_quota(NEW, 0)
    with pytest.raises(ClientError) as refused:
        update(sagemaker, endpoint, configuration)
    emulator.set_quota(NEW, 1)
    assert refused.value.response["Error"]["Code"] == "ResourceLimitExceeded"
    assert f"'{NEW} for endpoint usage' is 0 Instances" in message(refused)


def test_a_variant_that_is_scaled_keeps_its_instance_type(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str
) -> None:
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    scaling = emulator.client("application-autoscaling")
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
    with pytest.raises(ClientError) as refused:
        update(sagemaker, endpoint, configuration)
    assert "must be deregistered as scalable targets" in message(refused)
    scaling.deregister_scalable_target(**target)
    update(sagemaker, endpoint, configuration)


@pytest.mark.parametrize("wanted", ["an-unknown-one", None], ids=["to", "from"])
def test_both_configurations_of_an_update_have_to_exist(
    sagemaker: Any, endpoint: str, configuration: str, wanted: str | None
) -> None:
    if wanted is None:
        sagemaker.delete_endpoint_config(EndpointConfigName=endpoint)
    with pytest.raises(ClientError) as refused:
        update(sagemaker, endpoint, wanted or configuration)
    assert "Could not find endpoint configuration" in message(refused)
    if wanted is None:  # as the fixture left it
        variant = {"VariantName": "AllTraffic", "ModelName": endpoint, "InstanceType": OLD, "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(EndpointConfigName=endpoint, ProductionVariants=[variant])


def test_an_update_to_the_configuration_that_the_endpoint_has_is_refused(sagemaker: Any, endpoint: str) -> None:
    with pytest.raises(ClientError) as refused:
        update(sagemaker, endpoint, endpoint, RetainAllVariantProperties=True)
    assert "currently in use endpoint configuration" in message(refused)


@pytest.mark.parametrize(("retained", "count"), [(True, 3), (False, 1)])
def test_the_number_of_instances_is_kept_on_request(
    sagemaker: Any, endpoint: str, configuration: str, retained: bool, count: int
) -> None:
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=endpoint,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}],
    )
    update(sagemaker, endpoint, configuration, RetainAllVariantProperties=retained)
    assert settled(sagemaker, endpoint)["ProductionVariants"][0]["DesiredInstanceCount"] == count
