"""The state of an asynchronous endpoint, by its own word and by its instances."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.common.hosting.asynchronous_status import AsynchronousStatus


class SageMaker:
    """A client of SageMaker that knows an endpoint in this status, with so many instances now and then."""

    def __init__(self, status: str, instances: tuple[int, int] = (0, 0)) -> None:
        self.status = status
        self.instances = instances

    def describe_endpoint(self, *, EndpointName: str) -> dict[str, Any]:
        if not self.status:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": EndpointName}}, "DescribeEndpoint")
        current, desired = self.instances
        variant = {"CurrentInstanceCount": current, "DesiredInstanceCount": desired}
        return {"EndpointStatus": self.status, "ProductionVariants": [variant]}


@pytest.mark.parametrize(
    ("sagemaker", "ready", "state"),
    [
        (SageMaker("InService", (1, 1)), True, "ready"),
        (SageMaker("InService", (0, 0)), True, "asleep"),
        (SageMaker("InService", (0, 1)), True, "waking"),
        (SageMaker("Updating", (0, 1)), True, "waking"),
        (SageMaker("RollingBack", (1, 1)), True, "ready"),
        (SageMaker("Creating"), False, "starting"),
        (SageMaker("Deleting"), False, "missing"),
        (SageMaker(""), False, "missing"),
        (SageMaker("Failed"), False, "failed"),
        (SageMaker("UpdateRollbackFailed"), False, "failed"),
    ],
)
def test_an_endpoint_without_an_instance_is_ready_and_says_what_it_does(
    sagemaker: SageMaker, ready: bool, state: str
) -> None:
    status = AsynchronousStatus("endpoint")
    status._client = sagemaker
    word = sagemaker.status or "NotFound"
    assert status.read() == status.wake() == {"ready": ready, "state": state, "endpoint_status": word}
