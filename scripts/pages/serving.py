"""Both stacks on this machine, with a build of the tree as it is now."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from genai_templates import Auth, Hosting
from genai_templates.apps import APPS
from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.callers import add_local_callers
from genai_templates.packaging.build import build
from genai_templates.packaging.request import BuildRequest


@contextmanager
def served(
    hosting: Hosting = Hosting.NOTEBOOK, *, auth: Auth = Auth.NONE, apps: tuple[str, ...] = tuple(APPS)
) -> Iterator[tuple[Emulator, dict[str, str]]]:
    """Run stacks with their models hosted so, and give the emulator and the pages' URLs by application.

    With another ``auth`` than the default, a user or a key is there.
    """
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        build(Path(folder), BuildRequest(apps=apps, regions=(), hosting=hosting, auth=auth), lambda step: None)
        emulator = running.enter_context(Emulator(sites_port=_free_port()))
        urls = {}
        for app in apps:
            template = Path(folder) / "templates" / f"{app}.template.json"
            stack = running.enter_context(EmulatedStack(template, name=app, emulator=emulator))
            add_local_callers(stack)
            urls[app] = emulator.serve_site(app, stack.domain)
        yield emulator, urls


def chromium() -> str:
    """Return the path of this machine's Chromium; ends the program without one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise SystemExit("there is no Chromium on the path")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
