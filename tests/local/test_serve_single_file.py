"""``genai-templates serve`` with a template that brings its artifacts along, and nothing beside it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import urllib3

from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_it_is_served_without_a_folder_of_artifacts(tmp_path: Path) -> None:
    build(tmp_path / "build", BuildRequest(apps=("text",), single_file=True, regions=()), lambda step: None)
    template = tmp_path / "elsewhere" / "text.template.json"
    template.parent.mkdir()
    shutil.copy(tmp_path / "build" / "console" / "text.template.json", template)
    command = [sys.executable, "-m", "genai_templates", "serve", f"--port={free_port()}", f"--template={template}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            url = ""
            for line in process.stdout:
                url = url or "".join(re.findall(r"page at (\S+)", line))
                if "Press Ctrl-C" in line:
                    break
            assert b"Summarise and write" in urllib3.request("GET", url).data
            body = json.dumps({"prompt": "A poem"})
            response = urllib3.request("POST", f"{url}api/generate", body=body)
            assert response.json()["generated_text"]
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
        finally:
            process.kill()
