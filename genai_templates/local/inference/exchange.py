"""HTTP requests to whoever answers for the model: each ends in time, and with one of two errors."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CHUNK = 65_536
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(url: str, body: bytes | None, headers: Mapping[str, str], *, seconds: float) -> Reply:
    """Send a GET, or a POST of the body, and return the reply, whatever its status.

    Raises TimeoutError when it is not all there in time, and ConnectionError when nobody answers or what comes is no
    HTTP or far too much.
    """
    deadline = time.monotonic() + seconds
    request = urllib.request.Request(url, data=body, headers=dict(headers))
    # A proxy knows nothing of this machine's own addresses.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=seconds) as response:
            return _read(response, deadline)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error, deadline)
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise error.reason from None
        raise ConnectionError(str(error.reason)) from None
    except TimeoutError:
        raise
    except (http.client.HTTPException, OSError) as error:
        raise ConnectionError(str(error) or type(error).__name__) from None


def _read(response: Any, deadline: float) -> Reply:
    """Read to the end piece by piece: a time-out of a socket starts anew with every byte."""
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if time.monotonic() > deadline:
            raise TimeoutError("the answer took too long")
        if len(body) > _MOST_BYTES:
            raise ConnectionError("the answer is too large")
    return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
