"""The parameter of every endpoint that is a resource of the template: what it runs on."""

from __future__ import annotations

from troposphere import Ref

from ...options import StackOptions
from ...parameters import ParameterGroup


def add_instance_type(group: ParameterGroup, options: StackOptions, *, description: str) -> Ref:
    """Add the instance type; a fall-back is none to choose, as SageMaker refuses an instance type that is there twice.

    ``description`` says when it is charged for, and what a change does.
    """
    first, *others = options.instance_types
    return group.choice(
        "InstanceType",
        "Instance type of the endpoint",
        default=first,
        values=[each for each in options.jumpstart_model.instance_types if each not in others],
        description=description,
    )
