"""The text application: summaries and text generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from troposphere import Ref

from ..bedrock_catalog import NOVA_2_LITE
from ..catalog import FALCON_7B_INSTRUCT
from ..components.functions import Function, add_function
from ..contract.text import CONTRACT
from ..options import Hosting
from .backend import Backend, BackendContext
from .base import Stack
from .hosting import HOSTING_PARTS, HostingPart, HostingParts
from .parameters.api import add_function_timeout


def _bedrock() -> type[HostingPart]:
    from .hosting.bedrock import BedrockTextHosting

    return BedrockTextHosting


def _component() -> type[HostingPart]:
    from .hosting.component import ComponentHosting

    return ComponentHosting


class TextStack(Stack):
    """A page, an API and one function in front of a language model."""

    app = "text"
    contract = CONTRACT
    default_model = FALCON_7B_INSTRUCT
    default_models: ClassVar[Mapping[Hosting, str]] = {Hosting.BEDROCK: NOVA_2_LITE}
    hosting_parts: ClassVar[HostingParts] = {
        **HOSTING_PARTS,
        Hosting.SCALE_TO_ZERO: _component,
        Hosting.BEDROCK: _bedrock,
    }
    description = "Summaries and text generation: a page, an API and a language model"
    private_services = ("XRay",)
    slow_model_seconds = 20

    def _add_backend(self, context: BackendContext) -> Backend:
        function = _add_function(context)
        context.hosted_model.grant_invoke(function.role)
        context.hosted_model.grant_status(function.role)
        context.content.grant_prompts(function.role)
        if context.daily_limit:
            context.daily_limit.apply_to(function)
        return Backend(served_by=dict.fromkeys(self.contract.routes, function), functions=[function])


def _add_function(context: BackendContext) -> Function:
    model, timeout = context.hosted_model, add_function_timeout(context.scope)
    return add_function(
        context.scope,
        "GenAILambdaFunction",
        shared=context.handlers,
        handler="handlers.text.summarize.handler",
        description="Calls the language model",
        memory=512,
        timeout=timeout,
        environment={
            "STACK_NAME": Ref("AWS::StackName"),
            **model.invoker_environment,
            **model.status_environment,
            "MODEL_ID": model.facts.model_id,
            "MAX_INPUT_TOKENS": model.facts.max_input_tokens,
            "MAX_TOTAL_TOKENS": model.facts.max_total_tokens,
            "ALLOWED_ORIGIN": context.api.allowed_origin,
            **context.authentication.environment,
            "FUNCTION_TIMEOUT_SECONDS": timeout,
            **context.content.prompt_environment,
        },
    )
