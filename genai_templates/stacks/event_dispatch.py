"""Jobs as asynchronous events of Lambda, which tries them again and reports those that it gives up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ..components.functions import Function
from ..components.jobs import JobTable
from .dispatch_part import DispatchPart, Reports


class EventDispatch(DispatchPart):
    """Each job is an invocation of its own: at once, as many as there are."""

    module: ClassVar[str] = "endpoint_call_function"

    def start_environment(self, process: Function) -> Mapping[str, object]:
        """Return the name of the function to invoke."""
        return {"PROCESS_FUNCTION": process.name}

    def connect(self, *, start: Function, process: Function, table: JobTable, reports: Reports) -> None:
        """Let ``start`` invoke ``process``, and Lambda report what it gives up."""
        process.grant_invoke(start.role)
        reports().add_source(
            self._scope,
            "ProcessRetries",
            function=process,
            retries=self._parameters.retries,
            maximum_age=self._parameters.maximum_age,
        )
