"""The SageMaker endpoint as everything else sees it: a name, and who may call it."""

from __future__ import annotations

from typing import NamedTuple

import awacs.sagemaker
from troposphere import AWSHelperFn, Join, Sub

from ..iam import Role
from ..scope import Scope

VARIANT = "AllTraffic"
"""The production variant's name that the SageMaker SDK gives."""


class ModelEndpoint(NamedTuple):
    """The endpoint of the model, whether it is there yet or not."""

    name: AWSHelperFn

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

    def grant_invoke(self, role: Role) -> None:
        """Let the role ask the model."""
        role.allow("InvokeModel", [awacs.sagemaker.InvokeEndpoint], [self.arn])

    def grant_describe(self, role: Role) -> None:
        """Let the role see whether the model is ready."""
        role.allow("SeeModelStatus", [awacs.sagemaker.DescribeEndpoint], [self.arn])


def generated_endpoint_name(scope: Scope) -> Join:
    """Return the name of an endpoint that belongs to the stack; the model and configuration have the same name."""
    return scope.physical_name("genai")
