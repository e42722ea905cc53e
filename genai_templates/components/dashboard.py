"""One dashboard of a stack: requests, errors and latency of the API, the functions and the model."""

from __future__ import annotations

import json

from troposphere import Ref, Sub, cloudwatch

from ..scope import Scope
from .monitoring import MonitoredResources

_FIVE_MINUTES = 300


def add_dashboard(scope: Scope, *, monitored: MonitoredResources) -> None:
    """Add one dashboard: requests, errors and latency of the API, the functions and the model."""
    variables: dict[str, object] = {"Api": monitored.api.api_name}
    functions = []
    for number, function in enumerate(monitored.functions):
        variables[f"F{number}"] = function.name
        functions.append(f"${{F{number}}}")
    api = ["AWS/ApiGateway", "ApiName", "${Api}"]
    metrics = monitored.model.metrics
    region = "${AWS::Region}"
    if metrics.region != Ref("AWS::Region"):
        variables["ModelRegion"], region = metrics.region, "${ModelRegion}"
    model = [metrics.namespace]
    for name, value in metrics.dimensions:
        variables[name] = value
        model += [name, f"${{{name}}}"]
    widgets = [
        _widget("Requests", [_row(api, "Count"), _row(api, "4XXError"), _row(api, "5XXError")], "Sum", 0),
        _widget("Latency of the API (ms)", [_row(api, "Latency")], "p95", 1),
        _widget(
            f"Latency of the model ({metrics.latency_unit.name})", [_row(model, metrics.latency)], "p95", 2, region
        ),
        _widget("Function errors", [_of_function(name, "Errors") for name in functions], "Sum", 3),
        _widget("Function duration (ms)", [_of_function(name, "Duration") for name in functions], "p95", 4),
        _widget(
            "Model requests and errors",
            [_row(model, each) for each in (metrics.invocations, metrics.client_errors, metrics.server_errors)],
            "Sum",
            5,
            region,
        ),
    ]
    if monitored.job_queue is not None:
        variables |= {"JobQueue": monitored.job_queue.name, "DeadJobsQueue": monitored.job_queue.dead_name}
        queues = (["AWS/SQS", "QueueName", f"${{{name}}}"] for name in ("JobQueue", "DeadJobsQueue"))
        jobs, dead = (_row(queue, "ApproximateNumberOfMessagesVisible") for queue in queues)
        at_work = _row(["AWS/SQS", "QueueName", "${JobQueue}"], "ApproximateNumberOfMessagesNotVisible")
        widgets.append(
            _widget("Jobs that wait, are at work or were given up", [jobs, at_work, dead], "Maximum", len(widgets))
        )
    if reasons := monitored.refusal_reasons:
        widgets.append(_widget("Refused by filters", [_of_refusals(reason) for reason in reasons], "Sum", len(widgets)))
    scope.add(cloudwatch.Dashboard, "Dashboard", DashboardBody=Sub(json.dumps({"widgets": widgets}), **variables))


def _row(source: list[str], metric: str) -> list[str]:
    return [source[0], metric, *source[1:]]


def _of_function(name: str, metric: str) -> list[str]:
    return ["AWS/Lambda", metric, "FunctionName", name]


def _of_refusals(reason: str) -> list[str]:
    by = {"Stack": "${AWS::StackName}", "Operation": "FilterContent", "Reason": reason}
    return ["GenAITemplates", "Refused", *(each for pair in by.items() for each in pair)]


def _widget(
    title: str, metrics: list[list[str]], statistic: str, place: int, region: str = "${AWS::Region}"
) -> dict[str, object]:
    across, down = place % 3, place // 3
    return {
        "type": "metric",
        "x": 8 * across,
        "y": 6 * down,
        "width": 8,
        "height": 6,
        "properties": {
            "title": title,
            "metrics": metrics,
            "stat": statistic,
            "period": _FIVE_MINUTES,
            "region": region,
        },
    }
