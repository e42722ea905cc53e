"""A model of Amazon Bedrock: nothing of it is in the stack but the grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import awacs.bedrock
from awacs.aws import Condition, StringEquals
from troposphere import AWSHelperFn, Sub

from ..iam import Role
from .hosted_model import MILLISECONDS, HostedModel, ModelFacts, ModelMetrics, ModelOutput

_PROFILE = "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}:inference-profile/${Id}"


class Invocation(NamedTuple):
    """How a model is called: by which id, in which region, and what that must be allowed on.

    ``model_arns`` are those of the model in every region in which it may run. ``by_profile`` says that the id is an
    inference profile's, which is then the only way to the model.
    """

    model_id: str | AWSHelperFn
    region: str | AWSHelperFn
    model_arns: Sequence[str | AWSHelperFn] | AWSHelperFn
    by_profile: bool


class FoundationModel(HostedModel):
    """A model of Amazon Bedrock, on demand. Its metrics are those of all that the account calls by the same id."""

    status = "bedrock_status"
    private_services = ("BedrockRuntime",)
    output = ModelOutput("ModelId", "Id by which the model is called on Amazon Bedrock")

    def __init__(self, invocation: Invocation, facts: ModelFacts) -> None:
        """Keep how the model is called."""
        super().__init__(invocation.model_id, facts)
        self._invocation = invocation

    @property
    def metrics(self) -> ModelMetrics:
        """What CloudWatch knows of the model.

        https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
        """
        return ModelMetrics(
            "AWS/Bedrock",
            (("ModelId", self.name),),
            invocations="Invocations",
            client_errors="InvocationClientErrors",
            server_errors="InvocationServerErrors",
            latency="InvocationLatency",
            latency_unit=MILLISECONDS,
            region=self._invocation.region,
        )

    def grant_invoke(self, role: Role) -> None:
        """Let the role call the model: Converse asks for the permission of InvokeModel too.

        https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
        """
        action, arns = [awacs.bedrock.InvokeModel], self._invocation.model_arns
        if not self._invocation.by_profile:
            role.allow("InvokeModel", action, arns)
            return
        profile = Sub(_PROFILE, Id=self.name)
        role.allow("InvokeProfile", action, [profile])
        only = Condition(StringEquals({"bedrock:InferenceProfileArn": profile}))
        role.allow("InvokeModel", action, arns, condition=only)

    def grant_status(self, role: Role) -> None:
        """Grant nothing: the state is not looked up."""

    @property
    def _own_environment(self) -> Mapping[str, str | AWSHelperFn]:
        return {"BEDROCK_MODEL_ID": self.name, "BEDROCK_REGION": self._invocation.region}


class LanguageModel(FoundationModel):
    """A model that Converse speaks to."""

    host = "converse"


class ImageModel(FoundationModel):
    """A model that makes images by InvokeModel."""

    host = "bedrock_image"
