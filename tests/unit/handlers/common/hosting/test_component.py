"""A model that is scaled to zero: a call that finds it asleep wakes it; any other call is as at an endpoint."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from handlers.common.errors import ModelAsleep, RequestError
from handlers.common.hosting import component_status
from handlers.common.hosting.component import Component

NO_CAPACITY = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if "
    "configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API."
)
WOKEN = {"InferenceComponentArn": "arn:aws:sagemaker:us-east-1:123456789012:inference-component/model"}
WAKE = {"InferenceComponentName": "model", "DesiredRuntimeConfig": {"CopyCount": 1}}


@pytest.fixture
def component() -> Component:
    return Component("endpoint", "model", function_timeout=28)


@pytest.fixture
def runtime(component: Component) -> Iterator[Stubber]:
    """What the endpoint responds with."""
    with Stubber(component.endpoint.client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """What SageMaker's control plane responds with."""
    client = boto3.client("sagemaker", region_name="us-east-1")
    monkeypatch.setattr(component_status, "make_client", lambda *_, **__: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def invoke_asleep(component: Component) -> RequestError:
    with pytest.raises(ModelAsleep) as caught:
        component.invoke({})
    return caught.value


def test_a_model_that_is_awake_is_called_by_its_component(component: Component, runtime: Stubber) -> None:
    body: Any = StreamingBody(io.BytesIO(b"[]"), 2)
    expected = {
        "EndpointName": "endpoint",
        "InferenceComponentName": "model",
        "Body": b'{"inputs": "Hello"}',
        "ContentType": "application/json",
        "Accept": "application/json",
    }
    runtime.add_response("invoke_endpoint", {"Body": body}, expected)
    assert component.invoke({"inputs": "Hello"}) == b"[]"


@pytest.mark.parametrize("code", ["ValidationError", "ValidationException"])
def test_a_call_that_finds_the_model_asleep_wakes_it(
    component: Component, runtime: Stubber, control: Stubber, code: str
) -> None:
    runtime.add_client_error("invoke_endpoint", code, NO_CAPACITY)
    control.add_response("update_inference_component_runtime_config", WOKEN, WAKE)
    error = invoke_asleep(component)
    assert (error.status, error.code, error.retry_after) == (503, "model_asleep", 30)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "ThrottlingException"])
def test_where_it_cannot_be_woken_directly_the_response_is_the_same(
    component: Component, runtime: Stubber, control: Stubber, code: str
) -> None:
    runtime.add_client_error("invoke_endpoint", "ValidationError", NO_CAPACITY)
    control.add_client_error("update_inference_component_runtime_config", code, "arn:aws:sagemaker")
    assert invoke_asleep(component).code == "model_asleep"


def test_where_the_control_plane_cannot_be_reached_the_response_is_the_same(
    component: Component, runtime: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://api.sagemaker")

    monkeypatch.setattr(component_status, "make_client", fail)
    runtime.add_client_error("invoke_endpoint", "ValidationError", NO_CAPACITY)
    assert invoke_asleep(component).code == "model_asleep"


def test_of_calls_at_the_same_time_none_responds_before_the_model_is_being_woken(
    component: Component, runtime: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken = threading.Event()

    class Client:
        def update_inference_component_runtime_config(self, **request: object) -> None:
            assert request == WAKE
            woken.set()

    def invoke_once() -> bool:
        invoke_asleep(component)
        return woken.is_set()

    monkeypatch.setattr(component_status, "make_client", lambda *_, **__: Client())
    for _ in range(8):
        runtime.add_client_error("invoke_endpoint", "ValidationError", NO_CAPACITY)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: invoke_once(), range(8)))


def test_a_copy_that_is_loading_is_waited_for_and_left_alone(component: Component, runtime: Stubber) -> None:
    runtime.add_client_error("invoke_endpoint", "ModelNotReadyException", "loading")
    assert invoke_asleep(component).retry_after == 30


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("ValidationError", "Endpoint endpoint of account 123456789012 not found.", "model_not_ready"),
        ("ThrottlingException", "Rate exceeded", "too_many_requests"),
        ("ModelError", NO_CAPACITY, "model_failed"),
        ("AccessDeniedException", "no", "model_failed"),
    ],
)
def test_what_else_goes_wrong_is_what_it_is_at_an_endpoint(
    component: Component, runtime: Stubber, code: str, message: str, expected: str
) -> None:
    runtime.add_client_error("invoke_endpoint", code, message)
    with pytest.raises(RequestError) as caught:
        component.invoke({})
    assert caught.value.code == expected


def test_a_function_whose_model_is_awake_never_makes_the_client_that_wakes_it(
    component: Component, runtime: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component_status, "make_client", lambda *_, **__: pytest.fail("made a client"))
    runtime.add_response("invoke_endpoint", {"Body": StreamingBody(io.BytesIO(b"[]"), 2)})
    component.invoke({})
