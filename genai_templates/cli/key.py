"""Print the keys of a stack's API: of one built with --auth api-key.

A key alone on standard output where the usage plan has one, and a table where it has more. Whoever has a key can use
the model: it is neither in the template nor among the stack's outputs.
"""

from __future__ import annotations

import argparse

from .account import add_account, add_json, add_stack, open_account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_stack(parser)
    add_json(parser)
    add_account(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the keys."""
    from ..aws.cloudformation.stacks import require_stack
    from ..aws.keys import read_keys
    from .terminal import print_json, print_table

    account = open_account(arguments)
    keys = read_keys(account, require_stack(account, arguments.name))
    if arguments.json:
        for key in keys:
            print_json(key._asdict())
    elif len(keys) == 1:
        print(keys[0].value)
    else:
        print_table(
            ["name", "id", "state", "key"],
            [(key.name, key.key_id, "enabled" if key.enabled else "disabled", key.value) for key in keys],
        )
    return 0
