"""Parameters of the model and the notebook that deploys it."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref

from ...components.notebook import WAIT_SECONDS
from ...options import StackOptions
from ...parameters import ParameterGroup
from ...scope import Scope

# For the notebook to start, and to report that the time is over.
_SPARE_SECONDS = 1800
_NOTEBOOK_TYPES = ["ml.t3.medium", "ml.t3.large", "ml.t3.xlarge", "ml.m5.xlarge"]


class NotebookParameters(NamedTuple):
    """How the notebook deploys the model."""

    instance_type: Ref
    notebook_type: Ref
    timeout: Ref
    stop: Ref


def add_notebook_parameters(scope: Scope, options: StackOptions) -> NotebookParameters:
    """Add the parameters of the model and the notebook that deploys it."""
    group = ParameterGroup(scope, "Model")
    return NotebookParameters(
        instance_type=group.choice(
            "InstanceType",
            "Instance type of the endpoint",
            default=options.instance_types[0],
            values=options.jumpstart_model.instance_types,
            description="Charged for by the hour while the stack is up; needs a quota; a change reaches the endpoint",
        ),
        notebook_type=group.choice(
            "NotebookInstanceType",
            "Instance type of the notebook",
            default=_NOTEBOOK_TYPES[0],
            values=_NOTEBOOK_TYPES,
            description="The notebook deploys the model; the smallest one is enough; a change restarts the notebook",
        ),
        timeout=group.number(
            "ModelTimeout",
            "Time for the model to be ready (seconds)",
            default=3600,
            minimum=600,
            maximum=WAIT_SECONDS - _SPARE_SECONDS,
            unit="seconds",
            description="At creation alone; the stack is rolled back when the model is not in service by then",
        ),
        stop=group.flag(
            "StopNotebook",
            "Stop the notebook afterwards",
            default=True,
            description="A stopped notebook is charged for its volume alone; cannot be changed later",
        ),
    )
