"""Idempotency keys: which job a client's key stands for, for a day."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from . import table

_SECONDS = 86_400


class Claim(NamedTuple):
    """The job that a key stands for, and the hash of the request that it was asked for with."""

    job_id: str
    request_hash: str


def claim(key: str, wanted: Claim, *, instead_of: str = "") -> Claim:
    """Take a key for a job, if it is free or held by the job ``instead_of``; return who holds it now.

    Of two claims at the same time one wins, and both get the winner's.
    """
    item_key = "idempotency#" + hashlib.sha256(key.encode()).hexdigest()
    item = {
        "job_id": {"S": item_key},
        "target_job_id": {"S": wanted.job_id},
        "request_hash": {"S": wanted.request_hash},
        "expires_at": table.number_attribute(table.now() + _SECONDS),
    }
    try:
        table.put(
            item,
            condition="attribute_not_exists(job_id) OR expires_at <= :now OR target_job_id = :other",
            values={":now": table.number_attribute(table.now()), ":other": {"S": instead_of}},
        )
    except table.ConditionFailed as refusal:
        return Claim(refusal.item["target_job_id"]["S"], refusal.item["request_hash"]["S"])
    return wanted
