"""One of SageMaker's inference components: its copies over time, and what its specification may say."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import get_account_id, get_region

from ...accelerators import count_accelerators
from .sagemaker import RUNTIME, Refused

Properties = dict[str, Any]
_STARTUP_SECONDS = range(60, 3601)
# What others asked for in vain on instances of 16 GiB, where 1,024 was granted. (stdapi-ai/stdapi.ai#43.)
_REFUSED_MB = 4096
_SIXTEEN_GIB = ("ml.g4dn.xlarge", "ml.g5.xlarge", "ml.g6.xlarge")


@dataclass
class InferenceComponent:
    """An inference component; ``copies`` are those wanted, ``before`` those that run until these are there."""

    name: str
    endpoint: str
    variant: str
    specification: Properties
    copies: int
    before: int = 0
    made_at: float = field(default_factory=time.time)
    changed_at: float = 0.0
    used_at: float = field(default_factory=time.time)
    refused_calls: int = 0

    @property
    def arn(self) -> str:
        """The component's ARN."""
        return f"arn:aws:sagemaker:{get_region()}:{get_account_id()}:inference-component/{self.name}"

    @property
    def status(self) -> str:
        """SageMaker's word for the state."""
        if not self._is_made:
            return "Creating"
        return "InService" if self.running == self.copies else "Updating"

    @property
    def running(self) -> int:
        """How many copies run: those wanted, once they have had the time to start."""
        has_started = self.copies <= self.before or time.time() - self.changed_at >= RUNTIME.wake_seconds
        return self.copies if self._is_made and has_started else min(self.before, self.copies)

    @property
    def _is_made(self) -> bool:
        return RUNTIME.is_ready(time.time() - self.made_at)

    def set_copies(self, copies: int) -> None:
        """Have so many copies: fewer at once, more when they have started."""
        if copies != self.copies:
            self.before, self.copies, self.changed_at = self.running, copies, time.time()
            self.used_at = self.changed_at + RUNTIME.wake_seconds

    def described(self) -> Properties:
        """Return what DescribeInferenceComponent says."""
        return {
            "InferenceComponentName": self.name,
            "InferenceComponentArn": self.arn,
            "EndpointName": self.endpoint,
            "EndpointArn": self.arn.replace(f"inference-component/{self.name}", f"endpoint/{self.endpoint}"),
            "VariantName": self.variant,
            "InferenceComponentStatus": self.status,
            "RuntimeConfig": {"DesiredCopyCount": self.copies, "CurrentCopyCount": self.running},
            "CreationTime": self.made_at,
            "LastModifiedTime": max(self.made_at, self.changed_at),
            **self.specification,
        }


def check_specification(request: Mapping[str, Any], instance_types: Sequence[str]) -> Properties:
    """Return the specification of a request, or its list of them; raises Refused for what the instances lack."""
    given: Properties = {name: request[name] for name in ("Specification", "Specifications") if name in request}
    if len(given) != 1:
        raise Refused("Specify either Specification or Specifications for an inference component, and not both.")
    for specification, instance_type in _pairs(request, instance_types):
        if ("ModelName" in specification) == ("Container" in specification):
            raise Refused("A specification of an inference component has either a ModelName or a Container.")
        _check_resources(specification.get("ComputeResourceRequirements", {}), instance_type)
        for name, seconds in specification.get("StartupParameters", {}).items():
            if int(seconds) not in _STARTUP_SECONDS:
                raise Refused(f"Value '{seconds}' at '{name}' must be between 60 and 3600.")
    return given


def _pairs(request: Mapping[str, Any], instance_types: Sequence[str]) -> Iterator[tuple[Properties, str]]:
    """Give each specification with an instance type that it is for."""
    for specification in request.get("Specifications", ()):
        if specification.get("InstanceType") not in instance_types:
            raise Refused(f"The variant has no instance type {specification.get('InstanceType')}.")
        yield specification, specification["InstanceType"]
    for instance_type in instance_types if "Specification" in request else ():
        yield request["Specification"], instance_type


def _check_resources(required: Mapping[str, Any], instance_type: str) -> None:
    if "MinMemoryRequiredInMb" not in required:
        raise Refused("Missing required parameter ComputeResourceRequirements.MinMemoryRequiredInMb.")
    memory = int(required["MinMemoryRequiredInMb"])
    accelerators = float(required.get("NumberOfAcceleratorDevicesRequired", 0))
    too_large = instance_type in _SIXTEEN_GIB and memory >= _REFUSED_MB
    if too_large or accelerators > count_accelerators(instance_type):
        raise Refused(
            f"Instances of {instance_type} do not have enough hardware resources to satisfy the request: "
            f"{memory} MB of memory, {accelerators:g} accelerators."
        )
