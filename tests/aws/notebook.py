"""The notebooks of an account's stacks, played: each deploys the model that its stack waits for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from botocore.exceptions import ClientError

from genai_templates.local.emulator import Emulator
from genai_templates.local.notebook import (
    WAIT_BEGINS,
    WAIT_CONDITION,
    RunNotebook,
    read_notebook_scripts,
    simulate_notebook,
)

_LOOK_AGAIN_SECONDS = 0.05


class Notebooks:
    """A context manager: inside it every notebook runs once when its stack begins to wait for it.

    ``run`` is what a notebook does; a test may set another function, such as one that signals a failure.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.run: RunNotebook = simulate_notebook
        self._emulator = emulator
        self._seen: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def _play(self) -> None:
        while not self._ended.wait(_LOOK_AGAIN_SECONDS):
            try:
                self._run_waited_for()
            except ClientError:  # a stack has gone meanwhile
                continue

    def _run_waited_for(self) -> None:
        cloudformation: Any = self._emulator.client("cloudformation")
        sagemaker = self._emulator.client("sagemaker")
        working = cloudformation.list_stacks(StackStatusFilter=["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
        for stack in (each["StackId"] for each in working["StackSummaries"]):
            # The emulated CloudFormation lists a resource only when it is there; the wait condition is the last.
            events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            waits = {each["EventId"] for each in events if _is_waiting(each)}
            if waits - self._seen:
                self._seen |= waits
                pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
                resources = [each for page in pages for each in page["StackResourceSummaries"]]
                for script in read_notebook_scripts(sagemaker, resources):
                    self.run(sagemaker, script)

    def __enter__(self) -> Notebooks:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()


def _is_waiting(event: Mapping[str, Any]) -> bool:
    return event["ResourceType"] == WAIT_CONDITION and event["ResourceStatus"] in WAIT_BEGINS
