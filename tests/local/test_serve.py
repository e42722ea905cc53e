"""``genai-templates serve``, as a person runs it: started, used over HTTP, and ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.lifecycle.deployment import until

ROOT = Path(__file__).resolve().parents[2]
PROMPT = {"prompt": "a fox that jumps over a lazy dog", "width": 256, "height": 256}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "genai_templates", "serve", *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Served:
    """The running command."""

    def __init__(self, process: subprocess.Popen[str], port: int, report: Path) -> None:
        self.process, self.port, self.report = process, port, report
        self.lines: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def read_until(self, text: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if text in line:
                return
        raise AssertionError(f"{text!r} was not printed:\n" + "\n".join(self.lines))

    def ask(self, path: str, body: object = None, host: str = "") -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Host": host} if host else {})
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def json(self, path: str, body: object = None) -> Any:
        return json.loads(self.ask(path, body)[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    build(folder / "build", BuildRequest(regions=()), lambda step: None)
    port, report = free_port(), folder / "report.json"
    templates = [f"--template={folder}/build/templates/{app}.template.json" for app in ("text", "image")]
    options = [f"--port={port}", f"--report={report}", "--parameter=ThrottleBurst=500", "--parameter=ThrottleRate=500"]
    with subprocess.Popen(
        command(*options, *templates), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        running = Served(process, port, report)
        try:
            running.read_until("Press Ctrl-C")
            yield running
        finally:
            process.kill()


def test_it_says_what_it_made(served: Served) -> None:
    said = "\n".join(served.lines)
    assert re.search(rf"^text: \d\d resources, page at http://127\.0\.0\.1:{served.port}/text/$", said, re.MULTILINE)
    assert f"POST http://127.0.0.1:{served.port}/image/api/generate" in said


def test_both_pages_are_served_with_what_they_load(served: Served) -> None:
    for app in ("text", "image"):
        status, page = served.ask(f"/{app}/")
        assert status == 200
        assets = re.findall(r'"(assets-\w+/[\w./-]+)"', page.decode())
        assert assets
        assert {served.ask(f"/{app}/{asset}")[0] for asset in assets} == {200}
        assert served.json(f"/{app}/config.json")["apiUrl"] == "api"


def test_a_text_is_summarised(served: Served) -> None:
    text = "The fox is quick. The fox jumps over the dog. The dog sleeps, and the fox is far away."
    assert "fox" in served.json("/text/api/summarize", {"text": text})["summary"]


def test_an_image_is_made(served: Served) -> None:
    accepted = served.json("/image/api/generate", PROMPT)

    def ended() -> dict[str, Any] | None:
        job: dict[str, Any] = served.json(f"/image/api/{accepted['status_url']}")
        return job if job["status"] in ("SUCCEEDED", "FAILED") else None

    job = until(ended)
    assert job["status"] == "SUCCEEDED", job
    for url in (job["images"][0]["url"], job["images"][0]["thumbnail_url"]):
        # A client that knows nothing but where it read the URL.
        found = urljoin(f"{served.url}/image/api/{accepted['status_url']}", url)
        assert found.startswith(f"{served.url}/image/generated_images/")
        status, image = served.ask(found.removeprefix(served.url))
        assert (status, image[:3]) == (200, b"\xff\xd8\xff")


def test_the_start_page_leads_to_both(served: Served) -> None:
    status, page = served.ask("/")
    assert (status, b'href="/text/"' in page, b'href="/image/"' in page) == (200, True, True)
    assert served.ask("/text")[0] == 200  # sent on to the page
    assert served.ask("/nothing/")[0] == 404


def test_a_page_elsewhere_cannot_reach_it_under_another_name(served: Served) -> None:
    assert served.ask("/text/", host="evil.example")[0] == 421


def test_a_second_one_on_the_same_port_is_told_so(served: Served) -> None:
    ended = subprocess.run(
        command(f"--port={served.port}", "--stack=text", "--output", str(served.report.parent / "build")),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith(f"port {served.port} of 127.0.0.1 is in use: choose another one")


def test_ctrl_c_ends_it_and_leaves_the_report(served: Served) -> None:
    test_a_text_is_summarised(served)
    test_an_image_is_made(served)
    served.process.send_signal(signal.SIGINT)
    assert served.process.stdout is not None
    said = served.process.stdout.read()
    assert served.process.wait(30) == 0
    assert re.search(r"^\d\d:\d\d:\d\d POST /text/api/summarize 200 \d+ ms$", said, re.MULTILINE)
    report = json.loads(served.report.read_text())
    assert all(call["allowed"] for app in report.values() for call in app["calls"])
    assert "sagemaker:InvokeEndpoint" in {call["action"] for call in report["image"]["calls"]}


def test_a_model_that_is_not_ready_does_not_hold_up_the_end(served: Served) -> None:
    template = f"--template={served.report.parent}/build/templates/text.template.json"
    port = free_port()
    with subprocess.Popen(
        command(f"--port={port}", template, "--not-ready=3600"), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        running = Served(process, port, served.report)
        try:
            running.read_until("Press Ctrl-C")
            assert running.json("/text/api/status") == {"ready": False, "endpoint_status": "Creating"}
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--parameter=Typo=1"], "--parameter Typo=1: give NAME=VALUE, with a name of AccessLogs, "),
        (["--parameter=ThrottleRate"], "--parameter ThrottleRate: give NAME=VALUE"),
        (["--template=nowhere.json"], "nowhere.json is no template in JSON: "),
        (["--fail=2"], "the model's failure rate cannot be 2.0"),
        (["--endpoint=mine", "--template=other.json"], "--endpoint mine: say which stack it is for, with --stack"),
    ],
)
def test_wrong_usage_is_one_line(served: Served, arguments: list[str], told: str) -> None:
    template = f"--template={served.report.parent}/build/templates/text.template.json"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    ended = subprocess.run(
        command(template, *arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    assert told in ended.stderr
