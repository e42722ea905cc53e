"""The HTTP side of the wire: requests read whole, connections kept alive, responses sent with their length."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from tests.aws.operations import Call, read_call
from tests.aws.responses import HttpResponse

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "proxy-connection", "te"}
"""Headers that belong to a connection, not to a message."""

_BODILESS = {204, 304}


def make_handler(handle: Callable[[Call], HttpResponse | None]) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that sends what the function returns, or closes the connection for None."""

    class Listener(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = handle(read_call(self.command, self.path, headers, self._read_body()))
            if response is None:
                self.close_connection = True
                return
            with contextlib.suppress(ConnectionError):  # the command may have been interrupted
                self._send(response)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _serve

        def _read_body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return b"".join(iter(self._read_chunk, b""))
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _read_chunk(self) -> bytes:
            chunk = self.rfile.read(int(self.rfile.readline().split(b";")[0], 16))
            self.rfile.readline()
            return chunk

        def _send(self, response: HttpResponse) -> None:
            self.send_response_only(response.status)
            has_length = False
            for name, value in response.headers.items():
                if name.lower() in HOP_BY_HOP or (name.lower() == "content-length" and self.command != "HEAD"):
                    continue
                has_length |= name.lower() == "content-length"
                self.send_header(name, value)
            if response.status not in _BODILESS and not has_length:
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Print nothing: the wire keeps its calls."""

    return Listener
