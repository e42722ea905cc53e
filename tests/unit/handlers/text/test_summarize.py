"""The text function, from proxy event to proxy response."""

from __future__ import annotations

import base64
import io
import json
from typing import Any, cast

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common import limits
from handlers.common.content.refusals import refused_prompt
from handlers.common.content.screen import Screen
from handlers.common.daily_limit import DailyLimit
from handlers.common.errors import DailyLimitReached
from handlers.common.hosting.endpoint import Endpoint
from handlers.common.http import Request
from handlers.text import summarize

ENDPOINT = cast(Endpoint, summarize.model.host)


def model_response(text: str) -> dict[str, Any]:
    body = json.dumps([{"generated_text": text}]).encode()
    return {"Body": StreamingBody(io.BytesIO(body), len(body)), "ContentType": "application/json"}


class Model:
    """A model in the place of the client: keeps its requests, and fails above a length of prompt."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[dict[str, Any]] = []
        self.longest = 10_000_000
        monkeypatch.setattr(ENDPOINT.client, "invoke_endpoint", self.invoke)

    def invoke(self, *, Body: bytes, **_: object) -> dict[str, Any]:
        body = json.loads(Body)
        self.requests.append(body)
        if len(body["inputs"]) > self.longest:
            response: Any = {"Error": {"Code": "ModelError", "Message": "long"}, "OriginalStatusCode": 422}
            raise ENDPOINT.client.exceptions.ModelError(response, "InvokeEndpoint")
        return model_response(f"summary {len(self.requests)}.")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model that answers every request."""
    return Model(monkeypatch)


def call(context: Any, make_event: Any, resource: str, body: object) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    response = summarize.handler(make_event("POST", resource, text), context)
    return response["statusCode"], json.loads(response["body"])


def test_a_prompt_reaches_the_model_as_typed(context: Any, make_event: Any, model: Model) -> None:
    status, body = call(context, make_event, "/generate", {"prompt": ' Tell \n me <b>"all"</b> & more\t'})
    assert status == 200
    assert model.requests[0]["inputs"] == ' Tell \n me <b>"all"</b> & more\t'
    assert model.requests[0]["parameters"] == {
        "max_new_tokens": 200,
        "temperature": 0.7,
        "top_p": 0.9,
        "do_sample": True,
        "return_full_text": False,
    }
    assert body["generated_text"] == "summary 1."
    assert body["request_id"] == "request-of-gateway"


def test_a_short_text_is_summarised_in_one_call(context: Any, make_event: Any) -> None:
    with Stubber(ENDPOINT.client) as stub:
        stub.add_response(
            "invoke_endpoint",
            model_response(" All is well. "),
            {"EndpointName": "endpoint", "Body": ANY, "ContentType": "application/json", "Accept": "application/json"},
        )
        status, body = call(context, make_event, "/summarize", {"text": "Everything is fine."})
    assert (status, body["summary"], body["parts"]) == (200, "All is well.", 1)


def test_the_models_own_shape_is_taken_as_well(context: Any, make_event: Any, model: Model) -> None:
    own = {"inputs": "A text.", "parameters": {"max_new_tokens": 5, "temperature": 1}}
    assert call(context, make_event, "/summarize", own)[0] == 200
    assert model.requests[0]["parameters"]["max_new_tokens"] == 5


def test_a_long_text_is_summarised_in_parts_and_merged(context: Any, make_event: Any, model: Model) -> None:
    text = "This sentence is repeated often. " * 300
    status, body = call(context, make_event, "/summarize", {"text": text})
    assert status == 200
    assert body["parts"] == 4
    assert len(model.requests) == 5
    window = 1024 * limits.CHARACTERS_PER_TOKEN
    assert all(len(request["inputs"]) <= window for request in model.requests)


def test_a_part_that_the_model_finds_too_long_is_halved(context: Any, make_event: Any, model: Model) -> None:
    model.longest = 2000
    status, body = call(context, make_event, "/summarize", {"text": "Words and words. " * 150})
    assert status == 200
    assert body["summary"] == "summary 2. summary 3."


def test_a_prompt_beyond_the_window_is_the_clients_to_mend(context: Any, make_event: Any, model: Model) -> None:
    model.longest = 10
    status, body = call(context, make_event, "/generate", {"prompt": "much longer than that"})
    assert status == 400
    assert body["error"]["message"] == "the prompt is too long for the model"


def test_no_time_left_is_a_timeout_and_not_a_killed_function(make_event: Any, model: Model) -> None:
    class Late:
        aws_request_id = "late"
        function_name = "late"

        def get_remaining_time_in_millis(self) -> int:
            return 500

    for resource, field in (("/summarize", "text"), ("/generate", "prompt")):
        status, body = call(Late(), make_event, resource, {field: "A text. " * 900 if field == "text" else "x"})
        assert (status, body["error"]["code"]) == (504, "model_timeout")
    assert model.requests == []


@pytest.mark.parametrize("response", [b"", b"null", b"[]", b"{}", b'[{"generated_text": 3}]', b"\xff", b"[" * 90_000])
def test_a_malformed_response_is_the_models_failure(
    context: Any, make_event: Any, monkeypatch: pytest.MonkeyPatch, response: bytes
) -> None:
    stream = {"Body": io.BytesIO(response), "ContentType": "application/json"}
    monkeypatch.setattr(ENDPOINT.client, "invoke_endpoint", lambda **_: stream)
    status, body = call(context, make_event, "/generate", {"prompt": "Go on"})
    assert (status, body["error"]["code"]) == (502, "model_failed")


def test_an_unexpected_failure_tells_nothing_of_the_inside(
    context: Any, make_event: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("arn:aws:iam::123456789012:role/secret")

    monkeypatch.setattr(ENDPOINT, "invoke", fail)
    status, body = call(context, make_event, "/generate", {"prompt": "Go on"})
    assert status == 500
    assert "arn:" not in json.dumps(body)
    assert body["error"]["request_id"] == "request-of-gateway"


def test_an_unexpected_failure_is_counted_as_one(
    context: Any, make_event: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ENDPOINT.client, "invoke_endpoint", lambda **_: {})
    call(context, make_event, "/generate", {"prompt": "Go on"})
    line = json.loads(capsys.readouterr().out)
    assert (line["Failures"], line["failure"]) == (1, "internal_error")


def test_metrics_are_emitted_of_successes_and_failures(
    context: Any, make_event: Any, model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    call(context, make_event, "/generate", {"prompt": "A secret prompt"})
    model.longest = 1
    call(context, make_event, "/generate", {"prompt": "A secret prompt"})
    output = capsys.readouterr().out
    lines = [json.loads(line) for line in output.splitlines()]
    assert [line["failure"] for line in lines] == ["", "invalid_request"]
    assert [line["Failures"] for line in lines] == [0, 1]
    assert (lines[0]["InputCharacters"], lines[0]["OutputCharacters"], lines[0]["Parts"]) == (15, 10, 1)
    for line in lines:
        declared = line["_aws"]["CloudWatchMetrics"][0]
        assert declared["Dimensions"] == [["Stack", "Operation"]]
        assert all(metric["Name"] in line for metric in declared["Metrics"])
    assert "secret" not in output


BODIES = st.one_of(
    st.none(),
    st.text(),
    st.binary().map(lambda raw: base64.b64encode(raw).decode()),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["text", "prompt", "x"]), inner),
        max_leaves=6,
    ).map(json.dumps),
    st.just('{"text": ' + "[" * 100_000),
    st.just("x" * 600_000),
    st.just(json.dumps({"text": "x" * 300_000})),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, is_base64=st.booleans(), resource=st.sampled_from(["/summarize", "/generate", "/none"]))
def test_bad_input_never_becomes_a_failure_of_the_service(
    context: Any, make_event: Any, model: Model, body: str | None, is_base64: bool, resource: str
) -> None:
    response = summarize.handler(make_event("POST", resource, body, isBase64Encoded=is_base64), context)
    assert response["statusCode"] in (200, 400, 404, 413)
    assert response["headers"]["Access-Control-Allow-Origin"] == "https://example.com"
    document = json.loads(response["body"])
    if response["statusCode"] != 200:
        assert {"code", "message", "request_id"} <= document["error"].keys()


class TwoADay(DailyLimit):
    """A limit that counts in memory."""

    def __init__(self) -> None:
        super().__init__("", 2, stack_name="stack")
        self.counted: list[str] = []

    def count(self, request: Request, *, operation: str) -> None:
        if len(self.counted) == 2:
            raise DailyLimitReached("no more", retry_after=60)
        self.counted.append(operation)


class NoSecrets(Screen):
    """A filter that refuses one word."""

    def __init__(self) -> None:
        super().__init__("", stack_name="stack")

    def check_prompt(self, text: str, *, field: str, request_id: str) -> None:
        if "secret" in text:
            raise refused_prompt("blocked_term", field)


def test_requests_that_reach_the_model_count_and_no_others(
    context: Any, make_event: Any, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = TwoADay()
    monkeypatch.setattr(summarize, "daily_limit", limit)
    monkeypatch.setattr(summarize, "screen", NoSecrets())
    for resource, body in {"/generate": {"prompt": "A secret"}, "/summarize": {"text": "A secret"}}.items():
        assert call(context, make_event, resource, body)[1]["error"]["code"] == "content_filtered"
    for wrong in ("", "{}", '{"prompt": ""}'):
        assert call(context, make_event, "/generate", wrong)[0] == 400
    assert call(context, make_event, "/generate", {"prompt": "Hello"})[0] == 200
    assert call(context, make_event, "/summarize", {"text": "A text."})[0] == 200
    for resource, body in {"/generate": {"prompt": "Hello"}, "/summarize": {"text": "A text."}}.items():
        status, refusal = call(context, make_event, resource, body)
        assert (status, refusal["error"]["code"]) == (429, "daily_limit_reached")
    assert limit.counted == ["Generate", "Summarize"]
    assert len(model.requests) == 2
