"""The checks at the same time: their order, their deadlines, and what ends them all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from genai_templates.aws.account import Account
from genai_templates.aws.preflight import Check, Probe, Surroundings, Verdict, run
from genai_templates.errors import AwsError

_GOOD = Check("good", Verdict.OK, "all is well")


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings(Account(region="eu-west-1"), {"Resources": {}}, {}, "genai-text")


def _raising(error: Exception) -> Callable[[Surroundings], list[Check]]:
    def look(_: Surroundings) -> list[Check]:
        raise error

    return look


@pytest.fixture
def hanging() -> Iterator[Callable[[Surroundings], list[Check]]]:
    """A check that hangs until the test is over."""
    over = threading.Event()

    def look(_: Surroundings) -> list[Check]:
        over.wait(60)
        return [_GOOD]

    yield look
    over.set()


def test_lines_keep_the_order_of_the_checks_whichever_ends_first(surroundings: Surroundings) -> None:
    second_is_done = threading.Event()

    def first(_: Surroundings) -> list[Check]:
        assert second_is_done.wait(60)
        return [Check("first", Verdict.OK, ""), Check("more", Verdict.OK, "")]

    def second(_: Surroundings) -> list[Check]:
        second_is_done.set()
        return [Check("second", Verdict.OK, "")]

    found = run(surroundings, [Probe("a", first), Probe("b", second)], deadline=60)
    assert [check.name for check in found] == ["first", "more", "second"]


def test_a_check_that_hangs_is_not_known_and_hides_no_other(
    surroundings: Surroundings, hanging: Callable[[Surroundings], list[Check]]
) -> None:
    probes = [Probe("slow", hanging), Probe("good", lambda _: [_GOOD])]
    late = Check("slow", Verdict.UNKNOWN, "it took longer than 0.2 s", "repeat the command")
    assert run(surroundings, probes, deadline=0.2)[0] == late


def test_a_patient_check_gets_several_deadlines(surroundings: Surroundings) -> None:
    given_up = threading.Event()

    def patient(_: Surroundings) -> list[Check]:
        given_up.wait(0.3)
        return [_GOOD]

    assert run(surroundings, [Probe("slow", patient, patience=1000)], deadline=0.1) == [_GOOD]


def test_an_error_of_aws_is_the_line_of_its_check(surroundings: Surroundings) -> None:
    error = AwsError("throttled: ListEndpoints: Throttling: slow down\n  wait a minute", "throttled")
    found = run(surroundings, [Probe("quota", _raising(error)), Probe("good", lambda _: [_GOOD])], deadline=60)
    finding = "throttled: ListEndpoints: Throttling: slow down"
    assert found == [Check("quota", Verdict.UNKNOWN, finding, "wait a minute"), _GOOD]


@pytest.mark.parametrize("failure", ["no credentials", "expired credentials", "invalid credentials"])
def test_without_credentials_there_is_no_table(surroundings: Surroundings, failure: str) -> None:
    probes = [Probe("good", lambda _: [_GOOD]), Probe("bad", _raising(AwsError("sign in", failure)))]
    with pytest.raises(AwsError, match="sign in"):
        run(surroundings, probes, deadline=60)


def test_a_defect_of_a_check_is_raised(surroundings: Surroundings) -> None:
    with pytest.raises(ZeroDivisionError):
        run(surroundings, [Probe("bad", _raising(ZeroDivisionError()))], deadline=60)


def test_no_check_has_no_lines(surroundings: Surroundings) -> None:
    assert run(surroundings, [Probe("none", lambda _: [])], deadline=60) == []
