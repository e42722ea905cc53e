"""A key's policy and roles' grants on it without one of their statements, for as long as a test looks at that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from genai_templates.local import EmulatedStack

Document = dict[str, Any]


def key_state(stack: EmulatedStack, key: str) -> str:
    """Return the state of a key, by its id."""
    return str(stack.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


@contextmanager
def policy_without(stack: EmulatedStack, sid: str) -> Iterator[None]:
    """Take a statement out of the key's policy."""
    kms, key = stack.client("kms"), stack.resources["EncryptionKey"]
    policy = kms.get_key_policy(KeyId=key)["Policy"]
    kms.put_key_policy(KeyId=key, Policy=json.dumps(_without(json.loads(policy), sid)))
    try:
        yield
    finally:
        kms.put_key_policy(KeyId=key, Policy=policy)


@contextmanager
def role_without(stack: EmulatedStack, role: str, sid: str) -> Iterator[None]:
    """Take a statement out of the grants of a role, by its logical id."""
    iam, named = stack.client("iam"), {"RoleName": stack.resources[role], "PolicyName": "Grants"}
    policy = iam.get_role_policy(**named)["PolicyDocument"]
    iam.put_role_policy(**named, PolicyDocument=json.dumps(_without(policy, sid)))
    try:
        yield
    finally:
        iam.put_role_policy(**named, PolicyDocument=json.dumps(policy))


@contextmanager
def key_disabled(stack: EmulatedStack) -> Iterator[None]:
    """Disable the key."""
    kms, key = stack.client("kms"), stack.resources["EncryptionKey"]
    kms.disable_key(KeyId=key)
    try:
        yield
    finally:
        kms.enable_key(KeyId=key)


def _without(policy: Document, sid: str) -> Document:
    kept = [each for each in policy["Statement"] if each["Sid"] != sid]
    assert len(kept) == len(policy["Statement"]) - 1
    return {**policy, "Statement": kept}


def unused_grants(stack: EmulatedStack) -> dict[str, list[str]]:
    """Return the grants on keys that nothing has used, by the function or schedule that has them."""
    unused = stack.permissions().unused
    found = {name: [each for each in actions if each.startswith("kms:")] for name, actions in unused.items()}
    return {name: actions for name, actions in found.items() if actions}


def refusals(stack: EmulatedStack) -> list[str]:
    """Return the uses of keys that were refused in the account so far."""
    return [each.action for each in stack.emulator.decisions() if each.action.startswith("kms:") and not each.allowed]
