"""Servers with TGI's or OpenAI's API answer for the model, in the words of the container that they stand for."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from genai_templates.errors import LocalError
from genai_templates.local.inference import backend_request, server_client
from genai_templates.local.inference.backend_request import send_request
from genai_templates.local.inference.server import ModelServer, find_server
from genai_templates.local.inference.server_client import invoke_server
from genai_templates.local.invoke_endpoint import HttpResponse
from tests.local.web_server import Responses, WebServer, web_server

MODELS = {"object": "list", "data": [{"id": "first-model"}, {"id": "second-model"}]}
INFO = {"model_id": "a/model", "max_input_tokens": 1024}
TEXT = {"inputs": "Hello", "parameters": {"max_new_tokens": 9, "temperature": 0.5, "top_p": 0.9, "do_sample": True}}
PICTURE = {
    "prompt": "a fox",
    "width": 64,
    "height": 32,
    "num_images_per_prompt": 2,
    "seed": 7,
    "negative_prompt": "dog",
}
CHAT = {"choices": [{"message": {"role": "assistant", "content": "Hi there."}}]}
OLLAMA: Responses = {"/v1/models": (200, MODELS), "/v1/chat/completions": (200, CHAT)}
TGI: Responses = {"/info": (200, INFO), "/generate": (200, {"generated_text": "Hi from TGI."})}


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server({}) as served:
        yield served


def send(server: ModelServer, request: Any = TEXT, accept: str = "application/json") -> HttpResponse:
    return invoke_server(server, "endpoint", json.dumps(request).encode(), accept)


def text(response: HttpResponse) -> str:
    assert response[0] == 200, response
    (generated,) = json.loads(response[2])
    return str(generated["generated_text"])


def refusal(response: HttpResponse) -> tuple[str, Any]:
    return response[1]["x-amzn-ErrorType"], json.loads(response[2]).get("OriginalStatusCode")


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_openai_chat_is_found_by_whatever_part_of_its_url(server: WebServer, path: str) -> None:
    server.responses = OLLAMA
    assert text(send(find_server(server.url + path))) == "Hi there."
    assert server.received[-1].json() == {
        "model": "first-model",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 9,
        "temperature": 0.5,
        "top_p": 0.9,
        "stream": False,
    }


def test_one_of_the_servers_models_can_be_chosen(server: WebServer) -> None:
    server.responses = OLLAMA
    send(find_server(f"{server.url}/v1?model=second-model"))
    assert server.received[-1].json()["model"] == "second-model"


def test_plain_completions_get_the_prompt_as_it_is(server: WebServer) -> None:
    server.responses = {"/v1/models": (200, MODELS), "/v1/completions": (200, {"choices": [{"text": " world."}]})}
    found = find_server(f"{server.url}/v1/completions")
    assert text(send(found)) == " world."
    assert server.received[-1].json()["prompt"] == "Hello"
    whole = {"inputs": "Hello", "parameters": {"return_full_text": True}}
    assert text(send(found, whole)) == "Hello world."


@pytest.mark.parametrize("path", ["", "/generate"])
@pytest.mark.parametrize("listed", [True, False])
def test_tgi_gets_the_request_as_it_is(server: WebServer, path: str, listed: bool) -> None:
    generated = {"generated_text": "Hi from TGI."}
    server.responses = {"/info": (200, INFO), "/generate": (200, [generated] if listed else generated)}
    assert text(send(find_server(server.url + path))) == "Hi from TGI."
    assert server.received[-1].json() == TEXT


_MESSAGES = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 9, "temperature": 0.5}


@pytest.mark.parametrize(("responses", "expected"), [(OLLAMA, "Hi there."), (TGI, "Hi from TGI.")])
def test_a_chat_is_answered_as_a_chat(server: WebServer, responses: Responses, expected: str) -> None:
    server.responses = responses
    status, _, body = send(find_server(server.url), _MESSAGES)
    assert status == 200
    assert json.loads(body)["choices"][0]["message"]["content"] == expected
    assert "Hello" in server.received[-1].body.decode()


def test_tgi_is_preferred_to_its_own_openai_api(server: WebServer) -> None:
    server.responses = {**OLLAMA, **TGI}
    assert text(send(find_server(server.url))) == "Hi from TGI."


def pictures(*sizes: tuple[int, int]) -> dict[str, Any]:
    data = []
    for size in sizes:
        buffer = io.BytesIO()
        Image.new("RGB", size, "red").save(buffer, "PNG")
        data.append({"b64_json": base64.b64encode(buffer.getvalue()).decode()})
    return {"data": data}


def test_images_come_in_the_size_and_format_that_were_asked_for(server: WebServer) -> None:
    server.responses = {**OLLAMA, "/v1/images/generations": (200, pictures((64, 32), (128, 128)))}
    response = send(find_server(server.url), PICTURE, "application/json;jpeg")
    assert response[1]["Content-Type"] == "application/json;jpeg"
    images = [Image.open(io.BytesIO(base64.b64decode(each))) for each in json.loads(response[2])["generated_images"]]
    assert [(image.format, image.size) for image in images] == [("JPEG", (64, 32))] * 2
    sent = server.received[-1].json()
    assert (sent["prompt"], sent["n"], sent["size"], sent["seed"]) == ("a fox", 2, "64x32", 7)
    assert (sent["negative_prompt"], sent["response_format"]) == ("dog", "b64_json")


@pytest.mark.parametrize("responses", [OLLAMA, TGI])
def test_images_are_drawn_by_the_stand_in_when_the_server_has_none(server: WebServer, responses: Responses) -> None:
    server.responses = responses
    response = send(find_server(server.url), PICTURE)
    assert (response[0], len(json.loads(response[2])["generated_images"])) == (200, 2)


def test_texts_are_the_stand_ins_when_the_url_is_that_of_images(server: WebServer) -> None:
    server.responses = {**OLLAMA, "/v1/images/generations": (200, pictures((64, 32), (64, 32)))}
    assert "stand-in" in text(send(find_server(f"{server.url}/v1/images/generations"), {"inputs": "Hello"}))


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (422, "`inputs` must have less than 1024 tokens", 422),
        (429, "Model is overloaded", 429),
        (500, "out of memory", 500),
        (404, "model not found", 404),
        (400, "This model's maximum context length is 2048 tokens", 422),
        (400, "the request exceeds the available context size", 422),
        (400, "temperature must be positive", 400),
    ],
)
def test_a_refusal_is_the_containers(server: WebServer, status: int, message: str, expected: int) -> None:
    server.responses = {**OLLAMA, "/v1/chat/completions": (status, {"error": {"message": message}})}
    response = send(find_server(server.url))
    assert refusal(response) == ("ModelError", expected)
    assert message in json.loads(response[2])["OriginalMessage"]


@pytest.mark.parametrize("sent", [b"{", {"choices": []}, {"choices": [{}]}, [], b"\xff"])
def test_an_answer_of_no_api_is_the_containers_failure(server: WebServer, sent: object) -> None:
    server.responses = {**OLLAMA, "/v1/chat/completions": (200, sent)}
    assert refusal(send(find_server(server.url))) == ("ModelError", 500)


def test_what_is_no_image_is_the_containers_failure(server: WebServer) -> None:
    server.responses = {**OLLAMA, "/v1/images/generations": (200, {"data": [{"b64_json": "bm8="}]})}
    assert refusal(send(find_server(server.url), PICTURE)) == ("ModelError", 500)


def test_a_server_that_is_gone_is_unavailable(server: WebServer) -> None:
    gone = ModelServer(chat_url=f"http://127.0.0.1:{unused_port()}/v1/chat/completions")
    assert refusal(send(gone)) == ("ServiceUnavailable", None)


def test_a_server_that_says_nothing_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_client, "RUNTIME_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        response = send(ModelServer(chat_url=f"http://127.0.0.1:{silent.getsockname()[1]}/v1/chat/completions"))
    assert refusal(response) == ("ModelError", 0)
    assert "timed out" in json.loads(response[2])["OriginalMessage"]


def test_a_server_that_never_ends_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while not ended.wait(0.01):
                    connection.sendall(b".")

        ended = threading.Event()
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(TimeoutError):
                send_request(f"http://127.0.0.1:{listener.getsockname()[1]}/", None, {}, seconds=0.2)
        finally:
            ended.set()
            thread.join()


def test_an_answer_without_end_is_given_up(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_request, "_MOST_BYTES", 1000)
    server.responses = {"/": (200, b"." * 1001)}
    with pytest.raises(ConnectionError, match="too large"):
        send_request(f"{server.url}/", None, {}, seconds=5)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(LocalError, match=r"/info cannot be reached: .*refused"):
        find_server(f"http://127.0.0.1:{unused_port()}")


@pytest.mark.parametrize("listed", [{}, {"data": []}, {"data": ["x"]}, b"<html>", [1]])
def test_a_server_of_another_kind_is_told_at_once(server: WebServer, listed: object) -> None:
    server.responses = {"/v1/models": (200, listed), "/info": (200, listed)}
    with pytest.raises(LocalError, match=r"neither with TGI's API .* nor with a list of models"):
        find_server(server.url)
