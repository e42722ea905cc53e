"""The connection to a model: how long a call may take, and what it means to a person that it broke."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.config import Config
from botocore.exceptions import (
    ConnectionError,
    ConnectTimeoutError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
)

from handlers.common.errors import ModelFailed, ModelNotReady, ModelTimeout

RETRY_SECONDS = 30
"""After what time a model that cannot be called may be tried again."""

_MARGIN_SECONDS = 3
_LONGEST_READ_SECONDS = 70


def call_config(function_timeout: int, *, region: str | None = None) -> Config:
    """Return the settings of a client, which gives up before its function is stopped, after so many seconds.

    ``region`` is another one than the function's. It has no retries: the callers know how much time is left, and
    whether Lambda tries again by itself.
    """
    return Config(
        region_name=region,
        connect_timeout=3,
        read_timeout=max(1, min(function_timeout - _MARGIN_SECONDS, _LONGEST_READ_SECONDS)),
        retries={"total_max_attempts": 1},
    )


@contextmanager
def understood_connection_errors() -> Iterator[None]:
    """Raise what goes wrong with the connection during a call as ModelTimeout, ModelNotReady or ModelFailed."""
    try:
        yield
    except (ReadTimeoutError, ConnectTimeoutError) as error:
        raise ModelTimeout("the model did not answer in time; try again") from error
    except ConnectionError as error:
        raise ModelNotReady("the model cannot be reached at the moment", retry_after=RETRY_SECONDS) from error
    except (HTTPClientError, IncompleteReadError) as error:
        raise ModelFailed("the connection to the model was lost; try again") from error
