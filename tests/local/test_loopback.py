"""Requests to the emulator's port arrive as they were given, and their responses as they were sent."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import pytest
from urllib3.exceptions import ReadTimeoutError

from genai_templates.errors import EmulatorFailed
from genai_templates.local import Emulator, loopback
from genai_templates.local.loopback import LoopbackClient
from tests.local.web_server import WebServer, web_server


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server({"/": (200, {"here": True})}) as served:
        yield served


def client_of(port: int) -> LoopbackClient:
    client = LoopbackClient()
    client.port = port
    return client


@pytest.fixture
def client(server: WebServer) -> LoopbackClient:
    return client_of(int(server.url.rpartition(":")[2]))


@pytest.mark.parametrize("path", ["/a/../b", "/./a", "/a//b", "/a%2Fb", "/a%20b?x=1&x=2&y=", "/a;b=c?q=/../%C3%A9"])
def test_a_path_is_sent_as_it_is(server: WebServer, client: LoopbackClient, path: str) -> None:
    client.request("GET", path)
    assert [each.path for each in server.received] == [path]


def test_a_body_comes_back_as_it_was_sent_even_compressed(server: WebServer, client: LoopbackClient) -> None:
    packed = gzip.compress(b"hello")
    server.responses["/packed"] = (200, packed)
    server.headers["Content-Encoding"] = "gzip"
    assert client.request("GET", "/packed").body == packed


def test_no_compression_is_accepted_unless_the_caller_does(server: WebServer, client: LoopbackClient) -> None:
    client.request("GET", "/")
    client.request("GET", "/", headers={"Accept-Encoding": "br"})
    assert [each.headers["accept-encoding"] for each in server.received] == ["identity", "br"]


def test_a_redirect_is_a_response_like_others(server: WebServer, client: LoopbackClient) -> None:
    server.responses["/moved"] = (302, b"")
    server.headers["Location"] = "/"
    response = client.request("GET", "/moved")
    assert (response.status, response.headers["location"], len(server.received)) == (302, "/", 1)


def test_names_of_headers_are_the_same_in_upper_and_lower_case(server: WebServer, client: LoopbackClient) -> None:
    server.headers["X-Said"] = "hello"
    headers = client.request("GET", "/").headers
    assert (headers["x-said"], headers["X-SAID"], headers.get("X-Not-Said")) == ("hello", "hello", None)


def test_no_proxy_of_the_environment_is_used(client: LoopbackClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert client.request("GET", "/").json() == {"here": True}


def test_a_site_is_reached_under_its_own_name(server: WebServer, client: LoopbackClient) -> None:
    client.site_request("d1.cloudfront.net", "POST", "/api", {"a": 1})
    (received,) = server.received
    assert (received.headers["host"], received.json()) == ("d1.cloudfront.net", {"a": 1})
    assert received.headers["content-type"] == "application/json"


def test_a_body_in_bytes_is_not_encoded_again(server: WebServer, client: LoopbackClient) -> None:
    client.api_request("api", "POST", "/stage/path", b"{", {"Content-Type": "text/plain"})
    (received,) = server.received
    assert (received.path, received.body) == ("/_aws/execute-api/api/stage/path", b"{")
    assert received.headers["content-type"] == "text/plain"


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ReadTimeoutError):
        client_of(silent.getsockname()[1]).request("GET", "/")


def test_an_emulator_that_is_gone_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(EmulatorFailed, match=r"^the emulator does not respond to GET decisions: .*refused"):
        client_of(port).control_request("GET", "decisions")


def test_what_the_emulator_refuses_is_named(emulator: Emulator) -> None:
    with pytest.raises(EmulatorFailed, match=r"refused GET nothing/here with 404"):
        emulator.control_request("GET", "nothing/here")
