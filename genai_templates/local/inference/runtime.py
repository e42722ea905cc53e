"""Runtime of the model endpoints: the backend that each call goes to, with its latency, failures and limits."""

from __future__ import annotations

import asyncio
import contextvars
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ..invoke_endpoint import RUNTIME_SECONDS, HttpResponse, container_error, endpoint_response, timed_out, unavailable
from ..protocol import ModelFault
from ..stand_in.images import PIXELS
from ..stand_in.model import invoke_model
from .backend_request import send_request
from .faults import Faults, fault_response
from .server import ModelServer
from .server_client import invoke_server

Backend = Callable[[str, bytes, str], HttpResponse]
_AT_ONCE = 64
_SEED = 20240607
"""At a failure rate, the same calls fail in each run."""


class Runtime:
    """Responses to calls of the endpoints; see ``ModelOptions`` for how that is chosen."""

    def __init__(self, *, longest_seconds: float = RUNTIME_SECONDS) -> None:
        self.faults = Faults()
        self._without_jpeg: set[str] = set()
        self._longest_seconds = longest_seconds
        # Threads of its own: a call that waits for a model must not hold up the calls that others wait for.
        self._threads = ThreadPoolExecutor(_AT_ONCE, "model")
        self.use()

    def use(
        self,
        latency_seconds: float = 0.0,
        failure_rate: float = 0.0,
        not_ready_seconds: float = 0.0,
        wake_seconds: float = 0.0,
        idle_seconds: float = 0.0,
        relay_url: str = "",
        server: dict[str, str] | None = None,
    ) -> None:
        """Answer in this way from now on."""
        self._latency_seconds = latency_seconds
        self._failure_rate = failure_rate
        self._not_ready_seconds = not_ready_seconds
        self.wake_seconds, self.idle_seconds = wake_seconds, idle_seconds
        self._chosen = time.monotonic()
        self._is_real = bool(relay_url)
        self._random = random.Random(_SEED)
        self.server = None if server is None else ModelServer(**server)
        self._backend: Backend = _invoke_stand_in
        if relay_url:
            self._backend = partial(_invoke_relay, relay_url)
        elif self.server is not None:
            self._backend = partial(invoke_server, self.server)

    def allow_jpeg(self, endpoint: str, allowed: bool) -> None:
        """Have the endpoint's container know JPEG, or pixel arrays alone."""
        (self._without_jpeg.discard if allowed else self._without_jpeg.add)(endpoint)

    def is_ready(self, age_seconds: float) -> bool:
        """Return whether an endpoint of this age is in service by now."""
        return min(age_seconds, time.monotonic() - self._chosen) >= self._not_ready_seconds

    async def invoke(self, endpoint: str, headers: dict[str, str], body: bytes, *, largest: int) -> HttpResponse:
        """Answer a call of an endpoint that is in service and whose container sends at most so many bytes."""
        accept = headers.get("x-amzn-sagemaker-accept") or headers.get("accept", "")
        if endpoint in self._without_jpeg:
            accept = PIXELS
        return await self.play(
            endpoint,
            partial(self._limited, endpoint, body, accept, largest),
            lambda fault: fault_response(fault, endpoint, body, accept),
            timed_out(endpoint),
        )

    async def play(
        self,
        name: str,
        work: Callable[[], HttpResponse],
        broken: Callable[[ModelFault], HttpResponse],
        too_late: HttpResponse,
    ) -> HttpResponse:
        """Return what ``work`` does, which runs in a thread, or ``broken`` with the fault that a call is to meet."""
        if fault := self.faults.next_of(name):
            return await self._in_thread(broken, fault)
        try:
            return await asyncio.wait_for(self._respond(work, broken), self._longest_seconds)
        except TimeoutError:
            return too_late

    def _limited(self, endpoint: str, body: bytes, accept: str, largest: int) -> HttpResponse:
        response = self._backend(endpoint, body, accept)
        if response[0] < 400 and len(response[2]) > largest and not self._is_real:
            # The model server drops the connection to its worker and takes the worker for dead.
            return endpoint_response(endpoint, container_error(500, "Worker died."))
        return response

    async def _respond(
        self, work: Callable[[], HttpResponse], broken: Callable[[ModelFault], HttpResponse]
    ) -> HttpResponse:
        fails = self._random.random() < self._failure_rate
        await asyncio.sleep(self._latency_seconds)
        if fails:
            return await self._in_thread(broken, ModelFault.SERVER_ERROR)
        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[..., HttpResponse], *arguments: object) -> HttpResponse:
        run = contextvars.copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._threads, run, work, *arguments)


def _invoke_stand_in(endpoint: str, body: bytes, accept: str) -> HttpResponse:
    return endpoint_response(endpoint, invoke_model(body, accept))


def _invoke_relay(url: str, endpoint: str, body: bytes, accept: str) -> HttpResponse:
    try:
        status, headers, content = send_request(url, body, {"Accept": accept}, seconds=2 * RUNTIME_SECONDS)
    except (TimeoutError, ConnectionError) as error:
        return unavailable(str(error))
    sent = ("content-type", "x-amzn-errortype")
    return status, {name: headers[name] for name in sent if name in headers}, content
