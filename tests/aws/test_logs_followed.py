"""``logs --follow``: the lines that come, through failures that pass, until Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from genai_templates.aws.account import Account
from genai_templates.aws.logs.reader import LogQuery, LogReader
from genai_templates.aws.logs.sources import LogSource
from tests.aws.account import EmulatedAccount
from tests.aws.commands import Running
from tests.aws.operations import Call
from tests.aws.small_stacks import LOG_GROUP, WAITING, create_stack, log_group, write
from tests.aws.wire import Wire

Start = Callable[..., Running]


@pytest.fixture
def api(account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch) -> str:
    """The log group of the API of a stack ``small``; the command tries no call twice by itself."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    create_stack(account, "small", {"ApiLogs": LOG_GROUP})
    return log_group(account, "small", "ApiLogs")


def test_new_lines_are_printed_once_until_ctrl_c(account: EmulatedAccount, start: Start, api: str) -> None:
    write(account, api, "before")
    running = start("logs", "small", "--follow", terminal=False)
    running.read_until("Api before")
    write(account, api, "after")
    running.read_until("Api after")
    running.interrupt()
    finished = running.wait()
    assert finished.code == 130
    assert [line.split(" ", 1)[1] for line in finished.lines] == ["Api before", "Api after"]
    assert finished.stderr == "genai-templates: interrupted\n"


def test_ctrl_c_does_not_wait_for_a_response(
    start: Start, wire: Wire, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with wire.hold("logs", "FilterLogEvents") as held:
        running = start("logs", "small", "--follow", terminal=False)
        held.wait()
        running.interrupt()
        finished = running.wait()
    assert finished.code == 130
    assert finished.stderr == "genai-templates: interrupted\n"
    # One for each source, API and endpoint; each would be tried again after half a minute.
    assert len(wire.names("logs")) <= 2


def test_a_log_that_could_not_be_read_is_read_from_where_it_was_left(
    account: EmulatedAccount, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    create_stack(account, "two", {"ApiLogs": LOG_GROUP, "StartProcessFunctionLogs": LOG_GROUP})
    api, function = (log_group(account, "two", name) for name in ("ApiLogs", "StartProcessFunctionLogs"))
    write(account, api, "now")
    write(account, function, "five minutes ago", seconds_ago=300)
    wire.fail("logs", "FilterLogEvents", code="ServiceUnavailableException", times=1, when=_is_about(function))
    reader = LogReader(Account(), LogQuery(start=int((time.time() - 600) * 1000)))
    reader.add([LogSource("Api", api), LogSource("StartProcess", function)])
    assert [line.message for line in reader.read()] == ["now"]
    assert [line.message for line in reader.read()] == ["five minutes ago", "now"]
    assert [line.message for line in reader.read()] == ["now"]


def _is_about(group: str) -> Callable[[Call], bool]:
    return lambda call: call.parameters["logGroupName"] == group


@pytest.mark.parametrize(
    ("lose", "name"),
    [
        (lambda wire: wire.drop("logs", "FilterLogEvents", times=4), "network lost"),
        (lambda wire: wire.fail("logs", "FilterLogEvents", code="ThrottlingException", times=4), "throttled"),
    ],
    ids=["network", "throttled"],
)
def test_a_failure_that_passes_loses_no_line(
    account: EmulatedAccount, start: Start, wire: Wire, api: str, lose: Callable[[Wire], None], name: str
) -> None:
    write(account, api, "before")
    running = start("logs", "small", "--follow")
    running.read_until("Api before")
    lose(wire)
    write(account, api, "meanwhile")
    running.read_until(f"genai-templates: {name}: ")
    running.read_until(f"genai-templates: no longer {name}: reading on")
    running.read_until("Api meanwhile")
    running.interrupt()
    finished = running.wait()
    assert finished.code == 130
    assert running.output.count("Api meanwhile") == 1
    assert running.output.count(f"genai-templates: {name}: ") == 1
    assert "Traceback" not in finished.stdout


def test_credentials_that_expire_end_it(start: Start, wire: Wire, api: str) -> None:
    wire.fail("logs", "FilterLogEvents", code="ExpiredTokenException", message="The security token is expired", after=2)
    finished = start("logs", "small", "--follow", terminal=False).wait()
    assert finished.code == 1
    assert "expired credentials: " in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_stack_in_creation_can_be_followed(account: EmulatedAccount, start: Start) -> None:
    create_stack(account, "young", {"ApiLogs": LOG_GROUP, **WAITING}, status="CREATE_IN_PROGRESS")
    write(account, log_group(account, "young", "ApiLogs"), "first")
    running = start("logs", "young", "--follow")
    running.read_until("Api first")
    running.interrupt()
    assert running.wait().code == 130


def test_long_lines_and_control_characters_do_not_disturb_a_terminal_of_60_columns(
    account: EmulatedAccount, start: Start, api: str
) -> None:
    write(account, api, f"{'long ' * 30}\x1b[2J end")
    finished = start("logs", "small", columns=60).wait()
    assert finished.code == 0
    assert "long \N{REPLACEMENT CHARACTER}[2J end" in finished.screen.text
    assert "\x1b[2J" not in finished.stdout
