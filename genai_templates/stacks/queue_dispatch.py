"""Jobs through a queue, from which Lambda takes as many at once as the endpoint carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from ..components.functions import Function
from ..components.job_queue import add_job_queue
from ..components.jobs import JobTable
from ..scope import Scope
from .dispatch_part import DispatchPart, Reports
from .parameters.jobs import JobParameters, add_job_concurrency

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey


class QueueDispatch(DispatchPart):
    """A queue of jobs, and one behind it for those that were given up."""

    module: ClassVar[str] = "queued_jobs"

    def __init__(
        self, scope: Scope, parameters: JobParameters, *, process_seconds: int, key: EncryptionKey | None
    ) -> None:
        """Add the queues, and the parameter that says how many jobs are processed at once."""
        super().__init__(scope, parameters, process_seconds=process_seconds, key=key)
        self._concurrency = add_job_concurrency(scope)
        self._queue = self.queue = add_job_queue(
            scope, function_timeout=process_seconds, retries=parameters.retries, key=key
        )
        self.process_environment = {
            **self._queue.environment,
            "JOB_RETRIES": parameters.retries,
            "JOB_MAXIMUM_AGE": parameters.maximum_age,
        }

    def start_environment(self, process: Function) -> Mapping[str, object]:
        """Return the queue to send to."""
        return {"DISPATCH": "queue", **self._queue.environment}

    def connect(self, *, start: Function, process: Function, table: JobTable, reports: Reports) -> None:
        """Let ``start`` send to the queue, and Lambda call ``process`` with what is in it."""
        self._queue.grant_send(start.role)
        table.grant_read(process.role)  # of a job that comes again, it has to know why
        self._queue.add_consumer(self._scope, process, concurrency=self._concurrency)
