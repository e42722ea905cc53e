"""The model of a stack: where it is, and whether it generates now, sleeps, or is paused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ...costs.template_values import TemplateValues
from ..account import Account
from ..cloudformation.stacks import StackDescription
from ..endpoints import (
    ComponentDescription,
    EndpointDescription,
    describe_component,
    describe_endpoint,
    endpoint_name,
    made_name,
)
from ..failures import translated
from .look_up import LookUp

_ENDPOINT, _COMPONENT = "AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent"
_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_FAILED = {"Failed", "OutOfService", "UpdateRollbackFailed"}
_BACKLOG_MINUTES = 5
_MODEL_OUTPUT = "ModelId"
"""The output of a stack whose model has no endpoint, but an id by which it is called."""


@dataclass(frozen=True, kw_only=True)
class ModelDescription:
    """The model of a stack.

    ``endpoint_name`` is empty where there is none to be, because the model is called by its id on Amazon Bedrock.
    ``is_paused`` is whether the stack has no endpoint by choice. ``scaling`` are the least and the most of instances or
    copies, and ``backlog`` how many requests wait, where the endpoint has a queue and CloudWatch knows.
    """

    model_id: str
    endpoint_name: str
    endpoint: EndpointDescription | None = None
    is_paused: bool = False
    component: ComponentDescription | None = None
    scaling: tuple[int, int] | None = None
    backlog: int | None = None

    @property
    def state(self) -> str:
        """One of ready, starting, asleep, waking, paused, failed and missing, as the application says it too."""
        if not self.endpoint_name:
            return "ready"
        if self.endpoint is None:
            return "paused" if self.is_paused else "missing"
        if self.endpoint.status in _FAILED or (self.component and self.component.status in _FAILED):
            return "failed"
        if self.endpoint.status != "InService":
            return "starting"
        sleeper = self.component or (self.endpoint if self.endpoint.is_asynchronous else None)
        if sleeper is None or sleeper.current:
            return "ready"
        return "waking" if sleeper.desired else "asleep"


def describe_model(
    account: Account, stack: StackDescription, template: Mapping[str, Any], look_up: LookUp
) -> ModelDescription:
    """Return the model of a stack, as its template and the account have it. Raises AwsError but for permissions."""
    values = TemplateValues(template, {**stack.parameters, "AWS::Region": account.region})
    if _MODEL_OUTPUT in template.get("Outputs", {}):
        return ModelDescription(model_id=stack.outputs.get(_MODEL_OUTPUT) or model_id(values), endpoint_name="")
    name = endpoint_name(stack, template)
    component = made_name(_COMPONENT, "InferenceComponentName", stack, template)
    endpoint = look_up("endpoint", lambda: describe_endpoint(account, name), None)
    has_component = any(values.resources(_COMPONENT))
    return ModelDescription(
        model_id=model_id(values),
        endpoint_name=name,
        endpoint=endpoint,
        is_paused=_is_paused(values),
        component=look_up("component", lambda: describe_component(account, component), None) if has_component else None,
        scaling=_scaling(values),
        backlog=look_up("backlog", lambda: _backlog(account, name), None)
        if endpoint and endpoint.is_asynchronous
        else None,
    )


def model_id(values: TemplateValues) -> str:
    """Return the model's id from the page's settings, which every template of ours has."""
    for _, publisher in values.resources("Custom::SitePublisher"):
        settings = publisher.get("Properties", {}).get("Config", "")
        found = re.search(r'"model": "([^"]+)"', str(settings))
        if found and found[1] == "${model}":
            return str(values.value(settings["Fn::Sub"][1]["model"]))
        return found[1] if found else ""
    return ""


def _is_paused(values: TemplateValues) -> bool:
    """Whether the template has an endpoint that is not made with these parameters."""
    has_one = any(each["Type"] == _ENDPOINT for each in values.template.get("Resources", {}).values())
    return has_one and not any(values.resources(_ENDPOINT))


def _scaling(values: TemplateValues) -> tuple[int, int] | None:
    for _, target in values.resources(_TARGET):
        least, most = (str(values.value(target["Properties"][f"{each}Capacity"])) for each in ("Min", "Max"))
        if least.isdecimal() and most.isdecimal():  # in a template of somebody else they may be anything
            return int(least), int(most)
    return None


def _backlog(account: Account, name: str) -> int | None:
    now = datetime.now(UTC)
    with translated():
        found = account.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName="ApproximateBacklogSize",
            Dimensions=[{"Name": "EndpointName", "Value": name}],
            StartTime=now - timedelta(minutes=_BACKLOG_MINUTES),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
    return int(max(found, key=lambda point: point["Timestamp"])["Maximum"]) if found else None
