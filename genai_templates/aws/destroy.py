"""The deletion of a stack: what goes and what stays, the deletion itself, and what is left then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .account import Account
from .audience import Audience
from .events import EventReader
from .failures import translated
from .interrupts import interrupt_says
from .operation import Operation, Watcher, check_outcome, follow
from .stacks import StackDescription, StackResource, check_is_ours, find_stack, list_resources


class Inventory(NamedTuple):
    """The resources that a deletion removes, and those that it leaves on purpose."""

    removed: list[StackResource]
    kept: list[StackResource]


def take_inventory(account: Account, stack: StackDescription) -> Inventory:
    """Return what the deletion of a stack would remove and keep, by the policies of its template. Raises AwsError."""
    with translated():
        found = account.client("cloudformation").get_template(StackName=stack.stack_id, TemplateStage="Processed")
    template = found["TemplateBody"]
    resources = list_resources(account, stack.stack_id)
    kept = [each for each in resources if _is_kept(template, each.logical_id)]
    return Inventory([each for each in resources if each not in kept], kept)


def delete_stack(account: Account, stack: StackDescription, *, role_arn: str = "") -> None:
    """Begin the deletion. Raises AwsError, for a stack that is protected against it too."""
    role = {"RoleARN": role_arn} if role_arn else {}
    with translated():
        account.client("cloudformation").delete_stack(StackName=stack.stack_id, **role)


class Destroyer(NamedTuple):
    """All that a deletion takes.

    ``confirm`` tells whether the person agrees; with ``purge`` what the stack keeps on purpose is removed too.
    """

    account: Account
    audience: Audience
    confirm: Callable[[str], bool]
    role_arn: str = ""
    purge: bool = False

    def destroy(self, stack: StackDescription) -> bool:
        """Delete the stack, and return whether it is gone: not when the person refuses.

        Raises StackFailed when the deletion fails, and AwsError.
        """
        check_is_ours(stack)
        inventory = take_inventory(self.account, stack)
        reader = EventReader(self.account, stack.stack_id)
        if stack.status == "DELETE_IN_PROGRESS":
            self.audience.step(f"{stack.name} is being deleted already: joining it")
            reader.skip_to_operation()
        else:
            self._show(stack, inventory)
            if not self.confirm(f"Delete {stack.name}?"):
                self.audience.step("nothing was changed")
                return False
            reader.skip_past()
            with interrupt_says(f"the deletion of {stack.name} may have begun; repeat the command to see"):
                delete_stack(self.account, stack, role_arn=self.role_arn)
        check_outcome(self._follow(stack, reader, len(inventory.removed)), "DELETE_COMPLETE")
        self.audience.step(f"{stack.name} is gone")
        return True

    def _show(self, stack: StackDescription, inventory: Inventory) -> None:
        step = self.audience.step
        step(f"{stack.name} ({stack.status}): {len(inventory.removed)} resources go")
        for each in inventory.kept:
            step(f"  stays: {each.logical_id} ({each.kind}) {each.physical_id}")

    def _follow(self, stack: StackDescription, reader: EventReader, total: int) -> Operation:
        watcher = Watcher(self.audience.events, self.audience.model, self.audience.step)
        says = f"the deletion of {stack.name} goes on in CloudFormation; repeat the command to watch it"
        with interrupt_says(says):
            deleting = find_stack(self.account, stack.stack_id) or stack
            with self.audience.following(total):
                return follow(self.account, deleting, reader, watcher)


def _is_kept(template: Mapping[str, Any] | str, logical_id: str) -> bool:
    if isinstance(template, str):  # YAML, which is none of ours
        return False
    resource = template["Resources"].get(logical_id, {})
    return resource.get("DeletionPolicy", "Delete") in {"Retain", "Snapshot"}
