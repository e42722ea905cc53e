"""Key of a stack: none, and all is encrypted with those of AWS, or one of the deployer's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..options import Encryption, StackOptions
from ..scope import Scope

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey


def add_stack_key(scope: Scope, options: StackOptions, *, keep: bool) -> EncryptionKey | None:
    """Add the key with its parameter if everything is to be encrypted with one; ``keep`` it when the stack goes."""
    if options.values["encryption"] is Encryption.AWS_KEY:
        return None
    from ..components.encryption_key import add_encryption_key
    from .parameters.encryption import add_key_parameters

    parameters = add_key_parameters(scope)
    return add_encryption_key(scope, given=parameters.arn, given_condition=parameters.is_given, keep=keep)
