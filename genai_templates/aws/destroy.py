"""The deletion of a stack: what goes and what stays, the deletion itself, and what is left then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..costs.prices import find_prices
from ..errors import AwsError
from .account import Account
from .audience import Audience
from .cloudformation.events import EventReader
from .cloudformation.operation import Operation, Watcher, check_outcome, follow
from .cloudformation.stacks import StackDescription, StackResource, check_is_ours, find_stack, list_resources
from .doctor import diagnose
from .doctor.emptying import count_bucket
from .doctor.removal import remove_all
from .failures import translated
from .interrupts import interrupt_says

_BUCKET = "AWS::S3::Bucket"
_GIGABYTE = 1024**3
_KEY = "AWS::KMS::Key"
_PURGED = {_BUCKET, "AWS::S3::BucketPolicy", _KEY}


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
                self.audience.step(f"{stack.name} was not changed")
                return False
            reader.skip_past()
            with interrupt_says(f"the deletion of {stack.name} may have begun; repeat the command to see"):
                delete_stack(self.account, stack, role_arn=self.role_arn)
        check_outcome(self._follow(stack, reader, len(inventory.removed)), "DELETE_COMPLETE")
        self.audience.step(f"{stack.name} is gone")
        with interrupt_says(f"{stack.name} is gone; 'genai-templates doctor' shows what is left of it"):
            return self._clear(stack)

    def _show(self, stack: StackDescription, inventory: Inventory) -> None:
        step = self.audience.step
        step(f"{stack.name} ({stack.status}): {len(inventory.removed)} resources go")
        for each in inventory.kept:
            contents = f" with {_contents(self.account, each)}" if each.kind == _BUCKET else ""
            contents += ", without which nobody can read what it encrypts" if each.kind == _KEY else ""
            fate = "goes too" if self.purge and each.kind in _PURGED else "stays"
            step(f"  {fate}: {each.logical_id} ({each.kind}) {each.physical_id}{contents}")

    def _clear(self, stack: StackDescription) -> bool:
        """Say what is left of a stack that is gone, remove it with ``purge``, and return whether all is as wanted."""
        diagnosis = diagnose(self.account)
        left = diagnosis.of_stack(stack.stack_id)
        for what, reason in diagnosis.unknown.items():
            self.audience.step(f"not known whether {what} are left: {reason}")
        if not self.purge:
            for each in left:
                cost = "" if each.usd_per_month is None else f": {each.usd_per_month:,.2f} USD a month"
                self.audience.step(f"left: {each.resource.kind} {each.resource.name}{cost}")
            self.audience.step(
                "'genai-templates doctor --remove' removes what is left" if left else "nothing is left of it"
            )
            return True
        removed = True
        for resource, error in remove_all(self.account, [each.resource for each in left]):
            removed &= error is None
            self.audience.step(f"{resource.kind} {resource.name}: {f'not removed: {error}' if error else 'removed'}")
        return removed

    def _follow(self, stack: StackDescription, reader: EventReader, total: int) -> Operation:
        watcher = Watcher(self.audience.events, self.audience.model, self.audience.step)
        says = f"the deletion of {stack.name} goes on in CloudFormation; repeat the command to watch it"
        with interrupt_says(says):
            deleting = find_stack(self.account, stack.stack_id) or stack
            with self.audience.following(total):
                return follow(self.account, deleting, reader, watcher)


def _contents(account: Account, bucket: StackResource) -> str:
    """Return what is in a bucket, and what that costs a month where the price is known."""
    try:
        contents = count_bucket(account, bucket.physical_id)
    except AwsError as error:
        return f"contents that cannot be counted ({error.failure})"
    prices = find_prices(account.region)
    price = prices.find("s3/gb-month") if prices else None
    return str(contents) if price is None else f"{contents}: {contents.size / _GIGABYTE * price:,.2f} USD a month"


def _is_kept(template: Mapping[str, Any] | str, logical_id: str) -> bool:
    if isinstance(template, str):  # YAML, which is none of ours
        return False
    resource = template["Resources"].get(logical_id, {})
    return resource.get("DeletionPolicy", "Delete") in {"Retain", "RetainExceptOnCreate", "Snapshot"}
