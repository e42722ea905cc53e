"""Where the logs of a stack are: a source for each function, the API, and what the model runs on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..account import Account
from ..cloudformation.stacks import StackDescription, StackResource, list_resources
from ..endpoints import endpoint_name

_NOTEBOOKS = "/aws/sagemaker/NotebookInstances"
_ENDPOINTS = "/aws/sagemaker/Endpoints"
_COMPONENTS = "/aws/sagemaker/InferenceComponents"
_MODEL_OUTPUT = "ModelId"  # of a model that is called by its id, and has no endpoint


class LogSource(NamedTuple):
    """A log group, or the streams of it whose names begin with ``streams``, under a short name."""

    name: str
    group: str
    streams: str = ""


def find_sources(account: Account, stack: StackDescription) -> list[LogSource]:
    """Return the sources of a stack as it is now; their groups need not exist yet. Raises AwsError."""
    resources = list_resources(account, stack.stack_id)
    found = list(_of_resources(resources))
    if _MODEL_OUTPUT in stack.outputs:
        return found
    # An endpoint that a notebook made is none of the stack's resources.
    own = [each.physical_id.rpartition("/")[2] for each in resources if each.kind == "AWS::SageMaker::Endpoint"]
    return [*found, LogSource("Endpoint", f"{_ENDPOINTS}/{own[0] if own else endpoint_name(stack)}")]


def _of_resources(resources: Sequence[StackResource]) -> Iterator[LogSource]:
    groups = {each.logical_id: each.physical_id for each in resources if each.kind == "AWS::Logs::LogGroup"}
    for logical_id, group in groups.items():
        yield LogSource(_short(logical_id.removesuffix("Logs")), group)
    for each in resources:
        if each.kind == "AWS::Lambda::Function" and f"{each.logical_id}Logs" not in groups:
            yield LogSource(_short(each.logical_id), f"/aws/lambda/{each.physical_id}")
        if each.kind == "AWS::SageMaker::InferenceComponent":
            yield LogSource("Component", f"{_COMPONENTS}/{each.physical_id.rpartition('/')[2]}")
        if each.kind == "AWS::SageMaker::NotebookInstance":
            # CloudFormation has the notebook's ARN, whose last part is its name.
            yield LogSource("Notebook", _NOTEBOOKS, f"{each.physical_id.rpartition('/')[2]}/")


def _short(logical_id: str) -> str:
    return logical_id.removesuffix("Function") or logical_id
