"""API Gateway's logging role: one for an account's region, which a stack sets only where there is none.

Without it the stage of an API with access logs cannot be made; setting it again takes it from whoever set it before.
"""

from __future__ import annotations

from ...errors import AwsError
from ..failures import translated
from .check import Check, Verdict
from .surroundings import Surroundings

PARAMETER = "SetApiGatewayLoggingRole"
_NAME = "logging role"


def logging_role_value(surroundings: Surroundings) -> str:
    """Return the right value of ``SetApiGatewayLoggingRole``, "true" or "false"; raises AwsError.

    A stack that has set the role keeps "true": it goes on to have the role.
    """
    if (stack := surroundings.deployed) and stack.parameters.get(PARAMETER) == "true":
        return "true"
    return "false" if _usable_role(surroundings) else "true"


def new_stack_parameters(surroundings: Surroundings) -> dict[str, str]:
    """Return the values that parameters of a new stack need here; none where it may not be seen."""
    if PARAMETER not in surroundings.template.get("Parameters", {}):
        return {}
    try:
        return {PARAMETER: logging_role_value(surroundings)}
    except AwsError:  # the template's own default is as good a guess as any
        return {}


def check_logging_role(surroundings: Surroundings) -> list[Check]:
    """Return the role, and the value that the parameter is to have."""
    if PARAMETER not in surroundings.template.get("Parameters", {}):
        return []
    role, right = _usable_role(surroundings), logging_role_value(surroundings)
    finding = f"API Gateway has {role}" if role else "API Gateway has none in this region"
    finding += f"; {PARAMETER} is to be {right}"
    chosen = surroundings.parameters.get(PARAMETER, right)
    if chosen == right:
        return [Check(_NAME, Verdict.OK, finding)]
    if chosen == "true":
        advice = f"{PARAMETER}=true would take the place of the role that others set"
        return [Check(_NAME, Verdict.WARNING, finding, advice)]
    return [Check(_NAME, Verdict.FAILS, finding, f"leave {PARAMETER} out, or give it {right}")]


def _usable_role(surroundings: Surroundings) -> str:
    """Return the ARN of the role, or nothing when there is none or its role is gone."""
    with translated():
        arn: str = surroundings.account.client("apigateway").get_account().get("cloudwatchRoleArn", "")
    return arn if arn and _exists(surroundings, arn) else ""


def _exists(surroundings: Surroundings, arn: str) -> bool:
    try:
        with translated():
            surroundings.account.client("iam").get_role(RoleName=arn.rpartition("/")[2])
    except AwsError as error:
        return "NoSuchEntity" not in str(error)  # without the permission to look, the role is believed to be there
    return True
