"""Ways to the API: any, or through the distribution alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..components.api import Api
from ..contract.security import DISTRIBUTION, Security
from ..options import ApiAccess, Firewall, StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey
    from ..components.origin_proof import OriginProof


def is_private(options: StackOptions) -> bool:
    """Whether the API refuses what does not come through the distribution."""
    return options.values["api_access"] is ApiAccess.DISTRIBUTION


def distribution_security(options: StackOptions) -> tuple[Security, ...]:
    """Return what the API asks of the distribution, beside what it asks of its callers."""
    return (DISTRIBUTION,) if is_private(options) else ()


def add_proof_of_distribution(
    scope: Scope, options: StackOptions, *, api: Api, key: EncryptionKey | None
) -> OriginProof | None:
    """Add the secret by which the distribution proves itself, where the API or its firewall wants to know.

    An API that is called through the distribution alone wants it as an API key, so that API Gateway refuses all else.
    """
    if not is_private(options) and options.values["firewall"] is Firewall.NONE:
        return None
    from ..components.origin_proof import API_KEY_HEADER, PROOF_HEADER, add_distribution_key, add_origin_proof
    from .parameters.firewall import add_proof_parameter

    number = add_proof_parameter(scope)
    proof = add_origin_proof(
        scope, header=API_KEY_HEADER if is_private(options) else PROOF_HEADER, number=number, key=key
    )
    if is_private(options):
        add_distribution_key(scope, api=api, proof=proof)
    return proof
