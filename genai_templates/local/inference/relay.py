"""Relay of calls to a SageMaker endpoint of the user's own account, made by the user's own process.

The emulator and the functions that it runs have the emulated account's credentials and no others. What they ask of the
endpoint comes here over HTTP, to a path that only the emulator knows, and is sent on with the credentials that boto3
finds for the user: these never leave this process.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ...errors import LocalError
from ..invoke_endpoint import RUNTIME_SECONDS, HttpResponse, error_response, timed_out, unavailable

_POLL_SECONDS = 0.05
"""Interval at which the server looks whether it is to end."""
_MARGIN_SECONDS = 10
"""The service tells its own time-out; a client that waits as long would miss it."""


@contextmanager
def relay(endpoint: str) -> Iterator[str]:
    """Pass what is posted to the yielded URL to this endpoint; raises LocalError without credentials or a region."""
    client = _client()
    secret = f"/{secrets.token_urlsafe(32)}"

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if not secrets.compare_digest(self.path.encode(), secret.encode()):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, content = _invoke(client, endpoint, body, self.headers["Accept"])
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing: the emulator tells what was called."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{secret}"
    finally:
        server.shutdown()
        server.server_close()


def _client() -> Any:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    # The functions try again by themselves where they want to.
    config = Config(
        connect_timeout=3, read_timeout=RUNTIME_SECONDS + _MARGIN_SECONDS, retries={"total_max_attempts": 1}
    )
    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            raise LocalError("boto3 finds no AWS credentials of yours: log in, or set AWS_PROFILE")
        return session.client("sagemaker-runtime", config=config)
    except BotoCoreError as error:
        raise LocalError(f"boto3 cannot call SageMaker for you: {error}") from None


def _invoke(client: Any, endpoint: str, body: bytes, accept: str) -> HttpResponse:
    from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

    try:
        response = client.invoke_endpoint(
            EndpointName=endpoint, Body=body, ContentType="application/json", Accept=accept or "application/json"
        )
        return 200, {"Content-Type": response.get("ContentType", "application/json")}, response["Body"].read()
    except ClientError as error:
        return _as_sent(error.response)
    except ReadTimeoutError:
        return timed_out(endpoint)
    except BotoCoreError as error:
        return unavailable(str(error))


def _as_sent(response: Any) -> HttpResponse:
    """Return a refusal as the service has sent it, before botocore took it apart."""
    extra = ("OriginalMessage", "OriginalStatusCode", "LogStreamArn")
    sent = {key: response[key] for key in extra if key in response}
    fields = {"Message": response["Error"].get("Message", ""), **sent}
    return error_response(response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"], fields)
