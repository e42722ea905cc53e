"""The contract of the text application."""

from __future__ import annotations

from ..limits import REQUEST_LIMITS
from .routes import GET_STATUS, Contract, Response, Route
from .schemas import (
    COMMON_SCHEMAS,
    NATURAL_NUMBER,
    STRING,
    closed,
    nullable_reference,
    number,
    record,
    reference,
    text,
    verbatim_text,
)

_LIMITS = REQUEST_LIMITS["text"]

SUMMARIZE = Route(
    "POST",
    "/summarize",
    operation_id="summarize",
    summary="Summarise a text",
    request="SummarizeRequest",
    response=Response(200, "Summary", "The summary"),
    errors=(400, 413, 503),
)
GENERATE = Route(
    "POST",
    "/generate",
    operation_id="generate",
    summary="Generate text from a prompt",
    request="GenerateRequest",
    response=Response(200, "GeneratedText", "The generated text"),
    errors=(400, 413, 503),
)
WAKE = Route(
    "POST",
    "/wake",
    operation_id="wake",
    summary="Wake the model if it is asleep",
    response=Response(202, "EndpointStatus", "The endpoint's state after that"),
)

_TEXT = text(1, _LIMITS["textMaxCharacters"])
_GENERATION_PARAMETERS = {
    "max_new_tokens": number("integer", 1, _LIMITS["maxNewTokens"], _LIMITS["defaultNewTokens"]),
    "temperature": number(
        "number", _LIMITS["minTemperature"], _LIMITS["maxTemperature"], _LIMITS["defaultTemperature"]
    ),
    "top_p": number("number", _LIMITS["minTopP"], _LIMITS["maxTopP"], _LIMITS["defaultTopP"]),
}
_METADATA = {"model": STRING, "request_id": STRING, "latency_ms": NATURAL_NUMBER}

CONTRACT = Contract(
    "Text application",
    routes=(SUMMARIZE, GENERATE, GET_STATUS, WAKE),
    schemas={
        **COMMON_SCHEMAS,
        # The API's own shape, or the model's.
        "SummarizeRequest": {"oneOf": [reference("SummarizeText"), reference("SummarizeInputs")]},
        "SummarizeText": closed(record(["text"], text=_TEXT, **_GENERATION_PARAMETERS)),
        "SummarizeInputs": closed(
            record(["inputs"], inputs=_TEXT, parameters=nullable_reference("GenerationParameters"))
        ),
        "GenerationParameters": closed(record([], **_GENERATION_PARAMETERS)),
        "GenerateRequest": closed(
            record(["prompt"], prompt=verbatim_text(_LIMITS["promptMaxCharacters"]), **_GENERATION_PARAMETERS)
        ),
        "Summary": record(
            ["summary", "model", "request_id"],
            summary=STRING,
            parts=NATURAL_NUMBER,
            input_characters=NATURAL_NUMBER,
            **_METADATA,
        ),
        "GeneratedText": record(["generated_text", "model", "request_id"], generated_text=STRING, **_METADATA),
    },
)
