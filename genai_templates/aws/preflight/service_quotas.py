"""The account's quotas, by their names, and requests for more.

A quota that was never raised may be missing among the applied ones: then its default counts. SageMaker has thousands
of quotas, a hundred to a page; the codes in ``data/quotas.json`` save listing them, and a name that has another code by
now is still found.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import AwsError
from ..account import Account
from ..failures import translated

_DATA = Path(__file__).parents[2] / "data" / "quotas.json"
_OPEN = {"PENDING", "CASE_OPENED"}


class Quota(NamedTuple):
    """A quota of a service: its code, its name and its value in this account and region."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool


class QuotaRequest(NamedTuple):
    """A request for a higher quota: what was requested, when, and what came of it."""

    value: float
    created: datetime
    status: str

    @property
    def is_open(self) -> bool:
        """Whether AWS has not decided yet."""
        return self.status in _OPEN

    def __str__(self) -> str:
        """Return the request as words."""
        return f"{self.value:g} requested on {self.created:%Y-%m-%d}: {self.status.lower().replace('_', ' ')}"


class ServiceQuotas:
    """The quotas of an account in its region; it may be used by several threads."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._listings: dict[tuple[str, str], _Listing] = {}

    def find(self, service: str, name: str) -> Quota | None:
        """Return the quota of this name, or None when the service has none here; raises AwsError."""
        if code := known_codes().get(service, {}).get(name):
            for operation in ("get_service_quota", "get_aws_default_service_quota"):
                found = self._get(operation, service, code)
                if found and found.name == name:
                    return found
        for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
            if found := self._listing(operation, service).find(name):
                return found
        return None

    def last_request(self, quota: Quota) -> QuotaRequest | None:
        """Return the last request for more of this quota, or None; raises AwsError."""
        operation = "list_requested_service_quota_change_history_by_quota"
        with translated():
            pages = self._client.get_paginator(operation).paginate(ServiceCode=quota.service, QuotaCode=quota.code)
            found = [_request(each) for page in pages for each in page.get("RequestedQuotas", [])]
        return max(found, key=lambda request: (request.is_open, request.created), default=None)

    def request(self, quota: Quota, value: float) -> QuotaRequest:
        """Request that a quota be raised to this value; raises AwsError."""
        with translated():
            response = self._client.request_service_quota_increase(
                ServiceCode=quota.service, QuotaCode=quota.code, DesiredValue=value
            )
        return _request(response["RequestedQuota"])

    @property
    def _client(self) -> Any:
        return self._account.client("service-quotas")

    def _get(self, operation: str, service: str, code: str) -> Quota | None:
        try:
            with translated():
                response = getattr(self._client, operation)(ServiceCode=service, QuotaCode=code)
        except AwsError as error:
            if "NoSuchResource" in str(error):
                return None
            raise
        return _quota(response.get("Quota", {}))

    def _listing(self, operation: str, service: str) -> _Listing:
        with self._lock:
            key = operation, service
            if key not in self._listings:
                pages = self._client.get_paginator(operation).paginate(ServiceCode=service)
                self._listings[key] = _Listing(iter(pages))
            return self._listings[key]


class _Listing:
    """A listing that is read no further than it has to be, and once."""

    def __init__(self, pages: Iterator[Any]) -> None:
        self._pages = pages
        self._found: dict[str, Quota] = {}
        self._error: AwsError | None = None
        self._lock = threading.Lock()

    def find(self, name: str) -> Quota | None:
        with self._lock:
            while name not in self._found:
                if (page := self._next_page()) is None:
                    return None
                self._found |= {quota.name: quota for each in page["Quotas"] if (quota := _quota(each))}
            return self._found[name]

    def _next_page(self) -> Any:
        if self._error:
            raise self._error
        try:
            with translated():
                return next(self._pages, None)
        except AwsError as error:
            self._error = error
            raise


@cache
def known_codes() -> dict[str, dict[str, str]]:
    """Return the codes of quotas by service and name."""
    codes: dict[str, dict[str, str]] = json.loads(_DATA.read_text("utf-8"))["codes"]
    return codes


def _quota(found: dict[str, Any]) -> Quota | None:
    if "Value" not in found:  # the service that has the quota could not be reached
        return None
    return Quota(
        found.get("ServiceCode", ""),
        found.get("QuotaCode", ""),
        found["QuotaName"],
        found["Value"],
        found.get("Adjustable", True),
    )


def _request(found: dict[str, Any]) -> QuotaRequest:
    return QuotaRequest(found["DesiredValue"], found["Created"], found["Status"])
