"""A real-time endpoint of SageMaker, wherever it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import awacs.sagemaker
from troposphere import AWSHelperFn, Join, Sub

from ..iam import Role
from ..scope import Scope
from .hosted_model import MICROSECONDS, HostedModel, ModelFacts, ModelMetrics, ModelOutput

VARIANT = "AllTraffic"
"""The production variant's name that the SageMaker SDK gives."""
PAUSED = "paused"
"""The state of a model whose endpoint is taken away for a while."""


class ModelEndpoint(HostedModel):
    """The endpoint of the model, whether it is there yet or not."""

    host = "endpoint"
    status = "endpoint_status"
    private_services: ClassVar[Sequence[str]] = ("SageMakerRuntime", "SageMakerApi")
    output = ModelOutput("EndpointName", "SageMaker endpoint of the model")

    def __init__(self, name: str | AWSHelperFn, facts: ModelFacts, *, absent_state: str = "missing") -> None:
        """Keep the name, and the model's state while there is no endpoint of this name."""
        super().__init__(name, facts)
        self._absent_state = absent_state

    @property
    def arn(self) -> Sub:
        """The endpoint's ARN."""
        return self._arn("endpoint")

    @property
    def config_arn(self) -> Sub:
        """The ARN of the endpoint configuration, which has the endpoint's name."""
        return self._arn("endpoint-config")

    @property
    def model_arn(self) -> Sub:
        """The ARN of the model, which has the endpoint's name."""
        return self._arn("model")

    def _arn(self, kind: str) -> Sub:
        prefix = "arn:${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}:"
        return Sub(f"{prefix}{kind}/${{Name}}", Name=self.name)

    @property
    def metrics(self) -> ModelMetrics:
        """What CloudWatch knows of the endpoint."""
        return ModelMetrics(
            "AWS/SageMaker",
            (("EndpointName", self.name), ("VariantName", VARIANT)),
            invocations="Invocations",
            client_errors="Invocation4XXErrors",
            server_errors="Invocation5XXErrors",
            latency="ModelLatency",
            latency_unit=MICROSECONDS,
        )

    def grant_invoke(self, role: Role) -> None:
        """Let the role call the model."""
        # A paused endpoint and one that is being made refuse requests in the same words.
        looks = [awacs.sagemaker.DescribeEndpoint] if self._absent_state == PAUSED else []
        role.allow("InvokeModel", [awacs.sagemaker.InvokeEndpoint, *looks], [self.arn])

    def grant_status(self, role: Role) -> None:
        """Let the role see whether the model is ready."""
        role.allow("SeeModelStatus", [awacs.sagemaker.DescribeEndpoint], [self.arn])

    @property
    def _own_environment(self) -> Mapping[str, str | AWSHelperFn]:
        return {"ENDPOINT_NAME": self.name, "ABSENT_STATE": self._absent_state}


def generated_endpoint_name(scope: Scope, kind: str = "") -> Join:
    """Return the name of an endpoint that belongs to the stack.

    Each ``kind`` of hosting has another, so that an update can make the new endpoint before the old one goes. It is one
    character: more is not left of the 63 that SageMaker takes.
    """
    return scope.physical_name("genai", kind)
