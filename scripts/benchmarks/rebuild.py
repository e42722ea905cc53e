"""``make templates`` once more with nothing changed, against the first time in a fresh copy of the tree.

The copy shares this tree's environment and the cache of downloaded wheels, so that neither is part of the first.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure, Pair
from .measuring import ROOT, output_of

_ENVIRONMENT = ".venv"
_COPIED_FILES = ("Makefile", "setup.cfg", "requirements.lock")
_COPIED_FOLDERS = ("genai_templates", "handlers", "scripts", "static")
_NOT_COPIED = shutil.ignore_patterns("__pycache__")


def figures(*, quick: bool) -> Iterator[Figure]:
    """Measure the build in as many fresh copies as there are rounds."""
    pairs = [_one_copy() for _ in range(1 if quick else 3)]
    yield Figure(name="make templates, nothing changed", against="the first build", pairs=pairs, goal=0.1)


def _one_copy() -> Pair:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        for name in _COPIED_FILES:
            shutil.copy2(ROOT / name, tree)
        for name in _COPIED_FOLDERS:
            shutil.copytree(ROOT / name, tree / name, ignore=_NOT_COPIED)
        (tree / _ENVIRONMENT).symlink_to(ROOT / _ENVIRONMENT)
        first = _seconds(tree)
        return Pair(min(_seconds(tree) for _ in range(3)), first)


def _seconds(tree: Path) -> float:
    """Build and return the seconds on the clock, which a person waits for."""
    # -o: the environment is taken as it is. To renew it here would install the copy into it.
    command = ["make", "--silent", "-o", f"{_ENVIRONMENT}/.complete", "templates"]
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "ARGS")}
    started = time.perf_counter()
    output_of(command, environment=environment, folder=tree)
    return time.perf_counter() - started
