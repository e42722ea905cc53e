"""Parts of OpenAPI schemas, and the schemas that every application has."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
NATURAL_NUMBER: Schema = {"type": "integer", "minimum": 0}
TIMESTAMP: Schema = {"type": "string", "format": "date-time"}

# Control characters are refused, but for those that count as white space.
_PRINTABLE = r"^[^\x00-\x08\x0e-\x1b\x7f]*$"


def reference(name: str) -> Schema:
    """Return a reference to the schema of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable_reference(name: str) -> Schema:
    """Return a reference to a schema in whose place there may be ``null``."""
    # Beside a reference nothing else is read, so a schema that may be null holds it in a list.
    return {"allOf": [reference(name)], "nullable": True}


def optional(schema: Schema) -> Schema:
    """Allow ``null``, which is the same as leaving the field out."""
    return {**schema, "nullable": True}


def text(minimum: int, maximum: int) -> Schema:
    """Return a text whose length, in characters, is that after its white space is collapsed."""
    return {
        "type": "string",
        "minLength": minimum,
        "maxLength": maximum,
        "pattern": _PRINTABLE,
        "description": "Runs of white space count as one character, and none at the ends",
    }


def verbatim_text(maximum: int) -> Schema:
    """Return a text that is taken as it was typed; blank, it is refused."""
    return {"type": "string", "minLength": 1, "maxLength": maximum, "pattern": _PRINTABLE, "description": "As typed"}


def number(kind: str, minimum: float, maximum: float, default: float) -> Schema:
    """Return an optional number (``integer`` or ``number``) of this range, with its default."""
    return optional({"type": kind, "minimum": minimum, "maximum": maximum, "default": default})


def record(required: list[str], **properties: Schema) -> Schema:
    """Return an object with these properties."""
    # OpenAPI 3.0 has no empty list of required properties.
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def closed(schema: Schema) -> Schema:
    """Allow no other properties than those of the object."""
    return {**schema, "additionalProperties": False}


REFUSAL_REASONS = (
    "blocked_term",
    "prompt_attack",
    "toxicity",
    "personal_data",
    "denied_topic",
    "moderation",
    "model_filter",
)
"""What content may be refused for; the last is what the model's own filter refuses."""

MODEL_STATES = ("ready", "starting", "asleep", "waking", "paused", "failed", "missing")
"""What a model may be doing, wherever it lives."""

COMMON_SCHEMAS: dict[str, Schema] = {
    "Error": record(["error"], error=reference("ErrorBody")),
    "ErrorBody": record(
        ["code", "message", "request_id"],
        code=STRING,
        message=STRING,
        request_id=STRING,
        reason={
            "type": "string",
            "enum": list(REFUSAL_REASONS),
            "description": "What the content was refused for: with the code content_filtered alone",
        },
        details={"type": "array", "items": reference("FieldError")},
    ),
    "FieldError": record(["field", "message"], field=STRING, message=STRING),
    "EndpointStatus": record(
        ["ready", "state", "endpoint_status"],
        ready={"type": "boolean"},
        state={"type": "string", "enum": list(MODEL_STATES)},
        endpoint_status=STRING,
    ),
}
"""The schemas of errors and of the endpoint's status."""
