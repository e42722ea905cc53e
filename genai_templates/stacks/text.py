"""The text application: summaries and text generation."""

from __future__ import annotations

from troposphere import AWSHelperFn, Ref

from ..catalog import FALCON_7B_INSTRUCT
from ..components.functions import Function, FunctionDefaults, add_function
from ..contract.text import CONTRACT
from .base import Backend, Stack
from .parameters.api import ApiParameters, add_function_timeout


class TextStack(Stack):
    """A page, an API and one function in front of a language model."""

    app = "text"
    contract = CONTRACT
    default_model = FALCON_7B_INSTRUCT
    description = "Summaries and text generation: a page, an API and a language model on SageMaker"
    private_services = ("SageMakerRuntime", "SageMakerApi", "Logs", "XRay")
    slow_model_seconds = 20

    def _add_backend(self, shared: FunctionDefaults, api: ApiParameters) -> Backend:
        function = self._add_function(shared, api, timeout=add_function_timeout(self.scope))
        self.endpoint.grant_invoke(function.role)
        self.endpoint.grant_describe(function.role)
        return Backend(served_by=dict.fromkeys(self.contract.routes, function), functions=[function])

    def _add_function(self, shared: FunctionDefaults, api: ApiParameters, *, timeout: AWSHelperFn) -> Function:
        return add_function(
            self.scope,
            "GenAILambdaFunction",
            shared=shared,
            handler="handlers.text.summarize.handler",
            description="Calls the language model",
            memory=512,
            timeout=timeout,
            environment={
                "STACK_NAME": Ref("AWS::StackName"),
                "ENDPOINT_NAME": self.endpoint.name,
                "MODEL_ID": self.model.model_id,
                "PAYLOAD_CODEC": self.model.codec,
                "MAX_INPUT_TOKENS": str(self.model.max_input_tokens),
                "MAX_TOTAL_TOKENS": str(self.model.max_total_tokens),
                "ALLOWED_ORIGIN": api.allowed_origin,
                "FUNCTION_TIMEOUT_SECONDS": timeout,
            },
        )
