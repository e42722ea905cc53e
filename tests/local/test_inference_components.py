"""SageMaker's inference components in the emulator: what is refused, what a call meets, and which alarms move them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from genai_templates.local import Emulator, ModelOptions

ROLE = "arn:aws:iam::000000000000:role/stand-in"
NUMBERS = itertools.count(1)
KEY: Any = {
    "ServiceNamespace": "sagemaker",
    "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
}
WAKE: dict[str, Any] = {
    "MetricName": "NoCapacityInvocationFailures",
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "Threshold": 1,
    "EvaluationPeriods": 1,
    "Statistic": "Sum",
    "TreatMissingData": "notBreaching",
}
IDLE: dict[str, Any] = {
    "MetricName": "ConcurrentRequestsPerCopy",
    "ComparisonOperator": "LessThanThreshold",
    "Threshold": 0.01,
    "EvaluationPeriods": 10,
    "Statistic": "Maximum",
    "TreatMissingData": "notBreaching",
}


@pytest.fixture(autouse=True)
def at_once(emulator: Emulator) -> Iterator[None]:
    """A model wakes at once, and is ready at once, unless a test chooses otherwise."""
    yield
    emulator.use_model(ModelOptions())


def make_endpoint(emulator: Emulator, instance_type: str = "ml.g5.2xlarge", **variant: str) -> str:
    """Create an endpoint for components, or with a model if the variant names one, and return its name."""
    name = f"endpoint-{next(NUMBERS)}"
    sagemaker = emulator.client("sagemaker")
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "stand-in", "Environment": {}}
    )
    one = {"VariantName": "AllTraffic", "InstanceType": instance_type, "InitialInstanceCount": 1, **variant}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ExecutionRoleArn=ROLE, ProductionVariants=[one])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return name


def request_for(name: str, *, memory: int = 1024, accelerators: int = 1, copies: int = 1) -> dict[str, Any]:
    """Return the request for a component of the endpoint's name."""
    return {
        "InferenceComponentName": name,
        "EndpointName": name,
        "VariantName": "AllTraffic",
        "RuntimeConfig": {"CopyCount": copies},
        "Specification": {
            "ModelName": name,
            "ComputeResourceRequirements": {
                "MinMemoryRequiredInMb": memory,
                "NumberOfAcceleratorDevicesRequired": accelerators,
            },
        },
    }


@pytest.fixture
def component(emulator: Emulator) -> str:
    """A component, and the endpoint of its name."""
    name = make_endpoint(emulator)
    emulator.client("sagemaker").create_inference_component(**request_for(name))
    return name


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """Return code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return str(error["Code"]), str(error["Message"])


def invoke(emulator: Emulator, endpoint: str, **more: str) -> bytes:
    """Call the endpoint, as a rule with the name of a component."""
    runtime = emulator.client("sagemaker-runtime")
    body = b'{"inputs": "Hello"}'
    response = runtime.invoke_endpoint(EndpointName=endpoint, Body=body, ContentType="application/json", **more)
    return bytes(response["Body"].read())


def copies(emulator: Emulator, name: str) -> tuple[str, int, int]:
    """Return the component's status, and how many copies are wanted and run."""
    described = emulator.client("sagemaker").describe_inference_component(InferenceComponentName=name)
    config = described["RuntimeConfig"]
    return described["InferenceComponentStatus"], config["DesiredCopyCount"], config["CurrentCopyCount"]


def set_copies(emulator: Emulator, name: str, count: int) -> None:
    emulator.client("sagemaker").update_inference_component_runtime_config(
        InferenceComponentName=name, DesiredRuntimeConfig={"CopyCount": count}
    )


@pytest.mark.parametrize(
    ("instance_type", "request_of", "words"),
    [
        ("ml.g5.2xlarge", lambda name: request_for(name, copies=0), "at least 1"),
        ("ml.g5.xlarge", lambda name: request_for(name, memory=4096), "not have enough hardware resources"),
        ("ml.g5.2xlarge", lambda name: request_for(name, accelerators=2), "not have enough hardware resources"),
        ("ml.g5.2xlarge", lambda name: {**request_for(name), "EndpointName": "another"}, "Could not find endpoint"),
        ("ml.g5.2xlarge", lambda name: {**request_for(name), "VariantName": "another"}, "no variant"),
        ("ml.g5.2xlarge", lambda name: {**request_for(name), "Specification": {}}, "ModelName"),
    ],
)
def test_what_sagemaker_refuses_is_refused(
    emulator: Emulator, instance_type: str, request_of: Callable[[str], dict[str, Any]], words: str
) -> None:
    name = make_endpoint(emulator, instance_type)
    create = emulator.client("sagemaker").create_inference_component
    code, message = refusal(lambda: create(**request_of(name)))
    assert code == "ValidationException"
    assert words in message


@pytest.mark.parametrize(
    ("instance_type", "memory", "accelerators"), [("ml.g5.xlarge", 1024, 1), ("ml.g5.12xlarge", 4096, 4)]
)
def test_what_the_instance_has_is_given(emulator: Emulator, instance_type: str, memory: int, accelerators: int) -> None:
    name = make_endpoint(emulator, instance_type)
    request = request_for(name, memory=memory, accelerators=accelerators)
    emulator.client("sagemaker").create_inference_component(**request)
    assert copies(emulator, name) == ("InService", 1, 1)


def test_an_endpoint_with_a_model_takes_no_component_and_its_calls_name_none(emulator: Emulator) -> None:
    name = make_endpoint(emulator)
    with_model = make_endpoint(emulator, ModelName=name)
    create = emulator.client("sagemaker").create_inference_component
    request = {**request_for(with_model), "EndpointName": with_model}
    assert "has a model" in refusal(lambda: create(**request))[1]
    assert invoke(emulator, with_model)
    code, _ = refusal(lambda: invoke(emulator, with_model, InferenceComponentName=with_model))
    assert code == "ValidationError"


def test_an_endpoint_with_a_component_keeps_its_instance_type(emulator: Emulator, component: str) -> None:
    sagemaker, names = emulator.client("sagemaker"), {"ml.g5.4xlarge": "other", "ml.g5.2xlarge": "same"}
    for kind, name in names.items():
        variant = {"VariantName": "AllTraffic", "InstanceType": kind, "InitialInstanceCount": 2}
        sagemaker.create_endpoint_config(EndpointConfigName=name, ExecutionRoleArn=ROLE, ProductionVariants=[variant])
    change = functools.partial(sagemaker.update_endpoint, EndpointName=component)
    assert "instance types cannot be changed" in refusal(lambda: change(EndpointConfigName="other"))[1]
    assert change(EndpointConfigName="same")["EndpointArn"]


def test_a_configuration_without_models_needs_a_role(emulator: Emulator) -> None:
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 1}
    create = emulator.client("sagemaker").create_endpoint_config
    code, message = refusal(lambda: create(EndpointConfigName="without-role", ProductionVariants=[variant]))
    assert code == "ValidationException"
    assert "ExecutionRoleArn" in message


def test_a_call_names_the_component_and_finds_no_capacity_without_copies(emulator: Emulator, component: str) -> None:
    assert invoke(emulator, component, InferenceComponentName=component)
    assert "header is required" in refusal(lambda: invoke(emulator, component))[1]
    set_copies(emulator, component, 0)
    assert refusal(lambda: invoke(emulator, component, InferenceComponentName=component)) == (
        "ValidationError",
        "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if "
        "configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.",
    )
    set_copies(emulator, component, 1)
    assert invoke(emulator, component, InferenceComponentName=component)


def test_while_copies_start_the_component_is_neither_changed_nor_deleted(emulator: Emulator, component: str) -> None:
    set_copies(emulator, component, 0)
    emulator.use_model(ModelOptions(wake_seconds=3600))
    set_copies(emulator, component, 1)
    assert copies(emulator, component) == ("Updating", 1, 0)
    sagemaker = emulator.client("sagemaker")
    for change in (
        lambda: set_copies(emulator, component, 2),
        lambda: sagemaker.delete_inference_component(InferenceComponentName=component),
    ):
        assert refusal(change)[0] == "ValidationException"


def test_the_deletion_of_an_endpoint_leaves_its_components(emulator: Emulator, component: str) -> None:
    sagemaker = emulator.client("sagemaker")
    sagemaker.delete_endpoint(EndpointName=component)
    listed = sagemaker.list_inference_components(EndpointNameEquals=component)["InferenceComponents"]
    assert [each["InferenceComponentName"] for each in listed] == [component]
    sagemaker.delete_inference_component(InferenceComponentName=component)
    assert sagemaker.list_inference_components(NameContains=component)["InferenceComponents"] == []
    describe = sagemaker.describe_inference_component
    assert "Could not find" in refusal(lambda: describe(InferenceComponentName=component))[1]


def test_by_itself_it_falls_asleep_when_it_has_been_idle_for_as_long_as_chosen(
    emulator: Emulator, component: str
) -> None:
    add_scaling(emulator, component, change=0, alarm=IDLE)
    assert copies(emulator, component)[2] == 1
    emulator.use_model(ModelOptions(idle_seconds=0.000001))
    assert copies(emulator, component) == ("InService", 0, 0)


def add_scaling(emulator: Emulator, component: str, *, change: int, alarm: dict[str, Any]) -> None:
    """Let the component have 0 to 2 copies, and an alarm that sets their number."""
    scaling = emulator.client("application-autoscaling")
    key = {**KEY, "ResourceId": f"inference-component/{component}"}
    scaling.register_scalable_target(**key, MinCapacity=0, MaxCapacity=2)
    bound = "MetricIntervalUpperBound" if change == 0 else "MetricIntervalLowerBound"
    policy = scaling.put_scaling_policy(
        **key,
        PolicyName="set",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ExactCapacity",
            "StepAdjustments": [{bound: 0, "ScalingAdjustment": change}],
        },
    )
    dimensions = alarm.get("Dimensions", [{"Name": "InferenceComponentName", "Value": component}])
    emulator.client("cloudwatch").put_metric_alarm(
        AlarmName=component,
        Namespace="AWS/SageMaker",
        Period=60,
        AlarmActions=[policy["PolicyARN"]],
        **{**alarm, "Dimensions": dimensions},
    )


def play(emulator: Emulator, what: str, component: str) -> object:
    return emulator.control_request("POST", f"components/{what}", component=component)


@pytest.mark.parametrize(
    ("change", "wakes"),
    [
        ({}, True),
        ({"ComparisonOperator": "GreaterThanThreshold"}, False),
        ({"EvaluationPeriods": 2}, False),
        ({"EvaluationPeriods": 2, "DatapointsToAlarm": 1}, True),
        ({"MetricName": "Invocations"}, False),
        ({"Dimensions": [{"Name": "EndpointName", "Value": "another"}]}, False),
        ({"ActionsEnabled": False}, False),
    ],
)
def test_one_refused_call_wakes_it_by_an_alarm_that_one_is_enough_for(
    emulator: Emulator, component: str, change: dict[str, Any], wakes: bool
) -> None:
    set_copies(emulator, component, 0)
    add_scaling(emulator, component, change=1, alarm=WAKE | change)
    assert play(emulator, "refusals", component) == []
    refusal(lambda: invoke(emulator, component, InferenceComponentName=component))
    play(emulator, "refusals", component)
    assert copies(emulator, component)[1] == (1 if wakes else 0)


def test_an_idle_time_puts_it_to_sleep_and_leaves_one_alone_that_wakes(emulator: Emulator, component: str) -> None:
    add_scaling(emulator, component, change=0, alarm=IDLE)
    assert play(emulator, "idle", component) == [component]
    assert copies(emulator, component) == ("InService", 0, 0)
    emulator.use_model(ModelOptions(wake_seconds=3600))
    set_copies(emulator, component, 1)
    assert play(emulator, "idle", component) == []
    assert copies(emulator, component) == ("Updating", 1, 0)


def test_an_alarm_that_takes_missing_data_for_a_breach_undoes_the_waking(emulator: Emulator, component: str) -> None:
    add_scaling(emulator, component, change=0, alarm=IDLE | {"TreatMissingData": "breaching"})
    play(emulator, "idle", component)
    emulator.use_model(ModelOptions(wake_seconds=3600))
    set_copies(emulator, component, 1)
    play(emulator, "idle", component)
    assert copies(emulator, component)[1] == 0


def test_scaling_keeps_to_its_limits_and_to_components_that_there_are(emulator: Emulator, component: str) -> None:
    add_scaling(emulator, component, change=7, alarm=WAKE)
    set_copies(emulator, component, 0)
    refusal(lambda: invoke(emulator, component, InferenceComponentName=component))
    play(emulator, "refusals", component)
    assert copies(emulator, component)[1] == 2
    register = emulator.client("application-autoscaling").register_scalable_target
    key = {**KEY, "ResourceId": "inference-component/another"}
    assert refusal(lambda: register(**key, MinCapacity=0, MaxCapacity=1))[0] == "ValidationException"
