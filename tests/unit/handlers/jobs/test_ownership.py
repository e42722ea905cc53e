"""Jobs belong to who submitted them: another caller meets neither them, nor their latest one, nor their keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.common.caller import opaque
from handlers.common.errors import Conflict
from handlers.common.http import Request
from handlers.jobs.idempotency import Claim, claim
from handlers.jobs.submission import Submission
from handlers.jobs.table import ConditionFailed, Item, JobTable
from tests.unit.handlers.conftest import Clock, Context, event_of
from tests.unit.handlers.jobs.speech import Speech

ANN, BOB = opaque("ann"), opaque("bob")
CALLERS = st.sampled_from(["", ANN, BOB])
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)


def submit(speech: Speech, owner: str, *, key: str | None = None, text: str = "hello") -> Submission:
    requested = {"text": text}
    return speech.submitter.submit(requested, settings=requested, key=key, owner=owner, admit=lambda: None)


def finished(speech: Speech, owner: str) -> str:
    job_id = submit(speech, owner).job_id
    speech.process(job_id)
    return job_id


def test_anothers_job_is_as_absent_as_an_unknown_one(speech: Speech) -> None:
    job_id = finished(speech, ANN)
    mine = speech.jobs.read(job_id, owner=ANN)
    assert mine is not None
    assert mine.owner == ANN
    assert [speech.jobs.read(job_id, owner=owner) for owner in (BOB, "")] == [None, None]
    assert speech.jobs.read(finished(speech, ""), owner=ANN) is None


def test_the_latest_job_is_each_owners_own(speech: Speech, clock: Clock) -> None:
    made = {}
    for owner in (ANN, "", BOB, ANN):
        clock.seconds += 1
        made[owner] = finished(speech, owner)
    latest = {owner: speech.jobs.read_latest(owner=owner) for owner in made}
    assert {owner: job.job_id if job else "" for owner, job in latest.items()} == made
    assert speech.jobs.read_latest(owner=opaque("carol")) is None


class OneItemEach(JobTable):
    """A table without AWS, of which the first item under a key stays."""

    def __init__(self) -> None:
        super().__init__("memory")
        self.items: dict[str, Item] = {}

    def put(self, item: Item, *, condition: str, values: Mapping[str, Item] | None = None) -> None:
        key = item["job_id"]["S"]
        if key in self.items:
            raise ConditionFailed(self.items[key])
        self.items[key] = item


@example(claims=[("", f"{ANN}key"), (ANN, "key")])
@given(claims=st.lists(st.tuples(CALLERS, KEYS), min_size=2, max_size=20))
def test_a_key_of_two_callers_never_meets(claims: list[tuple[str, str]]) -> None:
    table, holders = OneItemEach(), dict[tuple[str, str], Claim]()
    for number, (owner, key) in enumerate(claims):
        wanted = Claim(f"{number:032x}", f"hash {number}")
        assert claim(table, key, wanted, owner=owner) == holders.setdefault((owner, key), wanted)
    assert len(table.items) == len(holders)


def test_a_key_says_nothing_about_another_callers_request(speech: Speech) -> None:
    submissions = {owner: submit(speech, owner, key="key", text=f"of {owner}") for owner in (ANN, BOB, "")}
    assert len({each.job_id for each in submissions.values()}) == 3
    assert all(each.is_new for each in submissions.values())
    assert submit(speech, BOB, key="key", text=f"of {BOB}") == submissions[BOB]._replace(is_new=False)
    with pytest.raises(Conflict):
        submit(speech, BOB, key="key", text=f"of {ANN}")


def test_nothing_that_is_admitted_later_loses_its_key(speech: Speech) -> None:
    class Refused(Exception):
        """No more jobs today."""

    def refuse() -> None:
        raise Refused

    requested = {"text": "hello"}
    with pytest.raises(Refused):
        speech.submitter.submit(requested, settings=requested, key="key", owner=ANN, admit=refuse)
    assert speech.events.payloads == []
    first = submit(speech, ANN, key="key")
    assert first.is_new
    # A job that is there is nobody's to admit again.
    again = speech.submitter.submit(requested, settings=requested, key="key", owner=ANN, admit=refuse)
    assert (again.job_id, again.is_new) == (first.job_id, False)


def test_without_owners_the_table_is_as_it_ever_was(speech: Speech) -> None:
    job_id = submit(speech, "", key="key").job_id
    speech.process(job_id)
    items = {item["job_id"]["S"]: item for item in boto3.client("dynamodb").scan(TableName="jobs")["Items"]}
    hashed = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"  # sha256 of "key"
    assert items.keys() == {job_id, "latest", f"idempotency#{hashed}"}
    assert not any("owner" in item for item in items.values())


@pytest.mark.parametrize(
    ("auth", "context", "name"),
    [
        ("cognito", {"authorizer": {"claims": {"sub": "alice-subject"}}}, "alice"),
        ("iam", {"identity": {"userArn": "arn:aws:iam::123456789012:user/alice"}}, "123456789012"),
        ("api-key", {"identity": {"apiKeyId": "alicekey01"}}, "alice"),
    ],
)
def test_what_handlers_know_of_a_caller_names_nobody(auth: str, context: dict[str, Any], name: str) -> None:
    request = Request.from_event(event_of("GET", "/", requestContext=context), Context(), auth=auth)
    assert request.caller
    assert name not in json.dumps(request._asdict())
    assert request.caller != Request.from_event(event_of("GET", "/"), Context()).caller == ""
