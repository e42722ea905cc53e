"""Callers of a stack: events of API Gateway, with the request context that it makes of who has signed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from genai_templates.local import EmulatedStack


class Outcome(NamedTuple):
    """What a function responds."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class Gateway:
    """The API of a stack in front of its functions, for callers whom it knows."""

    def __init__(self, stack: EmulatedStack) -> None:
        self.stack = stack
        self._lambda = stack.client("lambda")
        (stage,) = stack.client("apigateway").get_stages(restApiId=stack.resources["ApiGateway"])["item"]
        self._variables = stage["variables"]

    def call(
        self, function: str, caller: str, route: str, body: object = None, *, job_id: str = "", key: str = ""
    ) -> Outcome:
        """Invoke the function for a request of the caller."""
        method, resource = route.split(" ")
        event = {
            "httpMethod": method,
            "resource": resource,
            "headers": {"Idempotency-Key": key} if key else {},
            "pathParameters": {"job_id": job_id} if job_id else None,
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {"requestId": "request", "authorizer": {"claims": {"sub": caller}}},
            "stageVariables": self._variables,
        }
        response = self._lambda.invoke(FunctionName=self.stack.resources[function], Payload=json.dumps(event))
        returned = json.loads(response["Payload"].read())
        return Outcome(returned["statusCode"], returned["headers"], json.loads(returned["body"]))
