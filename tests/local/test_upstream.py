"""Gaps of the packages that this project works around: each document's reproduction, run without the workaround."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from genai_templates.local import ministack_patches
from genai_templates.local.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "upstream"
DOCUMENTS = sorted(path for path in FOLDER.rglob("*.md") if path.name != "README.md")
OF_MINISTACK = [path for path in DOCUMENTS if path.parent.name == "ministack"]
PATCHES = Path(ministack_patches.__file__).parent
# ministack as it is, ended when its standard input ends; it finds no host but this machine.
START = """
import os, signal, socket, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)
threading.Thread(target=end_with_parent, daemon=True).start()
find = socket.getaddrinfo
def find_local(host, *more, **named):
    if host not in ("127.0.0.1", "localhost", None):
        raise socket.gaierror(f"{host} is not of this machine")
    return find(host, *more, **named)
socket.getaddrinfo = find_local
sys.argv = ["ministack"]
from ministack.app import main
main()
"""
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a ministack that nothing has patched."""
    folder = tmp_path_factory.mktemp("ministack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **KEYS,
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "HOME": str(folder),
        "IOT_MTLS_ENABLED": "0",  # it would listen on a port of its own
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05",
        "MINISTACK_HOST": "127.0.0.1",
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", START],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        try:
            wait_for(port, process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """The patched one, where nothing else has been created."""
    with Emulator() as emulator:
        yield emulator


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"ministack did not start:\n{log.read_text()}")


def blocks(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", document.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def name_of(document: Path) -> str:
    return document.relative_to(FOLDER).with_suffix("").as_posix()


def run(document: Path, folder: Path, url: str = "") -> str:
    """Return what the document's reproduction prints, with AWS at this URL."""
    (code,) = blocks(document, "python")
    environment = {**KEYS, "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(folder)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | ({"AWS_ENDPOINT_URL": url} if url else {}),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_the_gap_is_still_there(document: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    today, documented = blocks(document, "text")
    printed = run(document, tmp_path, request.getfixturevalue("ministack") if document in OF_MINISTACK else "")
    assert printed != documented, f"the gap is closed: {name_of(document)} and the workaround of it can go"
    assert printed == today


@pytest.mark.parametrize("document", OF_MINISTACK, ids=name_of)
def test_the_emulator_does_as_documented(document: Path, tmp_path: Path, emulator: Emulator) -> None:
    _, documented = blocks(document, "text")
    assert run(document, tmp_path, emulator.url) == documented


def named_in(path: Path) -> set[str]:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return set(re.findall(r"docs/upstream/([\w/-]+)\.md", docstring))


def test_every_gap_is_named_by_the_patch_that_fills_it() -> None:
    named = set().union(*(named_in(path) for path in PATCHES.rglob("*.py")))
    assert named == set(map(name_of, OF_MINISTACK))


def test_every_document_is_in_the_list() -> None:
    listed = re.findall(r"\]\(([\w/-]+)\.md\)", (FOLDER / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(map(name_of, DOCUMENTS))
