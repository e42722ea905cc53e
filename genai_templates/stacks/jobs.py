"""The asynchronous part of an application: jobs that are started, run, shown and, at the end of all retries, failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from troposphere import AWSHelperFn, Ref

from ..components.functions import Function, add_function
from ..components.jobs import FailedJobs, JobTable, add_failed_jobs, add_job_table
from .backend import BackendContext
from .dispatch_part import DispatchPart
from .parameters.jobs import JobParameters

if TYPE_CHECKING:
    from ..components.job_queue import JobQueue

_SMALL_MEGABYTES = 256
_SHORT_SECONDS = 15
_MARK_SECONDS = 30
# The response is there; what is tried again is to store it, after one minute and after two more. How long a job may
# wait for a start says nothing about that.
_COMPLETION_RETRIES = 2
_COMPLETION_SECONDS = 3600
# Lambda's advice for a queue that a function reads: six times the function's own time.
_QUEUE_SECONDS = 6 * _MARK_SECONDS


class JobFunctions(NamedTuple):
    """The application's own code for its jobs, and what that takes.

    ``package`` holds the modules ``start_process_function``, ``complete_job``, those that process jobs, which the
    dispatch names, and ``display_module``, whose function has the logical id ``display_id``. One try of a job takes
    ``process_seconds`` at most and ``process_memory`` megabytes; ``process_environment`` is what it needs to know
    besides the endpoint.
    """

    package: str
    display_module: str
    display_id: str
    process_seconds: int
    process_memory: int
    process_environment: Mapping[str, object]


class Jobs(NamedTuple):
    """Jobs of an application: their table, and the functions that take them through their states.

    ``complete`` has what completes jobs whose responses come later, where the model's do; ``marks`` and ``failed`` what
    marks jobs that Lambda gave up, where they are events; ``queue`` what they go through, where that is one.
    """

    table: JobTable
    start: Function
    process: Function
    complete: Sequence[Function]
    display: Function
    marks: Sequence[Function]
    failed: FailedJobs | None
    queue: JobQueue | None

    @property
    def functions(self) -> list[Function]:
        """All functions of jobs."""
        return [self.start, self.process, *self.complete, self.display, *self.marks]


class _Reports:
    """What marks the jobs of events that Lambda gave up, added when something needs it."""

    def __init__(self, context: BackendContext, table: JobTable) -> None:
        self._context, self._table = context, table
        self.marks: list[Function] = []
        self.failed: FailedJobs | None = None

    def __call__(self) -> FailedJobs:
        if self.failed is None:
            self.marks.append(mark := _add_mark(self._context, self._table))
            self.failed = add_failed_jobs(
                self._context.scope, mark=mark, visibility_timeout=_QUEUE_SECONDS, key=self._context.key
            )
        return self.failed


def add_jobs(
    context: BackendContext,
    *,
    own: JobFunctions,
    dispatch: type[DispatchPart],
    parameters: JobParameters,
    retention_days: AWSHelperFn | int,
) -> Jobs:
    """Add the asynchronous part of an application whose jobs are kept for ``retention_days``."""
    table = add_job_table(context.scope, key=context.key)
    way = dispatch(context.scope, parameters, process_seconds=own.process_seconds, key=context.key)
    process = _add_process(context, own, table, way)
    start = _add_start(
        context,
        own,
        table,
        {
            **way.start_environment(process),
            "JOB_RETENTION_DAYS": retention_days,
            "JOB_MAXIMUM_AGE": parameters.maximum_age,
        },
    )
    complete = context.hosted_model.complete_jobs(lambda: _add_complete(context, own, table, parameters))
    display = _add_display(context, own, table)
    reports = _Reports(context, table)
    way.connect(start=start, process=process, table=table, reports=reports)
    for function in complete:
        reports().add_source(
            context.scope,
            "CompletionRetries",
            function=function,
            retries=_COMPLETION_RETRIES,
            maximum_age=_COMPLETION_SECONDS,
        )
    return Jobs(table, start, process, complete, display, reports.marks, reports.failed, way.queue)


def _add_process(context: BackendContext, own: JobFunctions, table: JobTable, way: DispatchPart) -> Function:
    return _add_worker(
        context,
        own,
        table,
        "EndpointCallFunction",
        module=way.module,
        description="Calls the model for a job and stores the results",
        environment=way.process_environment,
    )


def _add_complete(context: BackendContext, own: JobFunctions, table: JobTable, parameters: JobParameters) -> Function:
    return _add_worker(
        context,
        own,
        table,
        "CompleteJobFunction",
        module="complete_job",
        description="Stores the results of a job whose response came later",
        environment={"JOB_RETRIES": parameters.retries},
    )


def _add_worker(
    context: BackendContext,
    own: JobFunctions,
    table: JobTable,
    logical_id: str,
    *,
    module: str,
    description: str,
    environment: Mapping[str, object],
) -> Function:
    """Add a function that may call the model and end a job."""
    function = add_function(
        context.scope,
        logical_id,
        shared=context.handlers,
        handler=f"{own.package}.{module}.handler",
        description=description,
        memory=own.process_memory,
        timeout=own.process_seconds,
        environment={
            "JOBS_TABLE": table.name,
            "STACK_NAME": Ref("AWS::StackName"),
            **context.hosted_model.invoker_environment,
            "FUNCTION_TIMEOUT_SECONDS": str(own.process_seconds),
            **own.process_environment,
            **environment,
        },
    )
    table.grant_create(function.role)
    table.grant_update(function.role)
    context.hosted_model.grant_invoke(function.role)
    return function


def _add_start(
    context: BackendContext,
    own: JobFunctions,
    table: JobTable,
    environment: Mapping[str, object],
) -> Function:
    function = add_function(
        context.scope,
        "StartProcessFunction",
        shared=context.handlers,
        handler=f"{own.package}.start_process_function.handler",
        description="Takes a request and starts its job",
        memory=_SMALL_MEGABYTES,
        timeout=_SHORT_SECONDS,
        environment={
            "JOBS_TABLE": table.name,
            "STACK_NAME": Ref("AWS::StackName"),
            "ALLOWED_ORIGIN": context.api.allowed_origin,
            **context.authentication.environment,
            **context.content.prompt_environment,
            **environment,
        },
    )
    table.grant_read(function.role)
    table.grant_create(function.role)
    table.grant_update(function.role)
    context.content.grant_prompts(function.role)
    return function


def _add_display(context: BackendContext, own: JobFunctions, table: JobTable) -> Function:
    function = add_function(
        context.scope,
        own.display_id,
        shared=context.handlers,
        handler=f"{own.package}.{own.display_module}.handler",
        description="Shows a job and its results",
        memory=_SMALL_MEGABYTES,
        timeout=_SHORT_SECONDS,
        environment={
            "JOBS_TABLE": table.name,
            **context.hosted_model.status_environment,
            "ALLOWED_ORIGIN": context.api.allowed_origin,
            **context.authentication.environment,
        },
    )
    table.grant_read(function.role)
    context.hosted_model.grant_status(function.role)
    return function


def _add_mark(context: BackendContext, table: JobTable) -> Function:
    function = add_function(
        context.scope,
        "MarkJobFailedFunction",
        shared=context.handlers,
        handler="handlers.jobs.mark_job_failed.handler",
        description="Marks a job as failed after its last retry",
        memory=_SMALL_MEGABYTES,
        timeout=_MARK_SECONDS,
        environment={"JOBS_TABLE": table.name, "STACK_NAME": Ref("AWS::StackName")},
    )
    table.grant_update(function.role)
    return function
