"""Parameters of the API."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import If, NoValue, Ref

from ... import limits
from ...parameters import ParameterGroup
from ...scope import Scope


class ApiParameters(NamedTuple):
    """How the API behaves.

    ``body_timeout`` is ``integration_timeout`` for the API's body, which takes a number: a reference is text there, so
    it stands there only for another value than API Gateway's own default.
    """

    allowed_origin: Ref
    integration_timeout: Ref
    body_timeout: If
    rate: Ref
    burst: Ref
    account_condition: str


def _group(scope: Scope) -> ParameterGroup:
    return ParameterGroup(scope, "API")


def add_api_parameters(scope: Scope) -> ApiParameters:
    """Add the parameters of the API."""
    group = _group(scope)
    allowed_origin = group.text(
        "AllowedOrigin",
        "Origin that may call the API from a browser",
        default="*",
        pattern=r"\*|https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?",
        description="The stack's own page needs none",
        constraint="Give * or an origin such as https://www.example.com.",
    )
    timeout = group.number(
        "IntegrationTimeout",
        "Time for a response (milliseconds)",
        default=limits.INTEGRATION_TIMEOUT.value,
        minimum=50,
        maximum=limits.INTEGRATION_TIMEOUT_WITH_QUOTA.value,
        unit="milliseconds",
        description="More than 29000 needs a quota",
    )
    rate = group.number(
        "ThrottleRate",
        "Requests a second",
        default=10,
        minimum=1,
        maximum=10_000,
        unit="requests a second",
        description="More are refused with 429",
    )
    burst = group.number(
        "ThrottleBurst",
        "Requests at once",
        default=20,
        minimum=1,
        maximum=5_000,
        unit="requests",
        description="More are refused with 429",
    )
    set_role = group.flag(
        "SetApiGatewayLoggingRole",
        "Set the account's logging role of API Gateway",
        default=True,
        description="One role serves the account's whole region and is kept; false if it has one",
    )
    return ApiParameters(
        allowed_origin=allowed_origin,
        integration_timeout=timeout,
        body_timeout=group.unless_equal(timeout, limits.INTEGRATION_TIMEOUT.value, NoValue),
        rate=rate,
        burst=burst,
        account_condition=group.is_true(set_role),
    )


def add_function_timeout(scope: Scope) -> Ref:
    """Add the parameter of the time that the function which calls the model has."""
    return _group(scope).number(
        "FunctionTimeout",
        "Time for the function (seconds)",
        default=28,
        minimum=5,
        maximum=299,
        unit="seconds",
        description="Keep it a second below the integration's",
    )
