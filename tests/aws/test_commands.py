"""The ways to run the command: what they hand over, and what they give of its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from genai_templates.local.stack_inputs import ARTIFACTS, upload, upload_artifacts
from genai_templates.packaging.manifest import template_path
from tests.aws import commands
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Finished, Running
from tests.aws.notebook import Notebooks
from tests.aws.screen import Screen, plain
from tests.waiting import until

Run = Callable[..., Finished]


def test_the_command_runs_in_this_process(run: Run) -> None:
    finished = run("models")
    assert finished.code == 0
    assert "huggingface" in finished.stdout
    wrong = run("models", "--no-such-option")
    assert (wrong.code, wrong.stdout) == (2, "")
    assert "--no-such-option" in wrong.stderr


def test_the_environment_leads_to_the_account_and_nowhere_else(account: EmulatedAccount, run: Run) -> None:
    identity = boto3.client("sts").get_caller_identity()
    assert identity["Account"] == "000000000000"
    assert account.wire.names() == ["sts:GetCallerIdentity"]
    assert list(Path().iterdir()) == []
    assert list(Path.home().iterdir()) == []


def test_each_test_has_an_account_with_nothing_in_it(account: EmulatedAccount) -> None:
    assert account.client("s3").list_buckets()["Buckets"] == []
    account.client("s3").create_bucket(Bucket="left-over")


test_and_so_has_the_next_one = test_each_test_has_an_account_with_nothing_in_it


@pytest.mark.parametrize("terminal", [True, False])
def test_the_command_runs_in_a_process_of_its_own(start: Callable[..., Running], terminal: bool) -> None:
    running = start("models", "--no-such-option", terminal=terminal)
    finished = running.wait()
    assert finished.code == 2
    assert "--no-such-option" in (finished.stdout if terminal else finished.stderr)


# A program in the place of the command, which shows what the command would find.
PROGRAM = """
import os, sys, signal
print(sys.stdin.isatty(), sys.stdout.isatty(), os.get_terminal_size(1) if sys.stdout.isatty() else None, flush=True)
try:
    print("read", input(), flush=True) if sys.stdin.isatty() else None
    print("waiting", flush=True)
    signal.pause()
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.parametrize("columns", [60, 120])
def test_a_terminal_has_its_width_a_keyboard_and_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, start: Callable[..., Running], columns: int
) -> None:
    monkeypatch.setattr(commands, "_START", PROGRAM)
    running = start(columns=columns)
    running.read_until(f"True True os.terminal_size(columns={columns}, lines=50)")
    running.enter("yes\n")
    running.read_until("read yes")
    running.read_until("waiting")
    running.interrupt()
    assert running.wait().code == 130


def test_pipes_are_no_terminal(monkeypatch: pytest.MonkeyPatch, start: Callable[..., Running]) -> None:
    monkeypatch.setattr(commands, "_START", PROGRAM)
    running = start(terminal=False)
    running.read_until("waiting")
    running.interrupt()
    finished = running.wait()
    assert (finished.code, finished.lines) == (130, ["False False None", "waiting"])


def test_a_screen_shows_what_is_left_of_a_live_view() -> None:
    drawn = "\x1b[?25l\x1b[1mwaiting\x1b[0m\r\n2 of 30\r\x1b[2K\x1b[1A\x1b[2Kdone\r\n30 of 30\r\n\x1b[?25h"
    assert Screen(drawn).text == "done\n30 of 30"
    assert Screen("12345678\r\x1b[3Cx\x1b[K\n\x1b]8;;http://x\x1b\\é").text == "123x\né"
    assert Screen("1234\n12").width == 4
    assert plain("\x1b[31mred\x1b[0m\r\n") == "red\n"


def test_notebooks_of_stacks_deploy_what_their_stacks_wait_for(
    account: EmulatedAccount, notebook: Notebooks, built: Path
) -> None:
    client = account.client("cloudformation")
    upload_artifacts(account.emulator, built / template_path("text"), None)
    template = (built / template_path("text")).read_bytes()
    client.create_stack(
        StackName="text",
        TemplateURL=upload(account.emulator, "text.json", template),
        Parameters=[{"ParameterKey": "LambdaS3Bucket", "ParameterValue": ARTIFACTS}],
        Capabilities=["CAPABILITY_IAM"],
    )
    until(lambda: account.stack_status("text") == "CREATE_COMPLETE" or None)
    assert len(account.client("sagemaker").list_endpoints()["Endpoints"]) == 1
