"""Whatever event the HTTP handlers get, they answer as documented, and what is valid reaches the model as typed."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from handlers.common import limits
from handlers.common.hosting.endpoint import Endpoint
from tests.fuzz.shape import check_error
from tests.unit.handlers.conftest import Context, event_of

ROUTES = [("text", "POST", "/summarize"), ("text", "POST", "/generate"), ("start", "POST", "/generate")]
READS = [("show", "GET", "/generate"), ("show", "GET", "/generate/{job_id}")]


class LambdaLog(logging.Handler):
    """Writes as Lambda's runtime does, which lets an error of the writing out."""

    def emit(self, record: logging.LogRecord) -> None:
        json.dumps(vars(record), ensure_ascii=False, default=str).encode()


class World:
    """The handlers, a job table, and a model that keeps what it was asked."""

    def __init__(self) -> None:
        from handlers.image import display_image, start_process_function
        from handlers.text import summarize

        self.received: list[dict[str, Any]] = []
        self.payloads: list[dict[str, Any]] = []
        self.handlers: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
            "text": summarize.handler,
            "start": start_process_function.handler,
            "show": display_image.handler,
        }

    def invoke_endpoint(self, *, Body: bytes, **_: object) -> dict[str, Any]:
        self.received.append(json.loads(Body))
        return {"Body": io.BytesIO(b'[{"generated_text": "told"}]'), "ContentType": "application/json"}

    def invoke(self, *, Payload: bytes, **_: object) -> dict[str, Any]:
        self.payloads.append(json.loads(Payload))
        return {"StatusCode": 202}

    def call(self, handler: str, event: dict[str, Any]) -> tuple[int, Any]:
        """Return status and document of an answer that is as documented; a server's error is none."""
        response = self.handlers[handler](event, Context())
        status, headers = response["statusCode"], response["headers"]
        assert all(isinstance(value, str) for value in headers.values())
        assert headers["Access-Control-Allow-Origin"] == "https://example.com"
        assert headers["Content-Type"] == "application/json"
        document = json.loads(response["body"], parse_constant=pytest.fail)
        json.dumps(document, ensure_ascii=False).encode()
        assert len(response["body"]) < 100_000
        if status >= 400:
            check_error(status, document)
        return status, document


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """What the handlers need, for all examples of this module."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        boto3.client("dynamodb").create_table(
            TableName="jobs",
            AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        made = World()
        from handlers.jobs.dispatch import event
        from handlers.text import summarize

        patch.setattr(cast(Endpoint, summarize.model.host).client, "invoke_endpoint", made.invoke_endpoint)
        patch.setattr(event.lambda_client, "invoke", made.invoke)
        log = LambdaLog()
        logging.getLogger("genai_templates").addHandler(log)
        yield made
        logging.getLogger("genai_templates").removeHandler(log)


ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates and control characters too
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=10,
)
ODD_NUMBERS = st.sampled_from([10**400, -1, 0, 0.1, 1e308, float("inf"), float("nan"), True, "7", 2**63, -0.0])
FIELDS = [
    *("text", "inputs", "parameters", "prompt", "max_new_tokens", "temperature", "top_p", "negative_prompt", "width"),
    *("height", "num_inference_steps", "guidance_scale", "num_images", "seed"),
]
DOCUMENTS = st.dictionaries(st.sampled_from(FIELDS) | ANY_TEXT, ANY_JSON | ODD_NUMBERS, max_size=6) | ANY_JSON
ODD_BODIES = [
    *("", " ", "null", "[]", '"text"', "{", "{}}", "\x00", "\ufeff{}", "\ud800", '{"text": "\ud800"}', "%%%"),
    *('{"text": "a", "text": 1}', '{"prompt": 1' + "0" * 5000 + "}", '{"seed": 1e999}', '{"text": "\\ud800"}'),
    *("[" * 100_000, '{"a":' * 50_000, '{"text": ' + "[" * 900 + "]" * 900 + "}"),
    '{"\\ud800": 1, "text": "a lighthouse", "prompt": "a lighthouse at dawn"}',
    '{"text": "' + "x" * limits.MAX_BODY_BYTES + '"}',
    json.dumps(dict.fromkeys(map(str, range(20_000)), 0)),
]
BODIES = (
    st.none()
    | st.sampled_from(ODD_BODIES)
    | ANY_TEXT
    | DOCUMENTS.map(json.dumps)
    | DOCUMENTS.map(lambda each: json.dumps(each, ensure_ascii=False))
    | st.binary().map(lambda each: base64.b64encode(each).decode())
    | DOCUMENTS.map(lambda each: base64.b64encode(json.dumps(each).encode()).decode())
    | ANY_JSON
)
HEADERS = st.dictionaries(st.sampled_from(["Idempotency-Key", "idempotency-key", "Content-Type"]) | ANY_TEXT, ANY_TEXT)
# A member of an event that is missing, none, of another type, or as odd as a client can make it.
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "body": BODIES,
        "isBase64Encoded": st.booleans() | st.none(),
        "headers": HEADERS | ANY_JSON,
        "multiValueHeaders": ANY_JSON,
        "pathParameters": st.fixed_dictionaries({"job_id": ANY_TEXT | ANY_JSON}) | ANY_JSON,
        "requestContext": ANY_JSON,
        "queryStringParameters": ANY_JSON,
    },
)


@settings(max_examples=250, derandomize=True)
@given(st.sampled_from(ROUTES + READS), EVENTS, st.booleans())
def test_any_event_is_answered_as_documented(
    world: World, route: tuple[str, str, str], event: dict[str, Any], whole: bool
) -> None:
    handler, method, resource = route
    base = event_of(method, resource) if whole else {"httpMethod": method, "resource": resource}
    world.call(handler, {**base, **event})


@settings(max_examples=150, derandomize=True)
@given(st.sampled_from(ROUTES), BODIES, st.booleans())
def test_any_body_is_answered_as_documented(
    world: World, route: tuple[str, str, str], body: object, is_base64: bool
) -> None:
    handler, method, resource = route
    world.call(handler, event_of(method, resource, isBase64Encoded=is_base64) | {"body": body})


@settings(max_examples=50, derandomize=True)
@given(st.sampled_from(["text", "start", "show"]), ANY_JSON, ANY_JSON)
def test_methods_and_resources_that_are_not_there_are_not_found(
    world: World, handler: str, method: object, resource: object
) -> None:
    assert world.call(handler, {"httpMethod": method, "resource": resource})[0] == 404
    assert world.call(handler, {})[0] == 404


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: ascii(body[:20]))
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]}{route[2]}")
def test_a_body_that_is_no_request_is_refused(world: World, route: tuple[str, str, str], body: str) -> None:
    handler, method, resource = route
    assert world.call(handler, event_of(method, resource, body))[0] in (400, 413)


@settings(max_examples=50, derandomize=True)
@given(ANY_TEXT | st.sampled_from(["latest", "idempotency#x", "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n", "../x"]))
def test_a_job_id_that_is_none_is_not_found(world: World, job_id: str) -> None:
    assert world.call("show", event_of("GET", "/generate/{job_id}", pathParameters={"job_id": job_id}))[0] == 404


@pytest.mark.parametrize("key", ["", " " * 129, "x" * 129, "größe", "a\nb", "\x00", "\x7f", "\ud800"])
def test_an_idempotency_key_that_is_none_is_refused(world: World, key: str) -> None:
    body = json.dumps({"prompt": "a lighthouse at dawn"})
    assert world.call("start", event_of("POST", "/generate", body, headers={"Idempotency-Key": key}))[0] == 400


# (route, field, least, most, step beyond them)
RANGES: list[tuple[tuple[str, str, str], str, float, float, float]] = [
    *((route, "max_new_tokens", 1, limits.MAX_NEW_TOKENS, 1) for route in ROUTES[:2]),
    *((route, "temperature", *limits.TEMPERATURE_RANGE, 1e-9) for route in ROUTES[:2]),
    *((route, "top_p", *limits.TOP_P_RANGE, 1e-9) for route in ROUTES[:2]),
    *((ROUTES[2], side, *limits.IMAGE_SIDE_RANGE, limits.IMAGE_SIDE_MULTIPLE) for side in ("width", "height")),
    (ROUTES[2], "num_inference_steps", 1, limits.MAX_INFERENCE_STEPS, 1),
    (ROUTES[2], "guidance_scale", *limits.GUIDANCE_SCALE_RANGE, 1e-9),
    (ROUTES[2], "num_images", 1, limits.MAX_IMAGES, 1),
    (ROUTES[2], "seed", 0, limits.MAX_SEED, 1),
]
LENGTHS = [
    (ROUTES[0], "text", 1, limits.TEXT_MAX_CHARACTERS),
    (ROUTES[0], "inputs", 1, limits.TEXT_MAX_CHARACTERS),
    (ROUTES[1], "prompt", 1, limits.TEXT_PROMPT_MAX_CHARACTERS),
    (ROUTES[2], "prompt", limits.IMAGE_PROMPT_MIN_CHARACTERS, limits.IMAGE_PROMPT_MAX_CHARACTERS),
    (ROUTES[2], "negative_prompt", 0, limits.IMAGE_PROMPT_MAX_CHARACTERS),
]


def send(world: World, route: tuple[str, str, str], **fields: object) -> int:
    """Return the status of a request with these fields, and a text if there is none among them."""
    handler, method, resource = route
    text = "text" if resource == "/summarize" else "prompt"
    needed = {} if {"inputs", text} & fields.keys() else {text: "a lighthouse at dawn"}
    return world.call(handler, event_of(method, resource, json.dumps({**needed, **fields})))[0]


@pytest.mark.parametrize(("route", "field", "least", "most", "step"), RANGES, ids=lambda each: str(each))
def test_numbers_are_taken_up_to_their_limits(
    world: World, route: tuple[str, str, str], field: str, least: float, most: float, step: float
) -> None:
    # One step of inference, so that all pixels together do not become too many.
    cheap = {"num_inference_steps": 1} if route[0] == "start" else {}
    taken: list[object] = [least, most, float(least), None]
    refused: list[object] = [least - step, most + step, str(least), True, [least], {}, 10**400, -(10**400), 1e308]
    for value in taken:
        assert send(world, route, **{**cheap, field: value}) < 300, value
    for value in refused:
        assert send(world, route, **{**cheap, field: value}) == 400, value


@pytest.mark.parametrize(("route", "field", "least", "most"), LENGTHS, ids=lambda each: str(each))
def test_texts_are_taken_up_to_their_limits(
    world: World, route: tuple[str, str, str], field: str, least: int, most: int
) -> None:
    for length in (least, most):
        assert send(world, route, **{field: "\U0001f600" * length}) < 300, length
        # White space counts where the text is taken as it was typed, and only there.
        padded = send(world, route, **{field: "  " + "x" * length + "\n"})
        assert (padded == 400) == (route[:1] + route[2:] == ("text", "/generate") and length == most)
    refused = ["x" * (most + 1), "x" * 5 * most, "\x00" * 20, "x\ud800" * 10, 7, ["x" * 20], {"text": "x"}]
    if least:
        refused += ["x" * (least - 1), " " * 20]
    for value in refused:
        assert send(world, route, **{field: value}) == 400, ascii(value)[:40]


CHARACTER = st.characters(exclude_categories=["Cc", "Cs"])
# What somebody might rewrite, escape or interpret on the way.
MARKUP = st.sampled_from(
    ["<b>", "&amp;", "{text}", "%s", '"', "'", "\\", "\n", "\t ", "\f", "\u2028", "\u202e", "\ufeff", "é"]
)
TYPED = st.lists(CHARACTER | MARKUP, max_size=40).map("".join)


def fold(text: str) -> str:
    """Fold white space as Python's own split does."""
    return " ".join(text.split())


def typed(least: int) -> st.SearchStrategy[str]:
    return TYPED.filter(lambda text: len(fold(text)) >= least)


@settings(max_examples=60, derandomize=True)
@given(st.sampled_from(ROUTES[:2]), typed(1), st.integers(1, 512), st.floats(0.01, 2), st.floats(0.01, 0.99))
def test_a_valid_text_reaches_the_model_as_typed(
    world: World, route: tuple[str, str, str], text: str, tokens: int, temperature: float, top_p: float
) -> None:
    field = "text" if route[2] == "/summarize" else "prompt"
    fields = {field: text, "max_new_tokens": tokens, "temperature": temperature, "top_p": top_p}
    assert send(world, route, **fields) == 200
    received = world.received[-1]
    assert received["inputs"].removeprefix("Summarize the following text in a few sentences.\n\nText: ").removesuffix(
        "\n\nSummary:"
    ) == (fold(text) if field == "text" else text)
    parameters = received["parameters"]
    assert (parameters["max_new_tokens"], parameters["temperature"], parameters["top_p"]) == (
        tokens,
        temperature,
        top_p,
    )


@settings(max_examples=60, derandomize=True)
@given(typed(10), TYPED, st.integers(32, 64), st.floats(1, 20), st.integers(0, limits.MAX_SEED))
def test_a_valid_image_request_becomes_a_job_as_typed(
    world: World, prompt: str, negative: str, eighths: int, scale: float, seed: int
) -> None:
    from handlers.image import display_image

    fields = {
        "prompt": prompt,
        "negative_prompt": negative,
        "width": 8 * eighths,
        "guidance_scale": scale,
        "seed": seed,
    }
    assert send(world, ROUTES[2], **fields) == 202
    job = display_image.jobs.read(world.payloads[-1]["job_id"], owner="")
    assert job is not None
    assert job.settings.items() >= {**fields, "prompt": fold(prompt), "negative_prompt": fold(negative)}.items()
