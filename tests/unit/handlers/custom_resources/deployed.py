"""A model as the notebook deploys it, in moto; SageMaker's updates of endpoints, which moto lacks; no waiting."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import SagemakerClientError

from handlers.custom_resources import model_janitor

NAME = "genai"
OTHER = "genai-2"
ROLE = "arn:aws:iam::123456789012:role/endpoint"
TAGS = [{"Key": "genai-templates:stack", "Value": "text"}]
SETTINGS: dict[str, Any] = {
    "EndpointName": NAME,
    "ModelId": "falcon",
    "ModelVersion": "4.6.16",
    "InstanceTypes": ["ml.g5.2xlarge", "ml.g5.4xlarge"],
    "RoleArn": ROLE,
    "StopNotebook": "true",
    "Environment": {"LIMIT": "20"},
    "OneContainer": "true",
}


CONFIGURATION: dict[str, Any] = {
    "EndpointConfigName": NAME,
    "KmsKeyId": "key",
    "ProductionVariants": [
        {
            "VariantName": "AllTraffic",
            "ModelName": NAME,
            "InstanceType": "ml.g5.2xlarge",
            "InitialInstanceCount": 1,
            "ContainerStartupHealthCheckTimeoutInSeconds": 600,
        }
    ],
    "Tags": TAGS,
}


class Refused(SagemakerClientError):
    """A refusal of SageMaker at once: its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Updates:
    """SageMaker at work on an update, which ends while the caller waits: as planned for the instance type, or well."""

    def __init__(self) -> None:
        self.refusals: dict[str, Refused] = {}
        self.failures: dict[str, str] = {}
        self.last_status = "InService"
        self.requests: list[dict[str, Any]] = []
        self.pauses: list[float] = []
        self.pending: list[Any] = []

    def begin(self, response: Any) -> ActionResult:
        """Serve a request in the place of moto's class of responses."""
        request = {name: response._get_param(name) for name in ("EndpointConfigName", "RetainAllVariantProperties")}
        self.requests.append(request)
        backend = response.sagemaker_backend
        variant = backend.describe_endpoint_config(request["EndpointConfigName"])["ProductionVariants"][0]
        if refusal := self.refusals.get(variant["InstanceType"]):
            raise refusal
        endpoint = backend.endpoints[NAME]
        endpoint.endpoint_status = "Updating"
        self.pending.append((endpoint, request["EndpointConfigName"], self.failures.get(variant["InstanceType"])))
        return ActionResult({"EndpointArn": endpoint.arn})

    def sleep(self, seconds: float) -> None:
        """End what is pending."""
        self.pauses.append(seconds)
        for endpoint, configuration, failure in self.pending:
            endpoint.endpoint_status = self.last_status if failure else "InService"
            endpoint.failure_reason = failure
            if not failure:
                endpoint.endpoint_config_name = configuration
        self.pending.clear()


def send(responses: Any, context: Any, request_type: str, **more: Any) -> dict[str, Any]:
    """Serve an event of the model's janitor, and go on with it until there is a response."""
    event = responses.event(request_type)
    event |= {"PhysicalResourceId": "model-genai", "ResourceProperties": SETTINGS, **more}
    if request_type == "Create":
        del event["PhysicalResourceId"]
    model_janitor.handler(event, context)
    response: dict[str, Any] = responses.received[-1]
    return response


def update(responses: Any, context: Any, **changes: Any) -> dict[str, Any]:
    """Serve an update from the settings to changed ones, and return the response."""
    wanted = {**SETTINGS, **changes}
    return send(responses, context, "Update", OldResourceProperties=SETTINGS, ResourceProperties=wanted)
