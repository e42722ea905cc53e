"""What the model runs on, and what deploys it."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Ref

from ... import limits
from ...options import StackOptions
from ...parameters import ParameterForm

_GROUP = "Model"
_NOTEBOOK_TYPES = ["ml.t3.medium", "ml.t3.large", "ml.t3.xlarge", "ml.m5.xlarge"]


@dataclass(frozen=True)
class NotebookAnswers:
    """How the notebook deploys the model."""

    instance_type: Ref
    notebook_type: Ref
    timeout: Ref
    stop: Ref


def ask_existing_endpoint(form: ParameterForm) -> Ref:
    """Ask for the name of an endpoint that is there already."""
    return form.ask(
        _GROUP,
        "ExistingEndpointName",
        "Endpoint",
        Description="Name of the SageMaker endpoint of this region that serves the model",
        AllowedPattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        ConstraintDescription="Give an endpoint's name: up to 63 letters, digits and hyphens.",
    )


def ask_notebook(form: ParameterForm, options: StackOptions) -> NotebookAnswers:
    """Ask what the model runs on, and what deploys it."""
    instance_type = form.ask(
        _GROUP,
        "InstanceType",
        "Instance type of the endpoint",
        Default=options.instance_types[0],
        AllowedValues=list(options.jumpstart_model.instance_types),
        Description="Charged for by the hour while the stack is up; needs a quota for endpoint usage",
        ConstraintDescription="Choose an instance type that the model runs on.",
    )
    notebook_type = form.ask(
        _GROUP,
        "NotebookInstanceType",
        "Instance type of the notebook",
        Default=_NOTEBOOK_TYPES[0],
        AllowedValues=_NOTEBOOK_TYPES,
        Description="The notebook deploys the model; the smallest one is enough",
        ConstraintDescription="Choose one of the listed instance types.",
    )
    timeout = form.ask(
        _GROUP,
        "ModelTimeout",
        "Time for the model to be ready (seconds)",
        kind="Number",
        Default=3600,
        MinValue=600,
        MaxValue=limits.WAIT_CONDITION_TIMEOUT.value,
        Description="The stack is rolled back when the model is not in service by then",
        ConstraintDescription=f"Give 600 to {limits.WAIT_CONDITION_TIMEOUT.value} seconds.",
    )
    stop = form.ask(
        _GROUP,
        "StopNotebook",
        "Stop the notebook afterwards",
        Default="true",
        AllowedValues=["true", "false"],
        Description="A stopped notebook is charged for its volume alone",
        ConstraintDescription="Choose true or false.",
    )
    return NotebookAnswers(instance_type, notebook_type, timeout, stop)
