"""Volumes of a model's instances: whether a key can encrypt them; the facts are in ``data/instance_disks.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..iam import Role

if TYPE_CHECKING:
    from .encryption_key import EncryptionKey


def volume_key(key: EncryptionKey | None, *, instance_types: Iterable[str], role: Role) -> EncryptionKey | None:
    """Return the key for the volumes of an endpoint whose instances are of one of these types, under the model's role.

    There is none where a type may have disks of its own, as nearly all with a GPU do: the instance encrypts those
    itself, and SageMaker has refused a key beside them. (SageMaker API reference, CreateEndpointConfig, KmsKeyId.)
    """
    if key is None or any(_has_disks(each) for each in instance_types):
        return None
    key.grant_volume(role)
    return key


def _has_disks(instance_type: str) -> bool:
    return instance_type.rpartition(".")[0] not in _families_without_disks()


@cache
def _families_without_disks() -> frozenset[str]:
    document = json.loads((Path(__file__).parents[1] / "data" / "instance_disks.json").read_text("utf-8"))
    return frozenset(document["without"])
