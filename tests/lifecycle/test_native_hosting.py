"""An endpoint that is a resource: made, called, updated beside what serves, taken back, scaled and deleted.

The tests of the text stack follow its life: each begins with what the one before it left.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from genai_templates import Hosting, ImageStack
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.packaging.artifacts import make_inline_artifacts
from tests.lifecycle.jobs import PROMPT, made
from tests.lifecycle.stacks import failure_of, models_in_account, own_names, scaled_endpoints

TYPES = ("AWS::SageMaker::", "AWS::ApplicationAutoScaling::")


@pytest.fixture(scope="module")
def others(emulator: Emulator) -> set[str]:
    """What the account had before the stack: what other tests left there."""
    return models_in_account(emulator.client)


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., EmulatedStack], others: set[str]) -> EmulatedStack:
    """A text stack with one instance."""
    created = make_stack("text", Hosting.NATIVE)
    created.create()
    return created


def endpoint(stack: EmulatedStack) -> dict[str, Any]:
    """Return SageMaker's description of the endpoint."""
    described: dict[str, Any] = stack.client("sagemaker").describe_endpoint(EndpointName=stack.outputs["EndpointName"])
    return described


def variant(stack: EmulatedStack) -> dict[str, Any]:
    """Return the variant of the configuration that serves."""
    config = endpoint(stack)["EndpointConfigName"]
    described = stack.client("sagemaker").describe_endpoint_config(EndpointConfigName=config)
    found: dict[str, Any] = described["ProductionVariants"][0]
    return found


def targets(stack: EmulatedStack) -> list[tuple[int, int]]:
    """Return the limits between which the endpoint scales, if it does."""
    scaling = stack.client("application-autoscaling")
    name = f"endpoint/{stack.outputs['EndpointName']}/variant/AllTraffic"
    found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[name])["ScalableTargets"]
    return [(each["MinCapacity"], each["MaxCapacity"]) for each in found]


def followed(stack: EmulatedStack) -> list[float]:
    """Return what the endpoint's policies keep to."""
    scaling = stack.client("application-autoscaling")
    policies = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    return [each["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for each in policies]


def failed_since(stack: EmulatedStack, change: Callable[[], object]) -> tuple[str, str]:
    """Return the first resource that a change fails at, and the reason, after it has been rolled back."""
    before = len(stack.events)
    assert failure_of(change).status == "UPDATE_ROLLBACK_COMPLETE"
    failed = [event for event in stack.events[before:] if event.status == "UPDATE_FAILED"]
    return failed[0].logical_id, failed[0].reason


def test_the_model_responds_when_the_stack_is_complete(stack: EmulatedStack) -> None:
    assert stack.call("GET", "/status").json()["ready"] is True
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    model = stack.client("sagemaker").describe_model(ModelName=variant(stack)["ModelName"])
    assert model["EnableNetworkIsolation"] is True
    assert model["PrimaryContainer"]["Image"].startswith("763104351884.dkr.ecr.us-east-1.amazonaws.com/")
    assert targets(stack) == []


def test_another_instance_type_comes_up_and_takes_over(stack: EmulatedStack) -> None:
    before = endpoint(stack)["EndpointConfigName"]
    stack.update(InstanceType="ml.g5.4xlarge")
    assert variant(stack)["InstanceType"] == "ml.g5.4xlarge"
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200
    left = stack.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
    assert before not in [config["EndpointConfigName"] for config in left]


@pytest.mark.parametrize("alarm", ["RolloutErrors", "RolloutLatency"])
def test_an_alarm_takes_an_update_back(stack: EmulatedStack, alarm: str) -> None:
    name, cloudwatch = stack.resources[alarm], stack.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="The new instances fail")
    failed, reason = failed_since(stack, lambda: stack.update(InstanceType="ml.g5.8xlarge"))
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="They are gone")
    assert failed == "Endpoint"
    assert name in reason
    assert variant(stack)["InstanceType"] == "ml.g5.4xlarge"
    watched = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["Dimensions"]
    assert endpoint(stack)["EndpointConfigName"] in [dimension["Value"] for dimension in watched]
    assert stack.call("POST", "/generate", {"prompt": "Hello"}).status == 200


def test_instances_that_aws_does_not_have_leave_the_old_ones(stack: EmulatedStack) -> None:
    stack.emulator.set_capacity("ml.g5.8xlarge", False)
    failed, reason = failed_since(stack, lambda: stack.update(InstanceType="ml.g5.8xlarge"))
    stack.emulator.set_capacity("ml.g5.8xlarge", True)
    assert failed == "Endpoint"
    assert "InsufficientInstanceCapacity" in reason
    assert variant(stack)["InstanceType"] == "ml.g5.4xlarge"


def test_more_instances_at_most_than_at_least_have_the_endpoint_scale(stack: EmulatedStack) -> None:
    stack.update(MaxInstances="3")
    assert targets(stack) == [(1, 3)]
    assert followed(stack) == [4]
    stack.update(RequestsPerInstance="2")
    assert followed(stack) == [2]


def test_an_update_keeps_the_instances_that_scaling_has_brought(stack: EmulatedStack) -> None:
    wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": 3}]
    stack.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=stack.outputs["EndpointName"], DesiredWeightsAndCapacities=wanted
    )
    stack.update(RolloutWaitSeconds="60")
    assert endpoint(stack)["ProductionVariants"][0]["DesiredInstanceCount"] == 3


def test_the_type_of_instances_that_scale_is_changed_in_two_updates(stack: EmulatedStack) -> None:
    failed, reason = failed_since(stack, lambda: stack.update(InstanceType="ml.g5.2xlarge"))
    assert failed == "Endpoint"
    assert "deregistered" in reason
    assert targets(stack) == [(1, 3)]

    stack.update(MaxInstances="1")
    assert targets(stack) == []
    stack.update(InstanceType="ml.g5.2xlarge", MaxInstances="2")
    assert variant(stack)["InstanceType"] == "ml.g5.2xlarge"
    assert targets(stack) == [(1, 2)]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"MinInstances": "3", "MaxInstances": "2"}, "MaxInstances must not be less"),
        ({"RolloutKind": "CANARY"}, "give MinInstances of 2 or more"),
    ],
)
def test_numbers_that_cannot_work_are_refused_before_anything_changes(
    stack: EmulatedStack, parameters: dict[str, str], reason: str
) -> None:
    before = len(stack.events)
    assert reason in str(failure_of(lambda: stack.update(**parameters)))
    assert len(stack.events) == before


def test_a_deletion_leaves_nothing(stack: EmulatedStack, others: set[str]) -> None:
    kinds = {event.logical_id for event in stack.events if event.kind.startswith(TYPES)}
    scaled, own, before = targets(stack), own_names(stack), len(stack.events)
    assert len(own & models_in_account(stack.client)) == 3
    stack.delete()
    assert scaled
    assert {"Endpoint", "EndpointConfig", "FollowRequests", "Model", "ScalableTarget"} <= kinds
    assert models_in_account(stack.client) <= others
    assert not own & scaled_endpoints(stack)
    deleted = [event.logical_id for event in stack.events[before:] if event.status == "DELETE_COMPLETE"]
    order = [
        deleted.index(each) for each in ("FollowRequests", "ScalableTarget", "Endpoint", "EndpointConfig", "Model")
    ]
    assert order == sorted(order)
    report = stack.permissions()
    assert (report.refused, report.unused) == ((), {}), report.lines()


def test_a_region_without_the_container_is_refused_before_anything_is_made(
    make_stack: Callable[..., EmulatedStack],
) -> None:
    elsewhere = make_stack("text", Hosting.NATIVE)
    document = json.loads(str(elsewhere.template))
    document["Rules"]["RegionHasModel"]["Assertions"][0]["Assert"]["Fn::Contains"][0].remove("us-east-1")
    elsewhere.template = json.dumps(document)
    assert "is not in this region" in str(failure_of(elsewhere.create))


def test_pictures_come_from_the_second_instance_type_and_canaries_go_first(emulator: Emulator) -> None:
    template = ImageStack(
        hosting=Hosting.NATIVE,
        fallback_instance_types=("ml.g5.4xlarge",),
        artifacts=make_inline_artifacts(APPS["image"]),
    ).to_json()
    numbers = {"MinInstances": "2", "MaxInstances": "4", "RolloutKind": "CANARY"}
    with EmulatedStack(template, "image-native", numbers, emulator=emulator) as stack:
        assert [pool["InstanceType"] for pool in variant(stack)["InstancePools"]] == ["ml.g5.2xlarge", "ml.g5.4xlarge"]
        assert made(stack, {**PROMPT, "num_images": 4})["status"] == "SUCCEEDED"
        stack.update(RolloutKind="LINEAR", RolloutWaitSeconds="600")
        assert endpoint(stack)["EndpointStatus"] == "InService"
