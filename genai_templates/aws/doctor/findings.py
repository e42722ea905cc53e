"""Findings: each resource of ours, joined with the stacks that exist.

A resource belongs to the stack whose id is in its tags or name, or else to the one whose name is. The id counts more: a
stack of the same name may have been made since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ...tags import STACK_TAG
from ..cloudformation.stacks import StackDescription
from .names import NameSign, is_named_after, read_name
from .removal import removal_order
from .resources import Resource

ID_TAG = "aws:cloudformation:stack-id"
"""CloudFormation's own tag, whose value is the stack's id."""
_CAN_ONLY_BE_DELETED = frozenset({"DELETE_FAILED", "ROLLBACK_FAILED", "ROLLBACK_COMPLETE"})
_BROKEN = _CAN_ONLY_BE_DELETED | {"CREATE_FAILED", "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"}

Tags = Mapping[str, str]


class Candidate(NamedTuple):
    """A resource that may be ours: its tags, and what its name tells."""

    resource: Resource
    tags: Tags
    sign: NameSign | None

    @property
    def guid(self) -> str:
        """The GUID of its stack's id, if tags or name have it."""
        return self.tags.get(ID_TAG, "").rpartition("/")[2] or (self.sign.guid if self.sign else "")

    @property
    def stack(self) -> str:
        """The name of its stack, if tags or name have it; of a bucket's name it is the beginning."""
        return self.tags.get(STACK_TAG, "") or (self.sign.stack if self.sign else "")


class DeletedStack(NamedTuple):
    """A stack that was deleted: its name, and whether it was made from a template of ours."""

    name: str
    is_ours: bool


class Finding(NamedTuple):
    """A resource whose stack is gone, with an empty ``status``, or broken.

    ``stack`` is the stack's name, or its GUID where the name is not known. ``is_sure`` is whether it is ours beyond
    doubt: it has our tag, or a name of ours with the id of a stack that was ours. ``usd_per_month`` is None when it is
    not known.
    """

    resource: Resource
    stack: str
    guid: str
    status: str
    is_sure: bool
    usd_per_month: float | None = None

    @property
    def is_removable(self) -> bool:
        """Whether nothing uses it any more: its stack is gone, or nothing can be done with it but to delete it."""
        return self.status in _CAN_ONLY_BE_DELETED or not self.status


def candidate(resource: Resource, tags: Tags) -> Candidate | None:
    """Return the resource with what tags and name tell of its stack, or None when neither is ours."""
    sign = read_name(resource.kind, resource.name)
    return Candidate(resource, tags, sign) if sign or STACK_TAG in tags else None


def join(
    candidates: Sequence[Candidate],
    stacks: Collection[StackDescription],
    find_deleted: Callable[[], Mapping[str, DeletedStack]],
) -> tuple[list[Finding], dict[str, int]]:
    """Return the findings, and how many resources each stack at work has.

    ``find_deleted`` returns deleted stacks by their GUID; it is called when something has a GUID but no tag of ours.
    What belonged to a stack of somebody else is not found.
    """
    findings, in_use, doubtful = [], dict[str, int](), list[Candidate]()
    tagged = {each.guid: each.stack for each in candidates if each.guid and STACK_TAG in each.tags}
    for each in candidates:
        stack = _find_stack(each, stacks)
        is_ours = STACK_TAG in each.tags or each.guid in tagged or bool(stack and each.sign and each.sign.guid)
        if stack is None or stack.status in _BROKEN:
            if is_ours or not each.guid:
                findings.append(_finding(each, stack, is_sure=is_ours, name=tagged.get(each.guid, "")))
            else:
                doubtful.append(each)
        elif is_ours:
            in_use[stack.name] = in_use.get(stack.name, 0) + 1
    deleted = find_deleted() if doubtful else {}
    for each in doubtful:
        known = deleted.get(each.guid)
        if known is None or known.is_ours:
            stack = _find_stack(each, stacks)
            findings.append(_finding(each, stack, is_sure=known is not None, name=known.name if known else ""))
    return findings, in_use


def _find_stack(each: Candidate, stacks: Iterable[StackDescription]) -> StackDescription | None:
    if each.guid:
        return next((stack for stack in stacks if stack.stack_id.endswith(f"/{each.guid}")), None)
    if STACK_TAG in each.tags:
        return next((stack for stack in stacks if stack.name == each.stack), None)
    kind = each.resource.kind
    named = [stack for stack in stacks if is_named_after(kind, each.stack, stack.name)]
    # Of several that the beginning of a bucket's name fits, one at work counts.
    return min(named, key=lambda stack: stack.status in _BROKEN, default=None)


def _finding(each: Candidate, stack: StackDescription | None, *, is_sure: bool, name: str = "") -> Finding:
    known = stack.name if stack else each.stack or name or each.guid
    return Finding(each.resource, known, each.guid, stack.status if stack else "", is_sure)


def in_order_of_cost(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, the dearest first; those that are surely ours before the others."""
    return sorted(
        findings,
        key=lambda each: (
            not each.is_sure,
            -(each.usd_per_month or 0),
            removal_order(each.resource),
            each.resource.name,
        ),
    )
