"""Uses of KMS keys by services, for who calls them or for themselves, decided as KMS decides: ministack asks nobody.

The key has to be enabled, its own policy has to allow the use, and the policies of the role too where that of the key
leaves it to the account. The conditions find the service that the call came through and its encryption context, as the
services document them. docs/upstream/ministack/kms-key-use.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import kms

from ..protocol import Decision, use_of_key
from .permissions import DECISIONS

_OF_AWS = "alias/aws/"


class KeyUse(NamedTuple):
    """An action that a service asks of a key, named by its ARN or alias, with its encryption context."""

    action: str
    key: str
    service: str
    context: Mapping[str, str]


class KeyRefusal(NamedTuple):
    """Why a key is not used: whether it is disabled, or else not allowed, and the sentence."""

    disabled: bool
    message: str


def refuse_caller(caller: str, uses: Iterable[KeyUse], *, directly: bool = False) -> KeyRefusal | None:
    """Return the refusal of the first use that is not allowed to a principal, by its ARN, or nothing.

    ``directly``: the service asks as the role itself, so that the key is not used by way of it.
    """
    for use in uses:
        via = {} if directly else {"kms:viaservice": f"{use.service}.{get_region()}.amazonaws.com"}
        if use.key.startswith(_OF_AWS):
            continue  # open to everybody in the account who uses the service
        if refusal := _unusable(use) or _refuse(caller, use, via):
            return refusal
    return None


def refuse_role(role_arn: str, uses: Iterable[KeyUse], *, directly: bool = False) -> KeyRefusal | None:
    """Return the same for a role, by its ARN, as which a service acts."""
    name = role_arn.rsplit("/", 1)[-1]
    return refuse_caller(f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/service", uses, directly=directly)


def refuse_service(principal: str, uses: Iterable[KeyUse], source: Mapping[str, str]) -> KeyRefusal | None:
    """Return the same for a service principal, which acts for itself: only the key's policy speaks of it.

    ``source`` are the condition keys that say for what it acts: ``aws:sourcearn``, ``aws:sourceaccount``.
    """
    for use in uses:
        if refusal := _unusable(use):
            return refusal
        context = _evaluation(principal, use, source)
        policy = (kms.key_policy_for_arn(_arn(use.key)) or ("",))[0]
        decided = iam_evaluator.evaluate_resource_policy(policy, context, service=principal)
        if decided.decision != "Allow":
            return _not_allowed(principal, use)
    return None


def _unusable(use: KeyUse) -> KeyRefusal | None:
    record = None if use.key.startswith(_OF_AWS) else kms._resolve_key(use.key)
    if record is None:
        return KeyRefusal(False, f"The key {use.key} does not exist or cannot be used here")
    if record["KeyState"] != "Enabled":
        return KeyRefusal(True, f"{record['Arn']} is {record['KeyState'].lower()}.")
    return None


def _refuse(caller: str, use: KeyUse, via: Mapping[str, str]) -> KeyRefusal | None:
    context = _evaluation(caller, use, via)
    policy, owner = kms.key_policy_for_arn(_arn(use.key)) or ("", None)
    if ":assumed-role/" not in caller:  # the administrator, to whom the key's policy has to leave it
        allowed = iam_evaluator.evaluate_resource_policy(policy, context).decision == "Allow"
        return None if allowed else _not_allowed(caller, use)
    own = iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(caller.split("/")[1], get_account_id()))
    decided = iam_evaluator.combine_resource_policy(own, context, policy, owner, required=True)
    allowed = decided.decision == "Allow"
    DECISIONS.append(Decision(caller, use_of_key(use.action, use.service), _arn(use.key), allowed))
    if allowed:
        return None
    refusal = _not_allowed(caller, use)
    print("refused", refusal.message, flush=True)
    return refusal


def _not_allowed(principal: str, use: KeyUse) -> KeyRefusal:
    return KeyRefusal(
        False, f"User: {principal} is not authorized to perform: {use.action} on resource: {_arn(use.key)}"
    )


def _evaluation(principal: str, use: KeyUse, keys: Mapping[str, str]) -> iam_evaluator.EvalContext:
    is_role = ":assumed-role/" in principal
    encryption = {f"kms:encryptioncontext:{name.lower()}": value for name, value in use.context.items()}
    return iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="AssumedRole" if is_role else "Root",
        principal_account=get_account_id(),
        action=use.action,
        resource_arn=_arn(use.key),
        region=get_region(),
        service_context={**encryption, **keys, "kms:calleraccount": get_account_id()},
    )


def _arn(key: str) -> str:
    record = kms._resolve_key(key)
    return str(record["Arn"]) if record else key
