"""AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy, which ministack lacks: moto's, with names and ARNs.

docs/upstream/ministack/application-autoscaling.md
A target is registered for what there is, and a variant only while its endpoint is in service.
"""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend

from ..api_parameters import api_parameters
from ..sagemaker import call, call_autoscaling

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TARGET_TYPE = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY_TYPE = "AWS::ApplicationAutoScaling::ScalingPolicy"
_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")
# Any of these needs another resource. (CloudFormation user guide, of each type.)
_REPLACING = (*_KEY, "PolicyName", "ScalingTargetId")


def apply() -> None:
    """Have a policy that is put again keep its ARN."""
    # docs/upstream/moto-scaling-policy-arn.md
    put = ApplicationAutoscalingBackend.put_scaling_policy

    def put_keeping_arn(backend: Any, *arguments: Any, **named: Any) -> Any:
        arns = {key: policy.policy_arn for key, policy in backend.policies.items()}
        policy = put(backend, *arguments, **named)
        key = next(key for key, each in backend.policies.items() if each is policy)
        policy.policy_arn = arns.get(key, policy.policy_arn)
        return policy

    setattr(ApplicationAutoscalingBackend, "put_scaling_policy", put_keeping_arn)  # noqa: B010


def _create_target(logical_id: str, props: Properties, stack_name: str) -> Created:
    if int(props["MinCapacity"]) > int(props["MaxCapacity"]):
        raise ValueError("Maximum capacity cannot be less than minimum capacity")
    _check_variant(props["ResourceId"])
    limits = {name: int(props[name]) for name in ("MinCapacity", "MaxCapacity")}
    call_autoscaling("RegisterScalableTarget", **_key(props), **limits)
    identifier = "|".join((props["ResourceId"], props["ScalableDimension"], props["ServiceNamespace"]))
    return identifier, {"Id": identifier}


def _check_variant(resource_id: str) -> None:
    match resource_id.split("/"):
        case ["endpoint", name, "variant", variant]:
            endpoint = call("DescribeEndpoint", EndpointName=name)
            if endpoint["EndpointStatus"] != "InService":
                raise ValueError(f"The endpoint {name} is {endpoint['EndpointStatus']}; it must be InService")
            if variant not in [each["VariantName"] for each in endpoint["ProductionVariants"]]:
                raise ValueError(f"The endpoint {name} has no variant {variant}")


def _update_target(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _create_target("", new, stack_name)


def _delete_target(physical_id: str, props: Properties) -> None:
    call_autoscaling("DeregisterScalableTarget", **_key_of(physical_id))


def _create_policy(logical_id: str, props: Properties, stack_name: str) -> Created:
    key = _key_of(props["ScalingTargetId"]) if "ScalingTargetId" in props else _key(props)
    if not call_autoscaling("DescribeScalableTargets", **_filter(key))["ScalableTargets"]:
        raise ValueError(f"No scalable target registered for {' '.join(key.values())}")
    settings = {name: value for name, value in props.items() if name != "ScalingTargetId"} | key
    parameters = api_parameters("application-autoscaling", "PutScalingPolicy", settings)
    arn = call_autoscaling("PutScalingPolicy", **parameters)["PolicyARN"]
    return arn, {"Arn": arn, "ScalableDimension": key["ScalableDimension"]}


def _update_policy(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    return _create_policy("", new, stack_name)


def _delete_policy(physical_id: str, props: Properties) -> None:
    key = _key_of(props["ScalingTargetId"]) if "ScalingTargetId" in props else _key(props)
    call_autoscaling("DeleteScalingPolicy", **key, PolicyName=props["PolicyName"])


def _key(props: Properties) -> dict[str, str]:
    return {name: props[name] for name in _KEY}


def _key_of(target: str) -> dict[str, str]:
    resource_id, dimension, namespace = target.split("|")
    return dict(zip(_KEY, (namespace, resource_id, dimension), strict=True))


def _filter(key: dict[str, str]) -> dict[str, Any]:
    return {
        "ServiceNamespace": key["ServiceNamespace"],
        "ScalableDimension": key["ScalableDimension"],
        "ResourceIds": [key["ResourceId"]],
    }


TARGET_HANDLERS = {"create": _create_target, "update": _update_target, "delete": _delete_target}
POLICY_HANDLERS = {"create": _create_policy, "update": _update_policy, "delete": _delete_policy}
