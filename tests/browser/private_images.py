"""A bucket on an origin of its own, whose images can be seen by URLs that are signed, for a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.browser.image_jobs import job_state
from tests.browser.site import SQUARE, Response


class PrivateImages:
    """The bucket: each job's response has new URLs, and those from before ``end_urls()`` are refused."""

    def __init__(self) -> None:
        self.origin = ""
        self.signatures: set[str] = set()
        self.paths: list[str] = []
        self._issued = 0

    def end_urls(self) -> None:
        """Let all URLs end that were signed so far."""
        self.signatures.clear()

    def done(self, *, images: int = 1) -> Response:
        """Return the API's response for a job that has made private images."""
        body: Any = job_state("SUCCEEDED", images=images)[2]
        for number, image in enumerate(body["images"]):
            name = f"generated_images/ab/{number}"
            image["url"] = self._sign(f"{name}.jpg")
            image["thumbnail_url"] = self._sign(f"{name}_thumbnail.jpg")
            image["download_url"] = self._sign(
                f"{name}.jpg", disposition=f'attachment; filename="image-{number + 1}.jpg"'
            )
        return 200, {}, body

    def _sign(self, path: str, *, disposition: str = "") -> str:
        self._issued += 1
        signature = f"s{self._issued}"
        self.signatures.add(signature)
        query = {"response-content-disposition": disposition} if disposition else {}
        return f"{self.origin}/{path}?{urlencode(query | {'X-Amz-Expires': '900', 'X-Amz-Signature': signature})}"


def serve_images() -> tuple[PrivateImages, Callable[[], None]]:
    """Serve a bucket; returns it, and what stops it."""
    images = PrivateImages()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(images))
    images.origin = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return images, stop


def _handler(images: PrivateImages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            is_signed = query.get("X-Amz-Signature", [""])[0] in images.signatures
            images.paths.append(urlsplit(self.path).path)
            body = SQUARE if is_signed else b"<Error><Code>AccessDenied</Code></Error>"
            self.send_response(200 if is_signed else 403)
            self.send_header("Content-Type", "image/svg+xml" if is_signed else "application/xml")
            self.send_header("Content-Length", str(len(body)))
            for disposition in query.get("response-content-disposition", []):
                self.send_header("Content-Disposition", disposition)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output clean."""

    return Handler
