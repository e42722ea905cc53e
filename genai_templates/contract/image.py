"""The contract of the image application."""

from __future__ import annotations

from ..limits import REQUEST_LIMITS
from .routes import GET_STATUS, Contract, Response, Route
from .schemas import (
    COMMON_SCHEMAS,
    NATURAL_NUMBER,
    STRING,
    TIMESTAMP,
    Schema,
    closed,
    number,
    optional,
    record,
    reference,
    text,
)

_LIMITS = REQUEST_LIMITS["image"]

START_JOB = Route(
    "POST",
    "/generate",
    operation_id="startJob",
    summary="Start a job that makes images",
    parameters=("Idempotency-Key",),
    request="GenerateRequest",
    response=Response(202, "JobAccepted", "The job"),
    errors=(400, 409, 413, 503),
)
GET_LATEST_JOB = Route(
    "GET",
    "/generate",
    operation_id="getLatestJob",
    summary="The latest finished job",
    response=Response(200, "Job", "The job"),
    errors=(404,),
)
GET_JOB = Route(
    "GET",
    "/generate/{job_id}",
    operation_id="getJob",
    summary="One job",
    parameters=("job_id",),
    response=Response(200, "Job", "The job"),
    errors=(404,),
)


def _generate_request() -> Schema:
    side = {
        **number("integer", _LIMITS["minPixelsSide"], _LIMITS["maxPixelsSide"], _LIMITS["defaultPixelsSide"]),
        "multipleOf": _LIMITS["sideMultiple"],
    }
    prompt_maximum = _LIMITS["promptMaxCharacters"]
    schema = record(
        ["prompt"],
        prompt=text(_LIMITS["promptMinCharacters"], prompt_maximum),
        negative_prompt=optional(text(0, prompt_maximum)),
        width=side,
        height=side,
        num_inference_steps=number("integer", 1, _LIMITS["maxSteps"], _LIMITS["defaultSteps"]),
        guidance_scale=number("number", _LIMITS["minGuidance"], _LIMITS["maxGuidance"], _LIMITS["defaultGuidance"]),
        num_images=number("integer", 1, _LIMITS["maxImages"], 1),
        seed=optional({"type": "integer", "minimum": 0, "maximum": _LIMITS["maxSeed"]}),
    )
    work = f"Width x height x num_images x num_inference_steps is at most {_LIMITS['maxPixelSteps']:,}"
    return {**closed(schema), "description": work}


_STATUS = reference("JobStatus")

CONTRACT = Contract(
    "Image application",
    routes=(START_JOB, GET_LATEST_JOB, GET_JOB, GET_STATUS),
    schemas={
        **COMMON_SCHEMAS,
        "JobStatus": {"type": "string", "enum": ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"]},
        "JobError": record(["code", "message"], code=STRING, message=STRING),
        "Image": record(
            ["url", "thumbnail_url", "width", "height"],
            url=STRING,
            thumbnail_url=STRING,
            download_url={**STRING, "description": "Only where images are private: downloads the image"},
            width=NATURAL_NUMBER,
            height=NATURAL_NUMBER,
        ),
        "GenerateRequest": _generate_request(),
        "JobAccepted": record(["job_id", "status", "status_url"], job_id=STRING, status=_STATUS, status_url=STRING),
        "Job": record(
            ["job_id", "status", "images", "created_at"],
            job_id=STRING,
            status=_STATUS,
            prompt=STRING,
            seed=NATURAL_NUMBER,
            images={"type": "array", "items": reference("Image")},
            error=reference("JobError"),
            created_at=TIMESTAMP,
            started_at=TIMESTAMP,
            finished_at=TIMESTAMP,
        ),
    },
    parameters={
        "Idempotency-Key": {
            "in": "header",
            "description": "Requests with the same key and body give one job",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": REQUEST_LIMITS["request"]["idempotencyKeyMaxCharacters"],
                "pattern": "^[!-~]([ -~]*[!-~])?$",
            },
        },
        "job_id": {"in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
    },
)
