"""Proxy events come in and well-formed proxy responses go out, whatever happens in between."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from handlers.common.errors import Conflict, FieldProblem, InvalidRequest, ModelNotReady, PayloadTooLarge
from handlers.common.http import ProxyResponse, Request, Response, serve


def serve_one(make_event: Any, context: Any, error: Exception | None) -> ProxyResponse:
    def route(request: Request, _: object) -> Response:
        if error is not None:
            raise error
        return Response(200, {})

    return serve(make_event("GET", "/x"), context, routes={("GET", "/x"): route}, allowed_origin="*")


def test_a_refusal_says_what_is_wrong_field_by_field(make_event: Any, context: Any) -> None:
    response = serve_one(make_event, context, InvalidRequest("no", details=(FieldProblem("text", "is required"),)))
    assert response["statusCode"] == 400
    assert json.loads(response["body"]) == {
        "error": {
            "code": "invalid_request",
            "message": "no",
            "request_id": "request-of-gateway",
            "details": [{"field": "text", "message": "is required"}],
        }
    }


def test_only_what_may_be_tried_again_says_when(make_event: Any, context: Any) -> None:
    assert serve_one(make_event, context, ModelNotReady("no", retry_after=30))["headers"]["Retry-After"] == "30"
    assert "Retry-After" not in serve_one(make_event, context, Conflict("no"))["headers"]


@pytest.mark.parametrize("error", [None, Conflict("no"), RuntimeError("inside")])
def test_every_response_can_be_read_from_the_allowed_origin_and_is_never_cached(
    make_event: Any, context: Any, error: Exception | None
) -> None:
    headers = serve_one(make_event, context, error)["headers"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("error", [Conflict("no"), RuntimeError("inside")])
def test_the_log_has_the_request_id_of_a_failed_request(
    make_event: Any, context: Any, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    serve_one(make_event, context, error)
    assert [vars(record)["request_id"] for record in caplog.records] == ["request-of-gateway"]


def test_a_path_or_method_that_does_not_exist_is_not_found(make_event: Any, context: Any) -> None:
    assert serve(make_event("PUT", "/x"), context, routes={}, allowed_origin="*")["statusCode"] == 404


def test_the_gateways_request_id_comes_before_that_of_lambda(make_event: Any, context: Any) -> None:
    assert Request.from_event(make_event("GET", "/x"), context).request_id == "request-of-gateway"
    assert Request.from_event({}, context).request_id == "request-of-lambda"


def body_of(make_event: Any, context: Any, body: str | None, **more: object) -> dict[str, Any]:
    return Request.from_event(make_event("POST", "/x", body, **more), context).json_object()


def test_a_body_in_base64_is_decoded(make_event: Any, context: Any) -> None:
    assert body_of(make_event, context, "eyJhIjogMX0=", isBase64Encoded=True) == {"a": 1}


@pytest.mark.parametrize("body", [None, "", "nonsense", "[]", "3", '{"a": NaN}', '{"a": -Infinity}', "[" * 100_000])
def test_a_body_that_is_not_a_json_object_is_refused(make_event: Any, context: Any, body: str | None) -> None:
    with pytest.raises(InvalidRequest):
        body_of(make_event, context, body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_body_in_another_encoding_is_refused(make_event: Any, context: Any, encoding: str) -> None:
    body = base64.b64encode('{"a": 1}'.encode(encoding)).decode()
    with pytest.raises(InvalidRequest, match="UTF-8"):
        body_of(make_event, context, body, isBase64Encoded=True)


@pytest.mark.parametrize("body", ['{"a": "\ud800"}', '{\x00"\x00a\x00"\x00:\x001\x00}\x00'])
def test_a_body_that_utf_8_has_no_bytes_for_is_refused(make_event: Any, context: Any, body: str) -> None:
    with pytest.raises(InvalidRequest, match="UTF-8"):
        body_of(make_event, context, body)


def test_a_byte_order_mark_does_no_harm(make_event: Any, context: Any) -> None:
    assert body_of(make_event, context, '\ufeff{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("odd", [None, 3, "text", [], {"requestId": 3, "Name": None, "job_id": ["x"]}])
def test_members_of_a_wrong_type_count_as_absent(make_event: Any, context: Any, odd: object) -> None:
    event = make_event("GET", "/x", None, headers=odd, pathParameters=odd, requestContext=odd) | {"body": 3}
    request = Request.from_event(event, context)
    assert (request.headers, request.path_parameters, request.body) == ({}, {}, None)
    assert request.request_id == "request-of-lambda"


def test_a_body_of_exactly_256_kib_is_taken_and_one_byte_more_is_not(make_event: Any, context: Any) -> None:
    body = json.dumps({"a": "x" * (256 * 1024 - len('{"a": ""}'))})
    assert body_of(make_event, context, body)
    with pytest.raises(PayloadTooLarge):
        body_of(make_event, context, body + " ")
