"""The image application's template with a queue of jobs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from genai_templates import FunctionNetwork, Hosting, ImageStack
from genai_templates.options import Dispatch


def resources(**options: Any) -> dict[str, Any]:
    """Return the resources of a stack with a queue."""
    stack = ImageStack(dispatch=Dispatch.QUEUE, **options)
    found: dict[str, Any] = json.loads(stack.to_json())["Resources"]
    return found


def actions(role: dict[str, Any]) -> set[str]:
    """Return what a role may do with queues."""
    statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return {action for each in statements for action in each["Action"] if action.startswith("sqs:")}


@pytest.fixture(scope="module")
def queued() -> dict[str, Any]:
    """The resources with the default hosting."""
    return resources()


def test_messages_are_hidden_for_six_times_the_functions_time(queued: dict[str, Any]) -> None:
    timeout = queued["EndpointCallFunction"]["Properties"]["Timeout"]
    assert queued["JobQueue"]["Properties"]["VisibilityTimeout"] == 6 * timeout


def test_a_message_may_be_received_more_often_than_its_job_is_tried(queued: dict[str, Any]) -> None:
    index, counts = queued["JobQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]["Fn::Select"]
    assert index == {"Ref": "JobRetries"}
    assert [int(count) - (1 + retries) for retries, count in enumerate(counts)] == [4, 4, 4]
    assert int(counts[0]) >= 5


def test_lambda_takes_one_job_for_each_of_so_many_calls(queued: dict[str, Any]) -> None:
    mapping = queued["JobMapping"]["Properties"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "JobConcurrency"}}
    assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])


def test_the_parameter_has_lambdas_range() -> None:
    parameter = json.loads(ImageStack(dispatch=Dispatch.QUEUE).to_json())["Parameters"]["JobConcurrency"]
    assert (parameter["Default"], parameter["MinValue"], parameter["MaxValue"]) == (2, 2, 1000)


def test_each_function_may_do_its_part_alone(queued: dict[str, Any]) -> None:
    assert actions(queued["StartProcessFunctionRole"]) == {"sqs:SendMessage"}
    assert actions(queued["EndpointCallFunctionRole"]) == {
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
    }
    policy = json.dumps(queued["StartProcessFunctionRole"])
    assert "lambda:InvokeFunction" not in policy


def test_nothing_marks_jobs_but_the_function_that_processes_them(queued: dict[str, Any]) -> None:
    assert not {"MarkJobFailedFunction", "FailedJobsQueue", "ProcessRetries", "JobFailures"} & queued.keys()
    assert {"JobsWait", "DeadJobs"} <= queued.keys()


def test_where_responses_come_later_their_failures_are_reported_as_ever() -> None:
    found = resources(hosting=Hosting.SCALE_TO_ZERO)
    assert {"MarkJobFailedFunction", "FailedJobsQueue", "CompletionRetries", "JobFailures", "JobQueue"} <= found.keys()
    assert "ProcessRetries" not in found


@pytest.mark.parametrize(("hosting", "calls_lambda"), [(Hosting.NATIVE, False), (Hosting.SCALE_TO_ZERO, True)])
def test_functions_in_a_vpc_reach_the_queue(hosting: Hosting, calls_lambda: bool) -> None:
    found = resources(hosting=hosting, function_network=FunctionNetwork.PRIVATE)
    assert "SqsEndpoint" in found
    assert ("LambdaEndpoint" in found) is calls_lambda


def test_the_dashboard_shows_both_queues(queued: dict[str, Any]) -> None:
    body, variables = queued["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert {"JobQueue", "DeadJobsQueue"} <= variables.keys()
    assert "ApproximateNumberOfMessagesVisible" in body
