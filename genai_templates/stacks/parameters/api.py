"""What the API allows."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Ref

from ... import limits
from ...parameters import ParameterForm

_GROUP = "API"


@dataclass(frozen=True)
class ApiAnswers:
    """How the API behaves."""

    allowed_origin: Ref
    integration_timeout: Ref
    rate: Ref
    burst: Ref
    account_condition: str


def ask_api(form: ParameterForm) -> ApiAnswers:
    """Ask what the API allows."""
    longest = limits.INTEGRATION_TIMEOUT_WITH_QUOTA.value
    allowed_origin = form.ask(
        _GROUP,
        "AllowedOrigin",
        "Origin that may call the API from a browser",
        Default="*",
        AllowedPattern=r"\*|https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?",
        Description="The stack's own page needs none; deploy the API again after a change",
        ConstraintDescription="Give * or an origin such as https://www.example.com.",
    )
    timeout = form.ask(
        _GROUP,
        "IntegrationTimeout",
        "Time for an answer (milliseconds)",
        kind="Number",
        Default=limits.INTEGRATION_TIMEOUT.value,
        MinValue=50,
        MaxValue=longest,
        Description="More than 29000 needs a quota; deploy the API again after a change",
        ConstraintDescription=f"Give 50 to {longest} milliseconds.",
    )
    return ApiAnswers(
        allowed_origin,
        timeout,
        form.ask(
            _GROUP,
            "ThrottleRate",
            "Requests a second",
            kind="Number",
            Default=10,
            MinValue=1,
            MaxValue=10_000,
            Description="More are answered with 429",
            ConstraintDescription="Give 1 to 10000 requests a second.",
        ),
        form.ask(
            _GROUP,
            "ThrottleBurst",
            "Requests at once",
            kind="Number",
            Default=20,
            MinValue=1,
            MaxValue=5_000,
            Description="More are answered with 429",
            ConstraintDescription="Give 1 to 5000 requests.",
        ),
        form.ask_whether(
            _GROUP,
            "SetApiGatewayLoggingRole",
            "Set the account's logging role of API Gateway",
            default=True,
            description="One role serves the account's whole region and is kept; false if it has one",
        ),
    )


def ask_function_timeout(form: ParameterForm) -> Ref:
    """Ask how long the function that asks the model may take."""
    return form.ask(
        _GROUP,
        "FunctionTimeout",
        "Time for the function (seconds)",
        kind="Number",
        Default=28,
        MinValue=5,
        MaxValue=299,
        Description="Keep it a second below the integration's",
        ConstraintDescription="Give 5 to 299 seconds.",
    )
