"""The model's endpoint as SageMaker describes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .account import Account
from .cloudformation.stacks import StackDescription
from .failures import translated


@dataclass(frozen=True)
class EndpointDescription:
    """An endpoint that exists. The instance type is empty when its configuration is gone."""

    name: str
    status: str
    reason: str
    created: datetime
    since: datetime
    instance_type: str
    instances: int


def endpoint_name(stack: StackDescription) -> str:
    """Return the name of the stack's endpoint: the parameter of one that was there before, or the stack's output.

    A stack has no outputs before its creation is complete; until then it is the name that the template makes.
    """
    given = stack.parameters.get("ExistingEndpointName") or stack.outputs.get("EndpointName")
    return given or f"genai-{stack.stack_id.rpartition('/')[2]}"


def describe_endpoint(account: Account, name: str) -> EndpointDescription | None:
    """Return the endpoint of this name, or None; raises AwsError."""
    from botocore.exceptions import ClientError

    with translated():
        try:
            found = account.client("sagemaker").describe_endpoint(EndpointName=name)
        except ClientError as error:
            if _is_missing(error):
                return None
            raise
    variants = found.get("ProductionVariants", [])
    return EndpointDescription(
        name=name,
        status=found["EndpointStatus"],
        reason=found.get("FailureReason", ""),
        created=found["CreationTime"],
        since=found["LastModifiedTime"],
        instance_type=_instance_type(account, found["EndpointConfigName"]),
        instances=sum(each.get("CurrentInstanceCount", 0) for each in variants),
    )


def _instance_type(account: Account, configuration: str) -> str:
    from botocore.exceptions import ClientError

    with translated():
        try:
            found = account.client("sagemaker").describe_endpoint_config(EndpointConfigName=configuration)
        except ClientError as error:
            if _is_missing(error):
                return ""
            raise
    return str(found["ProductionVariants"][0].get("InstanceType", ""))


def _is_missing(error: Exception) -> bool:
    # SageMaker has no error code of its own for what is not there.
    return "Could not find" in str(error)
