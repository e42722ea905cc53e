"""The pages as they are published, under their real security policy, with an API that tests play."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from genai_templates.components.headers import content_security_policy
from genai_templates.packaging.site import site_files
from handlers.custom_resources.site_publisher import CONTENT_TYPES

Reply = tuple[int, dict[str, str], object]


class Site:
    """A published page, and the API behind it: ``replies`` are given one after the other, the last one for good."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.replies: dict[str, list[Reply]] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.origin = ""

    def on(self, route: str, *replies: Reply) -> None:
        """Answer ``METHOD /path`` with these replies."""
        self.replies[route] = list(replies)

    def reply(self, route: str) -> Reply:
        queue = self.replies.get(route) or [(404, {}, {"error": {"message": "no such path", "request_id": "r"}})]
        return queue.pop(0) if len(queue) > 1 else queue[0]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.lstrip("/") or "index.html"
            if path.startswith("api/"):
                self._api("GET", None)
            elif path.startswith("generated_images/"):
                self._send(200, {"Content-Type": "image/svg+xml"}, _SQUARE)
            elif path in site.files:
                kind = CONTENT_TYPES[path[path.rindex(".") :]]
                self._send(200, {"Content-Type": kind}, site.files[path])
            else:
                self._send(404, {}, b"")

        def do_POST(self) -> None:
            self._api("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _api(self, method: str, body: object) -> None:
            path = self.path.removeprefix("/api")
            site.requests.append((method, path, body))
            status, headers, answer = site.reply(f"{method} {path}")
            self._send(status, {"Content-Type": "application/json", **headers}, json.dumps(answer).encode())

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Security-Policy", content_security_policy(""))
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler


_SQUARE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512">
<rect width="512" height="512" fill="teal"/></svg>"""


@pytest.fixture
def publish() -> Iterator[Callable[[str], Site]]:
    """Publish the page of ``text`` or ``image`` on this machine."""
    servers: list[ThreadingHTTPServer] = []

    def start(app: str) -> Site:
        site = Site()
        site.files = dict(site_files(app))
        config = {"appName": "test", "apiUrl": "api", "model": "a-model", "limits": {}}
        site.files["config.json"] = json.dumps(config).encode()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
        site.origin = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


class Watch:
    """What went wrong in a page: console errors, policy violations, requests to other origins."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self.urls: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self.urls.append(request.url))

    def _console(self, message: Any) -> None:
        # The browser itself reports each answer of 400 and above; those are what some tests are about.
        if message.type == "error" and not re.match(r"Failed to load resource: .* status of [45]", message.text):
            self.problems.append(message.text)

    def check(self, origin: str) -> None:
        """Fail if anything went wrong, or anything came from elsewhere."""
        assert self.problems == []
        assert [url for url in self.urls if not url.startswith(origin)] == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
