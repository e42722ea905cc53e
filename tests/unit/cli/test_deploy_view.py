"""A deployment on a narrow terminal, in a pipe, and as objects."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from genai_templates.aws.cloudformation.changes import Change, Effect
from genai_templates.aws.cloudformation.events import StackEvent
from genai_templates.aws.cloudformation.model_progress import ModelProgress
from genai_templates.aws.cloudformation.operation import Operation
from genai_templates.aws.cloudformation.stacks import StackDescription
from genai_templates.cli.deploy_view import JsonView, LiveView, View, render
from genai_templates.errors import AwsError, StackFailed

_START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_ADDED = [
    Change(Effect.ADDED, name, kind, ())
    for name, kind in [("A", "AWS::IAM::Role"), ("B", "AWS::Lambda::Function"), ("C", "AWS::IAM::Policy")]
]


def _event(logical_id: str, status: str, seconds: float = 0) -> StackEvent:
    return StackEvent(
        event_id=f"{logical_id}-{status}",
        time=_START + timedelta(seconds=seconds),
        logical_id=logical_id,
        physical_id="",
        kind="AWS::SageMaker::NotebookInstanceLifecycleConfig",
        status=status,
        reason="",
    )


def _operation(*events: StackEvent, model: ModelProgress | None = None) -> Operation:
    stack = StackDescription("arn:x", "genai-text", "CREATE_IN_PROGRESS", "", _START, None, "")
    return Operation(stack, list(events), model or ModelProgress())


def _drawn(operation: Operation, total: int, seconds: float, width: int = 60) -> list[str]:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(render(operation, total, _START.timestamp() + seconds))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_the_live_view_says_what_is_done_at_work_and_waiting_and_the_models_state() -> None:
    model = ModelProgress("Creating", ("installing " + "x" * 100,))
    operation = _operation(
        _event("Done", "CREATE_IN_PROGRESS"),
        _event("Done", "CREATE_COMPLETE", 2),
        _event("NotebookLifecycle", "CREATE_IN_PROGRESS", 5),
        model=model,
    )
    assert _drawn(operation, 48, 605) == [
        "genai-text CREATE_IN_PROGRESS  10 min 5 s",
        "  1 done, 1 working, 46 waiting",
        "       10 min  NotebookLifecycle (AWS::SageMaker::NotebookI…",
        "  model: endpoint Creating",
        "    installing " + "x" * 44 + "…",
    ]


def test_the_live_view_fits_on_a_terminal_of_24_lines() -> None:
    working = [_event(f"R{number:02}", "CREATE_IN_PROGRESS", number) for number in range(40)]
    lines = _drawn(_operation(*working, model=ModelProgress("Creating", ("a", "b", "c"))), 40, 60)
    assert len(lines) < 24
    assert "  and 28 more" in lines


def test_what_a_new_stack_has_is_summed_up_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    LiveView().changes(_ADDED)
    assert capsys.readouterr().out == "3 added\n2 AWS::IAM, 1 AWS::Lambda ('--plan' lists them)\n"
    for view in (LiveView(lists_additions=True), View()):
        view.changes(_ADDED)
        assert len(capsys.readouterr().out.splitlines()) == 3 + len(_ADDED)


def test_other_changes_are_always_listed_and_lost_data_is_loud(capsys: pytest.CaptureFixture[str]) -> None:
    LiveView().changes([Change(Effect.REPLACED, "LogBucket", "AWS::S3::Bucket", ("BucketName",)), *_ADDED])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 replaced, 3 added"
    assert lines[-1] == "DATA WILL BE LOST: LogBucket (AWS::S3::Bucket) is replaced"


@pytest.mark.parametrize(
    ("effect", "kind", "words"),
    [
        (
            Effect.CHANGED,
            "InferenceComponent",
            "THE MODEL IS WOKEN: It (AWS::SageMaker::InferenceComponent) is changed",
        ),
        (Effect.PERHAPS_REPLACED, "EndpointConfig", "twice as many until the traffic has moved"),
        (Effect.REMOVED, "Endpoint", "THE MODEL IS GONE: It (AWS::SageMaker::Endpoint) is removed"),
        (Effect.CHANGED, "Endpoint", ""),
        (Effect.ADDED, "InferenceComponent", ""),
    ],
)
def test_what_a_change_means_for_the_model_is_loud(
    effect: Effect, kind: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    View().changes([Change(effect, "It", f"AWS::SageMaker::{kind}", ())])
    last = capsys.readouterr().out.splitlines()[-1]
    assert words in last
    assert bool(words) == (";" in last)


def test_the_model_is_shown_with_its_component_and_why_it_failed(capsys: pytest.CaptureFixture[str]) -> None:
    failed = ModelProgress("InService", ("a line",), "Failed, 0 of 1 copies", "not enough hardware resources")
    View().model(_operation(model=failed))
    assert capsys.readouterr().out == (
        "model: endpoint InService, component Failed, 0 of 1 copies: not enough hardware resources\n  a line\n"
    )


def test_an_error_is_an_object_with_its_class_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StackFailed), JsonView().reporting():
        raise StackFailed("name taken: x is y\n  cause\n  also: z\n  rename it", "name taken")
    assert json.loads(capsys.readouterr().out) == {
        "type": "error",
        "failure": "name taken",
        "message": "name taken: x is y",
        "details": ["cause", "also: z"],
        "advice": "rename it",
    }
    with pytest.raises(AwsError), View().reporting():
        raise AwsError("x")
    assert capsys.readouterr().out == ""
