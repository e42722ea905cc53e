"""HTTP requests to a backend of the model: each ends in time, with a response or one of two errors."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..invoke_endpoint import HttpResponse

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_CHUNK = 65_536
_MOST_BYTES = 64 * 1024 * 1024


def send_request(url: str, body: bytes | None, headers: Mapping[str, str], *, seconds: float) -> HttpResponse:
    """Send a GET, or a POST of the body, and return the response, whatever its status, with header names in lower case.

    Raises TimeoutError when it is not all there in time, and ConnectionError when nobody answers or when what comes is
    not HTTP, or far too much.
    """
    from urllib3 import PoolManager
    from urllib3.exceptions import HTTPError, NewConnectionError
    from urllib3.exceptions import TimeoutError as TimedOut

    deadline = time.monotonic() + seconds
    method = "GET" if body is None else "POST"
    try:
        # Of its own, and so past the proxies of the environment: they do not know this machine's own addresses.
        with (
            PoolManager(timeout=seconds, retries=False) as pools,
            pools.request(method, url, body=body, headers=headers, preload_content=False) as response,
        ):
            names = {name.lower(): value for name, value in response.headers.items()}
            return response.status, names, _read(response, deadline)
    except NewConnectionError as error:  # which counts as a time-out too
        raise ConnectionError(str(error.__cause__ or error)) from None
    except TimedOut as error:
        raise TimeoutError(str(error)) from None
    except HTTPError as error:
        raise ConnectionError(str(error)) from None


def _read(response: BaseHTTPResponse, deadline: float) -> bytes:
    """Read to the end piece by piece: a time-out of a socket starts anew with every byte."""
    body = b""
    while chunk := response.read1(_CHUNK, decode_content=False):
        body += chunk
        if time.monotonic() > deadline:
            raise TimeoutError("the response took too long")
        if len(body) > _MOST_BYTES:
            raise ConnectionError("the response is too large")
    return body
