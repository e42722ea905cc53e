"""AWS::SageMaker::EndpointConfig, which ministack lacks: each property but the tags needs another configuration.

docs/upstream/ministack/sagemaker-endpoint.md
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from moto.sagemaker import models
from moto.sagemaker.exceptions import ValidationError

from ..api_parameters import api_parameters
from ..sagemaker import call
from .model import check_role, check_vpc

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
TYPE = "AWS::SageMaker::EndpointConfig"
_NAME = "EndpointConfigName"
_PLACES = ("InstanceType", "InstancePools", "ServerlessConfig")


def apply() -> None:
    """Have SageMaker check variants as it does today: one instance type, several in order, or none."""
    # docs/upstream/moto-instance-pools.md
    setattr(models.FakeEndpointConfig, "validate_production_variants", _check_variants)  # noqa: B010


def _check_variants(configuration: object, variants: Sequence[Mapping[str, Any]]) -> None:
    for variant in variants:
        if sum(place in variant for place in _PLACES) != 1:
            raise ValidationError(f"A production variant has exactly one of {', '.join(_PLACES)}")
        _check_pools(variant.get("InstancePools"), models=_models(variant))


def _models(variant: Mapping[str, Any]) -> list[str]:
    pools = variant.get("InstancePools", ())
    return [pool["ModelNameOverride"] for pool in pools if "ModelNameOverride" in pool]


def _check_pools(pools: Sequence[Mapping[str, Any]] | None, *, models: list[str]) -> None:
    if pools is None:
        return
    kinds, priorities = [pool["InstanceType"] for pool in pools], [pool["Priority"] for pool in pools]
    if len(set(kinds)) < len(kinds) or len(set(priorities)) < len(priorities):
        raise ValidationError("Instance types and priorities of the instance pools of a variant must be unique")
    for name in models:
        call("DescribeModel", ModelName=name)


def _create(logical_id: str, props: Properties, stack_name: str) -> Created:
    name = props.get(_NAME) or f"{logical_id}-{uuid.uuid4().hex[:12]}"
    parameters = api_parameters("sagemaker", "CreateEndpointConfig", {**props, _NAME: name})
    if role := parameters.get("ExecutionRoleArn"):
        check_role(role)
    if place := parameters.get("VpcConfig"):
        if any("ModelName" in each for each in parameters["ProductionVariants"]):
            raise ValueError("VpcConfig of an endpoint configuration is for inference components; a model has its own")
        check_vpc(place, parameters["ExecutionRoleArn"])
    arn = call("CreateEndpointConfig", **parameters)["EndpointConfigArn"]
    return arn, {_NAME: name, "EndpointConfigArn": arn}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
    if {**old, "Tags": None} == {**new, "Tags": None}:
        return physical_id, {_NAME: physical_id.rpartition("/")[2], "EndpointConfigArn": physical_id}
    return _create(physical_id.rpartition("/")[2].rpartition("-")[0], new, stack_name)


def _delete(physical_id: str, props: Properties) -> None:
    call("DeleteEndpointConfig", EndpointConfigName=physical_id.rpartition("/")[2])


HANDLERS = {"create": _create, "update": _update, "delete": _delete}
