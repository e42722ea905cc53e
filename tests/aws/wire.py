"""The line between a command and the emulated AWS: it writes down every call, and can break wherever a test wants it.

A rule takes the calls of one operation ("*" for any): ``after`` so many that pass, it takes ``times`` (None for all).
The rule that was added last goes first. Nothing here sleeps or depends on time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any

from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from tests.aws.listener import HOP_BY_HOP, make_handler
from tests.aws.operations import Call
from tests.aws.responses import HttpResponse, failure, result

PassOn = Callable[[Call], HttpResponse]
"""Sends the call on to the emulated AWS, and returns its response."""

Action = Callable[[Call, PassOn], HttpResponse | None]
"""What a rule does with a call: it returns the response to send, or None to close the connection without one."""

_WAIT_SECONDS = 120


@dataclass
class _Rule:
    service: str
    operation: str
    action: Action
    times: int | None
    after: int
    when: Callable[[Call], bool]

    def takes(self, call: Call) -> bool:
        """Return whether the call is one for this rule, and count it."""
        fits = self.service in ("*", call.service) and self.operation in ("*", call.operation)
        if not fits or self.times == 0 or not self.when(call):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Held:
    """Calls that stand still until they are released; at the end of a ``with`` they are."""

    def __init__(self) -> None:
        self._arrived = threading.Event()
        self._released = threading.Event()

    def wait(self) -> None:
        """Wait until a call has come; raises TimeoutError."""
        if not self._arrived.wait(_WAIT_SECONDS):
            raise TimeoutError("no such call came")

    def release(self) -> None:
        """Let the calls go on."""
        self._released.set()

    def stand(self) -> None:
        """Hold the thread of a call."""
        self._arrived.set()
        self._released.wait(_WAIT_SECONDS)

    def __enter__(self) -> Held:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Wire:
    """A context manager: inside it a proxy to the emulated AWS listens on a port of 127.0.0.1."""

    def __init__(self, host: str, port: int) -> None:
        self.calls: list[Call] = []
        self._pool = HTTPConnectionPool(host, port, maxsize=32, timeout=_WAIT_SECONDS)
        self._rules: list[_Rule] = []
        self._held: list[Held] = []
        self._mistakes: list[Exception] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The value for ``AWS_ENDPOINT_URL``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def names(self, service: str = "*") -> list[str]:
        """Return the calls so far, each as ``service:Operation``, in order."""
        return [call.name for call in self.calls if service in ("*", call.service)]

    def fail(
        self, service: str, operation: str, *, code: str, message: str = "", status: int = 400, **rule: Any
    ) -> None:
        """Refuse calls with this error; they do not reach the emulated AWS."""
        self._add(service, operation, lambda call, pass_on: failure(call, code, message or code, status), **rule)

    def respond(
        self, service: str, operation: str, data: Mapping[str, Any] | Callable[[Call], Mapping[str, Any]], **rule: Any
    ) -> None:
        """Respond with this result, or with what the function returns for the call, in the place of the emulator."""
        self._add(
            service, operation, lambda call, pass_on: result(call, data(call) if callable(data) else data), **rule
        )

    def drop(self, service: str, operation: str, **rule: Any) -> None:
        """Close the connection when the request has come: AWS has not seen it."""
        self._add(service, operation, lambda call, pass_on: None, **rule)

    def lose(self, service: str, operation: str, **rule: Any) -> None:
        """Close the connection in the place of the response: AWS has done what was requested."""

        def act(call: Call, pass_on: PassOn) -> None:
            pass_on(call)

        self._add(service, operation, act, **rule)

    def hold(self, service: str, operation: str, **rule: Any) -> Held:
        """Hold calls before they reach the emulated AWS."""
        held = self._new_held()

        def act(call: Call, pass_on: PassOn) -> HttpResponse:
            held.stand()
            return pass_on(call)

        self._add(service, operation, act, **rule)
        return held

    def hold_response(self, service: str, operation: str, **rule: Any) -> Held:
        """Hold responses: the emulated AWS has done what was requested, and the caller does not know yet."""
        held = self._new_held()

        def act(call: Call, pass_on: PassOn) -> HttpResponse:
            response = pass_on(call)
            held.stand()
            return response

        self._add(service, operation, act, **rule)
        return held

    def on(self, service: str, operation: str, callback: Callable[[Call], object], **rule: Any) -> None:
        """Call a function with each call before it goes on; other rules then do not see it."""

        def act(call: Call, pass_on: PassOn) -> HttpResponse:
            callback(call)
            return pass_on(call)

        self._add(service, operation, act, **rule)

    def handle(self, call: Call) -> HttpResponse | None:
        """Do with a call what the rules want."""
        with self._lock:
            self.calls.append(call)
            rule = next((each for each in reversed(self._rules) if each.takes(call)), None)
        try:
            response = rule.action(call, self._pass_on) if rule else self._pass_on(call)
        except HTTPError:  # the emulated AWS is gone
            response = None
        except Exception as error:  # of the test's own function, which runs in a thread of the server
            self._mistakes.append(error)
            response = None
        call.status = response.status if response else 0
        return response

    def _add(
        self,
        service: str,
        operation: str,
        action: Action,
        *,
        times: int | None = None,
        after: int = 0,
        when: Callable[[Call], bool] = lambda call: True,
    ) -> None:
        with self._lock:
            self._rules.append(_Rule(service, operation, action, times, after, when))

    def _new_held(self) -> Held:
        self._held.append(Held())
        return self._held[-1]

    def _pass_on(self, call: Call) -> HttpResponse:
        headers = {name: value for name, value in call.headers.items() if name not in HOP_BY_HOP | {"expect"}}
        got = self._pool.urlopen(
            call.method, call.path, call.body, headers, retries=False, redirect=False, decode_content=False
        )
        return HttpResponse(got.status, dict(got.headers), got.data)

    def __enter__(self) -> Wire:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(self.handle))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for held in self._held:
            held.release()
        self._server.shutdown()
        self._server.server_close()
        self._pool.close()
        if self._mistakes and error is None:
            raise self._mistakes[0]
