"""A page as it is published, served on this machine, and an API behind it that tests play."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from genai_templates.components.headers import content_security_policy
from genai_templates.limits import REQUEST_LIMITS
from genai_templates.packaging.site import site_files
from handlers.custom_resources.site_publisher import CONTENT_TYPES
from tests.waiting import until

Response = tuple[int, dict[str, str], object]
Publish = Callable[..., "Site"]
PassTime = Callable[[int], None]
Guard = Callable[[dict[str, str]], Response | None]
Move = tuple[float, str]  # how large (its layout shift), and what moved from where to where

_READY: Response = (200, {}, {"ready": True, "endpoint_status": "InService"})
_ENDPOINT_STATUSES = {"starting": "Creating", "paused": "NotFound", "missing": "NotFound", "failed": "Failed"}
_NO_SUCH_PATH: Response = (404, {}, {"error": {"code": "not_found", "message": "no such path", "request_id": "r"}})
# CloudFront compresses nothing that is smaller.
_SMALLEST_COMPRESSED = 1000
_PIECE_BYTES = 200
_PIECE_SECONDS = 0.1
SQUARE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">
<rect width="512" height="512" fill="teal"/></svg>"""


def pass_until(condition: Callable[[], bool], pass_time: PassTime, *, milliseconds: int = 15_000) -> None:
    """Let time pass, a little each time, until something is so.

    A timer that sends a request may begin the next one only when the response is there, which the page's clock does not
    hasten.
    """

    def has_become_so() -> bool | None:
        if condition():
            return True
        pass_time(milliseconds)
        return None

    until(has_become_so)


def model_state(state: str, *, ready: bool = False, status: int = 200) -> Response:
    """Return the API's response about a model in this state."""
    return status, {}, {"ready": ready, "state": state, "endpoint_status": _ENDPOINT_STATUSES.get(state, "InService")}


class Site:
    """A published page, and the API behind it: ``replies`` are given one after the other, the last one for good.

    ``guard`` returns the refusal of requests with the wrong headers; the page's policy allows calls to ``connects`` and
    images from ``image_origin``, besides the page's own origin.

    Each path below ``generated_images/`` has an image, but for those in ``expired``. The files in ``in_pieces`` arrive
    a little at a time, as over a slow connection.
    """

    def __init__(self, app: str, below: str) -> None:
        self.app = app
        self.files: dict[str, bytes] = dict(site_files(app))
        self.responses: dict[str, list[Response]] = {"GET /status": [_READY]}
        self.requests: list[tuple[str, str, Any]] = []
        self.status_requests = 0
        self.headers: list[dict[str, str]] = []
        self.expired: set[str] = set()
        self.in_pieces: set[str] = set()
        self.guard: Guard = lambda headers: None
        self.connects = ""
        self.image_origin = ""
        self.below = below
        self.origin = ""
        self._held: dict[str, threading.Event] = {}
        self.configure()

    def configure(self, **config: object) -> None:
        """Set the deployment's ``config.json``."""
        content = {"appName": "test", "apiUrl": "api", "model": "a-model"} | config
        self.files["config.json"] = json.dumps(content).encode()

    def limit(self, **limits: float) -> None:
        """Publish the page with other limits of the API."""
        self.files |= site_files(self.app, limits=REQUEST_LIMITS[self.app] | limits)

    @property
    def policy(self) -> str:
        """The page's Content-Security-Policy."""
        return content_security_policy(called=filter(None, [self.connects]), images=self.image_origin)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.origin}{self.below}/"

    def on(self, route: str, *responses: Response) -> None:
        """Answer ``METHOD /path`` with these replies."""
        self.responses[route] = list(responses)

    def hold(self, route: str) -> Callable[[], None]:
        """Keep requests to ``METHOD /path`` waiting until the function that this returns is called."""
        return self._held.setdefault(route, threading.Event()).set

    def release(self) -> None:
        """Let all waiting requests go."""
        for event in self._held.values():
            event.set()

    def respond(self, method: str, path: str, body: object, headers: dict[str, str]) -> Response:
        """Note a request and return the answer to it."""
        route = f"{method} {path}"
        if route == "GET /status":
            self.status_requests += 1
        else:
            self.requests.append((method, path, body))
            self.headers.append(headers)
        if route in self._held:
            self._held[route].wait()
        if refusal := self.guard(headers):
            return refusal
        queue = self.responses.get(route) or [_NO_SUCH_PATH]
        return queue.pop(0) if len(queue) > 1 else queue[0]


def serve(app: str, *, below: str) -> tuple[Site, Callable[[], None]]:
    """Serve the page of an application below a path; returns the site, and what stops it."""
    site = Site(app, below)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return site, stop


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self._path().partition("?")[0] or "index.html"
            if path.startswith("api/"):
                self._api("GET", None)
            elif path.startswith("generated_images/") and path not in site.expired:
                self._send(200, {"Content-Type": "image/svg+xml"}, SQUARE)
            elif path in site.files:
                kind = CONTENT_TYPES[path[path.rindex(".") :]]
                self._send(200, {"Content-Type": kind}, site.files[path], in_pieces=path in site.in_pieces)
            else:
                self._send(404, {}, b"")

        def do_POST(self) -> None:
            self._api("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null"))

        def _path(self) -> str:
            return self.path.removeprefix(site.below).lstrip("/")

        def _api(self, method: str, body: object) -> None:
            status, headers, content = site.respond(
                method, f"/{self._path().removeprefix('api/')}", body, dict(self.headers)
            )
            content = content if isinstance(content, bytes) else json.dumps(content).encode()
            self._send(status, {"Content-Type": "application/json", **headers}, content)

        def _send(self, status: int, headers: dict[str, str], body: bytes, *, in_pieces: bool = False) -> None:
            if len(body) >= _SMALLEST_COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
                headers, body = {**headers, "Content-Encoding": "gzip"}, gzip.compress(body)
            self.send_response(status)
            self.send_header("Content-Security-Policy", site.policy)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the page cancelled the request
                while in_pieces and body:
                    self.wfile.write(body[:_PIECE_BYTES])
                    body = body[_PIECE_BYTES:]
                    time.sleep(_PIECE_SECONDS)
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler
