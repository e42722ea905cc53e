"""How far the deployment of the model is: what a stack waits for most of the time of its creation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..account import Account
from .events import StackEvent

_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_NOTEBOOK_LOGS = "/aws/sagemaker/NotebookInstances"
_LAST_LINES = 3
_RECENT_MINUTES = 10


class ModelProgress(NamedTuple):
    """The endpoint's status, empty while there is none, and the last lines of the notebook's log."""

    endpoint_status: str = ""
    log_lines: tuple[str, ...] = ()


def read_model_progress(account: Account, stack_id: str, events: Iterable[StackEvent]) -> ModelProgress:
    """Return what can be seen of the model's deployment; what is not permitted, or not there yet, is left out."""
    guid = stack_id.rsplit("/", 1)[-1]
    notebooks = {each.physical_id.rsplit("/", 1)[-1] for each in events if each.kind == _NOTEBOOK and each.physical_id}
    return ModelProgress(_endpoint_status(account, guid), _log_lines(account, sorted(notebooks)))


def _endpoint_status(account: Account, guid: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        # The name of what a stack makes ends in the stack's GUID.
        found = account.client("sagemaker").list_endpoints(NameContains=guid)["Endpoints"]
    except (ClientError, BotoCoreError):
        return ""
    return ", ".join(sorted(each["EndpointStatus"] for each in found))


def _log_lines(account: Account, notebooks: list[str]) -> tuple[str, ...]:
    import time

    from botocore.exceptions import BotoCoreError, ClientError

    lines: list[str] = []
    for name in notebooks:
        try:
            found = account.client("logs").filter_log_events(
                logGroupName=_NOTEBOOK_LOGS,
                logStreamNamePrefix=name,
                startTime=int((time.time() - _RECENT_MINUTES * 60) * 1000),
            )
        except (ClientError, BotoCoreError):
            continue
        lines += [each["message"].strip() for each in found["events"]]
    return tuple(lines[-_LAST_LINES:])
