"""Diagnosis: a region is looked through, kind by kind, and what is found is joined with its stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar

from ...apps import APPS
from ...errors import AwsError
from ...tags import STACK_TAG
from ..account import Account
from ..cloudformation.stacks import list_stacks
from ..failures import translated
from ..parallel import in_parallel
from .cost import usd_per_month
from .findings import Candidate, DeletedStack, Finding, Tags, candidate, in_order_of_cost, join
from .resources import Kind, Resource, is_going, list_kind, plain_arn

_ARNS_OF_A_CALL = 100
_Seen = TypeVar("_Seen")


class Diagnosis(NamedTuple):
    """What was found.

    ``in_use`` is how many resources each stack at work has; ``unknown`` is why something could not be looked at, by its
    name.
    """

    findings: list[Finding]
    in_use: Mapping[str, int]
    unknown: Mapping[str, str]

    @property
    def usd_per_month(self) -> float:
        """What all findings cost, as far as it is known."""
        return sum(each.usd_per_month or 0 for each in self.findings)

    def of_stack(self, stack_id: str) -> list[Finding]:
        """Return the findings of one stack, by its id."""
        guid, name = stack_id.rpartition("/")[2], stack_id.split("/")[1]
        return [each for each in self.findings if each.guid == guid or (not each.guid and each.stack == name)]


def diagnose(account: Account) -> Diagnosis:
    """Look the region through. Raises AwsError when the caller or the stacks cannot be seen.

    What cannot be seen of the rest, for want of a permission or for another reason, is named in ``unknown``.
    """
    _ = account.identity
    unknown: dict[str, str] = {}
    looks: list[Callable[[], Any]] = [
        partial(_our_tags, account),
        *(partial(list_kind, account, kind) for kind in Kind),
    ]
    tagged, *lists = in_parallel(lambda look: look(), looks)
    tags: dict[str, Tags] = _seen(unknown, "tags", tagged.result) or {}
    resources = [
        each for kind, found in zip(Kind, lists, strict=True) for each in _seen(unknown, f"{kind}s", found.result) or ()
    ]
    candidates = _candidates(account, resources, tags, unknown)
    # After the resources: of a stack that is being made meanwhile, nothing must look as if it were left.
    stacks = list_stacks(account)
    findings, in_use = join(
        candidates, stacks, lambda: _seen(unknown, "deleted stacks", lambda: _deleted_stacks(account)) or {}
    )
    costs = in_parallel(lambda each: usd_per_month(account, each.resource), findings)
    priced = [each._replace(usd_per_month=cost.result()) for each, cost in zip(findings, costs, strict=True)]
    return Diagnosis(in_order_of_cost(priced), in_use, unknown)


def _seen(unknown: dict[str, str], what: str, look: Callable[[], _Seen]) -> _Seen | None:
    try:
        return look()
    except AwsError as error:
        unknown[what] = str(error).partition("\n")[0]
        return None


def _our_tags(account: Account) -> dict[str, Tags]:
    with translated():
        pages = (
            account.client("resourcegroupstaggingapi")
            .get_paginator("get_resources")
            .paginate(TagFilters=[{"Key": STACK_TAG}])
        )
        return {arn: tags for page in pages for arn, tags in _tags_of(page)}


def _tags_of(page: Mapping[str, list[Mapping[str, list[Mapping[str, str]]]]]) -> Iterable[tuple[str, Tags]]:
    for each in page["ResourceTagMappingList"]:
        yield plain_arn(str(each["ResourceARN"])), {tag["Key"]: tag["Value"] for tag in each["Tags"]}


def _candidates(
    account: Account, resources: Iterable[Resource], tags: Mapping[str, Tags], unknown: dict[str, str]
) -> list[Candidate]:
    """Return what may be ours of what exists: the service of tags goes on naming what has been deleted for a while."""
    found = [each for resource in resources if (each := candidate(resource, tags.get(resource.arn, {})))]
    untagged = [each.resource.arn for each in found if not each.tags]
    more = _seen(unknown, "tags", lambda: _tags_of_these(account, untagged)) or {}
    ours = [each._replace(tags=each.tags or more.get(each.resource.arn, {})) for each in found]
    return [each for each in ours if not _seen(unknown, "keys", partial(is_going, account, each.resource))]


def _tags_of_these(account: Account, arns: list[str]) -> dict[str, Tags]:
    client, found = account.client("resourcegroupstaggingapi"), dict[str, Tags]()
    with translated():
        for start in range(0, len(arns), _ARNS_OF_A_CALL):
            page = client.get_resources(ResourceARNList=arns[start : start + _ARNS_OF_A_CALL])
            found.update(_tags_of(page))
    return found


def _deleted_stacks(account: Account) -> dict[str, DeletedStack]:
    """Return the stacks that were deleted in the last 90 days, by their GUID."""
    ours = tuple(app.load_stack().description for app in APPS.values())
    with translated():
        pages = (
            account.client("cloudformation")
            .get_paginator("list_stacks")
            .paginate(StackStatusFilter=["DELETE_COMPLETE"])
        )
        return {
            each["StackId"].rpartition("/")[2]: DeletedStack(
                each["StackName"], each.get("TemplateDescription", "").startswith(ours)
            )
            for page in pages
            for each in page["StackSummaries"]
        }
