"""A small real HTTP server with given responses, which remembers the requests that it received."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Responses = dict[str, tuple[int, object]]


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that the server received."""

    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body, which is JSON."""
        return json.loads(self.body)


@dataclass
class WebServer:
    """A running server: its responses by path (a body that is not bytes is sent as JSON), and what it received."""

    url: str
    responses: Responses
    received: list[ReceivedRequest] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def web_server(responses: Responses) -> Iterator[WebServer]:
    """Serve these responses by their path; any other path is not found."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = served.responses.get(self.path, (404, {"error": "not found"}))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            served.received.append(
                ReceivedRequest(self.path, {name.lower(): each for name, each in self.headers.items()}, body)
            )
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sent)), **served.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = WebServer(f"http://127.0.0.1:{server.server_port}", responses)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
