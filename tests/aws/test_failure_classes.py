"""Whatever fails, the first line on standard error says to which class it belongs, and the last one what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from genai_templates.aws.cloudformation.events import StackEvent
from genai_templates.aws.cloudformation.operation import Operation, check_outcome
from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.aws.failures import FAILURES
from genai_templates.errors import StackFailed
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished
from tests.aws.wire import Wire
from tests.unit.aws.seen_failures import SEEN

Run = Callable[..., Finished]
_API_ERROR = re.compile(r"[A-Z]\w+: ([A-Z]\w+): (.*)")
_ADVICE = {failure.name: failure.advice for failure in FAILURES}
_BY_API = [
    (name, *match.groups()) for name, texts in SEEN.items() for text in texts if (match := _API_ERROR.match(text))
]
_BY_RESOURCE = [(name, text) for name, texts in SEEN.items() for text in texts if not _API_ERROR.match(text)]


def test_every_class_comes_from_a_call_or_from_a_resource() -> None:
    assert {name for name, *_ in [*_BY_API, *_BY_RESOURCE]} == _ADVICE.keys()


@pytest.mark.usefixtures("one_attempt")
def test_an_error_of_a_call_is_named(run: Run, wire: Wire) -> None:
    for name, code, message in _BY_API:
        wire.fail("sts", "GetCallerIdentity", code=code, message=message, times=1)
        finished = run("destroy", "text", "--yes")
        first, *_, last = finished.stderr.splitlines()
        assert finished.code == 1
        assert first == f"genai-templates: {name}: GetCallerIdentity: {code}: {message}"
        assert last.strip() == _ADVICE[name]


@pytest.mark.parametrize(("name", "reason"), _BY_RESOURCE, ids=lambda value: str(value)[:40])
def test_a_reason_of_a_resource_is_named(name: str, reason: str) -> None:
    now = datetime.now(UTC)
    stack = StackDescription("arn:x", "genai-text", "ROLLBACK_COMPLETE", "", now, None, "")
    event = StackEvent(
        event_id="1", time=now, logical_id="X", physical_id="", kind="A::B::C", status="CREATE_FAILED", reason=reason
    )
    with pytest.raises(StackFailed) as raised:
        check_outcome(Operation(stack, [event]), "CREATE_COMPLETE")
    first, cause, *_, last = str(raised.value).splitlines()
    assert first == f"{name}: genai-text is ROLLBACK_COMPLETE"
    assert cause.startswith("  X (A::B::C): ")
    assert last.strip() == _ADVICE[name]


def test_an_error_is_an_object_of_json_too(run: Run, wire: Wire) -> None:
    wire.fail("sts", "GetCallerIdentity", code="ExpiredToken", message="old")
    finished = run("deploy", "text", "--yes", "--json")
    assert json.loads(finished.lines[-1]) == {
        "type": "error",
        "failure": "expired credentials",
        "message": "expired credentials: GetCallerIdentity: ExpiredToken: old",
        "details": [],
        "advice": _ADVICE["expired credentials"],
    }
    assert finished.stderr.startswith("genai-templates: expired credentials: ")


def _without_region(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def _without_credentials(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _with_an_unknown_profile(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")


def _with_broken_settings(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount) -> None:
    settings = Path("settings")
    settings.write_text("no section", "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))


def _without_network(monkeypatch: pytest.MonkeyPatch, account: EmulatedAccount) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    account.wire.drop("*", "*")


@pytest.mark.parametrize(
    ("arrange", "first"),
    [
        (_without_region, "no region: "),
        (_without_credentials, "no credentials: "),
        (_with_an_unknown_profile, "no credentials: The config profile (nobody)"),
        (_with_broken_settings, "no credentials: Unable to parse config file"),
        (_without_network, "network lost: Connection was closed"),
    ],
)
@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_without_a_way_to_aws_nothing_begins(
    run: Run,
    account: EmulatedAccount,
    monkeypatch: pytest.MonkeyPatch,
    arrange: Callable[[pytest.MonkeyPatch, EmulatedAccount], None],
    first: str,
    verb: str,
) -> None:
    arrange(monkeypatch, account)
    finished = run(verb, "text", "--yes")
    assert (finished.code, finished.stdout) == (1, "")
    assert finished.stderr.startswith(f"genai-templates: {first}")
    assert len(finished.stderr.splitlines()) == 2


@pytest.mark.parametrize("verb", ["deploy", "destroy"])
def test_without_a_terminal_somebody_must_have_said_yes(run: Run, wire: Wire, verb: str) -> None:
    finished = run(verb, "text", input="yes\n")
    assert (finished.code, finished.stdout, wire.calls) == (2, "", [])
    assert finished.stderr == ("genai-templates: there is no terminal to confirm the changes on: give --yes\n")
