"""How large the endpoints of a template are: on which instances, how many while nobody uses them, and at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .template_values import TemplateValues

_INSTANCES = "sagemaker:variant:DesiredInstanceCount"


class EndpointSize(NamedTuple):
    """The instance type of an endpoint, the first where it may fall back to others, and its numbers of instances."""

    instance_type: str
    idle: int
    most: int

    @property
    def sleeps(self) -> bool:
        """Whether there is no instance while nobody uses the endpoint."""
        return self.idle == 0


def endpoint_sizes(values: TemplateValues) -> Iterator[EndpointSize]:
    """Yield the size of each endpoint that the stack makes, as a resource or by its notebook."""
    for _, janitor in values.resources("Custom::ModelJanitor"):
        yield EndpointSize(str(values.value(janitor["Properties"]["InstanceTypes"][0])), 1, 1)
    for _, endpoint in values.resources("AWS::SageMaker::Endpoint"):
        config = values.template["Resources"][_referred(endpoint["Properties"]["EndpointConfigName"])]
        yield _size(values, config["Properties"]["ProductionVariants"][0])


def _size(values: TemplateValues, variant: Mapping[str, Any]) -> EndpointSize:
    first = values.value(variant.get("InstanceType") or variant["InstancePools"][0]["InstanceType"])
    managed = variant.get("ManagedInstanceScaling")
    if managed:
        idle, most = values.number(managed["MinInstanceCount"]), values.number(managed["MaxInstanceCount"])
    else:
        idle = most = values.number(variant["InitialInstanceCount"])
        for _, target in values.resources("AWS::ApplicationAutoScaling::ScalableTarget"):
            if target["Properties"]["ScalableDimension"] == _INSTANCES:
                idle, most = (values.number(target["Properties"][f"{each}Capacity"]) for each in ("Min", "Max"))
    return EndpointSize(str(first), idle, most)


def _referred(reference: Mapping[str, Any]) -> str:
    """Return the logical id that a Ref or an attribute is of."""
    return str(reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0])
