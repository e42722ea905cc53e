"""HTTP requests to the emulator: to its services, its APIs and its sites."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"
_LONGEST_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body, which is JSON."""
        return json.loads(self.body)


class HttpClient:
    """Sends requests to a port of this machine, past every proxy, and follows no redirect."""

    port: int = 0

    @property
    def url(self) -> str:
        """The endpoint URL of every service."""
        return f"http://{HOST}:{self.port}"

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request and return the answer, whatever its status."""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
        try:
            with opener.open(request, timeout=_LONGEST_SECONDS) as response:
                return _answer(response)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error)

    def api_request(
        self, api_id: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to a stage of the emulated API Gateway; ``path`` begins with the stage's name.

        A body that is not bytes is sent as JSON.
        """
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        return self.request(method, f"/_aws/execute-api/{api_id}/{path.lstrip('/')}", data, sent | (headers or {}))

    def site_request(
        self, domain: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request to a CloudFront distribution, as a browser would under its domain name."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        return self.request(method, path, data, sent | {"Host": domain} | (headers or {}))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _answer(response: Any) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, response.read())
