"""moto's backend of a service, of the account and region of the request."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region


def backend_of(backends: Any) -> Any:
    """Return what moto knows of a service here."""
    return backends[get_account_id()][get_region()]
