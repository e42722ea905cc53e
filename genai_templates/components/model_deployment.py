"""What a notebook deploys, and the custom resource keeps up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn

from ..catalog import Model
from .functions import VpcConfig


class ModelDeployment(NamedTuple):
    """What the notebook deploys.

    ``instance_types`` are tried in this order; ``environment`` is added to the model container's own;
    ``timeout`` is in seconds and ends the wait for the model; ``vpc_config`` is the model's
    place, if it runs in a VPC.
    """

    model: Model
    instance_types: Sequence[str | AWSHelperFn]
    environment: Mapping[str, str]
    timeout: int | AWSHelperFn
    stop_notebook: str | AWSHelperFn
    vpc_config: VpcConfig | None = None
