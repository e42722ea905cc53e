"""The production variant of an endpoint configuration: on one instance type, or on several in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import AWSHelperFn, sagemaker

from ..errors import InvalidOption
from .endpoint import VARIANT
from .model_resource import PlacedModel

MOST_POOLS = 5
"""Instance types that a variant may fall back over, the first among them. (SageMaker API reference, InstancePools.)"""

# What JumpStart itself gives its language models: the artifacts are tens of gigabytes, and go to the GPU before the
# container responds.
START_SECONDS = 1200
# The longest that SageMaker takes. (SageMaker API reference, ProductionVariant.)
_PROVISION_SECONDS = 3600


def production_variant(placed: PlacedModel, *, names_model: bool = True, **more: Any) -> sagemaker.ProductionVariant:
    """Return the one variant of an endpoint configuration.

    A variant for inference components does not name its model. ``more`` are further properties, such as
    ``InitialInstanceCount`` or ``ManagedInstanceScaling``. With fall-backs the instance types are pools in the order
    of their priority, which SageMaker tries when the endpoint is made and whenever it scales out. Raises InvalidOption
    for more fall-backs than SageMaker takes.
    """
    model = {"ModelName": placed.names[0]} if names_model else {}
    return sagemaker.ProductionVariant(
        VariantName=VARIANT,
        InitialVariantWeight=1,
        ModelDataDownloadTimeoutInSeconds=START_SECONDS,
        ContainerStartupHealthCheckTimeoutInSeconds=START_SECONDS,
        **model,
        **_instances(placed, names_model=names_model),
        **more,
    )


def _instances(placed: PlacedModel, *, names_model: bool) -> dict[str, object]:
    first, *others = placed.instance_types
    if not others:
        return {"InstanceType": first}
    _check_number(placed.instance_types)
    pools = [
        sagemaker.InstancePool(InstanceType=instance_type, Priority=priority, **_override(placed, name, names_model))
        for priority, (instance_type, name) in enumerate(zip(placed.instance_types, placed.names, strict=True), 1)
    ]
    return {"InstancePools": pools, "VariantInstanceProvisionTimeoutInSeconds": _PROVISION_SECONDS}


def _override(placed: PlacedModel, name: AWSHelperFn, names_model: bool) -> dict[str, object]:
    return {"ModelNameOverride": name} if names_model and name != placed.names[0] else {}


def _check_number(instance_types: Sequence[object]) -> None:
    if len(instance_types) > MOST_POOLS:
        raise InvalidOption(f"there are {len(instance_types) - 1} fall-backs; give up to {MOST_POOLS - 1}")
