"""``genai-templates serve``, as a person runs it: started, used over HTTP, and ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import urllib3
from troposphere import Template

from genai_templates import Architecture, ImageStack, Scope, TextStack
from genai_templates.apps import APPS
from genai_templates.options import Hosting
from genai_templates.packaging.artifacts import make_artifacts
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest
from tests.waiting import until

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
        self._changed = threading.Condition()
        self._is_read = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip())
                self._changed.notify_all()
        with self._changed:
            self._is_read = True
            self._changed.notify_all()

    def read_until(self, text: str) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_read or text in self.output, timeout=120)
        assert text in self.output, f"{text!r} was not printed:\n{self.output}"

    def end(self, ending: signal.Signals) -> None:
        """Send the signal, and wait for the end of the command and of its output."""
        self.process.send_signal(ending)
        try:
            assert self.process.wait(60) == 0, self.output
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{ending.name} did not end it:\n{self.output}") from None
        self._reader.join(30)
        assert not self._reader.is_alive(), f"something still holds the output:\n{self.output}"

    def send(self, path: str, body: object = None, host: str = "") -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Host": host} if host else {})
        method = "GET" if data is None else "POST"
        response = urllib3.request(method, self.url + path, body=data, headers=headers, timeout=30)
        return response.status, response.data

    def json(self, path: str, body: object = None) -> Any:
        return json.loads(self.send(path, body)[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    build(folder / "build", BuildRequest(regions=()), lambda step: None)
    port, report = free_port(), folder / "report.json"
    templates = [f"--template={folder}/build/templates/{app}.template.json" for app in ("text", "image")]
    options = [f"--port={port}", f"--report={report}", "--parameter=ThrottleBurst=500", "--parameter=ThrottleRate=500"]
    with subprocess.Popen(
        command(*options, *templates), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        running = Served(process, port, report)
        try:
            running.read_until("Press Ctrl-C")
            yield running
        finally:
            process.kill()


def test_it_says_what_it_made(served: Served) -> None:
    message = served.output
    assert re.search(rf"^text: \d\d resources, page at http://127\.0\.0\.1:{served.port}/text/$", message, re.MULTILINE)
    assert f"POST http://127.0.0.1:{served.port}/image/api/generate" in message


def test_both_pages_are_served_with_what_they_load(served: Served) -> None:
    for app in ("text", "image"):
        status, page = served.send(f"/{app}/")
        assert status == 200
        assets = re.findall(r'"(assets-\w+/[\w./-]+)"', page.decode())
        assert assets
        assert {served.send(f"/{app}/{asset}")[0] for asset in assets} == {200}
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
        status, image = served.send(found.removeprefix(served.url))
        assert (status, image[:3]) == (200, b"\xff\xd8\xff")


def test_the_start_page_leads_to_both(served: Served) -> None:
    status, page = served.send("/")
    assert (status, b'href="/text/"' in page, b'href="/image/"' in page) == (200, True, True)
    assert served.send("/text")[0] == 200  # sent on to the page
    assert served.send("/nothing/")[0] == 404


def test_a_page_elsewhere_cannot_reach_it_under_another_name(served: Served) -> None:
    assert served.send("/text/", host="evil.example")[0] == 421


def test_ctrl_c_ends_it_and_leaves_the_report(served: Served) -> None:
    test_a_text_is_summarised(served)
    test_an_image_is_made(served)
    served.end(signal.SIGINT)
    assert re.search(r"^\d\d:\d\d:\d\d POST /text/api/summarize 200 \d+ ms$", served.output, re.MULTILINE)
    report = json.loads(served.report.read_text())
    assert all(call["allowed"] for app in report.values() for call in app["calls"])
    assert "sagemaker:InvokeEndpoint" in {call["action"] for call in report["image"]["calls"]}


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_while_its_model_is_not_ready_and_where_a_script_started_it_in_the_background(
    served: Served, ending: signal.Signals
) -> None:
    template = f"--template={served.report.parent}/build/templates/text.template.json"
    port = free_port()
    with subprocess.Popen(
        command(f"--port={port}", template, "--not-ready=3600"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as a shell does for what ends in &
    ) as process:
        running = Served(process, port, served.report)
        try:
            running.read_until("Press Ctrl-C")
            assert running.json("/text/api/status") == {
                "ready": False,
                "state": "starting",
                "endpoint_status": "Creating",
            }
            running.end(ending)
        finally:
            process.kill()


def test_it_builds_the_chosen_application_alone_and_leaves_the_build_of_the_user(tmp_path: Path) -> None:
    build(tmp_path, BuildRequest(apps=("text",), hosting=Hosting.EXISTING, regions=()), lambda step: None)
    manifest = (tmp_path / "manifest.json").read_bytes()
    port = free_port()
    # The model of the image application does not run on this instance type.
    options = [f"--port={port}", f"--output={tmp_path}", "--app=text", "--instance-type=ml.g5.16xlarge"]
    for run in ("first", "second"):
        with subprocess.Popen(
            command(*options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
        ) as process:
            running = Served(process, port, tmp_path / "report.json")
            try:
                running.read_until("Press Ctrl-C")
                running.end(signal.SIGINT)
            finally:
                process.kill()
            assert ("text: building the template" in running.lines) == (run == "first")
            assert "image: building the template" not in running.lines
    assert (tmp_path / "manifest.json").read_bytes() == manifest
    assert set(json.loads((tmp_path / "serve" / "manifest.json").read_text())["stacks"]) == {"text"}


def test_each_application_of_one_template_is_served(served: Served, tmp_path: Path) -> None:
    template, made = Template(), {name: make_artifacts(app, Architecture.X86_64) for name, app in APPS.items()}
    TextStack(scope=Scope(template, "Text"), artifacts=made["text"].keys)
    ImageStack(scope=Scope(template, "Image"), artifacts=made["image"].keys)
    (tmp_path / "templates").mkdir()
    path = tmp_path / "templates" / "both.template.json"
    path.write_text(template.to_json())
    for artifact in (artifact for artifacts in made.values() for artifact in artifacts):
        (tmp_path / "artifacts" / artifact.key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "artifacts" / artifact.key).write_bytes(artifact.content)
    port = free_port()
    with subprocess.Popen(
        command(f"--port={port}", f"--template={path}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    ) as process:
        running = Served(process, port, served.report)
        try:
            running.read_until("Press Ctrl-C")
            assert f"both-text: page at {running.url}/both-text/" in running.lines
            assert f"  POST {running.url}/both-text/api/summarize" in running.lines
            assert f"  GET {running.url}/both-image/api/generate/{{job_id}}" in running.lines
            assert f"  POST {running.url}/both-image/api/summarize" not in running.lines
            assert b"Summarise and write" in running.send("/both-text/")[1]
            assert b"Images from words" in running.send("/both-image/")[1]
            assert running.json("/both-text/api/generate", {"prompt": "A poem"})["generated_text"]
            running.end(signal.SIGINT)
        finally:
            process.kill()


def test_an_emulator_that_dies_is_one_line(served: Served) -> None:
    template = f"--template={served.report.parent}/build/templates/text.template.json"
    port = free_port()
    with subprocess.Popen(
        command(f"--port={port}", template), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        running = Served(process, port, served.report)
        try:
            running.read_until("Press Ctrl-C")
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            (emulator,) = (int(each) for each in children)
            os.kill(emulator, signal.SIGKILL)
            assert process.wait(60) == 1
            assert process.stderr is not None
            *_, last_step, line = process.stderr.read().splitlines()
            assert last_step == "text: CREATE_COMPLETE text"
            assert line.startswith("genai-templates: the emulator ended with -9; the last line of its log: ")
        finally:
            process.kill()


def test_a_port_in_use_is_said_before_anything_is_built(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = subprocess.run(
            command(f"--port={port}", f"--output={tmp_path}"),
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 1
    free = re.fullmatch(rf"genai-templates: port {port} of 127.0.0.1 is in use: .* --port (\d+)\n", ended.stderr)
    assert free, ended.stderr
    assert int(free[1]) != port
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--parameter=Typo=1"], "--parameter Typo=1: give NAME=VALUE, with a name of AccessLogs, "),
        (["--parameter=ThrottleRate"], "--parameter ThrottleRate: give NAME=VALUE"),
        (["--template=null.json"], "null.json is not a template in JSON: its Parameters are not an object"),
        (["--template=number.json"], "number.json is not a template in JSON: it is not an object"),
        (["--template=nowhere.json"], "nowhere.json is not a template in JSON: "),
        (["--fail=2"], "the model's failure rate cannot be 2.0"),
        (["--endpoint=mine", "--template=other.json"], "--endpoint mine: say which application it is for, with --app"),
    ],
)
def test_wrong_usage_is_one_line(served: Served, tmp_path: Path, arguments: list[str], expected: str) -> None:
    (tmp_path / "null.json").write_text('{"Parameters": null, "Resources": {}}')
    (tmp_path / "number.json").write_text("5")
    template = f"--template={served.report.parent}/build/templates/text.template.json"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command(template, *arguments),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    assert expected in ended.stderr
