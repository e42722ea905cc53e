"""The life of a stack in the emulated AWS: created, updated and deleted from its template, as the console does it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from ..errors import EmulatedStackFailed, InvalidOption
from .deployed_stack import DeployedStack, StackEvent
from .emulator import Emulator
from .notebook import WAIT_BEGINS, WAIT_CONDITION, RunNotebook, read_notebook_scripts, simulate_notebook
from .permission_report import Grants, PermissionReport, make_report, read_grants, read_schedule_grants
from .stack_inputs import declared_parameters, provide_parameters, read_template, upload, upload_artifacts
from .template_check import check_template

_FUNCTION = "AWS::Lambda::Function"
_SCHEDULE = "AWS::Scheduler::Schedule"
_LOOK_AGAIN_SECONDS = 0.05
_NUMBERS = itertools.count(1)


class EmulatedStack(DeployedStack):
    """A context manager: inside it the stack exists. With an ``emulator``, its methods can be called on their own too.

    ``template`` is a path or the JSON itself. ``artifacts`` are the contents by the keys that the template refers to,
    or a folder laid out as their bucket, by its path; by default the ``artifacts`` beside the folder of the template.
    ``emulator`` is one that runs already and goes on afterwards; without it the stack has its own. ``on_event`` is
    called with each event. ``run_notebook`` stands in for the notebook that deploys the model.

    Its methods raise InvalidOption, EmulatorFailed, and EmulatedStackFailed for what ends otherwise than as
    ``..._COMPLETE``, such as a change that is rolled back; the stack can still be read then.
    """

    def __init__(
        self,
        template: str | Path,
        name: str = "local",
        parameters: Mapping[str, str] | None = None,
        artifacts: str | Path | Mapping[str, bytes] | None = None,
        emulator: Emulator | None = None,
        *,
        on_event: Callable[[StackEvent], None] = lambda event: None,
        run_notebook: RunNotebook = simulate_notebook,
        timeout_seconds: float = 300,
    ) -> None:
        super().__init__(name, emulator)
        self.template = template
        self.parameters = dict(parameters or {})
        self.artifacts = Path(artifacts) if isinstance(artifacts, str) else artifacts
        if isinstance(self.artifacts, Path) and not self.artifacts.is_dir():
            raise InvalidOption(f"{self.artifacts} is not a folder of artifacts")
        self.on_event = on_event
        self.run_notebook = run_notebook
        self.timeout_seconds = timeout_seconds
        self._seen_events: set[str] = set()
        self._grants: dict[str, Grants] = {}
        self._decided_before = 0

    def __enter__(self) -> EmulatedStack:
        """Start an emulator unless one is given, and create the stack."""
        read_template(self.template)  # before the work of a start
        with ExitStack() as exits:
            if self._emulator is None:
                self._emulator = exits.enter_context(Emulator())
                exits.callback(self._forget_emulator)
            else:
                exits.push(self._leave)
            self.create()
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the stack, or end the emulator that is its own."""
        self._exits.__exit__(kind, error, trace)

    def create(self) -> None:
        """Create the stack, and start a process of each of its functions."""
        document = self._read(self.template)
        given = self._prepared(document, self.parameters)
        self._change("CREATE", document, [_parameter(name, value) for name, value in given.items()])
        self._start_functions()

    def update(self, template: str | Path | None = None, **parameters: str) -> None:
        """Update the stack to another template, to other values of parameters, or both; all else keeps its values."""
        before = {each["ParameterKey"] for each in self._described().get("Parameters", [])}
        document = self._read(template or self.template)
        given = self._prepared(document, parameters, before)
        unchanged = sorted(before & declared_parameters(document).keys() - parameters.keys())
        changes: list[Mapping[str, object]] = [_parameter(name, value) for name, value in given.items()]
        changes += [{"ParameterKey": name, "UsePreviousValue": True} for name in unchanged]
        self._change("UPDATE", document, changes)
        self.template = template or self.template
        self._start_functions()

    def run_schedule(self, logical_id: str) -> None:
        """Let the moment of a schedule come that updates this stack, and wait for the update's end."""
        from botocore.exceptions import ClientError

        try:
            self.emulator.fire_schedule(self.resources[logical_id])
        except ClientError as error:
            raise EmulatedStackFailed(f"{self.name}: {logical_id} changed nothing: {error}") from None
        self._settle("UPDATE_COMPLETE")

    def delete(self) -> None:
        """Delete the stack."""
        self.client("cloudformation").delete_stack(StackName=self._created_id())
        self._settle("DELETE_COMPLETE")

    def permissions(self) -> PermissionReport:
        """Return the report of the calls that functions and schedules made so far, and of grants that none has used."""
        self._created_id()
        return make_report(self._grants, self.emulator.decisions()[self._decided_before :])

    def _read(self, template: str | Path) -> str:
        """Return the template's JSON, checked, with its artifacts where it expects them."""
        document = read_template(template)
        check_template(self.name, document, template)
        upload_artifacts(self.emulator, template, self.artifacts)
        return document

    def _prepared(self, document: str, given: Mapping[str, str], before: Set[str] = frozenset()) -> dict[str, str]:
        """Create what the parameters refer to; return the given ones with those that the emulated AWS provides."""
        declared = declared_parameters(document).keys()
        if unknown := sorted(given.keys() - declared):
            raise InvalidOption(
                f"{self.name} has no parameter {', '.join(unknown)}; it has {', '.join(sorted(declared))}"
            )
        return {**given, **provide_parameters(self.emulator, declared - given.keys() - before)}

    def _change(self, kind: str, document: str, parameters: Sequence[Mapping[str, object]]) -> None:
        """Make a change set, execute it, and wait for its end."""
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client("cloudformation")
        decided = len(self.emulator.decisions())
        try:
            created = client.create_change_set(
                StackName=self.name if kind == "CREATE" else self._created_id(),
                ChangeSetName=f"change-{next(_NUMBERS)}",
                ChangeSetType=kind,
                TemplateURL=upload(self.emulator, f"templates/{self.name}.json", document.encode()),
                Parameters=parameters,
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            )
            if kind == "CREATE":
                self.stack_id = created["StackId"]
                self._decided_before = decided  # a stack that had this name before had roles of the same names
            client.get_waiter("change_set_create_complete").wait(
                ChangeSetName=created["Id"], WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
            )
            client.execute_change_set(ChangeSetName=created["Id"])
        except (ClientError, BotoCoreError) as error:
            reason = getattr(error, "last_response", {}).get("StatusReason") or error
            raise EmulatedStackFailed(f"{self.name}: no change set could be made: {reason}") from None
        self._settle(f"{kind}_COMPLETE")

    def _settle(self, expected: str) -> None:
        """Report the events until CloudFormation is done, and raise EmulatedStackFailed unless it ends as expected."""
        events: list[StackEvent] = []
        deadline = time.monotonic() + self.timeout_seconds
        while True:
            status = self.status
            for event in self._new_events():
                self.on_event(event)
                events.append(event)
                if event.kind == WAIT_CONDITION and event.status in WAIT_BEGINS:
                    self._run_notebooks()
            if not status.endswith("IN_PROGRESS"):
                break
            if time.monotonic() > deadline:
                message = f"{self.name}: still {status} after {self.timeout_seconds:.0f} s"
                raise EmulatedStackFailed(message, status=status, events=events)
            time.sleep(_LOOK_AGAIN_SECONDS)
        if status != expected:
            failures = [f"{each.logical_id} ({each.kind}): {each.reason}" for each in events if each.has_failed]
            message = "\n".join([f"{self.name} ended as {status}:", *failures])
            raise EmulatedStackFailed(message, status=status, events=events)

    def _new_events(self) -> list[StackEvent]:
        """Return the events since the last call, oldest first."""
        found = self._events_by_id()
        new = [event for event_id, event in found.items() if event_id not in self._seen_events]
        self._seen_events |= found.keys()
        return new

    def _run_notebooks(self) -> None:
        sagemaker = self.client("sagemaker")
        for script in read_notebook_scripts(sagemaker, self._existing_resources()):
            self.run_notebook(sagemaker, script)

    def _start_functions(self) -> None:
        """Import every function's handler now, so that what is wrong with one shows before somebody calls it."""
        from botocore.exceptions import ClientError

        functions = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._existing(_FUNCTION)}
        try:
            self._grants |= read_grants(functions, self.client("lambda"), self.client("iam"))
            schedules = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in self._existing(_SCHEDULE)}
            self._grants |= read_schedule_grants(schedules, self.client("scheduler"), self.client("iam"))
        except ClientError as error:
            message = f"{self.name} lacks a function or its role: {error}"
            raise EmulatedStackFailed(message, status=self.status) from None
        with ThreadPoolExecutor(2) as pool:
            problems = pool.map(self.emulator.start_function, functions.values())
            wrong = [f"{name}: {problem}" for name, problem in zip(functions, problems, strict=True) if problem]
        if wrong:
            message = f"{self.name} is {self.status}, but functions of it do not start:"
            raise EmulatedStackFailed("\n".join([message, *wrong]), status=self.status)

    def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the shared emulator as it was found, but keep nobody waiting who interrupts the program."""
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        if self.stack_id and not interrupted and self.emulator.is_running and not self.status.startswith("DELETE"):
            self.delete()

    def _forget_emulator(self) -> None:
        self._emulator = None


def _parameter(name: str, value: str) -> dict[str, str]:
    return {"ParameterKey": name, "ParameterValue": value}
