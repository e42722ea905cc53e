"""Estimate what a stack costs a month, idle and by traffic, and how long people would wait for the model.

Prices are those of a dated list; waiting times come from a simulation of 20,000 requests of a steady traffic. Seconds
and slots of the model are assumptions until they are given.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..apps import APPS
from .account import add_json
from .options import add_options, app_of_model, read_options

if TYPE_CHECKING:
    from ..costs.estimate import Estimate, InstancesRow, Traffic
    from ..costs.sleep import Sleep
    from ..costs.usage import Usage
    from ..packaging.request import BuildRequest

_OTHER_ENDPOINT = "The endpoint is not the stack's: what it costs is not in these figures."
_ONE_INSTANCE = (
    "The template makes one instance, and nothing scales it: more are what a change of the endpoint would give."
)
_SCALED = "The template makes up to {} instance(s) by default: the parameter MaxInstances allows for more."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    parser.add_argument(
        "app",
        nargs="?",
        metavar="NAME",
        choices=list(APPS),
        help=f"the application, {' or '.join(APPS)} (default: both)",
    )
    parser.add_argument(
        "--requests-per-hour",
        type=float,
        default=0.0,
        metavar="N",
        help="a steady traffic, up to 1,000,000 (default: 0, which shows what is charged for without any)",
    )
    parser.add_argument("--region", default="us-east-1", metavar="REGION", help="the region (default: us-east-1)")
    parser.add_argument("--seconds", type=float, metavar="S", help="median time that the model works on a request")
    parser.add_argument("--slots", type=int, metavar="N", help="how many requests an instance works on at once")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the simulation (default: 1)")
    add_json(parser)
    parser.add_argument("--model", metavar="MODEL_ID", help="a JumpStart model (see 'genai-templates models')")
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the estimate of each application that is chosen."""
    from ..costs.estimate import Traffic

    traffic = Traffic(
        requests_per_hour=arguments.requests_per_hour,
        seconds=arguments.seconds,
        slots=arguments.slots,
        seed=arguments.seed,
    )
    request = _request(arguments)
    for number, app in enumerate(request.apps):
        model, estimate = request.model_of(app), _make(app, request, traffic, arguments.region)
        if arguments.json:
            print(json.dumps({"app": app, "model": model, **_document(estimate)}))
        else:
            print(*([""] if number else []), f"{app}: {model}", *_lines(estimate), sep="\n")
    return 0


def _request(arguments: argparse.Namespace) -> BuildRequest:
    """Return what would be built: an option of one application is given to that alone."""
    from ..packaging.request import BuildRequest

    chosen = arguments.app or (app_of_model(arguments.model) if arguments.model else None)
    models = {chosen: arguments.model} if chosen and arguments.model else None
    return BuildRequest(apps=(chosen,) if chosen else None, models=models, **read_options(arguments))


def _make(app: str, request: BuildRequest, traffic: Traffic, region: str) -> Estimate:
    from ..costs.estimate import make_estimate
    from ..costs.usage import usage_of

    stack = APPS[app].load_stack()(model=request.model_of(app), **request.options_of(app))
    return make_estimate(json.loads(stack.to_json()), usage_of(app), traffic, region=region)


def _document(estimate: Estimate) -> dict[str, Any]:
    idle, traffic = estimate.idle, estimate.traffic
    return {
        "region": idle.region,
        "prices": idle.month,
        "currency": "USD",
        "idle": [{"what": line.what, "usd_per_month": line.usd_per_month} for line in idle.lines],
        "idle_usd_per_hour": idle.usd_per_hour,
        "idle_usd_per_month": idle.usd_per_month,
        "requests_per_hour": traffic.requests_per_hour,
        "seed": traffic.seed,
        "model_seconds": estimate.usage.model.median_seconds,
        "slots": estimate.usage.model.slots,
        "use": [line._asdict() for line in estimate.use],
        "use_usd_per_month": estimate.use_usd_per_month,
        "instances": [
            {"instances": row.instances, **row.waiting._asdict(), "usd_per_month": row.usd_per_month}
            for row in estimate.rows
        ],
        "sleep": estimate.sleep._asdict() if estimate.sleep else None,
        "not_known": list(estimate.unknown),
    }


def _lines(estimate: Estimate) -> list[str]:
    """Return the estimate as text: what is charged for when idle, then what traffic adds, then the instances."""
    idle = estimate.idle
    rows = [[line.what, _usd(line.usd_per_hour, 4), _usd(line.usd_per_month)] for line in idle.lines]
    total = [_total(idle.unknown), _usd(idle.usd_per_hour, 4), _usd(idle.usd_per_month)]
    return [
        f"prices of {idle.region}, {idle.month}, in USD: on demand, without free tier, discounts and taxes",
        "",
        *_table(["idle", "an hour", "a month"], [*rows, total]),
        *(_traffic_lines(estimate) if estimate.use else ()),
    ]


def _traffic_lines(estimate: Estimate) -> list[str]:
    requests = estimate.traffic.requests_per_hour
    rows = [[line.what, _usd(line.usd_per_month)] for line in estimate.use]
    unknown = tuple(line.what for line in estimate.use if line.usd_per_month is None)
    return [
        "",
        *_table(
            [f"{requests:,.10g} requests an hour", "a month"],
            [*rows, [_total(unknown), _usd(estimate.use_usd_per_month)]],
        ),
        *(_instance_lines(estimate) if estimate.rows else ()),
    ]


def _instance_lines(estimate: Estimate) -> list[str]:
    return [
        "",
        *_table(
            ["instances", "median", "95th percentile", "refused", "busy", "USD a month"],
            [_instances(row, at_least=bool(estimate.unknown)) for row in estimate.rows],
        ),
        "",
        *_assumptions(estimate),
        *(_sleep_lines(estimate.sleep) if estimate.sleep else ()),
    ]


def _sleep_lines(sleep: Sleep) -> list[str]:
    return [
        f"The model is awake for {sleep.awake:.0%} of the time, and {sleep.wakes:.1%} of the requests have to wake it:"
        " those wait for about ten minutes, which the times above leave out."
    ]


def _instances(row: InstancesRow, *, at_least: bool) -> list[str]:
    waiting = row.waiting
    return [
        str(row.instances),
        _seconds(waiting.median_seconds),
        _seconds(waiting.percentile_95_seconds),
        f"{waiting.refused:.1%}",
        f"{waiting.utilisation:.0%}",
        f"{'at least ' if at_least else ''}{_usd(row.usd_per_month)}",
    ]


def _assumptions(estimate: Estimate) -> list[str]:
    usage, traffic = estimate.usage, estimate.traffic
    model, sent, let_through = usage.model, estimate.api_requests_per_second, estimate.api_rate
    lines = [
        f"Simulated: {estimate.rows[0].waiting.requests:,} requests at random times (seed {traffic.seed}), in one queue"
        " for all instances.",
        "Times are from the request to the response, of those who get one.",
        f"The model works {model.median_seconds:g} s on a request in the median (log-normal, sigma {model.sigma:g}), an"
        f" instance on {model.slots} at once.",
        _patience(usage),
        "These are assumptions: measure the endpoint's ModelLatency, and pass --seconds and --slots.",
        _endpoint(estimate),
    ]
    if sent > let_through:
        lines.append(
            f"Not simulated: these are {sent:,.1f} API requests a second; ThrottleRate lets {let_through:g} through."
        )
    return lines


def _endpoint(estimate: Estimate) -> str:
    if not estimate.most_instances:
        return _OTHER_ENDPOINT
    return _SCALED.format(estimate.most_instances) if estimate.can_scale else _ONE_INSTANCE


def _patience(usage: Usage) -> str:
    ends = f"A try ends after {usage.try_seconds:g} s"
    if not usage.retry_seconds:
        return f"{ends}, and the request is refused."
    retries = " and ".join(f"{seconds:g} s" for seconds in usage.retry_seconds)
    return f"{ends}; the next comes {retries} later, and then the request is refused."


def _total(unknown: Sequence[str]) -> str:
    return "total, at least" if unknown else "total"


def _usd(value: float | None, digits: int = 2) -> str:
    return "not known" if value is None else f"{value:,.{digits}f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} s"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Return the rows under the head, the first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join([first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))])
        for first, *rest in (head, *rows)
    ]
