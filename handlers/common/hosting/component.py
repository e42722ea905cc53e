"""An inference component on an endpoint: called like the endpoint, and woken by the call that finds it asleep."""

from __future__ import annotations

from typing import NamedTuple

from botocore.exceptions import ClientError

from handlers.common.errors import ModelAsleep, RequestError
from handlers.common.settings import read_settings

from .component_status import ComponentStatus
from .endpoint import Endpoint

_RETRY_SECONDS = 30
# What SageMaker says to a call of a component without copies. (stdapi-ai/stdapi.ai#43.)
_NO_CAPACITY = "has no capacity to process this request"


class Settings(NamedTuple):
    """What the function's environment says of the component and its endpoint."""

    endpoint_name: str
    component_name: str


def connect(*, function_timeout: int) -> Component:
    """Return the component of the function's environment."""
    settings = read_settings(Settings)
    return Component(settings.endpoint_name, settings.component_name, function_timeout=function_timeout)


class Component:
    """The inference component of a model, for a function that may run for so many seconds."""

    def __init__(self, endpoint: str, name: str, *, function_timeout: int) -> None:
        """Make the client of the endpoint; the one that wakes the component is made when it is needed."""
        self.endpoint = Endpoint(endpoint, function_timeout=function_timeout, target={"InferenceComponentName": name})
        self.status = ComponentStatus(name)

    def invoke(self, body: object, *, accept: str = "application/json", inference_id: str = "") -> bytes:
        """Send the body as JSON to the component and return the body of its response.

        Raises ModelAsleep, and wakes the component, when it has no copy; and what an endpoint raises.
        """
        try:
            return self.endpoint.invoke(body, accept=accept)
        except RequestError as error:
            if not _is_asleep(error.__cause__):
                raise
            if _has_no_copy(error.__cause__):
                self.status.start_copy()
            raise ModelAsleep("the model is asleep and is waking up now", retry_after=_RETRY_SECONDS) from error


def _is_asleep(error: BaseException | None) -> bool:
    return _has_no_copy(error) or _code(error) == "ModelNotReadyException"  # the copy is there, and is loading


def _has_no_copy(error: BaseException | None) -> bool:
    return _code(error) in ("ValidationError", "ValidationException") and _NO_CAPACITY in str(error)


def _code(error: BaseException | None) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
