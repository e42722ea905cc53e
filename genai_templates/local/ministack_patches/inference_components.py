"""SageMaker's inference components, which moto lacks: their operations, calls of them, and their scaling.

Checked as SageMaker does it: a component is made on an endpoint in service whose variant has no model, with at least
one copy, and asks for no more than the instance has. From then on an update can take it to no copy, and back, which
takes ``ModelOptions.wake_seconds``. While it is being made or updated it is neither updated nor deleted, and the
deletion of its endpoint leaves it. Its endpoint keeps its instance types; in which words SageMaker refuses others is
not documented. A call that finds no copy is refused, and counted for the alarm that wakes it.

docs/upstream/ministack/sagemaker-inference-components.md
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import Enum
from typing import Any

from ministack.core import iam_evaluator
from moto.applicationautoscaling import models as autoscaling
from moto.applicationautoscaling import responses as autoscaling_responses
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.sagemaker import models
from moto.sagemaker.exceptions import ValidationError

from ..invoke_endpoint import HttpResponse, access_denied, call_refused
from .alarm_scaling import CAPACITIES, Capacity, Metric, play_alarms
from .control import add_control_route
from .endpoint_updates import VARIANT_CHECKS
from .inference_component import InferenceComponent, check_specification
from .permissions import check_role
from .sagemaker import ADDED_OPERATIONS, INVOCATION_CHECKS, REQUEST_CHECKS, RUNTIME, Refused, call

Properties = dict[str, Any]
_DIMENSION = "sagemaker:inference-component:DesiredCopyCount"
_HEADER = "x-amzn-sagemaker-inference-component"
_LONG = 1440  # periods: more than any alarm looks at
_NO_CAPACITY = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if "
    "configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
)
_NAMELESS = (
    "Inference Component Name header is required for endpoints to which you plan to deploy inference components."
)
_COMPONENTS: dict[str, InferenceComponent] = {}


def apply() -> None:
    """Add the operations, what a call of an endpoint meets, and the scaling of copies."""
    ADDED_OPERATIONS.update(
        CreateInferenceComponent=_create,
        DeleteInferenceComponent=_delete,
        DescribeInferenceComponent=lambda request: _find(request).described(),
        ListInferenceComponents=_list,
        UpdateInferenceComponent=_update,
        UpdateInferenceComponentRuntimeConfig=_update_copies,
    )
    REQUEST_CHECKS["CreateEndpointConfig"] = _check_endpoint_config
    INVOCATION_CHECKS.append(_check_call)
    VARIANT_CHECKS.append(_check_instance_types)
    CAPACITIES[_DIMENSION] = Capacity(
        lambda name: _COMPONENTS[name].copies, lambda name, copies: _COMPONENTS[name].set_copies(copies)
    )
    add_control_route("POST", "components/idle", lambda component: _play_idle(_COMPONENTS[component]))
    add_control_route("POST", "components/refusals", lambda component: _play_refusals(_COMPONENTS[component]))
    _patch_moto()


def _patch_moto() -> None:
    """Have moto take variants without a model, and scale the copies of components that there are."""
    validate_variants = models.SageMakerModelBackend.validate_production_variants
    register = autoscaling.ApplicationAutoscalingBackend.register_scalable_target

    def validate_variants_with_model(self: Any, variants: list[Properties]) -> None:
        validate_variants(self, [each for each in variants if "ModelName" in each])

    def register_existing(self: Any, namespace: str, resource_id: str, dimension: str, *more: Any, **named: Any) -> Any:
        if dimension == _DIMENSION and resource_id.partition("/")[2] not in _COMPONENTS:
            raise AWSValidationException(f"No inference component found for resource ID: {resource_id}")
        return register(self, namespace, resource_id, dimension, *more, **named)

    known = {each.name: each.value for each in autoscaling.ScalableDimensionValueSet}
    dimensions = Enum("Dimensions", {**known, "SAGEMAKER_INFERENCE_COMPONENT_DESIRED_COPY_COUNT": _DIMENSION})  # type: ignore[misc]
    for module in (autoscaling, autoscaling_responses):
        setattr(module, "ScalableDimensionValueSet", dimensions)  # noqa: B010
    setattr(autoscaling.ApplicationAutoscalingBackend, "register_scalable_target", register_existing)  # noqa: B010
    setattr(models.SageMakerModelBackend, "validate_production_variants", validate_variants_with_model)  # noqa: B010


def _check_endpoint_config(request: Mapping[str, Any]) -> None:
    nameless = [each for each in request.get("ProductionVariants", ()) if "ModelName" not in each]
    if nameless and "ExecutionRoleArn" not in request:
        raise Refused("ExecutionRoleArn is required for an endpoint configuration whose variants have no ModelName.")


def _create(request: Mapping[str, Any]) -> Properties:
    name = request["InferenceComponentName"]
    if name in _COMPONENTS:
        raise Refused(f'Cannot create already existing inference component "{_COMPONENTS[name].arn}".')
    variant = _variant(request["EndpointName"], request.get("VariantName", ""))
    specification = check_specification(request, _instance_types(variant))
    _check_models(specification)
    copies = int(request.get("RuntimeConfig", {}).get("CopyCount", 0))
    if copies < 1:
        raise Refused("CopyCount must be at least 1 when an inference component is created.")
    component = InferenceComponent(name, request["EndpointName"], variant["VariantName"], specification, copies)
    _COMPONENTS[name] = component
    return {"InferenceComponentArn": component.arn}


def _variant(endpoint: str, name: str) -> Properties:
    """Return the variant of an endpoint that a component can be made on; raises Refused."""
    described = call("DescribeEndpoint", EndpointName=endpoint)
    if described["EndpointStatus"] not in ("InService", "Updating"):
        raise Refused(f"Endpoint {endpoint} is {described['EndpointStatus']}: it takes no inference component.")
    configuration = call("DescribeEndpointConfig", EndpointConfigName=described["EndpointConfigName"])
    for variant in configuration["ProductionVariants"]:
        if variant["VariantName"] == name:
            if "ModelName" in variant:
                raise Refused(f"Variant {name} of endpoint {endpoint} has a model: it takes no inference component.")
            return dict(variant)
    raise Refused(f"Endpoint {endpoint} has no variant {name!r}.")


def _instance_types(variant: Mapping[str, Any]) -> list[str]:
    pools = [str(each["InstanceType"]) for each in variant.get("InstancePools", ())]
    return pools or [str(variant["InstanceType"])]


def _check_instance_types(endpoint: str, before: list[Properties], after: list[Properties]) -> None:
    """Refuse other instance types for an endpoint that has components."""
    if all(component.endpoint != endpoint for component in _COMPONENTS.values()):
        return
    if [_instance_types(variant) for variant in before] != [_instance_types(variant) for variant in after]:
        raise ValidationError(f"Endpoint {endpoint} has inference components: its instance types cannot be changed.")


def _check_models(specification: Mapping[str, Any]) -> None:
    for each in (specification.get("Specification", {}), *specification.get("Specifications", ())):
        if "ModelName" in each:
            call("DescribeModel", ModelName=each["ModelName"])


def _find(request: Mapping[str, Any]) -> InferenceComponent:
    """Return the component of a request, asleep if its time to fall asleep has come; raises Refused without one."""
    name = request["InferenceComponentName"]
    if name not in _COMPONENTS:
        raise Refused(f'Could not find inference component "{name}".')
    component = _COMPONENTS[name]
    if RUNTIME.idle_seconds and component.running and time.time() - component.used_at >= RUNTIME.idle_seconds:
        _play_idle(component)
    return component


def _find_settled(request: Mapping[str, Any]) -> InferenceComponent:
    component = _find(request)
    if component.status in ("Creating", "Updating"):
        raise Refused(f"Inference component {component.name} is {component.status}; try again when it is InService.")
    return component


def _delete(request: Mapping[str, Any]) -> Properties:
    del _COMPONENTS[_find_settled(request).name]
    return {}


def _list(request: Mapping[str, Any]) -> Properties:
    filters = {"EndpointNameEquals": "EndpointName", "StatusEquals": "InferenceComponentStatus"}
    found = [each.described() for each in _COMPONENTS.values() if request.get("NameContains", "") in each.name]
    for given, name in filters.items():
        found = [each for each in found if request.get(given, each[name]) == each[name]]
    left_out = ("RuntimeConfig", "Specification", "Specifications")
    return {"InferenceComponents": [{k: v for k, v in each.items() if k not in left_out} for each in found]}


def _update(request: Mapping[str, Any]) -> Properties:
    component = _find_settled(request)
    if "Specification" in request or "Specifications" in request:
        variant = _variant(component.endpoint, component.variant)
        component.specification = check_specification(request, _instance_types(variant))
        _check_models(component.specification)
    if "RuntimeConfig" in request:
        component.set_copies(int(request["RuntimeConfig"]["CopyCount"]))
    return {"InferenceComponentArn": component.arn}


def _update_copies(request: Mapping[str, Any]) -> Properties:
    component = _find_settled(request)
    component.set_copies(int(request["DesiredRuntimeConfig"]["CopyCount"]))
    return {"InferenceComponentArn": component.arn}


def _check_call(endpoint: Mapping[str, Any], headers: Mapping[str, str]) -> HttpResponse | None:
    """Return the refusal of a call of this endpoint, or None when it is to be served."""
    configuration = call("DescribeEndpointConfig", EndpointConfigName=endpoint["EndpointConfigName"])
    takes_components = all("ModelName" not in variant for variant in configuration["ProductionVariants"])
    name = headers.get(_HEADER, "")
    if takes_components != bool(name):
        return call_refused(_NAMELESS if takes_components else _NAMELESS.replace("required", "not allowed"))
    if not name:
        return None
    component = _COMPONENTS.get(name)
    if component is None or component.endpoint != endpoint["EndpointName"]:
        return call_refused(f"Inference Component {name} of endpoint {endpoint['EndpointName']} not found.")
    if refused := _refused_role(component):
        return access_denied("sagemaker:InvokeEndpoint", refused, component.arn)
    return _serve(_find({"InferenceComponentName": name}))


def _refused_role(component: InferenceComponent) -> str:
    """Return the caller if it is a role that may not call the component: the endpoint has been checked by then."""
    caller = iam_evaluator.caller_arn()
    if ":assumed-role/" not in caller:
        return ""
    role = caller.split("/")[1]
    return caller if check_role(role, ["sagemaker:InvokeEndpoint"], component.arn) else ""


def _serve(component: InferenceComponent) -> HttpResponse | None:
    if component.running:
        component.used_at = time.time()
        return None
    component.refused_calls += 1
    return call_refused(_NO_CAPACITY)


def _play_idle(component: InferenceComponent) -> list[str]:
    """Play a time without requests, longer than any alarm looks at; a component without copies has no such metric."""
    latest = [0.0] * _LONG if component.running else []
    return play_alarms(_metric(component, "ConcurrentRequestsPerCopy", latest))


def _play_refusals(component: InferenceComponent) -> list[str]:
    """Play the minute in which the calls were refused that have been since the last time."""
    count, component.refused_calls = component.refused_calls, 0
    return play_alarms(_metric(component, "NoCapacityInvocationFailures", [float(count)] if count else []))


def _metric(component: InferenceComponent, name: str, latest: list[float]) -> Metric:
    return Metric("AWS/SageMaker", name, {"InferenceComponentName": component.name}, latest)
