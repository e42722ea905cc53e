"""The model's endpoint as SageMaker describes it, and the inference component on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .account import Account
from .cloudformation.stacks import StackDescription
from .failures import translated


class Instances(NamedTuple):
    """Instances of one type: how many there are, and are to be. The type is empty when its configuration is gone."""

    instance_type: str
    current: int
    desired: int

    def __str__(self) -> str:
        """Return it in words, such as ``1 x ml.g5.2xlarge``."""
        count = f"{self.current}" if self.current == self.desired else f"{self.current} of {self.desired}"
        return f"{count} x {self.instance_type or 'unknown instances'}"


@dataclass(frozen=True)
class EndpointDescription:
    """An endpoint that exists, with the instances of all its variants.

    ``is_asynchronous`` tells whether it takes requests that wait in a queue of its own.
    """

    name: str
    status: str
    reason: str
    created: datetime
    since: datetime
    instances: tuple[Instances, ...]
    is_asynchronous: bool = False

    @property
    def current(self) -> int:
        """How many instances there are, of whatever type."""
        return sum(each.current for each in self.instances)

    @property
    def desired(self) -> int:
        """How many instances there are to be."""
        return sum(each.desired for each in self.instances)


class ComponentDescription(NamedTuple):
    """An inference component that exists: its status, and how many copies of the model there are, and are to be."""

    name: str
    status: str
    reason: str
    current: int
    desired: int


def endpoint_name(stack: StackDescription, template: Mapping[str, Any] | None = None) -> str:
    """Return the name of the stack's endpoint: the parameter of one that was there before, or the stack's output.

    A stack has no outputs before its creation is complete; until then it is the name that the template makes.
    """
    given = stack.parameters.get("ExistingEndpointName") or stack.outputs.get("EndpointName")
    return given or made_name("AWS::SageMaker::Endpoint", "EndpointName", stack, template or {})


def made_name(kind: str, name: str, stack: StackDescription, template: Mapping[str, Any]) -> str:
    """Return the name that a template makes of the stack's GUID for the resource of this type, by its property."""
    guid = stack.stack_id.rpartition("/")[2]
    for resource in template.get("Resources", {}).values():
        if resource["Type"] == kind:
            match resource.get("Properties", {}).get(name):
                case {"Fn::Join": [str(separator), list(parts)]}:
                    return separator.join(part if isinstance(part, str) else guid for part in parts)
    return f"genai-{guid}"


def describe_endpoint(account: Account, name: str) -> EndpointDescription | None:
    """Return the endpoint of this name, or None; raises AwsError."""
    found = _described(account, "describe_endpoint", EndpointName=name)
    if found is None:
        return None
    configuration = _described(account, "describe_endpoint_config", EndpointConfigName=found["EndpointConfigName"])
    return EndpointDescription(
        name=name,
        status=found["EndpointStatus"],
        reason=found.get("FailureReason", ""),
        created=found["CreationTime"],
        since=found["LastModifiedTime"],
        instances=tuple(_instances(found.get("ProductionVariants", []), configuration or {})),
        is_asynchronous="AsyncInferenceConfig" in found,
    )


def describe_component(account: Account, name: str) -> ComponentDescription | None:
    """Return the inference component of this name, or None; raises AwsError."""
    found = _described(account, "describe_inference_component", InferenceComponentName=name)
    if found is None:
        return None
    copies = found.get("RuntimeConfig", {})
    return ComponentDescription(
        name,
        found["InferenceComponentStatus"],
        found.get("FailureReason", ""),
        copies.get("CurrentCopyCount", 0),
        copies.get("DesiredCopyCount", 0),
    )


def _instances(running: list[Mapping[str, Any]], configuration: Mapping[str, Any]) -> Iterator[Instances]:
    types = {each["VariantName"]: each.get("InstanceType", "") for each in configuration.get("ProductionVariants", [])}
    for variant in running:
        if pools := variant.get("InstancePools"):
            counts = {each["InstanceType"]: each.get("CurrentInstanceCount", 0) for each in pools}
            # How many of each there are to be is decided when they are provisioned.
            yield from (Instances(kind, count, count) for kind, count in counts.items())
        else:
            current = variant.get("CurrentInstanceCount", 0)
            kind = types.get(variant["VariantName"], "")
            yield Instances(kind, current, variant.get("DesiredInstanceCount", current))


def _described(account: Account, operation: str, **name: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    with translated():
        try:
            found: dict[str, Any] = getattr(account.client("sagemaker"), operation)(**name)
        except ClientError as error:
            # SageMaker has no error code of its own for what is not there.
            if "Could not find" in str(error):
                return None
            raise
    return found
