"""What schemathesis cannot know from the OpenAPI document: of requests, and of the answers to them."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from handlers.common import limits
from handlers.common.validation import collapse_whitespace
from tests.fuzz.shape import check_error

METHODS = {"get", "put", "post", "delete", "patch"}


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Leave out requests whose refusal a JSON schema cannot foretell."""
    body = case.body
    if not isinstance(body, dict):
        return True
    # The least length is that of the text with its white space folded.
    shortest = limits.IMAGE_PROMPT_MIN_CHARACTERS if case.operation.definition.raw["operationId"] == "startJob" else 1
    folded = [
        collapse_whitespace(body[name]) for name in ("text", "inputs", "prompt") if isinstance(body.get(name), str)
    ]
    # All images' pixels times their steps have a limit together.
    sizes = [("width", 512), ("height", 512), ("num_inference_steps", 50), ("num_images", 1)]
    work = 1.0
    for name, default in sizes:
        number = body.get(name, default)
        work *= number if isinstance(number, int | float) else default
    return all(len(text) >= shortest for text in folded) and work <= limits.MAX_PIXEL_STEPS


@schemathesis.check
def errors_have_their_shape(ctx: Any, response: Any, case: Any) -> None:
    """An error has a code for its status, can be read from another origin, and tells nothing of the inside."""
    if response.status_code < 400:
        return
    assert response.headers["access-control-allow-origin"] == ["*"]
    if response.request.method == "HEAD":
        return
    check_error(response.status_code, response.json())


@schemathesis.check
def other_methods_are_not_found(ctx: Any, response: Any, case: Any) -> None:
    """A method that a path lacks is answered as API Gateway does it: there is no 405."""
    if response.request.method.lower() in METHODS - set(case.operation.schema[case.operation.path]):
        assert response.status_code == 404


class Signature(requests.auth.AuthBase):
    """Signs a request for an API that asks IAM about its callers."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the signature's headers."""
        host = {"Host": urlsplit(str(request.url)).netloc}
        signed = AWSRequest(request.method, request.url, host, request.body)
        keys = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(keys, "execute-api", os.environ["AWS_DEFAULT_REGION"]).add_auth(signed)
        request.headers.update({name: value for name, value in signed.headers.items() if name != "Host"})
        return request


class Header(requests.auth.AuthBase):
    """Adds the header that a caller is known by."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add it."""
        name, _, value = os.environ["CALLER"].partition(":")
        request.headers[name] = value
        return request


# So schemathesis knows what lets a request in, and leaves it out to see that the API does not take the request then.
if caller := os.environ.get("CALLER"):
    schemathesis.auth.set_from_requests(  # type: ignore[attr-defined]
        Signature() if caller == "signature" else Header()
    )
