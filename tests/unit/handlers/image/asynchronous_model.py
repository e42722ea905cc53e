"""An asynchronous endpoint as the image handlers meet it: its queue, its bucket, and SageMaker's messages."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.unit.handlers.image.conftest import jpeg, jpeg_response

BUCKET = "inference"
_ENVIRONMENT = {
    "PAYLOAD_CODEC": "stable-diffusion",
    "INFERENCE_BUCKET": BUCKET,
    "REQUEST_TTL_SECONDS": "3600",
    "INVOCATION_TIMEOUT_SECONDS": "300",
    "COMPLETE_FUNCTION": "complete",
    "JOB_RETRIES": "1",
}


class AsynchronousModel:
    """The endpoint; ``requests`` are those that it took, ``looked`` the events that the look for a result sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in _ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        from handlers.common.hosting import asynchronous, asynchronous_status
        from handlers.image import complete_job, display_image, endpoint_call_function
        from handlers.image.making import ImageMaker

        boto3.client("s3").create_bucket(Bucket=BUCKET)
        self.host = asynchronous.connect(function_timeout=90)
        self.late_results = asynchronous_status.connect_late_results()
        self.requests: list[dict[str, Any]] = []
        self.looked: list[dict[str, Any]] = []
        self.error: Exception | None = None
        maker = ImageMaker(self.host, codec="stable-diffusion", bucket="images")
        monkeypatch.setattr(endpoint_call_function, "maker", maker)
        monkeypatch.setattr(complete_job, "maker", maker)
        monkeypatch.setattr(display_image, "connect_late_results", lambda name: self.late_results)
        monkeypatch.setattr(self.host.client, "invoke_endpoint_async", self._take)
        monkeypatch.setattr(self.late_results._lambda, "invoke", self._invoke)

    def fails(self, code: str) -> None:
        """Let every hand-over fail in this way."""
        response: Any = {"Error": {"Code": code, "Message": "m"}}
        self.error = self.host.client.exceptions.ClientError(response, "InvokeEndpointAsync")

    def respond(self, number: int = -1, body: bytes | None = None) -> dict[str, Any]:
        """Put the response to a request into the bucket, and return SageMaker's message about it."""
        key = self._location(self.requests[number], "results").removeprefix(f"s3://{BUCKET}/")
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body or jpeg_response(jpeg(512, 512)))
        return self._message(number, "Completed", responseParameters={"outputLocation": f"s3://{BUCKET}/{key}"})

    def fail(self, reason: str, number: int = -1) -> dict[str, Any]:
        """Return SageMaker's message about a request that failed for this reason."""
        return self._message(number, "Failed", failureReason=reason)

    def store_failure(self, number: int = -1) -> None:
        """Put the response of a container that failed into the bucket."""
        key = self._location(self.requests[number], "failures").removeprefix(f"s3://{BUCKET}/")
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"{}")

    def _take(self, **request: Any) -> dict[str, str]:
        if self.error is not None:
            raise self.error
        self.requests.append(request)
        places = {"OutputLocation": "results", "FailureLocation": "failures"}
        return {name: self._location(request, place) for name, place in places.items()}

    def _location(self, request: dict[str, Any], place: str) -> str:
        return f"s3://{BUCKET}/{place}/{request['InferenceId'][::-1]}.out"  # its name says nothing about the request

    def _message(self, number: int, status: str, **more: object) -> dict[str, Any]:
        inference = self.requests[number]["InferenceId"]
        message = {"invocationStatus": status, "inferenceId": inference, "eventName": "InferenceResult", **more}
        return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}

    def _invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> dict[str, Any]:
        assert (FunctionName, InvocationType) == ("complete", "Event")
        self.looked.append(json.loads(Payload))
        return {"StatusCode": 202}
