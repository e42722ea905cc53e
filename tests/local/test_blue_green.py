"""Updates of endpoints in steps: what SageMaker takes as a policy, what it shows meanwhile, and what ends it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator
from tests.waiting import until

HALF = {"Type": "CAPACITY_PERCENT", "Value": 50}
ALL = {"Type": "CAPACITY_PERCENT", "Value": 100}
ONE = {"Type": "INSTANCE_COUNT", "Value": 1}


@pytest.fixture
def sagemaker(emulator: Emulator) -> Iterator[Any]:
    yield emulator.client("sagemaker")
    emulator.set_update_time(0.5)


@pytest.fixture
def configuration(sagemaker: Any, endpoint: str) -> Iterator[str]:
    """A configuration of the endpoint's model with four instances."""
    name = f"{endpoint}-new"
    variant = {"VariantName": "AllTraffic", "ModelName": endpoint, "InstanceType": "ml.g5.4xlarge"}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 4}]
    )
    yield name
    settled(sagemaker, endpoint)
    sagemaker.delete_endpoint_config(EndpointConfigName=name)


@pytest.fixture
def alarm(emulator: Emulator) -> Iterator[str]:
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="rollout",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    yield "rollout"
    cloudwatch.delete_alarms(AlarmNames=["rollout"])


def settled(sagemaker: Any, endpoint: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        described: dict[str, Any] = sagemaker.describe_endpoint(EndpointName=endpoint)
        return None if described["EndpointStatus"] == "Updating" else described

    return until(look)


def policy(*, alarms: tuple[str, ...] = (), longest: int = 3600, **routing: Any) -> dict[str, Any]:
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"WaitIntervalInSeconds": 300, **routing},
            "TerminationWaitInSeconds": 60,
            "MaximumExecutionTimeoutInSeconds": longest,
        },
        **({"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]}} if alarms else {}),
    }


def update(sagemaker: Any, endpoint: str, configuration: str, deployment: dict[str, Any]) -> None:
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=configuration, DeploymentConfig=deployment)


@pytest.mark.parametrize(
    ("deployment", "reason"),
    [
        (policy(Type="ALL_AT_ONCE", alarms=("nowhere",)), "Could not find the alarm nowhere"),
        (policy(Type="CANARY"), "needs CanarySize"),
        (policy(Type="CANARY", CanarySize=ALL), "must be 0% to 50%"),
        (policy(Type="LINEAR", LinearStepSize={"Type": "INSTANCE_COUNT", "Value": 3}), "must be 10% to 50%"),
        (
            policy(Type="LINEAR", LinearStepSize=ONE, longest=1200),
            "must be more than the waits, which are 1260 seconds",
        ),
    ],
)
def test_a_policy_that_cannot_work_is_refused(
    sagemaker: Any, endpoint: str, configuration: str, deployment: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason):
        update(sagemaker, endpoint, configuration, deployment)


@pytest.mark.parametrize(
    ("routing", "weights"),
    [
        ({"Type": "ALL_AT_ONCE"}, [0.0, 1.0]),
        ({"Type": "CANARY", "CanarySize": ONE}, [0.0, 0.25, 1.0]),
        ({"Type": "LINEAR", "LinearStepSize": ONE}, [0.0, 0.25, 0.5, 0.75, 1.0]),
    ],
)
def test_requests_shift_to_the_new_instances_in_steps_that_bake(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str, routing: dict[str, Any], weights: list[float]
) -> None:
    emulator.set_update_time(2)
    update(sagemaker, endpoint, configuration, policy(**routing))
    seen: dict[float, set[str]] = {}

    def look() -> bool:
        summary = sagemaker.describe_endpoint(EndpointName=endpoint).get("PendingDeploymentSummary")
        for variant in (summary or {}).get("ProductionVariants", ()):
            seen.setdefault(variant["CurrentWeight"], set()).add(variant["VariantStatus"][0]["Status"])
        return summary is None

    until(lambda: look() or None)
    assert set(seen) <= set(weights)
    assert list(seen) == sorted(seen)
    assert seen[0.0] == {"Creating"}
    assert any("Baking" in statuses for statuses in seen.values())
    assert settled(sagemaker, endpoint)["EndpointConfigName"] == configuration


def test_an_alarm_takes_an_update_back_and_the_next_one_goes_through(
    emulator: Emulator, sagemaker: Any, endpoint: str, configuration: str, alarm: str
) -> None:
    emulator.set_update_time(1)
    update(sagemaker, endpoint, configuration, policy(Type="ALL_AT_ONCE", alarms=(alarm,)))
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="errors")
    described = settled(sagemaker, endpoint)
    assert described["EndpointStatus"] == "InService"
    assert described["EndpointConfigName"] == endpoint
    assert alarm in described["FailureReason"]
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="none")
    update(sagemaker, endpoint, configuration, policy(Type="ALL_AT_ONCE"))
    assert "FailureReason" not in settled(sagemaker, endpoint)
