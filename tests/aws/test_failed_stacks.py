"""What goes wrong while CloudFormation works: the first cause comes first, and what was begun goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from genai_templates.aws.cloudformation import operation
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.notebook import Notebooks
from tests.aws.operations import Call
from tests.aws.wire import Wire

Run = Callable[..., Finished]
_REASONS = {
    "quota too low": "the quota 'ml.g5.2xlarge for endpoint usage' is too low: ask for more in Service Quotas, under "
    "Amazon SageMaker",
    "no capacity": "AWS has no ml.g5.2xlarge to spare here now: try later, or choose another instance type",
}


@pytest.mark.parametrize("name", _REASONS)
def test_a_model_that_cannot_be_deployed_says_why(
    run: Run, account: EmulatedAccount, notebook: Notebooks, output: Path, name: str
) -> None:
    notebook.run = lambda sagemaker, script: script.signal("FAILURE", _REASONS[name])
    finished = run("deploy", "text", "--yes", "--no-preflight", "--output", output)
    first, cause, then, advice = finished.stderr.splitlines()
    assert finished.code == 1
    assert first == f"genai-templates: {name}: genai-text is ROLLBACK_COMPLETE"
    assert cause == f"  ModelReady (AWS::CloudFormation::WaitCondition): {_REASONS[name]}"
    assert then == "  what was made is removed again; 'genai-templates deploy' begins anew"
    assert advice


def test_a_quota_of_nothing_is_said_in_the_first_minute(run: Run, account: EmulatedAccount, output: Path) -> None:
    account.emulator.set_quota("ml.g5.2xlarge", 0)
    finished = run("deploy", "text", "--yes", "--no-preflight", "--output", output)
    first, cause, *_ = finished.stderr.splitlines()
    assert (finished.code, first) == (1, "genai-templates: quota too low: genai-text is ROLLBACK_COMPLETE")
    assert cause.startswith("  ModelJanitor (Custom::ModelJanitor): the quota of SageMaker for ")


def test_a_change_that_the_model_cannot_follow_is_refused_and_rolled_back(
    run: Run, account: EmulatedAccount, notebook: Notebooks, output: Path
) -> None:
    assert run("deploy", "text", "--yes", "--no-preflight", "--output", output).code == 0
    finished = run("deploy", "text", "--yes", "--no-preflight", "--output", output, "--parameter", "StopNotebook=false")
    first, cause, *_, then, advice = finished.stderr.splitlines()
    assert (finished.code, first) == (1, "genai-templates: cannot be changed: genai-text is UPDATE_ROLLBACK_COMPLETE")
    assert cause.startswith("  ModelJanitor (Custom::ModelJanitor): an existing stack cannot change ")
    assert then == "  the stack is as it was before"
    assert "--stack-name" in advice
    again = run("deploy", "text", "--yes", "--no-preflight", "--output", output)
    assert again.lines[-1] == "genai-text is up to date: UPDATE_ROLLBACK_COMPLETE"


def test_a_lost_network_is_waited_for(
    run: Run,
    wire: Wire,
    without_model: tuple[object, ...],
    one_attempt: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def is_following(call: Call) -> bool:
        return "cloudformation:ExecuteChangeSet" in wire.names()

    monkeypatch.setattr(operation, "_LAST_PAUSE_SECONDS", 0.2)
    wire.lose("cloudformation", "ExecuteChangeSet")
    wire.drop("cloudformation", "DescribeStackEvents", times=2, when=is_following)
    wire.fail("cloudformation", "DescribeStackEvents", code="Throttling", times=1, when=is_following)
    finished = run("deploy", "--yes", *without_model)
    assert (finished.code, finished.stderr) == (0, "")
    shown = [line for line in finished.lines if "trying again" in line or "reached again" in line]
    assert shown == [
        "throttled: DescribeStackEvents: Throttling: Throttling: genai-text goes on, trying again",
        "AWS can be reached again",
    ]


def test_credentials_that_expire_meanwhile_do_not_stop_the_stack(
    run: Run, wire: Wire, account: EmulatedAccount, without_model: tuple[object, ...]
) -> None:
    def is_following(call: Call) -> bool:
        return "cloudformation:ExecuteChangeSet" in wire.names()

    wire.fail("cloudformation", "DescribeStacks", code="ExpiredToken", when=is_following, times=1)
    finished = run("deploy", "--yes", *without_model)
    assert finished.code == 1
    first, *_, last = finished.stderr.splitlines()
    assert first == "genai-templates: expired credentials: DescribeStacks: ExpiredToken: ExpiredToken"
    assert last == "  sign in again and repeat the command: what was begun goes on by itself"

    joined = run("deploy", "--yes", "--json", *without_model)
    assert joined.code == 0
    assert json.loads(joined.lines[-1])["type"] == "done"


def test_an_interrupt_while_it_works_says_how_to_come_back(
    start: Callable[..., Running], account: EmulatedAccount, output: Path
) -> None:
    """Nobody deploys the model here, so that the stack waits for it."""
    with account.wire.hold_response("cloudformation", "ExecuteChangeSet", times=1) as held:
        running = start("deploy", "text", "--yes", "--no-preflight", "--output", output, terminal=False)
        held.wait()
        running.interrupt()
    finished = running.wait()
    assert (finished.code, finished.stderr) == (
        130,
        "genai-templates: interrupted: genai-text may have begun; repeat the command to see\n",
    )

    again = start("deploy", "text", "--yes", "--no-preflight", "--output", output, columns=60)
    again.read_until("is at work already (CREATE_IN_PROGRESS): joining it")
    again.read_until("ModelReady (")
    again.interrupt()
    finished = again.wait()
    assert finished.code == 130
    assert finished.screen.text.endswith(
        "genai-templates: interrupted: genai-text goes on in CloudFormation; repeat the command to join it"
    )
    assert account.stack_status("genai-text") == "CREATE_IN_PROGRESS"

    with account.wire.hold("cloudformation", "DescribeStacks", times=1, when=_is_deleting(account)) as held:
        deleting = start("destroy", "text", "--yes", terminal=False)
        held.wait()
        deleting.interrupt()
    finished = deleting.wait()
    assert finished.code == 130
    assert finished.stderr == (
        "genai-templates: interrupted: the deletion of genai-text goes on in CloudFormation; repeat the command to "
        "watch it\n"
    )


def _is_deleting(account: EmulatedAccount) -> Callable[[Call], bool]:
    return lambda call: "cloudformation:DeleteStack" in account.wire.names()


def test_a_failure_stays_on_the_terminal_when_the_live_view_goes(
    start: Callable[..., Running], notebook: Notebooks, output: Path
) -> None:
    reason = _REASONS["no capacity"]
    notebook.run = lambda sagemaker, script: script.signal("FAILURE", reason)
    finished = start("deploy", "text", "--yes", "--no-preflight", "--output", output, columns=60).wait()
    assert finished.code == 1
    text = " ".join(finished.screen.text.split())
    assert f"CREATE_FAILED ModelReady (AWS::CloudFormation::WaitCondition): {reason}" in text
    assert "working" not in text


def test_a_live_view_fits_on_a_narrow_terminal(
    start: Callable[..., Running], notebook: Notebooks, without_model: tuple[object, ...]
) -> None:
    running = start("deploy", *without_model, columns=60)
    running.read_until("Deploy genai-text? [y/N]")
    running.enter("y\n")
    finished = running.wait()
    assert finished.code == 0
    assert " done, " in finished.stdout
    shown = finished.screen.rows
    assert not [row for row in shown if "working" in row], "the live view is gone at the end"
    assert [row for row in shown if row.startswith("  ApplicationUrl ")]
    assert "('--plan' lists them)" in finished.stdout
