"""The text application: summaries and text generation."""

from __future__ import annotations

from typing import Unpack

from troposphere import Ref

from .. import limits
from ..catalog import FALCON_7B_INSTRUCT
from ..components.functions import Function, VpcConfig, add_function
from ..components.openapi import Document, text_document
from ..options import StackChoices, StackOptions
from ..parameters import ParameterForm
from .base import Stack
from .parameters.api import ask_function_timeout


class TextStack(Stack):
    """A page, an API and one function in front of a language model."""

    name = "text"
    description = "Summaries and text generation: a page, an API and a language model on SageMaker"
    private_services = ("SageMakerRuntime", "SageMakerApi", "Logs", "XRay")
    slow_model_seconds = 20

    def __init__(self, *, model: str = FALCON_7B_INSTRUCT, **choices: Unpack[StackChoices]) -> None:
        """Build the template for this JumpStart model; ``choices`` are the fields of StackOptions.

        Raises InvalidOption for a choice that cannot work.
        """
        super().__init__(StackOptions(app=self.name, model=model, **choices))

    def openapi(self) -> Document:
        """Return the contract of the API."""
        return text_document()

    def _ask_own(self, form: ParameterForm) -> None:
        self._function_timeout = ask_function_timeout(form)

    def _build(self) -> None:
        vpc_config = self._add_network()
        self._add_model()
        function = self._add_text_function(vpc_config)
        self.api = self._add_api(
            {
                ("/summarize", "post"): function,
                ("/generate", "post"): function,
                ("/status", "get"): function,
            }
        )
        self.distribution = self._add_site(self.api)
        self._add_monitoring([function])
        self._add_outputs()

    def _add_text_function(self, vpc_config: VpcConfig | None) -> Function:
        function = add_function(
            self.scope,
            "GenAILambdaFunction",
            handler="handlers.text.summarize.handler",
            shared=self._function_defaults(vpc_config),
            description="Asks the language model",
            memory=512,
            timeout=self._function_timeout,
            environment={
                "STACK_NAME": Ref("AWS::StackName"),
                "ENDPOINT_NAME": self.endpoint.name,
                "MODEL_ID": self.model.model_id,
                "PAYLOAD_CODEC": self.model.codec,
                "MAX_INPUT_TOKENS": str(self.model.max_input_tokens),
                "MAX_TOTAL_TOKENS": str(self.model.max_total_tokens),
                "ALLOWED_ORIGIN": self._api_answers.allowed_origin,
                "FUNCTION_TIMEOUT_SECONDS": self._function_timeout,
            },
        )
        self.endpoint.grant_invoke(function.role)
        self.endpoint.grant_describe(function.role)
        return function

    def _site_limits(self) -> dict[str, int]:
        return {
            "textMaxCharacters": limits.TEXT_MAX_CHARACTERS,
            "promptMaxCharacters": limits.TEXT_PROMPT_MAX_CHARACTERS,
            "maxNewTokens": limits.MAX_NEW_TOKENS,
        }
