"""A resource is joined with the stack whose id it has, or else with the one whose name it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.doctor.findings import (
    ID_TAG,
    Candidate,
    DeletedStack,
    Finding,
    candidate,
    in_order_of_cost,
    join,
)
from genai_templates.aws.doctor.resources import Kind, Resource
from genai_templates.tags import STACK_TAG

OLD = "6f1c2d3e-0000-4111-8222-333344445555"
NEW = "6f1c2d3e-1111-4111-8222-333344445555"
BUCKET = "genai-text-logbucket-abcdefghijkl"
TAGGED = {STACK_TAG: "genai-text"}


def stack_id(guid: str) -> str:
    return f"arn:aws:cloudformation:us-east-1:000000000000:stack/genai-text/{guid}"


def stack(status: str = "CREATE_COMPLETE", *, guid: str = NEW, name: str = "genai-text") -> StackDescription:
    return StackDescription(stack_id(guid), name, status, "", datetime(2026, 1, 1, tzinfo=UTC), None, "")


def one(name: str, tags: Mapping[str, str] | None = None, *, kind: Kind = Kind.BUCKET) -> Candidate:
    found = candidate(Resource(kind, name, f"arn:{name}"), tags or {})
    assert found
    return found


def judged(
    candidates: list[Candidate], stacks: list[StackDescription], deleted: Mapping[str, DeletedStack] | None = None
) -> tuple[list[tuple[str, str, bool]], dict[str, int]]:
    """Return stack, status and certainty of each finding, and what is in use."""
    findings, in_use = join(candidates, stacks, lambda: deleted or {})
    return [(each.stack, each.status, each.is_sure) for each in findings], in_use


def test_what_has_neither_our_tag_nor_a_name_of_ours_is_none_of_ours() -> None:
    assert candidate(Resource(Kind.BUCKET, "photos", "arn"), {"owner": "me"}) is None


def test_by_tag_alone_a_stack_of_this_name_has_it_in_use() -> None:
    assert judged([one("photos", TAGGED)], [stack()]) == ([], {"genai-text": 1})
    assert judged([one("photos", TAGGED)], []) == ([("genai-text", "", True)], {})


def test_what_an_earlier_stack_of_the_same_name_left_is_found_by_the_stacks_id() -> None:
    left = one(BUCKET, {**TAGGED, ID_TAG: stack_id(OLD)})
    own = one(BUCKET, {**TAGGED, ID_TAG: stack_id(NEW)})
    endpoint = one(f"genai-{OLD}", TAGGED, kind=Kind.ENDPOINT)
    findings, in_use = judged([left, own, endpoint], [stack(guid=NEW)])
    assert findings == [("genai-text", "", True)] * 2
    assert in_use == {"genai-text": 1}


def test_a_name_alone_is_not_enough_and_not_counted_where_a_stack_has_it() -> None:
    assert judged([one(BUCKET)], []) == ([("genai-text", "", False)], {})
    assert judged([one(BUCKET)], [stack()]) == ([], {})
    assert judged([one(BUCKET)], [stack(name="Genai-Text-Of-A-Long-Name")]) == ([], {})


def test_of_several_stacks_that_a_cut_name_fits_one_at_work_counts() -> None:
    stacks = [stack("DELETE_FAILED", name="genai-text-1"), stack(guid=OLD, name="genai-text-2")]
    assert judged([one(BUCKET)], stacks) == ([], {})


def test_an_id_in_the_name_of_a_stack_that_exists_is_a_sign_by_itself() -> None:
    endpoint = one(f"genai-{NEW}", kind=Kind.ENDPOINT)
    assert judged([endpoint], [stack()]) == ([], {"genai-text": 1})
    assert judged([endpoint], [stack("DELETE_FAILED")]) == ([("genai-text", "DELETE_FAILED", True)], {})


def test_the_log_of_a_tagged_endpoint_is_as_sure_as_the_endpoint() -> None:
    logs = one(f"/aws/sagemaker/Endpoints/genai-{OLD}", kind=Kind.LOG_GROUP)
    endpoint = one(f"genai-{OLD}", TAGGED, kind=Kind.ENDPOINT)
    assert judged([logs, endpoint], [])[0] == [("genai-text", "", True)] * 2


@pytest.mark.parametrize(
    ("deleted", "findings"),
    [
        ({}, [(OLD, "", False)]),
        ({OLD: DeletedStack("mine", is_ours=True)}, [("mine", "", True)]),
        ({OLD: DeletedStack("other", is_ours=False)}, []),
    ],
)
def test_an_id_without_tags_is_looked_up_among_the_deleted_stacks(
    deleted: Mapping[str, DeletedStack], findings: list[tuple[str, str, bool]]
) -> None:
    assert judged([one(f"genai-{OLD}", kind=Kind.ENDPOINT)], [], deleted)[0] == findings


def test_a_bucket_of_somebody_elses_stack_with_a_name_like_ours_is_left_out() -> None:
    bucket = one(BUCKET, {ID_TAG: stack_id(OLD)})
    assert judged([bucket], [], {OLD: DeletedStack("genai-text", is_ours=False)}) == ([], {})
    assert judged([bucket], [stack(guid=OLD)]) == ([], {})


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_at_work_or_in_order_has_it_in_use(status: str) -> None:
    assert judged([one(BUCKET, TAGGED)], [stack(status)]) == ([], {"genai-text": 1})


@pytest.mark.parametrize(
    ("status", "is_removable"),
    [
        ("DELETE_FAILED", True),
        ("ROLLBACK_FAILED", True),
        ("ROLLBACK_COMPLETE", True),
        ("CREATE_FAILED", False),
        ("UPDATE_FAILED", False),
        ("UPDATE_ROLLBACK_FAILED", False),
    ],
)
def test_of_broken_stacks_only_those_that_can_but_be_deleted_may_lose_something(
    status: str, is_removable: bool
) -> None:
    findings, _ = join([one(BUCKET, TAGGED)], [stack(status)], dict)
    assert [(each.status, each.is_removable) for each in findings] == [(status, is_removable)]


def test_the_dearest_comes_first_and_what_only_looks_like_ours_last() -> None:
    def finding(name: str, cost: float | None, *, is_sure: bool = True) -> Finding:
        return Finding(Resource(Kind.BUCKET, name, "arn"), "s", "", "", is_sure, cost)

    findings = [finding("doubtful", 9, is_sure=False), finding("unknown", None), finding("dear", 2), finding("b", 0)]
    assert [each.resource.name for each in in_order_of_cost(findings)] == ["dear", "b", "unknown", "doubtful"]
