"""The text application's function: summaries, text generation, and whether the model is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from handlers.common import limits
from handlers.common.content.screen import Screen
from handlers.common.context import LambdaContext
from handlers.common.daily_limit import DailyLimit
from handlers.common.errors import RequestError
from handlers.common.hosting import connect_host, connect_status
from handlers.common.http import ProxyResponse, Request, Response, serve
from handlers.common.metrics import emit
from handlers.common.settings import read_settings
from handlers.common.validation import Fields

from .codecs import GenerationParameters, load_codec
from .deadline import map_before
from .summary import Model, summarize_text


class Settings(NamedTuple):
    """The function's environment."""

    stack_name: str
    model_host: str
    model_status: str
    model_id: str
    payload_codec: str
    max_input_tokens: int
    max_total_tokens: int
    allowed_origin: str
    function_timeout_seconds: int
    content_filters: str = ""
    api_auth: str = "none"
    daily_limit_table: str = ""
    daily_requests: int = 0


class Outcome(NamedTuple):
    """The fields of the response, and the numbers of the metrics."""

    fields: Mapping[str, object]
    output_characters: int
    parts: int


settings = read_settings(Settings)
model = Model(
    host=connect_host(settings.model_host, function_timeout=settings.function_timeout_seconds),
    codec=load_codec(settings.payload_codec),
    max_input_tokens=settings.max_input_tokens,
    max_total_tokens=settings.max_total_tokens,
)
model_status = connect_status(settings.model_status)
daily_limit = DailyLimit(settings.daily_limit_table, settings.daily_requests, stack_name=settings.stack_name)
screen = Screen(settings.content_filters, stack_name=settings.stack_name)


def handler(event: Mapping[str, Any], context: LambdaContext) -> ProxyResponse:
    """Serve every route of the API."""
    return serve(event, context, routes=ROUTES, allowed_origin=settings.allowed_origin, auth=settings.api_auth)


def _generation_parameters(fields: Fields) -> GenerationParameters:
    return GenerationParameters(
        fields.integer("max_new_tokens", minimum=1, maximum=limits.MAX_NEW_TOKENS, default=limits.DEFAULT_NEW_TOKENS),
        fields.number(
            "temperature",
            minimum=limits.TEMPERATURE_RANGE[0],
            maximum=limits.TEMPERATURE_RANGE[1],
            default=limits.DEFAULT_TEMPERATURE,
        ),
        fields.number(
            "top_p", minimum=limits.TOP_P_RANGE[0], maximum=limits.TOP_P_RANGE[1], default=limits.DEFAULT_TOP_P
        ),
    )


def _read_summarize(document: Mapping[str, Any]) -> tuple[str, str, GenerationParameters]:
    """Read the API's own shape, or the model's (``inputs`` and ``parameters``): the text's field, and what is in it."""
    if "inputs" not in document:
        fields = Fields(document)
        text = fields.text("text", minimum=1, maximum=limits.TEXT_MAX_CHARACTERS)
        parameters = _generation_parameters(fields)
        fields.raise_if_invalid()
        return "text", text, parameters
    fields = Fields(document)
    text = fields.text("inputs", minimum=1, maximum=limits.TEXT_MAX_CHARACTERS)
    inner = Fields(fields.mapping("parameters"), prefix="parameters.")
    fields.raise_if_invalid()
    parameters = _generation_parameters(inner)
    inner.raise_if_invalid()
    return "inputs", text, parameters


def _deadline(context: LambdaContext) -> float:
    """Return the moment (monotonic seconds) by which the model's text must be there to be looked at and sent."""
    return time.monotonic() + context.get_remaining_time_in_millis() / 1000 - 1.0 - screen.seconds


def _summarize(request: Request, context: LambdaContext) -> Response:
    field, text, parameters = _read_summarize(request.json_object())

    def work() -> Outcome:
        _admit(request, text, field=field, operation="Summarize")
        summary = summarize_text(model, text, parameters, deadline=_deadline(context))
        screen.check_text(summary.text, request_id=request.request_id)
        fields = {"summary": summary.text, "parts": summary.parts, "input_characters": len(text)}
        return Outcome(fields, output_characters=len(summary.text), parts=summary.parts)

    return _measured("Summarize", request, work, input_characters=len(text))


def _generate(request: Request, context: LambdaContext) -> Response:
    fields = Fields(request.json_object())
    prompt = fields.verbatim_text("prompt", maximum=limits.TEXT_PROMPT_MAX_CHARACTERS)
    parameters = _generation_parameters(fields)
    fields.raise_if_invalid()

    def work() -> Outcome:
        _admit(request, prompt, field="prompt", operation="Generate")
        (text,) = map_before(_deadline(context), lambda prompt: model.generate(prompt, parameters), [prompt])
        screen.check_text(text, request_id=request.request_id)
        return Outcome({"generated_text": text}, output_characters=len(text), parts=1)

    return _measured("Generate", request, work, input_characters=len(prompt))


def _admit(request: Request, prompt: str, *, field: str, operation: str) -> None:
    """Let the prompt go on to the model: one that a filter refuses does not count for the caller's day."""
    screen.check_prompt(prompt, field=field, request_id=request.request_id)
    daily_limit.count(request, operation=operation)


def _measured(operation: str, request: Request, work: Callable[[], Outcome], *, input_characters: int) -> Response:
    """Do the work, respond with its outcome, and emit its metrics, of failures too."""
    started = time.monotonic()
    # What is neither a response nor a RequestError becomes a 500, and is counted as one.
    failure = RequestError.code
    outcome = Outcome({}, output_characters=0, parts=0)
    try:
        outcome = work()
        failure = ""
    except RequestError as error:
        failure = error.code
        raise
    finally:
        latency = round((time.monotonic() - started) * 1000)
        emit(
            {
                "Latency": (latency, "Milliseconds"),
                "InputCharacters": (input_characters, "Count"),
                "OutputCharacters": (outcome.output_characters, "Count"),
                "Parts": (outcome.parts, "Count"),
                "Failures": (1 if failure else 0, "Count"),
            },
            stack_name=settings.stack_name,
            operation=operation,
            request_id=request.request_id,
            failure=failure,
        )
    body = {**outcome.fields, "model": settings.model_id, "request_id": request.request_id, "latency_ms": latency}
    return Response(200, body)


def _status(request: Request, context: LambdaContext) -> Response:
    return Response(200, model_status.read())


def _wake(request: Request, context: LambdaContext) -> Response:
    return Response(202, model_status.wake())


ROUTES = {
    ("POST", "/summarize"): _summarize,
    ("POST", "/generate"): _generate,
    ("GET", "/status"): _status,
    ("POST", "/wake"): _wake,
}
