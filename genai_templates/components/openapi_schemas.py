"""What requests and answers look like: the schemas of both applications' OpenAPI documents."""

from __future__ import annotations

from typing import Any

from ..limits import REQUEST_LIMITS

Schema = dict[str, Any]

_TEXT, _IMAGE = REQUEST_LIMITS["text"], REQUEST_LIMITS["image"]

_ERRORS = {
    400: "What is wrong with the request, field by field",
    404: "Not found",
    409: "The idempotency key was used with another body",
    413: "The request is too large",
    429: "Too many requests",
    500: "Something failed unexpectedly",
    502: "The model or the function failed",
    503: "Not now: the model is not ready yet, or the job could not be started",
    504: "No answer in time",
}
# What every request may meet: throttling, a function that fails, and one that takes too long.
_ANYWHERE = (429, 500, 502, 504)
_WITH_RETRY_AFTER = (429, 503)


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> Schema:
    return {"application/json": {"schema": _reference(name)}}


def answer(name: str, description: str) -> Schema:
    """Return a response that carries this schema."""
    return {"description": description, "content": _json(name)}


def error_answers(*statuses: int) -> Schema:
    """Return the error responses of these statuses and of those that every request may meet, all of one shape."""
    return {str(status): _error_answer(status) for status in sorted({*statuses, *_ANYWHERE})}


def _error_answer(status: int) -> Schema:
    response = answer("Error", _ERRORS[status])
    if status in _WITH_RETRY_AFTER:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds until another try makes sense",
                "schema": {"type": "integer", "minimum": 0},
            }
        }
    return response


def request_body(name: str) -> Schema:
    """Return a required JSON body of this schema."""
    return {"required": True, "content": _json(name)}


# Control characters are refused, but for those that count as white space.
_PRINTABLE = r"^[^\x00-\x08\x0e-\x1b\x7f]*$"


def _text(minimum: int, maximum: int) -> Schema:
    return {
        "type": "string",
        "minLength": minimum,
        "maxLength": maximum,
        "pattern": _PRINTABLE,
        "description": "Runs of white space count as one character, and none at the ends",
    }


def _typed_text(maximum: int) -> Schema:
    """Return a text that is taken as it was typed; blank, it is refused."""
    return {"type": "string", "minLength": 1, "maxLength": maximum, "pattern": _PRINTABLE, "description": "As typed"}


def _number(kind: str, minimum: float, maximum: float, default: float) -> Schema:
    return _optional({"type": kind, "minimum": minimum, "maximum": maximum, "default": default})


def _optional(schema: Schema) -> Schema:
    """Allow ``null``, which is the same as leaving the field out."""
    return {**schema, "nullable": True}


def _nullable(name: str) -> Schema:
    # Beside a reference nothing else is read, so a schema that may be null holds it in a list.
    return {"allOf": [_reference(name)], "nullable": True}


def _object(required: list[str], **properties: Schema) -> Schema:
    # OpenAPI 3.0 has no empty list of required properties.
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


_STRING: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_MOMENT: Schema = {"type": "string", "format": "date-time"}

_GENERATION_PARAMETERS = {
    "max_new_tokens": _number("integer", 1, _TEXT["maxNewTokens"], _TEXT["defaultNewTokens"]),
    "temperature": _number("number", _TEXT["minTemperature"], _TEXT["maxTemperature"], _TEXT["defaultTemperature"]),
    "top_p": _number("number", _TEXT["minTopP"], _TEXT["maxTopP"], _TEXT["defaultTopP"]),
}

_COMMON = {
    "Error": _object(["error"], error=_reference("ErrorBody")),
    "ErrorBody": _object(
        ["code", "message", "request_id"],
        code=_STRING,
        message=_STRING,
        request_id=_STRING,
        details={"type": "array", "items": _reference("FieldError")},
    ),
    "FieldError": _object(["field", "message"], field=_STRING, message=_STRING),
    "EndpointStatus": _object(["ready", "endpoint_status"], ready={"type": "boolean"}, endpoint_status=_STRING),
}


def _closed(schema: Schema) -> Schema:
    return {**schema, "additionalProperties": False}


def text_schemas() -> Schema:
    """Return the schemas of the text application."""
    text = _text(1, _TEXT["textMaxCharacters"])
    own_shape = _closed(_object(["text"], text=text, **_GENERATION_PARAMETERS))
    model_shape = _closed(_object(["inputs"], inputs=text, parameters=_nullable("GenerationParameters")))
    shared = {"model": _STRING, "request_id": _STRING, "latency_ms": _WHOLE}
    return {
        **_COMMON,
        "SummarizeRequest": {"oneOf": [_reference("SummarizeText"), _reference("SummarizeInputs")]},
        "SummarizeText": own_shape,
        "SummarizeInputs": model_shape,
        "GenerationParameters": _closed(_object([], **_GENERATION_PARAMETERS)),
        "GenerateRequest": _closed(
            _object(["prompt"], prompt=_typed_text(_TEXT["promptMaxCharacters"]), **_GENERATION_PARAMETERS)
        ),
        "Summary": _object(
            ["summary", "model", "request_id"],
            summary=_STRING,
            parts=_WHOLE,
            input_characters=_WHOLE,
            **shared,
        ),
        "GeneratedText": _object(["generated_text", "model", "request_id"], generated_text=_STRING, **shared),
    }


def _image_request() -> Schema:
    side = {
        **_number("integer", _IMAGE["minPixelsSide"], _IMAGE["maxPixelsSide"], _IMAGE["defaultPixelsSide"]),
        "multipleOf": _IMAGE["sideMultiple"],
    }
    prompt_maximum = _IMAGE["promptMaxCharacters"]
    schema = _object(
        ["prompt"],
        prompt=_text(_IMAGE["promptMinCharacters"], prompt_maximum),
        negative_prompt=_optional(_text(0, prompt_maximum)),
        width=side,
        height=side,
        num_inference_steps=_number("integer", 1, _IMAGE["maxSteps"], _IMAGE["defaultSteps"]),
        guidance_scale=_number("number", _IMAGE["minGuidance"], _IMAGE["maxGuidance"], _IMAGE["defaultGuidance"]),
        num_images=_number("integer", 1, _IMAGE["maxImages"], 1),
        seed=_optional({"type": "integer", "minimum": 0, "maximum": _IMAGE["maxSeed"]}),
    )
    work = f"Width x height x num_images x num_inference_steps is at most {_IMAGE['maxPixelSteps']:,}"
    return {**_closed(schema), "description": work}


def image_schemas() -> Schema:
    """Return the schemas of the image application."""
    status = _reference("JobStatus")
    return {
        **_COMMON,
        "JobStatus": {"type": "string", "enum": ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]},
        "JobError": _object(["code", "message"], code=_STRING, message=_STRING),
        "Image": _object(
            ["url", "thumbnail_url", "width", "height"],
            url=_STRING,
            thumbnail_url=_STRING,
            width=_WHOLE,
            height=_WHOLE,
        ),
        "GenerateRequest": _image_request(),
        "JobAccepted": _object(["job_id", "status", "status_url"], job_id=_STRING, status=status, status_url=_STRING),
        "Job": _object(
            ["job_id", "status", "images", "created_at"],
            job_id=_STRING,
            status=status,
            prompt=_STRING,
            seed=_WHOLE,
            images={"type": "array", "items": _reference("Image")},
            error=_reference("JobError"),
            created_at=_MOMENT,
            started_at=_MOMENT,
            finished_at=_MOMENT,
        ),
    }
