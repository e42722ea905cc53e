"""The part of a stack with jobs that takes them to the function that processes them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from ..components.functions import Function
from ..components.jobs import FailedJobs, JobTable
from ..scope import Scope
from .parameters.jobs import JobParameters

if TYPE_CHECKING:
    from ..components.encryption_key import EncryptionKey
    from ..components.job_queue import JobQueue

Reports = Callable[[], FailedJobs]
"""Adds, once, the queue of reports on events that Lambda gave up, and what marks their jobs; returns it."""


class DispatchPart(ABC):
    """A way of jobs.

    ``module`` of the application's package processes what comes this way, and ``queue`` is what it goes through, if it
    does.
    """

    module: ClassVar[str]
    queue: JobQueue | None = None
    process_environment: Mapping[str, object] = {}

    def __init__(
        self, scope: Scope, parameters: JobParameters, *, process_seconds: int, key: EncryptionKey | None
    ) -> None:
        """Take what jobs have; one try of a job takes ``process_seconds`` at most, and the key is for a queue."""
        self._scope, self._parameters = scope, parameters

    @abstractmethod
    def start_environment(self, process: Function) -> Mapping[str, object]:
        """Return what the function that starts jobs needs to know."""

    @abstractmethod
    def connect(self, *, start: Function, process: Function, table: JobTable, reports: Reports) -> None:
        """Let jobs of this table come from ``start`` to ``process``."""
