"""The faults that the text application has to survive: what its users are told, at once and in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from genai_templates.local import Response
from genai_templates.local.chaos import Chaos, ModelFault
from tests.faults.tally import NOT_FOR_USERS
from tests.faults.world import World, at_once

REQUESTS = 12
_GENERATE = ("/generate", {"prompt": "Hello", "max_new_tokens": 16})
_SUMMARIZE = ("/summarize", {"text": "A fox jumps over a dog. " * 300})


@dataclass(frozen=True)
class TextScenario:
    """A fault of the endpoint, and the status, code and words that every request gets."""

    name: str
    fault: ModelFault
    status: int
    code: str
    words: str
    retry_after: bool = False


TEXT_SCENARIOS = (
    TextScenario("throttles", ModelFault.THROTTLED, 429, "too_many_requests", "too much to do", retry_after=True),
    TextScenario("times out", ModelFault.TIMED_OUT, 504, "model_timeout", "did not answer in time"),
    TextScenario("answers 4xx", ModelFault.CLIENT_ERROR, 400, "invalid_request", "did not accept the request"),
    TextScenario("answers 5xx", ModelFault.SERVER_ERROR, 502, "model_failed", "the model failed"),
    TextScenario("loses the connection", ModelFault.CONNECTION_LOST, 502, "model_failed", "connection to the model"),
    TextScenario("answers malformed JSON", ModelFault.MALFORMED_JSON, 502, "model_failed", "could not be read"),
    TextScenario("answers without a text", ModelFault.TRUNCATED, 502, "model_failed", "holds no text"),
    TextScenario("answers no text", ModelFault.NOT_AN_IMAGE, 502, "model_failed", "holds no text"),
    TextScenario("is not ready", ModelFault.NOT_READY, 503, "model_not_ready", "not ready yet", retry_after=True),
)


@dataclass(frozen=True)
class TextReport:
    """What the requests were answered with, during the fault and after it, and what was wrong with that."""

    during: Counter[str]
    after: Counter[int]
    faults: tuple[str, ...]


class TextTarget(NamedTuple):
    """A text application: what plays faults of its model's endpoint, and what sends requests to its API."""

    chaos: Chaos
    endpoint: str
    call: Callable[[str, str, object], Response]


def text_of(world: World) -> TextTarget:
    """Return the text application of the two that are there together."""
    return TextTarget(world.chaos, world.text_endpoint, partial(world.call, world.text))


def run_text(target: TextTarget, scenario: TextScenario) -> TextReport:
    """Send requests at once while the fault lasts, and once more when it is over."""
    target.chaos.end()
    target.chaos.model_fault(target.endpoint, scenario.fault)
    during = at_once(lambda number: _send(target, number), REQUESTS)
    target.chaos.end()
    after = at_once(lambda number: _send(target, number), 2)
    return TextReport(
        during=Counter(f"{response.status} {response.json()['error']['code']}" for response in during),
        after=Counter(response.status for response in after),
        faults=tuple(fault for response in during for fault in _wrong(scenario, response)),
    )


def _send(target: TextTarget, number: int) -> Response:
    path, body = _GENERATE if number % 2 else _SUMMARIZE
    return target.call("POST", path, body)


def _wrong(scenario: TextScenario, response: Response) -> list[str]:
    error = response.json()["error"]
    wrong = []
    if (response.status, error["code"]) != (scenario.status, scenario.code):
        wrong.append(f"{response.status} {error['code']}, and not {scenario.status} {scenario.code}")
    if scenario.words not in error["message"] or NOT_FOR_USERS.search(response.body.decode()):
        wrong.append(f"{error['message']!r}, and not {scenario.words!r}")
    if (int(response.headers.get("retry-after", 0)) > 0) != scenario.retry_after:
        wrong.append(f"Retry-After is {response.headers.get('retry-after')}")
    if response.headers.get("access-control-allow-origin") != "*":
        wrong.append("another origin cannot read this")
    return wrong
