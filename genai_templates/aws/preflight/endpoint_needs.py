"""What the endpoints of a template need: the instance types in their order, and how many instances when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...costs.endpoint_size import endpoint_sizes
from ...costs.template_values import TemplateValues

_ENDPOINT, _JANITOR = "AWS::SageMaker::Endpoint", "Custom::ModelJanitor"
# What the instances of an endpoint follow from; the rest of a janitor is about the notebook.
_OF_THE_ENDPOINT = {
    "AWS::SageMaker::EndpointConfig": ("ProductionVariants", "AsyncInferenceConfig"),
    "AWS::SageMaker::Model": ("PrimaryContainer",),
    _JANITOR: ("ModelId", "ModelVersion", "InstanceTypes", "Environment"),
}


class EndpointNeed(NamedTuple):
    """The instance types of an endpoint in the order in which they are tried, and its instances.

    ``first`` is with how many it is made, ``most`` to how many it may grow. ``updated`` is how many there are while an
    update is under way: the new instances come beside the old ones (blue/green); 0 for one that is changed in place.
    """

    instance_types: tuple[str, ...]
    first: int
    most: int
    updated: int


def endpoint_needs(values: TemplateValues) -> Iterator[EndpointNeed]:
    """Yield what each endpoint needs that the stack makes with these values of its parameters."""
    for needed, size in zip(_without_most(values), endpoint_sizes(values), strict=True):
        yield needed._replace(most=max(needed.first, size.most))


def is_changed(values: TemplateValues, before: Mapping[str, str]) -> bool:
    """Return whether other values of parameters than a stack has ask for another endpoint."""
    # A parameter that the stack does not have makes the endpoint a new one.
    deployed = TemplateValues(values.template, {**values.parameters, **_declared(values.template, before)})
    return _endpoint_parts(deployed) != _endpoint_parts(values)


def _declared(template: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    return {name: before.get(name, "") for name in template.get("Parameters", {})}


def _without_most(values: TemplateValues) -> Iterator[EndpointNeed]:
    """In the order of ``endpoint_sizes``."""
    for _, janitor in values.resources(_JANITOR):
        types = tuple(str(values.value(each)) for each in janitor["Properties"]["InstanceTypes"])
        yield EndpointNeed(types, first=1, most=1, updated=0)
    for _, endpoint in values.resources(_ENDPOINT):
        reference = endpoint["Properties"]["EndpointConfigName"]
        name = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
        variant = values.template["Resources"][name]["Properties"]["ProductionVariants"][0]
        first = values.number(variant.get("InitialInstanceCount", 1))
        # An endpoint of inference components is updated a few instances at a time.
        updated = 2 * first if "ModelName" in variant else 0
        yield EndpointNeed(_instance_types(values, variant), first, first, updated)


def _instance_types(values: TemplateValues, variant: Mapping[str, Any]) -> tuple[str, ...]:
    pools = variant.get("InstancePools", ())
    ordered = [each["InstanceType"] for each in sorted(pools, key=lambda pool: int(pool["Priority"]))]
    return tuple(str(values.value(each)) for each in ordered or [variant["InstanceType"]])


def _endpoint_parts(values: TemplateValues) -> dict[str, Any]:
    return {
        name: _resolved(values, {key: each["Properties"].get(key) for key in keys})
        for kind, keys in _OF_THE_ENDPOINT.items()
        for name, each in values.resources(kind)
    }


def _resolved(values: TemplateValues, node: Any) -> Any:
    found = values.value(node)
    if isinstance(found, Mapping):
        return {name: _resolved(values, each) for name, each in found.items()}
    return [_resolved(values, each) for each in found] if isinstance(found, list) else found
