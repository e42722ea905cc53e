"""A deployment from its beginning to its end, as one conversation with whoever runs it.

Whatever state the stack is in: one that is at work is joined, one that is stuck is helped out, one that is as it should
be is left alone. Then: checks, artifacts, change set, the person's consent, the changes, and what there is now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from ..errors import AwsError, StackFailed
from .account import Account
from .artifacts.publish import artifact_bucket, publish, publish_template
from .artifacts.superseded import mark_superseded
from .audience import Audience
from .cloudformation.change_sets import ChangeSet, create_change_set, discard, discarding, execute
from .cloudformation.critical_path import critical_path
from .cloudformation.events import EventReader
from .cloudformation.operation import Operation, Watcher, check_outcome, follow
from .cloudformation.stacks import StackDescription, check_is_ours, find_stack, list_resources
from .cloudformation.way_out import WayOut, continue_rollback, failed_resources, find_way_out
from .deployment import Deployment
from .destroy import delete_stack
from .interrupts import interrupt_says
from .preflight import PROBES_BEFORE_CHANGE_SET, Verdict, new_stack_parameters, run


class Deployer(NamedTuple):
    """All that a deployment takes.

    ``confirm`` tells whether the person agrees. With ``preflight`` it is checked, before anything is changed, whether
    it can work. ``skipped`` are the resources to leave out when a roll-back is continued.
    """

    account: Account
    deployment: Deployment
    audience: Audience
    confirm: Callable[[str], bool]
    preflight: bool = True
    skipped: Sequence[str] = ()

    def deploy(self, *, plan_only: bool = False) -> bool:
        """Deploy, and return whether the stack is now as it should be: not when nothing was to be changed, or refused.

        Raises StackFailed when it fails, and AwsError.
        """
        with self._untouched():
            stack = self._settled(plan_only=plan_only)
            if stack is not None and self.deployment.is_deployed(self.account, stack):
                self.audience.outcome(stack.outputs, [], [f"{stack.name} is up to date: {stack.status}"])
                return True
            change_set = self._change_set(stack)
            if not change_set.changes:
                self.audience.outcome(stack.outputs if stack else {}, [], [f"{self.deployment.stack} is up to date"])
                return True
            reader = self._begin(change_set, stack, plan_only=plan_only)
            if reader is None:
                self.audience.step(f"{self.deployment.stack} was not changed")
                return False
        operation = self._follow(change_set.stack_id, reader, len(change_set.changes))
        check_outcome(operation, "CREATE_COMPLETE" if stack is None else "UPDATE_COMPLETE")
        self.audience.step(f"{self.deployment.stack} is deployed: {operation.stack.status}")
        with interrupt_says(f"{self.deployment.stack} is deployed"):
            self._finish(operation)
        return True

    def _untouched(self) -> AbstractContextManager[None]:
        return interrupt_says(f"{self.deployment.stack} was not changed")

    def _change_set(self, stack: StackDescription | None) -> ChangeSet:
        account, deployment = self.account, self.deployment
        deployment.check_complete(account, stack)
        defaults = self._check(stack)
        bucket = artifact_bucket(account, deployment.bucket)
        sent = publish(
            account, bucket, deployment.artifacts, lambda upload: self.audience.step(f"sent {upload.key} to {bucket}")
        )
        if there := len(deployment.artifacts) - len(sent):
            self.audience.step(f"{there} of {len(deployment.artifacts)} artifacts are in {bucket} already")
        url = publish_template(account, bucket, deployment.template)
        self.audience.step(f"{deployment.stack}: making a change set")
        return create_change_set(account, deployment.request(account, stack, url, defaults))

    def _check(self, stack: StackDescription | None) -> Mapping[str, str]:
        """Return the values of parameters that a new stack needs; raises AwsError when a check fails."""
        surroundings = self.deployment.surroundings(self.account)
        if self.preflight:
            checks = run(surroundings, PROBES_BEFORE_CHANGE_SET)
            self.audience.checks(checks)
            if failing := [each for each in checks if each.verdict is Verdict.FAILS]:
                first = f"{failing[0].name}: {failing[0].finding}"
                advice = f"{failing[0].advice or 'mend it'}; --no-preflight deploys all the same"
                raise AwsError(f"preflight fails: {first}\n  {advice}", "preflight fails")
        return {} if stack else new_stack_parameters(surroundings)

    def _begin(self, change_set: ChangeSet, stack: StackDescription | None, *, plan_only: bool) -> EventReader | None:
        """Execute the change set when the person agrees, and return a reader of what comes then.

        It is discarded otherwise, also when this fails or is interrupted.
        """
        reader = EventReader(self.account, change_set.stack_id)
        with discarding(self.account, change_set, creates=stack is None):
            reader.skip_past()
            self.audience.changes(change_set.changes)
            self.audience.step(self.deployment.cost(self.account, stack))
            if not plan_only and self.confirm(f"Deploy {self.deployment.stack}?"):
                with interrupt_says(f"{self.deployment.stack} may have begun; repeat the command to see"):
                    execute(self.account, change_set)
                return reader
        discard(self.account, change_set, creates=stack is None)
        return None

    def _settled(self, *, plan_only: bool) -> StackDescription | None:
        """Return the stack as it is when nothing is at work on it any more, or None when it does not exist."""
        stack = find_stack(self.account, self.deployment.stack)
        if stack is None or not stack.exists:
            return None
        check_is_ours(stack, self.deployment.app)
        if stack.is_at_work:
            self.audience.step(f"{stack.name} is at work already ({stack.status}): joining it")
            reader = EventReader(self.account, stack.stack_id)
            reader.skip_to_operation()
            stack = self._follow(stack.stack_id, reader, len(self.deployment.document["Resources"])).stack
        way_out = find_way_out(self.account, stack) if stack.exists else None
        if way_out is None:
            return stack if stack.exists else None
        if plan_only or not self._agreed(way_out):
            raise way_out.refused()
        if not way_out.deletes:
            return self._rolled_back(stack)
        self._delete(stack)
        return None

    def _agreed(self, way_out: WayOut) -> bool:
        self.audience.step(way_out.explanation)
        return self.confirm(way_out.offer)

    def _delete(self, stack: StackDescription) -> None:
        total = len(list_resources(self.account, stack.stack_id))
        reader = EventReader(self.account, stack.stack_id)
        reader.skip_past()
        with interrupt_says(f"the deletion of {stack.name} may have begun; repeat the command to see"):
            delete_stack(self.account, stack, role_arn=self.deployment.role_arn)
        check_outcome(self._follow(stack.stack_id, reader, total), "DELETE_COMPLETE")

    def _rolled_back(self, stack: StackDescription) -> StackDescription:
        reader = EventReader(self.account, stack.stack_id)
        reader.skip_past()
        with interrupt_says(f"the roll-back of {stack.name} may have begun; repeat the command to see"):
            continue_rollback(self.account, stack, self.skipped)
        operation = self._follow(stack.stack_id, reader, 0)
        try:
            check_outcome(operation, "UPDATE_ROLLBACK_COMPLETE")
        except StackFailed as error:
            options = " ".join(f"--skip-resource {each}" for each in failed_resources(self.account, operation.stack))
            hint = f"mend what stands in the way, or leave it out: repeat the command with {options}"
            raise StackFailed(f"{error}\n  {hint}", error.failure, status=error.status) from None
        return operation.stack

    def _follow(self, stack_id: str, reader: EventReader, total: int) -> Operation:
        name = self.deployment.stack
        watcher = Watcher(self.audience.events, self.audience.model, self.audience.step)
        with interrupt_says(f"{name} goes on in CloudFormation; repeat the command to join it"):
            stack = find_stack(self.account, stack_id)
            if stack is None:  # even a deleted one is found by its id
                raise AwsError(f"stack gone: {name} is not there any more: somebody has deleted it", "stack gone")
            with self.audience.following(total):
                return follow(self.account, stack, reader, watcher)

    def _finish(self, operation: Operation) -> None:
        """Say what there is now. That old artifacts could not be marked is worth a line and no more."""
        try:
            mark_superseded(self.account, self.deployment.bucket_in(self.account))
        except AwsError as error:
            self.audience.step(f"old artifacts were left as they are: {str(error).splitlines()[0]}")
        spans = critical_path(self.deployment.document, operation.events)
        notes = [
            self.deployment.cost(self.account, operation.stack),
            f"remove it: genai-templates destroy {operation.stack.name}",
        ]
        self.audience.outcome(operation.stack.outputs, spans, notes)
