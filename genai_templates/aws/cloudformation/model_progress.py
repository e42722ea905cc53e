"""How far the deployment of the model is: what a stack waits for most of the time of its creation.

The endpoint, and the inference component on one that has such, bear the GUID of their stack in their names, whoever
makes them: CloudFormation or a notebook. Their reasons are read while CloudFormation still waits for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from ..account import Account
from .events import StackEvent

ENDPOINT, COMPONENT = "AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent"
_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_LOGS = "/aws/sagemaker"
_LAST_LINES = 3
_RECENT_MINUTES = 10
# Why it is so, SageMaker says in these states; a component says in others too how many copies it has.
_WITH_REASON = {"Failed", "RollingBack", "UpdateRollbackFailed", "OutOfService"}

_Found = TypeVar("_Found")


class ModelProgress(NamedTuple):
    """The statuses of endpoint and component, empty while there is none, and the last lines of the logs.

    ``reason`` is SageMaker's own for what failed or is taken back.
    """

    endpoint_status: str = ""
    log_lines: tuple[str, ...] = ()
    component_status: str = ""
    reason: str = ""

    def __str__(self) -> str:
        """Return it in a line, without the logs."""
        component = f", component {self.component_status}" if self.component_status else ""
        return f"endpoint {self.endpoint_status or 'not begun'}{component}{f': {self.reason}' if self.reason else ''}"


def read_model_progress(account: Account, stack_id: str, events: Iterable[StackEvent]) -> ModelProgress:
    """Return what can be seen of the model's deployment; what is not permitted, or not there yet, is left out."""
    guid = stack_id.rsplit("/", 1)[-1]
    made = list(events)
    endpoint, why = _endpoint(account, guid)
    names = {each.kind: each.physical_id.rpartition("/")[2] for each in made if each.physical_id}
    component, why_component = _component(account, names[COMPONENT]) if COMPONENT in names else ("", "")
    lines = [line for source in _sources(names) for line in _log_lines(account, *source)]
    return ModelProgress(endpoint, tuple(lines[-_LAST_LINES:]), component, why_component or why)


def _endpoint(account: Account, guid: str) -> tuple[str, str]:
    """Return the statuses of the endpoints, and why they are so."""
    client = account.client("sagemaker")
    found: list[Any] = _seen(lambda: client.list_endpoints(NameContains=guid)["Endpoints"], [])
    named = {each["EndpointName"]: each["EndpointStatus"] for each in found}
    reasons = [_reason(client, name) for name, status in named.items() if status in _WITH_REASON]
    return ", ".join(sorted(named.values())), " ".join(filter(None, reasons))


def _reason(client: Any, name: str) -> str:
    return _seen(lambda: str(client.describe_endpoint(EndpointName=name).get("FailureReason", "")), "")


def _component(account: Account, name: str) -> tuple[str, str]:
    """Return the status of the component with its copies, and why it is so."""
    client = account.client("sagemaker")
    found: dict[str, Any] = _seen(lambda: dict(client.describe_inference_component(InferenceComponentName=name)), {})
    if not found:
        return "", ""
    copies = found.get("RuntimeConfig", {})
    counts = f", {copies.get('CurrentCopyCount', 0)} of {copies['DesiredCopyCount']} copies" if copies else ""
    return f"{found['InferenceComponentStatus']}{counts}", found.get("FailureReason", "")


def _sources(names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield log groups, each with the beginning of its streams' names."""
    if _NOTEBOOK in names:
        yield f"{_LOGS}/NotebookInstances", names[_NOTEBOOK]
    for kind, group in ((ENDPOINT, "Endpoints"), (COMPONENT, "InferenceComponents")):
        if kind in names:
            yield f"{_LOGS}/{group}/{names[kind]}", ""


def _log_lines(account: Account, group: str, streams: str) -> list[str]:
    begin = {"logStreamNamePrefix": streams} if streams else {}
    start = int((time.time() - _RECENT_MINUTES * 60) * 1000)
    client = account.client("logs")
    found: list[Any] = _seen(
        lambda: client.filter_log_events(logGroupName=group, startTime=start, **begin)["events"], []
    )
    return [each["message"].strip() for each in found]


def _seen(look: Callable[[], _Found], otherwise: _Found) -> _Found:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return look()
    except (ClientError, BotoCoreError):
        return otherwise
