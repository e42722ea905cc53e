"""Parameters of a model that is scaled to zero: what it runs on, how many copies, and when it sleeps and wakes."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...components.copy_scaling import LONGEST_IDLE_MINUTES
from ...options import StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope
from .endpoint import add_instance_type

_MOST_INSTANCES = 20


class ComponentParameters(NamedTuple):
    """What the model runs on, how many instances it may have, and when it falls asleep and wakes."""

    instance_type: Ref
    maximum: Ref
    idle_minutes: Ref
    wake_when_opened: Ref


def add_component_parameters(scope: Scope, options: StackOptions) -> ComponentParameters:
    """Add the parameters of a model that is scaled to zero."""
    group = ParameterGroup(scope, "Model")
    return ComponentParameters(
        instance_type=add_instance_type(
            group,
            options,
            description="Charged for by the hour while the model is awake; needs a quota. An existing stack keeps it: "
            "SageMaker does not change it under an inference component",
        ),
        maximum=group.number(
            "MaxInstances",
            "Instances at most",
            default=1,
            minimum=1,
            maximum=_MOST_INSTANCES,
            unit="instances",
            description="Requests scale the model from none to this many instances; the quota must be as high",
        ),
        idle_minutes=group.number(
            "IdleMinutes",
            "Time without a request until the model sleeps (minutes)",
            default=10,
            minimum=2,
            maximum=LONGEST_IDLE_MINUTES,
            unit="minutes",
            description="Asleep, it costs nothing. The next request wakes it, which takes about ten minutes",
        ),
        wake_when_opened=group.flag(
            "WakeWhenOpened",
            "Wake the model when the page is opened",
            default=False,
            description="Whoever opens the page then starts an instance, which is charged for until the model sleeps",
        ),
    )
