"""A deployment from its beginning to its end, as one conversation with whoever runs it.

Whatever state the stack is in: one that is at work is joined, one that is stuck is helped out, one that is as it should
be is left alone. Then: checks, artifacts, change set, the person's consent, the changes, and what there is now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ..errors import AwsError, StackFailed
from .account import Account
from .audience import Audience
from .change_sets import ChangeSet, create_change_set, discard, execute
from .critical_path import critical_path
from .deployment import Deployment
from .destroy import delete_stack
from .events import EventReader
from .operation import Operation, Watcher, check_outcome, follow
from .publish import artifact_bucket, publish, publish_template
from .stacks import StackDescription, find_stack
from .superseded import mark_superseded
from .way_out import continue_rollback, failed_resources, find_way_out


class Deployer(NamedTuple):
    """All that a deployment takes.

    ``confirm`` tells whether the person agrees. ``check`` looks, before anything is changed, whether it can work: it
    returns values of parameters for a new stack, or raises AwsError. ``cost`` is said before the person is prompted,
    and ``notes`` at the end. ``skipped`` are the resources to leave out when a roll-back is continued.
    """

    account: Account
    deployment: Deployment
    audience: Audience
    confirm: Callable[[str], bool]
    check: Callable[[StackDescription | None], Mapping[str, str]]
    cost: str = ""
    notes: Sequence[str] = ()
    skipped: Sequence[str] = ()

    def deploy(self, *, plan_only: bool = False) -> bool:
        """Deploy, and return whether the stack is now as it should be: not when nothing was to be changed, or refused.

        Raises StackFailed when it fails, and AwsError.
        """
        stack = self._settled()
        if stack is not None and self.deployment.is_deployed(self.account, stack):
            self.audience.outcome(stack.outputs, [], [f"{stack.name} is up to date: {stack.status}"])
            return True
        defaults = self.check(stack)
        change_set = self._change_set(stack, defaults)
        if not change_set.changes:
            self.audience.outcome(stack.outputs if stack else {}, [], [f"{self.deployment.stack} is up to date"])
            return True
        reader = EventReader(self.account, change_set.stack_id)
        reader.new_events()
        if not self._begin(change_set, creates=stack is None, plan_only=plan_only):
            return False
        expected = "CREATE_COMPLETE" if stack is None else "UPDATE_COMPLETE"
        operation = self._follow(change_set.stack_id, reader)
        check_outcome(operation, expected)
        self._finish(operation)
        return True

    def _change_set(self, stack: StackDescription | None, defaults: Mapping[str, str]) -> ChangeSet:
        account, deployment = self.account, self.deployment
        bucket = artifact_bucket(account, deployment.bucket)
        sent = publish(
            account, bucket, deployment.artifacts, lambda upload: self.audience.step(f"sent {upload.key} to {bucket}")
        )
        self.audience.step(f"{len(deployment.artifacts) - len(sent)} artifacts were there already")
        url = publish_template(account, bucket, deployment.template)
        self.audience.step(f"{deployment.stack}: making a change set")
        return create_change_set(account, deployment.request(account, stack, url, defaults))

    def _begin(self, change_set: ChangeSet, *, creates: bool, plan_only: bool) -> bool:
        """Execute the change set when the person agrees, and discard it otherwise, also when this is interrupted."""
        begun = False
        try:
            self.audience.changes(change_set.changes)
            self.audience.step(self.cost)
            if not plan_only and self.confirm(f"Deploy {self.deployment.stack}?"):
                execute(self.account, change_set)
                begun = True
        finally:
            if not begun:
                discard(self.account, change_set, creates=creates)
        if not begun:
            self.audience.step("nothing was changed")
        return begun

    def _settled(self) -> StackDescription | None:
        """Return the stack as it is when nothing is at work on it any more, or None when it does not exist."""
        stack = find_stack(self.account, self.deployment.stack)
        if stack is not None and stack.is_at_work:
            self.audience.step(f"{stack.name} is at work already ({stack.status}): joining it")
            stack = self._follow(stack.stack_id, EventReader(self.account, stack.stack_id)).stack
        if stack is None or not stack.exists:
            return None
        way_out = find_way_out(self.account, stack)
        if way_out is None:
            return stack
        self.audience.step(way_out.explanation)
        if not self.confirm(way_out.offer):
            raise StackFailed(f"{way_out.explanation}: nothing was changed", status=stack.status)
        if not way_out.deletes:
            return self._rolled_back(stack)
        self._delete(stack)
        return None

    def _delete(self, stack: StackDescription) -> None:
        reader = EventReader(self.account, stack.stack_id)
        reader.new_events()
        delete_stack(self.account, stack, role_arn=self.deployment.role_arn)
        check_outcome(self._follow(stack.stack_id, reader), "DELETE_COMPLETE")

    def _rolled_back(self, stack: StackDescription) -> StackDescription:
        reader = EventReader(self.account, stack.stack_id)
        reader.new_events()
        continue_rollback(self.account, stack, self.skipped)
        operation = self._follow(stack.stack_id, reader)
        try:
            check_outcome(operation, "UPDATE_ROLLBACK_COMPLETE")
        except StackFailed as error:
            options = " ".join(f"--skip-resource {each}" for each in failed_resources(self.account, stack))
            hint = f"mend what stands in the way, or leave it out: repeat the command with {options}"
            raise StackFailed(f"{error}\n  {hint}", error.failure, status=error.status) from None
        return operation.stack

    def _follow(self, stack_id: str, reader: EventReader) -> Operation:
        stack = find_stack(self.account, stack_id)
        assert stack is not None  # found by its id, which a deleted one keeps
        watcher = Watcher(self.audience.events, self.audience.model, self.audience.step)
        try:
            with self.audience.following(len(self.deployment.document["Resources"])):
                return follow(self.account, stack, reader, watcher)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"interrupted: {stack.name} goes on in CloudFormation; 'genai-templates deploy' joins it"
            ) from None

    def _finish(self, operation: Operation) -> None:
        """Say what there is now. That old artifacts could not be marked is worth a line and no more."""
        try:
            mark_superseded(self.account, self.deployment.bucket_in(self.account))
        except AwsError as error:
            self.audience.step(f"old artifacts were left as they are: {str(error).splitlines()[0]}")
        spans = critical_path(self.deployment.document, operation.events)
        self.audience.outcome(operation.stack.outputs, spans, self.notes)
