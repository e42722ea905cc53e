"""Idempotency keys: the job that a key of a client stands for, for a day. Each caller has keys of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from handlers.common.errors import InvalidRequest
from handlers.common.limits import IDEMPOTENCY_KEY_MAX_CHARACTERS

from . import table
from .table import ConditionFailed, JobTable

_SECONDS = 86_400


class Claim(NamedTuple):
    """The job that a key stands for, and the hash of the request that it was submitted with."""

    job_id: str
    request_hash: str


def read_idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the Idempotency-Key header, if there is one; raises InvalidRequest for one that is not a key."""
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not (1 <= len(key) <= IDEMPOTENCY_KEY_MAX_CHARACTERS and key.isascii() and key.isprintable()):
        raise InvalidRequest(
            f"Idempotency-Key must be 1 to {IDEMPOTENCY_KEY_MAX_CHARACTERS} printable ASCII characters"
        )
    return key


def request_hash(requested: Mapping[str, Any]) -> str:
    """Return the hash by which two requests differ."""
    return hashlib.sha256(json.dumps(requested, sort_keys=True).encode()).hexdigest()


def claim(job_table: JobTable, key: str, wanted: Claim, *, owner: str, instead_of: str = "") -> Claim:
    """Take an owner's key for a job, if it is free or held by the job ``instead_of``; return who holds it now.

    Of two claims at the same time one wins, and both get the winner's.
    """
    item_key = "idempotency#" + hashlib.sha256(_of_owner(key, owner).encode()).hexdigest()
    item = {
        "job_id": {"S": item_key},
        "target_job_id": {"S": wanted.job_id},
        "request_hash": {"S": wanted.request_hash},
        "expires_at": table.number_attribute(table.now() + _SECONDS),
    }
    try:
        job_table.put(
            item,
            condition="attribute_not_exists(job_id) OR expires_at <= :now OR target_job_id = :other",
            values={":now": table.number_attribute(table.now()), ":other": {"S": instead_of}},
        )
    except ConditionFailed as refusal:
        return Claim(refusal.item["target_job_id"]["S"], refusal.item["request_hash"]["S"])
    return wanted


def _of_owner(key: str, owner: str) -> str:
    """Return a text that no other owner's key has: neither a key nor an owner has a line break."""
    return f"{owner}\n{key}" if owner else key
