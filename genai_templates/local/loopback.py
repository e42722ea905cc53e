"""HTTP requests to the one port of this machine that stands for every host name of the emulated AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import EmulatorFailed
from .protocol import CONTROL_PREFIX

HOST = "127.0.0.1"
_TIMEOUT_SECONDS = 60
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Response:
    """An HTTP response; names of headers are the same in upper and lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body, which is JSON."""
        return json.loads(self.body)


class LoopbackClient:
    """Sends what is meant for a service, an API or a distribution to a port of this machine.

    No proxy stands between, no redirect is followed, and bodies come back as they were sent, even compressed.
    """

    port: int = 0

    @property
    def url(self) -> str:
        """The endpoint URL of every service."""
        return f"http://{HOST}:{self.port}"

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a request over a connection of its own, and return the response, whatever its status."""
        from urllib3 import HTTPConnectionPool

        with HTTPConnectionPool(HOST, self.port, timeout=_TIMEOUT_SECONDS) as pool:
            got = pool.urlopen(method, path, body, headers, retries=False, redirect=False, decode_content=False)
        return Response(got.status, got.headers, got.data)

    def api_request(
        self, api_id: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a request to a stage of the emulated API Gateway; ``path`` begins with the stage's name.

        A body that is not bytes is sent as JSON.
        """
        path = f"/_aws/execute-api/{api_id}/{path.lstrip('/')}"
        return self.request(method, path, _encoded(body), _content_type(body) | (headers or {}))

    def site_request(
        self, domain: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a request to a CloudFront distribution, as a browser would under its domain name."""
        return self.request(method, path, _encoded(body), _content_type(body) | {"Host": domain} | (headers or {}))

    def control_request(self, method: str, path: str, /, **fields: object) -> Any:
        """Send a request about the emulator itself, and return what it responds.

        Raises EmulatorFailed when the emulator refuses it or cannot be reached.
        """
        from urllib3.exceptions import HTTPError

        try:
            response = self.request(method, CONTROL_PREFIX + path, json.dumps(fields).encode() if fields else None)
        except HTTPError as error:
            raise EmulatorFailed(f"the emulator does not respond to {method} {path}: {error}") from None
        if response.status != 200:
            raise EmulatorFailed(f"the emulator refused {method} {path} with {response.status}")
        return response.json()


def _encoded(body: object) -> bytes | None:
    return body if isinstance(body, bytes | None) else json.dumps(body).encode()


def _content_type(body: object) -> dict[str, str]:
    return {} if body is None else _JSON
