"""Fault injection: models that fail, calls of functions that AWS refuses, loses or blocks, and killed functions.

A test of one's own plays these against a stack in the emulator, to see what its users get. ``Chaos`` runs in the
caller's process; what it plans is played in the emulator's.
"""

from __future__ import annotations

import time
from types import TracebackType

from ..bedrock_catalog import called_ids
from ..errors import InvalidOption, LocalError
from .emulator import Emulator
from .protocol import UNTIL_ENDED, FaultEffect, InjectedFault, ModelFault, check_times

__all__ = ["UNTIL_ENDED", "Chaos", "FaultEffect", "InjectedFault", "ModelFault"]

_LOOK_AGAIN_SECONDS = 0.05


class Chaos:
    """Faults of a running emulator; as a context manager, it ends them all with its block."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._endpoints: set[str] = set()

    def __enter__(self) -> Chaos:
        """Inject nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every fault."""
        self.end()

    def model_fault(self, endpoint: str, fault: ModelFault, times: int = UNTIL_ENDED) -> None:
        """Have the next calls of the model endpoint meet the fault, in the place of any planned before.

        On Amazon Bedrock, ``endpoint`` is the id by which the model is called. Raises InvalidOption for an endpoint, a
        fault or a number of calls that there cannot be.
        """
        if fault not in list(ModelFault):
            choices = ", ".join(f"ModelFault.{each.name}" for each in ModelFault)
            raise InvalidOption(f"{fault!r} is not the fault of a model: choose {choices}")
        check_times(times)
        self._add_endpoint(endpoint)
        self._plan_model_fault(endpoint, fault, times)

    def model_without_jpeg(self, endpoint: str) -> None:
        """Have the model container behind the endpoint respond with arrays of pixels alone, as old ones do."""
        self._add_endpoint(endpoint)
        self._emulator.control_request("PUT", "model/jpeg", endpoint=endpoint, allowed=False)

    def function_faults(self, *faults: InjectedFault) -> None:
        """Have calls that functions make meet these faults, in the place of any planned before; blocked calls go on."""
        planned = [{**vars(fault), "effect": fault.effect.value} for fault in faults]
        self._emulator.control_request("PUT", "disruptions", disruptions=planned)

    def notifications(self, *, copies: int = 1, held: bool = False) -> None:
        """Have SageMaker tell of each result of asynchronous inference so often: twice, never, or not before it may."""
        self._emulator.control_request("PUT", "inference/notifications", copies=copies, held=held)

    def expire_requests(self, endpoint: str) -> int:
        """End the time to live of the requests that wait for an asynchronous endpoint; return how many these were."""
        return int(self._emulator.control_request("POST", "inference/expire", endpoint=endpoint))

    def fall_asleep(self, endpoint: str) -> None:
        """Play a quarter of an hour without requests; raises LocalError when no policy takes the instances away."""
        if not self._emulator.control_request("POST", "inference/idle", endpoint=endpoint):
            raise LocalError(f"nothing scales the endpoint {endpoint} to no instance when its queue is empty")

    def calls_met(self) -> list[int]:
        """Return how many calls have met each of the planned faults of functions so far."""
        return list(self._emulator.control_request("GET", "disruptions"))

    def wait_for_calls(self, count: int = 1, *, timeout_seconds: float = 30.0) -> None:
        """Wait until so many calls have met the planned faults of functions; raises LocalError when time is up."""
        deadline = time.monotonic() + timeout_seconds
        while sum(self.calls_met()) < count:
            if time.monotonic() > deadline:
                raise LocalError(f"fewer than {count} calls have met the faults within {timeout_seconds:.0f} s")
            time.sleep(_LOOK_AGAIN_SECONDS)

    def kill_function(self, name: str) -> int:
        """Kill the processes of the Lambda function that are at work now, and return how many these were.

        Raises InvalidOption when there is no function of this name.
        """
        pages = self._emulator.client("lambda").get_paginator("list_functions").paginate()
        _check_name("function", name, {each["FunctionName"] for page in pages for each in page["Functions"]})
        return int(self._emulator.control_request("POST", "functions/kill", name=name))

    def pending_events(self) -> int:
        """Return how many asynchronous events of Lambda functions are being tried, or wait to be tried again."""
        return int(self._emulator.control_request("GET", "functions/events"))

    def forward_queue(self, url: str, seconds: float) -> None:
        """Let so much time pass for what hides the messages of a queue: a visibility timeout, or a pause."""
        self._emulator.control_request("POST", "queues/forward", queue=url, seconds=seconds)

    def end(self) -> None:
        """End every fault; calls that are blocked go on."""
        self.function_faults()
        self.notifications()
        for endpoint in self._endpoints:
            self._plan_model_fault(endpoint, ModelFault.SERVER_ERROR, times=0)
            self._emulator.control_request("PUT", "model/jpeg", endpoint=endpoint, allowed=True)

    def _add_endpoint(self, name: str) -> None:
        if name not in called_ids():
            pages = self._emulator.client("sagemaker").get_paginator("list_endpoints").paginate()
            endpoints = {each["EndpointName"] for page in pages for each in page["Endpoints"]}
            _check_name("endpoint or model", name, endpoints | called_ids())
        self._endpoints.add(name)

    def _plan_model_fault(self, endpoint: str, fault: ModelFault, times: int) -> None:
        self._emulator.control_request("PUT", "model/fault", endpoint=endpoint, fault=fault.value, times=times)


def _check_name(kind: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise InvalidOption(f"there is no {kind} {name!r}; there are {', '.join(sorted(known)) or 'none'}")
