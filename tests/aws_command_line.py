"""The command line of AWS, as far as botocore's models tell it: which flags a command takes."""

from __future__ import annotations

import botocore.session
from botocore import xform_name

# What the command line adds to every command.
_GLOBAL = {"output", "query", "region"}
# Its own commands, which are not operations of a service, with the flags that are used here.
_CUSTOM = {
    "s3 mb": {"region"},
    "s3 rb": {"force"},
    "s3 sync": set(),
    "cloudformation deploy": {
        "stack-name",
        "template-file",
        "s3-bucket",
        "parameter-overrides",
        "capabilities",
        "no-execute-changeset",
    },
}


def flags_of(service: str, command: str) -> set[str]:
    """Return the flags of a command; raises StopIteration for one that does not exist."""
    custom = _CUSTOM.get(f"{service} {command}")
    if custom is not None:
        return custom
    model = botocore.session.get_session().get_service_model(service)
    operation = next(name for name in model.operation_names if xform_name(name, "-") == command)
    shape = model.operation_model(operation).input_shape
    return {xform_name(member, "-") for member in shape.members} | _GLOBAL if shape else _GLOBAL


def flags_of_waiter(service: str, waiter: str) -> set[str]:
    """Return the flags of ``aws SERVICE wait WAITER``."""
    model = botocore.session.get_session().get_waiter_model(service)
    name = next(name for name in model.waiter_names if xform_name(name, "-") == waiter)
    return flags_of(service, xform_name(model.get_waiter(name).operation, "-"))
