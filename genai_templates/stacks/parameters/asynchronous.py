"""Parameters of an asynchronous endpoint: what it runs on, how many instances, and how long a request may take."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Equals, Not, Ref

from ...options import StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope
from .endpoint import add_instance_type

_MOST_INSTANCES = 20


class AsynchronousParameters(NamedTuple):
    """What the endpoint runs on, how many instances it may have, and the limits of a request.

    ``scales`` is the condition that it may have any: with none at most, nothing scales it.
    """

    instance_type: Ref
    maximum: Ref
    scales: str
    time_to_live: Ref
    invocation_timeout: Ref


def add_asynchronous_parameters(scope: Scope, options: StackOptions) -> AsynchronousParameters:
    """Add the parameters of an asynchronous endpoint; the ranges are within SageMaker's."""
    group = ParameterGroup(scope, "Model")
    instance_type = add_instance_type(
        group,
        options,
        description="Charged for by the hour while the model is awake; needs a quota. To change it, first update the "
        "stack to 0 instances at most; the change wakes the model",
    )
    maximum = group.number(
        "MaxInstances",
        "Instances at most",
        default=1,
        minimum=0,
        maximum=_MOST_INSTANCES,
        unit="instances",
        description="Requests scale the model from none to this many instances; the quota must be as high. With 0, "
        "nothing scales it, and it keeps the instances that it has",
    )
    return AsynchronousParameters(
        instance_type=instance_type,
        maximum=maximum,
        scales=scope.add_condition("ModelScales", Not(Equals(maximum, "0"))),
        time_to_live=group.number(
            "RequestTimeToLive",
            "Longest wait of a request for the model (seconds)",
            default=3600,
            minimum=900,
            maximum=21_600,
            unit="seconds",
            description="A sleeping model takes about ten minutes to wake; a job that waits longer has failed",
        ),
        invocation_timeout=group.number(
            "InvocationTimeout",
            "Longest work of the model on a request (seconds)",
            default=300,
            minimum=60,
            maximum=3600,
            unit="seconds",
            description="A request that takes longer is tried again, as often as the retries of a job say",
        ),
    )
