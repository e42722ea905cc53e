"""What ministack does not find by its tags: log groups, alarms, and the objects of SageMaker.

docs/upstream/ministack/tagging.md
"""

from __future__ import annotations

from collections.abc import Iterator

from ministack.services import cloudwatch, cloudwatch_logs, tagging

from .sagemaker import call

_TaggedArn = tuple[str, list[dict[str, str]]]
_SAGEMAKER_LISTS = {
    "ListEndpoints": ("Endpoints", "EndpointArn"),
    "ListEndpointConfigs": ("EndpointConfigs", "EndpointConfigArn"),
    "ListModels": ("Models", "ModelArn"),
    "ListNotebookInstances": ("NotebookInstances", "NotebookInstanceArn"),
}


def apply() -> None:
    """Have the service of tags find them."""
    tagging._COLLECTORS |= {"logs": _of_logs, "cloudwatch": _of_alarms, "sagemaker": _of_sagemaker}


def _as_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _of_logs() -> Iterator[_TaggedArn]:
    for group in cloudwatch_logs._log_groups.values():
        yield group["arn"].removesuffix(":*"), _as_list(group.get("tags", {}))


def _of_alarms() -> Iterator[_TaggedArn]:
    for arn, tags in cloudwatch._resource_tags.items():
        yield arn, _as_list(tags)


def _of_sagemaker() -> Iterator[_TaggedArn]:
    for operation, (items, arn) in _SAGEMAKER_LISTS.items():
        for each in call(operation)[items]:
            yield each[arn], call("ListTags", ResourceArn=each[arn])["Tags"]
