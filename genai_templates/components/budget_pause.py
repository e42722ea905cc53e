"""Pause of a model whose budget is used up, by a function: AWS Budgets itself can stop no endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import awacs.cloudformation
from troposphere import AWSHelperFn, Ref, sns

from ..scope import Scope
from .functions import Function, FunctionDefaults, add_function
from .pause_schedule import grant_pause, grant_update
from .topics import subscribe_function

# An update or a deployment that is under way has to end first, and may take longer: Lambda then tries twice more.
_LONGEST_SECONDS = 900


class PausableModel(NamedTuple):
    """A model that is paused by a parameter of its stack, and the endpoint that goes with that.

    ``looks_up`` are those of ``grant_update``.
    """

    parameter: Ref
    paused: str
    endpoint_arn: AWSHelperFn
    looks_up: Sequence[str] = ()


def add_budget_pause(scope: Scope, *, model: PausableModel, topic: sns.Topic, shared: FunctionDefaults) -> Function:
    """Add the function, which a message to the topic has set the parameter, as a person does who pauses the model."""
    function = add_function(
        scope,
        "BudgetPauseFunction",
        shared=shared,
        handler="handlers.custom_resources.pause_model.handler",
        description="Pauses the model when the budget is used up",
        memory=256,
        timeout=_LONGEST_SECONDS,
        environment={
            "STACK_ID": Ref("AWS::StackId"),
            "STATE_PARAMETER": model.parameter.data["Ref"],
            "PAUSED_STATE": model.paused,
        },
    )
    function.role.allow("SeeParameters", [awacs.cloudformation.DescribeStacks], [Ref("AWS::StackId")])
    grant_update(function.role, looks_up=model.looks_up)
    grant_pause(function.role, endpoint_arn=model.endpoint_arn)
    subscribe_function(scope, topic, function, permission="BudgetPausePermission")
    return function
