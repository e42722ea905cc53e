"""Backend of a stack: the application's own part, between the API and the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..components.buckets import Bucket
from ..components.functions import Function, FunctionDefaults
from ..components.hosted_model import HostedModel
from ..contract.routes import Route
from ..scope import Scope
from .authentication import AuthenticationPart
from .content import ContentFilters
from .parameters.api import ApiParameters

if TYPE_CHECKING:
    from ..components.daily_limit import DailyLimit
    from ..components.encryption_key import EncryptionKey
    from ..components.job_queue import JobQueue
    from ..components.jobs import FailedJobs


class BackendContext(NamedTuple):
    """What the rest of the stack gives a backend: where it is added, the model, and what its functions share.

    Those behind the API need the environment of ``authentication`` to know their callers; ``daily_limit`` is for those
    that take a caller's requests to the model.
    ``content`` has the filters of what goes into the model and of what comes out of it.
    The key encrypts what a backend stores.
    """

    scope: Scope
    hosted_model: HostedModel
    handlers: FunctionDefaults
    custom_resources: FunctionDefaults
    api: ApiParameters
    authentication: AuthenticationPart
    daily_limit: DailyLimit | None
    content: ContentFilters
    key: EncryptionKey | None = None


class Backend(NamedTuple):
    """What a backend gives the rest: what serves each route, and what else is to be served or monitored.

    ``images`` are for everybody, ``private_images`` for whom the functions give a URL.
    """

    served_by: Mapping[Route, Function]
    functions: Sequence[Function]
    images: Bucket | None = None
    private_images: Bucket | None = None
    failed_jobs: FailedJobs | None = None
    job_queue: JobQueue | None = None
